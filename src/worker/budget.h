/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * How often a worker may be started in vain: a burst, then one start a second, so that a program
 * that cannot work costs the machine nothing to speak of. A child that greets fills the budget
 * again: bad photos, each of which ends with a verdict, are not slowed down, or a folder full of
 * them would hold up everybody else's.
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
