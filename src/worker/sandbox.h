/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * The sandbox of the worker closes in two steps, because the face tables are read between them. The
 * first gives up privileges, the second forbids nearly all system calls.
 */

/*
 * Detaches the process from its surroundings: closes every fd above keep_fd, leaves the working
 * directory, changes from root to nobody, drops all capabilities and forbids gaining new ones,
 * hides the process from debuggers, and makes it die with its parent. 0 or a negative errno.
 */
int sandbox_detach(int keep_fd);

/* In a copy of a process that has detached itself: what a copy does not take over. */
int sandbox_detach_copy(int keep_fd);

/*
 * Sets the limits (memory_bytes of address space; output_bytes for a written file; no core dumps,
 * no processes) and installs the system call filter. The filter allows to read and write open
 * files, to exchange messages on socket_fd, to allocate memory that is not executable, and to exit.
 * Any other call kills the process. Builds with sanitizers also allow the calls that these need,
 * and do not limit address space. 0 or a negative errno.
 */
int sandbox_close(int socket_fd, uint64_t memory_bytes, uint64_t output_bytes);
