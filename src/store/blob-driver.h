/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

#include <sys/stat.h>

/* What a directory of blobs does in its own way. Names are relative to it. */

enum { BLOB_NAME_SIZE = 3 + SHA256_HEX_SIZE };

#define BLOB_WHOLE UINT64_MAX /* the size of a part that ends with its file */

typedef struct BlobDriver {
        /* As the calls of store.h. */
        int (*from_fd)(const Store *store, int fd, Sha256 *ret_hash, uint64_t *ret_size);
        int (*copy)(const Store *store, int from, uint64_t offset, uint64_t size, Sha256 *ret_hash,
                    uint64_t *ret_size);
        int (*put)(const Store *store, const void *data, size_t size, Sha256 *ret_hash);
        int (*present)(const Store *store, const Sha256 *hash);
        int (*open)(const Store *store, const Sha256 *hash);
        int (*remove)(const Store *store, const Sha256 *hash);
        /* As blob_need() and blob_erase(). */
        int (*need)(const Store *store, const Sha256 *hash);
        int (*erase)(const Store *store, const Sha256 *hash);
        /* When the blob was last made or found to exist already, of its attributes. */
        int64_t (*used_nsec)(const struct stat *st);
} BlobDriver;

extern const BlobDriver blob_local, blob_shared;

/* The name of a blob: a folder and a file in it. Returns buf. */
const char *blob_name(const Sha256 *hash, char buf[static BLOB_NAME_SIZE]);

/* Whether the blob is there, so that a row may name it: 1, 0, or a negative errno. What was removed
 * and is not erased yet is there again. */
int blob_need(const Store *store, const Sha256 *hash);
/* As blob_remove(), and no look finds the bytes again. */
int blob_erase(const Store *store, const Sha256 *hash);

/* Makes the names in the folder of that blob durable. */
int blob_sync_folder(const Store *store, const char *name);
