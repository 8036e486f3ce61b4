/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Perceptual hash of a 480 x 640 luma: which of the 64 lowest waves of its inner part lie above
 * their median. Saved again or scaled, a picture keeps it but for a bit or two. Never 0. */
uint64_t phash_luma(const uint8_t *luma);
