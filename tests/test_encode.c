/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/fit.h>
#include <photo/jpegheader.h>

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        return 0;
}

static void test_the_result_follows_the_standard(void **state)
{
        _cleanup_raster_ Raster raster = fixture_picture(480, 640);
        _cleanup_encoded_ Encoded jpeg = {};
        Findings findings = {};
        JpegHeader h;

        (void)state;
        assert_int_equal(encode_to_fit(&raster, &rules, &jpeg, &findings), 1);
        assert_in_range(jpeg.size, 20480, 40000);
        assert_in_range(jpeg.quality, 60, 100);
        assert_memory_equal(jpeg.data, "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\x01\x01\x2c\x01\x2c",
                            18);
        jpeg_header_read(jpeg.data, jpeg.size, &h);
        assert_int_equal(h.process, JPEG_BASELINE);
        assert_int_equal(h.n_components, 3);
        assert_false(h.has_metadata);
        assert_int_equal(findings.n, 0);
}

static void test_one_quality_more_would_not_fit(void **state)
{
        static const uint32_t limits[] = {25000, 30000, 40000, 60000};
        _cleanup_raster_ Raster raster = fixture_picture(480, 640);

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(limits); i++) {
                _cleanup_encoded_ Encoded jpeg = {}, next = {};
                Findings findings = {};

                rules.output_bytes_max = limits[i];
                assert_int_equal(encode_to_fit(&raster, &rules, &jpeg, &findings), 1);
                assert_true(jpeg.size <= limits[i]);
                if (jpeg.quality == 100)
                        continue;
                assert_int_equal(encode_jpeg(&raster, jpeg.quality + 1, jpeg.full_chroma, &next),
                                 0);
                assert_true(next.size > limits[i]);
        }
}

static void test_noise_that_cannot_fit_is_rejected_with_its_size(void **state)
{
        _cleanup_raster_ Raster raster = fixture_picture(480, 640);
        _cleanup_encoded_ Encoded jpeg = {};
        Findings findings = {};
        uint32_t noise = 1;

        (void)state;
        for (size_t i = 0; i < 480 * 640 * 3; i++) {
                noise = noise * 1664525 + 1013904223;
                raster.pixels[i] = (uint8_t)(noise >> 24);
        }
        assert_int_equal(encode_to_fit(&raster, &rules, &jpeg, &findings), 0);
        assert_finding(&findings, REASON_OUTPUT_TOO_LARGE, FINDING_REJECT);
        assert_true(findings.items[0].measured > 40000);
        assert_null(jpeg.data);
}

/* Cloth whose weave is a little too much for the lowest quality. */
static void test_busy_clothes_lose_only_their_faintest_grain(void **state)
{
        PhotoRules tight = rules;
        _cleanup_raster_ Raster raster = fixture_picture(480, 640);
        _cleanup_encoded_ Encoded lowest = {}, jpeg = {};
        Findings findings = {};
        JpegHeader h;
        bool exact;

        (void)state;
        for (size_t i = (size_t)400 * 480 * 3; i < (size_t)480 * 640 * 3; i++)
                raster.pixels[i] = (uint8_t)CLAMP(
                        raster.pixels[i] + (int)(i * 2654435761u >> 7) % 48 - 24, 0, 255);
        assert_int_equal(encode_jpeg(&raster, 60, false, &lowest), 0);
        tight.output_bytes_min = 1000;
        for (unsigned less = 1; less <= 10; less += 3) {
                tight.output_bytes_max = (uint32_t)(lowest.size * (100 - less) / 100);
                encoded_done(&jpeg);
                assert_int_equal(encode_to_fit(&raster, &tight, &jpeg, &findings), 1);
                assert_true(jpeg.size <= tight.output_bytes_max);
                assert_int_equal(jpeg.quality, 60);
                jpeg_header_read(jpeg.data, jpeg.size, &h);
                assert_int_equal(jpeg_header_quality(&h, &exact), 60);
        }
        assert_int_equal(findings.n, 0);
}

static void test_a_flat_picture_is_rejected_and_never_padded(void **state)
{
        _cleanup_raster_ Raster raster = fixture_picture(480, 640);
        _cleanup_encoded_ Encoded jpeg = {};
        Findings findings = {};

        (void)state;
        memset(raster.pixels, 200, 480 * 640 * 3);
        assert_int_equal(encode_to_fit(&raster, &rules, &jpeg, &findings), 0);
        assert_finding(&findings, REASON_OUTPUT_TOO_SMALL, FINDING_REJECT);
        assert_true(findings.items[0].measured < 20480);
        assert_null(jpeg.data);
}

static void test_a_smooth_picture_gets_full_chroma(void **state)
{
        _cleanup_raster_ Raster raster = fixture_picture(480, 640);
        _cleanup_encoded_ Encoded jpeg = {};
        Findings findings = {};

        (void)state;
        rules.output_bytes_max = 500000;
        rules.output_bytes_min = 61440;
        assert_int_equal(encode_to_fit(&raster, &rules, &jpeg, &findings), 1);
        assert_true(jpeg.full_chroma);
        assert_int_equal(jpeg.quality, 100);
}

static void test_the_same_picture_gives_the_same_bytes(void **state)
{
        _cleanup_encoded_ Encoded a = fixture_jpeg(480, 640, 77), b = fixture_jpeg(480, 640, 77);

        (void)state;
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.data, b.data, a.size);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_the_result_follows_the_standard, setup),
                cmocka_unit_test_setup(test_one_quality_more_would_not_fit, setup),
                cmocka_unit_test_setup(test_noise_that_cannot_fit_is_rejected_with_its_size, setup),
                cmocka_unit_test_setup(test_busy_clothes_lose_only_their_faintest_grain, setup),
                cmocka_unit_test_setup(test_a_flat_picture_is_rejected_and_never_padded, setup),
                cmocka_unit_test_setup(test_a_smooth_picture_gets_full_chroma, setup),
                cmocka_unit_test_setup(test_the_same_picture_gives_the_same_bytes, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
