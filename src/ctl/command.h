/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

#include <limits.h>

/*
 * The frame of idphotoctl. One table of commands (commands.c) says what each is called, takes and
 * does; from it the frame makes the help, reads the options, counts the arguments and suggests the
 * nearest name for a misspelt one. A command's own file holds its work only.
 */

#define COMMAND_PROGRAM "idphotoctl"

/* Exit statuses of the program. */
enum {
        COMMAND_OK = 0,
        COMMAND_NO = 1, /* it worked, and the answer is no: a photo was rejected, a check failed */
        COMMAND_WRONG = 2, /* unusable arguments, or files that could not be read or written */
};

typedef struct CommandContext CommandContext;

/* argv are the command's own arguments, without its name and without options, their number already
 * checked. Returns an exit status. */
typedef int (*CommandFunction)(CommandContext *context, int argc, char **argv);

typedef struct CommandOption {
        const char *name;                /* without the dashes */
        const char *argument;            /* what stands behind `=` in the help; NULL: takes none */
        const char *help[_LANGUAGE_MAX]; /* one line */
} CommandOption;

#define COMMAND_ARGUMENTS_ANY INT_MAX

typedef struct Command {
        const char *name;      /* one word, or two: "point add" */
        const char *arguments; /* as shown in the help, "" for none */
        int min_arguments;
        int max_arguments;
        bool needs_store;                   /* the frame insists on --store or IDPHOTO_STORE */
        const char *summary[_LANGUAGE_MAX]; /* one line */
        const char *notes[_LANGUAGE_MAX]; /* below the options in the command's help; may be NULL */
        const CommandOption *options;     /* ends with a NULL name; NULL: none */
        CommandFunction run;
} Command;

#define COMMAND_OPTIONS_MAX 16

struct CommandContext {
        const char *store; /* NULL when none was given and the command needs none */
        Language language; /* of texts for people */
        const Command *command;
        const char *values[COMMAND_OPTIONS_MAX]; /* of command->options, in their order */
};

/* Value of an option of the running command: NULL when it was not given, "" for one that takes
 * none. The last one counts. `name` must stand in the command's table. */
const char *command_option(const CommandContext *context, const char *name);

/* The whole program for a table that ends with a NULL name: reads the options, runs one command,
 * and returns the exit status. */
int command_main(const Command *commands, int argc, char **argv);

/* ---- the commands, each in its own file ---- */

extern const Command idphotoctl_commands[];

/* What every command takes; ends with a NULL name. */
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
int command_history(CommandContext *context, int argc, char **argv);
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
