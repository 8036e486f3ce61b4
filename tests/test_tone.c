/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include "portrait.h"
#include <photo/facetone.h>
#include <photo/tone.h>

enum { PIXELS = 480 * 640 };

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        return 0;
}

static Raster portrait(uint64_t seed)
{
        PortraitWish wish;
        Raster raster;

        portrait_wish_default(seed, &wish);
        assert_int_equal(portrait_draw(&wish, 480, 640, &raster, NULL), 0);
        return raster;
}

static void judge(const Raster *raster, Findings *findings)
{
        _cleanup_free_ uint8_t *luma = NULL;
        const Judging judging = {.rules = &rules, .findings = findings};
        Face face = {};

        *findings = (Findings){};
        assert_int_equal(raster_luma(raster, &luma), 0);
        tone_judge(raster, luma, true, false, &judging);
        facetone_judge(raster, luma, &face, &judging);
}

/* Mean of a square of side 2 * reach + 1 about each pixel. */
static void blur(Raster *raster, int reach)
{
        _cleanup_free_ uint8_t *in = malloc(PIXELS * 3);

        assert_non_null(in);
        memcpy(in, raster->pixels, PIXELS * 3);
        for (int y = 0; y < 640; y++)
                for (int x = 0; x < 480; x++)
                        for (int k = 0; k < 3; k++) {
                                int sum = 0, n = 0;

                                for (int j = MAX(y - reach, 0); j <= MIN(y + reach, 639); j++)
                                        for (int i = MAX(x - reach, 0); i <= MIN(x + reach, 479);
                                             i++, n++)
                                                sum += in[(j * 480 + i) * 3 + k];
                                raster->pixels[(y * 480 + x) * 3 + k] = (uint8_t)(sum / n);
                        }
}

static void test_good_portraits_have_no_fault_of_tone(void **state)
{
        (void)state;
        for (uint64_t seed = 1; seed <= 8; seed++) {
                _cleanup_raster_ Raster raster = portrait(seed);
                Findings findings;

                judge(&raster, &findings);
                assert_int_equal(findings.n, 0);
        }
}

static void test_a_picture_of_one_colour_is_blank(void **state)
{
        _cleanup_raster_ Raster raster = portrait(1);
        Findings findings;

        (void)state;
        for (size_t i = 0; i < PIXELS; i++)
                memcpy(raster.pixels + 3 * i, "\x64\xc5\xff", 3);
        judge(&raster, &findings);
        assert_finding(&findings, REASON_BLANK_PICTURE, FINDING_REJECT);
}

static void test_a_picture_without_colour_is_grey_and_a_brown_one_sepia(void **state)
{
        _cleanup_raster_ Raster raster = portrait(2);
        Findings findings;

        (void)state;
        for (size_t i = 0; i < PIXELS; i++)
                memset(raster.pixels + 3 * i, raster.pixels[3 * i + 1], 3);
        judge(&raster, &findings);
        assert_finding(&findings, REASON_GREY_PICTURE, FINDING_REJECT);
        assert_no_finding(&findings, REASON_SEPIA);
        for (size_t i = 0; i < PIXELS; i++) {
                uint8_t *p = raster.pixels + 3 * i;

                p[0] = (uint8_t)MIN(p[1] * 107 / 100, 255);
                p[2] = (uint8_t)(p[1] * 78 / 100);
        }
        judge(&raster, &findings);
        assert_finding(&findings, REASON_SEPIA, FINDING_WARN);
        assert_no_finding(&findings, REASON_GREY_PICTURE);
}

static void test_blur_is_noticed_by_degrees(void **state)
{
        _cleanup_raster_ Raster raster = portrait(3);
        Findings findings;

        (void)state;
        blur(&raster, 4);
        judge(&raster, &findings);
        assert_finding(&findings, REASON_BLUR, FINDING_REJECT);
}

static void test_darkness_and_glare_are_noticed(void **state)
{
        _cleanup_raster_ Raster dark = portrait(4), bright = portrait(4);
        Findings findings;

        (void)state;
        for (size_t i = 0; i < PIXELS * 3; i++) {
                dark.pixels[i] = (uint8_t)(dark.pixels[i] * 2 / 5);
                bright.pixels[i] = (uint8_t)MIN(bright.pixels[i] * 2, 255);
        }
        judge(&dark, &findings);
        assert_finding(&findings, REASON_EXPOSURE_UNDER, FINDING_REJECT);
        judge(&bright, &findings);
        assert_finding(&findings, REASON_EXPOSURE_OVER, FINDING_REJECT);
}

static double block_edge_at(unsigned quality)
{
        _cleanup_raster_ Raster raster = portrait(5);
        _cleanup_encoded_ Encoded jpeg = {};
        _cleanup_(photo_result_done) PhotoResult result = {};
        const Finding *f;

        assert_int_equal(encode_jpeg(&raster, quality, false, &jpeg), 0);
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
        f = findings_find(&result.findings, REASON_RECOMPRESSED);
        return f ? f->measured : 0;
}

static void test_block_edges_of_strong_compression_are_noticed(void **state)
{
        (void)state;
        assert_true(block_edge_at(12) > 1.6);
        assert_true(block_edge_at(90) < 1.6);
}

static void test_a_pattern_off_the_grid_has_no_block_edges(void **state)
{
        static uint8_t luma[128 * 128];

        (void)state;
        for (size_t i = 0; i < sizeof(luma); i++)
                luma[i] = (uint8_t)(i * 2654435761u >> 27);
        assert_true(fabs(tone_block_edge(luma, 128, 128) - 1) < 0.1);
        assert_true(isnan(tone_block_edge(luma, 63, 128)));
}

/* Where the face of portrait() is, as a cascade would box it. */
static const Face drawn_face = {.n_boxes = 1, .boxes = {{.x = 115, .y = 165, .size = 250}}};

typedef struct Hints {
        double contrast, cast, side_light, grain;
} Hints;

static Hints hints_of(const Raster *raster)
{
        _cleanup_free_ uint8_t *luma = NULL;

        assert_int_equal(raster_luma(raster, &luma), 0);
        return (Hints){facetone_contrast(luma, &drawn_face), facetone_cast(raster, &drawn_face),
                       facetone_side_light(raster, &drawn_face), facetone_grain(luma, &drawn_face)};
}

static void test_hints_measure_what_was_done_to_the_face(void **state)
{
        _cleanup_raster_ Raster plain = portrait(3);
        Hints before = hints_of(&plain), after;
        uint32_t noise = 1;

        (void)state;
        assert_true(before.side_light < 1);
        assert_true(before.grain < 6);
        {
                _cleanup_raster_ Raster flat = portrait(3);

                for (size_t i = 0; i < PIXELS * 3; i++)
                        flat.pixels[i] = (uint8_t)(100 + flat.pixels[i] / 5);
                after = hints_of(&flat);
                assert_true(after.contrast < before.contrast / 4);
        }
        {
                _cleanup_raster_ Raster green = portrait(3);

                for (size_t i = 0; i < PIXELS * 3; i += 3)
                        green.pixels[i] = (uint8_t)(green.pixels[i] / 2);
                after = hints_of(&green);
                assert_true(after.cast > before.cast + 10);
        }
        {
                _cleanup_raster_ Raster dark_side = portrait(3);

                for (size_t i = 0; i < PIXELS * 3; i++)
                        if (i / 3 % 480 < 240)
                                dark_side.pixels[i] = (uint8_t)(dark_side.pixels[i] / 3);
                after = hints_of(&dark_side);
                assert_true(after.side_light > before.side_light + 1.5);
        }
        for (size_t i = 0; i < PIXELS * 3; i++) {
                noise = noise * 1664525 + 1013904223;
                plain.pixels[i] = (uint8_t)CLAMP(plain.pixels[i] + (int)(noise >> 26) - 32, 0, 255);
        }
        after = hints_of(&plain);
        assert_true(after.grain > before.grain + 5);
}

static void test_hints_are_silent_until_a_band_is_set(void **state)
{
        static const struct {
                PhotoMeasure measure;
                ReasonCode reason;
        } hints[] = {
                {PHOTO_MEASURE_CONTRAST, REASON_LOW_CONTRAST},
                {PHOTO_MEASURE_CAST, REASON_COLOUR_CAST},
                {PHOTO_MEASURE_SIDE_LIGHT, REASON_SIDE_LIGHT},
                {PHOTO_MEASURE_GRAIN, REASON_NOISE},
        };
        _cleanup_raster_ Raster raster = portrait(3);
        _cleanup_free_ uint8_t *luma = NULL;
        Face none = {};

        (void)state;
        assert_int_equal(raster_luma(&raster, &luma), 0);
        for (size_t i = 0; i < ELEMENTSOF(hints); i++) {
                Findings findings = {};
                const Judging judging = {.rules = &rules, .findings = &findings};

                assert_false(photo_measure_wanted(&rules, hints[i].measure));
                facetone_judge(&raster, luma, &drawn_face, &judging);
                assert_no_finding(&findings, hints[i].reason);
                rules.bands[hints[i].measure].warn_max = -1;
                assert_true(photo_measure_wanted(&rules, hints[i].measure));
                facetone_judge(&raster, luma, &drawn_face, &judging);
                assert_finding(&findings, hints[i].reason, FINDING_WARN);
                /* Without a face nothing is said of it. */
                findings = (Findings){};
                facetone_judge(&raster, luma, &none, &judging);
                assert_no_finding(&findings, hints[i].reason);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_good_portraits_have_no_fault_of_tone, setup),
                cmocka_unit_test_setup(test_a_picture_of_one_colour_is_blank, setup),
                cmocka_unit_test_setup(test_a_picture_without_colour_is_grey_and_a_brown_one_sepia,
                                       setup),
                cmocka_unit_test_setup(test_blur_is_noticed_by_degrees, setup),
                cmocka_unit_test_setup(test_darkness_and_glare_are_noticed, setup),
                cmocka_unit_test_setup(test_block_edges_of_strong_compression_are_noticed, setup),
                cmocka_unit_test_setup(test_hints_measure_what_was_done_to_the_face, setup),
                cmocka_unit_test_setup(test_hints_are_silent_until_a_band_is_set, setup),
                cmocka_unit_test_setup(test_a_pattern_off_the_grid_has_no_block_edges, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
