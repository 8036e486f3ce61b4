/* SPDX-License-Identifier: MIT */
#include "caller.h"

#include "mount/ops-internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MAX = 65536 /* the kernel's */ };

/* The line "Groups:" of the thread's status. libfuse 3.14 has a function for that, which searches a
 * buffer that it does not end. */
static char *read_groups(pid_t task)
{
        _cleanup_fclose_ FILE *f = NULL;
        _cleanup_free_ char *line = NULL;
        char path[64];
        size_t room = 0;

        (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)task);
        f = fopen(path, "re");
        while (f && getline(&line, &room, f) > 0)
                if (strncmp(line, "Groups:", 7) == 0)
                        return TAKE_PTR(line);
        return NULL;
}

static int add_group(Caller *caller, gid_t group)
{
        gid_t *more = realloc(caller->groups, (caller->n_groups + 1) * sizeof(*more));

        if (!more)
                return -ENOMEM;
        caller->groups = more;
        more[caller->n_groups++] = group;
        return 0;
}

int caller_of(fuse_req_t req, Caller *ret)
{
        const struct fuse_ctx *context = fuse_req_ctx(req);
        _cleanup_free_ char *line = read_groups(context->pid);
        Caller caller = {.uid = context->uid};
        char *p = line ? line + 7 : NULL, *end;
        int r = add_group(&caller, context->gid);

        while (r >= 0 && p && caller.n_groups <= GROUPS_MAX) {
                unsigned long group = strtoul(p, &end, 10);

                if (end == p)
                        break;
                r = add_group(&caller, (gid_t)group);
                p = end;
        }
        if (r < 0) {
                caller_done(&caller);
                return r;
        }
        *ret = caller;
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

bool caller_sees_all(const Caller *caller, uid_t daemon, gid_t office)
{
        return caller->uid == 0 || caller->uid == daemon || is_member(caller, office);
}

bool caller_may_read(const Caller *caller, uid_t owner, gid_t group, mode_t mode)
{
        if (caller->uid == 0)
                return true;
        if (caller->uid == owner)
                return mode & S_IRUSR;
        return mode & (is_member(caller, group) ? S_IRGRP : S_IROTH);
}
