/* SPDX-License-Identifier: MIT */
#include "cascadedata.h"

#include <math.h>
#include <string.h>

/*
 * A window of the cascade's size slides over the picture at every scale; the picture is shrunk
 * rather than the window enlarged, so that the sums over rectangles come from one table of running
 * sums with fixed offsets. Windows that agree are merged; one that stands alone is chance.
 */

enum {
        SIDE_MAX = 4096,
        WINDOWS_MAX = 20000, /* raw hits kept; a picture of nothing but faces has hundreds */
};

/* OpenCV's: makes a stage as tolerant as its training. */
static const float STAGE_SLACK = 1e-5f;
/* Boxes that differ by less than this share of their size are one. */
static const double GROUP_DISTANCE = 0.2;

typedef struct Corner {
        uint32_t a, b, c, d;
        float weight;
} Corner;

/* A node of a tree with its feature, so that a walk reads memory in one direction. */
typedef struct Step {
        Corner corners[CASCADE_RECTS_MAX]; /* unused ones weigh nothing */
        bool third;                        /* has a third rectangle, which few do */
        float threshold;
        int left;
        int right;
} Step;

/* A picture at one scale with its running sums. */
typedef struct Layer {
        uint32_t width, height;
        size_t stride; /* of the sums: the widest layer's, so that offsets hold for all */
        uint8_t *pixels;
        uint32_t *sums;
        uint64_t *squares;
        Step *steps; /* one a node of the cascade */
} Layer;

typedef struct Hits {
        CascadeBox *boxes;
        size_t n;
} Hits;

static void layer_done(Layer *layer)
{
        free(layer->pixels);
        free(layer->sums);
        free(layer->squares);
        free(layer->steps);
}

static void hits_done(Hits *hits)
{
        free(hits->boxes);
}

static Corner make_corner(size_t stride, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
                          float weight)
{
        return (Corner){
                .a = (uint32_t)(y * stride + x),
                .b = (uint32_t)(y * stride + x + w),
                .c = (uint32_t)((y + h) * stride + x),
                .d = (uint32_t)((y + h) * stride + x + w),
                .weight = weight,
        };
}

static int layer_new(const Cascade *cascade, uint32_t width, uint32_t height, Layer *ret)
{
        size_t stride = (size_t)width + 1, n = stride * ((size_t)height + 1);

        ret->stride = stride;
        ret->pixels = malloc((size_t)width * height);
        ret->sums = calloc(n, sizeof(*ret->sums));
        ret->squares = calloc(n, sizeof(*ret->squares));
        ret->steps = calloc(cascade->n_nodes, sizeof(*ret->steps));
        if (!ret->pixels || !ret->sums || !ret->squares || !ret->steps)
                return -ENOMEM;
        for (size_t i = 0; i < cascade->n_nodes; i++) {
                const CascadeNode *node = &cascade->nodes[i];
                const CascadeFeature *f = &cascade->features[node->feature];
                Step *to = &ret->steps[i];

                to->threshold = node->threshold;
                to->left = node->left;
                to->right = node->right;
                to->third = f->n_rects > 2;
                for (unsigned k = 0; k < f->n_rects; k++)
                        to->corners[k] =
                                make_corner(stride, f->rects[k].x, f->rects[k].y, f->rects[k].width,
                                            f->rects[k].height, f->rects[k].weight);
        }
        return 0;
}

/* Bilinear with 11 bits, centres aligned. */
static void shrink(const uint8_t *in, uint32_t width, uint32_t height, double factor, Layer *out)
{
        enum { BITS = 11, ONE = 1 << BITS };

        for (uint32_t y = 0; y < out->height; y++) {
                double v = MAX((y + 0.5) * factor - 0.5, 0.0);
                uint32_t y0 = MIN((uint32_t)v, height - 1), y1 = MIN(y0 + 1, height - 1);
                uint32_t wy = (uint32_t)((v - y0) * ONE);
                const uint8_t *upper = in + (size_t)y0 * width, *lower = in + (size_t)y1 * width;
                uint8_t *row = out->pixels + (size_t)y * out->width;

                wy = MIN(wy, (uint32_t)ONE);
                for (uint32_t x = 0; x < out->width; x++) {
                        double u = MAX((x + 0.5) * factor - 0.5, 0.0);
                        uint32_t x0 = MIN((uint32_t)u, width - 1), x1 = MIN(x0 + 1, width - 1);
                        uint32_t wx = MIN((uint32_t)((u - x0) * ONE), (uint32_t)ONE);
                        uint32_t top = upper[x0] * (ONE - wx) + upper[x1] * wx;
                        uint32_t bottom = lower[x0] * (ONE - wx) + lower[x1] * wx;

                        row[x] = (uint8_t)(((uint64_t)top * (ONE - wy) + (uint64_t)bottom * wy +
                                            (1u << (2 * BITS - 1))) >>
                                           (2 * BITS));
                }
        }
}

static void sum_up(Layer *layer)
{
        for (uint32_t y = 0; y < layer->height; y++) {
                const uint8_t *in = layer->pixels + (size_t)y * layer->width;
                uint32_t *above = layer->sums + (size_t)y * layer->stride;
                uint64_t *above2 = layer->squares + (size_t)y * layer->stride;
                uint32_t *row = above + layer->stride, sum = 0;
                uint64_t *row2 = above2 + layer->stride, sum2 = 0;

                row[0] = 0;
                row2[0] = 0;
                for (uint32_t x = 0; x < layer->width; x++) {
                        sum += in[x];
                        sum2 += (uint64_t)in[x] * in[x];
                        row[x + 1] = above[x + 1] + sum;
                        row2[x + 1] = above2[x + 1] + sum2;
                }
        }
}

static inline float rect_value(const Corner *c, const uint32_t *window)
{
        return c->weight *
               (float)(int32_t)(window[c->d] - window[c->b] - window[c->c] + window[c->a]);
}

static inline float step_value(const Step *step, const uint32_t *window)
{
        float value = rect_value(&step->corners[0], window) + rect_value(&step->corners[1], window);

        return step->third ? value + rect_value(&step->corners[2], window) : value;
}

/* 1 over (standard deviation times area) of the window without its rim; 0 for a window too flat to
 * hold anything. */
static float window_norm(const Cascade *cascade, const Layer *layer, size_t at)
{
        double area = (double)(cascade->width - 2) * (cascade->height - 2), nf;
        Corner rim = make_corner(layer->stride, 1, 1, cascade->width - 2, cascade->height - 2, 1);
        const uint32_t *s = layer->sums + at;
        const uint64_t *q = layer->squares + at;
        double sum = (double)(uint32_t)(s[rim.d] - s[rim.b] - s[rim.c] + s[rim.a]);
        double squares = (double)(q[rim.d] - q[rim.b] - q[rim.c] + q[rim.a]);

        nf = area * squares - sum * sum;
        if (nf <= 0)
                return 0;
        nf = sqrt(nf);
        return area / nf < 0.1 ? (float)(1 / nf) : 0;
}

/* The number of stages that the window passes. */
static size_t window_passes(const Cascade *cascade, const Layer *layer, size_t at)
{
        const uint32_t *window = layer->sums + at;
        const Step *steps = layer->steps;
        float norm = window_norm(cascade, layer, at);

        if (norm <= 0)
                return 0;
        for (size_t s = 0; s < cascade->n_stages; s++) {
                const CascadeStage *stage = &cascade->stages[s];
                float sum = 0;

                for (uint32_t t = 0; t < stage->n_trees; t++) {
                        const CascadeTree *tree = &cascade->trees[stage->first_tree + t];
                        int i = 0;

                        do {
                                const Step *step = &steps[tree->first_node + (uint32_t)i];

                                i = step_value(step, window) * norm < step->threshold ? step->left
                                                                                      : step->right;
                        } while (i > 0);
                        sum += cascade->leaves[tree->first_leaf + (uint32_t)-i];
                }
                if (sum < stage->threshold - STAGE_SLACK)
                        return s;
        }
        return cascade->n_stages;
}

static void scan_layer(const Cascade *cascade, const Layer *layer, double factor, Hits *hits)
{
        uint32_t step = factor > 2 ? 1 : 2;

        for (uint32_t y = 0; y + cascade->height <= layer->height; y += step)
                for (uint32_t x = 0; x + cascade->width <= layer->width; x += step) {
                        size_t passed =
                                window_passes(cascade, layer, (size_t)y * layer->stride + x);

                        /* What the first stage refuses has no neighbour worth a look, as in
                         * OpenCV. */
                        if (passed == 0)
                                x += step;
                        if (passed == cascade->n_stages && hits->n < WINDOWS_MAX)
                                hits->boxes[hits->n++] = (CascadeBox){
                                        .x = x * factor,
                                        .y = y * factor,
                                        .size = cascade->width * factor,
                                };
                }
}

static bool similar(const CascadeBox *a, const CascadeBox *b)
{
        double distance = GROUP_DISTANCE * MIN(a->size, b->size);

        return fabs(a->x - b->x) <= distance && fabs(a->y - b->y) <= distance &&
               fabs(a->x + a->size - b->x - b->size) <= distance &&
               fabs(a->y + a->size - b->y - b->size) <= distance;
}

static uint32_t root_of(uint32_t *parents, uint32_t i)
{
        while (parents[i] != i)
                i = parents[i] = parents[parents[i]];
        return i;
}

/* Merges what is similar, directly or by way of others, into averages; returns the groups' number.
 * They replace the first boxes of hits. */
static int merge(Hits *hits)
{
        _cleanup_free_ uint32_t *parents = calloc(hits->n + 1, sizeof(*parents));
        _cleanup_free_ CascadeBox *sums = calloc(hits->n + 1, sizeof(*sums));
        size_t n = 0;

        if (!parents || !sums)
                return -ENOMEM;
        for (uint32_t i = 0; i < hits->n; i++)
                parents[i] = i;
        for (uint32_t i = 0; i < hits->n; i++)
                for (uint32_t k = 0; k < i; k++)
                        if (similar(&hits->boxes[i], &hits->boxes[k]))
                                parents[root_of(parents, i)] = root_of(parents, k);
        for (uint32_t i = 0; i < hits->n; i++) {
                CascadeBox *sum = &sums[root_of(parents, i)];

                sum->x += hits->boxes[i].x;
                sum->y += hits->boxes[i].y;
                sum->size += hits->boxes[i].size;
                sum->neighbours++;
        }
        for (size_t i = 0; i < hits->n; i++) {
                double count = sums[i].neighbours;

                if (count > 0)
                        hits->boxes[n++] = (CascadeBox){
                                .x = sums[i].x / count,
                                .y = sums[i].y / count,
                                .size = sums[i].size / count,
                                .neighbours = sums[i].neighbours,
                        };
        }
        hits->n = n;
        return 0;
}

/* Whether a lies inside b and is the weaker of the two. */
static bool swallowed(const CascadeBox *a, const CascadeBox *b)
{
        double slack = b->size * GROUP_DISTANCE;

        return a->x >= b->x - slack && a->y >= b->y - slack &&
               a->x + a->size <= b->x + b->size + slack &&
               a->y + a->size <= b->y + b->size + slack &&
               (b->neighbours > MAX(3u, a->neighbours) || a->neighbours < 3);
}

static int by_neighbours(const void *a, const void *b)
{
        const CascadeBox *x = a, *y = b;

        return x->neighbours < y->neighbours ? 1 : x->neighbours > y->neighbours ? -1 : 0;
}

int cascade_detect(const Cascade *cascade, const uint8_t *luma, uint32_t width, uint32_t height,
                   const CascadeWish *wish, CascadeBox *boxes, size_t max)
{
        _cleanup_(layer_done) Layer layer = {};
        _cleanup_(hits_done) Hits hits = {};
        double step = MAX(wish->step, 1.02);
        size_t n = 0;
        int r;

        if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX)
                return 0;
        r = layer_new(cascade, width, height, &layer);
        if (r < 0)
                return r;
        hits.boxes = calloc(WINDOWS_MAX, sizeof(*hits.boxes));
        if (!hits.boxes)
                return -ENOMEM;
        for (double factor = 1;; factor *= step) {
                double size = cascade->width * factor;

                layer.width = (uint32_t)lrint(width / factor);
                layer.height = (uint32_t)lrint(height / factor);
                if (size > wish->max_size || layer.width < cascade->width ||
                    layer.height < cascade->height)
                        break;
                if (size < wish->min_size)
                        continue;
                shrink(luma, width, height, factor, &layer);
                sum_up(&layer);
                scan_layer(cascade, &layer, factor, &hits);
        }
        r = merge(&hits);
        if (r < 0)
                return r;
        qsort(hits.boxes, hits.n, sizeof(*hits.boxes), by_neighbours);
        for (size_t i = 0; i < hits.n && n < max; i++) {
                bool keep = hits.boxes[i].neighbours > wish->min_neighbours;

                for (size_t k = 0; k < hits.n && keep; k++)
                        if (k != i && hits.boxes[k].neighbours > wish->min_neighbours)
                                keep = !swallowed(&hits.boxes[i], &hits.boxes[k]);
                if (keep)
                        boxes[n++] = hits.boxes[i];
        }
        return (int)n;
}
