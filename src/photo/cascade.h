/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Cascades of boosted Haar features (Viola and Jones; Lienhart). They are read from OpenCV's XML of
 * type "opencv-cascade-classifier" and evaluated as OpenCV does, but without OpenCV and its 27
 * libraries. Only upright features are supported.
 */
typedef struct Cascade Cascade;

/* Parses a cascade. Keeps no reference to xml. 0; -EBADMSG: the XML is malformed, of another type,
 * or beyond the limits (4 MiB, depth 16, 20000 features, 64 stages); -ENOMEM. */
int cascade_parse(const void *xml, size_t size, Cascade **ret);
void cascade_free(Cascade *cascade);
DEFINE_CLEANUP(Cascade, cascade_free)

typedef struct CascadeBox {
        double x;
        double y;
        double size;         /* boxes are square */
        unsigned neighbours; /* number of windows merged into it */
} CascadeBox;

typedef struct CascadeWish {
        double min_size; /* sides of the boxes, in pixels of the picture */
        double max_size;
        double step;             /* ratio of one scale to the last, such as 1.1 */
        unsigned min_neighbours; /* a box must have more neighbours than this */
} CascadeWish;

/*
 * Finds at most `max` boxes in a grey picture, those with most neighbours first. Returns their
 * number or -ENOMEM. Threads may share a cascade.
 */
int cascade_detect(const Cascade *cascade, const uint8_t *luma, uint32_t width, uint32_t height,
                   const CascadeWish *wish, CascadeBox *boxes, size_t max);
