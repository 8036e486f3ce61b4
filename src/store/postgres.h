/* SPDX-License-Identifier: MIT */
#pragma once

#include "sql-driver.h"
#include "sql-lane.h"

#include <libpq-fe.h>

/*
 * Shared by the files of the driver of PostgreSQL, and by nobody else. Each calls only those that
 * stand before it:
 *
 *   postgres-wire.c         sends, waits for answers and reads them, keeps the first error
 *   postgres-statement.c    prepares statements and runs those that change something
 *   postgres-rows.c         questions, cursors, columns
 *   postgres-transaction.c  begin, commit, savepoints
 *   sql-postgres.c          connections, and the table of the driver
 *
 * An int is 0 or a negative errno. Calls without a contract here have that of sql.h or
 * sql-driver.h.
 */

enum {
        STATEMENTS_MAX = 512,
        SLOTS = 2 * STATEMENTS_MAX,
        PENDING_MAX = 128, /* so few that their answers fit into the socket */
        TRIES_MAX = 10,
        ALONE_SECONDS = 10, /* for which somebody tries to have the store alone */
};

/* Nobody waits longer for what another one has locked. */
#define LOCK_TIMEOUT "'10s'"

typedef enum Expectation {
        EXPECT_NOTHING, /* an answer that only matters when it is an error */
        EXPECT_PREPARED,
        EXPECT_ANSWER, /* that of the question */
        EXPECT_KEPT,   /* that of one of several questions */
        EXPECT_SYNC,
} Expectation;

typedef struct Pending {
        Expectation expectation;
        size_t slot; /* EXPECT_PREPARED, EXPECT_KEPT: of the question */
} Pending;

typedef struct Statement {
        const char *text; /* NULL: the slot is free */
        bool paged;
        char *rewritten;
        bool prepared;
        int n_parameters;
} Statement;

typedef struct Postgres {
        Sql sql;
        PGconn *conn;
        Statement statements[SLOTS];
        size_t n_statements;
        Pending pending[2 * PENDING_MAX];
        size_t n_pending;
        PGresult *answer;       /* of the last question */
        SqlQuestion *questions; /* that are asked together */
        int error;              /* the first since the transaction, or its part, began */
        bool in_transaction;
        bool locked;     /* the transaction is known to be the one that writes */
        bool reader;     /* may change nothing */
        bool writing;    /* the transaction may change something */
        bool lost;       /* the connection ended */
        bool broken;     /* so did a transaction, and whoever began it does not know yet */
        bool again;      /* the transaction has failed, and may succeed when it is run again */
        bool away;       /* the server did not answer as long as anybody waits */
        bool connecting; /* a new connection is being set up */
        bool turned;     /* the server does not take changes any more */
        bool reading;    /* a transaction that cursors have begun */
        int64_t waited;  /* since when for the answer that did not come; 0: it came */
        Lane lane;
        /* Another connection, in place of one that was lost. */
        int (*restore)(struct Postgres *pg);
        char *url;
        unsigned cursors; /* ever opened */
        struct Cursor *open;
} Postgres;

/* What a look remembers: the rows of several askers may be of it. */
typedef struct Answer {
        PGresult *result;
        unsigned references;
} Answer;

/* The rows of a question. */
typedef struct Rows {
        SqlRows rows;
        Postgres *pg;
        PGresult *result;
        Answer *answer; /* the result is this one's; NULL: its own */
        int at;
        struct Cursor *cursor; /* NULL: there are no more */
        bool cut;              /* there are more, and they are lost */
        unsigned char *data;   /* of the column that was read last */
} Rows;

typedef struct Cursor {
        unsigned id;
        Rows *rows;
        struct Cursor *next;
} Cursor;

static inline Postgres *postgres_of(Sql *sql)
{
        return (Postgres *)sql;
}

/* ---- postgres-wire.c ---- */

/* Notes that an answer to what was sent just now will come. slot: as in Pending. */
void postgres_expect(Postgres *pg, Expectation expectation, size_t slot);
/* Notes that the connection has ended, and the transaction with it. Returns -EIO. */
int postgres_lost(Postgres *pg);
/* Whether a statement of somebody else may be sent. The error that was kept, or that of
 * postgres_make_room(). */
int postgres_ready(Postgres *pg);
/* Before anything is sent. What was lost with a connection is told once; then there is another. */
int postgres_make_room(Postgres *pg);
/* Sends a statement of the driver itself. */
int postgres_send(Postgres *pg, const char *text);
/* Waits for all answers. Only the end of the connection is an error here. */
int postgres_synchronise(Postgres *pg);
/* Waits for all answers, if there are any. The error that was kept. */
int postgres_settle(Sql *sql);
/* The error that was kept. Outside of a transaction it is told at once, and of nothing that comes
 * after. */
int postgres_told(Postgres *pg);
/* Waits for the answer to what was sent last. The caller frees it. */
int postgres_get_answer(Postgres *pg, PGresult **ret);
int postgres_script(Sql *sql, const char *text);

/* ---- postgres-statement.c ---- */

/* The slot of a text. A text is known by its address. */
int postgres_find_statement(Postgres *pg, const char *text, bool paged, size_t *ret);
/* Sends a question. question: of EXPECT_KEPT, which one. */
int postgres_execute(Postgres *pg, const SqlQuestion *q, Expectation expectation, size_t question);
int postgres_run(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_changed);
int postgres_add(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_id);

/* ---- postgres-rows.c ---- */

/* Forgets all cursors, because their transaction has ended. Whoever reads on must not take that for
 * the end of the rows. */
void postgres_cut_cursors(Postgres *pg);
/* Reads the rest of every cursor, because its transaction ends. */
int postgres_drain_cursors(Postgres *pg);
int postgres_ask(Sql *sql, SqlSize size, const SqlQuestion *q, SqlRows **ret);
int postgres_ask_once(Sql *sql, const char *text, SqlRows **ret);
int postgres_ask_together(Sql *sql, SqlQuestion *questions, size_t n);
int postgres_answer_rows(Sql *sql, void *kept, SqlRows **ret);
void postgres_answer_free(void *kept);
int postgres_next(SqlRows *generic);
void postgres_done(SqlRows *generic);
bool postgres_is_null(const SqlRows *row, int column);
const char *postgres_text(const SqlRows *row, int column);
int64_t postgres_integer(const SqlRows *row, int column);
double postgres_real(const SqlRows *row, int column);
const void *postgres_data(const SqlRows *generic, int column, size_t *ret_size);

/* ---- postgres-transaction.c ---- */

bool postgres_in_transaction(const Sql *sql);
int postgres_begin(Sql *sql, SqlMode mode, int64_t point);
int postgres_lock_points(Sql *sql, const char *which);
int postgres_lock(Sql *sql);
int postgres_commit(Sql *sql);
void postgres_rollback(Sql *sql);
bool postgres_run_again(Sql *sql, unsigned tries);
bool postgres_is_away(const Sql *sql);
int postgres_savepoint(Sql *sql);
int postgres_savepoint_release(Sql *sql);
int postgres_savepoint_rollback(Sql *sql);
