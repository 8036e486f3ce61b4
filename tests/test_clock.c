/* SPDX-License-Identifier: MIT */
#include <idphoto/clock.h>
#include <idphoto/util.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int set_zone(void **state _unused_)
{
        (void)setenv("TZ", "CST-8", 1);
        tzset();
        return 0;
}

static void test_dates_outside_the_calendar_are_invalid(void **state _unused_)
{
        static const Date wrong[] = {
                {2023, 2, 29}, {1900, 2, 29}, {2100, 2, 29}, {2024, 2, 30}, {2024, 4, 31},
                {2024, 0, 1},  {2024, 13, 1}, {2024, 1, 0},  {2024, 1, 32}, {0, 1, 1},
                {10000, 1, 1}, {2024, -1, 1}, {2024, 1, -1},
        };

        for (size_t i = 0; i < ELEMENTSOF(wrong); i++)
                assert_false(date_valid(wrong[i]));
}

static void test_leap_days_are_valid(void **state _unused_)
{
        static const Date right[] = {{2024, 2, 29}, {2000, 2, 29}, {1, 1, 1}, {9999, 12, 31}};

        for (size_t i = 0; i < ELEMENTSOF(right); i++)
                assert_true(date_valid(right[i]));
}

static void test_days_count_from_the_epoch(void **state _unused_)
{
        static const struct {
                Date date;
                int64_t days;
        } cases[] = {
                {{1970, 1, 1}, 0},      {{1970, 1, 2}, 1},      {{1969, 12, 31}, -1},
                {{2000, 2, 29}, 11016}, {{2000, 3, 1}, 11017},  {{2024, 12, 31}, 20088},
                {{2025, 9, 15}, 20346}, {{1900, 1, 1}, -25567}, {{1, 1, 1}, -719162},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Date back = date_from_days(cases[i].days);

                assert_int_equal(date_to_days(cases[i].date), cases[i].days);
                assert_int_equal(date_compare(back, cases[i].date), 0);
        }
}

static void test_every_day_follows_the_one_before(void **state _unused_)
{
        Date before = date_from_days(date_to_days((Date){1890, 1, 1}) - 1);

        for (int64_t d = date_to_days((Date){1890, 1, 1}); d < date_to_days((Date){2110, 1, 1});
             d++) {
                Date date = date_from_days(d);

                assert_true(date_valid(date));
                assert_int_equal(date_to_days(date), d);
                assert_true(date_compare(before, date) < 0);
                before = date;
        }
}

static void test_dates_are_ordered_by_year_month_day(void **state _unused_)
{
        assert_true(date_compare((Date){2024, 12, 31}, (Date){2025, 1, 1}) < 0);
        assert_true(date_compare((Date){2025, 2, 1}, (Date){2025, 1, 31}) > 0);
        assert_true(date_compare((Date){2025, 1, 2}, (Date){2025, 1, 1}) > 0);
        assert_int_equal(date_compare((Date){2025, 1, 2}, (Date){2025, 1, 2}), 0);
}

static void test_wall_time_is_shown_in_local_time(void **state _unused_)
{
        char buf[WALL_TEXT_MAX];
        int64_t wall = 1756737780 * NSEC_PER_SEC + 999999999; /* 2025-09-01 14:43 UTC */
        Date date = date_from_wall(wall);

        assert_string_equal(wall_to_text(wall, buf), "2025-09-01 22:43");
        assert_int_equal(date_compare(date, (Date){2025, 9, 1}), 0);
        /* Two hours later it is tomorrow in the east. */
        date = date_from_wall(wall + 2 * 3600 * NSEC_PER_SEC);
        assert_int_equal(date_compare(date, (Date){2025, 9, 2}), 0);
}

static void test_extreme_wall_times_are_shown_somehow(void **state _unused_)
{
        char buf[WALL_TEXT_MAX];

        assert_true(strlen(wall_to_text(INT64_MAX, buf)) < WALL_TEXT_MAX);
        assert_true(strlen(wall_to_text(INT64_MIN, buf)) < WALL_TEXT_MAX);
        assert_string_equal(wall_to_text(0, buf), "1970-01-01 08:00");
}

static int64_t frozen_wall(void *userdata)
{
        return *(int64_t *)userdata;
}

static int64_t frozen_monotonic(void *userdata)
{
        return *(int64_t *)userdata + 1;
}

static void test_clock_asks_its_functions(void **state _unused_)
{
        int64_t now = 42;
        Clock clock = {frozen_wall, frozen_monotonic, &now};

        assert_int_equal(clock_wall_nsec(&clock), 42);
        assert_int_equal(clock_monotonic_nsec(&clock), 43);
}

static void test_system_clock_agrees_with_the_system(void **state _unused_)
{
        int64_t before = (int64_t)time(NULL), wall;
        int64_t first = clock_monotonic_nsec(clock_system());

        wall = clock_wall_nsec(clock_system()) / NSEC_PER_SEC;
        /* time() may lag one tick behind. */
        assert_true(wall + 1 >= before && wall <= (int64_t)time(NULL) + 1);
        assert_true(clock_monotonic_nsec(clock_system()) >= first);
}

static void test_a_time_beyond_all_is_the_last_or_the_first(void **state _unused_)
{
        static const int64_t far[] = {INT64_C(9223372037), INT64_C(16725225600), INT64_MAX};

        for (size_t i = 0; i < ELEMENTSOF(far); i++) {
                assert_int_equal(timespec_to_nsec((struct timespec){.tv_sec = far[i]}), INT64_MAX);
                assert_int_equal(timespec_to_nsec((struct timespec){.tv_sec = -far[i]}), INT64_MIN);
        }
        for (int64_t nsec = -3 * NSEC_PER_SEC; nsec <= 3 * NSEC_PER_SEC; nsec += 123456789)
                assert_int_equal(timespec_to_nsec(timespec_from_nsec(nsec)), nsec);
        assert_int_equal(timespec_to_nsec(timespec_from_nsec(INT64_MAX)), INT64_MAX);
        assert_int_equal(timespec_to_nsec(timespec_from_nsec(INT64_MIN)), INT64_MIN);
        assert_int_equal(date_to_wall((Date){9999, 12, 31}), INT64_MAX);
        assert_int_equal(date_to_wall((Date){1, 1, 1}), INT64_MIN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_dates_outside_the_calendar_are_invalid),
                cmocka_unit_test(test_leap_days_are_valid),
                cmocka_unit_test(test_days_count_from_the_epoch),
                cmocka_unit_test(test_every_day_follows_the_one_before),
                cmocka_unit_test(test_dates_are_ordered_by_year_month_day),
                cmocka_unit_test(test_wall_time_is_shown_in_local_time),
                cmocka_unit_test(test_extreme_wall_times_are_shown_somehow),
                cmocka_unit_test(test_clock_asks_its_functions),
                cmocka_unit_test(test_a_time_beyond_all_is_the_last_or_the_first),
                cmocka_unit_test(test_system_clock_agrees_with_the_system),
        };

        return cmocka_run_group_tests(tests, set_zone, NULL);
}
