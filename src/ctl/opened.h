/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

#include <idphoto/catalog.h>

/* The store that a command works on, and the batch. */
typedef struct Opened {
        Store *store;
        Catalog *catalog;
        int64_t batch;
        Language language; /* of messages */
} Opened;

/* Opens context->store with its batch in use. Prints errors. COMMAND_OK or COMMAND_WRONG. */
int opened_open(const CommandContext *context, Opened *ret);
/* Like opened_open(), but with the batch of that name; NULL: the batch in use. */
int opened_open_batch(const CommandContext *context, const char *batch, Opened *ret);

/* Prints why store_open() of context->store failed with `error`. Returns COMMAND_WRONG. */
int opened_say_unopened(const CommandContext *context, int error);

/* Reads the owner of the store, who mounts it and owns new points. Prints errors. COMMAND_OK or
 * COMMAND_WRONG. */
int opened_owner(const Opened *opened, uid_t *ret_uid, gid_t *ret_gid);

/* Finds the id of the point called `name`; 0 for NULL. Negative after an error, which it prints. */
int64_t opened_find_point(const Opened *opened, const char *name);
void opened_done(Opened *opened);
#define _cleanup_opened_ _cleanup_(opened_done)
