/* SPDX-License-Identifier: MIT */
#include "blob-shared.h"
#include "store-internal.h"

#include <idphoto/io.h>

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

/* A shared directory of blobs belongs to one store, whose id is in it. So neither the empty place
 * where its filesystem is to be mounted nor another store's directory is taken for it. */

int blobs_open(const char *path)
{
        int fd;

        if (!blobs_path_valid(path))
                return -EPROTOTYPE;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? -ENOMEDIUM : -errno;
        return fd;
}

static int write_id(int dirfd, const char *id)
{
        _cleanup_close_ int fd = openat(dirfd, BLOBS_ID_FILE,
                                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return -errno;
        r = write_full(fd, id, strlen(id));
        if (r >= 0)
                r = write_full(fd, "\n", 1);
        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : fsync_dir(dirfd, ".");
}

int blobs_create(int dirfd, char ret_id[static BLOBS_ID_SIZE])
{
        uint64_t parts[2];
        int r = store_directory_is_empty(dirfd);

        if (r <= 0)
                return r < 0 ? r : -EADDRINUSE;
        if (getrandom(parts, sizeof(parts), 0) != sizeof(parts))
                return -EIO;
        (void)snprintf(ret_id, BLOBS_ID_SIZE, "%016" PRIx64 "%016" PRIx64, parts[0], parts[1]);
        /* Nobody else may look into it: it holds photos of people. */
        if (fchmod(dirfd, 0700) < 0)
                return -errno;
        r = mkdir_if_missing(dirfd, BLOBS_NEW, 0700);
        if (r >= 0)
                r = mkdir_if_missing(dirfd, BLOBS_TRASH, 0700);
        if (r >= 0)
                r = store_make_blob_folders(dirfd);
        return r < 0 ? r : write_id(dirfd, ret_id);
}

int blobs_check(int dirfd, const char *id)
{
        _cleanup_close_ int fd = open_regular_at(dirfd, BLOBS_ID_FILE, NULL);
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r;

        if (fd < 0)
                return fd == -ENOENT ? -ENOMEDIUM : fd;
        r = read_whole_fd(fd, BLOBS_ID_SIZE, &text, &size);
        if (r < 0)
                return r == -EFBIG ? -EREMCHG : r;
        text[strcspn(text, "\n")] = '\0';
        return id && strcmp(text, id) == 0 ? 0 : -EREMCHG;
}
