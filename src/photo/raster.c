/* SPDX-License-Identifier: MIT */
#include "raster.h"

#include "fast.h"

#include <math.h>
#include <string.h>

enum {
        SIDE_MAX = 65500, /* libjpeg's own */
        PIXELS_MAX = 64 * 1000 * 1000,
};

int raster_new(uint32_t width, uint32_t height, Raster *ret)
{
        uint8_t *pixels;

        if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX ||
            (uint64_t)width * height > PIXELS_MAX)
                return -EOVERFLOW;
        pixels = malloc((size_t)width * height * 3);
        if (!pixels)
                return -ENOMEM;
        *ret = (Raster){.width = width, .height = height, .pixels = pixels};
        return 0;
}

void raster_done(Raster *raster)
{
        free(raster->pixels);
        *raster = (Raster){};
}

int raster_turn(const Raster *raster, uint32_t orientation, Raster *ret)
{
        bool sideways = orientation == 6 || orientation == 8;
        uint32_t w = raster->width, h = raster->height;
        Raster turned;
        uint8_t *out;
        int r;

        if (orientation != 1 && orientation != 3 && !sideways)
                return -EINVAL;
        r = raster_new(sideways ? h : w, sideways ? w : h, &turned);
        if (r < 0)
                return r;
        out = turned.pixels;
        if (orientation == 1)
                memcpy(out, raster->pixels, (size_t)w * h * 3);
        for (uint32_t y = 0; y < turned.height && orientation != 1; y++) {
                for (uint32_t x = 0; x < turned.width; x++, out += 3) {
                        const uint8_t *in;

                        if (orientation == 6)
                                in = raster_at(raster, y, h - 1 - x);
                        else if (orientation == 8)
                                in = raster_at(raster, w - 1 - y, x);
                        else if (orientation == 3)
                                in = raster_at(raster, w - 1 - x, h - 1 - y);
                        else
                                in = raster_at(raster, x, y);
                        memcpy(out, in, 3);
                }
        }
        *ret = turned;
        return 0;
}

FAST static void make_luma(const uint8_t *p, size_t n, uint8_t *luma)
{
        for (size_t i = 0; i < n; i++)
                luma[i] = (uint8_t)((19595u * p[3 * i] + 38470u * p[3 * i + 1] +
                                     7471u * p[3 * i + 2] + 32768u) >>
                                    16);
}

int raster_luma(const Raster *raster, uint8_t **ret)
{
        size_t n = (size_t)raster->width * raster->height;
        uint8_t *luma = malloc(n);

        if (!luma)
                return -ENOMEM;
        make_luma(raster->pixels, n, luma);
        *ret = luma;
        return 0;
}
