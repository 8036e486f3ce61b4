/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include <math.h>

#define LOBES 3.0

void plane_done(Plane *plane)
{
        free(plane->values);
        *plane = (Plane){};
}

static int plane_new(uint32_t width, uint32_t height, Plane *ret)
{
        double *values = calloc((size_t)width * height, sizeof(*values));

        if (!values)
                return -ENOMEM;
        *ret = (Plane){.width = width, .height = height, .values = values};
        return 0;
}

static double to_light(double v)
{
        v /= 255;
        return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double from_light(double v)
{
        v = v <= 0 ? 0 : v >= 1 ? 1 : v;
        return 255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055);
}

static double lanczos(double x)
{
        if (x == 0)
                return 1;
        if (fabs(x) >= LOBES)
                return 0;
        x *= M_PI;
        return LOBES * sin(x) * sin(x / LOBES) / (x * x);
}

/* Output i covers the source from start + i * zoom; beyond its edges the source goes on as its last
 * pixel. `step` and `line` are in values: from pixel to pixel, and from line to line. */
typedef struct Axis {
        double start;
        double zoom;
        uint32_t n_in;
        uint32_t n_out;
        size_t in_step;
        size_t out_step;
        uint32_t n_lines;
        size_t in_line;
        size_t out_line;
} Axis;

static void shrink_axis(const Axis *axis, const double *in, double *out)
{
        const double radius = LOBES * axis->zoom;

        for (uint32_t i = 0; i < axis->n_out; i++) {
                double centre = axis->start + (i + 0.5) * axis->zoom - 0.5, total = 0;
                int first = (int)ceil(centre - radius), last = (int)floor(centre + radius);

                for (int j = first; j <= last; j++)
                        total += lanczos((j - centre) / axis->zoom);
                for (int j = first; j <= last; j++) {
                        double weight = lanczos((j - centre) / axis->zoom) / total;
                        size_t at = (size_t)CLAMP(j, 0, (int)axis->n_in - 1) * axis->in_step;

                        for (uint32_t k = 0; k < axis->n_lines; k++)
                                out[i * axis->out_step + k * axis->out_line] +=
                                        weight * in[at + k * axis->in_line];
                }
        }
}

int reference_channel(const Raster *source, int channel, bool linear, uint32_t width,
                      uint32_t height, Plane *ret)
{
        const size_t n = (size_t)source->width * source->height;
        const double zoom = MIN((double)source->width / width, (double)source->height / height);
        _cleanup_free_ double *in = malloc(n * sizeof(*in));
        _cleanup_plane_ Plane narrow = {}, out = {};
        double light[256];
        Axis axis;
        int r;

        if (!in)
                return -ENOMEM;
        for (int v = 0; v < 256; v++)
                light[v] = linear ? to_light(v) : v;
        for (size_t i = 0; i < n; i++)
                in[i] = light[source->pixels[i * 3 + (size_t)channel]];
        r = plane_new(width, source->height, &narrow);
        if (r >= 0)
                r = plane_new(width, height, &out);
        if (r < 0)
                return r;
        axis = (Axis){
                .start = (source->width - width * zoom) / 2,
                .zoom = zoom,
                .n_in = source->width,
                .n_out = width,
                .in_step = 1,
                .out_step = 1,
                .n_lines = source->height,
                .in_line = source->width,
                .out_line = width,
        };
        shrink_axis(&axis, in, narrow.values);
        axis = (Axis){
                .start = (source->height - height * zoom) / 2,
                .zoom = zoom,
                .n_in = source->height,
                .n_out = height,
                .in_step = width,
                .out_step = width,
                .n_lines = width,
                .in_line = 1,
                .out_line = 1,
        };
        shrink_axis(&axis, narrow.values, out.values);
        for (size_t i = 0; i < (size_t)width * height; i++)
                out.values[i] =
                        linear ? from_light(out.values[i]) : CLAMP(out.values[i], 0.0, 255.0);
        *ret = out;
        out = (Plane){};
        return 0;
}

int reference_luma(const Plane channels[static REFERENCE_CHANNELS], Plane *ret)
{
        const Plane *red = &channels[REFERENCE_RED];
        Plane plane;
        int r = plane_new(red->width, red->height, &plane);

        if (r < 0)
                return r;
        for (size_t i = 0; i < (size_t)plane.width * plane.height; i++)
                plane.values[i] = 0.299 * red->values[i] +
                                  0.587 * channels[REFERENCE_GREEN].values[i] +
                                  0.114 * channels[REFERENCE_BLUE].values[i];
        *ret = plane;
        return 0;
}

int plane_from_raster(const Raster *raster, int channel, Plane *ret)
{
        Plane plane;
        int r = plane_new(raster->width, raster->height, &plane);

        if (r < 0)
                return r;
        for (size_t i = 0; i < (size_t)plane.width * plane.height; i++)
                plane.values[i] = raster->pixels[i * 3 + (size_t)channel];
        *ret = plane;
        return 0;
}
