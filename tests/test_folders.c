/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/folders.h>

static FolderRow new_row(int64_t parent, const char *name, bool temporary)
{
        return (FolderRow){.batch = fixture.batch,
                           .point = fixture.point,
                           .parent = parent,
                           .name = (char *)name,
                           .temporary = temporary,
                           .mode = 02770,
                           .uid = FIXTURE_UID,
                           .gid = FIXTURE_GID,
                           .mtime = fixture_later()};
}

static int64_t make(int64_t parent, const char *name)
{
        FolderRow row = new_row(parent, name, false);

        assert_int_equal(folders_make(fixture.catalog, &row, 0), 0);
        return row.id;
}

static bool is_listed(int64_t folder)
{
        _cleanup_folder_ FolderRow row = {};

        assert_int_equal(catalog_get_folder(fixture.catalog, folder, &row), 1);
        return row.listed && !row.removed;
}

static void test_a_new_folder_shows_in_the_points_time(void **state _unused_)
{
        FolderRow row = new_row(FOLDER_POINT, "一班", false), same = row;
        _cleanup_point_ PointRow point = {};

        assert_int_equal(folders_make(fixture.catalog, &row, 0), 0);
        assert_true(is_listed(row.id));
        assert_int_equal(catalog_get_point(fixture.catalog, fixture.point, &point), 1);
        assert_int_equal(point.mtime, row.mtime);
        assert_int_equal(folders_make(fixture.catalog, &same, 0), -EEXIST);
}

static void test_an_unlisted_folder_comes_back_with_its_number(void **state _unused_)
{
        FolderRow row = new_row(FOLDER_POINT, "一班", false), again;

        assert_int_equal(folders_make(fixture.catalog, &row, 0), 0);
        assert_int_equal(folders_unlist(fixture.catalog, &row), 0);
        assert_false(is_listed(row.id));
        again = new_row(FOLDER_POINT, "一班", false);
        assert_int_equal(folders_make(fixture.catalog, &again, row.id), 0);
        assert_true(is_listed(row.id));
}

static void test_a_client_s_own_folder_goes_for_good(void **state _unused_)
{
        FolderRow row = new_row(FOLDER_POINT, ".~tmp~", true);
        _cleanup_folder_ FolderRow gone = {};

        assert_int_equal(folders_make(fixture.catalog, &row, 0), 0);
        assert_int_equal(folders_unlist(fixture.catalog, &row), 0);
        assert_true(catalog_get_folder(fixture.catalog, row.id, &gone) == 0 || gone.removed);
}

static void test_what_holds_something_stays(void **state _unused_)
{
        FolderRow row = new_row(FOLDER_POINT, "一班", false);

        assert_int_equal(folders_make(fixture.catalog, &row, 0), 0);
        (void)fixture_upload_in(row.id, "a.jpg", false);
        assert_int_equal(folders_unlist(fixture.catalog, &row), -ENOTEMPTY);
        assert_int_equal(folders_remove_empty(fixture.catalog, row.id), -ENOTEMPTY);
        assert_true(is_listed(row.id));
}

static void test_a_removed_folder_is_not_found_by_its_name(void **state _unused_)
{
        int64_t id = make(FOLDER_POINT, "一班");
        _cleanup_folder_ FolderRow row = {};

        assert_int_equal(folders_remove_hidden(fixture.catalog, id), 0);
        assert_int_equal(catalog_find_folder(fixture.catalog,
                                             (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                             "一班", &row),
                         0);
}

static void test_where_a_folder_may_stand(void **state _unused_)
{
        int64_t a = make(FOLDER_POINT, "a"), b = make(a, "b"), other = fixture_point("大连分校");
        Catalog *catalog = fixture.catalog;

        assert_int_equal(folders_may_move(catalog, b, fixture.point, FOLDER_POINT, false), 0);
        assert_int_equal(folders_may_move(catalog, a, fixture.point, b, false), -EINVAL);
        assert_int_equal(folders_may_move(catalog, a, fixture.point, a, false), -EINVAL);
        assert_int_equal(folders_may_move(catalog, a, other, FOLDER_POINT, false), -EXDEV);
        assert_int_equal(folders_may_move(catalog, a, fixture.point, FOLDER_POINT, true), -EXDEV);
        assert_int_equal(folders_may_move(catalog, a, fixture.point, FOLDER_REJECTED, false),
                         -EACCES);
        assert_int_equal(folders_may_move(catalog, 4711, fixture.point, FOLDER_POINT, false),
                         -ENOENT);
}

static void test_folders_stand_so_deep_and_no_deeper(void **state _unused_)
{
        int64_t deepest = FOLDER_POINT, low = make(FOLDER_POINT, "low");

        (void)make(low, "below");
        for (int i = 0; i < FOLDER_DEPTH_MAX - 1; i++) {
                char name[16];

                (void)snprintf(name, sizeof(name), "%d", i);
                deepest = make(deepest, name);
                assert_int_equal(folders_depth(fixture.catalog, deepest), i + 1);
        }
        /* With what it holds it would be one too many. */
        assert_int_equal(folders_may_move(fixture.catalog, low, fixture.point, deepest, false),
                         -EACCES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_new_folder_shows_in_the_points_time),
                fixture_test(test_an_unlisted_folder_comes_back_with_its_number),
                fixture_test(test_a_client_s_own_folder_goes_for_good),
                fixture_test(test_what_holds_something_stays),
                fixture_test(test_a_removed_folder_is_not_found_by_its_name),
                fixture_test(test_where_a_folder_may_stand),
                fixture_test(test_folders_stand_so_deep_and_no_deeper),
        };

        return cmocka_run_group_tests_name("folders", tests, fixture_open, fixture_close);
}
