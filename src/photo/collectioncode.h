/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Whether the picture holds a QR code, because somebody dropped the collection code instead of the
 * photo [P9]: one that can be read, or at least recognised by its corners. Never uses or keeps the
 * content of the code. Light codes on dark pages are found as well. Returns 1, 0 or -ENOMEM.
 */
int collection_code_find(const uint8_t *luma, uint32_t width, uint32_t height);
