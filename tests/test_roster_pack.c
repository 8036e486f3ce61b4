/* SPDX-License-Identifier: MIT */
#include <idphoto/listpack.h>

#include "roster/packform.h"

#include <idphoto/text.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const Date today = {2025, 9, 1};

static const char roster_text[] =
        "身份证号,姓名,学号,考生号,教学点,性别,班级,层次,专业\n"
        "219999199001010016,张三,S0001,K1,沈阳分校,男,一班,专升本,会计学\n"
        "219999900101002,欧阳小芳,S0002,,大连分校,女,,,\n"
        "PASSPORT1234567890XYABCDEFGHIJKL,Smith,S0003,,大连分校,,,,\n"
        "2.19999E+17,王五,S0004,,大连分校,,,,\n"
        "219999199001010016,赵六,S0001,,沈阳分校,,,,\n";

static const char progress_text[] = "身份证号,学号,状态,原因,日期\n"
                                    "219999199001010016,S0001,已驳回,背景不合格,2025-08-30\n"
                                    "2.19999E+17,,已完成,,soon\n"
                                    ",S0003,待审核,,2025/8/31 14:30:05\n";

static int sink_text(const void *data, size_t size, void *userdata)
{
        Text *text = userdata;

        text_append_data(text, data, size);
        return text->error;
}

static Roster *read_roster(const char *text)
{
        Roster *roster = NULL;

        assert_int_equal(roster_read(text, strlen(text), NULL, today, &roster), 0);
        return roster;
}

static void pack(const Roster *roster, Text *text)
{
        assert_int_equal(roster_pack(roster, sink_text, text), 0);
}

static ProgressList *read_list(const char *text)
{
        ProgressList *list = NULL;

        assert_int_equal(progress_list_read(text, strlen(text), NULL, today, &list), 0);
        return list;
}

static void pack_list(const ProgressList *list, Text *text)
{
        assert_int_equal(progress_list_pack(list, sink_text, text), 0);
}

static void assert_same_texts(const void *a, const void *b, const size_t *offsets, size_t n)
{
        for (size_t i = 0; i < n; i++)
                assert_string_equal(*(const char *const *)((const char *)a + offsets[i]),
                                    *(const char *const *)((const char *)b + offsets[i]));
}

static void assert_same(const Roster *a, const Roster *b)
{
        assert_int_equal(a->n_rows, b->n_rows);
        assert_int_equal(a->n_problems, b->n_problems);
        assert_int_equal(a->n_errors, b->n_errors);
        assert_int_equal(a->n_warnings, b->n_warnings);
        assert_int_equal(a->has_point_column, b->has_point_column);
        assert_int_equal(a->has_sheet_points, b->has_sheet_points);
        for (size_t i = 0; i < a->n_rows; i++) {
                assert_int_equal(a->rows[i].row, b->rows[i].row);
                assert_same_texts(&a->rows[i], &b->rows[i], roster_row_texts,
                                  ELEMENTSOF(roster_row_texts));
        }
        for (size_t i = 0; i < a->n_problems; i++) {
                assert_int_equal(a->problems[i].code, b->problems[i].code);
                assert_int_equal(a->problems[i].row, b->problems[i].row);
                assert_int_equal(a->problems[i].column, b->problems[i].column);
                assert_int_equal(a->problems[i].other_row, b->problems[i].other_row);
                assert_string_equal(a->problems[i].sheet, b->problems[i].sheet);
                assert_string_equal(a->problems[i].other_sheet, b->problems[i].other_sheet);
                assert_string_equal(a->problems[i].value, b->problems[i].value);
        }
}

static void test_a_roster_comes_out_as_it_went_in(void **state _unused_)
{
        static const char *const texts[] = {
                roster_text,
                "",
                "身份证号,姓名\n219999199001010016,张三\n",
                "姓名,专业\n张三,会计学\n",
                "身份证号,姓名,教学点\n\"219999199001010016,张三,沈阳分校\n",
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_(roster_freep) Roster *roster = read_roster(texts[i]), *copy = NULL;
                _cleanup_text_ Text packed = {};

                pack(roster, &packed);
                assert_int_equal(roster_unpack(packed.data, packed.size, &copy), 0);
                assert_same(roster, copy);
        }
}

/* More than a piece, and more problems than are kept. */
static void test_a_long_roster_comes_out_as_it_went_in(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = NULL, *copy = NULL;
        _cleanup_text_ Text text = {}, packed = {};

        text_append(&text, "身份证号,姓名,教学点\n");
        for (int i = 0; i < 3000; i++)
                text_printf(&text, "HK%07d,张三,%s\n", i, i % 2 ? "沈阳分校" : "");
        roster = read_roster(text.data);
        assert_int_equal(roster->n_problems, ROSTER_PROBLEMS_KEPT);
        assert_true(roster->n_errors + roster->n_warnings > ROSTER_PROBLEMS_KEPT);
        pack(roster, &packed);
        assert_int_equal(roster_unpack(packed.data, packed.size, &copy), 0);
        assert_same(roster, copy);
}

static void test_a_progress_list_comes_out_as_it_went_in(void **state _unused_)
{
        static const char *const texts[] = {progress_text, "", "学号,状态\n"};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_(progress_list_freep) ProgressList *list = read_list(texts[i]),
                                                            *copy = NULL;
                _cleanup_text_ Text packed = {};

                pack_list(list, &packed);
                assert_int_equal(progress_list_unpack(packed.data, packed.size, &copy), 0);
                assert_int_equal(copy->n_rows, list->n_rows);
                assert_int_equal(copy->problem, list->problem);
                assert_int_equal(copy->problem_row, list->problem_row);
                assert_int_equal(copy->other_sheet, list->other_sheet);
                for (size_t k = 0; k < list->n_rows; k++) {
                        assert_int_equal(copy->rows[k].row, list->rows[k].row);
                        assert_int_equal(copy->rows[k].id_problem, list->rows[k].id_problem);
                        assert_int_equal(copy->rows[k].moment.date.year,
                                         list->rows[k].moment.date.year);
                        assert_int_equal(copy->rows[k].moment.date.month,
                                         list->rows[k].moment.date.month);
                        assert_int_equal(copy->rows[k].moment.date.day,
                                         list->rows[k].moment.date.day);
                        assert_int_equal(copy->rows[k].moment.second, list->rows[k].moment.second);
                        assert_same_texts(&copy->rows[k], &list->rows[k], progress_row_texts,
                                          ELEMENTSOF(progress_row_texts));
                }
        }
}

/* ---- bytes that were tampered with ---- */

static void assert_text(const char *text, size_t max)
{
        assert_true(strlen(text) <= max);
        assert_true(utf8_valid(text));
        for (const char *p = text; *p; p++)
                assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void assert_texts(const void *row, const size_t *offsets, size_t n, size_t max)
{
        for (size_t i = 0; i < n; i++)
                assert_text(*(const char *const *)((const char *)row + offsets[i]), max);
}

static void assert_number(const char *number)
{
        DocumentNumber fits;

        assert_int_equal(document_number(number, &fits), 0);
        assert_null(strchr(number, '/'));
        assert_int_not_equal(number[0], '.');
}

/* What the program relies on, whoever read the list. */
static void assert_sound(const Roster *roster)
{
        size_t errors = 0;

        assert_true(roster->n_rows <= ROSTER_ROWS_MAX);
        assert_true(roster->n_problems <= ROSTER_PROBLEMS_KEPT);
        for (size_t i = 0; i < roster->n_rows; i++) {
                assert_true(roster->rows[i].row > 0);
                assert_texts(&roster->rows[i], roster_row_texts, ELEMENTSOF(roster_row_texts),
                             ROSTER_FIELD_BYTES_MAX);
                assert_number(roster->rows[i].id_number);
                assert_true(roster->rows[i].id_number[0] != '\0');
        }
        for (size_t i = 0; i < roster->n_problems; i++) {
                assert_non_null(roster_code_to_string(roster->problems[i].code));
                assert_text(roster->problems[i].value, 1024);
                errors += roster_code_level(roster->problems[i].code) == ROSTER_ERROR;
        }
        assert_true(roster->n_errors >= errors);
}

static void assert_sound_list(const ProgressList *list)
{
        assert_true(list->n_rows <= ROSTER_ROWS_MAX);
        assert_true(list->problem == _ROSTER_CODE_INVALID || roster_code_to_string(list->problem));
        for (size_t i = 0; i < list->n_rows; i++) {
                const ProgressRow *row = &list->rows[i];

                assert_true(row->row > 0);
                assert_true(row->moment.date.year == 0 || date_valid(row->moment.date));
                assert_true(row->moment.second >= 0 && row->moment.second < 24 * 60 * 60);
                assert_true(row->id_problem == _ROSTER_CODE_INVALID ||
                            roster_code_to_string(row->id_problem));
                assert_texts(row, progress_row_texts, ELEMENTSOF(progress_row_texts), 1024);
                assert_number(row->id_number);
        }
}

static void test_every_cut_is_refused(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_roster(roster_text), *copy = NULL;
        _cleanup_(progress_list_freep) ProgressList *list = read_list(progress_text), *other = NULL;
        _cleanup_text_ Text packed = {}, packed_list = {};

        pack(roster, &packed);
        for (size_t size = 0; size < packed.size; size++)
                assert_int_equal(roster_unpack(packed.data, size, &copy), -EBADMSG);
        pack_list(list, &packed_list);
        for (size_t size = 0; size < packed_list.size; size++)
                assert_int_equal(progress_list_unpack(packed_list.data, size, &other), -EBADMSG);
        /* Nor may anything follow, and each kind is known. */
        assert_int_equal(roster_unpack(packed.data, packed.size + 1, &copy), -EBADMSG);
        assert_int_equal(progress_list_unpack(packed_list.data, packed_list.size + 1, &other),
                         -EBADMSG);
        assert_int_equal(roster_unpack(packed_list.data, packed_list.size, &copy), -EBADMSG);
        assert_int_equal(progress_list_unpack(packed.data, packed.size, &other), -EBADMSG);
}

static void test_every_changed_byte_is_refused_or_harmless(void **state _unused_)
{
        static const unsigned char masks[] = {0x01, 0x20, 0x80, 0xff};
        _cleanup_(roster_freep) Roster *roster = read_roster(roster_text);
        _cleanup_(progress_list_freep) ProgressList *list = read_list(progress_text);
        _cleanup_text_ Text packed = {}, packed_list = {};

        pack(roster, &packed);
        pack_list(list, &packed_list);
        for (size_t m = 0; m < ELEMENTSOF(masks); m++) {
                for (size_t i = 0; i < packed.size; i++) {
                        _cleanup_(roster_freep) Roster *copy = NULL;
                        int r;

                        packed.data[i] = (char)(packed.data[i] ^ masks[m]);
                        r = roster_unpack(packed.data, packed.size, &copy);
                        assert_true(r == 0 || r == -EBADMSG);
                        if (r == 0)
                                assert_sound(copy);
                        packed.data[i] = (char)(packed.data[i] ^ masks[m]);
                }
                for (size_t i = 0; i < packed_list.size; i++) {
                        _cleanup_(progress_list_freep) ProgressList *copy = NULL;
                        int r;

                        packed_list.data[i] = (char)(packed_list.data[i] ^ masks[m]);
                        r = progress_list_unpack(packed_list.data, packed_list.size, &copy);
                        assert_true(r == 0 || r == -EBADMSG);
                        if (r == 0)
                                assert_sound_list(copy);
                        packed_list.data[i] = (char)(packed_list.data[i] ^ masks[m]);
                }
        }
}

/* ---- lists that no reader makes ---- */

#define LONG_TEXT(n) \
        memset(long_text, 'x', (n)); \
        long_text[n] = '\0'

static char long_text[2048];

static RosterRow sound_row(void)
{
        return (RosterRow){
                .row = 2,
                .id_number = "219999199001010016",
                .name = "张三",
                .student_no = "",
                .exam_no = "",
                .point = "沈阳分校",
                .sex = "",
                .class_name = "",
                .level = "",
                .major = "",
                .sheet = "",
        };
}

static int hand_over(Roster *roster)
{
        _cleanup_(roster_freep) Roster *copy = NULL;
        _cleanup_text_ Text packed = {};

        pack(roster, &packed);
        return roster_unpack(packed.data, packed.size, &copy);
}

static int hand_over_row(RosterRow row)
{
        Roster roster = {.rows = &row, .n_rows = 1, .has_point_column = true};

        return hand_over(&roster);
}

#define ROW_WITH(member, value) \
        ({ \
                RosterRow row_ = sound_row(); \
\
                row_.member = (value); \
                hand_over_row(row_); \
        })

static void test_a_row_that_no_reader_makes_is_refused(void **state _unused_)
{
        assert_int_equal(ROW_WITH(row, 2), 0);
        assert_int_equal(ROW_WITH(row, 0), -EBADMSG);
        assert_int_equal(ROW_WITH(row, (size_t)ROSTER_BYTES_MAX + 1), -EBADMSG);
        assert_int_equal(ROW_WITH(id_number, ""), -EBADMSG);
        assert_int_equal(ROW_WITH(id_number, "../../etc/passwd"), -EBADMSG);
        assert_int_equal(ROW_WITH(id_number, "PASSPORT1234567890XYABCDEFGHIJKLM"), -EBADMSG);
        assert_int_equal(ROW_WITH(id_number, "PASSPORT1234567890XYABCDEFGHIJKL"), 0);
        assert_int_equal(ROW_WITH(name, "\033[2J"), -EBADMSG);
        assert_int_equal(ROW_WITH(name, "line\nfeed"), -EBADMSG);
        assert_int_equal(ROW_WITH(name, "\xff\xfe"), -EBADMSG);
        assert_int_equal(ROW_WITH(name, "\xed\xa0\x80"), -EBADMSG);
        LONG_TEXT(ROSTER_FIELD_BYTES_MAX);
        assert_int_equal(ROW_WITH(major, long_text), 0);
        LONG_TEXT(ROSTER_FIELD_BYTES_MAX + 1);
        assert_int_equal(ROW_WITH(major, long_text), -EBADMSG);
}

static void test_a_point_without_a_column_of_points_is_refused(void **state _unused_)
{
        RosterRow row = sound_row();
        Roster roster = {.rows = &row, .n_rows = 1};

        assert_int_equal(hand_over(&roster), -EBADMSG);
        row.point = "";
        assert_int_equal(hand_over(&roster), 0);
}

static void test_sheets_come_out_as_they_went_in(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *copy = NULL;
        _cleanup_text_ Text packed = {};
        RosterRow row = sound_row();
        RosterProblem problem = {.code = ROSTER_ID_TWICE,
                                 .row = 2,
                                 .column = 1,
                                 .other_row = 3,
                                 .sheet = "大连",
                                 .other_sheet = "沈阳",
                                 .value = "1"};
        Roster roster = {.rows = &row,
                         .n_rows = 1,
                         .problems = &problem,
                         .n_problems = 1,
                         .n_errors = 1,
                         .has_sheet_points = true};

        row.sheet = "大连";
        pack(&roster, &packed);
        assert_int_equal(roster_unpack(packed.data, packed.size, &copy), 0);
        assert_same(&roster, copy);
        problem.other_sheet = long_text;
        memset(long_text, 'x', sizeof(long_text) - 1);
        assert_int_equal(hand_over(&roster), -EBADMSG);
}

/* A roster with errors must not look like one without. */
static void test_problems_must_be_counted(void **state _unused_)
{
        static const struct {
                size_t n_errors, n_warnings;
                int expected;
        } cases[] = {
                {1, 1, 0},        {0, 1, -EBADMSG}, {0, 2, -EBADMSG},
                {1, 0, -EBADMSG}, {2, 1, -EBADMSG}, {1, SIZE_MAX, -EBADMSG},
        };
        RosterProblem problems[] = {
                {.code = ROSTER_ID_DATE,
                 .row = 2,
                 .column = 1,
                 .sheet = "",
                 .other_sheet = "",
                 .value = "1"},
                {.code = ROSTER_ID_MISSING,
                 .row = 3,
                 .column = 1,
                 .sheet = "",
                 .other_sheet = "",
                 .value = ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Roster roster = {
                        .problems = problems,
                        .n_problems = ELEMENTSOF(problems),
                        .n_errors = cases[i].n_errors,
                        .n_warnings = cases[i].n_warnings,
                };

                assert_int_equal(hand_over(&roster), cases[i].expected);
        }
}

/* Counts stand behind the magic. */
static void test_a_count_that_the_bytes_do_not_justify_takes_no_memory(void **state _unused_)
{
        static const uint64_t counts[] = {6, ROSTER_ROWS_MAX, ROSTER_ROWS_MAX + 1, UINT64_MAX};
        _cleanup_(roster_freep) Roster *roster = read_roster(roster_text), *copy = NULL;
        _cleanup_(progress_list_freep) ProgressList *list = read_list(progress_text), *other = NULL;
        _cleanup_text_ Text packed = {}, packed_list = {};

        pack(roster, &packed);
        pack_list(list, &packed_list);
        for (size_t i = 0; i < ELEMENTSOF(counts); i++) {
                memcpy(packed.data + sizeof(uint64_t), &counts[i], sizeof(counts[i]));
                assert_int_equal(roster_unpack(packed.data, packed.size, &copy), -EBADMSG);
                memcpy(packed_list.data + sizeof(uint64_t), &counts[i], sizeof(counts[i]));
                assert_int_equal(progress_list_unpack(packed_list.data, packed_list.size, &other),
                                 -EBADMSG);
        }
}

static int full_disk(const void *data _unused_, size_t size _unused_, void *userdata _unused_)
{
        return -ENOSPC;
}

static void test_an_error_of_the_sink_ends_the_packing(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_roster(roster_text);
        _cleanup_(progress_list_freep) ProgressList *list = read_list(progress_text);

        assert_int_equal(roster_pack(roster, full_disk, NULL), -ENOSPC);
        assert_int_equal(progress_list_pack(list, full_disk, NULL), -ENOSPC);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_roster_comes_out_as_it_went_in),
                cmocka_unit_test(test_a_long_roster_comes_out_as_it_went_in),
                cmocka_unit_test(test_a_progress_list_comes_out_as_it_went_in),
                cmocka_unit_test(test_every_cut_is_refused),
                cmocka_unit_test(test_every_changed_byte_is_refused_or_harmless),
                cmocka_unit_test(test_a_row_that_no_reader_makes_is_refused),
                cmocka_unit_test(test_a_point_without_a_column_of_points_is_refused),
                cmocka_unit_test(test_sheets_come_out_as_they_went_in),
                cmocka_unit_test(test_problems_must_be_counted),
                cmocka_unit_test(test_a_count_that_the_bytes_do_not_justify_takes_no_memory),
                cmocka_unit_test(test_an_error_of_the_sink_ends_the_packing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
