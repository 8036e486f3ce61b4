/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

#include <sys/types.h>

/*
 * The thread that carries verdicts out as renames through the mount. The kernel, inotify, file
 * managers and Samba learn of a change only from system calls on the mount itself; so this thread,
 * which serves no requests, has the dropped name renamed to its place, and the arrival of that
 * rename at the handler commits the verdict. It holds no lock and no fd of the mount between two
 * steps. What it had not done when the daemon dies is found again in the catalog.
 */

int announcer_new(Fs *fs, Announcer **ret);
/* Ends the threads. Must be called before the filesystem is unmounted for good, or they may touch
 * what lies beneath. False: a thread hangs in the kernel and is left there; then what it works
 * with, the agenda too, must stay. */
bool announcer_stop(Announcer *announcer);
void announcer_free(Announcer *announcer);
DEFINE_CLEANUP(Announcer, announcer_free)

/* Whether a request comes from a thread of it that makes such a directory. */
bool announcer_makes(const Announcer *announcer, pid_t pid);

/* Whether a request comes from a thread of it; upload: which one that is showing now, 0 when it
 * only tells. */
bool announcer_is(const Announcer *announcer, pid_t pid, int64_t *ret_upload);
