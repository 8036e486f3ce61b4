/* SPDX-License-Identifier: MIT */
#include "collect.h"
#include "blob-driver.h"
#include "blob-shared.h"
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
 * In a shared directory removing is moving to the trash, because a remover may have been asleep while
 * its connection ended, and another one's row came in between: then the row's blob is in the trash,
 * where reads find it. What is there is looked at by each collection. It is put back when a row names
 * it, and erased when none does and it was removed an hour ago, or at once by a purge. What is erased
 * is looked for in a write transaction too, and who names it there puts it back first. So somebody
 * would have to sleep through the hour for a photo to be lost.
 *
 * A transaction is short, so a daemon's commits wait for milliseconds. Between two transactions the
 * lock is free for a moment, because SQLite's waiters poll.
 */

#define TRASH_NSEC (INT64_C(3600) * NSEC_PER_SEC)
#define NEW_NSEC   (24 * TRASH_NSEC)

static const struct timespec between = {.tv_nsec = 2 * NSEC_PER_MSEC};

int catalog_need_blob(Catalog *catalog, const Sha256 *hash)
{
        int r = sql_lock(catalog_sql(catalog));

        if (r >= 0)
                r = blob_need(catalog_store(catalog), hash);
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
                const Sha256 *hash = &batch->hashes[i];
                int r = is_named(catalog, hash);

                batch->removed[i] = r == 0;
                if (r == 0 && !synced) {
                        r = sql_sync(catalog_sql(catalog));
                        synced = true;
                }
                if (r >= 0 && batch->removed[i])
                        r = batch->trash ? trash_erase(store, hash) : blob_remove(store, hash);
                else if (r >= 0 && batch->trash)
                        r = trash_put_back(store, hash);
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
        r = store_was_restored(store, catalog);
        if (r == 0)
                r = remove_unnamed(store, catalog, batch);
        else if (r > 0)
                r = -ESTALE;
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
        int64_t before; /* what was removed later is not erased yet */
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

/* 1: a row names it; 0: none does; -ECANCELED: it is time to stop. */
static int is_named_or_over(Collecting *collecting, const Sha256 *hash)
{
        if (collecting->stop && collecting->stop(collecting->userdata))
                return -ECANCELED;
        return is_named(collecting->catalog, hash);
}

static int add(Collecting *collecting, const Sha256 *hash)
{
        collecting->batch.hashes[collecting->batch.n++] = *hash;
        return collecting->batch.n == collect_batch_most(collecting->store) ? flush(collecting) : 0;
}

/* Looks without the lock: rows name nearly all blobs, and these are done with. */
static int look(const Sha256 *hash, int64_t used_nsec _unused_, void *userdata)
{
        int r = is_named_or_over(userdata, hash);

        return r == 0 ? add(userdata, hash) : MIN(r, 0);
}

/* The same of a removed blob, of which what rows name is put back. */
static int look_in_trash(const Sha256 *hash, int64_t removed_nsec, void *userdata)
{
        Collecting *collecting = userdata;
        int r = is_named_or_over(collecting, hash);

        if (r < 0 || (r == 0 && removed_nsec >= collecting->before))
                return MIN(r, 0);
        return add(collecting, hash);
}

int collect_trash(const Store *store, Catalog *catalog, const CollectOptions *options,
                  uint64_t *ret_n)
{
        Collecting collecting = {.store = store,
                                 .catalog = catalog,
                                 .stop = options->stop,
                                 .userdata = options->userdata,
                                 .batch.trash = true};
        int64_t now;
        int r;

        *ret_n = 0;
        if (!store_shares_blobs(store))
                return 0;
        r = blob_shared_now(store, &now);
        if (r < 0)
                return r;
        collecting.before = options->erase ? INT64_MAX : now - TRASH_NSEC;
        r = trash_list(store, look_in_trash, &collecting);
        if (r >= 0)
                r = flush(&collecting);
        if (r >= 0)
                r = trash_sweep_new(store, now - NEW_NSEC);
        *ret_n = collecting.n;
        return r;
}

int collect_blobs(const Store *store, Catalog *catalog, const CollectOptions *options,
                  uint64_t *ret_n)
{
        Collecting collecting = {.store = store,
                                 .catalog = catalog,
                                 .stop = options->stop,
                                 .userdata = options->userdata};
        uint64_t erased = 0;
        int r = blob_list(store, look, &collecting);

        if (r >= 0)
                r = flush(&collecting);
        if (r >= 0)
                r = collect_trash(store, catalog, options, &erased);
        if (r >= 0 && collecting.n + erased > 0)
                r = blob_sync(store);
        if (r < 0)
                return r;
        /* What was removed only now is erased, too. */
        if (ret_n)
                *ret_n = options->erase ? MAX(erased, collecting.n) : collecting.n;
        return 0;
}

int store_collect_blobs(const Store *store, Catalog *catalog, CollectStop stop, void *userdata,
                        uint64_t *ret_n)
{
        return collect_blobs(store, catalog, &(CollectOptions){.stop = stop, .userdata = userdata},
                             ret_n);
}

int store_collect_noted(const Store *store, Catalog *catalog, const Sha256 *hashes, size_t n)
{
        Collecting collecting = {.store = store, .catalog = catalog};
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++)
                r = blob_present(store, &hashes[i]) > 0 ? look(&hashes[i], 0, &collecting) : 0;
        return r < 0 ? r : flush(&collecting);
}
