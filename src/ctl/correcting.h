/* SPDX-License-Identifier: MIT */
#pragma once

#include "opened.h"

#include <idphoto/correction.h>

/* What the commands that put something right have in common (correction.h). */

/* One of the functions of correction.h, with what it takes. */
typedef int (*CorrectingCall)(Catalog *catalog, const CorrectionOptions *options, void *userdata,
                              CorrectionReport *ret);

typedef struct Correcting {
        const CommandContext *context;
        Opened *opened;
        const char *subject; /* the number or the point as it was typed, for messages */
        CorrectionOptions options;
        CorrectingCall call;
        void *userdata;
} Correcting;

/*
 * Runs the call in a transaction of its own; with --dry-run nothing of it stays, and it is said so.
 * COMMAND_OK with *ret: it was done, or would be. COMMAND_NO: it was said why it is refused.
 * COMMAND_WRONG: it was said what went wrong.
 */
int correcting_run(Correcting *correcting, CorrectionReport *ret);
