/* SPDX-License-Identifier: MIT */
#include "rosterfixture.h"

#include <idphoto/roster.h>
#include <idphoto/text.h>

#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define A "219999199001010016"
#define B "219999199001010024"
#define C "219999199001010032"
#define X "21999919900101018X"

static const Date today = {2025, 9, 1};

static Roster *read_data(const void *data, size_t size)
{
        Roster *roster = NULL;

        assert_int_equal(roster_read(data, size, NULL, today, &roster), 0);
        assert_non_null(roster);
        expect_handed_over(roster);
        return roster;
}

static Roster *read_text(const char *text)
{
        return read_data(text, strlen(text));
}

static void expect_clean(const Roster *roster, size_t n_rows)
{
        for (size_t i = 0; i < roster->n_problems; i++)
                fail_msg("row %zu: %s '%s'", roster->problems[i].row,
                         roster_code_to_string(roster->problems[i].code),
                         roster->problems[i].value);
        assert_int_equal(roster->n_errors + roster->n_warnings, 0);
        assert_int_equal(roster->n_rows, n_rows);
}

/* The one problem of a text. */
static void expect_problem(const char *text, RosterCode code, size_t row, unsigned column)
{
        _cleanup_(roster_freep) Roster *roster = read_text(text);

        if (roster->n_problems != 1 || roster->problems[0].code != code)
                fail_msg("%zu problems, the first %s, for: %s", roster->n_problems,
                         roster->n_problems > 0 ? roster_code_to_string(roster->problems[0].code)
                                                : "-",
                         text);
        assert_int_equal(roster->problems[0].row, row);
        assert_int_equal(roster->problems[0].column, column);
        assert_int_equal(roster->n_errors, roster_code_level(code) == ROSTER_ERROR);
        assert_int_equal(roster->n_warnings, roster_code_level(code) == ROSTER_WARNING);
}

static void test_every_column_is_read(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("序号,学号,考生号,姓名,性别,身份证号,层次,专业,教学点,班级,备注\r\n"
                          "1,20230001,232101,张三,男," A ",专升本,会计学,沈阳分校,会计2班,无\r\n");

        expect_clean(roster, 1);
        assert_int_equal(roster->rows[0].row, 2);
        assert_string_equal(roster->rows[0].id_number, A);
        assert_string_equal(roster->rows[0].name, "张三");
        assert_string_equal(roster->rows[0].student_no, "20230001");
        assert_string_equal(roster->rows[0].exam_no, "232101");
        assert_string_equal(roster->rows[0].sex, "男");
        assert_string_equal(roster->rows[0].level, "专升本");
        assert_string_equal(roster->rows[0].major, "会计学");
        assert_string_equal(roster->rows[0].point, "沈阳分校");
        assert_string_equal(roster->rows[0].class_name, "会计2班");
        assert_true(roster->has_point_column);
}

/* A row for these headings: in their order, and with their delimiter. */
static const char *row_for(const char *headings)
{
        if (text_starts_with(headings, "Name/"))
                return "张三," A ",P\n";
        if (strstr(headings, "，"))
                return A "，张三，P\n";
        if (strstr(headings, "；"))
                return A "；张三；P\n";
        return strchr(headings, ';') ? A ";张三;P\n" : A ",张三,P\n";
}

static void test_headings_are_known_by_their_aliases(void **state _unused_)
{
        static const char *const headings[] = {
                "身份证号,姓名,教学点",
                "身份证号码,学生姓名,函授站",
                "*身份证号（必填）,*姓名,站点",
                "身份证\n号,姓 名,系所函",
                "SFZH,XM,XSH",
                "sfzh,xm,fy",
                "证件号码,考生姓名,学习中心",
                "公民身份号码：,姓名：,教学点名称：",
                "ＳＦＺＨ,ＸＭ,ＸＳＨ",
                "身份证号 [文本],姓名,校外教学点",
                "身分證號,姓名,教學點",
                "身份證號碼,姓名,函授站點",
                "公民身份號碼,學生姓名,學習中心",
                "居民身份证号,学员姓名,函授站点",
                "学生身份证号码,考生姓名,所属教学点",
                "ID number,Name,Teaching point",
                "ID No.,Full name,Teaching Point",
                "id_number,full_name,teaching_point",
                "ID card number,Student's name,Learning centre",
                "身份证号 ID Number,姓名 Name,教学点 Teaching Point",
                "Name/姓名,ID No./证件号码,Point/教学点",
                "★身份证号,姓名#,教学点",
                "身份证号，姓名，教学点",
                "身份证号；姓名；教学点",
                "身份证号;姓名;教学点",
        };

        for (size_t i = 0; i < ELEMENTSOF(headings); i++) {
                char text[512];
                _cleanup_(roster_freep) Roster *roster = NULL;

                /* A heading with a line break is quoted. */
                if (strchr(headings[i], '\n'))
                        (void)snprintf(text, sizeof(text), "\"身份证\n号\",姓 名,系所函\n%s",
                                       A ",张三,P\n");
                else
                        (void)snprintf(text, sizeof(text), "%s\n%s", headings[i],
                                       row_for(headings[i]));
                roster = read_text(text);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].point, "P");
        }
}

static void test_better_alias_wins_over_the_place(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_text("分院,姓名,证件号,教学点,身份证号\n"
                                                           "wrong,张三,wrong,right," A "\n");

        expect_clean(roster, 1);
        assert_string_equal(roster->rows[0].point, "right");
        assert_string_equal(roster->rows[0].id_number, A);
}

static void test_titles_and_totals_are_skipped(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_text("202601批次毕业生名册,,\n"
                                                           "制表单位：继续教育学院,,\n"
                                                           "\n"
                                                           "身份证号,姓名,教学点\n" A ",张三,P\n"
                                                           ",,\n" B ",李四,P\n"
                                                           "身份证号,姓名,教学点\n" C ",王五,P\n"
                                                           "合计,3人,\n"
                                                           "制表人：赵六,,2025-09-01\n"
                                                           ",,仅供内部使用\n");

        expect_clean(roster, 3);
        assert_int_equal(roster->rows[0].row, 5);
        assert_int_equal(roster->rows[2].row, 9);
}

static void test_heading_may_stand_in_row_twenty_but_not_later(void **state _unused_)
{
        char text[1024] = "";

        for (int i = 0; i < 19; i++)
                strcat(text, "x\n");
        strcat(text, "身份证号,姓名,教学点\n" A ",张三,P\n");
        {
                _cleanup_(roster_freep) Roster *roster = read_text(text);

                expect_clean(roster, 1);
        }
        memmove(text + 2, text, strlen(text) + 1);
        memcpy(text, "x\n", 2);
        expect_problem(text, ROSTER_NO_HEADING, 1, 0);
}

static void test_delimiter_is_found(void **state _unused_)
{
        static const char delimiters[] = ",\t;|";

        for (const char *d = delimiters; *d; d++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text),
                               "名册，a,b,c,d,e,f\n身份证号%c姓名%c教学点\n" A "%c张三%cP\n", *d,
                               *d, *d, *d);
                roster = read_text(text);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].name, "张三");
        }
}

static void test_quotes_are_those_of_rfc_4180(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号,姓名,教学点,班级\r\n\"" A
                          "\",\"张\"\"三\"\"\",\"P, Q\",\"一\r\n班\"\r\n" B ",\"\",R,\r\n" C
                          ",王\"五,\"S\",x");

        assert_int_equal(roster->n_problems, 1); /* the empty name */
        assert_int_equal(roster->problems[0].code, ROSTER_NAME_MISSING);
        assert_int_equal(roster->problems[0].row, 3);
        assert_int_equal(roster->n_rows, 2);
        assert_string_equal(roster->rows[0].name, "张\"三\"");
        assert_string_equal(roster->rows[0].point, "P, Q");
        assert_string_equal(roster->rows[1].name, "王\"五");
        assert_int_equal(roster->rows[1].row, 4);
}

static void test_any_line_end_will_do(void **state _unused_)
{
        static const char *const ends[] = {"\n", "\r\n", "\r"};

        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text),
                               "身份证号,姓名,教学点%s" A ",张三,P%s" B ",李四,P%s", ends[i],
                               ends[i], ends[i]);
                roster = read_text(text);
                expect_clean(roster, 2);
                assert_int_equal(roster->rows[1].row, 3);
        }
}

static char *convert(const char *encoding, const char *text, size_t *ret_size)
{
        iconv_t cd = iconv_open(encoding, "UTF-8");
        size_t in_left = strlen(text), room = in_left * 2 + 8, out_left = room;
        char *in = (char *)text, *data = malloc(room), *out = data;

        assert_true(cd != (iconv_t)-1);
        assert_non_null(data);
        assert_int_equal(iconv(cd, &in, &in_left, &out, &out_left), 0);
        (void)iconv_close(cd);
        *ret_size = room - out_left;
        return data;
}

static void test_every_encoding_of_offices_is_read(void **state _unused_)
{
        static const char text[] =
                "身份证号,姓名,教学点\r\n" A ",张㐂,沈阳分校\r\n"; /* a character of GB18030 only */
        static const struct {
                const char *encoding;
                const char *mark;
                size_t mark_size;
        } cases[] = {
                {"UTF-8", "", 0},
                {"UTF-8", "\xef\xbb\xbf", 3},
                {"GB18030", "", 0},
                {"UTF-16LE", "\xff\xfe", 2},
                {"UTF-16BE", "\xfe\xff", 2},
                {"UTF-16LE", "", 0},
                {"UTF-16BE", "", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                size_t size;
                _cleanup_free_ char *body = convert(cases[i].encoding, text, &size);
                _cleanup_free_ char *data = malloc(size + 3);
                _cleanup_(roster_freep) Roster *roster = NULL;

                assert_non_null(data);
                memcpy(data, cases[i].mark, cases[i].mark_size);
                memcpy(data + cases[i].mark_size, body, size);
                roster = read_data(data, size + cases[i].mark_size);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].name, "张㐂");
                assert_string_equal(roster->rows[0].point, "沈阳分校");
        }
}

static void test_damaged_characters_are_located(void **state _unused_)
{
        static const char gbk[] =
                "\xc9\xed\xb7\xdd\xd6\xa4\xba\xc5,\xd0\xd5\xc3\xfb\n1,2\n\xff\xff,x\n";
        static const char utf8[] = "\xef\xbb\xbf身份证号,姓名\n1,\xe5\xbc\n";
        _cleanup_(roster_freep) Roster *a = read_data(gbk, sizeof(gbk) - 1);
        _cleanup_(roster_freep) Roster *b = read_data(utf8, sizeof(utf8) - 1);

        assert_int_equal(a->problems[0].code, ROSTER_BAD_CHARACTER);
        assert_int_equal(a->problems[0].row, 3);
        assert_int_equal(b->problems[0].code, ROSTER_BAD_CHARACTER);
        assert_int_equal(b->problems[0].row, 2);
}

static void test_guards_around_numbers_are_taken_off(void **state _unused_)
{
        static const char *const cells[] = {
                "'" A,
                "=\"" A "\"",
                "\"=\"\"" A "\"\"\"",
                "\t" A,
                A "\t",
                "  " A "  ",
                "\xc2\xa0" A "\xc2\xa0",
                "\xe3\x80\x80" A,
                "\xe2\x80\xad" A,
                "２１９９９９１９９００１０１００１６",
                "219999 19900101 0016",
                "219999-19900101-0016",
        };

        for (size_t i = 0; i < ELEMENTSOF(cells); i++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text), "姓名,身份证号,教学点\n张三,%s,P\n", cells[i]);
                roster = read_text(text);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].id_number, A);
        }
}

static void test_small_x_becomes_large(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号,姓名,教学点\n21999919900101018x,张三,P\n");

        expect_clean(roster, 1);
        assert_string_equal(roster->rows[0].id_number, X);
}

static void test_damaged_numbers_are_errors(void **state _unused_)
{
        static const struct {
                const char *cell;
                RosterCode code;
        } cases[] = {
                {"", ROSTER_ID_MISSING},
                {"2.19999E+17", ROSTER_ID_EXPONENT},
                {"2.19999e+17", ROSTER_ID_EXPONENT},
                {"219999199001010000", ROSTER_ID_ZEROS},
                {"21999919900101001", ROSTER_ID_LENGTH},
                {"2199991990010100166", ROSTER_ID_LENGTH},
                {"219999990230001", ROSTER_ID_LENGTH},
                {"1234567", ROSTER_ID_LENGTH},
                {"AB/12345", ROSTER_ID_UNUSABLE},
                {"A12", ROSTER_ID_UNUSABLE},
                {"ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567", ROSTER_ID_UNUSABLE},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char text[256];

                (void)snprintf(text, sizeof(text), "姓名,身份证号,教学点\n张三,%s,P\n",
                               cases[i].cell);
                expect_problem(text, cases[i].code, 2, 2);
        }
}

static void test_doubtful_numbers_are_kept_with_a_warning(void **state _unused_)
{
        static const struct {
                const char *cell;
                RosterCode code;
                const char *number;
        } cases[] = {
                {"219999199001010017", ROSTER_ID_CHECK_DIGIT, "219999199001010017"},
                {"219999199002300015", ROSTER_ID_DATE, "219999199002300015"},
                {"219999209901010018", ROSTER_ID_FUTURE, "219999209901010018"},
                {"999999199001010016", ROSTER_ID_REGION, "999999199001010016"},
                {"219999900101001", ROSTER_ID_LEGACY, A},
                {"h12345678", ROSTER_ID_OTHER_DOCUMENT, "H12345678"},
                {"12345678", ROSTER_ID_OTHER_DOCUMENT, "12345678"},
                {"XX123456", ROSTER_ID_OTHER_DOCUMENT,
                 "XX123456"}, /* with .jpg no temporary name */
                {"A123456（7）", ROSTER_ID_OTHER_DOCUMENT, "A1234567"},
                {"军字第12345号", ROSTER_ID_OTHER_DOCUMENT, "军字第12345号"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text), "姓名,身份证号,教学点\n张三,%s,P\n",
                               cases[i].cell);
                expect_problem(text, cases[i].code, 2, 2);
                roster = read_text(text);
                assert_int_equal(roster->n_rows, 1);
                assert_string_equal(roster->rows[0].id_number, cases[i].number);
                assert_int_equal(roster->n_errors, 0);
        }
}

static void test_value_of_a_problem_is_as_in_the_file(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("姓名,身份证号,教学点\n张三,219999 19900101 0017,P\n");

        assert_string_equal(roster->problems[0].value, "219999 19900101 0017");
}

static void test_same_number_twice_is_an_error_with_both_rows(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号,姓名,教学点\n" A ",张三,P\n" B ",李四,P\n" A ",张三,P\n");

        assert_int_equal(roster->n_errors, 1);
        assert_int_equal(roster->problems[0].code, ROSTER_ID_TWICE);
        assert_int_equal(roster->problems[0].row, 4);
        assert_int_equal(roster->problems[0].other_row, 2);
        assert_int_equal(roster->problems[0].column, 1);
        assert_int_equal(roster->n_rows, 2);
}

static void test_old_and_new_form_of_a_number_are_the_same(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号,姓名,教学点\n" A ",张三,P\n219999900101001,张三,P\n");

        assert_int_equal(roster->n_errors, 1);
        assert_int_equal(roster->problems[1].code, ROSTER_ID_TWICE);
}

static void test_two_enrolments_of_one_person_are_a_warning(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号,姓名,学号,教学点\n" A ",张三,1,P\n" A ",张三,2,P\n");

        assert_int_equal(roster->n_errors, 0);
        assert_int_equal(roster->problems[0].code, ROSTER_ID_TWO_STUDENT_NUMBERS);
        assert_int_equal(roster->n_rows, 2);
}

static void test_student_number_of_two_people_is_an_error(void **state _unused_)
{
        expect_problem("身份证号,姓名,学号,教学点\n" A ",张三,1,P\n" B ",李四,1,P\n",
                       ROSTER_STUDENT_NUMBER_TWICE, 3, 3);
}

static void test_row_with_an_error_is_no_rival(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_text(
                "身份证号,姓名,学号,教学点\n" A ",张三,1,P\n" B ",李四,1,P\n" B ",李四,2,P\n");

        assert_int_equal(roster->n_errors, 1);
        assert_int_equal(roster->problems[0].code, ROSTER_STUDENT_NUMBER_TWICE);
        assert_int_equal(roster->problems[0].other_row, 2);
        assert_int_equal(roster->n_rows, 2);
        assert_int_equal(roster->rows[1].row, 4);
}

static void test_rows_must_be_whole(void **state _unused_)
{
        expect_problem("身份证号,姓名,教学点\n" A ",,P\n", ROSTER_NAME_MISSING, 2, 2);
        expect_problem("身份证号,姓名,教学点\n" A ",张三,\n", ROSTER_POINT_MISSING, 2, 3);
        expect_problem("身份证号,姓名,教学点\n" A ",张三\n", ROSTER_POINT_MISSING, 2, 3);
        expect_problem("身份证号,姓名,教学点\n" A ",张三,a/b\n", ROSTER_POINT_NAME, 2, 3);
        expect_problem("身份证号,姓名,教学点\n" A ",张三,..\n", ROSTER_POINT_NAME, 2, 3);
        expect_problem("身份证号,姓名,教学点\n" A ",张三,.hidden\n", ROSTER_POINT_NAME, 2, 3);
        expect_problem("身份证号,姓名,学号,教学点\n" A ",张三,2.02300E+11,P\n",
                       ROSTER_STUDENT_NUMBER_DAMAGED, 2, 3);
}

static void test_long_cells_are_errors(void **state _unused_)
{
        char name[301], text[1024];

        memset(name, 'n', 300);
        name[300] = '\0';
        (void)snprintf(text, sizeof(text), "身份证号,姓名,教学点\n" A ",%s,P\n", name);
        expect_problem(text, ROSTER_CELL_TOO_LONG, 2, 2);
}

static void test_remarks_may_be_long(void **state _unused_)
{
        enum { LONG = 20000 };
        _cleanup_free_ char *text = calloc(1, LONG + 200);
        _cleanup_(roster_freep) Roster *roster = NULL;

        assert_non_null(text);
        strcpy(text, "身份证号,姓名,教学点,备注\n" A ",张三,P,");
        memset(text + strlen(text), 'r', LONG);
        strcat(text, "\n");
        roster = read_text(text);
        expect_clean(roster, 1);
}

static void test_neighbours_that_contradict_the_number_are_told(void **state _unused_)
{
        expect_problem("身份证号,姓名,性别,教学点\n" A ",张三,女,P\n", ROSTER_SEX_MISMATCH, 2, 3);
        expect_problem("身份证号,姓名,性别,教学点\n" B ",张三,1,P\n", ROSTER_SEX_MISMATCH, 2, 3);
        expect_problem("身份证号,姓名,出生日期,教学点\n" A ",张三,19900102,P\n",
                       ROSTER_BIRTH_MISMATCH, 2, 3);
}

static void test_dates_may_be_written_in_any_way(void **state _unused_)
{
        static const char *const dates[] = {"19900101",         "1990-01-01", "1990-1-1",
                                            "1990/1/01",        "1990.1.1",   "1990年1月1日",
                                            "1990/1/1 0:00:00", "",           "unknown"};

        for (size_t i = 0; i < ELEMENTSOF(dates); i++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text),
                               "身份证号,姓名,出生日期,教学点\n" A ",张三,%s,P\n", dates[i]);
                roster = read_text(text);
                expect_clean(roster, 1);
        }
}

static void test_missing_columns_are_named(void **state _unused_)
{
        expect_problem("学号,姓名,教学点\n1,张三,P\n", ROSTER_NO_ID_COLUMN, 1, 0);
        expect_problem("标题\n身份证号,教学点,班级\n" A ",P,1\n", ROSTER_NO_NAME_COLUMN, 2, 0);
        expect_problem("身份证号,学号,教学点\n" A ",1,P\n", ROSTER_NO_NAME_COLUMN, 1, 0);
        expect_problem("身份证号,姓名\n" A ",张三\n", ROSTER_NO_POINT_COLUMN, 1, 0);
        expect_problem("a,b,c\n1,2,3\n", ROSTER_NO_HEADING, 1, 0);
        expect_problem("身份证号,姓名,教学点\n", ROSTER_NO_ROWS, 1, 0);
        expect_problem("", ROSTER_NO_HEADING, 0, 0);
}

static void test_without_a_point_column_the_point_is_empty(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_text("身份证号,姓名\n" A ",张三\n");

        assert_false(roster->has_point_column);
        assert_int_equal(roster->n_rows, 1);
        assert_string_equal(roster->rows[0].point, "");
        assert_string_equal(roster->rows[0].student_no, "");
}

static void test_other_files_are_told_apart(void **state _unused_)
{
        static const struct {
                const char *data;
                size_t size;
                RosterCode code;
        } cases[] = {
                {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, ROSTER_OLD_EXCEL},
                {"%PDF-1.7\n", 9, ROSTER_NOT_A_TABLE},
                {"<html><table><tr><td>身份证号", 33, ROSTER_HTML_TABLE},
                {"\n <?xml version=\"1.0\"?>", 23, ROSTER_HTML_TABLE},
                {"PK\x03\x04rubbish", 11, ROSTER_DAMAGED_FILE},
                {"\x03\x00\x01\x00\x00\x02xyz\x00", 10, ROSTER_NOT_A_TABLE},
                {"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", 12, ROSTER_NOT_A_TABLE},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_(roster_freep) Roster *roster = read_data(cases[i].data, cases[i].size);

                assert_int_equal(roster->n_rows, 0);
                assert_int_equal(roster->n_problems, 1);
                if (roster->problems[0].code != cases[i].code)
                        fail_msg("case %zu: %s", i,
                                 roster_code_to_string(roster->problems[0].code));
        }
}

static void test_open_quote_is_located(void **state _unused_)
{
        expect_problem("身份证号,姓名,教学点\n" A ",\"张三,P\n" B ",李四,P\n", ROSTER_OPEN_QUOTE, 2,
                       0);
}

static void test_problems_are_counted_beyond_those_kept(void **state _unused_)
{
        enum { ROWS = ROSTER_PROBLEMS_KEPT + 50 };
        _cleanup_text_ Text text = {0};
        _cleanup_(roster_freep) Roster *roster = NULL;

        text_append(&text, "身份证号,姓名,教学点\n");
        for (int i = 0; i < ROWS; i++)
                text_append(&text, "1,张三,P\n");
        roster = read_data(text.data, text.size);
        assert_int_equal(roster->n_errors, ROWS);
        assert_int_equal(roster->n_problems, ROSTER_PROBLEMS_KEPT);
}

static void test_many_rows_keep_their_order(void **state _unused_)
{
        enum { ROWS = 5000 };
        _cleanup_text_ Text text = {0};
        _cleanup_(roster_freep) Roster *roster = NULL;

        text_append(&text, "姓名,身份证号,学号,教学点\n");
        for (int i = 0; i < ROWS; i++) {
                Date day = date_from_days(date_to_days((Date){1980, 1, 1}) + i);
                char digits[32], id[48];

                (void)snprintf(digits, sizeof(digits), "219999%04d%02d%02d001", day.year, day.month,
                               day.day);
                (void)snprintf(id, sizeof(id), "%s%c", digits, id_number_check_character(digits));
                text_printf(&text, "学生%d,%s,%d,P\n", i, id, i);
        }
        roster = read_data(text.data, text.size);
        expect_clean(roster, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
                assert_int_equal(roster->rows[i].row, i + 2);
                assert_int_equal(strtoul(roster->rows[i].student_no, NULL, 10), i);
        }
}

static void test_every_problem_has_texts(void **state _unused_)
{
        for (int i = 0; i < _ROSTER_CODE_MAX; i++) {
                assert_non_null(roster_code_to_string((RosterCode)i));
                assert_true(text_ends_with(roster_code_text((RosterCode)i, LANGUAGE_EN), "."));
                assert_true(text_ends_with(roster_code_text((RosterCode)i, LANGUAGE_ZH), "。"));
        }
        assert_null(roster_code_to_string(_ROSTER_CODE_MAX));
        assert_string_equal(roster_code_text(_ROSTER_CODE_INVALID, LANGUAGE_EN), "");
        assert_int_equal(roster_code_level(_ROSTER_CODE_MAX), ROSTER_ERROR);
}

static void test_columns_are_called_as_in_spreadsheets(void **state _unused_)
{
        static const struct {
                unsigned column;
                const char *name;
        } cases[] = {{0, ""},    {1, "A"},   {26, "Z"},      {27, "AA"},
                     {52, "AZ"}, {53, "BA"}, {16384, "XFD"}, {UINT32_MAX, "MWLQKWU"}};
        char buf[ROSTER_COLUMN_SIZE];

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_string_equal(roster_column_name(cases[i].column, buf), cases[i].name);
}

/* ---- words that are no values [W7] ---- */

static void test_words_for_nothing_are_nothing(void **state _unused_)
{
        static const char *const words[] = {
                "无",     "暂无", "没有", "-",    "—",    "--",        "/",      "／",  "N/A",
                "n/a",    "nan",  "NaN",  "None", "NULL", "undefined", "(null)", "\\N", "«无»",
                "（无）", "<NA>", "無",   "“无”", "0",    "、",        "Ｎ／Ａ"};

        for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                char text[512];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text),
                               "身份证号,姓名,学号,班级,教学点\n" A ",张三,%s,%s,P\n" B
                               ",李四,%s,%s,P\n",
                               words[i], strcmp(words[i], "0") ? words[i] : "", words[i], "");
                roster = read_text(text);
                expect_clean(roster, 2);
                assert_string_equal(roster->rows[0].student_no, "");
                assert_string_equal(roster->rows[0].class_name, "");
                (void)snprintf(text, sizeof(text), "身份证号,姓名,教学点\n" A ",%s,P\n", words[i]);
                expect_problem(text, ROSTER_NAME_MISSING, 2, 2);
        }
        expect_problem("身份证号,姓名,教学点\n无,张三,P\n", ROSTER_ID_MISSING, 2, 1);
        expect_problem("身份证号,姓名,教学点\n" A ",张三,NULL\n", ROSTER_POINT_MISSING, 2, 3);
}

static void test_names_are_no_words_for_nothing(void **state _unused_)
{
        static const char *const names[] = {"无名", "Nan",  "Na",         "吴",   "O'Brien",
                                            "空海", "李??", "Null-Smith", "缺一", "M. None"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text), "身份证号,姓名,教学点\n" A ",%s,P\n", names[i]);
                roster = read_text(text);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].name, names[i]);
        }
}

static void test_errors_of_spreadsheet_programs_are_told(void **state _unused_)
{
        static const char *const faults[] = {"#N/A",   "#REF!",   "#VALUE!", "#DIV/0!", "#NAME?",
                                             "#NULL!", "#NUM!",   "#n/a",    "＃N/A",   "#SPILL!",
                                             "####",   "Err:502", " #REF! "};
        static const char *const heads[] = {"身份证号", "姓名", "学号", "教学点", "班级"};

        for (size_t i = 0; i < ELEMENTSOF(faults); i++)
                for (unsigned column = 0; column < ELEMENTSOF(heads); column++) {
                        const char *cells[] = {A, "张三", "S1", "P", "1班"};
                        char text[512];

                        cells[column] = faults[i];
                        (void)snprintf(text, sizeof(text), "%s,%s,%s,%s,%s\n%s,%s,%s,%s,%s\n",
                                       heads[0], heads[1], heads[2], heads[3], heads[4], cells[0],
                                       cells[1], cells[2], cells[3], cells[4]);
                        expect_problem(text, ROSTER_CELL_FAULT, 2, column + 1);
                }
        /* Where nothing is kept nothing is lost. */
        {
                _cleanup_(roster_freep) Roster *roster = read_text(
                        "身份证号,姓名,教学点,备注,出生日期\n" A ",张三,P,#N/A,#VALUE!\n");

                expect_clean(roster, 1);
        }
}

static void test_whole_numbers_lose_their_fractions(void **state _unused_)
{
        static const struct {
                const char *cell, *number; /* NULL: damaged */
        } cases[] = {{"20220001.0", "20220001"},
                     {"00012345.00", "00012345"},
                     {"2.0220001E7", "20220001"},
                     {"2.0220001E+7", "20220001"},
                     {"2.0220001e+07", "20220001"},
                     {"2.02300E+11", NULL},
                     {"1.23457E+17", NULL},
                     {"1234567890123456.0", NULL},
                     {"1E5", "1E5"},
                     {"2022.5", "2022.5"},
                     {"2022-0015", "2022-0015"}};

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text), "身份证号,姓名,学号,教学点\n" A ",张三,%s,P\n",
                               cases[i].cell);
                if (!cases[i].number) {
                        expect_problem(text, ROSTER_STUDENT_NUMBER_DAMAGED, 2, 3);
                        continue;
                }
                roster = read_text(text);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].student_no, cases[i].number);
        }
        expect_problem("身份证号,姓名,教学点\n219999199001010016.0,张三,P\n", ROSTER_ID_NUMBER_CELL,
                       2, 1);
}

static void test_codes_lose_their_fractions(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号,姓名,班级,专业,教学点\n" A ",张三,2.0,1204.0,12.0\n");

        expect_clean(roster, 1);
        assert_string_equal(roster->rows[0].class_name, "2");
        assert_string_equal(roster->rows[0].major, "1204");
        assert_string_equal(roster->rows[0].point, "12");
}

static void test_numbers_with_anything_beside_them_are_shown_masked(void **state _unused_)
{
        static const struct {
                const char *cell, *shown;
        } cases[] = {
                {A "(旧)", "219999********0016(旧)"},
                {A "（1）", "219999********0016(1)"},
                {"身份证：" A, "身份证:219999********0016"},
                {A "张三", "219999********0016张三"},
                {A " 张三", "219999********0016 张三"},
                {A "/" B, "219999********0016/219999********0024"},
                {A "、" B, "219999********0016、219999********0024"},
                {A " " B, "219999********0016 219999********0024"},
                {A ".", "219999********0016."},
                {A "B", "219999********0016B"},
                {"ID" X, "ID219999********018X"},
                {"２１９９９９１９９００１０１００１６旧", "219999********0016旧"},
                {"号码219999 19900101 0016", "号码219999********0016"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char text[512];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text), "身份证号,姓名,教学点\n%s,张三,P\n",
                               cases[i].cell);
                expect_problem(text, ROSTER_ID_WITH_MORE, 2, 1);
                roster = read_text(text);
                assert_string_equal(roster->problems[0].value, cases[i].shown);
                assert_int_equal(roster->n_rows, 0);
        }
}

static void test_a_letter_may_tell_two_people_of_one_number_apart(void **state _unused_)
{
        expect_problem("身份证号,姓名,教学点\n" A ",张三,P\n" A "B,李四,P\n",
                       ROSTER_ID_OTHER_DOCUMENT, 3, 1);
        /* The same person, or nobody whom it could be taken for. */
        expect_problem("身份证号,姓名,教学点\n" A ",张三,P\n" A "B,张三,P\n", ROSTER_ID_WITH_MORE,
                       3, 1);
        expect_problem("身份证号,姓名,教学点\n" B ",张三,P\n" A "B,李四,P\n", ROSTER_ID_WITH_MORE,
                       3, 1);
}

static void test_guards_around_numbers_are_none_beside_them(void **state _unused_)
{
        static const char *const cells[] = {"'" A,
                                            "‘" A,
                                            "’" A,
                                            "＇" A,
                                            "\t" A,
                                            A "\t",
                                            " " A " ",
                                            "\"=\"\"" A "\"\"\"",
                                            "219999 19900101 0016",
                                            "219999-19900101-0016",
                                            "２１９９９９１９９００１０１００１６",
                                            "\xe2\x80\xad" A "\xe2\x80\xac",
                                            "(" A ")"};

        for (size_t i = 0; i < ELEMENTSOF(cells); i++) {
                char text[256];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(text, sizeof(text), "姓名,身份证号,教学点\n张三,%s,P\n", cells[i]);
                roster = read_text(text);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].id_number, A);
        }
}

static void test_no_other_document_has_so_many_digits(void **state _unused_)
{
        expect_problem("身份证号,姓名,教学点\n21999919900101002H,张三,P\n", ROSTER_ID_LENGTH, 2, 1);
        expect_problem("身份证号,姓名,教学点\n2199991990010100张,张三,P\n", ROSTER_ID_LENGTH, 2, 1);
}

static void test_a_document_number_has_32_bytes_at_most(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号,姓名,教学点\nPASSPORT1234567890PASSPORT123456,张三,P\n");

        assert_int_equal(roster->n_errors, 0);
        assert_string_equal(roster->rows[0].id_number, "PASSPORT1234567890PASSPORT123456");
        expect_problem("身份证号,姓名,教学点\nPASSPORT1234567890PASSPORT1234567,张三,P\n",
                       ROSTER_ID_UNUSABLE, 2, 1);
}

static void test_blanks_before_a_long_name_do_not_hide_its_length(void **state _unused_)
{
        _cleanup_text_ Text text = {};

        text_append(&text, "身份证号,姓名,教学点\n" A ",");
        for (int i = 0; i < 1000; i++)
                text_append(&text, " ");
        for (int i = 0; i < 100; i++)
                text_append(&text, "张");
        text_append(&text, ",P\n");
        expect_problem(text.data, ROSTER_CELL_TOO_LONG, 2, 2);
}

static void test_example_rows_are_passed_over(void **state _unused_)
{
        expect_problem("序号,身份证号,姓名,教学点\n示例," A ",张三,P\n1," B ",李四,P\n",
                       ROSTER_EXAMPLE_ROW, 2, 0);
        expect_problem("身份证号,姓名,教学点,备注\n" A ",张三,P,示例（请删除）\n" B ",李四,P,\n",
                       ROSTER_EXAMPLE_ROW, 2, 0);
}

static void test_notes_below_the_list_are_no_students(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("姓名,身份证号,教学点\n张三," A ",P\n注：红色为延期毕业,,\n以上共1人,,\n"
                          "本页以下无数据,,\n");

        expect_clean(roster, 1);
}

static void test_one_person_enrolled_twice_is_told_what_counts(void **state _unused_)
{
        expect_problem("身份证号,姓名,学号,教学点\n" A ",张三,S1,P\n" A ",张三,S2,P\n",
                       ROSTER_ID_TWO_STUDENT_NUMBERS, 3, 3);
        expect_problem("身份证号,姓名,学号,教学点\n" A ",张三,S1,P\n" A ",张三,S2,Q\n",
                       ROSTER_ID_TWO_POINTS, 3, 4);
        expect_problem("身份证号,姓名,学号,教学点\n" A ",张三,S1,P\n" A ",张三,S1,P\n",
                       ROSTER_ID_TWICE, 3, 1);
}

static void test_own_status_tables_are_rosters(void **state _unused_)
{
        static const char *const tables[] = {
                "\xef\xbb\xbf"
                "point,id_number,name,student_no,state,reasons,warnings,sent_as,changed\r\n"
                "\"P\",\"=\"\"" A "\"\"\",\"张三\",\"=\"\"S1\"\"\",\"missing\",,,,\r\n",
                "\xef\xbb\xbf"
                "教学点,身份证号,姓名,学号,状态,驳回原因,注意,提交文件名,更新时间\r\n"
                "\"P\",\"=\"\"" A "\"\"\",\"张三\",\"=\"\"S1\"\"\",\"未交\",,,,\r\n",
        };

        for (size_t i = 0; i < ELEMENTSOF(tables); i++) {
                _cleanup_(roster_freep) Roster *roster = read_text(tables[i]);

                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].id_number, A);
                assert_string_equal(roster->rows[0].student_no, "S1");
                assert_string_equal(roster->rows[0].point, "P");
        }
}

static void test_every_field_has_english_names(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("Student ID,Exam No,Name,Sex,ID number,Level,Major,Teaching point,Class\n"
                          "S1,E1,Zhang San,M," A ",BA,Law,P,2\n");

        expect_clean(roster, 1);
        assert_string_equal(roster->rows[0].student_no, "S1");
        assert_string_equal(roster->rows[0].exam_no, "E1");
        assert_string_equal(roster->rows[0].class_name, "2");
        assert_string_equal(roster->rows[0].major, "Law");
}

static void test_headings_that_are_not_known_are_shown(void **state _unused_)
{
        static const struct {
                const char *text, *shown;
                size_t row;
        } cases[] = {
                {"名册\n证书,名儿,地点\n" A ",张三,P\n", "证书 | 名儿 | 地点", 2},
                {"Nummer;Vorname;Ort\n1;2;3\n", "Nummer;Vorname;Ort", 1},
                {"姓名,电话,教学点\n张三,1,P\n", "姓名 | 电话 | 教学点", 1},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_(roster_freep) Roster *roster = read_text(cases[i].text);

                assert_int_equal(roster->n_errors, 1);
                assert_int_equal(roster->problems[0].row, cases[i].row);
                assert_string_equal(roster->problems[0].value, cases[i].shown);
        }
}

static void test_commas_of_full_width_within_quotes_are_text(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_text("身份证号，姓名，班级，教学点\n" A "，张三，\"1班，2班\"，P\n");

        expect_clean(roster, 1);
        assert_string_equal(roster->rows[0].class_name, "1班，2班");
        {
                _cleanup_(roster_freep) Roster *half =
                        read_text("身份证号,姓名,班级,教学点\n" A ",张三,1班，2班,P\n");

                expect_clean(half, 1);
                assert_string_equal(half->rows[0].class_name, "1班，2班");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_column_is_read),
                cmocka_unit_test(test_headings_are_known_by_their_aliases),
                cmocka_unit_test(test_better_alias_wins_over_the_place),
                cmocka_unit_test(test_titles_and_totals_are_skipped),
                cmocka_unit_test(test_heading_may_stand_in_row_twenty_but_not_later),
                cmocka_unit_test(test_delimiter_is_found),
                cmocka_unit_test(test_quotes_are_those_of_rfc_4180),
                cmocka_unit_test(test_any_line_end_will_do),
                cmocka_unit_test(test_every_encoding_of_offices_is_read),
                cmocka_unit_test(test_damaged_characters_are_located),
                cmocka_unit_test(test_guards_around_numbers_are_taken_off),
                cmocka_unit_test(test_small_x_becomes_large),
                cmocka_unit_test(test_damaged_numbers_are_errors),
                cmocka_unit_test(test_doubtful_numbers_are_kept_with_a_warning),
                cmocka_unit_test(test_value_of_a_problem_is_as_in_the_file),
                cmocka_unit_test(test_same_number_twice_is_an_error_with_both_rows),
                cmocka_unit_test(test_old_and_new_form_of_a_number_are_the_same),
                cmocka_unit_test(test_two_enrolments_of_one_person_are_a_warning),
                cmocka_unit_test(test_student_number_of_two_people_is_an_error),
                cmocka_unit_test(test_row_with_an_error_is_no_rival),
                cmocka_unit_test(test_rows_must_be_whole),
                cmocka_unit_test(test_long_cells_are_errors),
                cmocka_unit_test(test_remarks_may_be_long),
                cmocka_unit_test(test_neighbours_that_contradict_the_number_are_told),
                cmocka_unit_test(test_dates_may_be_written_in_any_way),
                cmocka_unit_test(test_missing_columns_are_named),
                cmocka_unit_test(test_without_a_point_column_the_point_is_empty),
                cmocka_unit_test(test_other_files_are_told_apart),
                cmocka_unit_test(test_open_quote_is_located),
                cmocka_unit_test(test_problems_are_counted_beyond_those_kept),
                cmocka_unit_test(test_many_rows_keep_their_order),
                cmocka_unit_test(test_every_problem_has_texts),
                cmocka_unit_test(test_columns_are_called_as_in_spreadsheets),
                cmocka_unit_test(test_words_for_nothing_are_nothing),
                cmocka_unit_test(test_names_are_no_words_for_nothing),
                cmocka_unit_test(test_errors_of_spreadsheet_programs_are_told),
                cmocka_unit_test(test_whole_numbers_lose_their_fractions),
                cmocka_unit_test(test_numbers_with_anything_beside_them_are_shown_masked),
                cmocka_unit_test(test_guards_around_numbers_are_none_beside_them),
                cmocka_unit_test(test_a_document_number_has_32_bytes_at_most),
                cmocka_unit_test(test_blanks_before_a_long_name_do_not_hide_its_length),
                cmocka_unit_test(test_example_rows_are_passed_over),
                cmocka_unit_test(test_notes_below_the_list_are_no_students),
                cmocka_unit_test(test_one_person_enrolled_twice_is_told_what_counts),
                cmocka_unit_test(test_own_status_tables_are_rosters),
                cmocka_unit_test(test_every_field_has_english_names),
                cmocka_unit_test(test_headings_that_are_not_known_are_shown),
                cmocka_unit_test(test_commas_of_full_width_within_quotes_are_text),
                cmocka_unit_test(test_a_letter_may_tell_two_people_of_one_number_apart),
                cmocka_unit_test(test_codes_lose_their_fractions),
                cmocka_unit_test(test_no_other_document_has_so_many_digits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
