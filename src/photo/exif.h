/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Reads two things from EXIF: the orientation, and when the photo was taken. A reader of our own
 * instead of libexif: three tags of two directories need a hundred lines that allocate nothing,
 * follow no chain and can be read in full, while libexif parses every maker note first. Most of its
 * published faults were in maker notes, which are never looked at here.
 */
typedef struct Exif {
        uint32_t orientation; /* 1..8; 1 where absent or invalid */
        int64_t taken;        /* as PhotoInfo.taken */
} Exif;

/* data is the TIFF part, which follows "Exif\0\0". Damaged data give defaults. */
void exif_read(const uint8_t *data, size_t size, Exif *ret);
