/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Reads the orientation and the time of the photo from EXIF. Three tags of two directories need a
 * hundred lines that allocate nothing and follow no chain. libexif would parse every maker note
 * first, and most of its published faults were there. This reader never looks at maker notes.
 */
typedef struct Exif {
        uint32_t orientation; /* 1..8; 1 where absent or invalid */
        int64_t taken;        /* as PhotoInfo.taken */
} Exif;

/* Reads the TIFF part, which follows "Exif\0\0". Damaged data give defaults. */
void exif_read(const uint8_t *data, size_t size, Exif *ret);
