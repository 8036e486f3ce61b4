/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

/* Prints help from the table of commands on stdout. `globals` are the options of every command.
 * Both functions return an exit status. */

/* Prints a line for each command. */
int help_print(const Command *commands, const CommandOption *globals, Language language);

/* Prints the commands of two words whose first is `first`, with their arguments. */
int help_print_group(const Command *commands, const char *first, const CommandOption *globals,
                     Language language);

/* Prints one command with its options and notes. */
int help_print_command(const Command *command, const CommandOption *globals, Language language);
