/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/submission.h>

#include <inttypes.h>
#include <math.h>

/* Submissions, their names and their findings. */

static void get(int64_t id, SubmissionRow *ret)
{
        assert_int_equal(catalog_get_submission(fixture.catalog, id, ret), 1);
}

typedef int (*Finder)(Catalog *catalog, Where where, const char *name, SubmissionRow *ret);

/* The id of what the finder finds; 0: nothing. */
static int64_t found_by(Finder finder, int64_t folder, const char *name)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = finder(fixture.catalog, (Where){fixture.batch, fixture.point, folder}, name, &row);

        assert_in_range(r, 0, 1);
        return row.id;
}

static int64_t shown_as(const char *name)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_find_rejected(fixture.catalog, (Where){fixture.batch, fixture.point}, name,
                                      &row);

        assert_in_range(r, 0, 1);
        return row.id;
}

static void set_state(int64_t id, SubmissionState state)
{
        assert_int_equal(catalog_set_submission_state(fixture.catalog, id, state), 0);
}

static void test_every_state_has_a_name_of_its_own(void **state _unused_)
{
        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                assert_non_null(submission_state_to_string((SubmissionState)i));
                for (int k = 0; k < i; k++)
                        assert_string_not_equal(submission_state_to_string((SubmissionState)i),
                                                submission_state_to_string((SubmissionState)k));
        }
        assert_null(submission_state_to_string(_SUBMISSION_STATE_MAX));
        assert_null(submission_state_to_string(_SUBMISSION_STATE_INVALID));
}

static void test_a_submission_is_read_as_it_was_added(void **state _unused_)
{
        SubmissionRow row = {
                .id = 4711,
                .batch = fixture.batch,
                .point = fixture.point,
                .folder = FOLDER_SUBMITTED,
                .name = (char *)"张三.jpg",
                .temporary = true,
                .state = SUBMISSION_ACCEPTED,
                .size = UINT64_C(1) << 40,
                .mtime = -1,
                .mode = 0604,
                .uid = 4294967294u,
                .gid = 3,
                .actor = 4,
                .created = 5,
        };
        _cleanup_submission_ SubmissionRow read = {};
        int64_t id;

        assert_int_equal(catalog_add_submission(fixture.catalog, &row, &id), 0);
        assert_int_not_equal(id, 4711);
        get(id, &read);
        assert_int_equal(read.id, id);
        assert_int_equal(read.folder, FOLDER_SUBMITTED);
        assert_string_equal(read.name, "张三.jpg");
        assert_null(read.shown_name);
        assert_true(read.temporary);
        assert_int_equal(read.state, SUBMISSION_OPEN);
        assert_int_equal(read.size, UINT64_C(1) << 40);
        assert_int_equal(read.mtime, -1);
        assert_int_equal(read.mode, 0604);
        assert_int_equal(read.uid, 4294967294u);
        assert_int_equal(read.gid, 3);
        assert_int_equal(read.actor, 4);
        assert_int_equal(read.created, 5);
        assert_int_equal(read.received, 0);
        assert_false(read.has_original);
        assert_int_equal(read.student, 0);
        assert_int_equal(read.photo, 0);
}

static void test_a_submission_that_is_not_there_is_not_found(void **state _unused_)
{
        SubmissionRow row = {};

        assert_int_equal(catalog_get_submission(fixture.catalog, 4711, &row), 0);
        assert_null(row.name);
        assert_int_equal(found_by(catalog_find_upload, FOLDER_POINT, "a.jpg"), 0);
        assert_int_equal(found_by(catalog_find_alias, FOLDER_POINT, "a.jpg"), 0);
        assert_int_equal(found_by(catalog_find_upload, FOLDER_POINT, "\xff"), 0);
        assert_int_equal(shown_as("\xff"), 0);
}

static void test_each_change_is_written_down(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        int64_t id = fixture_upload("a.jpg");
        Sha256 hash = fixture_blob("a");

        assert_int_equal(catalog_set_submission_received(fixture.catalog, id, 10, 11, 12), 0);
        assert_int_equal(catalog_set_submission_original(fixture.catalog, id, &hash, 13), 0);
        assert_int_equal(catalog_set_submission_attributes(fixture.catalog, id, 0600, 14, 15, 16),
                         0);
        assert_int_equal(catalog_set_submission_student(fixture.catalog, id, 17), 0);
        get(id, &row);
        assert_int_equal(row.state, SUBMISSION_RECEIVED);
        assert_int_equal(row.received, 12);
        assert_true(row.has_original);
        assert_true(sha256_equal(&row.original, &hash));
        assert_int_equal(row.size, 13);
        assert_int_equal(row.mode, 0600);
        assert_int_equal(row.uid, 14);
        assert_int_equal(row.gid, 15);
        assert_int_equal(row.mtime, 16);
        assert_int_equal(row.student, 17);
}

static void test_a_time_that_a_client_sets_is_the_photos_too(void **state _unused_)
{
        int64_t id = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_photo_ PhotoRow before = {}, after = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, id, &before), 1);
        assert_int_equal(catalog_set_submission_attributes(fixture.catalog, before.submission, 0640,
                                                           0, 0, 12345),
                         0);
        assert_int_equal(catalog_get_photo(fixture.catalog, id, &after), 1);
        assert_int_equal(after.mtime, 12345);
}

/* ---- names ---- */

static void test_a_name_is_an_upload_until_it_has_its_place(void **state _unused_)
{
        int64_t id = fixture_upload("a.jpg");

        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                bool unfinished = i <= SUBMISSION_FAILED;

                set_state(id, (SubmissionState)i);
                assert_int_equal(found_by(catalog_find_upload, FOLDER_POINT, "a.jpg"),
                                 unfinished ? id : 0);
                assert_int_equal(found_by(catalog_find_alias, FOLDER_POINT, "a.jpg"),
                                 unfinished ? 0 : id);
        }
}

static void test_the_newest_of_a_name_is_found(void **state _unused_)
{
        int64_t first = fixture_upload("a.jpg"), second = fixture_upload("ａ.jpg");

        assert_int_equal(found_by(catalog_find_upload, FOLDER_POINT, "a.jpg"), second);
        set_state(first, SUBMISSION_REJECTED);
        set_state(second, SUBMISSION_ACCEPTED);
        assert_int_equal(found_by(catalog_find_alias, FOLDER_POINT, "a.jpg"), second);
}

static void test_names_of_other_folders_points_and_batches_are_others(void **state _unused_)
{
        int64_t folder = fixture_folder(FOLDER_POINT, "f"), id = fixture_upload("a.jpg");
        SubmissionRow row = {};

        assert_int_equal(found_by(catalog_find_upload, folder, "a.jpg"), 0);
        assert_int_equal(found_by(catalog_find_upload, FOLDER_REJECTED, "a.jpg"), 0);
        assert_int_equal(catalog_find_upload(fixture.catalog,
                                             (Where){fixture.batch, 4711, FOLDER_POINT}, "a.jpg",
                                             &row),
                         0);
        assert_int_equal(catalog_find_upload(fixture.catalog,
                                             (Where){4711, fixture.point, FOLDER_POINT}, "a.jpg",
                                             &row),
                         0);
        assert_int_equal(found_by(catalog_find_upload, FOLDER_POINT, "a.jpg"), id);
}

static void test_a_renamed_submission_is_found_by_its_new_name(void **state _unused_)
{
        int64_t folder = fixture_folder(FOLDER_POINT, "f"), id = fixture_upload("a.jpg");

        assert_int_equal(
                catalog_set_submission_name(fixture.catalog, id, folder, "b\u00e9.jpg", false), 0);
        assert_int_equal(found_by(catalog_find_upload, FOLDER_POINT, "a.jpg"), 0);
        assert_int_equal(found_by(catalog_find_upload, folder, "be\u0301.jpg"), id);
        assert_int_equal(catalog_set_submission_name(fixture.catalog, id, folder, "\xff", false),
                         -EILSEQ);
        assert_int_equal(found_by(catalog_find_upload, folder, "b\u00e9.jpg"), id);
}

static void test_a_hidden_alias_uncovers_no_earlier_one(void **state _unused_)
{
        int64_t first = fixture_upload("a.jpg"), second = fixture_upload("a.jpg"), other, later;

        other = fixture_upload("b.jpg");
        set_state(first, SUBMISSION_REJECTED);
        set_state(second, SUBMISSION_ACCEPTED);
        set_state(other, SUBMISSION_ACCEPTED);
        assert_int_equal(catalog_hide_alias(fixture.catalog, second), 0);
        assert_int_equal(found_by(catalog_find_alias, FOLDER_POINT, "a.jpg"), 0);
        assert_int_equal(found_by(catalog_find_alias, FOLDER_POINT, "b.jpg"), other);
        later = fixture_upload("a.jpg");
        set_state(later, SUBMISSION_ACCEPTED);
        assert_int_equal(found_by(catalog_find_alias, FOLDER_POINT, "a.jpg"), later);
}

static void test_an_earlier_alias_leaves_the_later(void **state _unused_)
{
        int64_t first = fixture_upload("a.jpg"), second = fixture_upload("a.jpg");

        set_state(first, SUBMISSION_REJECTED);
        set_state(second, SUBMISSION_ACCEPTED);
        assert_int_equal(catalog_hide_alias(fixture.catalog, first), 0);
        assert_int_equal(found_by(catalog_find_alias, FOLDER_POINT, "a.jpg"), second);
}

static void test_a_rejected_file_is_found_by_what_it_is_shown_as(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);

        assert_int_equal(shown_as("ａ.jpg"), id);
        assert_int_equal(catalog_set_submission_applied(fixture.catalog, id, SUBMISSION_REJECTED,
                                                        "a (2).jpg", 7),
                         0);
        assert_int_equal(shown_as("a.jpg"), 0);
        assert_int_equal(shown_as("a (2).jpg"), id);
        set_state(id, SUBMISSION_DISMISSED);
        assert_int_equal(shown_as("a (2).jpg"), 0);
}

static void test_a_rejected_file_is_found_by_what_it_was_dropped_as(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);

        assert_int_equal(catalog_set_submission_applied(fixture.catalog, id, SUBMISSION_REJECTED,
                                                        "a (2).jpg", 7),
                         0);
        assert_int_equal(found_by(catalog_find_rejected_drop, FOLDER_POINT, "a.jpg"), id);
        assert_int_equal(found_by(catalog_find_rejected_drop, FOLDER_POINT, "a (2).jpg"), 0);
        assert_int_equal(found_by(catalog_find_rejected_drop, FOLDER_REJECTED, "a.jpg"), 0);
        set_state(id, SUBMISSION_SUPERSEDED);
        assert_int_equal(found_by(catalog_find_rejected_drop, FOLDER_POINT, "a.jpg"), 0);
}

static void test_a_name_is_free_when_no_file_and_no_note_has_it(void **state _unused_)
{
        int64_t plain = fixture_rejected("a.jpg", REASON_BLUR);
        char cut[32];
        const struct {
                const char *name;
                int is_free;
        } cases[] = {
                {"a.jpg", 0},
                {"ａ.jpg", 0},
                {"A.jpg", 1},
                {"b.jpg", 1},
                {"a", 1},
                {"a.jpg.txt", 1},
                /* may be the note of a.jpg */
                {"a.jpg - not sharp.txt", 0},
                {"a.jpg - not sharp +2.txt", 0},
                {"a.jpg - 不清晰.txt", 0},
                {"a.jpg - not sharp (2).txt", 1},
                {"a.jpg - anything else.txt", 1},
                {"a.jpg - not sharp.jpg", 1},
                {"b.jpg - not sharp.txt", 1},
                /* its note may be what is there */
                {"notes", 0},
                {"notes - not sharp.txt", 0},
                {"notes - of", 1},
                /* of a file whose name is cut in its note */
                {cut, 0},
                {"x~999999 - not sharp.txt", 1},
        };

        (void)snprintf(cut, sizeof(cut), "x~%" PRId64 " - eyes closed.txt", plain);
        (void)fixture_rejected("notes - not sharp.txt", REASON_FORMAT_TEXT);
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                int r = catalog_rejected_name_free(fixture.catalog,
                                                   (Where){fixture.batch, fixture.point},
                                                   cases[i].name, 4711);

                if (r != cases[i].is_free)
                        fail_msg("'%s': %d", cases[i].name, r);
        }
}

/* ---- listings ---- */

typedef struct Seen {
        int64_t ids[16];
        size_t n;
} Seen;

static int see(const SubmissionRow *row, void *userdata)
{
        Seen *seen = userdata;

        assert_true(seen->n < ELEMENTSOF(seen->ids));
        seen->ids[seen->n++] = row->id;
        return 0;
}

static int stop(const SubmissionRow *row _unused_, void *userdata _unused_)
{
        return 7;
}

static void test_uploads_of_a_directory_are_listed_by_id(void **state _unused_)
{
        int64_t folder = fixture_folder(FOLDER_POINT, "f"), a = fixture_upload("a.jpg"), b;
        Seen all = {}, rest = {};

        (void)fixture_upload_in(folder, "x.jpg", false);
        (void)fixture_upload_in(FOLDER_POINT, ".b.jpg.XXXX", true);
        (void)fixture_rejected("c.jpg", REASON_BLUR);
        b = fixture_received("b.jpg");
        assert_int_equal(catalog_list_uploads(fixture.catalog,
                                              (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                              0, see, &all),
                         0);
        assert_int_equal(all.n, 2);
        assert_int_equal(all.ids[0], a);
        assert_int_equal(all.ids[1], b);
        assert_int_equal(catalog_list_uploads(fixture.catalog,
                                              (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                              a, see, &rest),
                         0);
        assert_int_equal(rest.n, 1);
        assert_int_equal(catalog_list_uploads(fixture.catalog,
                                              (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                              0, stop, NULL),
                         7);
}

static void test_rejected_files_are_listed_by_id(void **state _unused_)
{
        int64_t a = fixture_rejected("a.jpg", REASON_BLUR), b;
        Seen all = {}, rest = {};

        (void)fixture_upload("x.jpg");
        b = fixture_rejected("b.jpg", REASON_BLUR);
        assert_int_equal(catalog_list_rejected(fixture.catalog,
                                               (Where){fixture.batch, fixture.point}, 0, see, &all),
                         0);
        assert_int_equal(all.n, 2);
        assert_int_equal(all.ids[1], b);
        assert_int_equal(catalog_list_rejected(fixture.catalog,
                                               (Where){fixture.batch, fixture.point}, a, see,
                                               &rest),
                         0);
        assert_int_equal(rest.n, 1);
}

static void test_submitted_lists_each_name_once_from_both_places(void **state _unused_)
{
        int64_t first = fixture_rejected("a.jpg", REASON_BLUR), second, direct;
        Seen all = {}, rest = {}, hidden = {};

        second = fixture_rejected("a.jpg", REASON_BLUR);
        direct = fixture_received_in(FOLDER_SUBMITTED, "b.jpg");
        set_state(direct, SUBMISSION_ACCEPTED);
        (void)fixture_upload("open.jpg");
        (void)first;
        assert_int_equal(
                catalog_list_aliases(fixture.catalog,
                                     (Where){fixture.batch, fixture.point, FOLDER_SUBMITTED},
                                     FOLDER_POINT, 0, see, &all),
                0);
        assert_int_equal(all.n, 2);
        assert_int_equal(all.ids[0], second);
        assert_int_equal(all.ids[1], direct);
        assert_int_equal(
                catalog_list_aliases(fixture.catalog,
                                     (Where){fixture.batch, fixture.point, FOLDER_SUBMITTED},
                                     FOLDER_POINT, second, see, &rest),
                0);
        assert_int_equal(rest.n, 1);
        assert_int_equal(catalog_hide_alias(fixture.catalog, second), 0);
        assert_int_equal(
                catalog_list_aliases(fixture.catalog,
                                     (Where){fixture.batch, fixture.point, FOLDER_SUBMITTED},
                                     FOLDER_POINT, 0, see, &hidden),
                0);
        assert_int_equal(hidden.n, 1);
        assert_int_equal(hidden.ids[0], direct);
}

static void test_unfinished_ones_are_listed_by_state_of_all_points(void **state _unused_)
{
        int64_t a = fixture_received("a.jpg"), b;

        fixture.point = fixture_point("大连分校");
        b = fixture_received("b.jpg");
        (void)fixture_upload("open.jpg");
        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                Seen seen = {}, rest = {};
                size_t expected = i <= SUBMISSION_FAILED ? 2 : 0;

                set_state(a, (SubmissionState)i);
                set_state(b, (SubmissionState)i);
                assert_int_equal(
                        catalog_list_by_state(fixture.catalog, (SubmissionState)i, 0, see, &seen),
                        0);
                assert_int_equal(seen.n, expected + (i == SUBMISSION_OPEN));
                assert_int_equal(
                        catalog_list_by_state(fixture.catalog, (SubmissionState)i, a, see, &rest),
                        0);
                assert_int_equal(rest.n, expected / 2 + (i == SUBMISSION_OPEN));
        }
}

/* ---- superseding ---- */

static void supersede(int64_t folder, const char *name, int64_t student, int64_t except)
{
        assert_int_equal(catalog_supersede_rejected(fixture.catalog,
                                                    (Where){fixture.batch, fixture.point, folder},
                                                    name, student, except),
                         0);
}

static void test_what_was_dropped_under_the_name_is_superseded(void **state _unused_)
{
        int64_t same = fixture_rejected("caf\u00e9.jpg", REASON_BLUR);
        int64_t other = fixture_rejected("b.jpg", REASON_BLUR), pending = fixture_received("a.jpg");

        supersede(FOLDER_POINT, "cafe\u0301.jpg", 0, 0);
        assert_int_equal(fixture_state(same), SUBMISSION_SUPERSEDED);
        assert_int_equal(fixture_state(other), SUBMISSION_REJECTED);
        supersede(FOLDER_POINT, "a.jpg", 0, 0);
        assert_int_equal(fixture_state(pending), SUBMISSION_RECEIVED);
}

static void test_the_excepted_one_stays(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);

        supersede(FOLDER_POINT, "a.jpg", 0, id);
        supersede(FOLDER_REJECTED, "a.jpg", 0, id);
        assert_int_equal(fixture_state(id), SUBMISSION_REJECTED);
}

static void test_only_what_is_dropped_into_rejected_goes_by_the_shown_name(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);

        assert_int_equal(catalog_set_submission_applied(fixture.catalog, id, SUBMISSION_REJECTED,
                                                        "a (2).jpg", 7),
                         0);
        supersede(FOLDER_POINT, "a (2).jpg", 0, 0);
        assert_int_equal(fixture_state(id), SUBMISSION_REJECTED);
        supersede(FOLDER_REJECTED, "a (2).jpg", 0, 0);
        assert_int_equal(fixture_state(id), SUBMISSION_SUPERSEDED);
}

static void test_what_is_the_students_is_superseded(void **state _unused_)
{
        int64_t student = fixture_student(FIXTURE_ID), other = fixture_student(FIXTURE_ID_2);
        int64_t his = fixture_rejected("a.jpg", REASON_BLUR);
        int64_t hers = fixture_rejected("b.jpg", REASON_BLUR);
        int64_t nobodys = fixture_rejected("c.jpg", REASON_BLUR);

        assert_int_equal(catalog_set_submission_student(fixture.catalog, his, student), 0);
        assert_int_equal(catalog_set_submission_student(fixture.catalog, hers, other), 0);
        supersede(FOLDER_POINT, "x.jpg", student, 0);
        assert_int_equal(fixture_state(his), SUBMISSION_SUPERSEDED);
        assert_int_equal(fixture_state(hers), SUBMISSION_REJECTED);
        assert_int_equal(fixture_state(nobodys), SUBMISSION_REJECTED);
}

static void test_a_submission_whose_photo_counts_is_not_removed(void **state _unused_)
{
        int64_t id = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_photo_ PhotoRow photo = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, id, &photo), 1);
        assert_refused(catalog_remove_submission(fixture.catalog, photo.submission), -EUCLEAN);
        assert_int_equal(fixture_state(photo.submission), SUBMISSION_ACCEPTED);
}

/* ---- findings ---- */

static void test_findings_come_back_as_they_were(void **state _unused_)
{
        int64_t id = fixture_upload("a.jpg");
        Findings findings = {}, back;
        Finding *f;

        f = findings_add_value(&findings, REASON_TOO_SMALL, FINDING_REJECT, 358, 480, NAN);
        f->measured2 = 441.5;
        (void)snprintf(f->detail, sizeof(f->detail), "%s", "说明");
        (void)findings_add(&findings, REASON_NOISE, FINDING_WARN);
        (void)findings_add(&findings, REASON_RESIZED, FINDING_FIXED);
        assert_int_equal(catalog_set_findings(fixture.catalog, id, &findings), 0);
        assert_int_equal(catalog_get_findings(fixture.catalog, id, &back), 0);
        assert_int_equal(back.n, 3);
        for (size_t i = 0; i < back.n; i++) {
                assert_int_equal(back.items[i].code, findings.items[i].code);
                assert_int_equal(back.items[i].level, findings.items[i].level);
        }
        f = &back.items[0];
        assert_true(f->measured == 358 && f->measured2 == 441.5 && f->min == 480);
        assert_true(isnan(f->max));
        assert_string_equal(f->detail, "说明");
        assert_true(isnan(back.items[1].measured));
        assert_string_equal(back.items[1].detail, "");
}

static void test_new_findings_replace_the_old(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);
        Findings none = {}, back;

        assert_int_equal(catalog_set_findings(fixture.catalog, id, &none), 0);
        assert_int_equal(catalog_get_findings(fixture.catalog, id, &back), 0);
        assert_int_equal(back.n, 0);
}

static void test_as_many_findings_as_there_can_be(void **state _unused_)
{
        int64_t id = fixture_upload("a.jpg");
        Findings findings = {}, back;

        for (int i = 0; i < FINDINGS_MAX; i++)
                (void)findings_add(&findings, (ReasonCode)i, FINDING_REJECT);
        assert_int_equal(catalog_set_findings(fixture.catalog, id, &findings), 0);
        assert_int_equal(catalog_get_findings(fixture.catalog, id, &back), 0);
        assert_int_equal(back.n, FINDINGS_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_state_has_a_name_of_its_own),
                fixture_test(test_a_submission_is_read_as_it_was_added),
                fixture_test(test_a_submission_that_is_not_there_is_not_found),
                fixture_test(test_each_change_is_written_down),
                fixture_test(test_a_time_that_a_client_sets_is_the_photos_too),
                fixture_test(test_a_name_is_an_upload_until_it_has_its_place),
                fixture_test(test_the_newest_of_a_name_is_found),
                fixture_test(test_names_of_other_folders_points_and_batches_are_others),
                fixture_test(test_a_renamed_submission_is_found_by_its_new_name),
                fixture_test(test_a_hidden_alias_uncovers_no_earlier_one),
                fixture_test(test_an_earlier_alias_leaves_the_later),
                fixture_test(test_a_rejected_file_is_found_by_what_it_is_shown_as),
                fixture_test(test_a_rejected_file_is_found_by_what_it_was_dropped_as),
                fixture_test(test_a_name_is_free_when_no_file_and_no_note_has_it),
                fixture_test(test_uploads_of_a_directory_are_listed_by_id),
                fixture_test(test_rejected_files_are_listed_by_id),
                fixture_test(test_submitted_lists_each_name_once_from_both_places),
                fixture_test(test_unfinished_ones_are_listed_by_state_of_all_points),
                fixture_test(test_what_was_dropped_under_the_name_is_superseded),
                fixture_test(test_the_excepted_one_stays),
                fixture_test(test_only_what_is_dropped_into_rejected_goes_by_the_shown_name),
                fixture_test(test_what_is_the_students_is_superseded),
                fixture_test(test_a_submission_whose_photo_counts_is_not_removed),
                fixture_test(test_findings_come_back_as_they_were),
                fixture_test(test_new_findings_replace_the_old),
                fixture_test(test_as_many_findings_as_there_can_be),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
