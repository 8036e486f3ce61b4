/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>
#include <sys/types.h>

/* Reading and writing until all is done. Functions return 0 (or a count) or a negative errno, and
 * restart on EINTR. */

/* The part of the path after its last slash. Points into path. */
const char *path_name(const char *path);

/* Opens a regular file for reading and returns its fd. *ret_size (may be NULL) is its size.
 * -EISDIR: a directory; -EINVAL: any other that is not a regular file. Never waits for the other
 * end of a named pipe, and never makes a terminal the controlling one. */
int open_regular_at(int dirfd, const char *path, uint64_t *ret_size);

/* Writes all of data at the file position, or at `offset`. */
int write_full(int fd, const void *data, size_t size);
int pwrite_full(int fd, const void *data, size_t size, off_t offset);

/* Reads until size bytes or end of file; returns the number of bytes read. */
ssize_t pread_full(int fd, void *data, size_t size, off_t offset);

/* Reads the whole file behind fd from its start and puts a NUL after it, which is not counted.
 * -EFBIG: it has more than max_size bytes; that is checked before allocation and while reading. The
 * caller frees *ret. */
int read_whole_fd(int fd, size_t max_size, char **ret, size_t *ret_size);

/* Copies all bytes of `from` (from its start) to the start of `to`. Shares blocks where the
 * filesystem can. */
int copy_fd(int from, int to);

/* fsync of the directory behind dirfd/name ("." for dirfd itself). */
int fsync_dir(int dirfd, const char *name);

/* mkdirat() that succeeds when the directory exists. */
int mkdir_if_missing(int dirfd, const char *name, mode_t mode);
