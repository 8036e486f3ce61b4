/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/point.h>
#include <idphoto/receive.h>
#include <idphoto/rename.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>

/* With the bytes of *row, which stays the caller's. */
static int unlink_row(const SubmissionRow *row, int64_t now)
{
        return withdraw_upload(fixture.catalog, &(Withdrawal){.row = *row, .uid = 7, .now = now});
}

static void get(int64_t id, SubmissionRow *ret)
{
        submission_row_done(ret);
        assert_int_equal(catalog_get_submission(fixture.catalog, id, ret), 1);
}

static int64_t generation(int64_t id)
{
        _cleanup_submission_ SubmissionRow row = {};

        get(id, &row);
        return row.generation;
}

static Judgement verdict_for(const char *number, int64_t of_generation)
{
        Judgement judgement = {
                .generation = of_generation,
                .original = fixture_blob("bytes"),
                .size = 5,
                .has_photo = true,
                .photo = fixture_blob("photo"),
                .photo_size = 30000,
                .info = {.quality = 90},
        };

        (void)snprintf(judgement.identity.number.text, sizeof(judgement.identity.number.text), "%s",
                       number);
        return judgement;
}

static int record(int64_t id, const Judgement *judgement)
{
        return receive_verdict(fixture.catalog, id, judgement, 1, fixture_later());
}

static int rename_to(int64_t id, const char *name, bool temporary, int64_t of_generation)
{
        _cleanup_submission_ SubmissionRow row = {};
        const ReceiveName to = {.id = id,
                                .generation = of_generation,
                                .folder = FOLDER_POINT,
                                .name = name,
                                .temporary = temporary};

        return receive_rename(fixture.catalog, &to, fixture_later(), &row);
}

static int apply(int64_t id, int64_t of_generation)
{
        _cleanup_target_ JudgeTarget target = {};

        return judge_apply(fixture.catalog, id, of_generation, fixture_later(), &target);
}

static uint64_t photos_of(int64_t id)
{
        _cleanup_submission_ SubmissionRow row = {};

        get(id, &row);
        return row.photo != 0;
}

/* ---- a verdict is for one generation ---- */

static void test_a_verdict_for_the_name_of_before_is_refused(void **state _unused_)
{
        int64_t id = fixture_upload(FIXTURE_ID ".jpg");
        Judgement judgement = verdict_for(FIXTURE_ID, 0);

        assert_int_equal(rename_to(id, FIXTURE_ID_2 ".jpg", false, 0), 0);
        assert_int_equal(record(id, &judgement), -ESTALE);
        assert_int_equal(fixture_state(id), SUBMISSION_OPEN);
}

static void test_a_verdict_that_was_recorded_goes_with_the_name(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        int64_t id = fixture_upload(FIXTURE_ID ".jpg");
        Judgement judgement = verdict_for(FIXTURE_ID, 0);
        Findings findings;

        (void)findings_add(&judgement.findings, REASON_BLUR, FINDING_WARN);
        assert_int_equal(record(id, &judgement), 0);
        assert_true(photos_of(id));
        assert_int_equal(rename_to(id, FIXTURE_ID_2 ".jpg", false, 0), 0);
        get(id, &row);
        assert_int_equal(row.state, SUBMISSION_RECEIVED);
        assert_int_equal(row.student, 0);
        assert_int_equal(row.photo, 0);
        assert_true(row.has_original);
        assert_int_equal(catalog_get_findings(fixture.catalog, id, &findings), 0);
        assert_int_equal(findings.n, 0);
        assert_int_equal(apply(id, 0), -ESTALE);
        assert_int_equal(apply(id, 1), -ESTALE);
}

static void test_a_verdict_is_carried_out_for_the_generation_it_was_made_for(void **state _unused_)
{
        int64_t id = fixture_upload("a.jpg");
        Judgement judgement;

        assert_int_equal(rename_to(id, FIXTURE_ID_2 ".jpg", false, 0), 0);
        judgement = verdict_for(FIXTURE_ID_2, 1);
        assert_int_equal(record(id, &judgement), 0);
        assert_int_equal(apply(id, 0), -ESTALE);
        assert_int_equal(apply(id, 1), 0);
        assert_int_equal(fixture_state(id), SUBMISSION_ACCEPTED);
}

static void test_nothing_is_judged_under_a_temporary_name(void **state _unused_)
{
        int64_t id = fixture_upload(FIXTURE_ID ".jpg");
        Judgement judgement;

        assert_int_equal(rename_to(id, FIXTURE_ID ".jpg.part", true, 0), 0);
        judgement = verdict_for(FIXTURE_ID, 1);
        assert_int_equal(record(id, &judgement), -ESTALE);
}

static void test_a_verdict_is_recorded_once(void **state _unused_)
{
        int64_t id = fixture_upload(FIXTURE_ID ".jpg");
        Judgement judgement = verdict_for(FIXTURE_ID, 0);

        assert_int_equal(record(id, &judgement), 0);
        assert_int_equal(record(id, &judgement), -ESTALE);
        assert_int_equal(fixture_state(id), SUBMISSION_PASSED);
}

/* ---- names ---- */

static void test_a_rename_of_another_generation_or_of_what_is_shown_is_refused(
        void **state _unused_)
{
        int64_t id = fixture_upload(FIXTURE_ID ".jpg");
        Judgement judgement = verdict_for(FIXTURE_ID, 0);

        assert_int_equal(rename_to(id, "b.jpg", false, 7), -ESTALE);
        assert_int_equal(record(id, &judgement), 0);
        assert_int_equal(apply(id, 0), 0);
        assert_int_equal(rename_to(id, "b.jpg", false, 0), -ESTALE);
        assert_int_equal(rename_to(4711, "b.jpg", false, 0), -ENOENT);
}

static void test_what_was_received_stays_received_under_a_temporary_name(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        int64_t id = fixture_upload("a.jpg");
        const ReceiveName to = {.id = id,
                                .folder = FOLDER_POINT,
                                .name = "a.jpg~",
                                .temporary = true,
                                .received = true};

        assert_int_equal(receive_rename(fixture.catalog, &to, fixture_later(), &row), 0);
        assert_int_equal(row.state, SUBMISSION_RECEIVED);
        assert_true(row.temporary);
        row.size = 5;
        assert_false(withdraw_is_disposable(&row));
}

static void test_a_folder_takes_the_uploads_below_along(void **state _unused_)
{
        int64_t outer = fixture_folder(FOLDER_POINT, FIXTURE_ID),
                inner = fixture_folder(outer, "b");
        int64_t direct = fixture_upload_in(outer, "a.jpg", false);
        int64_t below = fixture_upload_in(inner, "c.jpg", false);
        int64_t beside = fixture_upload("d.jpg");
        Judgement judgement = verdict_for(FIXTURE_ID, 0);

        assert_int_equal(record(below, &judgement), 0);
        assert_int_equal(
                receive_rename_folder(fixture.catalog, outer, FOLDER_POINT, FIXTURE_ID_2, false),
                0);
        assert_int_equal(generation(direct), 1);
        assert_int_equal(generation(below), 1);
        assert_int_equal(generation(beside), 0);
        assert_int_equal(fixture_state(direct), SUBMISSION_OPEN);
        assert_int_equal(fixture_state(below), SUBMISSION_RECEIVED);
        assert_false(photos_of(below));
}

/* ---- opened for writing again ---- */

static void test_a_reopened_upload_has_its_bytes_in_staging(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        int64_t id = fixture_upload(FIXTURE_ID ".jpg"), next;
        Judgement judgement = verdict_for(FIXTURE_ID, 0);

        assert_int_equal(record(id, &judgement), 0);
        assert_int_equal(receive_reopen(fixture.catalog, id, 0, NULL, 1, &next), 0);
        assert_int_equal(next, 1);
        get(id, &row);
        assert_int_equal(row.state, SUBMISSION_OPEN);
        assert_int_equal(row.generation, 1);
        assert_false(row.has_original);
        assert_false(photos_of(id));
        assert_int_equal(apply(id, 0), -ESTALE);
}

static int take_version(const SubmissionRow *row, void *userdata)
{
        *(int64_t *)userdata = row->id;
        return 0;
}

static void test_what_a_redrop_writes_over_is_an_earlier_version(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {}, alias = {};
        int64_t id = fixture_upload("a.jpg"), next, version = id + 1;
        const ReceivedVersion kept = {.original = fixture_blob("first"), .size = 9};

        assert_int_equal(receive_reopen(fixture.catalog, id, 0, &kept, fixture_later(), &next), 0);
        get(version, &row);
        assert_int_equal(row.state, SUBMISSION_SUPERSEDED);
        assert_string_equal(row.name, "a.jpg");
        assert_true(sha256_equal(&row.original, &kept.original));
        assert_int_equal(row.size, 9);
        assert_int_equal(row.received, fixture.now);
        /* Its name means the later one. */
        assert_int_equal(catalog_find_alias(fixture.catalog,
                                            (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                            "a.jpg", &alias),
                         0);
        version = 0;
        assert_int_equal(catalog_list_uploads(fixture.catalog,
                                              (Where){fixture.batch, fixture.point, FOLDER_POINT},
                                              0, take_version, &version),
                         0);
        assert_int_equal(version, id);
}

static void test_what_was_withdrawn_is_not_opened_again(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow seen = {};
        int64_t id = fixture_received("a.jpg"), next = -1;
        Sha256 hash = fixture_blob("bytes");

        assert_int_equal(catalog_set_submission_original(fixture.catalog, id, &hash, 5), 0);
        get(id, &seen);
        assert_int_equal(unlink_row(&seen, fixture_later()), 0);
        assert_int_equal(receive_reopen(fixture.catalog, id, 0, NULL, 1, &next), -ESTALE);
        assert_int_equal(receive_reopen(fixture.catalog, id, 1, NULL, 1, &next), -ESTALE);
        assert_int_equal(next, -1);
        assert_int_equal(fixture_state(id), SUBMISSION_WITHDRAWN);
}

static void test_a_verdict_that_was_not_shown_goes_with_a_deleted_upload(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow seen = {};
        int64_t id = fixture_upload(FIXTURE_ID ".jpg");
        Judgement judgement = verdict_for(FIXTURE_ID, 0);

        assert_int_equal(record(id, &judgement), 0);
        get(id, &seen);
        assert_int_equal(unlink_row(&seen, fixture_later()), 0);
        assert_false(photos_of(id));
        assert_int_equal(apply(id, 0), -ESTALE);
        assert_int_equal(apply(id, 1), -ESTALE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_verdict_for_the_name_of_before_is_refused),
                fixture_test(test_a_verdict_that_was_recorded_goes_with_the_name),
                fixture_test(test_a_verdict_is_carried_out_for_the_generation_it_was_made_for),
                fixture_test(test_nothing_is_judged_under_a_temporary_name),
                fixture_test(test_a_verdict_is_recorded_once),
                fixture_test(test_a_rename_of_another_generation_or_of_what_is_shown_is_refused),
                fixture_test(test_what_was_received_stays_received_under_a_temporary_name),
                fixture_test(test_a_folder_takes_the_uploads_below_along),
                fixture_test(test_a_reopened_upload_has_its_bytes_in_staging),
                fixture_test(test_what_a_redrop_writes_over_is_an_earlier_version),
                fixture_test(test_what_was_withdrawn_is_not_opened_again),
                fixture_test(test_a_verdict_that_was_not_shown_goes_with_a_deleted_upload),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
