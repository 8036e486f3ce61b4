/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Shows a text again whenever it has changed. A terminal shows it in one place, cut to the
 * terminal's size, until q is typed. Any other output gets a new block for every change.
 */
typedef struct LiveSource {
        /* Appends the current text: 1. 0: nothing has changed since the last call; finding that out
         * must be cheap. -EBUSY: call again later. Any other negative errno ends the view. */
        int (*render)(Text *text, void *userdata);
        void *userdata;
        const char *hint; /* the terminal's last line */
        bool in_place;    /* false: a terminal gets blocks, too */
} LiveSource;

/* Shows the source until SIGINT, SIGTERM, SIGHUP or q, or until nobody reads the output any more.
 * Restores the terminal. 0, the error of render(), or another negative errno. */
int liveview_run(const LiveSource *source, unsigned interval_sec);
