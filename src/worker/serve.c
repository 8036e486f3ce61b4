/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include "protocol.h"
#include "sandbox.h"
#include "warmup.h"

#include <idphoto/io.h>
#include <idphoto/text.h>

#include <string.h>
#include <sys/socket.h>

typedef struct Job {
        WorkerRequest request;
        int input_fd;
        int output_fd;
} Job;

static void job_done(Job *job)
{
        job->input_fd = safe_close(job->input_fd);
        job->output_fd = safe_close(job->output_fd);
}

#define _cleanup_job_ _cleanup_(job_done)

static int send_packet(const void *data, size_t size)
{
        struct iovec part = {.iov_base = (void *)data, .iov_len = size};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

        while (sendmsg(WORKER_SOCKET_FD, &message, MSG_NOSIGNAL) < 0)
                if (errno != EINTR)
                        return -errno;
        return 0;
}

/* 1 with a job, 0 when the parent has hung up, -EBADMSG when it does not speak our protocol. */
static int receive_job(Job *ret)
{
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(WORKER_REQUEST_FDS * sizeof(int))];
        } control;
        Job job = {.input_fd = -EBADF, .output_fd = -EBADF};
        struct iovec part = {.iov_base = &job.request, .iov_len = sizeof(job.request)};
        struct msghdr message = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control.bytes),
        };
        const struct cmsghdr *header;
        int fds[WORKER_REQUEST_FDS];
        ssize_t n;

        do
                n = recvmsg(WORKER_SOCKET_FD, &message, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        if (n <= 0)
                return n == 0 || errno == ECONNRESET ? 0 : -errno;
        header = CMSG_FIRSTHDR(&message);
        if (n != sizeof(job.request) || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
            job.request.magic != WORKER_PROTOCOL_MAGIC ||
            job.request.task >= _WORKER_TASK_KIND_MAX || !header ||
            header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
            header->cmsg_len != CMSG_LEN(sizeof(fds)))
                return -EBADMSG;
        memcpy(fds, CMSG_DATA(header), sizeof(fds));
        job.input_fd = fds[0];
        job.output_fd = fds[1];
        *ret = job;
        return 1;
}

/* Of a file above the limit one byte more than allowed is read, which is enough to say what it is
 * and that it is too large. */
static int read_photo(const Job *job, char **ret, size_t *ret_size)
{
        uint64_t size = MIN(job->request.size, job->request.rules.max_file_bytes + 1);
        _cleanup_free_ char *data = malloc((size_t)size + 1);
        ssize_t n;

        if (!data)
                return -ENOMEM;
        n = pread_full(job->input_fd, data, (size_t)size, 0);
        if (n < 0)
                return -EIO;
        *ret = TAKE_PTR(data);
        *ret_size = (size_t)n;
        return 0;
}

/* The size that a person sees is the file's, not that of the part that was read. */
static void tell_true_size(Findings *findings, uint64_t size)
{
        for (size_t i = 0; i < findings->n; i++)
                if (findings->items[i].code == REASON_FILE_TOO_LARGE)
                        findings->items[i].measured = (double)size;
}

static int hand_over(const Job *job, const uint8_t *jpeg, size_t size, WorkerAnswer *answer)
{
        int r;

        if (size > WORKER_OUTPUT_MAX)
                return -EFBIG;
        r = pwrite_full(job->output_fd, jpeg, size, 0);
        if (r < 0)
                return r;
        answer->jpeg_size = (uint32_t)size;
        return 0;
}

static int render_centre(const Job *job, const WorkerExaminer *examiner, WorkerAnswer *answer)
{
        _cleanup_free_ uint8_t *jpeg = NULL;
        _cleanup_free_ char *data = NULL;
        size_t size = 0, jpeg_size = 0;
        int r;

        r = read_photo(job, &data, &size);
        if (r >= 0)
                r = examiner->render_centre(examiner->userdata, data, size, &job->request.rules,
                                            &jpeg, &jpeg_size);
        return r < 0 ? r : hand_over(job, jpeg, jpeg_size, answer);
}

static int examine(const Job *job, const WorkerExaminer *examiner, WorkerAnswer *answer)
{
        _cleanup_(photo_result_done) PhotoResult result = {};
        _cleanup_free_ char *data = NULL;
        size_t size = 0;
        int r;

        r = read_photo(job, &data, &size);
        if (r < 0)
                return r;
        r = examiner->examine(examiner->userdata, data, size, &job->request.rules, &result);
        if (r < 0)
                return r;
        if (job->request.size > size)
                tell_true_size(&result.findings, job->request.size);
        if (result.jpeg) {
                r = hand_over(job, result.jpeg, result.jpeg_size, answer);
                if (r < 0)
                        return r;
        }
        answer->info = result.info;
        answer->findings = result.findings;
        return 0;
}

static int serve_one(const Job *job, const WorkerExaminer *examiner, WorkerAnswer *answer)
{
        memset(answer, 0, sizeof(*answer));
        answer->error = job->request.task == WORKER_RENDER_CENTRE
                                ? render_centre(job, examiner, answer)
                                : examine(job, examiner, answer);
        answer->magic = WORKER_PROTOCOL_MAGIC;
        answer->sequence = job->request.sequence;
        return send_packet(answer, sizeof(*answer));
}

static int serve_until_closed(const WorkerExaminer *examiner)
{
        static WorkerAnswer answer; /* too large for a stack that decoders want */
        const WorkerGreeting greeting = worker_greeting();
        int r;

        r = send_packet(&greeting, sizeof(greeting));
        while (r >= 0) {
                _cleanup_job_ Job job = {.input_fd = -EBADF, .output_fd = -EBADF};

                r = receive_job(&job);
                if (r == 0)
                        return 0;
                if (r > 0)
                        r = serve_one(&job, examiner, &answer);
        }
        return r == -EPIPE ? 0 : r;
}

static int parse_arguments(int argc, char **argv, uint64_t *ret_memory_bytes)
{
        static const char option[] = "--memory=";
        unsigned long long value;
        char *end;

        if (argc != 2 || !text_starts_with(argv[1], option))
                return -EINVAL;
        errno = 0;
        value = strtoull(argv[1] + strlen(option), &end, 10);
        if (errno != 0 || *end || value == 0)
                return -EINVAL;
        *ret_memory_bytes = value;
        return 0;
}

int worker_serve(int argc, char **argv, const WorkerExaminer *examiner)
{
        uint64_t memory_bytes;
        int r;

        if (parse_arguments(argc, argv, &memory_bytes) < 0) {
                (void)fprintf(stderr, "idphoto-worker: started by idphotofs and idphotoctl, "
                                      "not by hand\n");
                return 2;
        }
        worker_warm_up();
        r = sandbox_detach(WORKER_SOCKET_FD);
        if (r >= 0 && examiner->prepare)
                r = examiner->prepare(examiner->userdata);
        if (r >= 0)
                r = sandbox_close(WORKER_SOCKET_FD, memory_bytes, WORKER_OUTPUT_MAX);
        if (r >= 0)
                r = serve_until_closed(examiner);
        return r < 0;
}
