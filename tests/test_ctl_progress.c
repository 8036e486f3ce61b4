/* SPDX-License-Identifier: MIT */
#include "ctl/progress.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_the_bar_fills_with_the_work(void **state _unused_)
{
        static const struct {
                size_t done;
                size_t total;
                const char *text;
        } cases[] = {
                {0, 40, "[....................] 0/40"},   {20, 40, "[##########..........] 20/40"},
                {39, 40, "[###################.] 39/40"}, {40, 40, "[####################] 40/40"},
                {50, 40, "[####################] 40/40"}, {0, 0, "[####################] 0/0"},
        };
        char buf[PROGRESS_TEXT_SIZE];

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_string_equal(progress_to_text(cases[i].done, cases[i].total, 79, buf),
                                    cases[i].text);
}

static void test_the_largest_numbers_fit(void **state _unused_)
{
        char buf[PROGRESS_TEXT_SIZE];

        assert_string_equal(progress_to_text(SIZE_MAX, SIZE_MAX, 79, buf),
                            "[####################] 18446744073709551615/18446744073709551615");
}

static void test_a_narrow_terminal_gets_less(void **state _unused_)
{
        char buf[PROGRESS_TEXT_SIZE];

        assert_string_equal(progress_to_text(20, 40, 18, buf), "[#####.....] 20/40");
        assert_string_equal(progress_to_text(20, 40, 13, buf), "[##...] 20/40");
        assert_string_equal(progress_to_text(20, 40, 12, buf), "20/40");
        assert_string_equal(progress_to_text(20, 40, 4, buf), "");
}

static void test_short_work_shows_nothing(void **state _unused_)
{
        assert_false(progress_begin(1).shown);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_bar_fills_with_the_work),
                cmocka_unit_test(test_the_largest_numbers_fit),
                cmocka_unit_test(test_a_narrow_terminal_gets_less),
                cmocka_unit_test(test_short_work_shows_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
