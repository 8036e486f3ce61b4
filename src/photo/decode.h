/* SPDX-License-Identifier: MIT */
#pragma once

#include "jpegheader.h"
#include "raster.h"
#include <idphoto/photo.h>

/* The picture of a JPEG, or a part of it, as stored, before it is turned upright. */
typedef struct Decoded {
        Raster raster; /* no pixels when it could not be decoded at all */
        uint32_t x;    /* of a part: what is left of it and above it, in pixels of the raster */
        uint32_t y;
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

/*
 * Decodes the window and something around it, of a file that was decoded before, in the same way:
 * the window's sides stay at least twice those that are wanted. The window is in stored pixels.
 * `spare` is the memory that other rasters of the examination take. *ret has no pixels when the
 * memory does not suffice. 0 or -ENOMEM.
 */
int decode_jpeg_part(const uint8_t *data, size_t size, const JpegHeader *header,
                     const PhotoRules *rules, uint32_t want_width, uint32_t want_height,
                     const RasterWindow *window, uint64_t spare, Decoded *ret);
void decoded_done(Decoded *decoded);

/* By what a picture of that size is shrunk: 1, 2, 4 or 8. */
unsigned decode_shrink(uint32_t width, uint32_t height, uint32_t want_width, uint32_t want_height);

/* A part of a raster. */
typedef struct DecodedPart {
        uint32_t x; /* even, because not every library begins at odd ones */
        uint32_t y; /* even */
        uint32_t width;
        uint32_t height;
} DecodedPart;

/* The part that shows the window, which is in stored pixels, and something around it, of a raster of
 * the picture shrunk so. All of it where window is NULL. */
DecodedPart decode_part(const RasterWindow *window, unsigned shrink, uint32_t columns,
                        uint32_t rows);
