/* SPDX-License-Identifier: MIT */
#include "gravity.h"

#include <math.h>

static double part_beyond(double beyond, double bound)
{
        if (!(beyond > 0))
                return 0;
        return bound == 0 ? 1 : MIN(beyond / fabs(bound), 1.0);
}

/* 0 to 1. What cannot be measured counts as half. */
static double excess_of(const Finding *finding)
{
        if (!isfinite(finding->measured) || (!isfinite(finding->min) && !isfinite(finding->max)))
                return 0.5;
        return MAX(part_beyond(finding->min - finding->measured, finding->min),
                   part_beyond(finding->measured - finding->max, finding->max));
}

Gravity gravity_of(const StandingRow *row)
{
        Gravity gravity = {.student = row->student};

        for (size_t i = 0; i < row->findings->n; i++) {
                if (row->findings->items[i].level != FINDING_WARN)
                        continue;
                gravity.warnings++;
                gravity.excess += excess_of(&row->findings->items[i]);
        }
        return gravity;
}

int gravity_compare(const Gravity *a, const Gravity *b)
{
        if (a->warnings != b->warnings)
                return a->warnings > b->warnings ? -1 : 1;
        if (a->excess != b->excess)
                return a->excess > b->excess ? -1 : 1;
        return (a->student > b->student) - (a->student < b->student);
}
