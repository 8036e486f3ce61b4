/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

#include <sys/types.h>

/*
 * Makes the directory ready to be mounted over. Takes away the dead mount of an earlier daemon.
 * Insists that the directory is empty and outside the store. guarded: makes it immutable where
 * privileges and filesystem allow that, so that it takes no photos while nothing is mounted [Z6].
 * Logs what is wrong. 0 with the absolute path, which the caller frees, or a negative errno.
 */
int mountpoint_prepare(const char *mountpoint, const Store *store, bool guarded, char **ret);

/* The device number of the mount. Sends no request to it. */
int mountpoint_device(const char *mountpoint, dev_t *ret);
/* Opens the root of the mount (O_PATH). -ENOTCONN: the path leads to something else than the mount
 * of that device. It was unmounted or mounted over, or a directory above it was renamed. */
int mountpoint_open(const char *mountpoint, dev_t device);
/* Closes what mountpoint_open() returned. */
void mountpoint_close(int root);
