/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/jpegheader.h>

static void test_the_header_of_a_photo_is_read(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(480, 640, 90);
        JpegHeader h;

        (void)state;
        jpeg_header_read(jpeg.data, jpeg.size, &h);
        assert_false(h.truncated);
        assert_int_equal(h.process, JPEG_BASELINE);
        assert_int_equal(h.precision, 8);
        assert_int_equal(h.width, 480);
        assert_int_equal(h.height, 640);
        assert_int_equal(h.n_components, 3);
        assert_true(h.has_jfif);
        assert_int_equal(h.density_unit, 1);
        assert_int_equal(h.x_density, 300);
        assert_int_equal(h.y_density, 300);
        assert_false(h.has_metadata);
        assert_null(h.exif);
        assert_false(h.table_zero);
}

static void test_quality_is_estimated_exactly_for_tables_of_libjpeg(void **state)
{
        (void)state;
        /* The tables of 1, 2 and 3 are too coarse for 8 bits and coincide when clipped. */
        for (unsigned quality = 26; quality <= 100; quality++) {
                _cleanup_encoded_ Encoded jpeg = fixture_jpeg(16, 16, quality);
                JpegHeader h;
                bool exact;

                jpeg_header_read(jpeg.data, jpeg.size, &h);
                assert_int_equal(jpeg_header_quality(&h, &exact), quality);
                assert_true(exact);
        }
}

static void test_without_a_table_quality_is_unknown(void **state)
{
        JpegHeader h;
        bool exact = true;

        (void)state;
        jpeg_header_read((const uint8_t *)"\xff\xd8\xff\xd9", 4, &h);
        assert_int_equal(jpeg_header_quality(&h, &exact), 0);
        assert_false(exact);
}

static void test_a_header_cut_anywhere_is_read_within_its_bytes(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(16, 16, 90);

        (void)state;
        for (size_t n = 0; n < MIN(jpeg.size, (size_t)700); n++) {
                _cleanup_free_ uint8_t *copy = malloc(n > 0 ? n : 1);
                JpegHeader h;

                assert_non_null(copy);
                memcpy(copy, jpeg.data, n);
                jpeg_header_read(copy, n, &h);
        }
}

static void test_only_the_first_exif_counts(void **state)
{
        static const uint8_t data[] = "\xff\xd8"
                                      "\xff\xe1\0\x0a"
                                      "Exif\0\0ab"
                                      "\xff\xe1\0\x0a"
                                      "Exif\0\0cd"
                                      "\xff\xda";
        JpegHeader h;

        (void)state;
        jpeg_header_read(data, sizeof(data) - 1, &h);
        assert_int_equal(h.exif_size, 2);
        assert_memory_equal(h.exif, "ab", 2);
        assert_true(h.has_metadata);
}

static void test_contradicting_profile_chunks_are_noticed(void **state)
{
        static const uint8_t twice[] = "\xff\xd8"
                                       "\xff\xe2\0\x12"
                                       "ICC_PROFILE\0\x01\x02"
                                       "xy"
                                       "\xff\xe2\0\x12"
                                       "ICC_PROFILE\0\x01\x02"
                                       "zz"
                                       "\xff\xda";
        JpegHeader h;

        (void)state;
        jpeg_header_read(twice, sizeof(twice) - 1, &h);
        assert_true(h.icc_bad);
        assert_int_equal(h.icc_total, 2);
        assert_int_equal(h.icc_seen, 1);
}

static void test_a_zero_in_a_table_is_noticed(void **state)
{
        uint8_t data[2 + 2 + 2 + 65 + 2] = {0xff, 0xd8, 0xff, 0xdb, 0, 67};
        JpegHeader h;

        (void)state;
        memset(data + 7, 1, 64);
        memcpy(data + 71, "\xff\xda", 2);
        jpeg_header_read(data, sizeof(data), &h);
        assert_true(h.table_seen[0]);
        assert_false(h.table_zero);
        data[40] = 0;
        jpeg_header_read(data, sizeof(data), &h);
        assert_true(h.table_zero);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_header_of_a_photo_is_read),
                cmocka_unit_test(test_quality_is_estimated_exactly_for_tables_of_libjpeg),
                cmocka_unit_test(test_without_a_table_quality_is_unknown),
                cmocka_unit_test(test_a_header_cut_anywhere_is_read_within_its_bytes),
                cmocka_unit_test(test_only_the_first_exif_counts),
                cmocka_unit_test(test_contradicting_profile_chunks_are_noticed),
                cmocka_unit_test(test_a_zero_in_a_table_is_noticed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
