/* SPDX-License-Identifier: MIT */
#include <live/upload-state.h>

#include <idphoto/util.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NO _UPLOAD_STATE_INVALID
#define FR UPLOAD_FRESH
#define WR UPLOAD_WRITING
#define HE UPLOAD_HELD
#define RE UPLOAD_RECEIVED
#define SE UPLOAD_SETTLING
#define JU UPLOAD_JUDGED
#define GO UPLOAD_GONE

/* The whole table a second time, by hand [D2]: a change there must be meant here. */
static const UploadState expected[_UPLOAD_STATE_MAX][_UPLOAD_EVENT_MAX] = {
        /*  opened closed temp clean named nametemp incomplete settled verdict shown deleted */
        [FR] = {WR, NO, NO, GO, FR, FR, NO, NO, NO, NO, GO},
        [WR] = {WR, RE, HE, GO, WR, WR, NO, NO, NO, NO, GO},
        [HE] = {WR, NO, NO, NO, RE, HE, NO, NO, NO, NO, GO},
        [RE] = {WR, NO, NO, NO, RE, HE, SE, NO, JU, NO, GO},
        [SE] = {WR, NO, NO, NO, RE, HE, NO, RE, NO, NO, GO},
        [JU] = {WR, NO, NO, NO, RE, HE, NO, NO, NO, GO, GO},
        [GO] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO},
};

static void test_every_edge_is_as_written_down(void **state _unused_)
{
        for (int s = 0; s < _UPLOAD_STATE_MAX; s++)
                for (int e = 0; e < _UPLOAD_EVENT_MAX; e++) {
                        UploadState next = upload_state_next((UploadState)s, (UploadEvent)e);

                        if (next != expected[s][e])
                                fail_msg("%s, event %d: %d instead of %d",
                                         upload_state_to_string((UploadState)s), e, next,
                                         expected[s][e]);
                }
}

static void test_what_is_gone_stays_gone(void **state _unused_)
{
        for (int e = 0; e < _UPLOAD_EVENT_MAX; e++)
                assert_int_equal(upload_state_next(UPLOAD_GONE, (UploadEvent)e),
                                 _UPLOAD_STATE_INVALID);
}

static void test_everything_but_the_gone_can_be_deleted(void **state _unused_)
{
        for (int s = 0; s < UPLOAD_GONE; s++)
                assert_int_equal(upload_state_next((UploadState)s, UPLOAD_DELETED), UPLOAD_GONE);
}

static void test_a_verdict_is_only_for_what_is_received(void **state _unused_)
{
        for (int s = 0; s < _UPLOAD_STATE_MAX; s++)
                assert_int_equal(upload_state_next((UploadState)s, UPLOAD_VERDICT),
                                 s == UPLOAD_RECEIVED ? (int)UPLOAD_JUDGED
                                                      : (int)_UPLOAD_STATE_INVALID);
}

static void test_states_and_events_that_are_none_lead_nowhere(void **state _unused_)
{
        assert_int_equal(upload_state_next(_UPLOAD_STATE_MAX, UPLOAD_OPENED),
                         _UPLOAD_STATE_INVALID);
        assert_int_equal(upload_state_next(_UPLOAD_STATE_INVALID, UPLOAD_OPENED),
                         _UPLOAD_STATE_INVALID);
        assert_int_equal(upload_state_next(UPLOAD_WRITING, _UPLOAD_EVENT_MAX),
                         _UPLOAD_STATE_INVALID);
        assert_int_equal(upload_state_next(UPLOAD_WRITING, (UploadEvent)-1), _UPLOAD_STATE_INVALID);
}

static void test_every_state_has_a_name_of_its_own(void **state _unused_)
{
        for (int s = 0; s < _UPLOAD_STATE_MAX; s++) {
                assert_non_null(upload_state_to_string((UploadState)s));
                for (int t = 0; t < s; t++)
                        assert_string_not_equal(upload_state_to_string((UploadState)s),
                                                upload_state_to_string((UploadState)t));
        }
        assert_null(upload_state_to_string(_UPLOAD_STATE_MAX));
        assert_null(upload_state_to_string(_UPLOAD_STATE_INVALID));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_edge_is_as_written_down),
                cmocka_unit_test(test_what_is_gone_stays_gone),
                cmocka_unit_test(test_everything_but_the_gone_can_be_deleted),
                cmocka_unit_test(test_a_verdict_is_only_for_what_is_received),
                cmocka_unit_test(test_states_and_events_that_are_none_lead_nowhere),
                cmocka_unit_test(test_every_state_has_a_name_of_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
