/* SPDX-License-Identifier: MIT */
#pragma once

#include "encode.h"

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
