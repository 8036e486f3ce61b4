/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include <string.h>

static unsigned shrink_of(const CanvasWish *wish)
{
        const RasterWindow *window = wish->window;

        return decode_shrink(window ? (uint32_t)window->width : wish->width,
                             window ? (uint32_t)window->height : wish->height, wish->want_width,
                             wish->want_height);
}

static DecodedPart part_of(const CanvasWish *wish)
{
        unsigned shrink = shrink_of(wish);

        return decode_part(wish->window, shrink, (wish->width + shrink - 1) / shrink,
                           (wish->height + shrink - 1) / shrink);
}

uint64_t canvas_pixels(const CanvasWish *wish)
{
        DecodedPart part = part_of(wish);

        return (uint64_t)part.width * part.height;
}

uint64_t canvas_memory(const CanvasWish *wish)
{
        return canvas_pixels(wish) * 3 + (uint64_t)part_of(wish).width * 3 * sizeof(uint32_t);
}

int canvas_begin(Canvas *canvas, const CanvasWish *wish)
{
        DecodedPart part = part_of(wish);
        Canvas new = {
                .x = part.x,
                .y = part.y,
                .shrink = shrink_of(wish),
                .step = shrink_of(wish),
                .width = wish->width,
                .height = wish->height,
                .first_column = part.x,
                .first_row = part.y,
        };
        int r = raster_new(part.width, part.height, &new.raster);

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

void canvas_expect_raster(Canvas *canvas)
{
        canvas->step = 1;
        canvas->first_column = 0;
        canvas->first_row = 0;
        canvas->width = canvas->raster.width;
        canvas->height = canvas->raster.height;
}

static void add_row(Canvas *canvas, const uint8_t *rgba)
{
        const uint32_t first = canvas->first_column * canvas->step;
        const uint32_t n = MIN(canvas->raster.width * canvas->step, canvas->width - first);
        uint32_t *sum = canvas->sums;
        unsigned column = 0;

        rgba += (size_t)first * 4;
        for (uint32_t x = 0; x < n; x++, rgba += 4) {
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
        const uint32_t y = (canvas->row - 1) / step - canvas->first_row;
        uint8_t *out = canvas->raster.pixels + (size_t)y * canvas->raster.width * 3;
        const uint32_t *sum = canvas->sums;

        for (uint32_t x = 0; x < canvas->raster.width; x++) {
                const uint32_t n =
                        MIN(step, canvas->width - (canvas->first_column + x) * step) * rows;

                for (unsigned c = 0; c < 3; c++)
                        *out++ = (uint8_t)((*sum++ + n / 2) / n);
        }
        memset(canvas->sums, 0, (size_t)canvas->raster.width * 3 * sizeof(*canvas->sums));
}

void canvas_put(Canvas *canvas, const uint8_t *rgba)
{
        const uint32_t y = canvas->row / canvas->step;
        const bool kept = y >= canvas->first_row && y - canvas->first_row < canvas->raster.height;

        if (canvas->row == canvas->height)
                return;
        if (kept)
                add_row(canvas, rgba);
        canvas->row++;
        if (kept && (canvas->row % canvas->step == 0 || canvas->row == canvas->height))
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
