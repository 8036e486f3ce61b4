/* SPDX-License-Identifier: MIT */
#include <idphoto/suggest.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_distance_counts_edits(void **state _unused_)
{
        static const struct {
                const char *a;
                const char *b;
                size_t distance;
        } cases[] = {
                {"", "", 0},
                {"status", "status", 0},
                {"", "abc", 3},
                {"abc", "", 3},
                {"staus", "status", 1},
                {"statuss", "status", 1},
                {"stadus", "status", 1},
                {"sattus", "status", 1},
                {"kitten", "sitting", 3},
                {"chekc", "check", 1},
                {"abcd", "badc", 2},
                {"a", "xyz", 3},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                assert_int_equal(edit_distance(cases[i].a, cases[i].b), cases[i].distance);
                assert_int_equal(edit_distance(cases[i].b, cases[i].a), cases[i].distance);
        }
}

static void test_words_beyond_the_limit_are_far_from_everything(void **state _unused_)
{
        char word[SUGGEST_LENGTH_MAX + 2];

        memset(word, 'a', sizeof(word) - 1);
        word[sizeof(word) - 1] = '\0';
        assert_int_equal(edit_distance(word, "a"), SUGGEST_LENGTH_MAX + 1);
        assert_int_equal(edit_distance("a", word), SUGGEST_LENGTH_MAX + 1);
        word[SUGGEST_LENGTH_MAX] = '\0';
        assert_int_equal(edit_distance(word, "a"), SUGGEST_LENGTH_MAX - 1);
}

static void test_only_near_words_are_proposed(void **state _unused_)
{
        static const struct {
                const char *typed;
                const char *candidate;
                bool near;
        } cases[] = {
                {"stat", "status", true},       {"chek", "check", true}, {"ini", "init", true},
                {"frobnicate", "check", false}, {"x", "init", false},    {"", "init", false},
                {"wiat", "wait", true},         {"jsn", "json", true},   {"ab", "cd", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                size_t distance;

                if (suggest_near(cases[i].typed, cases[i].candidate, &distance) != cases[i].near)
                        fail_msg("'%s' and '%s'", cases[i].typed, cases[i].candidate);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_distance_counts_edits),
                cmocka_unit_test(test_words_beyond_the_limit_are_far_from_everything),
                cmocka_unit_test(test_only_near_words_are_proposed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
