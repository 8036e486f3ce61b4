/* SPDX-License-Identifier: MIT */
#include "decode.h"
#include "jpegreader.h"

#include <math.h>
#include <string.h>

/* A raster with more pixels than this is shrunk further, whatever its shape. Only pictures of a
 * wrong shape get there, and they are decoded only for their other findings. A 3:4 picture just
 * under twice the next step (1919 x 2559) stays below. */
enum { RASTER_PIXELS_MAX = 5 * 1000 * 1000 };

/* What the decoder works on. Lives outside the function that jumps. */
typedef struct Work {
        JpegReader reader;
        const JpegHeader *header;
        uint32_t want_width;
        uint32_t want_height;
        const RasterWindow *window; /* NULL: the whole picture */
        uint64_t spare;             /* memory that is taken already */
        uint8_t *row;               /* a whole one, of which the part is taken */
        Decoded out;
        int error;
} Work;

static uint32_t shrunk(uint32_t side, unsigned shrink)
{
        return (side + shrink - 1) / shrink;
}

/* Decides on the raster. Inside the jump. */
static void make_raster(Work *work)
{
        struct jpeg_decompress_struct *cinfo = &work->reader.cinfo;
        Decoded *out = &work->out;
        const DecodedPart part =
                decode_part(work->window, out->shrink, cinfo->output_width, cinfo->output_height);

        out->x = part.x;
        out->y = part.y;
        if (work->window) {
                work->row = malloc((size_t)cinfo->output_width * 3);
                work->error = work->row ? 0 : -ENOMEM;
        }
        if (work->error >= 0)
                work->error = raster_new(part.width, part.height, &out->raster);
        if (work->error < 0)
                longjmp(work->reader.jump, 1);
        jpeg_reader_bound_memory(&work->reader,
                                 work->spare + (uint64_t)part.width * part.height * 3);
}

static void read_whole(struct jpeg_decompress_struct *cinfo, Raster *raster)
{
        while (cinfo->output_scanline < cinfo->output_height) {
                JSAMPROW row = raster->pixels + (size_t)cinfo->output_scanline * raster->width * 3;

                (void)jpeg_read_scanlines(cinfo, &row, 1);
        }
        (void)jpeg_finish_decompress(cinfo);
}

/* Reads whole rows, because libjpeg makes other pixels at the sides of a part. */
static void read_part(Work *work)
{
        struct jpeg_decompress_struct *cinfo = &work->reader.cinfo;
        const Decoded *out = &work->out;
        size_t size = (size_t)out->raster.width * 3;

        for (uint32_t y = 0; y < out->y + out->raster.height; y++) {
                JSAMPROW row = work->row;

                (void)jpeg_read_scanlines(cinfo, &row, 1);
                if (y >= out->y)
                        memcpy(out->raster.pixels + (y - out->y) * size,
                               work->row + (size_t)out->x * 3, size);
        }
}

/* Inside the jump. */
static void decode(Work *work, const uint8_t *data, size_t size, const PhotoRules *rules)
{
        struct jpeg_decompress_struct *cinfo = &work->reader.cinfo;
        const RasterWindow *window = work->window;
        Decoded *out = &work->out;

        jpeg_reader_open(&work->reader, data, size, rules);
        /* What was judged must be what is decoded. */
        if (cinfo->image_width != work->header->width ||
            cinfo->image_height != work->header->height)
                longjmp(work->reader.jump, 1);
        out->shrink = decode_shrink(window ? (uint32_t)window->width : cinfo->image_width,
                                    window ? (uint32_t)window->height : cinfo->image_height,
                                    work->want_width, work->want_height);
        cinfo->scale_num = 1;
        cinfo->scale_denom = out->shrink;
        cinfo->out_color_space = JCS_RGB;
        cinfo->dct_method = JDCT_ISLOW;
        cinfo->do_fancy_upsampling = TRUE;
        cinfo->do_block_smoothing = FALSE;
        jpeg_calc_output_dimensions(cinfo);
        make_raster(work);

        (void)jpeg_start_decompress(cinfo);
        if (window) {
                read_part(work);
                return;
        }
        read_whole(cinfo, &out->raster);
        out->end = jpeg_reader_end(&work->reader);
}

unsigned decode_shrink(uint32_t width, uint32_t height, uint32_t want_width, uint32_t want_height)
{
        unsigned shrink = 1;

        while (shrink < 8 && shrunk(width, 2 * shrink) >= 2 * want_width &&
               shrunk(height, 2 * shrink) >= 2 * want_height)
                shrink *= 2;
        while (shrink < 8 &&
               (uint64_t)shrunk(width, shrink) * shrunk(height, shrink) > RASTER_PIXELS_MAX)
                shrink *= 2;
        return shrink;
}

/* One side of the window with an eighth more at either end, in pixels of the raster. */
static void widen(double at, double length, unsigned shrink, uint32_t side, uint32_t *ret_at,
                  uint32_t *ret_length)
{
        double from = (at - length / 8) / shrink, to = (at + length + length / 8) / shrink;
        uint32_t first = (uint32_t)CLAMP(from, 0.0, side - 1.0) & ~1u;
        uint32_t last = (uint32_t)CLAMP(ceil(to), first + 1.0, (double)side);

        *ret_at = first;
        *ret_length = last - first;
}

DecodedPart decode_part(const RasterWindow *window, unsigned shrink, uint32_t columns,
                        uint32_t rows)
{
        DecodedPart part = {.width = columns, .height = rows};

        if (!window)
                return part;
        widen(window->x, window->width, shrink, columns, &part.x, &part.width);
        widen(window->y, window->height, shrink, rows, &part.y, &part.height);
        return part;
}

void decoded_done(Decoded *decoded)
{
        raster_done(&decoded->raster);
}

/* Decodes as `wish` says. */
static int run(const Work *wish, const uint8_t *data, size_t size, const PhotoRules *rules,
               Decoded *ret, Findings *findings)
{
        Work *work = malloc(sizeof(*work));
        int r;

        if (!work)
                return -ENOMEM;
        *work = *wish;
        work->out.shrink = 1;
        if (setjmp(work->reader.jump) != 0)
                work->reader.failed = true;
        else
                decode(work, data, size, rules);

        r = work->error < 0 ? work->error : jpeg_reader_judge(&work->reader, findings);
        if (work->reader.failed) {
                raster_done(&work->out.raster);
                work->out.end = size;
        }
        jpeg_reader_done(&work->reader);
        if (r < 0)
                decoded_done(&work->out);
        else
                *ret = work->out;
        free(work->row);
        free(work);
        return r;
}

int decode_jpeg(const uint8_t *data, size_t size, const JpegHeader *header, const PhotoRules *rules,
                uint32_t want_width, uint32_t want_height, Decoded *ret, Findings *findings)
{
        const Work wish = {
                .header = header,
                .want_width = want_width,
                .want_height = want_height,
        };

        return run(&wish, data, size, rules, ret, findings);
}

int decode_jpeg_part(const uint8_t *data, size_t size, const JpegHeader *header,
                     const PhotoRules *rules, uint32_t want_width, uint32_t want_height,
                     const RasterWindow *window, uint64_t spare, Decoded *ret)
{
        const Work wish = {
                .header = header,
                .want_width = want_width,
                .want_height = want_height,
                .window = window,
                .spare = spare,
        };
        Findings told = {}; /* what they say was said when the whole was decoded */

        return run(&wish, data, size, rules, ret, &told);
}
