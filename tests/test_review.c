/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/photorow.h>
#include <idphoto/review.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

static int64_t photo;

static int begin(void **state)
{
        int r = fixture_begin(state);

        if (r == 0)
                photo = fixture_accepted(FIXTURE_ID, "张三.jpg");
        return r;
}

#define review_test(test) cmocka_unit_test_setup_teardown(test, begin, fixture_rollback)

static int decide(ReviewEvent event, ReasonCode reason)
{
        ReviewDecision decision = {
                .event = event, .reason = reason, .actor = 1000, .now = fixture_later()};

        return review_decide(fixture.catalog, photo, &decision);
}

static PhotoRow get_photo(void)
{
        PhotoRow row = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        return row;
}

static unsigned rejections(void)
{
        _cleanup_student_ StudentRow row = {};

        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &row),
                         1);
        return row.rejections;
}

static void check(ReviewState state, bool current)
{
        _cleanup_photo_ PhotoRow row = get_photo();
        _cleanup_photo_ PhotoRow found = {};

        assert_int_equal(fixture_student_state(FIXTURE_ID), state);
        assert_int_equal(fixture_state(row.submission),
                         current ? SUBMISSION_ACCEPTED : SUBMISSION_REJECTED);
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &found),
                         current);
        assert_int_equal(row.reason >= 0, !current);
}

/* Brings the student into a state that has a photo, as the office would. */
static void bring_to(ReviewState state)
{
        switch (state) {
        case REVIEW_REJECTED:
                assert_int_equal(decide(REVIEW_REJECT, REASON_HAIR), 1);
                break;
        case REVIEW_LOCKED:
                assert_int_equal(decide(REVIEW_APPROVE, 0), 1);
                assert_int_equal(decide(REVIEW_FINAL_PASS, 0), 1);
                break;
        case REVIEW_APPROVED:
                assert_int_equal(decide(REVIEW_APPROVE, 0), 1);
                break;
        default:
                break;
        }
}

static void test_every_decision_in_every_state(void **state)
{
        /* what comes of it, and the state then; REVIEW_MISSING has no photo to decide about */
        static const struct {
                ReviewState from;
                ReviewEvent event;
                int result;
                ReviewState to;
        } edges[] = {
                {REVIEW_PENDING, REVIEW_APPROVE, 1, REVIEW_APPROVED},
                {REVIEW_PENDING, REVIEW_REJECT, 1, REVIEW_REJECTED},
                {REVIEW_PENDING, REVIEW_REOPEN, 0, REVIEW_PENDING},
                {REVIEW_PENDING, REVIEW_FINAL_PASS, -EPERM, REVIEW_PENDING},
                {REVIEW_PENDING, REVIEW_REGISTRY_FAILURE, 1, REVIEW_REJECTED},
                {REVIEW_APPROVED, REVIEW_APPROVE, 0, REVIEW_APPROVED},
                {REVIEW_APPROVED, REVIEW_REJECT, 1, REVIEW_REJECTED},
                {REVIEW_APPROVED, REVIEW_REOPEN, 1, REVIEW_PENDING},
                {REVIEW_APPROVED, REVIEW_FINAL_PASS, 1, REVIEW_LOCKED},
                {REVIEW_APPROVED, REVIEW_REGISTRY_FAILURE, 1, REVIEW_REJECTED},
                {REVIEW_LOCKED, REVIEW_APPROVE, -EPERM, REVIEW_LOCKED},
                {REVIEW_LOCKED, REVIEW_REJECT, 1, REVIEW_REJECTED},
                {REVIEW_LOCKED, REVIEW_REOPEN, -EPERM, REVIEW_LOCKED},
                {REVIEW_LOCKED, REVIEW_FINAL_PASS, 0, REVIEW_LOCKED},
                {REVIEW_LOCKED, REVIEW_REGISTRY_FAILURE, 1, REVIEW_REJECTED},
                {REVIEW_REJECTED, REVIEW_APPROVE, 1, REVIEW_APPROVED},
                {REVIEW_REJECTED, REVIEW_REJECT, 0, REVIEW_REJECTED},
                {REVIEW_REJECTED, REVIEW_REOPEN, 1, REVIEW_PENDING},
                {REVIEW_REJECTED, REVIEW_FINAL_PASS, -EPERM, REVIEW_REJECTED},
                {REVIEW_REJECTED, REVIEW_REGISTRY_FAILURE, 0, REVIEW_REJECTED},
        };

        for (size_t i = 0; i < ELEMENTSOF(edges); i++) {
                bring_to(edges[i].from);
                assert_int_equal(decide(edges[i].event, REASON_HAIR), edges[i].result);
                check(edges[i].to, edges[i].to != REVIEW_REJECTED);
                assert_int_equal(fixture_rollback(state), 0);
                assert_int_equal(begin(state), 0);
        }
}

/* Only the point's own transaction keeps others away from what it decides. */
static void test_a_photo_of_another_point_is_not_decided_about(void **state _unused_)
{
        ReviewDecision decision = {.event = REVIEW_APPROVE,
                                   .reason = _REASON_INVALID,
                                   .now = fixture_later(),
                                   .point = fixture_point("大连分校")};

        assert_int_equal(review_decide(fixture.catalog, photo, &decision), -EXDEV);
        check(REVIEW_PENDING, true);
        decision.point = fixture.point;
        assert_int_equal(review_decide(fixture.catalog, photo, &decision), 1);
        check(REVIEW_APPROVED, true);
}

static void test_rejected_file_tells_the_reason_and_the_note(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_photo_ PhotoRow before = {}, after = {};
        Findings findings;

        assert_int_equal(decide(REVIEW_REJECT, REASON_GLASSES_REFLECTION), 1);
        before = get_photo();
        assert_int_equal(catalog_get_submission(fixture.catalog, before.submission, &row), 1);
        assert_string_equal(row.shown_name, "张三.jpg");
        assert_int_equal(catalog_get_findings(fixture.catalog, before.submission, &findings), 0);
        assert_non_null(findings_find(&findings, REASON_GLASSES_REFLECTION));
        assert_int_equal(review_note(fixture.catalog, photo, "右镜片有反光", 1000, fixture_later()),
                         1);
        after = get_photo();
        assert_string_equal(after.note, "右镜片有反光");
}

static void test_another_reason_is_no_second_rejection(void **state _unused_)
{
        _cleanup_photo_ PhotoRow row = {};
        Findings findings;

        assert_int_equal(decide(REVIEW_REJECT, REASON_HAIR), 1);
        assert_int_equal(decide(REVIEW_REJECT, REASON_POSE), 1);
        assert_int_equal(rejections(), 1);
        row = get_photo();
        assert_int_equal(row.reason, REASON_POSE);
        assert_int_equal(catalog_get_findings(fixture.catalog, row.submission, &findings), 0);
        assert_int_equal(findings_count(&findings, FINDING_REJECT), 1);
}

static void test_brought_back_and_rejected_again_counts_twice(void **state _unused_)
{
        assert_int_equal(decide(REVIEW_REJECT, REASON_HAIR), 1);
        assert_int_equal(decide(REVIEW_REOPEN, 0), 1);
        check(REVIEW_PENDING, true);
        assert_int_equal(decide(REVIEW_REJECT, REASON_HAIR), 1);
        assert_int_equal(rejections(), 2);
}

static void test_what_a_newer_photo_replaced_cannot_be_decided(void **state _unused_)
{
        _cleanup_photo_ PhotoRow old = {};

        assert_int_equal(decide(REVIEW_REJECT, REASON_HAIR), 1);
        old = get_photo();
        assert_int_equal(catalog_set_submission_state(fixture.catalog, old.submission,
                                                      SUBMISSION_SUPERSEDED),
                         0);
        assert_int_equal(decide(REVIEW_APPROVE, 0), -ENOENT);
        assert_int_equal(review_note(fixture.catalog, photo, "x", 1000, fixture_later()), -ENOENT);
}

static void test_nonsense_is_refused(void **state _unused_)
{
        char longer[REVIEW_NOTE_MAX + 2];

        assert_int_equal(decide(REVIEW_REJECT, REASON_BLUR), -EINVAL);
        assert_int_equal(decide(REVIEW_PHOTO_ACCEPTED, 0), -EINVAL);
        photo += 1000;
        assert_int_equal(decide(REVIEW_APPROVE, 0), -ENOENT);
        photo -= 1000;
        assert_int_equal(decide(REVIEW_REJECT, REASON_HAIR), 1);
        memset(longer, 'x', sizeof(longer) - 1);
        longer[sizeof(longer) - 1] = '\0';
        assert_int_equal(review_note(fixture.catalog, photo, longer, 1, fixture_later()), -E2BIG);
        assert_int_equal(review_note(fixture.catalog, photo, "\xff", 1, fixture_later()), -EILSEQ);
}

static void test_closed_batch_is_not_decided_about(void **state _unused_)
{
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(decide(REVIEW_APPROVE, 0), -EROFS);
        check(REVIEW_PENDING, true);
}

static void test_same_bytes_find_the_decision(void **state _unused_)
{
        _cleanup_photo_ PhotoRow row = get_photo();
        Sha256 original = fixture_hash("张三.jpg");
        ReasonCode reason;

        assert_int_equal(catalog_find_decision(fixture.catalog, row.student, &original, &reason),
                         0);
        assert_int_equal(decide(REVIEW_REJECT, REASON_CLOTHES), 1);
        assert_int_equal(catalog_find_decision(fixture.catalog, row.student, &original, &reason),
                         1);
        assert_int_equal(reason, REASON_CLOTHES);
}

static int count(const PhotoRow *row, void *userdata)
{
        assert_int_equal(row->id, photo);
        (*(int *)userdata)++;
        return 0;
}

static void test_lists_of_the_office(void **state _unused_)
{
        int pending = 0, approved = 0, decided = 0, settled = 0, of_number = 0;

        assert_int_equal(decide(REVIEW_REJECT, REASON_HAIR), 1);
        assert_int_equal(catalog_list_photos_decided(fixture.catalog, fixture.batch, REASON_HAIR, 0,
                                                     count, &decided),
                         0);
        assert_int_equal(catalog_list_photos_of_number(fixture.catalog, fixture.batch, FIXTURE_ID,
                                                       count, &of_number),
                         0);
        assert_int_equal(decide(REVIEW_APPROVE, 0), 1);
        assert_int_equal(catalog_list_photos_in_state(fixture.catalog,
                                                      (Where){fixture.batch, fixture.point},
                                                      REVIEW_PENDING, 0, count, &pending),
                         0);
        assert_int_equal(catalog_list_photos_in_state(fixture.catalog,
                                                      (Where){fixture.batch, fixture.point},
                                                      REVIEW_APPROVED, 0, count, &approved),
                         0);
        assert_int_equal(catalog_list_photos_settled(fixture.catalog, (Where){fixture.batch, 0}, 0,
                                                     count, &settled),
                         0);
        assert_int_equal(pending, 0);
        assert_int_equal(approved, 1);
        assert_int_equal(decided, 1);
        assert_int_equal(settled, 1);
        assert_int_equal(of_number, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                review_test(test_every_decision_in_every_state),
                review_test(test_a_photo_of_another_point_is_not_decided_about),
                review_test(test_rejected_file_tells_the_reason_and_the_note),
                review_test(test_another_reason_is_no_second_rejection),
                review_test(test_brought_back_and_rejected_again_counts_twice),
                review_test(test_what_a_newer_photo_replaced_cannot_be_decided),
                review_test(test_nonsense_is_refused),
                review_test(test_closed_batch_is_not_decided_about),
                review_test(test_same_bytes_find_the_decision),
                review_test(test_lists_of_the_office),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
