/* SPDX-License-Identifier: MIT */
#include "store-internal.h"

#include <idphoto/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

/* The folders of a store. */

int store_open_folder(int dirfd, const char *name)
{
        int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

int store_directory_is_empty(int dirfd)
{
        _cleanup_close_ int fd = fcntl(dirfd, F_DUPFD_CLOEXEC, 3);
        struct dirent *entry;
        DIR *dir;
        int r = 1;

        if (fd < 0)
                return -errno;
        dir = fdopendir(fd);
        if (!dir)
                return -errno;
        (void)TAKE_FD(fd);
        while (r > 0 && (entry = readdir(dir)))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        r = 0;
        (void)closedir(dir);
        return r;
}

/* The name of a new directory lies in its parent, which we may not be allowed to open. */
static int sync_own_name(int dirfd)
{
        int r = fsync_dir(dirfd, "..");

        if (r != -EACCES)
                return r;
        return syncfs(dirfd) < 0 ? -errno : 0;
}

/* Makes all of them at once and syncs, so that no photo waits for a folder to be made. */
int store_make_blob_folders(int blobs)
{
        for (unsigned i = 0; i < 256; i++) {
                char name[8];
                int r;

                (void)snprintf(name, sizeof(name), "%02x", i);
                r = mkdir_if_missing(blobs, name, 0700);
                if (r < 0)
                        return r;
        }
        return fsync_dir(blobs, ".");
}

int store_make_staging(int dirfd)
{
        int r = mkdir_if_missing(dirfd, "staging", 0700);

        if (r >= 0)
                r = fsync_dir(dirfd, ".");
        return r < 0 ? r : sync_own_name(dirfd);
}

int store_make_folders(int dirfd)
{
        _cleanup_close_ int blobs = -EBADF;
        int r = mkdir_if_missing(dirfd, "blobs", 0700);

        if (r < 0)
                return r;
        blobs = store_open_folder(dirfd, "blobs");
        if (blobs < 0)
                return blobs;
        r = store_make_blob_folders(blobs);
        return r < 0 ? r : store_make_staging(dirfd);
}
