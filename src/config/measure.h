/* SPDX-License-Identifier: MIT */
#pragma once

#include "key.h"

/* What an operator must know of a measure to set its band. */
typedef struct MeasureNote {
        double min; /* of the bounds that make sense */
        double max;
        const char *unit[_LANGUAGE_MAX];
        const char *help[_LANGUAGE_MAX];
} MeasureNote;

extern const MeasureNote measure_notes[_PHOTO_MEASURE_MAX];
