/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql.h"

/* What an engine's driver does for sql.h, call by call. The contracts stand there. Each driver's Sql
 * and SqlRows begin with these two. */

typedef struct SqlQuestion {
        const char *text;
        const Value *values;
        size_t n;
        unsigned page; /* 0: all rows */
        void *answer;  /* the driver's, of one that a look keeps; NULL: it was not asked yet */
} SqlQuestion;

typedef struct SqlDriver {
        SqlEngine engine;
        void (*free)(Sql *sql);
        int (*take_lane)(Sql *sql);
        int (*read_only)(Sql *sql);
        /* ret_changed NULL: nobody asks. */
        int (*run)(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_changed);
        int (*add)(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_id);
        int (*script)(Sql *sql, const char *text);
        int (*ask)(Sql *sql, SqlSize size, const SqlQuestion *question, SqlRows **ret);
        /* Looks, where an answer is a way over a network; NULL: each is here at once. Asks those of
         * the questions that have no answer yet; the question that comes last is what matters. */
        int (*ask_together)(Sql *sql, SqlQuestion *questions, size_t n);
        int (*answer_rows)(Sql *sql, void *answer, SqlRows **ret);
        void (*answer_free)(void *answer);
        int (*ask_once)(Sql *sql, const char *text, SqlRows **ret);
        int (*next)(SqlRows *rows);
        void (*done)(SqlRows *rows);
        bool (*is_null)(const SqlRows *row, int column);
        int64_t (*integer)(const SqlRows *row, int column);
        double (*real)(const SqlRows *row, int column);
        const char *(*text)(const SqlRows *row, int column);
        const void *(*data)(const SqlRows *row, int column, size_t *ret_size);
        int (*begin)(Sql *sql, SqlMode mode, int64_t point);
        int (*lock_points)(Sql *sql, const char *which); /* NULL: whoever writes is alone */
        int (*lock)(Sql *sql);
        int (*settle)(Sql *sql);
        int (*commit)(Sql *sql);
        void (*rollback)(Sql *sql);
        bool (*run_again)(Sql *sql, unsigned tries);
        bool (*is_away)(const Sql *sql);
        bool (*in_transaction)(const Sql *sql);
        int (*savepoint)(Sql *sql);
        int (*savepoint_release)(Sql *sql);
        int (*savepoint_rollback)(Sql *sql);
        int (*schema_version)(Sql *sql, int64_t *ret);
        int (*set_schema_version)(Sql *sql, int64_t version);
        int (*add_function)(Sql *sql, const char *name, int (*make)(const char *text, char **ret));
        int (*data_version)(Sql *sql, int64_t *ret);
        int (*sync)(Sql *sql);
        int (*expect_many)(Sql *sql);
        int (*added_many)(Sql *sql);
        int (*check)(Sql *sql, SqlFaultCallback callback, void *userdata);
        int (*overwrite_deleted)(Sql *sql);
        int (*forget_deleted)(Sql *sql);
        int (*copy_to)(Sql *sql, const char *path);
} SqlDriver;

struct Sql {
        const SqlDriver *driver;
        const Store *store; /* NULL: the file belongs to none */
        uint64_t trips;
        SqlLook *look;  /* NULL: none */
        unsigned page;  /* of a question of SQL_MANY, 0: all of its rows */
        unsigned ahead; /* so many have begun to look ahead */
};

struct SqlRows {
        const SqlDriver *driver;
};

/* store NULL: the file at path. */
int sql_sqlite_open(const Store *store, const char *path, Sql **ret);

/* The database that the URL names, in the words of libpq. */
int sql_postgres_open(const Store *store, const char *url, Sql **ret);

/* SQLite's own handle of a connection, for tests that look at its plans. NULL: it is of another
 * engine. */
struct sqlite3;
struct sqlite3 *sql_sqlite_handle(Sql *sql);
