/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

/* 2 x 3, each pixel its number. */
static Raster numbered(void)
{
        Raster raster;

        assert_int_equal(raster_new(2, 3, &raster), 0);
        for (int i = 0; i < 18; i++)
                raster.pixels[i] = (uint8_t)(i / 3);
        return raster;
}

static void test_turning_follows_the_exif_orientation(void **state)
{
        static const struct {
                uint32_t orientation, width, height;
                uint8_t pixels[6];
        } cases[] = {
                {1, 2, 3, {0, 1, 2, 3, 4, 5}},
                {3, 2, 3, {5, 4, 3, 2, 1, 0}},
                {6, 3, 2, {4, 2, 0, 5, 3, 1}},
                {8, 3, 2, {1, 3, 5, 0, 2, 4}},
        };
        _cleanup_raster_ Raster raster = numbered();

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_raster_ Raster turned = {};

                assert_int_equal(raster_turn(&raster, cases[i].orientation, &turned), 0);
                assert_int_equal(turned.width, cases[i].width);
                assert_int_equal(turned.height, cases[i].height);
                for (int k = 0; k < 6; k++)
                        assert_int_equal(turned.pixels[3 * k], cases[i].pixels[k]);
        }
}

static void test_mirrored_orientations_are_refused(void **state)
{
        static const uint32_t mirrored[] = {0, 2, 4, 5, 7, 9};
        _cleanup_raster_ Raster raster = numbered();

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(mirrored); i++) {
                Raster turned = {};

                assert_int_equal(raster_turn(&raster, mirrored[i], &turned), -EINVAL);
                assert_null(turned.pixels);
        }
}

static void test_absurd_sizes_are_refused_before_allocation(void **state)
{
        Raster raster = {};

        (void)state;
        assert_int_equal(raster_new(0, 10, &raster), -EOVERFLOW);
        assert_int_equal(raster_new(65501, 1, &raster), -EOVERFLOW);
        assert_int_equal(raster_new(65500, 65500, &raster), -EOVERFLOW);
        assert_int_equal(raster_new(UINT32_MAX, UINT32_MAX, &raster), -EOVERFLOW);
        assert_null(raster.pixels);
}

static void test_shrinking_keeps_a_flat_area_exactly(void **state)
{
        static const uint32_t sizes[][2] = {{481, 641}, {960, 1280}, {1023, 1364}, {1919, 2559}};

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_raster_ Raster raster = {}, small = {};
                RasterWindow all = {0, 0, sizes[i][0], sizes[i][1]};
                size_t n = (size_t)sizes[i][0] * sizes[i][1];

                assert_int_equal(raster_new(sizes[i][0], sizes[i][1], &raster), 0);
                for (size_t k = 0; k < n; k++) {
                        raster.pixels[3 * k] = 0;
                        raster.pixels[3 * k + 1] = 197;
                        raster.pixels[3 * k + 2] = 255;
                }
                assert_int_equal(raster_resize(&raster, &all, 480, 640, &small), 0);
                for (size_t k = 0; k < 480 * 640; k++) {
                        assert_int_equal(small.pixels[3 * k], 0);
                        assert_int_equal(small.pixels[3 * k + 1], 197);
                        assert_int_equal(small.pixels[3 * k + 2], 255);
                }
        }
}

static void test_shrinking_keeps_a_ramp_in_its_place(void **state)
{
        _cleanup_raster_ Raster raster = {}, small = {};
        RasterWindow all = {0, 0, 1200, 1600};

        (void)state;
        assert_int_equal(raster_new(1200, 1600, &raster), 0);
        for (uint32_t y = 0; y < 1600; y++)
                for (uint32_t x = 0; x < 1200; x++) {
                        uint8_t *p = raster.pixels + ((size_t)y * 1200 + x) * 3;

                        p[0] = (uint8_t)(x * 250 / 1200);
                        p[1] = (uint8_t)(y * 250 / 1600);
                        p[2] = 0;
                }
        assert_int_equal(raster_resize(&raster, &all, 480, 640, &small), 0);
        for (uint32_t y = 10; y < 630; y++)
                for (uint32_t x = 10; x < 470; x++) {
                        const uint8_t *p = raster_at(&small, x, y);

                        assert_true(abs(p[0] - (int)((x + 0.5) * 250 / 480 - 0.5)) <= 1);
                        assert_true(abs(p[1] - (int)((y + 0.5) * 250 / 640 - 0.5)) <= 1);
                }
}

static void test_a_fine_pattern_averages_instead_of_aliasing(void **state)
{
        _cleanup_raster_ Raster raster = {}, small = {};
        RasterWindow all = {0, 0, 1440, 1920};

        (void)state;
        assert_int_equal(raster_new(1440, 1920, &raster), 0);
        for (size_t i = 0; i < (size_t)1440 * 1920; i++)
                memset(raster.pixels + 3 * i, (i + i / 1440) % 2 ? 255 : 0, 3);
        assert_int_equal(raster_resize(&raster, &all, 480, 640, &small), 0);
        for (uint32_t y = 5; y < 635; y++)
                for (uint32_t x = 5; x < 475; x++)
                        assert_true(abs(raster_at(&small, x, y)[0] - 128) <= 6);
}

static void test_overshoot_is_clamped(void **state)
{
        _cleanup_raster_ Raster raster = {}, small = {};
        RasterWindow all = {0, 0, 960, 1280};

        (void)state;
        assert_int_equal(raster_new(960, 1280, &raster), 0);
        for (uint32_t y = 0; y < 1280; y++)
                for (uint32_t x = 0; x < 960; x++)
                        memset(raster.pixels + ((size_t)y * 960 + x) * 3,
                               (x / 40 + y / 40) % 2 ? 255 : 0, 3);
        assert_int_equal(raster_resize(&raster, &all, 480, 640, &small), 0);
        /* In the middle of each square the value is the square's: nothing wrapped around. */
        for (uint32_t y = 10; y < 640; y += 20)
                for (uint32_t x = 10; x < 480; x += 20) {
                        int expected = (x / 20 + y / 20) % 2 ? 255 : 0;

                        assert_true(abs(raster_at(&small, x, y)[0] - expected) <= 3);
                }
}

static void test_a_window_outside_the_picture_is_refused(void **state)
{
        static const RasterWindow windows[] = {
                {-1, 0, 10, 10}, {0, 0, 101, 10}, {0, 95, 10, 10}, {0, 0, 0, 10}, {NAN, 0, 10, 10},
        };
        _cleanup_raster_ Raster raster = fixture_picture(100, 100);

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(windows); i++) {
                Raster out = {};

                assert_int_equal(raster_resize(&raster, &windows[i], 10, 10, &out), -EINVAL);
                assert_null(out.pixels);
        }
}

static void test_luma_of_greys_is_the_grey(void **state)
{
        _cleanup_raster_ Raster raster = {};
        _cleanup_free_ uint8_t *luma = NULL;

        (void)state;
        assert_int_equal(raster_new(256, 1, &raster), 0);
        for (int i = 0; i < 256; i++)
                memset(raster.pixels + 3 * i, i, 3);
        assert_int_equal(raster_luma(&raster, &luma), 0);
        for (int i = 0; i < 256; i++)
                assert_int_equal(luma[i], i);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_turning_follows_the_exif_orientation),
                cmocka_unit_test(test_mirrored_orientations_are_refused),
                cmocka_unit_test(test_absurd_sizes_are_refused_before_allocation),
                cmocka_unit_test(test_shrinking_keeps_a_flat_area_exactly),
                cmocka_unit_test(test_shrinking_keeps_a_ramp_in_its_place),
                cmocka_unit_test(test_a_fine_pattern_averages_instead_of_aliasing),
                cmocka_unit_test(test_overshoot_is_clamped),
                cmocka_unit_test(test_a_window_outside_the_picture_is_refused),
                cmocka_unit_test(test_luma_of_greys_is_the_grey),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
