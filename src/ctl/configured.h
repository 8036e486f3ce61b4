/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

#include <idphoto/config.h>
#include <idphoto/workdays.h>

/* Reads the configuration of a command: the file at path; for NULL that of the store; without a
 * store the defaults. Prints errors in the user's language. COMMAND_OK or COMMAND_WRONG. */
int configured_read(const CommandContext *context, const char *path, Config *ret);

/* Reads the configuration and the calendar of the store, which must be given, in the same way. The
 * caller frees *ret_calendar, which is NULL when none is configured. */
int configured_read_store(const CommandContext *context, Config *ret, Calendar **ret_calendar);
