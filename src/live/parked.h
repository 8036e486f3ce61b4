/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * Requests that are answered later, from another thread. A handler that would have to wait parks
 * its request and returns; the thread on which the wait ends answers it, once.
 */

struct fuse_req;

/* Lets `interrupted` be called when the client of a request that is not answered yet is
 * interrupted. False when it is already: the caller answers it now. */
bool parked_add(struct fuse_req *request, void (*interrupted)(struct fuse_req *, void *),
                void *userdata);
/* error: a positive errno or 0. */
void parked_reply(struct fuse_req *request, int error);
