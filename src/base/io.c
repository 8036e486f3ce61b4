/* SPDX-License-Identifier: MIT */
#include <idphoto/io.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

const char *path_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

int open_regular_at(int dirfd, const char *path, uint64_t *ret_size)
{
        _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (S_ISDIR(st.st_mode))
                return -EISDIR;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        if (ret_size)
                *ret_size = (uint64_t)st.st_size;
        return TAKE_FD(fd);
}

int write_full(int fd, const void *data, size_t size)
{
        const char *p = data;

        while (size > 0) {
                ssize_t n = write(fd, p, size);

                if (n < 0) {
                        if (errno == EINTR)
                                continue;
                        return -errno;
                }
                p += n;
                size -= (size_t)n;
        }
        return 0;
}

int pwrite_full(int fd, const void *data, size_t size, off_t offset)
{
        const char *p = data;

        while (size > 0) {
                ssize_t n = pwrite(fd, p, size, offset);

                if (n < 0) {
                        if (errno == EINTR)
                                continue;
                        return -errno;
                }
                p += n;
                offset += n;
                size -= (size_t)n;
        }
        return 0;
}

ssize_t pread_full(int fd, void *data, size_t size, off_t offset)
{
        char *p = data;
        size_t done = 0;

        while (done < size) {
                ssize_t n = pread(fd, p + done, size - done, offset + (off_t)done);

                if (n < 0) {
                        if (errno == EINTR)
                                continue;
                        return -errno;
                }
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        return (ssize_t)done;
}

int read_whole_fd(int fd, size_t max_size, char **ret, size_t *ret_size)
{
        _cleanup_free_ char *data = NULL;
        struct stat st;
        ssize_t n;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_size < 0 || (uint64_t)st.st_size > max_size)
                return -EFBIG;
        data = malloc((size_t)st.st_size + 1);
        if (!data)
                return -ENOMEM;
        n = pread_full(fd, data, (size_t)st.st_size, 0);
        if (n < 0)
                return (int)n;
        data[n] = '\0';
        *ret = TAKE_PTR(data);
        *ret_size = (size_t)n;
        return 0;
}

/* Up to size bytes; returns how many. */
static int64_t copy_shared(int from, off_t offset, uint64_t size, int to)
{
        off_t in = offset, out = 0;

        while ((uint64_t)out < size) {
                ssize_t n =
                        copy_file_range(from, &in, to, &out,
                                        (size_t)MIN(size - (uint64_t)out, UINT64_C(1) << 30), 0);

                if (n == 0)
                        break;
                if (n < 0 && errno != EINTR)
                        return -errno;
        }
        return out;
}

static int64_t copy_bytes(int from, off_t offset, uint64_t size, int to)
{
        enum { CHUNK = 128 * 1024 };
        _cleanup_free_ void *chunk = malloc(CHUNK);
        uint64_t done = 0;

        if (!chunk)
                return -ENOMEM;
        while (done < size) {
                ssize_t n = pread_full(from, chunk, (size_t)MIN(size - done, (uint64_t)CHUNK),
                                       offset + (off_t)done);
                int r;

                if (n < 0)
                        return n;
                if (n == 0)
                        break;
                r = pwrite_full(to, chunk, (size_t)n, (off_t)done);
                if (r < 0)
                        return r;
                done += (uint64_t)n;
        }
        return (int64_t)done;
}

int copy_fd(int from, int to)
{
        int64_t n = copy_shared(from, 0, INT64_MAX, to);

        if (n < 0)
                n = copy_bytes(from, 0, INT64_MAX, to);
        return (int)MIN(n, (int64_t)0);
}

int copy_fd_part(int from, off_t offset, uint64_t size, int to)
{
        int64_t n = copy_shared(from, offset, size, to);

        if (n < 0)
                n = copy_bytes(from, offset, size, to);
        if (n < 0)
                return (int)n;
        return (uint64_t)n == size ? 0 : -ENODATA;
}

int fsync_dir(int dirfd, const char *name)
{
        _cleanup_close_ int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        return fsync(fd) < 0 ? -errno : 0;
}

int mkdir_if_missing(int dirfd, const char *name, mode_t mode)
{
        struct stat st;

        if (mkdirat(dirfd, name, mode) >= 0)
                return 0;
        if (errno != EEXIST)
                return -errno;
        if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return -errno;
        return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}
