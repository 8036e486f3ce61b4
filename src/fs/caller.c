/* SPDX-License-Identifier: MIT */
#include "caller.h"

#include "ops-internal.h"

enum { GROUPS_MAX = 65536 /* the kernel's */ };

int caller_of(fuse_req_t req, Caller *ret)
{
        const struct fuse_ctx *context = fuse_req_ctx(req);
        gid_t few[32], *groups;
        int n = fuse_req_getgroups(req, ELEMENTSOF(few), few), room;

        room = CLAMP(n, 0, GROUPS_MAX) + 1;
        groups = calloc((size_t)room, sizeof(*groups));
        if (!groups)
                return -ENOMEM;
        if (n > 0)
                n = fuse_req_getgroups(req, room - 1, groups);
        n = CLAMP(n, 0, room - 1);
        groups[n] = context->gid;
        *ret = (Caller){.uid = context->uid, .groups = groups, .n_groups = (size_t)n + 1};
        return 0;
}

void caller_done(Caller *caller)
{
        free(caller->groups);
        *caller = (Caller){};
}

static bool is_member(const Caller *caller, gid_t group)
{
        for (size_t i = 0; i < caller->n_groups; i++)
                if (caller->groups[i] == group)
                        return true;
        return false;
}

bool caller_sees_all(const Fs *fs, const Caller *caller)
{
        return caller->uid == 0 || caller->uid == fs->uid || is_member(caller, fs->office_gid);
}

bool caller_may_read(const Caller *caller, uid_t owner, gid_t group, mode_t mode)
{
        if (caller->uid == 0)
                return true;
        if (caller->uid == owner)
                return mode & S_IRUSR;
        return mode & (is_member(caller, group) ? S_IRGRP : S_IROTH);
}
