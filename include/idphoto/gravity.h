/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/standing.h>

/* How much speaks against a photo that waits for review [R8]: the order of the office's pages and
 * tables, and of `list --sort=warnings`. */
typedef struct Gravity {
        size_t warnings;
        double excess; /* by what parts of the bounds they are exceeded, all together */
        int64_t student;
} Gravity;

Gravity gravity_of(const StandingRow *row);
/* As for qsort(): the gravest first. Never 0 for two students. */
int gravity_compare(const Gravity *a, const Gravity *b);
