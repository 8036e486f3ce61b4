/* SPDX-License-Identifier: MIT */
#include "heifdecoder.h"

#include <dav1d/dav1d.h>
#include <string.h>

/*
 * Exported by the library and set by its own program, but not declared in its header. Its code for
 * AVX-512 stores to addresses that are not aligned and crashes on some damaged pictures (1.0.0, in
 * Debian 12). The bits mean the same in all versions; those of other processors are below it.
 */
void dav1d_set_cpu_flags_mask(unsigned mask);

enum { CPU_FLAGS_TRUSTED = 0x0f };

typedef struct Decoder {
        Dav1dContext *context;
        uint8_t *data; /* all that was pushed */
        size_t size;
} Decoder;

static const char *get_name(void)
{
        return "idphoto AV1";
}

static void start(void)
{
        dav1d_set_cpu_flags_mask(CPU_FLAGS_TRUSTED);
}

static void nothing(void)
{
}

static int supports(enum heif_compression_format format)
{
        return format == heif_compression_AV1 ? HEIF_DECODER_PRIORITY : 0;
}

static void free_decoder(void *userdata)
{
        Decoder *decoder = userdata;

        if (decoder->context)
                dav1d_close(&decoder->context);
        free(decoder->data);
        free(decoder);
}

static struct heif_error new_decoder(void **ret)
{
        Decoder *decoder = calloc(1, sizeof(*decoder));
        Dav1dSettings settings;

        dav1d_default_settings(&settings);
        settings.n_threads = 1; /* this one */
        settings.max_frame_delay = 1;
        settings.all_layers = 0;
        settings.frame_size_limit = HEIF_DECODER_PIXELS_MAX;
        settings.logger = (Dav1dLogger){};
        if (!decoder || dav1d_open(&decoder->context, &settings) < 0) {
                free(decoder);
                return heif_decoder_error(heif_error_Memory_allocation_error,
                                          heif_suberror_Unspecified);
        }
        *ret = decoder;
        return HEIF_DECODER_OK;
}

static struct heif_error push(void *userdata, const void *data, size_t size)
{
        Decoder *decoder = userdata;
        uint8_t *grown;

        /* Of a picture without data, which comes as NULL. */
        if (size == 0)
                return HEIF_DECODER_OK;
        grown = realloc(decoder->data, decoder->size + size);
        if (!grown)
                return heif_decoder_error(heif_error_Memory_allocation_error,
                                          heif_suberror_Unspecified);
        memcpy(grown + decoder->size, data, size);
        decoder->data = grown;
        decoder->size += size;
        return HEIF_DECODER_OK;
}

static enum heif_chroma chroma_of(enum Dav1dPixelLayout layout)
{
        switch (layout) {
        case DAV1D_PIXEL_LAYOUT_I400:
                return heif_chroma_monochrome;
        case DAV1D_PIXEL_LAYOUT_I420:
                return heif_chroma_420;
        case DAV1D_PIXEL_LAYOUT_I422:
                return heif_chroma_422;
        default:
                return heif_chroma_444;
        }
}

static struct heif_error give(const Dav1dPicture *picture, struct heif_image **ret)
{
        HeifPlanes planes = {
                .width = picture->p.w,
                .height = picture->p.h,
                .chroma = chroma_of(picture->p.layout),
                .primaries = picture->seq_hdr->pri,
                .transfer = picture->seq_hdr->trc,
                .matrix = picture->seq_hdr->mtrx,
                .full_range = picture->seq_hdr->color_range != 0,
        };

        for (int i = 0; i < 3; i++) {
                planes.depth[i] = picture->p.bpc;
                planes.data[i] = picture->data[i];
                planes.stride[i] = picture->stride[i > 0];
        }
        return heif_decoder_picture(&planes, ret);
}

static void do_not_free(const uint8_t *data _unused_, void *cookie _unused_)
{
}

/* Gives it all data, and takes the first picture. 0 or negative. */
static int run(Decoder *decoder, Dav1dPicture *ret)
{
        Dav1dData data = {};
        int r = dav1d_data_wrap(&data, decoder->data, decoder->size, do_not_free, NULL);

        if (r < 0)
                return r;
        do {
                r = data.sz > 0 ? dav1d_send_data(decoder->context, &data) : 0;
                if (r < 0 && r != DAV1D_ERR(EAGAIN))
                        break;
                r = dav1d_get_picture(decoder->context, ret);
        } while (r == DAV1D_ERR(EAGAIN) && data.sz > 0);
        dav1d_data_unref(&data);
        return r;
}

static struct heif_error decode(void *userdata, struct heif_image **ret)
{
        Decoder *decoder = userdata;
        Dav1dPicture picture = {};
        struct heif_error error;
        int r;

        if (decoder->size == 0)
                return HEIF_DECODER_DAMAGED;
        r = run(decoder, &picture);
        if (r == DAV1D_ERR(ENOMEM))
                return heif_decoder_error(heif_error_Memory_allocation_error,
                                          heif_suberror_Unspecified);
        if (r < 0)
                return HEIF_DECODER_DAMAGED;
        error = give(&picture, ret);
        dav1d_picture_unref(&picture);
        return error;
}

const struct heif_decoder_plugin heif_decoder_av1 = {
        .plugin_api_version = 3,
        .get_plugin_name = get_name,
        .init_plugin = start,
        .deinit_plugin = nothing,
        .does_support_format = supports,
        .new_decoder = new_decoder,
        .free_decoder = free_decoder,
        .push_data = push,
        .decode_image = decode,
        .id_name = "idphoto-av1",
};
