/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/backup.h>
#include <idphoto/catalog.h>

#include <sqlite3.h>

/* What backup and restore share: files that are whole and durable, or not there, and the blobs that
 * a catalog names. */

#define CATALOG_NEW "catalog.db.new" /* until everything that it names is there */

/* Copies a file under a name beside `to` first. expected: -EUCLEAN when the bytes have another
 * hash; may be NULL, like the results. -ENOENT: there is no such file. */
int copy_file(int from_dir, const char *from, int to_dir, const char *to, const Sha256 *expected,
              Sha256 *ret_hash, uint64_t *ret_size);
/* The same for one that need not be there. */
int copy_file_if_there(int from_dir, int to_dir, const char *name);

/* A connection to the catalog in `directory` that is not in its place yet. */
int copy_open_catalog(const char *directory, int flags, sqlite3 **ret);

/* Every blob that db names, from one folder to the other unless it is there; their names' hash. */
int copy_blobs(sqlite3 *db, int from, int to, const BackupOptions *options, BackupReport *report,
               Sha256 *ret_list);

/* Removes what a killed copy_blobs() left half written. */
int copy_sweep(int blobs);

/* The bytes of uploads under way. live: when the bytes have become a blob meanwhile, its catalog
 * and folder of blobs tell; NULL: there is none. */
int copy_staging(sqlite3 *db, int from, int to, Catalog *live, int live_blobs);

typedef struct Manifest {
        Sha256 catalog;
        uint64_t blobs;
        Sha256 list;
} Manifest;

/* Beside its place, before the catalog that it tells of takes its own. */
int manifest_write(int dirfd, const Manifest *manifest);
int manifest_place(int dirfd);
/* Says that a first backup is under way. */
int manifest_begin(int dirfd);
/* Of the catalog that is there. -ENOENT, -EINPROGRESS, -EUCLEAN: unreadable. */
int manifest_read(int dirfd, Manifest *ret);
