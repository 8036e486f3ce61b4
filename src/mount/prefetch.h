/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

/*
 * Names before they are asked for.
 *
 * rsync compares a directory with what was sent: it looks up every dropped name. A directory does
 * not list dropped names [D4], so each is a request, and together they cost several times the rest
 * of a run that has nothing to send. When a client looks up one dropped name after another in a
 * directory, a thread of the daemon lists the directory through the mount. Only this thread gets
 * the dropped names too. The kernel then has them and answers the rest by itself. They are lent
 * like every listing (lease.h).
 */

int prefetch_new(Prefetch **ret);
/* Ends the thread: as with the announcer, before the file system is unmounted for good, and while
 * requests are still answered. */
void prefetch_stop(Prefetch *prefetch);
void prefetch_free(Prefetch *prefetch);
DEFINE_CLEANUP(Prefetch, prefetch_free)

/* A name was looked up in the directory and found. Does not wait. */
void prefetch_note(Fs *fs, Node directory, Node found);
/* Whether a request comes from the thread that lists. */
bool prefetch_is(const Prefetch *prefetch, pid_t pid);
