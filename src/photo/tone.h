/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "raster.h"
#include <idphoto/photo.h>

/* What can be said of a picture's tones and sharpness. Values are PHOTO_MEASURE_*'s; NAN where a
 * measure does not apply. */

double tone_detail(const uint8_t *luma, size_t n);
double tone_chroma(const Raster *photo);
double tone_hue_concentration(const Raster *photo);
/* Luma below which 95 of 100 pixels lie. */
double tone_brightest(const uint8_t *luma, size_t n);
/* Of the inner face; face may be NULL. luma of 480 x 640. */
double tone_burnt(const uint8_t *luma, const Face *face);
/* Laplacian variance of the centre of a 480 x 640 luma; NAN where light is too poor to tell. */
double tone_sharpness(const uint8_t *luma);
/* Crete's blur of the face. */
double tone_face_blur(const uint8_t *luma, const Face *face);
/* Small steps on the 8-pixel grid over those off it, in the middle of an unscaled luma; NAN below
 * 64 pixels. */
double tone_block_edge(const uint8_t *luma, uint32_t width, uint32_t height);

/* How much redder an eye is than the cheek below it, CIELAB a*; NAN without eyes. */
double tone_red_eye(const Raster *photo, const Face *face);

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
