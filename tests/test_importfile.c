/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/importfile.h>
#include <idphoto/student.h>

static int import_text(const char *text, Language language, char **ret_report)
{
        const ImportOptions options = {.batch = fixture.batch,
                                       .uid = FIXTURE_UID,
                                       .gid = FIXTURE_GID,
                                       .mode = 02770,
                                       .actor = FIXTURE_UID,
                                       .now = fixture_later()};
        char path[PATH_MAX + 16];
        _cleanup_close_ int fd = -EBADF;

        (void)snprintf(path, sizeof(path), "%s/list.csv", fixture.directory);
        fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        return import_file(fixture.catalog, "list.csv", fd, &options, language, ret_report);
}

static void expect(const char *text, int result, const char *part)
{
        _cleanup_free_ char *report = NULL;

        assert_int_equal(import_text(text, LANGUAGE_EN, &report), result);
        if (!strstr(report, part))
                fail_msg("%s", report);
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
        expect("身份证号,姓名,教学点\n" FIXTURE_ID ",张三," FIXTURE_POINT "\n", 0, "1 students: 1");
        assert_int_equal(stage(), STAGE_NONE);
}

static void test_a_progress_list_is_known_by_its_headings(void **state _unused_)
{
        fixture_student(FIXTURE_ID);
        expect("身份证号,姓名,状态\n" FIXTURE_ID ",张三,终审\n", 0, "1 rows: 1 changed");
        assert_int_equal(stage(), STAGE_FINAL_REVIEW);
        expect("身份证号,姓名,状态\n" FIXTURE_ID ",张三,快好了\n", 1, "list.csv row 2");
}

static void test_a_roster_with_a_status_of_another_kind_stays_a_roster(void **state _unused_)
{
        expect("身份证号,姓名,教学点,状态\n" FIXTURE_ID ",张三," FIXTURE_POINT ",在籍\n", 0,
               "1 students: 1");
        expect("身份证号,姓名,教学点,状态\n" FIXTURE_ID ",张三," FIXTURE_POINT ",已发货\n", 0,
               "1 rows: 1 changed");
        assert_int_equal(stage(), STAGE_SHIPPED);
}

static void test_what_cannot_be_used_is_told(void **state _unused_)
{
        expect("", 1, "Nothing was imported");
        expect("hello\n", 1, "Nothing was imported");
        expect("学号,状态\n", 1, "Nothing was imported");
        expect("身份证号,姓名,教学点\n2.1E+17,张三," FIXTURE_POINT "\n", 1, "Nothing was imported");
}

static void test_a_closed_batch_takes_nothing(void **state _unused_)
{
        _cleanup_free_ char *report = NULL;

        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(import_text("学号,状态\nS1,终审\n", LANGUAGE_ZH, &report), -EROFS);
        assert_null(report);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_roster_is_known_by_its_headings),
                fixture_test(test_a_progress_list_is_known_by_its_headings),
                fixture_test(test_a_roster_with_a_status_of_another_kind_stays_a_roster),
                fixture_test(test_what_cannot_be_used_is_told),
                fixture_test(test_a_closed_batch_takes_nothing),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
