/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include "portrait.h"
#include <photo/collectioncode.h>

/* Codes of the corpus that are read, some that no reader reads, and a picture without one. */
static const struct {
        const char *name;
        bool found;
} cases[] = {
        {"a_plain_short", true}, {"a_plain_url", true},   {"a_plain_cjk", true},
        {"a_plain_long", true},  {"a_logo", true},        {"a_dark", true},
        {"a_inverted", true},    {"a_rot90", true},       {"a_rot180", true},
        {"a_mirror", true},      {"a_two", true},         {"a_torn", true},
        {"a_glare", true},       {"a_q20", true},         {"a_small_360", true},
        {"a_small_240", true},   {"a_photo_easy", true},  {"a_photo_dark", true},
        {"a_photo_persp", true}, {"a_photo_moire", true}, {"a_none", false},
        {"a_cropped", true},     {"a_no_quiet", true},
};

static void test_screenshots_and_photos_of_codes_get_their_own_reason(void **state)
{
        PhotoRules rules;

        (void)state;
        corpus_require();
        photo_rules_default(&rules);
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_(photo_result_done) PhotoResult result = {};
                _cleanup_free_ char *data = NULL;
                char name[64];
                size_t size = 0;

                (void)snprintf(name, sizeof(name), "qr/%s.jpg", cases[i].name);
                corpus_read(name, &data, &size);
                assert_int_equal(photo_examine(data, size, &rules, &result), 0);
                if ((findings_find(&result.findings, REASON_COLLECTION_CODE) != NULL) !=
                    cases[i].found)
                        fail_msg("%s", name);
                /* What else could be said of a screenshot would only hide that it is one. */
                if (cases[i].found) {
                        assert_no_finding(&result.findings, REASON_ASPECT_RATIO);
                        assert_no_finding(&result.findings, REASON_LANDSCAPE);
                }
                assert_null(result.jpeg);
        }
}

static void test_portraits_and_noise_hold_no_code(void **state)
{
        (void)state;
        for (uint64_t seed = 1; seed <= 4; seed++) {
                _cleanup_raster_ Raster raster = {};
                _cleanup_free_ uint8_t *luma = NULL;
                PortraitWish wish;

                portrait_wish_default(seed, &wish);
                wish.grain = seed * 10.0;
                assert_int_equal(portrait_draw(&wish, 480, 640, &raster, NULL), 0);
                assert_int_equal(raster_luma(&raster, &luma), 0);
                assert_int_equal(collection_code_find(luma, 480, 640), 0);
        }
}

static void test_tiny_pictures_are_survived(void **state)
{
        static const uint8_t luma[16] = {0, 255, 0, 255};

        (void)state;
        assert_int_equal(collection_code_find(luma, 1, 1), 0);
        assert_int_equal(collection_code_find(luma, 16, 1), 0);
        assert_int_equal(collection_code_find(luma, 1, 16), 0);
        assert_int_equal(collection_code_find(luma, 4, 4), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_screenshots_and_photos_of_codes_get_their_own_reason),
                cmocka_unit_test(test_portraits_and_noise_hold_no_code),
                cmocka_unit_test(test_tiny_pictures_are_survived),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
