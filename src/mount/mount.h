/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/finding.h>

#include <limits.h>
#include <stdbool.h>

/* A mounted store, from the open store to the unmount; or one that this machine only judges for. */

/* A number that was not given: the configuration's counts. */
#define MOUNT_OPTION_UNSET UINT_MAX

typedef struct MountOptions {
        const char *store;
        const char *mountpoint; /* NULL: it only judges */
        const char *batch;      /* NULL: the one in use */
        Language language;      /* _LANGUAGE_INVALID: the store's */
        Language speaks;        /* of what is said to who starts it, until it serves */
        bool judge;             /* nothing is mounted: what other machines took in is judged */
        bool foreground;
        bool debug;           /* print the protocol */
        bool guard;           /* make the bare mountpoint immutable */
        bool allow_other;     /* default for root: without it nobody else gets in */
        unsigned settle_msec; /* the next three as in IntakeOptions */
        unsigned settle_empty_msec;
        unsigned delay_msec;
        unsigned workers;      /* 0: one for each core */
        bool verdict_on_close; /* close() waits for the verdict [D3] */
} MountOptions;

void mount_options_default(MountOptions *ret);

/* Mounts, serves until the unmount or a signal, and takes everything down. Without a mountpoint it
 * judges until a signal. Returns the exit status
 * of the program. What goes wrong is logged in the user's words. */
int mount_serve(const MountOptions *options);
