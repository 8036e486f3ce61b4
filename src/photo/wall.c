/* SPDX-License-Identifier: MIT */
#include "wall.h"

#include <math.h>

/* Chroma up to which a colour has no hue to speak of, and up to which lamps tint a white wall. */
static const float NEUTRAL = 8, INDOOR_TINT = 10;

static float from_neutral(const Lab *allowed, const Lab *wall)
{
        float l = wall->l - allowed->l, chroma = hypotf(wall->a, wall->b);

        if (l < 0)
                l *= 1.12f;
        return hypotf(l, chroma + 2 * fmaxf(chroma - INDOOR_TINT, 0));
}

static float from_coloured(const Lab *allowed, const Lab *wall)
{
        float l = wall->l - allowed->l;
        float c0 = hypotf(allowed->a, allowed->b), c = hypotf(wall->a, wall->b);
        float turn = atan2f(allowed->a * wall->b - allowed->b * wall->a,
                            allowed->a * wall->a + allowed->b * wall->b);
        float hue = 2 * sqrtf(c0 * c) * sinf(fabsf(turn) / 2);

        if (l < 0)
                l *= 1.35f;
        if (turn > 0)
                hue *= 1.6f;
        return hypotf(hypotf(l, c - c0), hue);
}

float wall_distance(const Lab *allowed, const Lab *wall)
{
        return hypotf(allowed->a, allowed->b) < NEUTRAL ? from_neutral(allowed, wall)
                                                        : from_coloured(allowed, wall);
}
