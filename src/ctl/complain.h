/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

/* Messages on stderr. fmt is a MESSAGE() in the language of the command. */

/* Prints "idphotoctl: MESSAGE" on stderr. */
void command_error(const char *fmt, ...) _printf_(1, 2);

/* Like command_error(), followed by a reference to the running command's help. Returns
 * COMMAND_WRONG. */
int command_usage_error(const CommandContext *context, const char *fmt, ...) _printf_(2, 3);
