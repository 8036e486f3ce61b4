/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

#include <idphoto/catalog.h>

/* The store a command works on, and its batch in use. */
typedef struct Opened {
        Store *store;
        Catalog *catalog;
        int64_t batch;
        Language language; /* of what is said */
} Opened;

/* Opens context->store; what goes wrong is said. COMMAND_OK or COMMAND_WRONG. */
int opened_open(const CommandContext *context, Opened *ret);
/* The same with another batch than the one in use; NULL: the one in use. */
int opened_open_batch(const CommandContext *context, const char *batch, Opened *ret);

/* Says why store_open() of context->store failed with `error`; returns COMMAND_WRONG. */
int opened_say_unopened(const CommandContext *context, int error);

/* Who owns the store and mounts it, to whom new points belong. COMMAND_OK or COMMAND_WRONG. */
int opened_owner(const Opened *opened, uid_t *ret_uid, gid_t *ret_gid);

/* The id of the point called `name`, 0 for NULL; negative when it was said what is wrong. */
int64_t opened_find_point(const Opened *opened, const char *name);
void opened_done(Opened *opened);
#define _cleanup_opened_ _cleanup_(opened_done)
