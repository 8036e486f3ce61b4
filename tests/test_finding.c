/* SPDX-License-Identifier: MIT */
#include <idphoto/finding.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_added_finding_has_no_values(void **state _unused_)
{
        Findings findings = {0};
        const Finding *finding = findings_add(&findings, REASON_BLUR, FINDING_WARN);

        assert_int_equal(findings.n, 1);
        assert_int_equal(finding->code, REASON_BLUR);
        assert_int_equal(finding->level, FINDING_WARN);
        assert_true(isnan(finding->measured) && isnan(finding->measured2));
        assert_true(isnan(finding->min) && isnan(finding->max));
        assert_string_equal(finding->detail, "");
}

static void test_values_are_kept(void **state _unused_)
{
        Findings findings = {0};
        const Finding *finding =
                findings_add_value(&findings, REASON_EYE_LINE, FINDING_REJECT, 330, 200, 300);

        assert_true(finding->measured == 330 && finding->min == 200 && finding->max == 300);
        assert_true(isnan(finding->measured2));
}

static void test_same_code_keeps_the_graver(void **state _unused_)
{
        Findings findings = {0};

        (void)findings_add_value(&findings, REASON_BLUR, FINDING_REJECT, 10, 15, NAN);
        (void)findings_add_value(&findings, REASON_BLUR, FINDING_WARN, 20, 30, NAN);
        assert_int_equal(findings.n, 1);
        assert_int_equal(findings.items[0].level, FINDING_REJECT);
        assert_true(findings.items[0].measured == 10);
}

static void test_same_code_grows_graver(void **state _unused_)
{
        Findings findings = {0};

        (void)findings_add_value(&findings, REASON_BLUR, FINDING_WARN, 20, 30, NAN);
        (void)findings_add_value(&findings, REASON_BLUR, FINDING_REJECT, 10, 15, NAN);
        assert_int_equal(findings.n, 1);
        assert_int_equal(findings.items[0].level, FINDING_REJECT);
        assert_true(findings.items[0].measured == 10);
}

static void test_full_list_never_loses_a_reject(void **state _unused_)
{
        Findings findings = {0};

        for (int i = 0; i < FINDINGS_MAX; i++)
                (void)findings_add(&findings, (ReasonCode)i, i == 7 ? FINDING_FIXED : FINDING_WARN);
        (void)findings_add(&findings, (ReasonCode)FINDINGS_MAX, FINDING_REJECT);
        assert_int_equal(findings.n, FINDINGS_MAX);
        assert_non_null(findings_find(&findings, (ReasonCode)FINDINGS_MAX));
        assert_null(findings_find(&findings, (ReasonCode)7));
        assert_true(findings_reject(&findings));
}

static void test_full_list_drops_what_is_no_graver(void **state _unused_)
{
        Findings findings = {0};
        Finding *dropped;

        for (int i = 0; i < FINDINGS_MAX; i++)
                (void)findings_add(&findings, (ReasonCode)i, FINDING_REJECT);
        dropped = findings_add(&findings, (ReasonCode)FINDINGS_MAX, FINDING_REJECT);
        assert_non_null(dropped);
        dropped->measured = 1; /* may be written all the same */
        assert_int_equal(findings_count(&findings, FINDING_REJECT), FINDINGS_MAX);
        assert_null(findings_find(&findings, (ReasonCode)FINDINGS_MAX));
}

static void test_warnings_do_not_reject(void **state _unused_)
{
        Findings findings = {0};

        assert_false(findings_reject(&findings));
        (void)findings_add(&findings, REASON_BLUR, FINDING_WARN);
        (void)findings_add(&findings, REASON_RESIZED, FINDING_FIXED);
        assert_false(findings_reject(&findings));
        (void)findings_add(&findings, REASON_TRUNCATED, FINDING_REJECT);
        assert_true(findings_reject(&findings));
        assert_int_equal(findings_count(&findings, FINDING_WARN), 1);
}

static void test_levels_go_to_text_and_back(void **state _unused_)
{
        for (int i = 0; i < _FINDING_LEVEL_MAX; i++)
                assert_int_equal(
                        finding_level_from_string(finding_level_to_string((FindingLevel)i)), i);
        assert_null(finding_level_to_string(_FINDING_LEVEL_MAX));
        assert_int_equal(finding_level_from_string("fatal"), _FINDING_LEVEL_INVALID);
}

static double outside(ReasonCode code, double measured, double measured2, double min, double max)
{
        const Finding finding = {
                .code = code, .measured = measured, .measured2 = measured2, .min = min, .max = max};

        return finding_outside(&finding);
}

static void test_how_far_outside_is_in_proportion_to_the_bound(void **state _unused_)
{
        assert_float_equal(outside(REASON_BLUR, 15, NAN, 30, NAN), 0.5, 1e-9);
        assert_float_equal(outside(REASON_EYE_LINE, 330, NAN, 200, 300), 0.1, 1e-9);
        assert_float_equal(outside(REASON_EYE_LINE, 250, NAN, 200, 300), 0, 1e-9);
        assert_float_equal(outside(REASON_NOISE, 3, NAN, NAN, 0), 3, 1e-9);
        assert_float_equal(outside(REASON_NOISE, NAN, NAN, NAN, 6), 0, 1e-9);
        assert_float_equal(outside(REASON_NOISE, 7, NAN, NAN, NAN), 0, 1e-9);
        /* Sides, and the bounds of their ratio. */
        assert_float_equal(outside(REASON_ASPECT_RATIO, 900, 600, 0.74, 0.75), 1, 1e-9);
}

static void test_the_worst_is_the_gravest_and_then_the_furthest(void **state _unused_)
{
        Findings findings = {0};

        assert_null(findings_worst(&findings));
        (void)findings_add_value(&findings, REASON_NOISE, FINDING_WARN, 12, NAN, 6);
        (void)findings_add_value(&findings, REASON_EYE_LINE, FINDING_WARN, 310, 200, 300);
        assert_int_equal(findings_worst(&findings)->code, REASON_NOISE);
        (void)findings_add_value(&findings, REASON_BLUR, FINDING_REJECT, 14, 15, NAN);
        assert_int_equal(findings_worst(&findings)->code, REASON_BLUR);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_added_finding_has_no_values),
                cmocka_unit_test(test_values_are_kept),
                cmocka_unit_test(test_same_code_keeps_the_graver),
                cmocka_unit_test(test_same_code_grows_graver),
                cmocka_unit_test(test_full_list_never_loses_a_reject),
                cmocka_unit_test(test_full_list_drops_what_is_no_graver),
                cmocka_unit_test(test_warnings_do_not_reject),
                cmocka_unit_test(test_how_far_outside_is_in_proportion_to_the_bound),
                cmocka_unit_test(test_the_worst_is_the_gravest_and_then_the_furthest),
                cmocka_unit_test(test_levels_go_to_text_and_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
