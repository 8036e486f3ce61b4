/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

#include <idphoto/catalog.h>

/* The store a command works on, and its batch in use. */
typedef struct Opened {
        Store *store;
        Catalog *catalog;
        int64_t batch;
} Opened;

/* Opens context->store; what goes wrong is said. COMMAND_OK or COMMAND_WRONG. */
int opened_open(const CommandContext *context, Opened *ret);
void opened_done(Opened *opened);
#define _cleanup_opened_ _cleanup_(opened_done)
