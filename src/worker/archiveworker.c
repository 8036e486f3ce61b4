/* SPDX-License-Identifier: MIT */
#include <idphoto/archiveworker.h>

#include "input.h"
#include "process.h"
#include "protocol.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>
#include <idphoto/worker.h>

#include <string.h>
#include <sys/stat.h>

enum { LOOK_MSEC = 100 /* how often is looked at what the process does */ };

static void worker_process_end(WorkerProcess *process)
{
        (void)worker_process_stop(process);
}

/* The process keeps within the limits by itself, unless the archive has taken it over. */
static uint64_t output_bytes_max(const ArchiveLimits *limits)
{
        return limits->max_bytes + archive_list_bytes_max(limits->max_files);
}

static int look(const ArchiveOptions *options, int output_fd)
{
        struct stat st;

        if (fstat(output_fd, &st) < 0)
                return -errno;
        if ((uint64_t)st.st_size > output_bytes_max(&options->limits))
                return -EFBIG;
        return options->go_on ? options->go_on(options->userdata) : 0;
}

/* Waits for the answer. As worker_process_receive(), or what look() returned. */
static ssize_t await_answer(const ArchiveOptions *options, const WorkerProcess *process,
                            int output_fd, WorkerArchiveAnswer *ret)
{
        int64_t now = clock_monotonic_nsec(clock_system()),
                deadline = now + (int64_t)options->timeout_msec * NSEC_PER_MSEC;

        for (;;) {
                ssize_t n = worker_process_receive(process, ret, sizeof(*ret),
                                                   MIN(deadline, now + LOOK_MSEC * NSEC_PER_MSEC));
                int r;

                now = clock_monotonic_nsec(clock_system());
                if (n != -ETIMEDOUT || now >= deadline)
                        return n;
                r = look(options, output_fd);
                if (r < 0)
                        return r;
        }
}

/* Why nothing is to be taken: that the process itself gave, or that it gave none. */
static int judge_answer(ssize_t n, const WorkerArchiveAnswer *answer, ReasonCode *ret)
{
        *ret = REASON_ARCHIVE_UNREADABLE;
        if (n == -EFBIG) {
                *ret = REASON_ARCHIVE_TOO_LARGE;
                return 0;
        }
        if (n == -ETIMEDOUT || n == -EMSGSIZE || n == 0)
                return 0;
        if (n < 0)
                return (int)n;
        if (n != sizeof(*answer) || answer->magic != WORKER_PROTOCOL_MAGIC)
                return 0;
        if (answer->error == -EIO || answer->error == -ENOSPC || answer->error == -EDQUOT)
                return answer->error;
        if (answer->error == 0 &&
            (answer->outcome.reason < 0 || reason_is_about_archive(answer->outcome.reason) ||
             answer->outcome.reason == REASON_FORMAT_ARCHIVE))
                *ret = MAX(answer->outcome.reason, _REASON_INVALID);
        return 0;
}

/* The list behind the files. -EBADMSG: it is none. */
static int read_list(const ArchiveLimits *limits, int output_fd, const ArchiveOutcome *outcome,
                     ArchiveContent *ret)
{
        _cleanup_free_ char *list = NULL;
        struct stat st;
        ssize_t n;

        if (fstat(output_fd, &st) < 0)
                return -errno;
        if (outcome->data_bytes > limits->max_bytes ||
            outcome->list_bytes > archive_list_bytes_max(limits->max_files) ||
            outcome->data_bytes + outcome->list_bytes != (uint64_t)st.st_size)
                return -EBADMSG;
        list = malloc((size_t)outcome->list_bytes + 1);
        if (!list)
                return -ENOMEM;
        n = pread_full(output_fd, list, (size_t)outcome->list_bytes, (off_t)outcome->data_bytes);
        if (n < 0)
                return (int)n;
        return archive_list_read(list, (size_t)n, outcome->data_bytes, limits, ret);
}

static int ask(const ArchiveOptions *options, const WorkerArchiveRequest *request,
               const int fds[static WORKER_REQUEST_FDS], WorkerArchiveAnswer *answer,
               ReasonCode *ret)
{
        _cleanup_(worker_process_end) WorkerProcess process = WORKER_PROCESS_NONE;
        int r = worker_process_start(options->program ? options->program : worker_program_path(),
                                     WORKER_ARCHIVES, options->memory_bytes, &process);

        if (r < 0)
                return r;
        r = worker_process_send(&process, request, sizeof(*request), fds, WORKER_REQUEST_FDS);
        if (r < 0 && r != -EPIPE)
                return r;
        return judge_answer(await_answer(options, &process, fds[1], answer), answer, ret);
}

int worker_unpack(const ArchiveOptions *options, int fd, int output_fd, ReasonCode *ret_reason,
                  ArchiveContent *ret_content)
{
        WorkerArchiveRequest request = {.magic = WORKER_PROTOCOL_MAGIC, .limits = options->limits};
        _cleanup_close_ int input_fd = -EBADF;
        WorkerArchiveAnswer answer = {};
        ReasonCode reason;
        struct stat st;
        int r = input_open_read_only(fd, &input_fd);

        if (r < 0)
                return r;
        if (fstat(input_fd, &st) < 0)
                return -errno;
        request.size = (uint64_t)st.st_size;
        r = ask(options, &request, (const int[]){input_fd, output_fd}, &answer, &reason);
        if (r < 0)
                return r;
        if (reason < 0) {
                r = read_list(&options->limits, output_fd, &answer.outcome, ret_content);
                if (r < 0 && r != -EBADMSG)
                        return r;
                if (r < 0)
                        reason = REASON_ARCHIVE_UNREADABLE;
        }
        *ret_reason = reason;
        return 0;
}
