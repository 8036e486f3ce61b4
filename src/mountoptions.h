/* SPDX-License-Identifier: MIT */
#pragma once

#include "mount/mount.h"

/*
 * The arguments of idphotofs. Two tables say what the program and its -o take; from them come the
 * parser, the help, the suggestions for what was misspelt, the shell completions, and a test of the
 * man page.
 */

#define MOUNT_PROGRAM "idphotofs"

typedef struct MountFlag {
        const char *names[2]; /* with their dashes; [1] may be NULL */
        const char *argument; /* of the next word; NULL: takes none */
        const char *help[_LANGUAGE_MAX];
} MountFlag;

typedef struct MountOption {
        const char *name;
        const char *argument; /* as shown behind `=`; NULL: takes none */
        const char *values;   /* "a|b|c" when nothing else is taken; NULL: anything of its kind */
        const char *help[_LANGUAGE_MAX]; /* one line */
        /* value is NULL for an option without argument. -EINVAL when it was said what is wrong. */
        int (*take)(MountOptions *options, const struct MountOption *option, const char *value);
} MountOption;

/* Both end with a NULL name. */
extern const MountFlag mount_flags[];
extern const MountOption mount_option_table[];

/* Reads the program's arguments. Returns -1 to go on with *options, whose strings are those of
 * argv, or else the exit status of the program, when help was asked for or it was logged what is
 * wrong. */
int mount_options_parse(MountOptions *options, int argc, char **argv);
