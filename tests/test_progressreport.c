/* SPDX-License-Identifier: MIT */
#include <idphoto/progressreport.h>
#include <idphoto/stage.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NUMBER "219999199001010016"

static char name_a[] = "a.csv", name_b[] = "b\x1b.xlsx";
static char *const names[] = {name_a, name_b};

static ProgressNote some_note(ProgressNoteKind kind)
{
        return (ProgressNote){
                .kind = kind,
                .file = 1,
                .row = 12,
                .problem = ROSTER_ID_EXPONENT,
                .had = STAGE_SHIPPED,
                .id_number = (char *)NUMBER,
                .student_no = (char *)"S1",
                .name = (char *)"张三",
                .status = (char *)"快好了",
        };
}

static char *report(const ProgressImport *import, bool dry_run, Language language)
{
        char *text = NULL;

        assert_int_equal(progress_report_text(import, names, dry_run, language, &text, NULL), 0);
        return text;
}

static void test_every_kind_of_note_has_a_line_in_both_languages(void **state _unused_)
{
        for (int kind = 0; kind < _PROGRESS_NOTE_MAX; kind++)
                for (int language = 0; language < _LANGUAGE_MAX; language++) {
                        ProgressNote note = some_note((ProgressNoteKind)kind);
                        ProgressImport import = {.notes = &note, .n_notes = 1};
                        _cleanup_free_ char *text = NULL;

                        import.counts[kind] = 3;
                        import.refused = kind == PROGRESS_BAD_FILE;
                        text = report(&import, false, (Language)language);
                        assert_non_null(strstr(text, "12"));
                        assert_non_null(strstr(text, NUMBER));
                        assert_null(strchr(text, '\x1b'));
                        assert_null(strstr(text, "(null)"));
                        assert_non_null(
                                strstr(text, language == LANGUAGE_ZH ? "另有 2" : "2 more"));
                }
}

static void test_counts_come_first_with_the_stages(void **state _unused_)
{
        ProgressImport import = {
                .rows = 9, .changed = 4, .unchanged = 2, .waiting = 1, .not_taken = 2, .locked = 3};
        _cleanup_free_ char *en = NULL, *dry = NULL;

        import.stages[STAGE_DONE] = 4;
        en = report(&import, false, LANGUAGE_EN);
        assert_ptr_equal(strstr(en, "Rows: 9 (changed 4, unchanged 2,"), en);
        assert_non_null(strstr(en, "4  final review passed\n"));
        assert_non_null(strstr(en, "Photos locked: 3\n"));
        assert_null(strstr(en, "Photos rejected"));
        dry = report(&import, true, LANGUAGE_ZH);
        assert_ptr_equal(strstr(dry, "试运行"), dry);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_kind_of_note_has_a_line_in_both_languages),
                cmocka_unit_test(test_counts_come_first_with_the_stages),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
