/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/event.h>
#include <idphoto/rename.h>
#include <idphoto/withdraw.h>

static void get(int64_t submission, SubmissionRow *ret)
{
        assert_int_equal(catalog_get_submission(fixture.catalog, submission, ret), 1);
}

static bool has_alias(const char *name)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_find_alias(fixture.catalog,
                                   (Where){fixture.batch, fixture.point, FOLDER_POINT}, name, &row);

        assert_true(r >= 0);
        return r > 0;
}

static void set_original(int64_t submission)
{
        Sha256 hash = fixture_blob("original");

        assert_int_equal(catalog_set_submission_original(fixture.catalog, submission, &hash, 8), 0);
}

/* ---- a mistake is mended by a new name ---- */

static int resubmit(int64_t rejected, const char *name, int64_t *ret_id)
{
        const NewName to = {.folder = FOLDER_POINT, .name = name, .uid = 7};

        return rename_resubmit(fixture.catalog, rejected, &to, fixture_later(), ret_id);
}

static void test_a_new_name_has_the_original_judged_again(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow old = {}, new = {};
        int64_t id = fixture_rejected("a.jpg", REASON_NAME_NO_NUMBER), again;

        assert_int_equal(resubmit(id, FIXTURE_ID ".jpg", &again), 0);
        get(id, &old);
        get(again, &new);
        assert_int_equal(old.state, SUBMISSION_SUPERSEDED);
        assert_int_equal(new.state, SUBMISSION_RECEIVED);
        assert_string_equal(new.name, FIXTURE_ID ".jpg");
        assert_true(new.has_original);
        assert_true(sha256_equal(&new.original, &old.original));
        assert_int_equal(new.size, old.size);
        assert_int_equal(new.mtime, old.mtime);
        assert_int_equal(new.received, fixture.now);
        assert_int_equal(new.actor, 7);
        assert_int_equal(new.uid, old.uid);
}

static void test_a_file_is_resubmitted_once(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_NAME_NO_NUMBER), again, twice = -1;

        assert_int_equal(resubmit(id, FIXTURE_ID ".jpg", &again), 0);
        assert_int_equal(resubmit(id, FIXTURE_ID_2 ".jpg", &twice), -ENOENT);
        assert_int_equal(twice, -1);
}

static void test_a_withdrawn_photo_may_be_resubmitted(void **state _unused_)
{
        _cleanup_photo_ PhotoRow photo = {};
        int64_t id = fixture_accepted(FIXTURE_ID, "a.jpg"), again;

        assert_int_equal(catalog_get_photo(fixture.catalog, id, &photo), 1);
        assert_int_equal(withdraw_photo(fixture.catalog, id, 0, 1), 0);
        assert_int_equal(resubmit(photo.submission, FIXTURE_ID_2 ".jpg", &again), 0);
        assert_int_equal(fixture_state(again), SUBMISSION_RECEIVED);
}

static void test_a_broken_name_changes_nothing(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_NAME_NO_NUMBER), again = -1;

        assert_int_equal(resubmit(id, "\xff.jpg", &again), -EILSEQ);
        assert_int_equal(again, -1);
        assert_int_equal(fixture_state(id), SUBMISSION_REJECTED);
}

/* ---- something takes the name ---- */

/* ---- another name for what is finished ---- */

static int rename_to(int64_t submission, const char *name, bool brought_back, int64_t *ret_id)
{
        const NewName to = {
                .folder = FOLDER_POINT, .name = name, .brought_back = brought_back, .uid = 7};

        return rename_alias(fixture.catalog, submission, &to, fixture_later(), ret_id);
}

static int64_t submission_of(int64_t photo)
{
        _cleanup_photo_ PhotoRow row = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        return row.submission;
}

static void test_a_name_of_the_same_student_only_moves(void **state _unused_)
{
        int64_t id = submission_of(fixture_accepted(FIXTURE_ID, "a.jpg")), again = -1;

        assert_int_equal(rename_to(id, "photo of " FIXTURE_ID ".jpg", false, &again), 0);
        assert_int_equal(again, -1);
        assert_int_equal(fixture_state(id), SUBMISSION_ACCEPTED);
        assert_false(has_alias("a.jpg"));
        assert_true(has_alias("photo of " FIXTURE_ID ".jpg"));
}

static void test_a_name_of_another_student_takes_the_photo_along(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow new = {};
        int64_t id = submission_of(fixture_accepted(FIXTURE_ID, "a.jpg")), again;

        assert_int_equal(rename_to(id, FIXTURE_ID_2 ".jpg", false, &again), 1);
        assert_int_equal(fixture_state(id), SUBMISSION_SUPERSEDED);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_MISSING);
        assert_false(has_alias("a.jpg"));
        get(again, &new);
        assert_int_equal(new.state, SUBMISSION_RECEIVED);
        assert_string_equal(new.name, FIXTURE_ID_2 ".jpg");
        assert_true(new.has_original);
}

static void test_a_name_that_is_nobodys_takes_the_photo_along(void **state _unused_)
{
        int64_t id = submission_of(fixture_accepted(FIXTURE_ID, "a.jpg")), again;

        assert_int_equal(rename_to(id, "holiday.jpg", false, &again), 1);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_MISSING);
}

static void test_an_approved_photo_keeps_its_student(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), again = -1;
        _cleanup_student_ StudentRow student = {};
        int64_t id = submission_of(photo);

        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &student),
                         1);
        assert_int_equal(catalog_set_student(fixture.catalog, student.id, REVIEW_APPROVED, photo),
                         0);
        assert_int_equal(rename_to(id, FIXTURE_ID_2 ".jpg", false, &again), -EPERM);
        assert_int_equal(again, -1);
}

static void test_what_was_put_aside_comes_back_by_a_name(void **state _unused_)
{
        static const SubmissionState states[] = {SUBMISSION_REJECTED, SUBMISSION_DISMISSED,
                                                 SUBMISSION_WITHDRAWN};

        for (size_t i = 0; i < ELEMENTSOF(states); i++) {
                int64_t id = fixture_received("a.jpg"), again;

                set_original(id);
                assert_int_equal(catalog_set_submission_state(fixture.catalog, id, states[i]), 0);
                assert_int_equal(rename_to(id, FIXTURE_ID ".jpg", true, &again), 1);
                assert_int_equal(fixture_state(again), SUBMISSION_RECEIVED);
                assert_int_equal(catalog_remove_submission(fixture.catalog, again), 0);
        }
}

static void test_what_is_unfinished_has_no_dropped_name_to_change(void **state _unused_)
{
        int64_t id = fixture_received("a.jpg"), again = -1;

        assert_int_equal(rename_to(id, FIXTURE_ID ".jpg", false, &again), -ESTALE);
        assert_int_equal(again, -1);
}

/* ---- a photo, and names under which nothing is judged ---- */

static void test_a_photo_under_another_name_is_judged_again(void **state _unused_)
{
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg"), id;
        const NewName to = {.folder = FOLDER_POINT, .name = FIXTURE_ID_2 ".jpg", .uid = 7};
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(rename_photo(fixture.catalog, photo, &to, fixture_later(), &id), 0);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_MISSING);
        assert_int_equal(catalog_get_submission(fixture.catalog, id, &row), 1);
        assert_string_equal(row.name, FIXTURE_ID_2 ".jpg");
        assert_int_equal(row.state, SUBMISSION_RECEIVED);
        assert_true(row.has_original);
        assert_int_equal(rename_photo(fixture.catalog, 4711, &to, 1, &id), -ENOENT);
}

static void test_a_name_is_set_aside_and_hidden(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);
        const NewName to = {.folder = FOLDER_POINT, .name = "a.jpg~"};
        Where where = {fixture.batch, fixture.point, FOLDER_POINT};
        _cleanup_submission_ SubmissionRow found = {}, hidden = {};

        assert_int_equal(rename_aside(fixture.catalog, id, &to), 0);
        assert_int_equal(fixture_state(id), SUBMISSION_REJECTED);
        assert_int_equal(catalog_find_alias(fixture.catalog, where, "a.jpg~", &found), 1);
        assert_int_equal(found.id, id);
        assert_int_equal(rename_hide(fixture.catalog, id), 0);
        assert_int_equal(catalog_find_alias(fixture.catalog, where, "a.jpg~", &hidden), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_new_name_has_the_original_judged_again),
                fixture_test(test_a_file_is_resubmitted_once),
                fixture_test(test_a_withdrawn_photo_may_be_resubmitted),
                fixture_test(test_a_broken_name_changes_nothing),
                fixture_test(test_a_name_of_the_same_student_only_moves),
                fixture_test(test_a_name_of_another_student_takes_the_photo_along),
                fixture_test(test_a_name_that_is_nobodys_takes_the_photo_along),
                fixture_test(test_an_approved_photo_keeps_its_student),
                fixture_test(test_what_was_put_aside_comes_back_by_a_name),
                fixture_test(test_what_is_unfinished_has_no_dropped_name_to_change),
                fixture_test(test_a_photo_under_another_name_is_judged_again),
                fixture_test(test_a_name_is_set_aside_and_hidden),
        };

        return cmocka_run_group_tests_name("rename", tests, fixture_open, fixture_close);
}
