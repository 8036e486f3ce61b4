/* SPDX-License-Identifier: MIT */
#include "blob-shared.h"
#include "blob-driver.h"
#include "store-internal.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

/*
 * Blobs in a directory that several machines share, such as on CephFS or NFS. Files without a name
 * are not there, and links are a burden, so a blob is written in tmp/ under a name that nobody else
 * uses, and renamed when it is durable. The folders are made once, with the store; when one is not
 * there, the filesystem is not, and nothing is made in its place.
 *
 * A machine may have been asleep between its look at the rows and its removal of a blob, while
 * another one named the blob. So removing is moving to trash/ (trash.c), where those who miss a blob
 * look for it. Caches of a filesystem are why they look again among the blobs after that: what a
 * machine remembers not to be there may be there by now.
 */

enum { COPY_SIZE = 256 * 1024 };

/* A file on its way to become a blob. */
typedef struct New {
        const Store *store;
        int fd;
        char name[sizeof(BLOBS_NEW "/") + GATEWAY_NAME_SIZE + 17];
} New;

static void new_done(New *new)
{
        if (new->fd < 0)
                return;
        (void)safe_close(new->fd);
        if (*new->name)
                (void)unlinkat(new->store->blobs, new->name, 0);
}
#define _cleanup_new_ _cleanup_(new_done)

static int new_create(const Store *store, New *ret)
{
        New new = {.store = store};

        do {
                uint64_t number;

                if (getrandom(&number, sizeof(number), 0) != sizeof(number))
                        return -EIO;
                (void)snprintf(new.name, sizeof(new.name), BLOBS_NEW "/%s.%016" PRIx64,
                               store->gateway, number);
                new.fd = openat(store->blobs, new.name,
                                O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        } while (new.fd < 0 && errno == EEXIST);
        if (new.fd < 0)
                return -errno;
        *ret = new;
        return 0;
}

/* Makes the bytes durable, then their name. The same bytes may be there; those who read them go on
 * reading them. */
static int new_place(New *new, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE];
        const int blobs = new->store->blobs;

        if (fsync(new->fd) < 0 || renameat(blobs, new->name, blobs, blob_name(hash, name)) < 0)
                return -errno;
        *new->name = '\0';
        return blob_sync_folder(new->store, name);
}

int blob_shared_now(const Store *store, int64_t *ret_nsec)
{
        _cleanup_new_ New new = {.fd = -EBADF};
        struct stat st;
        int r = new_create(store, &new);

        if (r < 0)
                return r;
        if (fstat(new.fd, &st) < 0)
                return -errno;
        *ret_nsec = timespec_to_nsec(st.st_mtim);
        return 0;
}

/* Whether the bytes are there already: 1, 0 or a negative errno. Then their time is renewed, so that
 * a search for blobs without a row sees that this one is about to get a row, and their name is
 * durable, as the program that made it may not have come that far. */
static int renew(const Store *store, const Sha256 *hash, uint64_t size)
{
        char name[BLOB_NAME_SIZE];
        struct stat st;
        int r;

        if (fstatat(store->blobs, blob_name(hash, name), &st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        if ((uint64_t)st.st_size != size)
                return 0;
        if (utimensat(store->blobs, name, NULL, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        r = blob_sync_folder(store, name);
        return r < 0 ? r : 1;
}

static int copy_hashed(int from, uint64_t offset, uint64_t size, int to, Sha256 *ret_hash,
                       uint64_t *ret_size)
{
        _cleanup_(sha256_stream_freep) Sha256Stream *stream = NULL;
        _cleanup_free_ char *buffer = malloc(COPY_SIZE);
        uint64_t done = 0;
        ssize_t n = 1;
        int r = buffer ? sha256_stream_new(&stream) : -ENOMEM;

        while (r >= 0 && done < size && n > 0) {
                n = pread_full(from, buffer, (size_t)MIN(size - done, (uint64_t)COPY_SIZE),
                               (off_t)(offset + done));
                if (n < 0)
                        return (int)n;
                r = sha256_stream_update(stream, buffer, (size_t)n);
                if (r >= 0)
                        r = write_full(to, buffer, (size_t)n);
                done += (uint64_t)n;
        }
        if (r < 0)
                return r;
        if (size != BLOB_WHOLE && done < size)
                return -ENODATA;
        *ret_size = done;
        return sha256_stream_finish(stream, ret_hash);
}

static int shared_copy(const Store *store, int from, uint64_t offset, uint64_t size,
                       Sha256 *ret_hash, uint64_t *ret_size)
{
        _cleanup_new_ New new = {.fd = -EBADF};
        uint64_t copied = 0;
        Sha256 hash;
        int r = new_create(store, &new);

        if (r >= 0)
                r = copy_hashed(from, offset, size, new.fd, &hash, &copied);
        if (r >= 0)
                r = new_place(&new, &hash);
        if (r < 0)
                return r;
        *ret_hash = hash;
        *ret_size = copied;
        return 0;
}

/* Whether it is a staging file whose name is gone: somebody has given the upload up. */
static bool is_given_up(const Store *store, int fd)
{
        struct stat st, staging;

        return fstat(fd, &st) >= 0 && st.st_nlink == 0 && fstat(store->staging, &staging) >= 0 &&
               st.st_dev == staging.st_dev;
}

static int shared_from_fd(const Store *store, int fd, Sha256 *ret_hash, uint64_t *ret_size)
{
        uint64_t size;
        Sha256 hash;
        int r;

        if (is_given_up(store, fd))
                return -ENOENT;
        /* An upload is made a blob when it is closed and looked at after that: reading it here twice
         * is cheaper than sending it there twice. */
        r = sha256_fd(fd, &hash, &size);
        if (r >= 0)
                r = renew(store, &hash, size);
        if (r == 0)
                return shared_copy(store, fd, 0, BLOB_WHOLE, ret_hash, ret_size);
        if (r < 0)
                return r;
        *ret_hash = hash;
        *ret_size = size;
        return 0;
}

static int shared_put(const Store *store, const void *data, size_t size, Sha256 *ret_hash)
{
        _cleanup_new_ New new = {.fd = -EBADF};
        Sha256 hash;
        int r = sha256_data(data, size, &hash);

        if (r >= 0)
                r = renew(store, &hash, size);
        if (r == 0) {
                r = new_create(store, &new);
                if (r >= 0)
                        r = write_full(new.fd, data, size);
                if (r >= 0)
                        r = new_place(&new, &hash);
        }
        if (r < 0)
                return r;
        *ret_hash = hash;
        return 0;
}

/* As a machine sees the folder that has just opened it. */
static int open_fresh(const Store *store, const char *name)
{
        const char folder[3] = {name[0], name[1], '\0'};
        _cleanup_close_ int dirfd =
                openat(store->blobs, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int fd;

        if (dirfd < 0)
                return -errno;
        fd = openat(dirfd, name + 3, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static int shared_open(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE], removed[TRASH_NAME_SIZE];
        int fd = openat(store->blobs, blob_name(hash, name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0 && errno == ENOENT)
                fd = openat(store->blobs, trash_name(hash, removed),
                            O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
                return fd;
        if (errno != ENOENT)
                return -errno;
        fd = open_fresh(store, name);
        /* That nothing is there says nothing about a blob. */
        if (fd == -ENOENT && faccessat(store->blobs, BLOBS_ID_FILE, F_OK, 0) < 0)
                return -EIO;
        return fd;
}

static int shared_present(const Store *store, const Sha256 *hash)
{
        _cleanup_close_ int fd = -EBADF;
        char name[BLOB_NAME_SIZE];

        if (faccessat(store->blobs, blob_name(hash, name), F_OK, AT_SYMLINK_NOFOLLOW) >= 0)
                return 1;
        if (errno != ENOENT)
                return -errno;
        fd = shared_open(store, hash);
        if (fd >= 0)
                return 1;
        return fd == -ENOENT ? 0 : fd;
}

static int shared_need(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE];
        int r;

        if (faccessat(store->blobs, blob_name(hash, name), F_OK, AT_SYMLINK_NOFOLLOW) >= 0)
                return 1;
        r = errno == ENOENT ? trash_put_back(store, hash) : -errno;
        /* Somebody else may have put it back. */
        return r == 0 ? shared_present(store, hash) : r;
}

static int shared_remove(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE], removed[TRASH_NAME_SIZE];

        (void)blob_name(hash, name);
        /* Its time is that of its removal from now on. */
        if (utimensat(store->blobs, name, NULL, AT_SYMLINK_NOFOLLOW) < 0 ||
            renameat(store->blobs, name, store->blobs, trash_name(hash, removed)) < 0)
                return errno == ENOENT ? 0 : -errno;
        return 0;
}

static int shared_erase(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE];

        if (unlinkat(store->blobs, blob_name(hash, name), 0) < 0 && errno != ENOENT)
                return -errno;
        return trash_erase(store, hash);
}

static int64_t shared_used_nsec(const struct stat *st)
{
        return timespec_to_nsec(st->st_mtim);
}

const BlobDriver blob_shared = {
        .from_fd = shared_from_fd,
        .copy = shared_copy,
        .put = shared_put,
        .present = shared_present,
        .need = shared_need,
        .open = shared_open,
        .remove = shared_remove,
        .erase = shared_erase,
        .used_nsec = shared_used_nsec,
};
