/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <idphoto/clock.h>
#include <idphoto/text.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

extern char **environ;

/* A sound program greets in some milliseconds; the rest is for machines in trouble. */
#define GREETING_TIMEOUT_NSEC (30 * NSEC_PER_SEC)

/* What of our environment the child may see: it has no use for the rest, and a taken-over worker
 * no right to it. */
static bool environment_passes(const char *entry)
{
        static const char *const names[] = {
                "TZ=",
                "LD_LIBRARY_PATH=",
                "IDPHOTO_CASCADES=",
#if HAVE_SANITIZERS
                "ASAN_OPTIONS=",
                "UBSAN_OPTIONS=",
                "TSAN_OPTIONS=",
#endif
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (text_starts_with(entry, names[i]))
                        return true;
        return false;
}

/* A process reads several people's photos, and decoders are known to show memory that they never
 * wrote: what is allocated begins as zeros (the complement of this byte), never as what an earlier
 * photo left. The per-thread cache hands out its pieces unfilled, so there is none; only the
 * environment can say so. */
static char heap_tunables[] = "GLIBC_TUNABLES=glibc.malloc.perturb=255:glibc.malloc.tcache_count=0";

/* A process that reads lists or archives reads a single one, and would only lose time by it. */
static int environment_new(WorkerDuty duty, char ***ret)
{
        _cleanup_free_ char **list = NULL;
        size_t n = 0;

        for (char **e = environ; e && *e; e++)
                n += environment_passes(*e);
        list = calloc(n + 2, sizeof(*list));
        if (!list)
                return -ENOMEM;
        n = 0;
        for (char **e = environ; e && *e; e++)
                if (environment_passes(*e))
                        list[n++] = *e;
        if (duty == WORKER_PHOTOS)
                list[n++] = heap_tunables;
        *ret = TAKE_PTR(list);
        return 0;
}

/* All of these return a positive errno, as posix_spawn() does. */
static int fill_actions(posix_spawn_file_actions_t *actions, int socket)
{
        int e;

        e = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
        if (e != 0)
                return e;
        e = posix_spawn_file_actions_adddup2(actions, STDIN_FILENO, STDOUT_FILENO);
        if (e != 0)
                return e;
        /* A decoder's own words are chosen by the photo and belong in nobody's terminal or log.
         * A sanitizer's report does. */
        if (!HAVE_SANITIZERS) {
                e = posix_spawn_file_actions_adddup2(actions, STDIN_FILENO, STDERR_FILENO);
                if (e != 0)
                        return e;
        }
        return posix_spawn_file_actions_adddup2(actions, socket, WORKER_SOCKET_FD);
}

static int fill_attributes(posix_spawnattr_t *attributes)
{
        sigset_t all, none;
        int e;

        (void)sigfillset(&all);
        (void)sigemptyset(&none);
        e = posix_spawnattr_setsigdefault(attributes, &all);
        if (e != 0)
                return e;
        e = posix_spawnattr_setsigmask(attributes, &none);
        if (e != 0)
                return e;
        /* A session of its own: an interrupt typed at a terminal is for the program that asked, and
         * the cores are shared among sessions. */
        return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                            POSIX_SPAWN_SETSID);
}

static int spawn(const char *program, WorkerDuty duty, uint64_t memory_bytes, int socket,
                 pid_t *ret)
{
        _cleanup_free_ char **environment = NULL;
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        char name[] = "idphoto-worker", memory[48], lists[] = "--lists", archives[] = "--archives";
        char *const duties[_WORKER_DUTY_MAX] = {
                [WORKER_LISTS] = lists, [WORKER_ARCHIVES] = archives};
        char *argv[] = {name, memory, duties[duty], NULL};
        int e, r;

        (void)snprintf(memory, sizeof(memory), "--memory=%llu", (unsigned long long)memory_bytes);
        r = environment_new(duty, &environment);
        if (r < 0)
                return r;
        e = posix_spawn_file_actions_init(&actions);
        if (e != 0)
                return -e;
        e = posix_spawnattr_init(&attributes);
        if (e == 0) {
                e = fill_actions(&actions, socket);
                if (e == 0)
                        e = fill_attributes(&attributes);
                if (e == 0)
                        e = posix_spawn(ret, program, &actions, &attributes, argv, environment);
                (void)posix_spawnattr_destroy(&attributes);
        }
        (void)posix_spawn_file_actions_destroy(&actions);
        return -e;
}

/* The actions run in order, and those for stdin, stdout and stderr must not close the socket over
 * which the later one goes: a program started without them gets the socket's end there. */
static int move_above_standard(int *fd)
{
        int moved;

        if (*fd > WORKER_SOCKET_FD)
                return 0;
        moved = fcntl(*fd, F_DUPFD_CLOEXEC, WORKER_SOCKET_FD + 1);
        if (moved < 0)
                return -errno;
        (void)safe_close(*fd);
        *fd = moved;
        return 0;
}

static int expect_greeting(const WorkerProcess *process)
{
        const WorkerGreeting expected = worker_greeting();
        WorkerGreeting greeting;
        ssize_t n = worker_process_receive(process, &greeting, sizeof(greeting),
                                           clock_monotonic_nsec(clock_system()) +
                                                   GREETING_TIMEOUT_NSEC);

        return n == sizeof(greeting) && memcmp(&greeting, &expected, sizeof(greeting)) == 0
                       ? 0
                       : -ENOEXEC;
}

typedef struct Ends {
        int ours;
        int theirs;
} Ends;

static void ends_close(Ends *ends)
{
        ends->ours = safe_close(ends->ours);
        ends->theirs = safe_close(ends->theirs);
}

static int ends_open(Ends *ret)
{
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
                return -errno;
        *ret = (Ends){.ours = pair[0], .theirs = pair[1]};
        return 0;
}

/* Closes the child's end, which is its alone from now on. */
static int welcome(pid_t pid, Ends *ends, WorkerProcess *ret)
{
        WorkerProcess process = {.pid = pid, .socket = TAKE_FD(ends->ours)};
        int r;

        ends->theirs = safe_close(ends->theirs);
        r = expect_greeting(&process);
        if (r < 0) {
                (void)worker_process_stop(&process);
                return r;
        }
        *ret = process;
        return 0;
}

int worker_process_start(const char *program, WorkerDuty duty, uint64_t memory_bytes,
                         WorkerProcess *ret)
{
        _cleanup_(ends_close) Ends ends = {-EBADF, -EBADF};
        pid_t pid;
        int r;

        r = ends_open(&ends);
        if (r >= 0)
                r = move_above_standard(&ends.theirs);
        if (r >= 0)
                r = spawn(program, duty, memory_bytes, ends.theirs, &pid);
        return r < 0 ? r : welcome(pid, &ends, ret);
}

int worker_process_copy(const WorkerProcess *seed, WorkerProcess *ret)
{
        const WorkerBirth birth = {.magic = WORKER_PROTOCOL_MAGIC};
        _cleanup_(ends_close) Ends ends = {-EBADF, -EBADF};
        WorkerBorn born;
        ssize_t n;
        int r;

        r = ends_open(&ends);
        if (r >= 0)
                r = worker_process_send(seed, &birth, sizeof(birth), &ends.theirs, 1);
        if (r < 0)
                return r;
        n = worker_process_receive(seed, &born, sizeof(born),
                                   clock_monotonic_nsec(clock_system()) + GREETING_TIMEOUT_NSEC);
        if (n <= 0)
                return n == 0 ? -EPIPE : (int)n;
        if (n != sizeof(born) || born.magic != WORKER_PROTOCOL_MAGIC || born.pid == 0)
                return -EBADMSG;
        return born.pid < 0 ? born.pid : welcome(born.pid, &ends, ret);
}

int64_t worker_process_cpu_nsec(const WorkerProcess *process)
{
        struct timespec used;
        clockid_t clock;

        if (clock_getcpuclockid(process->pid, &clock) != 0 || clock_gettime(clock, &used) < 0)
                return -1;
        return timespec_to_nsec(used);
}

int worker_process_stop(WorkerProcess *process)
{
        int status = 0;

        if (process->pid > 0) {
                (void)kill(process->pid, SIGKILL);
                while (waitpid(process->pid, &status, 0) < 0)
                        if (errno != EINTR) {
                                status = 0;
                                break;
                        }
        }
        process->pid = 0;
        process->socket = safe_close(process->socket);
        return status;
}

static int wait_readable(int fd, int64_t deadline_nsec)
{
        for (;;) {
                int64_t left = deadline_nsec - clock_monotonic_nsec(clock_system());
                struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
                struct timespec timeout;
                int n;

                left = MAX(left, (int64_t)0);
                timeout = timespec_from_nsec(left);
                n = ppoll(&poll_fd, 1, &timeout, NULL);
                if (n > 0)
                        return 0;
                if (n == 0)
                        return -ETIMEDOUT;
                if (errno != EINTR)
                        return -errno;
        }
}

ssize_t worker_process_receive(const WorkerProcess *process, void *data, size_t size,
                               int64_t deadline_nsec)
{
        struct iovec part = {.iov_base = data, .iov_len = size};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        ssize_t n;
        int r;

        r = wait_readable(process->socket, deadline_nsec);
        if (r < 0)
                return r;
        n = recvmsg(process->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (n < 0)
                return errno == ECONNRESET ? 0 : -errno;
        return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : n;
}

int worker_process_send(const WorkerProcess *process, const void *data, size_t size, const int *fds,
                        size_t n_fds)
{
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(WORKER_REQUEST_FDS * sizeof(int))];
        } control = {};
        struct iovec part = {.iov_base = (void *)data, .iov_len = size};
        struct msghdr message = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = CMSG_SPACE(n_fds * sizeof(int)),
        };
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);

        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(header), fds, n_fds * sizeof(int));
        while (sendmsg(process->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
                if (errno == ECONNRESET)
                        return -EPIPE;
                if (errno != EINTR)
                        return -errno;
        }
        return 0;
}
