/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * A line on stderr that tells how far long work has come. Shown only where a person looks at it,
 * and out of the way of everything else that is printed.
 */
typedef struct Progress {
        bool shown; /* on a terminal, for work worth it */
        bool drawn; /* stands there now */
        size_t total;
        size_t done;
        int64_t drawn_nsec; /* when it was drawn last */
} Progress;

/* Work of `total` steps. Nothing is ever shown when stderr is no terminal or the work is short. */
Progress progress_begin(size_t total);
/* Draws the line for `done` steps. Where it stands already, some ten times a second at most and
 * when all are done. */
void progress_set(Progress *progress, size_t done);
/* Takes the line away, before other output and at the end. */
void progress_clear(Progress *progress);

/* The same for steps counted in 64 bits by who calls back: begun with the first step, whose
 * `total` counts. userdata is a Progress that starts as {}. */
void progress_step(uint64_t done, uint64_t total, void *userdata);

#define PROGRESS_TEXT_SIZE 80

/* "[######..............] 12/40" into buf, with a shorter bar or none where it would be wider than
 * `columns`; "" when even the numbers are. Returns buf. */
const char *progress_to_text(size_t done, size_t total, size_t columns,
                             char buf[static PROGRESS_TEXT_SIZE]);

/*
 * Work whose steps nobody counts: "importing... 12 s", kept up by a thread of its own until
 * busy_end(), which must come before other output. Nothing at all where stderr is no terminal.
 */
typedef struct Busy Busy;

typedef enum BusyWith {
        BUSY_IMPORTING,
        BUSY_PURGING,
        _BUSY_MAX,
        _BUSY_INVALID = -EINVAL,
} BusyWith;

/* NULL when nothing is shown. */
Busy *busy_begin(BusyWith what, Language language);
void busy_end(Busy *busy);
static inline void busy_endp(Busy **busy)
{
        busy_end(*busy);
}
#define _cleanup_busy_ _cleanup_(busy_endp)
