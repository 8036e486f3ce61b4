/* SPDX-License-Identifier: MIT */
#include <idphoto/finding.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool has_chinese(const char *s)
{
        for (; *s; s++)
                if ((unsigned char)*s >= 0xe4 && (unsigned char)*s <= 0xe9)
                        return true;
        return false;
}

/* Reasons that only tell what was put right ask for nothing. */
static bool is_fix(ReasonCode code)
{
        return code >= REASON_TURNED_UPRIGHT && code <= REASON_COLOUR_CONVERTED;
}

static void test_codes_go_to_text_and_back(void **state _unused_)
{
        for (int i = 0; i < _REASON_MAX; i++)
                assert_int_equal(reason_from_string(reason_to_string((ReasonCode)i)), i);
        assert_null(reason_to_string(_REASON_MAX));
        assert_null(reason_to_string(_REASON_INVALID));
        assert_int_equal(reason_from_string("no-such-reason"), _REASON_INVALID);
        assert_int_equal(reason_from_string(""), _REASON_INVALID);
}

static void test_every_code_has_a_title_in_every_language(void **state _unused_)
{
        for (int i = 0; i < _REASON_MAX; i++) {
                const char *en = reason_title((ReasonCode)i, LANGUAGE_EN);
                const char *zh = reason_title((ReasonCode)i, LANGUAGE_ZH);

                if (strlen(en) < 10 || !text_ends_with(en, ".") || has_chinese(en))
                        fail_msg("%s: '%s'", reason_to_string((ReasonCode)i), en);
                if (!has_chinese(zh) || !utf8_valid(zh) || !text_ends_with(zh, "。"))
                        fail_msg("%s: '%s'", reason_to_string((ReasonCode)i), zh);
        }
}

static void test_every_code_says_what_to_do(void **state _unused_)
{
        for (int i = 0; i < _REASON_MAX; i++) {
                const char *en = reason_advice((ReasonCode)i, LANGUAGE_EN);
                const char *zh = reason_advice((ReasonCode)i, LANGUAGE_ZH);

                if (is_fix((ReasonCode)i)) {
                        assert_string_equal(en, "");
                        assert_string_equal(zh, "");
                        continue;
                }
                if (strlen(en) < 10 || !text_ends_with(en, "."))
                        fail_msg("%s: '%s'", reason_to_string((ReasonCode)i), en);
                if (!has_chinese(zh) || !utf8_valid(zh) || !text_ends_with(zh, "。"))
                        fail_msg("%s: '%s'", reason_to_string((ReasonCode)i), zh);
        }
}

static void test_titles_differ(void **state _unused_)
{
        for (int i = 0; i < _REASON_MAX; i++)
                for (int j = 0; j < i; j++)
                        for (int l = 0; l < _LANGUAGE_MAX; l++)
                                assert_string_not_equal(reason_title((ReasonCode)i, (Language)l),
                                                        reason_title((ReasonCode)j, (Language)l));
}

static void test_texts_hold_no_id_number(void **state _unused_)
{
        for (int i = 0; i < _REASON_MAX; i++)
                for (int l = 0; l < _LANGUAGE_MAX; l++) {
                        const char *texts[] = {reason_title((ReasonCode)i, (Language)l),
                                               reason_advice((ReasonCode)i, (Language)l)};

                        for (size_t t = 0; t < ELEMENTSOF(texts); t++)
                                for (const char *p = texts[t]; *p; p++)
                                        assert_true(strspn(p, "0123456789") < 11);
                }
}

static void test_iphone_owners_learn_the_setting(void **state _unused_)
{
        assert_non_null(strstr(reason_advice(REASON_FORMAT_HEIC, LANGUAGE_ZH), "兼容性最佳"));
        assert_non_null(strstr(reason_advice(REASON_FORMAT_HEIC, LANGUAGE_EN), "Most Compatible"));
}

static void test_unknown_code_has_empty_texts(void **state _unused_)
{
        Finding finding = {
                .code = _REASON_MAX, .measured = 1, .measured2 = NAN, .min = 2, .max = 3};
        _cleanup_text_ Text text = {0};

        assert_string_equal(reason_title(_REASON_INVALID, LANGUAGE_EN), "");
        assert_string_equal(reason_advice(_REASON_MAX, LANGUAGE_ZH), "");
        assert_string_equal(reason_title(REASON_BLUR, _LANGUAGE_MAX), "");
        finding_append_values(&text, &finding, LANGUAGE_EN);
        assert_int_equal(text.size, 0);
}

static void test_values_read_well_in_both_languages(void **state _unused_)
{
        static const struct {
                ReasonCode code;
                double measured, measured2, min, max;
                const char *en, *zh;
        } cases[] = {
                {REASON_TOO_SMALL, 358, 441, 480, NAN,
                 "measured 358 x 441 pixels, allowed at least 480 x 640",
                 "实测 358×441 像素，要求不小于 480×640"},
                {REASON_EYE_LINE, 330.4, NAN, 200, 300, "measured 330 pixels, allowed 200 to 300",
                 "实测 330 像素，要求 200～300"},
                {REASON_OUTPUT_TOO_LARGE, 41234, NAN, 20480, 40000,
                 "measured 41,234 bytes, allowed 20,480 to 40,000",
                 "实测 41,234 字节，要求 20,480～40,000"},
                {REASON_FILE_TOO_LARGE, 23000000, NAN, NAN, 20971520,
                 "measured 21.93 MB, allowed at most 20", "实测 21.93 MB，要求不大于 20"},
                {REASON_TOO_MANY_PIXELS, 108000000, NAN, NAN, 60000000,
                 "measured 108 million pixels, allowed at most 60",
                 "实测 108 百万像素，要求不大于 60"},
                {REASON_HEAD_TILT, -13.25, NAN, -6, 6, "measured -13.2 degrees, allowed -6 to 6",
                 "实测 -13.2 度，要求 -6～6"},
                {REASON_EXPOSURE_OVER, 41.5, NAN, NAN, 35, "measured 41.5%, allowed at most 35%",
                 "实测 41.5%，要求不大于 35%"},
                {REASON_ASPECT_RATIO, 0.8, NAN, 0.7425, 0.7575,
                 "measured 0.8, allowed 0.7425 to 0.7575", "实测 0.8，要求 0.7425～0.7575"},
                {REASON_ASPECT_RATIO, 600, 700, NAN, NAN, "measured 600 x 700 pixels",
                 "实测 600×700 像素"},
                {REASON_BLUR, 12.504, NAN, 30, NAN, "measured 12.5, allowed at least 30",
                 "实测 12.5，要求不小于 30"},
                {REASON_OLD_PHOTO, 800, NAN, NAN, 365, "measured 800 days, allowed at most 365",
                 "实测 800 天，要求不大于 365"},
                {REASON_TOO_MANY_SCANS, 500, NAN, NAN, 50, "measured 500 scans, allowed at most 50",
                 "实测 500 次扫描，要求不大于 50"},
                {REASON_INPUT_QUALITY, NAN, NAN, 60, NAN, "allowed at least 60", "要求不小于 60"},
                {REASON_RECODED, 90, NAN, NAN, NAN, "JPEG quality 90", "JPEG 质量 90"},
                {REASON_HEAD_TOP, NAN, NAN, 50, 110, "allowed 50 to 110 pixels",
                 "要求 50～110 像素"},
                {REASON_SEVERAL_FACES, 2, NAN, 1, 1, "measured 2 faces, allowed 1",
                 "实测 2 张人脸，要求 1"},
                {REASON_EMPTY_FILE, 0, NAN, NAN, NAN, "measured 0 bytes", "实测 0 字节"},
                {REASON_EXPOSURE_OVER, -0.04, NAN, NAN, NAN, "measured 0%", "实测 0%"},
                {REASON_BLUR, NAN, NAN, NAN, NAN, "", ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Finding finding = {
                        .code = cases[i].code,
                        .measured = cases[i].measured,
                        .measured2 = cases[i].measured2,
                        .min = cases[i].min,
                        .max = cases[i].max,
                };
                _cleanup_text_ Text en = {0}, zh = {0};

                finding_append_values(&en, &finding, LANGUAGE_EN);
                finding_append_values(&zh, &finding, LANGUAGE_ZH);
                assert_string_equal(en.data ? en.data : "", cases[i].en);
                assert_string_equal(zh.data ? zh.data : "", cases[i].zh);
        }
}

static void test_absurd_values_do_no_harm(void **state _unused_)
{
        static const double values[] = {INFINITY, -INFINITY, 1e300, -1e300, 1e15, 5e-324, 0};

        for (size_t i = 0; i < ELEMENTSOF(values); i++)
                for (int c = 0; c < _REASON_MAX; c++) {
                        Finding finding = {
                                .code = (ReasonCode)c,
                                .measured = values[i],
                                .measured2 = values[i],
                                .min = values[i],
                                .max = values[i],
                        };
                        _cleanup_text_ Text text = {0};

                        finding_append_values(&text, &finding, LANGUAGE_EN);
                        assert_true(text.error == 0 && text.size > 0 && text.size < 250);
                }
}

static void test_words_hold_the_facts_in_brackets(void **state _unused_)
{
        Finding finding = {.code = REASON_NOISE,
                           .measured = 7.5,
                           .measured2 = NAN,
                           .min = NAN,
                           .max = 6,
                           .detail = "detail"};
        _cleanup_text_ Text en = {}, zh = {}, bare = {};
        char want[512];

        finding_append_words(&en, &finding, LANGUAGE_EN);
        (void)snprintf(want, sizeof(want), "%s (measured 7.5, allowed at most 6; detail)",
                       reason_title(REASON_NOISE, LANGUAGE_EN));
        assert_string_equal(en.data, want);
        finding_append_words(&zh, &finding, LANGUAGE_ZH);
        (void)snprintf(want, sizeof(want), "%s（实测 7.5，要求不大于 6；detail）",
                       reason_title(REASON_NOISE, LANGUAGE_ZH));
        assert_string_equal(zh.data, want);
        finding = (Finding){
                .code = REASON_CMYK, .measured = NAN, .measured2 = NAN, .min = NAN, .max = NAN};
        finding_append_words(&bare, &finding, LANGUAGE_EN);
        assert_string_equal(bare.data, reason_title(REASON_CMYK, LANGUAGE_EN));
}

static void test_programs_read_codes_with_their_values(void **state _unused_)
{
        Findings findings = {0};
        _cleanup_text_ Text text = {};

        (void)findings_add_value(&findings, REASON_NOISE, FINDING_WARN, 7.5, NAN, 6);
        (void)findings_add(&findings, REASON_RESIZED, FINDING_FIXED);
        (void)findings_add(&findings, REASON_CMYK, FINDING_REJECT);
        findings_add_value(&findings, REASON_TOO_SMALL, FINDING_REJECT, 358, 480, NAN)->measured2 =
                441;
        (void)findings_add_value(&findings, REASON_FILE_TOO_LARGE, FINDING_REJECT, 30000000, NAN,
                                 20971520);
        findings_append_codes(&text, &findings);
        assert_string_equal(text.data, "cmyk,too-small=358x441;min=480,"
                                       "file-too-large=30000000;max=20971520,noise=7.5;max=6");
        assert_string_equal(reason_unit(REASON_TOO_SMALL), "pixels");
        assert_string_equal(reason_unit(REASON_FILE_TOO_LARGE), "bytes");
        assert_null(reason_unit(REASON_NOISE));
        assert_null(reason_unit(_REASON_INVALID));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_codes_go_to_text_and_back),
                cmocka_unit_test(test_every_code_has_a_title_in_every_language),
                cmocka_unit_test(test_every_code_says_what_to_do),
                cmocka_unit_test(test_titles_differ),
                cmocka_unit_test(test_texts_hold_no_id_number),
                cmocka_unit_test(test_iphone_owners_learn_the_setting),
                cmocka_unit_test(test_unknown_code_has_empty_texts),
                cmocka_unit_test(test_values_read_well_in_both_languages),
                cmocka_unit_test(test_words_hold_the_facts_in_brackets),
                cmocka_unit_test(test_programs_read_codes_with_their_values),
                cmocka_unit_test(test_absurd_values_do_no_harm),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
