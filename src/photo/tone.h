/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "raster.h"
#include <idphoto/photo.h>

/* Measures the tones and the sharpness of a picture. Values are those of PHOTO_MEASURE_*; NAN where
 * a measure does not apply. */

/* The ratio of small steps on the 8-pixel grid to those off it, in the middle of an unscaled luma.
 * NAN below 64 pixels. */
double tone_block_edge(const uint8_t *luma, uint32_t width, uint32_t height);

/* Hints about the face (PHOTO_MEASURES); NAN without a face. photo and luma are 480 x 640. */
double tone_contrast(const uint8_t *luma, const Face *face);
double tone_cast(const Raster *photo, const Face *face);
double tone_side_light(const Raster *photo, const Face *face);
/* Immerkaer's estimate of the noise. */
double tone_grain(const uint8_t *luma, const Face *face);

/* Judges the measures of the whole finished photo. coloured: the format of the file allows colour;
 * otherwise its lack was reported already. */
void tone_judge(const Raster *photo, const uint8_t *luma, bool coloured, const PhotoRules *rules,
                Findings *findings);
/* Judges the measures of the face, or of the centre of the frame when no face was found. */
void tone_judge_face(const Raster *photo, const uint8_t *luma, const Face *face,
                     const PhotoRules *rules, Findings *findings);
