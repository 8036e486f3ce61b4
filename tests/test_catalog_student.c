/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/photorow.h>
#include <idphoto/rosterload.h>
#include <idphoto/standing.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

/* Students, their photos, and what happened. */

static void get_student(const char *number, StudentRow *ret)
{
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, number, ret),
                         1);
}

static void test_a_new_student_misses_a_photo(void **state _unused_)
{
        _cleanup_student_ StudentRow by_number = {}, by_id = {};
        int64_t id = fixture_student(FIXTURE_ID);

        get_student(FIXTURE_ID, &by_number);
        assert_int_equal(by_number.id, id);
        assert_int_equal(by_number.batch, fixture.batch);
        assert_int_equal(by_number.point, fixture.point);
        assert_int_equal(by_number.state, REVIEW_MISSING);
        assert_int_equal(by_number.photo, 0);
        assert_int_equal(catalog_get_student(fixture.catalog, id, &by_id), 1);
        assert_string_equal(by_id.id_number, FIXTURE_ID);
}

static void test_a_student_of_another_point_or_batch_is_another(void **state _unused_)
{
        StudentRow row = {};
        int64_t batch, id = fixture_student(FIXTURE_ID), other;

        assert_int_equal(catalog_add_batch(fixture.catalog, "202607", 0, &batch), 0);
        assert_int_equal(catalog_find_student(fixture.catalog, (Where){batch, fixture.point},
                                              FIXTURE_ID, &row),
                         0);
        fixture.point = fixture_point("大连分校");
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &row),
                         0);
        other = fixture_student(FIXTURE_ID);
        assert_int_not_equal(id, other);
        assert_int_equal(catalog_get_student(fixture.catalog, 4711, &row), 0);
}

static void test_a_photo_is_read_as_it_was_added(void **state _unused_)
{
        int64_t student = fixture_student(FIXTURE_ID), submission = fixture_received("a.jpg");
        int64_t id = fixture_photo(student, submission);
        _cleanup_submission_ SubmissionRow dropped = {};
        _cleanup_photo_ PhotoRow row = {};
        Sha256 hash = fixture_hash("photo");

        assert_int_equal(catalog_get_photo(fixture.catalog, id, &row), 1);
        assert_int_equal(row.point, fixture.point);
        assert_int_equal(row.student, student);
        assert_int_equal(row.submission, submission);
        assert_string_equal(row.id_number, FIXTURE_ID);
        assert_true(sha256_equal(&row.blob, &hash));
        assert_int_equal(row.size, 34567);
        assert_int_equal(row.quality, 88);
        assert_int_equal(row.state, REVIEW_MISSING);
        assert_int_equal(catalog_get_submission(fixture.catalog, submission, &dropped), 1);
        assert_int_equal(dropped.photo, id);
}

static void test_a_photo_of_no_submission_is_refused(void **state _unused_)
{
        PhotoRow row = {.submission = 4711, .blob = fixture_blob("x")};
        int64_t id = -1;

        assert_int_equal(catalog_add_photo(fixture.catalog, &row, &id), -ENOENT);
        assert_int_equal(id, -1);
}

static int count_photo(const PhotoRow *row, void *userdata)
{
        int64_t *last = userdata;

        assert_true(row->id > *last);
        *last = row->id;
        return 0;
}

static void test_only_the_current_photo_is_found_and_listed(void **state _unused_)
{
        int64_t first = fixture_accepted(FIXTURE_ID, "a.jpg"), second, last = 0;
        _cleanup_photo_ PhotoRow found = {};
        _cleanup_student_ StudentRow student = {};
        PhotoRow none = {};

        get_student(FIXTURE_ID, &student);
        assert_int_equal(student.photo, first);
        second = fixture_photo(student.id, fixture_received("b.jpg"));
        assert_int_equal(catalog_set_student(fixture.catalog, student.id, REVIEW_PENDING, second),
                         0);
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &found),
                         1);
        assert_int_equal(found.id, second);
        assert_int_equal(catalog_list_photos(fixture.catalog, (Where){fixture.batch, fixture.point},
                                             first, count_photo, &last),
                         0);
        assert_int_equal(last, second);
        last = 0;
        assert_int_equal(catalog_set_student(fixture.catalog, student.id, REVIEW_MISSING, 0), 0);
        assert_int_equal(catalog_list_photos(fixture.catalog, (Where){fixture.batch, fixture.point},
                                             0, count_photo, &last),
                         0);
        assert_int_equal(last, 0);
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &none),
                         0);
}

/* ---- rosters ---- */

static int64_t enrol(const char *number, const char *name, const char *student_no)
{
        _cleanup_student_ StudentRow row = {};
        RosterStudent student = {
                .id_number = number,
                .name = name,
                .student_no = student_no,
        };

        (void)fixture_roster(student);
        get_student(number, &row);
        assert_true(row.on_roster);
        return row.id;
}

static void test_a_roster_adopts_the_student_whom_a_drop_made_known(void **state _unused_)
{
        _cleanup_student_ StudentRow row = {};
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), id;

        assert_int_equal(
                catalog_point_has_roster(fixture.catalog, (Where){fixture.batch, fixture.point}),
                0);
        id = enrol(FIXTURE_ID, "张三", "S1");
        assert_int_equal(
                catalog_point_has_roster(fixture.catalog, (Where){fixture.batch, fixture.point}),
                1);
        assert_int_equal(catalog_get_student(fixture.catalog, id, &row), 1);
        assert_int_equal(row.photo, photo);
        assert_int_equal(row.state, REVIEW_PENDING);
        assert_string_equal(row.name, "张三");
}

static int count_one(const StudentRow *row _unused_, void *userdata)
{
        (*(int *)userdata)++;
        return 0;
}

static void test_students_are_found_by_the_keys_of_their_texts(void **state _unused_)
{
        static const struct {
                StudentText text;
                const char *key;
                int n;
        } cases[] = {
                {STUDENT_TEXT_NAME, "张三", 1},
                {STUDENT_TEXT_NAME, "李四", 2},
                {STUDENT_TEXT_NAME, "王五", 1},
                {STUDENT_TEXT_NAME, "赵六", 0},
                {STUDENT_TEXT_NAME, "", 0},
                {STUDENT_TEXT_STUDENT_NO, "s1", 1},
                {STUDENT_TEXT_STUDENT_NO, "s2a", 1},
                {STUDENT_TEXT_STUDENT_NO, "", 0},
                {STUDENT_TEXT_ID_NUMBER, FIXTURE_ID, 1},
                {STUDENT_TEXT_ID_NUMBER, "m0123456701", 1},
                {STUDENT_TEXT_ID_NUMBER, "", 0},
        };
        _cleanup_student_ StudentRow by_no = {};
        StudentRow none = {};

        (void)enrol(FIXTURE_ID, "张三", "S1");
        (void)enrol(FIXTURE_ID_2, "李四", "S2");
        (void)enrol(FIXTURE_ID_3, "李四", "");
        (void)enrol("M01234567(01)", "王 五", "s-2a");
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                int n = 0;

                assert_int_equal(catalog_list_students_by_key(
                                         fixture.catalog, (Where){fixture.batch, fixture.point},
                                         cases[i].text, cases[i].key, count_one, &n),
                                 0);
                if (n != cases[i].n)
                        fail_msg("'%s': %d", cases[i].key, n);
        }
        assert_int_equal(catalog_find_student_by_no(fixture.catalog,
                                                    (Where){fixture.batch, fixture.point}, "S2",
                                                    &by_no),
                         1);
        assert_string_equal(by_no.id_number, FIXTURE_ID_2);
        assert_int_equal(catalog_find_student_by_no(
                                 fixture.catalog, (Where){fixture.batch, fixture.point}, "", &none),
                         0);
}

static void test_the_nearest_number_is_told_only_when_it_is_the_one(void **state _unused_)
{
        _cleanup_free_ char *near = NULL;
        char *none = NULL;

        (void)fixture_student("219999199001010112");
        (void)enrol(FIXTURE_ID, "张三", "");
        assert_int_equal(catalog_nearest_number(fixture.catalog,
                                                (Where){fixture.batch, fixture.point},
                                                "219999199001010017", &near),
                         1);
        assert_string_equal(near, FIXTURE_ID);
        assert_int_equal(catalog_nearest_number(fixture.catalog,
                                                (Where){fixture.batch, fixture.point},
                                                "219999199001019999", &none),
                         0);
        /* Two that are as near. */
        (void)enrol("219999199001010040", "李四", "");
        (void)enrol("21999919900101004X", "王五", "");
        assert_int_equal(catalog_nearest_number(fixture.catalog,
                                                (Where){fixture.batch, fixture.point},
                                                "219999199001010041", &none),
                         0);
        assert_null(none);
}

static void test_a_student_with_a_photo_or_a_submission_is_not_removed(void **state _unused_)
{
        int64_t bare = fixture_student(FIXTURE_ID), sent = fixture_student(FIXTURE_ID_2);
        _cleanup_student_ StudentRow with_photo = {};
        StudentRow gone = {};

        (void)fixture_accepted(FIXTURE_ID_3, "a.jpg");
        get_student(FIXTURE_ID_3, &with_photo);
        assert_int_equal(catalog_set_submission_student(
                                 fixture.catalog, fixture_rejected("b.jpg", REASON_BLUR), sent),
                         0);
        assert_int_equal(catalog_remove_student(fixture.catalog, bare), 0);
        assert_int_equal(catalog_get_student(fixture.catalog, bare, &gone), 0);
        assert_int_equal(catalog_remove_student(fixture.catalog, sent), -EPERM);
        assert_int_equal(catalog_remove_student(fixture.catalog, with_photo.id), -EPERM);
}

/* ---- events ---- */

static int see_event(const EventRow *row, void *userdata)
{
        Text *seen = userdata;

        text_printf(seen, "%s %s;", event_kind_to_string(row->kind), row->name ? row->name : "-");
        return 0;
}

static void test_events_are_listed_newest_first_up_to_the_limit(void **state _unused_)
{
        _cleanup_text_ Text here = {}, everywhere = {};
        int64_t submission = fixture_upload("a.jpg");
        EventRow event = {.kind = EVENT_ACCEPTED, .point = fixture.point, .submission = submission};

        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
        event = (EventRow){.kind = EVENT_POINT_ADDED, .point = fixture.point};
        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
        event = (EventRow){.kind = EVENT_REJECTED, .point = fixture_point("大连分校")};
        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
        assert_int_equal(catalog_list_events(fixture.catalog, fixture.point, 8, see_event, &here),
                         0);
        assert_string_equal(here.data, "point-added -;accepted a.jpg;");
        assert_int_equal(catalog_list_events(fixture.catalog, 0, 2, see_event, &everywhere), 0);
        assert_string_equal(everywhere.data, "rejected -;point-added -;");
}

static void test_every_kind_of_event_has_a_name_of_its_own(void **state _unused_)
{
        for (int i = 0; i < _EVENT_MAX; i++) {
                assert_non_null(event_kind_to_string((EventKind)i));
                for (int k = 0; k < i; k++)
                        assert_string_not_equal(event_kind_to_string((EventKind)i),
                                                event_kind_to_string((EventKind)k));
        }
        assert_null(event_kind_to_string(_EVENT_MAX));
        assert_null(event_kind_to_string(_EVENT_INVALID));
}

static int see_reason(ReasonCode code, uint64_t count, void *userdata)
{
        text_printf(userdata, "%s %u;", reason_to_string(code), (unsigned)count);
        return 0;
}

static void test_reasons_are_counted_most_frequent_first(void **state _unused_)
{
        _cleanup_text_ Text here = {}, everywhere = {};

        (void)fixture_rejected("a.jpg", REASON_NOISE);
        (void)fixture_rejected("b.jpg", REASON_BLUR);
        (void)fixture_rejected("c.jpg", REASON_BLUR);
        assert_int_equal(catalog_set_submission_state(fixture.catalog,
                                                      fixture_rejected("d.jpg", REASON_CMYK),
                                                      SUBMISSION_DISMISSED),
                         0);
        assert_int_equal(catalog_list_reason_counts(fixture.catalog,
                                                    (Where){fixture.batch, fixture.point},
                                                    see_reason, &here),
                         0);
        assert_string_equal(here.data, "blur 2;noise 1;");
        fixture.point = fixture_point("大连分校");
        (void)fixture_rejected("a.jpg", REASON_NOISE);
        (void)fixture_rejected("b.jpg", REASON_NOISE);
        assert_int_equal(catalog_list_reason_counts(fixture.catalog, (Where){fixture.batch, 0},
                                                    see_reason, &everywhere),
                         0);
        assert_string_equal(everywhere.data, "noise 3;blur 2;");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_new_student_misses_a_photo),
                fixture_test(test_a_student_of_another_point_or_batch_is_another),
                fixture_test(test_a_photo_is_read_as_it_was_added),
                fixture_test(test_a_photo_of_no_submission_is_refused),
                fixture_test(test_only_the_current_photo_is_found_and_listed),
                fixture_test(test_a_roster_adopts_the_student_whom_a_drop_made_known),
                fixture_test(test_students_are_found_by_the_keys_of_their_texts),
                fixture_test(test_the_nearest_number_is_told_only_when_it_is_the_one),
                fixture_test(test_a_student_with_a_photo_or_a_submission_is_not_removed),
                fixture_test(test_events_are_listed_newest_first_up_to_the_limit),
                cmocka_unit_test(test_every_kind_of_event_has_a_name_of_its_own),
                fixture_test(test_reasons_are_counted_most_frequent_first),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
