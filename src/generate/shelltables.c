/* SPDX-License-Identifier: MIT */
#include "tables.h"

#include <idphoto/finding.h>
#include <idphoto/reviewstate.h>

#include <string.h>

/* ---- what an argument takes, from the word that the help shows for it ---- */

typedef enum Kind {
        KIND_ANY, /* nothing to propose */
        KIND_DIRECTORY,
        KIND_FILE,
        KIND_USER,
        KIND_GROUP,
        KIND_POINT,
        KIND_PLACE, /* a teaching point, or a path in a mount */
        KIND_BATCH,
        KIND_COMMAND,
        KIND_WORDS,
} Kind;

static void append_words(Text *text, const char *values)
{
        for (const char *p = values; *p; p++)
                text_append_data(text, *p == '|' ? " " : p, 1);
}

static void append_states(Text *text)
{
        for (int i = 0; i < _REVIEW_STATE_MAX; i++)
                text_printf(text, "%s%s", i > 0 ? " " : "", review_state_to_string(i));
}

static void append_reasons(Text *text)
{
        for (int i = 0; i < _REASON_MAX; i++)
                text_printf(text, "%s%s", i > 0 ? " " : "", reason_to_string(i));
}

static void append_decisions(Text *text)
{
        ReasonCode code;

        for (size_t i = 0; (code = reason_decision(i)) >= 0; i++)
                text_printf(text, "%s%s", i > 0 ? " " : "", reason_to_string(code));
}

/* The kind of the argument that is shown as the first `length` bytes of `shown`; for KIND_WORDS,
 * the words are appended. */
static Kind argument_kind(const char *shown, size_t length, Text *words)
{
        static const struct {
                const char *shown;
                Kind kind;
                void (*append)(Text *text);
        } kinds[] = {
                {"DIR", KIND_DIRECTORY, NULL},
                {"STORE", KIND_DIRECTORY, NULL},
                {"BACKUP", KIND_DIRECTORY, NULL},
                {"FILE", KIND_FILE, NULL},
                {"FILE|DIR", KIND_FILE, NULL},
                {"POINT", KIND_POINT, NULL},
                {"FROM", KIND_POINT, NULL},
                {"INTO", KIND_POINT, NULL},
                {"OLD", KIND_POINT, NULL},
                {"POINT|PATH", KIND_PLACE, NULL},
                {"BATCH", KIND_BATCH, NULL},
                {"COMMAND", KIND_COMMAND, NULL},
                {"USER", KIND_USER, NULL},
                {"GROUP", KIND_GROUP, NULL},
                {"STATE", KIND_WORDS, append_states},
                {"CODE", KIND_WORDS, append_reasons},
                {"REASON", KIND_WORDS, append_decisions},
        };
        _cleanup_free_ char *name = strndup(shown, length);

        if (!name) {
                words->error = -ENOMEM;
                return KIND_ANY;
        }
        for (size_t i = 0; i < ELEMENTSOF(kinds); i++)
                if (strcmp(name, kinds[i].shown) == 0) {
                        if (kinds[i].append)
                                kinds[i].append(words);
                        return kinds[i].kind;
                }
        if (strchr(name, '|')) {
                append_words(words, name);
                return KIND_WORDS;
        }
        return KIND_ANY;
}

/* The next of the positional arguments in "[DIR]", "BACKUP STORE", "NUMBER..."; false at the end.
 */
static bool next_argument(const char **p, const char **ret, size_t *ret_length, bool *ret_repeats)
{
        const char *start = *p + strspn(*p, " [");
        size_t length = strcspn(start, " ].");

        if (length == 0)
                return false;
        *ret = start;
        *ret_length = length;
        *ret_repeats = strncmp(start + length, "...", 3) == 0;
        *p = start + length + strspn(start + length, " ].");
        return true;
}

/* ---- bash ---- */

/* "directory", "words en zh": what the scripts' function _reply understands. */
static void append_bash_kind(Text *text, const char *shown, size_t length)
{
        static const char *const names[] = {
                [KIND_ANY] = "any",         [KIND_DIRECTORY] = "directory",
                [KIND_FILE] = "file",       [KIND_USER] = "user",
                [KIND_GROUP] = "group",     [KIND_POINT] = "names point",
                [KIND_PLACE] = "place",     [KIND_BATCH] = "names batch",
                [KIND_COMMAND] = "command", [KIND_WORDS] = "words ",
        };
        _cleanup_text_ Text words = {};
        const Kind kind = argument_kind(shown, length, &words);

        text_printf(text, "'%s%s'", names[kind], words.data ? words.data : "");
        if (words.error < 0)
                text->error = words.error;
}

static void append_bash_options(Text *text, const char *command, const CommandOption *options)
{
        text_printf(text, "%s'%s')\n%secho '", "        ", command, "                ");
        for (const CommandOption *o = options; o->name; o++)
                text_printf(text, "%s--%s%s", o > options ? " " : "", o->name,
                            o->argument ? "=" : "");
        text_append(text, "'\n                ;;\n");
}

static void append_bash_values(Text *text, const char *command, const CommandOption *options)
{
        for (const CommandOption *o = options; o && o->name; o++) {
                if (!o->argument)
                        continue;
                text_printf(text, "        '%s --%s') echo ", command, o->name);
                append_bash_kind(text, o->argument, strlen(o->argument));
                text_append(text, " ;;\n");
        }
}

static void bash_commands(Text *text)
{
        text_append(text, "_idphotoctl_commands='\n");
        for (const Command *c = idphotoctl_commands; c->name; c++)
                text_printf(text, "%s\n", c->name);
        text_append(text, "'\n");
}

/* "" stands for what every command takes. */
static void bash_options(Text *text)
{
        append_bash_options(text, "", command_global_options);
        for (const Command *c = idphotoctl_commands; c->name; c++)
                if (c->options)
                        append_bash_options(text, c->name, c->options);
}

static void bash_values(Text *text)
{
        append_bash_values(text, "", command_global_options);
        for (const Command *c = idphotoctl_commands; c->name; c++)
                append_bash_values(text, c->name, c->options);
}

static void bash_arguments(Text *text)
{
        for (const Command *c = idphotoctl_commands; c->name; c++) {
                const char *p = c->arguments, *shown;
                size_t length;
                bool repeats;

                for (int n = 1; next_argument(&p, &shown, &length, &repeats); n++) {
                        if (repeats)
                                text_printf(text, "        '%s '*) echo ", c->name);
                        else
                                text_printf(text, "        '%s %d') echo ", c->name, n);
                        append_bash_kind(text, shown, length);
                        text_append(text, " ;;\n");
                }
        }
}

static void bash_mount_flags(Text *text)
{
        text_append(text, "_idphotofs_flags='");
        for (const MountFlag *f = mount_flags; f->names[0]; f++)
                for (size_t i = 0; i < ELEMENTSOF(f->names) && f->names[i]; i++)
                        text_printf(text, "%s%s", f > mount_flags || i > 0 ? " " : "", f->names[i]);
        text_append(text, "'\n");
}

static void bash_mount_options(Text *text)
{
        text_append(text, "_idphotofs_options='");
        for (const MountOption *o = mount_option_table; o->name; o++)
                text_printf(text, "%s%s%s", o > mount_option_table ? " " : "", o->name,
                            o->argument ? "=" : "");
        text_append(text, "'\n");
}

static void bash_mount_values(Text *text)
{
        for (const MountOption *o = mount_option_table; o->name; o++) {
                if (!o->values)
                        continue;
                text_printf(text, "        %s) echo '", o->name);
                append_words(text, o->values);
                text_append(text, "' ;;\n");
        }
}

/* ---- zsh ---- */

/* Inside of '...', where brackets and colons are marks of _arguments. */
static void append_zsh_text(Text *text, const char *s)
{
        for (; *s; s++) {
                if (*s == '\'')
                        text_append(text, "'\\''");
                else {
                        if (strchr("[]:\\", *s))
                                text_append(text, "\\");
                        text_append_data(text, s, 1);
                }
        }
}

static void append_zsh_action(Text *text, const char *shown, size_t length)
{
        static const char *const actions[] = {
                [KIND_ANY] = " ",
                [KIND_DIRECTORY] = "_directories",
                [KIND_FILE] = "_files",
                [KIND_USER] = "_users",
                [KIND_GROUP] = "_groups",
                [KIND_POINT] = " _idphotoctl_names point",
                [KIND_PLACE] = " _idphotoctl_places",
                [KIND_BATCH] = " _idphotoctl_names batch",
                [KIND_COMMAND] = "_idphotoctl",
        };
        _cleanup_text_ Text words = {};
        const Kind kind = argument_kind(shown, length, &words);

        if (kind == KIND_WORDS)
                text_printf(text, "(%s)", words.data ? words.data : "");
        else
                text_append(text, actions[kind]);
        if (words.error < 0)
                text->error = words.error;
}

static void append_zsh_option(Text *text, const CommandOption *option)
{
        text_printf(text, "'--%s%s[", option->name, option->argument ? "=" : "");
        append_zsh_text(text, option->help[LANGUAGE_EN]);
        text_append(text, "]");
        if (option->argument) {
                text_append(text, ":");
                append_zsh_text(text, option->argument);
                text_append(text, ":");
                append_zsh_action(text, option->argument, strlen(option->argument));
        }
        text_append(text, "'");
}

static void zsh_globals(Text *text)
{
        text_append(text, "_idphotoctl_globals=(\n");
        for (const CommandOption *o = command_global_options; o->name; o++) {
                text_append(text, "        ");
                append_zsh_option(text, o);
                text_append(text, "\n");
        }
        text_append(text, ")\n");
}

static size_t first_word(const char *name)
{
        return strcspn(name, " ");
}

static bool same_first_word(const Command *a, const Command *b)
{
        return first_word(a->name) == first_word(b->name) &&
               memcmp(a->name, b->name, first_word(a->name)) == 0;
}

/* First words, each once, with the summary of the command or with what may follow. */
static void zsh_first(Text *text)
{
        text_append(text, "_idphotoctl_first=(\n");
        for (const Command *c = idphotoctl_commands; c->name; c++) {
                if (c > idphotoctl_commands && same_first_word(c - 1, c))
                        continue;
                text_printf(text, "        '%.*s:", (int)first_word(c->name), c->name);
                if (!strchr(c->name, ' '))
                        append_zsh_text(text, c->summary[LANGUAGE_EN]);
                for (const Command *d = c; strchr(c->name, ' ') && d->name && same_first_word(c, d);
                     d++)
                        text_printf(text, "%s%s", d > c ? ", " : "",
                                    d->name + first_word(d->name) + 1);
                text_append(text, "'\n");
        }
        text_append(text, ")\n");
}

/* What may follow each first word. */
static void zsh_second(Text *text)
{
        for (const Command *c = idphotoctl_commands; c->name; c++) {
                const char *second = strchr(c->name, ' ');

                if (!second)
                        continue;
                if (c == idphotoctl_commands || !same_first_word(c - 1, c))
                        text_printf(text, "        (%.*s)\n                _idphotoctl_words=(\n",
                                    (int)first_word(c->name), c->name);
                text_printf(text, "                        '%s:", second + 1);
                append_zsh_text(text, c->summary[LANGUAGE_EN]);
                text_append(text, "'\n");
                if (!c[1].name || !same_first_word(c, c + 1))
                        text_append(text, "                )\n                ;;\n");
        }
}

static void zsh_arguments(Text *text)
{
        for (const Command *c = idphotoctl_commands; c->name; c++) {
                const char *p = c->arguments, *shown;
                size_t length;
                bool repeats;

                text_printf(text, "        ('%s')\n                _idphotoctl_specs=(\n", c->name);
                for (const CommandOption *o = c->options; o && o->name; o++) {
                        text_append(text, "                        ");
                        append_zsh_option(text, o);
                        text_append(text, "\n");
                }
                while (next_argument(&p, &shown, &length, &repeats)) {
                        text_printf(text, "                        '%s:%.*s:", repeats ? "*" : "",
                                    (int)length, shown);
                        append_zsh_action(text, shown, length);
                        text_append(text, "'\n");
                }
                text_append(text, "                )\n                ;;\n");
        }
}

static void zsh_mount_flags(Text *text)
{
        for (const MountFlag *f = mount_flags; f->names[0]; f++) {
                if (f->argument)
                        continue;
                for (size_t i = 0; i < ELEMENTSOF(f->names) && f->names[i]; i++) {
                        text_printf(text, "        '%s[", f->names[i]);
                        append_zsh_text(text, f->help[LANGUAGE_EN]);
                        text_append(text, "]' \\\n");
                }
        }
}

static void zsh_mount_options(Text *text)
{
        for (const MountOption *o = mount_option_table; o->name; o++) {
                text_printf(text, "                '%s[", o->name);
                append_zsh_text(text, o->help[LANGUAGE_EN]);
                text_append(text, "]");
                if (o->argument) {
                        text_append(text, ":");
                        append_zsh_text(text, o->argument);
                        text_append(text, ":");
                        if (o->values) {
                                text_append(text, "(");
                                append_words(text, o->values);
                                text_append(text, ")");
                        } else
                                text_append(text, " ");
                }
                text_append(text, o[1].name ? "' \\\n" : "'\n");
        }
}

const Table shell_tables[] = {
        {"bash-commands", bash_commands},
        {"bash-options", bash_options},
        {"bash-values", bash_values},
        {"bash-arguments", bash_arguments},
        {"bash-mount-flags", bash_mount_flags},
        {"bash-mount-options", bash_mount_options},
        {"bash-mount-values", bash_mount_values},
        {"zsh-globals", zsh_globals},
        {"zsh-first", zsh_first},
        {"zsh-second", zsh_second},
        {"zsh-arguments", zsh_arguments},
        {"zsh-mount-flags", zsh_mount_flags},
        {"zsh-mount-options", zsh_mount_options},
        {},
};
