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

/*
 * Encodes at the best quality whose size fits the rules. Tries 4:2:0 first, which leaves more bytes
 * to luma, and 4:4:4 when even quality 100 of 4:2:0 leaves room. Returns 1 with the JPEG in *ret; 0
 * with a finding when no quality fits; -ENOMEM.
 */
int encode_to_fit(const Raster *raster, const PhotoRules *rules, Encoded *ret, Findings *findings);

/*
 * Encodes in 4:4:4 at the best quality whose size fits the rules. Returns 1 with the JPEG in *ret;
 * 0 when no quality fits; -ENOMEM.
 */
int encode_best(const Raster *raster, const PhotoRules *rules, Encoded *ret);
