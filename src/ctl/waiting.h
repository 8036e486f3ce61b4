/* SPDX-License-Identifier: MIT */
#pragma once

#include "opened.h"

#define WAITING_FOREVER  UINT_MAX
#define WAITING_MAX_MSEC (7u * 24 * 3600 * 1000)

/*
 * Waits until every file dropped before has its verdict and its place, and both are durable: what
 * `sync DIR` of a directory in the mount waits for [D6]. After a second it says on stderr for how
 * many files.
 */
typedef struct Waiting {
        const char *path;      /* in the mount; NULL: looks into the catalog again and again */
        const Opened *opened;  /* for that */
        int64_t point;         /* the same; 0: all */
        unsigned timeout_msec; /* or WAITING_FOREVER */
        Language language;
} Waiting;

/* 0; -ETIME after the timeout; -ENOTCONN: files wait and nobody judges them;
 * -EXDEV: the path is in no mount of idphotofs; another errno of asking
 * the mount or the catalog. */
int waiting_run(const Waiting *waiting);
