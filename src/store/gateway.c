/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "server.h"
#include "states.h"
#include "store-internal.h"

#include <idphoto/gateway.h>
#include <idphoto/io.h>
#include <idphoto/log.h>

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

/*
 * Several gateways on one catalog.
 *
 * Any gateway may die, sleep through its lease or lose the network, at any moment, and its place is
 * taken by another one. From outside nobody can tell these apart. A gateway that sleeps does not
 * know it either: it wakes in the middle of a close() and goes on, minutes after its uploads have
 * been given to somebody else. So to ask "am I still in charge?" before one writes is worthless:
 * one may fall asleep after the answer. What decides must be asked by the server, within the
 * transaction that writes.
 *
 * Three numbers do that. Each answers another question, and none can stand in for the others.
 *
 *   Id and lease: does the gateway live? It has a row with a number that is never used again, and
 *   says every two seconds by the server's clock that it lives. When the lease has run out nothing
 *   has happened yet; a heartbeat that comes late, but before a takeover, renews it. Whoever locks
 *   the row first decides.
 *
 *   Lane and term: may this connection still write? Each transaction enters its lane first, which
 *   is refused under another term than the lane's. It holds the lane's row until it ends, so who
 *   raises the term waits for what is being committed and shuts out all that comes later.
 *
 *   Owner and generation: does this change still concern what it was made for? An upload belongs to
 *   a gateway, or to nobody while it waits for one with time to spare. Whoever takes it sets the
 *   owner and raises the generation. Each change of the row names both, and changes no row if one
 *   of them is another by now.
 *
 * The fence is for what no generation guards: to create, to take and to claim an upload, and to
 * take over. By these a gateway that was given up would make uploads its own, and as nobody ever
 * takes over from a gateway that is not there, they would be lost. The generation is for what no
 * fence guards: what is taken from a gateway that is well, and what comes back to it: a handle of
 * before fits an upload's owner again, but not its generation.
 *
 * An upload's way:
 *
 *   close()    The bytes become a blob, then a durable commit puts it into the row, by owner and
 *              generation, and then the client gets its 0. No row: EIO, the upload was taken.
 *   verdict    Recorded in one transaction, shown in another. In between it may be taken: then who
 *              has it shows it, or begins anew because its client has changed it.
 *   taking     Another gateway's client renames the upload or opens it for writing. It must have
 *              been closed once, as its blob is all that the other gateway has. What is final
 *              is taken by nobody.
 *   giving     The owner becomes nobody, and the giver forgets it. Who claims it takes it.
 *   takeover   One transaction, which whoever takes over must live to the end of, as it may itself
 *              be given up meanwhile: locks its own row and that of the dead, raises the terms of
 *              the dead one's lanes, takes its unfinished uploads, deletes its row. In two
 *              transactions, who dies between them leaves uploads to an owner whom nobody looks
 *              for. What was never closed is removed.
 *   given up   Who finds no row of its own, or is refused by a lane, drops all uploads (their
 *              writers get EIO), and then registers under a new id, with new terms.
 *
 * What is easily done wrong:
 *
 *   - The id that a transaction writes as owner is never older than the term by which it entered
 *     its lane: it is read within the transaction. With an old id and a new term the fence lets
 *     pass what makes an upload belong to a gateway that is not there.
 *   - An unanswered COMMIT is asked for by a connection that has first raised the lane's term.
 *     Otherwise "not committed" may mean "not yet", and the old bytes come after the new ones.
 *     Neither answer may be guessed: "committed" loses photos, "not committed" forgets what was
 *     taken, as a second try finds it taken. And it is asked even when the client has long got
 *     EIO because patience was over: the gateway may have become the owner.
 *   - Answers of two lanes arrive in any order. Memory keeps the highest generation, not the one
 *     it heard of last; and what finds its generation outdated forgets that one, not a newer one.
 *
 * What holds: an acknowledged upload gets one verdict, of the bytes that were acknowledged last,
 * while any gateway lives. Nothing is committed by a gateway that was given up. A writer whose
 * upload was taken gets EIO. What was acknowledged before it was taken stays acknowledged, even if
 * the 0 reaches the client later.
 *
 * tests/model/gateways.pml says the same to a machine, which looks at every order of the steps of
 * two gateways, and finds what breaks when one of these rules is left out. Change both.
 */

#define PLACE_FILE "gateway.id"

#define HELD_BACK "3 seconds"

enum { PLACE_SIZE = 33, TAKEN_AT_ONCE = 16 };

/* ---- the place ---- */

/* What tells this directory from those of other machines: a number that it was given once. */
static int read_place(int dirfd, char ret[static PLACE_SIZE])
{
        _cleanup_close_ int fd = openat(dirfd, PLACE_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        ssize_t n = fd < 0 ? -errno : pread_full(fd, ret, PLACE_SIZE - 1, 0);

        if (n < 0)
                return (int)n;
        ret[n] = '\0';
        return n == PLACE_SIZE - 1 ? 0 : -ENOENT;
}

static int make_place(int dirfd)
{
        _cleanup_close_ int fd =
                openat(dirfd, PLACE_FILE ".new",
                       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        unsigned char bytes[PLACE_SIZE / 2];
        char text[PLACE_SIZE];
        int r;

        if (fd < 0)
                return -errno;
        if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
                return -EIO;
        for (size_t i = 0; i < sizeof(bytes); i++)
                (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
        r = write_full(fd, text, PLACE_SIZE - 1);
        if (r >= 0 && fsync(fd) < 0)
                r = -errno;
        if (r >= 0 && renameat(dirfd, PLACE_FILE ".new", dirfd, PLACE_FILE) < 0)
                r = -errno;
        return r < 0 ? r : fsync_dir(dirfd, ".");
}

static int place_of(const Store *store, char ret[static PLACE_SIZE])
{
        int r = read_place(store->dirfd, ret);

        if (r != -ENOENT)
                return r;
        r = make_place(store->dirfd);
        return r < 0 ? r : read_place(store->dirfd, ret);
}

/* ---- the life of one ---- */

typedef struct Entered {
        int64_t id; /* or why not */
        int64_t life;
} Entered;

static int read_entered(const SqlRows *row, void *userdata)
{
        Entered *entered = userdata;

        *entered = (Entered){sql_integer(row, 0), sql_integer(row, 1)};
        return 1;
}

/* As the successor of what was registered from this place last. */
static int enter(Catalog *catalog, const GatewayRow *row, const char *place, bool alone,
                 Entered *ret)
{
        int64_t former = 0;
        int r = catalog_one(catalog, "SELECT coalesce(max(since), 0) FROM gateway WHERE place = ?1",
                            VALUES(TEXT(place)), read_integer, &former);

        if (r < 0)
                return r;
        r = catalog_one(
                catalog,
                "SELECT entered, life FROM gateway_enter(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                VALUES(TEXT(row->name), TEXT(place), INTEGER(row->batch), TEXT(row->version),
                       TEXT(row->rules), INTEGER(row->judges), INTEGER(alone),
                       INTEGER(GATEWAY_LEASE_SECONDS * NSEC_PER_SEC), INTEGER(former)),
                read_entered, ret);
        return r == 0 ? -EUCLEAN : MIN(r, 0);
}

int gateway_enter(Catalog *catalog, const GatewayRow *row, bool alone)
{
        Server *server = catalog_store(catalog)->server;
        char place[PLACE_SIZE];
        Entered entered = {};
        int r = place_of(catalog_store(catalog), place);

        /* A daemon that was killed may have asked for the same, or this one whose connection ended. */
        do
                if (r >= 0)
                        r = enter(catalog, row, place, alone, &entered);
        while (r >= 0 && entered.id == -3);
        if (r < 0)
                return r;
        if (entered.id < 0)
                return entered.id == -1 ? -EADDRINUSE : -EALREADY;
        atomic_store(&server->life, entered.life);
        /* Its former lanes were given back. */
        if (atomic_exchange(&server->gateway, entered.id) != entered.id) {
                atomic_store(&server->tx, 0);
                atomic_store(&server->lane, 0);
        }
        return 0;
}

int gateway_beat(Catalog *catalog, int64_t *ret_now)
{
        /* One that comes late finds its row as long as nobody has taken over. Who does locks the row
         * first and looks at the time then, so that one of the two comes first. */
        return catalog_one(catalog,
                           "UPDATE gateway SET until = wall() + ?2 WHERE id = ?1 RETURNING wall()",
                           VALUES(INTEGER(store_gateway(catalog_store(catalog))),
                                  INTEGER(GATEWAY_LEASE_SECONDS * NSEC_PER_SEC)),
                           read_integer, ret_now);
}

typedef struct Expired {
        int64_t ids[TAKEN_AT_ONCE];
        size_t n;
} Expired;

static int take_id(const SqlRows *row, void *userdata)
{
        Expired *expired = userdata;

        expired->ids[expired->n++] = sql_integer(row, 0);
        return 0;
}

int gateway_take_over(Catalog *catalog, int64_t *ret)
{
        int64_t me = store_gateway(catalog_store(catalog)), n = 0;
        Expired expired = {};
        bool any = false;
        int r = catalog_some(catalog,
                             "SELECT id FROM gateway WHERE until < wall() AND id != ?1 ORDER BY id"
                             " LIMIT ?2",
                             VALUES(INTEGER(me), INTEGER(TAKEN_AT_ONCE)), take_id, &expired);

        *ret = 0;
        for (size_t i = 0; i < expired.n && r >= 0; i++) {
                r = catalog_one(catalog, "SELECT gateway_take_over(?1, ?2)",
                                VALUES(INTEGER(expired.ids[i]), INTEGER(me)), read_integer, &n);
                if (r <= 0 || n < 0)
                        continue;
                log_warning("gateway %" PRId64 " is gone; going on with its %" PRId64 " uploads",
                            expired.ids[i], n);
                any = true;
                *ret += n;
        }
        return r < 0 ? r : any;
}

int gateway_leave(Catalog *catalog)
{
        const Store *store = catalog_store(catalog);
        int64_t left = 0;
        int r = catalog_one(catalog, "SELECT gateway_leave(?1, ?2, ?3)",
                            VALUES(INTEGER(store_gateway(store)),
                                   INTEGER(atomic_load(&store->server->life)),
                                   INTEGER(store_shares_blobs(store))),
                            read_integer, &left);

        return MIN(r, 0);
}

/* ---- barriers ---- */

int gateway_put_barrier(Catalog *catalog, int64_t point, int64_t max_id)
{
        static const char *const steps[] = {
                "DELETE FROM barrier WHERE until < wall()",
                "INSERT INTO barrier (gateway, point, max_id, until)"
                " VALUES (?1, ?2, ?3, wall() + ?4)",
        };

        return catalog_run_all(catalog, steps, ELEMENTSOF(steps),
                               VALUES(INTEGER(store_gateway(catalog_store(catalog))),
                                      INTEGER(point), INTEGER(max_id),
                                      INTEGER(GATEWAY_BARRIER_SECONDS * NSEC_PER_SEC)));
}

typedef struct BarrierList {
        GatewayBarrierCallback callback;
        void *userdata;
} BarrierList;

static int take_barrier(const SqlRows *row, void *userdata)
{
        const BarrierList *list = userdata;

        return list->callback(sql_integer(row, 0), sql_integer(row, 1), list->userdata);
}

int gateway_list_barriers(Catalog *catalog, GatewayBarrierCallback callback, void *userdata)
{
        return catalog_some(catalog,
                            "SELECT point, max(max_id) FROM barrier WHERE gateway != ?1"
                            " AND until > wall() GROUP BY point",
                            VALUES(INTEGER(store_gateway(catalog_store(catalog)))), take_barrier,
                            &(BarrierList){callback, userdata});
}

/* ---- chores ---- */

int gateway_take_chore(Catalog *catalog, const char *name, unsigned seconds)
{
        const Store *store = catalog_store(catalog);
        int64_t changed = 0;
        int r;

        if (!store_is_attached(store))
                return 1;
        r = catalog_run_counted(
                catalog,
                "INSERT INTO chore AS c (name, holder, until) VALUES (?1, ?2, wall() + ?3)"
                " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
                " WHERE c.holder = excluded.holder OR c.until < wall()"
                " OR NOT EXISTS (SELECT 1 FROM gateway WHERE id = c.holder AND until >= wall())",
                VALUES(TEXT(name), INTEGER(store_gateway(store)),
                       INTEGER(seconds * (int64_t)NSEC_PER_SEC)),
                &changed);
        return r < 0 ? r : changed != 0;
}

/* ---- what the server waits for ---- */

int gateway_waits_for_standby(Catalog *catalog)
{
        if (!store_is_attached(catalog_store(catalog)))
                return 0;
        /* What one role's connections do is shown to that role. */
        return catalog_one(catalog,
                           "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                           " AND datname = current_database()"
                           " AND query_start < clock_timestamp() - interval '" HELD_BACK
                           "' LIMIT 1",
                           NO_VALUES, read_nothing, NULL);
}

/* ---- who there is ---- */

/* "": from this directory none was ever registered. */
static int known_place(const Store *store, char ret[static PLACE_SIZE])
{
        int r = read_place(store->dirfd, ret);

        if (r == -ENOENT)
                ret[0] = '\0';
        return r == -ENOENT ? 0 : r;
}

int gateway_serves_elsewhere(Catalog *catalog)
{
        char place[PLACE_SIZE];
        int64_t n = 0;
        int r;

        if (!store_is_attached(catalog_store(catalog)))
                return 0;
        r = known_place(catalog_store(catalog), place);
        if (r < 0)
                return r;
        r = catalog_one(catalog,
                        "SELECT count(*) FROM gateway WHERE place != ?1 AND until > wall()",
                        VALUES(TEXT(place)), read_integer, &n);
        return r < 0 ? r : n > 0;
}

int gateway_serves(Catalog *catalog)
{
        return store_daemon_running(catalog_store(catalog)) ? 1 : gateway_serves_elsewhere(catalog);
}

typedef struct List {
        GatewayCallback callback;
        void *userdata;
} List;

static int take_gateway(const SqlRows *s, void *userdata)
{
        const List *list = userdata;
        _cleanup_free_ char *name = NULL, *version = NULL, *rules = NULL;
        GatewayRow row = {
                .id = sql_integer(s, 0),
                .batch = sql_integer(s, 2),
                .judges = sql_integer(s, 5),
                .since = sql_integer(s, 6),
                .left = sql_integer(s, 7),
                .uploads = sql_integer(s, 8),
                .here = sql_integer(s, 9),
        };
        int r = sql_copy_text(s, 1, &name);

        if (r >= 0)
                r = sql_copy_text(s, 3, &version);
        if (r >= 0)
                r = sql_copy_text(s, 4, &rules);
        if (r < 0)
                return r;
        row.name = name;
        row.version = version;
        row.rules = rules;
        return list->callback(&row, list->userdata);
}

int gateway_list(Catalog *catalog, GatewayCallback callback, void *userdata)
{
        char place[PLACE_SIZE];
        int r;

        if (!store_is_attached(catalog_store(catalog)))
                return 0;
        r = known_place(catalog_store(catalog), place);
        return r < 0 ? r
                     : catalog_some(catalog,
                                    "SELECT g.id, g.name, g.batch, g.version, g.rules, g.judges,"
                                    " g.since, g.until - wall(),"
                                    " (SELECT count(*) FROM submission AS s"
                                    "   WHERE s.owner = g.id AND s." UNFINISHED "),"
                                    " CASE WHEN g.place = ?1 THEN 1 ELSE 0 END FROM gateway AS g"
                                    " ORDER BY g.name, g.id",
                                    VALUES(TEXT(place)), take_gateway, &(List){callback, userdata});
}
