/* SPDX-License-Identifier: MIT */
#include <idphoto/photo.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        return 0;
}

static void test_the_defaults_are_those_of_the_standard(void **state)
{
        (void)state;
        assert_int_equal(rules.max_file_bytes, 20 * 1024 * 1024);
        assert_int_equal(rules.max_pixels, 60000000);
        assert_int_equal(rules.max_scans, 50);
        assert_true(rules.max_aspect_error == 0.01);
        assert_int_equal(rules.output_bytes_min, 20480);
        assert_int_equal(rules.output_bytes_max, 40000);
        assert_int_equal(rules.output_quality_min, 60);
        assert_memory_equal(rules.backdrops[0], "\x64\xc5\xff", 3);
}

static void test_every_measure_has_a_name_of_its_own_and_sane_bands(void **state)
{
        (void)state;
        for (int i = 0; i < _PHOTO_MEASURE_MAX; i++) {
                const PhotoBand *band = &rules.bands[i];
                const char *name = photo_measure_to_string((PhotoMeasure)i);

                assert_non_null(name);
                for (int j = 0; j < i; j++)
                        assert_string_not_equal(name, photo_measure_to_string((PhotoMeasure)j));
                assert_true(band->warn_min <= band->warn_max);
                assert_true(band->reject_min <= band->reject_max);
                /* What rejects lies outside of what only warns. */
                if (isfinite(band->warn_min))
                        assert_true(band->reject_min <= band->warn_min);
                if (isfinite(band->warn_max))
                        assert_true(band->reject_max >= band->warn_max);
        }
        assert_null(photo_measure_to_string(_PHOTO_MEASURE_MAX));
        assert_null(photo_measure_to_string((PhotoMeasure)-1));
}

static void test_a_value_is_judged_by_its_band(void **state)
{
        static const struct {
                double value;
                int level; /* -1: no finding */
        } cases[] = {
                {80, -1},
                {50, -1},
                {110, -1},
                {49.9, FINDING_WARN},
                {110.1, FINDING_WARN},
                {42, FINDING_WARN},
                {41.9, FINDING_REJECT},
                {118.1, FINDING_REJECT},
                {-INFINITY, FINDING_REJECT},
                {NAN, -1},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Findings findings = {};
                Finding *f =
                        photo_measure_judge(&rules, PHOTO_MEASURE_CROWN, cases[i].value, &findings);

                assert_int_equal(f != NULL, cases[i].level >= 0);
                if (!f)
                        continue;
                assert_int_equal(f->code, REASON_HEAD_TOP);
                assert_int_equal(f->level, cases[i].level);
                /* The limits that decided [P7]. */
                if (cases[i].level == FINDING_REJECT)
                        assert_true(f->min == 42 && f->max == 118);
                else
                        assert_true(f->min == 50 && f->max == 110);
        }
}

static void test_a_measure_without_bounds_is_silent_and_one_bound_is_shown_alone(void **state)
{
        Findings findings = {};
        Finding *f;

        (void)state;
        f = photo_measure_judge(&rules, PHOTO_MEASURE_CHROMA, 1, &findings);
        assert_non_null(f);
        assert_true(f->min == 3);
        assert_true(isnan(f->max));
        rules.bands[PHOTO_MEASURE_CHROMA] = (PhotoBand){-INFINITY, INFINITY, -INFINITY, INFINITY};
        assert_null(photo_measure_judge(&rules, PHOTO_MEASURE_CHROMA, 0, &findings));
}

static void test_a_result_is_released_and_left_empty(void **state)
{
        PhotoResult result = {.jpeg = malloc(10), .jpeg_size = 10};

        (void)state;
        assert_non_null(result.jpeg);
        photo_result_done(&result);
        assert_null(result.jpeg);
        assert_int_equal(result.jpeg_size, 0);
        photo_result_done(&result);
}

static void test_a_geometry_lies_in_the_frame_or_is_unknown(void **state)
{
        PhotoGeometry geometry = PHOTO_GEOMETRY_UNKNOWN;

        (void)state;
        assert_true(photo_geometry_valid(&geometry));
        geometry = (PhotoGeometry){0, PHOTO_HEIGHT, PHOTO_WIDTH, 0, -180};
        assert_true(photo_geometry_valid(&geometry));
        geometry.head_tilt = 181;
        assert_false(photo_geometry_valid(&geometry));
        geometry = (PhotoGeometry){.face_width = PHOTO_WIDTH + 1};
        assert_false(photo_geometry_valid(&geometry));
        geometry = (PhotoGeometry){.eye_line = (double)INFINITY};
        assert_false(photo_geometry_valid(&geometry));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_the_defaults_are_those_of_the_standard, setup),
                cmocka_unit_test_setup(test_every_measure_has_a_name_of_its_own_and_sane_bands,
                                       setup),
                cmocka_unit_test_setup(test_a_value_is_judged_by_its_band, setup),
                cmocka_unit_test_setup(
                        test_a_measure_without_bounds_is_silent_and_one_bound_is_shown_alone,
                        setup),
                cmocka_unit_test(test_a_geometry_lies_in_the_frame_or_is_unknown),
                cmocka_unit_test(test_a_result_is_released_and_left_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
