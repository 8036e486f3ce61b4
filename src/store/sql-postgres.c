/* SPDX-License-Identifier: MIT */
#include "server.h"
#include "sql-lane.h"
#include "sql-look.h"
#include "sql-parameters.h"
#include "store-internal.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <math.h>
#include <poll.h>
#include <string.h>

/*
 * PostgreSQL. What matters is how often the program waits for an answer, because each wait is a way
 * over the network and back. So the connection is in pipeline mode: a change is sent and its result
 * read later, together with that of the next question or of the commit. The server refuses whatever
 * comes after a statement that failed, so nothing wrong can be committed meanwhile. The first error
 * is kept and told by each call, until what it broke is rolled back.
 *
 * What is sent and not answered yet stands in a queue in the order of sending. A statement that was
 * to be prepared behind one that failed is prepared anew; one that was prepared stays so, whatever
 * becomes of its transaction.
 *
 * Writers wait for each other as with SQLite: each takes one lock of the store for its transaction,
 * which a reader does not. All commits are durable.
 *
 * A connection may end at any moment, and the server with it. What was begun outside of a
 * transaction and changes nothing is then sent again on another connection. A transaction is lost;
 * its owner runs it again. What becomes of one that is being committed meanwhile is told by its lane
 * (sql-lane.h).
 *
 * Rows that are many come through a cursor, 500 at a time. A cursor lives in a transaction; outside
 * of one the first cursor begins one and the last ends it. A writer that begins while cursors are
 * read fetches what is left of them before.
 */

enum {
        STATEMENTS_MAX = 512,
        SLOTS = 2 * STATEMENTS_MAX,
        PENDING_MAX = 128, /* so few that their answers fit into the socket */
        FETCH_ROWS = 500,
        TRIES_MAX = 10,
        TRIES_UNSAID = 3,
        ANSWER_SLICE_MSEC = 50,
};

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

static Postgres *of(Sql *sql)
{
        return (Postgres *)sql;
}

/* ---- errors ---- */

static int error_of(const PGresult *result)
{
        static const struct {
                const char *state; /* or its beginning */
                int error;
        } errors[] = {
                {"23505", -EEXIST},  {"23", -EUCLEAN},    {"40001", -EBUSY},   {"40P01", -EBUSY},
                {"55P03", -EBUSY},   {"53100", -ENOSPC},  {"53", -ENOMEM},     {"25006", -EROFS},
                {"22021", -EILSEQ},  {"22P05", -EILSEQ},  {"42501", -EACCES},  {"28", -EACCES},
                {"XX001", -EUCLEAN}, {"XX002", -EUCLEAN}, {"P0001", -EUCLEAN},
        };
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

        for (size_t i = 0; state && i < ELEMENTSOF(errors); i++)
                if (strncmp(state, errors[i].state, strlen(errors[i].state)) == 0)
                        return errors[i].error;
        return -EIO;
}

static void fail(Postgres *pg, int error)
{
        if (pg->error == 0)
                pg->error = error;
}

static bool has_state(const PGresult *result, const char *state)
{
        const char *found = PQresultErrorField(result, PG_DIAG_SQLSTATE);

        return found && strcmp(found, state) == 0;
}

/* What an error says besides that something failed. */
static void note_error(Postgres *pg, const PGresult *result)
{
        if (has_state(result, "40001") || has_state(result, "40P01"))
                pg->again = pg->in_transaction;
        else if (has_state(result, "25006") && !pg->reader)
                pg->turned = true;
        else if (has_state(result, LANE_FENCED))
                lane_shut_out(&pg->lane);
}

/* ---- sending and reading ---- */

static void expect(Postgres *pg, Expectation expectation, size_t slot)
{
        pg->pending[pg->n_pending++] = (Pending){expectation, slot};
}

/* Owns the result. */
static void keep_answer(Postgres *pg, size_t question, PGresult *result)
{
        Answer *answer = calloc(1, sizeof(*answer));

        if (!answer) {
                PQclear(result);
                fail(pg, -ENOMEM);
                return;
        }
        *answer = (Answer){result, 1};
        pg->questions[question].answer = answer;
}

static void take_answer(Postgres *pg, const Pending *pending, PGresult *result)
{
        ExecStatusType status = PQresultStatus(result);

        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
                if (pending->expectation == EXPECT_ANSWER) {
                        pg->answer = result;
                        return;
                }
                if (pending->expectation == EXPECT_KEPT) {
                        keep_answer(pg, pending->slot, result);
                        return;
                }
        } else {
                if (status != PGRES_PIPELINE_ABORTED)
                        note_error(pg, result);
                /* A server that takes no changes is a failure, and no property of the store. */
                fail(pg, status == PGRES_PIPELINE_ABORTED || pg->turned ? -EIO : error_of(result));
                if (pending->expectation == EXPECT_PREPARED)
                        pg->statements[pending->slot].prepared = false;
        }
        PQclear(result);
}

/* Waits for the next result. A daemon does not wait for ever. */
static int wait_for_server(Postgres *pg)
{
        const Store *store = pg->sql.store;
        int64_t since = server_now();

        for (;;) {
                int unsent = PQflush(pg->conn);
                struct pollfd p = {.fd = PQsocket(pg->conn)};

                if (unsent < 0)
                        return -EIO;
                if (!PQisBusy(pg->conn))
                        return 0;
                p.events = (short)(POLLIN | (unsent ? POLLOUT : 0));
                if (poll(&p, 1, ANSWER_SLICE_MSEC) > 0) {
                        if (p.revents & ~POLLOUT && PQconsumeInput(pg->conn) != 1)
                                return -EIO;
                } else if (store->daemon && server_wait_is_over(store->server, since)) {
                        server_is_away(store->server);
                        pg->waited = since;
                        return -EIO;
                }
        }
}

/* *ret NULL: there are no more of that statement. */
static int get_result(Postgres *pg, PGresult **ret)
{
        int r = wait_for_server(pg);

        if (r >= 0)
                *ret = PQgetResult(pg->conn);
        return r;
}

/* One answer ends with NULL, that of a synchronisation is a result alone. */
static int read_one(Postgres *pg, const Pending *pending)
{
        PGresult *result = NULL;
        int r = get_result(pg, &result);

        if (r < 0 || !result)
                return -EIO;
        if (pending->expectation == EXPECT_SYNC) {
                r = PQresultStatus(result) == PGRES_PIPELINE_SYNC ? 0 : -EIO;
                PQclear(result);
                return r;
        }
        take_answer(pg, pending, result);
        while ((r = get_result(pg, &result)) >= 0 && result)
                PQclear(result);
        return r >= 0 && PQstatus(pg->conn) == CONNECTION_OK ? 0 : -EIO;
}

/* Whoever has lost the connection has lost the transaction. */
static int lost(Postgres *pg)
{
        pg->n_pending = 0;
        pg->again = pg->again || pg->in_transaction;
        pg->broken = pg->broken || pg->in_transaction;
        pg->in_transaction = pg->reading = false;
        pg->lost = true;
        fail(pg, -EIO);
        return -EIO;
}

static int read_pending(Postgres *pg)
{
        for (size_t i = 0; i < pg->n_pending; i++)
                if (read_one(pg, &pg->pending[i]) < 0)
                        return lost(pg);
        pg->n_pending = 0;
        pg->locked = true;
        if (pg->turned) {
                pg->turned = false;
                return lost(pg);
        }
        return 0;
}

static int synchronise(Postgres *pg)
{
        if (PQpipelineSync(pg->conn) != 1)
                return lost(pg);
        expect(pg, EXPECT_SYNC, 0);
        pg->sql.trips++;
        return read_pending(pg);
}

/* All that was sent has its answer. */
static int settle(Sql *sql)
{
        Postgres *pg = of(sql);

        if (pg->n_pending > 0)
                (void)synchronise(pg);
        return pg->error;
}

/* A server that goes away says so to a connection on which nobody waits. Looked at before something
 * is sent, so that nothing is under way when it is noticed, and nothing lost. */
static void notice_end(Postgres *pg)
{
        struct pollfd p = {.fd = PQsocket(pg->conn), .events = POLLIN};

        while (pg->n_pending == 0 && !pg->lost && poll(&p, 1, 0) > 0)
                if (PQconsumeInput(pg->conn) != 1 || PQstatus(pg->conn) != CONNECTION_OK)
                        (void)lost(pg);
}

static int restore(Postgres *pg);

/* Before anything is sent. What was lost with a connection is told once; then there is another. */
static int make_room(Postgres *pg)
{
        int r;

        notice_end(pg);
        if (pg->broken || (pg->lost && pg->connecting))
                return -EIO;
        if (pg->lost) {
                r = restore(pg);
                if (r < 0)
                        return r;
        }
        return pg->n_pending < PENDING_MAX ? 0 : settle(&pg->sql);
}

/* Whether a question that found the connection broken is asked once more. */
static bool ask_again(const Postgres *pg, unsigned *tries)
{
        return pg->lost && !pg->broken && !pg->away && !pg->connecting && ++*tries < TRIES_MAX;
}

/* Whether a statement of somebody else may be sent. */
static int ready(Postgres *pg)
{
        if (pg->error != 0 && !pg->lost)
                return pg->error;
        return make_room(pg);
}

/* A statement of the driver itself. */
static int send(Postgres *pg, const char *text)
{
        if (PQsendQueryParams(pg->conn, text, 0, NULL, NULL, NULL, NULL, 0) != 1)
                return lost(pg);
        expect(pg, EXPECT_NOTHING, 0);
        return 0;
}

/* ---- statements ---- */

static size_t first_slot(const char *text)
{
        return ((uintptr_t)text >> 4) * 0x9e3779b1u % SLOTS;
}

static int find_statement(Postgres *pg, const char *text, bool paged, size_t *ret)
{
        size_t i = first_slot(text);
        int r;

        while (pg->statements[i].text &&
               (pg->statements[i].text != text || pg->statements[i].paged != paged))
                i = (i + 1) % SLOTS;
        if (!pg->statements[i].text) {
                if (pg->n_statements == STATEMENTS_MAX)
                        return -E2BIG;
                r = parameters_rewrite(text, paged, &pg->statements[i].rewritten,
                                       &pg->statements[i].n_parameters);
                if (r < 0) {
                        free(TAKE_PTR(pg->statements[i].rewritten));
                        return r;
                }
                pg->statements[i].text = text;
                pg->statements[i].paged = paged;
                pg->n_statements++;
        }
        *ret = i;
        return 0;
}

/* question: EXPECT_KEPT, which one. */
static int send_statement(Postgres *pg, size_t slot, const Parameters *p, Expectation expectation,
                          size_t question)
{
        const Statement *s = &pg->statements[slot];
        char name[16];

        (void)snprintf(name, sizeof(name), "s%zu", slot);
        if (!s->prepared) {
                if (PQsendPrepare(pg->conn, name, s->rewritten, p->n, p->types) != 1)
                        return lost(pg);
                expect(pg, EXPECT_PREPARED, slot);
                pg->statements[slot].prepared = true;
        }
        if (PQsendQueryPrepared(pg->conn, name, p->n, p->values, p->lengths, p->formats, 0) != 1)
                return lost(pg);
        expect(pg, expectation, question);
        return 0;
}

static int execute(Postgres *pg, const SqlQuestion *q, Expectation expectation, size_t question)
{
        _cleanup_parameters_ Parameters p = {};
        size_t slot = 0;
        int r = ready(pg);

        if (r >= 0)
                r = find_statement(pg, q->text, q->page > 0, &slot);
        if (r >= 0)
                r = parameters_set(q, pg->statements[slot].n_parameters, &p);
        return r < 0 ? r : send_statement(pg, slot, &p, expectation, question);
}

static SqlQuestion question_of(const char *text, const Value *values, size_t n)
{
        return (SqlQuestion){.text = text, .values = (Value *)values, .n = n};
}

/* Outside of a transaction an error is told at once, and of nothing that comes after. */
static int told(Postgres *pg)
{
        int r = pg->error;

        if (!pg->in_transaction)
                pg->error = 0;
        return r;
}

/* The answer to what was sent last. */
static int get_answer(Postgres *pg, PGresult **ret)
{
        int r = synchronise(pg);

        if (r >= 0)
                r = told(pg);
        if (r >= 0 && !pg->answer)
                r = -EIO;
        if (r < 0) {
                PQclear(TAKE_PTR(pg->answer));
                return r;
        }
        *ret = TAKE_PTR(pg->answer);
        return 0;
}

static int run(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_changed)
{
        const SqlQuestion q = question_of(text, values, n);
        Postgres *pg = of(sql);
        PGresult *result = NULL;
        int r = execute(pg, &q, ret_changed ? EXPECT_ANSWER : EXPECT_NOTHING, 0);

        if (r < 0)
                return r;
        if (!ret_changed) {
                if (pg->in_transaction)
                        return 0;
                r = settle(sql);
                return r < 0 ? told(pg) : 0;
        }
        r = get_answer(pg, &result);
        if (r >= 0)
                *ret_changed = strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
        return r;
}

static int add(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_id)
{
        const SqlQuestion q = question_of(text, values, n);
        Postgres *pg = of(sql);
        PGresult *result = NULL;
        int r = execute(pg, &q, EXPECT_ANSWER, 0);

        if (r >= 0)
                r = get_answer(pg, &result);
        if (r >= 0 && PQntuples(result) > 0) {
                *ret_id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
                r = 1;
        }
        PQclear(result);
        return r;
}

/* Several statements at once are no pipeline's. */
static int script(Sql *sql, const char *text)
{
        Postgres *pg = of(sql);
        PGresult *result = NULL;
        int r = ready(pg);

        if (r >= 0)
                r = settle(sql);
        if (r < 0) {
                (void)told(pg);
                return r;
        }
        if (PQexitPipelineMode(pg->conn) != 1 || PQsendQuery(pg->conn, text) != 1)
                return lost(pg);
        sql->trips++;
        while ((r = get_result(pg, &result)) >= 0 && result) {
                if (PQresultStatus(result) != PGRES_COMMAND_OK &&
                    PQresultStatus(result) != PGRES_TUPLES_OK) {
                        note_error(pg, result);
                        fail(pg, error_of(result));
                }
                PQclear(result);
        }
        if (r < 0 || PQenterPipelineMode(pg->conn) != 1)
                return lost(pg);
        return told(pg);
}

/* ---- questions ---- */

static int new_rows(Postgres *pg, PGresult *result, Rows **ret)
{
        Rows *rows = calloc(1, sizeof(*rows));

        if (!rows) {
                PQclear(result);
                return -ENOMEM;
        }
        rows->rows.driver = pg->sql.driver;
        rows->pg = pg;
        rows->result = result;
        rows->at = -1;
        *ret = rows;
        return 0;
}

static int fetch(Postgres *pg, const Cursor *cursor, const char *how_many, PGresult **ret)
{
        char text[64];

        (void)snprintf(text, sizeof(text), "FETCH %s FROM c%u", how_many, cursor->id);
        if (PQsendQueryParams(pg->conn, text, 0, NULL, NULL, NULL, NULL, 0) != 1)
                return lost(pg);
        expect(pg, EXPECT_ANSWER, 0);
        return get_answer(pg, ret);
}

/* The rows that were fetched stay. */
static void forget_cursor(Postgres *pg, Rows *rows)
{
        for (Cursor **at = &pg->open; *at; at = &(*at)->next)
                if (*at == rows->cursor) {
                        *at = rows->cursor->next;
                        break;
                }
        free(TAKE_PTR(rows->cursor));
}

/* Its transaction has ended. Whoever reads on must not take that for the end of the rows. */
static void cut_cursors(Postgres *pg)
{
        while (pg->open) {
                pg->open->rows->cut = PQntuples(pg->open->rows->result) == FETCH_ROWS;
                forget_cursor(pg, pg->open->rows);
        }
}

/* Sends that the cursor is closed. Nobody waits for it, but it must not wait for the next question:
 * a transaction that does nothing keeps the server from cleaning up. */
static void close_cursor(Postgres *pg, Rows *rows)
{
        char text[32];

        (void)snprintf(text, sizeof(text), "CLOSE c%u", rows->cursor->id);
        forget_cursor(pg, rows);
        if (pg->error != 0 || make_room(pg) < 0)
                return;
        if (pg->in_transaction) {
                (void)send(pg, text);
                return;
        }
        if (!pg->open && pg->reading) {
                pg->reading = false;
                if (send(pg, "COMMIT") >= 0 && PQsendFlushRequest(pg->conn) == 1)
                        (void)PQflush(pg->conn);
        }
}

static int declare(Postgres *pg, const char *text, const Parameters *p, unsigned id)
{
        _cleanup_free_ char *declaration = NULL;

        if (asprintf(&declaration, "DECLARE c%u NO SCROLL CURSOR FOR %s", id, text) < 0)
                return -ENOMEM;
        if (PQsendQueryParams(pg->conn, declaration, p->n, p->types, p->values, p->lengths,
                              p->formats, 0) != 1)
                return lost(pg);
        expect(pg, EXPECT_NOTHING, 0);
        return 0;
}

static int open_cursor(Postgres *pg, const SqlQuestion *q, Rows **ret)
{
        _cleanup_parameters_ Parameters p = {};
        Cursor *cursor = calloc(1, sizeof(*cursor));
        PGresult *result = NULL;
        size_t slot = 0;
        int r = cursor ? ready(pg) : -ENOMEM;

        if (r >= 0)
                r = find_statement(pg, q->text, false, &slot);
        if (r >= 0)
                r = parameters_set(q, pg->statements[slot].n_parameters, &p);
        if (r >= 0 && !pg->in_transaction && !pg->reading) {
                r = send(pg, "BEGIN READ ONLY");
                pg->reading = r >= 0;
        }
        if (r >= 0) {
                cursor->id = ++pg->cursors;
                r = declare(pg, pg->statements[slot].rewritten, &p, cursor->id);
        }
        if (r >= 0)
                r = fetch(pg, cursor, "500", &result);
        if (r >= 0)
                r = new_rows(pg, result, ret);
        if (r < 0) {
                free(cursor);
                if (pg->reading && !pg->open) {
                        pg->reading = false;
                        (void)send(pg, "ROLLBACK");
                        (void)settle(&pg->sql);
                        pg->error = 0;
                }
                return r;
        }
        cursor->rows = *ret;
        cursor->next = pg->open;
        pg->open = cursor;
        (*ret)->cursor = cursor;
        return 0;
}

static int ask_few(Postgres *pg, const SqlQuestion *q, Rows **ret)
{
        PGresult *result = NULL;
        int r = execute(pg, q, EXPECT_ANSWER, 0);

        if (r >= 0)
                r = get_answer(pg, &result);
        return r < 0 ? r : new_rows(pg, result, ret);
}

static int ask(Sql *sql, SqlSize size, const SqlQuestion *q, SqlRows **ret)
{
        Postgres *pg = of(sql);
        Rows *rows = NULL;
        unsigned tries = 0;
        int r;

        do
                r = size == SQL_MANY ? open_cursor(pg, q, &rows) : ask_few(pg, q, &rows);
        while (r < 0 && ask_again(pg, &tries));
        if (r >= 0)
                *ret = &rows->rows;
        return r;
}

static int ask_text(Postgres *pg, const char *text, Rows **ret)
{
        PGresult *result = NULL;
        int r = ready(pg);

        if (r < 0)
                return r;
        if (PQsendQueryParams(pg->conn, text, 0, NULL, NULL, NULL, NULL, 0) != 1)
                return lost(pg);
        expect(pg, EXPECT_ANSWER, 0);
        r = get_answer(pg, &result);
        return r < 0 ? r : new_rows(pg, result, ret);
}

static int ask_once(Sql *sql, const char *text, SqlRows **ret)
{
        Postgres *pg = of(sql);
        Rows *rows = NULL;
        unsigned tries = 0;
        int r;

        do
                r = ask_text(pg, text, &rows);
        while (r < 0 && ask_again(pg, &tries));
        if (r >= 0)
                *ret = &rows->rows;
        return r;
}

/* ---- several questions at once ---- */

static int ask_all(Postgres *pg, SqlQuestion *questions, size_t n)
{
        int r = 0;

        pg->questions = questions;
        for (size_t i = 0; i < n && r >= 0; i++)
                if (!questions[i].answer)
                        r = execute(pg, &questions[i], EXPECT_KEPT, i);
        if (r >= 0)
                r = synchronise(pg);
        if (r >= 0)
                r = told(pg);
        for (size_t i = 0; i < n && r >= 0; i++)
                if (!questions[i].answer)
                        r = -EIO;
        return r;
}

static int ask_together(Sql *sql, SqlQuestion *questions, size_t n)
{
        Postgres *pg = of(sql);
        unsigned tries = 0;
        int r;

        do
                r = ask_all(pg, questions, n);
        while (r < 0 && ask_again(pg, &tries));
        return r;
}

static int answer_rows(Sql *sql, void *kept, SqlRows **ret)
{
        Answer *answer = kept;
        Rows *rows = NULL;
        int r = new_rows(of(sql), NULL, &rows);

        if (r < 0)
                return r;
        rows->result = answer->result;
        rows->answer = answer;
        answer->references++;
        *ret = &rows->rows;
        return 0;
}

static void answer_free(void *kept)
{
        Answer *answer = kept;

        if (--answer->references > 0)
                return;
        PQclear(answer->result);
        free(answer);
}

static int next(SqlRows *generic)
{
        Rows *rows = (Rows *)generic;
        PGresult *result = NULL;
        int r;

        if (++rows->at < PQntuples(rows->result))
                return 1;
        if (rows->cut)
                return -EIO;
        if (!rows->cursor || PQntuples(rows->result) < FETCH_ROWS)
                return 0;
        r = fetch(rows->pg, rows->cursor, "500", &result);
        if (r < 0)
                return r;
        PQclear(rows->result);
        rows->result = result;
        rows->at = 0;
        return PQntuples(result) > 0;
}

static void done(SqlRows *generic)
{
        Rows *rows = (Rows *)generic;

        if (rows->cursor)
                close_cursor(rows->pg, rows);
        if (rows->answer)
                answer_free(rows->answer);
        else
                PQclear(rows->result);
        if (rows->data)
                PQfreemem(rows->data);
        free(rows);
}

/* Reads the rest of every cursor, because its transaction ends. */
static int drain(Postgres *pg)
{
        if (pg->lost)
                return 0;
        while (pg->open) {
                Rows *rows = pg->open->rows;
                PGresult *rest = NULL, *all;
                int r = fetch(pg, pg->open, "ALL", &rest);

                if (r < 0)
                        return r;
                /* What was read already and what was fetched now are one result from here on. */
                all = PQcopyResult(rows->result, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
                for (int i = 0; all && i < PQntuples(rest); i++)
                        for (int k = 0; k < PQnfields(rest); k++) {
                                int at = PQntuples(rows->result) + i;
                                bool null = PQgetisnull(rest, i, k);

                                if (!PQsetvalue(all, at, k, null ? NULL : PQgetvalue(rest, i, k),
                                                null ? -1 : PQgetlength(rest, i, k)))
                                        r = -ENOMEM;
                        }
                PQclear(rest);
                if (!all || r < 0) {
                        PQclear(all);
                        return -ENOMEM;
                }
                PQclear(rows->result);
                rows->result = all;
                forget_cursor(pg, rows);
        }
        if (pg->reading) {
                pg->reading = false;
                return send(pg, "COMMIT");
        }
        return 0;
}

/* ---- columns ---- */

static const Rows *row_of(const SqlRows *row)
{
        return (const Rows *)row;
}

static bool is_null(const SqlRows *row, int column)
{
        return PQgetisnull(row_of(row)->result, row_of(row)->at, column);
}

static const char *text(const SqlRows *row, int column)
{
        return is_null(row, column) ? NULL
                                    : PQgetvalue(row_of(row)->result, row_of(row)->at, column);
}

/* What is true or false comes as a letter. */
static int64_t integer(const SqlRows *row, int column)
{
        const char *value = PQgetvalue(row_of(row)->result, row_of(row)->at, column);

        return *value == 't' ? 1 : strtoll(value, NULL, 10);
}

static double real(const SqlRows *row, int column)
{
        return is_null(row, column)
                       ? NAN
                       : strtod(PQgetvalue(row_of(row)->result, row_of(row)->at, column), NULL);
}

static const void *data(const SqlRows *generic, int column, size_t *ret_size)
{
        Rows *rows = (Rows *)generic;
        const char *value = text(generic, column);

        if (!value)
                return NULL;
        if (rows->data)
                PQfreemem(rows->data);
        rows->data = PQunescapeBytea((const unsigned char *)value, ret_size);
        return rows->data;
}

/* ---- transactions ---- */

/* One that the server gave up is over, though it still waits for its rollback. */
static bool in_transaction(const Sql *sql)
{
        const Postgres *pg = (const Postgres *)sql;

        return pg->in_transaction && !pg->again;
}

static int begin(Sql *sql, SqlMode mode)
{
        Postgres *pg = of(sql);
        char fence[LANE_TEXT];
        int r;

        pg->broken = pg->again = false;
        r = drain(pg);
        if (r >= 0)
                r = make_room(pg);
        pg->lane.committed = false;
        pg->writing = mode != SQL_SNAPSHOT;
        if (r >= 0 && pg->writing && pg->lane.there)
                r = lane_fence(&pg->lane, fence);
        if (r < 0)
                return r;
        if (mode == SQL_SNAPSHOT)
                r = send(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        else {
                r = send(pg, "BEGIN");
                if (r >= 0)
                        r = send(pg, "SELECT pg_advisory_xact_lock(hashtext(current_schema()))");
                /* Nobody waits for it. */
                if (r >= 0 && pg->lane.there)
                        r = send(pg, fence);
        }
        pg->in_transaction = r >= 0;
        pg->again = pg->lost;
        pg->locked = false;
        return r;
}

static int lock(Sql *sql)
{
        return of(sql)->locked ? of(sql)->error : settle(sql);
}

static void end_transaction(Postgres *pg)
{
        pg->in_transaction = false;
        pg->error = 0;
}

static void rollback(Sql *sql)
{
        Postgres *pg = of(sql);

        cut_cursors(pg);
        pg->broken = false;
        if (pg->in_transaction) {
                /* Behind what fails it would be skipped. */
                (void)settle(sql);
                if (send(pg, "ROLLBACK") >= 0)
                        (void)synchronise(pg);
                pg->broken = false;
                end_transaction(pg);
        }
}

static bool run_again(Sql *sql, unsigned tries)
{
        Postgres *pg = of(sql);

        return pg->again && !pg->away && tries < TRIES_MAX &&
               (pg->lost || server_pause(sql->store->server, server_now(), tries));
}

static bool is_away(const Sql *sql)
{
        return ((const Postgres *)sql)->away;
}

/* The connection ended during COMMIT. What only read is through. */
static int learn_outcome(Postgres *pg)
{
        Lane *lane = &pg->lane;
        int r;

        pg->broken = pg->again = lane->committed = false;
        if (!pg->writing)
                return 0;
        lane->unanswered = lane->there;
        r = lane->there ? restore(pg) : -EIO;
        lane->unanswered = false;
        if (r < 0)
                return r;
        /* In the shared lane somebody else may have written since. */
        pg->again = !lane->committed && lane->daemon && !lane->fenced;
        return lane->committed ? 0 : -EIO;
}

static int commit(Sql *sql)
{
        Postgres *pg = of(sql);
        int r = in_transaction(sql) ? pg->error : -EIO;

        if (r >= 0) {
                r = send(pg, "COMMIT");
                if (r >= 0)
                        r = synchronise(pg);
                r = pg->lost ? learn_outcome(pg) : r < 0 ? r : pg->error;
        }
        if (r < 0) {
                rollback(sql);
                return r;
        }
        end_transaction(pg);
        if (pg->writing && pg->lane.there)
                lane_count(&pg->lane, sql);
        return 0;
}

static int savepoint(Sql *sql)
{
        Postgres *pg = of(sql);

        return pg->error != 0 ? pg->error : send(pg, "SAVEPOINT task");
}

static int savepoint_release(Sql *sql)
{
        Postgres *pg = of(sql);
        /* The task's own error is told to the task, not to the next one. */
        int r = settle(sql);

        return r < 0 ? r : send(pg, "RELEASE SAVEPOINT task");
}

static int savepoint_rollback(Sql *sql)
{
        Postgres *pg = of(sql);
        int r;

        cut_cursors(pg);
        (void)settle(sql);
        pg->error = 0;
        r = send(pg, "ROLLBACK TO SAVEPOINT task");
        if (r >= 0)
                r = send(pg, "RELEASE SAVEPOINT task");
        return r < 0 ? r : settle(sql);
}

/* ---- what engines do each in a way of its own ---- */

static int schema_version(Sql *sql, int64_t *ret)
{
        int64_t there = 0;
        int r = sql_integers(sql, "SELECT count(to_regclass('setting'))", &there, 1);

        *ret = 0;
        if (r < 0 || !there)
                return r;
        return sql_integers(
                sql, "SELECT coalesce((SELECT value FROM setting WHERE key = 'schema'), '0')", ret,
                1);
}

static int set_schema_version(Sql *sql, int64_t version)
{
        char change[160];
        int r;

        (void)snprintf(change, sizeof(change),
                       "INSERT INTO setting (key, value) VALUES ('schema', '%" PRId64 "')"
                       " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                       version);
        r = script(sql, change);
        return r < 0 ? r : lane_look(&of(sql)->lane, sql);
}

/* Only migrations of before there was this engine compute something. */
static int add_function(Sql *sql _unused_, const char *name _unused_,
                        int (*make)(const char *text, char **ret) _unused_)
{
        return 0;
}

static int data_version(Sql *sql, int64_t *ret)
{
        _cleanup_rows_ SqlRows *rows = NULL;
        int64_t all = 0;
        int r = of(sql)->lane.there
                        ? sql_ask(sql, SQL_FEW, "SELECT sum(tx) FROM lane", NO_VALUES, &rows)
                        : 0;

        if (r >= 0 && rows)
                r = sql_next(rows);
        if (r > 0)
                all = sql_integer(rows, 0);
        *ret = all - of(sql)->lane.own;
        return MIN(r, 0);
}

static int do_nothing(Sql *sql _unused_)
{
        return 0;
}

/* Checksums and pg_amcheck are the operator's. References are checked with each change. */
static int check(Sql *sql _unused_, SqlFaultCallback callback _unused_, void *userdata _unused_)
{
        return 0;
}

/* Of this store's tables: others may have theirs in the same database. A role that does not own them
 * is told nothing of it when the server leaves them out. */
static int forget_deleted(Sql *sql)
{
        int64_t owned = 0;
        int r = sql_integers(sql,
                             "SELECT count(*) FROM pg_class WHERE oid = to_regclass('photo')"
                             " AND pg_has_role(relowner, 'USAGE')",
                             &owned, 1);

        if (r < 0 || !owned)
                return r;
        r = script(sql, "VACUUM finding, folder, former, phash_band, photo, place, student,"
                        " submission, tally");
        return r == -EBUSY || r == -ENOSPC ? 0 : r < 0 ? r : 1;
}

static int copy_to(Sql *sql _unused_, const char *path _unused_)
{
        return -EOPNOTSUPP;
}

/* ---- connections ---- */

#define SET_READ_ONLY "SET default_transaction_read_only = on;"
/* A daemon that is stopped in the middle of a transaction does not hold up everybody else. */
#define SET_LANE      "SET idle_in_transaction_session_timeout = '15s';"

static int read_only(Sql *sql)
{
        of(sql)->reader = true;
        return script(sql, SET_READ_ONLY);
}

static int take_lane(Sql *sql)
{
        int r = lane_take(&of(sql)->lane, sql);

        return r < 0 ? r : script(sql, SET_LANE);
}

static void close_connection(Sql *sql)
{
        Postgres *pg = of(sql);

        cut_cursors(pg);
        PQclear(pg->answer);
        PQfinish(pg->conn);
        for (size_t i = 0; i < SLOTS; i++)
                free(pg->statements[i].rewritten);
        free(pg->url);
        free(pg);
}

static const SqlDriver driver = {
        .engine = SQL_POSTGRES,
        .free = close_connection,
        .take_lane = take_lane,
        .read_only = read_only,
        .run = run,
        .add = add,
        .script = script,
        .ask = ask,
        .ask_together = ask_together,
        .answer_rows = answer_rows,
        .answer_free = answer_free,
        .ask_once = ask_once,
        .next = next,
        .done = done,
        .is_null = is_null,
        .integer = integer,
        .real = real,
        .text = text,
        .data = data,
        .begin = begin,
        .lock = lock,
        .settle = settle,
        .commit = commit,
        .rollback = rollback,
        .run_again = run_again,
        .is_away = is_away,
        .in_transaction = in_transaction,
        .savepoint = savepoint,
        .savepoint_release = savepoint_release,
        .savepoint_rollback = savepoint_rollback,
        .schema_version = schema_version,
        .set_schema_version = set_schema_version,
        .add_function = add_function,
        .data_version = data_version,
        .sync = do_nothing,
        .expect_many = do_nothing,
        .check = check,
        .overwrite_deleted = do_nothing,
        .forget_deleted = forget_deleted,
        .copy_to = copy_to,
};

/* What the server says besides errors is for nobody. */
static void say_nothing(void *userdata _unused_, const char *message _unused_)
{
}

/* What every connection begins with. */
static int set_up(Postgres *pg)
{
        static const char settings[] =
                "SET lock_timeout = '10s'; SET bytea_output = 'hex';"
                "SET client_encoding = 'UTF8'; SET extra_float_digits = 1;"
                /* The server, too, notices when nobody is there any more. */
                "SET client_connection_check_interval = '5s'; SET tcp_keepalives_idle = 10;"
                "SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;";
        char text[sizeof(settings) + sizeof(SET_READ_ONLY) + sizeof(SET_LANE)];
        int64_t found[2] = {};
        int r;

        if (PQstatus(pg->conn) != CONNECTION_OK)
                return -ECONNREFUSED;
        (void)PQsetNoticeProcessor(pg->conn, say_nothing, NULL);
        if (PQsetnonblocking(pg->conn, 1) != 0 || PQenterPipelineMode(pg->conn) != 1)
                return -EIO;
        (void)snprintf(text, sizeof(text), "%s%s%s", settings, pg->reader ? SET_READ_ONLY : "",
                       pg->lane.daemon ? SET_LANE : "");
        r = script(&pg->sql, text);
        if (r >= 0)
                r = sql_integers(&pg->sql,
                                 "SELECT (SELECT count(*) FROM pg_database WHERE datname ="
                                 " current_database() AND pg_encoding_to_char(encoding) = 'UTF8'"
                                 " AND datcollate IN ('C', 'POSIX')), count(to_regclass('lane'))",
                                 found, 2);
        if (r < 0)
                return r;
        if (!found[0])
                return -EMEDIUMTYPE;
        pg->lane.there = found[1] != 0;
        return lane_resume(&pg->lane, &pg->sql);
}

/* The words of libpq with what the URL leaves open. A peer that is gone is noticed in seconds. */
static PGconn *connect_to(const char *url)
{
        static const char *const words[] = {
                "connect_timeout",           "keepalives_idle",  "keepalives_interval",
                "keepalives_count",          "tcp_user_timeout", "target_session_attrs",
                "fallback_application_name", "dbname",           NULL,
        };
        const char *const values[] = {"3",          "10",        "5", "3", "15000",
                                      "read-write", "idphotofs", url, NULL};

        return PQconnectdbParams(words, values, 1);
}

static int reconnect(Postgres *pg)
{
        int r;

        cut_cursors(pg);
        for (size_t i = 0; i < SLOTS; i++)
                pg->statements[i].prepared = false;
        PQfinish(pg->conn);
        pg->conn = connect_to(pg->url);
        if (!pg->conn)
                return -ENOMEM;
        pg->lost = false;
        pg->error = 0;
        pg->connecting = true;
        r = set_up(pg);
        pg->connecting = false;
        pg->lost = r < 0;
        return r;
}

/* Another connection. Waits for the server as long as the patience lasts. */
static int restore(Postgres *pg)
{
        Server *server = pg->sql.store->server;
        /* Whoever has waited for an answer in vain does not wait as long again. */
        int64_t since = pg->waited != 0 ? pg->waited : server_now();
        int r = server_is_given_up(server) ? -EIO : reconnect(pg);
        bool over = false;

        for (unsigned tries = 0; r < 0 && r != -EMEDIUMTYPE && !over; tries++) {
                if (r == -ESTALE)
                        server_is_stale(server);
                /* It may have been the connection's bad luck once more. */
                if (tries >= TRIES_UNSAID)
                        server_is_away(server);
                over = !server_pause(server, since, tries);
                /* The program may end in the middle of a pause, and the server be back. */
                if (!over || server_is_ending(server))
                        r = reconnect(pg);
        }
        if (r < 0)
                server_is_away(server);
        pg->away = r < 0;
        pg->waited = 0;
        if (r >= 0)
                server_is_back(server);
        return r < 0 ? -EIO : 0;
}

int sql_postgres_open(const Store *store, const char *url, Sql **ret)
{
        _cleanup_(sql_freep) Sql *sql = NULL;
        Postgres *pg = calloc(1, sizeof(*pg));
        int r;

        if (!pg)
                return -ENOMEM;
        sql = &pg->sql;
        sql->driver = &driver;
        sql->store = store;
        pg->url = strdup(url);
        if (!pg->url)
                return -ENOMEM;
        r = store->daemon ? restore(pg) : reconnect(pg);
        if (r >= 0)
                *ret = TAKE_PTR(sql);
        return r;
}
