/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/batch.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/progress.h>
#include <idphoto/review.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>

#define HEAD "身份证号,学号,状态,原因,日期\n"

static void import_lists(const char *const *texts, size_t n, bool dry_run, ProgressImport *ret)
{
        const ProgressOptions options = {.batch = fixture.batch,
                                         .dry_run = dry_run,
                                         .actor = FIXTURE_UID,
                                         .now = FIXTURE_EPOCH + 100 * 86400 * NSEC_PER_SEC};
        ProgressList *lists[4] = {};

        for (size_t i = 0; i < n; i++)
                assert_int_equal(progress_list_read(texts[i], strlen(texts[i]), NULL,
                                                    date_from_wall(options.now), &lists[i]),
                                 0);
        assert_int_equal(progress_import(fixture.catalog, (const ProgressList *const *)lists, n,
                                         &options, ret),
                         0);
        for (size_t i = 0; i < n; i++)
                progress_list_free(lists[i]);
}

static ProgressImport import_text(const char *text)
{
        ProgressImport import;

        import_lists(&text, 1, false, &import);
        return import;
}

static ProgressImport import_row(const char *id_number, const char *rest)
{
        char text[512];

        (void)snprintf(text, sizeof(text), HEAD "%s,,%s\n", id_number, rest);
        return import_text(text);
}

static StudentRow student(const char *id_number)
{
        StudentRow row = {};

        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, id_number,
                                              &row),
                         1);
        return row;
}

static void expect(const char *id_number, Stage stage, ReviewState state)
{
        _cleanup_student_ StudentRow row = student(id_number);

        if (row.stage != stage || row.state != state)
                fail_msg("stage %s, state %s", stage_to_string(row.stage),
                         review_state_to_string(row.state));
}

static void decide(int64_t photo, ReviewEvent event)
{
        const ReviewDecision decision = {.event = event,
                                         .reason = REASON_OTHER,
                                         .actor = FIXTURE_UID,
                                         .now = fixture_later()};

        assert_int_equal(review_decide(fixture.catalog, photo, &decision), 1);
}

static int64_t put(const char *id_number, const char *student_no)
{
        const RosterStudent listed = {
                .id_number = id_number, .name = "张三", .student_no = student_no, .major = ""};

        return (int64_t)fixture_roster(listed).added;
}

static void test_stages_are_recorded(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport import = {};

        fixture_student(FIXTURE_ID);
        import = import_row(FIXTURE_ID, "初审合格,,2025-09-10");
        assert_int_equal(import.changed, 1);
        assert_int_equal(import.stages[STAGE_FIRST_PASSED], 1);
        assert_int_equal(import.n_notes, 0);
        expect(FIXTURE_ID, STAGE_FIRST_PASSED, REVIEW_MISSING);
        {
                _cleanup_student_ StudentRow row = student(FIXTURE_ID);

                assert_int_equal(date_compare(date_from_wall(row.stage_since), (Date){2025, 9, 10}),
                                 0);
        }
}

static int count_stage(const AuditRow *entry, void *userdata)
{
        *(size_t *)userdata += entry->kind == EVENT_STAGE;
        return 0;
}

static size_t stage_events(void)
{
        size_t n = 0;

        assert_int_equal(
                catalog_audit_history(fixture.catalog, fixture.batch, FIXTURE_ID, count_stage, &n),
                0);
        return n;
}

/* A list with these rows of a student whose photo is approved. Returns the photo. */
static int64_t expect_of_rows(const char *const *rows, size_t n, Stage stage, ReviewState state)
{
        int64_t photo;
        _cleanup_progress_import_ ProgressImport import = {};
        _cleanup_text_ Text text = {};

        assert_int_equal(fixture_rollback(NULL), 0);
        assert_int_equal(fixture_begin(NULL), 0);
        photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        decide(photo, REVIEW_APPROVE);
        text_append(&text, HEAD);
        for (size_t i = 0; i < n; i++)
                text_printf(&text, FIXTURE_ID ",,%s\n", rows[i]);
        import = import_text(text.data);
        assert_int_equal(import.rows, n);
        assert_int_equal(import.changed, 1);
        assert_int_equal(import.superseded, n - 1);
        assert_int_equal(import.not_taken, 0);
        assert_int_equal(stage_events(), 1);
        expect(FIXTURE_ID, stage, state);
        return photo;
}

static void test_the_latest_row_of_a_student_holds(void **state _unused_)
{
        static const struct {
                const char *rows[3];
                Stage stage;
                ReviewState state;
        } lists[] = {
                /* by their times, in whatever order they stand */
                {{"驳回,模糊,2025-09-01", "已完成,,2025-09-02"}, STAGE_DONE, REVIEW_LOCKED},
                {{"已完成,,2025-09-02", "驳回,模糊,2025-09-01"}, STAGE_DONE, REVIEW_LOCKED},
                {{"驳回,模糊,2025-09-03", "已完成,,2025-09-02"}, STAGE_REFUSED, REVIEW_REJECTED},
                {{"已完成,,2025-09-02 14:00", "驳回,模糊,2025-09-02 9:30", "终审,,2025-09-01"},
                 STAGE_DONE,
                 REVIEW_LOCKED},
                {{"已完成 2025-09-02", "驳回（2025-09-01）"}, STAGE_DONE, REVIEW_LOCKED},
                /* by their order where a time is missing, unreadable or still to come */
                {{"驳回,模糊", "初审合格", "已完成"}, STAGE_DONE, REVIEW_LOCKED},
                {{"已完成,", "驳回,模糊"}, STAGE_REFUSED, REVIEW_REJECTED},
                {{"驳回,模糊,2025-09-03", "已完成,,"}, STAGE_DONE, REVIEW_LOCKED},
                {{"驳回,模糊,2025-09-03", "已完成,,上周"}, STAGE_DONE, REVIEW_LOCKED},
                {{"驳回,模糊,2099-09-03", "已完成,,2025-09-02"}, STAGE_DONE, REVIEW_LOCKED},
                {{"驳回,模糊,2025-09-02", "已完成,,2025-09-02"}, STAGE_DONE, REVIEW_LOCKED},
        };

        for (size_t i = 0; i < ELEMENTSOF(lists); i++)
                (void)expect_of_rows(lists[i].rows, lists[i].rows[2] ? 3 : 2, lists[i].stage,
                                     lists[i].state);
}

static void test_rows_of_a_student_are_told_by_either_number_in_any_file(void **state _unused_)
{
        const char *const texts[] = {HEAD ",S1,已完成,,2025-09-02\n",
                                     HEAD FIXTURE_ID ",,驳回,模糊,2025-09-01\n"};
        _cleanup_progress_import_ ProgressImport import = {};

        assert_true(put(FIXTURE_ID, "S1") >= 0);
        import_lists(texts, 2, false, &import);
        assert_int_equal(import.superseded, 1);
        expect(FIXTURE_ID, STAGE_DONE, REVIEW_MISSING);
}

static void test_words_behind_the_status_are_the_reason(void **state _unused_)
{
        static const struct {
                const char *row, *note;
        } rows[] = {
                {"驳回：照片模糊,,2025-09-03", "照片模糊"},
                {"驳回（照片模糊）,有反光,2025-09-03", "照片模糊; 有反光"},
                {"驳回：模糊,照片模糊,2025-09-03", "照片模糊"},
                {"驳回（2025-09-03）,,", ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_student_ StudentRow after = {};
                _cleanup_photo_ PhotoRow photo = {};

                int64_t rejected = expect_of_rows(&rows[i].row, 1, STAGE_REFUSED, REVIEW_REJECTED);
                after = student(FIXTURE_ID);
                assert_int_equal(
                        date_compare(date_from_wall(after.stage_since), (Date){2025, 9, 3}), 0);
                assert_int_equal(catalog_get_photo(fixture.catalog, rejected, &photo), 1);
                assert_string_equal(photo.note, rows[i].note);
        }
}

static void test_a_final_pass_locks_an_approved_photo(void **state _unused_)
{
        static const char *const stages[] = {"已完成", "已发货", "已收到纸质照片", "学信网已通过"};

        for (size_t i = 0; i < ELEMENTSOF(stages); i++) {
                _cleanup_progress_import_ ProgressImport import = {};
                char name[32];

                (void)snprintf(name, sizeof(name), "%zu.jpg", i);
                if (i == 0)
                        decide(fixture_accepted(FIXTURE_ID, name), REVIEW_APPROVE);
                import = import_row(FIXTURE_ID, stages[i]);
                assert_int_equal(import.locked, i == 0);
                assert_int_equal(import.changed, 1);
                assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_LOCKED);
        }
}

static void test_a_pass_of_a_photo_not_approved_is_told(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport import = {}, again = {};
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");

        import = import_row(FIXTURE_ID, "已完成");
        assert_int_equal(import.changed, 1);
        assert_int_equal(import.counts[PROGRESS_NOT_APPROVED], 1);
        assert_int_equal(import.not_taken, 0);
        expect(FIXTURE_ID, STAGE_DONE, REVIEW_PENDING);
        /* Approved since then, the same list locks it. */
        decide(photo, REVIEW_APPROVE);
        again = import_row(FIXTURE_ID, "已完成");
        assert_int_equal(again.locked, 1);
        expect(FIXTURE_ID, STAGE_DONE, REVIEW_LOCKED);
}

static void test_a_refusal_rejects_the_photo(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport import = {};
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_photo_ PhotoRow row = {};
        _cleanup_student_ StudentRow after = {};

        decide(photo, REVIEW_APPROVE);
        import = import_row(FIXTURE_ID, "驳回,眼镜反光");
        assert_int_equal(import.rejected, 1);
        expect(FIXTURE_ID, STAGE_REFUSED, REVIEW_REJECTED);
        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        assert_int_equal(row.reason, REASON_CENTRE_REFUSED);
        assert_string_equal(row.note, "眼镜反光");
        after = student(FIXTURE_ID);
        assert_int_equal(after.rejections, 1);
}

static void test_a_failure_at_the_register_rejects_a_locked_photo(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport pass = {}, fail = {};
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_photo_ PhotoRow row = {};

        decide(photo, REVIEW_APPROVE);
        pass = import_row(FIXTURE_ID, "已发货");
        fail = import_row(FIXTURE_ID, "人像比对失败");
        assert_int_equal(fail.rejected, 1);
        expect(FIXTURE_ID, STAGE_REGISTRY_FAILED, REVIEW_REJECTED);
        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        assert_int_equal(row.reason, REASON_REGISTRY_FACE_MATCH);
}

static void test_the_same_list_again_changes_nothing(void **state _unused_)
{
        static const char *const rows[] = {"待支付", "驳回,闭眼,2025-09-10", "已发货"};

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_progress_import_ ProgressImport import = {}, again = {};
                const char *ids[] = {FIXTURE_ID, FIXTURE_ID_2, FIXTURE_ID_3};
                char name[32];
                int64_t version, after;

                (void)snprintf(name, sizeof(name), "%zu.jpg", i);
                fixture_accepted(ids[i], name);
                import = import_row(ids[i], rows[i]);
                assert_int_equal(import.changed, 1);
                assert_int_equal(catalog_version(fixture.catalog, &version), 0);
                again = import_row(ids[i], rows[i]);
                assert_int_equal(again.changed, 0);
                assert_int_equal(again.unchanged, 1);
                assert_int_equal(catalog_version(fixture.catalog, &after), 0);
                assert_int_equal(version, after);
        }
}

static void test_an_older_stage_is_kept_and_told(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport import = {}, older = {}, refused = {};

        fixture_student(FIXTURE_ID);
        import = import_row(FIXTURE_ID, "已发货,,2025-09-10");
        older = import_row(FIXTURE_ID, "终审,,2025-09-12");
        assert_int_equal(older.changed, 0);
        assert_int_equal(older.not_taken, 1);
        assert_int_equal(older.notes[0].kind, PROGRESS_OLDER);
        assert_int_equal(older.notes[0].had, STAGE_SHIPPED);
        refused = import_row(FIXTURE_ID, "驳回,,2025-09-01");
        assert_int_equal(refused.counts[PROGRESS_OLDER], 1);
        expect(FIXTURE_ID, STAGE_SHIPPED, REVIEW_MISSING);
}

static void test_after_a_refusal_it_begins_anew(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport refused = {}, first = {};

        fixture_accepted(FIXTURE_ID, "a.jpg");
        refused = import_row(FIXTURE_ID, "驳回");
        first = import_row(FIXTURE_ID, "初审合格");
        assert_int_equal(first.changed, 1);
        expect(FIXTURE_ID, STAGE_FIRST_PASSED, REVIEW_REJECTED);
}

static void test_a_refusal_of_a_later_day_is_another_one(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport first = {}, second = {};
        _cleanup_student_ StudentRow row = {};

        decide(fixture_accepted(FIXTURE_ID, "a.jpg"), REVIEW_APPROVE);
        first = import_row(FIXTURE_ID, "驳回,闭眼,2025-09-01");
        row = student(FIXTURE_ID);
        assert_int_equal(catalog_set_student(fixture.catalog, row.id, REVIEW_PENDING,
                                             fixture_photo(row.id, fixture_received("b.jpg"))),
                         0);
        second = import_row(FIXTURE_ID, "驳回,反光,2025-09-05");
        assert_int_equal(second.rejected, 1);
        expect(FIXTURE_ID, STAGE_REFUSED, REVIEW_REJECTED);
}

static void test_a_student_is_found_by_either_number(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport import = {};

        assert_true(put(FIXTURE_ID, "S1") >= 0);
        assert_true(put(FIXTURE_ID_2, "S2") >= 0);
        import = import_text(HEAD ",S1,终审,,\n" FIXTURE_ID_2 ",S2,终审,,\n");
        assert_int_equal(import.changed, 2);
        assert_int_equal(import.n_notes, 0);
}

static void test_nobody_is_guessed_at(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport import = {};
        static const ProgressNoteKind kinds[] = {
                PROGRESS_DISAGREE,       PROGRESS_UNKNOWN_STUDENT, PROGRESS_UNKNOWN_STUDENT,
                PROGRESS_DAMAGED_NUMBER, PROGRESS_AMBIGUOUS,       PROGRESS_UNKNOWN_STATUS,
                PROGRESS_NO_NUMBER,
        };
        int64_t other = fixture_point("大连分校"), id;

        assert_true(put(FIXTURE_ID, "S1") >= 0);
        assert_true(put(FIXTURE_ID_2, "S2") >= 0);
        assert_true(put(FIXTURE_ID_3, "S3") >= 0);
        assert_int_equal(catalog_add_student(fixture.catalog, (Where){fixture.batch, other},
                                             FIXTURE_ID_3, fixture_later(), &id),
                         0);
        import = import_text(HEAD FIXTURE_ID ",S2,终审,,\n"
                                             ",S9,终审,,\n"
                                             "219999199001010040,,终审,,\n"
                                             "2.19999E+17,,终审,,\n" FIXTURE_ID_3
                                             ",,终审,,\n" FIXTURE_ID ",,快好了,,\n"
                                             ",,终审,,\n" FIXTURE_ID ",,终审,,\n" FIXTURE_ID_3
                                             ",S3,终审,,\n");
        assert_int_equal(import.rows, 9);
        assert_int_equal(import.changed, 2);
        assert_int_equal(import.not_taken, 7);
        assert_int_equal(import.n_notes, ELEMENTSOF(kinds));
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                assert_int_equal(import.notes[i].kind, kinds[i]);
                assert_int_equal(import.notes[i].row, i + 2);
        }
}

static void test_a_wrong_date_is_told_and_the_row_taken(void **state _unused_)
{
        _cleanup_progress_import_ ProgressImport import = {};
        _cleanup_student_ StudentRow row = {};

        fixture_student(FIXTURE_ID);
        import = import_row(FIXTURE_ID, "终审,,2099-01-01");
        assert_int_equal(import.changed, 1);
        assert_int_equal(import.counts[PROGRESS_BAD_DATE], 1);
        row = student(FIXTURE_ID);
        assert_true(row.stage_since == FIXTURE_EPOCH + 100 * 86400 * NSEC_PER_SEC);
}

static void test_one_unreadable_file_refuses_all(void **state _unused_)
{
        const char *const texts[] = {HEAD FIXTURE_ID ",,终审,,\n", "no list at all\n"};
        _cleanup_progress_import_ ProgressImport import = {};

        fixture_student(FIXTURE_ID);
        import_lists(texts, 2, false, &import);
        assert_true(import.refused);
        assert_int_equal(import.n_notes, 1);
        assert_int_equal(import.notes[0].file, 1);
        assert_int_equal(import.notes[0].problem, ROSTER_NO_HEADING);
        expect(FIXTURE_ID, STAGE_NONE, REVIEW_MISSING);
}

static void test_a_dry_run_reports_and_changes_nothing(void **state _unused_)
{
        const char *text = HEAD FIXTURE_ID ",,已完成,,\n";
        _cleanup_progress_import_ ProgressImport import = {};

        decide(fixture_accepted(FIXTURE_ID, "a.jpg"), REVIEW_APPROVE);
        import_lists(&text, 1, true, &import);
        assert_int_equal(import.locked, 1);
        expect(FIXTURE_ID, STAGE_NONE, REVIEW_APPROVED);
}

static void test_a_closed_batch_takes_no_list(void **state _unused_)
{
        const ProgressOptions options = {.batch = fixture.batch, .now = FIXTURE_EPOCH};
        ProgressImport import;

        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(progress_import(fixture.catalog, NULL, 0, &options, &import), -EROFS);
}

static void test_stages_are_counted_by_how_long(void **state _unused_)
{
        int64_t id = fixture_listed_student(FIXTURE_ID),
                other = fixture_listed_student(FIXTURE_ID_2);
        uint64_t n;

        assert_int_equal(catalog_set_student_stage(fixture.catalog, id, STAGE_DONE, 100), 0);
        assert_int_equal(catalog_set_student_stage(fixture.catalog, other, STAGE_DONE, 200), 0);
        assert_int_equal(catalog_set_student_stage(fixture.catalog, 4711, STAGE_DONE, 200),
                         -ENOENT);
        for (int64_t point = 0; point <= fixture.point; point += fixture.point) {
                assert_int_equal(
                        catalog_count_stage(fixture.catalog,
                                            &(StageQuery){{fixture.batch, point}, STAGE_DONE, 200},
                                            &n),
                        0);
                assert_int_equal(n, 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_stages_are_recorded),
                fixture_test(test_the_latest_row_of_a_student_holds),
                fixture_test(test_rows_of_a_student_are_told_by_either_number_in_any_file),
                fixture_test(test_words_behind_the_status_are_the_reason),
                fixture_test(test_a_final_pass_locks_an_approved_photo),
                fixture_test(test_a_pass_of_a_photo_not_approved_is_told),
                fixture_test(test_a_refusal_rejects_the_photo),
                fixture_test(test_a_failure_at_the_register_rejects_a_locked_photo),
                fixture_test(test_the_same_list_again_changes_nothing),
                fixture_test(test_an_older_stage_is_kept_and_told),
                fixture_test(test_after_a_refusal_it_begins_anew),
                fixture_test(test_a_refusal_of_a_later_day_is_another_one),
                fixture_test(test_a_student_is_found_by_either_number),
                fixture_test(test_nobody_is_guessed_at),
                fixture_test(test_a_wrong_date_is_told_and_the_row_taken),
                fixture_test(test_one_unreadable_file_refuses_all),
                fixture_test(test_a_dry_run_reports_and_changes_nothing),
                fixture_test(test_a_closed_batch_takes_no_list),
                fixture_test(test_stages_are_counted_by_how_long),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
