/* SPDX-License-Identifier: MIT */
#include "backdrop.h"

#include "fast.h"
#include "person.h"
#include "wall.h"

#include <math.h>
#include <string.h>

enum {
        TOP_FROM = 4,
        TOP_TO = 28,
        SIDE = 30,
        EYES_USUALLY = 250,
        SHOULDER_ROWS = 40,
        WHITE = 235,         /* luma */
        CUT_OFF = 25,        /* percent of a line */
        SHOULDERS_SEEN = 25, /* percent of these rows */
        RIM = 70,
        STEP_MIN = 24,
        STEP_EVERY = 2, /* pixels along a line */
        RING = 4,
        CROWN_ABOVE = 8, /* thin hair that the cells of a head do not show */
};

/* A pixel beyond this distance in CIELAB is not backdrop. */
static const float FOREIGN = 12;
/* Cast shadows make a wall darker and paler by less. What differs by more is something on it. */
static const float THING_LIGHT = 28, THING_TINT = 14;
/* Clothes as white as the wall still differ by this much: folds, buttons, a collar. */
static const float FOLDS = 3;
/* If the head leaves less of the strips, it is no head that covers them; unless its face is larger
 * than WIDE pixels. */
static const double STRIPS_LEFT = 0.6, STRIPS_LEFT_WIDE = 0.1, WIDE = 270;
/* Hair is further from the wall than the shadow that it casts there. */
static const float HAIR = 24;

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

static void add_pixel(Strips *strips, const uint8_t *rgb, const Lab *lab, Part part)
{
        strips->labs[strips->n++] = *lab;
        for (int k = 0; k < 3; k++) {
                strips->histogram[k][rgb[k]]++;
                strips->part_histogram[part][k][rgb[k]]++;
        }
        strips->part_n[part]++;
}

/* n pixels of a row, but those that the person covers. */
static void add_row(Strips *strips, const Raster *photo, const Person *person, uint32_t x,
                    uint32_t y, uint32_t n, Part part)
{
        const uint8_t *rgb = raster_at(photo, x, y);
        Lab labs[PHOTO_WIDTH];

        labs_from_rgb(rgb, n, labs);
        for (uint32_t i = 0; i < n; i++)
                if (!person || !person_covers(person, x + i, y))
                        add_pixel(strips, rgb + (size_t)3 * i, &labs[i], part);
}

/* person: whose head is left out; NULL: nothing is. */
static int collect(const Raster *photo, const Person *person, uint32_t eye_line, Strips *ret)
{
        size_t max = (size_t)(TOP_TO - TOP_FROM) * PHOTO_WIDTH + (size_t)2 * SIDE * PHOTO_HEIGHT;
        Strips strips = {.labs = malloc(max * sizeof(*strips.labs))};

        if (!strips.labs)
                return -ENOMEM;
        for (uint32_t y = TOP_FROM; y < TOP_TO; y++)
                add_row(&strips, photo, person, 0, y, PHOTO_WIDTH, PART_TOP);
        for (uint32_t y = TOP_TO; y < eye_line; y++) {
                add_row(&strips, photo, person, 0, y, SIDE, PART_LEFT);
                add_row(&strips, photo, person, PHOTO_WIDTH - SIDE, y, SIDE, PART_RIGHT);
        }
        strips_done(ret);
        *ret = strips;
        return 0;
}

static Lab median_colour(const Strips *strips, uint8_t rgb[3])
{
        for (int k = 0; k < 3; k++)
                rgb[k] = median(strips->histogram[k], strips->n);
        return lab_from_rgb(rgb);
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
        Lab parts[_PART_MAX];
        size_t odd = 0, below = 0, at = 0;

        if (!bins)
                return -ENOMEM;
        /* Of a part that the head covers nothing is known. */
        for (Part i = 0; i < _PART_MAX; i++)
                parts[i] = strips->part_n[i] > 0 ? part_median(strips, i) : *middle;
        for (size_t i = 0; i < strips->n; i++) {
                float distance = lab_distance(&strips->labs[i], middle);

                bins[MIN((size_t)(distance * FINE), (size_t)BINS - 1)]++;
                odd += distance > FOREIGN;
        }
        while (at < BINS - 1 && (below += bins[at]) <= strips->n * 9 / 10)
                at++;
        ret->odd = 100.0 * (double)odd / (double)strips->n;
        ret->spread = (at + 0.5) / FINE;
        ret->spread = fmax(ret->spread, lab_distance(&parts[PART_LEFT], &parts[PART_RIGHT]));
        /* Light falls off downwards in proper studios too, so only three quarters of that
         * difference count. */
        for (Part i = PART_LEFT; i <= PART_RIGHT; i++)
                ret->spread = fmax(ret->spread, 0.75 * lab_distance(&parts[PART_TOP], &parts[i]));
        return 0;
}

/* For each pixel of a row the mean of 5 x 3 about it, so that grain is not taken for hair. */
FAST static void smooth_row(const Raster *photo, uint32_t y, uint8_t *out)
{
        enum { PIXEL = 3, EDGE = 2 * PIXEL, END = (PHOTO_WIDTH - 2) * PIXEL, TAPS = 15 };
        const size_t stride = (size_t)PHOTO_WIDTH * PIXEL;
        const uint8_t *p = raster_at(photo, 0, CLAMP(y, 1u, PHOTO_HEIGHT - 2u)),
                      *above = p - stride, *below = p + stride;
        uint16_t sums[PHOTO_WIDTH * PIXEL];

        for (size_t i = 0; i < stride; i++)
                sums[i] = (uint16_t)(above[i] + p[i] + below[i]);
        for (size_t i = EDGE; i < END; i++)
                out[i] = (uint8_t)((sums[i - 2 * PIXEL] + sums[i - PIXEL] + sums[i] +
                                    sums[i + PIXEL] + sums[i + 2 * PIXEL] + TAPS / 2) /
                                   TAPS);
        /* At the edges that of the nearest pixel with two neighbours on either side. */
        for (size_t i = 0; i < EDGE; i++) {
                out[i] = out[EDGE + i % PIXEL];
                out[END + i] = out[END - PIXEL + i % PIXEL];
        }
}

/* First row that is not backdrop, searched in the columns of the head. An uneven wall needs a
 * larger difference, or its shadow would be taken for hair. */
static double find_crown(const Raster *photo, const Face *face, double top, const Lab *middle,
                         double spread)
{
        double centre = face && face->n_boxes > 0 ? face->centre : PHOTO_WIDTH / 2;
        double width = face && face->n_boxes > 0 ? face->width : 210;
        uint32_t x0 = (uint32_t)CLAMP(centre - 0.6 * width, 0.0, PHOTO_WIDTH - 1.0);
        uint32_t x1 = (uint32_t)CLAMP(centre + 0.6 * width, 1.0, (double)PHOTO_WIDTH);
        uint32_t enough = (uint32_t)fmax(6, 0.06 * width);
        float foreign = (float)CLAMP(1.6 * spread, (double)FOREIGN, 45.0);
        /* What hangs on the wall above the head is not its crown. */
        uint32_t from = isnan(top) ? 0 : (uint32_t)fmax(0, top - CROWN_ABOVE);

        for (uint32_t y = from; y < PHOTO_HEIGHT; y++) {
                uint8_t smooth[PHOTO_WIDTH * 3];
                Lab labs[PHOTO_WIDTH];
                uint32_t n = 0;

                smooth_row(photo, y, smooth);
                labs_from_rgb(smooth + (size_t)3 * x0, x1 - x0, labs);
                for (uint32_t i = 0; i < x1 - x0; i++)
                        n += lab_distance(&labs[i], middle) > foreign;
                if (n >= enough)
                        return y;
        }
        return NAN;
}

/* Percent of the last rows that is further than `distance` from the wall. A quarter of the pixels
 * tells it. */
static double share_below(const Raster *photo, const Lab *middle, float distance)
{
        size_t beyond = 0, n = 0;

        for (uint32_t y = PHOTO_HEIGHT - SHOULDER_ROWS; y < PHOTO_HEIGHT; y += 2) {
                Lab labs[PHOTO_WIDTH];

                labs_from_rgb(raster_at(photo, 0, y), PHOTO_WIDTH, labs);
                for (uint32_t x = 0; x < PHOTO_WIDTH; x += 2, n++)
                        beyond += lab_distance(&labs[x], middle) > distance;
        }
        return 100.0 * (double)beyond / (double)n;
}

/* Below a face whose neck is in the picture there are shoulders. If they hardly differ from the
 * wall, the clothes have its colour. */
static void measure_shoulders(const Raster *photo, const Face *face, const Lab *middle,
                              Backdrop *ret)
{
        double share = share_below(photo, middle, FOREIGN);
        bool neck = face && face->n_boxes > 0 &&
                    face->eye_line + 0.9 * face->width < PHOTO_HEIGHT - SHOULDER_ROWS;

        ret->clothes = ret->shoulders = NAN;
        if (neck && share < 100 && share_below(photo, middle, FOLDS) > SHOULDERS_SEEN)
                ret->clothes = share;
        else
                ret->shoulders = share;
}

/* Whether hair or skin has such a colour: dark, grey, from red to yellow, or a mixture of these with
 * the wall. Leaves that touch the head have not. */
static bool may_be_of_a_person(const Lab *lab, const Lab *wall)
{
        float chroma = hypotf(wall->a, wall->b);
        float beside = chroma < THING_TINT ? hypotf(lab->a - wall->a, lab->b - wall->b)
                                           : fabsf(wall->a * lab->b - wall->b * lab->a) / chroma;

        return lab->l < 35 || hypotf(lab->a, lab->b) < 10 ||
               (lab->b > 0 && lab->a > -0.2f * lab->b) || (lab->l < wall->l && beside < THING_TINT);
}

/* Percent of the strips, by cells, that is something on the wall. */
static double measure_things(const Person *person, const Lab *middle, bool all, uint32_t eye_line)
{
        size_t things = 0, n = 0;

        for (uint32_t y = TOP_FROM / PERSON_CELL; y < eye_line / PERSON_CELL; y++)
                for (uint32_t x = 0; x < person->across; x++) {
                        const Lab *lab = &person->labs[(size_t)y * person->across + x];
                        bool side =
                                x < SIDE / PERSON_CELL || x >= person->across - SIDE / PERSON_CELL;

                        if ((y >= TOP_TO / PERSON_CELL && !side) ||
                            (!all && may_be_of_a_person(lab, middle) &&
                             person_covers(person, x * PERSON_CELL, y * PERSON_CELL)))
                                continue;
                        n++;
                        things += fabsf(lab->l - middle->l) > THING_LIGHT ||
                                  hypotf(lab->a - middle->a, lab->b - middle->b) > THING_TINT;
                }
        return n > 0 ? 100.0 * (double)things / (double)n : 0;
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

                for (unsigned i = 0; i < length; i += STEP_EVERY) {
                        const uint8_t *p = pixels + 3 * (at + (ptrdiff_t)i * along) + k;
                        int d = p[3 * across] - p[-6 * across];

                        up += d > STEP_MIN;
                        down += d < -STEP_MIN;
                }
                most = MAX(most, MAX(up, down));
        }
        return 100.0 * STEP_EVERY * most / length;
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
static bool flat_ring(const uint8_t *luma, double *ret_mean)
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
        *ret_mean = sum / n;
        return squares / n - sum / n * (sum / n) < 9;
}

/* The longest straight step. A frame as bright as the wall makes none beside the wall, but a white
 * one cuts the clothes off in a line; where nothing is cut off, a head stands alone on white. */
static double measure_frame(const uint8_t *pixels, const uint8_t *luma)
{
        double step = longest_step(pixels), mean;

        return flat_ring(luma, &mean) && (mean < WHITE || step > CUT_OFF) ? 100 : step;
}

static double nearest_allowed(const PhotoRules *rules, const Lab *middle, Lab *ret)
{
        double nearest = NAN;

        for (size_t i = 0; i < MIN(rules->n_backdrops, (size_t)PHOTO_BACKDROPS_MAX); i++) {
                Lab allowed = lab_from_rgb(rules->backdrops[i]);
                double distance = wall_distance(&allowed, middle);

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
        double paler = hypot(allowed->a, allowed->b) - hypot(middle->a, middle->b);

        /* Where only colour is missing, its opposite is not what is seen. */
        if (paler > fabs(l) && paler > 0.7 * hypot(a, b))
                return "grey";
        if (fabs(l) >= fabs(a) && fabs(l) >= fabs(b))
                return l < 0 ? "dark" : "bright";
        if (fabs(a) >= fabs(b))
                return a < 0 ? "green" : "red";
        return b < 0 ? "blue" : "yellow";
}

static bool reaches_into_strips(const Person *person)
{
        for (uint32_t y = 0; y < person->down; y++)
                for (uint32_t x = 0; x < person->across; x++)
                        if (person->head[(size_t)y * person->across + x] &&
                            (y <= TOP_TO / PERSON_CELL || x <= SIDE / PERSON_CELL ||
                             x + 1 + SIDE / PERSON_CELL >= person->across))
                                return true;
        return false;
}

/* Collects the strips without the head, if it reaches into them. */
static int measure_wall(const Raster *photo, const Face *face, uint32_t eye_line, Person *person,
                        double *ret_top, Lab *ret_middle, Backdrop *ret)
{
        _cleanup_(strips_done) Strips strips = {}, free_strips = {};
        const Strips *seen = &strips;
        double left;
        int r = collect(photo, NULL, eye_line, &strips);

        if (r < 0)
                return r;
        *ret_middle = median_colour(&strips, ret->colour);
        if (face && face->n_boxes > 0) {
                person_find(person, face, ret_middle, FOREIGN);
                *ret_top = person->top;
                person_find(person, face, ret_middle, HAIR);
                if (reaches_into_strips(person))
                        r = collect(photo, person, eye_line, &free_strips);
                if (r < 0)
                        return r;
        }
        left = face && face->width > WIDE ? STRIPS_LEFT_WIDE : STRIPS_LEFT;
        if (free_strips.labs && (double)free_strips.n > left * (double)strips.n) {
                seen = &free_strips;
                *ret_middle = median_colour(seen, ret->colour);
        }
        ret->things = measure_things(person, ret_middle, seen == &strips, eye_line);
        return measure_evenness(seen, ret_middle, ret);
}

int backdrop_measure(const Raster *photo, const uint8_t *luma, const Face *face,
                     const PhotoRules *rules, Backdrop *ret)
{
        double eyes = face && face->n_boxes > 0 ? face->eye_line : EYES_USUALLY;
        uint32_t eye_line = (uint32_t)CLAMP(eyes, 60.0, 400.0);
        _cleanup_(person_done) Person person = {};
        Backdrop backdrop = {};
        Lab middle, allowed = {};
        double top = NAN;
        int r = person_new(photo, eye_line, &person);

        if (r >= 0)
                r = measure_wall(photo, face, eye_line, &person, &top, &middle, &backdrop);
        if (r < 0)
                return r;
        backdrop.distance = nearest_allowed(rules, &middle, &allowed);
        backdrop.difference = difference(&allowed, &middle);
        backdrop.crown = find_crown(photo, face, top, &middle, backdrop.spread);
        measure_shoulders(photo, face, &middle, &backdrop);
        backdrop.step = measure_frame(photo->pixels, luma);
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

bool backdrop_is_lit(const Backdrop *backdrop, const PhotoRules *rules)
{
        return !at_fault(rules, PHOTO_MEASURE_BACKDROP_DISTANCE, backdrop->distance);
}

void backdrop_judge(const Backdrop *backdrop, const Judging *judging)
{
        Finding *colour =
                judge_measure(judging, PHOTO_MEASURE_BACKDROP_DISTANCE, backdrop->distance);

        if (colour)
                (void)snprintf(colour->detail, sizeof(colour->detail), "RGB %u,%u,%u %s",
                               backdrop->colour[0], backdrop->colour[1], backdrop->colour[2],
                               backdrop->difference);
        (void)judge_measure(judging, PHOTO_MEASURE_STRAIGHT_STEP, backdrop->step);
        (void)judge_measure(judging, PHOTO_MEASURE_BACKDROP_SPREAD, backdrop->spread);
        (void)judge_measure(judging, PHOTO_MEASURE_BACKDROP_ODD, backdrop->odd);
        (void)judge_measure(judging, PHOTO_MEASURE_BACKDROP_THINGS, backdrop->things);
        if (!backdrop_shows_crown(backdrop, judging->rules))
                return;
        (void)judge_measure(judging, PHOTO_MEASURE_CROWN, backdrop->crown);
        (void)judge_measure(judging, PHOTO_MEASURE_SHOULDERS, backdrop->shoulders);
        (void)judge_measure(judging, PHOTO_MEASURE_CLOTHES, backdrop->clothes);
}
