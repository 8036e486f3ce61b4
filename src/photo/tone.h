/* SPDX-License-Identifier: MIT */
#pragma once

#include "judging.h"
#include "raster.h"

/* Measures the tones and the sharpness of a whole picture. Values are those of PHOTO_MEASURE_*; NAN where
 * a measure does not apply. */

/* The ratio of small steps on the 8-pixel grid to those off it, in the middle of an unscaled luma.
 * NAN below 64 pixels. */
double tone_block_edge(const uint8_t *luma, uint32_t width, uint32_t height);

/* Judges the measures of the whole finished photo. coloured: the format of the file allows colour;
 * otherwise its lack was reported already. lit: the backdrop shows that the light is right, however
 * dark the clothes are. */
void tone_judge(const Raster *photo, const uint8_t *luma, bool coloured, bool lit,
                const Judging *judging);
