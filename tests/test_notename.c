/* SPDX-License-Identifier: MIT */
#include <idphoto/notename.h>

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Names of notes, and the texts of findings that they and the notes are made of. */

static char *name_of(const char *file, const Findings *findings, Language language)
{
        char *note;

        assert_int_equal(note_name(file, 7, findings, language, &note), 0);
        return note;
}

static void expect_note(const Findings *findings, Language language, const char *expected)
{
        _cleanup_free_ char *note = name_of("IMG_2031.jpg", findings, language);

        assert_string_equal(note, expected);
}

static void test_the_name_says_why(void **state _unused_)
{
        Findings findings = {};

        expect_note(&findings, LANGUAGE_EN, "IMG_2031.jpg - rejected.txt");
        (void)findings_add(&findings, REASON_NAME_NO_NUMBER, FINDING_REJECT);
        expect_note(&findings, LANGUAGE_EN, "IMG_2031.jpg - no ID number.txt");
        expect_note(&findings, LANGUAGE_ZH, "IMG_2031.jpg - 文件名无身份证号.txt");
}

static void test_of_several_the_gravest_and_how_many_more(void **state _unused_)
{
        Findings findings = {};

        (void)findings_add(&findings, REASON_NAME_NO_NUMBER, FINDING_REJECT);
        (void)findings_add(&findings, REASON_NOISE, FINDING_WARN);
        (void)findings_add(&findings, REASON_RECODED, FINDING_FIXED);
        (void)findings_add(&findings, REASON_BLUR, FINDING_REJECT);
        (void)findings_add(&findings, REASON_EYES_CLOSED, FINDING_REJECT);
        findings_sort(&findings);
        expect_note(&findings, LANGUAGE_EN, "IMG_2031.jpg - eyes closed +2.txt");
        assert_int_equal(findings.items[1].code, REASON_BLUR);
        assert_int_equal(findings.items[2].code, REASON_NAME_NO_NUMBER);
        assert_int_equal(findings.items[3].code, REASON_NOISE);
        assert_int_equal(findings.items[4].code, REASON_RECODED);
}

static void test_every_reason_fits_into_a_name_on_windows(void **state _unused_)
{
        for (int code = 0; code < _REASON_MAX; code++)
                for (int l = 0; l < _LANGUAGE_MAX; l++) {
                        const char *brief = reason_brief((ReasonCode)code, (Language)l);
                        _cleanup_free_ char *folded = NULL;
                        size_t n = strlen(brief);

                        if (n == 0 || n > REASON_BRIEF_BYTES_MAX || strpbrk(brief, "/\\:*?\"<>|") ||
                            strstr(brief, NOTE_MARK) || brief[0] == ' ' || brief[n - 1] == ' ')
                                fail_msg("%s: '%s'", reason_to_string((ReasonCode)code), brief);
                        /* Names are compared folded. */
                        assert_int_equal(text_fold(brief, &folded), 0);
                        assert_string_equal(folded, brief);
                }
        assert_string_equal(reason_brief(_REASON_INVALID, LANGUAGE_EN), "");
        assert_string_equal(reason_brief(_REASON_MAX, LANGUAGE_ZH), "");
}

static void expect_owner(const char *note, const char *file, int64_t id)
{
        size_t at = 0;
        bool seen = false;
        char *name;
        int64_t number;

        while (note_name_owner(note, &at, &name, &number) > 0) {
                seen |= strcmp(name, file) == 0 && number == id;
                free(name);
        }
        if (!seen)
                fail_msg("'%s' is not found to be of '%s'", note, file);
}

static void test_the_file_is_found_by_its_note(void **state _unused_)
{
        static const char *const files[] = {
                "a.jpg", "a", "a - b.jpg", "a - not sharp.txt", "~", "照片 - 1.jpg"};

        for (size_t i = 0; i < ELEMENTSOF(files); i++)
                for (int code = 0; code < _REASON_MAX; code++)
                        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                                Findings findings = {};
                                _cleanup_free_ char *note = NULL;

                                (void)findings_add(&findings, (ReasonCode)code, FINDING_REJECT);
                                note = name_of(files[i], &findings, (Language)l);
                                expect_owner(note, files[i], 0);
                        }
}

static void test_a_long_name_is_cut_and_told_apart_by_its_number(void **state _unused_)
{
        char file[256];
        Findings findings = {};
        _cleanup_free_ char *stem = NULL, *note = NULL;

        (void)findings_add(&findings, REASON_BLUR, FINDING_REJECT);
        for (size_t i = 0; i + 3 < sizeof(file); i += 3)
                memcpy(file + i, "学", 4);
        assert_int_equal(note_name_stem(file, 7, &stem), 0);
        note = name_of(file, &findings, LANGUAGE_ZH);
        assert_true(strlen(note) <= 255);
        assert_true(utf8_valid(note));
        assert_true(text_starts_with(note, stem));
        assert_true(text_ends_with(stem, "~7"));
        expect_owner(note, stem, 7);
}

static void test_other_names_are_of_no_file(void **state _unused_)
{
        static const char *const names[] = {"",
                                            "a.jpg",
                                            "a.jpg.txt",
                                            "a.jpg - not sharp",
                                            "a.jpg - not sharp (2).txt",
                                            "a.jpg - holiday.txt",
                                            "a.jpg -not sharp.txt"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                size_t at = 0;
                char *name;
                int64_t id;

                assert_int_equal(note_name_owner(names[i], &at, &name, &id), 0);
        }
}

/* ---- what a finding says ---- */

static void expect_title(ReasonCode code, double measured, const char *en, const char *zh)
{
        const Finding finding = {.code = code, .measured = measured, .min = 50, .max = 110};

        assert_string_equal(finding_title(&finding, LANGUAGE_EN), en);
        assert_string_equal(finding_title(&finding, LANGUAGE_ZH), zh);
        assert_true(*finding_advice(&finding, LANGUAGE_EN) &&
                    *finding_advice(&finding, LANGUAGE_ZH));
}

static void test_a_finding_says_in_which_direction(void **state _unused_)
{
        expect_title(REASON_HEAD_TOP, 30, "There is too little room above the head.",
                     "头顶离上边沿太近。");
        expect_title(REASON_HEAD_TOP, 130, "There is too much room above the head.",
                     "头顶离上边沿太远。");
        expect_title(REASON_FACE_WIDTH, 40, "The face is too small in the picture.",
                     "脸部在画面中偏小。");
        expect_title(REASON_FACE_WIDTH, 400, "The face is too large in the picture.",
                     "脸部在画面中偏大。");
        /* Nothing measured: what the reason says. */
        expect_title(REASON_HEAD_TOP, NAN, reason_title(REASON_HEAD_TOP, LANGUAGE_EN),
                     reason_title(REASON_HEAD_TOP, LANGUAGE_ZH));
}

static void test_a_backdrop_is_too_red(void **state _unused_)
{
        Finding finding = {.code = REASON_BACKDROP_COLOUR,
                           .measured = 40,
                           .measured2 = NAN,
                           .min = NAN,
                           .max = 36,
                           .detail = "RGB 182,60,60 red"};
        _cleanup_text_ Text values = {}, older = {};

        assert_string_equal(finding_title(&finding, LANGUAGE_EN), "The background is too red.");
        assert_string_equal(finding_title(&finding, LANGUAGE_ZH), "背景颜色偏红。");
        finding_append_values(&values, &finding, LANGUAGE_EN);
        assert_string_equal(values.data, "measured 40, allowed at most 36; RGB 182,60,60");
        /* As an earlier version stored it. */
        (void)snprintf(finding.detail, sizeof(finding.detail), "RGB 182,60,60");
        assert_string_equal(finding_title(&finding, LANGUAGE_EN),
                            reason_title(REASON_BACKDROP_COLOUR, LANGUAGE_EN));
        finding_append_values(&older, &finding, LANGUAGE_EN);
        assert_string_equal(older.data, values.data);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_name_says_why),
                cmocka_unit_test(test_of_several_the_gravest_and_how_many_more),
                cmocka_unit_test(test_every_reason_fits_into_a_name_on_windows),
                cmocka_unit_test(test_the_file_is_found_by_its_note),
                cmocka_unit_test(test_a_long_name_is_cut_and_told_apart_by_its_number),
                cmocka_unit_test(test_other_names_are_of_no_file),
                cmocka_unit_test(test_a_finding_says_in_which_direction),
                cmocka_unit_test(test_a_backdrop_is_too_red),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
