/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

#include <idphoto/catalog.h>
#include <idphoto/storecheck.h>

/* Removes blobs that no row names. The essay in collect.c explains why that is safe. */

/* Most blobs in a transaction: a daemon's commit may have to wait for as many unlinks. In a shared
 * directory each is two ways over a network. */
enum { COLLECT_BATCH = 64, COLLECT_BATCH_SHARED = 8 };

static inline size_t collect_batch_most(const Store *store)
{
        return store_shares_blobs(store) ? COLLECT_BATCH_SHARED : COLLECT_BATCH;
}

typedef struct CollectBatch {
        Sha256 hashes[COLLECT_BATCH];
        bool removed[COLLECT_BATCH]; /* the result of collect_remove() */
        size_t n;
        bool trash; /* they were removed: those that a row names are put back, the others erased */
} CollectBatch;

/* Removes those blobs of the batch that no row names, in a write transaction of its own. The caller
 * is in no transaction. -ESTALE: store_was_restored(). */
int collect_remove(const Store *store, Catalog *catalog, CollectBatch *batch);

typedef struct CollectOptions {
        bool erase; /* nothing is left in a trash, however young it is */
        CollectStop stop;
        void *userdata;
} CollectOptions;

/* As store_collect_blobs(), which erases what was removed an hour ago. */
int collect_blobs(const Store *store, Catalog *catalog, const CollectOptions *options,
                  uint64_t *ret_n);
/* Of a shared directory only what was removed before, and what others left incomplete. *ret_n: how
 * many blobs were erased. */
int collect_trash(const Store *store, Catalog *catalog, const CollectOptions *options,
                  uint64_t *ret_n);

/* Checks that the blob's file exists; what was removed and is not erased is put back. Call before a
 * row names the blob, in the same write transaction. 0; -EAGAIN: the file is gone; make the blob again. */
int catalog_need_blob(Catalog *catalog, const Sha256 *hash);
