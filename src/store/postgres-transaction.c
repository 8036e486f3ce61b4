/* SPDX-License-Identifier: MIT */
#include "postgres.h"
#include "server.h"
#include "store-internal.h"

#include <inttypes.h>

/*
 * Transactions. Who writes to one point, or to several that it names, locks the rows of the points,
 * and a lock of the store together with all who do so. Who writes elsewhere has that lock alone: then
 * nobody else writes, as with SQLite. Readers take none. All commits are durable.
 *
 * The order is the same for all: the store, the lane, the point. The lane that is shared comes last.
 * What is a point's, its counters too, is changed by who has the point, so no two wait for each
 * other.
 *
 * Whoever loses the connection loses the transaction, and its owner runs it again. What becomes of
 * one that is being committed meanwhile is told by its lane (sql-lane.h).
 */

/* One that the server gave up is over, though it still waits for its rollback. */
bool postgres_in_transaction(const Sql *sql)
{
        const Postgres *pg = (const Postgres *)sql;

        return pg->in_transaction && !pg->again;
}

static int send_all(Postgres *pg, const char *const *texts, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++)
                r = postgres_send(pg, texts[i]);
        return r;
}

/* Whoever comes after the one that waits for the store waits behind it, and all for the slowest that
 * has a part of it. So it waits for a moment only, steps back, and tries again. */
static int begin_alone(Postgres *pg)
{
        static const char *const texts[] = {
                "BEGIN",
                "SET LOCAL lock_timeout = '300ms'",
                "SELECT pg_advisory_xact_lock(hashtext(current_schema()))",
                ("SET LOCAL lock_timeout = " LOCK_TIMEOUT),
        };
        const int64_t begun = server_now();
        unsigned tries = 0;
        int r;

        for (;;) {
                r = send_all(pg, texts, ELEMENTSOF(texts));
                pg->in_transaction = r >= 0;
                if (r >= 0)
                        r = postgres_settle(&pg->sql);
                if (r != -EBUSY || pg->lost)
                        return r;
                postgres_rollback(&pg->sql);
                pg->again = false;
                if (server_now() - begun >= ALONE_SECONDS * NSEC_PER_SEC ||
                    !server_pause(pg->sql.store->server, begun, ++tries))
                        return r;
        }
}

/* Nobody waits for any of it. */
static int send_locks(Postgres *pg, const char *fence, int64_t point)
{
        char lock[LANE_TEXT];
        int r = 0;

        if (point == SQL_POINTS)
                r = postgres_send(pg,
                                  "SELECT pg_advisory_xact_lock(hashtext(current_schema()), 3)");
        if (r >= 0 && (point > 0 || point == SQL_POINTS))
                r = postgres_send(
                        pg, "SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()))");
        if (r >= 0 && pg->lane.there && pg->lane.own)
                r = postgres_send(pg, fence);
        if (r >= 0 && point > 0) {
                (void)snprintf(lock, sizeof(lock),
                               "SELECT 1 FROM point WHERE id = %" PRId64 " FOR NO KEY UPDATE",
                               point);
                r = postgres_send(pg, lock);
        }
        return r;
}

int postgres_begin(Sql *sql, SqlMode mode, int64_t point)
{
        Postgres *pg = postgres_of(sql);
        char fence[LANE_TEXT] = "";
        int r;

        pg->broken = pg->again = false;
        r = postgres_drain_cursors(pg);
        if (r >= 0)
                r = postgres_make_room(pg);
        pg->lane.committed = false;
        pg->writing = mode != SQL_SNAPSHOT;
        if (r >= 0 && pg->writing && pg->lane.there) {
                r = lane_take_again(&pg->lane, sql);
                if (r >= 0 && pg->lane.own)
                        r = lane_fence(&pg->lane, fence);
        }
        if (r < 0)
                return r;
        if (mode == SQL_SNAPSHOT)
                r = postgres_send(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        else {
                r = point == SQL_EVERYTHING ? begin_alone(pg) : postgres_send(pg, "BEGIN");
                if (r >= 0)
                        r = send_locks(pg, fence, point);
        }
        pg->in_transaction = r >= 0;
        pg->again = pg->lost;
        pg->locked = false;
        return r;
}

/* In the order of their ids, as all who have several. */
int postgres_lock_points(Sql *sql, const char *which)
{
        _cleanup_free_ char *lock = NULL;
        Postgres *pg = postgres_of(sql);
        int r = postgres_ready(pg);

        if (r < 0)
                return r;
        if (asprintf(&lock, "SELECT 1 FROM point WHERE id IN (%s) ORDER BY id FOR NO KEY UPDATE",
                     which) < 0)
                return -ENOMEM;
        return postgres_send(pg, lock);
}

int postgres_lock(Sql *sql)
{
        return postgres_of(sql)->locked ? postgres_of(sql)->error : postgres_settle(sql);
}

static void end_transaction(Postgres *pg)
{
        pg->in_transaction = false;
        pg->error = 0;
}

void postgres_rollback(Sql *sql)
{
        Postgres *pg = postgres_of(sql);

        postgres_cut_cursors(pg);
        pg->broken = false;
        if (pg->in_transaction) {
                /* Behind what fails it would be skipped. */
                (void)postgres_settle(sql);
                if (postgres_send(pg, "ROLLBACK") >= 0)
                        (void)postgres_synchronise(pg);
                pg->broken = false;
                end_transaction(pg);
        }
}

bool postgres_run_again(Sql *sql, unsigned tries)
{
        Postgres *pg = postgres_of(sql);

        return pg->again && !pg->away && tries < TRIES_MAX &&
               (pg->lost || server_pause(sql->store->server, server_now(), tries));
}

bool postgres_is_away(const Sql *sql)
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
        r = lane->there ? pg->restore(pg) : -EIO;
        lane->unanswered = false;
        if (r < 0)
                return r;
        /* In the shared lane somebody else may have written since. */
        pg->again = !lane->committed && lane->own && !lane->fenced;
        return lane->committed ? 0 : -EIO;
}

/* Of the lane that is shared, which is nobody's for longer than a commit takes. */
static int send_shared_fence(Postgres *pg)
{
        char fence[LANE_TEXT] = "";
        int r;

        if (!pg->writing || !pg->lane.there || pg->lane.own)
                return 0;
        r = lane_fence(&pg->lane, fence);
        return r < 0 ? r : postgres_send(pg, fence);
}

int postgres_commit(Sql *sql)
{
        Postgres *pg = postgres_of(sql);
        int r = postgres_in_transaction(sql) ? pg->error : -EIO;

        if (r >= 0)
                r = send_shared_fence(pg);
        if (r >= 0) {
                r = postgres_send(pg, "COMMIT");
                if (r >= 0)
                        r = postgres_synchronise(pg);
                r = pg->lost ? learn_outcome(pg) : r < 0 ? r : pg->error;
        }
        if (r < 0) {
                postgres_rollback(sql);
                return r;
        }
        end_transaction(pg);
        if (pg->writing && pg->lane.there)
                lane_count(&pg->lane, sql);
        return 0;
}

int postgres_savepoint(Sql *sql)
{
        Postgres *pg = postgres_of(sql);

        return pg->error != 0 ? pg->error : postgres_send(pg, "SAVEPOINT task");
}

int postgres_savepoint_release(Sql *sql)
{
        Postgres *pg = postgres_of(sql);
        /* The task's own error is told to the task, not to the next one. */
        int r = postgres_settle(sql);

        return r < 0 ? r : postgres_send(pg, "RELEASE SAVEPOINT task");
}

int postgres_savepoint_rollback(Sql *sql)
{
        Postgres *pg = postgres_of(sql);
        int r;

        postgres_cut_cursors(pg);
        (void)postgres_settle(sql);
        pg->error = 0;
        r = postgres_send(pg, "ROLLBACK TO SAVEPOINT task");
        if (r >= 0)
                r = postgres_send(pg, "RELEASE SAVEPOINT task");
        return r < 0 ? r : postgres_settle(sql);
}
