/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

#include <sys/types.h>

/* The options --owner, --group and --mode of commands about points. */
typedef struct PointOwner {
        bool has_uid;
        bool has_gid;
        bool has_mode;
        uid_t uid;
        gid_t gid;
        mode_t mode;
} PointOwner;

/* Those that were given; what cannot be used is said. COMMAND_OK or COMMAND_WRONG. */
int point_owner_read(const CommandContext *context, PointOwner *ret);

enum { OWNER_TEXT_MAX = 64 };

/* The name that the system has for the user or the group, else the number. */
void owner_user_text(uid_t uid, char ret[static OWNER_TEXT_MAX]);
void owner_group_text(gid_t gid, char ret[static OWNER_TEXT_MAX]);
