/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/batch.h>
#include <idphoto/correctrow.h>
#include <idphoto/event.h>
#include <idphoto/exportrow.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/rosterload.h>
#include <idphoto/standing.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <store/catalog-internal.h>
#include <store/sql-driver.h>

#include <sqlite3.h>

/*
 * No statement of the catalog may walk through a table that grows with the students: every one that
 * was ever prepared is explained by SQLite itself. So a new statement without an index fails here,
 * provided that it is called below.
 */

static int take_point(const PointRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_folder(const FolderRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_submission(const SubmissionRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_photo(const PhotoRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_student(const StudentRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_entry(const AuditRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_event(const EventRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_standing(const StandingRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_warned(int64_t point _unused_, uint64_t count _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_export(const ExportRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_batch(const BatchRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_move(const RosterMove *move _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_count(ReasonCode code _unused_, uint64_t count _unused_, void *userdata _unused_)
{
        return 0;
}

static void call_roster(void)
{
        Catalog *c = fixture.catalog;
        int64_t batch = fixture.batch, point = fixture.point, id = fixture_upload("r.jpg");
        PhotoFingerprint fingerprint = {};
        _cleanup_student_ StudentRow by_no = {};
        RosterStudent student = {
                .id_number = FIXTURE_ID_2,
                .name = "李四",
                .student_no = "S0001",
        };
        Sha256 hash = fixture_hash("x");
        _cleanup_free_ char *nearest = NULL;
        int64_t other;

        assert_int_equal(fixture_roster(student).added, 1);
        student.name = "李五";
        assert_int_equal(fixture_roster(student).changed, 1);
        assert_int_equal(catalog_point_has_roster(c, (Where){batch, point}), 1);
        assert_int_equal(catalog_batch_has_rosters(c, batch), 1);
        assert_int_equal(catalog_find_student_by_no(c, (Where){batch, point}, "S0001", &by_no), 1);
        for (int text = 0; text < _STUDENT_TEXT_MAX; text++)
                assert_int_equal(catalog_list_students_by_key(c, (Where){batch, point},
                                                              (StudentText)text, "李五",
                                                              take_student, NULL),
                                 0);
        assert_int_equal(
                catalog_nearest_number(c, (Where){batch, point}, "219999199001010025", &nearest),
                1);
        assert_int_equal(catalog_list_missing(c, (Where){batch, point}, 0, take_student, NULL), 0);
        assert_int_equal(catalog_list_students(c, (Where){batch, point}, 0, take_student, NULL), 0);
        assert_int_equal(catalog_list_students(c, (Where){batch, 0}, 0, take_student, NULL), 0);
        assert_int_equal(catalog_find_same_picture(c, batch, 0, &(Picture){&hash, 1, &fingerprint},
                                                   0, &other),
                         0);
        assert_int_equal(catalog_photo_has_original(c, 4711, &hash), 0);
        hash = fixture_blob("x");
        assert_int_equal(catalog_set_submission_verdict(c,
                                                        &(SubmissionRow){.id = id,
                                                                         .state = SUBMISSION_FAILED,
                                                                         .original = hash,
                                                                         .suggestion = (char *)""},
                                                        false),
                         0);
        assert_int_equal(catalog_remove_student(c, by_no.id), 0);
}

/* Calls everything that has a statement; what it does is no matter. */
static void call_stages(void)
{
        Catalog *c = fixture.catalog;
        int64_t batch = fixture.batch, point = fixture.point;
        uint64_t n;

        assert_int_equal(catalog_set_student_stage(c, 4711, STAGE_DONE, fixture.now), -ENOENT);
        (void)catalog_list_students_of_id(c, batch, FIXTURE_ID, take_student, NULL);
        (void)catalog_list_students_of_no(c, batch, "S0001", take_student, NULL);
        assert_int_equal(
                catalog_count_stage(c, &(StageQuery){{batch, point}, STAGE_DONE, fixture.now}, &n),
                0);
        (void)catalog_list_stage(c, &(StageQuery){{batch, point}, STAGE_DONE, fixture.now}, 10,
                                 take_student, NULL);
}

static int take_id(int64_t id _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_former(const FormerRow *row _unused_, void *userdata _unused_)
{
        return 0;
}

static int take_shared(const SharedStudent *shared _unused_, void *userdata _unused_)
{
        return 0;
}

static void call_corrections(void)
{
        int64_t student = fixture_student(FIXTURE_ID_3), other = fixture_point("大连分校");
        const Belongings of_student = {.student = student, .point = fixture.point};
        const Belongings of_point = {.point = fixture.point};
        const StudentMerge merge = {.keep = student, .gone = fixture_student("E1234567")};
        const NumberChange change = {student, "E7654321"};
        const FormerRow former = {.event = 1,
                                  .student = student,
                                  .batch = fixture.batch,
                                  .point = fixture.point,
                                  .id_number = FIXTURE_ID_3};
        Catalog *c = fixture.catalog;
        PointUse use;
        uint64_t n;

        assert_int_equal(catalog_correct_numbers(c, &change, 1), 0);
        assert_int_equal(catalog_merge_students(c, &merge), 0);
        assert_int_equal(
                catalog_count_namesakes(c, (Where){fixture.batch, fixture.point}, "张三", "", &n),
                0);
        assert_int_equal(catalog_student_busy(c, student), 0);
        assert_int_equal(catalog_add_former(c, &former), 0);
        assert_int_equal(catalog_add_former_point(c, 2, fixture.point), 0);
        assert_int_equal(catalog_list_former(c, 1, 5, take_former, NULL), 0);
        assert_int_equal(catalog_point_use(c, fixture.point, &use), 0);
        assert_int_equal(catalog_list_shared(c, fixture.point, other, take_shared, NULL), 0);
        assert_int_equal(catalog_list_rejected_of(c, &of_student, take_id, NULL), 0);
        assert_int_equal(catalog_list_rejected_of(c, &of_point, take_id, NULL), 0);
        assert_int_equal(catalog_move_belongings(c, &of_student, other), 0);
        assert_int_equal(catalog_move_students(c, &of_student, other), 0);
        assert_int_equal(catalog_move_belongings(c, &of_point, other), 0);
        assert_int_equal(catalog_move_students(c, &of_point, other), 0);
        assert_int_equal(catalog_rename_point(c, other, "抚顺分校"), 0);
        assert_int_equal(catalog_remove_point(c, other), 0);
}

static void call_all(void)
{
        Catalog *c = fixture.catalog;
        int64_t batch = fixture.batch, point = fixture.point, id, version;
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        int64_t rejected = fixture_rejected("b.jpg", REASON_BLUR);
        int64_t folder = fixture_folder(FOLDER_POINT, "folder");
        _cleanup_point_ PointRow point_row = {}, point_row2 = {};
        _cleanup_folder_ FolderRow folder_row = {}, folder_row2 = {};
        _cleanup_submission_ SubmissionRow upload = {}, alias = {}, shown = {};
        _cleanup_student_ StudentRow student = {}, student2 = {};
        _cleanup_photo_ PhotoRow photo_row = {}, photo_row2 = {};
        _cleanup_free_ char *batch_name = NULL, *setting = NULL;
        EventRow event = {.student = 1, .kind = EVENT_ACCEPTED, .point = point};
        Findings findings;
        RosterApplied applied;
        PointCounts counts;
        ReasonCode reason;
        unsigned rank;
        int64_t news = 0;

        assert_int_equal(catalog_set_setting(c, "key", "value"), 0);
        assert_int_equal(catalog_get_setting(c, "key", &setting), 1);
        assert_int_equal(catalog_add_batch(c, "202602", 0, &id), 0);
        assert_int_equal(catalog_batch_name(c, batch, &batch_name), 1);
        assert_int_equal(catalog_find_batch(c, "202601", &id), 1);
        assert_int_equal(catalog_get_point(c, point, &point_row), 1);
        assert_int_equal(catalog_find_point(c, FIXTURE_POINT, &point_row2), 1);
        assert_int_equal(
                catalog_set_point_mtime(c, (Where){.point = point, .folder = FOLDER_SUBMITTED}, 0),
                0);
        assert_int_equal(catalog_list_points(c, 0, take_point, NULL), 0);
        assert_int_equal(catalog_version(c, &version), 0);
        assert_int_equal(catalog_get_folder(c, folder, &folder_row), 1);
        assert_int_equal(catalog_find_folder(c, (Where){batch, point, 0}, "folder", &folder_row2),
                         1);
        assert_int_equal(catalog_set_folder_listed(c, folder, true), 0);
        assert_int_equal(catalog_set_folder_owner(c, &folder_row), 0);
        assert_int_equal(catalog_set_folder_mtime(c, &folder_row), 0);
        assert_int_equal(catalog_set_point_owner(c, point, 0, 0, 02770), 0);
        assert_int_equal(catalog_set_directory_mtime(
                                 c, (Where){.point = point, .folder = FOLDER_POINT}, 0, 1),
                         0);
        assert_int_equal(catalog_place_mtime(c, (Where){batch, point}, "rejected", &version), 1);
        assert_int_equal(catalog_move_folder(c, folder, 0, "renamed", false), 0);
        assert_int_equal(catalog_folder_occupied(c, folder), 0);
        assert_int_equal(catalog_folder_height(c, folder, 16), 1);
        assert_int_equal(catalog_folder_has_drops(c, folder), 0);
        assert_int_equal(catalog_list_submitted_folders(c, (Where){batch, point, FOLDER_SUBMITTED},
                                                        FOLDER_POINT, 0, take_folder, NULL),
                         0);
        assert_int_equal(catalog_list_folders(c, (Where){batch, point, 0}, 0, take_folder, NULL),
                         0);
        assert_int_equal(catalog_list_temporary_folders(c, (Where){batch, point, folder}, 0,
                                                        take_folder, NULL),
                         0);
        assert_int_equal(catalog_remake_folder(c, folder, &folder_row), 0);
        assert_int_equal(catalog_remove_folder_hidden(c, folder), 0);
        folder = fixture_folder(FOLDER_POINT, "folder");
        assert_int_equal(catalog_list_temporary_uploads(c, (Where){batch, point, folder}, 0,
                                                        take_submission, NULL),
                         0);
        assert_int_equal(catalog_remove_folder(c, folder), 0);
        assert_int_equal(catalog_next_left_folder(c, 0, &folder, &point), 1);
        assert_int_equal(catalog_collect_folder(c, folder, point), 0);
        assert_int_equal(catalog_find_upload(c, (Where){batch, point, 0}, "x", &upload), 0);
        assert_int_equal(catalog_find_alias(c, (Where){batch, point, 0}, "a.jpg", &alias), 1);
        assert_int_equal(catalog_find_rejected(c, (Where){batch, point}, "b.jpg", &shown), 1);
        assert_int_equal(
                catalog_list_uploads(c, (Where){batch, point, 0}, 0, take_submission, NULL), 0);
        assert_int_equal(catalog_list_rejected(c, (Where){batch, point}, 0, take_submission, NULL),
                         0);
        assert_int_equal(catalog_list_aliases(c, (Where){batch, point, FOLDER_SUBMITTED},
                                              FOLDER_POINT, 0, take_submission, NULL),
                         0);
        assert_int_equal(catalog_list_by_state(c, SUBMISSION_RECEIVED, 0, take_submission, NULL),
                         0);
        assert_int_equal(catalog_set_submission_name(c, rejected, 0, "c.jpg", false), 0);
        assert_int_equal(catalog_set_submission_attributes(c, rejected, 0, 0, 0, 0), 0);
        assert_int_equal(catalog_set_submission_state(c, rejected, SUBMISSION_REJECTED), 0);
        assert_int_equal(catalog_hide_alias(c, rejected), 0);
        assert_int_equal(
                catalog_supersede_rejected(c, (Where){batch, point, FOLDER_REJECTED}, "x", 1, 0),
                0);
        assert_int_equal(catalog_rejected_name_free(c, (Where){batch, point}, "x~1 - y.txt", 7), 1);
        assert_int_equal(catalog_get_findings(c, rejected, &findings), 0);
        assert_int_equal(catalog_remove_submission(c, rejected), 0);
        assert_int_equal(catalog_find_student(c, (Where){batch, point}, FIXTURE_ID, &student), 1);
        assert_int_equal(catalog_get_student(c, student.id, &student2), 1);
        assert_int_equal(catalog_get_photo(c, photo, &photo_row), 1);
        assert_int_equal(catalog_find_photo(c, (Where){batch, point}, FIXTURE_ID, &photo_row2), 1);
        assert_int_equal(catalog_list_photos(c, (Where){batch, point}, 0, take_photo, NULL), 0);
        assert_int_equal(catalog_list_photos_in_state(c, (Where){batch, point}, REVIEW_PENDING, 0,
                                                      take_photo, NULL),
                         0);
        assert_int_equal(catalog_list_photos_settled(c, (Where){batch, 0}, 0, take_photo, NULL), 0);
        assert_int_equal(catalog_list_photos_settled(c, (Where){batch, point}, 0, take_photo, NULL),
                         0);
        assert_int_equal(catalog_list_photos_decided(c, batch, REASON_HAIR, 0, take_photo, NULL),
                         0);
        assert_int_equal(catalog_list_photos_without_centre(c, batch, take_photo, NULL), 0);
        assert_int_equal(catalog_list_photos_of_number(c, batch, FIXTURE_ID, take_photo, NULL), 0);
        assert_int_equal(catalog_number_rank(c, student.id, &rank), 0);
        assert_int_equal(catalog_count_rejection(c, student.id), 0);
        assert_int_equal(catalog_set_photo_decision(c, photo, REASON_HAIR, NULL), 0);
        assert_int_equal(catalog_set_photo_centre(c, photo, &photo_row.blob, 1), 0);
        assert_int_equal(catalog_find_decision(c, student.id, &photo_row.blob, &reason), 0);
        assert_int_equal(catalog_list_standings(c, (Where){batch, point}, take_standing, NULL), 0);
        assert_int_equal(catalog_read_standing(c, student.id, take_standing, NULL), 0);
        assert_int_equal(catalog_list_exports(c, (Where){batch, 0}, take_export, NULL), 0);
        assert_int_equal(catalog_list_exports(c, (Where){batch, point}, take_export, NULL), 0);
        assert_int_equal(catalog_list_batches(c, take_batch, NULL), 0);
        assert_int_equal(catalog_batch_closed(c, batch), 0);
        assert_int_equal(catalog_set_batch_closed(c, batch, false), 0);
        assert_int_equal(catalog_roster_begin(c), 0);
        assert_int_equal(catalog_roster_apply(c, batch, 0, &applied), 0);
        assert_int_equal(catalog_list_moves(c, batch, applied.last_before, take_move, NULL), 0);
        assert_int_equal(catalog_unlist_student(c, student.id), 0);
        assert_int_equal(catalog_list_standings(c, (Where){batch, 0}, take_standing, NULL), 0);
        for (int warned = 0; warned <= 1; warned++) {
                assert_int_equal(
                        catalog_list_waiting(c, (Where){batch, point}, warned, take_standing, NULL),
                        0);
                assert_int_equal(
                        catalog_list_waiting(c, (Where){batch, 0}, warned, take_standing, NULL), 0);
        }
        assert_int_equal(catalog_list_warned_counts(c, batch, take_warned, NULL), 0);
        assert_int_equal(catalog_counts(c, (Where){batch, point}, &counts), 0);
        assert_int_equal(catalog_counts(c, (Where){batch, 0}, &counts), 0);
        assert_int_equal(catalog_list_reason_counts(c, (Where){batch, point}, take_count, NULL), 0);
        assert_int_equal(catalog_list_reason_counts(c, (Where){batch, 0}, take_count, NULL), 0);
        assert_int_equal(catalog_add_event(c, &event), 0);
        assert_int_equal(catalog_list_news(c, &news, 5, take_event, NULL), 0);
        assert_int_equal(catalog_list_events(c, point, 8, take_event, NULL), 0);
        assert_int_equal(catalog_list_events(c, 0, 8, take_event, NULL), 0);
        assert_int_equal(catalog_audit_history(c, batch, FIXTURE_ID, take_entry, NULL), 0);
        assert_int_equal(catalog_audit_history(c, 0, FIXTURE_ID, take_entry, NULL), 0);
        call_roster();
        call_stages();
        call_corrections();
}

static sqlite3 *database(void)
{
        return sql_sqlite_handle(catalog_sql(fixture.catalog));
}

typedef void (*PlanStep)(const char *sql, const char *step);

static void explain(sqlite3 *db, const char *sql, PlanStep look)
{
        _cleanup_free_ char *explain_sql = NULL;
        sqlite3_stmt *plan;

        assert_true(asprintf(&explain_sql, "EXPLAIN QUERY PLAN %s", sql) > 0);
        assert_int_equal(sqlite3_prepare_v2(db, explain_sql, -1, &plan, NULL), SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW)
                look(sql, (const char *)sqlite3_column_text(plan, 3));
        (void)sqlite3_finalize(plan);
}

static void explain_all(PlanStep look)
{
        sqlite3 *db = database();
        char *sql[256];
        size_t n = 0;

        for (sqlite3_stmt *s = sqlite3_next_stmt(db, NULL); s; s = sqlite3_next_stmt(db, s)) {
                assert_true(n < ELEMENTSOF(sql));
                sql[n++] = strdup(sqlite3_sql(s));
        }
        assert_true(n > 40);
        for (size_t i = 0; i < n; i++) {
                explain(db, sql[i], look);
                free(sql[i]);
        }
}

/* The events of a whole store are read by their id from the end and limited; teaching points are
 * a hundred, tables some dozens; an import goes through its own lines, and a
 * recursion through what it has found. The rows of one person are a few. */
static void no_scan(const char *sql, const char *step)
{
        if (strncmp(step, "SCAN ", 5) == 0 && strcmp(step, "SCAN e") != 0 &&
            strcmp(step, "SCAN l") != 0 && strcmp(step, "SCAN c") != 0 &&
            strcmp(step, "SCAN correction") != 0 && strcmp(step, "SCAN mine") != 0 &&
            strcmp(step, "SCAN own") != 0 && strcmp(step, "SCAN below") != 0 &&
            strcmp(step, "SCAN batch") != 0 && strncmp(step, "SCAN b ", 7) != 0 &&
            strcmp(step, "SCAN b") != 0 && strcmp(step, "SCAN point") != 0 &&
            strncmp(step, "SCAN point ", 11) != 0 && strcmp(step, "SCAN CONSTANT ROW") != 0 &&
            strcmp(step, "SCAN 5 CONSTANT ROWS") != 0 && strcmp(step, "SCAN sqlite_sequence") != 0)
                fail_msg("%s: %s", step, sql);
        /* A range of row ids of a whole table is a scan by another name; all students of a batch
         * are meant to be one. */
        if (strstr(step, "PRIMARY KEY (rowid>?)") && strncmp(step, "SEARCH point ", 13) != 0 &&
            !strstr(sql, "FROM student WHERE +batch"))
                fail_msg("%s: %s", step, sql);
}

/* What a directory lists comes out of its index in order: a sort would read all of it for each
 * piece of the listing. Counts may be sorted, there are as many as reasons, and what one student
 * sent. */
static void no_sort(const char *sql, const char *step)
{
        if (strstr(step, "TEMP B-TREE") && !strstr(sql, "FROM tally") &&
            !strstr(sql, "WHERE student = ?1") && !strstr(sql, "e.person"))
                fail_msg("%s: %s", step, sql);
}

static void test_no_statement_scans_a_growing_table(void **state _unused_)
{
        fixture_needs_sqlite();
        call_all();
        explain_all(no_scan);
}

static void test_no_listing_is_sorted(void **state _unused_)
{
        fixture_needs_sqlite();
        call_all();
        explain_all(no_sort);
}

/* Looked up by SQLite when a row that they refer to is removed; no statement of ours shows it. */
static void test_foreign_keys_to_removable_rows_have_an_index(void **state _unused_)
{
        fixture_needs_sqlite();
        explain(database(), "SELECT 1 FROM photo WHERE submission = 1", no_scan);
        explain(database(), "SELECT 1 FROM finding WHERE submission = 1", no_scan);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_no_statement_scans_a_growing_table),
                fixture_test(test_no_listing_is_sorted),
                fixture_test(test_foreign_keys_to_removable_rows_have_an_index),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
