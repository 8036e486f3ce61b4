/* SPDX-License-Identifier: MIT */
#pragma once

#include "encode.h"
#include "jpegheader.h"

/*
 * Rewrites a JPEG of the right size without touching its coefficients [P4]: the entropy coding,
 * the tables and the header become those of [P3], the pixels stay. Returns 1 with the JPEG in *ret;
 * 0 when the file does not lend itself to it (other colours than YCbCr, unusual sampling, tables
 * beyond baseline's 8 bits, size outside the rules), then it is to be encoded; -ENOMEM. The caller
 * has found the file undamaged, upright and in sRGB.
 */
int transcode_jpeg(const uint8_t *data, size_t size, const PhotoRules *rules, Encoded *ret);
