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
/* The same of a transaction that changes what belongs to that teaching point and nothing else. With
 * the catalog on a server others may write to other points meanwhile. WRITER_NOTHING: sql_begin_at(). */
int catalog_begin_at(Catalog *catalog, bool durable, int64_t point);
/* The same of a transaction that changes several points: catalog_roster_lock() tells which. */
int catalog_begin_points(Catalog *catalog, bool durable);
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
/* From now on this connection writes for this process's gateway: sql_take_lane(). */
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

/* ---- looks ---- */

/*
 * Where an answer takes a way over a network, it matters how often one is waited for. A look keeps
 * the answers of one thread until it is told to forget, and takes questions ahead: between
 * catalog_look_ahead() and catalog_look() every reading finds nothing and is only noted; the next
 * one that is needed brings the answers of all. So a function names what it is going to read, and
 * then reads it as ever. What it reads under conditions it may name too:
 *
 *         if (catalog_look_ahead(catalog)) {
 *                 (void)catalog_get_point(catalog, id, &point);
 *                 (void)catalog_find_folder(catalog, where, name, &folder);
 *                 catalog_look(catalog);
 *         }
 *
 * In a transaction an answer that was looked ahead for is given once, as things were when it came;
 * no other is kept.
 */
typedef struct SqlLook CatalogLook;

/* NULL: memory ran out, or this catalog has no need of looks. */
CatalogLook *catalog_look_new(const Catalog *catalog);
/* Accepts NULL. No catalog uses it any more. */
void catalog_look_free(CatalogLook *look);
void catalog_look_forget(CatalogLook *look);
/* NULL: none from now on. */
void catalog_use_look(Catalog *catalog, CatalogLook *look);
/* False: it is of no use here, and nothing is noted. */
bool catalog_look_ahead(Catalog *catalog);
void catalog_look(Catalog *catalog);
/* What this connection has looked ahead for may have changed. */
void catalog_look_again(Catalog *catalog);

/* From here on a listing gives at most so many rows at a time, where that is of use: whoever has had
 * them all asks for those that follow. 0: all. Returns what holds by now; 0: all of them anyway. */
unsigned catalog_set_page(Catalog *catalog, unsigned rows);

/* ---- settings ---- */

int catalog_get_setting(Catalog *catalog, const char *key, char **ret); /* 1, 0 */
int catalog_set_setting(Catalog *catalog, const char *key, const char *value);
