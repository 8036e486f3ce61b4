/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

/*
 * The FUSE front: each callback fetches its context, calls what stands below, replies once. Nothing
 * outside these files and mount.c knows the protocol.
 */

struct fuse_lowlevel_ops;
struct fuse_req;

extern const struct fuse_lowlevel_ops fs_operations;
