/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "store-internal.h"

#include <idphoto/catalog.h>

#include <string.h>

/* What every file of the catalog uses: a connection with what it remembers, and queries in terms of
 * rows that become values of the domain. */

struct Catalog {
        Sql *sql;
        const Store *store;
        AuditCache audit;
        int64_t lines;
};

int catalog_open(const Store *store, Catalog **ret)
{
        _cleanup_(catalog_freep) Catalog *catalog = calloc(1, sizeof(*catalog));
        int r;

        if (!catalog)
                return -ENOMEM;
        catalog->store = store;
        r = sql_open(store, &catalog->sql);
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
        sql_free(catalog->sql);
        audit_cache_done(&catalog->audit);
        free(catalog);
}

int catalog_open_reader(const Store *store, Catalog **ret)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int r = catalog_open(store, &catalog);

        if (r >= 0)
                r = sql_read_only(catalog->sql);
        if (r >= 0)
                *ret = TAKE_PTR(catalog);
        return r;
}

int catalog_take_lane(Catalog *catalog)
{
        return sql_take_lane(catalog->sql);
}

Sql *catalog_sql(Catalog *catalog)
{
        return catalog->sql;
}

int64_t *catalog_roster_lines(Catalog *catalog)
{
        return &catalog->lines;
}

AuditCache *catalog_audit_cache(Catalog *catalog)
{
        return &catalog->audit;
}

const Store *catalog_store(const Catalog *catalog)
{
        return catalog->store;
}

bool catalog_of_daemon(const Catalog *catalog)
{
        return catalog->store->daemon;
}

/* ---- queries ---- */

int catalog_execute(Catalog *catalog, const char *sql)
{
        return sql_script(catalog->sql, sql);
}

int catalog_query_integer(Catalog *catalog, const char *sql, int64_t *ret)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = sql_ask_once(catalog->sql, sql, &rows);

        if (r >= 0)
                r = sql_next(rows);
        if (r > 0)
                *ret = sql_integer(rows, 0);
        return MIN(r, 0);
}

int catalog_run(Catalog *catalog, const char *sql, const Value *values, size_t n)
{
        return sql_run(catalog->sql, sql, values, n);
}

int catalog_run_all(Catalog *catalog, const char *const *statements, size_t n_statements,
                    const Value *values, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n_statements && r >= 0; i++)
                r = catalog_run(catalog, statements[i], values, n);
        return r;
}

int catalog_run_counted(Catalog *catalog, const char *sql, const Value *values, size_t n,
                        int64_t *ret)
{
        return sql_run_counted(catalog->sql, sql, values, n, ret);
}

int catalog_insert(Catalog *catalog, const char *sql, const Value *values, size_t n,
                   int64_t *ret_id)
{
        int r = sql_add(catalog->sql, sql, values, n, ret_id);

        return r == 0 ? -ENOENT : MIN(r, 0);
}

int catalog_one(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction read,
                void *ret)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = sql_ask(catalog->sql, SQL_FEW, sql, values, n, &rows);

        if (r >= 0)
                r = sql_next(rows);
        return r > 0 ? read(rows, ret) : r;
}

static int list(Catalog *catalog, SqlSize size, const char *sql, const Value *values, size_t n,
                RowFunction take, void *userdata)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = sql_ask(catalog->sql, size, sql, values, n, &rows);

        if (r < 0)
                return r;
        while ((r = sql_next(rows)) > 0) {
                r = take(rows, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int catalog_some(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction take,
                 void *userdata)
{
        return list(catalog, SQL_FEW, sql, values, n, take, userdata);
}

int catalog_each(Catalog *catalog, const char *sql, const Value *values, size_t n, RowFunction take,
                 void *userdata)
{
        return list(catalog, SQL_MANY, sql, values, n, take, userdata);
}

int read_nothing(const SqlRows *row _unused_, void *userdata _unused_)
{
        return 1;
}

int read_integer(const SqlRows *row, void *ret)
{
        *(int64_t *)ret = sql_integer(row, 0);
        return 1;
}

int read_text(const SqlRows *row, void *ret)
{
        int r = sql_copy_text(row, 0, ret);

        return r < 0 ? r : 1;
}

/* ---- transactions ---- */

int catalog_begin(Catalog *catalog, bool durable)
{
        return sql_begin(catalog->sql, durable ? SQL_DURABLE : SQL_WRITE);
}

int catalog_begin_at(Catalog *catalog, bool durable, int64_t point)
{
        return sql_begin_at(catalog->sql, durable ? SQL_DURABLE : SQL_WRITE, point);
}

int catalog_begin_points(Catalog *catalog, bool durable)
{
        return catalog_begin_at(catalog, durable, SQL_POINTS);
}

int catalog_count_sync(Catalog *catalog)
{
        /* There every commit is durable, and all would wait for this one row. */
        if (sql_engine(catalog->sql) == SQL_POSTGRES)
                return 0;
        return catalog_run(catalog,
                           "INSERT INTO setting (key, value) VALUES ('synced', '1')"
                           " ON CONFLICT (key) DO UPDATE"
                           " SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)",
                           NO_VALUES);
}

int catalog_commit(Catalog *catalog)
{
        return sql_commit(catalog->sql);
}

void catalog_rollback(Catalog *catalog)
{
        sql_rollback(catalog->sql);
}

bool catalog_run_again(Catalog *catalog, unsigned tries)
{
        return sql_run_again(catalog->sql, tries);
}

bool catalog_is_away(const Catalog *catalog)
{
        return sql_is_away(catalog->sql);
}

int catalog_expect_many(Catalog *catalog)
{
        return sql_expect_many(catalog->sql);
}

int catalog_savepoint(Catalog *catalog)
{
        return sql_savepoint(catalog->sql);
}

int catalog_savepoint_release(Catalog *catalog)
{
        return sql_savepoint_release(catalog->sql);
}

int catalog_savepoint_rollback(Catalog *catalog)
{
        return sql_savepoint_rollback(catalog->sql);
}

bool catalog_in_transaction(const Catalog *catalog)
{
        return sql_in_transaction(catalog->sql);
}

int catalog_data_version(Catalog *catalog, int64_t *ret)
{
        return sql_data_version(catalog->sql, ret);
}

/* ---- looks ---- */

CatalogLook *catalog_look_new(const Catalog *catalog)
{
        SqlLook *look = NULL;

        (void)sql_look_new(catalog->sql, &look);
        return look;
}

void catalog_look_free(CatalogLook *look)
{
        sql_look_free(look);
}

void catalog_look_forget(CatalogLook *look)
{
        sql_look_forget(look);
}

void catalog_use_look(Catalog *catalog, CatalogLook *look)
{
        sql_use_look(catalog->sql, look);
}

bool catalog_look_ahead(Catalog *catalog)
{
        return sql_look_ahead(catalog->sql);
}

void catalog_look(Catalog *catalog)
{
        sql_look(catalog->sql);
}

void catalog_look_again(Catalog *catalog)
{
        sql_look_again(catalog->sql);
}

unsigned catalog_set_page(Catalog *catalog, unsigned rows)
{
        return sql_set_page(catalog->sql, rows);
}

/* ---- settings ---- */

int catalog_get_setting(Catalog *catalog, const char *key, char **ret)
{
        return catalog_one(catalog, "SELECT value FROM setting WHERE key = ?1", VALUES(TEXT(key)),
                           read_text, ret);
}

int catalog_set_setting(Catalog *catalog, const char *key, const char *value)
{
        return catalog_run(catalog,
                           "INSERT INTO setting (key, value) VALUES (?1, ?2)"
                           " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                           VALUES(TEXT(key), TEXT(value)));
}
