/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include "complain.h"

#include <idphoto/clock.h>
#include <idphoto/gateway.h>
#include <idphoto/message.h>
#include <idphoto/mounts.h>
#include <idphoto/overview.h>
#include <idphoto/writer.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

enum { TELL_MSEC = 1000 /* what is over sooner is not talked about */ };

static int64_t now_msec(void)
{
        return clock_monotonic_nsec(clock_system()) / NSEC_PER_MSEC;
}

static void tell(const Waiting *waiting, uint64_t n)
{
        if (n > 0)
                command_error(MESSAGE(WAITING_FOR, waiting->language), n);
        else
                command_error(MESSAGE(WAITING_FOR_ANY, waiting->language));
}

/* ---- in the mount ---- */

static int is_ours(const MountRow *row, void *userdata)
{
        const dev_t *device = userdata;

        return row->device == *device && strcmp(row->type, MOUNTS_TYPE) == 0;
}

/* Of a path in a mount the directory: itself, or the one that the file is in. -EXDEV: it is in no
 * mount of idphotofs. */
static int find_directory(const char *path, char **ret)
{
        struct stat st;
        const char *slash;
        int r;

        if (stat(path, &st) < 0)
                return -errno;
        r = mounts_each(is_ours, &st.st_dev);
        if (r <= 0)
                return r < 0 ? r : -EXDEV;
        slash = strrchr(path, '/');
        if (S_ISDIR(st.st_mode))
                *ret = strdup(path);
        else
                *ret = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
        return *ret ? 0 : -ENOMEM;
}

/* The number that the directory tells; 0 of what tells none, or not to us. */
static uint64_t checking_of(int directory)
{
        char value[32];
        ssize_t n = fgetxattr(directory, "user.idphotofs.checking", value, sizeof(value) - 1);

        if (n <= 0)
                return 0;
        value[n] = '\0';
        return strtoull(value, NULL, 10);
}

/* What is waited for beneath: of the root all that the caller may read, as the root itself tells
 * nothing. */
static uint64_t checking_beneath(const char *path)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        uint64_t sum = fd < 0 ? 0 : checking_of(fd);
        struct dirent *entry;
        DIR *dir = sum > 0 ? NULL : opendir(path);

        while (dir && (entry = readdir(dir))) {
                _cleanup_close_ int point = -EBADF;

                if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
                        continue;
                point = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (point >= 0)
                        sum += checking_of(point);
        }
        if (dir)
                (void)closedir(dir);
        return sum;
}

/* As sync(1) opens it: the mount then answers when all beneath has its place. */
static int wait_process(const Waiting *waiting)
{
        _cleanup_free_ char *directory = NULL;
        int r = find_directory(waiting->path, &directory), fd;

        if (r < 0)
                return -r;
        fd = open(directory, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        return fd < 0 ? errno : 0;
}

static int tell_process(const Waiting *waiting)
{
        _cleanup_free_ char *directory = NULL;

        (void)poll(NULL, 0, TELL_MSEC);
        if (find_directory(waiting->path, &directory) >= 0)
                tell(waiting, checking_beneath(directory));
        return 0;
}

/* Runs the function in a process whose exit status it returns. Asking a mount can last, and where
 * the daemon hangs nothing ends it: then this program can go all the same. */
static pid_t begin_process(int (*function)(const Waiting *), const Waiting *waiting)
{
        pid_t parent = getpid(), pid = fork();

        if (pid != 0)
                return pid < 0 ? -errno : pid;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(getppid() == parent ? function(waiting) : 0);
}

static void end_process(pid_t pid)
{
        if (pid <= 0)
                return;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, WNOHANG);
}

/* 0, a negative errno, -ETIME. */
static int await_process(pid_t pid, unsigned timeout_msec)
{
        _cleanup_close_ int fd = pidfd_open(pid, 0);
        const bool bounded = timeout_msec != WAITING_FOREVER;
        const int64_t end = now_msec() + timeout_msec;
        struct pollfd pfd = {.fd = fd, .events = POLLIN};
        int status, r;

        if (fd < 0)
                return -errno;
        do
                r = poll(&pfd, 1, bounded ? (int)MAX(end - now_msec(), INT64_C(0)) : -1);
        while (r < 0 && errno == EINTR);
        if (r <= 0)
                return r < 0 ? -errno : -ETIME;
        if (waitpid(pid, &status, 0) < 0)
                return -errno;
        return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

static int wait_in_mount(const Waiting *waiting)
{
        pid_t waiter = begin_process(wait_process, waiting), teller;
        int r;

        if (waiter < 0)
                return waiter;
        teller = begin_process(tell_process, waiting);
        r = await_process(waiter, waiting->timeout_msec);
        end_process(teller);
        if (r < 0)
                end_process(waiter);
        return r;
}

/* ---- by the catalog ---- */

/* What the daemon has committed of the verdicts is in the log of the database, which a durable
 * commit syncs as a whole. */
static int make_durable(Catalog *catalog)
{
        int r = catalog_begin_at(catalog, true, WRITER_NOTHING);

        if (r < 0)
                return r;
        r = catalog_count_sync(catalog);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

static int wait_by_catalog(const Waiting *waiting)
{
        enum { LOOK_MSEC = 100 };
        const Opened *opened = waiting->opened;
        const int64_t begun = now_msec();
        bool told = false;

        for (;;) {
                const int64_t waited = now_msec() - begun;
                StatusCounts counts;
                int r = overview_counts(opened->catalog, opened->batch, waiting->point, &counts);

                if (r < 0)
                        return r;
                if (counts.checking == 0)
                        return make_durable(opened->catalog);
                r = gateway_serves(opened->catalog);
                if (r <= 0)
                        return r < 0 ? r : -ENOTCONN;
                if (waiting->timeout_msec != WAITING_FOREVER && waited >= waiting->timeout_msec)
                        return -ETIME;
                if (!told && waited >= TELL_MSEC) {
                        tell(waiting, counts.checking);
                        told = true;
                }
                (void)poll(NULL, 0, LOOK_MSEC);
        }
}

int waiting_run(const Waiting *waiting)
{
        return waiting->path ? wait_in_mount(waiting) : wait_by_catalog(waiting);
}
