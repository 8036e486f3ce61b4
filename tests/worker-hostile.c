/* SPDX-License-Identifier: MIT */
#include "archive/listform.h"
#include "worker/protocol.h"
#include "worker/serve.h"

#include <idphoto/listpack.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/*
 * A worker whose decoder has been taken over: the first word of a "photo", a "list" or an "archive"
 * says what it tries. Never installed. What it is asked to try and is prevented from ends the process; what fails harmlessly,
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

static WorkerListKind list_asked;

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

/* Needs half a second of a core. */
static int try_slowness(PhotoResult *ret)
{
        struct timespec used;

        do
                (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        while (used.tv_sec == 0 && used.tv_nsec < 500000000);
        return accept_photo(ret);
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
        {.word = "slowness", .quiet = try_slowness},
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
        r = accept_photo(ret);
        if (r == 0 && size == 4 && memcmp(data, "warn", size) == 0)
                (void)findings_add(&ret->findings, REASON_BLUR, FINDING_WARN);
        return r;
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

/* ---- lists: the same escapes, and lies of their own ---- */

/* Keeps the process alive, so that nothing but its answer says what it did. */
static void answer_list(uint64_t size, int error)
{
        WorkerListAnswer answer;

        memset(&answer, 0, sizeof(answer));
        answer.magic = WORKER_PROTOCOL_MAGIC;
        answer.error = error;
        answer.size = size;
        send_bytes(&answer, sizeof(answer));
        try_endless_loop();
}

static void try_garbage_list(void)
{
        static char garbage[100000];

        memset(garbage, 0xa5, sizeof(garbage));
        if (pwrite(OUTPUT_FD, garbage, sizeof(garbage), 0) == sizeof(garbage))
                answer_list(sizeof(garbage), 0);
}

static void try_list_longer_than_written(void)
{
        if (pwrite(OUTPUT_FD, "short", 5, 0) == 5)
                answer_list(UINT32_MAX, 0);
}

static void try_endless_list(void)
{
        answer_list(UINT64_MAX, 0);
}

static void try_empty_list(void)
{
        answer_list(0, 0);
}

static void try_list_error_of_no_errno(void)
{
        answer_list(0, 4711);
}

static void try_list_error_that_invites_a_retry(void)
{
        answer_list(0, -EAGAIN);
}

static int write_at_start(const void *data, size_t size, void *userdata)
{
        *(uint64_t *)userdata = size;
        return pwrite(OUTPUT_FD, data, size, 0) < 0 ? -errno : 0;
}

/* Sound in itself, and not what was asked for. */
static void try_list_of_the_other_kind(void)
{
        ProgressList list = {.problem = ROSTER_NO_ROWS};
        Roster roster = {};
        uint64_t size = 0;

        if (list_asked == WORKER_LIST_ROSTER)
                (void)progress_list_pack(&list, write_at_start, &size);
        else
                (void)roster_pack(&roster, write_at_start, &size);
        answer_list(size, 0);
}

static void lie_foreign_path(RosterRow *row)
{
        row->id_number = "../../../../etc/passwd";
}

static void lie_endless_name(RosterRow *row)
{
        static char name[5000];

        memset(name, 'x', sizeof(name) - 1);
        row->name = name;
}

static void lie_escape_name(RosterRow *row)
{
        row->name = "\033[2J";
}

static void lie_broken_utf8(RosterRow *row)
{
        row->point = "\xff\xfe";
}

static const struct {
        const char *word;
        void (*escape)(void);
        void (*lie)(RosterRow *row);
} list_tricks[] = {
        {.word = "garbage", .escape = try_garbage_list},
        {.word = "longer-than-written", .escape = try_list_longer_than_written},
        {.word = "endless-list", .escape = try_endless_list},
        {.word = "empty-list", .escape = try_empty_list},
        {.word = "error-of-no-errno", .escape = try_list_error_of_no_errno},
        {.word = "error-that-invites-a-retry", .escape = try_list_error_that_invites_a_retry},
        {.word = "other-kind", .escape = try_list_of_the_other_kind},
        {.word = "lie-foreign-path", .lie = lie_foreign_path},
        {.word = "lie-endless-name", .lie = lie_endless_name},
        {.word = "lie-escape-name", .lie = lie_escape_name},
        {.word = "lie-broken-utf8", .lie = lie_broken_utf8},
};

static RosterRow sound_row(void)
{
        return (RosterRow){
                .row = 2,
                .id_number = "219999199001010016",
                .name = "X",
                .student_no = "",
                .exam_no = "",
                .point = "P",
                .sheet = "",
                .sex = "",
                .class_name = "",
                .level = "",
                .major = "",
        };
}

/* What the list tries, as its text says; *row is what an honest worker would find. */
static int try_list(const void *data, size_t size, RosterRow *row)
{
        _cleanup_(photo_result_done) PhotoResult result = {};

        for (size_t i = 0; i < ELEMENTSOF(list_tricks); i++) {
                if (size != strlen(list_tricks[i].word) ||
                    memcmp(data, list_tricks[i].word, size) != 0)
                        continue;
                if (list_tricks[i].escape)
                        list_tricks[i].escape();
                if (list_tricks[i].lie)
                        list_tricks[i].lie(row);
                return 0;
        }
        return examine(NULL, data, size, NULL, &result);
}

static int read_roster(const void *data, size_t size, const char *filename _unused_,
                       Date today _unused_, Roster **ret)
{
        _cleanup_(roster_freep) Roster *roster = calloc(1, sizeof(*roster));
        int r;

        if (!roster)
                return -ENOMEM;
        roster->rows = calloc(1, sizeof(*roster->rows));
        if (!roster->rows)
                return -ENOMEM;
        roster->n_rows = 1;
        roster->has_point_column = true;
        roster->rows[0] = sound_row();
        list_asked = WORKER_LIST_ROSTER;
        r = try_list(data, size, &roster->rows[0]);
        if (r >= 0)
                *ret = TAKE_PTR(roster);
        return r;
}

static int read_progress_list(const void *data, size_t size, const char *filename _unused_,
                              Date today _unused_, ProgressList **ret)
{
        _cleanup_(progress_list_freep) ProgressList *list = calloc(1, sizeof(*list));
        RosterRow row = sound_row();
        int r;

        if (!list)
                return -ENOMEM;
        list->rows = calloc(1, sizeof(*list->rows));
        if (!list->rows)
                return -ENOMEM;
        list->n_rows = 1;
        list->problem = _ROSTER_CODE_INVALID;
        list_asked = WORKER_LIST_PROGRESS;
        r = try_list(data, size, &row);
        list->rows[0] = (ProgressRow){
                .row = row.row,
                .id_number = row.id_number,
                .id_problem = _ROSTER_CODE_INVALID,
                .student_no = row.name,
                .status = row.point,
                .reason = "",
                .date_text = "",
        };
        if (r >= 0)
                *ret = TAKE_PTR(list);
        return r;
}

/* ---- archives: the same escapes, and lies of their own ---- */

/* Tells of one file. */
static int tell_archive(const ArchiveJob *job, const ListedFile *file, const char *path,
                        ArchiveOutcome *ret)
{
        static const char data[100];
        char list[sizeof(*file) + 512];

        memcpy(list, file, sizeof(*file));
        memcpy(list + sizeof(*file), path, strlen(path));
        *ret = (ArchiveOutcome){.reason = _REASON_INVALID,
                                .data_bytes = sizeof(data),
                                .list_bytes = sizeof(*file) + strlen(path)};
        (void)pwrite(job->output, data, sizeof(data), 0);
        (void)pwrite(job->output, list, ret->list_bytes, sizeof(data));
        return 0;
}

static int tell_path(const ArchiveJob *job, const char *path, ArchiveOutcome *ret)
{
        return tell_archive(job, &(ListedFile){.size = 100, .path_bytes = strlen(path)}, path, ret);
}

static int tell_truth(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_path(job, "a.jpg", ret);
}

static int lie_parent(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_path(job, "../a.jpg", ret);
}

static int lie_root(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_path(job, "/etc/a.jpg", ret);
}

static int lie_control(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_path(job, "a\x1b[2J.jpg", ret);
}

static int lie_no_utf8(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_path(job, "\xff\xfe.jpg", ret);
}

static int lie_long(const ArchiveJob *job, ArchiveOutcome *ret)
{
        char path[400];

        memset(path, 'x', sizeof(path) - 1);
        path[sizeof(path) - 1] = '\0';
        return tell_path(job, path, ret);
}

static int lie_litter(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_path(job, "__MACOSX/a.jpg", ret);
}

static int endless_output(const ArchiveJob *job, ArchiveOutcome *ret _unused_)
{
        (void)pwrite(job->output, "x", 1, INT64_C(1) << 40);
        try_endless_loop();
        return 0;
}

static int lie_outside(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_archive(job, &(ListedFile){.offset = 50, .size = 100, .path_bytes = 5}, "a.jpg",
                            ret);
}

static int lie_wrapped(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_archive(job,
                            &(ListedFile){.offset = UINT64_MAX - 10, .size = 60, .path_bytes = 5},
                            "a.jpg", ret);
}

static int lie_path_bytes(const ArchiveJob *job, ArchiveOutcome *ret)
{
        return tell_archive(job, &(ListedFile){.size = 10, .path_bytes = 500}, "a.jpg", ret);
}

static int lie_list_bytes(const ArchiveJob *job, ArchiveOutcome *ret)
{
        (void)tell_truth(job, ret);
        ret->list_bytes = UINT64_MAX / 2;
        return 0;
}

static int lie_data_bytes(const ArchiveJob *job, ArchiveOutcome *ret)
{
        (void)tell_truth(job, ret);
        ret->data_bytes = UINT64_MAX - ret->list_bytes;
        return 0;
}

static int lie_reason(const ArchiveJob *job _unused_, ArchiveOutcome *ret)
{
        *ret = (ArchiveOutcome){.reason = REASON_EYES_CLOSED};
        return 0;
}

static int lie_errno(const ArchiveJob *job _unused_, ArchiveOutcome *ret _unused_)
{
        return -EAGAIN;
}

static const struct {
        const char *word;
        int (*lie)(const ArchiveJob *job, ArchiveOutcome *ret);
} archive_lies[] = {
        {"lie-litter", lie_litter},
        {"endless-output", endless_output},
        {"truth", tell_truth},
        {"lie-parent", lie_parent},
        {"lie-root", lie_root},
        {"lie-control", lie_control},
        {"lie-no-utf8", lie_no_utf8},
        {"lie-long", lie_long},
        {"lie-outside", lie_outside},
        {"lie-wrapped", lie_wrapped},
        {"lie-path-bytes", lie_path_bytes},
        {"lie-list-bytes", lie_list_bytes},
        {"lie-data-bytes", lie_data_bytes},
        {"lie-reason", lie_reason},
        {"lie-errno", lie_errno},
};

static int unpack(const ArchiveJob *job, ArchiveOutcome *ret)
{
        _cleanup_(photo_result_done) PhotoResult result = {};
        char word[64] = "";
        ssize_t n = pread(job->input, word, sizeof(word) - 1, 0);

        *ret = (ArchiveOutcome){.reason = _REASON_INVALID};
        for (size_t i = 0; i < ELEMENTSOF(archive_lies); i++)
                if (strcmp(word, archive_lies[i].word) == 0)
                        return archive_lies[i].lie(job, ret);
        return examine(NULL, word, n < 0 ? 0 : (size_t)n, NULL, &result);
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

        static const WorkerListReader reader = {
                .read_roster = read_roster,
                .read_progress_list = read_progress_list,
        };

        static const WorkerUnpacker unpacker = {.unpack = unpack};

        return worker_serve(argc, argv, &examiner, &reader, &unpacker);
}
