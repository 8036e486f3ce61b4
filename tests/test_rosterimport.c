/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/identity.h>
#include <idphoto/point.h>
#include <idphoto/rosterimport.h>
#include <idphoto/standing.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#define HEAD        "身份证号,姓名,学号,教学点\n"
#define HEAD_SINGLE "身份证号,姓名,学号\n"
#define OTHER_POINT "大连分校"
#define THIRD_POINT "抚顺分校"

static const Date today = {2025, 9, 1};

static Roster *read_roster(const char *text)
{
        Roster *roster;

        assert_int_equal(roster_read(text, strlen(text), "roster.csv", today, &roster), 0);
        return roster;
}

static RosterImportOptions some_options(void)
{
        return (RosterImportOptions){
                .batch = fixture.batch,
                .uid = FIXTURE_UID,
                .gid = FIXTURE_GID,
                .mode = 02770,
                .actor = 7,
                .now = fixture_later(),
        };
}

static int import_with(const RosterImportOptions *options, const char *text, const char *text2,
                       RosterImport *ret)
{
        _cleanup_(roster_freep) Roster *a = read_roster(text);
        _cleanup_(roster_freep) Roster *b = text2 ? read_roster(text2) : NULL;
        const Roster *files[] = {a, b};

        return roster_import(fixture.catalog, files, text2 ? 2 : 1, options, ret);
}

static void import(const char *text, RosterImport *ret)
{
        RosterImportOptions options = some_options();

        assert_int_equal(import_with(&options, text, NULL, ret), 0);
}

static int64_t point_id(const char *name)
{
        _cleanup_point_ PointRow row = {};

        return catalog_find_point(fixture.catalog, name, &row) > 0 ? row.id : 0;
}

static bool known(const char *point, const char *number)
{
        _cleanup_student_ StudentRow row = {};

        return catalog_find_student(fixture.catalog, (Where){fixture.batch, point_id(point)},
                                    number, &row) > 0;
}

static const RosterImportNote *only_note(const RosterImport *report, RosterImportNoteKind kind)
{
        const RosterImportNote *found = NULL;

        for (size_t i = 0; i < report->n_notes; i++)
                if (report->notes[i].kind == kind)
                        found = &report->notes[i];
        assert_int_equal(report->counts[kind], 1);
        assert_non_null(found);
        return found;
}

static uint64_t count_students(int64_t point)
{
        PointCounts counts;
        uint64_t n = 0;

        assert_int_equal(catalog_counts(fixture.catalog, (Where){fixture.batch, point}, &counts),
                         0);
        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                n += counts.students[i];
        return n;
}

static int count_event(const EventRow *row, void *userdata)
{
        size_t *counts = userdata;

        counts[row->kind]++;
        return 0;
}

/* ---- what is there afterwards ---- */

static void test_students_and_points_are_created(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};
        _cleanup_point_ PointRow point = {};
        _cleanup_student_ StudentRow student = {};

        import(HEAD FIXTURE_ID ",张三,S0001," OTHER_POINT "\n" FIXTURE_ID_2
                               ",李四,S0002," FIXTURE_POINT "\n",
               &report);
        assert_false(report.refused);
        assert_int_equal(report.rows, 2);
        assert_int_equal(report.added, 2);
        assert_string_equal(only_note(&report, ROSTER_IMPORT_POINT_CREATED)->point, OTHER_POINT);
        assert_int_equal(catalog_find_point(fixture.catalog, OTHER_POINT, &point), 1);
        assert_int_equal(point.uid, FIXTURE_UID);
        assert_int_equal(point.gid, FIXTURE_GID);
        assert_int_equal(point.mode, 02770);
        assert_int_equal(catalog_find_student(fixture.catalog, (Where){fixture.batch, point.id},
                                              FIXTURE_ID, &student),
                         1);
        assert_true(student.on_roster);
        assert_string_equal(student.name, "张三");
        assert_string_equal(student.student_no, "S0001");
}

static void test_the_same_roster_again_changes_nothing(void **state _unused_)
{
        const char *text = HEAD FIXTURE_ID ",张三,S0001," OTHER_POINT "\n";
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t before, after;

        import(text, &first);
        assert_int_equal(catalog_version(fixture.catalog, &before), 0);
        import(text, &second);
        assert_int_equal(catalog_version(fixture.catalog, &after), 0);
        assert_int_equal(second.unchanged, 1);
        assert_int_equal(second.added + second.changed, 0);
        assert_int_equal(second.n_notes, 0);
        assert_int_equal(after, before);
}

static void test_a_corrected_name_is_a_change(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        _cleanup_student_ StudentRow student = {};

        import(HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n", &first);
        import(HEAD FIXTURE_ID ",张叁,S0001," FIXTURE_POINT "\n", &second);
        assert_int_equal(second.changed, 1);
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &student),
                         1);
        assert_string_equal(student.name, "张叁");
}

static void test_a_student_known_by_a_photo_is_on_the_roster_now(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};
        _cleanup_student_ StudentRow student = {};

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        import(HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n", &report);
        assert_int_equal(report.changed, 1);
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &student),
                         1);
        assert_true(student.on_roster);
        assert_int_equal(student.state, REVIEW_PENDING);
        assert_true(student.photo != 0);
}

static void test_two_spellings_of_a_point_are_one(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};

        import(HEAD FIXTURE_ID ",张三,S0001,分校A\n" FIXTURE_ID_2 ",李四,S0002,分校Ａ\n", &report);
        assert_int_equal(report.counts[ROSTER_IMPORT_POINT_CREATED], 1);
        assert_int_equal(count_students(point_id("分校A")), 2);
}

static void test_each_changed_point_gets_one_event(void **state _unused_)
{
        const char *text = HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID_2
                                           ",李四,S0002," OTHER_POINT "\n";
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        size_t counts[_EVENT_MAX] = {};

        import(text, &first);
        import(text, &second);
        assert_int_equal(catalog_list_events(fixture.catalog, 0, 100, count_event, counts), 0);
        assert_int_equal(counts[EVENT_ROSTER_IMPORTED], 2);
        assert_int_equal(counts[EVENT_POINT_ADDED], 1);
}

/* ---- one student, several rows ---- */

static void test_a_second_enrolment_at_the_same_point_counts_once(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};
        const RosterImportNote *note;

        import(HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID
                               ",张三,S0009," FIXTURE_POINT "\n",
               &report);
        assert_int_equal(report.rows, 1);
        assert_int_equal(report.added, 1);
        note = only_note(&report, ROSTER_IMPORT_MERGED);
        assert_int_equal(note->row, 3);
        assert_int_equal(note->other_row, 2);
        assert_int_equal(count_students(fixture.point), 1);
}

static void test_a_row_in_two_files_counts_once(void **state _unused_)
{
        const char *text = HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n";
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport report = {};

        assert_int_equal(import_with(&options, text, text, &report), 0);
        assert_false(report.refused);
        assert_int_equal(report.rows, 1);
        assert_int_equal(report.n_notes, 0);
}

static void test_files_that_contradict_each_other_are_refused(void **state _unused_)
{
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport report = {};
        const RosterImportNote *note;

        assert_int_equal(import_with(&options, HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n",
                                     HEAD FIXTURE_ID ",张三,S0001," OTHER_POINT "\n", &report),
                         0);
        assert_true(report.refused);
        note = only_note(&report, ROSTER_IMPORT_TWICE);
        assert_int_equal(note->file, 1);
        assert_int_equal(note->row, 2);
        assert_int_equal(note->other_file, 0);
        assert_int_equal(count_students(0), 0);
        assert_int_equal(point_id(OTHER_POINT), 0);
}

static void test_students_in_another_file_are_not_gone(void **state _unused_)
{
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport first = {}, second = {};

        import(HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID_2
                               ",李四,S0002," FIXTURE_POINT "\n",
               &first);
        options.prune = true;
        assert_int_equal(import_with(&options, HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n",
                                     HEAD FIXTURE_ID_2 ",李四,S0002," FIXTURE_POINT "\n", &second),
                         0);
        assert_int_equal(second.unchanged, 2);
        assert_int_equal(second.n_notes, 0);
}

/* ---- refused as a whole ---- */

static void test_a_file_with_an_error_imports_nothing(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};

        import(HEAD FIXTURE_ID ",张三,S0001," OTHER_POINT
                               "\n219999199001010,李四,S0002," OTHER_POINT
                               "\n2.19999E+17,王五,S0003," OTHER_POINT "\n",
               &report);
        assert_true(report.refused);
        (void)only_note(&report, ROSTER_IMPORT_BAD_FILE);
        assert_int_equal(count_students(0), 0);
        assert_int_equal(point_id(OTHER_POINT), 0);
}

static void test_a_roster_without_points_needs_one(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {}, good = {};
        RosterImportOptions options = some_options();

        import(HEAD_SINGLE FIXTURE_ID ",张三,S0001\n", &report);
        assert_true(report.refused);
        (void)only_note(&report, ROSTER_IMPORT_NO_POINT);
        options.point = OTHER_POINT;
        assert_int_equal(import_with(&options, HEAD_SINGLE FIXTURE_ID ",张三,S0001\n", NULL, &good),
                         0);
        assert_false(good.refused);
        assert_true(known(OTHER_POINT, FIXTURE_ID));
}

static void test_a_point_beside_a_column_of_points_is_refused(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};
        RosterImportOptions options = some_options();

        options.point = OTHER_POINT;
        assert_int_equal(import_with(&options, HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n",
                                     NULL, &report),
                         0);
        (void)only_note(&report, ROSTER_IMPORT_POINT_GIVEN);
        assert_true(report.refused);
}

static void test_a_fixed_entrys_name_is_no_point(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};

        import(HEAD FIXTURE_ID ",张三,S0001,OFFICE\n" FIXTURE_ID_2 ",李四,S0002," OTHER_POINT "\n",
               &report);
        assert_true(report.refused);
        assert_string_equal(only_note(&report, ROSTER_IMPORT_POINT_NAME)->point, "OFFICE");
        assert_int_equal(point_id(OTHER_POINT), 0);
}

static void test_a_point_of_an_older_version_keeps_its_name(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};
        int64_t id = fixture_point("分校:一");

        import(HEAD FIXTURE_ID ",张三,S0001,分校:一\n", &report);
        assert_false(report.refused);
        assert_true(known("分校:一", FIXTURE_ID));
        assert_int_equal(point_id("分校:一"), id);
        roster_import_done(&report);

        import(HEAD FIXTURE_ID_2 ",李四,S0002,分校:二\n", &report);
        assert_true(report.refused);
        assert_string_equal(only_note(&report, ROSTER_IMPORT_POINT_NAME)->point, "分校:二");
        assert_int_equal(point_id("分校:二"), 0);
}

static void test_too_many_points_are_a_wrong_column(void **state _unused_)
{
        _cleanup_text_ Text text = {};
        _cleanup_roster_import_ RosterImport report = {};

        text_append(&text, HEAD);
        for (int i = 0; i <= ROSTER_IMPORT_POINTS_MAX; i++)
                text_printf(&text, "HK%07d,张三,S%d,班级%d\n", i, i, i);
        import(text.data, &report);
        assert_true(report.refused);
        (void)only_note(&report, ROSTER_IMPORT_TOO_MANY_POINTS);
        assert_int_equal(count_students(0), 0);
}

static void test_a_closed_batch_takes_no_roster(void **state _unused_)
{
        RosterImportOptions options = some_options();
        RosterImport report = {};

        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(import_with(&options, HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n",
                                     NULL, &report),
                         -EROFS);
        assert_int_equal(count_students(0), 0);
}

static void test_a_dry_run_reports_the_same_and_does_nothing(void **state _unused_)
{
        const char *text = HEAD FIXTURE_ID ",张三,S0001," OTHER_POINT "\n" FIXTURE_ID_2
                                           ",李四,S0002," FIXTURE_POINT "\n";
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport dry = {}, real = {};
        size_t counts[_EVENT_MAX] = {};

        options.dry_run = true;
        assert_int_equal(import_with(&options, text, NULL, &dry), 0);
        assert_int_equal(count_students(0), 0);
        assert_int_equal(point_id(OTHER_POINT), 0);
        assert_int_equal(catalog_list_events(fixture.catalog, 0, 100, count_event, counts), 0);
        assert_int_equal(counts[EVENT_ROSTER_IMPORTED] + counts[EVENT_POINT_ADDED], 0);
        import(text, &real);
        assert_int_equal(dry.added, real.added);
        assert_int_equal(dry.rows, real.rows);
        assert_memory_equal(dry.counts, real.counts, sizeof(dry.counts));
}

/* ---- those of whom the file says nothing ---- */

#define TWO_STUDENTS \
        HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID_2 \
                        ",李四,S0002," FIXTURE_POINT "\n"
#define ONE_STUDENT HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n"

static void test_who_is_gone_is_told_of_and_stays(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        const RosterImportNote *note;

        import(TWO_STUDENTS, &first);
        import(ONE_STUDENT, &second);
        note = only_note(&second, ROSTER_IMPORT_GONE);
        assert_string_equal(note->id_number, FIXTURE_ID_2);
        assert_string_equal(note->name, "李四");
        assert_string_equal(note->point, FIXTURE_POINT);
        assert_true(known(FIXTURE_POINT, FIXTURE_ID_2));
}

static void test_prune_takes_off_who_is_gone(void **state _unused_)
{
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport first = {}, second = {};

        import(TWO_STUDENTS, &first);
        options.prune = true;
        assert_int_equal(import_with(&options, ONE_STUDENT, NULL, &second), 0);
        (void)only_note(&second, ROSTER_IMPORT_PRUNED);
        assert_false(known(FIXTURE_POINT, FIXTURE_ID_2));
        assert_int_equal(count_students(fixture.point), 1);
}

static void test_prune_never_takes_a_student_with_a_photo(void **state _unused_)
{
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport first = {}, second = {};

        (void)fixture_accepted(FIXTURE_ID_2, "b.jpg");
        import(TWO_STUDENTS, &first);
        options.prune = true;
        assert_int_equal(import_with(&options, ONE_STUDENT, NULL, &second), 0);
        (void)only_note(&second, ROSTER_IMPORT_KEPT);
        assert_true(known(FIXTURE_POINT, FIXTURE_ID_2));
}

static void test_prune_never_takes_a_student_with_a_rejected_file(void **state _unused_)
{
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t student = fixture_student(FIXTURE_ID_2), file = fixture_rejected("b", REASON_BLUR);

        assert_int_equal(catalog_set_submission_student(fixture.catalog, file, student), 0);
        import(TWO_STUDENTS, &first);
        options.prune = true;
        assert_int_equal(import_with(&options, ONE_STUDENT, NULL, &second), 0);
        (void)only_note(&second, ROSTER_IMPORT_KEPT);
        assert_true(known(FIXTURE_POINT, FIXTURE_ID_2));
}

static void test_points_that_the_file_does_not_name_are_left_alone(void **state _unused_)
{
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport first = {}, second = {};

        import(HEAD FIXTURE_ID_2 ",李四,S0002," OTHER_POINT "\n", &first);
        options.prune = true;
        assert_int_equal(import_with(&options, ONE_STUDENT, NULL, &second), 0);
        assert_int_equal(second.n_notes, 0);
        assert_true(known(OTHER_POINT, FIXTURE_ID_2));
}

static void test_a_photo_from_before_the_roster_is_told_of(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport report = {};

        (void)fixture_accepted(FIXTURE_ID_2, "b.jpg");
        import(ONE_STUDENT, &report);
        assert_string_equal(only_note(&report, ROSTER_IMPORT_UNLISTED)->id_number, FIXTURE_ID_2);
        assert_true(known(FIXTURE_POINT, FIXTURE_ID_2));
}

static void test_another_batch_is_left_alone(void **state _unused_)
{
        RosterImportOptions options = some_options();
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        _cleanup_student_ StudentRow row = {};
        int64_t batch;

        import(TWO_STUDENTS, &first);
        assert_int_equal(catalog_add_batch(fixture.catalog, "202602", 1, &batch), 0);
        options.batch = batch;
        options.prune = true;
        assert_int_equal(import_with(&options, ONE_STUDENT, NULL, &second), 0);
        assert_int_equal(second.added, 1);
        assert_int_equal(second.n_notes, 0);
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID_2,
                                              &row),
                         1);
}

/* ---- who is somewhere else now ---- */

static void test_a_student_without_photos_moves(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        const RosterImportNote *note;

        import(TWO_STUDENTS, &first);
        import(HEAD FIXTURE_ID_2 ",李四,S0002," OTHER_POINT "\n", &second);
        note = only_note(&second, ROSTER_IMPORT_MOVED);
        assert_string_equal(note->point, OTHER_POINT);
        assert_string_equal(note->other_point, FIXTURE_POINT);
        assert_int_equal(second.added, 0);
        assert_true(known(OTHER_POINT, FIXTURE_ID_2));
        assert_false(known(FIXTURE_POINT, FIXTURE_ID_2));
        assert_int_equal(count_students(fixture.point), 1);
        assert_int_equal(count_students(0), 2);
}

static void test_a_student_who_moved_within_the_file_is_not_gone(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};

        import(TWO_STUDENTS, &first);
        import(HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID_2
                               ",李四,S0002," OTHER_POINT "\n",
               &second);
        (void)only_note(&second, ROSTER_IMPORT_MOVED);
        assert_int_equal(second.counts[ROSTER_IMPORT_GONE], 0);
}

static void test_a_student_with_a_photo_stays_where_it_is(void **state _unused_)
{
        const char *text = HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID_2
                                           ",李四,S0002," OTHER_POINT "\n";
        _cleanup_roster_import_ RosterImport first = {}, second = {}, third = {};

        (void)fixture_accepted(FIXTURE_ID_2, "b.jpg");
        import(TWO_STUDENTS, &first);
        import(text, &second);
        assert_string_equal(only_note(&second, ROSTER_IMPORT_STAYS)->other_point, FIXTURE_POINT);
        assert_int_equal(second.counts[ROSTER_IMPORT_GONE], 0);
        assert_int_equal(second.added, 0);
        assert_true(known(FIXTURE_POINT, FIXTURE_ID_2));
        assert_false(known(OTHER_POINT, FIXTURE_ID_2));
        import(text, &third);
        (void)only_note(&third, ROSTER_IMPORT_STAYS);
}

static void test_a_corrected_number_replaces_the_wrong_one(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        const RosterImportNote *note;

        import(TWO_STUDENTS, &first);
        import(HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID_3
                               ",李四,S0002," FIXTURE_POINT "\n",
               &second);
        note = only_note(&second, ROSTER_IMPORT_CORRECTED);
        assert_string_equal(note->id_number, FIXTURE_ID_3);
        assert_string_equal(note->other_number, FIXTURE_ID_2);
        assert_true(known(FIXTURE_POINT, FIXTURE_ID_3));
        assert_false(known(FIXTURE_POINT, FIXTURE_ID_2));
}

static void test_the_photo_follows_a_corrected_number(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        _cleanup_student_ StudentRow student = {};
        Catalog *c = fixture.catalog;
        int64_t photo = fixture_accepted(FIXTURE_ID_2, "b.jpg");

        import(TWO_STUDENTS, &first);
        import(HEAD FIXTURE_ID ",张三,S0001," FIXTURE_POINT "\n" FIXTURE_ID_3
                               ",李四,S0002," FIXTURE_POINT "\n",
               &second);
        (void)only_note(&second, ROSTER_IMPORT_CORRECTED);
        assert_int_equal(second.added, 0);
        assert_int_equal(catalog_find_student_by_no(c, (Where){fixture.batch, fixture.point},
                                                    "S0002", &student),
                         1);
        assert_string_equal(student.id_number, FIXTURE_ID_3);
        assert_int_equal(student.photo, photo);
        assert_false(known(FIXTURE_POINT, FIXTURE_ID_2));
}

/* ---- notes ---- */

static void test_notes_beyond_the_limit_are_only_counted(void **state _unused_)
{
        _cleanup_text_ Text text = {};
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        const size_t n = ROSTER_IMPORT_NOTES_KEPT + 5;

        text_append(&text, HEAD);
        for (size_t i = 0; i < n; i++)
                text_printf(&text, "HK%07zu,张三,S%zu," FIXTURE_POINT "\n", i, i);
        import(text.data, &first);
        assert_int_equal(first.added, n);
        import(ONE_STUDENT, &second);
        assert_int_equal(second.counts[ROSTER_IMPORT_GONE], n);
        assert_int_equal(second.n_notes, ROSTER_IMPORT_NOTES_KEPT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_students_and_points_are_created),
                fixture_test(test_the_same_roster_again_changes_nothing),
                fixture_test(test_a_corrected_name_is_a_change),
                fixture_test(test_a_student_known_by_a_photo_is_on_the_roster_now),
                fixture_test(test_two_spellings_of_a_point_are_one),
                fixture_test(test_each_changed_point_gets_one_event),
                fixture_test(test_a_second_enrolment_at_the_same_point_counts_once),
                fixture_test(test_a_row_in_two_files_counts_once),
                fixture_test(test_files_that_contradict_each_other_are_refused),
                fixture_test(test_students_in_another_file_are_not_gone),
                fixture_test(test_a_file_with_an_error_imports_nothing),
                fixture_test(test_a_roster_without_points_needs_one),
                fixture_test(test_a_point_beside_a_column_of_points_is_refused),
                fixture_test(test_a_fixed_entrys_name_is_no_point),
                fixture_test(test_a_point_of_an_older_version_keeps_its_name),
                fixture_test(test_too_many_points_are_a_wrong_column),
                fixture_test(test_a_closed_batch_takes_no_roster),
                fixture_test(test_a_dry_run_reports_the_same_and_does_nothing),
                fixture_test(test_who_is_gone_is_told_of_and_stays),
                fixture_test(test_prune_takes_off_who_is_gone),
                fixture_test(test_prune_never_takes_a_student_with_a_photo),
                fixture_test(test_prune_never_takes_a_student_with_a_rejected_file),
                fixture_test(test_points_that_the_file_does_not_name_are_left_alone),
                fixture_test(test_a_photo_from_before_the_roster_is_told_of),
                fixture_test(test_another_batch_is_left_alone),
                fixture_test(test_a_student_without_photos_moves),
                fixture_test(test_a_student_who_moved_within_the_file_is_not_gone),
                fixture_test(test_a_student_with_a_photo_stays_where_it_is),
                fixture_test(test_a_corrected_number_replaces_the_wrong_one),
                fixture_test(test_the_photo_follows_a_corrected_number),
                fixture_test(test_notes_beyond_the_limit_are_only_counted),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
