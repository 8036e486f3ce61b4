/* SPDX-License-Identifier: MIT */
#include "blob-driver.h"
#include "store-internal.h"

#include <idphoto/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

/*
 * Blobs lie in folders named by the first byte of their hash: with 256 folders, the directories of
 * a million blobs are small enough for every filesystem. A blob's name is its content, so where the
 * name is, the bytes are.
 */

static const BlobDriver *driver(const Store *store)
{
        return store_shares_blobs(store) ? &blob_shared : &blob_local;
}

int blob_from_fd(const Store *store, int fd, Sha256 *ret_hash, uint64_t *ret_size)
{
        return driver(store)->from_fd(store, fd, ret_hash, ret_size);
}

int blob_copy_fd(const Store *store, int from, Sha256 *ret_hash, uint64_t *ret_size)
{
        return driver(store)->copy(store, from, 0, BLOB_WHOLE, ret_hash, ret_size);
}

int blob_copy_part(const Store *store, int from, uint64_t offset, uint64_t size, Sha256 *ret_hash)
{
        uint64_t copied;

        return driver(store)->copy(store, from, offset, size, ret_hash, &copied);
}

int blob_put(const Store *store, const void *data, size_t size, Sha256 *ret_hash)
{
        return driver(store)->put(store, data, size, ret_hash);
}

int blob_present(const Store *store, const Sha256 *hash)
{
        return driver(store)->present(store, hash);
}

int blob_need(const Store *store, const Sha256 *hash)
{
        return driver(store)->need(store, hash);
}

int blob_open(const Store *store, const Sha256 *hash)
{
        return driver(store)->open(store, hash);
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
        return driver(store)->remove(store, hash);
}

int blob_erase(const Store *store, const Sha256 *hash)
{
        return driver(store)->erase(store, hash);
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

        /* A folder of a shared directory that is not there is no empty one. */
        if (fd < 0)
                return errno == ENOENT && !store_shares_blobs(store) ? 0 : -errno;
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
                r = callback(&hash, driver(store)->used_nsec(&st), userdata);
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
