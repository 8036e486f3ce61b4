/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <sys/types.h>

/* What is mounted, as this process sees it. */

#define MOUNTS_TYPE "fuse.idphotofs"

/* Valid during the callback. */
typedef struct MountRow {
        dev_t device;
        const char *root;   /* what of the filesystem stands there, "/" of all but bind mounts */
        const char *path;   /* where */
        const char *type;   /* MOUNTS_TYPE of ours */
        const char *source; /* of ours the store's path */
} MountRow;

/* Returns 0 to go on; anything else ends mounts_each() with that result. */
typedef int (*MountCallback)(const MountRow *row, void *userdata);

/* Calls back for each, what is mounted over another behind that. 0, the callback's result, or a
 * negative errno. Asks nothing of the mounts themselves. */
int mounts_each(MountCallback callback, void *userdata);
