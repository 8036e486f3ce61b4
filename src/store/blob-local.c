/* SPDX-License-Identifier: MIT */
#include "blob-driver.h"
#include "store-internal.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>

#include <fcntl.h>

/* Blobs in a directory of the local disk. A staged file becomes a blob by a second name. When a link
 * finds the name taken, the same bytes are there. */

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

/* Gives the file behind fd its name among the blobs. Goes by fd, not by name, because the name may
 * mean another file by now. */
static int link_blob(const Store *store, int fd, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE], proc[64];
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
        return blob_sync_folder(store, name);
}

/* Makes the bytes behind fd durable, then their name. */
static int make_durable(const Store *store, int fd, const Sha256 *hash)
{
        return fsync(fd) < 0 ? -errno : link_blob(store, fd, hash);
}

static int local_from_fd(const Store *store, int fd, Sha256 *ret_hash, uint64_t *ret_size)
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

static int local_copy(const Store *store, int from, uint64_t offset, uint64_t size,
                      Sha256 *ret_hash, uint64_t *ret_size)
{
        _cleanup_close_ int fd = openat(store->blobs, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return -errno;
        r = size == BLOB_WHOLE ? copy_fd(from, fd) : copy_fd_part(from, (off_t)offset, size, fd);
        return r < 0 ? r : local_from_fd(store, fd, ret_hash, ret_size);
}

static int local_put(const Store *store, const void *data, size_t size, Sha256 *ret_hash)
{
        _cleanup_close_ int fd = -EBADF;
        char name[BLOB_NAME_SIZE];
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
                r = blob_sync_folder(store, name);
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

static int local_present(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE];

        if (faccessat(store->blobs, blob_name(hash, name), F_OK, AT_SYMLINK_NOFOLLOW) >= 0)
                return 1;
        return errno == ENOENT ? 0 : -errno;
}

static int local_open(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE];
        int fd = openat(store->blobs, blob_name(hash, name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

static int local_remove(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE];

        if (unlinkat(store->blobs, blob_name(hash, name), 0) < 0 && errno != ENOENT)
                return -errno;
        return 0;
}

static int64_t local_used_nsec(const struct stat *st)
{
        return timespec_to_nsec(st->st_ctim);
}

const BlobDriver blob_local = {
        .from_fd = local_from_fd,
        .copy = local_copy,
        .put = local_put,
        .present = local_present,
        .need = local_present,
        .open = local_open,
        .remove = local_remove,
        .erase = local_remove,
        .used_nsec = local_used_nsec,
};
