/* SPDX-License-Identifier: MIT */
#include "facetone.h"

#include "fast.h"
#include "patch.h"
#include "percentile.h"

#include <math.h>
#include <string.h>

enum {
        BURNT_FROM = 247,
        /* Without a face: the part of the frame that a face fills in any legal photo. */
        CENTRE_X = 140,
        CENTRE_Y = 180,
        CENTRE_WIDTH = 200,
        CENTRE_HEIGHT = 280,
};

typedef struct Area {
        uint32_t x0, y0, x1, y1;
} Area;

/* The area inside the outline of the face, between brow and chin; without a face, the centre of the
 * frame. */
static Area face_area(const Face *face)
{
        const CascadeBox *box;

        if (!face || face->n_boxes == 0)
                return (Area){CENTRE_X, CENTRE_Y, CENTRE_X + CENTRE_WIDTH,
                              CENTRE_Y + CENTRE_HEIGHT};
        box = &face->boxes[0];
        return (Area){
                .x0 = (uint32_t)CLAMP(box->x + 0.2 * box->size, 0.0, PHOTO_WIDTH - 1.0),
                .y0 = (uint32_t)CLAMP(box->y + 0.2 * box->size, 0.0, PHOTO_HEIGHT - 1.0),
                .x1 = (uint32_t)CLAMP(box->x + 0.8 * box->size, 1.0, (double)PHOTO_WIDTH),
                .y1 = (uint32_t)CLAMP(box->y + 0.9 * box->size, 1.0, (double)PHOTO_HEIGHT),
        };
}

/* Of the inner face; face may be NULL. luma of 480 x 640. */
static double facetone_burnt(const uint8_t *luma, const Face *face)
{
        Area area = face_area(face);
        size_t burnt = 0, n = 0;

        for (uint32_t y = area.y0; y < area.y1; y++)
                for (uint32_t x = area.x0; x < area.x1; x++, n++)
                        if (luma[(size_t)y * PHOTO_WIDTH + x] >= BURNT_FROM)
                                burnt++;
        return n > 0 ? 100.0 * (double)burnt / (double)n : NAN;
}

enum { FACE_SIDE = 235, BLUR_TAPS = 9 };

/* Cuts the box of the face and scales it bilinearly until the face is 200 wide, so that blur means
 * the same for every head. */
static void cut_face(const uint8_t *luma, const CascadeBox *box, float *out)
{
        double step = box->size / FACE_SIDE;

        for (int y = 0; y < FACE_SIDE; y++) {
                double v = CLAMP(box->y + (y + 0.5) * step - 0.5, 0.0, PHOTO_HEIGHT - 1.001);

                for (int x = 0; x < FACE_SIDE; x++) {
                        double u = CLAMP(box->x + (x + 0.5) * step - 0.5, 0.0, PHOTO_WIDTH - 1.001);
                        const uint8_t *p = luma + (size_t)v * PHOTO_WIDTH + (size_t)u;
                        double fu = u - floor(u), fv = v - floor(v);

                        out[y * FACE_SIDE + x] =
                                (float)((p[0] * (1 - fu) + p[1] * fu) * (1 - fv) +
                                        (p[PHOTO_WIDTH] * (1 - fu) + p[PHOTO_WIDTH + 1] * fu) * fv);
                }
        }
}

/* The share of the differences between neighbours along the columns that a further blur of nine taps
 * leaves. All columns go side by side, which processors do in parallel. */
FAST static double crete(const float *v)
{
        float all[FACE_SIDE] = {}, lost[FACE_SIDE] = {}, before[FACE_SIDE] = {};
        double sum_all = 0, sum_lost = 0;

        for (int y = 0; y + BLUR_TAPS <= FACE_SIDE; y++) {
                const float *p = v + y * FACE_SIDE, *middle = p + BLUR_TAPS / 2 * FACE_SIDE;
                float sums[FACE_SIDE] = {};

                for (int k = 0; k < BLUR_TAPS; k++)
                        for (int x = 0; x < FACE_SIDE; x++)
                                sums[x] += p[k * FACE_SIDE + x];
                for (int x = 0; x < FACE_SIDE && y > 0; x++) {
                        float d = fabsf(middle[x] - middle[x - FACE_SIDE]);
                        float blurred = fabsf(sums[x] - before[x]) / BLUR_TAPS;

                        all[x] += d;
                        lost[x] += d > blurred ? d - blurred : 0;
                }
                memcpy(before, sums, sizeof(before));
        }
        for (int x = 0; x < FACE_SIDE; x++) {
                sum_all += all[x];
                sum_lost += lost[x];
        }
        return sum_all > 0 ? (sum_all - sum_lost) / sum_all : NAN;
}

static void transpose(const float *in, float *out)
{
        for (int y = 0; y < FACE_SIDE; y++)
                for (int x = 0; x < FACE_SIDE; x++)
                        out[x * FACE_SIDE + y] = in[y * FACE_SIDE + x];
}

/* Crete's blur of the face. */
static double facetone_blur(const uint8_t *luma, const Face *face)
{
        _cleanup_free_ float *cut = NULL;
        double down;

        if (!face || face->n_boxes == 0)
                return NAN;
        cut = malloc(2 * sizeof(*cut) * FACE_SIDE * FACE_SIDE);
        if (!cut)
                return NAN;
        cut_face(luma, &face->boxes[0], cut);
        down = crete(cut);
        transpose(cut, cut + FACE_SIDE * FACE_SIDE);
        return fmax(down, crete(cut + FACE_SIDE * FACE_SIDE));
}

/* A percentile of a* in a disc. */
static double redness(const Raster *photo, double x, double y, double reach, double share)
{
        int x0 = (int)CLAMP(x - reach, 0.0, PHOTO_WIDTH - 1.0), x1 = (int)(x + reach) + 1;
        int y0 = (int)CLAMP(y - reach, 0.0, PHOTO_HEIGHT - 1.0), y1 = (int)(y + reach) + 1;
        uint32_t histogram[256] = {};
        size_t n = 0;

        for (int j = y0; j < MIN(y1, (int)PHOTO_HEIGHT); j++) {
                for (int i = x0; i < MIN(x1, (int)PHOTO_WIDTH); i++) {
                        Lab lab;

                        if (hypot(i + 0.5 - x, j + 0.5 - y) > reach)
                                continue;
                        lab = lab_from_rgb(raster_at(photo, (uint32_t)i, (uint32_t)j));
                        histogram[(int)CLAMP(lab.a + 128, 0.0f, 255.0f)]++;
                        n++;
                }
        }
        return n > 0 ? percentile(histogram, n, share) - 128 : NAN;
}

/* The range of all cheeks in white light, measured on the same portraits as the bands
 * (src/domain/photorules.c). */
static const double SKIN_A_MIN = 4, SKIN_A_MAX = 31, SKIN_B_MIN = 5, SKIN_B_MAX = 38;
/* Lighter skin than this is burnt out, and has no colour of its own. */
static const double SKIN_L_MAX = 88;

static double distance_from_skin(const Lab *lab)
{
        return hypot(lab->a - CLAMP((double)lab->a, SKIN_A_MIN, SKIN_A_MAX),
                     lab->b - CLAMP((double)lab->b, SKIN_B_MIN, SKIN_B_MAX));
}

static Lab mean_around(const Raster *photo, double x, double y, double reach)
{
        const Patch patch = patch_around(photo, x, y, reach);

        return patch_mean(photo, &patch);
}

/* Mean colour of a cheek: a square below the eye's place in the box, beside the nose. */
static Lab cheek(const Raster *photo, const CascadeBox *box, int side)
{
        return mean_around(photo, box->x + (side == 0 ? 0.30 : 0.70) * box->size,
                           box->y + 0.62 * box->size, 0.06 * box->size);
}

/* How much redder an eye is than the cheek below it, CIELAB a*. NAN without eyes, and where the
 * cheek is covered, burnt out or lit in another colour, so that nothing can be compared. */
static double facetone_red_eye(const Raster *photo, const Face *face)
{
        double worst = NAN;

        if (!face || face->n_boxes == 0)
                return NAN;
        for (int side = 0; side < 2; side++) {
                double reach = 0.04 * face->width, away = 0.28 * face->width;
                double x = face->eye_x[side], y = face->eye_y[side];
                Lab skin;

                if (!face->has_eye[side])
                        continue;
                skin = mean_around(photo, x, y + away, 2 * reach);
                if (distance_from_skin(&skin) > 0 || skin.l > SKIN_L_MAX)
                        continue;
                worst = fmax(worst, redness(photo, x, y, reach, 0.75) -
                                            redness(photo, x, y + away, 2 * reach, 0.5));
        }
        return worst;
}

/* CIELAB lightness of the cheeks; NAN without a face. */
static double facetone_light(const Raster *photo, const Face *face)
{
        double sum = 0;

        if (!face || face->n_boxes == 0)
                return NAN;
        for (int side = 0; side < 2; side++)
                sum += cheek(photo, &face->boxes[0], side).l;
        return sum / 2;
}

/* Percent of the mouth and its surroundings that is far from being of the forehead's colour and no
 * beard either: bright, and without its red and yellow. NAN where the forehead is not skin. */
static double facetone_covered(const Raster *photo, const Face *face)
{
        const CascadeBox *box = &face->boxes[0];
        size_t covered = 0, n = 0;
        Lab skin;

        if (face->n_boxes == 0)
                return NAN;
        skin = mean_around(photo, box->x + box->size / 2, box->y + 0.16 * box->size,
                           0.08 * box->size);
        if (distance_from_skin(&skin) > 0 || skin.l > SKIN_L_MAX)
                return NAN;
        for (double v = 0.68; v < 0.92; v += 0.02)
                for (double u = 0.32; u < 0.69; u += 0.02, n++) {
                        Lab lab = mean_around(photo, box->x + u * box->size, box->y + v * box->size,
                                              0.01 * box->size);

                        covered += lab.l > 45 && lab.b < 0.4 * skin.b && lab.a < 0.6 * skin.a;
                }
        return 100.0 * (double)covered / (double)n;
}

/* ---- hints ---- */

double facetone_contrast(const uint8_t *luma, const Face *face)
{
        Area area = face_area(face);
        uint32_t histogram[256] = {};
        size_t n = 0;

        if (!face || face->n_boxes == 0)
                return NAN;
        for (uint32_t y = area.y0; y < area.y1; y++)
                for (uint32_t x = area.x0; x < area.x1; x++, n++)
                        histogram[luma[(size_t)y * PHOTO_WIDTH + x]]++;
        return n > 0 ? percentile(histogram, n, 0.95) - percentile(histogram, n, 0.05) : NAN;
}

double facetone_cast(const Raster *photo, const Face *face)
{
        double away = 0;

        if (!face || face->n_boxes == 0)
                return NAN;
        for (int side = 0; side < 2; side++) {
                Lab lab = cheek(photo, &face->boxes[0], side);

                away = fmax(away, distance_from_skin(&lab));
        }
        return away;
}

double facetone_side_light(const Raster *photo, const Face *face)
{
        double light[2];

        if (!face || face->n_boxes == 0)
                return NAN;
        for (int side = 0; side < 2; side++) {
                double l = (cheek(photo, &face->boxes[0], side).l + 16) / 116;

                light[side] = fmax(l * l * l, 1e-3);
        }
        return fabs(log2(light[0] / light[1]));
}

double facetone_grain(const uint8_t *luma, const Face *face)
{
        Area area = face_area(face);
        uint64_t sum = 0, n = 0;

        if (!face || face->n_boxes == 0)
                return NAN;
        for (uint32_t y = MAX(area.y0, 1u); y < MIN(area.y1, PHOTO_HEIGHT - 1u); y++) {
                const uint8_t *p = luma + (size_t)y * PHOTO_WIDTH;
                const uint8_t *up = p - PHOTO_WIDTH, *down = p + PHOTO_WIDTH;

                for (uint32_t x = MAX(area.x0, 1u); x < MIN(area.x1, PHOTO_WIDTH - 1u); x++, n++)
                        sum += (uint32_t)abs(up[x - 1] - 2 * up[x] + up[x + 1] - 2 * p[x - 1] +
                                             4 * p[x] - 2 * p[x + 1] + down[x - 1] - 2 * down[x] +
                                             down[x + 1]);
        }
        return n > 0 ? sqrt(M_PI / 2) / 6 * (double)sum / (double)n : NAN;
}

/* Taken only when a band is set, which is seldom. */
static void judge_hints(const Raster *photo, const uint8_t *luma, const Face *face,
                        const Judging *judging)
{
        const PhotoRules *rules = judging->rules;

        if (photo_measure_wanted(rules, PHOTO_MEASURE_CONTRAST))
                (void)judge_measure(judging, PHOTO_MEASURE_CONTRAST, facetone_contrast(luma, face));
        if (photo_measure_wanted(rules, PHOTO_MEASURE_CAST))
                (void)judge_measure(judging, PHOTO_MEASURE_CAST, facetone_cast(photo, face));
        if (photo_measure_wanted(rules, PHOTO_MEASURE_SIDE_LIGHT))
                (void)judge_measure(judging, PHOTO_MEASURE_SIDE_LIGHT,
                                    facetone_side_light(photo, face));
        if (photo_measure_wanted(rules, PHOTO_MEASURE_GRAIN))
                (void)judge_measure(judging, PHOTO_MEASURE_GRAIN, facetone_grain(luma, face));
}

void facetone_judge(const Raster *photo, const uint8_t *luma, const Face *face,
                    const Judging *judging)
{
        (void)judge_measure(judging, PHOTO_MEASURE_BURNT, facetone_burnt(luma, face));
        /* The lightness of a white mask is not that of the face. */
        if (!judge_measure(judging, PHOTO_MEASURE_COVERED, facetone_covered(photo, face)))
                (void)judge_measure(judging, PHOTO_MEASURE_FACE_LIGHT, facetone_light(photo, face));
        (void)judge_measure(judging, PHOTO_MEASURE_FACE_BLUR, facetone_blur(luma, face));
        (void)judge_measure(judging, PHOTO_MEASURE_RED_EYE, facetone_red_eye(photo, face));
        judge_hints(photo, luma, face, judging);
}
