/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/decode.h>
#include <photo/jpegheader.h>

/* The rendition for the collection centre [P8]. */

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        for (size_t i = 0; i < _PHOTO_MEASURE_MAX; i++)
                if (i != PHOTO_MEASURE_SOURCE_QUALITY)
                        rules.bands[i] = (PhotoBand){-INFINITY, INFINITY, -INFINITY, INFINITY};
        return 0;
}

static void decode(const void *data, size_t size, Decoded *ret)
{
        Findings findings = {};
        JpegHeader header;

        jpeg_header_read(data, size, &header);
        assert_int_equal(
                decode_jpeg(data, size, &header, &rules, PHOTO_WIDTH, PHOTO_HEIGHT, ret, &findings),
                0);
        assert_int_equal(findings.n, 0);
}

static void assert_follows_the_standard(const uint8_t *data, size_t size)
{
        JpegHeader header;

        assert_in_range(size, PHOTO_CENTRE_BYTES_MIN, PHOTO_CENTRE_BYTES_MAX);
        jpeg_header_read(data, size, &header);
        assert_int_equal(header.process, JPEG_BASELINE);
        assert_int_equal(header.width, PHOTO_WIDTH);
        assert_int_equal(header.height, PHOTO_HEIGHT);
        assert_int_equal(header.n_components, 3);
        assert_true(header.has_jfif);
        assert_int_equal(header.density_unit, 1);
        assert_int_equal(header.x_density, PHOTO_DPI);
        assert_int_equal(header.y_density, PHOTO_DPI);
        assert_false(header.has_metadata);
}

static void test_it_is_the_photo_in_better_quality(void **state)
{
        /* Wider than 3:4 by less than a hundredth: the crop must be the same. */
        _cleanup_raster_ Raster truth = fixture_picture(966, 1280);
        _cleanup_encoded_ Encoded source = {};
        _cleanup_(photo_result_done) PhotoResult photo = {};
        _cleanup_(decoded_done) Decoded small = {}, large = {};
        _cleanup_free_ uint8_t *jpeg = NULL;
        size_t size = 0;

        (void)state;
        assert_int_equal(encode_jpeg(&truth, 95, true, &source), 0);
        assert_int_equal(photo_examine(source.data, source.size, &rules, &photo), 0);
        assert_non_null(photo.jpeg);
        assert_int_equal(photo_render_centre(source.data, source.size, &rules, NULL, &jpeg, &size),
                         0);
        assert_follows_the_standard(jpeg, size);
        assert_true(size > photo.jpeg_size);
        decode(photo.jpeg, photo.jpeg_size, &small);
        decode(jpeg, size, &large);
        assert_true(fixture_difference(&small.raster, &large.raster) < 3);
}

static void test_an_input_of_the_right_size_keeps_its_pixels(void **state)
{
        _cleanup_raster_ Raster truth = fixture_picture(480, 640);
        _cleanup_encoded_ Encoded source = {};
        _cleanup_(decoded_done) Decoded before = {}, after = {};
        _cleanup_free_ uint8_t *jpeg = NULL;
        size_t size = 0;

        (void)state;
        assert_int_equal(encode_jpeg(&truth, 98, false, &source), 0);
        assert_in_range(source.size, PHOTO_CENTRE_BYTES_MIN, PHOTO_CENTRE_BYTES_MAX);
        assert_int_equal(photo_render_centre(source.data, source.size, &rules, NULL, &jpeg, &size),
                         0);
        assert_follows_the_standard(jpeg, size);
        decode(source.data, source.size, &before);
        decode(jpeg, size, &after);
        assert_memory_equal(before.raster.pixels, after.raster.pixels, 480 * 640 * 3);
}

static void test_noise_is_kept_below_the_upper_bound(void **state)
{
        _cleanup_raster_ Raster raster = fixture_picture(480, 640);
        _cleanup_encoded_ Encoded source = {};
        _cleanup_free_ uint8_t *jpeg = NULL;
        uint32_t noise = 1;
        size_t size = 0;

        (void)state;
        for (size_t i = 0; i < 480 * 640 * 3; i++) {
                noise = noise * 1664525 + 1013904223;
                raster.pixels[i] = (uint8_t)(noise >> 24);
        }
        assert_int_equal(encode_jpeg(&raster, 100, true, &source), 0);
        assert_true(source.size > PHOTO_CENTRE_BYTES_MAX);
        assert_int_equal(photo_render_centre(source.data, source.size, &rules, NULL, &jpeg, &size),
                         0);
        assert_follows_the_standard(jpeg, size);
        assert_true(size > PHOTO_CENTRE_BYTES_MAX * 8 / 10);
}

static void test_a_flat_picture_is_not_padded(void **state)
{
        _cleanup_raster_ Raster raster = fixture_picture(960, 1280);
        _cleanup_encoded_ Encoded source = {};
        uint8_t *jpeg = NULL;
        size_t size = 0;

        (void)state;
        memset(raster.pixels, 200, (size_t)960 * 1280 * 3);
        assert_int_equal(encode_jpeg(&raster, 90, false, &source), 0);
        assert_int_equal(photo_render_centre(source.data, source.size, &rules, NULL, &jpeg, &size),
                         -ERANGE);
        assert_null(jpeg);
}

/* A reviewer has accepted it: that it is blurred, or that the bands were changed, is no matter. */
static void test_what_rejects_a_photo_does_not_keep_it_from_being_rendered(void **state)
{
        _cleanup_encoded_ Encoded source = fixture_jpeg(960, 1280, 92);
        _cleanup_free_ uint8_t *jpeg = NULL;
        size_t size = 0;

        (void)state;
        for (size_t i = 0; i < _PHOTO_MEASURE_MAX; i++)
                rules.bands[i] = (PhotoBand){INFINITY, INFINITY, INFINITY, INFINITY};
        assert_int_equal(photo_render_centre(source.data, source.size, &rules, NULL, &jpeg, &size),
                         0);
        assert_follows_the_standard(jpeg, size);
}

static void test_what_is_no_photo_has_no_rendition(void **state)
{
        _cleanup_encoded_ Encoded small = fixture_jpeg(300, 400, 92),
                                  wide = fixture_jpeg(1280, 960, 92),
                                  cut = fixture_jpeg(960, 1280, 92);
        const struct {
                const void *data;
                size_t size;
        } cases[] = {
                {"", 0},
                {"text", 4},
                {small.data, small.size},
                {wide.data, wide.size},
                {cut.data, cut.size / 2},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                uint8_t *jpeg = NULL;
                size_t size = 0;

                assert_int_equal(photo_render_centre(cases[i].data, cases[i].size, &rules, NULL,
                                                     &jpeg, &size),
                                 -ENODATA);
        }
        rules.max_file_bytes = 1000;
        {
                uint8_t *jpeg = NULL;
                size_t size = 0;

                assert_int_equal(
                        photo_render_centre(cut.data, cut.size, &rules, NULL, &jpeg, &size),
                        -ENODATA);
        }
}

static void test_it_stands_upright_as_the_photo_does(void **state)
{
        char *data = NULL;
        size_t data_size = 0, size = 0;
        _cleanup_(decoded_done) Decoded small = {}, large = {};
        _cleanup_(photo_result_done) PhotoResult photo = {};
        _cleanup_free_ uint8_t *jpeg = NULL;

        (void)state;
        corpus_require();
        corpus_read("variety/jpeg/orient_6.jpg", &data, &data_size);
        assert_int_equal(photo_examine(data, data_size, &rules, &photo), 0);
        assert_non_null(photo.jpeg);
        assert_int_equal(photo_render_centre(data, data_size, &rules, NULL, &jpeg, &size), 0);
        free(data);
        decode(photo.jpeg, photo.jpeg_size, &small);
        decode(jpeg, size, &large);
        assert_true(fixture_difference(&small.raster, &large.raster) < 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_it_is_the_photo_in_better_quality, setup),
                cmocka_unit_test_setup(test_an_input_of_the_right_size_keeps_its_pixels, setup),
                cmocka_unit_test_setup(test_noise_is_kept_below_the_upper_bound, setup),
                cmocka_unit_test_setup(test_a_flat_picture_is_not_padded, setup),
                cmocka_unit_test_setup(
                        test_what_rejects_a_photo_does_not_keep_it_from_being_rendered, setup),
                cmocka_unit_test_setup(test_what_is_no_photo_has_no_rendition, setup),
                cmocka_unit_test_setup(test_it_stands_upright_as_the_photo_does, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
