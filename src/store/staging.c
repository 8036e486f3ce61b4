/* SPDX-License-Identifier: MIT */
#include "store-internal.h"

#include <idphoto/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

/* Bytes of uploads under way. They are on the local disk always. */

static const char *staging_name(int64_t submission, char buf[static 32])
{
        (void)snprintf(buf, 32, "%" PRId64, submission);
        return buf;
}

#define NEW_SUFFIX ".new"

/* The name of a copy that is not complete yet. */
static const char *staging_new_name(int64_t submission, char buf[static 40])
{
        (void)snprintf(buf, 40, "%" PRId64 NEW_SUFFIX, submission);
        return buf;
}

int staging_create(const Store *store, int64_t submission)
{
        char name[32];
        int fd;

        /* By now a file that a reopened upload left there may be a blob under another name: never
         * truncate it. */
        if (unlinkat(store->staging, staging_name(submission, name), 0) < 0 && errno != ENOENT)
                return -errno;
        fd = openat(store->staging, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        return fd < 0 ? -errno : fd;
}

int staging_scratch(const Store *store)
{
        int fd = openat(store->staging, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

        return fd < 0 ? -errno : fd;
}

int staging_unnamed(const Store *store, int from)
{
        _cleanup_close_ int fd = staging_scratch(store);
        int r;

        if (fd < 0)
                return fd;
        r = copy_fd(from, fd);
        return r < 0 ? r : TAKE_FD(fd);
}

int staging_link(const Store *store, int64_t submission, int fd)
{
        char name[32], proc[64];

        (void)staging_name(submission, name);
        if (unlinkat(store->staging, name, 0) < 0 && errno != ENOENT)
                return -errno;
        (void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
        if (linkat(AT_FDCWD, proc, store->staging, name, AT_SYMLINK_FOLLOW) < 0)
                return -errno;
        return 0;
}

int staging_prepare(const Store *store, int64_t submission, int from)
{
        _cleanup_close_ int fd = -EBADF;
        char name[40];
        int r = 0;

        (void)staging_new_name(submission, name);
        if (unlinkat(store->staging, name, 0) < 0 && errno != ENOENT)
                return -errno;
        fd = openat(store->staging, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        if (from >= 0) {
                r = copy_fd(from, fd);
                /* The file that it replaces may be durable, so the new one must be durable before
                 * it takes the name. */
                if (r >= 0 && fsync(fd) < 0)
                        r = -errno;
        }
        if (r < 0) {
                (void)unlinkat(store->staging, name, 0);
                return r;
        }
        return TAKE_FD(fd);
}

int staging_replace(const Store *store, int64_t submission)
{
        char name[32], new_name[40];

        return renameat(store->staging, staging_new_name(submission, new_name), store->staging,
                        staging_name(submission, name)) < 0
                       ? -errno
                       : 0;
}

static int open_staging(const Store *store, int64_t submission, int flags)
{
        char name[32];
        int fd = openat(store->staging, staging_name(submission, name),
                        flags | O_NOFOLLOW | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

int staging_open(const Store *store, int64_t submission)
{
        return open_staging(store, submission, O_RDONLY);
}

int staging_open_for_writing(const Store *store, int64_t submission)
{
        return open_staging(store, submission, O_RDWR);
}

int staging_sync(const Store *store)
{
        return fsync_dir(store->staging, ".");
}

int staging_remove(const Store *store, int64_t submission)
{
        char name[32], new_name[40];

        /* A crash may have left it. */
        (void)unlinkat(store->staging, staging_new_name(submission, new_name), 0);
        if (unlinkat(store->staging, staging_name(submission, name), 0) < 0 && errno != ENOENT)
                return -errno;
        return 0;
}

int staging_list(const Store *store, int (*callback)(int64_t submission, void *userdata),
                 void *userdata)
{
        int fd = openat(store->staging, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct dirent *entry;
        DIR *dir;
        int r = 0;

        if (fd < 0)
                return -errno;
        dir = fdopendir(fd);
        if (!dir) {
                (void)safe_close(fd);
                return -ENOMEM;
        }
        while (r == 0 && (entry = readdir(dir))) {
                char *end;
                long long id;

                if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
                        continue;
                id = strtoll(entry->d_name, &end, 10);
                /* After a crash either of the two may be there alone. */
                if (*end == '\0' || strcmp(end, NEW_SUFFIX) == 0)
                        r = callback(id, userdata);
        }
        (void)closedir(dir);
        return r;
}
