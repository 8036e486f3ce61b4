/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * How often a worker may be started: a burst that lets several bad photos in a row be judged at
 * once, then one start a second, so that a program that cannot work, or a folder full of crashing
 * files, costs the machine nothing to speak of. A photo examined to its end fills the budget again.
 */

#define RESTART_BURST         16u
#define RESTART_INTERVAL_NSEC NSEC_PER_SEC

/* Zero is not a full budget: begin with restart_budget_fill(). */
typedef struct RestartBudget {
        unsigned left;
        int64_t refilled_nsec; /* monotonic time of the last refill */
} RestartBudget;

void restart_budget_fill(RestartBudget *budget, int64_t now_nsec);
/* Takes one start. False when none is left at now_nsec. */
bool restart_budget_take(RestartBudget *budget, int64_t now_nsec);
