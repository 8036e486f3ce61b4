/* SPDX-License-Identifier: MIT */
#include "sql-look.h"

#include <string.h>

/* Hands each call to the driver, and does what is the same for all of them. */

void sql_free(Sql *sql)
{
        if (sql)
                sql->driver->free(sql);
}

SqlEngine sql_engine(const Sql *sql)
{
        return sql->driver->engine;
}

int sql_take_lane(Sql *sql)
{
        return sql->driver->take_lane(sql);
}

int sql_read_only(Sql *sql)
{
        return sql->driver->read_only(sql);
}

/* ---- statements ---- */

int sql_run(Sql *sql, const char *text, const Value *values, size_t n)
{
        return sql->driver->run(sql, text, values, n, NULL);
}

int sql_run_counted(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_changed)
{
        return sql->driver->run(sql, text, values, n, ret_changed);
}

int sql_add(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_id)
{
        return sql->driver->add(sql, text, values, n, ret_id);
}

int sql_script(Sql *sql, const char *text)
{
        return sql->driver->script(sql, text);
}

int sql_ask(Sql *sql, SqlSize size, const char *text, const Value *values, size_t n, SqlRows **ret)
{
        const SqlQuestion question = {
                .text = text, .values = values, .n = n, .page = size == SQL_MANY ? sql->page : 0};

        if (question.page > 0)
                size = SQL_FEW;
        if (sql->ahead)
                return sql_look_note(sql, size, &question, ret);
        if (sql->look && size == SQL_FEW)
                return sql_look_ask(sql, &question, ret);
        return sql->driver->ask(sql, size, &question, ret);
}

unsigned sql_set_page(Sql *sql, unsigned rows)
{
        return sql->page = sql->look ? rows : 0;
}

int sql_ask_once(Sql *sql, const char *text, SqlRows **ret)
{
        return sql->driver->ask_once(sql, text, ret);
}

int sql_integers(Sql *sql, const char *text, int64_t *ret, int n)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int r = sql_ask_once(sql, text, &rows);

        if (r >= 0)
                r = sql_next(rows);
        for (int i = 0; r > 0 && i < n; i++)
                ret[i] = sql_integer(rows, i);
        return r == 0 ? -EUCLEAN : MIN(r, 0);
}

int sql_next(SqlRows *rows)
{
        return rows->driver->next(rows);
}

void sql_done(SqlRows *rows)
{
        if (rows)
                rows->driver->done(rows);
}

/* ---- columns ---- */

bool sql_is_null(const SqlRows *row, int column)
{
        return row->driver->is_null(row, column);
}

int64_t sql_integer(const SqlRows *row, int column)
{
        return row->driver->integer(row, column);
}

double sql_real(const SqlRows *row, int column)
{
        return row->driver->real(row, column);
}

const char *sql_text(const SqlRows *row, int column)
{
        return row->driver->text(row, column);
}

int sql_copy_text(const SqlRows *row, int column, char **ret)
{
        const char *text = sql_text(row, column);
        char *copy = NULL;

        if (text) {
                copy = strdup(text);
                if (!copy)
                        return -ENOMEM;
        } else if (!sql_is_null(row, column))
                return -ENOMEM;
        *ret = copy;
        return 0;
}

static bool copy_data(const SqlRows *row, int column, void *ret, size_t size)
{
        size_t found = 0;
        const void *data = row->driver->data(row, column, &found);

        if (!data || found != size)
                return false;
        memcpy(ret, data, size);
        return true;
}

bool sql_hash(const SqlRows *row, int column, Sha256 *ret)
{
        return copy_data(row, column, ret->bytes, SHA256_SIZE);
}

bool sql_fingerprint(const SqlRows *row, int column, PhotoFingerprint *ret)
{
        return copy_data(row, column, ret->waves, PHOTO_FINGERPRINT_SIZE);
}

/* ---- transactions ---- */

int sql_begin(Sql *sql, SqlMode mode)
{
        return sql->driver->begin(sql, mode, SQL_EVERYTHING);
}

int sql_begin_at(Sql *sql, SqlMode mode, int64_t point)
{
        return sql->driver->begin(sql, mode, point);
}

int sql_lock_points(Sql *sql, const char *which)
{
        return sql->driver->lock_points ? sql->driver->lock_points(sql, which) : 0;
}

int sql_lock(Sql *sql)
{
        return sql->driver->lock(sql);
}

int sql_settle(Sql *sql)
{
        return sql->driver->settle(sql);
}

int sql_commit(Sql *sql)
{
        return sql->driver->commit(sql);
}

void sql_rollback(Sql *sql)
{
        sql->driver->rollback(sql);
}

bool sql_run_again(Sql *sql, unsigned tries)
{
        return sql->driver->run_again(sql, tries);
}

bool sql_is_away(const Sql *sql)
{
        return sql->driver->is_away(sql);
}

bool sql_in_transaction(const Sql *sql)
{
        return sql->driver->in_transaction(sql);
}

int sql_savepoint(Sql *sql)
{
        return sql->driver->savepoint(sql);
}

int sql_savepoint_release(Sql *sql)
{
        return sql->driver->savepoint_release(sql);
}

int sql_savepoint_rollback(Sql *sql)
{
        return sql->driver->savepoint_rollback(sql);
}

uint64_t sql_trips(const Sql *sql)
{
        return sql->trips;
}

/* ---- what engines do each in a way of its own ---- */

int sql_schema_version(Sql *sql, int64_t *ret)
{
        return sql->driver->schema_version(sql, ret);
}

int sql_set_schema_version(Sql *sql, int64_t version)
{
        return sql->driver->set_schema_version(sql, version);
}

int sql_add_function(Sql *sql, const char *name, int (*make)(const char *text, char **ret))
{
        return sql->driver->add_function(sql, name, make);
}

int sql_data_version(Sql *sql, int64_t *ret)
{
        return sql->driver->data_version(sql, ret);
}

int sql_sync(Sql *sql)
{
        return sql->driver->sync(sql);
}

int sql_expect_many(Sql *sql)
{
        return sql->driver->expect_many(sql);
}

int sql_added_many(Sql *sql)
{
        return sql->driver->added_many(sql);
}

int sql_check(Sql *sql, SqlFaultCallback callback, void *userdata)
{
        return sql->driver->check(sql, callback, userdata);
}

int sql_overwrite_deleted(Sql *sql)
{
        return sql->driver->overwrite_deleted(sql);
}

int sql_forget_deleted(Sql *sql)
{
        return sql->driver->forget_deleted(sql);
}

int sql_copy_to(Sql *sql, const char *path)
{
        return sql->driver->copy_to(sql, path);
}
