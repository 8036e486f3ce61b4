/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql.h"

#include <idphoto/backup.h>
#include <idphoto/catalog.h>

/* Shared by backup and restore: copies files so that each is either complete and durable or
 * missing, and copies the blobs that a catalog names. */

#define CATALOG_NEW "catalog.db.new" /* name of the copied catalog until all its blobs are copied */

/* Copies a file. The copy has a temporary name beside `to` until it is complete. expected: the hash
 * of the bytes, else -EUCLEAN. expected, ret_hash and ret_size may be NULL. -ENOENT: there is no
 * such file. */
int copy_file(int from_dir, const char *from, int to_dir, const char *to, const Sha256 *expected,
              Sha256 *ret_hash, uint64_t *ret_size);
/* Copies a file that may be missing. */
int copy_file_if_there(int from_dir, int to_dir, const char *name);

/* Opens CATALOG_NEW in `directory`. */
int copy_open_catalog(const char *directory, Sql **ret);

/* Copies every blob that db names from the folder `from` to the folder `to`, unless `to` has a good
 * copy. Computes the hash of the names of all these blobs. */
int copy_blobs(Sql *db, int from, int to, const BackupOptions *options, BackupReport *report,
               Sha256 *ret_list);

/* Removes files that a killed copy_blobs() left incomplete. */
int copy_sweep(int blobs);

/* Copies the staging files of uploads under way in db. live, live_blobs: the catalog and the folder
 * of blobs of the running store, where bytes are found that became a blob meanwhile; live NULL:
 * there is none. */
int copy_staging(Sql *db, int from, int to, Catalog *live, int live_blobs);

typedef struct Manifest {
        Sha256 catalog;
        uint64_t blobs;
        Sha256 list;
} Manifest;

/* Writes the manifest under a temporary name, durably. Call before the described catalog gets its
 * name, and manifest_place() after that. */
int manifest_write(int dirfd, const Manifest *manifest);
/* Gives the written manifest its name, durably. */
int manifest_place(int dirfd);
/* Marks the directory as an unfinished first backup. */
int manifest_begin(int dirfd);
/* Reads the manifest of the catalog in the directory. -ENOENT: there is none; -EINPROGRESS: the
 * first backup is unfinished; -EUCLEAN: it is unreadable. */
int manifest_read(int dirfd, Manifest *ret);
