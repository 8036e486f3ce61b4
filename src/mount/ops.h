/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs/fs.h"

/*
 * The FUSE front: each callback fetches its context, calls what stands below, replies once. Nothing
 * outside these files and mount.c knows the protocol.
 */

struct fuse_lowlevel_ops;
struct fuse_req;

extern const struct fuse_lowlevel_ops fs_operations;

/* Lets `interrupted` be called when the client of a request that is not answered yet is
 * interrupted. False when it is already: the caller answers it now. */
bool ops_park(struct fuse_req *request, void (*interrupted)(struct fuse_req *, void *),
              void *userdata);
/* error: a positive errno or 0. */
void ops_reply_parked(struct fuse_req *request, int error);
