/* SPDX-License-Identifier: MIT */
#pragma once

#include "opened.h"

/* Shared by the commands that import lists. */

/* Imports the lists, inside a transaction. 0: commit; positive: roll back; or a negative errno. */
typedef int (*ImportingTake)(Catalog *catalog, void *userdata);

/* Runs `take` in a transaction and shows that the program is busy. rosters: it imports nothing
 * else. Returns the result of `take`, or the negative errno of the catalog. */
int importing_run(const Opened *opened, Language language, bool rosters, ImportingTake take,
                  void *userdata);

/* Prints, as a part of the report, that only root can use the points that were made. */
void importing_tell_only_root(Language language);

/* Prints why an import failed with `error`. Returns COMMAND_WRONG. */
int importing_failed(const CommandContext *context, int error);
