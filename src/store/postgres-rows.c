/* SPDX-License-Identifier: MIT */
#include "postgres.h"
#include "sql-parameters.h"

#include <math.h>

/*
 * Questions and their rows. A question outside of a transaction that finds the connection ended is
 * asked again on another one.
 *
 * Rows that are many come through a cursor, 500 at a time. A cursor lives in a transaction; outside
 * of one the first cursor begins one and the last ends it. A writer that begins while cursors are
 * read fetches what is left of them before.
 */

enum { FETCH_ROWS = 500 };

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
                return postgres_lost(pg);
        postgres_expect(pg, EXPECT_ANSWER, 0);
        return postgres_get_answer(pg, ret);
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

void postgres_cut_cursors(Postgres *pg)
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
        if (pg->error != 0 || postgres_make_room(pg) < 0)
                return;
        if (pg->in_transaction) {
                (void)postgres_send(pg, text);
                return;
        }
        if (!pg->open && pg->reading) {
                pg->reading = false;
                if (postgres_send(pg, "COMMIT") >= 0 && PQsendFlushRequest(pg->conn) == 1)
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
                return postgres_lost(pg);
        postgres_expect(pg, EXPECT_NOTHING, 0);
        return 0;
}

static int open_cursor(Postgres *pg, const SqlQuestion *q, Rows **ret)
{
        _cleanup_parameters_ Parameters p = {};
        Cursor *cursor = calloc(1, sizeof(*cursor));
        PGresult *result = NULL;
        size_t slot = 0;
        int r = cursor ? postgres_ready(pg) : -ENOMEM;

        if (r >= 0)
                r = postgres_find_statement(pg, q->text, false, &slot);
        if (r >= 0)
                r = parameters_set(q, pg->statements[slot].n_parameters, &p);
        if (r >= 0 && !pg->in_transaction && !pg->reading) {
                r = postgres_send(pg, "BEGIN READ ONLY");
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
                        (void)postgres_send(pg, "ROLLBACK");
                        (void)postgres_settle(&pg->sql);
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

/* Whether a question that found the connection broken is asked once more. */
static bool ask_again(const Postgres *pg, unsigned *tries)
{
        return pg->lost && !pg->broken && !pg->away && !pg->connecting && ++*tries < TRIES_MAX;
}

static int ask_few(Postgres *pg, const SqlQuestion *q, Rows **ret)
{
        PGresult *result = NULL;
        int r = postgres_execute(pg, q, EXPECT_ANSWER, 0);

        if (r >= 0)
                r = postgres_get_answer(pg, &result);
        return r < 0 ? r : new_rows(pg, result, ret);
}

int postgres_ask(Sql *sql, SqlSize size, const SqlQuestion *q, SqlRows **ret)
{
        Postgres *pg = postgres_of(sql);
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
        int r = postgres_ready(pg);

        if (r < 0)
                return r;
        if (PQsendQueryParams(pg->conn, text, 0, NULL, NULL, NULL, NULL, 0) != 1)
                return postgres_lost(pg);
        postgres_expect(pg, EXPECT_ANSWER, 0);
        r = postgres_get_answer(pg, &result);
        return r < 0 ? r : new_rows(pg, result, ret);
}

int postgres_ask_once(Sql *sql, const char *text, SqlRows **ret)
{
        Postgres *pg = postgres_of(sql);
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
                        r = postgres_execute(pg, &questions[i], EXPECT_KEPT, i);
        if (r >= 0)
                r = postgres_synchronise(pg);
        if (r >= 0)
                r = postgres_told(pg);
        for (size_t i = 0; i < n && r >= 0; i++)
                if (!questions[i].answer)
                        r = -EIO;
        return r;
}

int postgres_ask_together(Sql *sql, SqlQuestion *questions, size_t n)
{
        Postgres *pg = postgres_of(sql);
        unsigned tries = 0;
        int r;

        do
                r = ask_all(pg, questions, n);
        while (r < 0 && ask_again(pg, &tries));
        return r;
}

int postgres_answer_rows(Sql *sql, void *kept, SqlRows **ret)
{
        Answer *answer = kept;
        Rows *rows = NULL;
        int r = new_rows(postgres_of(sql), NULL, &rows);

        if (r < 0)
                return r;
        rows->result = answer->result;
        rows->answer = answer;
        answer->references++;
        *ret = &rows->rows;
        return 0;
}

void postgres_answer_free(void *kept)
{
        Answer *answer = kept;

        if (--answer->references > 0)
                return;
        PQclear(answer->result);
        free(answer);
}

int postgres_next(SqlRows *generic)
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

void postgres_done(SqlRows *generic)
{
        Rows *rows = (Rows *)generic;

        if (rows->cursor)
                close_cursor(rows->pg, rows);
        if (rows->answer)
                postgres_answer_free(rows->answer);
        else
                PQclear(rows->result);
        if (rows->data)
                PQfreemem(rows->data);
        free(rows);
}

int postgres_drain_cursors(Postgres *pg)
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
                return postgres_send(pg, "COMMIT");
        }
        return 0;
}

/* ---- columns ---- */

static const Rows *row_of(const SqlRows *row)
{
        return (const Rows *)row;
}

bool postgres_is_null(const SqlRows *row, int column)
{
        return PQgetisnull(row_of(row)->result, row_of(row)->at, column);
}

const char *postgres_text(const SqlRows *row, int column)
{
        return postgres_is_null(row, column)
                       ? NULL
                       : PQgetvalue(row_of(row)->result, row_of(row)->at, column);
}

/* What is true or false comes as a letter. */
int64_t postgres_integer(const SqlRows *row, int column)
{
        const char *value = PQgetvalue(row_of(row)->result, row_of(row)->at, column);

        return *value == 't' ? 1 : strtoll(value, NULL, 10);
}

double postgres_real(const SqlRows *row, int column)
{
        return postgres_is_null(row, column)
                       ? NAN
                       : strtod(PQgetvalue(row_of(row)->result, row_of(row)->at, column), NULL);
}

const void *postgres_data(const SqlRows *generic, int column, size_t *ret_size)
{
        Rows *rows = (Rows *)generic;
        const char *value = postgres_text(generic, column);

        if (!value)
                return NULL;
        if (rows->data)
                PQfreemem(rows->data);
        rows->data = PQunescapeBytea((const unsigned char *)value, ret_size);
        return rows->data;
}
