/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/progresslist.h>
#include <idphoto/roster.h>

/*
 * Rosters and progress lists, read in a worker process of their own, which can open nothing and has
 * bounded memory and time [Z1]. A list may be any bytes: one that crashes its reader, never ends or
 * unpacks to more than fits is an error in the list that comes back, and costs nothing else.
 *
 * Each call starts a process and waits for its end, so no list shares one with another.
 */

typedef struct ListLimits {
        const char *program;   /* path of idphoto-worker; NULL: worker_program_path() */
        uint64_t memory_bytes; /* address space of the process */
        unsigned timeout_msec; /* wall time */
} ListLimits;

/*
 * As roster_read() and progress_list_read(), of the whole regular file behind fd, which stays the
 * caller's and whose position is not used. name (may be NULL) is the file's, as a hint.
 *
 * 0, however bad the list. When the process failed, the only problem is ROSTER_READER_CRASHED,
 * ROSTER_READER_TIMEOUT or ROSTER_READER_MEMORY. A negative errno says nothing about the list:
 * -EIO: the file cannot be read; -EINVAL: it is no regular file; -ENOEXEC: the program is no worker
 * of this version or could not set up its sandbox; -ENOENT and the like: it could not be started;
 * -ENOMEM, -EMFILE and the like: this machine is out of resources.
 */
int worker_read_roster(const ListLimits *limits, int fd, const char *name, Date today,
                       Roster **ret);
int worker_read_progress_list(const ListLimits *limits, int fd, const char *name, Date today,
                              ProgressList **ret);
