/* SPDX-License-Identifier: MIT */
#include "raster.h"

#include "fast.h"

#include <math.h>

/*
 * Why Lanczos3 in two passes: against a box or bilinear filter it keeps eyelashes and glasses'
 * rims, against Mitchell it keeps the sharpness that the blur checks look at; its overshoot at the
 * scales left after DCT scaling (at most 4:1) stays under three levels on skin.
 *
 * Weights have 14 fractional bits and each set is corrected to the exact sum, so that a flat area
 * keeps its value. The sum of their magnitudes stays under 1.6; with 6 fractional bits between the
 * passes the largest intermediate is 255 * 1.6 * 64 = 26112, and the largest second sum 26112 * 1.6
 * * 16384 = 685 million: both fit, in int16_t and int32_t.
 */
enum {
        LOBES = 3,
        WEIGHT_BITS = 14,
        WEIGHT_ONE = 1 << WEIGHT_BITS,
        MIDDLE_BITS = 6,
        /* The weights of one position are filled up with zeros to a multiple of this: compilers
         * make one instruction of a sum of products of fixed length. */
        TAPS_ALIGN = 16,
};

/* The weights for one output position: `n` for the input positions from `first`, then zeros up to
 * the filter's `padded`. */
typedef struct Taps {
        uint32_t first;
        uint32_t n;
        const int16_t *weights;
} Taps;

typedef struct Filter {
        Taps *taps;
        int16_t *weights;
        uint32_t padded;
} Filter;

static void filter_done(Filter *filter)
{
        free(filter->taps);
        free(filter->weights);
}

static double lanczos(double x)
{
        if (fabs(x) < 1e-9)
                return 1;
        if (fabs(x) >= LOBES)
                return 0;
        return LOBES * sin(M_PI * x) * sin(M_PI * x / LOBES) / (M_PI * M_PI * x * x);
}

/* Computes the weights of one output position; returns their number. values has room for them. */
static uint32_t make_taps(double centre, double scale, uint32_t in_size, double *values,
                          int16_t *weights, uint32_t *ret_first)
{
        double reach = LOBES * scale, sum = 0;
        int64_t first = MAX((int64_t)ceil(centre - reach - 0.5), (int64_t)0);
        int64_t last = MIN((int64_t)floor(centre + reach - 0.5), (int64_t)in_size - 1);
        uint32_t n = (uint32_t)(last - first + 1), largest = 0;
        int32_t total = 0;

        for (uint32_t i = 0; i < n; i++) {
                values[i] = lanczos(((double)(first + i) + 0.5 - centre) / scale);
                sum += values[i];
        }
        for (uint32_t i = 0; i < n; i++) {
                weights[i] = (int16_t)lrint(values[i] / sum * WEIGHT_ONE);
                total += weights[i];
                if (weights[i] > weights[largest])
                        largest = i;
        }
        weights[largest] = (int16_t)(weights[largest] + WEIGHT_ONE - total);
        *ret_first = (uint32_t)first;
        return n;
}

static int filter_make(double start, double length, uint32_t in_size, uint32_t out_size,
                       Filter *ret)
{
        /* Below 1 the filter would enlarge; the rounding of a crop may give 0.999. */
        double step = length / out_size, scale = MAX(step, 1.0);
        uint32_t max_taps =
                ((uint32_t)ceil(2 * LOBES * scale) + 2 + TAPS_ALIGN - 1) / TAPS_ALIGN * TAPS_ALIGN;
        Filter filter = {
                .taps = calloc(out_size, sizeof(Taps)),
                .weights = calloc((size_t)out_size * max_taps, sizeof(int16_t)),
                .padded = max_taps,
        };

        _cleanup_free_ double *values = calloc(max_taps, sizeof(*values));

        if (!filter.taps || !filter.weights || !values) {
                filter_done(&filter);
                return -ENOMEM;
        }
        for (uint32_t i = 0; i < out_size; i++) {
                int16_t *weights = filter.weights + (size_t)i * max_taps;

                filter.taps[i].weights = weights;
                filter.taps[i].n = make_taps(start + (i + 0.5) * step, scale, in_size, values,
                                             weights, &filter.taps[i].first);
        }
        *ret = filter;
        return 0;
}

/* Filters downwards first, on whole rows of bytes, which processors do in parallel. Four taps in a
 * turn, because reading and writing the sums is what costs. */
FAST static void filter_column(const uint8_t *in, size_t stride, size_t samples, const Taps *taps,
                               int32_t *sums, int16_t *out)
{
        enum { SHIFT = WEIGHT_BITS - MIDDLE_BITS };
        const uint8_t *row = in + (size_t)taps->first * stride;
        uint32_t i = 0;

        for (size_t x = 0; x < samples; x++)
                sums[x] = 1 << (SHIFT - 1);
        for (; i + 3 < taps->n; i += 4, row += 4 * stride) {
                const int16_t *w = taps->weights + i;
                const uint8_t *second = row + stride, *third = second + stride,
                              *fourth = third + stride;

                for (size_t x = 0; x < samples; x++)
                        sums[x] += w[0] * (int16_t)row[x] + w[1] * (int16_t)second[x] +
                                   w[2] * (int16_t)third[x] + w[3] * (int16_t)fourth[x];
        }
        for (; i < taps->n; i++, row += stride)
                for (size_t x = 0; x < samples; x++)
                        sums[x] += taps->weights[i] * (int16_t)row[x];
        for (size_t x = 0; x < samples; x++)
                out[x] = (int16_t)(sums[x] >> SHIFT);
}

/* Makes three planes, `plane` samples apart. Zeros for the padding follow each row of samples. */
FAST static void split_planes(const int16_t *in, uint32_t width, size_t plane, int16_t *out)
{
        for (size_t x = 0; x < width; x++) {
                out[x] = in[3 * x];
                out[plane + x] = in[3 * x + 1];
                out[2 * plane + x] = in[3 * x + 2];
        }
}

FAST static void filter_row(const int16_t *planes, size_t plane, const Filter *filter,
                            uint32_t width, uint8_t *out)
{
        enum { SHIFT = WEIGHT_BITS + MIDDLE_BITS };
        size_t n = filter->padded / TAPS_ALIGN * TAPS_ALIGN;

        for (uint32_t x = 0; x < width; x++, out += 3) {
                const Taps *taps = &filter->taps[x];
                const int16_t *p = planes + taps->first;

                for (size_t channel = 0; channel < 3; channel++, p += plane) {
                        int32_t sum = 1 << (SHIFT - 1);

                        for (size_t i = 0; i < n; i++)
                                sum += taps->weights[i] * p[i];
                        out[channel] = (uint8_t)CLAMP(sum >> SHIFT, 0, 255);
                }
        }
}

int raster_resize(const Raster *raster, const RasterWindow *window, uint32_t width, uint32_t height,
                  Raster *ret)
{
        size_t samples = (size_t)raster->width * 3;
        _cleanup_(filter_done) Filter across = {}, down = {};
        _cleanup_free_ int16_t *middle = NULL, *planes = NULL;
        _cleanup_free_ int32_t *sums = NULL;
        size_t plane;
        _cleanup_raster_ Raster out = {};
        int r;

        if (width == 0 || height == 0 || !(window->x >= 0) || !(window->y >= 0) ||
            !(window->width > 0) || !(window->height > 0) ||
            window->x + window->width > raster->width + 1e-6 ||
            window->y + window->height > raster->height + 1e-6)
                return -EINVAL;
        r = filter_make(window->x, window->width, raster->width, width, &across);
        if (r < 0)
                return r;
        r = filter_make(window->y, window->height, raster->height, height, &down);
        if (r < 0)
                return r;
        plane = (size_t)raster->width + across.padded;
        middle = malloc(samples * sizeof(*middle));
        planes = calloc(3 * plane, sizeof(*planes));
        sums = malloc(samples * sizeof(*sums));
        if (!middle || !planes || !sums)
                return -ENOMEM;
        r = raster_new(width, height, &out);
        if (r < 0)
                return r;
        for (uint32_t y = 0; y < height; y++) {
                filter_column(raster->pixels, samples, samples, &down.taps[y], sums, middle);
                split_planes(middle, raster->width, plane, planes);
                filter_row(planes, plane, &across, width, out.pixels + (size_t)y * width * 3);
        }
        *ret = out;
        out = (Raster){};
        return 0;
}
