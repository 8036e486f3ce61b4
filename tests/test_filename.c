/* SPDX-License-Identifier: MIT */
#include <idphoto/filename.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define A "219999199001010016"
#define B "219999199001010024"
#define X "21999919900101018X"

static const Date today = {2025, 9, 1};

static FilenameIdentity identify(const char *name)
{
        FilenameIdentity identity;

        assert_int_equal(filename_identity(name, today, &identity), 0);
        return identity;
}

static void expect_number(const char *name, const char *number)
{
        FilenameIdentity got = identify(name);

        if (got.kind != FILENAME_ID_NUMBER || !got.valid || got.ambiguous ||
            strcmp(got.number.text, number) != 0)
                fail_msg("'%s': kind %d valid %d ambiguous %d number '%s' problem %s", name,
                         got.kind, got.valid, got.ambiguous, got.number.text,
                         got.problem >= 0 ? reason_to_string(got.problem) : "-");
        assert_int_equal(got.problem, _REASON_INVALID);
}

static void expect_problem(const char *name, FilenameKind kind, ReasonCode problem)
{
        FilenameIdentity got = identify(name);

        if (got.kind != kind || got.valid || got.problem != problem)
                fail_msg("'%s': kind %d valid %d number '%s' problem %s", name, got.kind, got.valid,
                         got.number.text, got.problem >= 0 ? reason_to_string(got.problem) : "-");
        assert_int_equal(got.number.text[0] == '\0', kind == FILENAME_NONE);
}

static void test_number_is_found_anywhere_in_a_name(void **state _unused_)
{
        static const char *const names[] = {
                A ".jpg",
                A,
                A ".JPEG",
                A ".jpg.jpg",
                "张三_" A ".jpg",
                "张三" A ".jpg",
                A "张三.jpg",
                "专升本-会计学-张三-" A "-13800138000.jpg",
                "13800138000-" A ".jpg",
                "IMG_20250901_" A ".jpg",
                A "_20250901.jpg",
                "No." A ".jpg",
                A " (1).jpg",
                A "(1).jpg",
                A "（1）.jpg",
                A " 2.jpg",
                A "①.jpg",
                A "² .jpg",
                A " - 副本.jpg",
                A " - 副本 (2).jpg",
                "Copy of " A ".jpg",
                A " (copy).jpg",
                "  " A "  .jpg",
                A "x张三.jpg",
                A "×2.jpg",
                "photo" A "final.jpg",
                "微信图片_20250901153045_" A ".jpg",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                expect_number(names[i], A);
}

static void test_writing_of_a_number_does_not_matter(void **state _unused_)
{
        static const char *const names[] = {
                "219999 19900101 0016.jpg",
                "219999-19900101-0016.jpg",
                "219999 1990 0101 0016.jpg",
                "张三 219999-1990-0101-0016 照片.jpg",
                "13800138000 219999 19900101 0016.jpg",
                "21999919900101001 6.jpg",
                "２１９９９９１９９００１０１００１６.jpg",
                "219999‐19900101‑0016.jpg", /* hyphens of typography */
                "219999\xe3\x80\x80"
                "199001010016.jpg", /* ideographic space */
                "219999\xe2\x80\x8b"
                "199001010016.jpg", /* zero width space */
                "\xe2\x80\xad" A
                "\xe2\x80\xac.jpg",      /* directions, as pasted from a property page */
                "\xef\xbb\xbf" A ".jpg", /* byte order mark */
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                expect_number(names[i], A);
}

static void test_look_alikes_of_x_are_folded(void **state _unused_)
{
        static const char *const names[] = {
                "21999919900101018X.jpg",  "21999919900101018x.jpg",     "21999919900101018Ｘ.jpg",
                "21999919900101018ｘ.jpg", "21999919900101018Ⅹ.jpg",     "21999919900101018ⅹ.jpg",
                "21999919900101018×.jpg",  "21999919900101018χ.jpg",     "21999919900101018Χ.jpg",
                "21999919900101018Х.jpg",  "21999919900101018х.jpg",     "219999 19900101 018X.jpg",
                "21999919900101018 X.jpg", "21999919900101018x张三.jpg", "21999919900101018Xu.jpg",
                "13800138000" X ".jpg",    "21999919900101018X2.jpg",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                expect_number(names[i], X);
}

static void test_damage_is_told_apart(void **state _unused_)
{
        static const struct {
                const char *name;
                ReasonCode problem;
        } cases[] = {
                {"219999199001010017.jpg", REASON_NUMBER_CHECK_DIGIT},
                {"张三219999199001010017.jpg", REASON_NUMBER_CHECK_DIGIT},
                {"219999 19900101 0017.jpg", REASON_NUMBER_CHECK_DIGIT},
                {"219999199001010000.jpg", REASON_NUMBER_SPREADSHEET_ZEROS},
                {"219999199002300015.jpg", REASON_NUMBER_DATE},
                {"219999209901010018.jpg", REASON_NUMBER_FUTURE},
                {"000000199001010018.jpg", REASON_NUMBER_REGION},
                {"999999199001010016.jpg", REASON_NUMBER_REGION},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                expect_problem(cases[i].name, FILENAME_ID_NUMBER, cases[i].problem);
}

static void test_names_without_a_number_say_why(void **state _unused_)
{
        static const struct {
                const char *name;
                ReasonCode problem;
        } cases[] = {
                {"", REASON_NAME_NO_NUMBER},
                {"张三.jpg", REASON_NAME_NO_NUMBER},
                {"IMG_2031.jpg", REASON_NAME_NO_NUMBER},
                {"13800138000.jpg", REASON_NAME_NO_NUMBER},
                {"mmexport1693555200000.jpg", REASON_NAME_NO_NUMBER},
                {"IMG_20250901_153045123.jpg", REASON_NAME_NO_NUMBER},
                {"Screenshot_20250901153045123.jpg", REASON_NAME_NO_NUMBER}, /* 17 digits */
                {"202509011530451234.jpg", REASON_NAME_NO_NUMBER},           /* 18 digits */
                {"2025-09-01 15-30-45 1234.jpg", REASON_NAME_NO_NUMBER},
                {"169355520000012.jpg", REASON_NAME_NO_NUMBER}, /* 15 digits of a clock */
                {"IMG1E17.jpg", REASON_NAME_NO_NUMBER},
                {"2.19999E+17.jpg", REASON_NUMBER_SPREADSHEET_EXPONENT},
                {"2.19999e+17.jpg", REASON_NUMBER_SPREADSHEET_EXPONENT},
                {"张三2.19999E+17.jpg", REASON_NUMBER_SPREADSHEET_EXPONENT},
                {"２.１９９９９Ｅ＋１７.jpg", REASON_NUMBER_SPREADSHEET_EXPONENT},
                {"2E+17.jpg", REASON_NUMBER_SPREADSHEET_EXPONENT},
                {"2.19999E17.jpg", REASON_NUMBER_SPREADSHEET_EXPONENT},
                {"21999919900101001.jpg", REASON_NUMBER_LENGTH},   /* 17 */
                {"2199991990010100166.jpg", REASON_NUMBER_LENGTH}, /* 19 */
                {"1219999199001010016.jpg", REASON_NUMBER_LENGTH},
                {"2199991990010101X.jpg", REASON_NUMBER_LENGTH},
                {"219999199001010016X.jpg", REASON_NUMBER_LENGTH},
                {"219999990230001.jpg", REASON_NUMBER_LENGTH}, /* 15, no such day */
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                expect_problem(cases[i].name, FILENAME_NONE, cases[i].problem);
}

static void test_number_glued_to_a_phone_number_or_date_is_found(void **state _unused_)
{
        expect_number("13800138000" A ".jpg", A);
        expect_number(A "13800138000.jpg", A);
        expect_number("20250901" A ".jpg", A);
        expect_number(A "20250901153045.jpg", A);
        expect_number(A A ".jpg", A);
}

static void test_window_in_a_longer_run_is_not_taken_blindly(void **state _unused_)
{
        expect_problem("99" A ".jpg", FILENAME_NONE, REASON_NUMBER_LENGTH);
        expect_problem("12" A "34.jpg", FILENAME_NONE, REASON_NUMBER_LENGTH);
        expect_problem("13800138000" A "20250901.jpg", FILENAME_NONE, REASON_NUMBER_LENGTH);
        /* The phone number explains the rest, but the number itself is wrong. */
        expect_problem("13800138000219999199001010017.jpg", FILENAME_NONE, REASON_NUMBER_LENGTH);
}

static void test_same_number_twice_is_one(void **state _unused_)
{
        expect_number(A "_" A ".jpg", A);
        expect_number("21999919900101018x " X ".jpg", X);
}

static void test_two_numbers_are_ambiguous(void **state _unused_)
{
        static const char *const names[] = {A "_" B ".jpg", A B ".jpg", A "_" B "_" A ".jpg",
                                            "219999199001010017_219999199001010025.jpg"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                FilenameIdentity got = identify(names[i]);

                assert_true(got.ambiguous);
                assert_false(got.valid);
                assert_int_equal(got.problem, REASON_NAME_TWO_NUMBERS);
        }
}

static void test_valid_number_beats_others(void **state _unused_)
{
        expect_number("219999199001010017_" A ".jpg", A);
        expect_number("219999900101001_" B ".jpg", B);
        expect_number("2.19999E+17 " A ".jpg", A);
}

static void test_old_number_is_upgraded(void **state _unused_)
{
        FilenameIdentity got = identify("张三219999900101001.jpg");

        assert_int_equal(got.kind, FILENAME_LEGACY);
        assert_true(got.valid);
        assert_string_equal(got.number.text, A);
}

static void test_two_old_numbers_are_ambiguous(void **state _unused_)
{
        FilenameIdentity got = identify("219999900101001_219999900101002.jpg");

        assert_int_equal(got.kind, FILENAME_LEGACY);
        assert_true(got.ambiguous);
        assert_int_equal(got.problem, REASON_NAME_TWO_NUMBERS);
}

static void test_invalid_text_is_refused(void **state _unused_)
{
        FilenameIdentity got = {.kind = FILENAME_LEGACY};

        assert_int_equal(filename_identity("219999\xff.jpg", today, &got), -EILSEQ);
        assert_int_equal(filename_identity("\xc0\xb1.jpg", today, &got), -EILSEQ);
        assert_int_equal(got.kind, FILENAME_LEGACY);
}

static void test_very_long_names_are_handled(void **state _unused_)
{
        enum { SIZE = 100000 };
        char *name = malloc(SIZE + 1);

        assert_non_null(name);
        memset(name, '7', SIZE);
        name[SIZE] = '\0';
        expect_problem(name, FILENAME_NONE, REASON_NUMBER_LENGTH);
        free(name);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_number_is_found_anywhere_in_a_name),
                cmocka_unit_test(test_writing_of_a_number_does_not_matter),
                cmocka_unit_test(test_look_alikes_of_x_are_folded),
                cmocka_unit_test(test_damage_is_told_apart),
                cmocka_unit_test(test_names_without_a_number_say_why),
                cmocka_unit_test(test_number_glued_to_a_phone_number_or_date_is_found),
                cmocka_unit_test(test_window_in_a_longer_run_is_not_taken_blindly),
                cmocka_unit_test(test_same_number_twice_is_one),
                cmocka_unit_test(test_two_numbers_are_ambiguous),
                cmocka_unit_test(test_valid_number_beats_others),
                cmocka_unit_test(test_old_number_is_upgraded),
                cmocka_unit_test(test_two_old_numbers_are_ambiguous),
                cmocka_unit_test(test_invalid_text_is_refused),
                cmocka_unit_test(test_very_long_names_are_handled),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
