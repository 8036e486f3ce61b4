/* SPDX-License-Identifier: MIT */
#pragma once

#include "decode.h"

/*
 * Where the decoders of formats other than JPEG put their rows. It shrinks while it takes them, as
 * libjpeg does, so that a large picture never stands in memory whole, and lays what can be seen
 * through over white. Of a window it keeps nothing else.
 */
typedef struct Canvas {
        Raster raster; /* complete when all rows were put */
        uint32_t x;    /* as Decoded.x */
        uint32_t y;
        unsigned shrink;  /* sides of the picture to those of the raster, as Decoded.shrink */
        unsigned step;    /* rows and columns that are put, for each of the raster */
        bool see_through; /* some pixel was not opaque */
        uint32_t width;   /* of a row that is put */
        uint32_t height;
        uint32_t row;          /* the next */
        uint32_t first_column; /* of what is put, the first that is kept, in pixels of the raster */
        uint32_t first_row;
        uint32_t *sums; /* of the rows of one row of the raster */
} Canvas;

/* What a canvas is to show. */
typedef struct CanvasWish {
        uint32_t width; /* of the picture as stored */
        uint32_t height;
        uint32_t want_width;
        uint32_t want_height;
        const RasterWindow *window; /* the part of the picture that is kept; NULL: all of it */
} CanvasWish;

/* Pixels of the raster. */
uint64_t canvas_pixels(const CanvasWish *wish);

/* Bytes that a canvas takes. */
uint64_t canvas_memory(const CanvasWish *wish);

/* Shrinks, and takes something around a window, as decode_jpeg() and decode_jpeg_part() do. 0,
 * -ENOMEM, -EOVERFLOW. */
int canvas_begin(Canvas *canvas, const CanvasWish *wish);

/* For a decoder that cuts and shrinks by itself: the rows that it will put are those of the raster. */
void canvas_expect_raster(Canvas *canvas);

/* Puts the next row, from the top: red, green, blue and opacity of each pixel. What is beyond the
 * last row is ignored. */
void canvas_put(Canvas *canvas, const uint8_t *rgba);

/* The same of 16 bits a channel. `row` is changed. */
void canvas_put16(Canvas *canvas, uint16_t *rgba);

/* Whether all rows were put. */
static inline bool canvas_complete(const Canvas *canvas)
{
        return canvas->raster.pixels && canvas->row == canvas->height;
}

void canvas_done(Canvas *canvas);
#define _cleanup_canvas_ _cleanup_(canvas_done)
