/* SPDX-License-Identifier: MIT */
#include "postgres.h"
#include "sql-parameters.h"

/*
 * Statements that are prepared once and sent by their number. One that was to be prepared behind
 * one that failed is prepared anew; one that was prepared stays so, whatever becomes of its
 * transaction.
 */

static size_t first_slot(const char *text)
{
        return ((uintptr_t)text >> 4) * 0x9e3779b1u % SLOTS;
}

int postgres_find_statement(Postgres *pg, const char *text, bool paged, size_t *ret)
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

/* question: of EXPECT_KEPT, which one. */
static int send_statement(Postgres *pg, size_t slot, const Parameters *p, Expectation expectation,
                          size_t question)
{
        const Statement *s = &pg->statements[slot];
        char name[16];

        (void)snprintf(name, sizeof(name), "s%zu", slot);
        if (!s->prepared) {
                if (PQsendPrepare(pg->conn, name, s->rewritten, p->n, p->types) != 1)
                        return postgres_lost(pg);
                postgres_expect(pg, EXPECT_PREPARED, slot);
                pg->statements[slot].prepared = true;
        }
        if (PQsendQueryPrepared(pg->conn, name, p->n, p->values, p->lengths, p->formats, 0) != 1)
                return postgres_lost(pg);
        postgres_expect(pg, expectation, question);
        return 0;
}

int postgres_execute(Postgres *pg, const SqlQuestion *q, Expectation expectation, size_t question)
{
        _cleanup_parameters_ Parameters p = {};
        size_t slot = 0;
        int r = postgres_ready(pg);

        if (r >= 0)
                r = postgres_find_statement(pg, q->text, q->page > 0, &slot);
        if (r >= 0)
                r = parameters_set(q, pg->statements[slot].n_parameters, &p);
        return r < 0 ? r : send_statement(pg, slot, &p, expectation, question);
}

static SqlQuestion question_of(const char *text, const Value *values, size_t n)
{
        return (SqlQuestion){.text = text, .values = values, .n = n};
}

int postgres_run(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_changed)
{
        const SqlQuestion q = question_of(text, values, n);
        Postgres *pg = postgres_of(sql);
        PGresult *result = NULL;
        int r = postgres_execute(pg, &q, ret_changed ? EXPECT_ANSWER : EXPECT_NOTHING, 0);

        if (r < 0)
                return r;
        if (!ret_changed) {
                if (pg->in_transaction)
                        return 0;
                r = postgres_settle(sql);
                return r < 0 ? postgres_told(pg) : 0;
        }
        r = postgres_get_answer(pg, &result);
        if (r >= 0)
                *ret_changed = strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
        return r;
}

int postgres_add(Sql *sql, const char *text, const Value *values, size_t n, int64_t *ret_id)
{
        const SqlQuestion q = question_of(text, values, n);
        Postgres *pg = postgres_of(sql);
        PGresult *result = NULL;
        int r = postgres_execute(pg, &q, EXPECT_ANSWER, 0);

        if (r >= 0)
                r = postgres_get_answer(pg, &result);
        if (r >= 0 && PQntuples(result) > 0) {
                *ret_id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
                r = 1;
        }
        PQclear(result);
        return r;
}
