/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake.h"

struct fuse_req;

/*
 * A close() that waits for the verdict: the mount option verdict=close [D3]. A pool thread answers
 * the flush: with EINVAL when bytes and name would be rejected as they are now. A flush is not the
 * end of a file, so incomplete bytes are answered with success, and so is what cannot be examined.
 * Nothing is recorded. The upload is judged as always when its last handle is released.
 */

/* True: the flush will be answered later. False: the caller answers it. */
bool preview_flush(Intake *intake, struct fuse_req *request, int64_t upload);
