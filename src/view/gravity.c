/* SPDX-License-Identifier: MIT */
#include <idphoto/gravity.h>

#include <math.h>

/* 0 to 1. What cannot be measured counts as half. */
static double excess_of(const Finding *finding)
{
        if (!isfinite(finding->measured) || (!isfinite(finding->min) && !isfinite(finding->max)))
                return 0.5;
        return MIN(finding_outside(finding), 1.0);
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
