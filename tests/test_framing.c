/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/framing.h>

/* Which part of a picture becomes the photo [P10], by numbers alone. */

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        return 0;
}

/* A head as the finished photo would show it. */
typedef struct Shown {
        double crown, eyes, width, off;
} Shown;

static Shown show(const FramingHead *head, const RasterWindow *window)
{
        double zoom = window->width / PHOTO_WIDTH;

        return (Shown){
                .crown = (head->crown - window->y) / zoom,
                .eyes = (head->eye_line - window->y) / zoom,
                .width = head->width / zoom,
                .off = (head->centre - window->x) / zoom - PHOTO_WIDTH / 2,
        };
}

static bool between(double value, double min, double max)
{
        return value >= min - 1e-6 && value <= max + 1e-6;
}

static bool warns_of_nothing(const Shown *shown)
{
        return between(shown->crown, 50, 110) && between(shown->eyes, 200, 300) &&
               between(shown->width, 170, 310) && between(shown->off, -40, 40);
}

static bool rejects_nothing(const Shown *shown)
{
        return between(shown->crown, 42, 118) && between(shown->eyes, 192, 308) &&
               between(shown->width, 155, 325);
}

static void assert_inside(const RasterWindow *w, uint32_t width, uint32_t height)
{
        assert_true(w->x >= 0 && w->y >= 0 && w->width > 0);
        assert_true(w->x + w->width <= width + 1e-6 && w->y + w->height <= height + 1e-6);
        assert_true(fabs(w->width / w->height - 0.75) < 1e-9);
        assert_true(w->width >= PHOTO_WIDTH - 1e-6);
}

/* Random numbers that are the same everywhere. */
static double between_at_random(uint64_t *random, double min, double max)
{
        *random = *random * 6364136223846793005u + 1442695040888963407u;
        return min + (max - min) * (double)(*random >> 40) / (1 << 24);
}

/* Whether some part on a grid passes; ways: how many do. */
static bool any_part(const FramingHead *head, uint32_t width, uint32_t height,
                     bool (*passes)(const Shown *), double *ret_largest)
{
        double most = fmin(width / 480.0, height / 640.0);
        bool found = false;

        *ret_largest = 0;
        for (double zoom = 1; zoom <= most; zoom *= 1.01) {
                for (double y = 0; y <= height - 640 * zoom; y += 3 * zoom) {
                        for (double x = 0; x <= width - 480 * zoom; x += 8 * zoom) {
                                RasterWindow window = {x, y, 480 * zoom, 640 * zoom};
                                Shown shown = show(head, &window);

                                if (!passes(&shown))
                                        continue;
                                found = true;
                                *ret_largest = zoom;
                        }
                }
        }
        return found;
}

static void test_a_part_fits_wherever_some_part_does_and_none_is_larger(void **state)
{
        uint64_t random = 42;
        unsigned fit = 0, fit_barely = 0, none = 0;

        (void)state;
        for (int i = 0; i < 400; i++) {
                uint32_t width = (uint32_t)between_at_random(&random, 480, 1400);
                uint32_t height = (uint32_t)between_at_random(&random, 640, 1400);
                FramingHead head = {.width = between_at_random(&random, 100, 500)};
                double largest;
                Framing framing;
                Shown shown;

                head.centre = between_at_random(&random, 0, width);
                head.crown = between_at_random(&random, 0, height * 0.6);
                head.eye_line = head.crown + head.width * between_at_random(&random, 0.65, 0.95);
                framing_choose(&head, width, height, &rules, &framing);
                assert_inside(&framing.window, width, height);
                shown = show(&head, &framing.window);
                if (!framing.fits) {
                        none++;
                        assert_false(any_part(&head, width, height, rejects_nothing, &largest));
                        continue;
                }
                assert_true(rejects_nothing(&shown));
                if (!warns_of_nothing(&shown)) {
                        fit_barely++;
                        assert_false(any_part(&head, width, height, warns_of_nothing, &largest));
                } else
                        fit++;
        }
        /* The heads were such that all of it was tried. */
        assert_true(fit > 40 && fit_barely > 10 && none > 40);
}

static void test_a_head_is_kept_from_the_bounds_where_there_is_room(void **state)
{
        const FramingHead head = {.crown = 900, .eye_line = 1140, .width = 300, .centre = 900};
        Framing framing;
        Shown shown;

        (void)state;
        framing_choose(&head, 3000, 4000, &rules, &framing);
        assert_true(framing.fits);
        shown = show(&head, &framing.window);
        assert_true(between(shown.crown, 58, 102) && between(shown.eyes, 208, 292));
        assert_true(between(shown.width, 205, 275) && between(shown.off, -8, 8));
        /* And no more is cut off than that needs. */
        assert_true(shown.width < 206);
}

static void test_nothing_is_cut_off_that_need_not_be(void **state)
{
        const FramingHead head = {.crown = 160, .eye_line = 500, .width = 480, .centre = 480};
        Framing framing;

        (void)state;
        framing_choose(&head, 960, 1280, &rules, &framing);
        assert_true(framing.fits);
        assert_true(framing.window.x < 1e-6 && framing.window.y < 1e-6);
        assert_true(fabs(framing.window.width - 960) < 1e-6);
}

static void test_what_cannot_fit_comes_as_near_as_it_can(void **state)
{
        /* No room above the head; a face of too few pixels. */
        static const FramingHead heads[] = {
                {.crown = 2, .eye_line = 240, .width = 300, .centre = 500},
                {.crown = 400, .eye_line = 464, .width = 80, .centre = 500},
        };
        Framing framing;

        (void)state;
        framing_choose(&heads[0], 1000, 1400, &rules, &framing);
        assert_false(framing.fits);
        assert_inside(&framing.window, 1000, 1400);
        assert_true(framing.window.y < 1);
        framing_choose(&heads[1], 1000, 1400, &rules, &framing);
        assert_false(framing.fits);
        assert_inside(&framing.window, 1000, 1400);
        assert_true(framing.window.width < 490);
}

static void test_an_unknown_crown_follows_from_the_face(void **state)
{
        const FramingHead head = {.crown = NAN, .eye_line = 1140, .width = 300, .centre = 900};
        Framing framing;
        double zoom;

        (void)state;
        framing_choose(&head, 3000, 4000, &rules, &framing);
        assert_true(framing.fits);
        zoom = framing.window.width / PHOTO_WIDTH;
        assert_true(between((1140 - 0.8 * 300 - framing.window.y) / zoom, 50, 110));
}

static void test_bands_that_are_off_ask_for_nothing(void **state)
{
        const FramingHead head = {.crown = 1, .eye_line = 30, .width = 20, .centre = 5};
        Framing framing;

        (void)state;
        for (size_t i = 0; i < _PHOTO_MEASURE_MAX; i++)
                rules.bands[i] = (PhotoBand){-INFINITY, INFINITY, -INFINITY, INFINITY};
        framing_choose(&head, 960, 1280, &rules, &framing);
        assert_true(framing.fits);
        assert_true(fabs(framing.window.width - 960) < 1e-6);
}

static void test_absurd_heads_and_bands_end_in_the_middle(void **state)
{
        const FramingHead head = {.crown = -1e9, .eye_line = 1e9, .width = 1e-3, .centre = 1e9};
        Framing framing;

        (void)state;
        framing_choose(&head, 960, 1280, &rules, &framing);
        assert_false(framing.fits);
        assert_inside(&framing.window, 960, 1280);
        for (size_t i = 0; i < _PHOTO_MEASURE_MAX; i++)
                rules.bands[i] = (PhotoBand){INFINITY, INFINITY, INFINITY, INFINITY};
        framing_choose(&head, 960, 1280, &rules, &framing);
        assert_false(framing.fits);
        assert_inside(&framing.window, 960, 1280);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_a_part_fits_wherever_some_part_does_and_none_is_larger,
                                       setup),
                cmocka_unit_test_setup(test_a_head_is_kept_from_the_bounds_where_there_is_room,
                                       setup),
                cmocka_unit_test_setup(test_nothing_is_cut_off_that_need_not_be, setup),
                cmocka_unit_test_setup(test_what_cannot_fit_comes_as_near_as_it_can, setup),
                cmocka_unit_test_setup(test_an_unknown_crown_follows_from_the_face, setup),
                cmocka_unit_test_setup(test_bands_that_are_off_ask_for_nothing, setup),
                cmocka_unit_test_setup(test_absurd_heads_and_bands_end_in_the_middle, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
