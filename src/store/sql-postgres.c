/* SPDX-License-Identifier: MIT */
#include "postgres.h"
#include "server.h"
#include "store-internal.h"

#include <inttypes.h>
#include <string.h>

/*
 * The driver of PostgreSQL: its connections, and what engines do each in a way of its own. A
 * connection may end at any moment, and the server with it. The files below this one notice it, and
 * ask for another by Postgres.restore.
 */

enum { TRIES_UNSAID = 3 };

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
        r = postgres_script(sql, change);
        return r < 0 ? r : lane_look(&postgres_of(sql)->lane, sql);
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
        int r = postgres_of(sql)->lane.there
                        ? sql_ask(sql, SQL_FEW, "SELECT sum(tx) FROM lane", NO_VALUES, &rows)
                        : 0;

        if (r >= 0 && rows)
                r = sql_next(rows);
        if (r > 0)
                all = sql_integer(rows, 0);
        *ret = all - postgres_of(sql)->lane.written;
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

/* The tables belong to their owner. With another role the server only warns, and looks by itself some
 * time later. */
static int added_many(Sql *sql)
{
        return postgres_script(sql, "ANALYZE student");
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
        r = postgres_script(sql,
                            "VACUUM finding, folder, former, phash_band, photo, place, student,"
                            " submission, tally");
        return r == -EBUSY || r == -ENOSPC ? 0 : r < 0 ? r : 1;
}

static int copy_to(Sql *sql _unused_, const char *path _unused_)
{
        return -EOPNOTSUPP;
}

/* ---- connections ---- */

#define SET_READ_ONLY "SET default_transaction_read_only = on;"
/* A gateway that is stopped in the middle of a transaction does not hold up everybody else. */
#define SET_LANE      "SET idle_in_transaction_session_timeout = '10s';"

/* What the connection is for is known before: one that takes the place of a lost one begins with it. */
static int set(Sql *sql, const char *text)
{
        Postgres *pg = postgres_of(sql);
        int r = postgres_script(sql, text);

        return pg->lost ? pg->restore(pg) : r;
}

static int read_only(Sql *sql)
{
        postgres_of(sql)->reader = true;
        return set(sql, SET_READ_ONLY);
}

static int take_lane(Sql *sql)
{
        int r = lane_take(&postgres_of(sql)->lane, sql);

        return r < 0 ? r : set(sql, SET_LANE);
}

static void close_connection(Sql *sql)
{
        Postgres *pg = postgres_of(sql);

        postgres_cut_cursors(pg);
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
        .run = postgres_run,
        .add = postgres_add,
        .script = postgres_script,
        .ask = postgres_ask,
        .ask_together = postgres_ask_together,
        .answer_rows = postgres_answer_rows,
        .answer_free = postgres_answer_free,
        .ask_once = postgres_ask_once,
        .next = postgres_next,
        .done = postgres_done,
        .is_null = postgres_is_null,
        .integer = postgres_integer,
        .real = postgres_real,
        .text = postgres_text,
        .data = postgres_data,
        .begin = postgres_begin,
        .lock_points = postgres_lock_points,
        .lock = postgres_lock,
        .settle = postgres_settle,
        .commit = postgres_commit,
        .rollback = postgres_rollback,
        .run_again = postgres_run_again,
        .is_away = postgres_is_away,
        .in_transaction = postgres_in_transaction,
        .savepoint = postgres_savepoint,
        .savepoint_release = postgres_savepoint_release,
        .savepoint_rollback = postgres_savepoint_rollback,
        .schema_version = schema_version,
        .set_schema_version = set_schema_version,
        .add_function = add_function,
        .data_version = data_version,
        .sync = do_nothing,
        .expect_many = do_nothing,
        .added_many = added_many,
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
                "SET lock_timeout = " LOCK_TIMEOUT "; SET bytea_output = 'hex';"
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
                       pg->lane.own ? SET_LANE : "");
        r = postgres_script(&pg->sql, text);
        if (r >= 0)
                r = sql_integers(&pg->sql,
                                 "SELECT (SELECT count(*) FROM pg_database WHERE datname ="
                                 " current_database() AND pg_encoding_to_char(encoding) = 'UTF8'"
                                 " AND datcollate IN ('C', 'POSIX')), count(to_regclass('lane'))",
                                 found, 2);
        /* Whoever opens it waits for a server that goes away now as for one that is not there yet. */
        if (r < 0)
                return pg->lost ? -ECONNREFUSED : r;
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

        postgres_cut_cursors(pg);
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
        pg->restore = restore;
        pg->url = strdup(url);
        if (!pg->url)
                return -ENOMEM;
        r = store->daemon ? restore(pg) : reconnect(pg);
        if (r >= 0)
                *ret = TAKE_PTR(sql);
        return r;
}
