/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/photo.h>

#include <math.h>

/* What is judged by, and where it is noted. */
typedef struct Judging {
        const PhotoRules *rules;
        Findings *findings;
        PhotoMeasured *measured; /* NULL: only findings are wanted */
} Judging;

/* photo_measure_judge(), and notes the value, if there is one, whether it is at fault or not. */
static inline Finding *judge_measure(const Judging *judging, PhotoMeasure measure, double value)
{
        if (judging->measured && !isnan(value)) {
                judging->measured->known |= UINT64_C(1) << measure;
                judging->measured->values[measure] = value;
        }
        return photo_measure_judge(judging->rules, measure, value, judging->findings);
}
