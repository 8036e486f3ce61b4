/* SPDX-License-Identifier: MIT */
#include <idphoto/workdays.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* National Day and Mid-Autumn of 2025 as published: eight days off, two Sundays and Saturdays
 * worked for them. */
static const char autumn_2025[] = "# 2025\n"
                                  "2025-09-28 workday\n"
                                  "2025-10-01..2025-10-08 holiday\n"
                                  "2025-10-11 workday  # Saturday\n";

static Calendar *parse(const char *text)
{
        Calendar *calendar = NULL;

        assert_int_equal(calendar_parse(text, strlen(text), &calendar, NULL), 0);
        assert_non_null(calendar);
        return calendar;
}

static bool is_workday(Date date, const Calendar *calendar)
{
        return workdays_between(date_from_days(date_to_days(date) - 1), date, calendar) == 1;
}

static void expect_add(Date from, int n, const Calendar *calendar, Date want)
{
        Date got = {0};

        assert_int_equal(workdays_add(from, n, calendar, &got), 0);
        if (date_compare(got, want) != 0)
                fail_msg("%d-%02d-%02d", got.year, got.month, got.day);
}

static void test_weekends_are_no_working_days(void **state _unused_)
{
        static const bool week[] = {true, true, true, true, true, false, false};

        for (int i = 0; i < 7; i++) /* 2025-09-15 is a Monday */
                assert_int_equal(is_workday((Date){2025, 9, 15 + i}, NULL), week[i]);
        assert_true(is_workday((Date){1969, 12, 31}, NULL));  /* Wednesday */
        assert_false(is_workday((Date){1969, 12, 28}, NULL)); /* Sunday */
}

static void test_calendar_overrides_the_week(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = parse(autumn_2025);

        assert_true(is_workday((Date){2025, 9, 28}, calendar));  /* Sunday, worked */
        assert_false(is_workday((Date){2025, 10, 1}, calendar)); /* Wednesday, off */
        assert_false(is_workday((Date){2025, 10, 8}, calendar));
        assert_true(is_workday((Date){2025, 10, 9}, calendar));
        assert_true(is_workday((Date){2025, 10, 11}, calendar));
        assert_false(is_workday((Date){2025, 10, 12}, calendar));
}

static void test_twenty_days_cross_the_national_day(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = parse(autumn_2025);

        /* 16-19, 22-26, 28-30 September are 12; 9-11, 13-17 October are 8. */
        expect_add((Date){2025, 9, 15}, 20, calendar, (Date){2025, 10, 17});
        expect_add((Date){2025, 9, 15}, 20, NULL, (Date){2025, 10, 13});
}

static void test_adding_goes_both_ways(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = parse(autumn_2025);

        expect_add((Date){2025, 10, 17}, -20, calendar, (Date){2025, 9, 15});
        expect_add((Date){2025, 9, 15}, 0, calendar, (Date){2025, 9, 15});
        expect_add((Date){2025, 9, 20}, 0, calendar, (Date){2025, 9, 20}); /* a Saturday stays */
        expect_add((Date){2025, 9, 19}, 1, calendar, (Date){2025, 9, 22});
        expect_add((Date){2025, 9, 22}, -1, calendar, (Date){2025, 9, 19});
        expect_add((Date){2024, 2, 28}, 1, NULL, (Date){2024, 2, 29});
}

static void test_days_between_agree_with_adding(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = parse(autumn_2025);

        for (int n = -40; n <= 40; n++) {
                Date from = {2025, 9, 16}, to; /* a working day */

                assert_int_equal(workdays_add(from, n, calendar, &to), 0);
                if (n >= 0)
                        assert_int_equal(workdays_between(from, to, calendar), n);
        }
        assert_int_equal(workdays_between((Date){2025, 9, 15}, (Date){2025, 10, 17}, calendar), 20);
        assert_int_equal(workdays_between((Date){2025, 10, 17}, (Date){2025, 9, 15}, calendar),
                         -20);
        assert_int_equal(workdays_between((Date){2025, 9, 15}, (Date){2025, 9, 15}, calendar), 0);
}

static void test_end_of_the_calendar_is_an_error(void **state _unused_)
{
        Date got = {1, 2, 3};

        assert_int_equal(workdays_add((Date){9999, 12, 30}, 10, NULL, &got), -ERANGE);
        assert_int_equal(workdays_add((Date){1, 1, 2}, -10, NULL, &got), -ERANGE);
        assert_int_equal(workdays_add((Date){2025, 1, 1}, INT32_MIN, NULL, &got), -ERANGE);
        assert_int_equal(workdays_add((Date){2025, 1, 1}, INT32_MAX, NULL, &got), -ERANGE);
        assert_int_equal(got.day, 3);
}

static void test_years_covered_are_known(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = parse(autumn_2025);

        const Date in_2024 = {2024, 12, 31}, in_2025 = {2025, 9, 15}, in_2026 = {2026, 1, 1};

        assert_int_equal(calendar_first_gap(calendar, in_2025, in_2025), 0);
        assert_int_equal(calendar_first_gap(calendar, in_2025, in_2026), 2026);
        assert_int_equal(calendar_first_gap(calendar, in_2024, in_2026), 2024);
        assert_int_equal(calendar_first_gap(NULL, in_2025, in_2026), 2025);
}

static void test_file_may_be_written_in_many_ways(void **state _unused_)
{
        static const char *const texts[] = {
                "2025-10-01 holiday",
                "2025-10-01 holiday\n",
                "2025-10-01\tholiday\r\n",
                "\xef\xbb\xbf"
                "2025-10-01 holiday\r\n",
                "\n\n  2025-10-01   holiday   # 国庆节\n\n",
                "2025-10-01 holiday\n2025-10-01 holiday\n",
                "2025-10-02 holiday\n2025-09-30..2025-10-01 holiday\n",
                "2025-10-01 .. 2025-10-01 holiday\n",
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_(calendar_freep) Calendar *calendar = parse(texts[i]);

                assert_false(is_workday((Date){2025, 10, 1}, calendar));
        }
}

static void test_empty_file_has_only_weekends(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = parse("# nothing\n");

        assert_true(is_workday((Date){2025, 10, 1}, calendar));
}

static void test_mistakes_are_found_with_their_line(void **state _unused_)
{
        static const struct {
                const char *text;
                size_t line;
                int error;
        } cases[] = {
                {"2025-10-01", 1, -EINVAL},
                {"2025-10-01 off", 1, -EINVAL},
                {"2025-10-01 holidays", 1, -EINVAL},
                {"2025-10-01 holiday workday", 1, -EINVAL},
                {"# ok\n\n2025-02-29 holiday\n", 3, -EINVAL},
                {"2025-1-1 holiday", 1, -EINVAL},
                {"2025/10/01 holiday", 1, -EINVAL},
                {"2025-10-01 holiday\nrubbish\n", 2, -EINVAL},
                {"2025-10-01 holiday\n2025-10-01 workday\n", 2, -EINVAL},
                {"2025-10-08..2025-10-01 holiday", 1, -EINVAL},
                {"2025-10-01.. holiday", 1, -EINVAL},
                {"1000-01-01..9999-12-31 holiday", 1, -EINVAL},
                {"0000-01-01 holiday", 1, -EINVAL},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Calendar *calendar = NULL;
                size_t line = 0;

                assert_int_equal(
                        calendar_parse(cases[i].text, strlen(cases[i].text), &calendar, &line),
                        cases[i].error);
                assert_int_equal(line, cases[i].line);
                assert_null(calendar);
        }
}

static void test_endless_files_are_refused(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        Calendar *calendar = NULL;
        size_t size, line = 0;
        FILE *f = open_memstream(&text, &size);

        assert_non_null(f);
        for (int year = 2000; year < 2100; year++)
                (void)fprintf(f, "%d-01-01..%d-12-31 workday\n", year, year);
        (void)fclose(f);
        assert_int_equal(calendar_parse(text, size, &calendar, &line), -E2BIG);
        assert_int_equal(line, 55);
}

static void test_size_is_obeyed_not_a_nul(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = NULL;
        const char text[] = "2025-10-01 holiday\nrubbish";

        assert_int_equal(calendar_parse(text, 19, &calendar, NULL), 0);
        assert_int_equal(calendar_parse("2025-10-01 holiday\0\n", 20, &calendar, NULL), -EINVAL);
}

static void test_the_latest_start_is_just_in_time(void **state _unused_)
{
        _cleanup_(calendar_freep) Calendar *calendar = parse(autumn_2025);

        for (int64_t day = date_to_days((Date){2025, 9, 1});
             day < date_to_days((Date){2025, 11, 1}); day++)
                for (int n = 1; n <= 25; n += 6) {
                        Date end = date_from_days(day), start, due;

                        assert_int_equal(workdays_latest_start(end, n, calendar, &start), 0);
                        assert_int_equal(workdays_add(start, n, calendar, &due), 0);
                        assert_true(date_compare(due, end) <= 0);
                        assert_int_equal(workdays_add(date_from_days(date_to_days(start) + 1), n,
                                                      calendar, &due),
                                         0);
                        assert_true(date_compare(due, end) > 0);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_weekends_are_no_working_days),
                cmocka_unit_test(test_calendar_overrides_the_week),
                cmocka_unit_test(test_twenty_days_cross_the_national_day),
                cmocka_unit_test(test_adding_goes_both_ways),
                cmocka_unit_test(test_days_between_agree_with_adding),
                cmocka_unit_test(test_end_of_the_calendar_is_an_error),
                cmocka_unit_test(test_years_covered_are_known),
                cmocka_unit_test(test_file_may_be_written_in_many_ways),
                cmocka_unit_test(test_empty_file_has_only_weekends),
                cmocka_unit_test(test_mistakes_are_found_with_their_line),
                cmocka_unit_test(test_endless_files_are_refused),
                cmocka_unit_test(test_size_is_obeyed_not_a_nul),
                cmocka_unit_test(test_the_latest_start_is_just_in_time),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
