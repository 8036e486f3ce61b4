/* SPDX-License-Identifier: MIT */
#include "decode.h"
#include "jpegreader.h"

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
        Decoded out;
        int error;
} Work;

static uint32_t shrunk(uint32_t side, unsigned shrink)
{
        return (side + shrink - 1) / shrink;
}

/* Inside the jump. */
static void decode(Work *work, const uint8_t *data, size_t size, const PhotoRules *rules)
{
        struct jpeg_decompress_struct *cinfo = &work->reader.cinfo;
        Decoded *out = &work->out;

        jpeg_reader_open(&work->reader, data, size, rules);
        /* What was judged must be what is decoded. */
        if (cinfo->image_width != work->header->width ||
            cinfo->image_height != work->header->height)
                longjmp(work->reader.jump, 1);
        out->shrink = decode_shrink(cinfo->image_width, cinfo->image_height, work->want_width,
                                    work->want_height);
        cinfo->scale_num = 1;
        cinfo->scale_denom = out->shrink;
        cinfo->out_color_space = JCS_RGB;
        cinfo->dct_method = JDCT_ISLOW;
        cinfo->do_fancy_upsampling = TRUE;
        cinfo->do_block_smoothing = FALSE;
        jpeg_calc_output_dimensions(cinfo);

        work->error = raster_new(cinfo->output_width, cinfo->output_height, &out->raster);
        if (work->error < 0)
                longjmp(work->reader.jump, 1);
        /* The rest of a photo that was cut short is grey, not the memory of another one. */
        memset(out->raster.pixels, 128, (size_t)out->raster.width * out->raster.height * 3);
        jpeg_reader_bound_memory(&work->reader,
                                 (uint64_t)out->raster.width * out->raster.height * 3);

        (void)jpeg_start_decompress(cinfo);
        while (cinfo->output_scanline < cinfo->output_height) {
                JSAMPROW row =
                        out->raster.pixels + (size_t)cinfo->output_scanline * out->raster.width * 3;

                (void)jpeg_read_scanlines(cinfo, &row, 1);
        }
        (void)jpeg_finish_decompress(cinfo);
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

void decoded_done(Decoded *decoded)
{
        raster_done(&decoded->raster);
}

int decode_jpeg(const uint8_t *data, size_t size, const JpegHeader *header, const PhotoRules *rules,
                uint32_t want_width, uint32_t want_height, Decoded *ret, Findings *findings)
{
        Work *work = calloc(1, sizeof(*work));
        int r;

        if (!work)
                return -ENOMEM;
        work->header = header;
        work->want_width = want_width;
        work->want_height = want_height;
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
        free(work);
        return r;
}
