/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/* What is done inside of it. 0; positive: it was refused, and is to leave nothing behind; or the
 * errno of the catalog. */
typedef int (*GuardedRun)(void *userdata);

/*
 * Runs an import in a savepoint of its own, inside a transaction. The catalog keeps what it did
 * only if it returned 0 and dry_run is not set; otherwise the catalog is as it was. Returns 0,
 * also for a refusal; -EROFS when the batch is closed, and then nothing was run; or the errno.
 */
int import_guarded(Catalog *catalog, int64_t batch, bool dry_run, GuardedRun run, void *userdata);
