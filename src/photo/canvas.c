/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include <string.h>

uint64_t canvas_memory(uint32_t width, uint32_t height, uint32_t want_width, uint32_t want_height)
{
        unsigned shrink = decode_shrink(width, height, want_width, want_height);
        uint64_t columns = width / shrink + 1, rows = height / shrink + 1;

        return columns * rows * 3 + columns * 3 * sizeof(uint32_t);
}

int canvas_begin(Canvas *canvas, uint32_t width, uint32_t height, uint32_t want_width,
                 uint32_t want_height)
{
        unsigned shrink = decode_shrink(width, height, want_width, want_height);
        Canvas new = {.shrink = shrink, .step = shrink, .width = width, .height = height};
        int r;

        r = raster_new((width + shrink - 1) / shrink, (height + shrink - 1) / shrink, &new.raster);
        if (r < 0)
                return r;
        new.sums = calloc((size_t) new.raster.width * 3, sizeof(*new.sums));
        if (!new.sums) {
                raster_done(&new.raster);
                return -ENOMEM;
        }
        *canvas = new;
        return 0;
}

void canvas_expect_shrunk(Canvas *canvas)
{
        canvas->step = 1;
        canvas->width = canvas->raster.width;
        canvas->height = canvas->raster.height;
}

static void add_row(Canvas *canvas, const uint8_t *rgba)
{
        uint32_t *sum = canvas->sums;
        unsigned column = 0;

        for (uint32_t x = 0; x < canvas->width; x++, rgba += 4) {
                const unsigned opaque = rgba[3];

                for (unsigned c = 0; c < 3; c++)
                        sum[c] += opaque == 255
                                          ? rgba[c]
                                          : (rgba[c] * opaque + 255 * (255 - opaque) + 127) / 255;
                canvas->see_through |= opaque != 255;
                if (++column == canvas->step) {
                        column = 0;
                        sum += 3;
                }
        }
}

/* The last row and the last column may be of fewer pixels. */
static void finish_row(Canvas *canvas)
{
        const unsigned step = canvas->step;
        const uint32_t rows = (canvas->row - 1) % step + 1;
        uint8_t *out = canvas->raster.pixels +
                       (size_t)((canvas->row - 1) / step) * canvas->raster.width * 3;
        const uint32_t *sum = canvas->sums;

        for (uint32_t x = 0; x < canvas->raster.width; x++) {
                const uint32_t n = MIN(step, canvas->width - x * step) * rows;

                for (unsigned c = 0; c < 3; c++)
                        *out++ = (uint8_t)((*sum++ + n / 2) / n);
        }
        memset(canvas->sums, 0, (size_t)canvas->raster.width * 3 * sizeof(*canvas->sums));
}

void canvas_put(Canvas *canvas, const uint8_t *rgba)
{
        if (canvas->row == canvas->height)
                return;
        add_row(canvas, rgba);
        canvas->row++;
        if (canvas->row % canvas->step == 0 || canvas->row == canvas->height)
                finish_row(canvas);
}

void canvas_put16(Canvas *canvas, uint16_t *rgba)
{
        uint8_t *narrow = (uint8_t *)rgba;

        /* In place: what is written lies before what is read. */
        for (size_t i = 0; i < (size_t)canvas->width * 4; i++)
                narrow[i] = (uint8_t)((rgba[i] * 255u + 32767u) / 65535u);
        canvas_put(canvas, narrow);
}

void canvas_done(Canvas *canvas)
{
        raster_done(&canvas->raster);
        free(canvas->sums);
        *canvas = (Canvas){};
}
