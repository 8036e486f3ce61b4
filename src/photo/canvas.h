/* SPDX-License-Identifier: MIT */
#pragma once

#include "decode.h"

/*
 * Where the decoders of formats other than JPEG put their rows. It shrinks while it takes them, as
 * libjpeg does, so that a large picture never stands in memory whole, and lays what can be seen
 * through over white.
 */
typedef struct Canvas {
        Raster raster;    /* complete when all rows were put */
        unsigned shrink;  /* sides of the picture to those of the raster, as Decoded.shrink */
        unsigned step;    /* rows and columns that are put, for each of the raster */
        bool see_through; /* some pixel was not opaque */
        uint32_t width;   /* of a row that is put */
        uint32_t height;
        uint32_t row;   /* the next */
        uint32_t *sums; /* of the rows of one row of the raster */
} Canvas;

/* Bytes that a canvas takes. */
uint64_t canvas_memory(uint32_t width, uint32_t height, uint32_t want_width, uint32_t want_height);

/* Shrinks as decode_jpeg() does. 0, -ENOMEM, -EOVERFLOW. */
int canvas_begin(Canvas *canvas, uint32_t width, uint32_t height, uint32_t want_width,
                 uint32_t want_height);

/* For a decoder that shrinks by itself: the rows that it will put have the size of the raster. */
void canvas_expect_shrunk(Canvas *canvas);

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
