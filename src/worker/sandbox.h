/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * The worker's walls. Two steps, because the face tables must still be read between them: the first
 * gives up everything that needs privileges to give up, the second closes the door for good.
 */

/*
 * Forgets the surroundings: closes every fd above keep_fd, leaves the working directory, gives up
 * root (for nobody) and all capabilities, forbids gaining any, hides the process from debuggers,
 * ties its life to the parent's. 0 or a negative errno.
 */
int sandbox_detach(int keep_fd);

/*
 * Sets the limits (memory_bytes of address space; output_bytes for a written file; no core dumps,
 * no processes) and installs the system call filter: reading and writing what is open already,
 * messages on socket_fd, memory that is not executable, the end. Any other call kills the process.
 * Calls needed by sanitizers are allowed only in builds with them, where address space is unlimited
 * as well. 0 or a negative errno.
 */
int sandbox_close(int socket_fd, uint64_t memory_bytes, uint64_t output_bytes);
