/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/decode.h>
#include <photo/transcode.h>

#include <jpeglib.h>

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        return 0;
}

typedef struct Variant {
        bool progressive;
        bool arithmetic;
        unsigned restart;
        int h, v; /* luma sampling */
        bool rgb;
} Variant;

/* The fixture's picture by libjpeg in a flavour of its own. */
static Encoded encode_variant(uint32_t width, uint32_t height, const Variant *variant)
{
        Raster raster = fixture_picture(width, height);
        struct jpeg_compress_struct cinfo;
        struct jpeg_error_mgr error;
        unsigned char *data = NULL;
        unsigned long size = 0;

        cinfo.err = jpeg_std_error(&error);
        jpeg_create_compress(&cinfo);
        jpeg_mem_dest(&cinfo, &data, &size);
        cinfo.image_width = width;
        cinfo.image_height = height;
        cinfo.input_components = 3;
        cinfo.in_color_space = JCS_RGB;
        jpeg_set_defaults(&cinfo);
        if (variant->rgb)
                jpeg_set_colorspace(&cinfo, JCS_RGB);
        jpeg_set_quality(&cinfo, 90, TRUE);
        if (variant->h > 0) {
                cinfo.comp_info[0].h_samp_factor = variant->h;
                cinfo.comp_info[0].v_samp_factor = variant->v;
        }
        if (variant->progressive)
                jpeg_simple_progression(&cinfo);
        cinfo.arith_code = variant->arithmetic;
        cinfo.restart_interval = variant->restart;
        jpeg_start_compress(&cinfo, TRUE);
        while (cinfo.next_scanline < height) {
                JSAMPROW row = raster.pixels + (size_t)cinfo.next_scanline * width * 3;

                (void)jpeg_write_scanlines(&cinfo, &row, 1);
        }
        jpeg_finish_compress(&cinfo);
        jpeg_destroy_compress(&cinfo);
        raster_done(&raster);
        return (Encoded){.data = data, .size = size};
}

static int decode(const Encoded *jpeg, size_t size, Decoded *ret, Findings *findings)
{
        JpegHeader header;

        jpeg_header_read(jpeg->data, size, &header);
        return decode_jpeg(jpeg->data, size, &header, &rules, 480, 640, ret, findings);
}

static const Variant variants[] = {
        {},
        {.progressive = true},
        {.arithmetic = true},
        {.progressive = true, .arithmetic = true},
        {.restart = 3},
        {.h = 1, .v = 1},
        {.h = 2, .v = 1},
        {.h = 1, .v = 2},
        {.h = 4, .v = 1},
        {.h = 4, .v = 2},
        {.rgb = true, .h = 1, .v = 1},
};

static void test_every_flavour_shows_the_same_picture(void **state)
{
        _cleanup_raster_ Raster truth = fixture_picture(480, 640);

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(variants); i++) {
                _cleanup_encoded_ Encoded jpeg = encode_variant(480, 640, &variants[i]);
                _cleanup_(decoded_done) Decoded decoded = {};
                Findings findings = {};
                double error = 0;

                assert_int_equal(decode(&jpeg, jpeg.size, &decoded, &findings), 0);
                assert_int_equal(findings.n, 0);
                assert_int_equal(decoded.shrink, 1);
                assert_int_equal(decoded.end, jpeg.size);
                for (size_t k = 0; k < 480 * 640 * 3; k++)
                        error += abs(decoded.raster.pixels[k] - truth.pixels[k]);
                assert_true(error / (480 * 640 * 3) < 4);
        }
}

static void test_large_pictures_are_shrunk_while_twice_the_target(void **state)
{
        static const struct {
                uint32_t width, height;
                unsigned shrink;
        } cases[] = {
                {480, 640, 1},   {1918, 2558, 1}, {1920, 2560, 2},
                {3836, 5116, 2}, {3840, 5120, 4}, {1920, 1000, 1},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_encoded_ Encoded jpeg =
                        encode_variant(cases[i].width, cases[i].height, &(Variant){});
                _cleanup_(decoded_done) Decoded decoded = {};
                Findings findings = {};

                assert_int_equal(decode(&jpeg, jpeg.size, &decoded, &findings), 0);
                assert_int_equal(decoded.shrink, cases[i].shrink);
                assert_int_equal(decoded.raster.width,
                                 (cases[i].width + decoded.shrink - 1) / decoded.shrink);
        }
}

static void test_memory_for_a_progressive_picture_is_bounded(void **state)
{
        _cleanup_encoded_ Encoded jpeg = encode_variant(960, 1280, &(Variant){.progressive = true});
        _cleanup_(decoded_done) Decoded decoded = {};
        Findings findings = {};

        (void)state;
        rules.max_memory_bytes = 480 * 640 * 3 + 100000;
        assert_int_equal(decode(&jpeg, jpeg.size, &decoded, &findings), 0);
        assert_finding(&findings, REASON_EXAMINER_MEMORY, FINDING_REJECT);
        assert_null(decoded.raster.pixels);
}

static void test_scans_are_counted(void **state)
{
        _cleanup_encoded_ Encoded jpeg = encode_variant(480, 640, &(Variant){.progressive = true});
        _cleanup_(decoded_done) Decoded decoded = {};
        Findings findings = {};

        (void)state;
        rules.max_scans = 5;
        assert_int_equal(decode(&jpeg, jpeg.size, &decoded, &findings), 0);
        assert_finding(&findings, REASON_TOO_MANY_SCANS, FINDING_REJECT);
}

static void test_cutting_and_flipping_never_passes_unnoticed_or_harms(void **state)
{
        _cleanup_encoded_ Encoded jpeg = encode_variant(96, 128, &(Variant){.progressive = true});
        uint32_t random = 1;

        (void)state;
        for (size_t n = 0; n < jpeg.size; n += 11) {
                _cleanup_(decoded_done) Decoded decoded = {};
                Findings findings = {};

                assert_int_equal(decode(&jpeg, n, &decoded, &findings), 0);
                assert_true(findings_reject(&findings));
        }
        for (int i = 0; i < 2000; i++) {
                _cleanup_(decoded_done) Decoded decoded = {};
                Findings findings = {};
                size_t at;
                uint8_t old;

                random = random * 1664525 + 1013904223;
                at = (random >> 8) % jpeg.size;
                old = jpeg.data[at];
                jpeg.data[at] ^= (uint8_t)(1u << (random >> 5 & 7));
                assert_int_equal(decode(&jpeg, jpeg.size, &decoded, &findings), 0);
                jpeg.data[at] = old;
        }
}

static void test_padding_before_the_end_is_harmless_and_other_bytes_are_not(void **state)
{
        static const uint8_t fills[] = {0x00, 0x5a};

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(fills); i++) {
                _cleanup_encoded_ Encoded jpeg = encode_variant(96, 128, &(Variant){});
                _cleanup_(decoded_done) Decoded decoded = {};
                Encoded padded = {.data = malloc(jpeg.size + 20), .size = jpeg.size + 20};
                Findings findings = {};

                assert_non_null(padded.data);
                memcpy(padded.data, jpeg.data, jpeg.size - 2);
                memset(padded.data + jpeg.size - 2, fills[i], 20);
                memcpy(padded.data + jpeg.size + 18, "\xff\xd9", 2);
                assert_int_equal(decode(&padded, padded.size, &decoded, &findings), 0);
                assert_int_equal(findings_reject(&findings), fills[i] != 0);
                encoded_done(&padded);
        }
}

/* ---- copying coefficients ---- */

static void test_copying_keeps_every_pixel_whatever_the_coding(void **state)
{
        static const Variant kept[] = {
                {},
                {.progressive = true},
                {.arithmetic = true},
                {.restart = 5},
                {.h = 1, .v = 1},
                {.h = 2, .v = 1},
        };

        (void)state;
        rules.output_bytes_max = 200000;
        for (size_t i = 0; i < ELEMENTSOF(kept); i++) {
                _cleanup_encoded_ Encoded jpeg = encode_variant(480, 640, &kept[i]), copy = {};
                _cleanup_(decoded_done) Decoded before = {}, after = {};
                Findings findings = {};
                JpegHeader header;

                assert_int_equal(transcode_jpeg(jpeg.data, jpeg.size, &rules, &copy), 1);
                jpeg_header_read(copy.data, copy.size, &header);
                assert_int_equal(header.process, JPEG_BASELINE);
                assert_int_equal(header.x_density, 300);
                assert_int_equal(decode(&jpeg, jpeg.size, &before, &findings), 0);
                assert_int_equal(decode(&copy, copy.size, &after, &findings), 0);
                assert_memory_equal(before.raster.pixels, after.raster.pixels, 480 * 640 * 3);
        }
}

static void test_what_is_not_of_the_standard_is_not_copied(void **state)
{
        static const Variant unfit[] = {
                {.rgb = true, .h = 1, .v = 1},
                {.h = 4, .v = 1},
                {.h = 1, .v = 2},
        };
        _cleanup_encoded_ Encoded usual = encode_variant(480, 640, &(Variant){});

        (void)state;
        rules.output_bytes_max = 200000;
        for (size_t i = 0; i < ELEMENTSOF(unfit); i++) {
                _cleanup_encoded_ Encoded jpeg = encode_variant(480, 640, &unfit[i]), copy = {};

                assert_int_equal(transcode_jpeg(jpeg.data, jpeg.size, &rules, &copy), 0);
                assert_null(copy.data);
        }
        for (int small = 0; small < 2; small++) {
                _cleanup_encoded_ Encoded copy = {};

                rules.output_bytes_max = small ? 1000 : 200000;
                rules.output_bytes_min = small ? 0 : 190000;
                assert_int_equal(transcode_jpeg(usual.data, usual.size, &rules, &copy), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_every_flavour_shows_the_same_picture, setup),
                cmocka_unit_test_setup(test_large_pictures_are_shrunk_while_twice_the_target,
                                       setup),
                cmocka_unit_test_setup(test_memory_for_a_progressive_picture_is_bounded, setup),
                cmocka_unit_test_setup(test_scans_are_counted, setup),
                cmocka_unit_test_setup(test_cutting_and_flipping_never_passes_unnoticed_or_harms,
                                       setup),
                cmocka_unit_test_setup(
                        test_padding_before_the_end_is_harmless_and_other_bytes_are_not, setup),
                cmocka_unit_test_setup(test_copying_keeps_every_pixel_whatever_the_coding, setup),
                cmocka_unit_test_setup(test_what_is_not_of_the_standard_is_not_copied, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
