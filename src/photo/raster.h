/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* An RGB picture in memory, 8 bits a channel, rows without gaps. */
typedef struct Raster {
        uint32_t width;
        uint32_t height;
        uint8_t *pixels;
} Raster;

/* Allocates a raster without initialising its pixels. 0, -ENOMEM; -EOVERFLOW: the size is
 * absurd. */
int raster_new(uint32_t width, uint32_t height, Raster *ret);
void raster_done(Raster *raster);
#define _cleanup_raster_ _cleanup_(raster_done)

static inline const uint8_t *raster_at(const Raster *raster, uint32_t x, uint32_t y)
{
        return raster->pixels + ((size_t)y * raster->width + x) * 3;
}

/* Turns a picture upright into a new raster, by EXIF orientation 1, 3, 6 or 8. 0, -EINVAL for
 * another orientation, -ENOMEM. */
int raster_turn(const Raster *raster, uint32_t orientation, Raster *ret);

/* A part of a raster, in pixels of the raster. Fractions are allowed, so a crop needs no
 * rounding. */
typedef struct RasterWindow {
        double x;
        double y;
        double width;
        double height;
} RasterWindow;

/*
 * Shrinks the window to width x height with a separable Lanczos filter of three lobes. Works on the
 * encoded (gamma) values, like the image programs with which reviewers compare. Fixed-point
 * arithmetic gives the same bytes on every machine. The window must be inside the raster, and may
 * be smaller than the result only by rounding. 0, -EINVAL, -ENOMEM.
 */
int raster_resize(const Raster *raster, const RasterWindow *window, uint32_t width, uint32_t height,
                  Raster *ret);

/* Computes the luma of JFIF (0.299, 0.587, 0.114), one byte for each pixel. The caller frees *ret.
 * 0, -ENOMEM. */
int raster_luma(const Raster *raster, uint8_t **ret);
