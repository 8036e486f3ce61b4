/* SPDX-License-Identifier: MIT */
#include <roster/cell.h>
#include <roster/headings.h>
#include <roster/idcell.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const Date today = {2025, 9, 1};

typedef struct Pair {
        const char *in, *out;
} Pair;

static void test_cells_are_cleaned(void **state _unused_)
{
        static const Pair pairs[] = {
                {"", ""},
                {"   ", ""},
                {" a b ", "a b"},
                {"\ta\r\nb\t", "a  b"},
                {"\xc2\xa0张三\xe3\x80\x80", "张三"},
                {"张\xc2\x85三\xc2\x9b", "张 三"},
                {"\xef\xbb\xbf\xe2\x80\x8b张\xe2\x80\x8b三", "张三"},
                {"'0012", "0012"},
                {"' 0012", "0012"},
                {"=\"0012\"", "0012"},
                {"=\" 0012 \"", "0012"},
                {"=\"\"", ""},
                {"=\"", "=\""},
                {"=A1", "=A1"},
                {"'", ""},
                {"it's", "it's"},
        };

        for (size_t i = 0; i < ELEMENTSOF(pairs); i++) {
                char text[64];

                strcpy(text, pairs[i].in);
                assert_int_equal(cell_clean(text), strlen(pairs[i].out));
                assert_string_equal(text, pairs[i].out);
        }
}

static void test_numbers_are_folded(void **state _unused_)
{
        static const Pair pairs[] = {
                {"", ""},
                {"219999 19900101 001x", "21999919900101001X"},
                {"２１９９９９", "219999"},
                {"219999-1990–0101", "21999919900101"},
                {"Ⅹ×хχＸ", "XXXXX"},
                {"a(1)（2）b", "A12B"},
                {"军字第 5 号", "军字第5号"},
        };

        for (size_t i = 0; i < ELEMENTSOF(pairs); i++) {
                char text[64];

                strcpy(text, pairs[i].in);
                cell_fold_number(text);
                assert_string_equal(text, pairs[i].out);
        }
}

static void test_headings_are_folded(void **state _unused_)
{
        static const Pair pairs[] = {
                {"姓 名", "姓名"},        {"*姓名", "姓名"},
                {"姓名：", "姓名"},       {"身份证\n号（18位）", "身份证号"},
                {"ｘｍ", "XM"},           {"学号[必填]", "学号"},
                {"学号【必填】", "学号"}, {"（注（一））姓名", "姓名"},
                {")姓名(", "姓名"},
        };

        for (size_t i = 0; i < ELEMENTSOF(pairs); i++) {
                char text[64];

                strcpy(text, pairs[i].in);
                cell_fold_heading(text);
                assert_string_equal(text, pairs[i].out);
        }
}

static void test_quantities_become_plain_digits(void **state _unused_)
{
        static const Pair good[] = {
                {"1", "1"},
                {"20230112", "20230112"},
                {"2.0230112E7", "20230112"},
                {"2.0230112E+7", "20230112"},
                {"1e3", "1000"},
                {"123.0", "123"},
                {"100E-2", "1"},
                {"123456789012345", "123456789012345"},
        };
        static const char *const bad[] = {"",
                                          "x",
                                          "1.5",
                                          "-1",
                                          "1E",
                                          "1E+",
                                          "1E999",
                                          "0.001",
                                          "1234567890123456",
                                          "2.1E+17",
                                          "1.2.3",
                                          "1E-1",
                                          "000000000000000000000000000001"};

        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                char text[64];

                strcpy(text, good[i].in);
                assert_true(cell_plain_digits(text, sizeof(text)));
                assert_string_equal(text, good[i].out);
        }
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                char text[64];

                strcpy(text, bad[i]);
                if (cell_plain_digits(text, sizeof(text)))
                        fail_msg("'%s' became '%s'", bad[i], text);
                assert_string_equal(text, bad[i]);
        }
}

static void test_digits_that_do_not_fit_are_left(void **state _unused_)
{
        char text[8] = "1E9";

        assert_false(cell_plain_digits(text, sizeof(text)));
        assert_string_equal(text, "1E9");
}

static void test_exponents_are_recognised(void **state _unused_)
{
        static const char *const yes[] = {"2.1E+17", "2E+17", "2.19999e17", "2.E+5"};
        static const char *const no[] = {"",      "2E17",     "E+17", "2.1",
                                         "2.1E+", "2.1E+17x", "H2E+", "2.1E-17"};

        for (size_t i = 0; i < ELEMENTSOF(yes); i++)
                assert_true(cell_is_exponent(yes[i]));
        for (size_t i = 0; i < ELEMENTSOF(no); i++)
                assert_false(cell_is_exponent(no[i]));
}

static void test_quantity_of_fifteen_digits_is_the_last_that_is_whole(void **state _unused_)
{
        char whole[64] = "219999900101001", lost[64] = "2199999001010016", text[64] = "H1234567";

        assert_int_equal(id_cell_normalise(whole, sizeof(whole), true, today), ROSTER_ID_LEGACY);
        assert_string_equal(whole, "219999199001010016");
        assert_int_equal(id_cell_normalise(lost, sizeof(lost), true, today), ROSTER_ID_NUMBER_CELL);
        assert_int_equal(id_cell_normalise(text, sizeof(text), true, today), ROSTER_ID_NUMBER_CELL);
}

static void test_valid_number_has_no_problem(void **state _unused_)
{
        char text[64] = "219999 19900101 018x";

        assert_int_equal(id_cell_normalise(text, sizeof(text), false, today), _ROSTER_CODE_INVALID);
        assert_string_equal(text, "21999919900101018X");
}

static void test_dates_are_parsed(void **state _unused_)
{
        static const struct {
                const char *text;
                bool number, date1904;
                Date date;
        } good[] = {
                {"19900101", false, false, {1990, 1, 1}},
                {"19900101", true, false, {1990, 1, 1}},
                {"1990-1-1", false, false, {1990, 1, 1}},
                {"1990/12/31", false, false, {1990, 12, 31}},
                {"1990.02.28", false, false, {1990, 2, 28}},
                {"1990年1月1日", false, false, {1990, 1, 1}},
                {"2000-02-29T00:00:00", false, false, {2000, 2, 29}},
                {"32874", true, false, {1990, 1, 1}},
                {"31412", true, true, {1990, 1, 1}},
                {"25569", true, false, {1970, 1, 1}},
        };
        static const char *const bad[] = {"",         "1990",    "1990-13-01", "1900-02-29",
                                          "19900230", "1990-1",  "90-1-1",     "1990-1-1x",
                                          "32874",    "unknown", "123456789",  "1990 1 1"};
        Date date;

        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                assert_true(cell_parse_date(good[i].text, good[i].number, good[i].date1904, &date));
                assert_int_equal(date_compare(date, good[i].date), 0);
        }
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_false(cell_parse_date(bad[i], false, false, &date));
}

static void test_headings_need_a_number_and_a_person(void **state _unused_)
{
        const Cell full[] = {{.text = "姓名"}, {.text = "x"}, {.text = "身份证号"}};
        const Cell by_number[] = {{.text = "学号"}, {.text = "SFZH"}};
        const Cell lacking[] = {{.text = "姓名"}, {.text = "教学点"}, {.text = "学号"}};
        const Cell twice[] = {{.text = "身份证号"}, {.text = "姓名"}, {.text = "姓名"}};
        Headings headings;

        assert_true(headings_find(full, ELEMENTSOF(full), &headings));
        assert_int_equal(headings.column[FIELD_NAME], 0);
        assert_int_equal(headings.column[FIELD_ID_NUMBER], 2);
        assert_int_equal(headings.column[FIELD_POINT], -1);
        assert_true(headings_find(by_number, ELEMENTSOF(by_number), &headings));
        assert_false(headings_find(lacking, ELEMENTSOF(lacking), &headings));
        assert_int_equal(headings.n_known, 3);
        assert_true(headings_find(twice, ELEMENTSOF(twice), &headings));
        assert_int_equal(headings.column[FIELD_NAME], 1); /* the left one */
        assert_false(headings_find(NULL, 0, &headings));
}

static void test_long_texts_are_no_headings(void **state _unused_)
{
        char text[400];
        const Cell cells[] = {{.text = text}, {.text = "身份证号"}};
        Headings headings;

        memset(text, ' ', sizeof(text) - 1);
        strcpy(text + sizeof(text) - 1 - strlen("姓名"), "姓名");
        assert_false(headings_find(cells, ELEMENTSOF(cells), &headings));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cells_are_cleaned),
                cmocka_unit_test(test_numbers_are_folded),
                cmocka_unit_test(test_headings_are_folded),
                cmocka_unit_test(test_quantities_become_plain_digits),
                cmocka_unit_test(test_digits_that_do_not_fit_are_left),
                cmocka_unit_test(test_exponents_are_recognised),
                cmocka_unit_test(test_quantity_of_fifteen_digits_is_the_last_that_is_whole),
                cmocka_unit_test(test_valid_number_has_no_problem),
                cmocka_unit_test(test_dates_are_parsed),
                cmocka_unit_test(test_headings_need_a_number_and_a_person),
                cmocka_unit_test(test_long_texts_are_no_headings),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
