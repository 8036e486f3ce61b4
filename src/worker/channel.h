/* SPDX-License-Identifier: MIT */
#pragma once

#include "protocol.h"

/* The child's end of the socket. */

/* 0 or a negative errno; -EPIPE: the parent has hung up. */
int channel_send(const void *data, size_t size);

/*
 * Waits for a request of exactly size bytes, which begins with WORKER_PROTOCOL_MAGIC, and for the
 * n_fds files that come with it, at most WORKER_REQUEST_FDS; these are the caller's. 1; 0: the
 * parent has hung up; -EBADMSG: it does not speak our protocol; or another negative errno.
 */
int channel_receive(void *request, size_t size, int *ret_fds, size_t n_fds);
