/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * A copy of a store in another directory, taken while drops go on, and the way back. The copy is
 * one moment of the catalog, every blob that it names, the uploads under way, the audit key and the
 * configuration, with a MANIFEST that holds the catalog's hash and the number and hash of the
 * blobs' names. It opens as a store itself, to be looked at; whoever changes it there makes it
 * useless as a backup. A second backup into the same directory copies only new blobs and those that
 * are damaged there, and takes away what the store has erased meanwhile and what a killed backup
 * left half copied. Until a backup is done, the one before it stands.
 *
 * A blob that is there already is taken for good by its size and time, which are the original's;
 * where they differ, or when it is asked for, it is read.
 */

#define BACKUP_MANIFEST "MANIFEST"

typedef struct BackupReport {
        uint64_t blobs;   /* named by the catalog */
        uint64_t copied;  /* of them, this time */
        uint64_t bytes;   /* copied */
        uint64_t mended;  /* of the copied, those that were damaged in the backup */
        uint64_t damaged; /* missing or not what their names say: left out */
} BackupReport;

typedef struct BackupOptions {
        bool check; /* reads every blob that the backup has already */
        void (*step)(uint64_t done, uint64_t total, void *userdata); /* blobs; NULL: none */
        void *userdata;
} BackupOptions;

/* The caller is in no transaction. -ENOTEMPTY: there is something else than a backup (the store
 * itself for example); -EBUSY: another backup is writing there; else errno. The store gets an
 * EVENT_BACKED_UP. */
int store_backup(const Store *store, Catalog *catalog, const char *directory,
                 const BackupOptions *options, BackupReport *ret);

/* Into `target`, which must not exist, be empty, or hold a restore that was killed (-ENOTEMPTY).
 * -ENOENT: no backup there; -EINPROGRESS: it was never finished; -EUCLEAN: its catalog or its list
 * of blobs is not what the manifest says. Single blobs that are damaged are left out and counted. A
 * target that failed is no store. The new store gets an EVENT_RESTORED. */
int store_restore(const char *backup, const char *target, const BackupOptions *options,
                  BackupReport *ret);
