/* SPDX-License-Identifier: MIT */
#include "tone.h"

#include "lab.h"

#include <math.h>

enum {
        BURNT_FROM = 247,
        /* The part of the frame that a face fills in any legal photo. */
        CENTRE_X = 140,
        CENTRE_Y = 180,
        CENTRE_WIDTH = 200,
        CENTRE_HEIGHT = 280,
};

static double tone_detail(const uint8_t *luma, size_t n)
{
        uint64_t sum = 0, squares = 0;
        double mean;

        for (size_t i = 0; i < n; i++) {
                sum += luma[i];
                squares += (uint32_t)luma[i] * luma[i];
        }
        mean = (double)sum / (double)n;
        return sqrt(MAX((double)squares / (double)n - mean * mean, 0.0));
}

static double tone_chroma(const Raster *photo)
{
        size_t n = (size_t)photo->width * photo->height;
        const uint8_t *p = photo->pixels;
        int64_t sum = 0;

        /* In 16 fractional bits: Y is 0.299 R + 0.587 G + 0.114 B, Cb 0.564 (B - Y), Cr 0.713
         * (R - Y). */
        for (size_t i = 0; i < n; i++, p += 3) {
                int32_t r = p[0], g = p[1], b = p[2];

                sum += abs(-11052 * r - 21698 * g + 32750 * b) +
                       abs(32756 * r - 27429 * g - 5327 * b);
        }
        return (double)sum / 65536 / (double)n;
}

static double tone_hue_concentration(const Raster *photo)
{
        double x = 0, y = 0, chroma = 0, weight = 0, seen = 0;

        /* A sixteenth of the pixels is plenty for a mean. */
        for (uint32_t row = 0; row < photo->height; row += 4) {
                for (uint32_t column = 0; column < photo->width; column += 4) {
                        Lab lab = lab_from_rgb(raster_at(photo, column, row));
                        double c = hypot(lab.a, lab.b);

                        chroma += c;
                        seen++;
                        if (c < 2)
                                continue;
                        x += lab.a / c;
                        y += lab.b / c;
                        weight++;
                }
        }
        /* A picture with strong colours is no old print, and one without colour has no hue. */
        if (chroma / seen >= 25 || weight < seen / 4)
                return NAN;
        return hypot(x, y) / weight;
}

static double percentile(const uint32_t histogram[256], size_t n, double share)
{
        size_t below = 0;

        for (int i = 0; i < 256; i++) {
                below += histogram[i];
                if ((double)below >= share * (double)n)
                        return i;
        }
        return 255;
}

/* The luma that 95 of 100 pixels lie below. */
static double tone_brightest(const uint8_t *luma, size_t n)
{
        uint32_t histogram[256] = {};

        for (size_t i = 0; i < n; i++)
                histogram[luma[i]]++;
        return percentile(histogram, n, 0.95);
}

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
static double tone_burnt(const uint8_t *luma, const Face *face)
{
        Area area = face_area(face);
        size_t burnt = 0, n = 0;

        for (uint32_t y = area.y0; y < area.y1; y++)
                for (uint32_t x = area.x0; x < area.x1; x++, n++)
                        if (luma[(size_t)y * PHOTO_WIDTH + x] >= BURNT_FROM)
                                burnt++;
        return n > 0 ? 100.0 * (double)burnt / (double)n : NAN;
}

/* Laplacian variance of the centre of a 480 x 640 luma; NAN where light is too poor to tell. */
static double tone_sharpness(const uint8_t *luma)
{
        double sum = 0, squares = 0, n = CENTRE_WIDTH * CENTRE_HEIGHT;
        uint32_t histogram[256] = {};
        double middle;

        for (uint32_t y = CENTRE_Y; y < CENTRE_Y + CENTRE_HEIGHT; y++) {
                const uint8_t *p = luma + (size_t)y * PHOTO_WIDTH + CENTRE_X;

                for (uint32_t x = 0; x < CENTRE_WIDTH; x++, p++) {
                        double v = p[-1] + p[1] + p[-PHOTO_WIDTH] + p[PHOTO_WIDTH] - 4 * p[0];

                        sum += v;
                        squares += v * v;
                        histogram[*p]++;
                }
        }
        /* The variance shrinks with the contrast, so in the dark or in glare it means nothing. */
        middle = percentile(histogram, (size_t)n, 0.5);
        if (middle < 60 || middle > 220 ||
            percentile(histogram, (size_t)n, 0.95) - percentile(histogram, (size_t)n, 0.05) < 60)
                return NAN;
        return squares / n - sum / n * (sum / n);
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

/* The share of the differences between neighbours along the lines that a further blur of nine taps
 * leaves. */
static double crete(const float *v)
{
        double all = 0, lost = 0;

        for (int line = 0; line < FACE_SIDE; line++) {
                const float *p = v + line * FACE_SIDE;
                float sums[FACE_SIDE] = {}, line_all = 0, line_lost = 0;

                for (int k = 0; k < BLUR_TAPS; k++)
                        for (int i = 0; i + BLUR_TAPS <= FACE_SIDE; i++)
                                sums[i] += p[i + k];
                for (int i = 0; i + BLUR_TAPS < FACE_SIDE; i++) {
                        float d = fabsf(p[i + BLUR_TAPS / 2 + 1] - p[i + BLUR_TAPS / 2]);
                        float blurred = fabsf(sums[i + 1] - sums[i]) / BLUR_TAPS;

                        line_all += d;
                        line_lost += d > blurred ? d - blurred : 0;
                }
                all += line_all;
                lost += line_lost;
        }
        return all > 0 ? (all - lost) / all : NAN;
}

static void transpose(const float *in, float *out)
{
        for (int y = 0; y < FACE_SIDE; y++)
                for (int x = 0; x < FACE_SIDE; x++)
                        out[x * FACE_SIDE + y] = in[y * FACE_SIDE + x];
}

/* Crete's blur of the face. */
static double tone_face_blur(const uint8_t *luma, const Face *face)
{
        _cleanup_free_ float *cut = NULL;
        double across;

        if (!face || face->n_boxes == 0)
                return NAN;
        cut = malloc(2 * sizeof(*cut) * FACE_SIDE * FACE_SIDE);
        if (!cut)
                return NAN;
        cut_face(luma, &face->boxes[0], cut);
        across = crete(cut);
        transpose(cut, cut + FACE_SIDE * FACE_SIDE);
        return fmax(across, crete(cut + FACE_SIDE * FACE_SIDE));
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

double tone_block_edge(const uint8_t *luma, uint32_t width, uint32_t height)
{
        /* Edges of the subject have nothing to do with blocks, so large steps are capped. */
        enum { CAP = 12 };
        uint64_t steps[8] = {}, n[8] = {}, on, off, n_on, n_off;

        if (width < 64 || height < 64)
                return NAN;
        for (uint32_t y = height / 4; y < height - height / 8; y++) {
                const uint8_t *p = luma + (size_t)y * width, *above = p - width;
                uint32_t row = 0;

                for (uint32_t x = width / 4; x < width - width / 4; x++) {
                        steps[x % 8] += (uint32_t)MIN(abs(p[x] - p[x - 1]), (int)CAP);
                        n[x % 8]++;
                        row += (uint32_t)MIN(abs(p[x] - above[x]), (int)CAP);
                }
                steps[y % 8] += row;
                n[y % 8] += width - width / 4 - width / 4;
        }
        on = steps[0];
        n_on = n[0];
        off = n_off = 0;
        for (int i = 1; i < 8; i++) {
                off += steps[i];
                n_off += n[i];
        }
        return off > 0 ? (double)on / (double)n_on / ((double)off / (double)n_off) : NAN;
}

/* How much redder an eye is than the cheek below it, CIELAB a*; NAN without eyes. */
static double tone_red_eye(const Raster *photo, const Face *face)
{
        double worst = NAN;

        if (!face || face->n_boxes == 0)
                return NAN;
        for (int side = 0; side < 2; side++) {
                double reach = 0.04 * face->width, away = 0.28 * face->width;
                double eye, cheek;

                if (!face->has_eye[side])
                        continue;
                eye = redness(photo, face->eye_x[side], face->eye_y[side], reach, 0.75);
                cheek = redness(photo, face->eye_x[side], face->eye_y[side] + away, 2 * reach, 0.5);
                worst = fmax(worst, eye - cheek);
        }
        return worst;
}

/* ---- hints ---- */

double tone_contrast(const uint8_t *luma, const Face *face)
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

/* Mean colour of a cheek: a square below the eye's place in the box, beside the nose. */
static Lab cheek(const Raster *photo, const CascadeBox *box, int side)
{
        double x = box->x + (side == 0 ? 0.30 : 0.70) * box->size, y = box->y + 0.62 * box->size;
        double reach = 0.06 * box->size;
        uint32_t x0 = (uint32_t)CLAMP(x - reach, 0.0, PHOTO_WIDTH - 1.0);
        uint32_t y0 = (uint32_t)CLAMP(y - reach, 0.0, PHOTO_HEIGHT - 1.0);
        uint32_t x1 = (uint32_t)CLAMP(x + reach, x0 + 1.0, (double)PHOTO_WIDTH);
        uint32_t y1 = (uint32_t)CLAMP(y + reach, y0 + 1.0, (double)PHOTO_HEIGHT);
        uint32_t sums[3] = {}, n = (x1 - x0) * (y1 - y0);
        uint8_t rgb[3];

        for (uint32_t j = y0; j < y1; j++)
                for (uint32_t i = x0; i < x1; i++)
                        for (int k = 0; k < 3; k++)
                                sums[k] += raster_at(photo, i, j)[k];
        for (int k = 0; k < 3; k++)
                rgb[k] = (uint8_t)(sums[k] / n);
        return lab_from_rgb(rgb);
}

double tone_cast(const Raster *photo, const Face *face)
{
        /* The range of all cheeks in white light, measured on the same portraits as the bands
         * (src/domain/photorules.c). */
        static const double A_MIN = 4, A_MAX = 31, B_MIN = 5, B_MAX = 38;
        double away = 0;

        if (!face || face->n_boxes == 0)
                return NAN;
        for (int side = 0; side < 2; side++) {
                Lab lab = cheek(photo, &face->boxes[0], side);

                away = fmax(away, hypot(lab.a - CLAMP((double)lab.a, A_MIN, A_MAX),
                                        lab.b - CLAMP((double)lab.b, B_MIN, B_MAX)));
        }
        return away;
}

double tone_side_light(const Raster *photo, const Face *face)
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

double tone_grain(const uint8_t *luma, const Face *face)
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

void tone_judge(const Raster *photo, const uint8_t *luma, bool coloured, const PhotoRules *rules,
                Findings *findings)
{
        size_t n = (size_t)photo->width * photo->height;

        (void)photo_measure_judge(rules, PHOTO_MEASURE_DETAIL, tone_detail(luma, n), findings);
        if (coloured &&
            !photo_measure_judge(rules, PHOTO_MEASURE_CHROMA, tone_chroma(photo), findings))
                (void)photo_measure_judge(rules, PHOTO_MEASURE_HUE_CONCENTRATION,
                                          tone_hue_concentration(photo), findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_BRIGHTEST, tone_brightest(luma, n),
                                  findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_SHARPNESS, tone_sharpness(luma), findings);
}

/* Taken only when a band is set, which is seldom. */
static void judge_hints(const Raster *photo, const uint8_t *luma, const Face *face,
                        const PhotoRules *rules, Findings *findings)
{
        if (photo_measure_wanted(rules, PHOTO_MEASURE_CONTRAST))
                (void)photo_measure_judge(rules, PHOTO_MEASURE_CONTRAST, tone_contrast(luma, face),
                                          findings);
        if (photo_measure_wanted(rules, PHOTO_MEASURE_CAST))
                (void)photo_measure_judge(rules, PHOTO_MEASURE_CAST, tone_cast(photo, face),
                                          findings);
        if (photo_measure_wanted(rules, PHOTO_MEASURE_SIDE_LIGHT))
                (void)photo_measure_judge(rules, PHOTO_MEASURE_SIDE_LIGHT,
                                          tone_side_light(photo, face), findings);
        if (photo_measure_wanted(rules, PHOTO_MEASURE_GRAIN))
                (void)photo_measure_judge(rules, PHOTO_MEASURE_GRAIN, tone_grain(luma, face),
                                          findings);
}

void tone_judge_face(const Raster *photo, const uint8_t *luma, const Face *face,
                     const PhotoRules *rules, Findings *findings)
{
        (void)photo_measure_judge(rules, PHOTO_MEASURE_BURNT, tone_burnt(luma, face), findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_FACE_BLUR, tone_face_blur(luma, face),
                                  findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_RED_EYE, tone_red_eye(photo, face),
                                  findings);
        judge_hints(photo, luma, face, rules, findings);
}
