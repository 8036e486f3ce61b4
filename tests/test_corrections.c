/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/correction.h>
#include <idphoto/correctrow.h>
#include <idphoto/event.h>
#include <idphoto/exportrow.h>
#include <idphoto/judge.h>
#include <idphoto/review.h>
#include <idphoto/rosterimport.h>
#include <idphoto/standing.h>
#include <idphoto/withdraw.h>
#include <store/catalog-internal.h>

/* Corrected numbers, and what an operator puts right [W6]. */

#define HEAD         "身份证号,姓名,学号,班级,教学点\n"
#define FIXTURE_ID_4 "219999199001010040"
#define OTHER_POINT  "大连分校"

static const Date today = {2025, 9, 1};

static int64_t count(const char *sql)
{
        int64_t n;

        assert_int_equal(catalog_query_integer(fixture.catalog, sql, &n), 0);
        return n;
}

/* What the triggers count is what counting says. */
static void assert_counted(void)
{
        assert_int_equal(
                count("WITH truth (batch, point, kind, key, n) AS ("
                      "  SELECT batch, point, 0, CAST(state AS TEXT), count(*) FROM student"
                      "    WHERE on_roster != 0 OR photo != 0 OR EXISTS (SELECT 1 FROM submission AS s"
                      "      WHERE s.student = student.id AND s.state = 5) GROUP BY 1, 2, 4"
                      "  UNION ALL SELECT batch, point, 1, CAST(state AS TEXT), count(*) FROM submission"
                      "    WHERE temporary = 0 GROUP BY 1, 2, 4"
                      "  UNION ALL SELECT batch, point, 2, code, count(*) FROM submission AS s"
                      "    JOIN finding AS f ON f.submission = s.id"
                      "    WHERE s.state = 5 AND f.level = 'reject' GROUP BY 1, 2, 4)"
                      "SELECT (SELECT count(*) FROM (SELECT * FROM truth EXCEPT SELECT batch, point, kind,"
                      " CAST(key AS TEXT), n FROM tally) AS missing) + (SELECT count(*) FROM"
                      " (SELECT batch, point, kind, CAST(key AS TEXT), n FROM tally WHERE n != 0"
                      " EXCEPT SELECT * FROM truth) AS additional)"),
                0);
        assert_int_equal(
                count("SELECT count(*) FROM photo AS p JOIN student AS s ON s.id = p.student"
                      " WHERE p.point != s.point OR (p.current = 1) != (s.photo = p.id)"),
                0);
        assert_int_equal(count("SELECT count(*) FROM submission AS u JOIN student AS s"
                               " ON s.id = u.student WHERE u.point != s.point"),
                         0);
}

static void import_with(const char *text, bool prune, RosterImport *ret)
{
        _cleanup_(roster_freep) Roster *roster = NULL;
        RosterImportOptions options = {.batch = fixture.batch,
                                       .prune = prune,
                                       .mode = 02770,
                                       .actor = 7,
                                       .now = fixture_later()};

        assert_int_equal(roster_read(text, strlen(text), "roster.csv", today, &roster), 0);
        assert_int_equal(
                roster_import(fixture.catalog, (const Roster *const *)&roster, 1, &options, ret),
                0);
        assert_counted();
}

static void import(const char *text, RosterImport *ret)
{
        import_with(text, false, ret);
}

static StudentRow get(int64_t point, const char *number)
{
        StudentRow row = {};

        (void)catalog_find_student(fixture.catalog, (Where){fixture.batch, point}, number, &row);
        return row;
}

static int64_t photo_of(int64_t point, const char *number)
{
        _cleanup_student_ StudentRow row = get(point, number);

        return row.photo;
}

static bool known(int64_t point, const char *number)
{
        _cleanup_student_ StudentRow row = get(point, number);

        return row.id != 0;
}

static bool shown(int64_t point, const char *number)
{
        _cleanup_student_ StudentRow row = get(point, number);

        return row.shown;
}

static int64_t submission_of(int64_t photo)
{
        _cleanup_photo_ PhotoRow row = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        return row.submission;
}

static CorrectionOptions some_options(void)
{
        return (CorrectionOptions){.batch = fixture.batch, .actor = 7, .now = fixture_later()};
}

static void assert_audit_whole(void)
{
        AuditReport report;

        assert_int_equal(catalog_audit_verify(fixture.catalog, &report), 0);
        assert_int_equal(report.fault, AUDIT_WHOLE);
}

static int count_entry(const AuditRow *row, void *userdata)
{
        size_t *counts = userdata;

        if (row->kind >= 0)
                counts[row->kind]++;
        return 0;
}

/* ---- a later roster ---- */

static void test_two_students_exchange_their_numbers(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg"),
                b = fixture_accepted(FIXTURE_ID_2, "b.jpg");

        import(HEAD FIXTURE_ID ",张三,S1,一班," FIXTURE_POINT "\n" FIXTURE_ID_2
                               ",李四,S2,一班," FIXTURE_POINT "\n",
               &first);
        import(HEAD FIXTURE_ID_2 ",张三,S1,一班," FIXTURE_POINT "\n" FIXTURE_ID
                                 ",李四,S2,一班," FIXTURE_POINT "\n",
               &second);
        assert_false(second.refused);
        assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 2);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), a);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID), b);
        assert_audit_whole();
}

static void test_exchanged_student_numbers_move_no_photo(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg"),
                b = fixture_accepted(FIXTURE_ID_2, "b.jpg");

        import(HEAD FIXTURE_ID ",张三,S1,一班," FIXTURE_POINT "\n" FIXTURE_ID_2
                               ",李四,S2,一班," FIXTURE_POINT "\n",
               &first);
        import(HEAD FIXTURE_ID ",张三,S2,一班," FIXTURE_POINT "\n" FIXTURE_ID_2
                               ",李四,S1,一班," FIXTURE_POINT "\n",
               &second);
        assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 0);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID), a);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), b);
}

static void test_corrected_names_move_no_photo(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg");

        import(HEAD FIXTURE_ID ",张三,,一班," FIXTURE_POINT "\n", &first);
        import(HEAD FIXTURE_ID ",张山,,一班," FIXTURE_POINT "\n" FIXTURE_ID_2
                               ",张三,,一班," FIXTURE_POINT "\n",
               &second);
        assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 0);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID), a);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), 0);
}

static void test_name_and_class_tell_where_student_numbers_do_not(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg");

        import(HEAD FIXTURE_ID ",张三,,一班," FIXTURE_POINT "\n", &first);
        import(HEAD FIXTURE_ID_2 ",张 三,S9,一班," FIXTURE_POINT "\n", &second);
        assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 1);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), a);
}

static void test_numbers_go_round_by_name(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg"),
                b = fixture_accepted(FIXTURE_ID_2, "b.jpg");

        import(HEAD FIXTURE_ID ",张三,,," FIXTURE_POINT "\n" FIXTURE_ID_2 ",李四,,," FIXTURE_POINT
                               "\n" FIXTURE_ID_3 ",王五,,," FIXTURE_POINT "\n",
               &first);
        import(HEAD FIXTURE_ID_2 ",张三,,," FIXTURE_POINT "\n" FIXTURE_ID_3 ",李四,,," FIXTURE_POINT
                                 "\n" FIXTURE_ID ",王五,,," FIXTURE_POINT "\n",
               &second);
        assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 3);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), a);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_3), b);
}

static void test_namesakes_are_not_taken_for_each_other(void **state _unused_)
{
        static const char *const later[] = {
                /* two in the list */
                HEAD FIXTURE_ID_2 ",张三,,一班," FIXTURE_POINT "\n" FIXTURE_ID_3
                                  ",张三,,一班," FIXTURE_POINT "\n",
                /* of another class */
                HEAD FIXTURE_ID_2 ",张三,,二班," FIXTURE_POINT "\n",
                /* of another student number */
                HEAD FIXTURE_ID_2 ",张三,S2,一班," FIXTURE_POINT "\n",
        };
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg");

        for (size_t i = 0; i < ELEMENTSOF(later); i++) {
                _cleanup_roster_import_ RosterImport first = {}, second = {};

                assert_int_equal(catalog_savepoint(fixture.catalog), 0);
                import(i == 2 ? HEAD FIXTURE_ID ",张三,S1,一班," FIXTURE_POINT "\n"
                              : HEAD FIXTURE_ID ",张三,,一班," FIXTURE_POINT "\n",
                       &first);
                import(later[i], &second);
                assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 0);
                assert_int_equal(photo_of(fixture.point, FIXTURE_ID), a);
                assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        }
}

static void test_without_a_class_the_numbers_must_be_alike(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {}, third = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg");

        import(HEAD FIXTURE_ID ",张三,,," FIXTURE_POINT "\n", &first);
        /* Born on another day: a namesake of another list. */
        import(HEAD "219999198512310019,张三,,," FIXTURE_POINT "\n", &second);
        assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 0);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID), a);
}

static void test_a_number_that_came_before_becomes_the_students(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t b = fixture_accepted(FIXTURE_ID_2, "b.jpg");

        import(HEAD FIXTURE_ID ",张三,S1,一班," FIXTURE_POINT "\n", &first);
        import(HEAD FIXTURE_ID_2 ",张三,S1,一班," FIXTURE_POINT "\n", &second);
        assert_false(second.refused);
        assert_int_equal(second.counts[ROSTER_IMPORT_CORRECTED], 1);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), b);
        assert_false(known(fixture.point, FIXTURE_ID));
}

static void test_two_photos_refuse_the_list(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg"),
                b = fixture_accepted(FIXTURE_ID_2, "b.jpg");

        import(HEAD FIXTURE_ID ",张三,S1,一班," FIXTURE_POINT "\n", &first);
        import(HEAD FIXTURE_ID_3 ",王五,S3,一班," FIXTURE_POINT "\n" FIXTURE_ID_2
                                 ",张三,S1,一班," FIXTURE_POINT "\n",
               &second);
        assert_true(second.refused);
        assert_int_equal(second.counts[ROSTER_IMPORT_TWO_PHOTOS], 1);
        assert_int_equal(second.notes[0].row, 3);
        assert_string_equal(second.notes[0].other_number, FIXTURE_ID);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID), a);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), b);
        assert_false(known(fixture.point, FIXTURE_ID_3));
}

static int note_export(const ExportRow *row, void *userdata)
{
        char *all = userdata;

        (void)snprintf(all + strlen(all), 100 - strlen(all), "%s,", row->id_number);
        return 0;
}

static void test_an_approved_photo_is_exported_under_the_new_number(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg");
        const ReviewDecision approve = {
                .event = REVIEW_APPROVE, .reason = _REASON_INVALID, .now = fixture_later()};
        size_t counts[_EVENT_MAX] = {};
        char exported[100] = "";

        import(HEAD FIXTURE_ID ",张三,S1,一班," FIXTURE_POINT "\n", &first);
        assert_int_equal(review_decide(fixture.catalog, a, &approve), 1);
        import(HEAD FIXTURE_ID_2 ",张三,S1,一班," FIXTURE_POINT "\n", &second);
        assert_int_equal(fixture_student_state(FIXTURE_ID_2), REVIEW_APPROVED);
        assert_int_equal(catalog_list_exports(fixture.catalog, (Where){fixture.batch, 0},
                                              note_export, exported),
                         0);
        assert_string_equal(exported, FIXTURE_ID_2 ",");
        /* The history goes along. */
        assert_int_equal(catalog_audit_history(fixture.catalog, fixture.batch, FIXTURE_ID_2,
                                               count_entry, counts),
                         0);
        assert_int_equal(counts[EVENT_APPROVED], 1);
        assert_int_equal(counts[EVENT_CORRECTED], 1);
        assert_audit_whole();
}

/* ---- who counts ---- */

static void test_who_is_not_listed_counts_by_photo_or_rejected_file(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), file, student;

        assert_true(shown(fixture.point, FIXTURE_ID));
        assert_int_equal(withdraw_photo(fixture.catalog, photo, 7, fixture_later()), 0);
        assert_true(known(fixture.point, FIXTURE_ID));
        assert_false(shown(fixture.point, FIXTURE_ID));
        assert_counted();
        student = fixture_student(FIXTURE_ID_2);
        assert_false(shown(fixture.point, FIXTURE_ID_2));
        file = fixture_rejected("b.jpg", REASON_BLUR);
        assert_int_equal(catalog_set_submission_student(fixture.catalog, file, student), 0);
        assert_true(shown(fixture.point, FIXTURE_ID_2));
        assert_counted();
        assert_int_equal(withdraw_rejected(fixture.catalog, file, 7, fixture_later()), 0);
        assert_false(shown(fixture.point, FIXTURE_ID_2));
        assert_counted();
}

static void test_prune_takes_who_has_only_withdrawn_files_off_the_roster(void **state _unused_)
{
        _cleanup_roster_import_ RosterImport first = {}, second = {};
        int64_t photo = fixture_accepted(FIXTURE_ID_2, "b.jpg");

        import(HEAD FIXTURE_ID ",张三,S1,," FIXTURE_POINT "\n" FIXTURE_ID_2
                               ",李四,S2,," FIXTURE_POINT "\n",
               &first);
        assert_int_equal(withdraw_photo(fixture.catalog, photo, 7, fixture_later()), 0);
        assert_true(shown(fixture.point, FIXTURE_ID_2));
        import_with(HEAD FIXTURE_ID ",张三,S1,," FIXTURE_POINT "\n", true, &second);
        assert_int_equal(second.counts[ROSTER_IMPORT_PRUNED], 1);
        assert_false(shown(fixture.point, FIXTURE_ID_2));
}

/* ---- commands about students ---- */

static CorrectionReport correct(const char *number, const char *corrected, bool dry_run)
{
        CorrectionOptions options = some_options();
        CorrectionReport report;
        DocumentNumber to;

        options.dry_run = dry_run;
        assert_int_equal(correction_number(corrected, today, &to), 0);
        assert_int_equal(correct_student(fixture.catalog, &options, number, &to, &report), 0);
        assert_counted();
        return report;
}

static void test_what_is_no_number_is_refused(void **state _unused_)
{
        DocumentNumber number;

        assert_int_equal(correction_number("219999199001010025", today, &number), -EINVAL);
        assert_int_equal(correction_number("", today, &number), -EINVAL);
        assert_int_equal(correction_number("a/b-c", today, &number), -EINVAL);
        assert_int_equal(correction_number("E123456789012345678901234567890123", today, &number),
                         -EINVAL);
        assert_int_equal(correction_number("e 1234567", today, &number), 0);
        assert_string_equal(number.text, "E1234567");
        assert_int_equal(correction_number("２１９９９９19900101 0016", today, &number), 0);
        assert_string_equal(number.text, FIXTURE_ID);
}

static void test_a_command_corrects_a_number(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_correction_ CorrectionReport dry = correct(FIXTURE_ID, FIXTURE_ID_2, true), done;

        assert_int_equal(dry.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID), photo);
        done = correct(FIXTURE_ID, FIXTURE_ID_2, false);
        assert_int_equal(done.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_string_equal(done.student.id_number, FIXTURE_ID);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), photo);
        assert_audit_whole();
        correction_report_done(&done);
        done = correct(FIXTURE_ID, FIXTURE_ID_2, false);
        assert_int_equal(done.refusal, CORRECTION_NO_STUDENT);
}

static void test_a_correction_joins_two_rows_of_one_person(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), second;
        int64_t student = fixture_listed_student(FIXTURE_ID_2), file;
        _cleanup_correction_ CorrectionReport done = {}, refused = {};

        file = fixture_rejected("b.jpg", REASON_BLUR);
        assert_int_equal(catalog_set_submission_student(fixture.catalog, file, student), 0);
        done = correct(FIXTURE_ID, FIXTURE_ID_2, false);
        assert_true(done.merged);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_2), photo);
        assert_false(known(fixture.point, FIXTURE_ID));
        {
                _cleanup_student_ StudentRow row = get(fixture.point, FIXTURE_ID_2);

                assert_true(row.on_roster);
                assert_int_equal(row.files, 1);
        }
        second = fixture_accepted(FIXTURE_ID_3, "c.jpg");
        refused = correct(FIXTURE_ID_3, FIXTURE_ID_2, false);
        assert_int_equal(refused.refusal, CORRECTION_TWO_PHOTOS);
        assert_int_equal(photo_of(fixture.point, FIXTURE_ID_3), second);
}

/* Of two people on the roster none becomes the other by a slip of the operator's. */
static void test_a_correction_never_joins_two_people(void **state _unused_)
{
        RosterStudent zhang = {.id_number = FIXTURE_ID, .name = "张三", .student_no = "S1"};
        RosterStudent wang = {.id_number = FIXTURE_ID_2, .name = "王五", .student_no = "S2"};
        RosterStudent same = {.id_number = FIXTURE_ID_3, .name = "张 三", .student_no = ""};
        _cleanup_correction_ CorrectionReport refused = {}, done = {};

        (void)fixture_roster(zhang);
        (void)fixture_roster(wang);
        (void)fixture_roster(same);
        refused = correct("S1", FIXTURE_ID_2, false);
        assert_int_equal(refused.refusal, CORRECTION_OTHERS_NUMBER);
        assert_true(known(fixture.point, FIXTURE_ID));
        assert_true(known(fixture.point, FIXTURE_ID_2));
        done = correct("S1", FIXTURE_ID_3, false);
        assert_int_equal(done.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_true(done.merged);
}

static CorrectionReport move(const char *number, int64_t point)
{
        CorrectionOptions options = some_options();
        CorrectionReport report;

        assert_int_equal(
                correct_point_of_student(fixture.catalog, &options, number, point, &report), 0);
        assert_counted();
        return report;
}

static void test_a_student_moves_with_everything(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), other = fixture_point(OTHER_POINT);
        int64_t file = fixture_rejected("b.jpg", REASON_BLUR), own = fixture.point, taken;
        _cleanup_student_ StudentRow student = get(own, FIXTURE_ID);
        _cleanup_submission_ SubmissionRow alias = {}, moved = {};
        _cleanup_correction_ CorrectionReport done = {};

        assert_int_equal(catalog_set_submission_student(fixture.catalog, file, student.id), 0);
        fixture.point = other;
        taken = fixture_rejected("b.jpg", REASON_BLUR);
        fixture.point = own;
        done = move(FIXTURE_ID, other);
        assert_int_equal(done.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_int_equal(photo_of(other, FIXTURE_ID), photo);
        assert_false(known(own, FIXTURE_ID));
        /* The dropped name goes along, and a name that is taken in rejected/ gives way. */
        assert_int_equal(
                catalog_find_alias(fixture.catalog, (Where){fixture.batch, other}, "a.jpg", &alias),
                1);
        assert_int_equal(alias.id, submission_of(photo));
        assert_int_equal(catalog_get_submission(fixture.catalog, file, &moved), 1);
        assert_string_equal(moved.shown_name, "b (2).jpg");
        assert_int_equal(fixture_state(taken), SUBMISSION_REJECTED);
        assert_audit_whole();
        correction_report_done(&done);
        done = move(FIXTURE_ID, other);
        assert_int_equal(done.refusal, CORRECTION_SAME);
}

static void test_a_student_moves_to_where_the_roster_has_them(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), other = fixture_point(OTHER_POINT);
        _cleanup_roster_import_ RosterImport roster = {};
        _cleanup_correction_ CorrectionReport done = {};
        int64_t own = fixture.point;

        fixture.point = other;
        (void)fixture_listed_student(FIXTURE_ID);
        fixture.point = own;
        done = move(FIXTURE_ID, other);
        assert_int_equal(done.refusal, CORRECTION_SEVERAL);
        correction_report_done(&done);
        {
                CorrectionOptions options = some_options();

                options.point = own;
                assert_int_equal(correct_point_of_student(fixture.catalog, &options, FIXTURE_ID,
                                                          other, &done),
                                 0);
        }
        assert_int_equal(done.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_true(done.merged);
        assert_int_equal(photo_of(other, FIXTURE_ID), photo);
        assert_int_equal(count("SELECT count(*) FROM student"), 1);
        assert_int_equal(count("SELECT on_roster FROM student"), 1);
        assert_counted();
}

static void test_what_is_under_way_keeps_a_student_where_it_is(void **state _unused_)
{
        int64_t upload = fixture_received("a.jpg"), student = fixture_listed_student(FIXTURE_ID);
        _cleanup_correction_ CorrectionReport done = {};

        assert_int_equal(catalog_set_submission_student(fixture.catalog, upload, student), 0);
        done = move(FIXTURE_ID, fixture_point(OTHER_POINT));
        assert_int_equal(done.refusal, CORRECTION_UNDER_WAY);
}

static void test_a_removed_student_can_be_brought_back(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), submission = submission_of(photo);
        CorrectionOptions options = some_options();
        const ReviewDecision approve = {.event = REVIEW_APPROVE,
                                        .reason = _REASON_INVALID,
                                        .now = fixture_later()},
                             reopen = {.event = REVIEW_REOPEN,
                                       .reason = _REASON_INVALID,
                                       .now = fixture_later()};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_correction_ CorrectionReport report = {};

        assert_int_equal(review_decide(fixture.catalog, photo, &approve), 1);
        assert_int_equal(correct_student_away(fixture.catalog, &options, FIXTURE_ID, &report), 0);
        assert_int_equal(report.refusal, CORRECTION_APPROVED);
        correction_report_done(&report);
        assert_int_equal(review_decide(fixture.catalog, photo, &reopen), 1);
        assert_int_equal(correct_student_away(fixture.catalog, &options, FIXTURE_ID, &report), 0);
        assert_int_equal(report.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_false(shown(fixture.point, FIXTURE_ID));
        assert_counted();
        assert_int_equal(fixture_state(submission), SUBMISSION_WITHDRAWN);
        assert_int_equal(catalog_get_submission(fixture.catalog, submission, &row), 1);
        assert_true(row.has_original);
        assert_audit_whole();
        correction_report_done(&report);
        /* Nothing hangs on this one. */
        (void)fixture_listed_student(FIXTURE_ID_2);
        assert_int_equal(correct_student_away(fixture.catalog, &options, FIXTURE_ID_2, &report), 0);
        assert_false(known(fixture.point, FIXTURE_ID_2));
}

static void test_a_closed_batch_takes_no_correction(void **state _unused_)
{
        CorrectionOptions options = some_options();
        CorrectionReport report;

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(correct_student_away(fixture.catalog, &options, FIXTURE_ID, &report),
                         -EROFS);
}

/* ---- commands about points ---- */

static CorrectionOptions of_point(int64_t point)
{
        return (CorrectionOptions){.point = point, .actor = 7, .now = fixture_later()};
}

static void test_a_point_gets_another_name(void **state _unused_)
{
        CorrectionOptions options = of_point(fixture.point);
        _cleanup_correction_ CorrectionReport report = {};
        _cleanup_point_ PointRow row = {};

        (void)fixture_point(OTHER_POINT);
        assert_int_equal(correct_point_name(fixture.catalog, &options, OTHER_POINT, &report), 0);
        assert_int_equal(report.refusal, CORRECTION_POINT_EXISTS);
        assert_int_equal(correct_point_name(fixture.catalog, &options, "抚顺分校", &report), 0);
        assert_int_equal(report.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_int_equal(catalog_find_point(fixture.catalog, "抚顺分校", &row), 1);
        assert_int_equal(row.id, fixture.point);
        assert_audit_whole();
}

static void test_points_are_merged(void **state _unused_)
{
        int64_t from = fixture.point, into = fixture_point(OTHER_POINT);
        int64_t a = fixture_accepted(FIXTURE_ID, "a.jpg"),
                b = fixture_accepted(FIXTURE_ID_2, "b.jpg");
        int64_t bad = fixture_rejected("bad.jpg", REASON_BLUR), upload;
        CorrectionOptions options = of_point(from);
        _cleanup_correction_ CorrectionReport report = {};
        _cleanup_submission_ SubmissionRow moved = {};
        _cleanup_point_ PointRow row = {}, gone = {};

        (void)fixture_listed_student(FIXTURE_ID_3);
        fixture.point = into;
        (void)fixture_listed_student(FIXTURE_ID_2);
        (void)fixture_rejected("bad.jpg", REASON_BLUR);
        fixture.point = from;
        upload = fixture_received("late.jpg");
        assert_int_equal(correct_point_into(fixture.catalog, &options, into, &report), 0);
        assert_int_equal(report.refusal, CORRECTION_UNDER_WAY);
        assert_int_equal(catalog_remove_submission(fixture.catalog, upload), 0);
        assert_int_equal(correct_point_into(fixture.catalog, &options, into, &report), 0);
        assert_int_equal(report.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_int_equal(report.photos, 2);
        assert_counted();
        assert_int_equal(photo_of(into, FIXTURE_ID), a);
        assert_int_equal(photo_of(into, FIXTURE_ID_2), b);
        assert_true(known(into, FIXTURE_ID_3));
        assert_int_equal(catalog_get_submission(fixture.catalog, bad, &moved), 1);
        assert_int_equal(moved.point, into);
        assert_string_equal(moved.shown_name, "bad (2).jpg");
        assert_int_equal(catalog_find_point(fixture.catalog, FIXTURE_POINT, &row), 0);
        assert_int_equal(catalog_get_point(fixture.catalog, from, &gone), 1);
        assert_true(gone.removed);
        assert_audit_whole();
}

static void test_points_with_two_photos_of_a_student_are_not_merged(void **state _unused_)
{
        int64_t from = fixture.point, into = fixture_point(OTHER_POINT);
        CorrectionOptions options = of_point(from);
        _cleanup_correction_ CorrectionReport report = {};

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        fixture.point = into;
        (void)fixture_accepted(FIXTURE_ID, "b.jpg");
        fixture.point = from;
        assert_int_equal(correct_point_into(fixture.catalog, &options, into, &report), 0);
        assert_int_equal(report.refusal, CORRECTION_TWO_PHOTOS);
        assert_int_equal(report.students, 1);
        assert_counted();
}

static void test_only_an_empty_point_is_removed(void **state _unused_)
{
        CorrectionOptions options = of_point(fixture.point);
        _cleanup_correction_ CorrectionReport report = {};
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_point_ PointRow row = {};

        assert_int_equal(correct_point_away(fixture.catalog, &options, &report), 0);
        assert_int_equal(report.refusal, CORRECTION_POINT_OCCUPIED);
        assert_int_equal(report.photos, 1);
        /* What was withdrawn is kept, and stays somebody's. */
        assert_int_equal(withdraw_photo(fixture.catalog, photo, 7, fixture_later()), 0);
        assert_int_equal(correct_point_away(fixture.catalog, &options, &report), 0);
        assert_int_equal(report.refusal, CORRECTION_POINT_OCCUPIED);
        options.point = fixture_point(OTHER_POINT);
        assert_int_equal(correct_point_away(fixture.catalog, &options, &report), 0);
        assert_int_equal(report.refusal, _CORRECTION_REFUSAL_INVALID);
        assert_int_equal(catalog_find_point(fixture.catalog, OTHER_POINT, &row), 0);
        assert_counted();
        /* The name is free. */
        (void)fixture_point(OTHER_POINT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_two_students_exchange_their_numbers),
                fixture_test(test_exchanged_student_numbers_move_no_photo),
                fixture_test(test_corrected_names_move_no_photo),
                fixture_test(test_name_and_class_tell_where_student_numbers_do_not),
                fixture_test(test_numbers_go_round_by_name),
                fixture_test(test_namesakes_are_not_taken_for_each_other),
                fixture_test(test_without_a_class_the_numbers_must_be_alike),
                fixture_test(test_a_number_that_came_before_becomes_the_students),
                fixture_test(test_two_photos_refuse_the_list),
                fixture_test(test_an_approved_photo_is_exported_under_the_new_number),
                fixture_test(test_who_is_not_listed_counts_by_photo_or_rejected_file),
                fixture_test(test_prune_takes_who_has_only_withdrawn_files_off_the_roster),
                cmocka_unit_test(test_what_is_no_number_is_refused),
                fixture_test(test_a_command_corrects_a_number),
                fixture_test(test_a_correction_joins_two_rows_of_one_person),
                fixture_test(test_a_correction_never_joins_two_people),
                fixture_test(test_a_student_moves_with_everything),
                fixture_test(test_a_student_moves_to_where_the_roster_has_them),
                fixture_test(test_what_is_under_way_keeps_a_student_where_it_is),
                fixture_test(test_a_removed_student_can_be_brought_back),
                fixture_test(test_a_closed_batch_takes_no_correction),
                fixture_test(test_a_point_gets_another_name),
                fixture_test(test_points_are_merged),
                fixture_test(test_points_with_two_photos_of_a_student_are_not_merged),
                fixture_test(test_only_an_empty_point_is_removed),
        };

        return cmocka_run_group_tests_name("corrections", tests, fixture_open, fixture_close);
}
