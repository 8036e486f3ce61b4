/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "store-internal.h"

#include <idphoto/catalog.h>
#include <idphoto/fingerprint.h>

#include <limits.h>
#include <math.h>
#include <string.h>

/*
 * Connections. A statement is prepared once and found again by the address of its SQL literal.
 * There are a hundred or two of them, and comparing pointers costs nothing beside running one.
 */

enum {
        STATEMENTS_MAX = 256,
        BUSY_TIMEOUT_MSEC = 10000,
};

struct Catalog {
        sqlite3 *db;
        struct {
                const char *sql;
                sqlite3_stmt *statement;
        } statements[STATEMENTS_MAX];
        size_t n_statements;
        bool durable; /* synchronous=FULL is set */
        bool wrote;   /* committed something */
        const Store *store;
        AuditCache audit;
};

int sqlite_errno(int code)
{
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
                return -EEXIST;
        if (code == SQLITE_IOERR_NOMEM)
                return -ENOMEM;
        switch (code & 0xff) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
                return 0;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return -EBUSY;
        case SQLITE_READONLY:
                return -EROFS;
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
                return -EACCES;
        case SQLITE_CORRUPT:
        case SQLITE_CONSTRAINT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
                return -EUCLEAN;
        case SQLITE_TOOBIG:
                return -EFBIG;
        default:
                return -EIO;
        }
}

int catalog_execute(Catalog *catalog, const char *sql)
{
        return sqlite_errno(sqlite3_exec(catalog->db, sql, NULL, NULL, NULL));
}

int catalog_open(const Store *store, Catalog **ret)
{
        _cleanup_(catalog_freep) Catalog *catalog = calloc(1, sizeof(*catalog));
        _cleanup_free_ char *path = NULL;
        int r;

        if (!catalog)
                return -ENOMEM;
        catalog->store = store;
        /* SQLite makes the log and its index when the first program opens the database. */
        store_keep_room(store);
        if (asprintf(&path, "%s/" CATALOG_FILE, store->path) < 0)
                return -ENOMEM;
        /* NOMUTEX: only one thread at a time uses a connection; the Writer and its readers see to
         * that. */
        r = sqlite3_open_v2(path, &catalog->db,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
        if (r != SQLITE_OK)
                return sqlite_errno(r);
        (void)sqlite3_busy_timeout(catalog->db, BUSY_TIMEOUT_MSEC);
        (void)sqlite3_extended_result_codes(catalog->db, 1);
        r = catalog_execute(catalog, "PRAGMA journal_mode = WAL;"
                                     "PRAGMA synchronous = NORMAL;"
                                     "PRAGMA foreign_keys = ON;"
                                     "PRAGMA temp_store = MEMORY;"
                                     "PRAGMA cache_size = -2048;"
                                     "PRAGMA trusted_schema = OFF;");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(catalog);
        return 0;
}

static void audit_cache_done(AuditCache *cache)
{
        for (size_t i = 0; i < cache->n_actors; i++)
                free(cache->actors[i].name);
        explicit_bzero(cache->key, sizeof(cache->key));
        cache->n_actors = 0;
        cache->has_key = false;
}

void catalog_free(Catalog *catalog)
{
        if (!catalog)
                return;
        for (size_t i = 0; i < catalog->n_statements; i++)
                (void)sqlite3_finalize(catalog->statements[i].statement);
        catalog->n_statements = 0;
        /* If this is the last program, the log goes with the connection. Another one sees to it
         * otherwise, and is not waited for. */
        if (catalog->wrote && !catalog_in_transaction(catalog)) {
                (void)sqlite3_busy_timeout(catalog->db, 0);
                (void)catalog_restart_log(catalog);
        }
        for (size_t i = 0; i < catalog->n_statements; i++)
                (void)sqlite3_finalize(catalog->statements[i].statement);
        (void)sqlite3_close(catalog->db);
        audit_cache_done(&catalog->audit);
        free(catalog);
}

int catalog_open_reader(const Store *store, Catalog **ret)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int r = catalog_open(store, &catalog);

        if (r >= 0)
                r = catalog_execute(catalog, "PRAGMA query_only = ON");
        if (r >= 0)
                *ret = TAKE_PTR(catalog);
        return r;
}

AuditCache *catalog_audit_cache(Catalog *catalog)
{
        return &catalog->audit;
}

const Store *catalog_store(const Catalog *catalog)
{
        return catalog->store;
}

sqlite3 *catalog_database(Catalog *catalog)
{
        return catalog->db;
}

static void statement_done(sqlite3_stmt **statement)
{
        if (*statement) {
                (void)sqlite3_reset(*statement);
                (void)sqlite3_clear_bindings(*statement);
        }
}
#define _cleanup_statement_ _cleanup_(statement_done)

static int prepare(Catalog *catalog, const char *sql, sqlite3_stmt **ret)
{
        sqlite3_stmt *statement;
        int r;

        for (size_t i = 0; i < catalog->n_statements; i++)
                if (catalog->statements[i].sql == sql) {
                        *ret = catalog->statements[i].statement;
                        return 0;
                }
        if (catalog->n_statements == STATEMENTS_MAX)
                return -E2BIG;
        r = sqlite3_prepare_v3(catalog->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (r != SQLITE_OK)
                return sqlite_errno(r);
        catalog->statements[catalog->n_statements].sql = sql;
        catalog->statements[catalog->n_statements++].statement = statement;
        *ret = statement;
        return 0;
}

bool catalog_of_daemon(const Catalog *catalog)
{
        return catalog->store->daemon;
}

int statement_step(sqlite3_stmt *statement)
{
        int code = sqlite3_step(statement);

        if (code == SQLITE_ROW)
                return 1;
        return code == SQLITE_DONE ? 0 : sqlite_errno(code);
}

static int statement_run(sqlite3_stmt *statement)
{
        int r;

        do
                r = statement_step(statement);
        while (r > 0);
        return r;
}

int catalog_changes(Catalog *catalog)
{
        return sqlite3_changes(catalog->db);
}

static int bind(sqlite3_stmt *s, int position, const Value *value)
{
        char *key = NULL;
        int r;

        switch (value->kind) {
        case VALUE_INTEGER:
                (void)sqlite3_bind_int64(s, position, value->integer);
                break;
        case VALUE_TEXT:
                (void)sqlite3_bind_text(s, position, value->text, -1, SQLITE_STATIC);
                break;
        case VALUE_KEY:
                r = value->text ? text_fold(value->text, &key) : 0;
                if (r < 0)
                        return r;
                (void)sqlite3_bind_text(s, position, key, -1, free);
                break;
        case VALUE_HASH:
                if (value->hash)
                        (void)sqlite3_bind_blob(s, position, value->hash->bytes, SHA256_SIZE,
                                                SQLITE_STATIC);
                break;
        case VALUE_REAL:
                if (!isnan(value->real))
                        (void)sqlite3_bind_double(s, position, value->real);
                break;
        case VALUE_FINGERPRINT:
                if (value->fingerprint)
                        (void)sqlite3_bind_blob(s, position, value->fingerprint->waves,
                                                PHOTO_FINGERPRINT_SIZE, SQLITE_STATIC);
                break;
        }
        return 0;
}

static int query(Catalog *catalog, const char *sql, const Value *values, size_t n,
                 sqlite3_stmt **ret)
{
        int r = prepare(catalog, sql, ret);

        if (r < 0)
                return r;
        n = MIN(n, (size_t)sqlite3_bind_parameter_count(*ret));
        for (size_t i = 0; i < n && r >= 0; i++)
                r = bind(*ret, (int)i + 1, &values[i]);
        return r;
}

int catalog_run(Catalog *catalog, const char *sql, const Value *values, size_t n)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = query(catalog, sql, values, n, &s);

        return r < 0 ? r : statement_run(s);
}

int catalog_run_all(Catalog *catalog, const char *const *statements, size_t n_statements,
                    const Value *values, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n_statements && r >= 0; i++)
                r = catalog_run(catalog, statements[i], values, n);
        return r;
}

int catalog_insert(Catalog *catalog, const char *sql, const Value *values, size_t n,
                   int64_t *ret_id)
{
        int r = catalog_run(catalog, sql, values, n);

        if (r >= 0)
                *ret_id = sqlite3_last_insert_rowid(catalog->db);
        return r;
}

int catalog_one(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction read,
                void *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = query(catalog, sql, values, n, &s);

        if (r >= 0)
                r = statement_step(s);
        return r > 0 ? read(s, ret) : r;
}

int catalog_each(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction take,
                 void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = query(catalog, sql, values, n, &s);

        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                r = take(s, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int read_nothing(sqlite3_stmt *row _unused_, void *userdata _unused_)
{
        return 1;
}

int read_integer(sqlite3_stmt *row, void *ret)
{
        *(int64_t *)ret = sqlite3_column_int64(row, 0);
        return 1;
}

int read_text(sqlite3_stmt *row, void *ret)
{
        int r = column_text(row, 0, ret);

        return r < 0 ? r : 1;
}

int column_text(sqlite3_stmt *statement, int column, char **ret)
{
        const char *text = (const char *)sqlite3_column_text(statement, column);
        char *copy = NULL;

        if (text) {
                copy = strdup(text);
                if (!copy)
                        return -ENOMEM;
        } else if (sqlite3_column_type(statement, column) != SQLITE_NULL)
                return -ENOMEM;
        *ret = copy;
        return 0;
}

bool column_hash(sqlite3_stmt *statement, int column, Sha256 *ret)
{
        const void *data = sqlite3_column_blob(statement, column);

        if (!data || sqlite3_column_bytes(statement, column) != SHA256_SIZE)
                return false;
        memcpy(ret->bytes, data, SHA256_SIZE);
        return true;
}

bool column_fingerprint(sqlite3_stmt *statement, int column, PhotoFingerprint *ret)
{
        const void *data = sqlite3_column_blob(statement, column);

        if (!data || sqlite3_column_bytes(statement, column) != PHOTO_FINGERPRINT_SIZE)
                return false;
        memcpy(ret->waves, data, PHOTO_FINGERPRINT_SIZE);
        return true;
}

double column_real(sqlite3_stmt *statement, int column)
{
        return sqlite3_column_type(statement, column) == SQLITE_NULL
                       ? NAN
                       : sqlite3_column_double(statement, column);
}

int catalog_query_integer(Catalog *catalog, const char *sql, int64_t *ret)
{
        sqlite3_stmt *statement = NULL;
        int r;

        r = sqlite_errno(sqlite3_prepare_v2(catalog->db, sql, -1, &statement, NULL));
        if (r < 0)
                return r;
        r = statement_step(statement);
        if (r > 0)
                *ret = sqlite3_column_int64(statement, 0);
        (void)sqlite3_finalize(statement);
        return r < 0 ? r : 0;
}

int catalog_begin(Catalog *catalog, bool durable)
{
        int r;

        /* synchronous cannot be changed inside a transaction. In WAL mode, NORMAL never syncs at a
         * commit, which is safe when the daemon dies. FULL syncs the log, with all that was
         * committed before, provided that there is something to commit: see
         * catalog_count_sync(). */
        if (durable != catalog->durable) {
                r = catalog_execute(catalog, durable ? "PRAGMA synchronous = FULL"
                                                     : "PRAGMA synchronous = NORMAL");
                if (r < 0)
                        return r;
                catalog->durable = durable;
        }
        store_keep_room(catalog->store);
        return catalog_execute(catalog, "BEGIN IMMEDIATE");
}

int catalog_count_sync(Catalog *catalog)
{
        return catalog_run(catalog,
                           "INSERT INTO setting (key, value) VALUES ('synced', '1')"
                           " ON CONFLICT (key) DO UPDATE SET value = value + 1",
                           NO_VALUES);
}

int catalog_commit(Catalog *catalog)
{
        int r = catalog_execute(catalog, "COMMIT");

        if (r < 0)
                catalog_rollback(catalog);
        else
                catalog->wrote = true;
        return r;
}

void catalog_rollback(Catalog *catalog)
{
        /* SQLite may have rolled back by itself. */
        if ((sqlite3_errcode(catalog->db) & 0xff) == SQLITE_FULL)
                store_give_room(catalog->store);
        if (catalog_in_transaction(catalog))
                (void)catalog_execute(catalog, "ROLLBACK");
}

int catalog_checkpoint(Catalog *catalog, const char *pragma)
{
        int64_t busy = 1;
        int r = catalog_query_integer(catalog, pragma, &busy);

        return r == -EBUSY ? 0 : r < 0 ? r : busy == 0;
}

int catalog_restart_log(Catalog *catalog)
{
        int r = catalog_checkpoint(catalog, "PRAGMA wal_checkpoint(RESTART)");

        if (r <= 0)
                return r;
        r = catalog_begin(catalog, true);
        if (r < 0)
                return r == -EBUSY ? 0 : r;
        r = catalog_count_sync(catalog);
        if (r >= 0)
                r = catalog_commit(catalog);
        else
                catalog_rollback(catalog);
        return r < 0 ? r : 1;
}

int catalog_expect_many(Catalog *catalog)
{
        return catalog_execute(catalog, "PRAGMA cache_size = -131072");
}

int catalog_savepoint(Catalog *catalog)
{
        return catalog_execute(catalog, "SAVEPOINT task");
}

int catalog_savepoint_release(Catalog *catalog)
{
        return catalog_execute(catalog, "RELEASE task");
}

int catalog_savepoint_rollback(Catalog *catalog)
{
        return catalog_execute(catalog, "ROLLBACK TO task; RELEASE task");
}

bool catalog_in_transaction(const Catalog *catalog)
{
        return !sqlite3_get_autocommit(catalog->db);
}

int catalog_data_version(Catalog *catalog, int64_t *ret)
{
        return catalog_query_integer(catalog, "PRAGMA data_version", ret);
}

int catalog_get_setting(Catalog *catalog, const char *key, char **ret)
{
        return catalog_one(catalog, "SELECT value FROM setting WHERE key = ?1", VALUES(TEXT(key)),
                           read_text, ret);
}

int catalog_set_setting(Catalog *catalog, const char *key, const char *value)
{
        return catalog_run(catalog, "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)",
                           VALUES(TEXT(key), TEXT(value)));
}
