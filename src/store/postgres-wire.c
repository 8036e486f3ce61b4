/* SPDX-License-Identifier: MIT */
#include "postgres.h"
#include "server.h"
#include "store-internal.h"

#include <poll.h>
#include <string.h>

/*
 * What goes over the connection. What matters is how often the program waits for an answer, because
 * each wait is a way over the network and back. So the connection is in pipeline mode: a change is
 * sent and its result read later, together with that of the next question or of the commit. The
 * server refuses whatever comes after a statement that failed, so nothing wrong can be committed
 * meanwhile. The first error is kept and told by each call, until what it broke is rolled back.
 *
 * What is sent and not answered yet stands in a queue in the order of sending.
 */

enum { ANSWER_SLICE_MSEC = 50 };

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
        /* The last: somebody had a point, or everything, for too long. */
        if (has_state(result, "40001") || has_state(result, "40P01") || has_state(result, "55P03"))
                pg->again = pg->in_transaction;
        else if (has_state(result, "25006") && !pg->reader)
                pg->turned = true;
        else if (has_state(result, LANE_FENCED))
                lane_shut_out(&pg->lane);
}

/* ---- sending and reading ---- */

void postgres_expect(Postgres *pg, Expectation expectation, size_t slot)
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
int postgres_lost(Postgres *pg)
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
                        return postgres_lost(pg);
        pg->n_pending = 0;
        pg->locked = true;
        if (pg->turned) {
                pg->turned = false;
                return postgres_lost(pg);
        }
        return 0;
}

int postgres_synchronise(Postgres *pg)
{
        if (PQpipelineSync(pg->conn) != 1)
                return postgres_lost(pg);
        postgres_expect(pg, EXPECT_SYNC, 0);
        pg->sql.trips++;
        return read_pending(pg);
}

int postgres_settle(Sql *sql)
{
        Postgres *pg = postgres_of(sql);

        if (pg->n_pending > 0)
                (void)postgres_synchronise(pg);
        return pg->error;
}

/* A server that goes away says so to a connection on which nobody waits. Looked at before something
 * is sent, so that nothing is under way when it is noticed, and nothing lost. */
static void notice_end(Postgres *pg)
{
        struct pollfd p = {.fd = PQsocket(pg->conn), .events = POLLIN};

        while (pg->n_pending == 0 && !pg->lost && poll(&p, 1, 0) > 0)
                if (PQconsumeInput(pg->conn) != 1 || PQstatus(pg->conn) != CONNECTION_OK)
                        (void)postgres_lost(pg);
}

int postgres_make_room(Postgres *pg)
{
        int r;

        notice_end(pg);
        if (pg->broken || (pg->lost && pg->connecting))
                return -EIO;
        if (pg->lost) {
                r = pg->restore(pg);
                if (r < 0)
                        return r;
        }
        return pg->n_pending < PENDING_MAX ? 0 : postgres_settle(&pg->sql);
}

int postgres_ready(Postgres *pg)
{
        if (pg->error != 0 && !pg->lost)
                return pg->error;
        return postgres_make_room(pg);
}

int postgres_send(Postgres *pg, const char *text)
{
        if (PQsendQueryParams(pg->conn, text, 0, NULL, NULL, NULL, NULL, 0) != 1)
                return postgres_lost(pg);
        postgres_expect(pg, EXPECT_NOTHING, 0);
        return 0;
}

int postgres_told(Postgres *pg)
{
        int r = pg->error;

        if (!pg->in_transaction)
                pg->error = 0;
        return r;
}

int postgres_get_answer(Postgres *pg, PGresult **ret)
{
        int r = postgres_synchronise(pg);

        if (r >= 0)
                r = postgres_told(pg);
        if (r >= 0 && !pg->answer)
                r = -EIO;
        if (r < 0) {
                PQclear(TAKE_PTR(pg->answer));
                return r;
        }
        *ret = TAKE_PTR(pg->answer);
        return 0;
}

/* Several statements at once are no pipeline's. */
int postgres_script(Sql *sql, const char *text)
{
        Postgres *pg = postgres_of(sql);
        PGresult *result = NULL;
        int r = postgres_ready(pg);

        if (r >= 0)
                r = postgres_settle(sql);
        if (r < 0) {
                (void)postgres_told(pg);
                return r;
        }
        if (PQexitPipelineMode(pg->conn) != 1 || PQsendQuery(pg->conn, text) != 1)
                return postgres_lost(pg);
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
                return postgres_lost(pg);
        return postgres_told(pg);
}
