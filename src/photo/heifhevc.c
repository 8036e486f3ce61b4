/* SPDX-License-Identifier: MIT */
#include "heifdecoder.h"

#include <libde265/de265.h>

/* Bytes of a length before each part of the stream. */
#define LENGTH_SIZE 4u

typedef struct Decoder {
        de265_decoder_context *context;
        struct de265_image_allocation allocation;
} Decoder;

static const char *get_name(void)
{
        return "idphoto HEVC";
}

static void nothing(void)
{
}

static int supports(enum heif_compression_format format)
{
        return format == heif_compression_HEVC ? HEIF_DECODER_PRIORITY : 0;
}

/* Before the codec allocates a picture. */
static int get_buffer(de265_decoder_context *context, struct de265_image_spec *spec,
                      struct de265_image *image, void *userdata _unused_)
{
        if (spec->width <= 0 || spec->height <= 0 ||
            (uint64_t)spec->width * (uint64_t)spec->height > HEIF_DECODER_PIXELS_MAX)
                return 0;
        return de265_get_default_image_allocation_functions()->get_buffer(context, spec, image,
                                                                          NULL);
}

static void free_decoder(void *userdata)
{
        Decoder *decoder = userdata;

        if (decoder->context)
                (void)de265_free_decoder(decoder->context);
        free(decoder);
}

/* Without de265_start_worker_threads() it decodes in this thread. */
static struct heif_error new_decoder(void **ret)
{
        Decoder *decoder = calloc(1, sizeof(*decoder));

        if (decoder)
                decoder->context = de265_new_decoder();
        if (!decoder || !decoder->context) {
                free(decoder);
                return heif_decoder_error(heif_error_Memory_allocation_error,
                                          heif_suberror_Unspecified);
        }
        decoder->allocation = *de265_get_default_image_allocation_functions();
        decoder->allocation.get_buffer = get_buffer;
        de265_set_image_allocation_functions(decoder->context, &decoder->allocation, NULL);
        *ret = decoder;
        return HEIF_DECODER_OK;
}

static struct heif_error push(void *userdata, const void *data, size_t size)
{
        Decoder *decoder = userdata;
        const uint8_t *p = data;

        while (size > 0) {
                size_t length;

                if (size < LENGTH_SIZE)
                        return heif_decoder_error(heif_error_Decoder_plugin_error,
                                                  heif_suberror_End_of_data);
                length = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
                p += LENGTH_SIZE;
                size -= LENGTH_SIZE;
                if (length > size)
                        return heif_decoder_error(heif_error_Decoder_plugin_error,
                                                  heif_suberror_End_of_data);
                if (de265_push_NAL(decoder->context, p, (int)length, 0, NULL) != DE265_OK)
                        return HEIF_DECODER_DAMAGED;
                p += length;
                size -= length;
        }
        return HEIF_DECODER_OK;
}

static enum heif_chroma chroma_of(const struct de265_image *image)
{
        switch (de265_get_chroma_format(image)) {
        case de265_chroma_mono:
                return heif_chroma_monochrome;
        case de265_chroma_420:
                return heif_chroma_420;
        case de265_chroma_422:
                return heif_chroma_422;
        default:
                return heif_chroma_444;
        }
}

static struct heif_error give(const struct de265_image *image, struct heif_image **ret)
{
        HeifPlanes planes = {
                .width = de265_get_image_width(image, 0),
                .height = de265_get_image_height(image, 0),
                .chroma = chroma_of(image),
                .primaries = (unsigned)de265_get_image_colour_primaries(image),
                .transfer = (unsigned)de265_get_image_transfer_characteristics(image),
                .matrix = (unsigned)de265_get_image_matrix_coefficients(image),
                .full_range = de265_get_image_full_range_flag(image) != 0,
        };

        for (int i = 0; i < (planes.chroma == heif_chroma_monochrome ? 1 : 3); i++) {
                int stride = 0;

                planes.depth[i] = de265_get_bits_per_pixel(image, i);
                planes.data[i] = de265_get_image_plane(image, i, &stride);
                planes.stride[i] = stride;
                if (!planes.data[i])
                        return HEIF_DECODER_DAMAGED;
        }
        return heif_decoder_picture(&planes, ret);
}

/* A viewer shows what a damaged picture still has; here that is no photo. */
static struct heif_error decode(void *userdata, struct heif_image **ret)
{
        Decoder *decoder = userdata;
        const struct de265_image *image = NULL;
        int more = 1;

        if (de265_flush_data(decoder->context) != DE265_OK)
                return HEIF_DECODER_DAMAGED;
        while (more && !image) {
                if (de265_decode(decoder->context, &more) != DE265_OK)
                        return HEIF_DECODER_DAMAGED;
                image = de265_get_next_picture(decoder->context);
        }
        if (!image || de265_get_warning(decoder->context) != DE265_OK)
                return HEIF_DECODER_DAMAGED;
        return give(image, ret);
}

const struct heif_decoder_plugin heif_decoder_hevc = {
        .plugin_api_version = 3,
        .get_plugin_name = get_name,
        .init_plugin = nothing,
        .deinit_plugin = nothing,
        .does_support_format = supports,
        .new_decoder = new_decoder,
        .free_decoder = free_decoder,
        .push_data = push,
        .decode_image = decode,
        .id_name = "idphoto-hevc",
};
