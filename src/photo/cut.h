/* SPDX-License-Identifier: MIT */
#pragma once

#include "colour.h"
#include "source.h"

/*
 * Cuts parts out of a decoded picture, upright and in sRGB. A part that needs more pixels than the
 * decoder left of the whole is decoded again, so that cutting costs no sharpness.
 */
typedef struct Cut {
        const uint8_t *data;
        size_t size;
        const JpegHeader *header; /* width and height of a source of any format */
        Source *source;           /* NULL: a JPEG */
        const PhotoRules *rules;
        const Colour *colour; /* may be NULL */
        const Decoded *whole;
        unsigned quarters; /* clockwise quarter turns that put the stored picture upright */
        Decoded part;      /* the last part that was decoded again */
        bool no_part;      /* there is no memory for that */
} Cut;

/* Width and height of the upright picture. */
static inline uint32_t cut_width(const Cut *cut)
{
        return cut->quarters % 2 ? cut->header->height : cut->header->width;
}

static inline uint32_t cut_height(const Cut *cut)
{
        return cut->quarters % 2 ? cut->header->width : cut->header->height;
}

/* The largest part from the middle that is 3:4, in upright pixels. */
RasterWindow cut_centre(const Cut *cut);

/* Makes the finished picture of a part, given in upright pixels. 0, -ENOMEM. */
int cut_photo(Cut *cut, const RasterWindow *window, Raster *ret);

/* The luma of the whole picture, upright, in a size at which faces are looked for: 480 wide or 640
 * high, less where the other side would be very long, and never enlarged. The caller frees
 * *ret_luma. 0, -ENOMEM. */
int cut_survey(Cut *cut, uint32_t *ret_width, uint32_t *ret_height, uint8_t **ret_luma);

void cut_done(Cut *cut);
