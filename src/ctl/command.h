/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

#include <limits.h>

/*
 * The framework of idphotoctl. One table (commands.c) defines each command's name, options,
 * arguments and function. From it the framework makes the help, parses the options, checks the
 * number of arguments, and suggests the nearest name for a misspelt one. The file of a command
 * holds only its work.
 */

#define COMMAND_PROGRAM "idphotoctl"

/* Exit statuses of the program. */
enum {
        COMMAND_OK = 0,
        COMMAND_NO = 1, /* it worked, and the answer is no: a photo is rejected, a check failed */
        COMMAND_WRONG = 2, /* unusable arguments, or files that could not be read or written */
        COMMAND_LATE = 3,  /* time ran out */
};

typedef struct CommandContext CommandContext;

/* Runs a command. argv holds its arguments without its name and options; their number is checked
 * already. Returns an exit status. */
typedef int (*CommandFunction)(CommandContext *context, int argc, char **argv);

typedef struct CommandOption {
        const char *name;                /* without the dashes */
        const char *argument;            /* shown after `=` in the help; NULL: takes none */
        const char *help[_LANGUAGE_MAX]; /* one line */
} CommandOption;

#define COMMAND_ARGUMENTS_ANY INT_MAX

typedef struct Command {
        const char *name;      /* one word, or two: "point add" */
        const char *arguments; /* as shown in the help; "": none */
        int min_arguments;
        int max_arguments;
        bool needs_store;                   /* --store or IDPHOTO_STORE is required */
        const char *summary[_LANGUAGE_MAX]; /* one line */
        const char *notes[_LANGUAGE_MAX];   /* shown below the options in the help; may be NULL */
        const CommandOption *options;       /* ends with a NULL name; NULL: none */
        CommandFunction run;
} Command;

#define COMMAND_OPTIONS_MAX 16

struct CommandContext {
        const char *store;       /* NULL when none was given and the command needs none */
        Language language;       /* of texts for people */
        const Command *commands; /* the table */
        const Command *command;  /* the one that runs */
        const char *values[COMMAND_OPTIONS_MAX]; /* in the order of command->options */
};

/* The value of an option of the running command: NULL when it was not given, "" when it takes none.
 * The last occurrence counts. The command's table must define `name`. */
const char *command_option(const CommandContext *context, const char *name);

/* Reads the value of an option that is a whole number above 0. -EINVAL: it is none. */
int command_read_count(const char *s, uint64_t *ret);

/* Runs the program with a table that ends with a NULL name: parses the options, runs one command,
 * and returns the exit status. */
int command_main(const Command *commands, int argc, char **argv);

/* ---- the commands, each in its own file ---- */

extern const Command idphotoctl_commands[];

/* Options of every command; ends with a NULL name. */
extern const CommandOption command_global_options[];

int command_audit_list(CommandContext *context, int argc, char **argv);
int command_audit_verify(CommandContext *context, int argc, char **argv);
int command_backup(CommandContext *context, int argc, char **argv);
int command_batch_add(CommandContext *context, int argc, char **argv);
int command_batch_close(CommandContext *context, int argc, char **argv);
int command_batch_list(CommandContext *context, int argc, char **argv);
int command_batch_reopen(CommandContext *context, int argc, char **argv);
int command_batch_use(CommandContext *context, int argc, char **argv);
int command_check(CommandContext *context, int argc, char **argv);
int command_config_check(CommandContext *context, int argc, char **argv);
int command_config_show(CommandContext *context, int argc, char **argv);
int command_export(CommandContext *context, int argc, char **argv);
int command_import(CommandContext *context, int argc, char **argv);
int command_gateway_list(CommandContext *context, int argc, char **argv);
int command_help(CommandContext *context, int argc, char **argv);
int command_history(CommandContext *context, int argc, char **argv);
int command_attach(CommandContext *context, int argc, char **argv);
int command_init(CommandContext *context, int argc, char **argv);
int command_list(CommandContext *context, int argc, char **argv);
int command_page(CommandContext *context, int argc, char **argv);
int command_point_add(CommandContext *context, int argc, char **argv);
int command_point_list(CommandContext *context, int argc, char **argv);
int command_point_merge(CommandContext *context, int argc, char **argv);
int command_point_remove(CommandContext *context, int argc, char **argv);
int command_point_rename(CommandContext *context, int argc, char **argv);
int command_point_set(CommandContext *context, int argc, char **argv);
int command_progress_import(CommandContext *context, int argc, char **argv);
int command_review_approve(CommandContext *context, int argc, char **argv);
int command_review_reasons(CommandContext *context, int argc, char **argv);
int command_review_reject(CommandContext *context, int argc, char **argv);
int command_review_reopen(CommandContext *context, int argc, char **argv);
int command_purge(CommandContext *context, int argc, char **argv);
int command_restore(CommandContext *context, int argc, char **argv);
int command_roster_import(CommandContext *context, int argc, char **argv);
int command_status(CommandContext *context, int argc, char **argv);
int command_student_correct(CommandContext *context, int argc, char **argv);
int command_student_move(CommandContext *context, int argc, char **argv);
int command_student_remove(CommandContext *context, int argc, char **argv);
int command_verify(CommandContext *context, int argc, char **argv);
int command_wait(CommandContext *context, int argc, char **argv);
