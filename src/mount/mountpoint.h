/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/store.h>

#include <sys/types.h>

/*
 * Makes the directory ready to be mounted over: takes away the dead mount of an earlier daemon,
 * insists that it is empty and outside the store, and, when guarded, makes it immutable so that it
 * takes no photos while nothing is mounted, where privileges and filesystem allow that [Z6]. What
 * is wrong is said in the log. 0 with the absolute path, for the caller to free, or a negative
 * errno.
 */
int mountpoint_prepare(const char *mountpoint, const Store *store, bool guarded, char **ret);

/* The device number of what is mounted there, for which nothing is asked of it. */
int mountpoint_device(const char *mountpoint, dev_t *ret);
/* Opens its root (O_PATH). -ENOTCONN when something else than the mount of that device is reached
 * by the path: it was unmounted, or mounted over, or a directory above it was renamed. */
int mountpoint_open(const char *mountpoint, dev_t device);
/* Of what mountpoint_open() returned. */
void mountpoint_close(int root);
