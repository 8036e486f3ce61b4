/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>
#include <sys/types.h>

/* Reading and writing until done. All return 0 (or a count) or a negative errno, and restart on
 * EINTR. */

/* The path behind its last slash, in place. */
const char *path_name(const char *path);

/* Opens the regular file for reading and returns its fd; *ret_size, which may be NULL, is its size.
 * -EISDIR; -EINVAL for what is no regular file either. Never waits for a named pipe's other end,
 * and takes no terminal. */
int open_regular_at(int dirfd, const char *path, uint64_t *ret_size);

/* Writes all of data at the file position, or at `offset`. */
int write_full(int fd, const void *data, size_t size);
int pwrite_full(int fd, const void *data, size_t size, off_t offset);

/* Reads until size bytes or end of file; returns the number of bytes read. */
ssize_t pread_full(int fd, void *data, size_t size, off_t offset);

/* The whole file behind fd, from its start, with a NUL after it (not counted). -EFBIG above
 * max_size bytes, checked before allocation and while reading. The caller frees *ret. */
int read_whole_fd(int fd, size_t max_size, char **ret, size_t *ret_size);

/* Copies all bytes of `from` (from its start) to the start of `to`, sharing blocks where the
 * filesystem can. */
int copy_fd(int from, int to);

/* fsync of the directory behind dirfd/name ("." for dirfd itself). */
int fsync_dir(int dirfd, const char *name);

/* mkdirat() that is content with an existing directory. */
int mkdir_if_missing(int dirfd, const char *name, mode_t mode);
