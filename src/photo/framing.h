/* SPDX-License-Identifier: MIT */
#pragma once

#include "raster.h"
#include <idphoto/photo.h>

/* A head in a picture, in the picture's pixels. */
typedef struct FramingHead {
        double crown; /* first row; NAN: unknown, then it follows from the proportions of heads */
        double eye_line;
        double width;  /* between the cheeks */
        double centre; /* column */
} FramingHead;

typedef struct Framing {
        RasterWindow window; /* 3:4, within the picture */
        bool fits;           /* the head lies within the bands there */
} Framing;

/*
 * Chooses the part of a picture that the finished photo shows [P10]: crown, eyes, width and centre
 * of the head lie within the bands of the rules, the part has at least the pixels of the finished
 * photo, and of all such parts it is the largest, and then the one nearest to the middle of the
 * picture. Keeps a distance from the bounds where it can, because the measures err, and takes bands
 * that reject for those that warn where it must. Where nothing fits it chooses what comes nearest.
 * A picture smaller than the finished photo gives the part that needs the least enlarging.
 */
void framing_choose(const FramingHead *head, uint32_t width, uint32_t height,
                    const PhotoRules *rules, Framing *ret);
