/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

#include <idphoto/config.h>
#include <idphoto/listworker.h>

/* Table files named on the command line: rosters and progress lists. */

/* How the configuration lets them be read. */
ListLimits tablefile_limits(const Config *config);

/* Reads one file; name is the last part of its path. As worker_read_roster(). */
typedef int (*TablefileTake)(int fd, const char *name, void *userdata);

/* Takes regular files, one after the other. What goes wrong is said. COMMAND_OK or COMMAND_WRONG. */
int tablefile_read_all(char **paths, size_t n, TablefileTake take, void *userdata,
                       Language language);

/* Says why the file at path was not read: `error` is that of worker_read_roster(). */
void tablefile_say_unread(const char *path, int error, Language language);
