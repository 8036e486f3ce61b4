/* SPDX-License-Identifier: MIT */
#include <idphoto/importreport.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char list_name[] = "list.csv";

static void expect(const ImportFile *file, const ImportResult *result, Language language,
                   const char *part)
{
        _cleanup_free_ char *report = NULL;

        assert_int_equal(import_report_text(file, result, language, &report), 0);
        if (!strstr(report, part))
                fail_msg("%s", report);
}

static void test_a_progress_list_is_reported_as_one(void **state _unused_)
{
        ProgressList list = {};
        const ImportFile file = {.name = list_name, .progress = &list};
        ProgressNote note = {.kind = PROGRESS_UNKNOWN_STATUS,
                             .row = 2,
                             .id_number = (char *)"",
                             .student_no = (char *)"S1",
                             .name = (char *)"",
                             .status = (char *)""};
        ImportResult result = {.progress = {.rows = 2, .changed = 1, .notes = &note, .n_notes = 1}};

        result.progress.counts[note.kind] = 1;
        expect(&file, &result, LANGUAGE_EN, "Rows: 2 (changed 1,");
        expect(&file, &result, LANGUAGE_EN, "list.csv row 2");
        expect(&file, &result, LANGUAGE_ZH, "2 行：更新 1");
}

static void test_a_roster_is_reported_as_one(void **state _unused_)
{
        Roster roster = {};
        const ImportFile file = {.name = list_name, .roster = &roster};
        ImportResult result = {.roster = {.rows = 3, .added = 3}};

        expect(&file, &result, LANGUAGE_EN, "Students: 3 (added 3,");
        result.roster.refused = true;
        expect(&file, &result, LANGUAGE_EN, "Nothing was imported");
        expect(&file, &result, LANGUAGE_ZH, "没有导入任何内容");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_progress_list_is_reported_as_one),
                cmocka_unit_test(test_a_roster_is_reported_as_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
