/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include <photo/jpegheader.h>

static PhotoRules rules;

static int setup(void **state)
{
        (void)state;
        photo_rules_default(&rules);
        /* The made-up pictures are no portraits. What is seen in pictures has its own tests. */
        for (size_t i = 0; i < _PHOTO_MEASURE_MAX; i++)
                if (i != PHOTO_MEASURE_SOURCE_QUALITY)
                        rules.bands[i] = (PhotoBand){-INFINITY, INFINITY, -INFINITY, INFINITY};
        return 0;
}

/* What becomes of each structural variant: the reason of its rejection, or none. */
static const struct {
        const char *name;
        ReasonCode reject; /* _REASON_MAX: accepted */
        FindingLevel level;
        ReasonCode also; /* a further finding that must be there, or _REASON_MAX */
} variety[] = {
#define NONE _REASON_MAX
#define OK(name) \
        { \
                name, NONE, FINDING_REJECT, NONE \
        }
#define FIXED(name, reason) \
        { \
                name, NONE, FINDING_FIXED, REASON_##reason \
        }
#define WARN(name, reason) \
        { \
                name, NONE, FINDING_WARN, REASON_##reason \
        }
#define REJECT(name, reason) \
        { \
                name, REASON_##reason, FINDING_REJECT, NONE \
        }
/* Too small where the format is decoded. */
#define FOREIGN(name, built_in, reason) \
        { \
                name, (built_in) ? REASON_TOO_SMALL : REASON_##reason, FINDING_REJECT, NONE \
        }
        FIXED("jpeg/orient_1.jpg", METADATA_REMOVED),
        REJECT("jpeg/orient_2.jpg", MIRRORED),
        FIXED("jpeg/orient_3.jpg", TURNED_UPRIGHT),
        REJECT("jpeg/orient_4.jpg", MIRRORED),
        REJECT("jpeg/orient_5.jpg", MIRRORED),
        FIXED("jpeg/orient_6.jpg", TURNED_UPRIGHT),
        REJECT("jpeg/orient_7.jpg", MIRRORED),
        FIXED("jpeg/orient_8.jpg", TURNED_UPRIGHT),
        FIXED("jpeg/orient_6_bigendian.jpg", TURNED_UPRIGHT),
        FIXED("jpeg/orient_6_long.jpg", TURNED_UPRIGHT),
        OK("jpeg/orient_0.jpg"),
        OK("jpeg/orient_9.jpg"),
        OK("jpeg/orient_conflict_ifd1.jpg"),
        OK("jpeg/orient_two_exif.jpg"),
        OK("jpeg/orient_xmp_only.jpg"),
        OK("jpeg/exif_first_no_jfif.jpg"),
        OK("jpeg/exif_before_jfif.jpg"),
        OK("jpeg/no_app.jpg"),
        OK("jpeg/exif_offset_oob.jpg"),
        OK("jpeg/exif_ifd_loop.jpg"),
        OK("jpeg/exif_count_huge.jpg"),
        OK("jpeg/exif_empty.jpg"),
        FIXED("jpeg/exif_max_64k.jpg", METADATA_REMOVED),
        FIXED("jpeg/privacy_gps_serial.jpg", METADATA_REMOVED),
        FIXED("jpeg/thumb_other_person.jpg", METADATA_REMOVED),
        FIXED("jpeg/jfif_thumb_rgb.jpg", METADATA_REMOVED),
        OK("jpeg/jfif_lying_thumb.jpg"),
        FIXED("jpeg/density_dpi_72.jpg", DENSITY_SET),
        OK("jpeg/density_dpi_300.jpg"),
        FIXED("jpeg/density_dpcm_118.jpg", DENSITY_SET),
        FIXED("jpeg/density_aspect_only.jpg", DENSITY_SET),
        FIXED("jpeg/density_dpi_0.jpg", DENSITY_SET),
        FIXED("jpeg/density_dpi_300x72.jpg", DENSITY_SET),
        FIXED("jpeg/density_dpi_unit7.jpg", DENSITY_SET),
        OK("jpeg/density_exif_jfif_conflict.jpg"),
        FIXED("jpeg/xmp_extended.jpg", METADATA_REMOVED),
        FIXED("jpeg/com_200.jpg", METADATA_REMOVED),
        OK("jpeg/app_fill_bytes.jpg"),
        REJECT("jpeg/seg_length_0.jpg", CORRUPT),
        REJECT("jpeg/seg_length_past_eof.jpg", TRUNCATED),
        OK("jpeg/progressive.jpg"),
        OK("jpeg/arithmetic.jpg"),
        OK("jpeg/arithmetic_prog.jpg"),
        OK("jpeg/restart.jpg"),
        OK("jpeg/restart_row.jpg"),
        REJECT("jpeg/restart_bad_seq.jpg", CORRUPT),
        OK("jpeg/sampling_1x1.jpg"),
        OK("jpeg/sampling_2x1.jpg"),
        OK("jpeg/sampling_2x2.jpg"),
        OK("jpeg/sampling_1x2.jpg"),
        OK("jpeg/sampling_4x1.jpg"),
        OK("jpeg/sampling_4x2.jpg"),
        OK("jpeg/sampling_2x4.jpg"),
        OK("jpeg/sampling_1x4.jpg"),
        OK("jpeg/sampling_odd.jpg"),
        OK("jpeg/sampling_3x1.jpg"),
        REJECT("jpeg/grey_1comp.jpg", GREY_JPEG),
        OK("jpeg/rgb_no_ycc.jpg"),
        OK("jpeg/rgb_no_marker.jpg"),
        REJECT("jpeg/quality_10.jpg", INPUT_QUALITY),
        REJECT("jpeg/quality_25.jpg", INPUT_QUALITY),
        WARN("jpeg/quality_40.jpg", INPUT_QUALITY),
        WARN("jpeg/quality_59.jpg", INPUT_QUALITY),
        OK("jpeg/quality_60.jpg"),
        OK("jpeg/quality_75.jpg"),
        FIXED("jpeg/quality_95.jpg", RECODED),
        FIXED("jpeg/quality_100.jpg", RECODED),
        REJECT("jpeg/quality_100_q16.jpg", INPUT_QUALITY),
        REJECT("jpeg/cmyk_adobe.jpg", CMYK),
        REJECT("jpeg/cmyk_no_adobe.jpg", CMYK),
        REJECT("jpeg/ycck_adobe.jpg", CMYK),
        FIXED("jpeg/icc_display_p3.jpg", COLOUR_CONVERTED),
        FIXED("jpeg/icc_adobe_rgb.jpg", COLOUR_CONVERTED),
        FIXED("jpeg/icc_swapped.jpg", COLOUR_CONVERTED),
        WARN("jpeg/icc_corrupt.jpg", COLOUR_PROFILE_IGNORED),
        FIXED("jpeg/icc_chunks_2.jpg", COLOUR_CONVERTED),
        WARN("jpeg/icc_missing_chunk.jpg", COLOUR_PROFILE_IGNORED),
        REJECT("jpeg/empty.jpg", EMPTY_FILE),
        REJECT("jpeg/one_byte.jpg", NOT_A_PHOTO),
        REJECT("jpeg/soi_only.jpg", TRUNCATED),
        REJECT("jpeg/soi_eoi.jpg", CORRUPT),
        REJECT("jpeg/trunc_10.jpg", TRUNCATED),
        REJECT("jpeg/trunc_50.jpg", TRUNCATED),
        REJECT("jpeg/trunc_90.jpg", TRUNCATED),
        REJECT("jpeg/trunc_99.jpg", TRUNCATED),
        REJECT("jpeg/trunc_prog_50.jpg", TRUNCATED),
        WARN("jpeg/no_eoi.jpg", TRUNCATED),
        FIXED("jpeg/tail_1k.jpg", TAIL_REMOVED),
        FIXED("jpeg/tail_zip_polyglot.jpg", TAIL_REMOVED),
        FIXED("jpeg/two_jpegs.jpg", TAIL_REMOVED),
        REJECT("jpeg/leading_junk.jpg", CORRUPT),
        REJECT("jpeg/leading_bom.jpg", CORRUPT),
        REJECT("jpeg/scan_zeros.jpg", CORRUPT),
        REJECT("jpeg/scan_marker_inside.jpg", CORRUPT),
        REJECT("jpeg/height_0.jpg", UNSUPPORTED_JPEG),
        REJECT("jpeg/dnl.jpg", UNSUPPORTED_JPEG),
        REJECT("jpeg/width_0.jpg", CORRUPT),
        REJECT("jpeg/dim_taller.jpg", CORRUPT),
        REJECT("jpeg/bomb_65500.jpg", TOO_MANY_PIXELS),
        REJECT("jpeg/bomb_65535x1.jpg", TOO_SMALL),
        REJECT("jpeg/bomb_65500_prog.jpg", TOO_MANY_PIXELS),
        REJECT("jpeg/tiny_1x1.jpg", TOO_SMALL),
        REJECT("jpeg/small_120x160.jpg", TOO_SMALL),
        REJECT("jpeg/flat_6000x8000.jpg", GREY_JPEG),
        REJECT("jpeg/scans_500.jpg", TOO_MANY_SCANS),
        OK("jpeg/scans_30.jpg"),
        REJECT("jpeg/sof5_hier.jpg", UNSUPPORTED_JPEG),
        REJECT("jpeg/sof3_lossless_fake.jpg", UNSUPPORTED_JPEG),
        REJECT("jpeg/sof55_jpegls.jpg", UNSUPPORTED_JPEG),
        REJECT("jpeg/precision_12_fake.jpg", TWELVE_BIT),
        REJECT("jpeg/precision_16_fake.jpg", TWELVE_BIT),
        REJECT("jpeg/no_dqt.jpg", CORRUPT),
        OK("jpeg/no_dht.jpg"),
        REJECT("jpeg/two_sof.jpg", CORRUPT),
        REJECT("jpeg/sos_only.jpg", CORRUPT),
        REJECT("jpeg/dht_overfull.jpg", CORRUPT),
        REJECT("jpeg/dqt_zeros.jpg", CORRUPT),
        FOREIGN("notjpeg/png.jpg", HAVE_SPNG, FORMAT_PNG),
        REJECT("notjpeg/bmp.jpg", FORMAT_BMP),
        REJECT("notjpeg/gif.jpg", FORMAT_GIF),
        FOREIGN("notjpeg/tiff.jpg", HAVE_TIFF, FORMAT_TIFF),
        REJECT("notjpeg/pdf.jpg", FORMAT_PDF),
        REJECT("notjpeg/ico.jpg", FORMAT_ICON),
        REJECT("notjpeg/jpeg2000.jpg", FORMAT_JPEG2000),
        REJECT("notjpeg/ppm.jpg", FORMAT_NETPBM),
        REJECT("notjpeg/tga.jpg", FORMAT_TGA),
        FOREIGN("notjpeg/webp.jpg", HAVE_WEBP, FORMAT_WEBP),
        FOREIGN("notjpeg/heic.jpg", HAVE_HEIC, FORMAT_HEIC),
        FOREIGN("notjpeg/avif.jpg", HAVE_AVIF, FORMAT_AVIF),
        REJECT("notjpeg/mp4.jpg", FORMAT_VIDEO),
        REJECT("notjpeg/text.jpg", FORMAT_TEXT),
        REJECT("notjpeg/html.jpg", FORMAT_TEXT),
        REJECT("notjpeg/svg.jpg", FORMAT_TEXT),
        REJECT("notjpeg/zip.jpg", FORMAT_ARCHIVE),
        REJECT("notjpeg/docx.jpg", FORMAT_OFFICE),
        REJECT("notjpeg/elf_stub.jpg", FORMAT_PROGRAM),
        REJECT("notjpeg/base64.jpg", FORMAT_TEXT),
        REJECT("notjpeg/gz.jpg", FORMAT_ARCHIVE),
        REJECT("notjpeg/jxl_box.jpg", FORMAT_JPEGXL),
        REJECT("notjpeg/zeros_30k.jpg", BLANK_FILE),
        REJECT("notjpeg/random_30k.jpg", NOT_A_PHOTO),
};

/* The finished JPEG is what [P3] says, whatever went in. */
static void assert_standard(const PhotoResult *result)
{
        JpegHeader h;

        assert_non_null(result->jpeg);
        assert_in_range(result->jpeg_size, 20480, 40000);
        assert_memory_equal(result->jpeg,
                            "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\x01\x01\x2c\x01\x2c\0\0", 20);
        jpeg_header_read(result->jpeg, result->jpeg_size, &h);
        assert_int_equal(h.process, JPEG_BASELINE);
        assert_int_equal(h.width, 480);
        assert_int_equal(h.height, 640);
        assert_int_equal(h.n_components, 3);
        assert_false(h.has_metadata);
        assert_memory_equal(result->jpeg + result->jpeg_size - 2, "\xff\xd9", 2);
}

static void test_every_variant_of_the_corpus_gets_its_own_verdict(void **state)
{
        unsigned wrong = 0;

        (void)state;
        corpus_require();
        for (size_t i = 0; i < ELEMENTSOF(variety); i++) {
                _cleanup_free_ char *data = NULL;
                _cleanup_(photo_result_done) PhotoResult result = {};
                ReasonCode expected =
                        variety[i].reject != NONE ? variety[i].reject : variety[i].also;
                const Finding *f;
                char name[128];
                size_t size = 0;

                (void)snprintf(name, sizeof(name), "variety/%s", variety[i].name);
                corpus_read(name, &data, &size);
                assert_int_equal(photo_examine(data, size, &rules, &result), 0);
                f = expected != NONE ? findings_find(&result.findings, expected) : NULL;
                if ((expected != NONE && (!f || f->level != variety[i].level)) ||
                    findings_reject(&result.findings) != (variety[i].reject != NONE) ||
                    (result.jpeg == NULL) != (variety[i].reject != NONE)) {
                        print_error("%s:", name);
                        for (size_t k = 0; k < result.findings.n; k++)
                                print_error(" %s/%s",
                                            finding_level_to_string(result.findings.items[k].level),
                                            reason_to_string(result.findings.items[k].code));
                        print_error("\n");
                        wrong++;
                }
                if (result.jpeg)
                        assert_standard(&result);
        }
        assert_int_equal(wrong, 0);
}

static void test_a_large_photo_becomes_a_standard_one(void **state)
{
        static const uint32_t sizes[][2] = {{480, 640},   {481, 641},   {600, 800},  {900, 1200},
                                            {1200, 1600}, {1000, 1340}, {3024, 4032}};

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_encoded_ Encoded jpeg = fixture_jpeg(sizes[i][0], sizes[i][1], 92);
                _cleanup_(photo_result_done) PhotoResult result = {};

                assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
                assert_standard(&result);
                assert_int_equal(result.info.source_width, sizes[i][0]);
                assert_int_equal(result.info.source_height, sizes[i][1]);
                assert_int_equal(result.info.source_quality, 92);
        }
}

static void test_sizes_and_shapes_outside_the_rules_are_rejected(void **state)
{
        static const struct {
                uint32_t width, height;
                ReasonCode reason;
        } cases[] = {
                {479, 640, REASON_TOO_SMALL},     {480, 639, REASON_TOO_SMALL},
                {640, 480, REASON_LANDSCAPE},     {800, 800, REASON_ASPECT_RATIO},
                {600, 790, REASON_ASPECT_RATIO},  {600, 810, REASON_ASPECT_RATIO},
                {540, 1170, REASON_ASPECT_RATIO},
        };

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_encoded_ Encoded jpeg = fixture_jpeg(cases[i].width, cases[i].height, 80);
                _cleanup_(photo_result_done) PhotoResult result = {};

                assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
                assert_finding(&result.findings, cases[i].reason, FINDING_REJECT);
                assert_null(result.jpeg);
        }
}

static void test_a_shape_within_one_percent_is_cropped(void **state)
{
        static const uint32_t sizes[][2] = {{604, 800}, {600, 806}};

        (void)state;
        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_encoded_ Encoded jpeg = fixture_jpeg(sizes[i][0], sizes[i][1], 90);
                _cleanup_(photo_result_done) PhotoResult result = {};

                assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
                assert_finding(&result.findings, REASON_CROPPED, FINDING_FIXED);
                assert_standard(&result);
        }
}

static void test_all_findings_are_told_at_once(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(300, 500, 20);
        _cleanup_(photo_result_done) PhotoResult result = {};

        (void)state;
        assert_int_equal(photo_examine(jpeg.data, jpeg.size / 2, &rules, &result), 0);
        assert_finding(&result.findings, REASON_TOO_SMALL, FINDING_REJECT);
        assert_finding(&result.findings, REASON_ASPECT_RATIO, FINDING_REJECT);
        assert_finding(&result.findings, REASON_INPUT_QUALITY, FINDING_REJECT);
        assert_finding(&result.findings, REASON_TRUNCATED, FINDING_REJECT);
}

static void test_a_conforming_photo_keeps_its_bytes(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(480, 640, 90);
        _cleanup_(photo_result_done) PhotoResult result = {};

        (void)state;
        assert_in_range(jpeg.size, 20480, 40000);
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
        assert_int_equal(result.info.quality, 0);
        assert_int_equal(result.jpeg_size, jpeg.size);
        assert_memory_equal(result.jpeg, jpeg.data, jpeg.size);
}

static void test_a_file_beyond_the_limit_is_not_even_looked_at(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(480, 640, 90);
        _cleanup_(photo_result_done) PhotoResult result = {};

        (void)state;
        rules.max_file_bytes = jpeg.size - 1;
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
        assert_finding(&result.findings, REASON_FILE_TOO_LARGE, FINDING_REJECT);
        assert_int_equal(result.findings.n, 1);
}

static void test_a_photo_cut_at_any_byte_is_never_accepted_quietly(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(480, 640, 80);

        (void)state;
        for (size_t n = 0; n < jpeg.size; n += n < 700 || n + 40 > jpeg.size ? 7 : 1499) {
                _cleanup_free_ uint8_t *copy = malloc(n > 0 ? n : 1);
                _cleanup_(photo_result_done) PhotoResult result = {};

                assert_non_null(copy);
                memcpy(copy, jpeg.data, n);
                assert_int_equal(photo_examine(copy, n, &rules, &result), 0);
                if (n + 2 < jpeg.size)
                        assert_true(findings_reject(&result.findings));
                else
                        assert_finding(&result.findings, REASON_TRUNCATED, FINDING_WARN);
        }
}

static void test_the_centre_s_copy_follows_from_other_limits(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(1200, 1600, 95);
        _cleanup_(photo_result_done) PhotoResult result = {};
        JpegHeader h;

        (void)state;
        rules.output_bytes_min = 61440;
        rules.output_bytes_max = 500000;
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &result), 0);
        assert_in_range(result.jpeg_size, 61440, 500000);
        jpeg_header_read(result.jpeg, result.jpeg_size, &h);
        assert_int_equal(h.width, 480);
        assert_int_equal(h.height, 640);
}

static void test_an_error_of_the_machine_is_no_verdict_on_the_photo(void **state)
{
        PhotoRules strict = rules;
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(960, 1280, 90);
        _cleanup_(photo_result_done) PhotoResult result = {};

        (void)state;
        /* Less than the picture itself: told as memory, never as damage. */
        strict.max_memory_bytes = 1000;
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &strict, &result), 0);
        assert_finding(&result.findings, REASON_EXAMINER_MEMORY, FINDING_REJECT);
        assert_no_finding(&result.findings, REASON_CORRUPT);
        assert_no_finding(&result.findings, REASON_TRUNCATED);
}

/* What some phones write, and no viewer minds [D13]: the photo is that of the file without it. */
static void test_what_changes_no_pixel_is_ignored_and_told(void **state)
{
        _cleanup_encoded_ Encoded jpeg = fixture_jpeg(600, 800, 90);
        _cleanup_(photo_result_done) PhotoResult plain = {};
        size_t sos = 2;

        (void)state;
        assert_int_equal(photo_examine(jpeg.data, jpeg.size, &rules, &plain), 0);
        assert_non_null(plain.jpeg);
        assert_no_finding(&plain.findings, REASON_ODDITIES_IGNORED);
        while (jpeg.data[sos + 1] != 0xda)
                sos += 2u + jpeg.data[sos + 2] * 256u + jpeg.data[sos + 3];
        for (unsigned odd = 0; odd < 4; odd++) {
                _cleanup_(photo_result_done) PhotoResult result = {};
                _cleanup_free_ uint8_t *data = calloc(1, jpeg.size + 8);
                size_t strays = odd == 0 ? 0 : odd, at = odd == 3 ? sos : 20;

                assert_non_null(data);
                memcpy(data, jpeg.data, at);
                memset(data + at, odd == 2 ? 0x41 : 0, strays);
                memcpy(data + at + strays, jpeg.data + at, jpeg.size - at);
                /* Ss, Se and Ah, Al of a sequential scan, as zeros. */
                if (odd == 0)
                        memset(data + sos + 11, 0, 3);
                assert_int_equal(photo_examine(data, jpeg.size + strays, &rules, &result), 0);
                assert_finding(&result.findings, REASON_ODDITIES_IGNORED, FINDING_FIXED);
                assert_int_equal(result.jpeg_size, plain.jpeg_size);
                assert_memory_equal(result.jpeg, plain.jpeg, plain.jpeg_size);
        }
}

static void test_every_value_that_was_measured_is_told(void **state)
{
        _cleanup_(photo_models_freep) PhotoModels *models = fixture_models();
        _cleanup_(photo_result_done) PhotoResult result = {};
        _cleanup_free_ char *data = NULL;
        const PhotoMeasured *m;
        size_t size = 0;

        (void)state;
        corpus_require();
        corpus_read("derived/C001080_ok_blue.jpg", &data, &size);
        assert_int_equal(photo_examine_with(data, size, &rules, models, &result), 0);
        assert_int_equal(findings_count(&result.findings, FINDING_WARN), 0);
        m = &result.info.measured;
        assert_true(m->known >> PHOTO_MEASURE_CROWN & 1);
        assert_true(m->values[PHOTO_MEASURE_CROWN] == result.info.geometry.head_top);
        assert_true(m->known >> PHOTO_MEASURE_FACE_BLUR & 1);
        assert_true(m->known >> PHOTO_MEASURE_BACKDROP_DISTANCE & 1);
        /* No band of these is set, so they are not measured. */
        assert_false(m->known >> PHOTO_MEASURE_GRAIN & 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_every_variant_of_the_corpus_gets_its_own_verdict,
                                       setup),
                cmocka_unit_test_setup(test_a_large_photo_becomes_a_standard_one, setup),
                cmocka_unit_test_setup(test_sizes_and_shapes_outside_the_rules_are_rejected, setup),
                cmocka_unit_test_setup(test_a_shape_within_one_percent_is_cropped, setup),
                cmocka_unit_test_setup(test_all_findings_are_told_at_once, setup),
                cmocka_unit_test_setup(test_a_conforming_photo_keeps_its_bytes, setup),
                cmocka_unit_test_setup(test_a_file_beyond_the_limit_is_not_even_looked_at, setup),
                cmocka_unit_test_setup(test_the_centre_s_copy_follows_from_other_limits, setup),
                cmocka_unit_test_setup(test_an_error_of_the_machine_is_no_verdict_on_the_photo,
                                       setup),
                cmocka_unit_test_setup(test_a_photo_cut_at_any_byte_is_never_accepted_quietly,
                                       setup),
                cmocka_unit_test_setup(test_what_changes_no_pixel_is_ignored_and_told, setup),
                cmocka_unit_test_setup(test_every_value_that_was_measured_is_told, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
