/* SPDX-License-Identifier: MIT */
#include "photofixture.h"
#include "portrait.h"

#include <dirent.h>
#include <limits.h>

/*
 * Whether hash and fingerprint together know a picture again and never take two people for one: on
 * portraits of the corpus in all their versions, and on hundreds of drawn people, who differ in
 * less than real ones do. What came near is printed.
 */

enum { DRAWN = 400, DRAWN_AGAIN = 12, NAME = 64 };

typedef struct Print {
        uint64_t phash;
        PhotoFingerprint fingerprint;
} Print;

typedef struct Known {
        char person[NAME];
        Print print;
} Known;

static Print print_of(const Raster *photo)
{
        _cleanup_free_ uint8_t *luma = NULL;
        Print print;

        assert_int_equal(raster_luma(photo, &luma), 0);
        photo_fingerprint_make(luma, &print.phash, &print.fingerprint);
        return print;
}

/* By the whole way of a photo from a file. */
static Print print_of_jpeg(const void *data, size_t size)
{
        _cleanup_(photo_result_done) PhotoResult result = {};
        PhotoRules rules;

        photo_rules_default(&rules);
        assert_int_equal(photo_examine(data, size, &rules, &result), 0);
        return (Print){result.info.phash, result.info.fingerprint};
}

static Print print_of_saved(const Raster *photo, unsigned quality)
{
        _cleanup_encoded_ Encoded jpeg = {};

        assert_int_equal(encode_jpeg(photo, quality, false, &jpeg), 0);
        return print_of_jpeg(jpeg.data, jpeg.size);
}

static bool same_picture(const Print *a, const Print *b)
{
        return photo_phash_distance(a->phash, b->phash) <= PHOTO_PHASH_SAME &&
               photo_fingerprint_distance(&a->fingerprint, &b->fingerprint) <=
                       PHOTO_FINGERPRINT_SAME;
}

/* A part of the picture, given in shares of its sides. */
static Raster cut(const Raster *raster, double x, double y, double share)
{
        RasterWindow window = {x * raster->width, y * raster->height, share * raster->width,
                               share * raster->height};
        Raster small;

        assert_int_equal(raster_resize(raster, &window, PHOTO_WIDTH, PHOTO_HEIGHT, &small), 0);
        return small;
}

static Raster draw(uint64_t seed, bool quick, uint32_t width, uint32_t height)
{
        PortraitWish wish;
        Raster raster;

        portrait_wish_default(seed, &wish);
        wish.quick = quick;
        wish.grain = 3;
        assert_int_equal(portrait_draw(&wish, width, height, &raster, NULL), 0);
        return raster;
}

static void test_a_picture_saved_again_or_scaled_is_known_again(void **state _unused_)
{
        static const unsigned qualities[] = {60, 75, 95};

        for (uint64_t seed = 0; seed < DRAWN_AGAIN; seed++) {
                _cleanup_raster_ Raster large = draw(seed + 1, false, 720, 960);
                _cleanup_raster_ Raster photo = cut(&large, 0, 0, 1);
                Print print = print_of(&photo);

                for (size_t i = 0; i < ELEMENTSOF(qualities); i++) {
                        Print again = print_of_saved(&photo, qualities[i]);
                        Print scaled = print_of_saved(&large, qualities[i]);

                        assert_true(same_picture(&print, &again));
                        assert_true(same_picture(&print, &scaled));
                }
        }
}

/* Of a crop by a percent not every one is known again: the price of no false alarm. */
static void test_most_crops_are_known_again(void **state _unused_)
{
        static const struct {
                double x, y, share;
                unsigned percent;
        } crops[] = {
                {0.002, 0.002, 0.996, 100}, {0.005, 0.005, 0.99, 80}, {0, 0.0025, 0.995, 80},
                {0.01, 0.005, 0.99, 50},    {0, 0, 0.99, 50},
        };
        unsigned found[ELEMENTSOF(crops)] = {}, farthest[ELEMENTSOF(crops)] = {};

        for (uint64_t seed = 0; seed < DRAWN_AGAIN; seed++) {
                _cleanup_raster_ Raster large = draw(seed + 1, false, 720, 960);
                _cleanup_raster_ Raster photo = cut(&large, 0, 0, 1);
                Print print = print_of(&photo);

                for (size_t i = 0; i < ELEMENTSOF(crops); i++) {
                        _cleanup_raster_ Raster part =
                                cut(&large, crops[i].x, crops[i].y, crops[i].share);
                        Print again = print_of_saved(&part, 80);

                        farthest[i] =
                                MAX(farthest[i], photo_fingerprint_distance(&print.fingerprint,
                                                                            &again.fingerprint));
                        found[i] += same_picture(&print, &again);
                }
        }
        for (size_t i = 0; i < ELEMENTSOF(crops); i++)
                print_message("crop to %.3f at %.3f, %.4f: %u of %d known again, farthest %u\n",
                              crops[i].share, crops[i].x, crops[i].y, found[i], DRAWN_AGAIN,
                              farthest[i]);
        for (size_t i = 0; i < ELEMENTSOF(crops); i++)
                assert_true(found[i] * 100 >= crops[i].percent * DRAWN_AGAIN);
}

static void test_no_two_drawn_people_are_one_picture(void **state _unused_)
{
        _cleanup_free_ Print *prints = calloc(DRAWN, sizeof(*prints));
        unsigned candidates = 0, nearest = 1000;

        assert_non_null(prints);
        for (size_t i = 0; i < DRAWN; i++) {
                _cleanup_raster_ Raster photo = draw(5000 + i, true, PHOTO_WIDTH, PHOTO_HEIGHT);

                prints[i] = print_of(&photo);
                for (size_t k = 0; k < i; k++) {
                        if (photo_phash_distance(prints[i].phash, prints[k].phash) >
                            PHOTO_PHASH_SAME)
                                continue;
                        candidates++;
                        nearest = MIN(nearest, photo_fingerprint_distance(&prints[i].fingerprint,
                                                                          &prints[k].fingerprint));
                }
        }
        print_message("of %d pairs %u share a hash, the nearest %u apart\n",
                      DRAWN * (DRAWN - 1) / 2, candidates, nearest);
        /* Without any the test would have shown nothing. */
        assert_true(candidates > 0);
        assert_true(nearest > PHOTO_FINGERPRINT_SAME);
}

/* Whose picture a name of derived/ is: the part before the label. */
static void person_of(const char *file, char person[static NAME])
{
        (void)snprintf(person, NAME, "%.*s", (int)strcspn(file, "_."), file);
}

static void test_no_two_people_of_the_corpus_are_one_picture(void **state _unused_)
{
        _cleanup_free_ Known *known = calloc(256, sizeof(*known));
        unsigned nearest = 10000, pairs = 0;
        char path[4096], name[sizeof("derived/") + NAME_MAX];
        struct dirent *entry;
        size_t n = 0;
        DIR *dir;

        corpus_require();
        assert_non_null(known);
        dir = opendir(corpus_path(path, sizeof(path), "derived"));
        assert_non_null(dir);
        while ((entry = readdir(dir)) && n < 256) {
                _cleanup_free_ char *data = NULL;
                size_t size = 0;

                if (!strstr(entry->d_name, ".jpg"))
                        continue;
                (void)snprintf(name, sizeof(name), "derived/%s", entry->d_name);
                corpus_read(name, &data, &size);
                known[n].print = print_of_jpeg(data, size);
                if (known[n].print.phash == 0)
                        continue;
                person_of(entry->d_name, known[n].person);
                n++;
        }
        (void)closedir(dir);
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < i; k++) {
                        if (strcmp(known[i].person, known[k].person) == 0)
                                continue;
                        pairs++;
                        nearest = MIN(nearest,
                                      photo_fingerprint_distance(&known[i].print.fingerprint,
                                                                 &known[k].print.fingerprint));
                }
        print_message("%zu pictures, %u pairs of people, the nearest %u apart\n", n, pairs,
                      nearest);
        assert_true(pairs > 1000);
        assert_true(nearest > 4 * PHOTO_FINGERPRINT_SAME);
}

static void test_portraits_of_the_corpus_are_known_again_when_saved(void **state _unused_)
{
        static const char *const names[] = {
                "derived/B001287_ok_blue.jpg", "derived/B001287_ok_white.jpg",
                "derived/C001080_ok_blue.jpg", "derived/D000622_ok_blue.jpg",
                "derived/H001034_ok_blue.jpg",
        };

        corpus_require();
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                _cleanup_(photo_result_done) PhotoResult result = {};
                _cleanup_(photo_result_done) PhotoResult again = {};
                _cleanup_free_ char *data = NULL;
                PhotoRules rules;
                Print a, b;
                size_t size = 0;

                photo_rules_default(&rules);
                rules.output_bytes_max = 26000;
                corpus_read(names[i], &data, &size);
                assert_int_equal(photo_examine(data, size, &rules, &result), 0);
                assert_non_null(result.jpeg);
                assert_int_equal(photo_examine(result.jpeg, result.jpeg_size, &rules, &again), 0);
                a = (Print){result.info.phash, result.info.fingerprint};
                b = (Print){again.info.phash, again.info.fingerprint};
                assert_true(same_picture(&a, &b));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_picture_saved_again_or_scaled_is_known_again),
                cmocka_unit_test(test_most_crops_are_known_again),
                cmocka_unit_test(test_no_two_drawn_people_are_one_picture),
                cmocka_unit_test(test_no_two_people_of_the_corpus_are_one_picture),
                cmocka_unit_test(test_portraits_of_the_corpus_are_known_again_when_saved),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
