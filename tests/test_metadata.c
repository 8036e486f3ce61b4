/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/event.h>
#include <idphoto/metadata.h>

static const mode_t mode = 0600;
static const uid_t uid = 4711;
static const gid_t gid = 4712;
static const int64_t mtime = 5 * NSEC_PER_SEC;

static SubmissionRow row_of(int64_t id)
{
        SubmissionRow row = {};

        assert_int_equal(catalog_get_submission(fixture.catalog, id, &row), 1);
        return row;
}

static void test_what_is_not_given_stays(void **state _unused_)
{
        int64_t id = fixture_upload("a.jpg");
        SubmissionRow before = row_of(id), after;

        assert_int_equal(
                metadata_set_submission(fixture.catalog, id, &(MetadataChange){.mtime = &mtime}),
                0);
        after = row_of(id);
        assert_int_equal(after.mtime, mtime);
        assert_int_equal(after.mode, before.mode);
        assert_int_equal(after.uid, before.uid);
        assert_int_equal(after.gid, before.gid);
        submission_row_done(&before);
        submission_row_done(&after);
        assert_int_equal(
                metadata_set_submission(fixture.catalog, 4711, &(MetadataChange){.mtime = &mtime}),
                -ESTALE);
}

static void test_owner_and_mode_are_taken_while_programs_copy(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);
        MetadataChange change = {.mode = &mode, .uid = &uid, .gid = &gid, .mtime = &mtime};
        SubmissionRow row;

        assert_int_equal(metadata_set_finished(fixture.catalog, id, &change, fixture.now), 0);
        row = row_of(id);
        assert_int_equal(row.mode, mode);
        assert_int_equal(row.uid, uid);
        assert_int_equal(row.gid, gid);
        submission_row_done(&row);
        fixture.now += 60 * NSEC_PER_SEC;
        assert_int_equal(metadata_set_finished(fixture.catalog, id, &change, fixture.now), -EPERM);
        assert_int_equal(metadata_set_finished(fixture.catalog, id,
                                               &(MetadataChange){.mtime = &mtime}, fixture.now),
                         0);
}

static void test_the_time_of_an_approved_photo_stays(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        MetadataChange change = {.mtime = &mtime};
        _cleanup_student_ StudentRow student = {};

        assert_int_equal(metadata_set_photo(fixture.catalog, photo, &change, fixture.now), 0);
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &student),
                         1);
        assert_int_equal(catalog_set_student(fixture.catalog, student.id, REVIEW_APPROVED, photo),
                         0);
        assert_int_equal(metadata_set_photo(fixture.catalog, photo, &change, fixture.now), -EPERM);
        assert_int_equal(metadata_set_photo(fixture.catalog, 4711, &change, fixture.now), -ESTALE);
}

static void test_a_folder_has_all_of_them(void **state _unused_)
{
        int64_t id = fixture_folder(FOLDER_POINT, "一班");
        MetadataChange change = {.mode = &mode, .uid = &uid, .gid = &gid, .mtime = &mtime};
        _cleanup_folder_ FolderRow row = {};

        assert_int_equal(metadata_set_folder(fixture.catalog, id, &change, fixture.now), 0);
        assert_int_equal(catalog_get_folder(fixture.catalog, id, &row), 1);
        assert_int_equal(row.mode, mode);
        assert_int_equal(row.uid, uid);
        assert_int_equal(row.gid, gid);
        assert_int_equal(row.mtime, mtime);
        assert_int_equal(metadata_set_folder(fixture.catalog, 4711, &change, fixture.now), -ESTALE);
}

static int count_changes(const EventRow *row, void *userdata)
{
        *(int *)userdata += row->kind == EVENT_POINT_CHANGED && row->uid == 7;
        return 0;
}

static int changes_in_the_log(void)
{
        int n = 0;

        assert_true(catalog_list_events(fixture.catalog, fixture.point, 100, count_changes, &n) >=
                    0);
        return n;
}

static void test_the_log_tells_who_changed_a_point(void **state _unused_)
{
        MetadataChange owner = {.uid = &uid, .actor = 7}, time = {.mtime = &mtime, .actor = 7};
        _cleanup_point_ PointRow row = {};
        const uid_t other = 4713;

        assert_int_equal(
                metadata_set_point(fixture.catalog, fixture.point, false, &owner, fixture.now), 0);
        assert_int_equal(changes_in_the_log(), 1);
        /* The same again changes nothing, and a time is not told. */
        assert_int_equal(
                metadata_set_point(fixture.catalog, fixture.point, false, &owner, fixture.now), 0);
        assert_int_equal(
                metadata_set_point(fixture.catalog, fixture.point, false, &time, fixture.now), 0);
        assert_int_equal(changes_in_the_log(), 1);
        owner.uid = &other;
        assert_int_equal(
                metadata_set_point(fixture.catalog, fixture.point, true, &owner, fixture.now), 0);
        assert_int_equal(changes_in_the_log(), 2);
        assert_int_equal(catalog_get_point(fixture.catalog, fixture.point, &row), 1);
        assert_int_equal(row.uid, uid);
        assert_int_equal(row.submitted_uid, other);
        assert_int_equal(row.mtime, mtime);
        assert_int_equal(metadata_set_point(fixture.catalog, 4711, false, &owner, fixture.now),
                         -ESTALE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_what_is_not_given_stays),
                fixture_test(test_owner_and_mode_are_taken_while_programs_copy),
                fixture_test(test_the_time_of_an_approved_photo_stays),
                fixture_test(test_a_folder_has_all_of_them),
                fixture_test(test_the_log_tells_who_changed_a_point),
        };

        return cmocka_run_group_tests_name("metadata", tests, fixture_open, fixture_close);
}
