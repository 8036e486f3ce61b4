/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>
#include <sys/types.h>

/* Complete reads and writes, and other helpers for files. Functions return 0 (or a count) or a
 * negative errno. Reads and writes restart on EINTR. */

/* The part of the path after its last slash. Points into path. */
const char *path_name(const char *path);

/* Opens a regular file for reading and returns its fd. *ret_size (may be NULL) is its size. Never
 * waits for the other end of a named pipe, and never makes a terminal the controlling terminal.
 * -EISDIR: it is a directory; -EINVAL: it is another file that is not regular. */
int open_regular_at(int dirfd, const char *path, uint64_t *ret_size);

/* Write all of data, at the file position or at `offset`. */
int write_full(int fd, const void *data, size_t size);
int pwrite_full(int fd, const void *data, size_t size, off_t offset);

/* Reads until size bytes are read or the file ends. Returns the number of bytes read. */
ssize_t pread_full(int fd, void *data, size_t size, off_t offset);

/* Reads the whole file behind fd from its start and puts a NUL after it; *ret_size does not count
 * the NUL. The caller frees *ret. -EFBIG: the file has more than max_size bytes, which is checked
 * before allocation and while reading. */
int read_whole_fd(int fd, size_t max_size, char **ret, size_t *ret_size);

/* Copies all bytes of `from`, from its start, to the start of `to`. Shares blocks where the
 * filesystem can. */
int copy_fd(int from, int to);

/* Copies size bytes of `from`, from the offset, to the start of `to`. Shares blocks where the
 * filesystem can. -ENODATA: there are not so many. */
int copy_fd_part(int from, off_t offset, uint64_t size, int to);

/* Makes the entries of the directory dirfd/name durable by fsync() ("." for dirfd itself). */
int fsync_dir(int dirfd, const char *name);

/* Like mkdirat(), but succeeds when the directory exists. */
int mkdir_if_missing(int dirfd, const char *name, mode_t mode);
