/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include "portrait.h"
#include <photo/backdrop.h>
#include <photo/lab.h>

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        return 0;
}

static Raster portrait(const PortraitWish *wish, PortraitTruth *truth)
{
        Raster raster;

        assert_int_equal(portrait_draw(wish, 480, 640, &raster, truth), 0);
        return raster;
}

static void judge(const Raster *raster, Backdrop *backdrop, Findings *findings)
{
        _cleanup_free_ uint8_t *luma = NULL;

        assert_int_equal(raster_luma(raster, &luma), 0);
        assert_int_equal(backdrop_measure(raster, luma, NULL, &rules, backdrop), 0);
        *findings = (Findings){};
        backdrop_judge(backdrop, &(Judging){.rules = &rules, .findings = findings});
}

static void fill(Raster *raster, uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1, uint8_t r,
                 uint8_t g, uint8_t b)
{
        for (uint32_t y = y0; y < y1; y++)
                for (uint32_t x = x0; x < x1; x++) {
                        uint8_t *p = raster->pixels + ((size_t)y * raster->width + x) * 3;

                        p[0] = r;
                        p[1] = g;
                        p[2] = b;
                }
}

static void test_known_colours_have_their_lab_values(void **state)
{
        static const struct {
                uint8_t rgb[3];
                float l, a, b;
        } cases[] = {
                {{0, 0, 0}, 0, 0, 0},
                {{255, 255, 255}, 100, 0, 0},
                {{255, 0, 0}, 53.24f, 80.09f, 67.20f},
                {{0, 255, 0}, 87.73f, -86.18f, 83.18f},
                {{0, 0, 255}, 32.30f, 79.19f, -107.86f},
                {{128, 128, 128}, 53.59f, 0, 0},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Lab lab = lab_from_rgb(cases[i].rgb);

                assert_true(fabsf(lab.l - cases[i].l) < 0.05f);
                assert_true(fabsf(lab.a - cases[i].a) < 0.05f);
                assert_true(fabsf(lab.b - cases[i].b) < 0.05f);
        }
}

static void test_portraits_before_each_allowed_wall_pass(void **state)
{
        (void)state;
        for (size_t i = 0; i < rules.n_backdrops; i++) {
                PortraitTruth truth;
                PortraitWish wish;
                Findings findings;
                Backdrop backdrop;

                portrait_wish_default(i + 3, &wish);
                memcpy(wish.backdrop, rules.backdrops[i], 3);
                {
                        _cleanup_raster_ Raster raster = portrait(&wish, &truth);

                        judge(&raster, &backdrop, &findings);
                }
                assert_int_equal(findings.n, 0);
                assert_true(fabs(backdrop.crown - truth.crown) < 6);
                assert_true(backdrop.shoulders > 80);
        }
}

static void test_walls_of_other_colours_are_told_by_distance(void **state)
{
        static const struct {
                uint8_t rgb[3];
                FindingLevel level;
        } cases[] = {
                {{188, 186, 182}, FINDING_WARN}, {{30, 70, 150}, FINDING_REJECT},
                {{200, 30, 40}, FINDING_REJECT}, {{140, 140, 140}, FINDING_REJECT},
                {{20, 120, 40}, FINDING_REJECT},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                PortraitWish wish;
                Findings findings;
                Backdrop backdrop;

                portrait_wish_default(5, &wish);
                memcpy(wish.backdrop, cases[i].rgb, 3);
                {
                        _cleanup_raster_ Raster raster = portrait(&wish, NULL);

                        judge(&raster, &backdrop, &findings);
                }
                assert_finding(&findings, REASON_BACKDROP_COLOUR, cases[i].level);
        }
}

static void test_a_gradient_is_uneven(void **state)
{
        PortraitWish wish;
        Findings findings;
        Backdrop backdrop;

        (void)state;
        portrait_wish_default(6, &wish);
        {
                _cleanup_raster_ Raster raster = portrait(&wish, NULL);

                for (uint32_t y = 0; y < 640; y++)
                        for (uint32_t x = 0; x < 480 * 3; x++) {
                                uint8_t *p = raster.pixels + (size_t)y * 480 * 3 + x;

                                *p = (uint8_t)(*p * (100 - x * 30 / 1440) / 100);
                        }
                judge(&raster, &backdrop, &findings);
        }
        assert_finding(&findings, REASON_BACKDROP_UNEVEN, FINDING_WARN);
}

static void test_things_on_the_wall_are_rejected(void **state)
{
        PortraitWish wish;
        Findings findings;
        Backdrop backdrop;

        (void)state;
        portrait_wish_default(6, &wish);
        {
                _cleanup_raster_ Raster raster = portrait(&wish, NULL);

                for (uint32_t i = 0; i < 24; i++)
                        fill(&raster, 20 * i, 0, 20 * i + 10, i % 3 * 40 + 180, 90, 60, 30);
                judge(&raster, &backdrop, &findings);
        }
        assert_finding(&findings, REASON_BACKDROP_UNEVEN, FINDING_REJECT);
}

static void test_frames_and_banners_are_rejected(void **state)
{
        static const struct {
                uint32_t x0, y0, x1, y1;
                uint8_t rgb[3];
        } cases[] = {
                {0, 0, 480, 30, {0, 0, 0}},        {0, 610, 480, 640, {255, 255, 255}},
                {0, 590, 480, 640, {200, 30, 40}}, {0, 0, 24, 640, {255, 255, 255}},
                {470, 0, 480, 640, {0, 0, 0}},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                PortraitWish wish;
                Findings findings;
                Backdrop backdrop;

                portrait_wish_default(7, &wish);
                {
                        _cleanup_raster_ Raster raster = portrait(&wish, NULL);

                        fill(&raster, cases[i].x0, cases[i].y0, cases[i].x1, cases[i].y1,
                             cases[i].rgb[0], cases[i].rgb[1], cases[i].rgb[2]);
                        judge(&raster, &backdrop, &findings);
                }
                assert_finding(&findings, REASON_BORDER, FINDING_REJECT);
        }
}

static void test_a_head_too_high_or_low_is_rejected(void **state)
{
        static const double shifts[] = {-60, 60};

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(shifts); i++) {
                PortraitWish wish;
                Findings findings;
                Backdrop backdrop;

                portrait_wish_default(8, &wish);
                wish.shift_y = shifts[i];
                {
                        _cleanup_raster_ Raster raster = portrait(&wish, NULL);

                        judge(&raster, &backdrop, &findings);
                }
                assert_finding(&findings, REASON_HEAD_TOP, FINDING_REJECT);
        }
}

static void test_a_person_who_does_not_fill_the_frame_is_noticed(void **state)
{
        PortraitWish wish;
        Findings findings;
        Backdrop backdrop;

        (void)state;
        portrait_wish_default(9, &wish);
        wish.zoom = 0.52;
        wish.shift_y = 30;
        {
                _cleanup_raster_ Raster raster = portrait(&wish, NULL);

                judge(&raster, &backdrop, &findings);
        }
        assert_finding(&findings, REASON_SHOULDERS, FINDING_WARN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_known_colours_have_their_lab_values, setup),
                cmocka_unit_test_setup(test_portraits_before_each_allowed_wall_pass, setup),
                cmocka_unit_test_setup(test_walls_of_other_colours_are_told_by_distance, setup),
                cmocka_unit_test_setup(test_a_gradient_is_uneven, setup),
                cmocka_unit_test_setup(test_things_on_the_wall_are_rejected, setup),
                cmocka_unit_test_setup(test_frames_and_banners_are_rejected, setup),
                cmocka_unit_test_setup(test_a_head_too_high_or_low_is_rejected, setup),
                cmocka_unit_test_setup(test_a_person_who_does_not_fill_the_frame_is_noticed, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
