/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* The files that a command is to look at. */

typedef struct Subject {
        char *path;
        int error; /* 0, or why the folder of that path could not be read, negative */
} Subject;

typedef struct Subjects {
        Subject *items;
        size_t n;
        bool folders; /* whether an argument was a folder */
} Subjects;

/*
 * Lists the paths in their order, and for a folder among them all files beneath it, in the order of
 * their names, byte by byte. What a mount would not judge there is left out: litter of operating
 * systems and files that a program has not finished. A folder that cannot be read is a subject with
 * an error; so is nothing else, as a path is opened by who looks at it. The caller ends *ret by
 * subjects_done(). 0, or a negative errno.
 */
int subjects_list(size_t n, char **paths, Subjects *ret);
void subjects_done(Subjects *subjects);
