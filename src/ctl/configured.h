/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

#include <idphoto/config.h>
#include <idphoto/workdays.h>

/* Reads the configuration a command works by: the file at path, or without one (NULL) the store's,
 * or without a store the defaults. What is wrong is said in the user's language. COMMAND_OK or
 * COMMAND_WRONG. */
int configured_read(const CommandContext *context, const char *path, Config *ret);

/* The configuration and the calendar of the store, which must be given, in the same way. The caller
 * frees *ret_calendar, which is NULL where none is configured. */
int configured_read_store(const CommandContext *context, Config *ret, Calendar **ret_calendar);
