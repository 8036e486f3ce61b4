/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

/* Table files named on the command line: rosters and progress lists. */

/* Reads a regular file of at most ROSTER_BYTES_MAX; what goes wrong is said. COMMAND_OK and *ret,
 * which the caller frees, or COMMAND_WRONG. */
int tablefile_read(const char *path, char **ret, size_t *ret_size);

/* The last part of the path. */
const char *tablefile_name(const char *path);
