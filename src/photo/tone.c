/* SPDX-License-Identifier: MIT */
#include "tone.h"

#include "fast.h"
#include "lab.h"
#include "percentile.h"

#include <math.h>

enum {
        /* The part of the frame that a face fills in any legal photo. */
        CENTRE_X = 140,
        CENTRE_Y = 180,
        CENTRE_WIDTH = 200,
        CENTRE_HEIGHT = 280,
};

FAST static double tone_detail(const uint8_t *luma, size_t n)
{
        uint64_t sum = 0, squares = 0;
        double mean;

        /* Row by row, because small sums are quick. */
        for (const uint8_t *row = luma; row < luma + n; row += PHOTO_WIDTH) {
                uint32_t row_sum = 0, row_squares = 0;

                for (size_t i = 0; i < PHOTO_WIDTH; i++) {
                        row_sum += row[i];
                        row_squares += (uint32_t)row[i] * row[i];
                }
                sum += row_sum;
                squares += row_squares;
        }
        mean = (double)sum / (double)n;
        return sqrt(MAX((double)squares / (double)n - mean * mean, 0.0));
}

FAST static double tone_chroma(const Raster *photo)
{
        size_t n = (size_t)photo->width * photo->height;
        int64_t sum = 0;

        /* In 16 fractional bits: Y is 0.299 R + 0.587 G + 0.114 B, Cb 0.564 (B - Y), Cr 0.713
         * (R - Y). */
        for (size_t i = 0; i < n; i++) {
                const uint8_t *p = photo->pixels + 3 * i;
                int32_t r = p[0], g = p[1], b = p[2];

                sum += abs(-11052 * r - 21698 * g + 32750 * b) +
                       abs(32756 * r - 27429 * g - 5327 * b);
        }
        return (double)sum / 65536 / (double)n;
}

static double tone_hue_concentration(const Raster *photo)
{
        double x = 0, y = 0, chroma = 0, weight = 0, seen = 0;

        /* A small part of the pixels is plenty for a mean. */
        for (uint32_t row = 0; row < photo->height; row += 8) {
                for (uint32_t column = 0; column < photo->width; column += 8) {
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

/* The luma that 95 of 100 pixels lie below. */
static double tone_brightest(const uint8_t *luma, size_t n)
{
        uint32_t histogram[256] = {};

        for (size_t i = 0; i < n; i++)
                histogram[luma[i]]++;
        return percentile(histogram, n, 0.95);
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

void tone_judge(const Raster *photo, const uint8_t *luma, bool coloured, bool lit,
                const Judging *judging)
{
        size_t n = (size_t)photo->width * photo->height;

        (void)judge_measure(judging, PHOTO_MEASURE_DETAIL, tone_detail(luma, n));
        if (coloured && !judge_measure(judging, PHOTO_MEASURE_CHROMA, tone_chroma(photo)))
                (void)judge_measure(judging, PHOTO_MEASURE_HUE_CONCENTRATION,
                                    tone_hue_concentration(photo));
        if (!lit)
                (void)judge_measure(judging, PHOTO_MEASURE_BRIGHTEST, tone_brightest(luma, n));
        (void)judge_measure(judging, PHOTO_MEASURE_SHARPNESS, tone_sharpness(luma));
}
