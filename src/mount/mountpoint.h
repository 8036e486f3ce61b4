/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>
#include <idphoto/text.h>

#include <sys/types.h>

/* A directory to be mounted over. */
typedef struct Mountpoint {
        char *path; /* absolute */
        int below;  /* the bare directory, also when something is mounted over it */
} Mountpoint;

/*
 * Makes the directory ready to be mounted over. Takes away the dead mount of an earlier daemon.
 * Insists that the directory is empty, outside the store, and that no store is mounted there. Says
 * in `language` what is wrong. 0 with *ret, which the caller ends by mountpoint_done(), or a
 * negative errno.
 */
int mountpoint_prepare(const char *mountpoint, const Store *store, Language language,
                       Mountpoint *ret);
void mountpoint_done(Mountpoint *mountpoint);

/* Makes the bare directory immutable where privileges and filesystem allow that, so that it takes
 * no photos while nothing is mounted [Z6]. Where they do not, says so in `language`. */
void mountpoint_guard(const Mountpoint *mountpoint, Language language);

/* The device number of the mount. Sends no request to it. */
int mountpoint_device(const char *mountpoint, dev_t *ret);
/* Opens the root of the mount (O_PATH). -ENOTCONN: the path leads to something else than the mount
 * of that device. It was unmounted or mounted over, or a directory above it was renamed. */
int mountpoint_open(const char *mountpoint, dev_t device);
/* Closes what mountpoint_open() returned. */
void mountpoint_close(int root);
