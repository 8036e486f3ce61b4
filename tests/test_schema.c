/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/point.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <store/catalog-internal.h>
#include <store/schema.h>

/* The schema: how it comes to be, what it refuses, and the counters that its triggers keep. */

static int64_t query(const char *sql)
{
        int64_t value = -1;

        assert_int_equal(catalog_query_integer(fixture.catalog, sql, &value), 0);
        return value;
}

/* ---- migration ---- */

static void set_version(int64_t version)
{
        assert_int_equal(sql_set_schema_version(catalog_sql(fixture.catalog), version), 0);
}

static int64_t get_version(void)
{
        int64_t version = -1;

        assert_int_equal(sql_schema_version(catalog_sql(fixture.catalog), &version), 0);
        return version;
}

static void test_a_new_store_has_the_newest_version(void **state _unused_)
{
        int64_t version = get_version();

        assert_true(version >= 1);
        assert_int_equal(catalog_migrate(fixture.catalog), 0);
        assert_int_equal(get_version(), version);
}

static int64_t count_objects(void)
{
        fixture_needs_sqlite();
        return query("SELECT count(*) FROM sqlite_schema");
}

static void drop_a_table(void)
{
        _cleanup_free_ char *table = NULL, *sql = NULL;

        assert_int_equal(catalog_one(fixture.catalog,
                                     "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                     " AND name NOT LIKE 'sqlite_%' ORDER BY name LIMIT 1",
                                     NO_VALUES, read_text, &table),
                         1);
        assert_true(asprintf(&sql, "DROP TABLE %s", table) > 0);
        assert_int_equal(catalog_execute(fixture.catalog, sql), 0);
}

static void test_an_empty_database_gets_everything_again(void **state _unused_)
{
        int64_t version = get_version();
        int64_t objects = count_objects();

        assert_true(objects > 20);
        assert_int_equal(catalog_execute(fixture.catalog, "PRAGMA foreign_keys = OFF"), 0);
        for (int64_t n = objects; n > 0; n = query("SELECT count(*) FROM sqlite_schema WHERE type "
                                                   "= 'table' AND name NOT LIKE 'sqlite_%'"))
                drop_a_table();
        set_version(0);
        assert_int_equal(catalog_migrate(fixture.catalog), 0);
        assert_int_equal(get_version(), version);
        assert_int_equal(count_objects(), objects);
        assert_int_equal(query("SELECT count(*) FROM submission"), 0);
        assert_int_equal(catalog_execute(fixture.catalog, "PRAGMA foreign_keys = ON"), 0);
}

static void test_a_newer_version_is_left_alone(void **state _unused_)
{
        int64_t version = get_version();
        Store *store = NULL;

        set_version(version + 1);
        assert_int_equal(catalog_migrate(fixture.catalog), -EPROTO);
        assert_int_equal(store_open(fixture.path, &store), -EPROTO);
        assert_null(store);
        assert_int_equal(get_version(), version + 1);
        set_version(version);
}

static void test_a_migration_that_fails_changes_nothing(void **state _unused_)
{
        int64_t version = get_version();
        int64_t objects = count_objects();

        /* The first migration meets tables that are there already. */
        set_version(0);
        assert_true(catalog_migrate(fixture.catalog) < 0);
        assert_false(catalog_in_transaction(fixture.catalog));
        assert_int_equal(get_version(), 0);
        assert_int_equal(count_objects(), objects);
        set_version(version);
}

/* What the later migrations added. Of the triggers that they replaced only the names count. */
#define UNDO_13 \
        "ALTER TABLE submission DROP COLUMN owner; ALTER TABLE event DROP COLUMN origin;" \
        "ALTER TABLE event DROP COLUMN mac;"
#define UNDO_12 UNDO_13 "DROP TABLE lane;"
#define UNDO_11 UNDO_12 "ALTER TABLE submission DROP COLUMN archive;"
#define UNDO_10 \
        UNDO_11 "DROP TRIGGER student_warned; DROP TRIGGER student_warned_later;" \
                "DROP TRIGGER student_cleared; DROP INDEX student_waiting;" \
                "ALTER TABLE student DROP COLUMN warned;"
#define UNDO_9 UNDO_10 "DROP INDEX folder_dropped;"
#define UNDO_8 \
        UNDO_9 \
        "DROP TRIGGER student_file; DROP TRIGGER student_file_removed;" \
        "DROP TRIGGER place_of_corrected; DROP TRIGGER place_of_moved_photo;" \
        "DROP TRIGGER submission_moved; DROP TRIGGER student_added;" \
        "DROP TRIGGER student_removed; DROP TRIGGER student_changed;" \
        "DROP TRIGGER place_of_new_missing; DROP TRIGGER place_of_removed_missing;" \
        "DROP TRIGGER place_of_missing; DROP TABLE former; DROP INDEX point_listed;" \
        "ALTER TABLE point DROP COLUMN removed; ALTER TABLE student DROP COLUMN shown;" \
        "ALTER TABLE student DROP COLUMN files;" \
        "CREATE TRIGGER student_added AFTER INSERT ON student BEGIN SELECT 1; END;" \
        "CREATE TRIGGER student_removed AFTER DELETE ON student BEGIN SELECT 1; END;" \
        "CREATE TRIGGER student_changed AFTER UPDATE ON student BEGIN SELECT 1; END;"
#define UNDO_7 \
        UNDO_8 \
        "DROP INDEX student_number_key; DROP INDEX student_no_key;" \
        "ALTER TABLE student DROP COLUMN number_key; ALTER TABLE student DROP COLUMN no_key;"
#define UNDO_6 \
        UNDO_7 \
        "DROP TRIGGER place_of_new_submission; DROP TRIGGER place_of_removed_submission;" \
        "DROP TRIGGER place_of_renamed_submission; DROP TRIGGER place_of_judged_submission;" \
        "DROP TRIGGER place_of_hidden_alias; DROP TRIGGER place_of_rejected;" \
        "DROP TRIGGER place_of_removed_rejected; DROP TRIGGER submission_touched;" \
        "DROP TRIGGER place_of_photo; DROP TRIGGER place_of_removed_photo;" \
        "DROP TRIGGER place_of_decided; DROP TRIGGER photo_touched;" \
        "DROP TRIGGER place_of_review;" \
        "DROP TRIGGER place_of_new_folder; DROP TRIGGER place_of_folder;" \
        "DROP TRIGGER place_of_cleared_folder; DROP TRIGGER folder_touched;" \
        "DROP TRIGGER place_of_renamed_point; DROP TRIGGER place_of_removed_point;" \
        "DROP TRIGGER point_touched;" \
        "ALTER TABLE point DROP COLUMN changed; ALTER TABLE point DROP COLUMN mtime_set;" \
        "ALTER TABLE point DROP COLUMN submitted_changed;" \
        "ALTER TABLE point DROP COLUMN submitted_set;" \
        "ALTER TABLE folder DROP COLUMN created; ALTER TABLE folder DROP COLUMN changed;" \
        "ALTER TABLE folder DROP COLUMN mtime_set; ALTER TABLE photo DROP COLUMN changed;" \
        "ALTER TABLE submission DROP COLUMN changed; DROP TABLE place;"
#define UNDO_5 \
        UNDO_6 "ALTER TABLE point DROP COLUMN submitted_uid;" \
               "ALTER TABLE point DROP COLUMN submitted_gid;" \
               "ALTER TABLE point DROP COLUMN submitted_mode;" \
               "DROP INDEX folder_removed; DROP INDEX folder_temporary; DROP INDEX folder_listed;" \
               "CREATE INDEX folder_listed ON folder (batch, point, parent, id) WHERE listed = 1 AND " \
               "temporary = 0;" \
               "ALTER TABLE folder DROP COLUMN uid; ALTER TABLE folder DROP COLUMN gid;" \
               "ALTER TABLE folder DROP COLUMN removed; ALTER TABLE folder DROP COLUMN cleared;"
#define UNDO_4 \
        UNDO_5 "ALTER TABLE submission DROP COLUMN generation;" \
               "ALTER TABLE submission DROP COLUMN replaces;"

/* As version 2 left it, with an event in it. */
static void test_events_of_version_2_are_kept_before_the_chain(void **state _unused_)
{
        int64_t version = get_version(), objects;
        EventRow event = {.kind = EVENT_BATCH_CLOSED};
        AuditReport report;

        objects = count_objects();
        assert_int_equal(
                catalog_execute(fixture.catalog, UNDO_4
                                "DROP TRIGGER event_stays; DROP TRIGGER event_stays_as_it_is;"
                                "DROP INDEX event_person; DROP INDEX event_received;"
                                "DROP INDEX event_told; DROP INDEX event_point_told;"
                                "ALTER TABLE event DROP COLUMN actor;"
                                "ALTER TABLE event DROP COLUMN person;"
                                "ALTER TABLE event DROP COLUMN told;"
                                "ALTER TABLE event DROP COLUMN chain;"
                                "CREATE INDEX event_point ON event (point, id);"
                                "INSERT INTO event (wall, kind, point, submission, student, uid)"
                                " VALUES (1, 'accepted', 0, 0, 0, 0)"),
                0);
        set_version(2);
        assert_int_equal(catalog_migrate(fixture.catalog), 0);
        assert_int_equal(get_version(), version);
        assert_int_equal(count_objects(), objects);
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_int_equal(catalog_audit_verify(fixture.catalog, &report), 0);
        assert_int_equal(report.fault, AUDIT_WHOLE);
        assert_int_equal(report.before, 1);
        assert_int_equal(report.entries, 1);
}

/* Of schema 12, as it was written on a server: with its link, and the head. */
static void add_linked(AuditHead *head)
{
        AuditEntry entry = {.id = head->count + 1,
                            .wall = FIXTURE_EPOCH + head->count,
                            .kind = "exported",
                            .actor = "root",
                            .detail = "1",
                            .outside = 1};
        char value[AUDIT_HEAD_SIZE];
        const uint8_t *key;

        assert_int_equal(audit_key(fixture.catalog, true, &key), 0);
        if (head->count == 0)
                assert_int_equal(audit_beginning(key, entry.id, &head->chain), 0);
        assert_int_equal(audit_link(key, &head->chain, &entry, &head->chain), 0);
        assert_int_equal(
                catalog_run(fixture.catalog,
                            "INSERT INTO event (id, wall, kind, point, submission, student, uid,"
                            " detail, outside, actor, told, person, chain)"
                            " VALUES (?1, ?2, ?3, 0, 0, 0, 0, ?4, 1, ?5, 0, NULL, ?6)",
                            VALUES(INTEGER(entry.id), INTEGER(entry.wall), TEXT(entry.kind),
                                   TEXT(entry.detail), TEXT(entry.actor), HASH(&head->chain))),
                0);
        head->count++;
        head->sound = true;
        assert_int_equal(audit_head_text(key, head, value), 0);
        assert_int_equal(catalog_set_setting(fixture.catalog, "audit", value), 0);
}

/* As version 12 left it on a server, with so many events in it. */
static void bring_from_12(int events)
{
        AuditHead head = {};

        assert_int_equal(catalog_execute(fixture.catalog,
                                         "DO $$ DECLARE here TEXT := current_schema(); BEGIN"
                                         " EXECUTE 'DROP SCHEMA ' || here || ' CASCADE';"
                                         " EXECUTE 'CREATE SCHEMA ' || here; END $$"),
                         0);
        assert_int_equal(catalog_execute(fixture.catalog, schema_postgres), 0);
        set_version(12);
        for (int i = 0; i < events; i++)
                add_linked(&head);
        assert_int_equal(catalog_migrate(fixture.catalog), 0);
}

static void add_sealed(EventKind kind)
{
        EventRow event = {.wall = FIXTURE_EPOCH, .kind = kind};

        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_int_equal(catalog_seal(fixture.catalog), 1);
}

static AuditReport verify(void)
{
        AuditReport report;

        assert_int_equal(catalog_audit_verify(fixture.catalog, &report), 0);
        return report;
}

static int note_entry(const AuditRow *row, void *userdata)
{
        text_printf(userdata, "%lld %s;", (long long)row->number, row->kind_name);
        return 0;
}

static void test_links_of_version_12_stay_and_seals_follow_them(void **state _unused_)
{
        _cleanup_text_ Text listed = {}, newest = {};
        int64_t version = get_version();

        fixture_needs_server();
        bring_from_12(3);
        assert_int_equal(get_version(), version);
        assert_int_equal(verify().fault, AUDIT_WHOLE);
        assert_int_equal(verify().entries, 3);
        add_sealed(EVENT_BATCH_CLOSED);
        add_sealed(EVENT_BATCH_REOPENED);
        assert_int_equal(verify().fault, AUDIT_WHOLE);
        assert_int_equal(verify().entries, 5);
        assert_int_equal(query("SELECT min(seq) FROM seal"), 4);
        assert_int_equal(query("SELECT seq FROM sqlite_sequence WHERE name = 'event'"), 5);
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 0, note_entry, &listed), 0);
        assert_string_equal(listed.data,
                            "1 exported;2 exported;3 exported;4 batch-closed;5 batch-reopened;");
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 3, note_entry, &newest), 0);
        assert_string_equal(newest.data, "3 exported;4 batch-closed;5 batch-reopened;");
}

static void test_links_of_version_12_are_proved_as_before(void **state _unused_)
{
        static const struct {
                const char *change;
                AuditFault fault;
                int64_t entry;
        } changes[] = {
                {"UPDATE event SET uid = 7 WHERE id = 2", AUDIT_CHANGED, 2},
                {"UPDATE event SET chain = NULL WHERE id = 2", AUDIT_MISSING, 2},
                {"UPDATE event SET mac = chain WHERE id = 2", AUDIT_MISSING, 2},
                {"DELETE FROM event WHERE id = 1", AUDIT_MISSING, 1},
                /* The last link, where the seals begin. */
                {"DELETE FROM event WHERE id = 3", AUDIT_MISSING, 3},
                {"DELETE FROM seal", AUDIT_CUT, 4},
                {"DELETE FROM setting WHERE key = 'audit'", AUDIT_HEAD, 0},
        };

        fixture_needs_server();
        bring_from_12(3);
        add_sealed(EVENT_BATCH_CLOSED);
        assert_int_equal(catalog_execute(fixture.catalog,
                                         "DROP TRIGGER event_stays ON event;"
                                         "DROP TRIGGER event_stays_as_it_is ON event;"
                                         "DROP TRIGGER seal_stays ON seal"),
                         0);
        for (size_t i = 0; i < ELEMENTSOF(changes); i++) {
                AuditReport report;

                assert_int_equal(catalog_begin(fixture.catalog, false), 0);
                assert_int_equal(catalog_execute(fixture.catalog, changes[i].change), 0);
                report = verify();
                assert_int_equal(report.fault, changes[i].fault);
                assert_int_equal(report.entry, changes[i].entry);
                catalog_rollback(fixture.catalog);
        }
        assert_int_equal(verify().fault, AUDIT_WHOLE);
}

static void test_a_log_of_version_12_that_is_empty_begins_with_a_seal(void **state _unused_)
{
        fixture_needs_server();
        bring_from_12(0);
        assert_int_equal(verify().fault, AUDIT_WHOLE);
        add_sealed(EVENT_BATCH_CLOSED);
        assert_int_equal(verify().fault, AUDIT_WHOLE);
        assert_int_equal(query("SELECT seq FROM seal"), 1);
}

/* As version 3 left it, with a folder in it. */
static void test_folders_of_version_3_belong_to_the_point(void **state _unused_)
{
        int64_t version = get_version();
        _cleanup_folder_ FolderRow row = {};

        fixture_needs_sqlite();
        assert_int_equal(catalog_execute(fixture.catalog, UNDO_4), 0);
        assert_int_equal(catalog_execute(fixture.catalog,
                                         "INSERT INTO point (name, name_key, uid, gid, mode, mtime,"
                                         " submitted_mtime, created)"
                                         " VALUES ('p', 'p', 1001, 2001, 1528, 1, 1, 1);"
                                         "INSERT INTO folder (id, batch, point, parent, name,"
                                         " name_key, temporary, mode, mtime)"
                                         " SELECT 9, b.id, p.id, 0, 'a', 'a', 0, 493, 5"
                                         " FROM batch AS b, point AS p"),
                         0);
        set_version(3);
        assert_int_equal(catalog_migrate(fixture.catalog), 0);
        assert_int_equal(get_version(), version);
        assert_int_equal(catalog_get_folder(fixture.catalog, 9, &row), 1);
        assert_int_equal(row.uid, 1001);
        assert_int_equal(row.gid, 2001);
        assert_int_equal(row.mode, 0755);
        assert_int_equal(row.mtime, 5);
        assert_true(row.listed);
        assert_false(row.removed);
}

static int count_one(const StudentRow *row _unused_, void *userdata)
{
        (*(int *)userdata)++;
        return 0;
}

/* As version 6 left it. */
static void test_students_of_version_6_get_their_keys(void **state _unused_)
{
        static const char *const keys[_STUDENT_TEXT_MAX] = {
                [STUDENT_TEXT_ID_NUMBER] = "m0123456701",
                [STUDENT_TEXT_STUDENT_NO] = "20220015",
                [STUDENT_TEXT_NAME] = "obrien",
        };
        int64_t version = get_version();

        fixture_needs_sqlite();
        assert_int_equal(
                catalog_execute(fixture.catalog, UNDO_7
                                "CREATE TRIGGER place_of_new_missing AFTER INSERT ON student"
                                " BEGIN SELECT 1; END;"
                                "CREATE TRIGGER place_of_removed_missing AFTER DELETE ON student"
                                " BEGIN SELECT 1; END;"
                                "CREATE TRIGGER place_of_missing AFTER UPDATE OF photo ON student"
                                " BEGIN SELECT 1; END;"),
                0);
        assert_int_equal(catalog_execute(fixture.catalog,
                                         "INSERT INTO point (id, name, name_key, uid, gid, mode,"
                                         " mtime, submitted_mtime, created)"
                                         " VALUES (7, 'p', 'p', 1001, 2001, 1528, 1, 1, 1);"
                                         "INSERT INTO student (batch, point, id_number, state,"
                                         " created, on_roster, name, name_key, student_no)"
                                         " SELECT id, 7, 'M01234567(01)', 0, 1, 1, 'O''Brien',"
                                         " 'O''Brien', '2022-0015' FROM batch"),
                         0);
        set_version(6);
        assert_int_equal(catalog_migrate(fixture.catalog), 0);
        assert_int_equal(get_version(), version);
        for (int text = 0; text < _STUDENT_TEXT_MAX; text++) {
                int n = 0;

                assert_int_equal(
                        catalog_list_students_by_key(fixture.catalog, (Where){fixture.batch, 7},
                                                     (StudentText)text, keys[text], count_one, &n),
                        0);
                assert_int_equal(n, 1);
        }
}

/* ---- what it refuses ---- */

static void test_the_same_name_or_number_twice_is_refused(void **state _unused_)
{
        FolderRow folder = {
                .batch = fixture.batch, .point = fixture.point, .name = (char[]){"folder"}};
        int64_t id;

        (void)fixture_student(FIXTURE_ID);
        (void)fixture_folder(FOLDER_POINT, "folder");
        assert_refused(catalog_add_batch(fixture.catalog, "202601", 0, &id), -EEXIST);
        assert_refused(catalog_add_point(fixture.catalog,
                                         (&(PointRow){.name = (char *)FIXTURE_POINT}), &id),
                       -EEXIST);
        assert_refused(catalog_add_student(fixture.catalog, ((Where){fixture.batch, fixture.point}),
                                           FIXTURE_ID, 0, &id),
                       -EEXIST);
        assert_refused(catalog_add_folder(fixture.catalog, &folder, &id), -EEXIST);
}

static void test_rows_of_no_batch_or_point_are_refused(void **state _unused_)
{
        int64_t id;

        fixture_needs_sqlite();
        assert_int_equal(catalog_add_student(fixture.catalog, (Where){4711, fixture.point},
                                             FIXTURE_ID, 0, &id),
                         -EUCLEAN);
        assert_int_equal(catalog_add_student(fixture.catalog, (Where){fixture.batch, 4711},
                                             FIXTURE_ID, 0, &id),
                         -EUCLEAN);
        assert_refused(catalog_execute(fixture.catalog,
                                       "INSERT INTO finding (submission, seq, code, level, detail)"
                                       " VALUES (4711, 0, 'blur', 'reject', '')"),
                       -EUCLEAN);
}

static void test_a_batch_or_point_in_use_cannot_go(void **state _unused_)
{
        fixture_needs_sqlite();
        (void)fixture_student(FIXTURE_ID);
        assert_refused(catalog_execute(fixture.catalog, "DELETE FROM batch"), -EUCLEAN);
        assert_refused(catalog_execute(fixture.catalog, "DELETE FROM point"), -EUCLEAN);
}

static void test_ids_are_never_used_again(void **state _unused_)
{
        int64_t first = fixture_upload("a.jpg"), second;

        assert_int_equal(catalog_remove_submission(fixture.catalog, first), 0);
        second = fixture_upload("b.jpg");
        assert_true(second > first);
}

/* ---- counters ---- */

/* How many of the counters do not say what counting says. Counters that reached zero may stay. */
static int64_t wrong_counters(void)
{
        return query(
                "WITH truth (batch, point, kind, key, n) AS ("
                "  SELECT batch, point, 0, CAST(state AS TEXT), count(*) FROM student WHERE shown = 1"
                "    GROUP BY 1, 2, 4"
                "  UNION ALL"
                "  SELECT batch, point, 1, CAST(state AS TEXT), count(*) FROM submission"
                "    WHERE temporary = 0 GROUP BY 1, 2, 4"
                "  UNION ALL"
                "  SELECT batch, point, 2, code, count(*) FROM submission AS s"
                "    JOIN finding AS f ON f.submission = s.id"
                "    WHERE s.state = 5 AND f.level = 'reject' GROUP BY 1, 2, 4)"
                "SELECT (SELECT count(*) FROM (SELECT * FROM truth EXCEPT SELECT batch, point, kind,"
                "    CAST(key AS TEXT), n FROM tally) AS missing)"
                " + (SELECT count(*) FROM (SELECT batch, point, kind, CAST(key AS TEXT), n"
                "    FROM tally WHERE n != 0 EXCEPT SELECT * FROM truth) AS additional)");
}

static void assert_counters_right(const char *after)
{
        int64_t wrong = wrong_counters();

        if (wrong != 0)
                fail_msg("%lld counters are wrong after %s", (long long)wrong, after);
}

static void test_a_wrong_counter_would_be_noticed(void **state _unused_)
{
        (void)fixture_listed_student(FIXTURE_ID);
        assert_counters_right("adding a student");
        assert_int_equal(catalog_execute(fixture.catalog, "UPDATE tally SET n = n + 1"), 0);
        assert_int_equal(wrong_counters(), 2);
}

static void test_counters_follow_students_through_every_state(void **state _unused_)
{
        int64_t a = fixture_listed_student(FIXTURE_ID), b = fixture_listed_student(FIXTURE_ID_2);

        for (int from = 0; from < _REVIEW_STATE_MAX; from++)
                for (int to = 0; to < _REVIEW_STATE_MAX; to++) {
                        assert_int_equal(
                                catalog_set_student(fixture.catalog, a, (ReviewState)from, 0), 0);
                        assert_int_equal(
                                catalog_set_student(fixture.catalog, b, (ReviewState)to, 0), 0);
                        assert_int_equal(
                                catalog_set_student(fixture.catalog, a, (ReviewState)to, 0), 0);
                        assert_counters_right("a student's change of state");
                }
}

static void test_counters_follow_a_student_who_goes(void **state _unused_)
{
        (void)fixture_listed_student(FIXTURE_ID);
        assert_int_equal(catalog_execute(fixture.catalog, "DELETE FROM student"), 0);
        assert_counters_right("removing a student");
}

static void test_counters_follow_submissions_through_every_state(void **state _unused_)
{
        Findings findings = {};
        int64_t id;

        (void)findings_add(&findings, REASON_BLUR, FINDING_REJECT);
        (void)findings_add(&findings, REASON_NOISE, FINDING_WARN);
        for (int from = 0; from < _SUBMISSION_STATE_MAX; from++)
                for (int to = 0; to < _SUBMISSION_STATE_MAX; to++) {
                        id = fixture_upload("a.jpg");
                        assert_int_equal(catalog_set_findings(fixture.catalog, id, &findings), 0);
                        assert_int_equal(catalog_set_submission_state(fixture.catalog, id,
                                                                      (SubmissionState)from),
                                         0);
                        assert_counters_right("a submission's first state");
                        assert_int_equal(catalog_set_submission_applied(fixture.catalog, id,
                                                                        (SubmissionState)to,
                                                                        "shown.jpg", 1),
                                         0);
                        assert_counters_right("a submission's change of state");
                }
}

static void test_counters_follow_a_change_of_name(void **state _unused_)
{
        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                int64_t id = fixture_rejected("a.jpg", REASON_BLUR);

                assert_int_equal(
                        catalog_set_submission_state(fixture.catalog, id, (SubmissionState)i), 0);
                for (int temporary = 1; temporary >= 0; temporary--) {
                        assert_int_equal(catalog_set_submission_name(fixture.catalog, id, 0,
                                                                     ".a.jpg.XXXX", temporary),
                                         0);
                        assert_counters_right("a submission's change of name");
                }
        }
}

static void test_counters_follow_what_is_removed(void **state _unused_)
{
        for (int temporary = 0; temporary < 2; temporary++)
                for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);

                        assert_int_equal(catalog_set_submission_name(fixture.catalog, id, 0,
                                                                     "a.jpg", temporary),
                                         0);
                        assert_int_equal(catalog_set_submission_state(fixture.catalog, id,
                                                                      (SubmissionState)i),
                                         0);
                        assert_int_equal(catalog_remove_submission(fixture.catalog, id), 0);
                        assert_counters_right("removing a submission");
                }
}

static void test_counters_follow_findings_of_a_rejected_file(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);
        Findings findings = {};

        (void)findings_add(&findings, REASON_LANDSCAPE, FINDING_REJECT);
        (void)findings_add(&findings, REASON_NOISE, FINDING_WARN);
        (void)findings_add(&findings, REASON_CMYK, FINDING_REJECT);
        assert_int_equal(catalog_set_findings(fixture.catalog, id, &findings), 0);
        assert_counters_right("other findings of a rejected file");
        assert_int_equal(query("SELECT n FROM tally WHERE kind = 2 AND key = 'blur'"), 0);
        assert_int_equal(query("SELECT n FROM tally WHERE kind = 2 AND key = 'cmyk'"), 1);
}

static void test_counters_of_points_are_kept_apart(void **state _unused_)
{
        int64_t shenyang = fixture.point;

        (void)fixture_rejected("a.jpg", REASON_BLUR);
        fixture.point = fixture_point("大连分校");
        (void)fixture_rejected("a.jpg", REASON_BLUR);
        (void)fixture_accepted(FIXTURE_ID, "b.jpg");
        fixture.point = shenyang;
        assert_counters_right("drops at two points");
        assert_int_equal(query("SELECT count(*) FROM tally WHERE kind = 2 AND n = 1"), 2);
}

/* ---- versions ---- */

static int64_t version_of_point(void)
{
        _cleanup_point_ PointRow row = {};

        assert_int_equal(catalog_get_point(fixture.catalog, fixture.point, &row), 1);
        return row.version;
}

static void test_the_version_grows_with_what_a_status_shows(void **state _unused_)
{
        int64_t before = version_of_point(), id, student;

        id = fixture_upload("a.jpg");
        assert_true(version_of_point() > before);
        before = version_of_point();
        assert_int_equal(catalog_set_submission_state(fixture.catalog, id, SUBMISSION_RECEIVED), 0);
        assert_true(version_of_point() > before);
        before = version_of_point();
        student = fixture_student(FIXTURE_ID);
        assert_true(version_of_point() > before);
        before = version_of_point();
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_REJECTED, 0), 0);
        assert_true(version_of_point() > before);
        before = version_of_point();
        assert_int_equal(catalog_remove_submission(fixture.catalog, id), 0);
        assert_true(version_of_point() > before);
}

static void test_the_version_grows_with_what_a_roster_tells(void **state _unused_)
{
        RosterStudent student = {
                .id_number = FIXTURE_ID,
                .name = "张三",
        };
        int64_t before = version_of_point();

        assert_int_equal(fixture_roster(student).added, 1);
        assert_true(version_of_point() > before);
        before = version_of_point();
        student.name = "张珊";
        assert_int_equal(fixture_roster(student).changed, 1);
        assert_true(version_of_point() > before);
        before = version_of_point();
        assert_int_equal(fixture_roster(student).changed, 0);
        assert_int_equal(version_of_point(), before);
}

static void test_the_version_stays_while_a_temporary_file_is_written(void **state _unused_)
{
        int64_t before = version_of_point();
        int64_t id = fixture_upload_in(FOLDER_POINT, ".a.jpg.XXXX", true);

        assert_int_equal(catalog_set_submission_attributes(fixture.catalog, id, 0600, 0, 0, 1), 0);
        assert_int_equal(catalog_remove_submission(fixture.catalog, id), 0);
        assert_int_equal(version_of_point(), before);
}

static void test_the_version_of_all_grows_with_that_of_any_point(void **state _unused_)
{
        int64_t before, after;

        assert_int_equal(catalog_version(fixture.catalog, &before), 0);
        (void)fixture_upload("a.jpg");
        assert_int_equal(catalog_version(fixture.catalog, &after), 0);
        assert_true(after > before);
        before = after;
        (void)fixture_point("大连分校");
        assert_int_equal(catalog_version(fixture.catalog, &after), 0);
        assert_true(after > before);
}

static void warn(int64_t photo, FindingLevel level)
{
        _cleanup_photo_ PhotoRow row = {};
        Findings findings = {};

        (void)findings_add(&findings, REASON_BLUR, level);
        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        assert_int_equal(catalog_set_findings(fixture.catalog, row.submission, &findings), 0);
}

/* As version 9 left it, with one photo that has a warning and one that has none. */
static void test_the_warned_of_version_9_are_known(void **state)
{
        int64_t version = get_version(), photo;

        fixture_needs_sqlite();
        assert_int_equal(fixture_begin(state), 0);
        photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        warn(photo, FINDING_WARN);
        warn(fixture_accepted(FIXTURE_ID_2, "b.jpg"), FINDING_FIXED);
        assert_int_equal(catalog_execute(fixture.catalog, UNDO_10), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        set_version(9);
        assert_int_equal(catalog_migrate(fixture.catalog), 0);
        assert_int_equal(get_version(), version);
        assert_int_equal(query("SELECT sum(warned) FROM student"), 1);
        assert_int_equal(query("SELECT photo FROM student WHERE warned"), photo);
}

static int64_t warned(void)
{
        return query("SELECT coalesce(sum(warned), 0) FROM student");
}

static void test_a_student_is_warned_as_the_photo_is(void **state _unused_)
{
        int64_t first = fixture_accepted(FIXTURE_ID, "a.jpg"), student, second;

        student = query("SELECT id FROM student");
        assert_int_equal(warned(), 0);
        warn(first, FINDING_WARN);
        assert_int_equal(warned(), 1);
        warn(first, FINDING_FIXED);
        assert_int_equal(warned(), 0);
        warn(first, FINDING_WARN);
        /* Another photo in its place, and the first one's findings are no longer this student's. */
        second = fixture_photo(student, fixture_received("b.jpg"));
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_PENDING, second), 0);
        assert_int_equal(warned(), 0);
        warn(first, FINDING_WARN);
        assert_int_equal(warned(), 0);
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_PENDING, first), 0);
        assert_int_equal(warned(), 1);
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_MISSING, 0), 0);
        assert_int_equal(warned(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_a_new_store_has_the_newest_version,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(test_an_empty_database_gets_everything_again,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(test_a_newer_version_is_left_alone, fixture_open,
                                                fixture_close),
                cmocka_unit_test_setup_teardown(test_a_migration_that_fails_changes_nothing,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(test_events_of_version_2_are_kept_before_the_chain,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(test_links_of_version_12_stay_and_seals_follow_them,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(test_links_of_version_12_are_proved_as_before,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(
                        test_a_log_of_version_12_that_is_empty_begins_with_a_seal, fixture_open,
                        fixture_close),
                cmocka_unit_test_setup_teardown(test_folders_of_version_3_belong_to_the_point,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(test_students_of_version_6_get_their_keys,
                                                fixture_open, fixture_close),
                cmocka_unit_test_setup_teardown(test_the_warned_of_version_9_are_known,
                                                fixture_open, fixture_close),
        };
        const struct CMUnitTest content_tests[] = {
                fixture_test(test_a_student_is_warned_as_the_photo_is),
                fixture_test(test_the_same_name_or_number_twice_is_refused),
                fixture_test(test_rows_of_no_batch_or_point_are_refused),
                fixture_test(test_a_batch_or_point_in_use_cannot_go),
                fixture_test(test_ids_are_never_used_again),
                fixture_test(test_a_wrong_counter_would_be_noticed),
                fixture_test(test_counters_follow_students_through_every_state),
                fixture_test(test_counters_follow_a_student_who_goes),
                fixture_test(test_counters_follow_submissions_through_every_state),
                fixture_test(test_counters_follow_a_change_of_name),
                fixture_test(test_counters_follow_what_is_removed),
                fixture_test(test_counters_follow_findings_of_a_rejected_file),
                fixture_test(test_counters_of_points_are_kept_apart),
                fixture_test(test_the_version_grows_with_what_a_status_shows),
                fixture_test(test_the_version_grows_with_what_a_roster_tells),
                fixture_test(test_the_version_stays_while_a_temporary_file_is_written),
                fixture_test(test_the_version_of_all_grows_with_that_of_any_point),
        };
        int failed = cmocka_run_group_tests_name("migration", tests, NULL, NULL);

        return failed +
               cmocka_run_group_tests_name("content", content_tests, fixture_open, fixture_close);
}
