/* SPDX-License-Identifier: MIT */
#include "similarity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A bench that measures wrongly is worse than none: its measures are tested as well. */

static Raster make_raster(uint32_t width, uint32_t height, unsigned wave)
{
        Raster raster;

        assert_int_equal(raster_new(width, height, &raster), 0);
        for (uint32_t y = 0; y < height; y++)
                for (uint32_t x = 0; x < width; x++)
                        for (int c = 0; c < 3; c++)
                                raster.pixels[((size_t)y * width + x) * 3 + (size_t)c] =
                                        (uint8_t)lround(128 +
                                                        100 * sin(M_PI * (x + 0.5) * wave / width));
        return raster;
}

static Plane make_plane(uint32_t width, uint32_t height, double (*value)(uint32_t x, uint32_t y))
{
        Raster raster = make_raster(width, height, 1);
        Plane plane;

        assert_int_equal(plane_from_raster(&raster, REFERENCE_RED, &plane), 0);
        raster_done(&raster);
        for (uint32_t y = 0; y < height; y++)
                for (uint32_t x = 0; x < width; x++)
                        plane.values[(size_t)y * width + x] = value(x, y);
        return plane;
}

static double grey(uint32_t x _unused_, uint32_t y _unused_)
{
        return 100;
}

static double lighter_grey(uint32_t x _unused_, uint32_t y _unused_)
{
        return 110;
}

static double chequers(uint32_t x, uint32_t y)
{
        return (x + y) % 2 ? 200 : 50;
}

static double opposite_chequers(uint32_t x, uint32_t y)
{
        return (x + y) % 2 ? 50 : 200;
}

static void test_equal_planes_have_similarity_one(void **state _unused_)
{
        _cleanup_plane_ Plane a = make_plane(40, 30, chequers);
        double ssim;

        assert_int_equal(similarity_ssim(&a, &a, &ssim), 0);
        assert_true(fabs(ssim - 1) < 1e-12);
        assert_true(similarity_mse(&a, &a) == 0);
}

static void test_flat_planes_differ_by_their_light_alone(void **state _unused_)
{
        const double c1 = 0.01 * 255 * 0.01 * 255;
        _cleanup_plane_ Plane a = make_plane(20, 20, grey), b = make_plane(20, 20, lighter_grey);
        double ssim;

        assert_int_equal(similarity_ssim(&a, &b, &ssim), 0);
        assert_true(fabs(ssim - (2 * 100 * 110 + c1) / (100 * 100 + 110 * 110 + c1)) < 1e-9);
        assert_true(fabs(similarity_mse(&a, &b) - 100) < 1e-9);
}

static void test_opposite_structure_is_negative(void **state _unused_)
{
        _cleanup_plane_ Plane a = make_plane(20, 20, chequers);
        _cleanup_plane_ Plane b = make_plane(20, 20, opposite_chequers);
        double ssim;

        assert_int_equal(similarity_ssim(&a, &b, &ssim), 0);
        assert_true(ssim < -0.9);
}

static void test_planes_that_cannot_be_compared(void **state _unused_)
{
        _cleanup_plane_ Plane a = make_plane(20, 20, grey), b = make_plane(20, 21, grey);
        _cleanup_plane_ Plane c = make_plane(20, 10, grey);
        double ssim;

        assert_int_equal(similarity_ssim(&a, &b, &ssim), -EINVAL);
        assert_int_equal(similarity_ssim(&c, &c, &ssim), -EINVAL);
}

/* A slow wave is the same when shrunk; both ways of averaging agree where nothing changes fast. */
static void test_the_reference_keeps_what_is_slow(void **state _unused_)
{
        Raster big = make_raster(480, 640, 4), small = make_raster(120, 160, 4);
        _cleanup_plane_ Plane expected = {};

        assert_int_equal(plane_from_raster(&small, REFERENCE_GREEN, &expected), 0);
        for (int linear = 0; linear < 2; linear++) {
                _cleanup_plane_ Plane plane = {};

                assert_int_equal(reference_channel(&big, REFERENCE_GREEN, linear, 120, 160, &plane),
                                 0);
                assert_true(similarity_mse(&plane, &expected) < 2);
        }
        raster_done(&big);
        raster_done(&small);
}

/* Black and white lines of one pixel: half the light is much brighter than half the code. */
static void test_linear_light_is_another_mean_than_gamma(void **state _unused_)
{
        Raster big;

        assert_int_equal(raster_new(240, 320, &big), 0);
        for (size_t i = 0; i < (size_t)240 * 320; i++)
                for (size_t c = 0; c < 3; c++)
                        big.pixels[i * 3 + c] = i % 2 ? 255 : 0;
        for (int linear = 0; linear < 2; linear++) {
                _cleanup_plane_ Plane plane = {};
                double middle;

                assert_int_equal(reference_channel(&big, REFERENCE_BLUE, linear, 60, 80, &plane),
                                 0);
                middle = plane.values[40 * 60 + 30];
                assert_true(fabs(middle - (linear ? 187.5 : 127.5)) < 1.5);
        }
        raster_done(&big);
}

static void test_a_wider_source_is_cropped_from_the_middle(void **state _unused_)
{
        _cleanup_plane_ Plane plane = {};
        Raster big;

        assert_int_equal(raster_new(320, 320, &big), 0);
        for (uint32_t y = 0; y < 320; y++)
                for (uint32_t x = 0; x < 320; x++)
                        for (size_t c = 0; c < 3; c++)
                                big.pixels[((size_t)y * 320 + x) * 3 + c] =
                                        x < 40 || x >= 280 ? 255 : 10;
        assert_int_equal(reference_channel(&big, REFERENCE_RED, false, 60, 80, &plane), 0);
        assert_true(fabs(plane.values[40 * 60 + 30] - 10) < 1);
        assert_true(plane.values[40 * 60 + 3] < 30);
        raster_done(&big);
}

static void test_luma_weighs_the_channels(void **state _unused_)
{
        _cleanup_plane_ Plane luma = {};
        Plane channels[REFERENCE_CHANNELS] = {
                make_plane(20, 20, grey),
                make_plane(20, 20, lighter_grey),
                make_plane(20, 20, grey),
        };

        assert_int_equal(reference_luma(channels, &luma), 0);
        assert_true(fabs(luma.values[7] - 105.87) < 1e-9);
        for (int i = 0; i < REFERENCE_CHANNELS; i++)
                plane_done(&channels[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_equal_planes_have_similarity_one),
                cmocka_unit_test(test_flat_planes_differ_by_their_light_alone),
                cmocka_unit_test(test_opposite_structure_is_negative),
                cmocka_unit_test(test_planes_that_cannot_be_compared),
                cmocka_unit_test(test_the_reference_keeps_what_is_slow),
                cmocka_unit_test(test_linear_light_is_another_mean_than_gamma),
                cmocka_unit_test(test_a_wider_source_is_cropped_from_the_middle),
                cmocka_unit_test(test_luma_weighs_the_channels),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
