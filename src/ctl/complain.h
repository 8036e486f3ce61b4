/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

/* What the program says on stderr: a MESSAGE() in the language of the command. */

/* Says "idphotoctl: MESSAGE" on stderr. */
void command_error(const char *fmt, ...) _printf_(1, 2);

/* As command_error(), with a pointer to the running command's help. Returns COMMAND_WRONG. */
int command_usage_error(const CommandContext *context, const char *fmt, ...) _printf_(2, 3);
