/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/idnumber.h>
#include <idphoto/overview.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <math.h>

/* From the catalog to what people read: counts, reasons and the last events. */

static StatusCounts counts_of(int64_t point)
{
        StatusCounts counts;

        assert_int_equal(overview_counts(fixture.catalog, fixture.batch, point, &counts), 0);
        return counts;
}

static char *text_of(int64_t point, Language language)
{
        char *text;
        size_t size;

        assert_int_equal(overview_status_text(fixture.catalog, fixture.batch, point, NULL, language,
                                              &text, &size),
                         0);
        assert_int_equal(strlen(text), size);
        assert_true(utf8_valid(text));
        return text;
}

static void add_event(EventKind kind, int64_t submission)
{
        EventRow event = {.wall = fixture_later(),
                          .kind = kind,
                          .point = fixture.point,
                          .submission = submission};

        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
}

static void test_an_empty_point_counts_nothing(void **state _unused_)
{
        StatusCounts counts = counts_of(fixture.point), zero = {};

        assert_memory_equal(&counts, &zero, sizeof(counts));
}

static void test_students_are_counted_by_how_far_they_are(void **state _unused_)
{
        static const char *const numbers[_REVIEW_STATE_MAX] = {
                "219999199001010016", "219999199001010024", "219999199001010032",
                "219999199001010040", "219999199001010059"};
        StatusCounts counts;

        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                assert_int_equal(catalog_set_student(fixture.catalog,
                                                     fixture_listed_student(numbers[i]),
                                                     (ReviewState)i, 0),
                                 0);
        counts = counts_of(fixture.point);
        assert_int_equal(counts.students, 5);
        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                assert_int_equal(counts.by_state[i], 1);
        assert_int_equal(status_without_photo(&counts), 2); /* missing, and rejected */
        assert_int_equal(status_with_photo(&counts), 3);
}

static void test_a_batch_has_rosters_when_no_point_with_students_lacks_one(void **state _unused_)
{
        int64_t shenyang = fixture.point;

        assert_false(counts_of(0).has_roster);
        (void)fixture_listed_student(FIXTURE_ID);
        assert_true(counts_of(shenyang).has_roster);
        assert_true(counts_of(0).has_roster);
        /* A point without students lacks nothing. */
        fixture.point = fixture_point("大连分校");
        assert_false(counts_of(fixture.point).has_roster);
        assert_true(counts_of(0).has_roster);
        (void)fixture_accepted(FIXTURE_ID_2, "a.jpg");
        assert_false(counts_of(fixture.point).has_roster);
        assert_false(counts_of(0).has_roster);
}

static void test_files_are_counted_until_their_verdict(void **state _unused_)
{
        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                int64_t id = fixture_upload("a.jpg");
                StatusCounts counts;

                assert_int_equal(
                        catalog_set_submission_state(fixture.catalog, id, (SubmissionState)i), 0);
                counts = counts_of(fixture.point);
                assert_int_equal(counts.checking, i <= SUBMISSION_FAILED);
                assert_int_equal(counts.rejected_files, i == SUBMISSION_REJECTED);
                assert_int_equal(catalog_remove_submission(fixture.catalog, id), 0);
        }
}

static void test_temporary_files_are_not_counted(void **state _unused_)
{
        (void)fixture_upload_in(FOLDER_POINT, ".a.jpg.XXXX", true);
        assert_int_equal(counts_of(fixture.point).checking, 0);
}

static void test_all_points_are_counted_together_and_apart(void **state _unused_)
{
        int64_t shenyang = fixture.point, dalian;

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        dalian = fixture.point = fixture_point("大连分校");
        (void)fixture_accepted(FIXTURE_ID_2, "a.jpg");
        (void)fixture_rejected("b.jpg", REASON_BLUR);
        fixture.point = shenyang;
        assert_int_equal(counts_of(shenyang).students, 1);
        assert_int_equal(counts_of(shenyang).rejected_files, 0);
        assert_int_equal(counts_of(dalian).students, 1);
        assert_int_equal(counts_of(dalian).rejected_files, 1);
        assert_int_equal(counts_of(0).students, 2);
        assert_int_equal(counts_of(0).rejected_files, 1);
}

static void test_another_batch_is_not_counted(void **state _unused_)
{
        StatusCounts counts;
        int64_t other;

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        assert_int_equal(catalog_add_batch(fixture.catalog, "202607", 0, &other), 0);
        assert_int_equal(overview_counts(fixture.catalog, other, fixture.point, &counts), 0);
        assert_int_equal(counts.students, 0);
        assert_int_equal(overview_counts(fixture.catalog, other, 0, &counts), 0);
        assert_int_equal(counts.students, 0);
}

static void test_a_points_status_names_its_files_and_reasons(void **state _unused_)
{
        int64_t id = fixture_rejected("IMG_2031.jpg", REASON_BLUR);
        _cleanup_free_ char *text = NULL;

        add_event(EVENT_REJECTED, id);
        text = text_of(fixture.point, LANGUAGE_EN);
        assert_non_null(strstr(text, FIXTURE_POINT));
        assert_non_null(strstr(text, "202601"));
        assert_non_null(strstr(text, "IMG_2031.jpg"));
        assert_non_null(strstr(text, reason_title(REASON_BLUR, LANGUAGE_EN)));
}

static void test_the_roots_status_names_points_but_no_files(void **state _unused_)
{
        int64_t id = fixture_rejected(FIXTURE_ID "_张三.jpg", REASON_BLUR);

        (void)fixture_accepted(FIXTURE_ID_2, "李四.jpg");
        (void)fixture_point("大连分校");
        for (int kind = 0; kind < _EVENT_MAX; kind++) {
                add_event((EventKind)kind, id);
                for (int language = 0; language < _LANGUAGE_MAX; language++) {
                        _cleanup_free_ char *root = text_of(0, (Language)language);

                        assert_non_null(strstr(root, FIXTURE_POINT));
                        assert_non_null(strstr(root, "大连分校"));
                        assert_null(strstr(root, "张三"));
                        assert_null(strstr(root, "李四"));
                        assert_null(strstr(root, "219999"));
                        assert_null(strstr(root, ".jpg"));
                }
        }
}

static void test_every_event_has_words_in_both_languages(void **state _unused_)
{
        for (int kind = 0; kind < _EVENT_MAX; kind++) {
                _cleanup_free_ char *en = NULL, *zh = NULL;

                add_event((EventKind)kind, 0);
                en = text_of(fixture.point, LANGUAGE_EN);
                zh = text_of(fixture.point, LANGUAGE_ZH);
                assert_null(strstr(en, "(null)"));
                assert_null(strstr(zh, "(null)"));
                assert_string_not_equal(en, zh);
        }
}

static void test_only_the_newest_events_are_shown(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        char name[32];

        for (int i = 0; i < 30; i++) {
                (void)snprintf(name, sizeof(name), "event-%02d.jpg", i);
                add_event(EVENT_REJECTED, fixture_upload(name));
        }
        text = text_of(fixture.point, LANGUAGE_EN);
        assert_non_null(strstr(text, "event-29.jpg"));
        assert_non_null(strstr(text, "event-22.jpg"));
        assert_null(strstr(text, "event-21.jpg"));
}

static void test_events_of_other_points_are_not_shown(void **state _unused_)
{
        int64_t shenyang = fixture.point;
        _cleanup_free_ char *text = NULL;

        fixture.point = fixture_point("大连分校");
        add_event(EVENT_REJECTED, fixture_upload("secret.jpg"));
        fixture.point = shenyang;
        text = text_of(shenyang, LANGUAGE_EN);
        assert_null(strstr(text, "secret.jpg"));
        assert_null(strstr(text, "大连分校"));
}

static void test_many_points_all_stand_in_the_roots_status(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        char name[64];

        for (int i = 0; i < 100; i++) {
                (void)snprintf(name, sizeof(name), "分校-%03d", i);
                (void)fixture_point(name);
        }
        text = text_of(0, LANGUAGE_EN);
        for (int i = 0; i < 100; i++) {
                (void)snprintf(name, sizeof(name), "分校-%03d", i);
                assert_non_null(strstr(text, name));
        }
}

static void test_a_point_that_is_not_there_has_no_status(void **state _unused_)
{
        char *text = NULL;
        size_t size;

        assert_int_equal(overview_status_text(fixture.catalog, fixture.batch, 4711, NULL,
                                              LANGUAGE_EN, &text, &size),
                         -ENOENT);
        assert_null(text);
}

/* ---- days ---- */

/* A Monday; twenty working days before it is Monday, 2025-10-20 without holidays. */
static const OverviewDays some_days = {
        .today = {2025, 11, 17}, .deadline = {2025, 11, 30}, .check_days = 20, .paper_days = 7};

static char *text_on(const OverviewDays *days, int64_t point)
{
        char *text;
        size_t size;

        assert_int_equal(overview_status_text(fixture.catalog, fixture.batch, point, days,
                                              LANGUAGE_EN, &text, &size),
                         0);
        return text;
}

static int64_t put_stage(const char *id_number, Stage stage, Date since)
{
        int64_t id = fixture_listed_student(id_number);

        assert_int_equal(catalog_set_student_stage(fixture.catalog, id, stage, date_to_wall(since)),
                         0);
        return id;
}

static void expect_part(const char *text, const char *part, bool there)
{
        if ((strstr(text, part) != NULL) != there)
                fail_msg("'%s' is %s in:\n%s", part, there ? "not" : "", text);
}

static void test_days_to_the_deadline_are_counted(void **state _unused_)
{
        _cleanup_free_ char *text = text_on(&some_days, fixture.point);

        expect_part(text, "2025-11-30: 13 days left, 9 of them working days.", true);
        expect_part(text, "DEADLINES", false);
}

static void test_who_is_late_with_the_check_is_named_at_the_point(void **state _unused_)
{
        _cleanup_free_ char *point = NULL, *root = NULL;

        /* The twentieth working day after it was Friday, 2025-11-14. */
        put_stage(FIXTURE_ID, STAGE_PAPER_RECEIVED, (Date){2025, 10, 17});
        /* Today is the twentieth. */
        put_stage(FIXTURE_ID_2, STAGE_PAPER_RECEIVED, (Date){2025, 10, 20});
        put_stage(FIXTURE_ID_3, STAGE_REGISTRY_VERIFIED, (Date){2025, 9, 1});
        point = text_on(&some_days, fixture.point);
        expect_part(point, "DEADLINES", true);
        expect_part(point, FIXTURE_ID ", since 2025-10-17\n", true);
        expect_part(point, FIXTURE_ID_2, false);
        expect_part(point, FIXTURE_ID_3, false);
        expect_part(point, "within 5 working days: 1.", true);
        root = text_on(&some_days, 0);
        expect_part(root, "DEADLINES", true);
        expect_part(root, FIXTURE_ID, false);
}

static char *office_on(const OverviewDays *days, Language language)
{
        char *text;
        size_t size;

        assert_int_equal(
                overview_office_text(fixture.catalog, fixture.batch, days, language, &text, &size),
                0);
        assert_int_equal(strlen(text), size);
        assert_true(utf8_valid(text));
        return text;
}

static void test_the_office_is_told_who_is_late_and_where(void **state _unused_)
{
        _cleanup_free_ char *office = NULL;

        put_stage(FIXTURE_ID, STAGE_PAPER_RECEIVED, (Date){2025, 10, 17});
        office = office_on(&some_days, LANGUAGE_EN);
        expect_part(office, FIXTURE_ID ", " FIXTURE_POINT ", since 2025-10-17\n", true);
}

static void test_the_office_is_told_what_waits_and_who_is_warned(void **state _unused_)
{
        _cleanup_free_ char *office = NULL, *zh = NULL, *root = NULL;
        RosterStudent student = {.id_number = FIXTURE_ID, .name = "张三"};
        _cleanup_photo_ PhotoRow photo = {};
        Findings findings = {};

        (void)findings_add(&findings, REASON_HEAD_TILT, FINDING_WARN);
        assert_int_equal(
                catalog_get_photo(fixture.catalog, fixture_accepted(FIXTURE_ID, "a.jpg"), &photo),
                1);
        assert_int_equal(catalog_set_findings(fixture.catalog, photo.submission, &findings), 0);
        (void)fixture_accepted(FIXTURE_ID_2, "b.jpg");
        (void)fixture_roster(student);
        (void)fixture_point("大连");
        office = office_on(&some_days, LANGUAGE_EN);
        expect_part(office, "  * " FIXTURE_POINT ": 2 to review, 1 with warnings\n", true);
        expect_part(office, "      " FIXTURE_ID " 张三: The head is tilted.\n", true);
        expect_part(office, FIXTURE_ID_2, false);
        expect_part(office, "  * 大连", false);
        zh = office_on(&some_days, LANGUAGE_ZH);
        expect_part(zh, "：待审 2 张，其中 1 张须注意\n", true);
        root = text_on(&some_days, 0);
        expect_part(root, "to review", false);
        expect_part(root, FIXTURE_ID, false);
        expect_part(root, "张三", false);
}

static void test_of_each_point_the_gravest_are_named(void **state _unused_)
{
        _cleanup_free_ char *office = NULL;
        char numbers[STATUS_NAMES_SHOWN + 2][32];

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                _cleanup_photo_ PhotoRow photo = {};
                Findings findings = {};
                int64_t id;

                (void)snprintf(numbers[i], sizeof(numbers[i]), "2199991990010100%02zu", i);
                id = fixture_accepted(numbers[i], numbers[i]);
                findings_add_value(&findings, REASON_HEAD_TILT, FINDING_WARN, 6.5 + (double)i / 10,
                                   NAN, 6);
                assert_int_equal(catalog_get_photo(fixture.catalog, id, &photo), 1);
                assert_int_equal(catalog_set_findings(fixture.catalog, photo.submission, &findings),
                                 0);
        }
        office = office_on(&some_days, LANGUAGE_EN);
        expect_part(office, numbers[0], false);
        expect_part(office, numbers[1], false);
        for (size_t i = 2; i < ELEMENTSOF(numbers); i++)
                expect_part(office, numbers[i], true);
        assert_true(strstr(office, numbers[3]) < strstr(office, numbers[2]));
        expect_part(office, "      and 2 more\n", true);
}

static void test_holidays_put_the_check_off(void **state _unused_)
{
        static const char text[] = "2025-10-21 holiday\n";
        _cleanup_(calendar_freep) Calendar *calendar = NULL;
        OverviewDays days = some_days;
        _cleanup_free_ char *point = NULL;

        assert_int_equal(calendar_parse(text, strlen(text), &calendar, NULL), 0);
        days.calendar = calendar;
        put_stage(FIXTURE_ID, STAGE_PAPER_RECEIVED, (Date){2025, 10, 17});
        point = text_on(&days, fixture.point);
        expect_part(point, FIXTURE_ID, false);
        expect_part(point, "within 5 working days: 1.", true);
}

static void test_working_days_without_the_year_s_holidays_are_told_as_a_guess(void **state _unused_)
{
        static const char text[] = "2025-10-01 holiday\n";
        _cleanup_(calendar_freep) Calendar *calendar = NULL;
        OverviewDays days = some_days;
        _cleanup_free_ char *none = NULL, *named = NULL, *next = NULL, *late = NULL, *zh = NULL;
        size_t size;

        none = text_on(&days, fixture.point);
        expect_part(none, "an estimate: the calendar has no holidays of 2025 yet.\n", true);
        assert_int_equal(calendar_parse(text, strlen(text), &calendar, NULL), 0);
        days.calendar = calendar;
        named = text_on(&days, fixture.point);
        expect_part(named, "an estimate", false);
        days.deadline = (Date){2026, 1, 15};
        next = text_on(&days, fixture.point);
        expect_part(next, "an estimate: the calendar has no holidays of 2026 yet.\n", true);
        /* Not for the deadline, which is over, but for who had the paper photo since last year. */
        days.today = (Date){2026, 1, 20};
        put_stage(FIXTURE_ID, STAGE_PAPER_RECEIVED, (Date){2025, 12, 1});
        late = text_on(&days, fixture.point);
        expect_part(late,
                    "  Working days are an estimate: the calendar has no holidays of 2026 yet.\n",
                    true);
        assert_int_equal(overview_status_text(fixture.catalog, fixture.batch, 0, &days, LANGUAGE_ZH,
                                              &zh, &size),
                         0);
        expect_part(zh, "工作日为估算：尚未设置 2026 年的节假日安排。\n", true);
}

static void test_only_ten_are_named(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        size_t n = 0;

        for (int i = 0; i < 13; i++) {
                char number[ID_NUMBER_SIZE];

                (void)snprintf(number, sizeof(number), "2199991990010100%02d", 10 + i);
                put_stage(number, STAGE_PAPER_RECEIVED, (Date){2025, 9, 1});
        }
        text = text_on(&some_days, fixture.point);
        for (const char *p = text; (p = strstr(p, ", since ")); p++)
                n++;
        assert_int_equal(n, 10);
        expect_part(text, "and 3 more\n", true);
}

static void test_paper_photos_that_do_not_come_are_counted(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;

        put_stage(FIXTURE_ID, STAGE_DONE, (Date){2025, 11, 5});
        put_stage(FIXTURE_ID_2, STAGE_SHIPPED, (Date){2025, 11, 5});
        put_stage(FIXTURE_ID_3, STAGE_SHIPPED, (Date){2025, 11, 6});
        text = text_on(&some_days, fixture.point);
        expect_part(text, "photo: 2.\n", true);
}

static void test_points_behind_are_named_near_the_deadline(void **state _unused_)
{
        OverviewDays days = some_days;
        _cleanup_free_ char *near = NULL, *far = NULL, *over = NULL;

        fixture_listed_student(FIXTURE_ID);
        fixture_point("大连分校");
        near = text_on(&days, 0);
        expect_part(near, "The last day is near", true);
        expect_part(near, "      " FIXTURE_POINT ": 1\n", true);
        expect_part(near, "      大连分校", false);
        days.today = (Date){2025, 11, 15};
        far = text_on(&days, 0);
        expect_part(far, "DEADLINES", false);
        days.today = (Date){2025, 12, 1};
        over = text_on(&days, 0);
        expect_part(over, "The last day is over", true);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_an_empty_point_counts_nothing),
                fixture_test(test_students_are_counted_by_how_far_they_are),
                fixture_test(test_a_batch_has_rosters_when_no_point_with_students_lacks_one),
                fixture_test(test_files_are_counted_until_their_verdict),
                fixture_test(test_temporary_files_are_not_counted),
                fixture_test(test_all_points_are_counted_together_and_apart),
                fixture_test(test_another_batch_is_not_counted),
                fixture_test(test_a_points_status_names_its_files_and_reasons),
                fixture_test(test_the_roots_status_names_points_but_no_files),
                fixture_test(test_every_event_has_words_in_both_languages),
                fixture_test(test_only_the_newest_events_are_shown),
                fixture_test(test_events_of_other_points_are_not_shown),
                fixture_test(test_many_points_all_stand_in_the_roots_status),
                fixture_test(test_a_point_that_is_not_there_has_no_status),
                fixture_test(test_days_to_the_deadline_are_counted),
                fixture_test(test_who_is_late_with_the_check_is_named_at_the_point),
                fixture_test(test_the_office_is_told_who_is_late_and_where),
                fixture_test(test_the_office_is_told_what_waits_and_who_is_warned),
                fixture_test(test_of_each_point_the_gravest_are_named),
                fixture_test(test_holidays_put_the_check_off),
                fixture_test(test_working_days_without_the_year_s_holidays_are_told_as_a_guess),
                fixture_test(test_only_ten_are_named),
                fixture_test(test_paper_photos_that_do_not_come_are_counted),
                fixture_test(test_points_behind_are_named_near_the_deadline),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
