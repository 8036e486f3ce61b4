/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/archive.h>

/*
 * Archives, unpacked in a worker process of their own, which can open nothing and has bounded memory
 * and time [Z1]. An archive may be any bytes: one that crashes the process, never ends or grows
 * without end is an archive that is not unpacked, and costs nothing else.
 *
 * Each call starts a process and waits for its end, so no archive shares one with another.
 */

typedef struct ArchiveOptions {
        const char *program; /* path of idphoto-worker; NULL: worker_program_path() */
        ArchiveLimits limits;
        uint64_t memory_bytes; /* address space of the process */
        unsigned timeout_msec; /* wall time */
        /* Asked several times a second while the process runs; a negative errno ends it and is
         * returned. NULL: it is not asked. */
        int (*go_on)(void *userdata);
        void *userdata;
} ArchiveOptions;

/*
 * Unpacks the whole regular file behind fd, which stays the caller's and whose position is not
 * used, into output_fd, an empty file on a disk. 0, however bad the archive: *ret_reason is why
 * nothing of it is to be taken, else _REASON_INVALID, and then *ret_content is what is in
 * output_fd. The process is dead then, so that nobody writes to output_fd any more.
 *
 * A negative errno says nothing about the archive: what go_on() returned; -ENOSPC and -EIO of the
 * files; -ENOEXEC: the program is no worker of this version or could not set up its sandbox; -ENOENT
 * and the like: it could not be started; -ENOMEM, -EMFILE and the like: this machine is out of
 * resources.
 */
int worker_unpack(const ArchiveOptions *options, int fd, int output_fd, ReasonCode *ret_reason,
                  ArchiveContent *ret_content);
