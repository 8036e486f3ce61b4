/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Cascades of boosted Haar features (Viola and Jones; Lienhart), read from OpenCV's XML of type
 * "opencv-cascade-classifier" and evaluated as OpenCV does, without OpenCV: one small program file
 * instead of 27 libraries. Upright features only.
 */
typedef struct Cascade Cascade;

/* xml is not used afterwards. 0; -EBADMSG: it is malformed, of another type, or beyond the limits
 * (4 MiB, depth 16, 20000 features, 64 stages); -ENOMEM. */
int cascade_parse(const void *xml, size_t size, Cascade **ret);
void cascade_free(Cascade *cascade);
DEFINE_CLEANUP(Cascade, cascade_free)

typedef struct CascadeBox {
        double x;
        double y;
        double size;         /* boxes are square */
        unsigned neighbours; /* how many windows were merged into it */
} CascadeBox;

typedef struct CascadeWish {
        double min_size; /* sides of the boxes, in pixels of the picture */
        double max_size;
        double step;             /* from scale to scale, such as 1.1 */
        unsigned min_neighbours; /* a box needs more windows than this */
} CascadeWish;

/*
 * Finds boxes in a grey picture, at most `max`; those with most neighbours come first. Returns
 * their number or -ENOMEM. Threads may share a cascade.
 */
int cascade_detect(const Cascade *cascade, const uint8_t *luma, uint32_t width, uint32_t height,
                   const CascadeWish *wish, CascadeBox *boxes, size_t max);
