/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

/*
 * Names before they are asked for.
 *
 * rsync, and whoever else compares a directory with what was sent, looks up every dropped name, and
 * a directory does not list those [D4]: a request each, which is several times what the rest of a
 * run costs that has nothing to send. When one dropped name after another is looked up in a
 * directory, a thread of the daemon lists it through the mount. It gets, and only it, the dropped
 * names as well, and with that the kernel has them and answers the rest itself. They are lent like
 * every listing (lease.h).
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
