/* SPDX-License-Identifier: MIT */
#include "finderpattern.h"

#include <math.h>
#include <string.h>

enum {
        RUNS = 5,
        PATTERNS_MAX = 64,
        HITS_MIN = 3,         /* rows through the middle of one pattern */
        WINDOW_SHARE = 8,     /* the threshold is the mean of that part of the width around */
        CONTRAST_MIN = 16,    /* between the mean and what is dark */
        DISTANCE_MODULES = 12 /* between the middles of two; the smallest code has 14 */
};

static const double MODULE_MIN = 1.8; /* pixels */

typedef struct Pattern {
        double x, y, module; /* of the middle; means of the hits */
        unsigned hits;
} Pattern;

/* What is dark against its surroundings. */
typedef struct Bitmap {
        uint8_t *dark;
        uint32_t width;
        uint32_t height;
} Bitmap;

static int bitmap_new(const uint8_t *luma, uint32_t width, uint32_t height, bool light, Bitmap *ret)
{
        uint32_t reach = MAX(width / WINDOW_SHARE, 16u) / 2, stride = width + 1;
        uint32_t *sums = calloc((size_t)stride * (height + 1), sizeof(*sums));
        uint8_t *dark = malloc((size_t)width * height);

        if (!sums || !dark) {
                free(sums);
                free(dark);
                return -ENOMEM;
        }
        for (uint32_t y = 0; y < height; y++)
                for (uint32_t x = 0, row = 0; x < width; x++) {
                        row += luma[(size_t)y * width + x];
                        sums[(size_t)(y + 1) * stride + x + 1] =
                                sums[(size_t)y * stride + x + 1] + row;
                }
        for (uint32_t y = 0; y < height; y++)
                for (uint32_t x = 0; x < width; x++) {
                        uint32_t x0 = x > reach ? x - reach : 0, x1 = MIN(x + reach, width);
                        uint32_t y0 = y > reach ? y - reach : 0, y1 = MIN(y + reach, height);
                        uint32_t sum =
                                sums[(size_t)y1 * stride + x1] - sums[(size_t)y0 * stride + x1] -
                                sums[(size_t)y1 * stride + x0] + sums[(size_t)y0 * stride + x0];
                        int away =
                                (int)(sum / ((x1 - x0) * (y1 - y0))) - luma[(size_t)y * width + x];

                        dark[(size_t)y * width + x] = (light ? -away : away) > CONTRAST_MIN / 2;
                }
        free(sums);
        *ret = (Bitmap){dark, width, height};
        return 0;
}

static bool has_ratio(const uint32_t runs[RUNS], double *ret_module)
{
        double module = (runs[1] + runs[2] + runs[3]) / 5.0;

        *ret_module = module;
        /* On a dark page without a quiet zone the outer runs go on. */
        return module >= MODULE_MIN && runs[0] >= 0.5 * module && runs[4] >= 0.5 * module &&
               fabs(runs[1] - module) <= 0.6 * module && fabs(runs[3] - module) <= 0.6 * module &&
               fabs(runs[2] - 3 * module) <= 0.9 * module;
}

/* The five runs about a dark pixel, along a line through it. False: the line ends before the outer
 * ones. */
static bool runs_about(const Bitmap *bitmap, int64_t x, int64_t y, int dx, int dy,
                       uint32_t runs[RUNS], int64_t *ret_shift)
{
        int64_t ends[2] = {};

        memset(runs, 0, RUNS * sizeof(*runs));
        for (int side = 0; side < 2; side++) {
                int sign = side == 0 ? -1 : 1, run = 2;
                bool dark = true;

                for (int64_t i = side;; i++) {
                        int64_t u = x + sign * i * dx, v = y + sign * i * dy;
                        bool outside = u < 0 || v < 0 || u >= bitmap->width || v >= bitmap->height;

                        if (outside || (bool)bitmap->dark[v * bitmap->width + u] != dark) {
                                bool outer = run == 0 || run == RUNS - 1;

                                run += sign;
                                dark = !dark;
                                if (outer)
                                        break;
                                if (outside)
                                        return false;
                        }
                        runs[run]++;
                        if (run == 2)
                                ends[side] = i;
                }
        }
        *ret_shift = (ends[1] - ends[0]) / 2;
        return true;
}

static void note(Pattern *patterns, size_t *n, double x, double y, double module)
{
        for (size_t i = 0; i < *n; i++) {
                Pattern *p = &patterns[i];

                if (hypot(p->x - x, p->y - y) > 2 * module || fabs(p->module - module) > module / 2)
                        continue;
                p->x = (p->x * p->hits + x) / (p->hits + 1);
                p->y = (p->y * p->hits + y) / (p->hits + 1);
                p->module = (p->module * p->hits + module) / (p->hits + 1);
                p->hits++;
                return;
        }
        if (*n < PATTERNS_MAX)
                patterns[(*n)++] = (Pattern){x, y, module, 1};
}

/* Whether a line through the middle shows a pattern of about that module. */
static bool agrees(const Bitmap *bitmap, int64_t x, int64_t y, int dx, int dy, double wanted,
                   double *ret_module, int64_t *ret_shift)
{
        uint32_t runs[RUNS];

        return x >= 0 && y >= 0 && x < bitmap->width && y < bitmap->height &&
               bitmap->dark[y * bitmap->width + x] &&
               runs_about(bitmap, x, y, dx, dy, runs, ret_shift) && has_ratio(runs, ret_module) &&
               fabs(*ret_module - wanted) <= 0.4 * wanted;
}

/* Whether the runs that end at x are those of a pattern, and those across and along both diagonals
 * as well. */
static void try_row(const Bitmap *bitmap, uint32_t x, uint32_t y, const uint32_t runs[RUNS],
                    Pattern *patterns, size_t *n)
{
        int64_t middle, shift, unused;
        double module, other, oblique;

        if (!has_ratio(runs, &module))
                return;
        middle = (int64_t)x - runs[4] - runs[3] - runs[2] / 2;
        if (agrees(bitmap, middle, y, 0, 1, module, &other, &shift) &&
            agrees(bitmap, middle, y + shift, 1, 1, module, &oblique, &unused) &&
            agrees(bitmap, middle, y + shift, 1, -1, module, &oblique, &unused))
                note(patterns, n, (double)middle, (double)y + (double)shift, (module + other) / 2);
}

static size_t collect(const Bitmap *bitmap, Pattern *patterns)
{
        size_t n = 0;

        for (uint32_t y = 0; y < bitmap->height; y += 2) {
                const uint8_t *dark = bitmap->dark + (size_t)y * bitmap->width;
                uint32_t runs[RUNS] = {};

                for (uint32_t x = 0; x <= bitmap->width; x++) {
                        if (x > 0 && (x == bitmap->width || dark[x] != dark[x - 1])) {
                                if (dark[x - 1])
                                        try_row(bitmap, x, y, runs, patterns, &n);
                                memmove(runs, runs + 1, (RUNS - 1) * sizeof(*runs));
                                runs[RUNS - 1] = 0;
                        }
                        runs[RUNS - 1]++;
                }
        }
        return n;
}

/* Two corners of one code: as large as each other, far enough, one beside or below the other. */
static bool are_corners(const Pattern *a, const Pattern *b)
{
        double module = (a->module + b->module) / 2, dx = fabs(a->x - b->x), dy = fabs(a->y - b->y);

        return a->hits >= HITS_MIN && b->hits >= HITS_MIN &&
               fabs(a->module - b->module) <= 0.25 * module &&
               MAX(dx, dy) >= DISTANCE_MODULES * module && MIN(dx, dy) <= 0.2 * MAX(dx, dy);
}

int finder_patterns_find(const uint8_t *luma, uint32_t width, uint32_t height, bool light)
{
        Pattern patterns[PATTERNS_MAX];
        Bitmap bitmap;
        size_t n;
        int r = bitmap_new(luma, width, height, light, &bitmap);

        if (r < 0)
                return r;
        n = collect(&bitmap, patterns);
        free(bitmap.dark);
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < i; k++)
                        if (are_corners(&patterns[i], &patterns[k]))
                                return 1;
        return 0;
}
