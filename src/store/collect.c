/* SPDX-License-Identifier: MIT */
#include "collect.h"
#include "store-internal.h"

#include <idphoto/catalog.h>
#include <idphoto/storecheck.h>

#include <time.h>

/*
 * Removing blobs beside a daemon. A blob gets its file first and its row later, and two uploads of
 * the same bytes share one blob. So between a look at the rows and the unlink, somebody may find
 * the file and name it in a row. The age of the file does not help: it may have been there for a
 * year.
 *
 * The race is harmless because both sides look again while they hold the catalog's one write lock
 * (BEGIN IMMEDIATE):
 *
 *   - Whoever removes a blob sees inside a write transaction that no row names it, unlinks it, and
 *     only then ends the transaction.
 *   - Whoever names a blob in a row sees inside its write transaction that the file is there, by
 *     catalog_need_blob(), which every setter calls. It gets -EAGAIN when the file is gone, has to
 *     make the bytes a blob again, and starts its work anew.
 *
 * One of the two comes first. If that is the remover, the other finds no file; if it is the row,
 * the remover finds the row. Nobody needs to know how old anything is.
 *
 * Durability: the file and the name of a blob are durable before its row. When a blob goes, the
 * order is the reverse: a daemon deletes rows without a sync, and after a power cut they are back.
 * So the log is synced before the first unlink of a transaction, with all that was committed. The
 * unlink itself needs no sync: if the orphan comes back, the next collection finds it.
 *
 * A transaction is short, so a daemon's commits wait for milliseconds. Between two transactions the
 * lock is free for a moment, because SQLite's waiters poll.
 */

static const struct timespec between = {.tv_nsec = 2 * NSEC_PER_MSEC};

int catalog_need_blob(Catalog *catalog, const Sha256 *hash)
{
        int r = sql_lock(catalog_sql(catalog));

        if (r >= 0)
                r = blob_present(catalog_store(catalog), hash);
        return r == 0 ? -EAGAIN : MIN(r, 0);
}

/* 1: a row names it. */
static int is_named(Catalog *catalog, const Sha256 *hash)
{
        return catalog_one(catalog,
                           "SELECT 1 FROM submission WHERE original = ?1 UNION ALL"
                           " SELECT 1 FROM photo WHERE blob = ?1 UNION ALL"
                           " SELECT 1 FROM photo WHERE centre = ?1 LIMIT 1",
                           VALUES(HASH(hash)), read_nothing, NULL);
}

static int remove_unnamed(const Store *store, Catalog *catalog, CollectBatch *batch)
{
        bool synced = false;

        for (size_t i = 0; i < batch->n; i++) {
                int r = is_named(catalog, &batch->hashes[i]);

                batch->removed[i] = r == 0;
                if (r == 0 && !synced) {
                        r = sql_sync(catalog_sql(catalog));
                        synced = true;
                }
                if (r >= 0 && batch->removed[i])
                        r = blob_remove(store, &batch->hashes[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

int collect_remove(const Store *store, Catalog *catalog, CollectBatch *batch)
{
        int r = catalog_begin(catalog, false);

        if (r < 0)
                return r;
        r = remove_unnamed(store, catalog, batch);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        r = catalog_commit(catalog);
        (void)nanosleep(&between, NULL);
        return r;
}

typedef struct Collecting {
        const Store *store;
        Catalog *catalog;
        CollectStop stop;
        void *userdata;
        CollectBatch batch;
        uint64_t n;
} Collecting;

static int flush(Collecting *collecting)
{
        CollectBatch *batch = &collecting->batch;
        int r;

        if (batch->n == 0)
                return 0;
        r = collect_remove(collecting->store, collecting->catalog, batch);
        for (size_t i = 0; i < batch->n && r >= 0; i++)
                collecting->n += batch->removed[i];
        batch->n = 0;
        return r;
}

/* Looks without the lock: rows name nearly all blobs, and these are done with. */
static int look(const Sha256 *hash, int64_t used_nsec _unused_, void *userdata)
{
        Collecting *collecting = userdata;
        int r;

        if (collecting->stop && collecting->stop(collecting->userdata))
                return -ECANCELED;
        r = is_named(collecting->catalog, hash);
        if (r != 0)
                return MIN(r, 0);
        collecting->batch.hashes[collecting->batch.n++] = *hash;
        return collecting->batch.n == COLLECT_BATCH ? flush(collecting) : 0;
}

int store_collect_blobs(const Store *store, Catalog *catalog, CollectStop stop, void *userdata,
                        uint64_t *ret_n)
{
        Collecting collecting = {
                .store = store, .catalog = catalog, .stop = stop, .userdata = userdata};
        int r = blob_list(store, look, &collecting);

        if (r >= 0)
                r = flush(&collecting);
        if (r >= 0 && collecting.n > 0)
                r = blob_sync(store);
        if (r < 0)
                return r;
        if (ret_n)
                *ret_n = collecting.n;
        return 0;
}

int store_collect_noted(const Store *store, Catalog *catalog, const Sha256 *hashes, size_t n)
{
        Collecting collecting = {.store = store, .catalog = catalog};
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++)
                r = blob_present(store, &hashes[i]) > 0 ? look(&hashes[i], 0, &collecting) : 0;
        return r < 0 ? r : flush(&collecting);
}
