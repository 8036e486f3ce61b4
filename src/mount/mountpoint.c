/* SPDX-License-Identifier: MIT */
#include "mountpoint.h"

#include "live/node.h"

#include <idphoto/log.h>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

/* A daemon that was killed leaves its mount behind, dead: every access fails with ENOTCONN until it
 * is taken away. Not so stat(), which the kernel may answer for a moment from what it was told. */
static int recover_dead_mount(const char *path)
{
        struct statvfs st;
        pid_t pid;
        int status;

        if (statvfs(path, &st) >= 0 || errno != ENOTCONN)
                return 0;
        log_info("taking away the dead mount of an earlier daemon");
        if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) >= 0)
                return 0;
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0) {
                (void)execlp("fusermount3", "fusermount3", "-u", "-z", "--", path, (char *)NULL);
                _exit(127);
        }
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ENOTCONN;
}

/* Files beneath a mount would be out of everybody's sight. */
static int check_empty(const char *path)
{
        struct dirent *entry;
        DIR *dir = opendir(path);
        int r = 0;

        if (!dir)
                return -errno;
        while (r == 0 && (entry = readdir(dir)))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        r = -ENOTEMPTY;
        (void)closedir(dir);
        return r;
}

/*
 * While nothing is mounted, photos dropped here would land on the disk below, where nobody judges
 * them and the next mount would hide them. An immutable directory takes nothing, from root neither
 * [Z6].
 */
static void guard(const char *path)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int flags = 0;

        if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) {
                log_info("the filesystem below the mountpoint has no immutable flag; while nothing "
                         "is mounted, drops land there");
                return;
        }
        if (flags & FS_IMMUTABLE_FL)
                return;
        flags |= FS_IMMUTABLE_FL;
        if (ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0)
                log_info(
                        "cannot make the mountpoint immutable: %s; while nothing is mounted, drops "
                        "land below it",
                        strerror(errno));
}

int mountpoint_prepare(const char *mountpoint, const Store *store, bool guarded, char **ret)
{
        _cleanup_free_ char *path = NULL;
        size_t n;
        int r;

        r = recover_dead_mount(mountpoint);
        if (r < 0) {
                log_error("cannot take away the dead mount at '%s': %s", mountpoint, strerror(-r));
                return r;
        }
        path = realpath(mountpoint, NULL);
        if (!path) {
                r = -errno;
                log_error("mountpoint '%s': %s", mountpoint, strerror(-r));
                return r;
        }
        n = strlen(store_path(store));
        if (strncmp(path, store_path(store), n) == 0 && (path[n] == '\0' || path[n] == '/')) {
                log_error("the mountpoint must lie outside the store");
                return -EINVAL;
        }
        r = check_empty(path);
        if (r < 0) {
                log_error(r == -ENOTEMPTY
                                  ? "mountpoint '%s' is not empty: what lies there would be hidden"
                                  : "mountpoint '%s' cannot be read",
                          path);
                return r;
        }
        if (guarded)
                guard(path);
        *ret = TAKE_PTR(path);
        return 0;
}

/* DONT_SYNC: the mount is asked nothing, which it could not answer before it is served. */
static int look_at_root(int fd, dev_t *ret_device, bool *ret_root)
{
        struct statx st;

        if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &st) < 0)
                return -errno;
        *ret_device = makedev(st.stx_dev_major, st.stx_dev_minor);
        *ret_root = st.stx_ino == node_to_ino((Node){.kind = NODE_ROOT});
        return 0;
}

/* By the bare system calls: hands open the mount, and each has a table of open files of its own.
 * ThreadSanitizer knows of one table for all, and takes the same number for the same file. */
static int open_root(const char *mountpoint, dev_t *ret_device, bool *ret_root)
{
        int fd = (int)syscall(SYS_openat, AT_FDCWD, mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);
        int r = fd < 0 ? -errno : look_at_root(fd, ret_device, ret_root);

        if (r < 0)
                mountpoint_close(fd);
        return r < 0 ? r : fd;
}

void mountpoint_close(int root)
{
        if (root >= 0)
                (void)syscall(SYS_close, root);
}

int mountpoint_device(const char *mountpoint, dev_t *ret)
{
        bool is_root;
        int fd = open_root(mountpoint, ret, &is_root);

        if (fd < 0)
                return fd;
        mountpoint_close(fd);
        return is_root ? 0 : -ENOTCONN;
}

int mountpoint_open(const char *mountpoint, dev_t device)
{
        dev_t found;
        bool is_root;
        int fd = open_root(mountpoint, &found, &is_root);

        if (fd < 0)
                return fd;
        if (is_root && found == device)
                return fd;
        mountpoint_close(fd);
        return -ENOTCONN;
}
