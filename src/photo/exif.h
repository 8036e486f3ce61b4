/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * The two things that EXIF is asked: which way up, and when. A reader of its own instead of
 * libexif: three tags of two directories need a hundred lines that allocate nothing, follow no
 * chain and can be read whole, where libexif parses every maker note first (measured surface, not
 * distrust: most of its published faults were in maker notes, which are never looked at here).
 */
typedef struct Exif {
        uint32_t orientation; /* 1..8; 1 where absent or invalid */
        int64_t taken;        /* as PhotoInfo.taken */
} Exif;

/* data is the TIFF part: what follows "Exif\0\0". Damage means defaults. */
void exif_read(const uint8_t *data, size_t size, Exif *ret);
