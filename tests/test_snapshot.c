/* SPDX-License-Identifier: MIT */
#include "fsfixture.h"

static Snapshot *current(int64_t point)
{
        Snapshot *snapshot;

        assert_int_equal(snapshot_current(&fixture_world.tree, fixture.catalog, SNAPSHOT_STATUS_TXT,
                                          point, &snapshot),
                         0);
        return snapshot;
}

static void drop(Snapshot *snapshot)
{
        snapshot_unref(&fixture_world.tree, snapshot);
}

static void test_a_snapshot_holds_the_status_of_its_point(void **state _unused_)
{
        Snapshot *point = current(fixture.point), *root = current(0);

        assert_int_equal(point->point, fixture.point);
        assert_non_null(strstr(point->data, FIXTURE_POINT));
        assert_int_equal(strlen(point->data), point->size);
        assert_int_equal(point->mtime, fixture.now);
        assert_int_equal(root->point, 0);
        assert_string_not_equal(root->data, point->data);
        drop(point);
        drop(root);
}

static void test_nothing_changed_is_the_same_snapshot(void **state _unused_)
{
        Snapshot *first = current(fixture.point), *second;

        (void)fixture_later();
        second = current(fixture.point);
        assert_ptr_equal(first, second);
        drop(first);
        drop(second);
}

static void test_an_open_snapshot_does_not_change_under_its_reader(void **state _unused_)
{
        Snapshot *old = current(fixture.point), *new, *again;
        _cleanup_free_ char *before = strdup(old->data);
        uint32_t version = old->version;

        (void)fixture_rejected("a.jpg", REASON_BLUR);
        new = current(fixture.point);
        assert_ptr_not_equal(old, new);
        assert_true(new->version > version);
        assert_string_not_equal(new->data, before);
        assert_string_equal(old->data, before);
        assert_int_equal(snapshot_of(&fixture_world.tree, fixture.catalog, SNAPSHOT_STATUS_TXT,
                                     fixture.point, version, &again),
                         0);
        assert_ptr_equal(again, old);
        drop(old);
        drop(new);
        drop(again);
}

static void test_a_version_that_is_current_is_made_when_asked_for(void **state _unused_)
{
        Snapshot *snapshot = current(fixture.point);
        uint32_t version = snapshot->version;

        drop(snapshot);
        snapshots_free(TAKE_PTR(fixture_world.tree.snapshots));
        assert_int_equal(snapshots_new(&fixture_world.tree.snapshots), 0);
        assert_int_equal(snapshot_of(&fixture_world.tree, fixture.catalog, SNAPSHOT_STATUS_TXT,
                                     fixture.point, version, &snapshot),
                         0);
        assert_int_equal(snapshot->version, version);
        drop(snapshot);
}

static void test_a_new_day_is_another_status(void **state _unused_)
{
        Snapshot *today, *tomorrow;

        /* The store was made just now, and no day before that is believed. */
        fixture.now = clock_wall_nsec(clock_system()) + 86400 * NSEC_PER_SEC;
        fixture_world.config.deadline = date_from_wall(fixture.now + 30 * 86400 * NSEC_PER_SEC);
        today = current(fixture.point);
        fixture.now += 86400 * NSEC_PER_SEC;
        tomorrow = current(fixture.point);
        assert_non_null(strstr(today->data, "30 days left"));
        assert_non_null(strstr(tomorrow->data, "29 days left"));
        drop(today);
        drop(tomorrow);
}

static void test_a_version_that_nobody_holds_is_stale(void **state _unused_)
{
        Snapshot *snapshot = NULL;

        assert_int_equal(snapshot_of(&fixture_world.tree, fixture.catalog, SNAPSHOT_STATUS_TXT,
                                     fixture.point, 4711, &snapshot),
                         -ESTALE);
        assert_null(snapshot);
}

static void test_a_point_that_is_not_there_has_no_status(void **state _unused_)
{
        Snapshot *snapshot = NULL;

        assert_int_equal(snapshot_current(&fixture_world.tree, fixture.catalog, SNAPSHOT_STATUS_TXT,
                                          4711, &snapshot),
                         -ENOENT);
        assert_null(snapshot);
}

static void test_what_is_held_survives_however_many_come_after(void **state _unused_)
{
        Snapshot *held = current(fixture.point), *again;
        _cleanup_free_ char *before = strdup(held->data);

        for (int i = 0; i < 200; i++) {
                (void)fixture_upload("a.jpg");
                drop(current(fixture.point));
        }
        assert_string_equal(held->data, before);
        assert_int_equal(snapshot_of(&fixture_world.tree, fixture.catalog, SNAPSHOT_STATUS_TXT,
                                     fixture.point, held->version, &again),
                         0);
        assert_ptr_equal(again, held);
        drop(held);
        drop(again);
}

static void test_few_pages_stay_and_leave_the_texts_alone(void **state _unused_)
{
        Snapshot *text = current(fixture.point), *again, *page;
        const Snapshot *listed = text;
        int64_t points[20];
        uint32_t version = text->version;

        drop(text);
        for (size_t i = 0; i < ELEMENTSOF(points); i++) {
                char name[32];

                (void)snprintf(name, sizeof(name), "分校 %zu", i);
                points[i] = fixture_point(name);
                assert_int_equal(snapshot_current(&fixture_world.tree, fixture.catalog,
                                                  SNAPSHOT_INDEX_HTML, points[i], &page),
                                 0);
                assert_int_equal(strlen(page->data), page->size);
                drop(page);
        }
        /* Still the one made first. */
        assert_int_equal(snapshot_of(&fixture_world.tree, fixture.catalog, SNAPSHOT_STATUS_TXT,
                                     fixture.point, version, &again),
                         0);
        assert_ptr_equal(again, listed);
        drop(again);
        /* A page that was let go is made again. */
        assert_int_equal(snapshot_current(&fixture_world.tree, fixture.catalog, SNAPSHOT_INDEX_HTML,
                                          points[0], &page),
                         0);
        assert_non_null(strstr(page->data, "分校 0"));
        drop(page);
}

static void test_the_roots_status_grows_with_any_points(void **state _unused_)
{
        Snapshot *old = current(0), *new;

        (void)fixture_upload("a.jpg");
        new = current(0);
        assert_true(new->version > old->version);
        drop(old);
        drop(new);
}

static void test_the_text_is_in_the_stores_language(void **state _unused_)
{
        Snapshot *snapshot;

        fixture_world.tree.language = LANGUAGE_ZH;
        snapshot = current(fixture.point);
        assert_null(strstr(snapshot->data, "students"));
        drop(snapshot);
}

/* ---- texts that take long to make ---- */

/* Each look at the clock finds it so much later. */
static int64_t step_msec;

static int64_t stepping(void *userdata _unused_)
{
        return fixture_monotonic += step_msec * NSEC_PER_MSEC;
}

static const Clock stepping_clock = {.wall_nsec = fixture_wall_nsec, .monotonic_nsec = stepping};

static Snapshot *review_page(void)
{
        Snapshot *page;

        fixture_world.tree.clock = &stepping_clock;
        assert_int_equal(snapshot_current(&fixture_world.tree, fixture.catalog,
                                          SNAPSHOT_REVIEW_HTML, fixture.point, &page),
                         0);
        fixture_world.tree.clock = &fixture_clock;
        return page;
}

static void test_what_takes_long_to_make_stands_for_a_while(void **state _unused_)
{
        Snapshot *first, *second, *peeked;
        uint32_t version;

        step_msec = 300;
        first = review_page();
        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        step_msec = 1;
        second = review_page();
        assert_ptr_equal(first, second);
        drop(second);
        /* A listing tells the same number as a look-up. */
        assert_int_equal(snapshot_peek(&fixture_world.tree, fixture.catalog, SNAPSHOT_REVIEW_HTML,
                                       fixture.point, &version, &peeked),
                         0);
        assert_ptr_equal(peeked, first);
        assert_int_equal(version, first->version);
        drop(peeked);
        step_msec = 1000;
        second = review_page();
        assert_ptr_not_equal(first, second);
        assert_true(second->version > first->version);
        assert_non_null(strstr(second->data, FIXTURE_ID));
        drop(first);
        drop(second);
}

static void test_what_is_made_quickly_is_always_the_newest(void **state _unused_)
{
        Snapshot *first, *second;

        step_msec = 1;
        first = review_page();
        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        second = review_page();
        assert_ptr_not_equal(first, second);
        drop(first);
        drop(second);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fs_test(test_a_snapshot_holds_the_status_of_its_point),
                fs_test(test_nothing_changed_is_the_same_snapshot),
                fs_test(test_an_open_snapshot_does_not_change_under_its_reader),
                fs_test(test_a_version_that_is_current_is_made_when_asked_for),
                fs_test(test_a_new_day_is_another_status),
                fs_test(test_a_version_that_nobody_holds_is_stale),
                fs_test(test_a_point_that_is_not_there_has_no_status),
                fs_test(test_what_is_held_survives_however_many_come_after),
                fs_test(test_few_pages_stay_and_leave_the_texts_alone),
                fs_test(test_the_roots_status_grows_with_any_points),
                fs_test(test_what_takes_long_to_make_stands_for_a_while),
                fs_test(test_what_is_made_quickly_is_always_the_newest),
                fs_test(test_the_text_is_in_the_stores_language),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
