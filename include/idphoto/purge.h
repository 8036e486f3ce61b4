/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Erases data that need not be kept [Z5]. Erased bytes do not remain in the store's files. The next
 * backup removes their copies in the backup. The audit log remains; it identifies people only by
 * keyed hashes.
 */

typedef struct PurgeReport {
        uint64_t submissions; /* submissions that lose their files or are removed */
        uint64_t students;    /* students removed */
        uint64_t bytes;       /* of the originals and photos of these submissions */
        uint64_t files;       /* blobs removed; not counted by a dry run */
        bool remains; /* erased bytes may remain in the database until the next purge: a reader
                         prevented emptying its log, or a full disk prevented rewriting it */
} PurgeReport;

/*
 * Erases the originals and finished photos of submissions that were rejected, dismissed, superseded
 * or withdrawn before `before` (wall time of the verdict or of the withdrawal). Keeps the rows;
 * rejected submissions become dismissed and leave rejected/. Keeps a student's current photo, and
 * every blob that another row names. The caller is in no transaction. -ESTALE: store_was_restored().
 */
int store_purge_old(const Store *store, Catalog *catalog, int64_t before, int64_t now, bool dry_run,
                    PurgeReport *ret);

/*
 * Erases everything of a closed batch: students, submissions, findings, photos, folders. Keeps the
 * name of the batch and, for each teaching point, an EVENT_PURGED with the amount erased. The
 * caller is in no transaction. -EPERM: the batch is open; -EBUSY: uploads in it wait for their
 * verdict; -ESTALE: store_was_restored().
 */
int store_purge_batch(const Store *store, Catalog *catalog, int64_t batch, int64_t now,
                      bool dry_run, PurgeReport *ret);
