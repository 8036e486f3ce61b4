/* SPDX-License-Identifier: MIT */
#include "exportpart.h"

#include <idphoto/io.h>

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* Hidden, with a hash of the file's name for its own, so that no name is too long: ".HASH.MARK". */
static int part_name(const char *mark, const char *name, char **ret)
{
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;
        int r = sha256_data(name, strlen(name), &hash);

        if (r < 0)
                return r;
        if (asprintf(ret, ".%.16s.%s", sha256_to_hex(&hash, hex), mark) < 0) {
                *ret = NULL;
                return -ENOMEM;
        }
        return 0;
}

bool export_is_part(const char *mark, const char *file)
{
        return *mark && *file == '.' && strlen(file) == 1 + 16 + 1 + strlen(mark) &&
               file[17] == '.' && strcmp(file + 18, mark) == 0;
}

/* The lock tells one that is written just now from one that was left. It goes with the process. */
static int remove_left(int dirfd, const char *name)
{
        _cleanup_close_ int fd =
                openat(dirfd, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
                return -EBUSY;
        return unlinkat(dirfd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

int export_part_begin(int dirfd, const char *mark, const char *name, ExportPart *ret)
{
        _cleanup_free_ char *own = NULL;
        int fd, r = part_name(mark, name, &own);

        if (r >= 0)
                r = remove_left(dirfd, own);
        if (r < 0)
                return r;
        fd = openat(dirfd, own, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
        if (fd < 0)
                return errno == EEXIST ? -EBUSY : -errno;
        /* Where there are no locks, two exports at once must not be begun. */
        (void)flock(fd, LOCK_EX | LOCK_NB);
        *ret = (ExportPart){.dirfd = dirfd, .name = TAKE_PTR(own), .fd = fd};
        return 0;
}

/* Between its making and its lock another export may have taken it for a left one. */
static int is_still_there(const ExportPart *part)
{
        struct stat own, named;

        if (fstat(part->fd, &own) < 0)
                return -errno;
        if (fstatat(part->dirfd, part->name, &named, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? -EBUSY : -errno;
        return own.st_dev == named.st_dev && own.st_ino == named.st_ino ? 0 : -EBUSY;
}

int export_part_finish(ExportPart *part, const char *name)
{
        int r = fsync(part->fd) < 0 ? -errno : is_still_there(part);

        if (r < 0)
                return r;
        if (renameat(part->dirfd, part->name, part->dirfd, name) < 0)
                return -errno;
        free(TAKE_PTR(part->name));
        return close(TAKE_FD(part->fd)) < 0 ? -errno : 0;
}

void export_part_done(ExportPart *part)
{
        if (part->fd >= 0 && part->name && is_still_there(part) >= 0)
                (void)unlinkat(part->dirfd, part->name, 0);
        part->fd = safe_close(part->fd);
        free(TAKE_PTR(part->name));
}
