/* SPDX-License-Identifier: MIT */
#pragma once

#include <photo/raster.h>

/*
 * Draws ID portraits of people who do not exist: ellipses, shading and grain. Not art, but close
 * enough to a photo that a face detector finds exactly one face in it and that every check of an
 * examiner has something true to look at.
 */

typedef struct PortraitWish {
        uint64_t seed;       /* hair, skin, clothes and features follow from it */
        uint8_t backdrop[3]; /* {100, 197, 255} in the standard */
        double zoom;         /* 1: as the standard wants it; 0.7 too small, 1.5 too large */
        double shift_x;      /* pixels at 480 x 640 */
        double shift_y;
        double tilt;  /* degrees */
        double grain; /* standard deviation of the sensor noise in levels */
        bool quick;   /* drawn at half size and doubled: four times as fast, a little soft */
} PortraitWish;

/* A compliant portrait for the seed. */
void portrait_wish_default(uint64_t seed, PortraitWish *ret);

/* Where things were drawn, at 480 x 640: the truth for tests. */
typedef struct PortraitTruth {
        double crown;
        double eye_line;
        double face_width;
        double centre;
} PortraitTruth;

/* ret_truth may be NULL. 0, -ENOMEM, -EOVERFLOW. */
int portrait_draw(const PortraitWish *wish, uint32_t width, uint32_t height, Raster *ret,
                  PortraitTruth *ret_truth);
