/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

#include <sys/types.h>

/*
 * The thread that carries verdicts out as renames through the mount. The kernel, inotify, file
 * managers and Samba learn of a change only from system calls on the mount itself. So this thread,
 * which serves no requests, has the dropped name renamed to its place. When that rename arrives at
 * the handler, the handler commits the verdict. Between two steps the thread holds no lock and no
 * descriptor of the mount. After a crash the catalog tells what it had not done.
 */

int announcer_new(Fs *fs, Announcer **ret);
/* Ends the threads. Must be called before the filesystem is unmounted for good, or they may touch
 * what lies beneath. False: a thread hangs in the kernel and is left there; then what it works
 * with, the agenda too, must stay. */
bool announcer_stop(Announcer *announcer);
void announcer_free(Announcer *announcer);
DEFINE_CLEANUP(Announcer, announcer_free)

/* Whether the request comes from one of its threads that makes a directory which is there already
 * (agenda_tell_directory()). */
bool announcer_makes(const Announcer *announcer, pid_t pid);
/* The same of a folder in a point. */
bool announcer_makes_folder(const Announcer *announcer, pid_t pid);

/* Whether it comes from one that lets a file be seen to appear (agenda_tell_new()). To that thread
 * its name is free. */
bool announcer_adds(const Announcer *announcer, pid_t pid);

/* Whether it comes from one that lets a photo be seen to appear (agenda_tell_arrival()). To that thread
 * its name is free. */
bool announcer_brings(const Announcer *announcer, pid_t pid);

/* Whether it comes from one that renames a directory of the root which has its new name already. To
 * that thread the new name is free. */
bool announcer_moves(const Announcer *announcer, pid_t pid);

/* Whether the request comes from one of its threads. *ret_upload is the upload that this thread
 * shows, or 0 when it only tells of a change. */
bool announcer_is(const Announcer *announcer, pid_t pid, int64_t *ret_upload);
