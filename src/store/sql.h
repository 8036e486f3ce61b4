/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/fingerprint.h>
#include <idphoto/hash.h>
#include <idphoto/store.h>
#include <idphoto/util.h>

/*
 * The only way to the database, whatever engine that is. A Sql is one connection, used by one
 * thread at a time. All SQL stands in this room and is written once, in words that every engine
 * takes:
 *
 *   - Placeholders are ?1, ?2, …; one that is used twice has one type.
 *   - An INSERT of sql_add() ends with RETURNING id.
 *   - ON CONFLICT names its columns. There is coalesce and CASE; no ifnull, iif, OR REPLACE, and no
 *     min or max of two values.
 *   - What is true or false is stored as 1 or 0 and compared with it. Every subquery in FROM has a
 *     name, and every column that another table has too is qualified.
 *   - "CROSS JOIN … ON" keeps SQLite from choosing another order of the tables. It is no SQL, so
 *     other drivers leave out the word CROSS.
 *   - A temporary table has no qualifier, and one that has been filled before is emptied first. Its
 *     columns are BIGINT, TEXT or BYTEA; INTEGER PRIMARY KEY for a number that counts up.
 *   - The condition of a partial index stands in the query in the same words.
 *   - After an error a task ends: its savepoint is rolled back.
 */

typedef struct Sql Sql;
typedef struct SqlRows SqlRows;

/* ---- values ---- */

/* A value for a placeholder of a statement. Text and data are not copied: they must outlive the
 * call, and of a question its rows. */
typedef struct Value {
        enum {
                VALUE_INTEGER,
                VALUE_TEXT,
                VALUE_KEY,
                VALUE_HASH,
                VALUE_REAL,
                VALUE_FINGERPRINT
        } kind;
        int64_t integer;
        const char *text; /* NULL: SQL's NULL; the same for the next two */
        const Sha256 *hash;
        const PhotoFingerprint *fingerprint;
        double real; /* NAN: NULL */
} Value;

#define INTEGER(v)     ((Value){.kind = VALUE_INTEGER, .integer = (int64_t)(v)})
#define TEXT(v)        ((Value){.kind = VALUE_TEXT, .text = (v)})
/* A name, folded by text_fold(). The query fails with -EILSEQ when it cannot be folded. */
#define KEY(v)         ((Value){.kind = VALUE_KEY, .text = (v)})
#define HASH(v)        ((Value){.kind = VALUE_HASH, .hash = (v)})
#define REAL(v)        ((Value){.kind = VALUE_REAL, .real = (v)})
#define FINGERPRINT(v) ((Value){.kind = VALUE_FINGERPRINT, .fingerprint = (v)})
/* The values of a query. Expands to two arguments: the values and their number. */
#define VALUES(...) \
        (const Value[]){__VA_ARGS__}, sizeof((const Value[]){__VA_ARGS__}) / sizeof(Value)
#define NO_VALUES (const Value *)NULL, (size_t)0

/* ---- connections ---- */

typedef enum SqlEngine {
        SQL_SQLITE,
        SQL_POSTGRES,
} SqlEngine;

/* Opens the database of the store. A daemon waits for its server as long as its patience lasts, now
 * and whenever the connection ends. Whoever has just begun a question then asks it again, on another
 * connection; rows that were being read end with -EIO, and so does a transaction.
 * -ECONNREFUSED: its server does not let us in, or there is none;
 * -EPROTONOSUPPORT: the program was built without that engine. */
int sql_open(const Store *store, Sql **ret);
/* Opens the database in a file, which may belong to no store. */
int sql_open_file(const char *path, Sql **ret);
void sql_free(Sql *sql);
DEFINE_CLEANUP(Sql, sql_free)
SqlEngine sql_engine(const Sql *sql);
/* From now on this connection writes for the gateway that the process is registered as (gateway.h).
 * When that is given up, all that the connection tries fails with -EIO, until the process has
 * registered anew. Outside of a transaction. */
int sql_take_lane(Sql *sql);
/* From now on a statement that would change the database fails with -EROFS. */
int sql_read_only(Sql *sql);

/* ---- statements ---- */

/*
 * A connection prepares a statement once and finds it again by the address of its literal. The
 * placeholders get the values in order. A statement need not use all values, so several statements
 * can share one list.
 *
 * All return 0 or a negative errno: -EEXIST (a key is there already), -ENOSPC, -EIO, -ENOMEM,
 * -EBUSY (another connection writes for too long), -EROFS, -EUCLEAN (the database is malformed, or
 * a constraint does not hold).
 */

/* A change. Its error may be told by a later call of the same transaction, sql_commit() the latest:
 * what needs no answer is sent together with what does. */
int sql_run(Sql *sql, const char *text, const Value *values, size_t n);
/* The same; tells how many rows were changed. */
int sql_run_counted(Sql *sql, const char *text, const Value *values, size_t n,
                    int64_t *ret_changed);
/* An INSERT … RETURNING id of one row: 1; 0: it inserted none. */
int sql_add(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_id);
/* Runs statements without values that are separated by semicolons. None of them is kept. */
int sql_script(Sql *sql, const char *text);

/* How many rows a question may have. */
typedef enum SqlSize {
        SQL_FEW,  /* so few that they are fetched at once */
        SQL_MANY, /* they are read in constant memory; other statements may run meanwhile */
} SqlSize;

/* A question. End it with sql_done(). The same text cannot be asked again before. */
int sql_ask(Sql *sql, SqlSize size, const char *text, const Value *values, size_t n, SqlRows **ret);
/* A question that is asked once and so not kept. */
int sql_ask_once(Sql *sql, const char *text, SqlRows **ret);
/* The same for a row of n integers. -EUCLEAN: there is none. */
int sql_integers(Sql *sql, const char *text, int64_t *ret, int n);
/* Goes to the next row. 1: there is one; 0: no more; else a negative errno. */
int sql_next(SqlRows *rows);
/* Accepts NULL. */
void sql_done(SqlRows *rows);
DEFINE_CLEANUP(SqlRows, sql_done)
#define _cleanup_rows_ _cleanup_(sql_donep)

/* Read a column of the current row. Texts and data live until the next step. */
bool sql_is_null(const SqlRows *row, int column);
int64_t sql_integer(const SqlRows *row, int column);
double sql_real(const SqlRows *row, int column); /* NULL: NAN */
/* NULL: the column is NULL, or memory ran out. */
const char *sql_text(const SqlRows *row, int column);
/* Copies the text; NULL stays NULL. 0 or -ENOMEM. */
int sql_copy_text(const SqlRows *row, int column, char **ret);
/* Whether the column holds a hash. */
bool sql_hash(const SqlRows *row, int column, Sha256 *ret);
/* False: the column is NULL or has a wrong size. */
bool sql_fingerprint(const SqlRows *row, int column, PhotoFingerprint *ret);

/* ---- transactions ---- */

typedef enum SqlMode {
        SQL_SNAPSHOT, /* reads only: all that it reads is of one moment */
        SQL_WRITE,    /* the one that writes; others wait. It survives the death of the program */
        SQL_DURABLE,  /* the same, and it and all before it survive a power loss */
} SqlMode;

/* -EBUSY: another connection writes for too long. */
int sql_begin(Sql *sql, SqlMode mode);

/* In place of a point: */
enum {
        SQL_EVERYTHING = 0, /* as sql_begin(): nobody else writes meanwhile */
        SQL_NOTHING = -1,   /* waits only for rows that others are changing */
        SQL_POINTS = -2,    /* of several points, which sql_lock_points() names */
};
/* The same of a transaction that changes what belongs to one teaching point. An engine that can lets
 * others write to other points meanwhile. Within a point everything is serial, over all gateways. */
int sql_begin_at(Sql *sql, SqlMode mode, int64_t point);
/* Of a transaction at SQL_POINTS, once, before it changes anything of a point that is there: which is a
 * question for the ids of all that it may change. Of such transactions one runs at a time. */
int sql_lock_points(Sql *sql, const char *which);
/* Waits until this transaction is the one that writes, which sql_begin() alone does not. Call before
 * a look at what is not in the database, such as files. */
int sql_lock(Sql *sql);
/* Waits for what was sent: 0, or the error of the first change that failed. */
int sql_settle(Sql *sql);
/* A transaction that cannot be committed is rolled back. When the connection ends in the middle, the
 * next one is asked what became of it. -EIO without an answer: it may have been committed or not. */
int sql_commit(Sql *sql);
void sql_rollback(Sql *sql);
/* Of a transaction that has failed and been rolled back: whether it may succeed when all of it is
 * run again, because the engine gave it up in favour of another one or because its connection ended.
 * Then makes a pause before that. tries: how often it has been run. */
bool sql_run_again(Sql *sql, unsigned tries);
/* Whether the last call failed because the server did not answer for as long as anybody waits. */
bool sql_is_away(const Sql *sql);
/* Whether a transaction is open; an error may have ended it. */
bool sql_in_transaction(const Sql *sql);
/* A part of a transaction that can be undone alone. */
int sql_savepoint(Sql *sql);
int sql_savepoint_release(Sql *sql);
int sql_savepoint_rollback(Sql *sql);

/* ---- pages ---- */

/* From here on a question of SQL_MANY has at most so many rows, and is one of SQL_FEW, where each
 * answer takes a way over a network; 0: as many as there are. Returns what holds by now: 0 also where
 * rows are read one by one anyway. Whoever has had a page of rows asks for those that follow. */
unsigned sql_set_page(Sql *sql, unsigned rows);

/* ---- looks ---- */

/*
 * A look is a time in which things are as they were found: whoever asks the same again gets the same
 * answer, and questions can be asked together before the first answer is needed. On a network that
 * is one way there and back for many; where the answers are at hand it changes nothing.
 *
 * It belongs to one thread and may be lent to its connections one after the other. In a transaction
 * that writes, what was looked ahead for is answered once, as it was when it was asked.
 */
typedef struct SqlLook SqlLook;

/* 0: *ret stays, because this engine's answers are at hand; 1: it is a look. */
int sql_look_new(const Sql *sql, SqlLook **ret);
void sql_look_free(SqlLook *look); /* Accepts NULL. */
/* Things may have changed. */
void sql_look_forget(SqlLook *look);
/* The same for the look that the connection uses, if there is one. */
void sql_look_again(Sql *sql);
/* The connection's questions of SQL_FEW belong to the look, which is of its engine; NULL: to none any
 * more. */
void sql_use_look(Sql *sql, SqlLook *look);
/* From here on a question is only noted and finds nothing, until sql_look(). The next one that needs
 * an answer takes all noted ones with it. One may be within another. False: the connection uses no look, and goes on asking. */
bool sql_look_ahead(Sql *sql);
void sql_look(Sql *sql);

/* How often this connection waited for an answer: on a network each is a round trip. */
uint64_t sql_trips(const Sql *sql);

/* ---- what engines do each in a way of its own ---- */

/* The number of the schema; of an empty database 0. */
int sql_schema_version(Sql *sql, int64_t *ret);
/* Inside a transaction. */
int sql_set_schema_version(Sql *sql, int64_t version);
/* Lets the statements of a migration call a function of a text. -EILSEQ of `make` gives "". */
int sql_add_function(Sql *sql, const char *name, int (*make)(const char *text, char **ret));
/* A number that changes whenever another connection changes the database. */
int sql_data_version(Sql *sql, int64_t *ret);
/* Makes durable what any connection has committed, from outside of a transaction or inside. */
int sql_sync(Sql *sql);
/* Call before a transaction of very many rows. The connection keeps the memory that it gets for
 * them. */
int sql_expect_many(Sql *sql);
/* Call at the end of a transaction that has added very many students. An engine that plans its
 * statements by what it last saw of the tables looks again: one that was planned while they were
 * empty reads all of a table for each photo. */
int sql_added_many(Sql *sql);

typedef enum SqlFault {
        SQL_FAULT_DAMAGE,    /* the engine cannot read what it wrote */
        SQL_FAULT_REFERENCE, /* a row refers to one that is not there */
} SqlFault;

/* What the engine itself finds wrong. A nonzero result of the callback ends the check and is
 * returned. */
typedef int (*SqlFaultCallback)(SqlFault fault, const char *what, void *userdata);
int sql_check(Sql *sql, SqlFaultCallback callback, void *userdata);

/* From now on deleted rows are overwritten where they stand. */
int sql_overwrite_deleted(Sql *sql);
/* Removes what the engine still keeps of deleted rows. 1: done; 0: something remains, because
 * somebody reads or because there is no room. */
int sql_forget_deleted(Sql *sql);

/* Copies the database as it is at one moment to a new file, which sql_open_file() opens. */
int sql_copy_to(Sql *sql, const char *path);
