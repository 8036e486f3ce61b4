/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

#include <idphoto/catalog.h>

/* Removes blobs that no row names. The essay in collect.c tells why that is safe. */

/* Blobs in a transaction: the commits of a daemon wait for so many unlinks. */
enum { COLLECT_BATCH = 64 };

typedef struct CollectBatch {
        Sha256 hashes[COLLECT_BATCH];
        bool removed[COLLECT_BATCH]; /* what came of it */
        size_t n;
} CollectBatch;

/* Removes those blobs of the batch that no row names, in a write transaction of its own. The caller
 * is in none. */
int collect_remove(const Store *store, Catalog *catalog, CollectBatch *batch);

/* Call inside a write transaction before a row gets the name of the blob. 0; -EAGAIN: its file is
 * gone, and the bytes must become a blob again. */
int catalog_need_blob(Catalog *catalog, const Sha256 *hash);
