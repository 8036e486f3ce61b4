/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Whether the picture shows the finder patterns of a QR code (ISO/IEC 18004, 6.3.3): squares in
 * whose middle dark and light alternate as 1:1:3:1:1 in every direction. Two in one row or column,
 * as large as each other, are enough: so are codes recognised that are cut off, without a quiet
 * zone, or out of focus, and that no reader can read. light: of a light code on a dark page. 1, 0
 * or -ENOMEM.
 */
int finder_patterns_find(const uint8_t *luma, uint32_t width, uint32_t height, bool light);
