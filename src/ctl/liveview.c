/* SPDX-License-Identifier: MIT */
#include "liveview.h"

#include <idphoto/io.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>

typedef struct LiveView {
        const LiveSource *source;
        int signals; /* a descriptor: nothing is done in a handler */
        sigset_t old_mask;
        bool in_place;
        bool keys; /* stdin gives single keys, until put_back() */
        struct termios old_mode;
        char *shown; /* what stands there; NULL: nothing yet */
} LiveView;

/* ---- the terminal ---- */

/* A job in the background may not touch the terminal: it would be stopped. */
static bool owns_terminal(void)
{
        return isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void take_keys(LiveView *view)
{
        struct termios mode;

        if (!view->in_place || !owns_terminal() || tcgetattr(STDIN_FILENO, &view->old_mode) < 0)
                return;
        mode = view->old_mode;
        mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        mode.c_cc[VMIN] = 1;
        mode.c_cc[VTIME] = 0;
        view->keys = tcsetattr(STDIN_FILENO, TCSANOW, &mode) == 0;
}

static void put_back(LiveView *view)
{
        if (view->keys && owns_terminal())
                (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &view->old_mode);
        if (view->in_place && view->shown)
                (void)fputs("\033[?25h\r\033[K", stdout);
        (void)fflush(stdout);
}

static void append_line(Text *text, const char *line, size_t length, size_t columns)
{
        _cleanup_free_ char *copy = strndup(line, length);

        if (!copy) {
                text->error = -ENOMEM;
                return;
        }
        while (text_columns(copy) > columns)
                copy[text_prefix(copy, strlen(copy) - 1)] = '\0';
        text_append(text, copy);
        /* Behind a full line the cursor still stands on its last column. */
        text_append(text, text_columns(copy) < columns ? "\033[K\n" : "\n");
}

/* Every line is written over the old one and erased behind its end: the picture never is empty. */
static int draw_in_place(const LiveView *view)
{
        struct winsize size = {};
        _cleanup_text_ Text text = {};
        size_t rows = 24, columns = 80;
        const char *line = view->shown;

        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
                rows = size.ws_row;
                columns = size.ws_col;
        }
        text_append(&text, "\033[?25l\033[H");
        for (size_t row = 1; row < rows && *line; row++) {
                size_t length = strcspn(line, "\n");

                append_line(&text, line, length, columns);
                line += length + (line[length] == '\n');
        }
        text_append(&text, "\033[J");
        /* The last line has no end: it would scroll the screen. */
        if (text_columns(view->source->hint) < columns)
                text_append(&text, view->source->hint);
        if (text.error < 0)
                return text.error;
        (void)fwrite(text.data, 1, text.size, stdout);
        return fflush(stdout) == 0 ? 0 : -errno;
}

/* ---- what changed ---- */

static int update(LiveView *view)
{
        _cleanup_text_ Text text = {};
        _cleanup_free_ char *now = NULL;
        const bool first = !view->shown;
        int r = view->source->render(&text, view->source->userdata);

        if (r <= 0)
                return r == -EBUSY ? 0 : r;
        r = text_take(&text, &now, NULL);
        if (r < 0)
                return r;
        if (!first && strcmp(now, view->shown) == 0)
                return 0;
        free(view->shown);
        view->shown = TAKE_PTR(now);
        if (view->in_place) {
                if (first)
                        (void)fputs("\033[2J", stdout);
                return draw_in_place(view);
        }
        (void)printf("%s%s", first || !view->source->in_place ? "" : "\n", view->shown);
        return fflush(stdout) == 0 ? 0 : -errno;
}

/* 1: the user wants to go. */
static int read_key(LiveView *view)
{
        char keys[64];
        ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));

        if (n <= 0) {
                view->keys = n < 0 && (errno == EINTR || errno == EAGAIN);
                return n == 0;
        }
        return memchr(keys, 'q', (size_t)n) || memchr(keys, 'Q', (size_t)n);
}

static int read_signal(LiveView *view)
{
        struct signalfd_siginfo info;

        if (read(view->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
                return 0;
        switch (info.ssi_signo) {
        case SIGCONT: /* the shell had the terminal meanwhile */
                if (view->keys)
                        take_keys(view);
                __attribute__((fallthrough));
        case SIGWINCH:
                return view->in_place && view->shown ? draw_in_place(view) : 0;
        default:
                return 1;
        }
}

static int wait_and_update(LiveView *view, unsigned interval_sec)
{
        struct pollfd fds[] = {
                {.fd = view->signals, .events = POLLIN},
                {.fd = STDOUT_FILENO}, /* POLLERR: nobody reads it any more */
                {.fd = view->keys ? STDIN_FILENO : -1, .events = POLLIN},
        };
        int r = poll(fds, ELEMENTSOF(fds), (int)interval_sec * 1000);

        if (r < 0)
                return errno == EINTR ? 0 : -errno;
        if (r == 0)
                return update(view);
        if (fds[0].revents)
                return read_signal(view);
        if (fds[1].revents)
                return 1;
        return read_key(view);
}

int liveview_run(const LiveSource *source, unsigned interval_sec)
{
        static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};
        LiveView view = {
                .source = source,
                .in_place = source->in_place && isatty(STDOUT_FILENO) == 1,
        };
        sigset_t mask;
        int r;

        (void)sigemptyset(&mask);
        for (size_t i = 0; i < ELEMENTSOF(caught); i++)
                (void)sigaddset(&mask, caught[i]);
        view.signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
        if (view.signals < 0)
                return -errno;
        (void)sigprocmask(SIG_BLOCK, &mask, &view.old_mask);
        take_keys(&view);
        r = update(&view);
        while (r == 0)
                r = wait_and_update(&view, interval_sec);
        put_back(&view);
        view.signals = safe_close(view.signals);
        (void)sigprocmask(SIG_SETMASK, &view.old_mask, NULL);
        free(view.shown);
        return r == -EPIPE ? 0 : MIN(r, 0);
}
