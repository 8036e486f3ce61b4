/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs/fs.h"

#include <sys/types.h>

/*
 * The thread that carries verdicts out as renames through the mount. The kernel, inotify, file
 * managers and Samba learn of a change only from system calls on the mount itself; so this thread,
 * which serves no requests, has the dropped name renamed to its place, and the arrival of that
 * rename at the handler commits the verdict. It holds no lock and no fd of the mount between two
 * steps. What it had not done when the daemon dies is found again in the catalog.
 */

int announcer_new(Fs *fs, Announcer **ret);
/* Ends the threads; one that hangs in the kernel is left there. Must be called before the file
 * system is unmounted for good, or they may touch what lies beneath. */
void announcer_stop(Announcer *announcer);
void announcer_free(Announcer *announcer);
DEFINE_CLEANUP(Announcer, announcer_free)

/* Looks at the upload when that monotonic time has come. */
void announcer_schedule(Announcer *announcer, int64_t upload, int64_t monotonic_nsec);

/* Tells the watchers of a verdict that was committed directly. Takes over both strings (relative to
 * the root). */
void announcer_tell(Announcer *announcer, char *from, char *to);

/* Tells the watchers of the root that a directory is there which no client made: the thread makes
 * it through the mount, finding it nowhere before. Takes over the name. (A rename onto it would
 * tell as well, but what a directory is renamed onto is dead to the kernel.) */
void announcer_tell_directory(Announcer *announcer, char *name);
/* Whether a request comes from a thread of it that makes such a directory. */
bool announcer_makes(const Announcer *announcer, pid_t pid);

/* Whether a request comes from a thread of it; upload: which one that is showing now, 0 when it
 * only tells. */
bool announcer_is(const Announcer *announcer, pid_t pid, int64_t *ret_upload);
