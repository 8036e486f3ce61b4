/* SPDX-License-Identifier: MIT */
#include "eyes.h"

#include "patch.h"

#include <math.h>

/*
 * All lengths are shares of the face's width. Measured on 54 good pictures of 24 faces, and on the
 * same with reflections and fringes painted in:
 *
 *   measure                      good             painted                        so the band
 *   reflection about an eye      2.2 % at most    15 % and more                  warns above 12 %
 *   forehead that is not skin    33 % at most     97 % and more                  warns above 60 %
 *
 * Shut eyes are left out: lids that were painted in differ from open eyes in the height of what is
 * dark, but the detector finds only half of them, and most of these at the brows. Where it finds
 * none, REASON_EYES_NOT_FOUND tells it. Open mouths are left out too: they differ from smiles by
 * less than smiles among themselves.
 */
static const double AROUND_EYE = 0.12;
static const double BELOW_EYE = 0.28, CHEEK_REACH = 0.07;
static const double FOREHEAD_FROM = 0.36, FOREHEAD_TO = 0.24, FOREHEAD_REACH = 0.16;
/* CIELAB: what differs from the cheek as no skin does, and what shines. */
static const float UNLIKE_SKIN = 22, SHINE_LIGHT = 90, SHINE_TINT = 14;
/* On lighter cheeks everything shines. */
static const float CHEEK_LIGHT_MAX = 85;

static Lab cheek_below(const Raster *photo, const Face *face, int side)
{
        double w = face->width, y = face->eye_y[side] + BELOW_EYE * w;
        const Patch patch = patch_around(photo, face->eye_x[side], y, CHEEK_REACH * w);

        return patch_mean(photo, &patch);
}

/* Percent of a disc about the eye that shines without colour. */
static double measure_shine(const Raster *photo, const Face *face, int side)
{
        double reach = AROUND_EYE * face->width, ex = face->eye_x[side], ey = face->eye_y[side];
        const Patch patch = patch_around(photo, ex, ey, reach);
        size_t shining = 0, n = 0;

        for (uint32_t y = patch.y0; y < patch.y1; y++)
                for (uint32_t x = patch.x0; x < patch.x1; x++) {
                        Lab lab;

                        if (hypot(x + 0.5 - ex, y + 0.5 - ey) > reach)
                                continue;
                        lab = lab_from_rgb(raster_at(photo, x, y));
                        shining += lab.l > SHINE_LIGHT && hypotf(lab.a, lab.b) < SHINE_TINT;
                        n++;
                }
        return n > 0 ? 100.0 * (double)shining / (double)n : 0;
}

static double measure_forehead(const Raster *photo, const Face *face, const Lab cheeks[2])
{
        double w = face->width, middle = (face->eye_x[0] + face->eye_x[1]) / 2;
        const Patch patch =
                patch_within(photo, middle - FOREHEAD_REACH * w, middle + FOREHEAD_REACH * w,
                             face->eye_line - FOREHEAD_FROM * w, face->eye_line - FOREHEAD_TO * w);
        float l = (cheeks[0].l + cheeks[1].l) / 2, a = (cheeks[0].a + cheeks[1].a) / 2;
        float b = (cheeks[0].b + cheeks[1].b) / 2;
        size_t covered = 0, n = 0;

        for (uint32_t y = patch.y0; y < patch.y1; y += 2)
                for (uint32_t x = patch.x0; x < patch.x1; x += 2, n++) {
                        Lab lab = lab_from_rgb(raster_at(photo, x, y));

                        /* Light from above may burn the forehead; hair is darker than skin. */
                        covered += lab.l < l && hypotf(0.7f * (lab.l - l),
                                                       hypotf(lab.a - a, lab.b - b)) > UNLIKE_SKIN;
                }
        return 100.0 * (double)covered / (double)n;
}

void eyes_judge(const Raster *photo, const Face *face, const Judging *judging)
{
        double shine = 0;
        Lab cheeks[2];

        if (face->n_boxes == 0 || !face->has_eye[0] || !face->has_eye[1])
                return;
        for (int side = 0; side < 2; side++) {
                cheeks[side] = cheek_below(photo, face, side);
                if (cheeks[side].l > CHEEK_LIGHT_MAX)
                        return;
                shine = fmax(shine, measure_shine(photo, face, side));
        }
        (void)judge_measure(judging, PHOTO_MEASURE_SHINE, shine);
        (void)judge_measure(judging, PHOTO_MEASURE_FOREHEAD, measure_forehead(photo, face, cheeks));
}
