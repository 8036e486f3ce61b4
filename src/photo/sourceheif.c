/* SPDX-License-Identifier: MIT */
#include "heifboxes.h"
#include "heifdecoder.h"
#include "source.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* What the library takes beside pixels: its boxes, and the state of a codec. */
#define LIBRARY_MEMORY (8u << 20)

/* Pictures up to this size keep all their colour. */
#define FULL_CHROMA_PIXELS (4u * 1000 * 1000)

/* libheif keeps its list of decoders for the process. */
static pthread_once_t registered = PTHREAD_ONCE_INIT;

static void register_decoders(void)
{
#if HAVE_HEIC
        (void)heif_register_decoder_plugin(&heif_decoder_hevc);
#endif
#if HAVE_AVIF
        (void)heif_register_decoder_plugin(&heif_decoder_av1);
#endif
}

/* The first context reads what the library reads once: the folder of its plugins. */
static int heif_prepare(void)
{
        struct heif_context *context;

        (void)pthread_once(&registered, register_decoders);
        context = heif_context_alloc();
        if (!context)
                return -ENOMEM;
        heif_context_free(context);
        return 0;
}

/* ---- opening ---- */

typedef struct Opened {
        struct heif_context *context;
        struct heif_image_handle *handle;
        struct heif_image *image;
        struct heif_color_profile_nclx *nclx;
} Opened;

static void opened_done(Opened *opened)
{
        if (opened->nclx)
                heif_nclx_color_profile_free(opened->nclx);
        if (opened->image)
                heif_image_release(opened->image);
        if (opened->handle)
                heif_image_handle_release(opened->handle);
        if (opened->context)
                heif_context_free(opened->context);
}

#define _cleanup_opened_ _cleanup_(opened_done)

static int error_of(struct heif_error error)
{
        if (error.code == heif_error_Ok)
                return 0;
        if (error.code == heif_error_Memory_allocation_error)
                return error.subcode == heif_suberror_Security_limit_exceeded ? -EBADMSG : -ENOMEM;
        if (error.subcode == heif_suberror_End_of_data)
                return -ENODATA;
        return error.code == heif_error_Unsupported_feature ||
                               error.code == heif_error_Unsupported_filetype
                       ? -EOPNOTSUPP
                       : -EBADMSG;
}

static int begin(const Source *source, Opened *opened)
{
        int r;

        (void)pthread_once(&registered, register_decoders);
        opened->context = heif_context_alloc();
        if (!opened->context)
                return -ENOMEM;
        heif_context_set_max_decoding_threads(opened->context, 0);
        r = error_of(heif_context_read_from_memory_without_copy(opened->context, source->data,
                                                                source->size, NULL));
        if (r < 0)
                return r;
        return error_of(heif_context_get_primary_image_handle(opened->context, &opened->handle));
}

/* ---- the header ---- */

/*
 * Which way the picture is stored, in EXIF's words. 1 where the library is to turn it: what is
 * cropped too is turned in an order that only the library knows, and half a turn cannot be told
 * from one of a thumbnail. Else it is turned when it is small, which takes less memory.
 */
static uint32_t stored_orientation(const HeifBoxes *boxes, const struct heif_image_handle *handle)
{
        const int width = heif_image_handle_get_width(handle);
        const int height = heif_image_handle_get_height(handle);

        if (boxes->mirrored)
                return 2;
        if (boxes->cropped || boxes->turn % 2 == 0 || width == height ||
            width != heif_image_handle_get_ispe_height(handle) ||
            height != heif_image_handle_get_ispe_width(handle))
                return 1;
        return boxes->turn == 1 ? 8 : 6;
}

/* EXIF data begin with the distance to their first byte. The orientation in them does not count:
 * the format has its own. */
static int read_exif(Source *source, const struct heif_image_handle *handle)
{
        const uint32_t orientation = source->orientation;
        _cleanup_free_ uint8_t *data = NULL;
        heif_item_id id;
        size_t size, skip;

        if (heif_image_handle_get_list_of_metadata_block_IDs(handle, "Exif", &id, 1) != 1)
                return 0;
        size = heif_image_handle_get_metadata_size(handle, id);
        if (size < 4 || size > SOURCE_METADATA_MAX)
                return 0;
        data = malloc(size);
        if (!data)
                return -ENOMEM;
        if (heif_image_handle_get_metadata(handle, id, data).code != heif_error_Ok)
                return 0;
        skip = (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
        if (skip > size - 4)
                return 0;
        source_take_exif(source, data + 4 + skip, size - 4 - skip);
        source->orientation = orientation;
        return 0;
}

static int read_profile(Source *source, const struct heif_image_handle *handle)
{
        const size_t size = heif_image_handle_get_raw_color_profile_size(handle);
        _cleanup_free_ uint8_t *profile = NULL;

        if (size == 0)
                return 0;
        profile = malloc(size);
        if (!profile)
                return -ENOMEM;
        if (heif_image_handle_get_raw_color_profile(handle, profile).code != heif_error_Ok)
                return 0;
        return source_take_profile(source, profile, size);
}

static int read_colours(Source *source, Opened *opened)
{
        if (heif_image_handle_get_nclx_color_profile(opened->handle, &opened->nclx).code ==
            heif_error_Ok)
                source->primaries = opened->nclx->color_primaries;
        return read_profile(source, opened->handle);
}

/* Every difference of colour counts where the picture is hardly shrunk. Of large ones half of them
 * do, but for those that are stored as green, blue and red. What only the codec's stream says about
 * colours is lost when the library converts, so that is not asked of it. */
static enum heif_chroma chroma_wanted(const Source *source,
                                      const struct heif_color_profile_nclx *nclx)
{
        const bool small = (uint64_t)source->width * source->height <= FULL_CHROMA_PIXELS;

        return nclx && (small || nclx->matrix_coefficients == heif_matrix_coefficients_RGB_GBR)
                       ? heif_chroma_444
                       : heif_chroma_420;
}

/* The planes, twice where they are converted or where the codec decodes all at once. */
static uint64_t memory_needed(const Source *source, const HeifBoxes *boxes, const Opened *opened)
{
        const struct heif_image_handle *handle = opened->handle;
        const uint64_t pixels = (uint64_t)source->width * source->height;
        const uint64_t sample = heif_image_handle_get_luma_bits_per_pixel(handle) > 8 ? 2 : 1;
        const bool full = chroma_wanted(source, opened->nclx) == heif_chroma_444;
        const uint64_t planes = full ? pixels * sample * 3 : pixels * sample * 3 / 2;

        return LIBRARY_MEMORY + planes * (boxes->grid && !full ? 1 : 2) +
               (heif_image_handle_has_alpha_channel(handle) ? pixels * sample : 0);
}

static int heif_open(Source *source)
{
        _cleanup_opened_ Opened opened = {};
        HeifBoxes boxes;
        bool sideways;
        int width, height, r = begin(source, &opened);

        if (r < 0)
                return r;
        width = heif_image_handle_get_width(opened.handle);
        height = heif_image_handle_get_height(opened.handle);
        if (width <= 0 || height <= 0)
                return -EBADMSG;
        heif_boxes_read(source->data, source->size, &boxes);
        source->orientation = stored_orientation(&boxes, opened.handle);
        sideways = source->orientation >= 5;
        source->width = (uint32_t)(sideways ? height : width);
        source->height = (uint32_t)(sideways ? width : height);
        source->several =
                boxes.sequence || heif_context_get_number_of_top_level_images(opened.context) > 1;
        r = read_exif(source, opened.handle);
        if (r == 0)
                r = read_colours(source, &opened);
        source->memory = memory_needed(source, &boxes, &opened);
        return r;
}

/* ---- the pixels ---- */

typedef struct Plane {
        const uint8_t *data; /* NULL: there is none */
        size_t stride;
        unsigned depth;
        unsigned column_shift; /* columns and rows of the picture for each of the plane's */
        unsigned row_shift;
} Plane;

/* From luma and the two differences, all of 0 to 1 or -0.5 to 0.5, to colours. */
typedef struct Matrix {
        bool full_range;
        bool plain; /* the planes are green, blue and red */
        double red_cr, green_cb, green_cr, blue_cb;
} Matrix;

static Matrix matrix_of(const struct heif_color_profile_nclx *nclx)
{
        double kr = 0.299, kb = 0.114, kg;

        switch (nclx ? (int)nclx->matrix_coefficients : 2) {
        case heif_matrix_coefficients_ITU_R_BT_709_5:
                kr = 0.2126;
                kb = 0.0722;
                break;
        case heif_matrix_coefficients_ITU_R_BT_2020_2_non_constant_luminance:
                kr = 0.2627;
                kb = 0.0593;
                break;
        default:
                break;
        }
        kg = 1 - kr - kb;
        return (Matrix){
                .full_range = !nclx || nclx->full_range_flag,
                .plain = nclx && nclx->matrix_coefficients == heif_matrix_coefficients_RGB_GBR,
                .red_cr = 2 * (1 - kr),
                .green_cb = -2 * kb * (1 - kb) / kg,
                .green_cr = -2 * kr * (1 - kr) / kg,
                .blue_cb = 2 * (1 - kb),
        };
}

static float sample(const Plane *plane, const uint8_t *row, uint32_t x)
{
        const uint32_t at = x >> plane->column_shift;
        uint16_t wide;

        if (plane->depth <= 8)
                return row[at];
        memcpy(&wide, row + (size_t)at * 2, sizeof(wide));
        return wide;
}

static uint8_t to_byte(float value)
{
        return (uint8_t)(CLAMP(value, 0.0f, 1.0f) * 255.0f + 0.5f);
}

/* How a plane's numbers become 0 to 1, or -0.5 to 0.5 of a difference. */
typedef struct Range {
        float zero;
        float scale;
} Range;

static Range range_of(const Plane *plane, bool full, bool difference)
{
        const float unit = (float)(1u << (plane->depth - 8)),
                    top = (float)((1u << plane->depth) - 1);

        if (difference)
                return (Range){128 * unit, full ? 1 / top : 1 / (224 * unit)};
        return full ? (Range){0, 1 / top} : (Range){16 * unit, 1 / (219 * unit)};
}

typedef struct Painter {
        Plane planes[4]; /* luma, two differences, opacity */
        Range ranges[4];
        Matrix matrix;
        bool premultiplied;
} Painter;

static void paint(const Painter *painter, const float value[4], uint8_t *rgba)
{
        const Matrix *m = &painter->matrix;
        float rgb[3] = {value[0], value[0], value[0]};

        if (m->plain) {
                rgb[0] = value[2];
                rgb[2] = value[1];
        } else {
                rgb[0] += (float)m->red_cr * value[2];
                rgb[1] += (float)m->green_cb * value[1] + (float)m->green_cr * value[2];
                rgb[2] += (float)m->blue_cb * value[1];
        }
        for (int c = 0; c < 3; c++)
                rgba[c] = to_byte(painter->premultiplied && value[3] > 0 ? rgb[c] / value[3]
                                                                         : rgb[c]);
        rgba[3] = to_byte(value[3]);
}

static void paint_row(const Painter *painter, uint32_t width, uint32_t y, uint8_t *rgba)
{
        const uint8_t *rows[4];

        for (int i = 0; i < 4; i++)
                rows[i] = painter->planes[i].data
                                  ? painter->planes[i].data + (y >> painter->planes[i].row_shift) *
                                                                      painter->planes[i].stride
                                  : NULL;
        for (uint32_t x = 0; x < width; x++, rgba += 4) {
                float value[4] = {0, 0, 0, 1};

                for (int i = 0; i < 4; i++)
                        if (rows[i])
                                value[i] = (sample(&painter->planes[i], rows[i], x) -
                                            painter->ranges[i].zero) *
                                           painter->ranges[i].scale;
                paint(painter, value, rgba);
        }
}

/* Planes of a size that does not fit the picture's are not there. */
static void take_plane(const Opened *opened, enum heif_channel channel, enum heif_chroma chroma,
                       const Source *source, Plane *ret)
{
        const bool difference = channel == heif_channel_Cb || channel == heif_channel_Cr;
        const struct heif_image *image = opened->image;
        const int depth = heif_image_get_bits_per_pixel_range(image, channel);
        Plane plane = {
                .depth = (unsigned)depth,
                .column_shift = difference && chroma != heif_chroma_444,
                .row_shift = difference && chroma == heif_chroma_420,
        };
        int stride = 0;

        if (!heif_image_has_channel(image, channel) || depth < 8 || depth > 16 ||
            (uint32_t)heif_image_get_width(image, channel) < (source->width + plane.column_shift) >>
                    plane.column_shift ||
            (uint32_t)heif_image_get_height(image, channel) < (source->height + plane.row_shift) >>
                    plane.row_shift)
                return;
        plane.data = heif_image_get_plane_readonly(image, channel, &stride);
        plane.stride = (size_t)stride;
        *ret = plane;
}

static bool make_painter(const Opened *opened, const Source *source, Painter *ret)
{
        static const enum heif_channel channels[4] = {heif_channel_Y, heif_channel_Cb,
                                                      heif_channel_Cr, heif_channel_Alpha};
        const enum heif_chroma chroma = heif_image_get_chroma_format(opened->image);
        const bool grey = chroma == heif_chroma_monochrome;

        *ret = (Painter){
                .matrix = matrix_of(opened->nclx),
                .premultiplied = heif_image_handle_is_premultiplied_alpha(opened->handle) != 0,
        };
        for (int i = 0; i < 4; i++) {
                const bool difference = (i == 1 || i == 2) && !ret->matrix.plain;

                take_plane(opened, channels[i], chroma, source, &ret->planes[i]);
                if (ret->planes[i].data)
                        ret->ranges[i] = range_of(&ret->planes[i], ret->matrix.full_range || i == 3,
                                                  difference);
        }
        ret->matrix.plain &= !grey;
        return ret->planes[0].data && (grey || (ret->planes[1].data && ret->planes[2].data));
}

static int decode_planes(const Source *source, Opened *opened)
{
        struct heif_decoding_options *options = heif_decoding_options_alloc();
        struct heif_error error;

        if (!options)
                return -ENOMEM;
        options->ignore_transformations = source->orientation >= 5;
        options->strict_decoding = 1;
        error = heif_decode_image(opened->handle, &opened->image, heif_colorspace_YCbCr,
                                  chroma_wanted(source, opened->nclx), options);
        heif_decoding_options_free(options);
        return error_of(error);
}

static int heif_decode(Source *source, Canvas *canvas)
{
        _cleanup_opened_ Opened opened = {};
        _cleanup_free_ uint8_t *row = NULL;
        Painter painter;
        int r = begin(source, &opened);

        if (r < 0)
                return r;
        (void)heif_image_handle_get_nclx_color_profile(opened.handle, &opened.nclx);
        r = decode_planes(source, &opened);
        if (r < 0)
                return r;
        /* What the file says counts more than what the codec's stream says. */
        if (!opened.nclx &&
            heif_image_get_nclx_color_profile(opened.image, &opened.nclx).code == heif_error_Ok)
                source->primaries = opened.nclx->color_primaries;
        if (!make_painter(&opened, source, &painter))
                return -EOPNOTSUPP;
        row = malloc((size_t)source->width * 4);
        if (!row)
                return -ENOMEM;
        for (uint32_t y = 0; y < source->height; y++) {
                paint_row(&painter, source->width, y, row);
                canvas_put(canvas, row);
        }
        return 0;
}

#if HAVE_HEIC
const SourceFormat source_heic = {
        .reason = REASON_FORMAT_HEIC,
        .name = "HEIC",
        .prepare = heif_prepare,
        .open = heif_open,
        .decode = heif_decode,
};
#endif
#if HAVE_AVIF
const SourceFormat source_avif = {
        .reason = REASON_FORMAT_AVIF,
        .name = "AVIF",
        .prepare = heif_prepare,
        .open = heif_open,
        .decode = heif_decode,
};
#endif
