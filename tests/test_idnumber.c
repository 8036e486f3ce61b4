/* SPDX-License-Identifier: MIT */
#include <idphoto/idnumber.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const Date today = {2025, 9, 1};

static void test_well_formed_numbers_are_valid(void **state _unused_)
{
        static const char *const numbers[] = {
                "219999199001010016", "219999199001010024",
                "219999199001010120", "21999919900101018X", /* check character ten */
                "219999199001011000",                       /* a true number may end in 000 */
                "219999200002290019",                       /* leap day */
                "219999202509010011",                       /* born today */
                "719999199001010014",                       /* Taiwan's own code */
                "810000199001010019", /* permits of Hong Kong, Macau and Taiwan residents */
                "820000199001010029", "830000199001010039",
                "92184019900101001X", /* permanent residence card */
                "921999199001010016",
        };

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                ReasonCode problem = _REASON_INVALID;

                if (!id_number_valid(numbers[i], today, &problem))
                        fail_msg("%s: %s", numbers[i], reason_to_string(problem));
                assert_int_equal(problem, _REASON_INVALID);
        }
}

static void test_each_kind_of_damage_has_its_own_reason(void **state _unused_)
{
        static const struct {
                const char *number;
                ReasonCode problem;
        } cases[] = {
                {"219999199001010026", REASON_NUMBER_CHECK_DIGIT}, /* one digit changed */
                {"219999919001010016", REASON_NUMBER_CHECK_DIGIT}, /* two digits swapped */
                {"219999199001010017", REASON_NUMBER_CHECK_DIGIT},
                {"21999919900101001X", REASON_NUMBER_CHECK_DIGIT},
                {"21999919900101018x", REASON_NUMBER_CHECK_DIGIT}, /* not normalised */
                {"21999919900101a016", REASON_NUMBER_CHECK_DIGIT},
                {"                  ", REASON_NUMBER_CHECK_DIGIT},
                {"219999199001010000", REASON_NUMBER_SPREADSHEET_ZEROS},
                {"000000199001010018", REASON_NUMBER_REGION},
                {"999999199001010016", REASON_NUMBER_REGION},
                {"910210199001010016", REASON_NUMBER_REGION}, /* 10 is no province */
                {"249999199001010011", REASON_NUMBER_REGION},
                {"169999199001010011", REASON_NUMBER_REGION},
                {"219999190002290012", REASON_NUMBER_DATE}, /* 1900 was no leap year */
                {"219999199002290013", REASON_NUMBER_DATE},
                {"219999199002300015", REASON_NUMBER_DATE},
                {"219999199013010013", REASON_NUMBER_DATE},
                {"219999189912310010", REASON_NUMBER_DATE}, /* before 1900 */
                {"219999919001010011", REASON_NUMBER_CHECK_DIGIT},
                {"219999209901010018", REASON_NUMBER_FUTURE},
                {"219999202509020017", REASON_NUMBER_FUTURE}, /* born tomorrow */
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                ReasonCode problem = _REASON_INVALID;

                assert_false(id_number_valid(cases[i].number, today, &problem));
                if (problem != cases[i].problem)
                        fail_msg("%s: %s", cases[i].number, reason_to_string(problem));
        }
}

static void test_problem_may_be_left_out(void **state _unused_)
{
        assert_false(id_number_valid("219999199001010017", today, NULL));
        assert_true(id_number_valid("219999199001010016", today, NULL));
}

static void test_every_single_wrong_digit_is_caught(void **state _unused_)
{
        const char good[] = "219999199001010016";

        for (size_t i = 0; i < ID_NUMBER_LENGTH; i++) {
                for (char d = '0'; d <= '9'; d++) {
                        char number[ID_NUMBER_SIZE];

                        memcpy(number, good, sizeof(number));
                        if (number[i] == d)
                                continue;
                        number[i] = d;
                        assert_false(id_number_valid(number, today, NULL));
                }
        }
}

static void test_check_character_takes_every_value(void **state _unused_)
{
        bool seen[128] = {0};

        for (int i = 0; i < 100; i++) {
                char digits[32];

                (void)snprintf(digits, sizeof(digits), "21999919900101%03d", i);
                seen[(unsigned char)id_number_check_character(digits)] = true;
        }
        for (const char *p = "0123456789X"; *p; p++)
                assert_true(seen[(unsigned char)*p]);
        assert_int_equal(id_number_check_character("21999919900101018"), 'X');
}

static void test_old_number_is_upgraded(void **state _unused_)
{
        IdNumber number;

        assert_int_equal(id_number_upgrade("219999900101001", &number), 0);
        assert_string_equal(number.text, "219999199001010016");
}

static void test_only_fifteen_digits_are_upgraded(void **state _unused_)
{
        static const char *const wrong[] = {"", "21999990010100", "2199999001010010",
                                            "21999990010100X", "219999199001010016"};
        IdNumber number = {"untouched"};

        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                assert_int_equal(id_number_upgrade(wrong[i], &number), -EINVAL);
        assert_string_equal(number.text, "untouched");
}

static void test_one_slip_is_near(void **state _unused_)
{
        static const char *const typed[] = {
                "219999199001010017",                       /* wrong last */
                "119999199001010016",                       /* wrong first */
                "219999199001001016",                       /* neighbours swapped */
                "219999919001010016",  "21999919900101001", /* last left out */
                "19999199001010016",                        /* first left out */
                "21999919901010016",                        /* one of two alike left out */
                "2199991990010100166",                      /* one too many */
                "0219999199001010016",
        };

        for (size_t i = 0; i < ELEMENTSOF(typed); i++)
                if (!id_number_near(typed[i], "219999199001010016"))
                        fail_msg("%s", typed[i]);
}

static void test_two_slips_are_not_near(void **state _unused_)
{
        static const char *const typed[] = {
                "219999199001010016", /* equal */
                "219999199001010024", /* two wrong */
                "219999199001010160",   "2199991990010100",   "",
                "21999919900101001666", "219991999001010061",
        };

        for (size_t i = 0; i < ELEMENTSOF(typed); i++)
                if (id_number_near(typed[i], "219999199001010016"))
                        fail_msg("%s", typed[i]);
        assert_false(id_number_near("", ""));
}

static void test_mask_hides_the_middle(void **state _unused_)
{
        static const struct {
                const char *number, *masked;
        } cases[] = {
                {"219999199001010016", "219999********0016"},
                {"21999919900101018X", "219999********018X"},
                {"H12345678", "H1*****78"},
                {"12345678", "12****78"},
                {"1234567", "*******"},
                {"", ""},
                /* longer than any number: nothing shown, nothing overrun */
                {"2199991990010100161", "******************"},
        };
        char buf[ID_NUMBER_SIZE];

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_string_equal(id_number_mask(cases[i].number, buf), cases[i].masked);
}

static void test_mask_never_shows_half_a_character(void **state _unused_)
{
        char buf[ID_NUMBER_SIZE];

        assert_true(utf8_valid(id_number_mask("军字第1号", buf)));
        assert_true(utf8_valid(id_number_mask("a军字第1b", buf)));
}

static void test_what_is_too_long_is_nobodys_number(void **state _unused_)
{
        static const char longest[] = "12345678901234567890123456789012";
        DocumentNumber number;
        PhotoName name;

        assert_int_equal(document_number(longest, &number), 0);
        assert_string_equal(number.text, longest);
        assert_int_equal(photo_name(longest, &name), 0);
        assert_string_equal(name.text, "12345678901234567890123456789012.jpg");
        assert_int_equal(document_number("123456789012345678901234567890123", &number),
                         -ENAMETOOLONG);
        assert_string_equal(number.text, "");
        assert_int_equal(photo_name("123456789012345678901234567890123", &name), -ENAMETOOLONG);
}

static void test_a_photos_name_holds_its_number(void **state _unused_)
{
        static const char *const others[] = {"",
                                             ".jpg",
                                             "12345678",
                                             "12345678.jpeg",
                                             "12345678.JPG",
                                             "123456789012345678901234567890123.jpg"};
        DocumentNumber number;

        assert_int_equal(photo_name_number("E 12345678.jpg", &number), 0);
        assert_string_equal(number.text, "E 12345678");
        assert_int_equal(photo_name_number("12345678901234567890123456789012.jpg", &number), 0);
        assert_string_equal(number.text, "12345678901234567890123456789012");
        for (size_t i = 0; i < ELEMENTSOF(others); i++)
                assert_int_equal(photo_name_number(others[i], &number), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_well_formed_numbers_are_valid),
                cmocka_unit_test(test_each_kind_of_damage_has_its_own_reason),
                cmocka_unit_test(test_problem_may_be_left_out),
                cmocka_unit_test(test_every_single_wrong_digit_is_caught),
                cmocka_unit_test(test_check_character_takes_every_value),
                cmocka_unit_test(test_old_number_is_upgraded),
                cmocka_unit_test(test_only_fifteen_digits_are_upgraded),
                cmocka_unit_test(test_one_slip_is_near),
                cmocka_unit_test(test_two_slips_are_not_near),
                cmocka_unit_test(test_mask_hides_the_middle),
                cmocka_unit_test(test_mask_never_shows_half_a_character),
                cmocka_unit_test(test_what_is_too_long_is_nobodys_number),
                cmocka_unit_test(test_a_photos_name_holds_its_number),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
