/* SPDX-License-Identifier: MIT */
#include "backdrop.h"

#include "lab.h"

#include <math.h>
#include <string.h>

enum {
        TOP_FROM = 4,
        TOP_TO = 28,
        SIDE = 30,
        EYES_USUALLY = 250,
        SHOULDER_ROWS = 40,
        RIM = 70,
        STEP_MIN = 24,
        RING = 4,
};

/* A pixel beyond this distance in CIELAB is not backdrop. */
static const float FOREIGN = 12;

typedef enum Part { PART_TOP, PART_LEFT, PART_RIGHT, _PART_MAX } Part;

/* A pixel's values in the strips, by part. */
typedef struct Strips {
        Lab *labs;
        size_t n;
        uint32_t histogram[3][256];
        uint32_t part_histogram[_PART_MAX][3][256];
        uint32_t part_n[_PART_MAX];
} Strips;

static void strips_done(Strips *strips)
{
        free(strips->labs);
}

static uint8_t median(const uint32_t histogram[256], size_t n)
{
        size_t below = 0;

        for (int i = 0; i < 256; i++) {
                below += histogram[i];
                if (2 * below >= n)
                        return (uint8_t)i;
        }
        return 255;
}

static void add_pixel(Strips *strips, const uint8_t *rgb, Part part)
{
        strips->labs[strips->n++] = lab_from_rgb(rgb);
        for (int k = 0; k < 3; k++) {
                strips->histogram[k][rgb[k]]++;
                strips->part_histogram[part][k][rgb[k]]++;
        }
        strips->part_n[part]++;
}

static int collect(const Raster *photo, uint32_t eye_line, Strips *ret)
{
        size_t max = (size_t)(TOP_TO - TOP_FROM) * PHOTO_WIDTH + (size_t)2 * SIDE * PHOTO_HEIGHT;

        ret->labs = malloc(max * sizeof(*ret->labs));
        if (!ret->labs)
                return -ENOMEM;
        for (uint32_t y = TOP_FROM; y < TOP_TO; y++)
                for (uint32_t x = 0; x < PHOTO_WIDTH; x++)
                        add_pixel(ret, raster_at(photo, x, y), PART_TOP);
        for (uint32_t y = TOP_TO; y < eye_line; y++) {
                for (uint32_t x = 0; x < SIDE; x++) {
                        add_pixel(ret, raster_at(photo, x, y), PART_LEFT);
                        add_pixel(ret, raster_at(photo, PHOTO_WIDTH - 1 - x, y), PART_RIGHT);
                }
        }
        return 0;
}

static Lab part_median(const Strips *strips, Part part)
{
        uint8_t rgb[3];

        for (int k = 0; k < 3; k++)
                rgb[k] = median(strips->part_histogram[part][k], strips->part_n[part]);
        return lab_from_rgb(rgb);
}

/* How far the strips' pixels lie from their median, and the parts from each other. */
static int measure_evenness(const Strips *strips, const Lab *middle, Backdrop *ret)
{
        /* No two colours are further apart than 260. A 32nd is finer than any band. */
        enum { FINE = 32, BINS = 260 * FINE };
        _cleanup_free_ uint32_t *bins = calloc(BINS, sizeof(*bins));
        Lab top = part_median(strips, PART_TOP), left = part_median(strips, PART_LEFT);
        Lab right = part_median(strips, PART_RIGHT);
        size_t odd = 0, below = 0, at = 0;

        if (!bins)
                return -ENOMEM;
        for (size_t i = 0; i < strips->n; i++) {
                float distance = lab_distance(&strips->labs[i], middle);

                bins[MIN((size_t)(distance * FINE), (size_t)BINS - 1)]++;
                odd += distance > FOREIGN;
        }
        while (at < BINS - 1 && (below += bins[at]) <= strips->n * 9 / 10)
                at++;
        ret->odd = 100.0 * (double)odd / (double)strips->n;
        ret->spread = (at + 0.5) / FINE;
        ret->spread = fmax(ret->spread, lab_distance(&left, &right));
        /* Light falls off downwards in proper studios too, so only three quarters of that
         * difference count. */
        ret->spread = fmax(ret->spread, 0.75 * lab_distance(&top, &left));
        ret->spread = fmax(ret->spread, 0.75 * lab_distance(&top, &right));
        return 0;
}

/* Mean of 5 x 3 pixels, so that grain is not taken for hair. */
static Lab smoothed(const Raster *photo, uint32_t x, uint32_t y)
{
        uint32_t x0 = CLAMP(x, 2u, PHOTO_WIDTH - 3u) - 2, y0 = CLAMP(y, 1u, PHOTO_HEIGHT - 2u) - 1;
        unsigned sums[3] = {};
        uint8_t rgb[3];

        for (uint32_t j = 0; j < 3; j++) {
                const uint8_t *p = raster_at(photo, x0, y0 + j);

                for (uint32_t i = 0; i < 5; i++, p += 3)
                        for (int k = 0; k < 3; k++)
                                sums[k] += p[k];
        }
        for (int k = 0; k < 3; k++)
                rgb[k] = (uint8_t)((sums[k] + 7) / 15);
        return lab_from_rgb(rgb);
}

/* First row that is not backdrop, searched in the columns of the head. An uneven wall needs a
 * larger difference, or its shadow would be taken for hair. */
static double find_crown(const Raster *photo, const Face *face, const Lab *middle, double spread)
{
        double centre = face && face->n_boxes > 0 ? face->centre : PHOTO_WIDTH / 2;
        double width = face && face->n_boxes > 0 ? face->width : 210;
        uint32_t x0 = (uint32_t)CLAMP(centre - 0.6 * width, 0.0, PHOTO_WIDTH - 1.0);
        uint32_t x1 = (uint32_t)CLAMP(centre + 0.6 * width, 1.0, (double)PHOTO_WIDTH);
        uint32_t enough = (uint32_t)fmax(6, 0.06 * width);
        float foreign = (float)CLAMP(1.6 * spread, (double)FOREIGN, 45.0);

        for (uint32_t y = 0; y < PHOTO_HEIGHT; y++) {
                uint32_t n = 0;

                for (uint32_t x = x0; x < x1; x++) {
                        Lab lab = smoothed(photo, x, y);

                        if (lab_distance(&lab, middle) > foreign)
                                n++;
                }
                if (n >= enough)
                        return y;
        }
        return NAN;
}

static double measure_shoulders(const Raster *photo, const Lab *middle)
{
        size_t n = 0;

        for (uint32_t y = PHOTO_HEIGHT - SHOULDER_ROWS; y < PHOTO_HEIGHT; y++) {
                for (uint32_t x = 0; x < PHOTO_WIDTH; x++) {
                        Lab lab = lab_from_rgb(raster_at(photo, x, y));

                        if (lab_distance(&lab, middle) > FOREIGN)
                                n++;
                }
        }
        return 100.0 * (double)n / (SHOULDER_ROWS * PHOTO_WIDTH);
}

/* Share of the pixels along one line that step the same way across it in one channel. `across`
 * leads over the line, `along` from pixel to pixel. Compares two pixels to either side, because
 * frames are seldom sharp. Goes by channel, because a red banner under a dark suit is no brighter
 * than the suit. */
static double step_share(const uint8_t *pixels, ptrdiff_t at, ptrdiff_t across, ptrdiff_t along,
                         unsigned length)
{
        unsigned most = 0;

        for (ptrdiff_t k = 0; k < 3; k++) {
                unsigned up = 0, down = 0;

                for (unsigned i = 0; i < length; i++) {
                        const uint8_t *p = pixels + 3 * (at + (ptrdiff_t)i * along) + k;
                        int d = p[3 * across] - p[-6 * across];

                        up += d > STEP_MIN;
                        down += d < -STEP_MIN;
                }
                most = MAX(most, MAX(up, down));
        }
        return 100.0 * most / length;
}

static double longest_step(const uint8_t *pixels)
{
        double longest = 0;

        for (ptrdiff_t i = 2; i < RIM; i++) {
                ptrdiff_t bottom = PHOTO_HEIGHT - i, right = PHOTO_WIDTH - i;

                longest = fmax(longest,
                               step_share(pixels, i * PHOTO_WIDTH, PHOTO_WIDTH, 1, PHOTO_WIDTH));
                longest = fmax(longest, step_share(pixels, bottom * PHOTO_WIDTH, PHOTO_WIDTH, 1,
                                                   PHOTO_WIDTH));
                longest = fmax(longest, step_share(pixels, i, 1, PHOTO_WIDTH, PHOTO_HEIGHT));
                longest = fmax(longest, step_share(pixels, right, 1, PHOTO_WIDTH, PHOTO_HEIGHT));
        }
        return longest;
}

/* A frame all around that is as bright as the backdrop makes no step. But no portrait has an
 * outermost ring of one value, because the clothes cross it. */
static bool flat_ring(const uint8_t *luma)
{
        double sum = 0, squares = 0, n = 0;

        for (uint32_t y = 0; y < PHOTO_HEIGHT; y++) {
                for (uint32_t x = 0; x < PHOTO_WIDTH; x++) {
                        double v;

                        if (x >= RING && x < PHOTO_WIDTH - RING && y >= RING &&
                            y < PHOTO_HEIGHT - RING)
                                continue;
                        v = luma[(size_t)y * PHOTO_WIDTH + x];
                        sum += v;
                        squares += v * v;
                        n++;
                }
        }
        return squares / n - sum / n * (sum / n) < 9;
}

static double nearest_allowed(const PhotoRules *rules, const Lab *middle, Lab *ret)
{
        double nearest = NAN;

        for (size_t i = 0; i < MIN(rules->n_backdrops, (size_t)PHOTO_BACKDROPS_MAX); i++) {
                Lab allowed = lab_from_rgb(rules->backdrops[i]);
                double distance = lab_distance(&allowed, middle);

                if (!isnan(nearest) && distance >= nearest)
                        continue;
                nearest = distance;
                *ret = allowed;
        }
        return nearest;
}

/* In what the colour differs most from the one that is asked for: a word that finding_title()
 * knows. */
static const char *difference(const Lab *allowed, const Lab *middle)
{
        double l = middle->l - allowed->l, a = middle->a - allowed->a, b = middle->b - allowed->b;

        if (fabs(l) >= fabs(a) && fabs(l) >= fabs(b))
                return l < 0 ? "dark" : "bright";
        if (fabs(a) >= fabs(b))
                return a < 0 ? "green" : "red";
        return b < 0 ? "blue" : "yellow";
}

int backdrop_measure(const Raster *photo, const uint8_t *luma, const Face *face,
                     const PhotoRules *rules, Backdrop *ret)
{
        double eyes = face && face->n_boxes > 0 ? face->eye_line : EYES_USUALLY;
        _cleanup_(strips_done) Strips strips = {};
        Backdrop backdrop = {};
        Lab middle, allowed = {};
        int r;

        r = collect(photo, (uint32_t)CLAMP(eyes, 60.0, 400.0), &strips);
        if (r < 0)
                return r;
        for (int k = 0; k < 3; k++)
                backdrop.colour[k] = median(strips.histogram[k], strips.n);
        middle = lab_from_rgb(backdrop.colour);
        r = measure_evenness(&strips, &middle, &backdrop);
        if (r < 0)
                return r;
        backdrop.distance = nearest_allowed(rules, &middle, &allowed);
        backdrop.difference = difference(&allowed, &middle);
        backdrop.crown = find_crown(photo, face, &middle, backdrop.spread);
        backdrop.shoulders = measure_shoulders(photo, &middle);
        backdrop.step = flat_ring(luma) ? 100 : longest_step(photo->pixels);
        *ret = backdrop;
        return 0;
}

/* Whether the value lies beyond the bounds and so gives a finding. */
static bool at_fault(const PhotoRules *rules, PhotoMeasure measure, double value)
{
        const PhotoBand *band = &rules->bands[measure];

        return value < band->warn_min || value > band->warn_max || value < band->reject_min ||
               value > band->reject_max;
}

bool backdrop_shows_crown(const Backdrop *backdrop, const PhotoRules *rules)
{
        return !at_fault(rules, PHOTO_MEASURE_STRAIGHT_STEP, backdrop->step) &&
               !(backdrop->odd > rules->bands[PHOTO_MEASURE_BACKDROP_ODD].reject_max);
}

void backdrop_judge(const Backdrop *backdrop, const PhotoRules *rules, Findings *findings)
{
        Finding *colour = photo_measure_judge(rules, PHOTO_MEASURE_BACKDROP_DISTANCE,
                                              backdrop->distance, findings);

        if (colour)
                (void)snprintf(colour->detail, sizeof(colour->detail), "RGB %u,%u,%u %s",
                               backdrop->colour[0], backdrop->colour[1], backdrop->colour[2],
                               backdrop->difference);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_STRAIGHT_STEP, backdrop->step, findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_BACKDROP_SPREAD, backdrop->spread, findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_BACKDROP_ODD, backdrop->odd, findings);
        if (!backdrop_shows_crown(backdrop, rules))
                return;
        (void)photo_measure_judge(rules, PHOTO_MEASURE_CROWN, backdrop->crown, findings);
        (void)photo_measure_judge(rules, PHOTO_MEASURE_SHOULDERS, backdrop->shoulders, findings);
}
