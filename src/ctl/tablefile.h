/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

/* Table files named on the command line: rosters and progress lists. */

/* Takes the bytes of one file; name is the last part of its path. 0 or an errno. */
typedef int (*TablefileTake)(const char *data, size_t size, const char *name, void *userdata);

/* Reads regular files of at most ROSTER_BYTES_MAX, one after the other. What goes wrong is said.
 * COMMAND_OK or COMMAND_WRONG. */
int tablefile_read_all(char **paths, size_t n, TablefileTake take, void *userdata,
                       Language language);
