/* SPDX-License-Identifier: MIT */
#include "fsfixture.h"

#include <idphoto/submission.h>

#include <live/lease.h>
#include <live/upload-table.h>

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { POINT = 7, OTHER = 8 };

typedef struct Change {
        int64_t point;
        atomic_bool done;
        pthread_t thread;
} Change;

static int nothing(Catalog *catalog, void *userdata _unused_)
{
        return catalog_count_sync(catalog);
}

static void *change(void *userdata)
{
        Change *c = userdata;

        assert_int_equal(
                lease_run(fixture_world.leases, fixture_world.writer, c->point, nothing, NULL, 0),
                0);
        c->done = true;
        return NULL;
}

static void change_start(Change *c, int64_t point)
{
        c->point = point;
        c->done = false;
        assert_int_equal(pthread_create(&c->thread, NULL, change, c), 0);
}

static int open_world(void **state)
{
        int r;

        fixture_lease_clock = clock_system();
        if (fixture_open(state) < 0 || fixture_fs_open(state) < 0)
                return -1;
        /* The writer needs the database for itself. */
        catalog_rollback(fixture.catalog);
        r = writer_new(fixture.store, &fixture_world.writer);
        fixture_world.intake.writer = fixture_world.writer;
        return r;
}

static int close_world(void **state)
{
        writer_free(TAKE_PTR(fixture_world.writer));
        (void)catalog_begin(fixture.catalog, false);
        (void)fixture_fs_close(state);
        return fixture_close(state);
}

/* A whole listing. */
static void lend(int64_t point)
{
        assert_true(lease_begin(fixture_world.leases, point));
        lease_sent(fixture_world.leases, point, LEASE_SECONDS);
        lease_end(fixture_world.leases, point, LEASE_SECONDS);
}

static void test_a_change_waits_for_a_listing(void **state _unused_)
{
        Change c;

        assert_true(lease_begin(fixture_world.leases, POINT));
        change_start(&c, POINT);
        (void)usleep(100000);
        assert_false(c.done);
        lease_sent(fixture_world.leases, POINT, LEASE_SECONDS);
        (void)usleep(100000);
        assert_false(c.done);
        lease_end(fixture_world.leases, POINT, LEASE_SECONDS);
        assert_int_equal(pthread_join(c.thread, NULL), 0);
        assert_true(c.done);
}

static void test_a_change_waits_until_the_kernel_has_forgotten(void **state _unused_)
{
        int64_t ended;
        Change c;

        lend(POINT);
        ended = clock_monotonic_nsec(clock_system());
        change_start(&c, POINT);
        assert_int_equal(pthread_join(c.thread, NULL), 0);
        assert_true(clock_monotonic_nsec(clock_system()) - ended >=
                    (int64_t)(LEASE_SECONDS * NSEC_PER_SEC));
}

/* It would hang. */
static void test_a_client_that_takes_nothing_is_not_waited_for_for_ever(void **state _unused_)
{
        Change c;

        assert_true(lease_begin(fixture_world.leases, POINT));
        lease_sent(fixture_world.leases, POINT, LEASE_SECONDS);
        change_start(&c, POINT);
        assert_int_equal(pthread_join(c.thread, NULL), 0);
        lease_end(fixture_world.leases, POINT, LEASE_SECONDS);
        change_start(&c, POINT);
        assert_int_equal(pthread_join(c.thread, NULL), 0);
}

static void test_nothing_is_lent_when_something_changes(void **state _unused_)
{
        lease_announce(fixture_world.leases, POINT);
        assert_false(lease_begin(fixture_world.leases, POINT));
        assert_false(lease_begin(fixture_world.leases, LEASE_OFFICE));
        /* Another point is quiet. */
        lend(OTHER);
}

static void test_nothing_is_lent_while_an_upload_is_on_its_way(void **state _unused_)
{
        lease_hold(fixture_world.leases, POINT);
        lease_hold(fixture_world.leases, POINT);
        assert_false(lease_begin(fixture_world.leases, POINT));
        assert_false(lease_begin(fixture_world.leases, LEASE_OFFICE));
        lend(OTHER);
        lease_let_go(fixture_world.leases, POINT);
        assert_false(lease_begin(fixture_world.leases, POINT));
        lease_let_go(fixture_world.leases, POINT);
        lend(POINT);
        lend(LEASE_OFFICE);
}

static void test_a_change_waits_for_a_listing_of_the_office(void **state _unused_)
{
        Change c;

        assert_true(lease_begin(fixture_world.leases, LEASE_OFFICE));
        change_start(&c, POINT);
        (void)usleep(100000);
        assert_false(c.done);
        lease_sent(fixture_world.leases, LEASE_OFFICE, LEASE_SECONDS);
        lease_end(fixture_world.leases, LEASE_OFFICE, LEASE_SECONDS);
        assert_int_equal(pthread_join(c.thread, NULL), 0);
}

static void test_listings_at_once_are_all_waited_for(void **state _unused_)
{
        Change c;

        assert_true(lease_begin(fixture_world.leases, POINT));
        assert_true(lease_begin(fixture_world.leases, POINT));
        change_start(&c, POINT);
        lease_sent(fixture_world.leases, POINT, LEASE_SECONDS);
        lease_end(fixture_world.leases, POINT, LEASE_SECONDS);
        (void)usleep(500000);
        assert_false(c.done);
        lease_sent(fixture_world.leases, POINT, LEASE_SECONDS);
        lease_end(fixture_world.leases, POINT, LEASE_SECONDS);
        assert_int_equal(pthread_join(c.thread, NULL), 0);
}

static double seconds_for_a_change(int64_t point)
{
        int64_t began = clock_monotonic_nsec(clock_system());
        Change c;

        change_start(&c, point);
        assert_int_equal(pthread_join(c.thread, NULL), 0);
        return (double)(clock_monotonic_nsec(clock_system()) - began) / NSEC_PER_SEC;
}

/* Begins a listing every few milliseconds, takes one step of it and never another. */
static void *list_without_end(void *userdata)
{
        const atomic_bool *stop = userdata;

        while (!*stop) {
                if (lease_begin(fixture_world.leases, POINT))
                        lease_sent(fixture_world.leases, POINT, LEASE_SECONDS);
                (void)usleep(5000);
        }
        return NULL;
}

static void test_a_change_waits_for_what_is_lent_and_not_for_what_comes(void **state _unused_)
{
        atomic_bool stop = false;
        pthread_t lister;

        assert_int_equal(pthread_create(&lister, NULL, list_without_end, &stop), 0);
        for (int i = 0; i < 3; i++) {
                (void)usleep(400000);
                assert_true(seconds_for_a_change(POINT) < 2 * LEASE_SECONDS + 0.5);
        }
        stop = true;
        assert_int_equal(pthread_join(lister, NULL), 0);
}

/* Each has a thread that others want. */
static void test_many_changes_that_wait_end_the_lending_for_a_while(void **state _unused_)
{
        Change changes[6];

        lend(POINT);
        for (size_t i = 0; i < ELEMENTSOF(changes); i++)
                change_start(&changes[i], POINT);
        for (size_t i = 0; i < ELEMENTSOF(changes); i++)
                assert_int_equal(pthread_join(changes[i].thread, NULL), 0);
        (void)usleep(500000);
        assert_false(lease_begin(fixture_world.leases, POINT));
        lend(OTHER);
}

static void *apply(void *userdata)
{
        _cleanup_target_ JudgeTarget target = {};

        /* Nothing was judged in truth: it ends in an error behind the wait. */
        assert_true(upload_apply(&fixture_world.intake, *(const int64_t *)userdata, &target) < 0);
        return NULL;
}

/* A listing that has begun before the upload came may still meet it. It would hang. */
static void test_a_verdict_that_waits_does_not_keep_a_listing_from_the_upload(void **state _unused_)
{
        SubmissionRow row = {.id = 99, .point = POINT, .name = (char *)"a.jpg", .size = 5};
        _cleanup_upload_ UploadRef ref = {fixture_world.uploads, NULL};
        UploadAttributes attributes;
        pthread_t thread;

        assert_true(lease_begin(fixture_world.leases, POINT));
        assert_int_equal(upload_table_add(fixture_world.uploads, &row, UPLOAD_JUDGED, &ref.upload),
                         1);
        assert_int_equal(pthread_mutex_unlock(&ref.upload->turn), 0);
        assert_int_equal(pthread_create(&thread, NULL, apply, &row.id), 0);
        (void)usleep(100000);
        upload_attributes(ref.upload, &attributes);
        assert_int_equal(attributes.size, 5);
        lease_sent(fixture_world.leases, POINT, LEASE_SECONDS);
        lease_end(fixture_world.leases, POINT, LEASE_SECONDS);
        assert_int_equal(pthread_join(thread, NULL), 0);
}

static void test_lent_names(void **state _unused_)
{
        Entry photo = {.node = {.kind = NODE_PHOTO, .id = 1}};
        Entry upload = {.node = {.kind = NODE_UPLOAD, .id = 1}};
        Entry status = {.node = {.kind = NODE_STATUS, .id = 1}};
        Entry ghost = {.node = {.kind = NODE_REASON, .id = 1}, .ghost = true};

        assert_true(tree_name_timeout(&photo, 1) > 0);
        assert_true(tree_name_timeout(&photo, 0) == 0);
        assert_true(tree_name_timeout(&upload, 1) == 0);
        assert_true(tree_attributes_timeout(upload.node, 1) == 0);
        assert_true(tree_name_timeout(&status, 1) == 0);
        assert_true(tree_name_timeout(&ghost, 1) == 0);
}

static void test_a_point_is_looked_at_until_all_of_it_is_forgotten(void **state _unused_)
{
        Leases *leases = fixture_world.leases;

        assert_true(lease_is_looked_at(leases, POINT));
        lease_count(leases);
        assert_false(lease_is_looked_at(leases, POINT));
        lease_told(leases, POINT, true);
        lease_told(leases, POINT, false);
        assert_true(lease_is_looked_at(leases, POINT));
        assert_false(lease_is_looked_at(leases, OTHER));
        assert_false(lease_is_looked_at(leases, LEASE_OFFICE));
        lease_forgotten(leases, POINT, 1);
        assert_true(lease_is_looked_at(leases, POINT));
        lease_forgotten(leases, POINT, 1);
        assert_false(lease_is_looked_at(leases, POINT));
}

static void test_a_point_that_is_only_listed_is_not_looked_at(void **state _unused_)
{
        Leases *leases = fixture_world.leases;

        lease_count(leases);
        lease_told(leases, POINT, false);
        assert_false(lease_is_looked_at(leases, POINT));
        lease_told(leases, POINT, true);
        lease_forgotten(leases, POINT, 1);
        assert_true(lease_is_looked_at(leases, POINT));
}

#define lease_test(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
        const struct CMUnitTest tests[] = {
                lease_test(test_a_change_waits_for_a_listing),
                lease_test(test_a_change_waits_until_the_kernel_has_forgotten),
                lease_test(test_a_client_that_takes_nothing_is_not_waited_for_for_ever),
                lease_test(test_nothing_is_lent_when_something_changes),
                lease_test(test_nothing_is_lent_while_an_upload_is_on_its_way),
                lease_test(test_a_change_waits_for_a_listing_of_the_office),
                lease_test(test_listings_at_once_are_all_waited_for),
                lease_test(test_a_change_waits_for_what_is_lent_and_not_for_what_comes),
                lease_test(test_many_changes_that_wait_end_the_lending_for_a_while),
                lease_test(test_a_verdict_that_waits_does_not_keep_a_listing_from_the_upload),
                lease_test(test_lent_names),
                lease_test(test_a_point_is_looked_at_until_all_of_it_is_forgotten),
                lease_test(test_a_point_that_is_only_listed_is_not_looked_at),
        };

        return cmocka_run_group_tests_name("lease", tests, NULL, NULL);
}
