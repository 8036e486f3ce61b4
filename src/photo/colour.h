/* SPDX-License-Identifier: MIT */
#pragma once

#include "jpegheader.h"
#include "raster.h"
#include <idphoto/photo.h>

/* A transform from an embedded profile to sRGB. NULL stands for "nothing to convert". */
typedef struct Colour Colour;

/*
 * Makes the transform for the header's ICC profile [P5]. *ret is NULL when there is no profile,
 * when the profile equals sRGB (within two levels over a grid of colours), or when it is unusable:
 * broken, incomplete, or not for RGB. Adds a finding about an unusable one. 0 or -ENOMEM.
 */
int colour_new(const JpegHeader *header, Colour **ret, Findings *findings);
void colour_free(Colour *colour);
DEFINE_CLEANUP(Colour, colour_free)

/* The same for a profile in one piece. */
int colour_new_of_profile(const void *profile, size_t size, Colour **ret, Findings *findings);

/* The same for the primaries that ITU-T H.273 numbers, with sRGB's curve. *ret is NULL for sRGB's
 * own, and for those that no photo has. */
int colour_new_of_primaries(unsigned primaries, Colour **ret);

/* Converts the raster in place. Accepts NULL. */
void colour_convert(const Colour *colour, Raster *raster);
