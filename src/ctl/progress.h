/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * A line on stderr that tells how far long work has come. Shown only where a person looks at it,
 * and out of the way of everything else that is printed.
 */
typedef struct Progress {
        bool shown; /* on a terminal, for work worth it */
        size_t total;
        size_t done;
} Progress;

/* Work of `total` steps. Nothing is ever shown when stderr is no terminal or the work is short. */
Progress progress_begin(size_t total);
/* Draws the line for `done` steps. */
void progress_set(Progress *progress, size_t done);
/* Takes the line away, before other output and at the end. */
void progress_clear(const Progress *progress);

#define PROGRESS_TEXT_SIZE 80

/* "[######..............]  12/40" into buf; returns buf. */
const char *progress_to_text(size_t done, size_t total, char buf[static PROGRESS_TEXT_SIZE]);
