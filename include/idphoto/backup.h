/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Backs up a store into another directory while drops go on, and restores it. A backup holds a
 * snapshot of the catalog, every blob that this snapshot names, the uploads under way, the audit
 * key and the configuration. Its MANIFEST holds the hash of the catalog, the number of blobs and a
 * hash of their names. A backup can be opened as a store and inspected. A change made there makes
 * it useless as a backup.
 *
 * A second backup into the same directory copies only blobs that are new, or damaged in the backup.
 * It removes what the store has erased meanwhile, and what a killed backup left half copied. The
 * earlier backup stays valid until the new one is complete.
 *
 * A blob in the backup counts as good when its size and time equal those of the store's blob. Where
 * they differ, or when the caller asks for it, the blob is read.
 */

#define BACKUP_MANIFEST "MANIFEST"

typedef struct BackupReport {
        uint64_t blobs;   /* named by the catalog */
        uint64_t copied;  /* blobs copied by this call */
        uint64_t bytes;   /* bytes of the copied blobs */
        uint64_t mended;  /* copied blobs that replaced damaged ones */
        uint64_t damaged; /* blobs left out: missing, or not what their names say */
} BackupReport;

typedef struct BackupOptions {
        bool check; /* reads every blob that the backup already has */
        void (*step)(uint64_t done, uint64_t total, void *userdata); /* blobs; NULL: none */
        void *userdata;
} BackupOptions;

/* Backs the store up into `directory` and adds an EVENT_BACKED_UP to the store. The caller is in no
 * transaction. -ENOTEMPTY: the directory holds something other than a backup, such as the store
 * itself; -EBUSY: another backup is writing there; else the errno of what failed. */
int store_backup(const Store *store, Catalog *catalog, const char *directory,
                 const BackupOptions *options, BackupReport *ret);

/* Restores into `target` and adds an EVENT_RESTORED to the new store. The target must be missing,
 * be empty or hold a killed restore (else -ENOTEMPTY). Single damaged blobs are left out and
 * counted. After a failed restore the target is not a store. -ENOENT: there is no backup;
 * -EINPROGRESS: the backup was never finished; -EUCLEAN: its catalog or its list of blobs is not
 * what the manifest says. */
int store_restore(const char *backup, const char *target, const BackupOptions *options,
                  BackupReport *ret);
