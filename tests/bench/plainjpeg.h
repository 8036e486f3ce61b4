/* SPDX-License-Identifier: MIT */
#pragma once

#include <photo/encode.h>
#include <photo/raster.h>

/*
 * libjpeg-turbo alone, as its own examples use it and with its default settings: the yardstick of
 * what must be paid in any case. Input must be sane; a damaged JPEG is -EBADMSG.
 */

/* Decodes to RGB with both sides times scale/8, rounded up. scale is 1 to 8. */
int plain_jpeg_decode(const void *data, size_t size, unsigned scale, Raster *ret);

/* The smallest scale at which the picture still covers width x height; 8 when none does. */
int plain_jpeg_scale(const void *data, size_t size, uint32_t width, uint32_t height, unsigned *ret);

/* Encodes as 4:2:0 with optimised Huffman tables. */
int plain_jpeg_encode(const Raster *raster, unsigned quality, Encoded *ret);
