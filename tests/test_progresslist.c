/* SPDX-License-Identifier: MIT */
#include <idphoto/progresslist.h>

#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define A "219999199001010016"
#define B "219999199001010024"

static const Date today = {2025, 9, 20};

static ProgressList *read_data(const void *data, size_t size)
{
        ProgressList *list = NULL;

        assert_int_equal(progress_list_read(data, size, NULL, today, &list), 0);
        assert_non_null(list);
        return list;
}

static ProgressList *read_text(const char *text)
{
        return read_data(text, strlen(text));
}

static void expect_problem(const char *text, RosterCode code)
{
        _cleanup_(progress_list_freep) ProgressList *list = read_text(text);

        if (list->problem != code)
                fail_msg("%d for: %s", list->problem, text);
        assert_true(*progress_list_problem_text(code, LANGUAGE_EN) != '\0');
        assert_true(*progress_list_problem_text(code, LANGUAGE_ZH) != '\0');
}

static void test_every_column_is_read(void **state _unused_)
{
        _cleanup_(progress_list_freep) ProgressList *list =
                read_text("采集中心进度表,,,,\n"
                          "姓名,身份证号,学号,订单状态,驳回原因,更新日期\n"
                          "张三," A ",S0001,驳回,闭眼,2025-09-10\n"
                          "李四," B ",S0002,已完成,,2025年9月12日\n"
                          "合计,2,,,,\n");

        assert_int_equal(list->problem, _ROSTER_CODE_INVALID);
        assert_int_equal(list->n_rows, 2);
        assert_int_equal(list->rows[0].row, 3);
        assert_string_equal(list->rows[0].id_number, A);
        assert_string_equal(list->rows[0].student_no, "S0001");
        assert_string_equal(list->rows[0].status, "驳回");
        assert_string_equal(list->rows[0].reason, "闭眼");
        assert_int_equal(date_compare(list->rows[0].moment.date, (Date){2025, 9, 10}), 0);
        assert_int_equal(date_compare(list->rows[1].moment.date, (Date){2025, 9, 12}), 0);
}

static void test_a_student_number_is_enough(void **state _unused_)
{
        _cleanup_(progress_list_freep) ProgressList *list =
                read_text("学号\t进度\t备注\nS0001\t终审\t\nS0002\t驳回\t有反光\n");

        assert_int_equal(list->n_rows, 2);
        assert_string_equal(list->rows[0].id_number, "");
        assert_int_equal(list->rows[0].id_problem, _ROSTER_CODE_INVALID);
        assert_string_equal(list->rows[1].student_no, "S0002");
        assert_string_equal(list->rows[1].reason, "有反光");
        assert_int_equal(list->rows[1].moment.date.year, 0);
}

static void test_english_headings_are_known(void **state _unused_)
{
        _cleanup_(progress_list_freep) ProgressList *list =
                read_text("ID number;Status;Reason;Date\n" A ";done;;2025-09-10\n");

        assert_int_equal(list->n_rows, 1);
        assert_string_equal(list->rows[0].id_number, A);
        assert_string_equal(list->rows[0].status, "done");
}

static void test_other_encodings_are_read(void **state _unused_)
{
        static const char *const encodings[] = {"GB18030", "UTF-16"};
        char text[] = "身份证号,状态\r\n" A ",已发货\r\n";

        for (size_t i = 0; i < ELEMENTSOF(encodings); i++) {
                _cleanup_(progress_list_freep) ProgressList *list = NULL;
                char data[256], *in = text, *out = data;
                size_t in_left = strlen(text), out_left = sizeof(data);
                iconv_t converter = iconv_open(encodings[i], "UTF-8");

                assert_true(iconv(converter, &in, &in_left, &out, &out_left) != (size_t)-1);
                iconv_close(converter);
                list = read_data(data, sizeof(data) - out_left);
                assert_int_equal(list->n_rows, 1);
                assert_string_equal(list->rows[0].status, "已发货");
        }
}

static void test_a_damaged_number_is_told_and_not_used(void **state _unused_)
{
        _cleanup_(progress_list_freep) ProgressList *list = read_text(
                "身份证号,学号,状态\n2.19999E+17,,已完成\n219999********0016,S0001,终审\n");

        assert_int_equal(list->n_rows, 2);
        assert_string_equal(list->rows[0].id_number, "");
        assert_int_equal(list->rows[0].id_problem, ROSTER_ID_EXPONENT);
        assert_string_equal(list->rows[1].id_number, "");
        assert_true(list->rows[1].id_problem >= 0);
        assert_string_equal(list->rows[1].student_no, "S0001");
}

static void test_a_date_that_is_none_is_kept_as_text(void **state _unused_)
{
        _cleanup_(progress_list_freep) ProgressList *list =
                read_text("学号,状态,日期\nS1,终审,昨天\nS2,终审,2025/9/1 12:30\n");

        assert_int_equal(list->rows[0].moment.date.year, 0);
        assert_string_equal(list->rows[0].date_text, "昨天");
        assert_int_equal(date_compare(list->rows[1].moment.date, (Date){2025, 9, 1}), 0);
}

static void test_a_row_has_its_time_of_the_day(void **state _unused_)
{
        _cleanup_(progress_list_freep) ProgressList *list =
                read_text("学号,状态,提交时间,审核时间\n"
                          "S1,终审,2025-09-01,2025-09-02 14:30:05\n"
                          "S2,终审,2025-09-01,20250902143005\n"
                          "S3,终审,2025-09-01,2025年9月2日下午2:30\n");

        assert_int_equal(list->n_rows, 3);
        for (size_t i = 0; i < list->n_rows; i++)
                assert_int_equal(date_compare(list->rows[i].moment.date, (Date){2025, 9, 2}), 0);
        assert_int_equal(list->rows[0].moment.second, 52205);
        assert_int_equal(list->rows[1].moment.second, 52205);
        assert_int_equal(list->rows[2].moment.second, 52200);
}

static void test_files_that_are_no_progress_list(void **state _unused_)
{
        expect_problem("", ROSTER_NO_HEADING);
        expect_problem("身份证号,姓名,教学点\n" A ",张三,沈阳分校\n", ROSTER_NO_HEADING);
        expect_problem("状态,姓名\n已完成,张三\n", ROSTER_NO_HEADING);
        expect_problem("学号,状态\n", ROSTER_NO_ROWS);
        expect_problem("%PDF-1.4", ROSTER_NOT_A_TABLE);
        expect_problem("<html><table></table></html>", ROSTER_HTML_TABLE);
        expect_problem("PK\x03\x04 nothing", ROSTER_DAMAGED_FILE);
}

static void test_our_own_tables_are_known(void **state _unused_)
{
        static const struct {
                const char *text;
                RosterCode code;
        } tables[] = {
                {"point,id_number,name,student_no,state,reasons,warnings,sent_as,changed\n"
                 "沈阳分校,\"=\"\"" A "\"\"\",张三,S1,approved,,,a.jpg,2025-09-10 10:00\n",
                 ROSTER_OWN_STATUS},
                /* as a spreadsheet program may save it */
                {"各教学点\n教学点\t身份证号\t姓名\t学号\t状态\t提交文件名\n", ROSTER_OWN_STATUS},
                {"教学点;学生;未交;驳回;待审;通过;终审\n沈阳分校;1;0;0;1;0;0\n", ROSTER_OWN_COUNTS},
                {"教学点,身份证号,姓名,学号,文件,字节数,SHA256,审核通过时间\n",
                 ROSTER_OWN_MANIFEST},
        };

        for (size_t i = 0; i < ELEMENTSOF(tables); i++)
                expect_problem(tables[i].text, tables[i].code);
        {
                _cleanup_(progress_list_freep) ProgressList *list = read_text(
                        "教学点,身份证号,状态,文件,更新时间\n沈阳分校," A ",终审,a.jpg,\n");

                assert_int_equal(list->problem, _ROSTER_CODE_INVALID);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_column_is_read),
                cmocka_unit_test(test_a_student_number_is_enough),
                cmocka_unit_test(test_english_headings_are_known),
                cmocka_unit_test(test_other_encodings_are_read),
                cmocka_unit_test(test_a_damaged_number_is_told_and_not_used),
                cmocka_unit_test(test_a_date_that_is_none_is_kept_as_text),
                cmocka_unit_test(test_a_row_has_its_time_of_the_day),
                cmocka_unit_test(test_our_own_tables_are_known),
                cmocka_unit_test(test_files_that_are_no_progress_list),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
