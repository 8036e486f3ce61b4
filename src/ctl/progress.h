/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * A line on stderr that shows the progress of long work. It appears only on a terminal and is
 * removed before other output.
 */
typedef struct Progress {
        bool shown; /* stderr is a terminal, and the work is long enough */
        bool drawn; /* the line is on the terminal now */
        size_t total;
        size_t done;
        int64_t drawn_nsec; /* monotonic time of the last drawing */
} Progress;

/* Begins work of `total` steps. Shows nothing when stderr is no terminal or the work is short. */
Progress progress_begin(size_t total);
/* Draws the line for `done` steps. Redraws it some ten times a second at most, and when all steps
 * are done. */
void progress_set(Progress *progress, size_t done);
/* Removes the line. Call before other output and at the end. */
void progress_clear(Progress *progress);

/* A callback that begins the work with the `total` of its first call and then sets the progress.
 * userdata is a Progress that starts as {}. */
void progress_step(uint64_t done, uint64_t total, void *userdata);

#define PROGRESS_TEXT_SIZE 80

/* Writes "[######..............] 12/40" to buf, with a shorter bar or none to fit in `columns`; ""
 * when even the numbers do not fit. Returns buf. */
const char *progress_to_text(size_t done, size_t total, size_t columns,
                             char buf[static PROGRESS_TEXT_SIZE]);

/*
 * Shows work without counted steps as "importing... 12 s". A thread of its own updates the line
 * until busy_end(), which must come before other output. Shows nothing when stderr is no terminal.
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
