/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* CIELAB under D65, from sRGB. */
typedef struct Lab {
        float l, a, b;
} Lab;

/* Converts three bytes, R, G and B. */
Lab lab_from_rgb(const uint8_t *rgb);

/* CIE76 distance. */
float lab_distance(const Lab *x, const Lab *y);
