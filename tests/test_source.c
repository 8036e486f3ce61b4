/* SPDX-License-Identifier: MIT */
#include "photofixture.h"

#include "portrait.h"
#include <idphoto/text.h>
#include <photo/colour.h>
#include <photo/decode.h>
#include <photo/jpegheader.h>
#include <photo/source.h>

#include <lcms2.h>

#if HAVE_SPNG
#include <spng.h>
#endif
#if HAVE_WEBP
#include <webp/encode.h>
#endif
#if HAVE_TIFF
#include <tiffio.h>
#endif
#if HAVE_HEIC || HAVE_AVIF
#include <libheif/heif.h>
#endif

/*
 * Formats other than JPEG, of pictures that the formats' own libraries write here. A format that
 * the build has not is not in the table of formats; test_photo.c holds what becomes of it then.
 */

static PhotoRules rules;

/* The encoder of HEIC, which only this test uses, never frees all that it had. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
        return "leak:libx265\n";
}

static int setup(void **state _unused_)
{
        photo_rules_default(&rules);
        /* The made-up pictures are no portraits. */
        for (size_t i = 0; i < _PHOTO_MEASURE_MAX; i++)
                rules.bands[i] = (PhotoBand){-INFINITY, INFINITY, -INFINITY, INFINITY};
        return photo_prepare();
}

/* What a picture is to have. Zero is a plain one. */
typedef struct Wish {
        uint32_t orientation; /* as EXIF's; 0: nothing is said of it */
        bool deep;            /* more than 8 bits */
        bool see_through;     /* the upper half */
        bool several;
        bool wide_gamut;      /* the colours are those of Display P3 */
        bool says_screenshot; /* in its EXIF data */
        bool variant;         /* PNG interlaced, WebP lossless, TIFF in tiles */
} Wish;

/* EXIF data that say the orientation. */
static void append_exif(Text *exif, const Wish *wish)
{
        uint8_t bytes[] = {'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                           0,   1,   0,   0, 0, 0, 0, 0, 0, 0, 0,    0, 0};

        bytes[18] = (uint8_t)(wish->orientation ? wish->orientation : 1);
        text_append_data(exif, bytes, sizeof(bytes));
        if (wish->says_screenshot)
                text_append(exif, "Screenshot");
}

static bool wants_exif(const Wish *wish)
{
        return wish->orientation > 0 || wish->says_screenshot;
}

static void append_profile(Text *profile)
{
        static const cmsCIExyY white = {0.3127, 0.3290, 1};
        static const cmsCIExyYTRIPLE p3 = {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
        cmsToneCurve *curve = cmsBuildGamma(NULL, 2.2);
        cmsHPROFILE made =
                cmsCreateRGBProfile(&white, &p3, (cmsToneCurve *const[]){curve, curve, curve});
        cmsUInt32Number size = 0;
        char *data;

        assert_true(cmsSaveProfileToMem(made, NULL, &size));
        data = malloc(size);
        assert_true(cmsSaveProfileToMem(made, data, &size));
        text_append_data(profile, data, size);
        free(data);
        cmsCloseProfile(made);
        cmsFreeToneCurve(curve);
}

/* Red, green, blue and opacity. */
static uint8_t *with_opacity(const Raster *raster, const Wish *wish)
{
        const size_t n = (size_t)raster->width * raster->height;
        uint8_t *rgba = malloc(n * 4);

        for (size_t i = 0; i < n; i++) {
                memcpy(rgba + i * 4, raster->pixels + i * 3, 3);
                rgba[i * 4 + 3] = wish->see_through && i < n / 2 ? 0 : 255;
        }
        return rgba;
}

/* ---- PNG ---- */

#if HAVE_SPNG
static uint32_t crc32_of(const char *data, size_t size)
{
        uint32_t crc = 0xffffffff;

        for (size_t i = 0; i < size; i++) {
                crc ^= (uint8_t)data[i];
                for (int k = 0; k < 8; k++)
                        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
        return ~crc;
}

/* An animation says so in a chunk behind the header. */
static void append_animated(Text *text, const char *png, size_t size)
{
        char chunk[] = "\0\0\0\x08"
                       "acTL\0\0\0\x02\0\0\0\0....";
        const uint32_t crc = crc32_of(chunk + 4, 12);

        for (int i = 0; i < 4; i++)
                chunk[16 + i] = (char)(crc >> (24 - 8 * i));
        text_append_data(text, png, 33);
        text_append_data(text, chunk, 20);
        text_append_data(text, png + 33, size - 33);
}

static void set_png_metadata(spng_ctx *context, const Wish *wish, Text *exif, Text *profile)
{
        if (wants_exif(wish)) {
                append_exif(exif, wish);
                assert_int_equal(spng_set_exif(context, &(struct spng_exif){.length = exif->size,
                                                                            .data = exif->data}),
                                 0);
        }
        if (wish->wide_gamut) {
                struct spng_iccp iccp = {.profile_name = "P3"};

                append_profile(profile);
                iccp.profile = profile->data;
                iccp.profile_len = profile->size;
                assert_int_equal(spng_set_iccp(context, &iccp), 0);
        }
}

static void write_png(const Raster *raster, const Wish *wish, Text *ret)
{
        const size_t n = (size_t)raster->width * raster->height * 4;
        _cleanup_free_ uint8_t *rgba = with_opacity(raster, wish);
        _cleanup_free_ uint16_t *deep = malloc(n * 2);
        _cleanup_text_ Text exif = {}, profile = {};
        spng_ctx *context = spng_ctx_new(SPNG_CTX_ENCODER);
        struct spng_ihdr header = {
                .width = raster->width,
                .height = raster->height,
                .bit_depth = wish->deep ? 16 : 8,
                .color_type = SPNG_COLOR_TYPE_TRUECOLOR_ALPHA,
                .interlace_method = wish->variant ? SPNG_INTERLACE_ADAM7 : SPNG_INTERLACE_NONE,
        };
        char *png;
        size_t size;
        int error;

        for (size_t i = 0; i < n; i++)
                deep[i] = (uint16_t)(rgba[i] * 257u);
        assert_int_equal(spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1), 0);
        assert_int_equal(spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, 1), 0);
        assert_int_equal(spng_set_ihdr(context, &header), 0);
        set_png_metadata(context, wish, &exif, &profile);
        assert_int_equal(spng_encode_image(context, wish->deep ? (void *)deep : (void *)rgba,
                                           wish->deep ? n * 2 : n, SPNG_FMT_PNG,
                                           SPNG_ENCODE_FINALIZE),
                         0);
        png = spng_get_png_buffer(context, &size, &error);
        assert_non_null(png);
        if (wish->several)
                append_animated(ret, png, size);
        else
                text_append_data(ret, png, size);
        free(png);
        spng_ctx_free(context);
}
#endif

/* ---- WebP ---- */

#if HAVE_WEBP
static void append_le(Text *text, uint32_t value, int bytes)
{
        for (int i = 0; i < bytes; i++, value >>= 8)
                text_append_data(text, &(char){(char)value}, 1);
}

static void append_riff(Text *text, const char *type, const void *data, size_t size)
{
        text_append(text, type);
        append_le(text, (uint32_t)size, 4);
        text_append_data(text, data, size);
        if (size % 2 != 0)
                append_le(text, 0, 1);
}

/* The chunk around the picture, twice for an animation. */
static void append_picture(Text *body, const Raster *raster, const Wish *wish, const char *chunk,
                           size_t size)
{
        _cleanup_text_ Text frame = {};

        if (!wish->several) {
                text_append_data(body, chunk, size);
                return;
        }
        append_riff(body, "ANIM", "\0\0\0\0\0\0", 6);
        append_le(&frame, 0, 6);
        append_le(&frame, raster->width - 1, 3);
        append_le(&frame, raster->height - 1, 3);
        append_le(&frame, 100, 4);
        text_append_data(&frame, chunk, size);
        append_riff(body, "ANMF", frame.data, frame.size);
        append_riff(body, "ANMF", frame.data, frame.size);
}

/* The parts of a file with more than a picture. */
static void append_extended(Text *body, const Raster *raster, const Wish *wish, const char *chunk,
                            size_t size)
{
        _cleanup_text_ Text exif = {}, profile = {}, head = {};

        append_le(&head,
                  (wish->wide_gamut ? 0x20u : 0) | (wish->see_through ? 0x10u : 0) |
                          (wants_exif(wish) ? 0x08u : 0) | (wish->several ? 0x02u : 0),
                  4);
        append_le(&head, raster->width - 1, 3);
        append_le(&head, raster->height - 1, 3);
        append_riff(body, "VP8X", head.data, head.size);
        if (wish->wide_gamut) {
                append_profile(&profile);
                append_riff(body, "ICCP", profile.data, profile.size);
        }
        append_picture(body, raster, wish, chunk, size);
        if (wants_exif(wish)) {
                append_exif(&exif, wish);
                append_riff(body, "EXIF", exif.data, exif.size);
        }
}

static void write_webp(const Raster *raster, const Wish *wish, Text *ret)
{
        const int width = (int)raster->width, height = (int)raster->height;
        _cleanup_free_ uint8_t *rgba = with_opacity(raster, wish);
        _cleanup_text_ Text body = {};
        uint8_t *data = NULL;
        size_t size;

        if (wish->variant || wish->see_through)
                size = WebPEncodeLosslessRGBA(rgba, width, height, width * 4, &data);
        else
                size = WebPEncodeRGB(raster->pixels, width, height, width * 3, 95, &data);
        assert_true(size > 12);
        text_append_data(&body, "WEBP", 4);
        if (wants_exif(wish) || wish->wide_gamut || wish->several)
                append_extended(&body, raster, wish, (char *)data + 12, size - 12);
        else
                text_append_data(&body, data + 12, size - 12);
        append_riff(ret, "RIFF", body.data, body.size);
        WebPFree(data);
}
#endif

/* ---- TIFF ---- */

#if HAVE_TIFF
static void write_directory(TIFF *tiff, const Raster *raster, const Wish *wish)
{
        _cleanup_free_ uint8_t *rgba = with_opacity(raster, wish);
        _cleanup_text_ Text profile = {};
        const uint16_t extra = EXTRASAMPLE_UNASSALPHA;
        const uint32_t width = raster->width, height = raster->height;

        assert_true(TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width));
        assert_true(TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height));
        assert_true(TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, wish->deep ? 16 : 8));
        assert_true(TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 4));
        assert_true(TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &extra));
        assert_true(TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB));
        assert_true(TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG));
        assert_true(TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW));
        if (wish->orientation)
                assert_true(TIFFSetField(tiff, TIFFTAG_ORIENTATION, wish->orientation));
        if (wish->wide_gamut) {
                append_profile(&profile);
                assert_true(TIFFSetField(tiff, TIFFTAG_ICCPROFILE, (uint32_t)profile.size,
                                         profile.data));
        }
        if (wish->variant) {
                _cleanup_free_ uint8_t *tile = malloc((size_t)64 * 64 * 4);

                assert_true(TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 64));
                assert_true(TIFFSetField(tiff, TIFFTAG_TILELENGTH, 64));
                for (uint32_t y = 0; y < height; y += 64)
                        for (uint32_t x = 0; x < width; x += 64) {
                                for (uint32_t i = 0; i < MIN(64u, height - y); i++)
                                        memcpy(tile + (size_t)i * 64 * 4,
                                               rgba + ((size_t)(y + i) * width + x) * 4,
                                               (size_t)MIN(64u, width - x) * 4);
                                assert_true(TIFFWriteTile(tiff, tile, x, y, 0, 0) > 0);
                        }
        } else {
                _cleanup_free_ uint16_t *row = malloc((size_t)width * 4 * 2);

                assert_true(TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 50));
                for (uint32_t y = 0; y < height; y++) {
                        uint8_t *narrow = rgba + (size_t)y * width * 4;

                        for (size_t i = 0; i < (size_t)width * 4; i++)
                                row[i] = (uint16_t)(narrow[i] * 257u);
                        assert_int_equal(
                                TIFFWriteScanline(tiff, wish->deep ? (void *)row : narrow, y, 0),
                                1);
                }
        }
}

static void write_tiff(const Raster *raster, const Wish *wish, Text *ret)
{
        char path[] = "/tmp/idphoto-source-XXXXXX";
        _cleanup_free_ char *data = NULL;
        _cleanup_close_ int fd = mkstemp(path);
        size_t size;
        TIFF *tiff;

        assert_true(fd >= 0);
        tiff = TIFFOpen(path, "w");
        assert_non_null(tiff);
        write_directory(tiff, raster, wish);
        if (wish->several) {
                assert_true(TIFFWriteDirectory(tiff));
                write_directory(tiff, raster, wish);
        }
        TIFFClose(tiff);
        (void)unlink(path);
        assert_int_equal(read_whole_fd(fd, 64 << 20, &data, &size), 0);
        text_append_data(ret, data, size);
}
#endif

/* ---- HEIC and AVIF ---- */

#if HAVE_HEIC || HAVE_AVIF
static struct heif_error append_written(struct heif_context *context _unused_, const void *data,
                                        size_t size, void *userdata)
{
        text_append_data(userdata, data, size);
        return (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, ""};
}

static void assert_heif(struct heif_error error)
{
        if (error.code != heif_error_Ok)
                fail_msg("%s", error.message);
}

/* An encoder of Debian 12 stumbles over AV1 of 10 bits. */
static struct heif_image *heif_image_of(enum heif_compression_format format, const Raster *raster,
                                        const Wish *wish)
{
        const bool deep = wish->deep;
        const int depth = !deep ? 8 : format == heif_compression_AV1 ? 12 : 10;
        _cleanup_free_ uint8_t *rgba = with_opacity(raster, wish);
        struct heif_image *image;
        uint8_t *plane;
        int stride;

        assert_heif(heif_image_create(
                (int)raster->width, (int)raster->height, heif_colorspace_RGB,
                deep ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RGBA, &image));
        assert_heif(heif_image_add_plane(image, heif_channel_interleaved, (int)raster->width,
                                         (int)raster->height, depth));
        plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
        for (uint32_t y = 0; y < raster->height; y++)
                for (uint32_t i = 0; i < raster->width * 4; i++) {
                        const uint8_t value = rgba[(size_t)y * raster->width * 4 + i];
                        uint8_t *row = plane + (size_t)y * (size_t)stride;

                        if (deep)
                                ((uint16_t *)(void *)row)[i] =
                                        (uint16_t)((value * ((1u << depth) - 1) + 127) / 255);
                        else
                                row[i] = value;
                }
        return image;
}

static void write_heif(enum heif_compression_format format, const Raster *raster, const Wish *wish,
                       Text *ret)
{
        struct heif_context *context = heif_context_alloc();
        struct heif_encoding_options *options = heif_encoding_options_alloc();
        struct heif_color_profile_nclx *nclx = heif_nclx_color_profile_alloc();
        struct heif_image *image = heif_image_of(format, raster, wish);
        struct heif_writer writer = {.writer_api_version = 1, .write = append_written};
        struct heif_image_handle *handle;
        struct heif_encoder *encoder;

        assert_heif(heif_context_get_encoder_for_format(context, format, &encoder));
        assert_heif(heif_encoder_set_lossy_quality(encoder, 90));
        (void)heif_encoder_set_parameter_string(encoder, "preset", "ultrafast");
        (void)heif_encoder_set_parameter_integer(encoder, "speed", 9);
        nclx->color_primaries = wish->wide_gamut ? heif_color_primaries_SMPTE_EG_432_1
                                                 : heif_color_primaries_ITU_R_BT_709_5;
        nclx->transfer_characteristics = heif_transfer_characteristic_IEC_61966_2_1;
        nclx->matrix_coefficients = heif_matrix_coefficients_ITU_R_BT_601_6;
        nclx->full_range_flag = 1;
        assert_heif(heif_image_set_nclx_color_profile(image, nclx));
        options->output_nclx_profile = nclx;
        options->macOS_compatibility_workaround_no_nclx_profile = 0;
        options->save_alpha_channel = wish->see_through;
        if (wish->orientation)
                options->image_orientation = (enum heif_orientation)wish->orientation;
        for (int i = 0; i < (wish->several ? 2 : 1); i++) {
                assert_heif(heif_context_encode_image(context, image, encoder, options, &handle));
                if (wish->says_screenshot) {
                        _cleanup_text_ Text exif = {};

                        append_exif(&exif, wish);
                        assert_heif(heif_context_add_exif_metadata(context, handle, exif.data,
                                                                   (int)exif.size));
                }
                heif_image_handle_release(handle);
        }
        assert_heif(heif_context_write(context, &writer, ret));
        heif_encoder_release(encoder);
        heif_image_release(image);
        heif_nclx_color_profile_free(nclx);
        heif_encoding_options_free(options);
        heif_context_free(context);
}
#endif

#if HAVE_HEIC
static void write_heic(const Raster *raster, const Wish *wish, Text *ret)
{
        write_heif(heif_compression_HEVC, raster, wish, ret);
}
#endif

#if HAVE_AVIF
static void write_avif(const Raster *raster, const Wish *wish, Text *ret)
{
        write_heif(heif_compression_AV1, raster, wish, ret);
}
#endif

/* ---- all of them ---- */

typedef struct Format {
        PhotoFormat format;
        ReasonCode reason; /* where the rules leave it out */
        const char *name;
        void (*write)(const Raster *raster, const Wish *wish, Text *ret);
} Format;

static const Format formats[] = {
#if HAVE_SPNG
        {PHOTO_FORMAT_PNG, REASON_FORMAT_PNG, "PNG", write_png},
#endif
#if HAVE_WEBP
        {PHOTO_FORMAT_WEBP, REASON_FORMAT_WEBP, "WebP", write_webp},
#endif
#if HAVE_TIFF
        {PHOTO_FORMAT_TIFF, REASON_FORMAT_TIFF, "TIFF", write_tiff},
#endif
#if HAVE_HEIC
        {PHOTO_FORMAT_HEIC, REASON_FORMAT_HEIC, "HEIC", write_heic},
#endif
#if HAVE_AVIF
        {PHOTO_FORMAT_AVIF, REASON_FORMAT_AVIF, "AVIF", write_avif},
#endif
        {PHOTO_FORMAT_JPEG, _REASON_MAX, NULL, NULL},
};

static void examine(const Text *file, PhotoResult *ret)
{
        assert_int_equal(file->error, 0);
        assert_int_equal(photo_examine(file->data, file->size, &rules, ret), 0);
}

static void examine_picture(const Format *format, uint32_t width, uint32_t height, Wish wish,
                            PhotoResult *ret)
{
        Raster raster = fixture_picture(width, height);
        _cleanup_text_ Text file = {};

        format->write(&raster, &wish, &file);
        raster_done(&raster);
        examine(&file, ret);
}

static void assert_accepted(const Format *format, const PhotoResult *result)
{
        const Finding *converted = findings_find(&result->findings, REASON_CONVERTED);

        if (!result->jpeg) {
                for (size_t i = 0; i < result->findings.n; i++)
                        print_error(" %s", reason_to_string(result->findings.items[i].code));
                fail_msg("%s: rejected", format->name);
        }
        assert_non_null(converted);
        assert_int_equal(converted->level, FINDING_FIXED);
        assert_string_equal(converted->detail, format->name);
        assert_int_equal(result->info.format, format->format);
}

/* How far the finished photo is from the picture, levels of one channel. */
static double distance(const PhotoResult *result, const Raster *expected)
{
        const size_t n = (size_t)PHOTO_WIDTH * PHOTO_HEIGHT * 3;
        Findings findings = {};
        Decoded decoded = {};
        JpegHeader header;
        double sum = 0;

        jpeg_header_read(result->jpeg, result->jpeg_size, &header);
        assert_int_equal(decode_jpeg(result->jpeg, result->jpeg_size, &header, &rules, PHOTO_WIDTH,
                                     PHOTO_HEIGHT, &decoded, &findings),
                         0);
        for (size_t i = 0; i < n; i++)
                sum += abs(decoded.raster.pixels[i] - expected->pixels[i]);
        decoded_done(&decoded);
        return sum / (double)n;
}

static void assert_shows(const Format *format, const PhotoResult *result, const Raster *expected)
{
        const double d = distance(result, expected);

        if (d > 4)
                fail_msg("%s: the photo is %.1f levels away", format->name, d);
}

#define FOR_EACH_FORMAT(format) for (const Format *format = formats; (format)->write; (format)++)

static void test_each_format_becomes_the_same_photo(void **state _unused_)
{
        static const Wish wishes[] = {{}, {.deep = true}, {.variant = true}};
        Raster raster = fixture_picture(PHOTO_WIDTH, PHOTO_HEIGHT);

        FOR_EACH_FORMAT(format)
        for (size_t i = 0; i < ELEMENTSOF(wishes); i++) {
                _cleanup_(photo_result_done) PhotoResult result = {};

                if (wishes[i].deep && format->format == PHOTO_FORMAT_WEBP)
                        continue; /* knows 8 bits only */
                examine_picture(format, PHOTO_WIDTH, PHOTO_HEIGHT, wishes[i], &result);
                assert_accepted(format, &result);
                assert_shows(format, &result, &raster);
                assert_no_finding(&result.findings, REASON_COLOUR_CONVERTED);
                assert_no_finding(&result.findings, REASON_TRANSPARENCY_FILLED);
                assert_no_finding(&result.findings, REASON_DENSITY_SET);
        }
        raster_done(&raster);
}

static void test_a_large_picture_is_reduced_like_a_jpeg(void **state _unused_)
{
        Raster large = fixture_picture(2016, 2688), small = {};
        const RasterWindow window = {.width = 2016, .height = 2688};

        assert_int_equal(raster_resize(&large, &window, PHOTO_WIDTH, PHOTO_HEIGHT, &small), 0);
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult result = {};

                examine_picture(format, 2016, 2688, (Wish){}, &result);
                assert_accepted(format, &result);
                assert_shows(format, &result, &small);
                assert_int_equal(result.info.source_width, 2016);
                assert_int_equal(result.info.source_height, 2688);
        }
        raster_done(&large);
        raster_done(&small);
}

static void test_a_picture_is_turned_upright(void **state _unused_)
{
        static const uint32_t orientations[] = {3, 6, 8};

        FOR_EACH_FORMAT(format)
        for (size_t i = 0; i < ELEMENTSOF(orientations); i++) {
                const bool sideways = orientations[i] > 4;
                const uint32_t width = sideways ? PHOTO_HEIGHT : PHOTO_WIDTH;
                const uint32_t height = sideways ? PHOTO_WIDTH : PHOTO_HEIGHT;
                Raster lying = fixture_picture(width, height), upright = {};
                _cleanup_(photo_result_done) PhotoResult result = {};

                assert_int_equal(raster_turn(&lying, orientations[i], &upright), 0);
                examine_picture(format, width, height, (Wish){.orientation = orientations[i]},
                                &result);
                assert_accepted(format, &result);
                assert_shows(format, &result, &upright);
                assert_int_equal(result.info.source_width, PHOTO_WIDTH);
                raster_done(&lying);
                raster_done(&upright);
        }
}

static void test_a_mirrored_picture_is_rejected(void **state _unused_)
{
        static const uint32_t orientations[] = {2, 4, 5, 7};

        FOR_EACH_FORMAT(format)
        for (size_t i = 0; i < ELEMENTSOF(orientations); i++) {
                const bool sideways = orientations[i] > 4;
                _cleanup_(photo_result_done) PhotoResult result = {};

                examine_picture(format, sideways ? PHOTO_HEIGHT : PHOTO_WIDTH,
                                sideways ? PHOTO_WIDTH : PHOTO_HEIGHT,
                                (Wish){.orientation = orientations[i]}, &result);
                assert_finding(&result.findings, REASON_MIRRORED, FINDING_REJECT);
                assert_no_finding(&result.findings, REASON_LANDSCAPE);
        }
}

static void test_what_is_transparent_becomes_white(void **state _unused_)
{
        Raster raster = fixture_picture(PHOTO_WIDTH, PHOTO_HEIGHT);

        memset(raster.pixels, 255, (size_t)PHOTO_WIDTH * PHOTO_HEIGHT / 2 * 3);
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult result = {};

                rules.output_bytes_min = 1000;
                examine_picture(format, PHOTO_WIDTH, PHOTO_HEIGHT, (Wish){.see_through = true},
                                &result);
                assert_accepted(format, &result);
                assert_finding(&result.findings, REASON_TRANSPARENCY_FILLED, FINDING_FIXED);
                assert_shows(format, &result, &raster);
        }
        raster_done(&raster);
}

static void test_colours_are_converted(void **state _unused_)
{
        Raster raster = fixture_picture(PHOTO_WIDTH, PHOTO_HEIGHT);
        Colour *colour;

        assert_int_equal(colour_new_of_primaries(12, &colour), 0);
        colour_convert(colour, &raster);
        colour_free(colour);
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult result = {};

                examine_picture(format, PHOTO_WIDTH, PHOTO_HEIGHT, (Wish){.wide_gamut = true},
                                &result);
                assert_accepted(format, &result);
                assert_finding(&result.findings, REASON_COLOUR_CONVERTED, FINDING_FIXED);
                assert_shows(format, &result, &raster);
        }
        raster_done(&raster);
}

static void test_several_pictures_are_no_photo(void **state _unused_)
{
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult result = {};

                examine_picture(format, PHOTO_WIDTH, PHOTO_HEIGHT, (Wish){.several = true},
                                &result);
                assert_finding(&result.findings, REASON_SEVERAL_PICTURES, FINDING_REJECT);
                assert_null(result.jpeg);
        }
}

static void test_a_screenshot_stays_one(void **state _unused_)
{
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult result = {};

                if (format->format == PHOTO_FORMAT_TIFF)
                        continue; /* nothing takes screenshots as TIFF */
                examine_picture(format, 600, 1100, (Wish){.says_screenshot = true}, &result);
                assert_finding(&result.findings, REASON_SCREENSHOT, FINDING_REJECT);
                assert_int_equal(result.findings.n, 1);
        }
}

#if HAVE_SPNG
static void test_a_png_of_the_size_of_a_screen_is_a_screenshot(void **state _unused_)
{
        static const struct {
                uint32_t width, height;
                bool screenshot;
        } sizes[] = {
                {1080, 2400, true}, {750, 1334, true}, {1200, 1600, false}, {1000, 2000, false}};
        const Format *png = &formats[0];

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_(photo_result_done) PhotoResult plain = {}, camera = {};

                examine_picture(png, sizes[i].width, sizes[i].height, (Wish){}, &plain);
                assert_int_equal(findings_find(&plain.findings, REASON_SCREENSHOT) != NULL,
                                 sizes[i].screenshot);
                examine_picture(png, sizes[i].width, sizes[i].height, (Wish){.orientation = 1},
                                &camera);
                assert_no_finding(&camera.findings, REASON_SCREENSHOT);
        }
}
#endif

#if HAVE_TIFF
static void test_a_tiff_for_printing_is_rejected_as_such(void **state _unused_)
{
        _cleanup_(photo_result_done) PhotoResult result = {};
        Raster raster = fixture_picture(PHOTO_WIDTH, PHOTO_HEIGHT);
        _cleanup_text_ Text file = {};
        const char rgb[] = {0x06, 1, 3, 0, 1, 0, 0, 0, PHOTOMETRIC_RGB};
        char *photometric;

        write_tiff(&raster, &(Wish){}, &file);
        raster_done(&raster);
        photometric = memmem(file.data, file.size, rgb, sizeof(rgb));
        assert_non_null(photometric);
        photometric[8] = PHOTOMETRIC_SEPARATED;
        examine(&file, &result);
        assert_finding(&result.findings, REASON_CMYK, FINDING_REJECT);
}
#endif

static void test_a_format_that_is_left_out_keeps_its_remedy(void **state _unused_)
{
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult result = {};

                rules.formats &= ~PHOTO_FORMAT_BIT(format->format);
                examine_picture(format, PHOTO_WIDTH, PHOTO_HEIGHT, (Wish){}, &result);
                assert_finding(&result.findings, format->reason, FINDING_REJECT);
                assert_int_equal(result.findings.n, 1);
        }
}

static void test_limits_hold_before_the_decoding(void **state _unused_)
{
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult pixels = {}, memory = {};

                rules.max_pixels = 700000;
                rules.max_memory_bytes = 96 << 20;
                examine_picture(format, 960, 1280, (Wish){}, &pixels);
                assert_finding(&pixels.findings, REASON_TOO_MANY_PIXELS, FINDING_REJECT);
                rules.max_pixels = 60000000;
                rules.max_memory_bytes = 3 << 20;
                examine_picture(format, 960, 1280, (Wish){}, &memory);
                assert_finding(&memory.findings, REASON_EXAMINER_MEMORY, FINDING_REJECT);
        }
}

static void test_no_part_of_a_picture_is_a_photo(void **state _unused_)
{
        FOR_EACH_FORMAT(format)
        {
                Raster raster = fixture_picture(PHOTO_WIDTH, PHOTO_HEIGHT);
                _cleanup_text_ Text file = {};

                format->write(&raster, &(Wish){}, &file);
                raster_done(&raster);
                for (size_t eighth = 1; eighth < 8; eighth++) {
                        _cleanup_(photo_result_done) PhotoResult result = {};
                        const Text cut = {.data = file.data, .size = file.size * eighth / 8};

                        examine(&cut, &result);
                        assert_null(result.jpeg);
                        /* What is cut off is told from what is damaged: it may still grow. */
                        assert_finding(&result.findings, REASON_TRUNCATED, FINDING_REJECT);
                }
        }
}

static void test_damage_is_never_worse_than_a_finding(void **state _unused_)
{
        FOR_EACH_FORMAT(format)
        {
                Raster raster = fixture_picture(PHOTO_WIDTH, PHOTO_HEIGHT);
                _cleanup_text_ Text file = {};
                uint32_t random = 1;

                format->write(&raster, &(Wish){.orientation = 6}, &file);
                raster_done(&raster);
                for (int i = 0; i < 50; i++) {
                        _cleanup_(photo_result_done) PhotoResult result = {};
                        _cleanup_free_ char *copy = malloc(file.size);
                        /* Half of the blows hit the beginning, where the structure is. */
                        const size_t end = i % 2 ? MIN(file.size, (size_t)600) : file.size;

                        memcpy(copy, file.data, file.size);
                        for (int k = 0; k < 3; k++) {
                                random = random * 1664525 + 1013904223;
                                copy[12 + (random >> 8) % (end - 12)] ^=
                                        (char)(1 << (random >> 29));
                        }
                        examine(&(Text){.data = copy, .size = file.size}, &result);
                        assert_int_equal(result.jpeg == NULL, findings_reject(&result.findings));
                }
        }
}

static void test_the_rendition_for_the_centre_is_made_too(void **state _unused_)
{
        FOR_EACH_FORMAT(format)
        {
                Raster raster = fixture_picture(960, 1280);
                _cleanup_text_ Text file = {};
                _cleanup_free_ uint8_t *jpeg = NULL;
                JpegHeader header;
                size_t size;

                format->write(&raster, &(Wish){}, &file);
                raster_done(&raster);
                assert_int_equal(
                        photo_render_centre(file.data, file.size, &rules, NULL, &jpeg, &size), 0);
                jpeg_header_read(jpeg, size, &header);
                assert_int_equal(header.width, PHOTO_WIDTH);
                assert_int_equal(header.height, PHOTO_HEIGHT);
                assert_in_range(size, PHOTO_CENTRE_BYTES_MIN, PHOTO_CENTRE_BYTES_MAX);
        }
}

/* ---- parts of them ---- */

typedef struct PartCase {
        uint32_t want_width;
        uint32_t want_height;
        RasterWindow window;
        unsigned shrink;
        uint32_t want_whole; /* of the height, so that the whole is shrunk as much */
} PartCase;

/* How far the part is from that of the whole, levels of one channel. */
static double distance_of_part(const Decoded *part, const Decoded *whole)
{
        const size_t row = (size_t)part->raster.width * 3;
        double sum = 0;

        assert_true(part->x + part->raster.width <= whole->raster.width);
        assert_true(part->y + part->raster.height <= whole->raster.height);
        for (uint32_t y = 0; y < part->raster.height; y++) {
                const uint8_t *a = part->raster.pixels + y * row;
                const uint8_t *b = whole->raster.pixels +
                                   ((size_t)(part->y + y) * whole->raster.width + part->x) * 3;

                for (size_t i = 0; i < row; i++)
                        sum += abs(a[i] - b[i]);
        }
        return sum / ((double)row * part->raster.height);
}

static void assert_part(const Format *format, const PartCase *c, const Text *file)
{
        _cleanup_(decoded_done) Decoded whole = {}, part = {};
        _cleanup_(source_done) Source source = {};
        Findings findings = {};
        bool see_through;
        double d;

        assert_int_equal(source_open((const uint8_t *)file->data, file->size, format->format,
                                     &source, &findings),
                         1);
        assert_int_equal(source_decode(&source, &rules, c->want_whole * 3 / 4, c->want_whole,
                                       &whole, &see_through, &findings),
                         0);
        assert_int_equal(source_decode_part(&source, &rules, c->want_width, c->want_height,
                                            &c->window, 0, &part),
                         0);
        assert_int_equal(findings.n, 0);
        assert_non_null(part.raster.pixels);
        assert_int_equal(part.shrink, c->shrink);
        assert_int_equal(whole.shrink, c->shrink);
        assert_true(part.x * c->shrink <= c->window.x && part.y * c->shrink <= c->window.y);
        assert_true((part.x + part.raster.width) * c->shrink >= c->window.x + c->window.width);
        assert_true((part.y + part.raster.height) * c->shrink >= c->window.y + c->window.height);
        assert_true(part.raster.width < whole.raster.width);
        d = distance_of_part(&part, &whole);
        if (d > 1)
                fail_msg("%s: the part is %.1f levels away", format->name, d);
}

static void test_a_part_is_decoded_like_the_whole(void **state _unused_)
{
        static const PartCase cases[] = {
                {480, 640, {301.5, 203, 480, 640}, 1, 1200},
                {240, 320, {0, 133, 960, 1280}, 2, 400},
                {480, 640, {721, 961, 480, 640}, 1, 1200},
                {240, 320, {240, 320, 961, 1281}, 2, 400},
        };
        Raster raster = fixture_picture(1201, 1601);

        FOR_EACH_FORMAT(format)
        for (size_t i = 0; i < ELEMENTSOF(cases); i += 2) {
                _cleanup_text_ Text file = {};

                format->write(&raster, &(Wish){.variant = i > 0}, &file);
                assert_part(format, &cases[i], &file);
                assert_part(format, &cases[i + 1], &file);
        }
        raster_done(&raster);
}

/* What other rasters take counts. */
static void test_no_part_is_decoded_beyond_the_memory(void **state _unused_)
{
        const RasterWindow window = {.width = 480, .height = 640};
        Raster raster = fixture_picture(960, 1280);

        FOR_EACH_FORMAT(format)
        {
                _cleanup_(decoded_done) Decoded part = {};
                _cleanup_(source_done) Source source = {};
                _cleanup_text_ Text file = {};
                Findings findings = {};

                format->write(&raster, &(Wish){}, &file);
                assert_int_equal(source_open((const uint8_t *)file.data, file.size, format->format,
                                             &source, &findings),
                                 1);
                assert_int_equal(source_decode_part(&source, &rules, PHOTO_WIDTH, PHOTO_HEIGHT,
                                                    &window, rules.max_memory_bytes, &part),
                                 0);
                assert_null(part.raster.pixels);
        }
        raster_done(&raster);
}

static double sharpness(const PhotoResult *result)
{
        _cleanup_(decoded_done) Decoded decoded = {};
        _cleanup_free_ uint8_t *luma = NULL;
        Findings findings = {};
        JpegHeader header;
        double sum = 0;

        jpeg_header_read(result->jpeg, result->jpeg_size, &header);
        assert_int_equal(decode_jpeg(result->jpeg, result->jpeg_size, &header, &rules, PHOTO_WIDTH,
                                     PHOTO_HEIGHT, &decoded, &findings),
                         0);
        assert_int_equal(raster_luma(&decoded.raster, &luma), 0);
        for (size_t i = 0; i + 1 < (size_t)PHOTO_WIDTH * PHOTO_HEIGHT; i++)
                sum += abs(luma[i + 1] - luma[i]);
        return sum;
}

/* A small person in a large picture, upright and as a camera that lay on its side stores it. */
static void draw_person(Raster *ret_upright, Raster *ret_lying)
{
        PortraitWish wish;
        PortraitTruth truth;

        portrait_wish_default(4, &wish);
        wish.zoom = 0.4;
        wish.shift_x = 50;
        assert_int_equal(portrait_draw(&wish, 1920, 2560, ret_upright, &truth), 0);
        assert_int_equal(raster_turn(ret_upright, 8, ret_lying), 0);
}

static void assert_same_part(const Format *format, const PhotoResult *result,
                             const PhotoResult *expected)
{
        const Finding *framed = findings_find(&result->findings, REASON_FRAMED);
        const Finding *as_jpeg = findings_find(&expected->findings, REASON_FRAMED);
        const double sharp = sharpness(result) / sharpness(expected);

        assert_non_null(framed);
        assert_non_null(as_jpeg);
        assert_true(fabs(framed->measured / as_jpeg->measured - 1) < 0.05);
        assert_true(fabs(result->info.geometry.eye_line - expected->info.geometry.eye_line) < 10);
        if (sharp < 0.9)
                fail_msg("%s: only %.2f of the sharpness", format->name, sharp);
}

/* Whatever the format, the same part is found, and as sharp [P10]. */
static void test_a_photo_is_cut_out_around_the_head_like_a_jpeg(void **state _unused_)
{
        _cleanup_(photo_result_done) PhotoResult expected = {};
        _cleanup_raster_ Raster upright = {}, lying = {};
        _cleanup_encoded_ Encoded jpeg = {};
        PhotoModels *models = fixture_models();

        photo_rules_default(&rules);
        draw_person(&upright, &lying);
        assert_int_equal(encode_jpeg(&upright, 95, false, &jpeg), 0);
        assert_int_equal(photo_examine_with(jpeg.data, jpeg.size, &rules, models, &expected), 0);
        assert_non_null(expected.jpeg);
        FOR_EACH_FORMAT(format)
        {
                _cleanup_(photo_result_done) PhotoResult result = {};
                _cleanup_text_ Text file = {};

                format->write(&lying, &(Wish){.orientation = 6}, &file);
                assert_int_equal(photo_examine_with(file.data, file.size, &rules, models, &result),
                                 0);
                assert_accepted(format, &result);
                assert_same_part(format, &result, &expected);
        }
        photo_models_free(models);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_each_format_becomes_the_same_photo, setup),
                cmocka_unit_test_setup(test_a_large_picture_is_reduced_like_a_jpeg, setup),
                cmocka_unit_test_setup(test_a_picture_is_turned_upright, setup),
                cmocka_unit_test_setup(test_a_mirrored_picture_is_rejected, setup),
                cmocka_unit_test_setup(test_what_is_transparent_becomes_white, setup),
                cmocka_unit_test_setup(test_colours_are_converted, setup),
                cmocka_unit_test_setup(test_several_pictures_are_no_photo, setup),
                cmocka_unit_test_setup(test_a_screenshot_stays_one, setup),
#if HAVE_SPNG
                cmocka_unit_test_setup(test_a_png_of_the_size_of_a_screen_is_a_screenshot, setup),
#endif
#if HAVE_TIFF
                cmocka_unit_test_setup(test_a_tiff_for_printing_is_rejected_as_such, setup),
#endif
                cmocka_unit_test_setup(test_a_format_that_is_left_out_keeps_its_remedy, setup),
                cmocka_unit_test_setup(test_limits_hold_before_the_decoding, setup),
                cmocka_unit_test_setup(test_no_part_of_a_picture_is_a_photo, setup),
                cmocka_unit_test_setup(test_damage_is_never_worse_than_a_finding, setup),
                cmocka_unit_test_setup(test_the_rendition_for_the_centre_is_made_too, setup),
                cmocka_unit_test_setup(test_a_part_is_decoded_like_the_whole, setup),
                cmocka_unit_test_setup(test_no_part_is_decoded_beyond_the_memory, setup),
                cmocka_unit_test_setup(test_a_photo_is_cut_out_around_the_head_like_a_jpeg, setup),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
