/* SPDX-License-Identifier: MIT */
#include "encode.h"

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
