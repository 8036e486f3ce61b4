/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <stdbool.h>
#include <sys/types.h>

struct fuse_req;

/* Who sends a request. The kernel has checked what they may open. This is for requests that concern
 * more than the file that they have opened. */

typedef struct Caller {
        uid_t uid;
        gid_t *groups; /* supplementary groups and their own */
        size_t n_groups;
} Caller;

/* When the supplementary groups cannot be read, such as those of a process in another pid
 * namespace, there are none. */
int caller_of(struct fuse_req *req, Caller *ret);
void caller_done(Caller *caller);
#define _cleanup_caller_ _cleanup_(caller_done)

/* True for root, the daemon's own user, and the office. */
bool caller_sees_all(const Caller *caller, uid_t daemon, gid_t office);
/* Decides as default_permissions does. */
bool caller_may_read(const Caller *caller, uid_t owner, gid_t group, mode_t mode);
