/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include "portrait.h"
#include <photo/face.h>

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        return 0;
}

static void look_at(const PhotoModels *models, const PortraitWish *wish, PortraitTruth *truth,
                    Face *face)
{
        _cleanup_raster_ Raster raster = {};
        _cleanup_free_ uint8_t *luma = NULL;

        assert_int_equal(portrait_draw(wish, 480, 640, &raster, truth), 0);
        assert_int_equal(raster_luma(&raster, &luma), 0);
        assert_int_equal(face_find(&(FaceSearch){.models = models}, luma, 480, 640, face), 0);
}

static void test_one_face_and_its_measures_are_found_in_a_portrait(void **state)
{
        _cleanup_(photo_models_freep) PhotoModels *models = fixture_models();

        (void)state;
        for (uint64_t seed = 1; seed <= 12; seed++) {
                Findings findings = {};
                PortraitTruth truth;
                PortraitWish wish;
                Face face;

                portrait_wish_default(seed, &wish);
                wish.tilt = 0;
                look_at(models, &wish, &truth, &face);
                assert_int_equal(face.n_boxes, 1);
                assert_true(face.has_eye[0] && face.has_eye[1]);
                assert_true(fabs(face.eye_line - truth.eye_line) < 6);
                assert_true(fabs(face.width - truth.face_width) < 40);
                assert_true(fabs(face.centre - truth.centre) < 8);
                assert_true(fabs(face.tilt) < 2.5);
                face_judge(&face, models, &(Judging){.rules = &rules, .findings = &findings});
                assert_int_equal(findings.n, 0);
        }
}

static void test_each_fault_of_posture_is_told(void **state)
{
        static const struct {
                double zoom, x, y, tilt;
                ReasonCode reason;
                FindingLevel level;
        } cases[] = {
                {0.62, 0, 0, 0, REASON_FACE_WIDTH, FINDING_REJECT},
                {1, 0, 75, 0, REASON_EYE_LINE, FINDING_REJECT},
                {1, 0, -75, 0, REASON_EYE_LINE, FINDING_REJECT},
                {1, 70, 0, 0, REASON_OFF_CENTRE, FINDING_WARN},
                {1, 0, 0, 9, REASON_HEAD_TILT, FINDING_WARN},
        };
        _cleanup_(photo_models_freep) PhotoModels *models = fixture_models();

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                Findings findings = {};
                PortraitWish wish;
                Face face;

                portrait_wish_default(4, &wish);
                wish.zoom = cases[i].zoom;
                wish.shift_x = cases[i].x;
                wish.shift_y = cases[i].y;
                wish.tilt = cases[i].tilt;
                look_at(models, &wish, NULL, &face);
                face_judge(&face, models, &(Judging){.rules = &rules, .findings = &findings});
                assert_finding(&findings, cases[i].reason, cases[i].level);
        }
}

static void test_a_wall_without_a_person_has_no_face(void **state)
{
        _cleanup_(photo_models_freep) PhotoModels *models = fixture_models();
        static uint8_t luma[480 * 640];
        Findings findings = {};
        Face face;

        (void)state;
        for (size_t i = 0; i < sizeof(luma); i++)
                luma[i] = (uint8_t)(170 + (i * 2654435761u >> 29));
        assert_int_equal(face_find(&(FaceSearch){.models = models}, luma, 480, 640, &face), 0);
        face_judge(&face, models, &(Judging){.rules = &rules, .findings = &findings});
        assert_finding(&findings, REASON_NO_FACE, FINDING_REJECT);
        assert_int_equal(findings.n, 1);
}

static void test_broken_models_are_refused(void **state)
{
        PhotoModels *models = NULL;

        (void)state;
        assert_int_equal(photo_models_new("x", 1, NULL, 0, &models), -EBADMSG);
        assert_int_equal(photo_models_new("", 0, "", 0, &models), -EBADMSG);
        assert_null(models);
}

static void test_an_examination_with_models_accepts_a_good_portrait_only(void **state)
{
        _cleanup_(photo_models_freep) PhotoModels *models = fixture_models();
        PortraitWish wish;

        (void)state;
        rules.framing = PHOTO_FRAMING_CHECK;
        portrait_wish_default(3, &wish);
        for (int fault = 0; fault < 2; fault++) {
                _cleanup_raster_ Raster raster = {};
                _cleanup_encoded_ Encoded jpeg = {};
                _cleanup_(photo_result_done) PhotoResult result = {};

                wish.shift_y = fault ? 90 : 0;
                assert_int_equal(portrait_draw(&wish, 900, 1200, &raster, NULL), 0);
                assert_int_equal(encode_jpeg(&raster, 92, false, &jpeg), 0);
                assert_int_equal(photo_examine_with(jpeg.data, jpeg.size, &rules, models, &result),
                                 0);
                assert_int_equal(findings_reject(&result.findings), fault == 1);
                assert_int_equal(findings_count(&result.findings, FINDING_WARN), 0);
                assert_int_equal(result.jpeg == NULL, fault == 1);
                assert_no_finding(&result.findings, REASON_FACE_NOT_CHECKED);
        }
}

static void test_an_examination_tells_where_the_face_is(void **state)
{
        _cleanup_(photo_models_freep) PhotoModels *models = fixture_models();

        (void)state;
        for (uint64_t seed = 1; seed <= 4; seed++) {
                _cleanup_raster_ Raster raster = {};
                _cleanup_encoded_ Encoded jpeg = {};
                _cleanup_(photo_result_done) PhotoResult result = {};
                PhotoGeometry *geometry = &result.info.geometry;
                PortraitTruth truth;
                PortraitWish wish;

                portrait_wish_default(seed, &wish);
                wish.tilt = 5;
                /* The truth is of the finished size, whatever the source's. */
                assert_int_equal(portrait_draw(&wish, 960, 1280, &raster, &truth), 0);
                assert_int_equal(encode_jpeg(&raster, 92, false, &jpeg), 0);
                assert_int_equal(photo_examine_with(jpeg.data, jpeg.size, &rules, models, &result),
                                 0);
                assert_true(photo_geometry_valid(geometry));
                assert_true(fabs(geometry->head_top - truth.crown) < 15);
                assert_true(fabs(geometry->eye_line - truth.eye_line) < 10);
                assert_true(fabs(geometry->face_width - truth.face_width) < 40);
                assert_true(fabs(geometry->face_centre - truth.centre) < 20);
                assert_true(fabs(fabs(geometry->head_tilt) - 5) < 3);
        }
}

static void test_what_is_not_found_has_no_place(void **state)
{
        _cleanup_raster_ Raster raster = {};
        _cleanup_encoded_ Encoded jpeg = {};
        _cleanup_(photo_result_done) PhotoResult result = {}, broken = {};
        PortraitWish wish;

        (void)state;
        portrait_wish_default(3, &wish);
        assert_int_equal(portrait_draw(&wish, 480, 640, &raster, NULL), 0);
        assert_int_equal(encode_jpeg(&raster, 92, false, &jpeg), 0);
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
        assert_true(isfinite(result.info.geometry.head_top));
        assert_true(isnan(result.info.geometry.eye_line));
        assert_true(isnan(result.info.geometry.head_tilt));
        assert_int_equal(photo_examine("text", 4, &rules, &broken), 0);
        assert_true(isnan(broken.info.geometry.head_top));
        assert_true(isnan(broken.info.geometry.face_centre));
}

static void test_without_models_it_is_said_that_faces_were_not_checked(void **state)
{
        _cleanup_raster_ Raster raster = {};
        _cleanup_encoded_ Encoded jpeg = {};
        _cleanup_(photo_result_done) PhotoResult result = {};
        PortraitWish wish;

        (void)state;
        portrait_wish_default(3, &wish);
        assert_int_equal(portrait_draw(&wish, 600, 800, &raster, NULL), 0);
        assert_int_equal(encode_jpeg(&raster, 92, false, &jpeg), 0);
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
        assert_finding(&result.findings, REASON_FACE_NOT_CHECKED, FINDING_FIXED);
        assert_non_null(result.jpeg);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_one_face_and_its_measures_are_found_in_a_portrait,
                                       setup),
                cmocka_unit_test_setup(test_each_fault_of_posture_is_told, setup),
                cmocka_unit_test_setup(test_a_wall_without_a_person_has_no_face, setup),
                cmocka_unit_test_setup(test_broken_models_are_refused, setup),
                cmocka_unit_test_setup(test_an_examination_with_models_accepts_a_good_portrait_only,
                                       setup),
                cmocka_unit_test_setup(test_an_examination_tells_where_the_face_is, setup),
                cmocka_unit_test_setup(test_what_is_not_found_has_no_place, setup),
                cmocka_unit_test_setup(test_without_models_it_is_said_that_faces_were_not_checked,
                                       setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
