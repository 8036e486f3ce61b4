/* SPDX-License-Identifier: MIT */
#pragma once

#include "opened.h"

/* What the commands that import lists have in common. */

/* Takes them over. 0; positive: nothing of it is to be kept; or an errno. */
typedef int (*ImportingTake)(Catalog *catalog, void *userdata);

/* Runs it in a transaction, for as long as that takes with a sign of life. Returns what `take`
 * returned, or the errno of the catalog. */
int importing_run(const Opened *opened, Language language, ImportingTake take, void *userdata);

/* Says why an import failed with `error`. Returns COMMAND_WRONG. */
int importing_failed(const CommandContext *context, int error);
