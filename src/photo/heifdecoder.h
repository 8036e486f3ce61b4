/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <libheif/heif.h>
#include <libheif/heif_plugin.h>

/*
 * The decoders that libheif is given. Its own start threads, which the sandbox forbids [Z1], and
 * know no limit.
 */

/* Above libheif's own, of which the best says 100 to 150. */
#define HEIF_DECODER_PRIORITY 1000

/* Pixels of one coded picture, whatever the file says about its size. */
#define HEIF_DECODER_PIXELS_MAX (64u * 1000 * 1000)

#if HAVE_HEIC
extern const struct heif_decoder_plugin heif_decoder_hevc;
#endif
#if HAVE_AVIF
extern const struct heif_decoder_plugin heif_decoder_av1;
#endif

static inline struct heif_error heif_decoder_error(enum heif_error_code code,
                                                   enum heif_suberror_code subcode)
{
        return (struct heif_error){code, subcode, ""};
}
#define HEIF_DECODER_OK heif_decoder_error(heif_error_Ok, heif_suberror_Unspecified)
#define HEIF_DECODER_DAMAGED \
        heif_decoder_error(heif_error_Decoder_plugin_error, heif_suberror_Unspecified)

/* What a codec decoded: up to three planes, luma first. */
typedef struct HeifPlanes {
        int width;
        int height;
        int depth[3]; /* bits */
        enum heif_chroma chroma;
        const uint8_t *data[3];
        ptrdiff_t stride[3];
        /* of ITU-T H.273 */
        unsigned primaries;
        unsigned transfer;
        unsigned matrix;
        bool full_range;
} HeifPlanes;

/* Makes libheif's picture of it, which the caller owns. */
struct heif_error heif_decoder_picture(const HeifPlanes *planes, struct heif_image **ret);
