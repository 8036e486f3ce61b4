/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

/* Help made from the table of commands, on stdout. `globals` are the options that every command
 * takes. Both return an exit status. */

/* All commands in a line each. */
int help_print(const Command *commands, const CommandOption *globals, Language language);

/* One command with its options and notes. */
int help_print_command(const Command *command, const CommandOption *globals, Language language);
