/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/point.h>
#include <idphoto/submission.h>

/* Teaching points and the folders dropped into them. */

static void test_a_point_is_found_as_it_was_added(void **state _unused_)
{
        _cleanup_point_ PointRow by_id = {}, by_name = {};

        assert_int_equal(catalog_get_point(fixture.catalog, fixture.point, &by_id), 1);
        assert_string_equal(by_id.name, FIXTURE_POINT);
        assert_int_equal(by_id.uid, FIXTURE_UID);
        assert_int_equal(by_id.gid, FIXTURE_GID);
        assert_int_equal(by_id.mode, 02770);
        assert_int_equal(by_id.created, FIXTURE_EPOCH);
        assert_int_equal(by_id.mtime, FIXTURE_EPOCH);
        assert_int_equal(catalog_find_point(fixture.catalog, FIXTURE_POINT, &by_name), 1);
        assert_int_equal(by_name.id, fixture.point);
}

static void test_names_are_alike_in_every_width_and_composition(void **state _unused_)
{
        static const char *const names[][2] = {
                {"Point A1", "Ｐｏｉｎｔ　Ａ１"},
                {"caf\u00e9", "cafe\u0301"},
                {"（一）", "(一)"},
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                _cleanup_point_ PointRow row = {};
                int64_t id = fixture_point(names[i][0]), other;

                assert_int_equal(catalog_find_point(fixture.catalog, names[i][1], &row), 1);
                assert_int_equal(row.id, id);
                assert_string_equal(row.name, names[i][0]);
                assert_refused(catalog_add_point(fixture.catalog,
                                                 (&(PointRow){.name = (char *)names[i][1]}),
                                                 &other),
                               -EEXIST);
        }
}

static void test_a_point_that_is_not_there_is_not_found(void **state _unused_)
{
        PointRow row = {};

        assert_int_equal(catalog_get_point(fixture.catalog, 4711, &row), 0);
        assert_int_equal(catalog_find_point(fixture.catalog, "大连分校", &row), 0);
        assert_int_equal(catalog_find_point(fixture.catalog, "\xff", &row), 0);
        assert_null(row.name);
}

static void test_a_point_with_a_broken_name_is_refused(void **state _unused_)
{
        int64_t id = -1;

        assert_int_equal(
                catalog_add_point(fixture.catalog, &(PointRow){.name = (char *)"\xc3("}, &id),
                -EILSEQ);
        assert_int_equal(id, -1);
}

static void test_the_time_of_a_points_directory_can_be_set(void **state _unused_)
{
        _cleanup_point_ PointRow row = {};

        assert_int_equal(catalog_set_point_mtime(
                                 fixture.catalog,
                                 (Where){.point = fixture.point, .folder = FOLDER_POINT}, -5),
                         0);
        assert_int_equal(catalog_get_point(fixture.catalog, fixture.point, &row), 1);
        assert_int_equal(row.mtime, -5);
        assert_int_equal(row.created, FIXTURE_EPOCH);
}

typedef struct Seen {
        int64_t ids[16];
        size_t n;
        size_t stop_at;
} Seen;

static int see(Seen *seen, int64_t id)
{
        assert_true(seen->n < ELEMENTSOF(seen->ids));
        seen->ids[seen->n++] = id;
        return seen->n == seen->stop_at ? 7 : 0;
}

static int see_point(const PointRow *row, void *userdata)
{
        return see(userdata, row->id);
}

static void test_points_are_listed_by_id_after_the_last(void **state _unused_)
{
        int64_t second = fixture_point("b"), third = fixture_point("a");
        Seen all = {}, rest = {};

        assert_int_equal(catalog_list_points(fixture.catalog, 0, see_point, &all), 0);
        assert_int_equal(all.n, 3);
        assert_int_equal(all.ids[0], fixture.point);
        assert_int_equal(all.ids[1], second);
        assert_int_equal(all.ids[2], third);
        assert_int_equal(catalog_list_points(fixture.catalog, second, see_point, &rest), 0);
        assert_int_equal(rest.n, 1);
        assert_int_equal(rest.ids[0], third);
}

static void test_a_callback_ends_the_listing(void **state _unused_)
{
        Seen seen = {.stop_at = 1};

        (void)fixture_point("b");
        assert_int_equal(catalog_list_points(fixture.catalog, 0, see_point, &seen), 7);
        assert_int_equal(seen.n, 1);
}

/* ---- folders ---- */

static int find_folder(int64_t parent, const char *name, FolderRow *ret)
{
        return catalog_find_folder(fixture.catalog, (Where){fixture.batch, fixture.point, parent},
                                   name, ret);
}

static void test_a_folder_is_found_as_it_was_added(void **state _unused_)
{
        _cleanup_folder_ FolderRow by_id = {}, by_name = {};
        int64_t outer = fixture_folder(FOLDER_POINT, "照片"), inner = fixture_folder(outer, "一班");

        assert_int_equal(catalog_get_folder(fixture.catalog, inner, &by_id), 1);
        assert_int_equal(by_id.point, fixture.point);
        assert_int_equal(by_id.parent, outer);
        assert_string_equal(by_id.name, "一班");
        assert_int_equal(by_id.mode, 0770);
        assert_int_equal(by_id.mtime, fixture.now);
        assert_true(by_id.listed);
        assert_false(by_id.temporary);
        assert_int_equal(find_folder(outer, "一班", &by_name), 1);
        assert_int_equal(by_name.id, inner);
}

static void test_a_folder_is_found_only_where_it_stands(void **state _unused_)
{
        _cleanup_folder_ FolderRow row = {};
        int64_t outer = fixture_folder(FOLDER_POINT, "照片");

        (void)fixture_folder(outer, "一班");
        assert_int_equal(find_folder(FOLDER_POINT, "一班", &row), 0);
        assert_int_equal(find_folder(outer, "照片", &row), 0);
        assert_int_equal(find_folder(outer, "\xff", &row), 0);
        assert_int_equal(catalog_get_folder(fixture.catalog, 4711, &row), 0);
        assert_int_equal(catalog_find_folder(fixture.catalog,
                                             (Where){fixture.batch, 4711, FOLDER_POINT}, "照片",
                                             &row),
                         0);
}

static void test_a_folder_moves_with_its_name(void **state _unused_)
{
        _cleanup_folder_ FolderRow row = {}, gone = {};
        int64_t a = fixture_folder(FOLDER_POINT, "a"), b = fixture_folder(FOLDER_POINT, "b");

        assert_int_equal(catalog_move_folder(fixture.catalog, b, a, "ｃ", true), 0);
        assert_int_equal(find_folder(a, "c", &row), 1);
        assert_int_equal(row.id, b);
        assert_string_equal(row.name, "ｃ");
        assert_true(row.temporary);
        assert_int_equal(find_folder(FOLDER_POINT, "b", &gone), 0);
}

static void test_a_folder_does_not_move_onto_another(void **state _unused_)
{
        int64_t b;

        (void)fixture_folder(FOLDER_POINT, "a");
        b = fixture_folder(FOLDER_POINT, "b");
        assert_refused(catalog_move_folder(fixture.catalog, b, FOLDER_POINT, "a", false), -EEXIST);
}

static void test_attributes_of_a_folder_can_be_set(void **state _unused_)
{
        _cleanup_folder_ FolderRow row = {};
        int64_t id = fixture_folder(FOLDER_POINT, "a");

        FolderRow set = {
                .id = id, .mode = 0700, .uid = 7, .gid = 8, .mtime = 12345, .changed = fixture.now};

        assert_int_equal(catalog_set_folder_owner(fixture.catalog, &set), 0);
        assert_int_equal(catalog_set_folder_mtime(fixture.catalog, &set), 0);
        assert_int_equal(catalog_get_folder(fixture.catalog, id, &row), 1);
        assert_int_equal(row.mode, 0700);
        assert_int_equal(row.uid, 7);
        assert_int_equal(row.gid, 8);
        assert_int_equal(row.mtime, 12345);
}

static void test_the_name_of_a_removed_folder_is_free(void **state _unused_)
{
        _cleanup_folder_ FolderRow row = {}, found = {};
        int64_t id = fixture_folder(FOLDER_POINT, "a"), next;

        assert_int_equal(catalog_remove_folder(fixture.catalog, id), 0);
        assert_int_equal(find_folder(FOLDER_POINT, "a", &found), 0);
        assert_int_equal(catalog_get_folder(fixture.catalog, id, &row), 1);
        assert_true(row.removed);
        next = fixture_folder(FOLDER_POINT, "a");
        assert_true(next != id);
        assert_int_equal(find_folder(FOLDER_POINT, "a", &found), 1);
        assert_int_equal(found.id, next);
}

static void test_what_names_a_removed_folder_keeps_its_row(void **state _unused_)
{
        FolderRow row = {};
        int64_t empty = fixture_folder(FOLDER_POINT, "a"), used = fixture_folder(FOLDER_POINT, "b");
        int64_t outer = fixture_folder(FOLDER_POINT, "c"), folder, point;

        (void)fixture_upload_in(used, "x.jpg", false);
        (void)fixture_folder(outer, "inner");
        assert_int_equal(catalog_remove_folder(fixture.catalog, empty), 0);
        assert_int_equal(catalog_remove_folder(fixture.catalog, used), 0);
        assert_int_equal(catalog_remove_folder(fixture.catalog, outer), 0);
        assert_int_equal(catalog_collect_folder(fixture.catalog, used, fixture.point), 0);
        assert_int_equal(catalog_collect_folder(fixture.catalog, outer, fixture.point), 0);
        assert_int_equal(catalog_next_left_folder(fixture.catalog, 0, &folder, &point), 1);
        assert_int_equal(folder, empty);
        assert_int_equal(point, fixture.point);
        assert_int_equal(catalog_collect_folder(fixture.catalog, folder, fixture.point), 0);
        assert_int_equal(catalog_next_left_folder(fixture.catalog, 0, &folder, &point), 0);
        assert_int_equal(catalog_get_folder(fixture.catalog, empty, &row), 0);
        assert_int_equal(catalog_get_folder(fixture.catalog, used, &row), 1);
        folder_row_done(&row);
        assert_int_equal(catalog_get_folder(fixture.catalog, outer, &row), 1);
        folder_row_done(&row);
}

static int see_disposable(int64_t submission _unused_, bool disposable, void *userdata)
{
        int *seen = userdata;

        seen[disposable]++;
        return 0;
}

static void assert_hidden(int64_t folder, int kept, int disposable)
{
        int seen[2] = {};

        assert_int_equal(catalog_list_hidden_uploads(fixture.catalog, folder, see_disposable, seen),
                         0);
        assert_int_equal(seen[false], kept);
        assert_int_equal(seen[true], disposable);
}

static void test_only_a_temporary_file_that_never_was_a_photo_is_disposable(void **state _unused_)
{
        int64_t id = fixture_folder(FOLDER_POINT, "a"), hidden;

        hidden = fixture_upload_in(id, "x.part", true);
        assert_hidden(id, 0, 1);
        (void)fixture_upload_in(id, "x.jpg", false);
        assert_hidden(id, 1, 1);
        /* Received once, under a normal name. */
        assert_int_equal(
                catalog_set_submission_received(fixture.catalog, hidden, 5, 1, fixture_later()), 0);
        assert_hidden(id, 2, 0);
        assert_int_equal(catalog_set_submission_state(fixture.catalog, hidden, SUBMISSION_OPEN), 0);
        assert_hidden(id, 2, 0);
}

static void test_a_folder_goes_when_its_uploads_have_gone(void **state _unused_)
{
        int64_t id = fixture_folder(FOLDER_POINT, "a"), hidden;

        hidden = fixture_upload_in(id, "x.part", true);
        assert_int_equal(catalog_remove_folder_hidden(fixture.catalog, id), -ENOTEMPTY);
        assert_int_equal(catalog_remove_submission(fixture.catalog, hidden), 0);
        assert_int_equal(catalog_remove_folder_hidden(fixture.catalog, id), 0);
        assert_int_equal(catalog_folder_occupied(fixture.catalog, id), 0);
}

static int see_folder(const FolderRow *row, void *userdata)
{
        return see(userdata, row->id);
}

static void test_listed_folders_of_one_parent_are_listed(void **state _unused_)
{
        int64_t a = fixture_folder(FOLDER_POINT, "a"), b = fixture_folder(FOLDER_POINT, "b");
        int64_t emptied = fixture_folder(FOLDER_POINT, "c"), hidden;
        FolderRow temporary = {.batch = fixture.batch,
                               .point = fixture.point,
                               .name = (char[]){".sb-1234"},
                               .temporary = true};
        Seen all = {}, rest = {};

        (void)fixture_folder(a, "inside");
        assert_int_equal(catalog_set_folder_listed(fixture.catalog, emptied, false), 0);
        assert_int_equal(catalog_add_folder(fixture.catalog, &temporary, &hidden), 0);
        assert_int_equal(catalog_list_folders(fixture.catalog,
                                              (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                              0, see_folder, &all),
                         0);
        assert_int_equal(all.n, 2);
        assert_int_equal(all.ids[0], a);
        assert_int_equal(all.ids[1], b);
        assert_int_equal(catalog_list_folders(fixture.catalog,
                                              (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                              a, see_folder, &rest),
                         0);
        assert_int_equal(rest.n, 1);
}

static void test_an_unlisted_folder_still_resolves(void **state _unused_)
{
        _cleanup_folder_ FolderRow row = {};
        int64_t id = fixture_folder(FOLDER_POINT, "a");

        assert_int_equal(catalog_set_folder_listed(fixture.catalog, id, false), 0);
        assert_int_equal(find_folder(FOLDER_POINT, "a", &row), 1);
        assert_false(row.listed);
}

static void test_a_folder_is_occupied_by_listed_folders_and_unfinished_uploads(
        void **state _unused_)
{
        int64_t id = fixture_folder(FOLDER_POINT, "a"), inner, upload;

        assert_int_equal(catalog_folder_occupied(fixture.catalog, id), 0);
        inner = fixture_folder(id, "inner");
        assert_int_equal(catalog_folder_occupied(fixture.catalog, id), 1);
        assert_int_equal(catalog_set_folder_listed(fixture.catalog, inner, false), 0);
        assert_int_equal(catalog_folder_occupied(fixture.catalog, id), 0);
        upload = fixture_upload_in(id, "a.jpg", false);
        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                assert_int_equal(
                        catalog_set_submission_state(fixture.catalog, upload, (SubmissionState)i),
                        0);
                assert_int_equal(catalog_folder_occupied(fixture.catalog, id),
                                 i <= SUBMISSION_FAILED);
        }
        assert_int_equal(catalog_folder_occupied(fixture.catalog, 4711), 0);
}

static void test_height_counts_folders_one_in_another(void **state _unused_)
{
        int64_t top = fixture_folder(FOLDER_POINT, "a"), inner = fixture_folder(top, "b");

        (void)fixture_folder(top, "beside");
        (void)fixture_folder(inner, "c");
        assert_int_equal(catalog_folder_height(fixture.catalog, top, 16), 3);
        assert_int_equal(catalog_folder_height(fixture.catalog, inner, 16), 2);
        assert_int_equal(catalog_folder_height(fixture.catalog, top, 2), 2);
        assert_int_equal(catalog_folder_height(fixture.catalog, 4711, 16), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_point_is_found_as_it_was_added),
                fixture_test(test_names_are_alike_in_every_width_and_composition),
                fixture_test(test_a_point_that_is_not_there_is_not_found),
                fixture_test(test_a_point_with_a_broken_name_is_refused),
                fixture_test(test_the_time_of_a_points_directory_can_be_set),
                fixture_test(test_points_are_listed_by_id_after_the_last),
                fixture_test(test_a_callback_ends_the_listing),
                fixture_test(test_a_folder_is_found_as_it_was_added),
                fixture_test(test_a_folder_is_found_only_where_it_stands),
                fixture_test(test_a_folder_moves_with_its_name),
                fixture_test(test_a_folder_does_not_move_onto_another),
                fixture_test(test_attributes_of_a_folder_can_be_set),
                fixture_test(test_the_name_of_a_removed_folder_is_free),
                fixture_test(test_what_names_a_removed_folder_keeps_its_row),
                fixture_test(test_only_a_temporary_file_that_never_was_a_photo_is_disposable),
                fixture_test(test_a_folder_goes_when_its_uploads_have_gone),
                fixture_test(test_listed_folders_of_one_parent_are_listed),
                fixture_test(test_an_unlisted_folder_still_resolves),
                fixture_test(test_a_folder_is_occupied_by_listed_folders_and_unfinished_uploads),
                fixture_test(test_height_counts_folders_one_in_another),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
