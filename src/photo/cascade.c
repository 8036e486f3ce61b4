/* SPDX-License-Identifier: MIT */
#include "cascadedata.h"
#include "fast.h"

#include <math.h>
#include <string.h>

/*
 * A window of the cascade's size slides over the picture at every scale. The picture is shrunk
 * instead of the window being enlarged, so that one table of running sums with fixed offsets gives
 * the sums over rectangles. Windows that agree are merged; a single one is chance.
 *
 * LANES windows of a row are judged at once. Where only every second position is looked at, each
 * row of the table has its even columns before its odd ones. So neighbouring windows read
 * neighbours in memory in either case.
 */

enum {
        SIDE_MAX = 4096,
        WINDOWS_MAX = 20000, /* raw hits kept; a picture of nothing but faces has hundreds */
        LANES = 8,
};

/* OpenCV's value: makes a stage as tolerant as its training. */
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
        bool third;                        /* it has a third rectangle, which few do */
        float threshold;
        /* Below and not below the threshold: */
        int32_t child[2]; /* another node of the tree; 0: a leaf */
        int32_t inner[2]; /* all bits set where there is a child */
        float leaf[2];    /* 0 where there is a child */
} Step;

/* One value a window. */
typedef float Floats __attribute__((vector_size(4 * LANES)));
typedef int32_t Ints __attribute__((vector_size(4 * LANES)));
typedef uint32_t Sums __attribute__((vector_size(4 * LANES)));

/* Vectors are only passed between inlined functions, so the ABI for passing them does not
 * matter. */
#define INLINE static inline __attribute__((always_inline))
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

/* Which two neighbours a pixel of a smaller picture is made of. */
typedef struct Blend {
        uint32_t first, second;
        uint32_t weight; /* of the second */
} Blend;

/* A picture at one scale with its running sums. */
typedef struct Layer {
        uint32_t width, height;
        uint32_t step; /* between the positions that are looked at: 1 or 2 */
        size_t half;   /* of the widest layer's columns, rounded up */
        size_t stride; /* of the sums: the widest layer's, so that offsets hold for all */
        uint8_t *pixels;
        uint32_t *sums;
        uint32_t *squares; /* of pixels; overflows, but the part of a window never does */
        Step *steps;       /* one for each node of the cascade, for that step */
        Corner rim;        /* of a window, without its outermost pixels */
        bool *passes;      /* of the windows of a row: the first stage */
        Blend *across;     /* for each of its columns, and then down for each of its rows */
        Blend *down;
} Layer;

typedef struct Hits {
        CascadeBox *boxes;
        size_t n;
        size_t allocated;
} Hits;

static void layer_done(Layer *layer)
{
        free(layer->pixels);
        free(layer->sums);
        free(layer->squares);
        free(layer->steps);
        free(layer->passes);
        free(layer->across);
}

static void hits_done(Hits *hits)
{
        free(hits->boxes);
}

/* Makes room for that many more, as far as so many are kept. */
static int hits_reserve(Hits *hits, size_t more)
{
        size_t wanted = MIN(hits->n + more, (size_t)WINDOWS_MAX);
        CascadeBox *boxes;

        if (wanted <= hits->allocated)
                return 0;
        wanted = MIN(2 * wanted, (size_t)WINDOWS_MAX);
        boxes = realloc(hits->boxes, wanted * sizeof(*boxes));
        if (!boxes)
                return -ENOMEM;
        hits->boxes = boxes;
        hits->allocated = wanted;
        return 0;
}

/* The place in the table of the sums up to that column. */
static size_t column(const Layer *layer, size_t x)
{
        return layer->step == 1 ? x : (x & 1) * layer->half + x / 2;
}

static Corner make_corner(const Layer *layer, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
                          float weight)
{
        return (Corner){
                .a = (uint32_t)(y * layer->stride + column(layer, x)),
                .b = (uint32_t)(y * layer->stride + column(layer, x + w)),
                .c = (uint32_t)((y + h) * layer->stride + column(layer, x)),
                .d = (uint32_t)((y + h) * layer->stride + column(layer, x + w)),
                .weight = weight,
        };
}

static int layer_new(const Cascade *cascade, uint32_t width, uint32_t height, Layer *ret)
{
        size_t half = ((size_t)width + 2) / 2, n = 2 * half * ((size_t)height + 1) + LANES;

        ret->half = half;
        ret->stride = 2 * half;
        ret->pixels = malloc((size_t)width * height);
        ret->sums = calloc(n, sizeof(*ret->sums));
        ret->squares = calloc(n, sizeof(*ret->squares));
        ret->steps = calloc(cascade->n_nodes, sizeof(*ret->steps));
        ret->passes = calloc((size_t)width + LANES, sizeof(*ret->passes));
        ret->across = calloc((size_t)width + height, sizeof(*ret->across));
        if (!ret->pixels || !ret->sums || !ret->squares || !ret->steps || !ret->passes ||
            !ret->across)
                return -ENOMEM;
        ret->down = ret->across + width;
        return 0;
}

static Step make_step(const Cascade *cascade, const Layer *layer, const CascadeTree *tree,
                      uint32_t i)
{
        const CascadeNode *node = &cascade->nodes[tree->first_node + i];
        const CascadeFeature *f = &cascade->features[node->feature];
        const int children[2] = {node->left, node->right};
        Step step = {.threshold = node->threshold, .third = f->n_rects > 2};

        for (int k = 0; k < 2; k++) {
                if (children[k] > 0) {
                        step.child[k] = children[k];
                        step.inner[k] = -1;
                } else {
                        step.leaf[k] = cascade->leaves[tree->first_leaf + (uint32_t)-children[k]];
                }
        }
        for (unsigned k = 0; k < f->n_rects; k++)
                step.corners[k] =
                        make_corner(layer, f->rects[k].x, f->rects[k].y, f->rects[k].width,
                                    f->rects[k].height, f->rects[k].weight);
        return step;
}

static void set_step(const Cascade *cascade, uint32_t step, Layer *layer)
{
        if (layer->step == step)
                return;
        layer->step = step;
        for (size_t t = 0; t < cascade->n_trees; t++) {
                const CascadeTree *tree = &cascade->trees[t];

                for (uint32_t i = 0; i < tree->n_nodes; i++)
                        layer->steps[tree->first_node + i] = make_step(cascade, layer, tree, i);
        }
        layer->rim = make_corner(layer, 1, 1, cascade->width - 2, cascade->height - 2, 1);
}

enum { BLEND_BITS = 11, BLEND_ONE = 1 << BLEND_BITS };

/* For `n` pixels, of `side` shrunk by the factor. Centres are aligned. */
static void make_blends(Blend *blends, uint32_t n, uint32_t side, double factor)
{
        for (uint32_t i = 0; i < n; i++) {
                double at = MAX((i + 0.5) * factor - 0.5, 0.0);
                uint32_t first = MIN((uint32_t)at, side - 1);

                blends[i] = (Blend){
                        .first = first,
                        .second = MIN(first + 1, side - 1),
                        .weight = MIN((uint32_t)((at - first) * BLEND_ONE), (uint32_t)BLEND_ONE),
                };
        }
}

/* Bilinear. */
static void shrink(const uint8_t *in, uint32_t width, uint32_t height, double factor, Layer *out)
{
        make_blends(out->across, out->width, width, factor);
        make_blends(out->down, out->height, height, factor);
        for (uint32_t y = 0; y < out->height; y++) {
                const Blend *v = &out->down[y];
                const uint8_t *upper = in + (size_t)v->first * width;
                const uint8_t *lower = in + (size_t)v->second * width;
                uint8_t *row = out->pixels + (size_t)y * out->width;

                for (uint32_t x = 0; x < out->width; x++) {
                        const Blend *u = &out->across[x];
                        uint32_t left = BLEND_ONE - u->weight, above = BLEND_ONE - v->weight;
                        uint32_t top = upper[u->first] * left + upper[u->second] * u->weight;
                        uint32_t bottom = lower[u->first] * left + lower[u->second] * u->weight;

                        row[x] = (uint8_t)((top * above + bottom * v->weight +
                                            (1u << (2 * BLEND_BITS - 1))) >>
                                           (2 * BLEND_BITS));
                }
        }
}

static void sum_up(Layer *layer)
{
        for (uint32_t y = 0; y < layer->height; y++) {
                const uint8_t *in = layer->pixels + (size_t)y * layer->width;
                uint32_t *above = layer->sums + (size_t)y * layer->stride;
                uint32_t *above2 = layer->squares + (size_t)y * layer->stride;
                uint32_t *row = above + layer->stride, sum = 0;
                uint32_t *row2 = above2 + layer->stride, sum2 = 0;

                row[0] = 0;
                row2[0] = 0;
                for (uint32_t x = 0; x < layer->width; x++) {
                        size_t at = column(layer, x + 1);

                        sum += in[x];
                        sum2 += (uint32_t)in[x] * in[x];
                        row[at] = above[at] + sum;
                        row2[at] = above2[at] + sum2;
                }
        }
}

INLINE Sums load(const uint32_t *from)
{
        Sums values;

        memcpy(&values, from, sizeof(values));
        return values;
}

/* Those of squares may have overflowed; their difference has not. */
INLINE Ints rect_sums(const Corner *c, const uint32_t *window)
{
        return (Ints)(load(window + c->d) - load(window + c->b) - load(window + c->c) +
                      load(window + c->a));
}

INLINE Floats rect_values(const Corner *c, const uint32_t *window)
{
        return c->weight * __builtin_convertvector(rect_sums(c, window), Floats);
}

INLINE Floats step_values(const Step *step, const uint32_t *window)
{
        Floats values =
                rect_values(&step->corners[0], window) + rect_values(&step->corners[1], window);

        return step->third ? values + rect_values(&step->corners[2], window) : values;
}

/* 1 / (standard deviation * area) of each window without its rim; 0 for a window that is too flat
 * to hold anything. */
INLINE Floats window_norms(const Cascade *cascade, const Layer *layer, size_t at)
{
        double area = (double)(cascade->width - 2) * (cascade->height - 2);
        Ints sums = rect_sums(&layer->rim, layer->sums + at);
        Ints squares = rect_sums(&layer->rim, layer->squares + at);
        Floats norms = {};

        for (int i = 0; i < LANES; i++) {
                double sum = sums[i], nf = area * squares[i] - sum * sum;

                nf = nf > 0 ? sqrt(nf) : 0;
                norms[i] = area < 0.1 * nf ? (float)(1 / nf) : 0;
        }
        return norms;
}

INLINE Floats pick(Ints mask, Floats yes, Floats no)
{
        return (Floats)((mask & (Ints)yes) | (~mask & (Ints)no));
}

/* child: what the other nodes say. */
INLINE Floats node_values(const Step *step, const uint32_t *window, Floats norms,
                          const Floats child[2])
{
        Ints low = step_values(step, window) * norms < step->threshold;
        Floats values[2];

        for (int k = 0; k < 2; k++)
                values[k] = pick(step->inner[k] + (Ints){}, child[k], step->leaf[k] - (Floats){});
        return pick(low, values[0], values[1]);
}

/* Goes from the last node to the first, because children stand behind their parents. Most trees
 * have one node or two. */
INLINE Floats tree_values(const Step *steps, uint32_t n_nodes, const uint32_t *window, Floats norms)
{
        Floats values[CASCADE_TREE_NODES_MAX], second = {};

        if (n_nodes <= 2) {
                if (n_nodes == 2)
                        second = node_values(&steps[1], window, norms, (Floats[2]){});
                return node_values(&steps[0], window, norms, (Floats[2]){second, second});
        }
        values[0] = second;
        for (uint32_t i = n_nodes; i-- > 0;) {
                const int32_t *child = steps[i].child;

                values[i] = node_values(&steps[i], window, norms,
                                        (Floats[2]){values[child[0]], values[child[1]]});
        }
        return values[0];
}

/* Which windows pass the stage: all bits set, or none. */
INLINE Ints stage_passes(const Cascade *cascade, const Layer *layer, const CascadeStage *stage,
                         const uint32_t *window, Floats norms)
{
        Floats sums = {};

        for (uint32_t t = 0; t < stage->n_trees; t++) {
                const CascadeTree *tree = &cascade->trees[stage->first_tree + t];

                sums += tree_values(&layer->steps[tree->first_node], tree->n_nodes, window, norms);
        }
        return sums >= stage->threshold - STAGE_SLACK;
}

INLINE bool any(Ints mask)
{
        int32_t bits = 0;

        for (int i = 0; i < LANES; i++)
                bits |= mask[i];
        return bits != 0;
}

/* Fills layer->passes for a row of n windows, of which the first is `at`. */
FAST static void scan_first_stage(const Cascade *cascade, const Layer *layer, size_t at, uint32_t n)
{
        for (uint32_t k = 0; k < n; k += LANES) {
                Floats norms = window_norms(cascade, layer, at + k);
                Ints passes = stage_passes(cascade, layer, &cascade->stages[0],
                                           layer->sums + at + k, norms) &
                              (norms > 0);

                for (int i = 0; i < LANES; i++)
                        layer->passes[k + (uint32_t)i] = passes[i] != 0;
        }
}

/* Which of the LANES windows that are set in `alive` pass all the other stages. */
FAST static void scan_other_stages(const Cascade *cascade, const Layer *layer, size_t at,
                                   bool alive[static LANES])
{
        Floats norms = window_norms(cascade, layer, at);
        Ints passes = {};

        for (int i = 0; i < LANES; i++)
                passes[i] = alive[i] ? -1 : 0;
        for (size_t s = 1; s < cascade->n_stages && any(passes); s++)
                passes &=
                        stage_passes(cascade, layer, &cascade->stages[s], layer->sums + at, norms);
        for (int i = 0; i < LANES; i++)
                alive[i] = passes[i] != 0;
}

static void scan_row(const Cascade *cascade, const Layer *layer, uint32_t y, uint32_t n,
                     double factor, Hits *hits)
{
        size_t at = (size_t)y * layer->stride;
        bool *passes = layer->passes;

        scan_first_stage(cascade, layer, at, n);
        /* A window that the first stage refuses has no neighbour worth a look, as in OpenCV. */
        for (uint32_t k = 0; k < n; k++)
                if (!passes[k] && ++k < n)
                        passes[k] = false;
        memset(passes + n, 0, LANES * sizeof(*passes));
        for (uint32_t k = 0; k < n;) {
                if (!passes[k]) {
                        k++;
                        continue;
                }
                scan_other_stages(cascade, layer, at + k, passes + k);
                for (uint32_t i = k; i < MIN(k + LANES, n); i++)
                        if (passes[i] && hits->n < hits->allocated)
                                hits->boxes[hits->n++] = (CascadeBox){
                                        .x = i * layer->step * factor,
                                        .y = y * factor,
                                        .size = cascade->width * factor,
                                };
                k += LANES;
        }
}

static int scan_layer(const Cascade *cascade, const Layer *layer, double factor, Hits *hits)
{
        uint32_t n = (layer->width - cascade->width) / layer->step + 1;

        for (uint32_t y = 0; y + cascade->height <= layer->height; y += layer->step) {
                int r = hits_reserve(hits, n);

                if (r < 0)
                        return r;
                scan_row(cascade, layer, y, n, factor, hits);
        }
        return 0;
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

/* Merges boxes that are similar, directly or by way of others, to averages, which replace the first
 * boxes of hits. Returns the number of groups. */
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
        for (double factor = 1;; factor *= step) {
                double size = cascade->width * factor;

                layer.width = (uint32_t)lrint(width / factor);
                layer.height = (uint32_t)lrint(height / factor);
                if (size > wish->max_size || layer.width < cascade->width ||
                    layer.height < cascade->height)
                        break;
                if (size < wish->min_size)
                        continue;
                set_step(cascade, factor > 2 ? 1 : 2, &layer);
                shrink(luma, width, height, factor, &layer);
                sum_up(&layer);
                r = scan_layer(cascade, &layer, factor, &hits);
                if (r < 0)
                        return r;
        }
        if (hits.n == 0)
                return 0;
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
