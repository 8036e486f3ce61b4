/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <string.h>

/* Less is over before one could read the line. */
#define STEPS_WORTH_SHOWING 8

#define BAR_COLUMNS 20

const char *progress_to_text(size_t done, size_t total, char buf[static PROGRESS_TEXT_SIZE])
{
        char bar[BAR_COLUMNS + 1];
        size_t filled;

        done = MIN(done, total);
        filled = total > 0 ? (size_t)((double)done / (double)total * BAR_COLUMNS) : BAR_COLUMNS;
        memset(bar, '.', BAR_COLUMNS);
        memset(bar, '#', filled);
        bar[BAR_COLUMNS] = '\0';
        (void)snprintf(buf, PROGRESS_TEXT_SIZE, "[%s] %zu/%zu", bar, done, total);
        return buf;
}

Progress progress_begin(size_t total)
{
        return (Progress){
                .shown = total >= STEPS_WORTH_SHOWING && isatty(STDERR_FILENO) == 1,
                .total = total,
        };
}

void progress_set(Progress *progress, size_t done)
{
        char text[PROGRESS_TEXT_SIZE];

        progress->done = done;
        if (progress->shown)
                (void)fprintf(stderr, "\r%s", progress_to_text(done, progress->total, text));
}

/* Return, and erase to the end of the line. */
void progress_clear(const Progress *progress)
{
        if (progress->shown)
                (void)fputs("\r\033[K", stderr);
}
