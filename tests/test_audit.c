/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>
#include <idphoto/point.h>
#include <idphoto/rosterload.h>
#include <store/catalog-internal.h>

/* The audit log: what an entry holds, and that whatever is done to it is found. */

static void run(const char *sql)
{
        int r = catalog_execute(fixture.catalog, sql);

        if (r < 0)
                fail_msg("%s: %d", sql, r);
}

static bool has_seals(void)
{
        return sql_engine(catalog_sql(fixture.catalog)) == SQL_POSTGRES;
}

/* As somebody with the database in hand, who is stopped by no trigger. */
static void tamper(const char *sql)
{
        run(has_seals() ? "DROP TRIGGER IF EXISTS event_stays_as_it_is ON event;"
                          "DROP TRIGGER IF EXISTS event_stays ON event;"
                          "DROP TRIGGER IF EXISTS seal_stays_as_it_is ON seal;"
                          "DROP TRIGGER IF EXISTS seal_stays ON seal"
                        : "DROP TRIGGER IF EXISTS event_stays_as_it_is;"
                          "DROP TRIGGER IF EXISTS event_stays");
        run(sql);
}

static void seal(void)
{
        assert_int_equal(catalog_seal_all(fixture.catalog), 0);
}

/* Where entries are sealed it is not yet. */
static void append(EventKind kind, int64_t student, const char *detail)
{
        EventRow event = {.wall = fixture_later(),
                          .kind = kind,
                          .point = fixture.point,
                          .student = student,
                          .uid = 0,
                          .detail = detail};

        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
}

static void add(EventKind kind, int64_t student, const char *detail)
{
        append(kind, student, detail);
        seal();
}

static void add_five(void)
{
        int64_t student = fixture_student(FIXTURE_ID);

        add(EVENT_POINT_ADDED, 0, NULL);
        add(EVENT_ACCEPTED, student, NULL);
        add(EVENT_APPROVED, student, NULL);
        add(EVENT_EXPORTED, 0, "1");
        add(EVENT_LOCKED, student, NULL);
}

static AuditReport verify(void)
{
        AuditReport report;

        assert_int_equal(catalog_audit_verify(fixture.catalog, &report), 0);
        return report;
}

static int64_t query(const char *sql)
{
        int64_t value = -1;

        assert_int_equal(catalog_query_integer(fixture.catalog, sql, &value), 0);
        return value;
}

/* The number of the last one that has any. */
static int64_t last(void)
{
        return query(has_seals() ? "SELECT max(seq) FROM seal" : "SELECT max(id) FROM event");
}

static void assert_broken(AuditFault fault, int64_t entry)
{
        AuditReport report = verify();

        assert_int_equal(report.fault, fault);
        assert_int_equal(report.entry, entry);
}

static void test_an_empty_log_is_whole(void **state _unused_)
{
        assert_broken(AUDIT_WHOLE, 0);
        assert_int_equal(verify().entries, 0);
}

static void test_what_was_only_appended_is_whole(void **state _unused_)
{
        add_five();
        assert_broken(AUDIT_WHOLE, 0);
        assert_int_equal(verify().entries, 5);
        assert_int_equal(verify().before, 0);
}

static void test_an_undone_part_of_a_transaction_leaves_it_whole(void **state _unused_)
{
        add(EVENT_POINT_ADDED, 0, NULL);
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        add(EVENT_BATCH_CLOSED, 0, NULL);
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        add(EVENT_BATCH_REOPENED, 0, NULL);
        assert_broken(AUDIT_WHOLE, 0);
        assert_int_equal(verify().entries, 2);
}

static void test_the_database_refuses_to_change_or_remove_an_event(void **state _unused_)
{
        add_five();
        assert_refused(catalog_execute(fixture.catalog, "UPDATE event SET uid = 7"), -EUCLEAN);
        assert_refused(catalog_execute(fixture.catalog, "DELETE FROM event"), -EUCLEAN);
        if (has_seals()) {
                assert_refused(catalog_execute(fixture.catalog, "UPDATE seal SET seq = seq + 9"),
                               -EUCLEAN);
                assert_refused(catalog_execute(fixture.catalog, "DELETE FROM seal"), -EUCLEAN);
        }
        assert_broken(AUDIT_WHOLE, 0);
}

static void assert_changes_found(const char *const *changes, size_t n, int64_t entry)
{
        for (size_t i = 0; i < n; i++) {
                char sql[128];

                assert_int_equal(catalog_savepoint(fixture.catalog), 0);
                (void)snprintf(sql, sizeof(sql),
                               "UPDATE event SET %s WHERE id = (SELECT max(id) - 2 FROM event)",
                               changes[i]);
                tamper(sql);
                assert_broken(AUDIT_CHANGED, entry);
                assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        }
        assert_broken(AUDIT_WHOLE, 0);
}

static const char *const changes[] = {
        "wall = wall + 1",      "kind = 'rejected'", "point = point + 1", "submission = 9",
        "student = 0",          "uid = uid + 1",     "detail = 'x'",      "outside = 7",
        "actor = actor || 'x'", "told = 5",          "person = NULL",     "chain = person",
};
static const char *const changes_of_sealed[] = {
        "origin = 7", "nonce = 7", "mac = NULL", "mac = person", "chain = mac",
};

static void test_a_change_of_any_field_is_found(void **state _unused_)
{
        add_five();
        assert_changes_found(changes, ELEMENTSOF(changes), last() - 2);
        if (has_seals())
                assert_changes_found(changes_of_sealed, ELEMENTSOF(changes_of_sealed), last() - 2);
}

static void append_five(int64_t student)
{
        for (int i = 0; i < 5; i++)
                append(EVENT_APPROVED, student, NULL);
}

static void test_a_change_of_what_is_not_sealed_yet_is_found_and_never_made_right(
        void **state _unused_)
{
        fixture_needs_server();
        append_five(fixture_student(FIXTURE_ID));
        assert_int_equal(verify().entries, 0);
        assert_changes_found(changes, ELEMENTSOF(changes), 0);
        tamper("UPDATE event SET uid = 7 WHERE id = (SELECT max(id) - 2 FROM event)");
        seal();
        assert_int_equal(query("SELECT count(*) FROM unsealed"), 0);
        assert_broken(AUDIT_CHANGED, last() - 2);
        add(EVENT_EXPORTED, 0, "1");
        assert_broken(AUDIT_CHANGED, 3);
        assert_int_equal(verify().entries, 2);
        /* Not even when it is what it was. */
        tamper("UPDATE event SET uid = 0");
        assert_broken(AUDIT_CHANGED, 3);
}

static void test_what_is_removed_while_it_waits_is_missing(void **state _unused_)
{
        fixture_needs_server();
        append_five(fixture_student(FIXTURE_ID));
        tamper("DELETE FROM event WHERE id = (SELECT min(id) FROM event)");
        assert_broken(AUDIT_MISSING, 0);
        seal();
        assert_broken(AUDIT_MISSING, 1);
        assert_int_equal(last(), 5);
}

static void test_what_does_not_get_a_seal_is_found(void **state _unused_)
{
        fixture_needs_server();
        add_five();
        append_five(0);
        assert_broken(AUDIT_WHOLE, 0);
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        tamper("UPDATE unsealed SET since = since - 61000000000"
               " WHERE event = (SELECT min(event) FROM unsealed)");
        assert_broken(AUDIT_UNSEALED, 0);
        seal();
        assert_broken(AUDIT_WHOLE, 0);
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        tamper("DELETE FROM unsealed WHERE event = (SELECT min(event) FROM unsealed)");
        assert_broken(AUDIT_UNSEALED, 0);
        seal();
        assert_broken(AUDIT_UNSEALED, 0);
        assert_int_equal(verify().entries, 9);
}

static void test_a_seal_that_is_gone_or_another_ones_is_found(void **state _unused_)
{
        fixture_needs_server();
        add_five();
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        tamper("DELETE FROM seal WHERE seq = 3");
        assert_broken(AUDIT_MISSING, 3);
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        tamper("DELETE FROM seal WHERE seq = 5");
        assert_broken(AUDIT_CUT, 5);
        /* What comes behind does not close the gap. */
        add(EVENT_EXPORTED, 0, "1");
        assert_broken(AUDIT_MISSING, 5);
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        tamper("UPDATE seal SET event = -event WHERE seq IN (2, 4);"
               "UPDATE seal SET event = (SELECT max(id) - 1 FROM event) WHERE seq = 2;"
               "UPDATE seal SET event = (SELECT max(id) - 3 FROM event) WHERE seq = 4");
        assert_broken(AUDIT_CHANGED, 2);
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        tamper("UPDATE seal SET origin = 7 WHERE seq = 4");
        assert_broken(AUDIT_CHANGED, 4);
}

static void test_a_sealed_entry_that_waits_again_gets_no_second_seal(void **state _unused_)
{
        fixture_needs_server();
        add_five();
        run("INSERT INTO unsealed (event, since) SELECT id, 0 FROM event");
        assert_broken(AUDIT_WHOLE, 0);
        append(EVENT_EXPORTED, 0, "1");
        seal();
        assert_int_equal(query("SELECT count(*) FROM unsealed"), 0);
        assert_broken(AUDIT_WHOLE, 0);
        assert_int_equal(verify().entries, 6);
}

static void test_a_copied_entry_is_found(void **state _unused_)
{
        fixture_needs_server();
        add_five();
        run("INSERT INTO event (wall, kind, point, submission, student, uid, detail, outside, actor,"
            " told, person, origin, nonce, mac) SELECT wall, kind, point, submission, student, uid,"
            " detail, outside, actor, told, person, origin, nonce, mac FROM event"
            " WHERE id = (SELECT max(id) - 2 FROM event)");
        assert_broken(AUDIT_FOREIGN, 0);
        seal();
        assert_broken(AUDIT_FOREIGN, 6);
}

static void test_an_invented_entry_with_a_hash_is_found_and_stops_nothing(void **state _unused_)
{
        fixture_needs_server();
        add_five();
        run("INSERT INTO event (wall, kind, point, submission, student, uid, mac)"
            " SELECT 1, 'approved', 0, 0, 0, 0, chain FROM seal WHERE seq = 3");
        assert_broken(AUDIT_CHANGED, 0);
        add(EVENT_EXPORTED, 0, "1");
        assert_int_equal(last(), 7);
        assert_broken(AUDIT_CHANGED, 6);
}

static void test_an_entry_removed_from_the_middle_or_the_start_is_missing(void **state _unused_)
{
        add_five();
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        tamper("DELETE FROM event WHERE id = (SELECT max(id) - 2 FROM event)");
        assert_broken(AUDIT_MISSING, last() - 2);
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        tamper("DELETE FROM event WHERE id = (SELECT min(id) FROM event)");
        assert_broken(AUDIT_MISSING, last() - 4);
}

static void test_entries_that_changed_places_are_found(void **state _unused_)
{
        int64_t end;

        add_five();
        end = last();
        tamper("UPDATE event SET id = -1 WHERE id = (SELECT max(id) FROM event) - 2;"
               "UPDATE event SET id = id - 1 WHERE id = (SELECT max(id) FROM event) - 1;"
               "UPDATE event SET id = (SELECT max(id) FROM event) - 1 WHERE id = -1");
        assert_broken(AUDIT_CHANGED, end - 2);
}

static void test_a_cut_off_end_is_found_by_the_head_alone(void **state _unused_)
{
        fixture_needs_server();
        add_five();
        tamper("DELETE FROM event WHERE id > (SELECT max(id) - 2 FROM event);"
               "DELETE FROM seal WHERE seq > 3");
        assert_broken(AUDIT_CUT, 4);
        /* What is appended now does not make it right. */
        add(EVENT_POINT_ADDED, 0, NULL);
        assert_broken(AUDIT_MISSING, 4);
}

static void test_a_cut_off_end_is_found_by_the_sequence_and_by_the_head(void **state _unused_)
{
        fixture_needs_sqlite();
        add_five();
        tamper("DELETE FROM event WHERE id > (SELECT max(id) - 2 FROM event)");
        assert_broken(AUDIT_CUT, last() + 1);
        tamper("UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM event) WHERE name = 'event'");
        assert_broken(AUDIT_CUT, last() + 1);
        /* What is appended now does not make it right. */
        add(EVENT_POINT_ADDED, 0, NULL);
        assert_int_not_equal(verify().fault, AUDIT_WHOLE);
}

static void test_a_head_written_without_the_key_is_found_for_ever(void **state _unused_)
{
        add_five();
        if (has_seals())
                tamper("DELETE FROM event WHERE id > (SELECT max(id) - 2 FROM event);"
                       "DELETE FROM seal WHERE seq > 3;"
                       "UPDATE setting SET value = (SELECT '3 ' || encode(chain, 'hex') FROM seal"
                       " WHERE seq = 3) || substr(value, 67) WHERE key = 'audit'");
        else
                tamper("DELETE FROM event WHERE id > (SELECT max(id) - 2 FROM event);"
                       "UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM event)"
                       " WHERE name = 'event';"
                       "UPDATE setting SET value = (SELECT '3 ' || lower(hex(chain)) FROM event"
                       " ORDER BY id DESC LIMIT 1) || substr(value, 67) WHERE key = 'audit'");
        assert_broken(AUDIT_HEAD, 0);
        add(EVENT_POINT_ADDED, 0, NULL);
        assert_broken(AUDIT_HEAD, 0);
        assert_int_equal(verify().entries, 4);
}

static void test_a_head_that_is_gone_is_found(void **state _unused_)
{
        add_five();
        tamper("DELETE FROM setting WHERE key = 'audit'");
        assert_broken(AUDIT_HEAD, 0);
        add(EVENT_EXPORTED, 0, "1");
        assert_int_not_equal(verify().fault, AUDIT_WHOLE);
}

static void test_a_head_of_nonsense_stops_nothing(void **state _unused_)
{
        static const char *const values[] = {"", "x", "9223372036854775807 0 0", "-7 00 00"};

        fixture_needs_server();
        add_five();
        for (size_t i = 0; i < ELEMENTSOF(values); i++) {
                char sql[128];

                (void)snprintf(sql, sizeof(sql),
                               "UPDATE setting SET value = '%s' WHERE key = 'audit'", values[i]);
                run(sql);
                add(EVENT_EXPORTED, 0, "1");
                assert_broken(AUDIT_HEAD, 0);
                assert_int_equal(verify().entries, 6 + i);
        }
}

/* One that was right once. */
static void test_an_earlier_head_is_found_for_ever(void **state _unused_)
{
        fixture_needs_server();
        add_five();
        run("CREATE TEMPORARY TABLE kept AS SELECT value FROM setting WHERE key = 'audit'");
        add(EVENT_EXPORTED, 0, "1");
        run("UPDATE setting SET value = (SELECT value FROM kept) WHERE key = 'audit'");
        assert_broken(AUDIT_HEAD, 0);
        add(EVENT_EXPORTED, 0, "2");
        assert_broken(AUDIT_HEAD, 0);
        assert_int_equal(verify().entries, 7);
}

static void test_an_entry_of_another_hand_is_found(void **state _unused_)
{
        add_five();
        run("INSERT INTO event (id, wall, kind, point, submission, student, uid)"
            " SELECT max(id) + 1, 1, 'approved', 0, 0, 0, 0 FROM event");
        assert_broken(AUDIT_FOREIGN, has_seals() ? 0 : last());
}

static void test_entries_of_an_earlier_version_lie_before_the_beginning(void **state _unused_)
{
        fixture_needs_sqlite();
        run("INSERT INTO event (wall, kind, point, submission, student, uid)"
            " VALUES (1, 'accepted', 0, 0, 0, 0), (2, 'accepted', 0, 0, 0, 0)");
        assert_broken(AUDIT_WHOLE, 0);
        add_five();
        assert_broken(AUDIT_WHOLE, 0);
        assert_int_equal(verify().before, 2);
        assert_int_equal(verify().entries, 5);
        /* Nor can an entry of the chain be passed off as one of them. */
        tamper("UPDATE event SET chain = NULL WHERE id = (SELECT min(id) + 2 FROM event)");
        assert_int_not_equal(verify().fault, AUDIT_WHOLE);
}

static int keep_last(const AuditRow *row, void *userdata)
{
        AuditRow *seen = userdata;

        *seen = *row;
        return 0;
}

static void test_an_entry_names_the_user_and_hides_the_number(void **state _unused_)
{
        char sql[256];
        AuditRow row = {};

        add_five();
        (void)snprintf(sql, sizeof(sql),
                       "SELECT count(*) FROM event WHERE CAST(person AS TEXT) LIKE '%%%s%%' OR"
                       " detail LIKE '%%%s%%' OR actor != 'root'",
                       FIXTURE_ID, FIXTURE_ID);
        assert_int_equal(query(sql), 0);
        assert_int_equal(query("SELECT count(DISTINCT person) FROM event"), 1);
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 0, keep_last, &row), 0);
        assert_int_equal(row.kind, EVENT_LOCKED);
        assert_true(row.has_person);
}

static int note(const AuditRow *row, void *userdata)
{
        text_printf(userdata, "%s;", row->kind_name);
        return 0;
}

static void assert_listed(int64_t since, uint64_t limit, const char *expected)
{
        _cleanup_text_ Text seen = {};

        assert_int_equal(catalog_audit_list(fixture.catalog, since, limit, note, &seen), 0);
        assert_string_equal(seen.data ? seen.data : "", expected);
}

static void test_the_newest_are_listed_oldest_first(void **state _unused_)
{
        add_five();
        assert_listed(0, 0, "point-added;accepted;approved;exported;locked;");
        assert_listed(0, 2, "exported;locked;");
        assert_listed(0, 9, "point-added;accepted;approved;exported;locked;");
        assert_listed(fixture.now, 0, "locked;");
        assert_listed(fixture.now + 1, 3, "");
}

static int note_number(const AuditRow *row, void *userdata)
{
        text_printf(userdata, "%lld %s;", (long long)row->number, row->kind_name);
        return 0;
}

static void test_entries_are_listed_in_the_order_of_their_numbers(void **state _unused_)
{
        _cleanup_text_ Text all = {}, newest = {};

        fixture_needs_server();
        append(EVENT_EXPORTED, 0, "1");
        run("DELETE FROM unsealed");
        append(EVENT_BATCH_CLOSED, 0, NULL);
        seal();
        /* One that was committed later than what came after it. */
        run("INSERT INTO unsealed (event, since) SELECT min(id), wall() FROM event");
        seal();
        append(EVENT_BATCH_REOPENED, 0, NULL);
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 0, note_number, &all), 0);
        assert_string_equal(all.data, "1 batch-closed;2 exported;0 batch-reopened;");
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 2, note_number, &newest), 0);
        assert_string_equal(newest.data, "2 exported;0 batch-reopened;");
        assert_broken(AUDIT_WHOLE, 0);
}

static void assert_history(int64_t batch, const char *id_number, const char *expected)
{
        _cleanup_text_ Text seen = {};

        assert_int_equal(catalog_audit_history(fixture.catalog, batch, id_number, note, &seen), 0);
        assert_string_equal(seen.data ? seen.data : "", expected);
}

static void test_a_history_is_one_persons(void **state _unused_)
{
        add_five();
        add(EVENT_ACCEPTED, fixture_student(FIXTURE_ID_2), NULL);
        assert_history(0, FIXTURE_ID, "accepted;approved;locked;");
        assert_history(fixture.batch, FIXTURE_ID, "accepted;approved;locked;");
        assert_history(fixture.batch + 1, FIXTURE_ID, "");
        assert_history(0, FIXTURE_ID_3, "");
        /* Once the student is gone the number still finds them. */
        run("DELETE FROM student");
        assert_history(0, FIXTURE_ID, "accepted;approved;locked;");
}

static void test_a_history_has_what_came_before_the_chain(void **state _unused_)
{
        char sql[256];

        (void)snprintf(sql, sizeof(sql),
                       "INSERT INTO event (wall, kind, point, submission, student, uid)"
                       " VALUES (1, 'rejected', 0, 0, %lld, 0)",
                       (long long)fixture_student(FIXTURE_ID));
        run(sql);
        assert_history(0, FIXTURE_ID, "rejected;");
}

static void test_a_person_is_found_by_either_number(void **state _unused_)
{
        RosterStudent a = {.id_number = FIXTURE_ID, .student_no = "S1"};
        RosterStudent b = {.id_number = FIXTURE_ID_2, .student_no = "S2"};
        RosterStudent c = {.id_number = FIXTURE_ID_3, .student_no = "S2"};
        char *found = NULL;

        assert_int_equal(fixture_roster(a).added, 1);
        assert_int_equal(fixture_roster(b).added, 1);
        assert_int_equal(fixture_roster(c).added, 1);
        assert_int_equal(catalog_find_person(fixture.catalog, 0, "S1", &found), 1);
        assert_string_equal(found, FIXTURE_ID);
        free(TAKE_PTR(found));
        assert_int_equal(catalog_find_person(fixture.catalog, fixture.batch, FIXTURE_ID_2, &found),
                         1);
        assert_string_equal(found, FIXTURE_ID_2);
        free(TAKE_PTR(found));
        assert_int_equal(catalog_find_person(fixture.catalog, 0, "S2", &found), -ENOTUNIQ);
        assert_int_equal(catalog_find_person(fixture.catalog, 0, "S9", &found), 0);
        assert_int_equal(catalog_find_person(fixture.catalog, 0, "", &found), 0);
}

static void test_a_submission_is_received_once(void **state _unused_)
{
        EventRow event = {.kind = EVENT_RECEIVED,
                          .point = fixture.point,
                          .submission = fixture_received("a.jpg")};

        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
        assert_int_equal(catalog_add_event(fixture.catalog, &event), 0);
        assert_int_equal(query("SELECT count(*) FROM event WHERE kind = 'received'"), 1);
}

static void test_the_key_is_the_owners_alone(void **state _unused_)
{
        char path[PATH_MAX + 32];
        struct stat st;

        (void)snprintf(path, sizeof(path), "%s/audit.key", fixture.path);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(st.st_size, 32);
}

/* By another connection, which has not read it before. */
static void test_without_its_key_nothing_is_proved(void **state _unused_)
{
        _cleanup_(catalog_freep) Catalog *other = NULL;
        char path[PATH_MAX + 32], aside[PATH_MAX + 40];
        AuditReport report;
        int r;

        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(
                catalog_add_point(
                        fixture.catalog,
                        &(PointRow){.name = (char *)FIXTURE_POINT, .mode = 02770, .created = 1},
                        &fixture.point),
                0);
        add_five();
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        (void)snprintf(path, sizeof(path), "%s/audit.key", fixture.path);
        (void)snprintf(aside, sizeof(aside), "%s.aside", path);
        assert_int_equal(rename(path, aside), 0);
        assert_int_equal(catalog_open(fixture.store, &other), 0);
        r = catalog_audit_verify(other, &report);
        assert_int_equal(rename(aside, path), 0);
        assert_int_equal(r, 0);
        assert_int_equal(report.fault, AUDIT_NO_KEY);
        assert_int_equal(catalog_audit_verify(other, &report), 0);
        assert_int_equal(report.fault, AUDIT_WHOLE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_an_empty_log_is_whole),
                fixture_test(test_what_was_only_appended_is_whole),
                fixture_test(test_an_undone_part_of_a_transaction_leaves_it_whole),
                fixture_test(test_the_database_refuses_to_change_or_remove_an_event),
                fixture_test(test_a_change_of_any_field_is_found),
                fixture_test(test_a_change_of_what_is_not_sealed_yet_is_found_and_never_made_right),
                fixture_test(test_what_is_removed_while_it_waits_is_missing),
                fixture_test(test_what_does_not_get_a_seal_is_found),
                fixture_test(test_a_seal_that_is_gone_or_another_ones_is_found),
                fixture_test(test_a_sealed_entry_that_waits_again_gets_no_second_seal),
                fixture_test(test_a_copied_entry_is_found),
                fixture_test(test_an_invented_entry_with_a_hash_is_found_and_stops_nothing),
                fixture_test(test_an_entry_removed_from_the_middle_or_the_start_is_missing),
                fixture_test(test_entries_that_changed_places_are_found),
                fixture_test(test_a_cut_off_end_is_found_by_the_sequence_and_by_the_head),
                fixture_test(test_a_cut_off_end_is_found_by_the_head_alone),
                fixture_test(test_a_head_of_nonsense_stops_nothing),
                fixture_test(test_an_earlier_head_is_found_for_ever),
                fixture_test(test_a_head_written_without_the_key_is_found_for_ever),
                fixture_test(test_a_head_that_is_gone_is_found),
                fixture_test(test_an_entry_of_another_hand_is_found),
                fixture_test(test_entries_of_an_earlier_version_lie_before_the_beginning),
                fixture_test(test_an_entry_names_the_user_and_hides_the_number),
                fixture_test(test_the_newest_are_listed_oldest_first),
                fixture_test(test_entries_are_listed_in_the_order_of_their_numbers),
                fixture_test(test_a_history_is_one_persons),
                fixture_test(test_a_history_has_what_came_before_the_chain),
                fixture_test(test_a_person_is_found_by_either_number),
                fixture_test(test_a_submission_is_received_once),
                fixture_test(test_the_key_is_the_owners_alone),
                cmocka_unit_test(test_without_its_key_nothing_is_proved),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
