/* SPDX-License-Identifier: MIT */
#include "sizeguess.h"
#include "transcode.h"

#include <setjmp.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

typedef struct Writer {
        struct jpeg_compress_struct cinfo;
        struct jpeg_error_mgr error;
        jmp_buf jump;
        bool failed;
        unsigned char *data;
        unsigned long size;
} Writer;

static void error_exit(j_common_ptr cinfo)
{
        Writer *writer = cinfo->client_data;

        longjmp(writer->jump, 1);
}

static void no_output(j_common_ptr cinfo)
{
        (void)cinfo;
}

/* Inside the jump. */
static void encode(Writer *writer, const Raster *raster, unsigned quality, bool full_chroma)
{
        struct jpeg_compress_struct *cinfo = &writer->cinfo;

        jpeg_create_compress(cinfo);
        cinfo->client_data = writer;
        jpeg_mem_dest(cinfo, &writer->data, &writer->size);
        cinfo->image_width = raster->width;
        cinfo->image_height = raster->height;
        cinfo->input_components = 3;
        cinfo->in_color_space = JCS_RGB;
        jpeg_set_defaults(cinfo);
        jpeg_set_colorspace(cinfo, JCS_YCbCr);
        jpeg_set_quality(cinfo, (int)quality, TRUE);
        cinfo->comp_info[0].h_samp_factor = full_chroma ? 1 : 2;
        cinfo->comp_info[0].v_samp_factor = full_chroma ? 1 : 2;
        cinfo->dct_method = JDCT_ISLOW;
        cinfo->optimize_coding = TRUE;
        cinfo->write_JFIF_header = TRUE;
        cinfo->density_unit = 1;
        cinfo->X_density = PHOTO_DPI;
        cinfo->Y_density = PHOTO_DPI;
        jpeg_start_compress(cinfo, TRUE);
        while (cinfo->next_scanline < cinfo->image_height) {
                JSAMPROW row = raster->pixels + (size_t)cinfo->next_scanline * raster->width * 3;

                (void)jpeg_write_scanlines(cinfo, &row, 1);
        }
        jpeg_finish_compress(cinfo);
}

void encoded_done(Encoded *encoded)
{
        free(encoded->data);
        *encoded = (Encoded){};
}

int encode_jpeg(const Raster *raster, unsigned quality, bool full_chroma, Encoded *ret)
{
        Writer *writer = calloc(1, sizeof(*writer));
        int r;

        if (!writer)
                return -ENOMEM;
        writer->cinfo.err = jpeg_std_error(&writer->error);
        writer->error.error_exit = error_exit;
        writer->error.output_message = no_output;
        writer->cinfo.client_data = writer;
        if (setjmp(writer->jump) != 0)
                writer->failed = true;
        else
                encode(writer, raster, quality, full_chroma);
        jpeg_destroy_compress(&writer->cinfo);
        if (!writer->failed)
                *ret = (Encoded){
                        .data = TAKE_PTR(writer->data),
                        .size = writer->size,
                        .quality = quality,
                        .full_chroma = full_chroma,
                };
        /* With a raster of our own nothing else can fail. */
        r = writer->failed ? -ENOMEM : 0;
        free(writer->data);
        free(writer);
        return r;
}

/* Of the largest size allowed: what is larger at the lowest quality would have to lose too much. */
static const double THINNABLE = 1.25;
/* How exactly the growth from a known size to the next is guessed. */
static const double SURE = 1.01;

/*
 * Finds the largest quality from `low` to `high` whose size is at most `max`, or very rarely the one
 * before it: what the next one would take is only guessed. Returns 1 with *ret; 0 with *ret_smallest
 * (the size at `low`) when nothing fits; -ENOMEM.
 */
static int search_quality(const Raster *raster, unsigned low, unsigned high, size_t max,
                          bool full_chroma, Encoded *ret, size_t *ret_smallest)
{
        _cleanup_size_guess_ SizeGuess guess = {};
        _cleanup_encoded_ Encoded best = {};
        unsigned fits = low - 1, fails = high + 1;
        int r = size_guess_new(raster, full_chroma, &guess);

        while (r >= 0 && fails - fits > 1) {
                _cleanup_encoded_ Encoded trial = {};
                unsigned quality;

                r = size_guess_find(&guess, fits, fails,
                                    best.data ? (size_t)(SURE * (double)max) : max, &quality);
                if (r < 0 || (best.data && quality == fits))
                        break;
                quality = MAX(quality, fits + 1);
                r = encode_jpeg(raster, quality, full_chroma, &trial);
                if (r >= 0)
                        r = size_guess_learn(&guess, quality, trial.size);
                if (r < 0)
                        break;
                if (trial.size > max) {
                        fails = quality;
                        *ret_smallest = trial.size;
                        continue;
                }
                fits = quality;
                encoded_done(&best);
                best = trial;
                trial = (Encoded){};
        }
        if (r < 0 || !best.data)
                return MIN(r, 0);
        *ret = best;
        best = (Encoded){};
        return 1;
}

/* The last resort of busy clothes. As search_quality(). */
static int fit_thinned(const Raster *raster, const PhotoRules *rules, unsigned quality,
                       size_t smallest, Encoded *ret)
{
        _cleanup_encoded_ Encoded coarse = {};
        int r;

        if ((double)smallest > THINNABLE * (double)rules->output_bytes_max)
                return 0;
        r = encode_jpeg(raster, quality, false, &coarse);
        return r < 0 ? r : transcode_thinned(&coarse, rules, ret);
}

int encode_to_fit(const Raster *raster, const PhotoRules *rules, Encoded *ret, Findings *findings)
{
        _cleanup_encoded_ Encoded half = {}, full = {};
        unsigned low = CLAMP(rules->output_quality_min, 1u, 100u);
        size_t smallest = 0;
        int r;

        r = search_quality(raster, low, 100, rules->output_bytes_max, false, &half, &smallest);
        if (r == 0)
                r = fit_thinned(raster, rules, low, smallest, &half);
        if (r < 0)
                return r;
        if (r == 0) {
                (void)findings_add_value(findings, REASON_OUTPUT_TOO_LARGE, FINDING_REJECT,
                                         (double)smallest, rules->output_bytes_min,
                                         rules->output_bytes_max);
                return 0;
        }
        if (half.quality == 100) {
                /* Below 90, full chroma would cost more luma than it gives colour. */
                r = search_quality(raster, MAX(low, 90u), 100, rules->output_bytes_max, true, &full,
                                   &smallest);
                if (r < 0)
                        return r;
                if (r == 1 && full.size > half.size) {
                        encoded_done(&half);
                        half = full;
                        full = (Encoded){};
                }
        }
        if (half.size < rules->output_bytes_min) {
                (void)findings_add_value(findings, REASON_OUTPUT_TOO_SMALL, FINDING_REJECT,
                                         (double)half.size, rules->output_bytes_min,
                                         rules->output_bytes_max);
                return 0;
        }
        *ret = half;
        half = (Encoded){};
        return 1;
}

int encode_best(const Raster *raster, const PhotoRules *rules, Encoded *ret)
{
        _cleanup_encoded_ Encoded best = {};
        unsigned low = CLAMP(rules->output_quality_min, 1u, 100u);
        size_t smallest = 0;
        /* Most fit at once. */
        int r = encode_jpeg(raster, 100, true, &best);

        if (r >= 0 && best.size > rules->output_bytes_max) {
                encoded_done(&best);
                r = search_quality(raster, low, 99, rules->output_bytes_max, true, &best,
                                   &smallest);
                if (r == 0)
                        return 0;
        }
        if (r < 0)
                return r;
        if (best.size < rules->output_bytes_min)
                return 0;
        *ret = best;
        best = (Encoded){};
        return 1;
}
