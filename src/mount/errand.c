/* SPDX-License-Identifier: MIT */
#include "errand.h"

#include "live/lease.h"
#include "mountpoint.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void errand_free(Errand *errand)
{
        if (!errand)
                return;
        free(errand->from);
        free(errand->to);
        free(errand);
}

/* An event for watchers of a name whose content changed in place. */
static void touch(int root, const char *path)
{
        static const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_NOW}};

        (void)utimensat(root, path, times, AT_SYMLINK_NOFOLLOW);
}

/* POINT/FOLDER/…/NAME: every folder that is empty now, from within; the point itself is none. */
static void remove_folders(int root, char *path)
{
        char *slash;

        while ((slash = strrchr(path, '/'))) {
                *slash = '\0';
                if (!strchr(path, '/') || unlinkat(root, path, AT_REMOVEDIR) < 0)
                        break;
        }
}

static size_t length_of_directory(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? (size_t)(slash - path) : 0;
}

/* Waits for the directory's lock in the kernel: to delete a name that cannot exist asks for it. */
static void wait_for_lock(int root, const char *path)
{
        char name[PATH_MAX];
        size_t n = length_of_directory(path);

        if (n == 0 || n + NAME_MAX + 3 > sizeof(name))
                return;
        memcpy(name, path, n);
        name[n++] = '/';
        memset(name + n, 'x', NAME_MAX + 1);
        name[n + NAME_MAX + 1] = '\0';
        (void)unlinkat(root, name, 0);
}

/* From one directory to another the kernel takes a lock of the whole mount, and keeps it while it
 * waits for theirs. If somebody has one of these locked, this thread had better wait without. */
static void wait_for_locks(int root, const Errand *e)
{
        size_t n = length_of_directory(e->from);

        if (n == length_of_directory(e->to) && strncmp(e->from, e->to, n) == 0)
                return;
        wait_for_lock(root, e->from);
        wait_for_lock(root, e->to);
}

static bool is_one(int root, const Errand *e)
{
        struct stat from, to;

        return fstatat(root, e->from, &from, AT_SYMLINK_NOFOLLOW) == 0 &&
               fstatat(root, e->to, &to, AT_SYMLINK_NOFOLLOW) == 0 && from.st_ino == to.st_ino;
}

/* Somebody who lists the directory may have been lent the former name of what has its new one
 * already. To the kernel both are one file then, a rename of it is none, and nobody would see it. */
static void wait_while_lent(int root, const Errand *e)
{
        enum { STEP_MSEC = 20, STEPS = 2 * (int)(LEASE_PREFETCH_SECONDS * 1000) / STEP_MSEC };
        const struct timespec step = {.tv_nsec = STEP_MSEC * NSEC_PER_MSEC};

        for (int i = 0; i < STEPS && is_one(root, e); i++)
                (void)nanosleep(&step, NULL);
}

static int move(int root, const Errand *e)
{
        int r;

        if (e->keep)
                r = linkat(root, e->from, root, e->to, 0);
        else {
                if (e->kind == ERRAND_TELL)
                        wait_while_lent(root, e);
                wait_for_locks(root, e);
                r = renameat2(root, e->from, root, e->to, 0);
        }
        return r < 0 ? -errno : 0;
}

/* A little longer than names are lent. */
static void pause_for_leases(void)
{
        const struct timespec time = {.tv_nsec = (long)((LEASE_SECONDS + 0.03) * 1e9)};

        (void)nanosleep(&time, NULL);
}

static void run_at(int root, Errand *e)
{
        int r;

        switch (e->kind) {
        case ERRAND_MAKE:
                (void)mkdirat(root, e->from, 0755);
                return;
        case ERRAND_FOLDER:
                /* Somebody who lists the point may have found it before. */
                if (mkdirat(root, e->from, 0755) < 0 && errno == EEXIST)
                        touch(root, e->from);
                return;
        case ERRAND_MOVE:
                (void)renameat2(root, e->from, root, e->to, 0);
                return;
        case ERRAND_REMOVE:
                (void)unlinkat(root, e->from, strchr(e->from, '/') ? 0 : AT_REMOVEDIR);
                return;
        default:
                break;
        }
        if (strcmp(e->from, e->to) == 0) {
                touch(root, e->to);
                r = 0;
        } else {
                r = move(root, e);
                if (r == -EEXIST && e->keep && e->kind != ERRAND_SHOW)
                        touch(root, e->to);
        }
        if (!e->keep && (r >= 0 || e->kind == ERRAND_TELL))
                remove_folders(root, e->from);
}

void errand_run(Errand *e)
{
        int root;

        e->ran = true;
        if (e->kind == ERRAND_PAUSE) {
                pause_for_leases();
                return;
        }
        /* For this step only: an fd kept on the own mount would make every unmount say busy. */
        root = e->from ? mountpoint_open(e->mountpoint, e->device) : -EBADF;

        if (root < 0)
                return;
        run_at(root, e);
        mountpoint_close(root);
}
