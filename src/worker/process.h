/* SPDX-License-Identifier: MIT */
#pragma once

#include "protocol.h"

#include <sys/types.h>

/*
 * A child process that runs the worker program. The other end of `socket` is the child's fd 3. The
 * child is reaped by its own pid only, so a program that embeds this library keeps its other
 * children.
 */
typedef struct WorkerProcess {
        pid_t pid;  /* 0: none runs */
        int socket; /* -EBADF: none runs */
} WorkerProcess;

#define WORKER_PROCESS_NONE ((WorkerProcess){.pid = 0, .socket = -EBADF})

/* Starts program with `--memory=BYTES`, for lists with `--lists` too and for an archive with
 * `--archives`, and waits for its greeting. For photos that is a seed. 0; -ENOEXEC: it is no worker
 * of this version or could not set up its sandbox; or another negative errno of starting (-ENOENT:
 * no such program). */
int worker_process_start(const char *program, WorkerDuty duty, uint64_t memory_bytes,
                         WorkerProcess *ret);

/* Has the seed make a worker, and waits for its greeting. 0; -EPIPE: the seed is gone; or another
 * negative errno, after which the seed can be stopped only. */
int worker_process_copy(const WorkerProcess *seed, WorkerProcess *ret);

/* Kills and reaps it; accepts WORKER_PROCESS_NONE. Returns the wait status, or 0 when the child had
 * been reaped by someone else. A child that had already died keeps its own status. */
int worker_process_stop(WorkerProcess *process);

/* Processor time that it has used so far; -1: that is not known. */
int64_t worker_process_cpu_nsec(const WorkerProcess *process);

/* Waits for a packet until deadline_nsec (monotonic) and returns its size. Drops file descriptors
 * that come with it. 0: the child has hung up; -ETIMEDOUT; -EMSGSIZE: the packet is larger than
 * size; or another negative errno. */
ssize_t worker_process_receive(const WorkerProcess *process, void *data, size_t size,
                               int64_t deadline_nsec);

/* Sends one packet with at most WORKER_REQUEST_FDS file descriptors; never blocks. 0, -EPIPE when
 * the child has hung up, or another negative errno. */
int worker_process_send(const WorkerProcess *process, const void *data, size_t size, const int *fds,
                        size_t n_fds);
