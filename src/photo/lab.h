/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <math.h>

/* CIELAB under D65, from sRGB. */
typedef struct Lab {
        float l, a, b;
} Lab;

/* Converts three bytes, R, G and B. */
Lab lab_from_rgb(const uint8_t *rgb);

/* Converts n pixels, quicker than one by one and to the same values. */
void labs_from_rgb(const uint8_t *rgb, size_t n, Lab *ret);

/* CIE76 distance. */
static inline float lab_distance(const Lab *x, const Lab *y)
{
        float l = x->l - y->l, a = x->a - y->a, b = x->b - y->b;

        return sqrtf(l * l + a * a + b * b);
}
