/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <store/catalog-internal.h>

#include <idphoto/audit.h>
#include <idphoto/gateway.h>
#include <idphoto/judge.h>
#include <idphoto/receive.h>

/* Gateways of one store, as far as rows tell. Each machine is a directory and a connection here. */

typedef struct Machine {
        char path[PATH_MAX + 16];
        Store *store;
        Catalog *catalog;
        const char *name;
} Machine;

static char url[PATH_MAX];
static Machine a = {.name = "a"}, b = {.name = "b"};

static int enter(Machine *m, bool alone)
{
        return gateway_enter(
                m->catalog,
                &(GatewayRow){.name = m->name, .batch = fixture.batch, .version = "1", .rules = ""},
                alone);
}

static void attach(Machine *m)
{
        char key_path[PATH_MAX + 32];
        uint8_t key[SHA256_SIZE];
        int fd;

        (void)snprintf(key_path, sizeof(key_path), "%s/audit.key", fixture.path);
        fd = open(key_path, O_RDONLY | O_CLOEXEC);
        assert_int_equal(pread_full(fd, key, sizeof(key), 0), sizeof(key));
        assert_int_equal(close(fd), 0);
        (void)snprintf(m->path, sizeof(m->path), "%s/%s", fixture.directory, m->name);
        assert_int_equal(store_attach(m->path, url, NULL, key, sizeof(key)), 0);
        assert_int_equal(store_open(m->path, &m->store), 0);
        assert_int_equal(catalog_open(m->store, &m->catalog), 0);
}

static void detach(Machine *m)
{
        catalog_free(TAKE_PTR(m->catalog));
        store_free(TAKE_PTR(m->store));
        (void)nftw(m->path, fixture_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int open_machines(void **state _unused_)
{
        if (!getenv("IDPHOTO_TEST_CATALOG"))
                return 0;
        attach(&a);
        attach(&b);
        return 0;
}

static int close_machines(void **state _unused_)
{
        if (a.store) {
                assert_int_equal(catalog_execute(fixture.catalog, "DELETE FROM gateway"), 0);
                detach(&a);
                detach(&b);
        }
        return 0;
}

static int open_store(void **state _unused_)
{
        StoreInit init = {
                .language = LANGUAGE_EN, .batch = "202601", .catalog = fixture_catalog(url)};

        fixture_make_path(fixture.directory);
        (void)snprintf(fixture.path, sizeof(fixture.path), "%s/store", fixture.directory);
        if (store_create(fixture.path, &init) < 0 || store_open(fixture.path, &fixture.store) < 0 ||
            catalog_open(fixture.store, &fixture.catalog) < 0)
                return -1;
        return catalog_find_batch(fixture.catalog, init.batch, &fixture.batch) > 0 ? 0 : -1;
}

/* Nothing was heard of it for as long as a lease lasts. */
static void expire(const Machine *m)
{
        char text[128];

        (void)snprintf(text, sizeof(text), "UPDATE gateway SET until = 0 WHERE id = %lld",
                       (long long)store_gateway(m->store));
        assert_int_equal(catalog_execute(fixture.catalog, text), 0);
}

static int count(const char *question)
{
        int64_t n = -1;

        assert_int_equal(catalog_query_integer(fixture.catalog, question, &n), 0);
        return (int)n;
}

/* An upload of that machine. kept: its client has closed it. */
static int64_t add_upload(Machine *m, const char *name, bool kept)
{
        SubmissionRow row = {.batch = fixture.batch,
                             .point = fixture.point,
                             .name = (char *)name,
                             .mtime = 1,
                             .created = 1};
        ReceivedVersion version = {.size = 5};
        int64_t id;

        assert_int_equal(blob_put(m->store, "bytes", 5, &version.original), 0);
        assert_int_equal(catalog_begin_at(m->catalog, true, fixture.point), 0);
        assert_int_equal(receive_create(m->catalog, &row, &id), 0);
        if (kept)
                assert_int_equal(receive_keep(m->catalog, id, 0, &version, 2), 0);
        assert_int_equal(catalog_commit(m->catalog), 0);
        return id;
}

static int keep(Machine *m, int64_t id, int64_t generation)
{
        ReceivedVersion version = {.size = 4};
        int r;

        assert_int_equal(blob_put(m->store, "more", 4, &version.original), 0);
        r = catalog_begin_at(m->catalog, true, fixture.point);
        if (r >= 0)
                r = receive_keep(m->catalog, id, generation, &version, 3);
        if (r >= 0)
                return catalog_commit(m->catalog);
        catalog_rollback(m->catalog);
        return r;
}

static int take(Machine *m, int64_t id)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        assert_int_equal(catalog_get_submission(m->catalog, id, &row), 1);
        assert_int_equal(catalog_begin_at(m->catalog, false, fixture.point), 0);
        r = receive_take(m->catalog, &row);
        assert_int_equal(catalog_commit(m->catalog), 0);
        return r;
}

static int note_id(int64_t id, void *userdata)
{
        *(int64_t *)userdata = id;
        return 0;
}

static void both_enter(void)
{
        assert_int_equal(enter(&a, false), 0);
        assert_int_equal(enter(&b, false), 0);
        assert_int_equal(catalog_take_lane(a.catalog), 0);
        assert_int_equal(catalog_take_lane(b.catalog), 0);
        if (fixture.point == 0) {
                assert_int_equal(catalog_begin(fixture.catalog, false), 0);
                assert_int_equal(catalog_add_point(fixture.catalog,
                                                   &(PointRow){.name = (char *)FIXTURE_POINT,
                                                               .uid = FIXTURE_UID,
                                                               .gid = FIXTURE_GID,
                                                               .mode = 0770,
                                                               .created = 1},
                                                   &fixture.point),
                                 0);
                assert_int_equal(catalog_commit(fixture.catalog), 0);
        }
}

static void test_names_are_unique_among_those_that_live(void **state _unused_)
{
        fixture_needs_server();
        assert_int_equal(enter(&a, false), 0);
        b.name = "a";
        assert_int_equal(enter(&b, false), -EADDRINUSE);
        expire(&a);
        assert_int_equal(enter(&b, false), 0);
        b.name = "b";
}

static void test_whose_blobs_are_its_own_must_be_alone(void **state _unused_)
{
        fixture_needs_server();
        assert_int_equal(enter(&a, true), 0);
        assert_int_equal(enter(&b, true), -EALREADY);
        assert_int_equal(gateway_leave(a.catalog), 0);
        assert_int_equal(enter(&b, true), 0);
}

static void test_who_comes_again_goes_on_as_the_same(void **state _unused_)
{
        int64_t id, before;

        fixture_needs_server();
        both_enter();
        before = store_gateway(a.store);
        id = add_upload(&a, "219999199001010016.jpg", true);
        assert_int_equal(enter(&a, false), 0);
        assert_int_equal(store_gateway(a.store), before);
        /* Its connection of before has lost its lane. */
        assert_int_equal(keep(&a, id, 0), -EIO);
        assert_int_equal(catalog_take_lane(a.catalog), 0);
        assert_int_equal(keep(&a, id, 0), 0);
}

/* What a daemon sent before it was killed is done when the server comes to it. */
static void test_what_a_dead_one_asked_for_late_changes_nothing(void **state _unused_)
{
        Machine next = {.name = "a"};
        int64_t now, entered = 0;

        fixture_needs_server();
        assert_int_equal(enter(&a, false), 0);
        assert_int_equal(store_open(a.path, &next.store), 0);
        assert_int_equal(catalog_open(next.store, &next.catalog), 0);
        assert_int_equal(enter(&next, false), 0);
        assert_int_equal(gateway_leave(a.catalog), 0);
        assert_int_equal(gateway_beat(next.catalog, &now), 1);
        assert_int_equal(catalog_one(fixture.catalog,
                                     "SELECT e.entered FROM gateway AS g, gateway_enter(g.name,"
                                     " g.place, g.batch, '1', '', 0, 0, 1, g.since - 1) AS e",
                                     NO_VALUES, read_integer, &entered),
                         1);
        assert_int_equal(entered, -3);
        assert_int_equal(gateway_leave(next.catalog), 0);
        assert_int_equal(gateway_beat(next.catalog, &now), 0);
        catalog_free(next.catalog);
        store_free(next.store);
}

static void test_a_lease_that_is_late_is_renewed_until_somebody_takes_over(void **state _unused_)
{
        int64_t n;

        fixture_needs_server();
        both_enter();
        expire(&a);
        assert_int_equal(gateway_beat(a.catalog, &n), 1);
        assert_int_equal(gateway_take_over(b.catalog, &n), 0);
        expire(&a);
        assert_int_equal(gateway_take_over(b.catalog, &n), 1);
        assert_int_equal(gateway_beat(a.catalog, &n), 0);
        assert_int_equal(gateway_take_over(b.catalog, &n), 0);
}

static void test_who_was_taken_over_from_changes_nothing_more(void **state _unused_)
{
        int64_t id, n;

        fixture_needs_server();
        both_enter();
        id = add_upload(&a, "219999199001010016.jpg", true);
        expire(&a);
        assert_int_equal(gateway_take_over(b.catalog, &n), 1);
        assert_true(n >= 1);
        assert_true(keep(&a, id, 0) < 0);
        assert_int_equal(keep(&b, id, 1), 0);
        /* As a new one it may write again, but not to what it had, though it should get it back. */
        assert_int_equal(enter(&a, false), 0);
        assert_int_equal(keep(&a, id, 1), -ESTALE);
        expire(&b);
        assert_int_equal(gateway_take_over(a.catalog, &n), 1);
        assert_int_equal(keep(&a, id, 0), -ESTALE);
        assert_int_equal(keep(&a, id, 2), 0);
        (void)add_upload(&a, "219999199001010024.jpg", true);
}

static void test_an_upload_is_taken_by_whoever_its_client_comes_to(void **state _unused_)
{
        int64_t id;

        fixture_needs_server();
        both_enter();
        id = add_upload(&a, "219999199001010016.jpg", true);
        assert_int_equal(take(&b, id), 0);
        assert_int_equal(keep(&a, id, 0), -ESTALE);
        assert_int_equal(keep(&b, id, 0), -ESTALE);
        assert_int_equal(keep(&b, id, 1), 0);
}

static void test_what_is_nobodys_is_claimed_once(void **state _unused_)
{
        int64_t id, mine = 0, theirs = 0;

        fixture_needs_server();
        both_enter();
        id = add_upload(&a, "219999199001010016.jpg", true);
        assert_int_equal(catalog_begin_at(a.catalog, false, fixture.point), 0);
        assert_int_equal(catalog_give_upload(a.catalog, id, 0), 1);
        assert_int_equal(catalog_commit(a.catalog), 0);
        assert_int_equal(catalog_claim_uploads(b.catalog, fixture.batch, 8, note_id, &theirs), 0);
        assert_int_equal(catalog_claim_uploads(a.catalog, fixture.batch, 8, note_id, &mine), 0);
        assert_int_equal(theirs, id);
        assert_int_equal(mine, 0);
        assert_int_equal(keep(&a, id, 0), -ESTALE);
        assert_int_equal(keep(&b, id, 0), 0);
}

static void test_who_was_given_up_claims_nothing(void **state _unused_)
{
        int64_t id, n, got = 0;

        fixture_needs_server();
        both_enter();
        id = add_upload(&b, "219999199001010016.jpg", true);
        assert_int_equal(catalog_begin_at(b.catalog, false, fixture.point), 0);
        assert_int_equal(catalog_give_upload(b.catalog, id, 0), 1);
        assert_int_equal(catalog_commit(b.catalog), 0);
        expire(&a);
        assert_int_equal(gateway_take_over(b.catalog, &n), 1);
        assert_int_equal(catalog_claim_uploads(a.catalog, fixture.batch, 8, note_id, &got), 0);
        assert_int_equal(got, 0);
        assert_int_equal(count("SELECT count(*) FROM submission WHERE owner = 0 AND state < 4"), 1);
        assert_int_equal(catalog_claim_uploads(b.catalog, fixture.batch, 8, note_id, &got), 0);
        assert_int_equal(got, id);
}

static void test_who_has_nothing_to_claim_writes_nothing(void **state _unused_)
{
        Catalog *reader;
        int64_t id, got = 0;

        fixture_needs_server();
        both_enter();
        id = add_upload(&a, "219999199001010016.jpg", true);
        assert_int_equal(catalog_open_reader(a.store, &reader), 0);
        assert_int_equal(catalog_claim_uploads(reader, fixture.batch, 8, note_id, &got), 0);
        assert_int_equal(catalog_begin_at(a.catalog, false, fixture.point), 0);
        assert_int_equal(catalog_give_upload(a.catalog, id, 0), 1);
        assert_int_equal(catalog_commit(a.catalog), 0);
        assert_true(catalog_claim_uploads(reader, fixture.batch, 8, note_id, &got) < 0);
        /* As while its renewal is held back. */
        expire(&a);
        assert_int_equal(catalog_claim_uploads(reader, fixture.batch, 8, note_id, &got), 0);
        assert_int_equal(got, 0);
        catalog_free(reader);
}

static void test_who_leaves_leaves_what_was_closed(void **state _unused_)
{
        int64_t kept, open, got = 0;

        fixture_needs_server();
        both_enter();
        kept = add_upload(&a, "219999199001010016.jpg", true);
        open = add_upload(&a, "219999199001010024.jpg", false);
        assert_int_not_equal(kept, open);
        assert_int_equal(gateway_leave(a.catalog), 0);
        assert_int_equal(catalog_claim_uploads(b.catalog, fixture.batch, 8, note_id, &got), 0);
        assert_int_equal(got, kept);
        assert_true(keep(&a, open, 0) < 0);
}

/* A photo that passed, of that student: recorded, and not committed yet. */
static int64_t record(Machine *m, int64_t point, const char *number)
{
        char name[64];
        SubmissionRow row = {
                .batch = fixture.batch, .point = point, .name = name, .mtime = 1, .created = 1};
        Judgement judgement = {.has_photo = true, .size = 7, .photo_size = 5};
        int64_t id;

        (void)snprintf(name, sizeof(name), "%s.jpg", number);
        (void)snprintf(judgement.identity.number.text, sizeof(judgement.identity.number.text), "%s",
                       number);
        assert_int_equal(blob_put(m->store, "picture", 7, &judgement.original), 0);
        assert_int_equal(blob_put(m->store, "photo", 5, &judgement.photo), 0);
        assert_int_equal(catalog_begin_at(m->catalog, true, point), 0);
        assert_int_equal(receive_create(m->catalog, &row, &id), 0);
        assert_int_equal(receive_verdict(m->catalog, id, &judgement, 1, 1), 0);
        return id;
}

static bool is_shown(Machine *m, int64_t point, int64_t id)
{
        _cleanup_target_ JudgeTarget target = {};

        assert_int_equal(catalog_begin_at(m->catalog, false, point), 0);
        assert_int_equal(judge_apply(m->catalog, id, 0, 2, &target), 0);
        assert_int_equal(catalog_commit(m->catalog), 0);
        return !target.rejected;
}

static void test_of_the_same_picture_at_two_points_at_once_the_earlier_counts(void **state _unused_)
{
        int64_t other = 0, first, second;

        fixture_needs_server();
        both_enter();
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(
                catalog_add_point(fixture.catalog,
                                  &(PointRow){.name = (char *)"other", .mode = 0770, .created = 1},
                                  &other),
                0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        /* Neither waits for the other, and neither sees it. */
        first = record(&a, fixture.point, FIXTURE_ID);
        second = record(&b, other, FIXTURE_ID_2);
        assert_int_equal(catalog_commit(a.catalog), 0);
        assert_int_equal(catalog_commit(b.catalog), 0);
        assert_false(is_shown(&b, other, second));
        assert_true(is_shown(&a, fixture.point, first));
}

static void test_a_chore_is_one_gateway_s(void **state _unused_)
{
        int64_t now;

        fixture_needs_server();
        assert_int_equal(enter(&a, false), 0);
        assert_int_equal(enter(&b, false), 0);
        assert_int_equal(gateway_take_chore(a.catalog, "sweeping", 60), 1);
        assert_int_equal(gateway_take_chore(b.catalog, "sweeping", 60), 0);
        assert_int_equal(gateway_take_chore(b.catalog, "dusting", 60), 1);
        assert_int_equal(gateway_take_chore(a.catalog, "sweeping", 60), 1);
        /* Nothing is heard of it any more. */
        expire(&a);
        assert_int_equal(gateway_take_chore(b.catalog, "sweeping", 60), 1);
        assert_int_equal(gateway_beat(a.catalog, &now), 1);
        assert_int_equal(gateway_take_chore(a.catalog, "sweeping", 60), 0);
        assert_int_equal(gateway_leave(b.catalog), 0);
        assert_int_equal(gateway_take_chore(a.catalog, "sweeping", 0), 1);
        assert_int_equal(enter(&b, false), 0);
        /* Its time is over. */
        assert_int_equal(gateway_take_chore(b.catalog, "sweeping", 60), 1);
        assert_int_equal(gateway_take_chore(a.catalog, "sweeping", 60), 0);
        assert_int_equal(gateway_leave(a.catalog), 0);
        assert_int_equal(gateway_leave(b.catalog), 0);
}

static int forget_uploads(void **state)
{
        if (a.store)
                assert_int_equal(catalog_execute(fixture.catalog,
                                                 "DELETE FROM photo; DELETE FROM submission"),
                                 0);
        return close_machines(state);
}

int main(void)
{
#define gateway_test(name) cmocka_unit_test_setup_teardown(name, open_machines, forget_uploads)
        const struct CMUnitTest tests[] = {
                gateway_test(test_names_are_unique_among_those_that_live),
                gateway_test(test_whose_blobs_are_its_own_must_be_alone),
                gateway_test(test_who_comes_again_goes_on_as_the_same),
                gateway_test(test_what_a_dead_one_asked_for_late_changes_nothing),
                gateway_test(test_a_lease_that_is_late_is_renewed_until_somebody_takes_over),
                gateway_test(test_who_was_taken_over_from_changes_nothing_more),
                gateway_test(test_an_upload_is_taken_by_whoever_its_client_comes_to),
                gateway_test(test_what_is_nobodys_is_claimed_once),
                gateway_test(test_who_was_given_up_claims_nothing),
                gateway_test(test_who_has_nothing_to_claim_writes_nothing),
                gateway_test(test_who_leaves_leaves_what_was_closed),
                gateway_test(test_a_chore_is_one_gateway_s),
                gateway_test(test_of_the_same_picture_at_two_points_at_once_the_earlier_counts),
        };

        return cmocka_run_group_tests(tests, open_store, fixture_close);
}
