/* SPDX-License-Identifier: MIT */
#include "similarity.h"

#include <math.h>

#define RADIUS 5
#define WINDOW (2 * RADIUS + 1)
#define SIGMA  1.5

static void make_window(double window[static WINDOW])
{
        double total = 0;

        for (int i = 0; i < WINDOW; i++) {
                window[i] = exp(-(i - RADIUS) * (i - RADIUS) / (2 * SIGMA * SIGMA));
                total += window[i];
        }
        for (int i = 0; i < WINDOW; i++)
                window[i] /= total;
}

/* Local means of a[i] * b[i] (b NULL: of a[i]) where the whole window lies in the plane, which is
 * WINDOW - 1 smaller both ways. `rows` is room for a plane. */
static void local_means(const Plane *a, const Plane *b, const double window[static WINDOW],
                        double *rows, double *out)
{
        const uint32_t width = a->width - WINDOW + 1, height = a->height - WINDOW + 1;

        for (uint32_t y = 0; y < a->height; y++)
                for (uint32_t x = 0; x < width; x++) {
                        size_t at = (size_t)y * a->width + x;
                        double sum = 0;

                        for (size_t k = 0; k < WINDOW; k++)
                                sum += window[k] * a->values[at + k] * (b ? b->values[at + k] : 1);
                        rows[(size_t)y * width + x] = sum;
                }
        for (uint32_t y = 0; y < height; y++)
                for (uint32_t x = 0; x < width; x++) {
                        double sum = 0;

                        for (size_t k = 0; k < WINDOW; k++)
                                sum += window[k] * rows[(y + k) * width + x];
                        out[(size_t)y * width + x] = sum;
                }
}

int similarity_ssim(const Plane *a, const Plane *b, double *ret)
{
        const double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
        const size_t room = (size_t)a->width * a->height;
        _cleanup_free_ double *values = NULL;
        double window[WINDOW], total = 0;
        double *rows, *ma, *mb, *maa, *mbb, *mab;
        size_t n;

        if (a->width != b->width || a->height != b->height || a->width < WINDOW ||
            a->height < WINDOW)
                return -EINVAL;
        values = calloc(room * 6, sizeof(*values));
        if (!values)
                return -ENOMEM;
        rows = values;
        ma = rows + room;
        mb = ma + room;
        maa = mb + room;
        mbb = maa + room;
        mab = mbb + room;
        make_window(window);
        local_means(a, NULL, window, rows, ma);
        local_means(b, NULL, window, rows, mb);
        local_means(a, a, window, rows, maa);
        local_means(b, b, window, rows, mbb);
        local_means(a, b, window, rows, mab);
        n = (size_t)(a->width - WINDOW + 1) * (a->height - WINDOW + 1);
        for (size_t i = 0; i < n; i++) {
                double va = maa[i] - ma[i] * ma[i], vb = mbb[i] - mb[i] * mb[i];
                double cov = mab[i] - ma[i] * mb[i];

                total += (2 * ma[i] * mb[i] + c1) * (2 * cov + c2) /
                         ((ma[i] * ma[i] + mb[i] * mb[i] + c1) * (va + vb + c2));
        }
        *ret = total / (double)n;
        return 0;
}

double similarity_mse(const Plane *a, const Plane *b)
{
        const size_t n = (size_t)a->width * a->height;
        double total = 0;

        for (size_t i = 0; i < n; i++)
                total += (a->values[i] - b->values[i]) * (a->values[i] - b->values[i]);
        return total / (double)n;
}
