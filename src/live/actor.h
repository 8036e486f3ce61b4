/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Who asks, and what. */

typedef struct Actor {
        uid_t uid;
        gid_t gid;
        pid_t task; /* the thread that asks, 0: unknown */
} Actor;

/*
 * Mode, owner, group and time by chmod(), chown(), utimens(). The kernel has checked that the
 * caller may do it. Each does what it says, or fails with EPERM.
 */
typedef struct SetRequest {
        const mode_t *mode; /* NULL: unchanged, as the others */
        const uid_t *uid;
        const gid_t *gid;
        const int64_t *mtime;
        Actor actor;
} SetRequest;
