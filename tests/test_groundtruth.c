/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

/*
 * The whole examination against portraits with known faults: no good one may be rejected, and each
 * fault that a program can see must be found at the level of the defaults. The table is printed, so
 * that a change of a threshold shows what it costs.
 */

enum { ALL_FOUND = 100 };

/* By label: the reason that must be among the findings, the lowest level that counts, and the
 * percentage of the photos with that label in which it must be found. What no rule here can tell
 * has none. */
static const struct {
        const char *label;
        ReasonCode reason;
        ReasonCode or_reason;
        FindingLevel level;
        unsigned share;
} expected[] = {
#define CASE(label, reason, level, share) \
        { \
                label, REASON_##reason, REASON_##reason, FINDING_##level, share \
        }
#define EITHER(label, reason, other, level, share) \
        { \
                label, REASON_##reason, REASON_##other, FINDING_##level, share \
        }
        CASE("banner", BORDER, REJECT, ALL_FOUND),
        CASE("bg_bookshelf", BACKDROP_UNEVEN, REJECT, ALL_FOUND),
        CASE("bg_darkblue", BACKDROP_COLOUR, REJECT, ALL_FOUND),
        CASE("bg_gradient", BACKDROP_UNEVEN, WARN, ALL_FOUND),
        CASE("bg_grey", BACKDROP_COLOUR, REJECT, ALL_FOUND),
        CASE("bg_red", BACKDROP_COLOUR, REJECT, ALL_FOUND),
        CASE("bg_shadow", BACKDROP_UNEVEN, WARN, ALL_FOUND),
        CASE("bg_texture", BACKDROP_UNEVEN, REJECT, ALL_FOUND),
        CASE("blur", BLUR, REJECT, ALL_FOUND),
        CASE("blur_light", BLUR, WARN, ALL_FOUND),
        CASE("border_black", BORDER, REJECT, ALL_FOUND),
        CASE("border_white", BORDER, REJECT, ALL_FOUND),
        CASE("bw", GREY_PICTURE, REJECT, ALL_FOUND),
        /* The width is the coarse measurement of the two: each must hold on its own. */
        CASE("face_large", FACE_WIDTH, REJECT, 50),
        CASE("face_large", HEAD_TOP, REJECT, ALL_FOUND),
        CASE("face_small", FACE_WIDTH, REJECT, ALL_FOUND),
        EITHER("head_high", HEAD_TOP, EYE_LINE, REJECT, ALL_FOUND),
        EITHER("head_low", HEAD_TOP, EYE_LINE, REJECT, ALL_FOUND),
        CASE("jpeg_q10", INPUT_QUALITY, REJECT, ALL_FOUND),
        CASE("jpeg_q30", RECOMPRESSED, WARN, ALL_FOUND),
        CASE("letterbox", BORDER, REJECT, ALL_FOUND),
        CASE("low_contrast", BACKDROP_COLOUR, WARN, ALL_FOUND),
        CASE("mask", FACE_COVERED, WARN, 50), /* the other's face is not found */
        CASE("motion", BLUR, WARN, ALL_FOUND),
        CASE("noise", BACKDROP_UNEVEN, WARN, ALL_FOUND),
        CASE("off_centre", OFF_CENTRE, WARN, ALL_FOUND),
        CASE("over", EXPOSURE_OVER, WARN, ALL_FOUND),
        CASE("recompressed", RECOMPRESSED, WARN, ALL_FOUND),
        CASE("red_eye", RED_EYE, WARN, ALL_FOUND),
        CASE("rot90", NOT_UPRIGHT, REJECT, ALL_FOUND),
        CASE("rot180", NOT_UPRIGHT, REJECT, ALL_FOUND),
        CASE("sepia", SEPIA, WARN, ALL_FOUND),
        CASE("size_240x320", TOO_SMALL, REJECT, ALL_FOUND),
        CASE("size_358x441", TOO_SMALL, REJECT, ALL_FOUND),
        CASE("size_413x579", TOO_SMALL, REJECT, ALL_FOUND),
        CASE("sunglasses", EYES_NOT_FOUND, WARN, ALL_FOUND),
        CASE("tilt", HEAD_TILT, WARN, ALL_FOUND),
        CASE("two_faces", SEVERAL_FACES, REJECT, ALL_FOUND),
        CASE("under", EXPOSURE_UNDER, REJECT, ALL_FOUND),
};

typedef struct Score {
        unsigned n;
        unsigned found;
} Score;

static bool found(const Findings *findings, size_t i)
{
        const Finding *a = findings_find(findings, expected[i].reason);
        const Finding *b = findings_find(findings, expected[i].or_reason);

        return (a && a->level >= expected[i].level) || (b && b->level >= expected[i].level);
}

static void test_good_portraits_pass_and_labelled_faults_are_found(void **state)
{
        _cleanup_(photo_models_freep) PhotoModels *models = NULL;
        _cleanup_free_ char *table = NULL;
        Score scores[ELEMENTSOF(expected)] = {};
        unsigned good = 0, good_rejected = 0, good_warned = 0;
        PhotoRules rules;
        size_t table_size = 0;
        char *line, *rest;

        (void)state;
        corpus_require();
        models = fixture_models();
        photo_rules_default(&rules);
        corpus_read("derived/truth.csv", &table, &table_size);
        rest = table;
        (void)strsep(&rest, "\n");
        while ((line = strsep(&rest, "\n")) && *line) {
                _cleanup_(photo_result_done) PhotoResult result = {};
                _cleanup_free_ char *data = NULL;
                const char *file = strsep(&line, ","), *source = strsep(&line, ",");
                const char *label = strsep(&line, ","), *wanted = strsep(&line, ",");
                char name[256];
                size_t size = 0;

                (void)source;
                assert_non_null(wanted);
                (void)snprintf(name, sizeof(name), "derived/%s", file);
                corpus_read(name, &data, &size);
                assert_int_equal(photo_examine_with(data, size, &rules, models, &result), 0);
                assert_int_equal(result.jpeg == NULL, findings_reject(&result.findings));
                if (strcmp(wanted, "ok") == 0) {
                        good++;
                        good_rejected += findings_reject(&result.findings);
                        good_warned += findings_count(&result.findings, FINDING_WARN) > 0;
                }
                for (size_t i = 0; i < ELEMENTSOF(expected); i++)
                        if (strcmp(label, expected[i].label) == 0) {
                                scores[i].n++;
                                scores[i].found += found(&result.findings, i);
                        }
        }
        print_message("good portraits: %u, rejected %u, warned %u\n", good, good_rejected,
                      good_warned);
        for (size_t i = 0; i < ELEMENTSOF(expected); i++)
                print_message("%-14s %-16s %u of %u\n", expected[i].label,
                              reason_to_string(expected[i].reason), scores[i].found, scores[i].n);
        assert_true(good > 0);
        assert_int_equal(good_rejected, 0);
        assert_true(good_warned * 10 <= good);
        for (size_t i = 0; i < ELEMENTSOF(expected); i++)
                if (scores[i].n > 0 && scores[i].found * 100 < scores[i].n * expected[i].share)
                        fail_msg("'%s': %u of %u", expected[i].label, scores[i].found, scores[i].n);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good_portraits_pass_and_labelled_faults_are_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
