/* SPDX-License-Identifier: MIT */
#include "store-internal.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Blobs lie in folders named by the first byte of their hash: with 256 folders, the directories of
 * a million blobs are small enough for every filesystem. A blob's name is its content, so when a
 * link finds the name taken, the same bytes are there.
 */

enum { NAME_SIZE = 3 + SHA256_HEX_SIZE };

static const char *blob_name(const Sha256 *hash, char buf[static NAME_SIZE])
{
        char hex[SHA256_HEX_SIZE];

        (void)sha256_to_hex(hash, hex);
        (void)snprintf(buf, NAME_SIZE, "%.2s/%s", hex, hex + 2);
        return buf;
}

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

static int make_blob_folder(const Store *store, const char *name)
{
        char folder[3] = {name[0], name[1], '\0'};

        if (mkdirat(store->blobs, folder, 0700) >= 0)
                return fsync_dir(store->blobs, ".");
        return errno == EEXIST ? 0 : -errno;
}

/* The blob was there already. Renews its time, so that a search for blobs without a row sees that
 * this one is about to get a row. */
static void touch_blob(const Store *store, const char *name)
{
        (void)utimensat(store->blobs, name, NULL, AT_SYMLINK_NOFOLLOW);
}

static int sync_blob_folder(const Store *store, const char *name)
{
        char folder[3] = {name[0], name[1], '\0'};

        return fsync_dir(store->blobs, folder);
}

/* Gives the file behind fd its name among the blobs. Goes by fd, not by name, because the name may
 * mean another file by now. */
static int link_blob(const Store *store, int fd, const Sha256 *hash)
{
        char name[NAME_SIZE], proc[64];
        int r;

        (void)blob_name(hash, name);
        r = make_blob_folder(store, name);
        if (r < 0)
                return r;
        (void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
        if (linkat(AT_FDCWD, proc, store->blobs, name, AT_SYMLINK_FOLLOW) < 0) {
                if (errno != EEXIST)
                        return -errno;
                touch_blob(store, name);
        }
        return sync_blob_folder(store, name);
}

/* Makes the bytes behind fd durable, then their name. */
static int make_durable(const Store *store, int fd, const Sha256 *hash)
{
        return fsync(fd) < 0 ? -errno : link_blob(store, fd, hash);
}

int blob_from_fd(const Store *store, int fd, Sha256 *ret_hash, uint64_t *ret_size)
{
        Sha256 hash;
        uint64_t size;
        int r;

        r = sha256_fd(fd, &hash, &size);
        if (r < 0)
                return r;
        r = make_durable(store, fd, &hash);
        if (r < 0)
                return r;
        *ret_hash = hash;
        *ret_size = size;
        return 0;
}

int blob_copy_fd(const Store *store, int from, Sha256 *ret_hash, uint64_t *ret_size)
{
        _cleanup_close_ int fd = openat(store->blobs, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return -errno;
        r = copy_fd(from, fd);
        return r < 0 ? r : blob_from_fd(store, fd, ret_hash, ret_size);
}

int blob_copy_part(const Store *store, int from, uint64_t offset, uint64_t size, Sha256 *ret_hash)
{
        _cleanup_close_ int fd = openat(store->blobs, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        uint64_t copied;
        int r;

        if (fd < 0)
                return -errno;
        r = copy_fd_part(from, (off_t)offset, size, fd);
        return r < 0 ? r : blob_from_fd(store, fd, ret_hash, &copied);
}

int blob_put(const Store *store, const void *data, size_t size, Sha256 *ret_hash)
{
        _cleanup_close_ int fd = -EBADF;
        char name[NAME_SIZE];
        Sha256 hash;
        int r;

        r = sha256_data(data, size, &hash);
        if (r < 0)
                return r;
        (void)blob_name(&hash, name);
        if (faccessat(store->blobs, name, F_OK, AT_SYMLINK_NOFOLLOW) >= 0) {
                /* The program that linked it may not have synced the directory yet, or may have
                 * crashed before it did. */
                touch_blob(store, name);
                r = sync_blob_folder(store, name);
                if (r < 0)
                        return r;
                *ret_hash = hash;
                return 0;
        }
        store_keep_room(store);
        /* The file has no name until it is complete and durable, so no crash leaves a name with
         * half a photo. */
        fd = openat(store->blobs, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        r = write_full(fd, data, size);
        if (r < 0)
                return r;
        r = make_durable(store, fd, &hash);
        if (r < 0)
                return r;
        *ret_hash = hash;
        return 0;
}

int blob_present(const Store *store, const Sha256 *hash)
{
        char name[NAME_SIZE];

        if (faccessat(store->blobs, blob_name(hash, name), F_OK, AT_SYMLINK_NOFOLLOW) >= 0)
                return 1;
        return errno == ENOENT ? 0 : -errno;
}

int blob_open(const Store *store, const Sha256 *hash)
{
        char name[NAME_SIZE];
        int fd = openat(store->blobs, blob_name(hash, name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

int blob_check(const Store *store, const Sha256 *hash)
{
        _cleanup_close_ int fd = blob_open(store, hash);
        Sha256 found;
        int r;

        if (fd < 0)
                return fd;
        r = sha256_fd(fd, &found, NULL);
        return r < 0 ? r : sha256_equal(&found, hash);
}

int blob_remove(const Store *store, const Sha256 *hash)
{
        char name[NAME_SIZE];

        if (unlinkat(store->blobs, blob_name(hash, name), 0) < 0 && errno != ENOENT)
                return -errno;
        return 0;
}

int blob_sync(const Store *store)
{
        return syncfs(store->blobs) < 0 ? -errno : 0;
}

static int list_folder(const Store *store, const char *folder, BlobCallback callback,
                       void *userdata)
{
        int fd = openat(store->blobs, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        struct dirent *entry;
        DIR *dir;
        int r = 0;

        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        dir = fdopendir(fd);
        if (!dir) {
                (void)safe_close(fd);
                return -ENOMEM;
        }
        while (r == 0 && (entry = readdir(dir))) {
                char hex[2 * SHA256_HEX_SIZE];
                struct stat st;
                Sha256 hash;

                if (strlen(entry->d_name) != SHA256_HEX_SIZE - 3)
                        continue;
                (void)snprintf(hex, sizeof(hex), "%s%s", folder, entry->d_name);
                if (sha256_from_hex(hex, &hash) < 0 ||
                    fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
                    !S_ISREG(st.st_mode))
                        continue;
                r = callback(&hash, timespec_to_nsec(st.st_ctim), userdata);
        }
        (void)closedir(dir);
        return r;
}

int blob_list(const Store *store, BlobCallback callback, void *userdata)
{
        int r = 0;

        for (unsigned i = 0; i < 256 && r == 0; i++) {
                char folder[8];

                (void)snprintf(folder, sizeof(folder), "%02x", i);
                r = list_folder(store, folder, callback, userdata);
        }
        return r;
}
