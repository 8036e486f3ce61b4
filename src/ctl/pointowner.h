/* SPDX-License-Identifier: MIT */
#pragma once

#include "opened.h"

#include <idphoto/config.h>

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

/* Whose new points are of which nobody says it: the store's owner, and the group that the
 * configuration names, else the store's. What is wrong is said. COMMAND_OK or COMMAND_WRONG. */
int point_owner_of_new(const Opened *opened, const Config *config, PointOwner *ret);

/* Puts what was given over *ret. */
void point_owner_override(const PointOwner *given, PointOwner *ret);

/* Whether nobody but root gets into a directory of these. */
bool owner_is_root(uid_t uid, gid_t gid, mode_t mode);

enum { OWNER_TEXT_MAX = 64 };

/* The name that the system has for the user or the group, else the number. */
void owner_user_text(uid_t uid, char ret[static OWNER_TEXT_MAX]);
void owner_group_text(gid_t gid, char ret[static OWNER_TEXT_MAX]);
