/* SPDX-License-Identifier: MIT */
#include <idphoto/worker.h>

#include "answer.h"
#include "budget.h"
#include "input.h"
#include "process.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* The program, its libraries and the face tables, beside what the rules allow for a photo. */
#define MEMORY_BYTES_PROGRAM (128ULL << 20)

#define TIMEOUT_MSEC_DEFAULT 60000u

/* A worker is replaced after so many photos: whatever a photo may have left in its memory, a leak
 * or worse, is not kept for ever. */
#define PHOTOS_PER_PROCESS 32u

/*
 * Whom to blame when a child fails? Not the photo in its hands, if an earlier one may have taken
 * the child over or worn it out, or if a stranger killed it (the machine's out-of-memory killer, an
 * operator): then the photo is given to a fresh child. Only what it does to a fresh one counts.
 */
#define ATTEMPTS_MAX 3u

struct Worker {
        char *program;
        PhotoRules rules;
        uint64_t memory_bytes;
        int64_t timeout_nsec;
        WorkerProcess seed; /* of which the process is a copy */
        WorkerProcess process;
        unsigned photos_left; /* of the running process */
        int64_t owner;        /* of the photos that the process has seen */
        uint32_t sequence;
        RestartBudget budget;
};

/* How one attempt to have a photo examined ended. */
typedef enum Outcome {
        OUTCOME_VERDICT,
        OUTCOME_CRASHED,
        OUTCOME_KILLED, /* by a stranger */
        OUTCOME_TIMEOUT,
        OUTCOME_MEMORY,
        OUTCOME_GONE, /* the child had died before it saw the photo */
} Outcome;

/*
 * A build folder is known by its build.ninja, not by a path compiled in, which every installed copy
 * would carry and which would be wrong once the folder is moved. Who can put that file into a
 * folder above an installed program can replace the program itself.
 */
static char built_program[4096];
static pthread_once_t built_program_once = PTHREAD_ONCE_INIT;

static void find_built_program(void)
{
        char folder[sizeof(built_program) - sizeof("/src/idphoto-worker")];
        ssize_t n = readlink("/proc/self/exe", folder, sizeof(folder));
        char *slash;

        if (n <= 0 || (size_t)n >= sizeof(folder))
                return;
        folder[n] = '\0';
        while ((slash = strrchr(folder, '/'))) {
                char mark[sizeof(built_program)];

                *slash = '\0';
                (void)snprintf(mark, sizeof(mark), "%s/build.ninja", folder);
                if (access(mark, F_OK) < 0)
                        continue;
                (void)snprintf(built_program, sizeof(built_program), "%s/src/idphoto-worker",
                               folder);
                return;
        }
}

const char *worker_program_path(void)
{
        const char *from_environment = secure_getenv("IDPHOTO_WORKER");

        if (from_environment && *from_environment)
                return from_environment;
        /* Where this program lies does not change while it runs. */
        (void)pthread_once(&built_program_once, find_built_program);
        return *built_program ? built_program : WORKER_PATH;
}

static uint64_t memory_bytes_default(const PhotoRules *rules)
{
        return MEMORY_BYTES_PROGRAM + rules->max_memory_bytes + rules->max_file_bytes;
}

int worker_new(const WorkerOptions *options, Worker **ret)
{
        _cleanup_(worker_freep) Worker *worker = calloc(1, sizeof(*worker));

        if (!worker)
                return -ENOMEM;
        worker->seed = WORKER_PROCESS_NONE;
        worker->process = WORKER_PROCESS_NONE;
        worker->rules = options->rules;
        worker->memory_bytes = options->memory_bytes ? options->memory_bytes
                                                     : memory_bytes_default(&options->rules);
        worker->timeout_nsec = NSEC_PER_MSEC * (options->timeout_msec ? options->timeout_msec
                                                                      : TIMEOUT_MSEC_DEFAULT);
        worker->program = strdup(options->program ? options->program : worker_program_path());
        if (!worker->program)
                return -ENOMEM;
        restart_budget_fill(&worker->budget, clock_monotonic_nsec(clock_system()));
        *ret = TAKE_PTR(worker);
        return 0;
}

void worker_free(Worker *worker)
{
        if (!worker)
                return;
        (void)worker_process_stop(&worker->process);
        (void)worker_process_stop(&worker->seed);
        free(worker->program);
        free(worker);
}

static int64_t now_nsec(void)
{
        return clock_monotonic_nsec(clock_system());
}

/* ---- the child ---- */

static int copy_seed(Worker *worker)
{
        int r = worker_process_copy(&worker->seed, &worker->process);

        if (r < 0)
                (void)worker_process_stop(&worker->seed);
        return r;
}

static int start_child(Worker *worker)
{
        int r = -EPIPE;

        if (!restart_budget_take(&worker->budget, now_nsec()))
                return -EAGAIN;
        /* A stranger may have killed the seed. */
        if (worker->seed.pid > 0)
                r = copy_seed(worker);
        if (r < 0) {
                r = worker_process_start(worker->program, WORKER_PHOTOS, worker->memory_bytes,
                                         &worker->seed);
                if (r >= 0)
                        r = copy_seed(worker);
        }
        if (r < 0)
                return r;
        /* The installation works. From here on every death is paid for with a photo's verdict. */
        restart_budget_fill(&worker->budget, now_nsec());
        worker->photos_left = PHOTOS_PER_PROCESS;
        return 0;
}

/* An idle child has nothing to say. One that speaks, or has hung up, is replaced before it sees a
 * photo, so that a photo pays only for itself. */
static int ensure_child(Worker *worker)
{
        uint8_t byte;

        if (worker->process.pid > 0 &&
            (worker->photos_left == 0 ||
             worker_process_receive(&worker->process, &byte, sizeof(byte), 0) != -ETIMEDOUT))
                (void)worker_process_stop(&worker->process);
        return worker->process.pid > 0 ? 0 : start_child(worker);
}

void worker_serve_for(Worker *worker, int64_t owner)
{
        if (worker->owner != owner && worker->photos_left < PHOTOS_PER_PROCESS)
                (void)worker_process_stop(&worker->process);
        worker->owner = owner;
}

/* ---- one photo ---- */

/* The finished JPEG, from a memfd that the child still holds: sealed first, so that what is checked
 * is what is used. -EBADMSG when it is not what the answer says. */
static int take_jpeg(int output_fd, size_t size, uint8_t **ret)
{
        _cleanup_free_ uint8_t *data = NULL;
        struct stat st;
        ssize_t n;

        if (fcntl(output_fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) < 0 ||
            fstat(output_fd, &st) < 0 || st.st_size != (off_t)size)
                return -EBADMSG;
        data = malloc(size);
        if (!data)
                return -ENOMEM;
        n = pread_full(output_fd, data, size, 0);
        if (n < 0)
                return (int)n;
        if ((size_t)n != size || !answer_jpeg_plausible(data, size))
                return -EBADMSG;
        *ret = TAKE_PTR(data);
        return 0;
}

/* What a child is asked, and what it said. */
typedef struct Question {
        WorkerTaskKind task;
        int input_fd;
        uint64_t size;
        int refusal;        /* RENDER_CENTRE: -ERANGE or -ENODATA; then there is no JPEG */
        PhotoResult result; /* RENDER_CENTRE: the JPEG only */
} Question;

/* A photo has its time of a core. On a machine that is busy it may take so many times as long, while
 * it gets on at all. */
#define BUSY_TIMES 10

/* As worker_process_receive(). */
static ssize_t receive_answer(const Worker *worker, int64_t cpu_before, WorkerAnswer *ret)
{
        const int64_t begun = now_nsec(), last = begun + BUSY_TIMES * worker->timeout_nsec;
        int64_t deadline = begun + worker->timeout_nsec, seen = cpu_before;

        for (;;) {
                ssize_t n = worker_process_receive(&worker->process, ret, sizeof(*ret), deadline);
                int64_t cpu, left;

                if (n != -ETIMEDOUT || deadline >= last)
                        return n;
                cpu = worker_process_cpu_nsec(&worker->process);
                left = worker->timeout_nsec - (cpu - cpu_before);
                if (cpu <= seen || left <= 0)
                        return n;
                seen = cpu;
                deadline = MIN(now_nsec() + MAX(left, worker->timeout_nsec / 2), last);
        }
}

static int read_answer(Worker *worker, int output_fd, int64_t cpu_before, Question *question)
{
        _cleanup_free_ WorkerAnswer *answer = malloc(sizeof(*answer));
        _cleanup_(photo_result_done) PhotoResult result = {};
        ssize_t n;
        int r;

        if (!answer)
                return -ENOBUFS;
        n = receive_answer(worker, cpu_before, answer);
        if (n <= 0)
                return n == 0 ? -EPIPE : (int)n;
        if (question->task == WORKER_RENDER_CENTRE)
                r = answer_check_centre(answer, (size_t)n, worker->sequence, &result.jpeg_size);
        else
                r = answer_check(answer, (size_t)n, worker->sequence, &worker->rules, &result,
                                 &result.jpeg_size);
        if (r == -ERANGE || r == -ENODATA) {
                question->refusal = r;
                return 0;
        }
        if (r < 0)
                return r;
        if (result.jpeg_size > 0) {
                r = take_jpeg(output_fd, result.jpeg_size, &result.jpeg);
                if (r < 0)
                        return r == -ENOMEM ? -ENOBUFS : r;
        }
        question->result = result;
        result = (PhotoResult){};
        return 0;
}

/* Whether the photo can indeed not be read. A worker that only says so does not get the photo tried
 * again for ever. */
static bool unreadable(int fd, uint64_t size)
{
        enum { CHUNK = 128 * 1024 };
        _cleanup_free_ char *chunk = malloc(CHUNK);
        uint64_t offset = 0;

        while (chunk && offset < size) {
                ssize_t n = pread_full(fd, chunk, CHUNK, (off_t)offset);

                if (n <= 0)
                        return n < 0;
                offset += (uint64_t)n;
        }
        return !chunk;
}

static Outcome outcome_of_death(int wait_status)
{
        return WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL ? OUTCOME_KILLED
                                                                            : OUTCOME_CRASHED;
}

/* Puts the question to the running child. 0 with an outcome, and with OUTCOME_VERDICT its answer; a
 * negative errno when this machine has run out of something. The child is gone afterwards unless it
 * gave a verdict. */
static int ask_child(Worker *worker, Question *question, Outcome *ret_outcome)
{
        _cleanup_close_ int output_fd =
                memfd_create("idphoto-output", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        const int64_t cpu_before = worker_process_cpu_nsec(&worker->process);
        WorkerRequest request;
        int r, status;

        if (output_fd < 0)
                return -errno;
        memset(&request, 0, sizeof(request));
        request.magic = WORKER_PROTOCOL_MAGIC;
        request.sequence = ++worker->sequence;
        request.size = question->size;
        request.task = question->task;
        request.rules = worker->rules;
        r = worker_process_send(&worker->process, &request, sizeof(request),
                                (const int[]){question->input_fd, output_fd}, WORKER_REQUEST_FDS);
        if (r < 0) {
                (void)worker_process_stop(&worker->process);
                *ret_outcome = OUTCOME_GONE;
                return r == -EPIPE || r == -EAGAIN ? 0 : r;
        }
        worker->photos_left--;
        r = read_answer(worker, output_fd, cpu_before, question);
        if (r == 0) {
                *ret_outcome = OUTCOME_VERDICT;
                return 0;
        }
        status = worker_process_stop(&worker->process);
        /* Copies of one seed have one layout in memory: who failed this one may know it. */
        (void)worker_process_stop(&worker->seed);
        switch (r) {
        case -ENOMEM:
                *ret_outcome = OUTCOME_MEMORY;
                return 0;
        case -ETIMEDOUT:
                *ret_outcome = OUTCOME_TIMEOUT;
                return 0;
        case -EPIPE:
                *ret_outcome = outcome_of_death(status);
                return 0;
        case -EIO:
                if (unreadable(question->input_fd,
                               MIN(question->size, worker->rules.max_file_bytes + 1)))
                        return r;
                *ret_outcome = OUTCOME_CRASHED;
                return 0;
        case -EBADMSG:
        case -EMSGSIZE:
                *ret_outcome = OUTCOME_CRASHED;
                return 0;
        default:
                return r;
        }
}

static void result_of_failure(const Worker *worker, Outcome outcome, PhotoResult *ret)
{
        PhotoResult result = {.info = {.geometry = PHOTO_GEOMETRY_UNKNOWN}};

        switch (outcome) {
        case OUTCOME_TIMEOUT: {
                double seconds = (double)worker->timeout_nsec / (double)NSEC_PER_SEC;

                (void)findings_add_value(&result.findings, REASON_EXAMINER_TIMEOUT, FINDING_REJECT,
                                         (double)NAN, (double)NAN, seconds);
                break;
        }
        case OUTCOME_MEMORY:
        case OUTCOME_KILLED:
                (void)findings_add(&result.findings, REASON_EXAMINER_MEMORY, FINDING_REJECT);
                break;
        default:
                (void)findings_add(&result.findings, REASON_EXAMINER_CRASHED, FINDING_REJECT);
        }
        *ret = result;
}

/* As often as may be needed, each time of a child that may be trusted with it. 0 with the last
 * outcome. */
static int ask(Worker *worker, Question *question, int input_fd, Outcome *ret)
{
        _cleanup_close_ int read_fd = -EBADF;
        int r;

        r = input_open_read_only(input_fd, &read_fd);
        if (r < 0)
                return r;
        question->input_fd = read_fd;
        for (unsigned attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                bool fresh;

                r = ensure_child(worker);
                if (r < 0)
                        return r;
                fresh = worker->photos_left == PHOTOS_PER_PROCESS;
                r = ask_child(worker, question, ret);
                if (r < 0)
                        return r;
                if (*ret == OUTCOME_VERDICT)
                        return 0;
                if (fresh && *ret != OUTCOME_KILLED && *ret != OUTCOME_GONE)
                        break;
        }
        return *ret == OUTCOME_GONE ? -EAGAIN : 0;
}

int worker_examine(Worker *worker, int input_fd, uint64_t size, PhotoResult *ret)
{
        Question question = {.task = WORKER_EXAMINE, .size = size};
        Outcome outcome = OUTCOME_GONE;
        int r = ask(worker, &question, input_fd, &outcome);

        if (r < 0)
                return r;
        if (outcome == OUTCOME_VERDICT)
                *ret = question.result;
        else
                result_of_failure(worker, outcome, ret);
        return 0;
}

int worker_render_centre(Worker *worker, int input_fd, uint64_t size, uint8_t **ret_jpeg,
                         size_t *ret_size)
{
        Question question = {.task = WORKER_RENDER_CENTRE, .size = size};
        Outcome outcome = OUTCOME_GONE;
        int r = ask(worker, &question, input_fd, &outcome);

        if (r < 0)
                return r;
        switch (outcome) {
        case OUTCOME_VERDICT:
                break;
        case OUTCOME_TIMEOUT:
                return -ETIMEDOUT;
        case OUTCOME_MEMORY:
        case OUTCOME_KILLED:
                return -ENOMEM;
        default:
                return -EPROTO;
        }
        if (question.refusal < 0)
                return question.refusal;
        *ret_jpeg = question.result.jpeg;
        *ret_size = question.result.jpeg_size;
        return 0;
}
