/* SPDX-License-Identifier: MIT */
#include "worker/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#define KEEP_FD      3
#define MEMORY_BYTES (256u << 20)
#define OUTPUT_BYTES 40000u

/* Runs `inside` in a child; its wait status. */
static int run_in_child(void (*inside)(void))
{
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                inside();
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return status;
}

static void enter(void)
{
        if (sandbox_detach(KEEP_FD) < 0)
                _exit(101);
        if (sandbox_close(KEEP_FD, MEMORY_BYTES, OUTPUT_BYTES) < 0)
                _exit(102);
}

/* ---- the filter: each call dies, and dies of the filter ---- */

#define FORBIDDEN(name, ...) \
        static void inside_##name(void) \
        { \
                enter(); \
                (void)syscall(SYS_##name, __VA_ARGS__); \
        }

FORBIDDEN(socket, AF_UNIX, SOCK_STREAM, 0)
FORBIDDEN(connect, KEEP_FD, NULL, 0)
FORBIDDEN(clone, SIGCHLD, 0, 0, 0, 0)
FORBIDDEN(clone3, NULL, 0)
FORBIDDEN(execve, "/bin/true", NULL, NULL)
FORBIDDEN(execveat, 0, "/bin/true", NULL, NULL, 0)
FORBIDDEN(ptrace, PTRACE_TRACEME, 0, 0, 0)
FORBIDDEN(process_vm_readv, 1, NULL, 0, NULL, 0, 0)
FORBIDDEN(kill, 1, SIGTERM)
FORBIDDEN(openat2, AT_FDCWD, "/etc/passwd", NULL, 0)
FORBIDDEN(memfd_create, "x", 0)
FORBIDDEN(unlinkat, AT_FDCWD, "/tmp/none", 0)
FORBIDDEN(ioctl, 0, 0, 0)
FORBIDDEN(fcntl, 0, F_GETFL, 0)
FORBIDDEN(dup3, 0, 9, 0)
FORBIDDEN(ftruncate, KEEP_FD, 0)
FORBIDDEN(setuid, 0)
FORBIDDEN(seccomp, 0, 0, NULL)
FORBIDDEN(io_uring_setup, 1, NULL)
FORBIDDEN(pidfd_open, 1, 0)
FORBIDDEN(userfaultfd, 0)
FORBIDDEN(keyctl, 0, 0)
FORBIDDEN(setitimer, 0, NULL, NULL)
FORBIDDEN(sendmsg, KEEP_FD + 1, NULL, 0)
FORBIDDEN(recvmsg, KEEP_FD + 1, NULL, 0)
#if !HAVE_SANITIZERS
FORBIDDEN(openat, AT_FDCWD, "/etc/passwd", O_RDONLY)
FORBIDDEN(newfstatat, AT_FDCWD, "/etc/passwd", NULL, 0)
FORBIDDEN(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0)
FORBIDDEN(tgkill, 1, 1, SIGTERM)
FORBIDDEN(mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
FORBIDDEN(mprotect, NULL, 4096, PROT_READ | PROT_EXEC)
#endif

static void test_each_forbidden_call_dies_of_the_filter(void **state _unused_)
{
        static const struct {
                const char *name;
                void (*inside)(void);
        } cases[] = {
#define CASE(name) {#name, inside_##name}
                CASE(socket),
                CASE(connect),
                CASE(clone),
                CASE(clone3),
                CASE(execve),
                CASE(execveat),
                CASE(ptrace),
                CASE(kill),
                CASE(process_vm_readv),
                CASE(openat2),
                CASE(unlinkat),
                CASE(memfd_create),
                CASE(ioctl),
                CASE(fcntl),
                CASE(dup3),
                CASE(ftruncate),
                CASE(setuid),
                CASE(seccomp),
                CASE(userfaultfd),
                CASE(pidfd_open),
                CASE(io_uring_setup),
                CASE(keyctl),
                CASE(setitimer),
                CASE(sendmsg),
                CASE(recvmsg),
#if !HAVE_SANITIZERS
                CASE(openat),
                CASE(newfstatat),
                CASE(prctl),
                CASE(tgkill),
                CASE(mmap),
                CASE(mprotect),
#endif
#undef CASE
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                int status = run_in_child(cases[i].inside);

                if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
                        fail_msg("%s ended with wait status %#x", cases[i].name, (unsigned)status);
        }
}

static int compare_bytes(const void *a, const void *b)
{
        return *(const char *)a - *(const char *)b;
}

static void inside_ordinary_work(void)
{
        char *memory, byte = 0;
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0 || dup2(pair[0], KEEP_FD) < 0)
                _exit(103);
        enter();
        /* Below and above the allocator's threshold for mappings. */
        for (size_t size = 1000; size < 32u << 20; size *= 2) {
                memory = malloc(size);
                if (!memory)
                        _exit(104);
                memset(memory, 1, size);
                qsort(memory, MIN(size, (size_t)100000), 1, compare_bytes);
                memory = realloc(memory, size * 2);
                if (!memory)
                        _exit(105);
                free(memory);
        }
        if (pread(STDIN_FILENO, &byte, 1, 0) < 0 && errno == ENOSYS)
                _exit(106);
}

static void test_ordinary_work_goes_on_inside(void **state _unused_)
{
        assert_int_equal(run_in_child(inside_ordinary_work), 0);
}

/* ---- what is given up ---- */

/* A namespace in which only one user exists has no nobody to become. */
static bool alone_in_namespace(void)
{
        unsigned long inside, outside, n = 0;
        FILE *f = fopen("/proc/self/uid_map", "re");

        if (f) {
                if (fscanf(f, "%lu %lu %lu", &inside, &outside, &n) != 3)
                        n = 0;
                (void)fclose(f);
        }
        return n == 1;
}

static bool has_capabilities(void)
{
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

        if (syscall(SYS_capget, &header, data) < 0)
                return true;
        for (size_t i = 0; i < ELEMENTSOF(data); i++)
                if (data[i].effective || data[i].permitted || data[i].inheritable)
                        return true;
        return false;
}

static void inside_identity(void)
{
        const bool alone = alone_in_namespace();
        int fd = open("/dev/null", O_RDONLY), high = fcntl(fd, F_DUPFD, 300);
        char cwd[16] = "";

        if (high < 0 || sandbox_detach(KEEP_FD) < 0)
                _exit(101);
        if (fcntl(high, F_GETFD) >= 0)
                _exit(1);
        if (!alone && (getuid() == 0 || geteuid() == 0 || getgid() == 0 || getegid() == 0))
                _exit(2);
        if (has_capabilities())
                _exit(9);
        if (getgroups(0, NULL) > 0 && getuid() == 65534)
                _exit(3);
        if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
                _exit(4);
        if (prctl(PR_GET_DUMPABLE) != 0)
                _exit(5);
        int death_signal = 0;
        if (prctl(PR_GET_PDEATHSIG, &death_signal) < 0 || death_signal != SIGKILL)
                _exit(6);
        if (!getcwd(cwd, sizeof(cwd)) || strcmp(cwd, "/") != 0)
                _exit(7);
        if (!alone && setuid(0) == 0)
                _exit(8);
}

static void test_detaching_gives_up_what_it_says(void **state _unused_)
{
        assert_int_equal(run_in_child(inside_identity), 0);
}

/* The limits are read by the parent, from /proc: the child cannot ask any more. */
static void read_limits(pid_t pid, char *buf, size_t size)
{
        char path[64];
        FILE *f;
        size_t n;

        (void)snprintf(path, sizeof(path), "/proc/%d/limits", (int)pid);
        f = fopen(path, "re");
        assert_non_null(f);
        n = fread(buf, 1, size - 1, f);
        buf[n] = '\0';
        (void)fclose(f);
}

static void assert_limit(const char *limits, const char *name, unsigned long value)
{
        const char *line = strstr(limits, name);
        unsigned long soft, hard;

        assert_non_null(line);
        assert_int_equal(sscanf(line + strlen(name), " %lu %lu", &soft, &hard), 2);
        assert_int_equal(soft, value);
        assert_int_equal(hard, value);
}

static void test_limits_are_set_for_good(void **state _unused_)
{
        int ready[2], hold[2], status;
        char limits[4096], byte;
        pid_t pid;

        assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
        assert_int_equal(pipe2(hold, O_CLOEXEC), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                (void)dup2(ready[1], 0);
                (void)dup2(hold[0], 1);
                enter();
                (void)!write(0, "r", 1);
                (void)!read(1, &byte, 1);
                _exit(0);
        }
        (void)close(hold[0]);
        (void)close(ready[1]);
        assert_int_equal(read(ready[0], &byte, 1), 1);
        read_limits(pid, limits, sizeof(limits));
        (void)close(hold[1]);
        (void)close(ready[0]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);

        assert_limit(limits, "Max core file size", 0);
        assert_limit(limits, "Max processes", 0);
        assert_limit(limits, "Max open files", 8);
        assert_limit(limits, "Max file size", OUTPUT_BYTES);
        if (!HAVE_SANITIZERS)
                assert_limit(limits, "Max address space", MEMORY_BYTES);
}

static void inside_large_memory(void)
{
        enter();
        _exit(malloc((size_t)MEMORY_BYTES + 1) ? 1 : 0);
}

static void test_memory_beyond_the_limit_is_refused(void **state _unused_)
{
        if (HAVE_SANITIZERS) {
                print_message("[ SKIP ] address space is not limited in a sanitizer build\n");
                skip();
        }
        assert_int_equal(run_in_child(inside_large_memory), 0);
}

static void inside_large_file(void)
{
        static char bytes[OUTPUT_BYTES + 1];
        int fd = memfd_create("output", 0);

        if (fd < 0 || dup2(fd, KEEP_FD) < 0)
                _exit(103);
        enter();
        if (pwrite(KEEP_FD, bytes, OUTPUT_BYTES, 0) != OUTPUT_BYTES)
                _exit(1);
        (void)!pwrite(KEEP_FD, bytes, 1, OUTPUT_BYTES);
        _exit(2);
}

static void test_a_file_beyond_the_limit_kills(void **state _unused_)
{
        int status = run_in_child(inside_large_file);

        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGXFSZ);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_forbidden_call_dies_of_the_filter),
                cmocka_unit_test(test_ordinary_work_goes_on_inside),
                cmocka_unit_test(test_detaching_gives_up_what_it_says),
                cmocka_unit_test(test_limits_are_set_for_good),
                cmocka_unit_test(test_memory_beyond_the_limit_is_refused),
                cmocka_unit_test(test_a_file_beyond_the_limit_kills),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
