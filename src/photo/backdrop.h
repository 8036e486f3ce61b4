/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "raster.h"
#include <idphoto/photo.h>

/*
 * Measures the backdrop, and the row in which the head begins. The backdrop is measured in strips
 * where a legal portrait shows nothing else: rows 4 to 27, and 30 columns at either side down to
 * the eyes, without the hair of a head that reaches into them.
 */
typedef struct Backdrop {
        uint8_t colour[3];      /* median of the strips */
        double distance;        /* of the median from the nearest allowed colour, wall_distance() */
        const char *difference; /* "red": in what it differs most from that colour */
        double spread;          /* of the strips around their median, and between their parts */
        double odd;             /* percent of strip pixels far from the median */
        double things;          /* percent of the strips that is something on the wall */
        double crown;           /* first row of the head; NAN: not found */
        double shoulders;       /* percent of the last 40 rows that is not backdrop; NAN: clothes */
        double clothes;         /* the same of clothes that are hardly seen; NAN: shoulders */
        double step;            /* longest straight step near the rim, percent of the line */
} Backdrop;

/* Measures a photo of 480 x 640 with its luma. face may be NULL. 0, -ENOMEM. */
int backdrop_measure(const Raster *photo, const uint8_t *luma, const Face *face,
                     const PhotoRules *rules, Backdrop *ret);

/* Whether the backdrop is plain and without a frame, so that the first row of the head can be
 * seen. */
bool backdrop_shows_crown(const Backdrop *backdrop, const PhotoRules *rules);

/* Whether the backdrop is as bright as its colour should be: a grey card behind the student. */
bool backdrop_is_lit(const Backdrop *backdrop, const PhotoRules *rules);

void backdrop_judge(const Backdrop *backdrop, const Judging *judging);
