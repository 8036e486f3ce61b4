/* SPDX-License-Identifier: MIT */
#include "framing.h"

#include <math.h>

/*
 * A part is three numbers: its scale (pixels of the picture for one of the finished photo) and its
 * upper left corner. Every demand is linear in them: a row of the head is shown in the row
 * (row - y) / scale, which must lie in a band, so y lies between two lines over the scale. Each pair
 * of a lower and an upper line bounds the scale. So the possible scales are one interval, found
 * exactly, and for each of them the possible corners are a rectangle.
 */

/* How far measures err, and so how far a head is kept from the bounds where there is room. Pixels
 * of the finished photo. */
static const double CROWN_SLACK = 8;
static const double EYES_SLACK = 8;
static const double WIDTH_SLACK = 35;
static const double CENTRE_SLACK = 32;
/* Of a band at least the middle fifth is left. */
static const double SLACK_SHARE = 0.4;

/* From the eyes up to the crown, by the width between the cheeks. Measured on the portraits that
 * src/domain/photorules.c names. */
static const double CROWN_PER_WIDTH = 0.8;

/* The steps by which the bands of the place are widened where nothing fits, and how far. */
static const double WIDEN = 8;
static const double WIDEN_MAX = 1280;

typedef struct Band {
        double min;
        double max;
} Band;

typedef struct Bands {
        Band crown;
        Band eyes;
        Band width;
        Band centre; /* column */
} Bands;

/* A bound that moves with the scale. */
typedef struct Line {
        double at;
        double per_scale;
} Line;

enum { LINES_MAX = 3 };

/* What bounds one coordinate of the corner. */
typedef struct Axis {
        Line low[LINES_MAX];
        Line high[LINES_MAX];
        size_t n_low;
        size_t n_high;
} Axis;

static double value_at(const Line *line, double scale)
{
        return line->at + line->per_scale * scale;
}

static void axis_init(Axis *axis, double side, double target)
{
        *axis = (Axis){
                .high[0] = {side, -target},
                .n_low = 1,
                .n_high = 1,
        };
}

/* What is at `at` in the picture must be shown within the band. */
static void axis_show(Axis *axis, double at, const Band *band)
{
        if (isfinite(band->max))
                axis->low[axis->n_low++] = (Line){at, -band->max};
        if (isfinite(band->min))
                axis->high[axis->n_high++] = (Line){at, -band->min};
}

/* Narrows the scales to those at which every lower line is below every upper one. */
static void axis_bound_scale(const Axis *axis, Band *scale)
{
        for (size_t i = 0; i < axis->n_low; i++) {
                for (size_t k = 0; k < axis->n_high; k++) {
                        double rise = axis->low[i].per_scale - axis->high[k].per_scale;
                        double room = axis->high[k].at - axis->low[i].at;

                        if (rise > 0)
                                scale->max = fmin(scale->max, room / rise);
                        else if (rise < 0)
                                scale->min = fmax(scale->min, room / rise);
                        else if (room < 0)
                                scale->max = -INFINITY;
                }
        }
}

/* The coordinate nearest to the middle. */
static double axis_place(const Axis *axis, double side, double length, double scale)
{
        double low = 0, high = side - length;

        for (size_t i = 0; i < axis->n_low; i++)
                low = fmax(low, value_at(&axis->low[i], scale));
        for (size_t k = 0; k < axis->n_high; k++)
                high = fmin(high, value_at(&axis->high[k], scale));
        /* Rounding may cross them by a hair; the picture's side counts most. */
        return fmax(fmin(fmin(fmax((side - length) / 2, low), high), side - length), 0);
}

/* The largest part of the picture, for one pixel of the finished photo. */
static double largest_scale(double width, double height)
{
        return fmin(width / PHOTO_WIDTH, height / PHOTO_HEIGHT);
}

/* Nothing is enlarged, but what is smaller than the finished photo as a whole. */
static double least_scale(double width, double height)
{
        return fmin(largest_scale(width, height), 1);
}

static bool try_bands(const FramingHead *head, double width, double height, const Bands *bands,
                      RasterWindow *ret)
{
        Band scale = {
                .min = fmax(least_scale(width, height), head->width / bands->width.max),
                .max = fmin(largest_scale(width, height), head->width / fmax(bands->width.min, 1)),
        };
        Axis across, down;

        axis_init(&across, width, PHOTO_WIDTH);
        axis_show(&across, head->centre, &bands->centre);
        axis_init(&down, height, PHOTO_HEIGHT);
        axis_show(&down, head->crown, &bands->crown);
        axis_show(&down, head->eye_line, &bands->eyes);
        axis_bound_scale(&across, &scale);
        axis_bound_scale(&down, &scale);
        if (!(scale.min <= scale.max))
                return false;
        ret->width = PHOTO_WIDTH * scale.max;
        ret->height = PHOTO_HEIGHT * scale.max;
        ret->x = axis_place(&across, width, ret->width, scale.max);
        ret->y = axis_place(&down, height, ret->height, scale.max);
        return true;
}

static Band narrowed(double min, double max, double slack)
{
        if (isfinite(min) && isfinite(max))
                slack = fmin(slack, SLACK_SHARE * (max - min));
        return (Band){min + slack, max - slack};
}

/* A negative slack widens. */
static Bands make_bands(const PhotoRules *rules, bool reject_only, double slack)
{
        const PhotoMeasure measures[] = {PHOTO_MEASURE_CROWN, PHOTO_MEASURE_EYES,
                                         PHOTO_MEASURE_WIDTH, PHOTO_MEASURE_CENTRE};
        const double slacks[] = {CROWN_SLACK, EYES_SLACK, WIDTH_SLACK, CENTRE_SLACK};
        Band made[ELEMENTSOF(measures)];

        for (size_t i = 0; i < ELEMENTSOF(measures); i++) {
                const PhotoBand *band = &rules->bands[measures[i]];
                double min = band->reject_min, max = band->reject_max;

                if (!reject_only) {
                        min = fmax(min, band->warn_min);
                        max = fmin(max, band->warn_max);
                }
                made[i] = narrowed(min, max, slack >= 0 ? slack * slacks[i] : slack);
        }
        /* The measure is the distance from the middle. */
        made[3] = (Band){PHOTO_WIDTH / 2 - made[3].max, PHOTO_WIDTH / 2 + made[3].max};
        return (Bands){made[0], made[1], made[2], made[3]};
}

/* Where the face is too large or has too few pixels whatever the place, its size is given, and the
 * place is as good as it can be then. */
static bool size_is_given(const FramingHead *head, double width, double height,
                          const PhotoRules *rules, Band *ret)
{
        /* More than rounding takes. */
        const double hair = 1e-9;
        double least = least_scale(width, height), largest = largest_scale(width, height);
        Bands bands = make_bands(rules, true, 0);
        double shown;

        if (bands.width.min > 0 && head->width / bands.width.min < least)
                shown = head->width / least;
        else if (head->width / bands.width.max > largest)
                shown = head->width / largest;
        else
                return false;
        *ret = (Band){shown * (1 - hair), shown * (1 + hair)};
        return true;
}

void framing_choose(const FramingHead *head, uint32_t width, uint32_t height,
                    const PhotoRules *rules, Framing *ret)
{
        static const struct {
                bool reject_only;
                double slack;
        } wishes[] = {{false, 1}, {false, 0.5}, {false, 0}, {true, 0}};
        double zoom = largest_scale(width, height);
        FramingHead known = *head;
        RasterWindow window = {
                .x = (width - PHOTO_WIDTH * zoom) / 2,
                .y = (height - PHOTO_HEIGHT * zoom) / 2,
                .width = PHOTO_WIDTH * zoom,
                .height = PHOTO_HEIGHT * zoom,
        };
        bool given, placed = false;
        Bands bands;
        Band size;

        if (isnan(known.crown))
                known.crown = known.eye_line - CROWN_PER_WIDTH * known.width;
        given = size_is_given(&known, width, height, rules, &size);
        for (size_t i = 0; i < ELEMENTSOF(wishes) && !placed; i++) {
                bands = make_bands(rules, wishes[i].reject_only, wishes[i].slack);
                if (given)
                        bands.width = size;
                placed = try_bands(&known, width, height, &bands, &window);
        }
        ret->fits = placed && !given;
        for (double more = WIDEN; !placed && more <= WIDEN_MAX; more += WIDEN) {
                bands = make_bands(rules, true, -more);
                bands.width = given ? size : make_bands(rules, true, 0).width;
                placed = try_bands(&known, width, height, &bands, &window);
        }
        ret->window = window;
}
