/* SPDX-License-Identifier: MIT */
#include <idphoto/reviewstate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum {
        M = REVIEW_MISSING,
        R = REVIEW_REJECTED,
        P = REVIEW_PENDING,
        A = REVIEW_APPROVED,
        L = REVIEW_LOCKED
};

/* Every edge, written down a second time from the specification: with and without a photo. */
static const struct {
        ReviewEvent event;
        int with_photo[_REVIEW_STATE_MAX];
        int without_photo[_REVIEW_STATE_MAX];
} expected[] = {
        {REVIEW_PHOTO_ACCEPTED, {P, P, P, -EPERM, -EPERM}, {P, P, P, -EPERM, -EPERM}},
        {REVIEW_PHOTO_REJECTED, {R, R, P, A, L}, {R, R, P, A, L}},
        {REVIEW_PHOTO_WITHDRAWN,
         {-ENOENT, -ENOENT, M, -EPERM, -EPERM},
         {-ENOENT, -ENOENT, M, -EPERM, -EPERM}},
        {REVIEW_PHOTO_RESTORED, {P, P, -EEXIST, -EPERM, -EPERM}, {P, P, -EEXIST, -EPERM, -EPERM}},
        {REVIEW_REJECT_DISMISSED, {M, M, P, A, L}, {M, M, P, A, L}},
        {REVIEW_APPROVE, {-ENOENT, A, A, A, -EPERM}, {-ENOENT, -ENOENT, -ENOENT, A, -EPERM}},
        {REVIEW_REJECT, {-ENOENT, R, R, R, R}, {-ENOENT, -ENOENT, -ENOENT, -ENOENT, -ENOENT}},
        {REVIEW_REOPEN, {-ENOENT, P, P, P, -EPERM}, {-ENOENT, -ENOENT, P, -ENOENT, -EPERM}},
        {REVIEW_FINAL_PASS, {-ENOENT, -EPERM, -EPERM, L, L}, {-ENOENT, -EPERM, -EPERM, -ENOENT, L}},
        {REVIEW_REGISTRY_FAILURE,
         {-ENOENT, R, R, R, R},
         {-ENOENT, -ENOENT, -ENOENT, -ENOENT, -ENOENT}},
};

static void check(ReviewState state, ReviewEvent event, bool has_photo, int want)
{
        ReviewState next = _REVIEW_STATE_INVALID;
        int r = review_next(state, event, has_photo, &next);

        if (want < 0) {
                assert_int_equal(r, want);
                assert_int_equal(next, _REVIEW_STATE_INVALID);
        } else {
                if (r < 0 || (int)next != want)
                        fail_msg("%d in %s: %d, %d", (int)event, review_state_to_string(state), r,
                                 (int)next);
                assert_int_equal(r, (int)next != (int)state);
        }
}

static void test_every_edge_is_as_specified(void **state _unused_)
{
        assert_int_equal(ELEMENTSOF(expected), _REVIEW_EVENT_MAX);
        for (size_t e = 0; e < ELEMENTSOF(expected); e++)
                for (int s = 0; s < _REVIEW_STATE_MAX; s++) {
                        check((ReviewState)s, expected[e].event, true, expected[e].with_photo[s]);
                        check((ReviewState)s, expected[e].event, false,
                              expected[e].without_photo[s]);
                }
}

static void test_unknown_states_and_events_are_refused(void **state _unused_)
{
        ReviewState next;

        assert_int_equal(review_next(_REVIEW_STATE_MAX, REVIEW_APPROVE, true, &next), -EINVAL);
        assert_int_equal(review_next(_REVIEW_STATE_INVALID, REVIEW_APPROVE, true, &next), -EINVAL);
        assert_int_equal(review_next(REVIEW_PENDING, _REVIEW_EVENT_MAX, true, &next), -EINVAL);
        assert_int_equal(review_next(REVIEW_PENDING, _REVIEW_EVENT_INVALID, true, &next), -EINVAL);
}

static void test_the_usual_way_leads_to_locked(void **state _unused_)
{
        static const ReviewEvent way[] = {REVIEW_PHOTO_REJECTED, REVIEW_PHOTO_ACCEPTED,
                                          REVIEW_APPROVE, REVIEW_FINAL_PASS};
        ReviewState now = REVIEW_MISSING;

        for (size_t i = 0; i < ELEMENTSOF(way); i++)
                assert_int_equal(review_next(now, way[i], true, &now), 1);
        assert_int_equal(now, REVIEW_LOCKED);
}

static void test_refusal_names_the_reason(void **state _unused_)
{
        assert_int_equal(review_refusal(REVIEW_MISSING), _REASON_INVALID);
        assert_int_equal(review_refusal(REVIEW_REJECTED), _REASON_INVALID);
        assert_int_equal(review_refusal(REVIEW_PENDING), _REASON_INVALID);
        assert_int_equal(review_refusal(REVIEW_APPROVED), REASON_ALREADY_APPROVED);
        assert_int_equal(review_refusal(REVIEW_LOCKED), REASON_LOCKED);
        assert_int_equal(review_refusal(_REVIEW_STATE_MAX), _REASON_INVALID);
}

static void test_states_go_to_text_and_back(void **state _unused_)
{
        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                assert_int_equal(review_state_from_string(review_state_to_string((ReviewState)i)),
                                 i);
        assert_int_equal(review_state_from_string("gone"), _REVIEW_STATE_INVALID);
        assert_int_equal(review_state_from_string(""), _REVIEW_STATE_INVALID);
        assert_null(review_state_to_string(_REVIEW_STATE_MAX));
        assert_null(review_state_to_string(_REVIEW_STATE_INVALID));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_edge_is_as_specified),
                cmocka_unit_test(test_unknown_states_and_events_are_refused),
                cmocka_unit_test(test_the_usual_way_leads_to_locked),
                cmocka_unit_test(test_refusal_names_the_reason),
                cmocka_unit_test(test_states_go_to_text_and_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
