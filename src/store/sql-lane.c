/* SPDX-License-Identifier: MIT */
#include "sql-lane.h"

#include "server.h"
#include "sql-driver.h"
#include "store-internal.h"

#include <idphoto/log.h>

#include <inttypes.h>

/* Rows of the table. */
enum { LANE_SHARED = 0, LANE_DAEMON = 1 };

int lane_look(Lane *lane, Sql *sql)
{
        int64_t there = 0;
        int r = sql_integers(sql, "SELECT count(to_regclass('lane'))", &there, 1);

        lane->there = there != 0;
        return r;
}

static void know(const Lane *lane, const Sql *sql)
{
        atomic_store(&sql->store->server->tx, lane->tx);
}

/* Whether the session has the daemon's lock, by which a second daemon sees that there is one: 1, 0.
 * It ends with the session; what holds when a session lingers is the term. */
static int lock(Sql *sql)
{
        int64_t locked = 0;
        int r = sql_integers(sql,
                             "SELECT CASE WHEN pg_try_advisory_lock(hashtext(current_schema()), 1)"
                             " THEN 1 ELSE 0 END",
                             &locked, 1);

        return r < 0 ? r : locked != 0;
}

/* A daemon that died without a word is noticed by the server in less time than patience mostly has. */
static int wait_for_lock(Sql *sql)
{
        int64_t since = server_now();
        int r;

        for (unsigned tries = 0; (r = lock(sql)) == 0; tries++) {
                if (tries == 0)
                        log_info("another daemon has the catalog; waiting for its end");
                if (!server_pause(sql->store->server, since, tries))
                        return -EALREADY;
        }
        return MIN(r, 0);
}

int lane_take(Lane *lane, Sql *sql)
{
        char change[LANE_TEXT];
        int r = lane->there ? server_draw(&lane->term) : -ENOENT;

        if (r >= 0)
                r = wait_for_lock(sql);
        if (r < 0)
                return r;
        (void)snprintf(change, sizeof(change),
                       "UPDATE lane SET term = %" PRId64 " WHERE id = %d RETURNING tx", lane->term,
                       LANE_DAEMON);
        r = sql_integers(sql, change, &lane->tx, 1);
        if (r < 0)
                return r;
        lane->daemon = true;
        know(lane, sql);
        return 0;
}

int lane_fence(Lane *lane, char ret[static LANE_TEXT])
{
        int r = 0;

        if (lane->daemon)
                (void)snprintf(ret, LANE_TEXT, "SELECT lane_enter(%d, %" PRId64 ", %" PRId64 ")",
                               LANE_DAEMON, lane->term, lane->tx + 1);
        else {
                r = server_draw(&lane->term);
                (void)snprintf(ret, LANE_TEXT,
                               "UPDATE lane SET tx = tx + 1, term = %" PRId64 " WHERE id = %d",
                               lane->term, LANE_SHARED);
        }
        return r;
}

void lane_count(Lane *lane, Sql *sql)
{
        lane->own++;
        /* Of one whose commit was not answered the new connection has read the number. */
        if (lane->daemon && !lane->committed) {
                lane->tx++;
                know(lane, sql);
        }
        lane->committed = false;
}

void lane_shut_out(Lane *lane)
{
        if (!lane->fenced)
                log_error("another daemon has taken over the catalog; nothing can be changed from "
                          "here any more");
        lane->fenced = true;
}

/* The change of nothing waits for who is changing the row, and is committed. */
static int resume_shared(Lane *lane, Sql *sql)
{
        int64_t term = 0;
        int r = sql_integers(sql, "UPDATE lane SET tx = tx WHERE id = 0 RETURNING term", &term, 1);

        lane->committed = term == lane->term;
        return r;
}

static int resume_daemon(Lane *lane, Sql *sql)
{
        int64_t row[2] = {};
        char change[2 * LANE_TEXT];
        int r = lane->new_term == 0 ? server_draw(&lane->new_term) : 0;

        if (r < 0)
                return r;
        /* The answer may be lost as well: then it is the new term that is found. */
        (void)snprintf(change, sizeof(change),
                       "UPDATE lane SET term = CASE WHEN tx >= %" PRId64 " AND term IN (%" PRId64
                       ", %" PRId64 ") THEN %" PRId64 " ELSE term END WHERE id = %d"
                       " RETURNING term, tx",
                       lane->tx, lane->term, lane->new_term, lane->new_term, LANE_DAEMON);
        r = sql_integers(sql, change, row, 2);
        if (r < 0)
                return r;
        if (row[1] < lane->tx)
                return -ESTALE;
        if (row[0] != lane->new_term) {
                lane_shut_out(lane);
                return 0;
        }
        lane->committed = row[1] == lane->tx + 1;
        lane->term = lane->new_term;
        lane->new_term = 0;
        lane->tx = row[1];
        know(lane, sql);
        r = lock(sql);
        return MIN(r, 0);
}

/* A server that lacks what was committed must not be read from either. */
static int check_freshness(Sql *sql)
{
        int64_t known = atomic_load(&sql->store->server->tx), found = 0;
        int r = known == 0 ? 0 : sql_integers(sql, "SELECT tx FROM lane WHERE id = 1", &found, 1);

        return r < 0 ? r : found < known ? -ESTALE : 0;
}

int lane_resume(Lane *lane, Sql *sql)
{
        if (!lane->there || lane->fenced)
                return 0;
        if (lane->daemon)
                return resume_daemon(lane, sql);
        return lane->unanswered ? resume_shared(lane, sql) : check_freshness(sql);
}
