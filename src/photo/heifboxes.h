/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* What libheif does not tell of a file, read from its boxes: whether it is a sequence, and how the
 * picture is to be turned. */
typedef struct HeifBoxes {
        bool sequence; /* the brand of the file is that of a moving picture */
        bool grid;     /* it is put together of tiles, which are decoded one after the other */
        bool mirrored;
        bool cropped;
        unsigned turn; /* quarters against the clock; only if every picture has the same */
} HeifBoxes;

/* Never fails; what is damaged is found by the library. */
void heif_boxes_read(const uint8_t *data, size_t size, HeifBoxes *ret);
