/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <lcms2.h>
#include <photo/colour.h>

/* A profile with the given primaries and gamma 2.2, in memory. */
static uint8_t *make_profile(double red_x, double green_y, bool grey, cmsUInt32Number *ret_size)
{
        cmsToneCurve *curve = cmsBuildGamma(NULL, 2.2);
        cmsToneCurve *curves[3] = {curve, curve, curve};
        cmsCIExyY white = {0.3127, 0.3290, 1};
        cmsCIExyYTRIPLE primaries = {{red_x, 0.33, 1}, {0.30, green_y, 1}, {0.15, 0.06, 1}};
        cmsHPROFILE profile = grey ? cmsCreateGrayProfile(&white, curve)
                                   : cmsCreateRGBProfile(&white, &primaries, curves);
        uint8_t *data;

        assert_non_null(profile);
        assert_true(cmsSaveProfileToMem(profile, NULL, ret_size));
        data = malloc(*ret_size);
        assert_non_null(data);
        assert_true(cmsSaveProfileToMem(profile, data, ret_size));
        cmsCloseProfile(profile);
        cmsFreeToneCurve(curve);
        return data;
}

static void test_a_wide_profile_is_converted(void **state)
{
        cmsUInt32Number size = 0;
        _cleanup_free_ uint8_t *profile = make_profile(0.64, 0.71, false, &size);
        JpegHeader header = {.icc_total = 1, .icc_seen = 1, .icc[0] = {profile, size}};
        _cleanup_(colour_freep) Colour *colour = NULL;
        _cleanup_raster_ Raster raster = {};
        Findings findings = {};

        (void)state;
        assert_int_equal(colour_new(&header, &colour, &findings), 0);
        assert_non_null(colour);
        assert_int_equal(findings.n, 0);
        assert_int_equal(raster_new(2, 1, &raster), 0);
        memcpy(raster.pixels, "\x80\x80\x80\x60\xc0\x60", 6);
        colour_convert(colour, &raster);
        /* Grey stays grey; a green of the wide gamut is a stronger green in sRGB. */
        assert_true(abs(raster.pixels[0] - raster.pixels[1]) <= 2);
        assert_true(abs(raster.pixels[2] - raster.pixels[1]) <= 2);
        assert_true(raster.pixels[3] < 0x50);
        assert_true(raster.pixels[4] >= 0xc0);
}

static void test_an_srgb_profile_asks_for_nothing(void **state)
{
        cmsHPROFILE srgb = cmsCreate_sRGBProfile();
        cmsUInt32Number size = 0;
        _cleanup_free_ uint8_t *data = NULL;
        _cleanup_(colour_freep) Colour *colour = NULL;
        JpegHeader header = {.icc_total = 1, .icc_seen = 1};
        Findings findings = {};

        (void)state;
        assert_true(cmsSaveProfileToMem(srgb, NULL, &size));
        data = malloc(size);
        assert_non_null(data);
        assert_true(cmsSaveProfileToMem(srgb, data, &size));
        cmsCloseProfile(srgb);
        header.icc[0].data = data;
        header.icc[0].size = size;
        assert_int_equal(colour_new(&header, &colour, &findings), 0);
        assert_null(colour);
        assert_int_equal(findings.n, 0);
}

static void test_no_profile_is_no_finding(void **state)
{
        static const JpegHeader header;
        Colour *colour = NULL;
        Findings findings = {};

        (void)state;
        assert_int_equal(colour_new(&header, &colour, &findings), 0);
        assert_null(colour);
        assert_int_equal(findings.n, 0);
}

static void test_a_profile_that_cannot_be_used_is_ignored_with_a_warning(void **state)
{
        cmsUInt32Number size = 0;
        _cleanup_free_ uint8_t *grey = make_profile(0.64, 0.60, true, &size);
        static uint8_t garbage[500];
        const JpegHeader headers[] = {
                {.icc_bad = true},
                {.icc_total = 2, .icc_seen = 1, .icc[0] = {grey, size}},
                {.icc_total = 1, .icc_seen = 1, .icc[0] = {grey, size}},
                {.icc_total = 1, .icc_seen = 1, .icc[0] = {garbage, sizeof(garbage)}},
                {.icc_total = 1, .icc_seen = 1, .icc[0] = {garbage, 3}},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(headers); i++) {
                Colour *colour = NULL;
                Findings findings = {};

                assert_int_equal(colour_new(&headers[i], &colour, &findings), 0);
                assert_null(colour);
                assert_finding(&findings, REASON_COLOUR_PROFILE_IGNORED, FINDING_WARN);
        }
}

static void test_a_profile_cut_anywhere_is_survived(void **state)
{
        cmsUInt32Number size = 0;
        _cleanup_free_ uint8_t *profile = make_profile(0.68, 0.69, false, &size);

        (void)state;
        for (cmsUInt32Number n = 1; n < size; n += 7) {
                _cleanup_free_ uint8_t *copy = malloc(n);
                JpegHeader header = {.icc_total = 1, .icc_seen = 1, .icc[0] = {copy, n}};
                _cleanup_(colour_freep) Colour *colour = NULL;
                Findings findings = {};

                assert_non_null(copy);
                memcpy(copy, profile, n);
                assert_int_equal(colour_new(&header, &colour, &findings), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_wide_profile_is_converted),
                cmocka_unit_test(test_an_srgb_profile_asks_for_nothing),
                cmocka_unit_test(test_no_profile_is_no_finding),
                cmocka_unit_test(test_a_profile_that_cannot_be_used_is_ignored_with_a_warning),
                cmocka_unit_test(test_a_profile_cut_anywhere_is_survived),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
