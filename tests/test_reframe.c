/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include "portrait.h"
#include <photo/decode.h>
#include <photo/jpegheader.h>

/* Photos cut out of what a phone or a camera makes [P10], all findings of any shape [P7], and
 * pictures that do not stand upright [P11]. */

typedef struct Fixture {
        PhotoModels *models;
        PhotoRules rules;
        PortraitWish wish;
        PortraitTruth truth;
        Raster raster;
        Encoded jpeg;
        PhotoResult result;
} Fixture;

static int setup(void **state)
{
        static Fixture fixture;

        fixture = (Fixture){.models = fixture_models()};
        photo_rules_default(&fixture.rules);
        portrait_wish_default(4, &fixture.wish);
        fixture.wish.quick = true;
        *state = &fixture;
        return 0;
}

static int teardown(void **state)
{
        Fixture *f = *state;

        photo_models_free(f->models);
        raster_done(&f->raster);
        encoded_done(&f->jpeg);
        photo_result_done(&f->result);
        return 0;
}

static void draw(Fixture *f, uint32_t width, uint32_t height)
{
        raster_done(&f->raster);
        assert_int_equal(portrait_draw(&f->wish, width, height, &f->raster, &f->truth), 0);
}

static void examine(Fixture *f)
{
        encoded_done(&f->jpeg);
        photo_result_done(&f->result);
        assert_int_equal(encode_jpeg(&f->raster, 92, false, &f->jpeg), 0);
        assert_int_equal(
                photo_examine_with(f->jpeg.data, f->jpeg.size, &f->rules, f->models, &f->result),
                0);
}

/* Turns what was drawn, by EXIF orientation. */
static void turn(Fixture *f, uint32_t orientation)
{
        Raster turned;

        assert_int_equal(raster_turn(&f->raster, orientation, &turned), 0);
        raster_done(&f->raster);
        f->raster = turned;
}

static void assert_head_conforms(const PhotoGeometry *geometry)
{
        assert_true(geometry->head_top >= 50 && geometry->head_top <= 110);
        assert_true(geometry->eye_line >= 200 && geometry->eye_line <= 300);
        assert_true(geometry->face_width >= 170 && geometry->face_width <= 310);
        assert_true(fabs(geometry->face_centre - 240) <= 40);
}

/* A person who stands anywhere before the wall. */
static const struct {
        uint32_t width, height;
        double zoom, x, y;
} frames[] = {
        {1500, 2000, 0.5, 60, 20},   {1500, 2000, 0.7, -80, 60}, {2000, 1500, 0.6, -160, 40},
        {1200, 1200, 0.7, 30, 30},   {1080, 1920, 0.5, 20, 60},  {3000, 4000, 0.4, 70, 80},
        {1920, 1080, 0.75, 120, 20},
};

static void test_a_person_anywhere_before_the_wall_becomes_a_photo(void **state)
{
        Fixture *f = *state;

        for (size_t i = 0; i < ELEMENTSOF(frames); i++) {
                const Finding *framed;

                f->wish.zoom = frames[i].zoom;
                f->wish.shift_x = frames[i].x;
                f->wish.shift_y = frames[i].y;
                draw(f, frames[i].width, frames[i].height);
                examine(f);
                assert_non_null(f->result.jpeg);
                assert_finding(&f->result.findings, REASON_FRAMED, FINDING_FIXED);
                assert_no_finding(&f->result.findings, REASON_CROPPED);
                assert_head_conforms(&f->result.info.geometry);
                framed = findings_find(&f->result.findings, REASON_FRAMED);
                assert_true(framed->measured >= PHOTO_WIDTH && framed->measured < frames[i].width);
                assert_true(framed->measured2 >= PHOTO_HEIGHT);
        }
}

/* The head is where the measured geometry says, in the part that the finding tells. */
static void test_what_was_cut_off_is_told_side_by_side(void **state)
{
        Fixture *f = *state;
        const Finding *framed;
        double left, right, top, bottom, zoom;

        f->wish.zoom = 0.5;
        f->wish.shift_x = 60;
        draw(f, 1500, 2000);
        examine(f);
        framed = findings_find(&f->result.findings, REASON_FRAMED);
        assert_non_null(framed);
        assert_int_equal(sscanf(framed->detail, "← %lf%% → %lf%% ↑ %lf%% ↓ %lf%%", &left, &right,
                                &top, &bottom),
                         4);
        assert_true(fabs(left + right + 100 * framed->measured / 1500 - 100) <= 2);
        assert_true(fabs(top + bottom + 100 * framed->measured2 / 2000 - 100) <= 2);
        /* The person stands to the right. */
        assert_true(left > right);
        zoom = framed->measured / PHOTO_WIDTH;
        assert_true(fabs(f->result.info.geometry.eye_line * zoom + top * 20 -
                         f->truth.eye_line * 2000 / 640) < 35);
}

static void test_what_conforms_is_left_alone(void **state)
{
        static const uint32_t sizes[][2] = {{480, 640}, {900, 1200}, {1920, 2560}};
        Fixture *f = *state;

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_(photo_result_done) PhotoResult checked = {};

                f->rules.framing = PHOTO_FRAMING_AUTO;
                draw(f, sizes[i][0], sizes[i][1]);
                examine(f);
                assert_no_finding(&f->result.findings, REASON_FRAMED);
                f->rules.framing = PHOTO_FRAMING_CHECK;
                assert_int_equal(photo_examine_with(f->jpeg.data, f->jpeg.size, &f->rules,
                                                    f->models, &checked),
                                 0);
                assert_non_null(checked.jpeg);
                assert_int_equal(checked.jpeg_size, f->result.jpeg_size);
                assert_memory_equal(checked.jpeg, f->result.jpeg, checked.jpeg_size);
        }
}

static void test_check_only_tells(void **state)
{
        Fixture *f = *state;

        f->rules.framing = PHOTO_FRAMING_CHECK;
        f->wish.zoom = 0.5;
        draw(f, 1500, 2000);
        examine(f);
        assert_finding(&f->result.findings, REASON_FACE_WIDTH, FINDING_REJECT);
        assert_null(f->result.jpeg);
        draw(f, 2000, 1500);
        examine(f);
        assert_finding(&f->result.findings, REASON_ASPECT_RATIO, FINDING_REJECT);
        assert_no_finding(&f->result.findings, REASON_FACE_WIDTH);
        assert_null(f->result.jpeg);
}

static void assert_title(const Findings *findings, ReasonCode code, const char *title)
{
        const Finding *finding = findings_find(findings, code);

        assert_non_null(finding);
        assert_int_equal(finding->level, FINDING_REJECT);
        assert_string_equal(finding_title(finding, LANGUAGE_EN), title);
}

static void test_what_cannot_fit_is_told_in_words(void **state)
{
        Fixture *f = *state;

        /* The head touches the upper edge. */
        f->wish.zoom = 0.9;
        f->wish.shift_y = -90;
        draw(f, 1500, 2000);
        examine(f);
        assert_title(&f->result.findings, REASON_HEAD_TOP,
                     "There is too little room above the head.");
        assert_null(f->result.jpeg);
        /* Cutting out more of the face would mean to enlarge it. */
        f->wish.zoom = 0.45;
        f->wish.shift_y = 0;
        draw(f, 600, 800);
        examine(f);
        assert_title(&f->result.findings, REASON_FACE_WIDTH,
                     "The photo has too few pixels for the face.");
        assert_null(f->result.jpeg);
        assert_no_finding(&f->result.findings, REASON_HEAD_TOP);
        /* Nothing can be put around a face that fills the picture. */
        f->wish.zoom = 1.7;
        draw(f, 1500, 2000);
        examine(f);
        assert_title(&f->result.findings, REASON_FACE_WIDTH,
                     "The face is too large in the picture.");
        assert_null(f->result.jpeg);
}

/* A wrong shape hides no other fault. */
static void test_all_findings_of_a_wrong_shape_are_told_at_once(void **state)
{
        Fixture *f = *state;

        memcpy(f->wish.backdrop, (const uint8_t[]){190, 60, 60}, 3);
        f->wish.shift_y = -110;
        draw(f, 1200, 1200);
        examine(f);
        assert_finding(&f->result.findings, REASON_ASPECT_RATIO, FINDING_REJECT);
        assert_finding(&f->result.findings, REASON_BACKDROP_COLOUR, FINDING_REJECT);
        assert_finding(&f->result.findings, REASON_HEAD_TOP, FINDING_REJECT);
        /* Upright and wide: it does not lie on its side. */
        draw(f, 1600, 1200);
        examine(f);
        assert_no_finding(&f->result.findings, REASON_LANDSCAPE);
        assert_finding(&f->result.findings, REASON_ASPECT_RATIO, FINDING_REJECT);
}

/* Which way the photo was turned, and what is said of it. */
static void test_a_photo_that_does_not_stand_upright_is_told_so(void **state)
{
        static const struct {
                uint32_t orientation;
                double degrees; /* that put it upright again */
                const char *title;
        } cases[] = {
                {3, 180, "The photo is upside down."},
                {6, 270, "The photo lies on its side."},
                {8, 90, "The photo lies on its side."},
        };
        Fixture *f = *state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                draw(f, 900, 1200);
                turn(f, cases[i].orientation);
                examine(f);
                assert_title(&f->result.findings, REASON_NOT_UPRIGHT, cases[i].title);
                assert_true(fabs(findings_find(&f->result.findings, REASON_NOT_UPRIGHT)->measured -
                                 cases[i].degrees) < 1);
                /* Once it is turned, nothing is wrong. */
                assert_int_equal(findings_count(&f->result.findings, FINDING_REJECT), 1);
                assert_null(f->result.jpeg);
        }
        draw(f, 900, 1200);
        examine(f);
        assert_no_finding(&f->result.findings, REASON_NOT_UPRIGHT);
}

/* Two people stand side by side; either would make a photo. */
static void test_one_of_several_people_is_not_cut_out(void **state)
{
        Fixture *f = *state;
        Raster both;

        draw(f, 900, 1200);
        assert_int_equal(raster_new(1800, 1200, &both), 0);
        for (size_t y = 0; y < 1200; y++)
                for (size_t side = 0; side < 2; side++)
                        memcpy(both.pixels + (y * 2 + side) * 2700, f->raster.pixels + y * 2700,
                               2700);
        raster_done(&f->raster);
        f->raster = both;
        examine(f);
        assert_finding(&f->result.findings, REASON_SEVERAL_FACES, FINDING_REJECT);
        assert_finding(&f->result.findings, REASON_ASPECT_RATIO, FINDING_REJECT);
        assert_null(f->result.jpeg);
}

static void decode(const Fixture *f, const void *data, size_t size, Decoded *ret)
{
        Findings findings = {};
        JpegHeader header;

        jpeg_header_read(data, size, &header);
        assert_int_equal(decode_jpeg(data, size, &header, &f->rules, PHOTO_WIDTH, PHOTO_HEIGHT, ret,
                                     &findings),
                         0);
}

/* Also of a source that is decoded a second time, and lies as the camera lay. */
static void test_the_centre_gets_the_same_part(void **state)
{
        static const uint32_t sizes[][2] = {{1500, 2000}, {3000, 4000}, {2000, 1500}};
        Fixture *f = *state;

        f->wish.zoom = 0.5;
        f->wish.shift_x = 50;
        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_(decoded_done) Decoded small = {}, large = {};
                _cleanup_free_ uint8_t *jpeg = NULL;
                size_t size = 0;

                draw(f, sizes[i][0], sizes[i][1]);
                examine(f);
                assert_finding(&f->result.findings, REASON_FRAMED, FINDING_FIXED);
                assert_int_equal(photo_render_centre(f->jpeg.data, f->jpeg.size, &f->rules,
                                                     f->models, &jpeg, &size),
                                 0);
                decode(f, f->result.jpeg, f->result.jpeg_size, &small);
                decode(f, jpeg, size, &large);
                assert_true(fixture_difference(&small.raster, &large.raster) < 4);
        }
}

/* Cutting costs no sharpness: the person of half the size in twice the pixels is the same photo. */
static void test_a_cut_photo_is_as_sharp_as_another(void **state)
{
        Fixture *f = *state;
        _cleanup_(decoded_done) Decoded cut = {}, whole = {};
        double sharp[2] = {};

        f->wish.quick = false;
        f->wish.zoom = 1;
        f->wish.shift_x = f->wish.shift_y = 0;
        draw(f, 1000, 1333);
        examine(f);
        assert_non_null(f->result.jpeg);
        decode(f, f->result.jpeg, f->result.jpeg_size, &whole);
        f->wish.zoom = 0.5;
        draw(f, 2000, 2667);
        examine(f);
        assert_finding(&f->result.findings, REASON_FRAMED, FINDING_FIXED);
        decode(f, f->result.jpeg, f->result.jpeg_size, &cut);
        for (int i = 0; i < 2; i++) {
                const Raster *raster = i == 0 ? &whole.raster : &cut.raster;
                _cleanup_free_ uint8_t *luma = NULL;

                assert_int_equal(raster_luma(raster, &luma), 0);
                for (size_t p = 0; p + 1 < (size_t)480 * 640; p++)
                        sharp[i] += abs(luma[p + 1] - luma[p]);
        }
        assert_true(sharp[1] > 0.9 * sharp[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                TEST(test_a_person_anywhere_before_the_wall_becomes_a_photo),
                TEST(test_what_was_cut_off_is_told_side_by_side),
                TEST(test_what_conforms_is_left_alone),
                TEST(test_check_only_tells),
                TEST(test_what_cannot_fit_is_told_in_words),
                TEST(test_all_findings_of_a_wrong_shape_are_told_at_once),
                TEST(test_a_photo_that_does_not_stand_upright_is_told_so),
                TEST(test_one_of_several_people_is_not_cut_out),
                TEST(test_the_centre_gets_the_same_part),
                TEST(test_a_cut_photo_is_as_sharp_as_another),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
