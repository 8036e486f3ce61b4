/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

#include <idphoto/catalog.h>

/* Removing what no row names, and the look that makes it safe: the essay stands in collect.c. */

/* Blobs a transaction: a daemon's commits wait for so many unlinks. */
enum { COLLECT_BATCH = 64 };

typedef struct CollectBatch {
        Sha256 hashes[COLLECT_BATCH];
        bool removed[COLLECT_BATCH]; /* what came of it */
        size_t n;
} CollectBatch;

/* Removes those that no row names, in one write transaction that looks. The caller is in none. */
int collect_remove(const Store *store, Catalog *catalog, CollectBatch *batch);

/* Inside a write transaction, before a row is given the blob's name: 0, or -EAGAIN when its file is
 * gone and the bytes must become a blob again. */
int catalog_need_blob(Catalog *catalog, const Sha256 *hash);
