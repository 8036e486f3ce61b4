/* SPDX-License-Identifier: MIT */
#include <idphoto/photo.h>

#include <math.h>
#include <string.h>

/*
 * Where the bands of PHOTO_MEASURES come from. The standard gives the frame: 480 x 640, crown,
 * eyes, face width and centre. How far a measure errs, and so how far a band may reject, was
 * measured
 *
 *   - on portraits composed at 480 x 640 with known geometry: 47 kinds of fault on 24 faces, by
 *     which the bands were chosen, on 28 more, and on 40 that were made after the bands were fixed;
 *   - on 879 official portraits in studio light, and 157 headshots before any background, which say
 *     how many good photos a band would cost;
 *   - on pictures without a face.
 *
 *   measure                            error or cost                 so the band
 *   eye line                           3 px at the 90th percentile   rejects outside 192-308 px
 *   crown, by the rows that differ     2 px                          rejects outside 42-118 px
 *   face width                         21-25 px                      rejects with 25 px of slack
 *   backdrop colour and evenness       no good composite rejected    rejects
 *   things on the backdrop             good ones have none; hair is  rejects from 0.8 % on
 *                                      left out
 *   sharpness                          6 % of headshots look soft    warns early, rejects late
 *   blur of the face                   sharp faces reach 0.605       rejects above 0.66
 *   lightness of the cheeks            good ones reach 81            rejects above 92
 *   side light, cast, contrast, grain  hit dark skin and good light  off, a hint at most
 */

typedef struct MeasureEntry {
        const char *name;
        ReasonCode reason;
        PhotoBand band;
} MeasureEntry;

static const MeasureEntry measures[_PHOTO_MEASURE_MAX] = {
#define X(symbol, name_, reason_, warn_min_, warn_max_, reject_min_, reject_max_) \
        [PHOTO_MEASURE_##symbol] = { \
                name_, REASON_##reason_, {warn_min_, warn_max_, reject_min_, reject_max_}},
        PHOTO_MEASURES(X)
#undef X
};

/* The reference values of the standard, and the blue of most studios. */
static const uint8_t default_backdrops[][3] = {
        {100, 197, 255},
        {67, 142, 219},
        {255, 255, 255},
        {240, 240, 240},
};

const char *photo_measure_to_string(PhotoMeasure measure)
{
        if (measure < 0 || measure >= _PHOTO_MEASURE_MAX)
                return NULL;
        return measures[measure].name;
}

static const char *const framing_names[_PHOTO_FRAMING_MAX] = {
        [PHOTO_FRAMING_AUTO] = "auto",
        [PHOTO_FRAMING_CHECK] = "check",
};

const char *photo_framing_to_string(PhotoFraming framing)
{
        return framing >= 0 && framing < _PHOTO_FRAMING_MAX ? framing_names[framing] : NULL;
}

PhotoFraming photo_framing_from_string(const char *s)
{
        return (PhotoFraming)text_find(framing_names, _PHOTO_FRAMING_MAX, s);
}

void photo_rules_default(PhotoRules *ret)
{
        PhotoRules rules = {
                .max_file_bytes = 20 * 1024 * 1024,
                .max_pixels = 60 * 1000 * 1000,
                .max_memory_bytes = 96 * 1024 * 1024,
                .max_scan_pixels = 1200 * 1000 * 1000,
                .max_scans = 50,
                .formats = photo_formats_built_in(),
                .max_aspect_error = 0.01,
                .framing = PHOTO_FRAMING_AUTO,
                .output_quality_min = PHOTO_QUALITY_MIN,
                .output_bytes_min = PHOTO_BYTES_MIN,
                .output_bytes_max = PHOTO_BYTES_MAX,
                .n_backdrops = ELEMENTSOF(default_backdrops),
        };

        memcpy(rules.backdrops, default_backdrops, sizeof(default_backdrops));
        for (size_t i = 0; i < _PHOTO_MEASURE_MAX; i++)
                rules.bands[i] = measures[i].band;
        *ret = rules;
}

bool photo_measure_wanted(const PhotoRules *rules, PhotoMeasure measure)
{
        const PhotoBand *band = &rules->bands[measure];

        return isfinite(band->warn_min) || isfinite(band->warn_max) || isfinite(band->reject_min) ||
               isfinite(band->reject_max);
}

/* A finding shows NAN where nothing is demanded. */
static double bound_to_show(double bound)
{
        return isfinite(bound) ? bound : NAN;
}

Finding *photo_measure_judge(const PhotoRules *rules, PhotoMeasure measure, double value,
                             Findings *findings)
{
        const PhotoBand *band = &rules->bands[measure];
        bool reject = value < band->reject_min || value > band->reject_max;
        bool warn = value < band->warn_min || value > band->warn_max;
        /* The limits that decided [P7]: what a rejection shows as allowed was not rejected. */
        double min = reject ? band->reject_min : band->warn_min,
               max = reject ? band->reject_max : band->warn_max;

        if (isnan(value) || (!reject && !warn))
                return NULL;
        return findings_add_value(findings, measures[measure].reason,
                                  reject ? FINDING_REJECT : FINDING_WARN, value, bound_to_show(min),
                                  bound_to_show(max));
}

static bool nan_or_within(double value, double min, double max)
{
        return isnan(value) || (value >= min && value <= max);
}

bool photo_geometry_valid(const PhotoGeometry *geometry)
{
        return nan_or_within(geometry->head_top, 0, PHOTO_HEIGHT) &&
               nan_or_within(geometry->eye_line, 0, PHOTO_HEIGHT) &&
               nan_or_within(geometry->face_width, 0, PHOTO_WIDTH) &&
               nan_or_within(geometry->face_centre, 0, PHOTO_WIDTH) &&
               nan_or_within(geometry->head_tilt, -180, 180);
}

void photo_result_done(PhotoResult *result)
{
        free(result->jpeg);
        *result = (PhotoResult){};
}
