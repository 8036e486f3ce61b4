/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include "channel.h"
#include "sandbox.h"
#include "servearchive.h"
#include "servelist.h"
#include "warmup.h"

#include <idphoto/io.h>
#include <idphoto/text.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

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

/* As channel_receive(). */
static int receive_job(Job *ret)
{
        int fds[WORKER_REQUEST_FDS];
        int r = channel_receive(&ret->request, sizeof(ret->request), fds, WORKER_REQUEST_FDS);

        if (r <= 0)
                return r;
        ret->input_fd = fds[0];
        ret->output_fd = fds[1];
        return ret->request.task < _WORKER_TASK_KIND_MAX ? 1 : -EBADMSG;
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
        return channel_send(answer, sizeof(*answer));
}

static int serve_until_closed(const WorkerExaminer *examiner)
{
        static WorkerAnswer answer; /* too large for a stack that decoders want */
        int r = 0;

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

typedef struct Arguments {
        uint64_t memory_bytes;
        WorkerDuty duty;
} Arguments;

static int parse_arguments(int argc, char **argv, Arguments *ret)
{
        static const char option[] = "--memory=";
        static const char *const duties[_WORKER_DUTY_MAX] = {
                [WORKER_PHOTOS] = "--photos",
                [WORKER_LISTS] = "--lists",
                [WORKER_ARCHIVES] = "--archives",
        };
        Arguments arguments = {.duty = WORKER_PHOTOS};
        unsigned long long value;
        char *end;

        if (argc < 2 || argc > 3 || !text_starts_with(argv[1], option))
                return -EINVAL;
        if (argc == 3) {
                arguments.duty = (WorkerDuty)text_find(duties, _WORKER_DUTY_MAX, argv[2]);
                if (arguments.duty < 0)
                        return -EINVAL;
        }
        errno = 0;
        value = strtoull(argv[1] + strlen(option), &end, 10);
        if (errno != 0 || *end || value == 0)
                return -EINVAL;
        arguments.memory_bytes = value;
        *ret = arguments;
        return 0;
}

/* Of the three one is used. */
typedef struct Duties {
        const WorkerExaminer *examiner;
        const WorkerListReader *reader;
        const WorkerUnpacker *unpacker;
} Duties;

static int prepare(WorkerDuty duty, const Duties *duties)
{
        switch (duty) {
        case WORKER_LISTS:
                return duties->reader->prepare ? duties->reader->prepare() : 0;
        case WORKER_ARCHIVES:
                return duties->unpacker->prepare ? duties->unpacker->prepare() : 0;
        default:
                return duties->examiner->prepare
                               ? duties->examiner->prepare(duties->examiner->userdata)
                               : 0;
        }
}

static int greet(void)
{
        const WorkerGreeting greeting = worker_greeting();

        return channel_send(&greeting, sizeof(greeting));
}

/* What clients do comes first: they wait, and their photos are safe once they have been received.
 * Where the kernel shares the cores among sessions first, the second says so for this one. */
static void step_back(void)
{
        enum { NICE = 8 };
        _cleanup_close_ int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);

        (void)!nice(NICE);
        if (fd >= 0)
                (void)dprintf(fd, "%d", NICE);
}

/* A copy of this process with that socket for its own. Its parent is this one's: who asked for it
 * waits for it, and sees how it ends. 0 in the copy. */
static pid_t copy_process(int socket)
{
        pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

        if (pid != 0)
                return pid < 0 ? -errno : pid;
        if (dup2(socket, WORKER_SOCKET_FD) < 0 || sandbox_detach_copy(WORKER_SOCKET_FD) < 0)
                _exit(1);
        return 0;
}

/* 1: this is a new worker; 0: no more are wanted. */
static int serve_births(void)
{
        int r;

        do {
                WorkerBirth birth;
                WorkerBorn born = {.magic = WORKER_PROTOCOL_MAGIC};
                _cleanup_close_ int socket = -EBADF;

                r = channel_receive(&birth, sizeof(birth), &socket, 1);
                if (r <= 0)
                        break;
                born.pid = copy_process(socket);
                if (born.pid == 0)
                        return 1;
                r = channel_send(&born, sizeof(born));
        } while (r >= 0);
        return r == -EPIPE ? 0 : r;
}

static int serve(WorkerDuty duty, const Duties *duties)
{
        switch (duty) {
        case WORKER_LISTS:
                return serve_list(duties->reader);
        case WORKER_ARCHIVES:
                return serve_archive(duties->unpacker);
        default:
                return serve_until_closed(duties->examiner);
        }
}

int worker_serve(int argc, char **argv, const WorkerExaminer *examiner,
                 const WorkerListReader *reader, const WorkerUnpacker *unpacker)
{
        static const uint64_t output_bytes[_WORKER_DUTY_MAX] = {
                [WORKER_PHOTOS] = WORKER_OUTPUT_MAX,
                [WORKER_LISTS] = WORKER_LIST_OUTPUT_MAX,
                /* The one who asked watches how much it is. */
                [WORKER_ARCHIVES] = INT64_MAX,
        };
        const Duties duties = {examiner, reader, unpacker};
        Arguments arguments;
        int r;

        if (parse_arguments(argc, argv, &arguments) < 0) {
                (void)fprintf(stderr, "idphoto-worker: started by idphotofs and idphotoctl, "
                                      "not by hand\n");
                return 2;
        }
        if (arguments.duty == WORKER_PHOTOS)
                step_back();
        worker_warm_up(arguments.duty);
        r = sandbox_detach(WORKER_SOCKET_FD);
        if (r >= 0)
                r = prepare(arguments.duty, &duties);
        if (r >= 0 && arguments.duty == WORKER_PHOTOS) {
                r = greet();
                if (r >= 0)
                        r = serve_births();
                /* What the libraries hold is for workers; a seed need not give it back. */
                if (r <= 0)
                        _exit(r < 0);
        }
        if (r >= 0)
                r = sandbox_close(WORKER_SOCKET_FD, arguments.memory_bytes,
                                  output_bytes[arguments.duty]);
        if (r >= 0)
                r = greet();
        if (r >= 0)
                r = serve(arguments.duty, &duties);
        return r < 0 && r != -EPIPE;
}
