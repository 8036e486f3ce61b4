/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/coefstore.h>
#include <photo/decode.h>

static void fill(JBLOCK *blocks, size_t n, unsigned kind)
{
        uint32_t random = kind + 1;

        memset(blocks, 0, n * sizeof(JBLOCK));
        for (size_t i = 0; i < n * DCTSIZE2; i++) {
                JCOEF *v = &blocks[i / DCTSIZE2][i % DCTSIZE2];

                random = random * 1664525 + 1013904223;
                if (kind == 1)
                        *v = (JCOEF)(random >> 16);
                else if (kind == 2 && random % 13 == 0)
                        *v = (JCOEF)((int)(random >> 24) - 128);
                else if (kind == 3 && i % DCTSIZE2 == 0 && random >> 31)
                        *v = (JCOEF)(random >> 8 & 1 ? INT16_MIN : INT16_MAX);
                else if (kind == 4 && i == n * DCTSIZE2 - 1)
                        *v = -1;
        }
}

static void test_blocks_come_back_as_they_were(void **state)
{
        enum { N = 600 };
        static JBLOCK before[N], after[N];
        _cleanup_free_ uint8_t *packed = malloc(coefstore_pack_bound(N));

        (void)state;
        assert_non_null(packed);
        for (unsigned kind = 0; kind < 5; kind++) {
                size_t size;

                fill(before, N, kind);
                memset(after, 0x55, sizeof(after));
                size = coefstore_pack(before, N, packed);
                assert_true(size <= coefstore_pack_bound(N));
                coefstore_unpack(packed, after, N);
                assert_memory_equal(before, after, sizeof(before));
        }
}

static void test_zeros_take_next_to_nothing(void **state)
{
        static JBLOCK blocks[1000];
        uint8_t packed[64];

        (void)state;
        assert_true(coefstore_pack(blocks, 1000, packed) <= 8);
}

/* A progressive or plain JPEG with scans of their own for each component. */
static Encoded many_scans(uint32_t width, uint32_t height, bool progressive)
{
        static const jpeg_scan_info apart[3] = {
                {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
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
        jpeg_set_quality(&cinfo, 85, TRUE);
        if (progressive) {
                jpeg_simple_progression(&cinfo);
        } else {
                cinfo.scan_info = apart;
                cinfo.num_scans = 3;
        }
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

static void decode_within(const Encoded *jpeg, uint64_t memory, Decoded *ret, Findings *findings)
{
        JpegHeader header;
        PhotoRules rules;

        photo_rules_default(&rules);
        rules.max_memory_bytes = memory;
        jpeg_header_read(jpeg->data, jpeg->size, &header);
        assert_int_equal(
                decode_jpeg(jpeg->data, jpeg->size, &header, &rules, 480, 640, ret, findings), 0);
}

static void test_a_photo_decodes_the_same_from_packed_coefficients(void **state)
{
        static const uint32_t sizes[][2] = {{960, 1280}, {1919, 2551}, {233, 2003}};

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                for (int progressive = 0; progressive < 2; progressive++) {
                        _cleanup_encoded_ Encoded jpeg =
                                many_scans(sizes[i][0], sizes[i][1], progressive);
                        uint64_t pixels = (uint64_t)sizes[i][0] * sizes[i][1];
                        _cleanup_(decoded_done) Decoded plain = {}, packed = {};
                        Findings findings = {};

                        decode_within(&jpeg, 96 << 20, &plain, &findings);
                        assert_int_equal(findings.n, 0);
                        /* libjpeg's way takes 3 bytes a pixel beside the raster: it cannot be. */
                        decode_within(&jpeg,
                                      (uint64_t)plain.raster.width * plain.raster.height * 3 +
                                              pixels * 5 / 2,
                                      &packed, &findings);
                        assert_int_equal(findings.n, 0);
                        assert_non_null(packed.raster.pixels);
                        assert_memory_equal(plain.raster.pixels, packed.raster.pixels,
                                            (size_t)plain.raster.width * plain.raster.height * 3);
                }
        }
}

static void test_what_does_not_fit_even_packed_is_rejected(void **state)
{
        _cleanup_encoded_ Encoded jpeg = many_scans(960, 1280, true);
        _cleanup_(decoded_done) Decoded decoded = {};
        Findings findings = {};

        (void)state;
        decode_within(&jpeg, 480 * 640 * 3 + 300000, &decoded, &findings);
        assert_finding(&findings, REASON_EXAMINER_MEMORY, FINDING_REJECT);
        assert_null(decoded.raster.pixels);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_blocks_come_back_as_they_were),
                cmocka_unit_test(test_zeros_take_next_to_nothing),
                cmocka_unit_test(test_a_photo_decodes_the_same_from_packed_coefficients),
                cmocka_unit_test(test_what_does_not_fit_even_packed_is_rejected),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
