/* SPDX-License-Identifier: MIT */
#pragma once

#include <photo/raster.h>

/*
 * What a perfect program would show: Lanczos of three lobes in double precision over every pixel of
 * the source, never rounded on the way. Two of them, since it is a matter of taste whether light is
 * averaged as it is encoded (gamma), as most programs do, or as it is (linear).
 */

typedef struct Plane {
        uint32_t width;
        uint32_t height;
        double *values; /* 0..255, encoded as sRGB */
} Plane;

void plane_done(Plane *plane);
#define _cleanup_plane_ _cleanup_(plane_done)

enum { REFERENCE_RED, REFERENCE_GREEN, REFERENCE_BLUE, REFERENCE_CHANNELS };

/* One channel of the middle 3:4 of the source at width x height. 0, -ENOMEM. */
int reference_channel(const Raster *source, int channel, bool linear, uint32_t width,
                      uint32_t height, Plane *ret);

/* Luma of JFIF of three channels. */
int reference_luma(const Plane channels[static REFERENCE_CHANNELS], Plane *ret);

/* A channel of a raster, as it is. */
int plane_from_raster(const Raster *raster, int channel, Plane *ret);
