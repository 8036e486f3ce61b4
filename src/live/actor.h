/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Who asks. */
typedef struct Actor {
        uid_t uid;
        gid_t gid;
        pid_t task; /* the thread that asks, 0: unknown */
} Actor;
