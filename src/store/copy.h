/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/backup.h>
#include <idphoto/catalog.h>

#include <sqlite3.h>

/* What backup and restore share: files that are either complete and durable or not there, and the
 * blobs that a catalog names. */

#define CATALOG_NEW "catalog.db.new" /* until everything that it names is there */

/* Copies a file, under another name beside `to` until it is complete. expected: -EUCLEAN when the
 * bytes have another hash. It and the results may be NULL. -ENOENT: there is no such file. */
int copy_file(int from_dir, const char *from, int to_dir, const char *to, const Sha256 *expected,
              Sha256 *ret_hash, uint64_t *ret_size);
/* The same for a file that may be missing. */
int copy_file_if_there(int from_dir, int to_dir, const char *name);

/* Opens the catalog in `directory` that is not in its place yet. */
int copy_open_catalog(const char *directory, int flags, sqlite3 **ret);

/* Copies every blob that db names from one folder to the other, unless it is there. Also computes
 * the hash of their names. */
int copy_blobs(sqlite3 *db, int from, int to, const BackupOptions *options, BackupReport *report,
               Sha256 *ret_list);

/* Removes what a killed copy_blobs() left half written. */
int copy_sweep(int blobs);

/* Copies the bytes of uploads under way. live: finds bytes that have become a blob meanwhile, by
 * its catalog and its folder of blobs. NULL: there is none. */
int copy_staging(sqlite3 *db, int from, int to, Catalog *live, int live_blobs);

typedef struct Manifest {
        Sha256 catalog;
        uint64_t blobs;
        Sha256 list;
} Manifest;

/* Writes the manifest beside its place, before the catalog that it describes takes its own. */
int manifest_write(int dirfd, const Manifest *manifest);
int manifest_place(int dirfd);
/* Marks the directory as a first backup that is under way. */
int manifest_begin(int dirfd);
/* Reads the manifest of the catalog that is there. -ENOENT, -EINPROGRESS, -EUCLEAN: it is
 * unreadable. */
int manifest_read(int dirfd, Manifest *ret);
