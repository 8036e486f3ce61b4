/* SPDX-License-Identifier: MIT */
#include "ctl/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Commands that only note how they were called. What is printed is looked at by cli/test_help.py.
 */

static struct {
        const char *name; /* of the command that ran, NULL: none did */
        const char *store;
        Language language;
        const char *size;
        const char *flag;
        int argc;
        const char *argv[8];
} call;

static int note_call(CommandContext *context, int argc, char **argv)
{
        call.name = context->command->name;
        call.store = context->store;
        call.language = context->language;
        if (context->command->options) {
                call.size = command_option(context, "size");
                call.flag = command_option(context, "flag");
        }
        call.argc = argc;
        for (int i = 0; i < argc && i < (int)ELEMENTSOF(call.argv); i++)
                call.argv[i] = argv[i];
        return 42;
}

static const CommandOption options[] = {
        {.name = "size", .argument = "N", .help = {"", ""}},
        {.name = "flag", .help = {"", ""}},
        {},
};

static const Command commands[] = {
        {.name = "any",
         .arguments = "FILE...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .summary = {"", ""},
         .options = options,
         .run = note_call},
        {.name = "none", .arguments = "", .summary = {"", ""}, .run = note_call},
        {.name = "two words",
         .arguments = "[X]",
         .max_arguments = 1,
         .summary = {"", ""},
         .run = note_call},
        {.name = "stored",
         .arguments = "",
         .needs_store = true,
         .summary = {"", ""},
         .run = note_call},
        {},
};

/* Runs `idphotoctl LINE`, where blanks stand between the words of the line. */
static int run(const char *line)
{
        static char copy[256];
        char *argv[16] = {(char *)"idphotoctl"};
        int argc = 1;

        memset(&call, 0, sizeof(call));
        (void)snprintf(copy, sizeof(copy), "%s", line);
        for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
                argv[argc++] = word;
        return command_main(commands, argc, argv);
}

static int clear_environment(void **state _unused_)
{
        (void)unsetenv("IDPHOTO_STORE");
        (void)unsetenv("LC_ALL");
        (void)unsetenv("LC_MESSAGES");
        (void)unsetenv("LANG");
        return 0;
}

static void test_a_command_gets_its_arguments_and_options(void **state _unused_)
{
        assert_int_equal(run("any one --size=7 two --flag"), 42);
        assert_string_equal(call.name, "any");
        assert_int_equal(call.argc, 2);
        assert_string_equal(call.argv[0], "one");
        assert_string_equal(call.argv[1], "two");
        assert_string_equal(call.size, "7");
        assert_string_equal(call.flag, "");
}

static void test_options_not_given_are_null(void **state _unused_)
{
        assert_int_equal(run("any one"), 42);
        assert_null(call.size);
        assert_null(call.flag);
}

static void test_a_value_may_stand_in_the_next_argument(void **state _unused_)
{
        assert_int_equal(run("any one --size 8"), 42);
        assert_string_equal(call.size, "8");
        assert_int_equal(call.argc, 1);
}

static void test_the_last_value_counts(void **state _unused_)
{
        assert_int_equal(run("any one --size=1 --size=2"), 42);
        assert_string_equal(call.size, "2");
}

static void test_behind_two_dashes_nothing_is_an_option(void **state _unused_)
{
        assert_int_equal(run("any -- --size=1 -x"), 42);
        assert_null(call.size);
        assert_int_equal(call.argc, 2);
        assert_string_equal(call.argv[0], "--size=1");
}

static void test_a_single_dash_is_an_argument(void **state _unused_)
{
        assert_int_equal(run("any -"), 42);
        assert_string_equal(call.argv[0], "-");
}

static void test_a_name_of_two_words_is_one_command(void **state _unused_)
{
        assert_int_equal(run("two words x"), 42);
        assert_string_equal(call.name, "two words");
        assert_int_equal(call.argc, 1);
        assert_string_equal(call.argv[0], "x");
}

static void test_global_options_stand_anywhere(void **state _unused_)
{
        assert_int_equal(run("--store=/a --lang=zh stored"), 42);
        assert_string_equal(call.store, "/a");
        assert_int_equal(call.language, LANGUAGE_ZH);
        assert_int_equal(run("two --store=/b words --lang en"), 42);
        assert_string_equal(call.store, "/b");
        assert_int_equal(call.language, LANGUAGE_EN);
}

static void test_the_store_may_come_from_the_environment(void **state _unused_)
{
        assert_int_equal(setenv("IDPHOTO_STORE", "/env", 1), 0);
        assert_int_equal(run("stored"), 42);
        assert_string_equal(call.store, "/env");
        assert_int_equal(run("stored --store=/option"), 42);
        assert_string_equal(call.store, "/option");
        assert_int_equal(setenv("IDPHOTO_STORE", "", 1), 0);
        assert_int_equal(run("stored"), COMMAND_WRONG);
        assert_null(call.name);
}

static void test_the_language_comes_from_the_first_variable_set(void **state _unused_)
{
        assert_int_equal(language_from_environment(), LANGUAGE_EN);
        (void)setenv("LANG", "zh_CN.UTF-8", 1);
        assert_int_equal(language_from_environment(), LANGUAGE_ZH);
        (void)setenv("LC_MESSAGES", "de_DE.UTF-8", 1);
        assert_int_equal(language_from_environment(), LANGUAGE_EN);
        (void)setenv("LC_ALL", "", 1);
        assert_int_equal(language_from_environment(), LANGUAGE_EN);
        (void)setenv("LC_ALL", "zh_TW", 1);
        assert_int_equal(language_from_environment(), LANGUAGE_ZH);
}

static void test_wrong_lines_run_nothing(void **state _unused_)
{
        static const char *const lines[] = {
                "",
                "unknown",
                "non",
                "two",
                "two word",
                "two wordsx",
                "any",
                "none x",
                "two words x y",
                "stored",
                "any x --sise=1",
                "any x --size",
                "any x --size=",
                "any x --flag=1",
                "any x -s",
                "--size=1 any x",
                "any x --lang=fr",
                "any x --store=",
                "none --flag",
        };

        for (size_t i = 0; i < ELEMENTSOF(lines); i++) {
                if (run(lines[i]) != COMMAND_WRONG || call.name)
                        fail_msg("'%s' was taken", lines[i]);
        }
}

static void test_help_runs_nothing(void **state _unused_)
{
        static const char *const lines[] = {"--help", "-h", "any --help", "stored -h", "--version"};

        for (size_t i = 0; i < ELEMENTSOF(lines); i++) {
                assert_int_equal(run(lines[i]), COMMAND_OK);
                assert_null(call.name);
        }
}

static void test_the_program_s_own_table_is_sound(void **state _unused_)
{
        for (const Command *c = idphotoctl_commands; c->name; c++) {
                size_t n = 0;

                assert_non_null(c->run);
                assert_non_null(c->arguments);
                assert_true(c->max_arguments >= c->min_arguments);
                for (int language = 0; language < _LANGUAGE_MAX; language++) {
                        assert_non_null(c->summary[language]);
                        for (const CommandOption *o = c->options; o && o->name; o++)
                                assert_non_null(o->help[language]);
                }
                for (const CommandOption *o = c->options; o && o->name; o++)
                        n++;
                assert_true(n <= COMMAND_OPTIONS_MAX);
                if (c > idphotoctl_commands)
                        assert_true(strcmp((c - 1)->name, c->name) < 0);
        }
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, clear_environment)
        const struct CMUnitTest tests[] = {
                TEST(test_a_command_gets_its_arguments_and_options),
                TEST(test_options_not_given_are_null),
                TEST(test_a_value_may_stand_in_the_next_argument),
                TEST(test_the_last_value_counts),
                TEST(test_behind_two_dashes_nothing_is_an_option),
                TEST(test_a_single_dash_is_an_argument),
                TEST(test_a_name_of_two_words_is_one_command),
                TEST(test_global_options_stand_anywhere),
                TEST(test_the_store_may_come_from_the_environment),
                TEST(test_the_language_comes_from_the_first_variable_set),
                TEST(test_wrong_lines_run_nothing),
                TEST(test_help_runs_nothing),
                TEST(test_the_program_s_own_table_is_sound),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
