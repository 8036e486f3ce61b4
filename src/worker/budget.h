/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * Limits failing starts of the worker program to a burst, then to one start a second, so that a
 * broken program costs the machine almost nothing. A child that greets refills the budget. So
 * photos that crash the worker, each of which gets a verdict, are not slowed down; otherwise a
 * folder full of them would delay everybody.
 */

#define RESTART_BURST         16u
#define RESTART_INTERVAL_NSEC NSEC_PER_SEC

/* A zeroed budget is empty, not full: begin with restart_budget_fill(). */
typedef struct RestartBudget {
        unsigned left;
        int64_t refilled_nsec; /* monotonic time of the last refill */
} RestartBudget;

void restart_budget_fill(RestartBudget *budget, int64_t now_nsec);
/* Takes one start from the budget. False when none is left at now_nsec (monotonic). */
bool restart_budget_take(RestartBudget *budget, int64_t now_nsec);
