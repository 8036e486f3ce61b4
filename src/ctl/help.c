/* SPDX-License-Identifier: MIT */
#include "help.h"

#include "complain.h"

#include <idphoto/message.h>

#include <string.h>

typedef enum Phrase {
        PHRASE_USAGE,
        PHRASE_COMMANDS,
        PHRASE_OPTIONS,
        PHRASE_GLOBAL_OPTIONS,
        PHRASE_MORE,
        _PHRASE_MAX,
} Phrase;

static const char *const phrases[_PHRASE_MAX][_LANGUAGE_MAX] = {
        [PHRASE_USAGE] = {"Usage: ", "用法："},
        [PHRASE_COMMANDS] = {"Commands:", "命令："},
        [PHRASE_OPTIONS] = {"Options:", "选项："},
        [PHRASE_GLOBAL_OPTIONS] = {"Options of every command:", "所有命令的选项："},
        [PHRASE_MORE] = {"'" COMMAND_PROGRAM " COMMAND --help' tells more about one command.",
                         "“" COMMAND_PROGRAM " 命令 --help”显示该命令的说明。"},
};

static size_t option_columns(const CommandOption *option)
{
        return strlen("--") + strlen(option->name) +
               (option->argument ? strlen("=") + strlen(option->argument) : 0);
}

static size_t options_columns(const CommandOption *options)
{
        size_t columns = 0;

        for (const CommandOption *o = options; o && o->name; o++)
                columns = MAX(columns, option_columns(o));
        return columns;
}

static void append_options(Text *text, Phrase heading, const CommandOption *options, size_t columns,
                           Language language)
{
        text_printf(text, "\n%s\n", phrases[heading][language]);
        for (const CommandOption *o = options; o->name; o++) {
                _cleanup_text_ Text left = {};

                text_printf(&left, "--%s%s%s", o->name, o->argument ? "=" : "",
                            o->argument ? o->argument : "");
                text_append(text, "  ");
                text_append_padded(text, left.data ? left.data : "", columns + 2);
                text_printf(text, "%s\n", o->help[language]);
        }
}

static bool is_of_group(const Command *command, const char *first)
{
        return !first ||
               (text_starts_with(command->name, first) && command->name[strlen(first)] == ' ');
}

/* first NULL: all. */
static void append_commands(Text *text, const Command *commands, const char *first,
                            Language language)
{
        size_t columns = 0;

        for (const Command *c = commands; c->name; c++)
                if (is_of_group(c, first))
                        columns = MAX(columns, strlen(c->name));
        text_printf(text, "\n%s\n", phrases[PHRASE_COMMANDS][language]);
        for (const Command *c = commands; c->name; c++)
                if (is_of_group(c, first)) {
                        text_append(text, "  ");
                        text_append_padded(text, c->name, columns + 2);
                        text_printf(text, "%s\n", c->summary[language]);
                }
}

static int print_text(Text *text, Language language)
{
        if (text->error < 0) {
                command_error(MESSAGE(ERROR_MEMORY, language));
                return COMMAND_WRONG;
        }
        (void)fwrite(text->data, 1, text->size, stdout);
        return COMMAND_OK;
}

int help_print(const Command *commands, const CommandOption *globals, Language language)
{
        _cleanup_text_ Text text = {};

        text_printf(&text, "%s%s [--store=STORE] [--lang=en|zh] COMMAND [ARGUMENT...]\n",
                    phrases[PHRASE_USAGE][language], COMMAND_PROGRAM);
        append_commands(&text, commands, NULL, language);
        append_options(&text, PHRASE_OPTIONS, globals, options_columns(globals), language);
        text_printf(&text, "\n%s\n", phrases[PHRASE_MORE][language]);
        return print_text(&text, language);
}

int help_print_group(const Command *commands, const char *first, const CommandOption *globals,
                     Language language)
{
        _cleanup_text_ Text text = {};

        text_printf(&text, "%s%s %s COMMAND [ARGUMENT...]\n", phrases[PHRASE_USAGE][language],
                    COMMAND_PROGRAM, first);
        append_commands(&text, commands, first, language);
        append_options(&text, PHRASE_GLOBAL_OPTIONS, globals, options_columns(globals), language);
        text_printf(&text, "\n%s\n", phrases[PHRASE_MORE][language]);
        return print_text(&text, language);
}

int help_print_command(const Command *command, const CommandOption *globals, Language language)
{
        size_t columns = MAX(options_columns(command->options), options_columns(globals));
        _cleanup_text_ Text text = {};

        text_printf(&text, "%s%s %s%s%s%s\n%s\n", phrases[PHRASE_USAGE][language], COMMAND_PROGRAM,
                    command->name, command->options ? " [OPTION...]" : "",
                    *command->arguments ? " " : "", command->arguments, command->summary[language]);
        if (command->options)
                append_options(&text, PHRASE_OPTIONS, command->options, columns, language);
        append_options(&text, PHRASE_GLOBAL_OPTIONS, globals, columns, language);
        if (command->notes[language])
                text_printf(&text, "\n%s", command->notes[language]);
        return print_text(&text, language);
}
