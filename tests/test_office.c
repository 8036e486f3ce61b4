/* SPDX-License-Identifier: MIT */
#include "worldfixture.h"

#include <idphoto/correction.h>
#include <idphoto/review.h>
#include <names/inbox-import.h>
#include <names/office-decide.h>
#include <tree/office.h>

/* What reviewers and commands do, and what watchers are told of it; the folder of dropped lists. */

static Node office(NodeKind kind)
{
        return (Node){.kind = kind, .id = world.point};
}

static Node reason_dir(ReasonCode reason)
{
        size_t i = 0;

        while (reason_decision(i) != reason)
                i++;
        return (Node){.kind = NODE_OFFICE_REASON, .id = (int64_t)i};
}

static Node import_dir(void)
{
        return (Node){.kind = NODE_OFFICE_DIR, .id = OFFICE_IMPORT};
}

static int decide(Node from, Node to, const char *name)
{
        return namespace_rename(&world.names, (DirectoryName){from, name},
                                (DirectoryName){to, name}, false, (Actor){.uid = 0});
}

/* ---- moving is deciding ---- */

static void test_moving_approves_and_reopens(void **state _unused_)
{
        (void)world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        assert_means(office(NODE_OFFICE_PENDING), FIXTURE_ID ".jpg", NODE_OFFICE_PHOTO);
        assert_int_equal(decide(office(NODE_OFFICE_PENDING), office(NODE_OFFICE_APPROVED),
                                FIXTURE_ID ".jpg"),
                         0);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_APPROVED);
        assert_means_nothing(office(NODE_OFFICE_PENDING), FIXTURE_ID ".jpg");
        assert_int_equal(decide(office(NODE_OFFICE_APPROVED), office(NODE_OFFICE_PENDING),
                                FIXTURE_ID ".jpg"),
                         0);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_PENDING);
}

static void test_a_rejection_is_seen_by_the_point(void **state _unused_)
{
        (void)world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        world_forget_agenda();
        assert_int_equal(
                decide(office(NODE_OFFICE_PENDING), reason_dir(REASON_HAIR), FIXTURE_ID ".jpg"), 0);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_REJECTED);
        assert_means(world_rejected_dir(), FIXTURE_ID ".jpg", NODE_REJECTED);
        assert_true(world_told(FIXTURE_POINT "/" FIXTURE_ID ".jpg",
                               FIXTURE_POINT "/rejected/" FIXTURE_ID ".jpg"));
}

static void test_what_is_no_decision_is_refused(void **state _unused_)
{
        int64_t other;

        WORLD_ROWS
        {
                other = fixture_point("大连分校");
        }
        (void)world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        assert_int_equal(decide(office(NODE_OFFICE_PENDING),
                                (Node){.kind = NODE_OFFICE_APPROVED, .id = other},
                                FIXTURE_ID ".jpg"),
                         -EACCES);
        assert_int_equal(
                namespace_rename(&world.names,
                                 (DirectoryName){office(NODE_OFFICE_PENDING), FIXTURE_ID ".jpg"},
                                 (DirectoryName){office(NODE_OFFICE_APPROVED), FIXTURE_ID_2 ".jpg"},
                                 false, (Actor){}),
                -EACCES);
        assert_int_equal(decide(office(NODE_OFFICE_APPROVED), office(NODE_OFFICE_PENDING),
                                FIXTURE_ID ".jpg"),
                         -ENOENT);
        assert_int_equal(decide(world_dir(), office(NODE_OFFICE_APPROVED), FIXTURE_ID ".jpg"),
                         -EACCES);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_PENDING);
}

/* ---- the note ---- */

static int64_t rejected_photo(void)
{
        (void)world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        assert_int_equal(
                decide(office(NODE_OFFICE_PENDING), reason_dir(REASON_HAIR), FIXTURE_ID ".jpg"), 0);
        return world_find(reason_dir(REASON_HAIR), FIXTURE_ID ".jpg").id;
}

static char *note_of(int64_t photo)
{
        _cleanup_photo_ PhotoRow row = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        return strdup(row.note);
}

static void test_the_words_are_what_stands_below_the_line(void **state _unused_)
{
        int64_t photo = rejected_photo();
        _cleanup_free_ char *text = NULL, *edited = NULL, *note = NULL, *alone = NULL;
        size_t size;

        assert_int_equal(office_note_text(&world.tree, fixture.catalog, photo, &text, &size), 0);
        assert_true(asprintf(&edited, "%s\r\n 请剪刘海 \r\n", text) > 0);
        assert_int_equal(
                office_note_save(&world.names, photo, edited, strlen(edited), (Actor){.uid = 0}),
                0);
        note = note_of(photo);
        assert_string_equal(note, "请剪刘海");
        /* Where somebody has cleared the file and begun anew, all of it. */
        assert_int_equal(office_note_save(&world.names, photo, "only this", 9, (Actor){.uid = 0}),
                         0);
        alone = note_of(photo);
        assert_string_equal(alone, "only this");
        assert_int_equal(office_note_save(&world.names, photo, "a\0b", 3, (Actor){.uid = 0}),
                         -EILSEQ);
}

/* ---- what commands did ---- */

static void test_a_command_s_decision_is_told(void **state _unused_)
{
        _cleanup_student_ StudentRow student = {};
        _cleanup_photo_ PhotoRow photo = {};
        ReviewDecision decision = {
                .event = REVIEW_APPROVE, .reason = _REASON_INVALID, .now = fixture.now};

        (void)world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        assert_int_equal(catalog_find_student(fixture.catalog, (Where){fixture.batch, world.point},
                                              FIXTURE_ID, &student),
                         1);
        watch_poll(&world.names);
        world_forget_agenda();
        WORLD_ROWS
        {
                assert_true(review_decide(fixture.catalog, student.photo, &decision) > 0);
        }
        watch_poll(&world.names);
        assert_true(world_told("OFFICE/pending/" FIXTURE_POINT "/" FIXTURE_ID ".jpg",
                               "OFFICE/approved/" FIXTURE_POINT "/" FIXTURE_ID ".jpg"));
        /* Nothing new is nobody's news. */
        watch_poll(&world.names);
        assert_false(world_told("OFFICE/pending/" FIXTURE_POINT "/" FIXTURE_ID ".jpg",
                                "OFFICE/approved/" FIXTURE_POINT "/" FIXTURE_ID ".jpg"));
}

static void test_a_new_point_is_told_as_a_directory(void **state _unused_)
{
        WORLD_ROWS
        {
                EventRow event = {.wall = fixture.now, .kind = EVENT_POINT_ADDED};

                event.point = fixture_point("大连分校");
                assert_true(catalog_add_event(fixture.catalog, &event) >= 0);
        }
        watch_poll(&world.names);
        assert_true(world_told("大连分校", NULL));
}

/* Runs a correction as a command does, and looks at what is told of it. */
#define CORRECTED(call) \
        do { \
                _cleanup_correction_ CorrectionReport report = {}; \
                CorrectionOptions options = { \
                        .batch = fixture.batch, .point = world.point, .now = fixture.now}; \
                watch_poll(&world.names); \
                world_forget_agenda(); \
                WORLD_ROWS \
                { \
                        assert_int_equal(call, 0); \
                        assert_int_equal(report.refusal, _CORRECTION_REFUSAL_INVALID); \
                } \
                watch_poll(&world.names); \
        } while (false)

static void test_a_corrected_number_is_told_as_a_rename(void **state _unused_)
{
        DocumentNumber number;

        (void)world_finished(world_dir(), "a " FIXTURE_ID ".jpg", FIXTURE_ID);
        assert_int_equal(document_number(FIXTURE_ID_2, &number), 0);
        CORRECTED(correct_student(fixture.catalog, &options, FIXTURE_ID, &number, &report));
        {
                Entry entry;

                /* The former name resolves a moment longer, for the rename to begin at. */
                assert_int_equal(
                        namespace_find(&world.names, world_dir(), FIXTURE_ID ".jpg", &entry), 1);
                assert_true(entry.ghost);
        }
        assert_true(world_told(FIXTURE_POINT "/" FIXTURE_ID ".jpg",
                               FIXTURE_POINT "/" FIXTURE_ID_2 ".jpg"));
}

static void test_a_moved_student_is_told_as_a_rename(void **state _unused_)
{
        int64_t other = 0;

        WORLD_ROWS
        {
                other = fixture_point("大连分校");
        }
        (void)world_finished(world_dir(), "a " FIXTURE_ID ".jpg", FIXTURE_ID);
        CORRECTED(correct_point_of_student(fixture.catalog, &options, FIXTURE_ID, other, &report));
        assert_true(world_told(FIXTURE_POINT "/" FIXTURE_ID ".jpg", "大连分校/" FIXTURE_ID ".jpg"));
}

static void test_a_removed_student_is_told_as_a_removal(void **state _unused_)
{
        (void)world_finished(world_dir(), "a " FIXTURE_ID ".jpg", FIXTURE_ID);
        CORRECTED(correct_student_away(fixture.catalog, &options, FIXTURE_ID, &report));
        assert_true(world_told(FIXTURE_POINT "/" FIXTURE_ID ".jpg", NULL));
}

static void test_points_are_told_by_both_names(void **state _unused_)
{
        CORRECTED(correct_point_name(fixture.catalog, &options, "抚顺分校", &report));
        assert_true(world_told(FIXTURE_POINT, "抚顺分校"));
        CORRECTED(correct_point_away(fixture.catalog, &options, &report));
        assert_true(world_told("抚顺分校", NULL));
}

/* ---- the folder of dropped lists ---- */

static Node drop_list(const char *name, const char *text)
{
        Node node;
        int fd;

        assert_int_equal(
                inbox_create(world.tree.inbox, name, (Actor){.uid = geteuid()}, &node, &fd), 0);
        assert_int_equal(inbox_write(fd, text, strlen(text), 0), 0);
        (void)close(fd);
        return node;
}

static void test_a_list_stands_in_import_until_it_is_deleted(void **state _unused_)
{
        Node node = drop_list("名册.csv", "a,b\n");
        struct stat st;

        assert_means(import_dir(), "名册.csv", NODE_INBOX);
        assert_int_equal(inbox_attributes(world.tree.inbox, node, &st), 0);
        assert_int_equal(st.st_size, 4);
        assert_int_equal(st.st_gid, 13);
        assert_int_equal(inbox_unlink(world.tree.inbox, "名册.csv"), 0);
        assert_means_nothing(import_dir(), "名册.csv");
        assert_int_equal(inbox_attributes(world.tree.inbox, node, &st), -ESTALE);
}

static void test_reports_are_not_written_by_clients(void **state _unused_)
{
        Node node;
        int fd;

        assert_int_equal(
                inbox_create(world.tree.inbox, "名册.csv.report.txt", (Actor){}, &node, &fd),
                -EACCES);
        (void)drop_list("名册.csv", "a,b\n");
        assert_int_equal(inbox_rename(&world.names, "名册.csv", "x.report.txt", false), -EACCES);
        assert_int_equal(inbox_write(0, "x", 1, INBOX_FILE_BYTES_MAX), -EFBIG);
}

static int count_list(const char *name _unused_, const Entry *entry _unused_,
                      uint64_t next _unused_, void *userdata)
{
        ++*(int *)userdata;
        return 0;
}

static void test_what_is_unfinished_is_not_listed(void **state _unused_)
{
        int n = 0;

        (void)drop_list("a.csv", "a");
        (void)drop_list(".b.csv.Ab3dEf", "b");
        assert_int_equal(inbox_list(world.tree.inbox, 0, count_list, &n), 0);
        assert_int_equal(n, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_test(test_moving_approves_and_reopens),
                world_test(test_a_rejection_is_seen_by_the_point),
                world_test(test_what_is_no_decision_is_refused),
                world_test(test_the_words_are_what_stands_below_the_line),
                world_test(test_a_command_s_decision_is_told),
                world_test(test_a_new_point_is_told_as_a_directory),
                world_test(test_a_corrected_number_is_told_as_a_rename),
                world_test(test_a_moved_student_is_told_as_a_rename),
                world_test(test_a_removed_student_is_told_as_a_removal),
                world_test(test_points_are_told_by_both_names),
                world_test(test_a_list_stands_in_import_until_it_is_deleted),
                world_test(test_reports_are_not_written_by_clients),
                world_test(test_what_is_unfinished_is_not_listed),
        };

        return cmocka_run_group_tests_name("office", tests, NULL, NULL);
}
