/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake.h"

struct fuse_req;

/*
 * close() that waits for the verdict: the mount option verdict=close [D3]. The flush of what was
 * written is answered from a pool thread: EINVAL when the bytes and the name would be rejected as
 * they are now. A flush is not the end of a file; bytes that are not complete are answered with
 * success, and so is what cannot be examined. Nothing is recorded: the upload is judged as ever
 * when its last handle is released.
 */

/* Whether the flush will be answered later; false: the caller answers it. */
bool preview_flush(Intake *intake, struct fuse_req *request, int64_t upload);
