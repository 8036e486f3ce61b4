/* SPDX-License-Identifier: MIT */
#include "sql-lane.h"

#include "server.h"
#include "sql-driver.h"
#include "store-internal.h"

#include <idphoto/log.h>

#include <inttypes.h>

enum { LANE_SHARED = 0 /* the row of those who have none of their own */ };

int lane_look(Lane *lane, Sql *sql)
{
        int64_t there = 0;
        int r = sql_integers(sql, "SELECT count(to_regclass('lane'))", &there, 1);

        lane->there = there != 0;
        return r;
}

/* One lane is enough to see whether a server lacks what was committed. */
static void know(const Lane *lane, const Sql *sql)
{
        Server *server = sql->store->server;

        if (atomic_load(&server->lane) == lane->id)
                atomic_store(&server->tx, lane->tx);
}

int lane_take(Lane *lane, Sql *sql)
{
        int64_t row[2] = {}, gateway = atomic_load(&sql->store->server->gateway), none = 0;
        char take[LANE_TEXT];
        int r = lane->there ? server_draw(&lane->term) : -ENOENT;

        if (r < 0)
                return r;
        (void)snprintf(take, sizeof(take),
                       "SELECT lane, count FROM lane_take(%" PRId64 ", %" PRId64 ")", gateway,
                       lane->term);
        r = sql_integers(sql, take, row, 2);
        if (r < 0)
                return r;
        lane->own = true;
        lane->fenced = false;
        lane->gateway = gateway;
        lane->new_term = 0;
        lane->id = row[0];
        lane->tx = row[1];
        (void)atomic_compare_exchange_strong(&sql->store->server->lane, &none, lane->id);
        know(lane, sql);
        return 0;
}

int lane_take_again(Lane *lane, Sql *sql)
{
        int64_t gateway = atomic_load(&sql->store->server->gateway);

        return lane->own && gateway != 0 && gateway != lane->gateway ? lane_take(lane, sql) : 0;
}

int lane_fence(Lane *lane, char ret[static LANE_TEXT])
{
        int r = 0;

        if (lane->own)
                (void)snprintf(ret, LANE_TEXT,
                               "SELECT lane_enter(%" PRId64 ", %" PRId64 ", %" PRId64 ")", lane->id,
                               lane->term, lane->tx + 1);
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
        lane->written++;
        /* Of one whose commit was not answered the new connection has read the number. */
        if (lane->own && !lane->committed) {
                lane->tx++;
                know(lane, sql);
        }
        lane->committed = false;
}

void lane_shut_out(Lane *lane)
{
        if (!lane->fenced)
                log_error("another gateway has taken over what this one had under way");
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

static int resume_own(Lane *lane, Sql *sql)
{
        int64_t row[2] = {};
        char change[2 * LANE_TEXT];
        int r = lane->new_term == 0 ? server_draw(&lane->new_term) : 0;

        if (r < 0)
                return r;
        /* The answer may be lost as well: then it is the new term that is found. */
        (void)snprintf(change, sizeof(change),
                       "UPDATE lane SET term = CASE WHEN tx >= %" PRId64 " AND term IN (%" PRId64
                       ", %" PRId64 ") THEN %" PRId64 " ELSE term END WHERE id = %" PRId64
                       " RETURNING term, tx",
                       lane->tx, lane->term, lane->new_term, lane->new_term, lane->id);
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
        return 0;
}

/* A server that lacks what was committed must not be read from either. */
static int check_freshness(Sql *sql)
{
        const Server *server = sql->store->server;
        int64_t known = atomic_load(&server->tx), found = 0;
        char ask[LANE_TEXT];
        int r;

        if (known == 0)
                return 0;
        (void)snprintf(ask, sizeof(ask), "SELECT tx FROM lane WHERE id = %" PRId64,
                       atomic_load(&server->lane));
        r = sql_integers(sql, ask, &found, 1);
        return r < 0 ? r : found < known ? -ESTALE : 0;
}

int lane_resume(Lane *lane, Sql *sql)
{
        if (!lane->there || lane->fenced)
                return 0;
        if (lane->own)
                return resume_own(lane, sql);
        return lane->unanswered ? resume_shared(lane, sql) : check_freshness(sql);
}
