/* SPDX-License-Identifier: MIT */
#pragma once

#include "raster.h"
#include <idphoto/photo.h>

/* A finished JPEG in memory. */
typedef struct Encoded {
        uint8_t *data; /* owned */
        size_t size;
        unsigned quality; /* 0: coefficients copied */
        bool full_chroma; /* 4:4:4 */
} Encoded;

void encoded_done(Encoded *encoded);
#define _cleanup_encoded_ _cleanup_(encoded_done)

/* Makes a JPEG by [P3]: baseline, JFIF at 300 dpi, optimised tables, no metadata. 0, -ENOMEM. */
int encode_jpeg(const Raster *raster, unsigned quality, bool full_chroma, Encoded *ret);
