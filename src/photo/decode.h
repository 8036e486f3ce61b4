/* SPDX-License-Identifier: MIT */
#pragma once

#include "jpegheader.h"
#include "raster.h"
#include <idphoto/photo.h>

/* The picture of a JPEG as stored, before it is turned upright. */
typedef struct Decoded {
        Raster raster;   /* no pixels when it could not be decoded at all */
        unsigned shrink; /* 1, 2, 4 or 8: the sides of the raster are the stored sides divided by
                            this, rounded up */
        size_t end;      /* offset in the data at which the JPEG ends */
} Decoded;

/*
 * Decodes to RGB. Libjpeg's DCT scaling shrinks the picture as long as its sides stay at least
 * twice `want_width` and `want_height` (stored orientation), and further where the raster would
 * exceed its largest size. Adds the findings about damage. A picture with some damage still has
 * pixels. 0 or -ENOMEM.
 */
int decode_jpeg(const uint8_t *data, size_t size, const JpegHeader *header, const PhotoRules *rules,
                uint32_t want_width, uint32_t want_height, Decoded *ret, Findings *findings);
void decoded_done(Decoded *decoded);

/* By what a picture of that size is shrunk: 1, 2, 4 or 8. */
unsigned decode_shrink(uint32_t width, uint32_t height, uint32_t want_width, uint32_t want_height);
