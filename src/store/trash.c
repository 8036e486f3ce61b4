/* SPDX-License-Identifier: MIT */
#include "blob-driver.h"
#include "blob-shared.h"
#include "store-internal.h"

#include <idphoto/clock.h>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

/* What was removed from a shared directory of blobs and is not erased yet. */

typedef int (*FileCallback)(int dirfd, const char *name, int64_t mtime_nsec, void *userdata);

static int each_file(const Store *store, const char *folder, FileCallback callback, void *userdata)
{
        int fd = openat(store->blobs, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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
                struct stat st;

                if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) >= 0 &&
                    S_ISREG(st.st_mode))
                        r = callback(fd, entry->d_name, timespec_to_nsec(st.st_mtim), userdata);
        }
        (void)closedir(dir);
        return r;
}

typedef struct Listing {
        BlobCallback callback;
        void *userdata;
} Listing;

static int list_one(int dirfd _unused_, const char *name, int64_t mtime_nsec, void *userdata)
{
        const Listing *listing = userdata;
        Sha256 hash;

        if (sha256_from_hex(name, &hash) < 0)
                return 0;
        return listing->callback(&hash, mtime_nsec, listing->userdata);
}

int trash_list(const Store *store, BlobCallback callback, void *userdata)
{
        Listing listing = {callback, userdata};

        return each_file(store, BLOBS_TRASH, list_one, &listing);
}

int trash_put_back(const Store *store, const Sha256 *hash)
{
        char name[BLOB_NAME_SIZE], removed[TRASH_NAME_SIZE];
        int r;

        /* The same bytes may be there. Not even that is asked: what a cache remembers of the place may
         * be the very file that was removed. */
        if (renameat(store->blobs, trash_name(hash, removed), store->blobs, blob_name(hash, name)) <
            0)
                return errno == ENOENT ? 0 : -errno;
        r = blob_sync_folder(store, name);
        return r < 0 ? r : 1;
}

int trash_erase(const Store *store, const Sha256 *hash)
{
        char removed[TRASH_NAME_SIZE];

        if (unlinkat(store->blobs, trash_name(hash, removed), 0) < 0 && errno != ENOENT)
                return -errno;
        return 0;
}

static int sweep_one(int dirfd, const char *name, int64_t mtime_nsec, void *userdata)
{
        const int64_t *before = userdata;

        if (mtime_nsec < *before && unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
                return -errno;
        return 0;
}

int trash_sweep_new(const Store *store, int64_t before_nsec)
{
        return each_file(store, BLOBS_NEW, sweep_one, &before_nsec);
}
