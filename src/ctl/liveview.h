/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * A text that is shown again whenever it has changed. On a terminal it stands in one place, cut to
 * the terminal's size, until q is typed; elsewhere every change is a block of its own.
 */
typedef struct LiveSource {
        /* Appends the text as it is now: 1; 0 when surely nothing changed since the last call,
         * which must be cheap; or a negative errno, -EBUSY to be asked again later. */
        int (*render)(Text *text, void *userdata);
        void *userdata;
        const char *hint; /* the terminal's last line */
        bool in_place;    /* false: blocks on a terminal, too */
} LiveSource;

/* Until SIGINT, SIGTERM, SIGHUP, q, or nobody reads the output any more: 0; or what render()
 * returned, or the errno of the system. The terminal is left as it was. */
int liveview_run(const LiveSource *source, unsigned interval_sec);
