/* SPDX-License-Identifier: MIT */
#include <idphoto/moment.h>
#include <idphoto/util.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_the_ways_of_writing_a_moment(void **state _unused_)
{
        static const struct {
                const char *text;
                size_t length; /* 0: all of it */
                Moment moment;
        } cases[] = {
                {"2025-09-10", 0, {{2025, 9, 10}, 0}},
                {"2025/9/1", 0, {{2025, 9, 1}, 0}},
                {"2025.9.1", 0, {{2025, 9, 1}, 0}},
                {"2025年9月1日", 0, {{2025, 9, 1}, 0}},
                {"20250910", 0, {{2025, 9, 10}, 0}},
                {"20250910143005", 0, {{2025, 9, 10}, 52205}},
                {"2025-09-10 14:30", 0, {{2025, 9, 10}, 52200}},
                {"2025-09-10T14:30:05.123+08:00", 0, {{2025, 9, 10}, 52205}},
                {"2025年9月1日 14时30分5秒", 0, {{2025, 9, 1}, 52205}},
                {"2025年9月1日下午2点30分", 0, {{2025, 9, 1}, 52200}},
                {"2025/9/1 2:30 PM", 0, {{2025, 9, 1}, 52200}},
                {"2025/9/1 12:30 AM", 0, {{2025, 9, 1}, 1800}},
                {"２０２５－０９－１０　１４：３０", 0, {{2025, 9, 10}, 52200}},
                {"2025-09-10 23:59:60", 0, {{2025, 9, 10}, 86399}},
                {"2025-09-10 25:00", 10, {{2025, 9, 10}, 0}},
                {"2025-09-10 周三", 10, {{2025, 9, 10}, 0}},
                {"2025-09-10）", 10, {{2025, 9, 10}, 0}},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                size_t expected = cases[i].length ? cases[i].length : strlen(cases[i].text);
                Moment moment = {};

                if (moment_read(cases[i].text, &moment) != expected ||
                    moment_compare(moment, cases[i].moment) != 0)
                        fail_msg("'%s'", cases[i].text);
        }
}

static void test_what_is_no_moment(void **state _unused_)
{
        static const char *const texts[] = {"",
                                            "昨天",
                                            "2025",
                                            "2025-02-30",
                                            "2025-9",
                                            "09-10",
                                            "2025-09-100",
                                            "202509101",
                                            "2025091014",
                                            "20251310",
                                            "219999199001010016"};
        Moment moment;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (moment_read(texts[i], &moment) != 0)
                        fail_msg("'%s'", texts[i]);
}

static void test_a_moment_is_found_anywhere_but_in_a_number(void **state _unused_)
{
        size_t at = 0;
        Moment moment = {};

        assert_int_equal(moment_find("模糊（2025-09-10）", &at, &moment), 10);
        assert_int_equal(at, strlen("模糊（"));
        assert_int_equal(moment.date.month, 9);
        assert_int_equal(moment_find("第120250910号", &at, &moment), 0);
        assert_int_equal(moment_find("没有", &at, &moment), 0);
}

static void test_moments_are_compared(void **state _unused_)
{
        const Moment early = {{2025, 9, 10}, 5}, late = {{2025, 9, 10}, 6},
                     day = {{2025, 9, 11}, 0};

        assert_true(moment_compare(early, late) < 0);
        assert_true(moment_compare(day, late) > 0);
        assert_int_equal(moment_compare(day, day), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_ways_of_writing_a_moment),
                cmocka_unit_test(test_what_is_no_moment),
                cmocka_unit_test(test_a_moment_is_found_anywhere_but_in_a_number),
                cmocka_unit_test(test_moments_are_compared),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
