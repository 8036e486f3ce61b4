/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <idphoto/clock.h>

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

/* Less is over before one could read the line. */
#define STEPS_WORTH_SHOWING 8

#define BAR_COLUMNS     20
#define BAR_COLUMNS_MIN 5

/* A terminal far away should not be what the work waits for. */
#define REDRAW_NSEC (NSEC_PER_SEC / 10)

static bool is_watched(void)
{
        return isatty(STDERR_FILENO) == 1;
}

/* One less than there are: a full line would wrap. */
static size_t columns_usable(void)
{
        struct winsize size = {};

        return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col - 1u
                                                                               : 79;
}

const char *progress_to_text(size_t done, size_t total, size_t columns,
                             char buf[static PROGRESS_TEXT_SIZE])
{
        char bar[BAR_COLUMNS + 1], numbers[PROGRESS_TEXT_SIZE / 2 + 4];
        size_t length, filled, width;

        done = MIN(done, total);
        (void)snprintf(numbers, sizeof(numbers), "%zu/%zu", done, total);
        length = strlen(numbers);
        if (length + strlen("[] ") + BAR_COLUMNS_MIN > columns) {
                (void)snprintf(buf, PROGRESS_TEXT_SIZE, "%s", length <= columns ? numbers : "");
                return buf;
        }
        width = MIN((size_t)BAR_COLUMNS, columns - length - strlen("[] "));
        filled = total > 0 ? (size_t)((double)done / (double)total * (double)width) : width;
        memset(bar, '.', width);
        memset(bar, '#', filled);
        bar[width] = '\0';
        (void)snprintf(buf, PROGRESS_TEXT_SIZE, "[%s] %s", bar, numbers);
        return buf;
}

Progress progress_begin(size_t total)
{
        return (Progress){
                .shown = total >= STEPS_WORTH_SHOWING && is_watched(),
                .total = total,
        };
}

void progress_set(Progress *progress, size_t done)
{
        char text[PROGRESS_TEXT_SIZE];
        int64_t now;

        progress->done = done;
        if (!progress->shown)
                return;
        now = clock_monotonic_nsec(clock_system());
        if (progress->drawn && done < progress->total && now - progress->drawn_nsec < REDRAW_NSEC)
                return;
        progress->drawn_nsec = now;
        progress->drawn = true;
        (void)fprintf(stderr, "\r%s\033[K",
                      progress_to_text(done, progress->total, columns_usable(), text));
}

/* Return, and erase to the end of the line. */
static void erase_line(void)
{
        (void)fputs("\r\033[K", stderr);
}

void progress_clear(Progress *progress)
{
        if (progress->drawn)
                erase_line();
        progress->drawn = false;
}

void progress_step(uint64_t done, uint64_t total, void *userdata)
{
        Progress *progress = userdata;

        if (progress->total == 0)
                *progress = progress_begin((size_t)total);
        progress_set(progress, (size_t)done);
}

/* ---- work that is not counted ---- */

struct Busy {
        const char *text;
        int64_t begun_nsec;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t ending;
        bool ends; /* protected by lock */
};

static void draw_busy(const Busy *busy)
{
        const int64_t seconds =
                (clock_monotonic_nsec(clock_system()) - busy->begun_nsec) / NSEC_PER_SEC;
        _cleanup_text_ Text text = {};

        text_append(&text, busy->text);
        if (seconds > 0)
                text_printf(&text, " %" PRId64 " s", seconds);
        if (text.data && text_columns(text.data) <= columns_usable())
                (void)fprintf(stderr, "\r%s\033[K", text.data);
}

static void *keep_busy(void *userdata)
{
        Busy *busy = userdata;

        pthread_mutex_lock(&busy->lock);
        while (!busy->ends) {
                struct timespec until;

                draw_busy(busy);
                (void)clock_gettime(CLOCK_REALTIME, &until);
                until.tv_sec++;
                (void)pthread_cond_timedwait(&busy->ending, &busy->lock, &until);
        }
        pthread_mutex_unlock(&busy->lock);
        return NULL;
}

Busy *busy_begin(BusyWith what, Language language)
{
        static const char *const texts[_BUSY_MAX][_LANGUAGE_MAX] = {
                [BUSY_IMPORTING] = {"importing...", "正在导入……"},
                [BUSY_PURGING] = {"purging...", "正在清除……"},
        };
        sigset_t all, before;
        Busy *busy;
        int r;

        if (!is_watched())
                return NULL;
        busy = calloc(1, sizeof(*busy));
        if (!busy)
                return NULL;
        busy->text = texts[what][language];
        busy->begun_nsec = clock_monotonic_nsec(clock_system());
        (void)pthread_mutex_init(&busy->lock, NULL);
        (void)pthread_cond_init(&busy->ending, NULL);
        /* Once from here, so that even short work has said what it is. */
        draw_busy(busy);
        /* Signals stay with who began. */
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        r = pthread_create(&busy->thread, NULL, keep_busy, busy);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r == 0)
                return busy;
        erase_line();
        free(busy);
        return NULL;
}

void busy_end(Busy *busy)
{
        if (!busy)
                return;
        pthread_mutex_lock(&busy->lock);
        busy->ends = true;
        pthread_cond_signal(&busy->ending);
        pthread_mutex_unlock(&busy->lock);
        (void)pthread_join(busy->thread, NULL);
        (void)pthread_cond_destroy(&busy->ending);
        (void)pthread_mutex_destroy(&busy->lock);
        free(busy);
        erase_line();
}
