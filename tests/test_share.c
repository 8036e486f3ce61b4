/* SPDX-License-Identifier: MIT */
#include <live/share.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { LIMIT = 400, ALL = 1000, ANNA = 1000, BERT, CARL };

static Shares *shares;

static int open_shares(void **state _unused_)
{
        return shares_new(LIMIT, ALL, &shares);
}

static int close_shares(void **state _unused_)
{
        shares_free(TAKE_PTR(shares));
        return 0;
}

/* As many as they get. */
static unsigned take_all(uid_t uid)
{
        unsigned n = 0;

        while (share_take(shares, uid, 1) == 0)
                n++;
        return n;
}

static void test_a_user_has_the_limit_at_most(void **state _unused_)
{
        assert_int_equal(take_all(ANNA), LIMIT);
        assert_int_equal(share_take(shares, ANNA, 1), -EMFILE);
        assert_int_equal(share_take(shares, BERT, 1), 0);
}

static void test_what_is_given_back_may_be_taken_again(void **state _unused_)
{
        assert_int_equal(take_all(ANNA), LIMIT);
        share_give_back(shares, ANNA, LIMIT);
        assert_int_equal(take_all(ANNA), LIMIT);
}

static void test_several_that_are_greedy_leave_something(void **state _unused_)
{
        for (uid_t uid = 0; uid < 5; uid++)
                (void)take_all(uid);
        for (unsigned i = 0; i < 10; i++)
                assert_int_equal(share_take(shares, CARL, 1), 0);
}

static void test_root_blocks_nobody_either(void **state _unused_)
{
        assert_int_equal(take_all(0), LIMIT);
        assert_in_range(take_all(ANNA), 100, LIMIT);
}

static void test_a_large_text_counts_for_several(void **state _unused_)
{
        assert_int_equal(share_of_bytes(4096), 0);
        assert_in_range(share_of_bytes(1600000), 40, 60);
        assert_int_equal(share_take(shares, ANNA, LIMIT + 1), -EMFILE);
        assert_int_equal(share_take(shares, ANNA, share_of_bytes(UINT64_MAX)), -EMFILE);
        assert_int_equal(share_take(shares, ANNA, LIMIT), 0);
        assert_int_equal(share_take(shares, BERT, ALL - LIMIT), -EMFILE);
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_shares, close_shares)

int main(void)
{
        const struct CMUnitTest tests[] = {
                test(test_a_user_has_the_limit_at_most),
                test(test_what_is_given_back_may_be_taken_again),
                test(test_several_that_are_greedy_leave_something),
                test(test_root_blocks_nobody_either),
                test(test_a_large_text_counts_for_several),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
