/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/exif.h>

/* "II", IFD0 at 8 with one entry: Orientation SHORT 1 = 6, no next IFD. */
static const uint8_t little[] = {'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3,
                                 0,   1,   0,   0, 0, 6, 0, 0, 0, 0, 0,    0,    0};
static const uint8_t big[] = {'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
                              3,   0,   0, 0,   1, 0, 8, 0, 0, 0, 0,    0,    0};

static uint32_t orientation_of(const uint8_t *data, size_t size)
{
        Exif exif;

        exif_read(data, size, &exif);
        return exif.orientation;
}

static void test_orientation_is_read_in_both_byte_orders(void **state)
{
        (void)state;
        assert_int_equal(orientation_of(little, sizeof(little)), 6);
        assert_int_equal(orientation_of(big, sizeof(big)), 8);
}

static void test_an_orientation_outside_one_to_eight_counts_as_upright(void **state)
{
        uint8_t data[sizeof(little)];

        (void)state;
        memcpy(data, little, sizeof(data));
        for (unsigned value = 0; value < 256; value++) {
                data[18] = (uint8_t)value;
                assert_int_equal(orientation_of(data, sizeof(data)),
                                 value >= 1 && value <= 8 ? value : 1);
        }
}

static void test_a_long_orientation_is_accepted_and_a_counted_one_is_not(void **state)
{
        uint8_t data[sizeof(little)];

        (void)state;
        memcpy(data, little, sizeof(data));
        data[12] = 4;
        assert_int_equal(orientation_of(data, sizeof(data)), 6);
        data[14] = 2;
        assert_int_equal(orientation_of(data, sizeof(data)), 1);
}

static void test_damaged_exif_gives_the_defaults(void **state)
{
        (void)state;
        for (size_t n = 0; n < sizeof(little); n++) {
                _cleanup_free_ uint8_t *copy = malloc(n > 0 ? n : 1);

                assert_non_null(copy);
                memcpy(copy, little, n);
                /* Without the next-IFD offset everything asked for is still there. */
                assert_int_equal(orientation_of(copy, n), n >= 22 ? 6 : 1);
        }
}

static void test_an_offset_outside_the_data_is_not_followed(void **state)
{
        static const uint32_t offsets[] = {0, 4, 7, 25, 26, 1000, 0x7fffffff, 0xffffffff};
        uint8_t data[sizeof(little)];

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(offsets); i++) {
                memcpy(data, little, sizeof(data));
                memcpy(data + 4, &offsets[i], 4);
                assert_int_equal(orientation_of(data, sizeof(data)), 1);
        }
}

static void test_the_moment_is_read_from_date_time_original(void **state)
{
        /* IFD0: ExifIFD at 26; ExifIFD: DateTimeOriginal, 20 characters at 44. */
        uint8_t data[64] = {'I', 'I', '*',  0,    8, 0,  0,  0, 1, 0, 0x69, 0x87, 4,
                            0,   1,   0,    0,    0, 26, 0,  0, 0, 0, 0,    0,    0,
                            1,   0,   0x03, 0x90, 2, 0,  20, 0, 0, 0, 44};
        Exif exif;

        (void)state;
        memcpy(data + 44, "2026:03:01 12:34:56", 20);
        exif_read(data, sizeof(data), &exif);
        /* date -u -d '2026-03-01 12:34:56' +%s */
        assert_int_equal(exif.taken, 1772368496);
        memcpy(data + 44, "2026:13:01 12:34:56", 20);
        exif_read(data, sizeof(data), &exif);
        assert_int_equal(exif.taken, 0);
        memcpy(data + 44, "    :  :     :  :  ", 20);
        exif_read(data, sizeof(data), &exif);
        assert_int_equal(exif.taken, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_orientation_is_read_in_both_byte_orders),
                cmocka_unit_test(test_an_orientation_outside_one_to_eight_counts_as_upright),
                cmocka_unit_test(test_a_long_orientation_is_accepted_and_a_counted_one_is_not),
                cmocka_unit_test(test_damaged_exif_gives_the_defaults),
                cmocka_unit_test(test_an_offset_outside_the_data_is_not_followed),
                cmocka_unit_test(test_the_moment_is_read_from_date_time_original),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
