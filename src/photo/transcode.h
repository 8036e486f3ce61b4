/* SPDX-License-Identifier: MIT */
#pragma once

#include "encode.h"
#include "jpegheader.h"

/*
 * Rewrites a JPEG of the right size without changing its coefficients [P4]: the entropy coding, the
 * tables and the header become those of [P3], and the pixels stay. The caller guarantees that the
 * file is undamaged, upright and in sRGB. Returns 1 with the JPEG in *ret. 0: the file is
 * unsuitable and must be encoded (colours other than YCbCr, unusual sampling, tables beyond
 * baseline's 8 bits, size outside the rules). -ENOMEM.
 */
int transcode_jpeg(const uint8_t *data, size_t size, const PhotoRules *rules, Encoded *ret);

/*
 * Takes the faintest grain out of a JPEG of encode_jpeg() that is a little too large, no more than
 * it takes to fit the rules. Its tables stay, and so does its quality. Returns 1 with the JPEG in
 * *ret; 0: it does not help enough; -ENOMEM.
 */
int transcode_thinned(const Encoded *from, const PhotoRules *rules, Encoded *ret);
