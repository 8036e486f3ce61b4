/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/standing.h>
#include <idphoto/storecheck.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <store/catalog-internal.h>
#include <time.h>

/* A store that is damaged in every way, and what the check says and does. */

static Text seen;

static int note(const StoreProblem *problem, void *userdata _unused_)
{
        text_printf(&seen, "%s%s;", store_fault_to_string(problem->fault),
                    problem->repaired ? "+" : "");
        return 0;
}

static const char *check(bool repair)
{
        StoreCheck options = {.repair = repair, .now = FIXTURE_EPOCH, .problem = note};

        text_done(&seen);
        seen = (Text){};
        assert_int_equal(store_check(fixture.store, fixture.catalog, &options), 0);
        return seen.data ? seen.data : "";
}

static void put(const char *bytes)
{
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, bytes, strlen(bytes), &hash), 0);
}

static void path_of(const char *bytes, char path[static PATH_MAX + 128])
{
        Sha256 hash = fixture_hash(bytes);
        char hex[SHA256_HEX_SIZE];

        (void)sha256_to_hex(&hash, hex);
        (void)snprintf(path, PATH_MAX + 128, "%s/blobs/%.2s/%s", fixture.path, hex, hex + 2);
}

static void lose(const char *bytes)
{
        char path[PATH_MAX + 128];

        path_of(bytes, path);
        assert_int_equal(unlink(path), 0);
}

static void spoil(const char *bytes)
{
        char path[PATH_MAX + 128];
        FILE *f;

        path_of(bytes, path);
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fputs("something else", f) < 0, 0);
        assert_int_equal(fclose(f), 0);
}

static bool there(const char *bytes)
{
        char path[PATH_MAX + 128];

        path_of(bytes, path);
        return access(path, F_OK) == 0;
}

static void run(const char *sql)
{
        assert_int_equal(catalog_execute(fixture.catalog, sql), 0);
}

/* One accepted and one rejected submission, with their blobs. */
static int setup(void **state)
{
        if (fixture_open(state) < 0 || fixture_begin(state) < 0)
                return -1;
        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        (void)fixture_rejected("b.jpg", REASON_BLUR);
        put("a.jpg");
        put("b.jpg");
        put("photo");
        return catalog_commit(fixture.catalog);
}

static int teardown(void **state)
{
        text_done(&seen);
        seen = (Text){};
        return fixture_close(state);
}

static void test_a_good_store_has_no_problem(void **state _unused_)
{
        assert_string_equal(check(false), "");
        assert_string_equal(check(true), "");
}

static void test_a_lost_or_damaged_original_stays_a_problem(void **state _unused_)
{
        lose("b.jpg");
        spoil("a.jpg");
        assert_string_equal(check(true), "original-changed;original-missing;");
        assert_string_equal(check(false), "original-changed;original-missing;");
}

static void assert_judged_again(void)
{
        _cleanup_student_ StudentRow student = {};

        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &student),
                         1);
        assert_int_equal(student.photo, 0);
        assert_int_equal(student.state, REVIEW_MISSING);
        assert_int_equal(fixture_state(1), SUBMISSION_RECEIVED);
        assert_string_equal(check(false), "");
}

static void test_a_lost_photo_is_made_again_from_its_original(void **state _unused_)
{
        lose("photo");
        assert_string_equal(check(false), "photo-missing;");
        assert_string_equal(check(true), "photo-missing+;");
        assert_judged_again();
}

static void test_a_damaged_photo_makes_way_for_a_good_one(void **state _unused_)
{
        spoil("photo");
        assert_string_equal(check(true), "photo-changed+;");
        assert_false(there("photo"));
        assert_judged_again();
}

static void test_a_lost_photo_of_a_lost_original_stays_lost(void **state _unused_)
{
        lose("photo");
        lose("a.jpg");
        assert_string_equal(check(true), "original-missing;photo-missing;");
        assert_int_equal(fixture_state(1), SUBMISSION_ACCEPTED);
}

static void test_a_lost_photo_waits_while_a_daemon_runs(void **state _unused_)
{
        Store *daemon = NULL;

        lose("photo");
        assert_int_equal(store_open(fixture.path, &daemon), 0);
        assert_int_equal(store_lock_daemon(daemon), 0);
        assert_string_equal(check(true), "photo-missing;");
        store_free(daemon);
        assert_string_equal(check(true), "photo-missing+;");
}

static void test_what_no_row_names_is_removed(void **state _unused_)
{
        int fd;

        put("orphan");
        fd = staging_create(fixture.store, 4711);
        assert_true(fd >= 0);
        (void)safe_close(fd);
        assert_string_equal(check(false), "orphan;staging;");
        assert_true(there("orphan"));
        assert_string_equal(check(true), "orphan+;staging+;");
        assert_false(there("orphan"));
        assert_true(there("photo"));
        assert_string_equal(check(false), "");
}

static void test_beside_a_daemon_a_young_orphan_is_none(void **state _unused_)
{
        StoreCheck options = {.repair = true, .problem = note};
        Store *daemon = NULL;
        struct timespec now;

        put("orphan");
        (void)clock_gettime(CLOCK_REALTIME, &now);
        assert_int_equal(store_open(fixture.path, &daemon), 0);
        assert_int_equal(store_lock_daemon(daemon), 0);
        options.now = (int64_t)(now.tv_sec + 1800) * NSEC_PER_SEC;
        assert_int_equal(store_check(fixture.store, fixture.catalog, &options), 0);
        assert_true(there("orphan"));
        options.now = (int64_t)(now.tv_sec + 4000) * NSEC_PER_SEC;
        assert_int_equal(store_check(fixture.store, fixture.catalog, &options), 0);
        assert_false(there("orphan"));
        store_free(daemon);
}

static void test_wrong_counters_are_counted_again(void **state _unused_)
{
        PointCounts before, after;

        assert_int_equal(
                catalog_counts(fixture.catalog, (Where){fixture.batch, fixture.point}, &before), 0);
        run("UPDATE tally SET n = n + 3");
        assert_string_equal(check(false), "counts;");
        assert_string_equal(check(true), "counts+;");
        assert_int_equal(
                catalog_counts(fixture.catalog, (Where){fixture.batch, fixture.point}, &after), 0);
        assert_memory_equal(&before, &after, sizeof(before));
        run("DELETE FROM tally WHERE kind = 2");
        assert_string_equal(check(true), "counts+;");
        assert_string_equal(check(false), "");
}

static void test_whose_photo_is_warned_is_found_again(void **state _unused_)
{
        run("UPDATE student SET warned = 1");
        assert_string_equal(check(false), "counts;");
        assert_string_equal(check(true), "counts+;");
        assert_string_equal(check(false), "");
}

static void test_a_student_gets_their_own_photo_back(void **state _unused_)
{
        run("UPDATE photo SET current = 0");
        assert_string_equal(check(true), "student+;");
        assert_string_equal(check(false), "");
        run("UPDATE student SET photo = 99");
        assert_string_equal(check(true), "student+;");
        assert_string_equal(check(false), "");
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_MISSING);
}

static void test_a_row_that_names_nothing_is_told(void **state _unused_)
{
        fixture_needs_sqlite();
        run("PRAGMA foreign_keys = OFF; UPDATE photo SET submission = 99;"
            "PRAGMA foreign_keys = ON");
        assert_non_null(strstr(check(true), "reference;"));
}

#define each(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                each(test_a_good_store_has_no_problem),
                each(test_a_lost_or_damaged_original_stays_a_problem),
                each(test_a_lost_photo_is_made_again_from_its_original),
                each(test_a_damaged_photo_makes_way_for_a_good_one),
                each(test_a_lost_photo_of_a_lost_original_stays_lost),
                each(test_a_lost_photo_waits_while_a_daemon_runs),
                each(test_what_no_row_names_is_removed),
                each(test_beside_a_daemon_a_young_orphan_is_none),
                each(test_wrong_counters_are_counted_again),
                each(test_whose_photo_is_warned_is_found_again),
                each(test_a_student_gets_their_own_photo_back),
                each(test_a_row_that_names_nothing_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
