/* SPDX-License-Identifier: MIT */
#include <idphoto/rosterreport.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NUMBER "219999199001010016"

static char paths_a[] = "a.csv", paths_b[] = "b.xlsx";
static char *const paths[] = {paths_a, paths_b};

static RosterImportNote some_note(RosterImportNoteKind kind)
{
        return (RosterImportNote){
                .kind = kind,
                .file = 1,
                .row = 12,
                .sheet = (char *)"大连",
                .other_row = 3,
                .other_sheet = (char *)"",
                .point = (char *)"大连分校",
                .other_point = (char *)"沈阳分校",
                .id_number = (char *)NUMBER,
                .other_number = (char *)"219999199001010024",
                .name = (char *)"张三",
        };
}

static void report(RosterImport *import, bool dry_run, Language language, Text *ret)
{
        assert_int_equal(roster_report_text(NULL, 0, import, paths, dry_run, language, &ret->data,
                                            &ret->size),
                         0);
}

static void test_every_kind_of_note_has_a_line_in_both_languages(void **state _unused_)
{
        for (int kind = 0; kind < _ROSTER_IMPORT_NOTE_MAX; kind++)
                for (int language = 0; language < _LANGUAGE_MAX; language++) {
                        RosterImportNote note = some_note((RosterImportNoteKind)kind);
                        RosterImport import = {.notes = &note, .n_notes = 1};
                        _cleanup_text_ Text text = {};

                        import.counts[kind] = 1;
                        import.refused = kind < ROSTER_IMPORT_POINT_CREATED;
                        report(&import, false, (Language)language, &text);
                        assert_null(strstr(text.data, "(null)"));
                        assert_non_null(
                                strstr(text.data, language == LANGUAGE_ZH ? "：1\n" : ": 1\n"));
                        /* A line with the file, the person or the point. */
                        assert_true(strstr(text.data, "b.xlsx") || strstr(text.data, "大连分校"));
                }
}

static void test_a_move_names_both_points(void **state _unused_)
{
        RosterImportNote note = some_note(ROSTER_IMPORT_MOVED);
        RosterImport import = {.notes = &note, .n_notes = 1};
        _cleanup_text_ Text text = {};

        import.counts[ROSTER_IMPORT_MOVED] = 1;
        report(&import, false, LANGUAGE_EN, &text);
        assert_non_null(strstr(text.data, NUMBER " 张三  沈阳分校 → 大连分校\n"));
}

static void test_a_contradiction_names_both_rows(void **state _unused_)
{
        RosterImportNote note = some_note(ROSTER_IMPORT_TWICE);
        RosterImport import = {.refused = true, .notes = &note, .n_notes = 1};
        _cleanup_text_ Text text = {};

        import.counts[ROSTER_IMPORT_TWICE] = 1;
        report(&import, false, LANGUAGE_EN, &text);
        assert_non_null(strstr(text.data, "b.xlsx sheet '大连', row 12, a.csv row 3\n"));
        assert_true(text_ends_with(text.data, "Nothing was imported.\n"));
}

static void test_counts_stand_in_the_last_line(void **state _unused_)
{
        RosterImport import = {.rows = 10, .added = 1, .changed = 2, .unchanged = 7};
        _cleanup_text_ Text done = {}, dry = {};

        report(&import, false, LANGUAGE_EN, &done);
        assert_string_equal(
                done.data,
                "Students: 10 (added 1, changed 2, unchanged 7, moved 0, numbers corrected 0).\n");
        report(&import, true, LANGUAGE_EN, &dry);
        assert_true(text_starts_with(dry.data, "Dry run, nothing was changed."));
}

static void test_notes_that_were_not_kept_are_counted(void **state _unused_)
{
        RosterImportNote note = some_note(ROSTER_IMPORT_GONE);
        RosterImport import = {.notes = &note, .n_notes = 1};
        _cleanup_text_ Text text = {};

        import.counts[ROSTER_IMPORT_GONE] = 5000;
        report(&import, false, LANGUAGE_EN, &text);
        assert_non_null(strstr(text.data, "… and 4999 more.\n"));
}

static void test_names_cannot_move_the_cursor(void **state _unused_)
{
        RosterImportNote note = some_note(ROSTER_IMPORT_GONE);
        RosterImport import = {.notes = &note, .n_notes = 1};
        _cleanup_text_ Text text = {};

        note.name = (char *)"\033[2J\xff";
        import.counts[ROSTER_IMPORT_GONE] = 1;
        report(&import, false, LANGUAGE_EN, &text);
        assert_null(strchr(text.data, '\033'));
        assert_true(utf8_valid(text.data));
}

static void test_problems_are_told_with_row_column_and_value(void **state _unused_)
{
        const char *csv = "身份证号,姓名\n2.19999E+17,张三\n";
        _cleanup_(roster_freep) Roster *roster = NULL;
        RosterImport import = {.refused = true};
        const Roster *rosters[1];
        _cleanup_free_ char *en = NULL, *zh = NULL;

        assert_int_equal(roster_read(csv, strlen(csv), NULL, (Date){2025, 9, 1}, &roster), 0);
        rosters[0] = roster;
        assert_int_equal(
                roster_report_text(rosters, 1, &import, paths, false, LANGUAGE_EN, &en, NULL), 0);
        assert_non_null(strstr(en, "a.csv: errors to correct before it can be imported: 1\n"));
        assert_non_null(strstr(en, "row 2, column A, '2.19999E+17': "));
        assert_int_equal(
                roster_report_text(rosters, 1, &import, paths, false, LANGUAGE_ZH, &zh, NULL), 0);
        assert_non_null(strstr(zh, "第 2 行 A 列 “2.19999E+17”："));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_kind_of_note_has_a_line_in_both_languages),
                cmocka_unit_test(test_a_move_names_both_points),
                cmocka_unit_test(test_a_contradiction_names_both_rows),
                cmocka_unit_test(test_counts_stand_in_the_last_line),
                cmocka_unit_test(test_notes_that_were_not_kept_are_counted),
                cmocka_unit_test(test_names_cannot_move_the_cursor),
                cmocka_unit_test(test_problems_are_told_with_row_column_and_value),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
