/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "judging.h"
#include "raster.h"

/* Measures the tones and the sharpness of a face. Values are those of PHOTO_MEASURE_*; NAN where a
 * measure does not apply. */

/* Hints about the face (PHOTO_MEASURES); NAN without a face. photo and luma are 480 x 640. */
double facetone_contrast(const uint8_t *luma, const Face *face);
double facetone_cast(const Raster *photo, const Face *face);
double facetone_side_light(const Raster *photo, const Face *face);
/* Immerkaer's estimate of the noise. */
double facetone_grain(const uint8_t *luma, const Face *face);

/* Judges the measures of the face, or of the centre of the frame when no face was found. */
void facetone_judge(const Raster *photo, const uint8_t *luma, const Face *face,
                    const Judging *judging);
