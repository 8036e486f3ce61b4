/* SPDX-License-Identifier: MIT */
#include "budget.h"

void restart_budget_fill(RestartBudget *budget, int64_t now_nsec)
{
        *budget = (RestartBudget){.left = RESTART_BURST, .refilled_nsec = now_nsec};
}

bool restart_budget_take(RestartBudget *budget, int64_t now_nsec)
{
        int64_t earned = (now_nsec - budget->refilled_nsec) / RESTART_INTERVAL_NSEC;

        if (earned >= (int64_t)(RESTART_BURST - budget->left)) {
                restart_budget_fill(budget, now_nsec);
        } else if (earned > 0) {
                budget->left += (unsigned)earned;
                budget->refilled_nsec += earned * RESTART_INTERVAL_NSEC;
        }
        if (budget->left == 0)
                return false;
        budget->left--;
        return true;
}
