/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * A copy of a store in another directory, taken while drops go on, and the way back. The copy holds
 * one moment of the catalog, every blob that this catalog names, the uploads under way, the audit
 * key and the configuration. Its MANIFEST holds the hash of the catalog, and the number and a hash
 * of the names of the blobs. A backup opens as a store itself, to be looked at; a change made there
 * makes it useless as a backup.
 *
 * A second backup into the same directory copies only blobs that are new or that are damaged there.
 * It removes what the store has erased meanwhile, and what a killed backup left half copied. The
 * earlier backup stands until the new one is done.
 *
 * A blob that the backup already has counts as good when its size and time are the original's.
 * Where they differ, or when the caller asks for it, the blob is read.
 */

#define BACKUP_MANIFEST "MANIFEST"

typedef struct BackupReport {
        uint64_t blobs;   /* named by the catalog */
        uint64_t copied;  /* of them, copied this time */
        uint64_t bytes;   /* copied */
        uint64_t mended;  /* of the copied, those that replaced damaged ones */
        uint64_t damaged; /* missing, or not what their names say: left out */
} BackupReport;

typedef struct BackupOptions {
        bool check; /* reads every blob that the backup already has */
        void (*step)(uint64_t done, uint64_t total, void *userdata); /* blobs; NULL: none */
        void *userdata;
} BackupOptions;

/* The caller is in no transaction. -ENOTEMPTY: the directory holds something other than a backup,
 * such as the store itself; -EBUSY: another backup is writing there; else the errno of what failed.
 * Adds an EVENT_BACKED_UP to the store. */
int store_backup(const Store *store, Catalog *catalog, const char *directory,
                 const BackupOptions *options, BackupReport *ret);

/* Restores into `target`, which must not exist, be empty, or hold a restore that was killed (else
 * -ENOTEMPTY). -ENOENT: there is no backup; -EINPROGRESS: the backup was never finished; -EUCLEAN:
 * its catalog or its list of blobs is not what the manifest says. Single damaged blobs are left out
 * and counted. A target of a failed restore is no store. Adds an EVENT_RESTORED to the new
 * store. */
int store_restore(const char *backup, const char *target, const BackupOptions *options,
                  BackupReport *ret);
