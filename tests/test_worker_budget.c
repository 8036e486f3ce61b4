/* SPDX-License-Identifier: MIT */
#include "worker/budget.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define START (1000 * NSEC_PER_SEC)

static void test_a_burst_is_allowed_and_ends(void **state _unused_)
{
        RestartBudget budget;

        restart_budget_fill(&budget, START);
        for (unsigned i = 0; i < RESTART_BURST; i++)
                assert_true(restart_budget_take(&budget, START));
        assert_false(restart_budget_take(&budget, START));
        assert_false(restart_budget_take(&budget, START + RESTART_INTERVAL_NSEC - 1));
}

static void test_each_interval_earns_one_start(void **state _unused_)
{
        RestartBudget budget;
        unsigned taken = 0;

        restart_budget_fill(&budget, START);
        while (restart_budget_take(&budget, START))
                ;
        /* Asked four times an interval: fractions are not lost. */
        for (int i = 1; i <= 40; i++)
                taken += restart_budget_take(&budget, START + i * RESTART_INTERVAL_NSEC / 4);
        assert_int_equal(taken, 10);
}

static void test_a_long_rest_earns_no_more_than_a_burst(void **state _unused_)
{
        RestartBudget budget;
        unsigned taken = 0;

        restart_budget_fill(&budget, START);
        while (restart_budget_take(&budget, START))
                ;
        while (restart_budget_take(&budget, START + 1000000 * RESTART_INTERVAL_NSEC))
                taken++;
        assert_int_equal(taken, RESTART_BURST);
}

static void test_filling_forgives_everything(void **state _unused_)
{
        RestartBudget budget;

        restart_budget_fill(&budget, START);
        while (restart_budget_take(&budget, START))
                ;
        restart_budget_fill(&budget, START);
        assert_true(restart_budget_take(&budget, START));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_burst_is_allowed_and_ends),
                cmocka_unit_test(test_each_interval_earns_one_start),
                cmocka_unit_test(test_a_long_rest_earns_no_more_than_a_burst),
                cmocka_unit_test(test_filling_forgives_everything),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
