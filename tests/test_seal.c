/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>
#include <idphoto/gateway.h>
#include <store/catalog-internal.h>
#include <store/store-internal.h>

#include <pthread.h>
#include <stdatomic.h>

/* Many write, seal and follow the news at the same time. */

enum {
        WRITERS = 3,
        SEALERS = 2,
        ROUNDS = 400,       /* transactions of a writer */
        EVENTS_A_ROUND = 3, /* every other time; else one */
        EVENTS = WRITERS * ROUNDS / 2 * (EVENTS_A_ROUND + 1),
};

static int64_t query(const char *sql)
{
        int64_t value = -1;

        assert_int_equal(catalog_query_integer(fixture.catalog, sql, &value), 0);
        return value;
}

static bool has_seals(void)
{
        return sql_engine(catalog_sql(fixture.catalog)) == SQL_POSTGRES;
}

static atomic_int writing, failed;
static pthread_barrier_t ready; /* all are connected */

static void expect(bool truth)
{
        if (!truth)
                atomic_fetch_add(&failed, 1);
}

/* ---- writing ---- */

static int add_round(Catalog *catalog, int64_t point, int round)
{
        /* To points of their own, so that they need not wait for each other. */
        int r = catalog_begin_at(catalog, false, point);

        for (int i = 0; i < (round % 2 == 0 ? EVENTS_A_ROUND : 1) && r >= 0; i++) {
                EventRow event = {.wall = FIXTURE_EPOCH, .kind = EVENT_EXPORTED, .point = point};

                r = catalog_add_event(catalog, &event);
        }
        if (r >= 0 && round % 8 == 7) {
                /* One that is given up leaves a gap in the ids. */
                EventRow event = {.wall = FIXTURE_EPOCH, .kind = EVENT_PURGED};

                r = catalog_savepoint(catalog);
                if (r >= 0)
                        r = catalog_add_event(catalog, &event);
                if (r >= 0)
                        r = catalog_savepoint_rollback(catalog);
        }
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

static void *write_events(void *userdata)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int64_t point = *(const int64_t *)userdata;

        expect(catalog_open(fixture.store, &catalog) >= 0);
        /* Who shares a lane waits for it. */
        if (has_seals())
                expect(catalog_take_lane(catalog) >= 0);
        (void)pthread_barrier_wait(&ready);
        for (int i = 0; i < ROUNDS && catalog; i++)
                expect(add_round(catalog, point, i) >= 0);
        atomic_fetch_sub(&writing, 1);
        return NULL;
}

/* ---- sealing ---- */

static void *seal_events(void *userdata)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int r = catalog_open(fixture.store, &catalog);

        (void)pthread_barrier_wait(&ready);
        while (r >= 0 && atomic_load(&writing) > 0) {
                r = catalog_seal(catalog);
                if (r > 0)
                        *(int64_t *)userdata += r;
        }
        expect(r >= 0);
        return NULL;
}

/* ---- following ---- */

typedef struct Follower {
        int64_t last; /* number of the news seen last */
        int64_t n;
        bool out_of_order;
} Follower;

static int take_news(const EventRow *event, void *userdata)
{
        Follower *follower = userdata;

        if (event->seq <= follower->last)
                follower->out_of_order = true;
        follower->last = event->seq;
        follower->n++;
        return 0;
}

static void *follow(void *userdata)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int64_t after = 0;

        expect(catalog_open_reader(fixture.store, &catalog) >= 0);
        (void)pthread_barrier_wait(&ready);
        while (catalog && atomic_load(&writing) > 0)
                expect(catalog_list_news(catalog, &after, 50, take_news, userdata) >= 0);
        return NULL;
}

/* ---- all at once ---- */

static const GatewayRow a_gateway = {.name = "a", .batch = 1, .version = "1", .rules = ""};

static void test_many_seal_what_many_write_and_who_follows_misses_none(void **state _unused_)
{
        pthread_t writers[WRITERS], sealers[SEALERS], follower;
        int64_t points[WRITERS], sealed[SEALERS] = {}, after, before;
        Follower followed = {};
        AuditReport report;

        for (int i = 0; i < WRITERS; i++) {
                char name[8];

                (void)snprintf(name, sizeof(name), "p%d", i);
                points[i] = fixture_point(name);
        }
        if (has_seals())
                assert_int_equal(gateway_enter(fixture.catalog, &a_gateway, false), 0);
        (void)pthread_barrier_init(&ready, NULL, WRITERS + SEALERS + 1);
        atomic_store(&writing, WRITERS);
        for (int i = 0; i < SEALERS; i++)
                assert_int_equal(pthread_create(&sealers[i], NULL, seal_events, &sealed[i]), 0);
        for (int i = 0; i < WRITERS; i++)
                assert_int_equal(pthread_create(&writers[i], NULL, write_events, &points[i]), 0);
        assert_int_equal(pthread_create(&follower, NULL, follow, &followed), 0);
        for (int i = 0; i < WRITERS; i++)
                (void)pthread_join(writers[i], NULL);
        for (int i = 0; i < SEALERS; i++)
                (void)pthread_join(sealers[i], NULL);
        (void)pthread_join(follower, NULL);
        (void)pthread_barrier_destroy(&ready);
        assert_int_equal(atomic_load(&failed), 0);

        assert_int_equal(catalog_seal_all(fixture.catalog), 0);
        assert_int_equal(query("SELECT count(*) FROM event"), EVENTS);
        if (has_seals()) {
                assert_int_equal(query("SELECT count(*) FROM unsealed"), 0);
                assert_int_equal(query("SELECT count(DISTINCT event) FROM seal"), EVENTS);
                assert_int_equal(query("SELECT min(seq) FROM seal"), 1);
                assert_int_equal(query("SELECT max(seq) FROM seal"), EVENTS);
                /* Both had something to do, and nothing was counted twice. */
                assert_true(sealed[0] > 0 && sealed[1] > 0);
                assert_true(sealed[0] + sealed[1] <= EVENTS);
        }
        assert_int_equal(catalog_audit_verify(fixture.catalog, &report), 0);
        assert_int_equal(report.fault, AUDIT_WHOLE);
        assert_int_equal(report.entries, EVENTS);

        /* What came after the follower's last look. */
        after = followed.last;
        do {
                before = after;
                assert_int_equal(
                        catalog_list_news(fixture.catalog, &after, 50, take_news, &followed), 0);
        } while (after != before);
        assert_int_equal(followed.n, EVENTS);
        assert_false(followed.out_of_order);
        assert_int_equal(catalog_last_news(fixture.catalog, &after), 0);
        assert_int_equal(after, followed.last);
}

/* ---- whose news ---- */

typedef struct Gateway {
        Store *store;
        Catalog *catalog;
        int64_t seen;
} Gateway;

static void gateway_open(Gateway *gateway, const char *path, const char *name)
{
        const GatewayRow row = {.name = name, .batch = 1, .version = "1", .rules = ""};

        assert_int_equal(store_open(path, &gateway->store), 0);
        assert_int_equal(store_lock_daemon(gateway->store), 0);
        assert_int_equal(catalog_open(gateway->store, &gateway->catalog), 0);
        assert_int_equal(gateway_enter(gateway->catalog, &row, false), 0);
        assert_int_equal(catalog_last_news(gateway->catalog, &gateway->seen), 0);
}

static void gateway_done(Gateway *gateway)
{
        catalog_free(gateway->catalog);
        store_free(gateway->store);
}

static void add(Catalog *catalog, EventKind kind)
{
        EventRow event = {.wall = FIXTURE_EPOCH, .kind = kind};

        assert_int_equal(catalog_begin(catalog, false), 0);
        assert_int_equal(catalog_add_event(catalog, &event), 0);
        assert_int_equal(catalog_commit(catalog), 0);
}

static int note(const EventRow *event, void *userdata)
{
        text_printf(userdata, "%s;", event_kind_to_string(event->kind));
        return 0;
}

static void assert_news(Gateway *gateway, unsigned limit, const char *expected)
{
        _cleanup_text_ Text news = {};

        assert_int_equal(catalog_list_news(gateway->catalog, &gateway->seen, limit, note, &news),
                         0);
        assert_string_equal(news.data ? news.data : "", expected);
}

static void read_key(char key[static SHA256_SIZE])
{
        _cleanup_close_ int fd =
                openat(store_dirfd(fixture.store), AUDIT_KEY_FILE, O_RDONLY | O_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(pread_full(fd, key, SHA256_SIZE, 0), SHA256_SIZE);
}

static void test_each_gateway_hears_of_the_others_and_of_commands(void **state _unused_)
{
        char other[PATH_MAX + 16], key[SHA256_SIZE];
        Gateway a = {}, b = {};

        fixture_needs_server();
        (void)snprintf(other, sizeof(other), "%s/other", fixture.directory);
        read_key(key);
        assert_int_equal(store_attach(other, fixture.store->catalog, NULL, key, sizeof(key)), 0);
        gateway_open(&a, fixture.path, "a");
        gateway_open(&b, other, "b");
        add(a.catalog, EVENT_EXPORTED);
        add(b.catalog, EVENT_BATCH_CLOSED);
        add(fixture.catalog, EVENT_BATCH_REOPENED);
        add(a.catalog, EVENT_BACKED_UP);
        /* Not before they have their numbers. */
        assert_news(&a, 100, "");
        assert_int_equal(catalog_seal(b.catalog), 4);
        assert_int_equal(catalog_seal(a.catalog), 0);
        assert_news(&a, 100, "batch-closed;batch-reopened;");
        assert_news(&a, 100, "");
        /* One at a time it passes by its own. */
        assert_news(&b, 1, "exported;");
        assert_news(&b, 1, "");
        assert_news(&b, 1, "batch-reopened;");
        assert_news(&b, 1, "backed-up;");
        assert_news(&b, 1, "");
        assert_int_equal(a.seen, b.seen);
        gateway_done(&b);
        gateway_done(&a);
}

static void test_a_command_seals_what_it_has_done_and_nothing_else(void **state _unused_)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        _cleanup_(store_freep) Store *command = NULL;

        fixture_needs_server();
        add(fixture.catalog, EVENT_EXPORTED);
        assert_int_equal(store_open(fixture.path, &command), 0);
        assert_int_equal(catalog_open(command, &catalog), 0);
        assert_int_equal(catalog_seal_own(catalog), 0);
        assert_int_equal(query("SELECT count(*) FROM unsealed"), 1);
        add(catalog, EVENT_EXPORTED);
        assert_int_equal(catalog_seal_own(catalog), 0);
        assert_int_equal(query("SELECT count(*) FROM unsealed"), 0);
}

static int begin_with(Catalog *catalog, int64_t point, EventKind kind)
{
        EventRow event = {.wall = FIXTURE_EPOCH, .kind = kind, .point = point};
        int r = catalog_begin_at(catalog, false, point);

        if (r >= 0)
                r = catalog_add_event(catalog, &event);
        return r < 0 ? r : sql_settle(catalog_sql(catalog));
}

static int note_entry(const AuditRow *row, void *userdata)
{
        text_printf(userdata, "%lld %s;", (long long)row->number, row->kind_name);
        return 0;
}

static void test_who_adds_an_event_waits_for_nobody_and_is_numbered_by_the_commit(
        void **state _unused_)
{
        _cleanup_(catalog_freep) Catalog *first = NULL, *second = NULL;
        _cleanup_text_ Text listed = {};
        int64_t points[2];

        fixture_needs_server();
        points[0] = fixture_point("p0");
        points[1] = fixture_point("p1");
        assert_int_equal(gateway_enter(fixture.catalog, &a_gateway, false), 0);
        assert_int_equal(catalog_open(fixture.store, &first), 0);
        assert_int_equal(catalog_take_lane(first), 0);
        assert_int_equal(catalog_open(fixture.store, &second), 0);
        assert_int_equal(catalog_take_lane(second), 0);
        assert_int_equal(begin_with(first, points[0], EVENT_EXPORTED), 0);
        assert_int_equal(begin_with(second, points[1], EVENT_BATCH_CLOSED), 0);
        assert_int_equal(catalog_commit(second), 0);
        assert_int_equal(catalog_seal(fixture.catalog), 1);
        assert_int_equal(catalog_commit(first), 0);
        assert_int_equal(catalog_seal(fixture.catalog), 1);
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 0, note_entry, &listed), 0);
        assert_string_equal(listed.data, "1 batch-closed;2 exported;");
}

#define seal_test(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
        const struct CMUnitTest tests[] = {
                seal_test(test_many_seal_what_many_write_and_who_follows_misses_none),
                seal_test(test_each_gateway_hears_of_the_others_and_of_commands),
                seal_test(test_who_adds_an_event_waits_for_nobody_and_is_numbered_by_the_commit),
                seal_test(test_a_command_seals_what_it_has_done_and_nothing_else),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
