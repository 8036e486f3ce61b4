/* SPDX-License-Identifier: MIT */
#include <idphoto/photo.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Numbers by arithmetic; what pictures do to them is seen in test_samepicture.c. */

static uint8_t luma[PHOTO_HEIGHT][PHOTO_WIDTH];

/* A blob of `level` above grey around (x, y), as smooth as the waves are. */
static void add_blob(double x, double y, double reach, double level)
{
        for (int j = 0; j < PHOTO_HEIGHT; j++)
                for (int i = 0; i < PHOTO_WIDTH; i++) {
                        double away = hypot(i - x, j - y) / reach;
                        double v = luma[j][i] + level * exp(-away * away);

                        luma[j][i] = (uint8_t)CLAMP(v, 0.0, 255.0);
                }
}

static PhotoFingerprint make(double shift_x, double shift_y, double nose, uint64_t *ret_phash)
{
        PhotoFingerprint fingerprint;

        memset(luma, 120, sizeof(luma));
        add_blob(240 + shift_x, 260 + shift_y, 90, 80);
        add_blob(240 + shift_x, 130 + shift_y, 80, -90);
        add_blob(130 + shift_x, 560 + shift_y, 110, -70);
        add_blob(360 + shift_x, 540 + shift_y, 100, -60);
        add_blob(240 + shift_x, 300 + shift_y, 35, nose);
        photo_fingerprint_make(&luma[0][0], ret_phash, &fingerprint);
        return fingerprint;
}

static void test_the_distance_of_hashes_counts_bits(void **state _unused_)
{
        assert_int_equal(photo_phash_distance(0, 0), 0);
        assert_int_equal(photo_phash_distance(0, UINT64_MAX), 64);
        assert_int_equal(photo_phash_distance(5, 6), 2);
}

static void test_the_same_luma_has_the_same_print(void **state _unused_)
{
        uint64_t hash_a, hash_b;
        PhotoFingerprint a = make(0, 0, 30, &hash_a), b = make(0, 0, 30, &hash_b);

        assert_int_equal(hash_a, hash_b);
        assert_memory_equal(&a, &b, sizeof(a));
        assert_int_equal(photo_fingerprint_distance(&a, &b), 0);
}

static void test_brightness_leaves_the_print_as_it_is(void **state _unused_)
{
        uint64_t hash_a, hash_b;
        PhotoFingerprint a = make(0, 0, 0, &hash_a), b;

        for (int y = 0; y < PHOTO_HEIGHT; y++)
                for (int x = 0; x < PHOTO_WIDTH; x++)
                        luma[y][x] = (uint8_t)(luma[y][x] + 10);
        photo_fingerprint_make(&luma[0][0], &hash_b, &b);
        assert_int_equal(hash_a, hash_b);
        assert_memory_equal(&a, &b, sizeof(a));
}

static void test_a_shift_of_a_few_pixels_is_no_other_picture(void **state _unused_)
{
        static const struct {
                double x, y;
        } shifts[] = {{3, 0}, {0, 4}, {-4, 2}, {4, 4}};
        uint64_t hash;
        PhotoFingerprint a = make(0, 0, 30, &hash);

        for (size_t i = 0; i < ELEMENTSOF(shifts); i++) {
                PhotoFingerprint b = make(shifts[i].x, shifts[i].y, 30, &hash);

                assert_true(photo_fingerprint_distance(&a, &b) <= PHOTO_FINGERPRINT_SAME);
                assert_int_equal(photo_fingerprint_distance(&a, &b),
                                 photo_fingerprint_distance(&b, &a));
        }
}

static void test_a_shift_of_many_pixels_is_one(void **state _unused_)
{
        uint64_t hash;
        PhotoFingerprint a = make(0, 0, 30, &hash), b = make(30, 0, 30, &hash);

        assert_true(photo_fingerprint_distance(&a, &b) > PHOTO_FINGERPRINT_SAME);
}

static void test_one_other_feature_is_another_picture(void **state _unused_)
{
        uint64_t hash;
        PhotoFingerprint a = make(0, 0, 50, &hash), b = make(0, 0, -50, &hash);

        assert_true(photo_fingerprint_distance(&a, &b) > PHOTO_FINGERPRINT_SAME);
}

static void test_a_picture_without_waves_has_a_hash_all_the_same(void **state _unused_)
{
        static const PhotoFingerprint nothing;
        PhotoFingerprint fingerprint;
        uint64_t hash = 0;

        memset(luma, 77, sizeof(luma));
        photo_fingerprint_make(&luma[0][0], &hash, &fingerprint);
        assert_true(hash != 0);
        assert_memory_equal(&fingerprint, &nothing, sizeof(nothing));
}

static void test_any_bytes_can_be_compared(void **state _unused_)
{
        PhotoFingerprint a, b, flat = {};

        memset(&a, 0x80, sizeof(a));
        memset(&b, 0x7f, sizeof(b));
        assert_int_equal(photo_fingerprint_distance(&a, &b), 2885);
        memset(&a, 0x02, sizeof(a));
        assert_true(photo_fingerprint_distance(&a, &flat) > PHOTO_FINGERPRINT_SAME);
        memset(&a, 0x01, sizeof(a));
        assert_int_equal(photo_fingerprint_distance(&a, &flat), 11);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_distance_of_hashes_counts_bits),
                cmocka_unit_test(test_the_same_luma_has_the_same_print),
                cmocka_unit_test(test_brightness_leaves_the_print_as_it_is),
                cmocka_unit_test(test_a_shift_of_a_few_pixels_is_no_other_picture),
                cmocka_unit_test(test_a_shift_of_many_pixels_is_one),
                cmocka_unit_test(test_one_other_feature_is_another_picture),
                cmocka_unit_test(test_a_picture_without_waves_has_a_hash_all_the_same),
                cmocka_unit_test(test_any_bytes_can_be_compared),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
