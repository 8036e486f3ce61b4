/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Erases what need not be kept [Z5]. Erased bytes do not stay in the store's files; the next backup
 * removes the copies in backups. The audit log stays, and knows people only by keyed hashes.
 */

typedef struct PurgeReport {
        uint64_t submissions; /* those that lose their files or are removed */
        uint64_t students;    /* removed */
        uint64_t bytes;       /* of the originals and photos of these submissions */
        uint64_t files;       /* blobs that were removed; a dry run does not count them */
        bool remains; /* erased bytes may stand in the database until the next purge: a reader kept
                         its log from being emptied, or a full disk kept it from being rewritten */
} PurgeReport;

/*
 * Erases the originals and finished photos of submissions that were rejected, dismissed, superseded
 * or withdrawn before `before` (wall time of the verdict or of the withdrawal). The rows stay
 * without them; rejected submissions leave rejected/ as dismissed ones. A student's current photo
 * stays, and so does a blob that another row names. The caller is in no transaction.
 */
int store_purge_old(const Store *store, Catalog *catalog, int64_t before, int64_t now, bool dry_run,
                    PurgeReport *ret);

/*
 * Erases everything of a closed batch: students, submissions, findings, photos, folders. What stays
 * is the name of the batch and, for each teaching point, an EVENT_PURGED that tells how much there
 * was. -EPERM: the batch is open; -EBUSY: uploads in it wait for their verdict.
 */
int store_purge_batch(const Store *store, Catalog *catalog, int64_t batch, int64_t now,
                      bool dry_run, PurgeReport *ret);
