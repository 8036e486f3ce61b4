/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <dirent.h>
#include <grp.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define NOBODY 65534

/* Room for stdin, stdout, stderr, the socket and the two files of one request. */
#define OPEN_FILES_MAX 8

/* ---- giving up ---- */

static int close_listed_files(int keep_fd)
{
        DIR *dir = opendir("/proc/self/fd");
        const struct dirent *entry;

        if (!dir)
                return -errno;
        while ((entry = readdir(dir))) {
                int fd = atoi(entry->d_name); /* 0 for "." and ".." */

                if (fd > keep_fd && fd != dirfd(dir))
                        (void)close(fd);
        }
        (void)closedir(dir);
        return 0;
}

/* Old kernels do not know the call, and some containers' filters forbid what they do not know. */
static int close_files_above(int keep_fd)
{
#if HAVE_CLOSE_RANGE
        if (close_range((unsigned)keep_fd + 1, ~0U, 0) >= 0)
                return 0;
#endif
        return close_listed_files(keep_fd);
}

/* Root of a user namespace may have no nobody to become; it has no power outside it either, and
 * what it has inside goes with the capabilities. */
static int drop_root(void)
{
        if (geteuid() != 0)
                return 0;
        if (setgroups(0, NULL) < 0 && errno != EPERM)
                return -errno;
        if (setresgid(NOBODY, NOBODY, NOBODY) < 0 && errno != EINVAL)
                return -errno;
        if (setresuid(NOBODY, NOBODY, NOBODY) < 0 && errno != EINVAL)
                return -errno;
        return 0;
}

static int drop_capabilities(void)
{
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};

        return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

int sandbox_detach(int keep_fd)
{
        int r;

        r = close_files_above(keep_fd);
        if (r < 0)
                return r;
        /* A working directory keeps its filesystem from being unmounted. */
        if (chdir("/") < 0)
                return -errno;
        r = drop_root();
        if (r < 0)
                return r;
        r = drop_capabilities();
        if (r < 0)
                return r;
        /* After the change of user, which resets these two. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
                return -errno;
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

int sandbox_detach_copy(int keep_fd)
{
        int r = close_files_above(keep_fd);

        if (r < 0)
                return r;
        return prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;
}

/* ---- limits ---- */

static int set_limit(int resource, uint64_t value)
{
        struct rlimit limit;

        if (getrlimit(resource, &limit) < 0)
                return -errno;
        /* Limits only shrink: a smaller one given by the system stays. */
        limit.rlim_max = MIN((rlim_t)value, limit.rlim_max);
        limit.rlim_cur = limit.rlim_max;
        return setrlimit((__rlimit_resource_t)resource, &limit) < 0 ? -errno : 0;
}

static int set_limits(uint64_t memory_bytes, uint64_t output_bytes)
{
        const struct {
                int resource;
                uint64_t value;
        } limits[] = {
                {RLIMIT_CORE, 0},
                {RLIMIT_NPROC, 0},
                {RLIMIT_MEMLOCK, 0},
                {RLIMIT_NOFILE, OPEN_FILES_MAX},
#if !HAVE_SANITIZERS
                {RLIMIT_AS, memory_bytes},
                {RLIMIT_FSIZE, output_bytes},
#endif
        };

        for (size_t i = 0; i < ELEMENTSOF(limits); i++) {
                int r = set_limit(limits[i].resource, limits[i].value);

                if (r < 0)
                        return r;
        }
#if HAVE_SANITIZERS
        /* Shadow memory is terabytes of address space. */
        (void)memory_bytes;
        return set_limit(RLIMIT_FSIZE, output_bytes);
#else
        return 0;
#endif
}

/* ---- the filter ---- */

/* One a line, each with its reason where that is not plain. */
/* clang-format off */
static const int calls_allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(pread64),
        SCMP_SYS(write),
        SCMP_SYS(pwrite64),
        SCMP_SYS(close),           /* the files of a request, when it is answered */
        SCMP_SYS(brk),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(futex),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(getrandom),       /* seeds of hash tables, against keys that a file chooses */
        SCMP_SYS(sysinfo),         /* qsort() asks how much memory there is */
        SCMP_SYS(restart_syscall),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigprocmask),  /* abort() */
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
};
/* clang-format on */

#if HAVE_SANITIZERS
/* What the sanitizers' runtime asks for while it watches and when it reports. Never in a build that
 * is installed. */
static const int calls_of_sanitizers[] = {
        SCMP_SYS(clock_nanosleep), SCMP_SYS(fstat),        SCMP_SYS(getpid),
        SCMP_SYS(getrlimit),       SCMP_SYS(gettid),       SCMP_SYS(getuid),
        SCMP_SYS(lseek),           SCMP_SYS(mmap),         SCMP_SYS(mprotect),
        SCMP_SYS(nanosleep),       SCMP_SYS(newfstatat),   SCMP_SYS(openat),
        SCMP_SYS(prctl),           SCMP_SYS(prlimit64),    SCMP_SYS(readlink),
        SCMP_SYS(readlinkat),      SCMP_SYS(rt_sigaction), SCMP_SYS(sched_yield),
        SCMP_SYS(sigaltstack),     SCMP_SYS(stat),         SCMP_SYS(tgkill),
        SCMP_SYS(writev),
};
#endif

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i], 0, NULL);

                if (r < 0)
                        return r;
        }
        return 0;
}

/* Memory may be had, but never memory to run: code is what the program brought along. */
static int allow_memory(scmp_filter_ctx filter)
{
        static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)};
        const struct scmp_arg_cmp not_executable = SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i], 1,
                                               &not_executable);

                if (r < 0)
                        return r;
        }
        return 0;
}

static int allow_messages(scmp_filter_ctx filter, int socket_fd)
{
        static const int calls[] = {SCMP_SYS(recvmsg), SCMP_SYS(sendmsg)};
        const struct scmp_arg_cmp our_socket =
                SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)(unsigned)socket_fd);

        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i], 1, &our_socket);

                if (r < 0)
                        return r;
        }
        return 0;
}

static int fill_filter(scmp_filter_ctx filter, int socket_fd)
{
        int r;

        /* Calls by another architecture's numbers (32-bit ones on a 64-bit machine) as well. */
        r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        if (r < 0)
                return r;
        r = allow_all(filter, calls_allowed, ELEMENTSOF(calls_allowed));
        if (r < 0)
                return r;
#if HAVE_SANITIZERS
        r = allow_all(filter, calls_of_sanitizers, ELEMENTSOF(calls_of_sanitizers));
        if (r < 0)
                return r;
#endif
        r = allow_memory(filter);
        if (r < 0)
                return r;
        return allow_messages(filter, socket_fd);
}

int sandbox_close(int socket_fd, uint64_t memory_bytes, uint64_t output_bytes)
{
        scmp_filter_ctx filter;
        int r;

        r = set_limits(memory_bytes, output_bytes);
        if (r < 0)
                return r;
        filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
        if (!filter)
                return -ENOMEM;
        r = fill_filter(filter, socket_fd);
        if (r == 0)
                r = seccomp_load(filter);
        seccomp_release(filter);
        return r;
}
