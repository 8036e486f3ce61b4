/* SPDX-License-Identifier: MIT */
#pragma once

#include "lab.h"
#include "raster.h"

/* Columns and rows of a raster; the last ones are not included. */
typedef struct Patch {
        uint32_t x0, x1, y0, y1;
} Patch;

/* What lies in the raster of that rectangle, and at least one pixel of it. */
static inline Patch patch_within(const Raster *raster, double x0, double x1, double y0, double y1)
{
        Patch patch = {
                .x0 = (uint32_t)CLAMP(x0, 0.0, raster->width - 1.0),
                .y0 = (uint32_t)CLAMP(y0, 0.0, raster->height - 1.0),
        };

        patch.x1 = (uint32_t)CLAMP(x1, patch.x0 + 1.0, (double)raster->width);
        patch.y1 = (uint32_t)CLAMP(y1, patch.y0 + 1.0, (double)raster->height);
        return patch;
}

static inline Patch patch_around(const Raster *raster, double x, double y, double reach)
{
        return patch_within(raster, x - reach, x + reach, y - reach, y + reach);
}

/* The colour of its mean. */
static inline Lab patch_mean(const Raster *raster, const Patch *patch)
{
        uint32_t sums[3] = {}, n = (patch->x1 - patch->x0) * (patch->y1 - patch->y0);
        uint8_t rgb[3];

        for (uint32_t y = patch->y0; y < patch->y1; y++) {
                const uint8_t *p = raster_at(raster, patch->x0, y);

                for (uint32_t x = patch->x0; x < patch->x1; x++, p += 3)
                        for (int k = 0; k < 3; k++)
                                sums[k] += p[k];
        }
        for (int k = 0; k < 3; k++)
                rgb[k] = (uint8_t)((sums[k] + n / 2) / n);
        return lab_from_rgb(rgb);
}
