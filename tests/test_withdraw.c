/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/event.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/rename.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>

static void get(int64_t submission, SubmissionRow *ret)
{
        assert_int_equal(catalog_get_submission(fixture.catalog, submission, ret), 1);
}

static bool is_there(int64_t submission)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(fixture.catalog, submission, &row);

        assert_true(r >= 0);
        return r > 0;
}

static bool has_alias(const char *name)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_find_alias(fixture.catalog,
                                   (Where){fixture.batch, fixture.point, FOLDER_POINT}, name, &row);

        assert_true(r >= 0);
        return r > 0;
}

static int remember_event(const EventRow *row, void *userdata)
{
        EventRow *last = userdata;

        *last = *row;
        last->name = NULL;
        return 1;
}

static EventRow last_event(void)
{
        EventRow event = {.kind = _EVENT_INVALID};

        assert_true(catalog_list_events(fixture.catalog, fixture.point, 1, remember_event,
                                        &event) >= 0);
        return event;
}

/* With the bytes of *row, which stays the caller's. */
static int unlink_row(const SubmissionRow *row, int64_t now)
{
        return withdraw_upload(fixture.catalog, &(Withdrawal){.row = *row, .uid = 7, .now = now});
}

static int displace_row(const SubmissionRow *row, int64_t now)
{
        return withdraw_upload(fixture.catalog,
                               &(Withdrawal){.row = *row, .displaced = true, .now = now});
}

static int unlink_upload(int64_t submission)
{
        _cleanup_submission_ SubmissionRow row = {};

        get(submission, &row);
        return unlink_row(&row, fixture_later());
}

static int displace(int64_t submission)
{
        _cleanup_submission_ SubmissionRow row = {};

        get(submission, &row);
        return displace_row(&row, fixture_later());
}

static void set_original(int64_t submission)
{
        Sha256 hash = fixture_blob("original");

        assert_int_equal(catalog_set_submission_original(fixture.catalog, submission, &hash, 8), 0);
}

/* ---- disposable ---- */

static void test_only_what_never_was_a_photo_is_disposable(void **state _unused_)
{
        static const struct {
                SubmissionState state;
                bool temporary;
                uint64_t size;
                bool has_original;
                bool disposable;
        } cases[] = {
                {SUBMISSION_OPEN, false, 0, false, true},
                {SUBMISSION_OPEN, false, 1, false, false},
                {SUBMISSION_OPEN, true, 0, false, true},
                {SUBMISSION_OPEN, true, 1, false, true},
                {SUBMISSION_RECEIVED, false, 0, true, false},
                {SUBMISSION_RECEIVED, false, 1, true, false},
                {SUBMISSION_RECEIVED, true, 0, true, false},
                {SUBMISSION_RECEIVED, true, 1, true, false},
                /* Only where blobs are shared, once a client has closed it. */
                {SUBMISSION_OPEN, false, 0, true, true},
                {SUBMISSION_OPEN, false, 1, true, false},
                {SUBMISSION_OPEN, true, 0, true, true},
                {SUBMISSION_OPEN, true, 1, true, true},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                SubmissionRow row = {
                        .state = cases[i].state,
                        .temporary = cases[i].temporary,
                        .size = cases[i].size,
                        .has_original = cases[i].has_original,
                };

                assert_int_equal(withdraw_is_disposable(&row), cases[i].disposable);
        }
}

/* ---- an upload is deleted ---- */

static void test_a_deleted_upload_that_was_never_written_is_gone(void **state _unused_)
{
        int64_t id = fixture_upload("a.jpg");

        assert_int_equal(unlink_upload(id), 0);
        assert_false(is_there(id));
}

static void test_a_deleted_temporary_file_is_gone(void **state _unused_)
{
        int64_t id = fixture_upload_in(FOLDER_POINT, ".a.jpg.XXXX", true);

        assert_int_equal(unlink_upload(id), 0);
        assert_false(is_there(id));
}

static void test_a_deleted_upload_with_bytes_is_kept_as_withdrawn(void **state _unused_)
{
        int64_t id = fixture_received("a.jpg");

        set_original(id);
        assert_int_equal(unlink_upload(id), 0);
        assert_int_equal(fixture_state(id), SUBMISSION_WITHDRAWN);
        assert_false(has_alias("a.jpg"));
}

static void test_an_original_is_kept_even_under_a_temporary_name(void **state _unused_)
{
        int64_t id = fixture_received("a.jpg");

        set_original(id);
        assert_int_equal(
                catalog_set_submission_name(fixture.catalog, id, FOLDER_POINT, "a.jpg~", true), 0);
        assert_int_equal(unlink_upload(id), 0);
        assert_true(is_there(id));
}

static void test_a_deleted_name_shows_no_earlier_file_of_that_name(void **state _unused_)
{
        int64_t id;

        (void)fixture_rejected("a.jpg", REASON_BLUR);
        id = fixture_received("a.jpg");
        set_original(id);
        assert_int_equal(unlink_upload(id), 0);
        assert_false(has_alias("a.jpg"));
}

/* Then the name means something else: the caller looks again. */
static void test_a_delete_that_comes_after_the_verdict_is_refused(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow seen = {};
        int64_t id = fixture_received("a.jpg");

        set_original(id);
        get(id, &seen);
        assert_int_equal(catalog_set_submission_applied(fixture.catalog, id, SUBMISSION_REJECTED,
                                                        "a.jpg", fixture_later()),
                         0);
        assert_int_equal(unlink_row(&seen, fixture_later()), -ESTALE);
        assert_int_equal(displace_row(&seen, fixture_later()), -ESTALE);
        assert_int_equal(fixture_state(id), SUBMISSION_REJECTED);
        assert_true(has_alias("a.jpg"));
}

static void test_a_delete_of_an_earlier_generation_is_refused(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow seen = {};
        int64_t id = fixture_received("a.jpg");

        set_original(id);
        get(id, &seen);
        assert_int_equal(catalog_advance_submission(fixture.catalog, id, SUBMISSION_RECEIVED), 0);
        assert_int_equal(unlink_row(&seen, fixture_later()), -ESTALE);
        assert_int_equal(displace_row(&seen, fixture_later()), -ESTALE);
        assert_int_equal(fixture_state(id), SUBMISSION_RECEIVED);
}

static void test_what_is_deleted_before_its_verdict_is_in_the_log(void **state _unused_)
{
        int64_t id = fixture_received("a.jpg");
        EventRow event;

        set_original(id);
        assert_int_equal(unlink_upload(id), 0);
        event = last_event();
        assert_int_equal(event.kind, EVENT_WITHDRAWN);
        assert_int_equal(event.submission, id);
        assert_int_equal(event.uid, 7);
}

static void test_deleting_twice_is_enoent(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        int64_t id = fixture_upload("a.jpg");

        get(id, &row);
        assert_int_equal(unlink_row(&row, 1), 0);
        assert_int_equal(unlink_row(&row, 1), -ENOENT);
}

static void test_what_was_received_is_kept_under_a_temporary_name_too(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        int64_t id = fixture_received("a.jpg");

        assert_int_equal(
                catalog_set_submission_name(fixture.catalog, id, FOLDER_POINT, "a.jpg~", true), 0);
        get(id, &row);
        row.size = 8;
        assert_false(withdraw_is_disposable(&row));
}

/* ---- a photo is deleted ---- */

static void test_a_pending_photo_is_withdrawn(void **state _unused_)
{
        _cleanup_photo_ PhotoRow row = {}, kept = {};
        int64_t photo = fixture_accepted(FIXTURE_ID, "张三.jpg");
        EventRow event;

        assert_int_equal(withdraw_photo(fixture.catalog, photo, FIXTURE_UID + 1, fixture_later()),
                         0);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_MISSING);
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &row),
                         0);
        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &kept), 1);
        assert_int_equal(fixture_state(kept.submission), SUBMISSION_WITHDRAWN);
        event = last_event();
        assert_int_equal(event.kind, EVENT_WITHDRAWN);
        assert_int_equal(event.submission, kept.submission);
        assert_int_equal(event.uid, FIXTURE_UID + 1);
        assert_int_equal(event.wall, fixture.now);
}

static void test_an_approved_or_locked_photo_cannot_be_deleted(void **state _unused_)
{
        static const ReviewState states[] = {REVIEW_APPROVED, REVIEW_LOCKED};
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");
        _cleanup_photo_ PhotoRow row = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        for (size_t i = 0; i < ELEMENTSOF(states); i++) {
                assert_int_equal(
                        catalog_set_student(fixture.catalog, row.student, states[i], photo), 0);
                assert_int_equal(withdraw_photo(fixture.catalog, photo, 0, 1), -EPERM);
                assert_int_equal(fixture_student_state(FIXTURE_ID), states[i]);
                assert_int_equal(fixture_state(row.submission), SUBMISSION_ACCEPTED);
        }
}

static void test_a_photo_that_is_not_there_cannot_be_withdrawn(void **state _unused_)
{
        assert_int_equal(withdraw_photo(fixture.catalog, 4711, 0, 1), -ENOENT);
}

static void test_an_earlier_photo_cannot_take_the_newer_away(void **state _unused_)
{
        int64_t old = fixture_accepted(FIXTURE_ID, "a.jpg"), submission, newer;
        _cleanup_photo_ PhotoRow row = {}, current = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, old, &row), 1);
        submission = fixture_received("b.jpg");
        newer = fixture_photo(row.student, submission);
        assert_int_equal(catalog_set_student(fixture.catalog, row.student, REVIEW_PENDING, newer),
                         0);
        assert_int_equal(withdraw_photo(fixture.catalog, old, 0, 1), -ENOENT);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_PENDING);
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &current),
                         1);
        assert_int_equal(current.id, newer);
}

static void test_the_dropped_name_goes_only_when_it_is_the_deleted_one(void **state _unused_)
{
        static const struct {
                const char *name;
                bool stays;
        } cases[] = {
                {FIXTURE_ID ".jpg", false},     {"２１９９９９１９９００１０１００１６.jpg", false},
                {FIXTURE_ID "_张三.jpg", true}, {FIXTURE_ID ".JPG", true},
                {"IMG_2031.jpg", true},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                int64_t photo;

                assert_int_equal(catalog_savepoint(fixture.catalog), 0);
                photo = fixture_accepted(FIXTURE_ID, cases[i].name);
                assert_true(has_alias(cases[i].name));
                assert_int_equal(withdraw_photo(fixture.catalog, photo, 0, 1), 0);
                if (has_alias(cases[i].name) != cases[i].stays)
                        fail_msg("'%s' %s", cases[i].name, cases[i].stays ? "went" : "stayed");
                assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        }
}

/* ---- a rejected file is deleted ---- */

static void test_a_rejected_file_is_dismissed(void **state _unused_)
{
        int64_t id = fixture_rejected("a.jpg", REASON_BLUR);
        _cleanup_submission_ SubmissionRow row = {};
        EventRow event;

        assert_int_equal(withdraw_rejected(fixture.catalog, id, 7, fixture_later()), 0);
        assert_int_equal(fixture_state(id), SUBMISSION_DISMISSED);
        assert_int_equal(catalog_find_rejected(fixture.catalog,
                                               (Where){fixture.batch, fixture.point}, "a.jpg",
                                               &row),
                         0);
        event = last_event();
        assert_int_equal(event.kind, EVENT_DISMISSED);
        assert_int_equal(event.submission, id);
        assert_int_equal(event.uid, 7);
}

static void test_only_a_rejected_file_can_be_dismissed(void **state _unused_)
{
        int64_t id = fixture_received("a.jpg");

        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                if (i == SUBMISSION_REJECTED)
                        continue;
                assert_int_equal(
                        catalog_set_submission_state(fixture.catalog, id, (SubmissionState)i), 0);
                assert_int_equal(withdraw_rejected(fixture.catalog, id, 0, 1), -ENOENT);
                assert_int_equal(fixture_state(id), i);
        }
        assert_int_equal(withdraw_rejected(fixture.catalog, 4711, 0, 1), -ENOENT);
}

static void test_a_displaced_upload_with_bytes_is_kept(void **state _unused_)
{
        int64_t id = fixture_received("a.jpg");

        set_original(id);
        assert_int_equal(displace(id), 0);
        assert_int_equal(fixture_state(id), SUBMISSION_SUPERSEDED);
}

static void test_a_displaced_empty_upload_is_gone(void **state _unused_)
{
        int64_t id = fixture_upload("a.jpg");

        assert_int_equal(displace(id), 0);
        assert_false(is_there(id));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_only_what_never_was_a_photo_is_disposable),
                fixture_test(test_a_deleted_upload_that_was_never_written_is_gone),
                fixture_test(test_a_deleted_temporary_file_is_gone),
                fixture_test(test_a_deleted_upload_with_bytes_is_kept_as_withdrawn),
                fixture_test(test_an_original_is_kept_even_under_a_temporary_name),
                fixture_test(test_a_deleted_name_shows_no_earlier_file_of_that_name),
                fixture_test(test_a_delete_that_comes_after_the_verdict_is_refused),
                fixture_test(test_a_delete_of_an_earlier_generation_is_refused),
                fixture_test(test_what_is_deleted_before_its_verdict_is_in_the_log),
                fixture_test(test_deleting_twice_is_enoent),
                fixture_test(test_what_was_received_is_kept_under_a_temporary_name_too),
                fixture_test(test_a_pending_photo_is_withdrawn),
                fixture_test(test_an_approved_or_locked_photo_cannot_be_deleted),
                fixture_test(test_a_photo_that_is_not_there_cannot_be_withdrawn),
                fixture_test(test_an_earlier_photo_cannot_take_the_newer_away),
                fixture_test(test_the_dropped_name_goes_only_when_it_is_the_deleted_one),
                fixture_test(test_a_rejected_file_is_dismissed),
                fixture_test(test_only_a_rejected_file_can_be_dismissed),
                fixture_test(test_a_displaced_upload_with_bytes_is_kept),
                fixture_test(test_a_displaced_empty_upload_is_gone),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
