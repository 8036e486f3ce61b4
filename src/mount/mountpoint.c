/* SPDX-License-Identifier: MIT */
#include "mountpoint.h"

#include "live/node.h"

#include <idphoto/log.h>
#include <idphoto/message.h>
#include <idphoto/mounts.h>

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
static int recover_dead_mount(const char *path, Language language)
{
        struct statvfs st;
        pid_t pid;
        int status;

        if (statvfs(path, &st) >= 0 || errno != ENOTCONN)
                return 0;
        log_info_in(language, MESSAGE(MOUNT_DEAD_TAKEN, language));
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

typedef struct Search {
        const char *path;
        char *store; /* what is mounted there, of this program's mounts; owned */
} Search;

/* Later ones stand over earlier ones. */
static int take_mount(const MountRow *row, void *userdata)
{
        Search *search = userdata;

        if (strcmp(row->path, search->path) != 0)
                return 0;
        free(search->store);
        search->store = NULL;
        if (strcmp(row->type, MOUNTS_TYPE) == 0) {
                search->store = strdup(row->source);
                return search->store ? 0 : -ENOMEM;
        }
        return 0;
}

/* Files beneath a mount would be out of everybody's sight. */
static int check_empty(int directory)
{
        int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *entry;
        int r = 0;

        if (!dir) {
                r = -errno;
                (void)safe_close(fd);
                return r;
        }
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
void mountpoint_guard(const Mountpoint *mountpoint, Language language)
{
        int flags = 0;

        if (ioctl(mountpoint->below, FS_IOC_GETFLAGS, &flags) < 0) {
                log_info_in(language, MESSAGE(MOUNT_NO_GUARD, language));
                return;
        }
        if (flags & FS_IMMUTABLE_FL)
                return;
        flags |= FS_IMMUTABLE_FL;
        if (ioctl(mountpoint->below, FS_IOC_SETFLAGS, &flags) < 0)
                log_info_in(language, MESSAGE(MOUNT_UNGUARDED, language),
                            message_errno(errno, language));
}

static bool is_in_store(const char *path, const Store *store)
{
        const size_t n = strlen(store_path(store));

        return strncmp(path, store_path(store), n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static int say_unusable(const char *path, Language language, int error)
{
        if (error == -ENOTEMPTY)
                log_error_in(language, MESSAGE(MOUNT_POINT_NOT_EMPTY, language), path);
        else
                log_error_in(language, MESSAGE(MOUNT_POINT_UNUSABLE, language), path,
                             message_errno(-error, language));
        return error;
}

static int check_place(const char *path, const Store *store, Language language)
{
        Search search = {.path = path};

        if (is_in_store(path, store)) {
                log_error_in(language, MESSAGE(MOUNT_POINT_IN_STORE, language));
                return -EINVAL;
        }
        /* Without the table of mounts what is there shows as not empty. */
        (void)mounts_each(take_mount, &search);
        if (!search.store)
                return 0;
        log_error_in(language, MESSAGE(MOUNT_MOUNTED, language), search.store, path);
        free(search.store);
        return -EBUSY;
}

int mountpoint_prepare(const char *mountpoint, const Store *store, Language language,
                       Mountpoint *ret)
{
        _cleanup_(mountpoint_done) Mountpoint made = {.below = -EBADF};
        int r = recover_dead_mount(mountpoint, language);

        if (r < 0) {
                log_error_in(language, MESSAGE(MOUNT_DEAD_STAYS, language), mountpoint,
                             message_errno(-r, language));
                return r;
        }
        made.path = realpath(mountpoint, NULL);
        if (!made.path)
                return say_unusable(mountpoint, language, -errno);
        r = check_place(made.path, store, language);
        if (r < 0)
                return r;
        made.below = open(made.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = made.below < 0 ? -errno : check_empty(made.below);
        if (r < 0)
                return say_unusable(made.path, language, r);
        *ret = (Mountpoint){.path = TAKE_PTR(made.path), .below = TAKE_FD(made.below)};
        return 0;
}

void mountpoint_done(Mountpoint *mountpoint)
{
        free(mountpoint->path);
        (void)safe_close(mountpoint->below);
        *mountpoint = (Mountpoint){.below = -EBADF};
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
