/* SPDX-License-Identifier: MIT */
#include "fit.h"
#include "sizeguess.h"
#include "transcode.h"

/* Of the largest size allowed: what is larger at the lowest quality would have to lose too much. */
static const double THINNABLE = 1.25;
/* How exactly the growth from a known size to the next is guessed. */
static const double SURE = 1.01;

/*
 * Finds the largest quality from `low` to `high` whose size is at most `max`, or very rarely the one
 * before it: what the next one would take is only guessed. Returns 1 with *ret; 0 with *ret_smallest
 * (the size at `low`) when nothing fits; -ENOMEM.
 */
static int search_quality(const Raster *raster, unsigned low, unsigned high, size_t max,
                          bool full_chroma, Encoded *ret, size_t *ret_smallest)
{
        _cleanup_size_guess_ SizeGuess guess = {};
        _cleanup_encoded_ Encoded best = {};
        unsigned fits = low - 1, fails = high + 1;
        int r = size_guess_new(raster, full_chroma, &guess);

        while (r >= 0 && fails - fits > 1) {
                _cleanup_encoded_ Encoded trial = {};
                unsigned quality;

                r = size_guess_find(&guess, fits, fails,
                                    best.data ? (size_t)(SURE * (double)max) : max, &quality);
                if (r < 0 || (best.data && quality == fits))
                        break;
                quality = MAX(quality, fits + 1);
                r = encode_jpeg(raster, quality, full_chroma, &trial);
                if (r >= 0)
                        r = size_guess_learn(&guess, quality, trial.size);
                if (r < 0)
                        break;
                if (trial.size > max) {
                        fails = quality;
                        *ret_smallest = trial.size;
                        continue;
                }
                fits = quality;
                encoded_done(&best);
                best = trial;
                trial = (Encoded){};
        }
        if (r < 0 || !best.data)
                return MIN(r, 0);
        *ret = best;
        best = (Encoded){};
        return 1;
}

/* The last resort of busy clothes. As search_quality(). */
static int fit_thinned(const Raster *raster, const PhotoRules *rules, unsigned quality,
                       size_t smallest, Encoded *ret)
{
        _cleanup_encoded_ Encoded coarse = {};
        int r;

        if ((double)smallest > THINNABLE * (double)rules->output_bytes_max)
                return 0;
        r = encode_jpeg(raster, quality, false, &coarse);
        return r < 0 ? r : transcode_thinned(&coarse, rules, ret);
}

int encode_to_fit(const Raster *raster, const PhotoRules *rules, Encoded *ret, Findings *findings)
{
        _cleanup_encoded_ Encoded half = {}, full = {};
        unsigned low = CLAMP(rules->output_quality_min, 1u, 100u);
        size_t smallest = 0;
        int r;

        r = search_quality(raster, low, 100, rules->output_bytes_max, false, &half, &smallest);
        if (r == 0)
                r = fit_thinned(raster, rules, low, smallest, &half);
        if (r < 0)
                return r;
        if (r == 0) {
                (void)findings_add_value(findings, REASON_OUTPUT_TOO_LARGE, FINDING_REJECT,
                                         (double)smallest, rules->output_bytes_min,
                                         rules->output_bytes_max);
                return 0;
        }
        if (half.quality == 100) {
                /* Below 90, full chroma would cost more luma than it gives colour. */
                r = search_quality(raster, MAX(low, 90u), 100, rules->output_bytes_max, true, &full,
                                   &smallest);
                if (r < 0)
                        return r;
                if (r == 1 && full.size > half.size) {
                        encoded_done(&half);
                        half = full;
                        full = (Encoded){};
                }
        }
        if (half.size < rules->output_bytes_min) {
                (void)findings_add_value(findings, REASON_OUTPUT_TOO_SMALL, FINDING_REJECT,
                                         (double)half.size, rules->output_bytes_min,
                                         rules->output_bytes_max);
                return 0;
        }
        *ret = half;
        half = (Encoded){};
        return 1;
}

int encode_best(const Raster *raster, const PhotoRules *rules, Encoded *ret)
{
        _cleanup_encoded_ Encoded best = {};
        unsigned low = CLAMP(rules->output_quality_min, 1u, 100u);
        size_t smallest = 0;
        /* Most fit at once. */
        int r = encode_jpeg(raster, 100, true, &best);

        if (r >= 0 && best.size > rules->output_bytes_max) {
                encoded_done(&best);
                r = search_quality(raster, low, 99, rules->output_bytes_max, true, &best,
                                   &smallest);
                if (r == 0)
                        return 0;
        }
        if (r < 0)
                return r;
        if (best.size < rules->output_bytes_min)
                return 0;
        *ret = best;
        best = (Encoded){};
        return 1;
}
