/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Erasing what need not be kept [Z5]. What is erased leaves no bytes in the store's files; copies
 * in backups go with the next backup. The audit log stays, and knows people by keyed hashes only.
 */

typedef struct PurgeReport {
        uint64_t submissions; /* that lose their files, or are removed */
        uint64_t students;    /* removed */
        uint64_t bytes;       /* of originals and photos that they name */
        uint64_t files;       /* blobs that are gone now; not counted by a dry run */
        bool remains; /* a reader of the database kept its log from being emptied, or a full disk
                         the database from being written anew: erased bytes may stand in it until
                         the next purge */
} PurgeReport;

/*
 * Originals and finished photos of submissions that were rejected, dismissed, superseded or
 * withdrawn before `before` (wall time of the verdict or of the withdrawal). The rows stay without
 * them; rejected ones leave rejected/ as dismissed. A student's present photo stays, and so does a
 * blob that another row names. The caller is in no transaction.
 */
int store_purge_old(const Store *store, Catalog *catalog, int64_t before, int64_t now, bool dry_run,
                    PurgeReport *ret);

/*
 * Everything of a closed batch: students, submissions, findings, photos, folders. The batch's name
 * stays, and an EVENT_PURGED for each teaching point with what there was. -EPERM: it is open;
 * -EBUSY: uploads wait for their verdict in it.
 */
int store_purge_batch(const Store *store, Catalog *catalog, int64_t batch, int64_t now,
                      bool dry_run, PurgeReport *ret);
