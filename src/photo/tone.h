/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "raster.h"
#include <idphoto/photo.h>

/* What can be said of a picture's tones and sharpness. Values are PHOTO_MEASURE_*'s; NAN where a
 * measure does not apply. */

/* Small steps on the 8-pixel grid over those off it, in the middle of an unscaled luma; NAN below
 * 64 pixels. */
double tone_block_edge(const uint8_t *luma, uint32_t width, uint32_t height);

/* Hints of the face; NAN without one. luma of 480 x 640. */
double tone_contrast(const uint8_t *luma, const Face *face);
double tone_cast(const Raster *photo, const Face *face);
double tone_side_light(const Raster *photo, const Face *face);
/* Immerkaer's estimate of the noise. */
double tone_grain(const uint8_t *luma, const Face *face);

/* The measures of the whole finished photo. coloured: whether the file could hold colour at all;
 * the lack of it is not told twice. */
void tone_judge(const Raster *photo, const uint8_t *luma, bool coloured, const PhotoRules *rules,
                Findings *findings);
/* Those of the face, or of the frame's centre where none was found. */
void tone_judge_face(const Raster *photo, const uint8_t *luma, const Face *face,
                     const PhotoRules *rules, Findings *findings);
