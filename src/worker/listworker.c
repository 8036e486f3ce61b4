/* SPDX-License-Identifier: MIT */
#include <idphoto/listworker.h>

#include "input.h"
#include "process.h"
#include "protocol.h"

#include <idphoto/clock.h>
#include <idphoto/listpack.h>
#include <idphoto/worker.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* What a process has made of a list. */
typedef struct Packed {
        void *data; /* mapped; NULL: there is none */
        size_t size;
        RosterCode failure; /* why there is none, else _ROSTER_CODE_INVALID */
} Packed;

static void packed_done(Packed *packed)
{
        if (packed->data)
                (void)munmap(packed->data, packed->size);
}

static void worker_process_end(WorkerProcess *process)
{
        (void)worker_process_stop(process);
}

static int fill_request(WorkerListRequest *request, WorkerListKind kind, const char *name,
                        Date today, int input_fd)
{
        struct stat st;

        if (fstat(input_fd, &st) < 0)
                return -errno;
        memset(request, 0, sizeof(*request));
        request->magic = WORKER_PROTOCOL_MAGIC;
        request->size = (uint64_t)st.st_size;
        request->kind = kind;
        request->today = today;
        /* It is a hint, and half a name would be a wrong one. */
        if (name && strlen(name) < sizeof(request->name))
                memcpy(request->name, name, strlen(name));
        return 0;
}

/* What the answer, or its absence (n <= 0), says of the list. */
static int judge_answer(ssize_t n, const WorkerListAnswer *answer, int wait_status, Packed *packed)
{
        const bool killed = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;

        packed->failure = ROSTER_READER_CRASHED;
        if (n == -ETIMEDOUT)
                packed->failure = ROSTER_READER_TIMEOUT;
        else if (n == 0 && killed) /* by a stranger: most likely the machine's memory ran out */
                packed->failure = ROSTER_READER_MEMORY;
        else if (n == sizeof(*answer) && answer->magic == WORKER_PROTOCOL_MAGIC)
                switch (answer->error) {
                case 0:
                        packed->failure = _ROSTER_CODE_INVALID;
                        break;
                case -ENOMEM:
                        packed->failure = ROSTER_READER_MEMORY;
                        break;
                case -EFBIG:
                        packed->failure = ROSTER_TOO_LARGE;
                        break;
                case -EIO:
                        return -EIO;
                default:
                        break;
                }
        return 0;
}

/* Nobody can write to the output any more: the process is dead, and nobody else had it. */
static int map_output(int output_fd, const WorkerListAnswer *answer, Packed *packed)
{
        struct stat st;
        void *data;

        if (fstat(output_fd, &st) < 0)
                return -errno;
        if (answer->size == 0 || answer->size > WORKER_LIST_OUTPUT_MAX ||
            answer->size != (uint64_t)st.st_size) {
                packed->failure = ROSTER_READER_CRASHED;
                return 0;
        }
        data = mmap(NULL, (size_t)answer->size, PROT_READ, MAP_PRIVATE, output_fd, 0);
        if (data == MAP_FAILED)
                return -errno;
        packed->data = data;
        packed->size = (size_t)answer->size;
        return 0;
}

static int ask(const ListLimits *limits, const WorkerListRequest *request,
               const int fds[static WORKER_REQUEST_FDS], Packed *packed)
{
        _cleanup_(worker_process_end) WorkerProcess process = WORKER_PROCESS_NONE;
        WorkerListAnswer answer = {};
        int64_t deadline_nsec;
        int r, status;
        ssize_t n;

        r = worker_process_start(limits->program ? limits->program : worker_program_path(),
                                 WORKER_LISTS, limits->memory_bytes, &process);
        if (r < 0)
                return r;
        deadline_nsec = clock_monotonic_nsec(clock_system()) +
                        (int64_t)limits->timeout_msec * NSEC_PER_MSEC;
        r = worker_process_send(&process, request, sizeof(*request), fds, WORKER_REQUEST_FDS);
        if (r < 0 && r != -EPIPE)
                return r;
        n = worker_process_receive(&process, &answer, sizeof(answer), deadline_nsec);
        status = worker_process_stop(&process);
        r = judge_answer(n, &answer, status, packed);
        if (r < 0 || packed->failure >= 0)
                return r;
        return map_output(fds[1], &answer, packed);
}

static int read_list(const ListLimits *limits, WorkerListKind kind, int fd, const char *name,
                     Date today, Packed *packed)
{
        _cleanup_close_ int input_fd = -EBADF;
        _cleanup_close_ int output_fd = -EBADF;
        WorkerListRequest request;
        int r;

        r = input_open_read_only(fd, &input_fd);
        if (r >= 0)
                r = fill_request(&request, kind, name, today, input_fd);
        if (r < 0)
                return r;
        output_fd = memfd_create("idphoto-list", MFD_CLOEXEC);
        if (output_fd < 0)
                return -errno;
        return ask(limits, &request, (const int[]){input_fd, output_fd}, packed);
}

int worker_read_roster(const ListLimits *limits, int fd, const char *name, Date today, Roster **ret)
{
        _cleanup_(packed_done) Packed packed = {};
        int r = read_list(limits, WORKER_LIST_ROSTER, fd, name, today, &packed);

        if (r >= 0 && packed.data) {
                r = roster_unpack(packed.data, packed.size, ret);
                if (r != -EBADMSG)
                        return r;
                packed.failure = ROSTER_READER_CRASHED;
                r = 0;
        }
        return r < 0 ? r : roster_unreadable(packed.failure, ret);
}

int worker_read_progress_list(const ListLimits *limits, int fd, const char *name, Date today,
                              ProgressList **ret)
{
        _cleanup_(packed_done) Packed packed = {};
        int r = read_list(limits, WORKER_LIST_PROGRESS, fd, name, today, &packed);

        if (r >= 0 && packed.data) {
                r = progress_list_unpack(packed.data, packed.size, ret);
                if (r != -EBADMSG)
                        return r;
                packed.failure = ROSTER_READER_CRASHED;
                r = 0;
        }
        return r < 0 ? r : progress_list_unreadable(packed.failure, ret);
}
