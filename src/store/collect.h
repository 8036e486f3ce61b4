/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

#include <idphoto/catalog.h>

/* Removes blobs that no row names. The essay in collect.c explains why that is safe. */

/* Most blobs in a transaction: a daemon's commit may have to wait for as many unlinks. */
enum { COLLECT_BATCH = 64 };

typedef struct CollectBatch {
        Sha256 hashes[COLLECT_BATCH];
        bool removed[COLLECT_BATCH]; /* the result of collect_remove() */
        size_t n;
} CollectBatch;

/* Removes those blobs of the batch that no row names, in a write transaction of its own. The caller
 * is in no transaction. */
int collect_remove(const Store *store, Catalog *catalog, CollectBatch *batch);

/* Checks that the blob's file exists. Call before a row names the blob, in the same write
 * transaction. 0; -EAGAIN: the file is gone; make the blob again. */
int catalog_need_blob(Catalog *catalog, const Sha256 *hash);
