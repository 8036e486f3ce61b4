/* SPDX-License-Identifier: MIT */
#include "worker/protocol.h"
#include "worker/serve.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/*
 * A worker whose decoder has been taken over: the first word of a "photo" says what it tries. Never
 * installed. What it is asked to try and is prevented from ends the process; what fails harmlessly,
 * and every other photo, is answered as an honest worker would.
 */

#define INPUT_FD  4
#define OUTPUT_FD 5

#if HAVE_SANITIZERS
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
        return "detect_leaks=0:allocator_may_return_null=1:handle_segv=0:handle_abort=0";
}
#endif

/* Set before the sandbox closes: getppid() is dead afterwards. */
static pid_t parent;

/* Calls by number, past the C library's caches and cancellation. */
#define TRY(call, ...) (void)syscall(SYS_##call, ##__VA_ARGS__)

static int accept_photo(PhotoResult *ret)
{
        size_t size = PHOTO_BYTES_MIN;
        uint8_t *jpeg = calloc(1, size);

        if (!jpeg)
                return -ENOMEM;
        memcpy(jpeg, "\xff\xd8\xff\xe0", 4);
        memcpy(jpeg + size - 2, "\xff\xd9", 2);
        *ret = (PhotoResult){
                .info = {.format = PHOTO_FORMAT_JPEG, .quality = 90},
                .jpeg = jpeg,
                .jpeg_size = size,
        };
        (void)findings_add(&ret->findings, REASON_RESIZED, FINDING_FIXED);
        return 0;
}

static int reject_photo(PhotoResult *ret, ReasonCode code)
{
        *ret = (PhotoResult){.info = {.format = PHOTO_FORMAT_JPEG}};
        (void)findings_add(&ret->findings, code, FINDING_REJECT);
        return 0;
}

static void send_bytes(const void *data, size_t size)
{
        struct iovec part = {.iov_base = (void *)data, .iov_len = size};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

        (void)sendmsg(WORKER_SOCKET_FD, &message, MSG_NOSIGNAL);
}

static WorkerAnswer honest_rejection(uint32_t sequence)
{
        WorkerAnswer answer;

        memset(&answer, 0, sizeof(answer));
        answer.magic = WORKER_PROTOCOL_MAGIC;
        answer.sequence = sequence;
        (void)findings_add(&answer.findings, REASON_BLUR, FINDING_REJECT);
        return answer;
}

/* ---- escapes: none of these returns in a sandbox that holds ---- */

static void try_open(void)
{
        TRY(openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static void try_socket(void)
{
        TRY(socket, AF_INET, SOCK_STREAM, 0);
}

static void try_fork(void)
{
        TRY(clone, SIGCHLD, 0, 0, 0, 0);
}

static void try_exec(void)
{
        static char name[] = "/bin/true";
        char *const argv[] = {name, NULL};

        TRY(execve, name, argv, NULL);
}

static void try_ptrace(void)
{
        TRY(ptrace, PTRACE_ATTACH, parent, 0, 0);
}

static void try_kill(void)
{
        TRY(kill, parent, SIGTERM);
}

static void try_executable_memory(void)
{
        TRY(mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
            0);
}

static void try_foreign_message(void)
{
        struct msghdr message = {};

        TRY(sendmsg, WORKER_SOCKET_FD + 1, &message, 0);
}

static void try_flood_output(void)
{
        static char chunk[1 << 20];

        for (int i = 0; i < 1024; i++)
                if (pwrite(OUTPUT_FD, chunk, sizeof(chunk), (off_t)i * (off_t)sizeof(chunk)) < 0)
                        return;
}

static void try_endless_loop(void)
{
        for (volatile unsigned i = 0;; i++)
                ;
}

static void try_crash(void)
{
        raise(SIGSEGV);
        abort();
}

static void try_quiet_end(void)
{
        _exit(0);
}

static void try_short_answer(void)
{
        send_bytes("short", 5);
}

static void try_empty_answer(void)
{
        send_bytes("", 0);
}

static void try_long_answer(void)
{
        static char bytes[sizeof(WorkerAnswer) + 1];

        send_bytes(bytes, sizeof(bytes));
}

static void try_stale_answer(void)
{
        WorkerAnswer answer = honest_rejection(0xffffffff);

        send_bytes(&answer, sizeof(answer));
}

/* ---- verdicts that no honest worker gives ---- */

static void lie_code(PhotoResult *result)
{
        result->findings.items[0].code = (ReasonCode)4711;
}

static void lie_negative_code(PhotoResult *result)
{
        result->findings.items[0].code = _REASON_INVALID;
}

static void lie_level(PhotoResult *result)
{
        result->findings.items[0].level = (FindingLevel)77;
}

static void lie_count(PhotoResult *result)
{
        result->findings.n = SIZE_MAX;
}

static void lie_infinity(PhotoResult *result)
{
        result->findings.items[0].max = (double)INFINITY;
}

static void lie_endless_detail(PhotoResult *result)
{
        memset(result->findings.items[0].detail, 'x', FINDING_DETAIL_SIZE);
}

static void lie_escape_detail(PhotoResult *result)
{
        (void)snprintf(result->findings.items[0].detail, FINDING_DETAIL_SIZE, "\033[2J");
}

static void lie_format(PhotoResult *result)
{
        result->info.format = (PhotoFormat)-5;
}

static void lie_no_jpeg(PhotoResult *result)
{
        free(result->jpeg);
        result->jpeg = NULL;
        result->jpeg_size = 0;
}

static void lie_small_jpeg(PhotoResult *result)
{
        result->jpeg_size = PHOTO_BYTES_MIN - 1;
}

static void lie_not_a_jpeg(PhotoResult *result)
{
        result->jpeg[0] = 'M';
}

static void lie_rejected_jpeg(PhotoResult *result)
{
        result->findings.items[0].level = FINDING_REJECT;
}

/* A writer that would change the picture after it has been checked. */
static void lie_mapped_output(PhotoResult *result _unused_)
{
        (void)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, OUTPUT_FD, 0);
}

/* ---- what fails without noise ---- */

static int try_write_input(PhotoResult *ret)
{
        if (pwrite(INPUT_FD, "x", 1, 0) >= 0)
                return reject_photo(ret, REASON_CORRUPT);
        return accept_photo(ret);
}

static int try_inherited_files(PhotoResult *ret)
{
        char byte;

        for (int fd = OUTPUT_FD + 1; fd < 1024; fd++)
                if (pread(fd, &byte, 1, 0) >= 0 || errno != EBADF)
                        return reject_photo(ret, REASON_CORRUPT);
        return accept_photo(ret);
}

/* What an earlier photo left on the heap must not come back in new memory. */
static int try_earlier_memory(PhotoResult *ret)
{
        static const size_t sizes[] = {24, 200, 1000, 5000, 40000, 100000};
        bool seen = false;

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                volatile char *memory = malloc(sizes[i]);

                if (!memory)
                        return -ENOMEM;
                for (size_t k = 0; k < sizes[i]; k++)
                        memory[k] = 'p';
                free((void *)memory);
                memory = malloc(sizes[i]);
                if (!memory)
                        return -ENOMEM;
                for (size_t k = 0; k < sizes[i]; k++)
                        seen = seen || memory[k] == 'p';
                free((void *)memory);
        }
        return seen ? reject_photo(ret, REASON_CORRUPT) : accept_photo(ret);
}

static int try_large_allocation(PhotoResult *ret)
{
        static const size_t size = (size_t)4 << 30;
        volatile char *memory = malloc(size);

        if (!memory)
                return -ENOMEM;
        for (size_t i = 0; i < size; i += 4096)
                memory[i] = 1;
        return reject_photo(ret, REASON_CORRUPT);
}

/* The first answer is believed, the second is one too many. The sequence number is that of the
 * first photo ever. */
static int try_two_answers(PhotoResult *ret)
{
        WorkerAnswer answer = honest_rejection(1);

        send_bytes(&answer, sizeof(answer));
        return accept_photo(ret);
}

static int try_false_io_error(PhotoResult *ret _unused_)
{
        return -EIO;
}

/* What it could have kept of photos that came before. */
static unsigned photos_seen;

static int try_earlier_photos(PhotoResult *ret)
{
        return photos_seen > 1 ? reject_photo(ret, REASON_CORRUPT) : accept_photo(ret);
}

/* Lets its own photo pass and fails at the next one. */
static bool time_bomb;

static int try_time_bomb(PhotoResult *ret)
{
        time_bomb = true;
        return accept_photo(ret);
}

static const struct {
        const char *word;
        void (*escape)(void);
        void (*lie)(PhotoResult *result);
        int (*quiet)(PhotoResult *ret);
} tricks[] = {
        {.word = "open", .escape = try_open},
        {.word = "socket", .escape = try_socket},
        {.word = "fork", .escape = try_fork},
        {.word = "exec", .escape = try_exec},
        {.word = "ptrace", .escape = try_ptrace},
        {.word = "kill", .escape = try_kill},
        {.word = "executable-memory", .escape = try_executable_memory},
        {.word = "foreign-message", .escape = try_foreign_message},
        {.word = "flood-output", .escape = try_flood_output},
        {.word = "endless-loop", .escape = try_endless_loop},
        {.word = "crash", .escape = try_crash},
        {.word = "quiet-end", .escape = try_quiet_end},
        {.word = "short-answer", .escape = try_short_answer},
        {.word = "empty-answer", .escape = try_empty_answer},
        {.word = "long-answer", .escape = try_long_answer},
        {.word = "stale-answer", .escape = try_stale_answer},
        {.word = "lie-code", .lie = lie_code},
        {.word = "lie-negative-code", .lie = lie_negative_code},
        {.word = "lie-level", .lie = lie_level},
        {.word = "lie-count", .lie = lie_count},
        {.word = "lie-infinity", .lie = lie_infinity},
        {.word = "lie-endless-detail", .lie = lie_endless_detail},
        {.word = "lie-escape-detail", .lie = lie_escape_detail},
        {.word = "lie-format", .lie = lie_format},
        {.word = "lie-no-jpeg", .lie = lie_no_jpeg},
        {.word = "lie-small-jpeg", .lie = lie_small_jpeg},
        {.word = "lie-not-a-jpeg", .lie = lie_not_a_jpeg},
        {.word = "lie-rejected-jpeg", .lie = lie_rejected_jpeg},
        {.word = "lie-mapped-output", .lie = lie_mapped_output},
        {.word = "write-input", .quiet = try_write_input},
        {.word = "inherited-files", .quiet = try_inherited_files},
        {.word = "earlier-memory", .quiet = try_earlier_memory},
        {.word = "earlier-photos", .quiet = try_earlier_photos},
        {.word = "large-allocation", .quiet = try_large_allocation},
        {.word = "two-answers", .quiet = try_two_answers},
        {.word = "false-io-error", .quiet = try_false_io_error},
        {.word = "time-bomb", .quiet = try_time_bomb},
};

static int examine(void *userdata _unused_, const void *data, size_t size,
                   const PhotoRules *rules _unused_, PhotoResult *ret)
{
        int r;

        if (time_bomb)
                try_quiet_end();
        photos_seen++;
        for (size_t i = 0; i < ELEMENTSOF(tricks); i++) {
                if (size != strlen(tricks[i].word) || memcmp(data, tricks[i].word, size) != 0)
                        continue;
                if (tricks[i].quiet)
                        return tricks[i].quiet(ret);
                if (tricks[i].escape)
                        tricks[i].escape();
                r = accept_photo(ret);
                if (r == 0 && tricks[i].lie)
                        tricks[i].lie(ret);
                return r;
        }
        if (size == 3 && memcmp(data, "bad", size) == 0)
                return reject_photo(ret, REASON_TOO_SMALL);
        return accept_photo(ret);
}

/* The same tricks, and a refusal; a rendition has no findings to lie with. */
static int render_centre(void *userdata, const void *data, size_t size, const PhotoRules *rules,
                         uint8_t **ret_jpeg, size_t *ret_size)
{
        _cleanup_(photo_result_done) PhotoResult result = {};
        uint8_t *jpeg;
        int r;

        if (size == 3 && memcmp(data, "bad", size) == 0)
                return -ERANGE;
        r = examine(userdata, data, size, rules, &result);
        if (r < 0)
                return r;
        *ret_size = result.jpeg_size == PHOTO_BYTES_MIN ? PHOTO_CENTRE_BYTES_MIN
                                                        : PHOTO_CENTRE_BYTES_MIN - 1;
        jpeg = calloc(1, *ret_size);
        if (!jpeg)
                return -ENOMEM;
        if (result.jpeg)
                memcpy(jpeg, result.jpeg, 4);
        memcpy(jpeg + *ret_size - 2, "\xff\xd9", 2);
        *ret_jpeg = jpeg;
        return 0;
}

static int prepare(void *userdata _unused_)
{
        parent = getppid();
        return getenv("IDPHOTO_CASCADES") ? -EIO : 0;
}

int main(int argc, char **argv)
{
        const WorkerExaminer examiner = {
                .prepare = prepare, .examine = examine, .render_centre = render_centre};

        return worker_serve(argc, argv, &examiner);
}
