/* SPDX-License-Identifier: MIT */
#include "collect.h"
#include "store-internal.h"

#include <idphoto/catalog.h>
#include <idphoto/storecheck.h>

#include <fcntl.h>
#include <time.h>

/*
 * Removing blobs beside a daemon. A blob gets its file first and its row later, and two uploads of
 * the same bytes share one: so between a look at the rows and the unlink, somebody may find the
 * file there and name it in a row. An age does not help: the file was there for a year.
 *
 * What makes the race harmless is that both ends look again while they hold the catalog's one write
 * lock (BEGIN IMMEDIATE):
 *
 *   - who removes a blob looks, inside a write transaction, that no row names it, unlinks it, and
 *     only then ends the transaction;
 *   - who gives a row a blob's name looks, inside its write transaction, that the file is there
 *     (catalog_need_blob(), which every setter calls), and is told -EAGAIN when it is not: then the
 *     bytes must become a blob again, and the work is done anew.
 *
 * One of the two comes first. If it is the remover, the other finds no file; if it is the row, the
 * remover finds the row. Nobody needs to know how old anything is.
 *
 * Durability: a blob's file and name are durable before its row is. Its end is the other way round:
 * a daemon deletes rows without a sync, and after a power cut they are back. So before the first
 * unlink of a transaction the log is synced, which holds all that was committed. The unlink itself
 * needs no sync: an orphan that comes back is found by the next collection.
 *
 * A transaction is short, so that a daemon's commits wait for milliseconds, and between two the
 * lock is free for a moment: SQLite's waiters poll.
 */

static const struct timespec between = {.tv_nsec = 2 * NSEC_PER_MSEC};

int catalog_need_blob(Catalog *catalog, const Sha256 *hash)
{
        int r = blob_present(catalog_store(catalog), hash);

        return r == 0 ? -EAGAIN : MIN(r, 0);
}

/* 1: some row names it. */
static int is_named(Catalog *catalog, const Sha256 *hash)
{
        return catalog_one(catalog,
                           "SELECT 1 FROM submission WHERE original = ?1 UNION ALL"
                           " SELECT 1 FROM photo WHERE blob = ?1 UNION ALL"
                           " SELECT 1 FROM photo WHERE centre = ?1 LIMIT 1",
                           VALUES(HASH(hash)), read_nothing, NULL);
}

static int sync_log(const Store *store)
{
        _cleanup_close_ int fd =
                openat(store->dirfd, CATALOG_FILE "-wal", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        return fdatasync(fd) < 0 ? -errno : 0;
}

static int remove_unnamed(const Store *store, Catalog *catalog, CollectBatch *batch)
{
        bool synced = false;

        for (size_t i = 0; i < batch->n; i++) {
                int r = is_named(catalog, &batch->hashes[i]);

                batch->removed[i] = r == 0;
                if (r == 0 && !synced) {
                        r = sync_log(store);
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

/* Without the lock: nearly all are named, and those are done with. */
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
