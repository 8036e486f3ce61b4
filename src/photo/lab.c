/* SPDX-License-Identifier: MIT */
#include "lab.h"

#include <math.h>

static float linear(uint8_t byte)
{
        float v = (float)byte / 255;

        return v <= 0.04045f ? v / 12.92f : powf((v + 0.055f) / 1.055f, 2.4f);
}

static float cube_root(float t)
{
        return t > 216.0f / 24389 ? cbrtf(t) : (24389.0f / 27 * t + 16) / 116;
}

Lab lab_from_rgb(const uint8_t *rgb)
{
        float r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
        float x = cube_root((0.4124564f * r + 0.3575761f * g + 0.1804375f * b) / 0.95047f);
        float y = cube_root(0.2126729f * r + 0.7151522f * g + 0.0721750f * b);
        float z = cube_root((0.0193339f * r + 0.1191920f * g + 0.9503041f * b) / 1.08883f);

        return (Lab){.l = 116 * y - 16, .a = 500 * (x - y), .b = 200 * (y - z)};
}

float lab_distance(const Lab *x, const Lab *y)
{
        float l = x->l - y->l, a = x->a - y->a, b = x->b - y->b;

        return sqrtf(l * l + a * a + b * b);
}
