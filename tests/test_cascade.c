/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/cascade.h>
#include <photo/cascadedata.h>

/*
 * A cascade small enough to check by hand: in a window of 8 x 8 it wants the left half brighter
 * than the right.
 */
#define CASCADE(type, nodes, leaves, rect, tilted) \
        "<?xml version=\"1.0\"?>\n<opencv_storage><cascade><stageType>BOOST</stageType>" \
        "<featureType>" type "</featureType><height>8</height><width>8</width><stages><_>" \
        "<maxWeakCount>1</maxWeakCount><stageThreshold>0.5</stageThreshold><weakClassifiers><_>" \
        "<internalNodes>" nodes "</internalNodes><leafValues>" leaves "</leafValues></_>" \
        "</weakClassifiers></_></stages><features><_><rects><_>0 0 8 8 -1.</_><_>" rect \
        "</_></rects><tilted>" tilted "</tilted></_></features></cascade></opencv_storage>"

static const char good[] = CASCADE("HAAR", "0 -1 0 1.0e-1", "0. 1.", "0 0 4 8 2.", "0");

static int parse(const char *xml)
{
        _cleanup_(cascade_freep) Cascade *cascade = NULL;

        return cascade_parse(xml, strlen(xml), &cascade);
}

static void test_a_cascade_is_read(void **state)
{
        _cleanup_(cascade_freep) Cascade *cascade = NULL;

        (void)state;
        assert_int_equal(cascade_parse(good, strlen(good), &cascade), 0);
        assert_int_equal(cascade->width, 8);
        assert_int_equal(cascade->n_stages, 1);
        assert_int_equal(cascade->n_trees, 1);
        assert_int_equal(cascade->n_nodes, 1);
        assert_int_equal(cascade->n_leaves, 2);
        assert_int_equal(cascade->n_features, 1);
        assert_int_equal(cascade->features[0].n_rects, 2);
        assert_int_equal(cascade->features[0].rects[1].width, 4);
}

static void test_what_would_lead_the_evaluator_astray_is_refused(void **state)
{
        static const char *const bad[] = {
                "",
                "not xml",
                "<cascade/>",
                /* another kind of feature */
                CASCADE("LBP", "0 -1 0 0.1", "0. 1.", "0 0 4 8 2.", "0"),
                /* tilted features are not evaluated */
                CASCADE("HAAR", "0 -1 0 0.1", "0. 1.", "0 0 4 8 2.", "1"),
                /* a feature that is not there */
                CASCADE("HAAR", "0 -1 7 0.1", "0. 1.", "0 0 4 8 2.", "0"),
                CASCADE("HAAR", "0 -1 -1 0.1", "0. 1.", "0 0 4 8 2.", "0"),
                /* a leaf that is not there; a node that leads back */
                CASCADE("HAAR", "0 -2 0 0.1", "0. 1.", "0 0 4 8 2.", "0"),
                CASCADE("HAAR", "1 -1 0 0.1", "0. 1.", "0 0 4 8 2.", "0"),
                CASCADE("HAAR", "1 0 0 0.1 1 -2 0 0.1", "0. 1. 2.", "0 0 4 8 2.", "0"),
                CASCADE("HAAR", "0.5 -1 0 0.1", "0. 1.", "0 0 4 8 2.", "0"),
                /* leaves and nodes that do not match */
                CASCADE("HAAR", "0 -1 0 0.1", "0.", "0 0 4 8 2.", "0"),
                CASCADE("HAAR", "0 -1 0", "0. 1.", "0 0 4 8 2.", "0"),
                CASCADE("HAAR", "0 -1 0 nan", "0. 1.", "0 0 4 8 2.", "0"),
                CASCADE("HAAR", "0 -1 0 x", "0. 1.", "0 0 4 8 2.", "0"),
                /* rectangles outside the window */
                CASCADE("HAAR", "0 -1 0 0.1", "0. 1.", "5 0 4 8 2.", "0"),
                CASCADE("HAAR", "0 -1 0 0.1", "0. 1.", "-1 0 4 8 2.", "0"),
                CASCADE("HAAR", "0 -1 0 0.1", "0. 1.", "0 0 4 9 2.", "0"),
                CASCADE("HAAR", "0 -1 0 0.1", "0. 1.", "0 0 4 8", "0"),
                /* entities */
                "<!DOCTYPE a [<!ENTITY b \"c\">]><cascade><featureType>&b;</featureType></cascade>",
                "<_><_><_><_><_><_><_><_><_><_><_><_><_><_><_><_><_><_></_></_></_></_></_></_></_>"
                "</_></_></_></_></_></_></_></_></_></_></_>",
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                if (parse(bad[i]) != -EBADMSG)
                        fail_msg("case %zu was not refused", i);
}

static void test_every_truncation_is_refused(void **state)
{
        (void)state;
        for (size_t n = 0; n < strlen(good); n++) {
                _cleanup_(cascade_freep) Cascade *cascade = NULL;

                assert_int_equal(cascade_parse(good, n, &cascade), -EBADMSG);
                assert_null(cascade);
        }
}

/* Grey noise with one square of the given side whose left half is bright and right half dark. */
static void draw(uint8_t *luma, uint32_t width, uint32_t height, uint32_t x, uint32_t y,
                 uint32_t side)
{
        memset(luma, 128, (size_t)width * height);
        for (uint32_t j = 0; j < side; j++)
                for (uint32_t i = 0; i < side; i++)
                        luma[(y + j) * width + x + i] = i < side / 2 ? 250 : 10;
}

static void test_the_pattern_is_found_where_it_is(void **state)
{
        _cleanup_(cascade_freep) Cascade *cascade = NULL;
        CascadeWish wish = {.min_size = 24, .max_size = 40, .step = 1.1, .min_neighbours = 3};
        static uint8_t luma[120 * 100];
        CascadeBox boxes[4];
        int n;

        (void)state;
        assert_int_equal(cascade_parse(good, strlen(good), &cascade), 0);
        draw(luma, 120, 100, 60, 40, 32);
        n = cascade_detect(cascade, luma, 120, 100, &wish, boxes, ELEMENTSOF(boxes));
        assert_int_equal(n, 1);
        assert_true(fabs(boxes[0].x + boxes[0].size / 2 - 76) < 4);
        assert_true(fabs(boxes[0].y + boxes[0].size / 2 - 56) < 8);
        assert_true(boxes[0].neighbours > 3);
}

static void test_a_flat_picture_holds_nothing(void **state)
{
        _cleanup_(cascade_freep) Cascade *cascade = NULL;
        CascadeWish wish = {.min_size = 8, .max_size = 100, .step = 1.2, .min_neighbours = 0};
        static uint8_t luma[120 * 100];
        CascadeBox boxes[4];

        (void)state;
        assert_int_equal(cascade_parse(good, strlen(good), &cascade), 0);
        memset(luma, 255, sizeof(luma));
        assert_int_equal(cascade_detect(cascade, luma, 120, 100, &wish, boxes, 4), 0);
}

static void test_pictures_smaller_than_the_window_hold_nothing(void **state)
{
        _cleanup_(cascade_freep) Cascade *cascade = NULL;
        CascadeWish wish = {.min_size = 1, .max_size = 100, .step = 1.0, .min_neighbours = 0};
        static uint8_t luma[64];
        CascadeBox boxes[4];

        (void)state;
        assert_int_equal(cascade_parse(good, strlen(good), &cascade), 0);
        draw(luma, 8, 8, 0, 0, 8);
        assert_int_equal(cascade_detect(cascade, luma, 7, 8, &wish, boxes, 4), 0);
        assert_int_equal(cascade_detect(cascade, luma, 0, 0, &wish, boxes, 4), 0);
        assert_int_equal(cascade_detect(cascade, luma, 1, 1, &wish, boxes, 4), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_cascade_is_read),
                cmocka_unit_test(test_what_would_lead_the_evaluator_astray_is_refused),
                cmocka_unit_test(test_every_truncation_is_refused),
                cmocka_unit_test(test_the_pattern_is_found_where_it_is),
                cmocka_unit_test(test_a_flat_picture_holds_nothing),
                cmocka_unit_test(test_pictures_smaller_than_the_window_hold_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
