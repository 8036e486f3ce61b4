/* SPDX-License-Identifier: MIT */
#include <idphoto/clock.h>
#include <idphoto/standingcsv.h>
#include <idphoto/statuscsv.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define A "219999199001010016"

static int set_zone(void **state _unused_)
{
        (void)setenv("TZ", "CST-8", 1);
        tzset();
        return 0;
}

static const Findings none;

static void expect_row(StandingRow *row, Language language, const char *want)
{
        _cleanup_text_ Text text = {0};

        if (!row->findings)
                row->findings = &none;
        standing_csv_append(&text, STANDING_TABLE_CSV, row, language);
        assert_int_equal(text.error, 0);
        assert_string_equal(text.data, want);
}

static void test_no_control_character_gets_into_a_cell(void **state _unused_)
{
        static const char *const names[][2] = {
                {"a\x1b[2Jz", "\"a?[2Jz\""},
                {"a\xc2\x9b"
                 "2Jz",
                 "\"a?2Jz\""},
                {"a\xe2\x80\xaez", "\"az\""},
                {"a\xe2\x80\xa8z\xe2\x81\xa6", "\"a?z\""},
                {"a\tb\r\nc", "\"a\tb  c\""},
                {"a\xffz", "\"a?z\""},
                {"欧阳 \"x\"?", "\"欧阳 \"\"x\"\"?\""},
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                _cleanup_text_ Text text = {0};

                status_csv_append_text(&text, names[i][0]);
                assert_string_equal(text.data, names[i][1]);
        }
}

static void test_head_has_the_mark_and_nine_columns(void **state _unused_)
{
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                _cleanup_text_ Text text = {0};
                size_t commas = 0;

                standing_csv_append_head(&text, STANDING_TABLE_CSV, (Language)l);
                assert_true(text_starts_with(text.data, "\xef\xbb\xbf"));
                assert_true(text_ends_with(text.data, "\r\n"));
                for (const char *p = text.data; *p; p++)
                        commas += *p == ',';
                assert_int_equal(commas, 8);
        }
}

static void test_numbers_cannot_become_quantities(void **state _unused_)
{
        StandingRow row = {.point = "沈阳分校",
                           .id_number = A,
                           .name = "张三",
                           .student_no = "00123",
                           .state = REVIEW_PENDING,
                           .sent_as = "a.jpg",
                           .applied = 1756737780LL * 1000000000};

        expect_row(&row, LANGUAGE_EN,
                   "\"沈阳分校\",\"=\"\"" A "\"\"\",\"张三\",\"=\"\"00123\"\"\",pending,,,"
                   "\"a.jpg\",2025-09-01 22:43\r\n");
        row.state = REVIEW_APPROVED;
        row.applied = 0;
        expect_row(&row, LANGUAGE_ZH,
                   "\"沈阳分校\",\"=\"\"" A
                   "\"\"\",\"张三\",\"=\"\"00123\"\"\",通过,,,\"a.jpg\",\r\n");
}

static void test_unknown_fields_are_empty(void **state _unused_)
{
        StandingRow row = {.point = "P", .id_number = A, .name = "", .state = REVIEW_MISSING};

        expect_row(&row, LANGUAGE_EN, "\"P\",\"=\"\"" A "\"\"\",,,missing,,,,\r\n");
}

static void test_findings_are_apart_by_level(void **state _unused_)
{
        Findings findings = {0};
        StandingRow row = {
                .point = "P", .id_number = A, .state = REVIEW_REJECTED, .findings = &findings};

        (void)findings_add(&findings, REASON_BLUR, FINDING_REJECT);
        (void)findings_add(&findings, REASON_NOISE, FINDING_WARN);
        (void)findings_add(&findings, REASON_CORRUPT, FINDING_REJECT);
        (void)findings_add(&findings, REASON_RESIZED, FINDING_FIXED);
        expect_row(&row, LANGUAGE_EN,
                   "\"P\",\"=\"\"" A "\"\"\",,,rejected,\"The photo is not sharp. The photo is "
                   "damaged and cannot be read without errors.\",\"The photo is grainy.\",,\r\n");
}

static void test_texts_cannot_be_calculated(void **state _unused_)
{
        static const char *const texts[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                StandingRow row = {.point = texts[i],
                                   .id_number = texts[i],
                                   .student_no = texts[i],
                                   .state = REVIEW_MISSING};
                char want[128];

                (void)snprintf(want, sizeof(want), "\"'%s\",\"'%s\",,\"'%s\",missing,,,,\r\n",
                               texts[i], texts[i], texts[i]);
                expect_row(&row, LANGUAGE_EN, want);
        }
}

static void test_quotes_and_line_ends_stay_in_their_cell(void **state _unused_)
{
        StandingRow row = {.point = "a\"b",
                           .id_number = "\"",
                           .name = "x\r\ny,\"z\"",
                           .state = REVIEW_MISSING};

        expect_row(&row, LANGUAGE_EN, "\"a\"\"b\",\"\"\"\",\"x  y,\"\"z\"\"\",,missing,,,,\r\n");
}

static void test_states_have_words_in_both_languages(void **state _unused_)
{
        assert_string_equal(review_state_word(REVIEW_MISSING, LANGUAGE_EN), "missing");
        assert_string_equal(review_state_word(REVIEW_MISSING, LANGUAGE_ZH), "未交");
        assert_string_equal(review_state_word(_REVIEW_STATE_MAX, LANGUAGE_EN), "");
        assert_string_equal(review_state_word(_REVIEW_STATE_INVALID, LANGUAGE_ZH), "");
}

static void test_a_text_cell_is_quoted_or_empty(void **state _unused_)
{
        _cleanup_text_ Text text = {0};

        status_csv_append_text(&text, NULL);
        status_csv_append_text(&text, "");
        status_csv_append_text(&text, "a\"b");
        assert_string_equal(text.data, "\"a\"\"b\"");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_head_has_the_mark_and_nine_columns),
                cmocka_unit_test(test_no_control_character_gets_into_a_cell),
                cmocka_unit_test(test_numbers_cannot_become_quantities),
                cmocka_unit_test(test_unknown_fields_are_empty),
                cmocka_unit_test(test_findings_are_apart_by_level),
                cmocka_unit_test(test_texts_cannot_be_calculated),
                cmocka_unit_test(test_quotes_and_line_ends_stay_in_their_cell),
                cmocka_unit_test(test_states_have_words_in_both_languages),
                cmocka_unit_test(test_a_text_cell_is_quoted_or_empty),
        };

        return cmocka_run_group_tests(tests, set_zone, NULL);
}
