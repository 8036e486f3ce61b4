/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/import.h>
#include <idphoto/student.h>

static int import_text(const char *text, ImportResult *ret)
{
        const ImportOptions options = {.batch = fixture.batch,
                                       .uid = FIXTURE_UID,
                                       .gid = FIXTURE_GID,
                                       .mode = 02770,
                                       .actor = FIXTURE_UID,
                                       .now = fixture_later()};
        static const ListLimits limits = {.memory_bytes = 1 << 30, .timeout_msec = 60000};
        _cleanup_(import_file_freep) ImportFile *file = NULL;
        char path[PATH_MAX + 16];
        _cleanup_close_ int fd = -EBADF;

        (void)snprintf(path, sizeof(path), "%s/list.csv", fixture.directory);
        fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        assert_int_equal(import_file_read(&limits, "list.csv", fd, options.now, &file), 0);
        return import_file_apply(fixture.catalog, file, &options, ret);
}

static void expect_roster(const char *text, size_t students)
{
        _cleanup_import_result_ ImportResult result = {};

        assert_int_equal(import_text(text, &result), 0);
        assert_int_equal(result.roster.rows, students);
        assert_int_equal(result.progress.rows, 0);
}

static void expect_progress(const char *text, size_t changed, size_t not_taken)
{
        _cleanup_import_result_ ImportResult result = {};

        assert_int_equal(import_text(text, &result), not_taken > 0);
        assert_int_equal(result.progress.changed, changed);
        assert_int_equal(result.progress.not_taken, not_taken);
        assert_int_equal(result.roster.rows, 0);
}

static void expect_refused(const char *text)
{
        _cleanup_import_result_ ImportResult result = {};

        assert_int_equal(import_text(text, &result), 1);
        assert_true(result.roster.refused || result.progress.refused);
}

static Stage stage(void)
{
        _cleanup_student_ StudentRow row = {};

        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &row),
                         1);
        return row.stage;
}

static void test_a_roster_is_known_by_its_headings(void **state _unused_)
{
        expect_roster("身份证号,姓名,教学点\n" FIXTURE_ID ",张三," FIXTURE_POINT "\n", 1);
        assert_int_equal(stage(), STAGE_NONE);
}

static void test_a_progress_list_is_known_by_its_headings(void **state _unused_)
{
        fixture_student(FIXTURE_ID);
        expect_progress("身份证号,姓名,状态\n" FIXTURE_ID ",张三,终审\n", 1, 0);
        assert_int_equal(stage(), STAGE_FINAL_REVIEW);
        expect_progress("身份证号,姓名,状态\n" FIXTURE_ID ",张三,快好了\n", 0, 1);
}

static void test_a_roster_with_a_status_of_another_kind_stays_a_roster(void **state _unused_)
{
        expect_roster("身份证号,姓名,教学点,状态\n" FIXTURE_ID ",张三," FIXTURE_POINT ",在籍\n", 1);
        expect_progress("身份证号,姓名,教学点,状态\n" FIXTURE_ID ",张三," FIXTURE_POINT ",已发货\n",
                        1, 0);
        assert_int_equal(stage(), STAGE_SHIPPED);
}

static void test_what_cannot_be_used_is_refused(void **state _unused_)
{
        expect_refused("");
        expect_refused("hello\n");
        expect_refused("学号,状态\n");
        expect_refused("身份证号,姓名,教学点\n2.1E+17,张三," FIXTURE_POINT "\n");
}

static void test_a_closed_batch_takes_nothing(void **state _unused_)
{
        _cleanup_import_result_ ImportResult result = {};

        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(import_text("学号,状态\nS1,终审\n", &result), -EROFS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_roster_is_known_by_its_headings),
                fixture_test(test_a_progress_list_is_known_by_its_headings),
                fixture_test(test_a_roster_with_a_status_of_another_kind_stays_a_roster),
                fixture_test(test_what_cannot_be_used_is_refused),
                fixture_test(test_a_closed_batch_takes_nothing),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
