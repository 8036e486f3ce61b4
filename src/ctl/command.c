/* SPDX-License-Identifier: MIT */
#include "command.h"

#include "complain.h"
#include "help.h"

#include <idphoto/message.h>
#include <idphoto/photo.h>
#include <idphoto/suggest.h>

#include <assert.h>
#include <string.h>

/* Options that stand before the command or behind it. */
enum {
        GLOBAL_STORE,
        GLOBAL_LANG,
        GLOBAL_HELP,
        GLOBAL_VERSION,
        _GLOBAL_MAX,
};

const CommandOption command_global_options[] = {
        [GLOBAL_STORE] = {.name = "store",
                          .argument = "STORE",
                          .help = {"directory of the store (or IDPHOTO_STORE)",
                                   "数据目录（或环境变量 IDPHOTO_STORE）"}},
        [GLOBAL_LANG] = {.name = "lang",
                         .argument = "en|zh",
                         .help = {"language of the texts (default: that of LANG)",
                                  "文字的语言（默认随 LANG）"}},
        [GLOBAL_HELP] = {.name = "help", .help = {"show this help", "显示本帮助"}},
        [GLOBAL_VERSION] = {.name = "version", .help = {"show the version", "显示版本"}},
        [_GLOBAL_MAX] = {},
};

/* ---- what commands use ---- */

const char *command_option(const CommandContext *context, const char *name)
{
        const CommandOption *options = context->command->options;

        for (size_t i = 0; options && options[i].name; i++)
                if (strcmp(options[i].name, name) == 0)
                        return context->values[i];
        assert(!"an option that its command's table does not have");
        return NULL;
}

int command_read_count(const char *s, uint64_t *ret)
{
        char *tail;
        unsigned long long n;

        errno = 0;
        n = strtoull(s, &tail, 10);
        if (errno != 0 || tail == s || *tail != '\0' || *s == '-' || n == 0)
                return -EINVAL;
        *ret = n;
        return 0;
}

/* ---- options ---- */

typedef struct Parser {
        CommandContext context;
        const char *globals[_GLOBAL_MAX];
        int argc; /* of the remaining arguments */
        char **argv;
        char **arguments; /* what is no option: the command's words and its arguments */
        int n_arguments;
} Parser;

/* Index of the option whose name is the first `length` bytes of `typed`; -ENOENT. */
static int find_option(const CommandOption *options, const char *typed, size_t length)
{
        for (int i = 0; options && options[i].name; i++)
                if (strlen(options[i].name) == length &&
                    memcmp(options[i].name, typed, length) == 0)
                        return i;
        return -ENOENT;
}

static void nearest_option(const CommandOption *options, const char *typed, size_t *distance,
                           const char **nearest)
{
        size_t d;

        for (const CommandOption *o = options; o && o->name; o++)
                if (suggest_near(typed, o->name, &d) && d < *distance) {
                        *distance = d;
                        *nearest = o->name;
                }
}

static int unknown_option(const Parser *parser, const char *typed, size_t length)
{
        const Command *command = parser->context.command;
        _cleanup_free_ char *name = strndup(typed, length);
        const char *nearest = NULL;
        size_t distance = SIZE_MAX;

        if (!name) {
                command_error(MESSAGE(ERROR_MEMORY, parser->context.language));
                return COMMAND_WRONG;
        }
        if (command)
                nearest_option(command->options, name, &distance, &nearest);
        nearest_option(command_global_options, name, &distance, &nearest);
        if (nearest)
                return command_usage_error(&parser->context,
                                           MESSAGE(ERROR_OPTION_NEAR, parser->context.language),
                                           name, nearest);
        return command_usage_error(&parser->context,
                                   MESSAGE(ERROR_LONG_OPTION, parser->context.language), name);
}

/* Stores the value of one option, which stands behind `=` or in the next argument. */
static int take_value(Parser *parser, const CommandOption *option, const char *attached,
                      const char **ret)
{
        if (!option->argument) {
                if (attached)
                        return command_usage_error(
                                &parser->context,
                                MESSAGE(ERROR_OPTION_NO_VALUE, parser->context.language),
                                option->name);
                *ret = "";
                return COMMAND_OK;
        }
        if (!attached) {
                if (parser->argc == 0)
                        return command_usage_error(
                                &parser->context,
                                MESSAGE(ERROR_OPTION_VALUE, parser->context.language),
                                option->name);
                attached = parser->argv[0];
                parser->argc--;
                parser->argv++;
        }
        if (!*attached)
                return command_usage_error(&parser->context,
                                           MESSAGE(ERROR_OPTION_VALUE, parser->context.language),
                                           option->name);
        *ret = attached;
        return COMMAND_OK;
}

static int parse_long_option(Parser *parser, const char *typed)
{
        const Command *command = parser->context.command;
        size_t length = strcspn(typed, "=");
        const char *attached = typed[length] ? typed + length + 1 : NULL;
        int i;

        i = find_option(command ? command->options : NULL, typed, length);
        if (i >= 0)
                return take_value(parser, &command->options[i], attached,
                                  &parser->context.values[i]);
        i = find_option(command_global_options, typed, length);
        if (i >= 0)
                return take_value(parser, &command_global_options[i], attached,
                                  &parser->globals[i]);
        return unknown_option(parser, typed, length);
}

/* ---- the command's name ---- */

/* Whether the words in `arguments` begin with the command's name, and with how many of them. */
static int name_words(const Command *command, char **arguments, int n)
{
        const char *space = strchr(command->name, ' ');
        size_t first = space ? (size_t)(space - command->name) : strlen(command->name);

        if (n < 1 || strlen(arguments[0]) != first ||
            memcmp(arguments[0], command->name, first) != 0)
                return 0;
        if (!space)
                return 1;
        return n >= 2 && strcmp(arguments[1], space + 1) == 0 ? 2 : 0;
}

static const Command *find_command(const Command *commands, char **arguments, int n)
{
        for (const Command *c = commands; c->name; c++)
                if (name_words(c, arguments, n) > 0)
                        return c;
        return NULL;
}

/* Whether the word begins the name of a command of two words. */
static bool is_first_of_two(const Command *commands, const char *word)
{
        size_t length = strlen(word);

        for (const Command *c = commands; c->name; c++)
                if (strncmp(c->name, word, length) == 0 && c->name[length] == ' ')
                        return true;
        return false;
}

/* Only the first word of "point add" was given. */
static int incomplete_command(const Parser *parser)
{
        const char *first = parser->arguments[0];
        const Language language = parser->context.language;
        _cleanup_text_ Text text = {};

        for (const Command *c = parser->context.commands; c->name; c++)
                if (text_starts_with(c->name, first) && c->name[strlen(first)] == ' ') {
                        text_append(&text, text.size > 0 ? MESSAGE(ERROR_OR, language) : "");
                        text_printf(&text, MESSAGE(ERROR_COMMAND_NAME, language), c->name);
                }
        if (text.error < 0) {
                command_error(MESSAGE(ERROR_MEMORY, parser->context.language));
                return COMMAND_WRONG;
        }
        return command_usage_error(&parser->context,
                                   MESSAGE(ERROR_HALF_COMMAND, parser->context.language), first,
                                   text.data);
}

/* The command that was probably meant; of one with two words, the first may have been. */
static const char *nearest_command(const Command *commands, const char *typed)
{
        const char *nearest = NULL;
        size_t distance = SIZE_MAX, d;

        for (const Command *c = commands; c->name; c++) {
                _cleanup_free_ char *first = strndup(c->name, strcspn(c->name, " "));

                if ((suggest_near(typed, c->name, &d) ||
                     (first && !strchr(typed, ' ') && suggest_near(typed, first, &d))) &&
                    d < distance) {
                        distance = d;
                        nearest = c->name;
                }
        }
        return nearest;
}

static int unknown_command(const Parser *parser)
{
        const bool two = is_first_of_two(parser->context.commands, parser->arguments[0]);
        _cleanup_text_ Text typed = {};
        const char *nearest;

        if (two && parser->n_arguments == 1)
                return incomplete_command(parser);
        text_append(&typed, parser->arguments[0]);
        if (two)
                text_printf(&typed, " %s", parser->arguments[1]);
        if (typed.error < 0) {
                command_error(MESSAGE(ERROR_MEMORY, parser->context.language));
                return COMMAND_WRONG;
        }
        nearest = nearest_command(parser->context.commands, typed.data);
        if (nearest)
                return command_usage_error(&parser->context,
                                           MESSAGE(ERROR_COMMAND_NEAR, parser->context.language),
                                           typed.data, nearest);
        return command_usage_error(&parser->context,
                                   MESSAGE(ERROR_COMMAND, parser->context.language), typed.data);
}

/* An argument that is no option: a word of the command's name until that is known, then an argument
 * of the command. Options before the name can be global ones only, because others are not known. */
static void take_argument(Parser *parser, char *argument)
{
        parser->arguments[parser->n_arguments++] = argument;
        if (!parser->context.command)
                parser->context.command = find_command(parser->context.commands, parser->arguments,
                                                       parser->n_arguments);
}

static int parse_all(Parser *parser)
{
        bool options_ended = false;

        while (parser->argc > 0) {
                char *argument = parser->argv[0];
                int status = COMMAND_OK;

                parser->argc--;
                parser->argv++;
                if (options_ended || argument[0] != '-' || argument[1] == '\0') {
                        take_argument(parser, argument);
                        if (!parser->context.command &&
                            (parser->n_arguments > 1 ||
                             !is_first_of_two(parser->context.commands, argument)))
                                return unknown_command(parser);
                } else if (strcmp(argument, "--") == 0) {
                        options_ended = true;
                } else if (strcmp(argument, "-h") == 0) {
                        parser->globals[GLOBAL_HELP] = "";
                } else if (argument[1] == '-') {
                        status = parse_long_option(parser, argument + 2);
                } else {
                        status = command_usage_error(
                                &parser->context, MESSAGE(ERROR_OPTION, parser->context.language),
                                argument);
                }
                if (status != COMMAND_OK)
                        return status;
        }
        return COMMAND_OK;
}

/* ---- help ---- */

/* Of the words in the parser's arguments: of one command, of those that begin with the word, or of
 * all. */
static int print_help(const Parser *parser)
{
        const Language language = parser->context.language;
        const Command *command =
                find_command(parser->context.commands, parser->arguments, parser->n_arguments);

        if (command)
                return help_print_command(command, command_global_options, language);
        if (parser->n_arguments == 0)
                return help_print(parser->context.commands, command_global_options, language);
        if (parser->n_arguments == 1 &&
            is_first_of_two(parser->context.commands, parser->arguments[0]))
                return help_print_group(parser->context.commands, parser->arguments[0],
                                        command_global_options, language);
        return unknown_command(parser);
}

int command_help(CommandContext *context, int argc, char **argv)
{
        const Parser parser = {.context.commands = context->commands,
                               .context.language = context->language,
                               .arguments = argv,
                               .n_arguments = argc};

        return print_help(&parser);
}

/* ---- the program ---- */

/* Also what is wrong with the arguments is said in the language asked for, wherever among them that
 * stands. */
static Language foresee_language(int argc, char **argv)
{
        static const char option[] = "--lang";
        const size_t n = strlen(option);
        Language language = language_from_environment();

        for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
                const char *value = NULL;
                Language asked;

                if (strncmp(argv[i], option, n) != 0)
                        continue;
                if (argv[i][n] == '=')
                        value = argv[i] + n + 1;
                else if (argv[i][n] == '\0' && i + 1 < argc)
                        value = argv[i + 1];
                asked = value ? language_from_string(value) : _LANGUAGE_INVALID;
                if (asked >= 0)
                        language = asked;
        }
        return language;
}

static int settle_language(Parser *parser)
{
        const char *asked = parser->globals[GLOBAL_LANG];
        Language language;

        if (!asked)
                return COMMAND_OK;
        language = language_from_string(asked);
        if (language < 0)
                return command_usage_error(
                        &parser->context, MESSAGE(ERROR_LANGUAGE, parser->context.language), asked);
        parser->context.language = language;
        return COMMAND_OK;
}

static int run_command(Parser *parser)
{
        CommandContext *context = &parser->context;
        const Command *command = context->command;
        int words, n;

        if (!command) {
                if (parser->n_arguments > 0)
                        return unknown_command(parser);
                return command_usage_error(context, MESSAGE(ERROR_NO_COMMAND, context->language));
        }
        words = name_words(command, parser->arguments, parser->n_arguments);
        n = parser->n_arguments - words;
        if (n < command->min_arguments)
                return command_usage_error(context, MESSAGE(ERROR_FEW_ARGUMENTS, context->language),
                                           command->name, command->arguments);
        if (n > command->max_arguments)
                return command_usage_error(context, MESSAGE(ERROR_ARGUMENT, context->language),
                                           parser->arguments[words + command->max_arguments]);
        context->store = parser->globals[GLOBAL_STORE];
        if (!context->store)
                context->store = getenv("IDPHOTO_STORE");
        if (context->store && !*context->store)
                context->store = NULL;
        if (command->needs_store && !context->store)
                return command_usage_error(context,
                                           MESSAGE(ERROR_NO_STORE_GIVEN, context->language));
        return command->run(context, n, parser->arguments + words);
}

/* A result that could not be written is no result. */
static int finish_output(int status, Language language)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return status;
        command_error(MESSAGE(ERROR_OUTPUT, language), message_errno(errno, language));
        return COMMAND_WRONG;
}

/* With what may be missing in a build. */
static int print_version(Language language)
{
        _cleanup_text_ Text formats = {};

        photo_formats_append(photo_formats_built_in(), &formats);
        if (formats.error < 0) {
                command_error(MESSAGE(ERROR_MEMORY, language));
                return COMMAND_WRONG;
        }
        (void)printf(COMMAND_PROGRAM " " PACKAGE_VERSION "\n%s\n",
                     HAVE_XLSX ? MESSAGE(BUILT_WITH_XLSX, language)
                               : MESSAGE(BUILT_WITHOUT_XLSX, language));
        (void)printf(MESSAGE(BUILT_FORMATS, language), formats.data);
        (void)puts("");
        return COMMAND_OK;
}

int command_main(const Command *commands, int argc, char **argv)
{
        _cleanup_free_ char **arguments = calloc((size_t)MAX(argc, 1), sizeof(*arguments));
        Parser parser = {
                .context.commands = commands,
                .context.language = foresee_language(argc, argv),
                .argc = argc > 0 ? argc - 1 : 0,
                .argv = argc > 0 ? argv + 1 : argv,
                .arguments = arguments,
        };
        int status;

        if (!arguments) {
                command_error(MESSAGE(ERROR_MEMORY, parser.context.language));
                return COMMAND_WRONG;
        }
        status = parse_all(&parser);
        if (status == COMMAND_OK)
                status = settle_language(&parser);
        if (status != COMMAND_OK)
                return status;
        if (parser.globals[GLOBAL_HELP])
                status = print_help(&parser);
        else if (parser.globals[GLOBAL_VERSION])
                status = print_version(parser.context.language);
        else
                status = run_command(&parser);
        return finish_output(status, parser.context.language);
}
