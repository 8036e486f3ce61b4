/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

/*
 * fsync on a status file or a directory returns when every photo dropped before has its verdict and
 * its place [D6]. No handler may wait for that; the request is parked here and answered from
 * whichever thread sees the last one done.
 *
 * For a directory the kernel holds the directory's lock until the answer, so that no rename through
 * the mount can finish: verdicts that a barrier waits for are committed directly, and announced
 * afterwards.
 */

struct fuse_req;

int barriers_new(Barriers **ret);
/* Answers what is parked with EIO. */
void barriers_free(Barriers *barriers);
DEFINE_CLEANUP(Barriers, barriers_free)

/* Replies to req, now or later. point 0: everything. */
void barrier_wait(Fs *fs, struct fuse_req *req, int64_t point);

/* Whether a parked request waits for that upload. */
bool barrier_covers(Fs *fs, int64_t point, int64_t upload);

/* Answers every parked request that has nothing to wait for any more. Called with no lock held. */
void barriers_check(Fs *fs);
