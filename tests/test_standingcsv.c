/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/photorow.h>
#include <idphoto/standing.h>
#include <idphoto/standingcsv.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <math.h>

typedef struct Seen {
        size_t n;
        char text[4096];
} Seen;

static int note(const StandingRow *row, void *userdata)
{
        Seen *seen = userdata;
        size_t used = strlen(seen->text);

        seen->n++;
        (void)snprintf(seen->text + used, sizeof(seen->text) - used, "%s|%s|%s|%s", row->point,
                       row->id_number, review_state_to_string(row->state),
                       row->sent_as ? row->sent_as : "-");
        for (size_t i = 0; i < row->findings->n; i++) {
                used = strlen(seen->text);
                (void)snprintf(seen->text + used, sizeof(seen->text) - used, "|%s",
                               reason_to_string(row->findings->items[i].code));
        }
        used = strlen(seen->text);
        (void)snprintf(seen->text + used, sizeof(seen->text) - used, "\n");
        return 0;
}

static void expect(int64_t point, const char *want)
{
        Seen seen = {};

        assert_int_equal(
                catalog_list_standings(fixture.catalog, (Where){fixture.batch, point}, note, &seen),
                0);
        assert_string_equal(seen.text, want);
}

/* A rejected file of a student. */
static int64_t rejected_of(int64_t student, const char *name, ReasonCode code)
{
        int64_t id = fixture_rejected(name, code);

        assert_int_equal(catalog_set_submission_student(fixture.catalog, id, student), 0);
        return id;
}

static void test_nobody_makes_no_row(void **state _unused_)
{
        expect(fixture.point, "");
}

static void test_a_student_without_a_file_is_missing(void **state _unused_)
{
        (void)fixture_listed_student(FIXTURE_ID);
        expect(fixture.point, FIXTURE_POINT "|" FIXTURE_ID "|missing|-\n");
}

static void test_an_accepted_photo_tells_its_own_warnings(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_photo_ PhotoRow row = {};
        Findings findings = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        (void)findings_add(&findings, REASON_NOISE, FINDING_WARN);
        (void)findings_add(&findings, REASON_RESIZED, FINDING_FIXED);
        assert_int_equal(catalog_set_findings(fixture.catalog, row.submission, &findings), 0);
        (void)rejected_of(row.student, "later.jpg", REASON_BLUR);
        expect(fixture.point, FIXTURE_POINT "|" FIXTURE_ID "|pending|a.jpg|noise\n");
}

static void test_without_a_photo_the_last_rejected_file_counts(void **state _unused_)
{
        int64_t student = fixture_listed_student(FIXTURE_ID), last;
        Findings findings = {};

        (void)rejected_of(student, "first.jpg", REASON_BLUR);
        last = rejected_of(student, "second.jpg", REASON_LANDSCAPE);
        (void)findings_add(&findings, REASON_LANDSCAPE, FINDING_REJECT);
        (void)findings_add(&findings, REASON_TOO_SMALL, FINDING_REJECT);
        assert_int_equal(catalog_set_findings(fixture.catalog, last, &findings), 0);
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_REJECTED, 0), 0);
        expect(fixture.point,
               FIXTURE_POINT "|" FIXTURE_ID "|rejected|second.jpg|landscape|too-small\n");
}

static void test_a_dismissed_file_no_longer_counts(void **state _unused_)
{
        int64_t student = fixture_listed_student(FIXTURE_ID);
        int64_t file = rejected_of(student, "a.jpg", REASON_BLUR);

        assert_int_equal(catalog_set_submission_state(fixture.catalog, file, SUBMISSION_DISMISSED),
                         0);
        expect(fixture.point, FIXTURE_POINT "|" FIXTURE_ID "|missing|-\n");
}

static void test_findings_are_their_own_students(void **state _unused_)
{
        int64_t a = fixture_listed_student(FIXTURE_ID), b = fixture_listed_student(FIXTURE_ID_2);

        (void)fixture_listed_student(FIXTURE_ID_3);
        (void)rejected_of(b, "b.jpg", REASON_GREY_JPEG);
        (void)rejected_of(a, "a.jpg", REASON_BLUR);
        expect(fixture.point, FIXTURE_POINT
               "|" FIXTURE_ID "|missing|a.jpg|blur\n" FIXTURE_POINT "|" FIXTURE_ID_2
               "|missing|b.jpg|grey-jpeg\n" FIXTURE_POINT "|" FIXTURE_ID_3 "|missing|-\n");
}

static void test_points_are_apart_and_together(void **state _unused_)
{
        int64_t other = fixture_point("大连分校"), own = fixture.point;

        fixture.point = other;
        (void)fixture_listed_student(FIXTURE_ID_2);
        fixture.point = own;
        (void)fixture_listed_student(FIXTURE_ID);
        expect(fixture.point, FIXTURE_POINT "|" FIXTURE_ID "|missing|-\n");
        expect(other, "大连分校|" FIXTURE_ID_2 "|missing|-\n");
        expect(0, FIXTURE_POINT "|" FIXTURE_ID "|missing|-\n大连分校|" FIXTURE_ID_2 "|missing|-\n");
}

static void test_another_batch_is_not_listed(void **state _unused_)
{
        int64_t batch, id;

        assert_int_equal(catalog_add_batch(fixture.catalog, "202602", 1, &batch), 0);
        assert_int_equal(catalog_add_student(fixture.catalog, (Where){batch, fixture.point},
                                             FIXTURE_ID, 1, &id),
                         0);
        expect(fixture.point, "");
        expect(0, "");
}

static int keep_photo(const StandingRow *row, void *userdata)
{
        StandingRow *kept = userdata;

        *kept = *row;
        /* Strings end with the callback. */
        kept->note = row->note && strcmp(row->note, "Hair over the brows") == 0 ? "as written" : "";
        return 0;
}

static void test_a_person_s_rejection_is_told_with_its_words(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        StandingRow row = {};

        assert_int_equal(catalog_set_photo_decision(fixture.catalog, photo, REASON_HAIR,
                                                    "Hair over the brows"),
                         0);
        assert_int_equal(catalog_list_standings(fixture.catalog,
                                                (Where){fixture.batch, fixture.point}, keep_photo,
                                                &row),
                         0);
        assert_true(row.has_photo);
        assert_true(row.has_blob);
        assert_int_equal(row.reason, REASON_HAIR);
        assert_string_equal(row.note, "as written");
        assert_int_equal(row.stage, STAGE_NONE);
}

static void test_a_student_without_a_photo_has_none_of_its_measures(void **state _unused_)
{
        StandingRow row = {};

        (void)fixture_listed_student(FIXTURE_ID);
        assert_int_equal(catalog_list_standings(fixture.catalog,
                                                (Where){fixture.batch, fixture.point}, keep_photo,
                                                &row),
                         0);
        assert_false(row.has_photo);
        assert_false(row.has_blob);
        assert_int_equal(row.reason, _REASON_INVALID);
        assert_true(isnan(row.geometry.eye_line));
}

static int stop(const StandingRow *row _unused_, void *userdata _unused_)
{
        return 7;
}

static void test_the_callback_can_end_the_list(void **state _unused_)
{
        (void)fixture_listed_student(FIXTURE_ID);
        (void)fixture_listed_student(FIXTURE_ID_2);
        assert_int_equal(
                catalog_list_standings(fixture.catalog, (Where){fixture.batch, 0}, stop, NULL), 7);
}

static void test_status_csv_has_a_line_for_each_student(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        size_t size;

        (void)rejected_of(fixture_listed_student(FIXTURE_ID), "=1+1.jpg", REASON_BLUR);
        assert_int_equal(standings_table(fixture.catalog, STANDING_TABLE_CSV,
                                         (Where){fixture.batch, fixture.point}, LANGUAGE_EN, &text,
                                         &size),
                         0);
        assert_int_equal(size, strlen(text));
        assert_true(text_starts_with(text, "\xef\xbb\xbfpoint,id_number,"));
        assert_non_null(strstr(text, "\"" FIXTURE_POINT "\",\"=\"\"" FIXTURE_ID "\"\"\","));
        assert_non_null(strstr(text, reason_title(REASON_BLUR, LANGUAGE_EN)));
        assert_non_null(strstr(text, "\"'=1+1.jpg\""));
}

static char *make_table(StandingTable table, Language language)
{
        char *text;
        size_t size;

        assert_int_equal(standings_table(fixture.catalog, table, (Where){fixture.batch, 0},
                                         language, &text, &size),
                         0);
        assert_int_equal(size, strlen(text));
        return text;
}

/* A pending photo that is grainier than allowed, of somebody who is listed after another. */
static void warned_after_another(void)
{
        int64_t photo;
        _cleanup_photo_ PhotoRow row = {};
        Findings findings = {};

        (void)fixture_listed_student(FIXTURE_ID);
        photo = fixture_accepted(FIXTURE_ID_2, "=b.jpg");
        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        (void)findings_add_value(&findings, REASON_NOISE, FINDING_WARN, 7.5, NAN, 6);
        assert_int_equal(catalog_set_findings(fixture.catalog, row.submission, &findings), 0);
        assert_int_equal(
                catalog_set_photo_decision(fixture.catalog, photo, _REASON_INVALID, "look\nagain"),
                0);
}

static void test_the_list_for_programs_is_plain(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        char want[512];

        warned_after_another();
        text = make_table(STANDING_TABLE_LIST, LANGUAGE_EN);
        (void)snprintf(want, sizeof(want),
                       "point,id_number,name,student_no,state,reasons,warnings,sent_as,changed,"
                       "measured\r\n"
                       "\"" FIXTURE_POINT "\",\"" FIXTURE_ID "\",,,missing,,,,,\r\n"
                       "\"" FIXTURE_POINT "\",\"" FIXTURE_ID_2 "\",,,pending,,\"%s\",\"=b.jpg\",",
                       reason_title(REASON_NOISE, LANGUAGE_EN));
        assert_true(text_starts_with(text, want));
        assert_true(text_ends_with(text, ",\"noise=7.5;max=6\"\r\n"));
}

static void test_the_office_sees_the_warned_first_and_why(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        const char *warned, *other;

        warned_after_another();
        text = make_table(STANDING_TABLE_OFFICE_CSV, LANGUAGE_ZH);
        assert_true(text_starts_with(text, "\xef\xbb\xbf教学点,身份证号,姓名,学号,班级,状态,"
                                           "采集进度,驳回原因,注意,实测值,审核结论,审核说明,"
                                           "人工驳回次数,提交文件名,更新时间\r\n"));
        warned = strstr(text, "\"=\"\"" FIXTURE_ID_2 "\"\"\"");
        other = strstr(text, "\"=\"\"" FIXTURE_ID "\"\"\"");
        assert_non_null(warned);
        assert_true(warned < other);
        assert_non_null(strstr(text, ",\"noise=7.5;max=6\",,\"look again\",,\"'=b.jpg\","));
        assert_null(strstr(other + 1, FIXTURE_ID_2));
}

static void test_points_csv_counts_each_student_once(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int64_t rejected = fixture_listed_student(FIXTURE_ID_2);

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        (void)rejected_of(rejected, "b.jpg", REASON_BLUR);
        assert_int_equal(catalog_set_student(fixture.catalog, rejected, REVIEW_REJECTED, 0), 0);
        (void)fixture_listed_student(FIXTURE_ID_3);
        (void)fixture_point("大连分校");
        assert_int_equal(points_csv(fixture.catalog, fixture.batch, LANGUAGE_EN, &text, &size), 0);
        assert_string_equal(text,
                            "\xef\xbb\xbfpoint,students,missing,rejected,pending,approved,final\r\n"
                            "\"" FIXTURE_POINT "\",3,1,1,1,0,0\r\n"
                            "\"大连分校\",0,0,0,0,0,0\r\n");
        assert_int_equal(size, strlen(text));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_nobody_makes_no_row),
                fixture_test(test_a_student_without_a_file_is_missing),
                fixture_test(test_an_accepted_photo_tells_its_own_warnings),
                fixture_test(test_without_a_photo_the_last_rejected_file_counts),
                fixture_test(test_a_dismissed_file_no_longer_counts),
                fixture_test(test_findings_are_their_own_students),
                fixture_test(test_points_are_apart_and_together),
                fixture_test(test_another_batch_is_not_listed),
                fixture_test(test_a_person_s_rejection_is_told_with_its_words),
                fixture_test(test_a_student_without_a_photo_has_none_of_its_measures),
                fixture_test(test_the_callback_can_end_the_list),
                fixture_test(test_status_csv_has_a_line_for_each_student),
                fixture_test(test_the_list_for_programs_is_plain),
                fixture_test(test_the_office_sees_the_warned_first_and_why),
                fixture_test(test_points_csv_counts_each_student_once),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
