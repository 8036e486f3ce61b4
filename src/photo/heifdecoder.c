/* SPDX-License-Identifier: MIT */
#include "heifdecoder.h"

#include <string.h>

static void image_releasep(struct heif_image **image)
{
        heif_image_release(*image);
}

static struct heif_error copy_plane(const HeifPlanes *planes, int index, struct heif_image *image)
{
        static const enum heif_channel channels[3] = {heif_channel_Y, heif_channel_Cb,
                                                      heif_channel_Cr};
        const bool half_width = index > 0 && planes->chroma != heif_chroma_444;
        const bool half_height = index > 0 && planes->chroma == heif_chroma_420;
        const int width = half_width ? (planes->width + 1) / 2 : planes->width;
        const int height = half_height ? (planes->height + 1) / 2 : planes->height;
        const size_t row = (size_t)width * (planes->depth[index] > 8 ? 2 : 1);
        struct heif_error error;
        uint8_t *to;
        int stride;

        error = heif_image_add_plane(image, channels[index], width, height, planes->depth[index]);
        if (error.code != heif_error_Ok)
                return error;
        to = heif_image_get_plane(image, channels[index], &stride);
        for (int y = 0; y < height; y++)
                memcpy(to + (size_t)y * (size_t)stride,
                       planes->data[index] + y * planes->stride[index], row);
        return error;
}

static void tell_colours(const HeifPlanes *planes, struct heif_image *image)
{
        struct heif_color_profile_nclx *nclx = heif_nclx_color_profile_alloc();

        if (!nclx)
                return;
        /* Numbers that the library does not know leave what it assumes by itself. */
        (void)heif_nclx_color_profile_set_color_primaries(nclx, (uint16_t)planes->primaries);
        (void)heif_nclx_color_profile_set_transfer_characteristics(nclx,
                                                                   (uint16_t)planes->transfer);
        (void)heif_nclx_color_profile_set_matrix_coefficients(nclx, (uint16_t)planes->matrix);
        nclx->full_range_flag = planes->full_range;
        (void)heif_image_set_nclx_color_profile(image, nclx);
        heif_nclx_color_profile_free(nclx);
}

struct heif_error heif_decoder_picture(const HeifPlanes *planes, struct heif_image **ret)
{
        const bool grey = planes->chroma == heif_chroma_monochrome;
        _cleanup_(image_releasep) struct heif_image *image = NULL;
        struct heif_error error;

        error = heif_image_create(planes->width, planes->height,
                                  grey ? heif_colorspace_monochrome : heif_colorspace_YCbCr,
                                  planes->chroma, &image);
        for (int i = 0; error.code == heif_error_Ok && i < (grey ? 1 : 3); i++)
                error = copy_plane(planes, i, image);
        if (error.code != heif_error_Ok)
                return error;
        tell_colours(planes, image);
        *ret = TAKE_PTR(image);
        return error;
}
