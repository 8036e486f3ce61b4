/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* An RGB picture in memory, 8 bits a channel, rows without gaps. */
typedef struct Raster {
        uint32_t width;
        uint32_t height;
        uint8_t *pixels;
} Raster;

/* Does not initialise the pixels. 0, -ENOMEM; -EOVERFLOW: a size that no caller should ask for. */
int raster_new(uint32_t width, uint32_t height, Raster *ret);
void raster_done(Raster *raster);
#define _cleanup_raster_ _cleanup_(raster_done)

static inline const uint8_t *raster_at(const Raster *raster, uint32_t x, uint32_t y)
{
        return raster->pixels + ((size_t)y * raster->width + x) * 3;
}

/* Turns by EXIF orientation 1, 3, 6 or 8 into a new raster. 0, -EINVAL for others, -ENOMEM. */
int raster_turn(const Raster *raster, uint32_t orientation, Raster *ret);

/* A part of a raster, in pixels of the raster. Fractions count, so a crop needs no rounding. */
typedef struct RasterWindow {
        double x;
        double y;
        double width;
        double height;
} RasterWindow;

/*
 * Shrinks the window to width x height with a separable Lanczos filter of three lobes. Works on the
 * encoded (gamma) values, as image programs do, with which reviewers compare. Fixed point: the same
 * bytes on every machine. The window must lie in the raster, and must not be smaller than the
 * result by more than rounding. 0, -EINVAL, -ENOMEM.
 */
int raster_resize(const Raster *raster, const RasterWindow *window, uint32_t width, uint32_t height,
                  Raster *ret);

/* Luma of JFIF (0.299, 0.587, 0.114), one byte for each pixel. The caller frees it. */
int raster_luma(const Raster *raster, uint8_t **ret);
