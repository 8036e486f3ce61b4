/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>
#include <idphoto/util.h>

#include <sys/types.h>

/*
 * The only interface to the database, in terms of the domain. A Catalog is one connection, used by
 * one thread at a time. A function that changes something must be called inside a transaction:
 * through Writer in the daemon, through catalog_begin() and catalog_commit() in a command. Times
 * are wall nanoseconds. Rows own their strings; release a row with its _done() function.
 *
 * Functions that look up one row return 1 when it was found, 0 when not, or a negative errno:
 * -ENOSPC, -EIO, -ENOMEM, -EBUSY (another process writes for too long), -EUCLEAN (the database is
 * malformed).
 */

typedef struct Catalog Catalog;

/* A directory of a teaching point in one batch. Functions about a whole point ignore the folder.
 * Some accept point 0 for all points; their comments say so. */
typedef struct Where {
        int64_t batch;
        int64_t point;
        int64_t folder; /* the row id of a dropped folder, or one of these */
} Where;

enum {
        FOLDER_POINT = 0,      /* the point's directory itself */
        FOLDER_REJECTED = -1,  /* rejected/: a file that is being fixed there [D11] */
        FOLDER_SUBMITTED = -2, /* submitted/ [D4] */
};

int catalog_open(const Store *store, Catalog **ret);
/* Opens a read-only connection: a statement that would change the database fails with -EROFS. */
int catalog_open_reader(const Store *store, Catalog **ret);
void catalog_free(Catalog *catalog);
DEFINE_CLEANUP(Catalog, catalog_free)
/* The store of this catalog. */
const Store *catalog_store(const Catalog *catalog);

/* Creates or upgrades the schema; store_create() and store_open() call it. */
int catalog_migrate(Catalog *catalog);

/* Begins a write transaction. Waits some seconds for another writer, then fails with -EBUSY.
 * durable: the commit survives a power loss. */
int catalog_begin(Catalog *catalog, bool durable);
int catalog_commit(Catalog *catalog);
/* Makes a change that only forces a sync. SQLite syncs nothing when a transaction changed nothing,
 * and then earlier commits would not become durable either. */
int catalog_count_sync(Catalog *catalog);
void catalog_rollback(Catalog *catalog);
/* Call before a transaction of very many rows. Gives SQLite enough memory for the pages that the
 * transaction changes, so that none is written twice. The connection keeps the memory, so only
 * commands, which end soon, call it. */
int catalog_expect_many(Catalog *catalog);
/* A part of a transaction that can be undone alone. */
int catalog_savepoint(Catalog *catalog);
int catalog_savepoint_release(Catalog *catalog);
int catalog_savepoint_rollback(Catalog *catalog);
/* From now on this connection writes as the store's daemon, and whoever did before does not any
 * more: sql_take_lane(). */
int catalog_take_lane(Catalog *catalog);
/* Of a transaction that was rolled back: whether it may succeed when all of it is run again, after a
 * pause that this call makes. tries: how often it has been run. */
bool catalog_run_again(Catalog *catalog, unsigned tries);
/* Whether the last call failed because the server of the catalog did not answer for as long as
 * anybody waits. */
bool catalog_is_away(const Catalog *catalog);
/* Whether a transaction is open; an I/O error may have ended it. */
bool catalog_in_transaction(const Catalog *catalog);

/* Reads a number that changes whenever another connection changes the database. */
int catalog_data_version(Catalog *catalog, int64_t *ret);

/* ---- settings ---- */

int catalog_get_setting(Catalog *catalog, const char *key, char **ret); /* 1, 0 */
int catalog_set_setting(Catalog *catalog, const char *key, const char *value);
