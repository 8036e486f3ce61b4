/* SPDX-License-Identifier: MIT */
#include "plainjpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct PlainError {
        struct jpeg_error_mgr manager;
        jmp_buf jump;
} PlainError;

static void on_error(j_common_ptr info)
{
        longjmp(((PlainError *)info->err)->jump, 1);
}

static void on_message(j_common_ptr info _unused_)
{
}

static struct jpeg_error_mgr *quiet(PlainError *error)
{
        (void)jpeg_std_error(&error->manager);
        error->manager.error_exit = on_error;
        error->manager.output_message = on_message;
        return &error->manager;
}

int plain_jpeg_decode(const void *data, size_t size, unsigned scale, Raster *ret)
{
        struct jpeg_decompress_struct info = {};
        Raster raster = {};
        PlainError error;

        info.err = quiet(&error);
        if (setjmp(error.jump)) {
                jpeg_destroy_decompress(&info);
                raster_done(&raster);
                return -EBADMSG;
        }
        jpeg_create_decompress(&info);
        jpeg_mem_src(&info, data, size);
        (void)jpeg_read_header(&info, TRUE);
        info.out_color_space = JCS_RGB;
        info.scale_num = scale;
        info.scale_denom = 8;
        (void)jpeg_start_decompress(&info);
        if (raster_new(info.output_width, info.output_height, &raster) < 0)
                longjmp(error.jump, 1);
        while (info.output_scanline < info.output_height) {
                uint8_t *row = raster.pixels + (size_t)info.output_scanline * raster.width * 3;

                (void)jpeg_read_scanlines(&info, &row, 1);
        }
        (void)jpeg_finish_decompress(&info);
        jpeg_destroy_decompress(&info);
        *ret = raster;
        return 0;
}

int plain_jpeg_scale(const void *data, size_t size, uint32_t width, uint32_t height, unsigned *ret)
{
        struct jpeg_decompress_struct info = {};
        PlainError error;
        unsigned scale = 1;

        info.err = quiet(&error);
        if (setjmp(error.jump)) {
                jpeg_destroy_decompress(&info);
                return -EBADMSG;
        }
        jpeg_create_decompress(&info);
        jpeg_mem_src(&info, data, size);
        (void)jpeg_read_header(&info, TRUE);
        while (scale < 8 &&
               (info.image_width * scale < width * 8 || info.image_height * scale < height * 8))
                scale++;
        jpeg_destroy_decompress(&info);
        *ret = scale;
        return 0;
}

int plain_jpeg_encode(const Raster *raster, unsigned quality, Encoded *ret)
{
        struct jpeg_compress_struct info = {};
        unsigned char *data = NULL;
        unsigned long size = 0;
        PlainError error;

        info.err = quiet(&error);
        if (setjmp(error.jump)) {
                jpeg_destroy_compress(&info);
                free(data);
                return -ENOMEM;
        }
        jpeg_create_compress(&info);
        jpeg_mem_dest(&info, &data, &size);
        info.image_width = raster->width;
        info.image_height = raster->height;
        info.input_components = 3;
        info.in_color_space = JCS_RGB;
        jpeg_set_defaults(&info);
        jpeg_set_quality(&info, (int)quality, TRUE);
        info.optimize_coding = TRUE;
        jpeg_start_compress(&info, TRUE);
        while (info.next_scanline < info.image_height) {
                uint8_t *row = raster->pixels + (size_t)info.next_scanline * raster->width * 3;

                (void)jpeg_write_scanlines(&info, &row, 1);
        }
        jpeg_finish_compress(&info);
        jpeg_destroy_compress(&info);
        *ret = (Encoded){.data = data, .size = size, .quality = quality};
        return 0;
}
