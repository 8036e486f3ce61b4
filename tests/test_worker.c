/* SPDX-License-Identifier: MIT */
#include <idphoto/worker.h>

#include <idphoto/io.h>

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

/* Photos are judged by the hostile worker of worker-hostile.c, which does what their text says. */

static char hostile_path[4096];

static void make_worker(unsigned timeout_msec, Worker **ret)
{
        WorkerOptions options = {
                .program = hostile_path,
                .timeout_msec = timeout_msec,
        };

        photo_rules_default(&options.rules);
        assert_int_equal(worker_new(&options, ret), 0);
}

static int make_photo(const char *text)
{
        int fd = memfd_create("photo", MFD_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, text, strlen(text)), 0);
        return fd;
}

static int examine(Worker *worker, const char *text, PhotoResult *ret)
{
        _cleanup_close_ int fd = make_photo(text);

        return worker_examine(worker, fd, strlen(text), ret);
}

/* The next photo is judged as if nothing had been. */
static void assert_works(Worker *worker)
{
        _cleanup_(photo_result_done) PhotoResult result = {};

        assert_int_equal(examine(worker, "good", &result), 0);
        assert_false(findings_reject(&result.findings));
        assert_non_null(findings_find(&result.findings, REASON_RESIZED));
        assert_int_equal(result.jpeg_size, PHOTO_BYTES_MIN);
        assert_int_equal(result.jpeg[0], 0xff);
        assert_int_equal(result.info.quality, 90);
}

static void assert_only_reason(const PhotoResult *result, ReasonCode code)
{
        assert_int_equal(result->findings.n, 1);
        assert_string_equal(reason_to_string(result->findings.items[0].code),
                            reason_to_string(code));
        assert_int_equal(result->findings.items[0].level, FINDING_REJECT);
        assert_null(result->jpeg);
        assert_int_equal(result->jpeg_size, 0);
}

static void test_a_good_photo_comes_back_with_its_jpeg(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;

        make_worker(0, &worker);
        assert_works(worker);
}

static void test_a_rejected_photo_comes_back_without_a_jpeg(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        make_worker(0, &worker);
        assert_int_equal(examine(worker, "bad", &result), 0);
        assert_only_reason(&result, REASON_TOO_SMALL);
}

/* Whether only the calls of the sandbox's filter are left to it. */
static bool is_confined(pid_t pid)
{
        _cleanup_free_ char *line = NULL;
        char path[64];
        size_t size = 0;
        FILE *status;
        int mode = 0;

        (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
        status = fopen(path, "re");
        assert_non_null(status);
        while (mode == 0 && getline(&line, &size, status) > 0)
                (void)sscanf(line, "Seccomp: %d", &mode);
        (void)fclose(status);
        return mode == 2;
}

typedef struct Children {
        pid_t seed; /* 0: there is none */
        pid_t worker;
} Children;

/* Of this process. */
static Children children(void)
{
        DIR *proc = opendir("/proc");
        Children found = {};

        assert_non_null(proc);
        for (struct dirent *entry; (entry = readdir(proc));) {
                char path[64], state;
                pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10), parent;
                FILE *stat;

                if (pid <= 0)
                        continue;
                (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
                stat = fopen(path, "re");
                if (!stat) /* it ended meanwhile */
                        continue;
                if (fscanf(stat, "%*d (%*[^)]) %c %d", &state, &parent) == 2 &&
                    parent == getpid()) {
                        pid_t *child = is_confined(pid) ? &found.worker : &found.seed;

                        assert_int_equal(*child, 0);
                        *child = pid;
                }
                (void)fclose(stat);
        }
        (void)closedir(proc);
        return found;
}

static pid_t child_pid(void)
{
        return children().worker;
}

static void test_one_child_serves_many_photos(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        pid_t pid;

        make_worker(0, &worker);
        assert_int_equal(child_pid(), 0);
        assert_works(worker);
        pid = child_pid();
        assert_true(pid > 0);
        for (int i = 0; i < 20; i++)
                assert_works(worker);
        assert_int_equal(child_pid(), pid);
}

static void test_a_child_is_replaced_before_it_grows_old(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        pid_t pid;

        make_worker(0, &worker);
        assert_works(worker);
        pid = child_pid();
        for (int i = 0; i < 40; i++)
                assert_works(worker);
        assert_int_not_equal(child_pid(), pid);
}

static void test_the_child_ends_with_its_worker(void **state _unused_)
{
        Worker *worker = NULL;
        pid_t pid;

        make_worker(0, &worker);
        assert_works(worker);
        pid = child_pid();
        worker_free(worker);
        assert_int_equal(kill(pid, 0), -1);
        assert_int_equal(errno, ESRCH);
        assert_int_equal(children().seed, 0);
}

static void test_another_owners_photos_are_seen_by_another_copy_of_the_same_seed(
        void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        Children first, second;

        make_worker(0, &worker);
        worker_serve_for(worker, 1);
        assert_works(worker);
        first = children();
        worker_serve_for(worker, 2);
        assert_works(worker);
        second = children();
        assert_true(first.seed > 0);
        assert_int_equal(second.seed, first.seed);
        assert_int_not_equal(second.worker, first.worker);
}

static void test_the_child_steps_back_behind_what_clients_do(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        const int own = getpriority(PRIO_PROCESS, 0);
        pid_t pid;

        make_worker(0, &worker);
        assert_works(worker);
        pid = child_pid();
        assert_int_equal(getpriority(PRIO_PROCESS, (id_t)pid), MIN(own + 8, 19));
        assert_int_not_equal(getsid(pid), getsid(0));
}

/* Or an attacker could find out about the memory of one worker by crashing others. */
static void test_a_crash_costs_the_seed_too(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};
        pid_t seed;

        make_worker(0, &worker);
        assert_works(worker);
        seed = children().seed;
        assert_int_equal(examine(worker, "crash", &result), 0);
        assert_works(worker);
        assert_int_not_equal(children().seed, seed);
}

static void test_a_seed_that_a_stranger_kills_costs_nothing(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        siginfo_t info;
        pid_t seed;

        make_worker(0, &worker);
        worker_serve_for(worker, 1);
        assert_works(worker);
        seed = children().seed;
        assert_int_equal(kill(seed, SIGKILL), 0);
        assert_int_equal(waitid(P_PID, (id_t)seed, &info, WEXITED | WNOWAIT), 0);
        assert_works(worker);
        worker_serve_for(worker, 2);
        assert_works(worker);
        assert_int_not_equal(children().seed, seed);
}

/* Every trick of the hostile worker that must end in a verdict of our own making. */
static const struct {
        const char *photo;
        ReasonCode reason;
        bool sanitizers_allow; /* their runtime needs the call itself */
} attacks[] = {
        {"open", REASON_EXAMINER_CRASHED, true},
        {"socket", REASON_EXAMINER_CRASHED, false},
        {"fork", REASON_EXAMINER_CRASHED, false},
        {"exec", REASON_EXAMINER_CRASHED, false},
        {"ptrace", REASON_EXAMINER_CRASHED, false},
        {"kill", REASON_EXAMINER_CRASHED, false},
        {"executable-memory", REASON_EXAMINER_CRASHED, true},
        {"foreign-message", REASON_EXAMINER_CRASHED, false},
        {"flood-output", REASON_EXAMINER_CRASHED, false},
        {"large-allocation", REASON_EXAMINER_MEMORY, true},
        {"endless-loop", REASON_EXAMINER_TIMEOUT, false},
        {"crash", REASON_EXAMINER_CRASHED, false},
        {"quiet-end", REASON_EXAMINER_CRASHED, false},
        {"short-answer", REASON_EXAMINER_CRASHED, false},
        {"long-answer", REASON_EXAMINER_CRASHED, false},
        {"stale-answer", REASON_EXAMINER_CRASHED, false},
        {"lie-code", REASON_EXAMINER_CRASHED, false},
        {"lie-negative-code", REASON_EXAMINER_CRASHED, false},
        {"lie-level", REASON_EXAMINER_CRASHED, false},
        {"lie-count", REASON_EXAMINER_CRASHED, false},
        {"lie-infinity", REASON_EXAMINER_CRASHED, false},
        {"lie-endless-detail", REASON_EXAMINER_CRASHED, false},
        {"lie-escape-detail", REASON_EXAMINER_CRASHED, false},
        {"lie-format", REASON_EXAMINER_CRASHED, false},
        {"lie-no-jpeg", REASON_EXAMINER_CRASHED, false},
        {"lie-small-jpeg", REASON_EXAMINER_CRASHED, false},
        {"lie-not-a-jpeg", REASON_EXAMINER_CRASHED, false},
        {"lie-rejected-jpeg", REASON_EXAMINER_CRASHED, false},
        {"lie-mapped-output", REASON_EXAMINER_CRASHED, false},
        {"false-io-error", REASON_EXAMINER_CRASHED, false},
};

static void test_every_attack_costs_its_own_photo_only(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;

        make_worker(2000, &worker);
        for (size_t i = 0; i < ELEMENTSOF(attacks); i++) {
                _cleanup_(photo_result_done) PhotoResult result = {};

                if (HAVE_SANITIZERS && attacks[i].sanitizers_allow) {
                        print_message("[ NOTE ] '%s' is not tried in a sanitizer build\n",
                                      attacks[i].photo);
                        continue;
                }
                print_message("[ TRY  ] %s\n", attacks[i].photo);
                assert_int_equal(examine(worker, attacks[i].photo, &result), 0);
                assert_only_reason(&result, attacks[i].reason);
                assert_works(worker);
        }
}

/* A child that an earlier photo has taken over may fail at any later one. */
static void test_a_photo_is_not_blamed_for_an_earlier_one(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        make_worker(0, &worker);
        assert_int_equal(examine(worker, "time-bomb", &result), 0);
        assert_false(findings_reject(&result.findings));
        assert_works(worker);
        assert_works(worker);
}

static void test_a_timeout_tells_its_limit(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        make_worker(500, &worker);
        assert_int_equal(examine(worker, "endless-loop", &result), 0);
        assert_only_reason(&result, REASON_EXAMINER_TIMEOUT);
        assert_true(fabs(result.findings.items[0].max - 0.5) < 1e-9);
}

typedef struct Busy {
        pid_t pid;
        atomic_bool done;
} Busy;

enum { SHORT_MSEC = 5000 };

/* The process has a core for a twelfth of the time, until a photo has taken longer than it may on a
 * machine that is not busy. */
static void *be_busy(void *userdata)
{
        enum { STOPPED_MSEC = 110, LET_MSEC = 10 };
        Busy *busy = userdata;

        for (int msec = 0; !busy->done && msec < SHORT_MSEC + SHORT_MSEC / 3;
             msec += STOPPED_MSEC + LET_MSEC) {
                (void)kill(busy->pid, SIGSTOP);
                (void)usleep(STOPPED_MSEC * 1000);
                (void)kill(busy->pid, SIGCONT);
                (void)usleep(LET_MSEC * 1000);
        }
        return NULL;
}

static void test_a_busy_machine_costs_no_photo_its_verdict(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};
        Busy busy = {};
        pthread_t thread;

        make_worker(SHORT_MSEC, &worker);
        assert_works(worker);
        busy.pid = child_pid();
        assert_int_equal(pthread_create(&thread, NULL, be_busy, &busy), 0);
        assert_int_equal(examine(worker, "slowness", &result), 0);
        busy.done = true;
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_false(findings_reject(&result.findings));
        assert_int_equal(child_pid(), busy.pid);
}

static void test_a_child_that_does_nothing_is_not_waited_for_any_longer(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        pid_t pid;

        make_worker(1000, &worker);
        assert_works(worker);
        pid = child_pid();
        assert_int_equal(kill(pid, SIGSTOP), 0);
        assert_works(worker);
        assert_int_not_equal(child_pid(), pid);
}

static void test_the_child_cannot_write_the_original(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};
        _cleanup_close_ int fd = make_photo("write-input");
        char content[16] = {};

        make_worker(0, &worker);
        assert_int_equal(worker_examine(worker, fd, strlen("write-input"), &result), 0);
        assert_false(findings_reject(&result.findings));
        assert_int_equal(pread_full(fd, content, sizeof(content), 0), strlen("write-input"));
        assert_string_equal(content, "write-input");
}

static void test_the_child_inherits_no_file(void **state _unused_)
{
        _cleanup_close_ int leaky = open("/dev/null", O_RDWR);
        _cleanup_close_ int high = fcntl(leaky, F_DUPFD, 500);
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        assert_true(leaky >= 0 && high >= 0);
        make_worker(0, &worker);
        assert_int_equal(examine(worker, "inherited-files", &result), 0);
        assert_false(findings_reject(&result.findings));
}

/* Whether a worker that was taken over has seen a photo before this one. */
static bool sees_earlier_photos(Worker *worker, int64_t owner)
{
        _cleanup_(photo_result_done) PhotoResult result = {};

        worker_serve_for(worker, owner);
        assert_int_equal(examine(worker, "earlier-photos", &result), 0);
        return findings_reject(&result.findings);
}

static void test_a_child_sees_the_photos_of_one_owner_only(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;

        make_worker(0, &worker);
        assert_false(sees_earlier_photos(worker, 1));
        assert_true(sees_earlier_photos(worker, 1));
        assert_false(sees_earlier_photos(worker, 2));
        assert_false(sees_earlier_photos(worker, 1));
        assert_true(sees_earlier_photos(worker, 1));
}

static void test_memory_of_an_earlier_photo_does_not_come_back(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        make_worker(0, &worker);
        assert_int_equal(examine(worker, "earlier-memory", &result), 0);
        assert_false(findings_reject(&result.findings));
}

static void test_an_answer_too_many_is_not_taken_for_the_next_photo(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        make_worker(0, &worker);
        assert_int_equal(examine(worker, "two-answers", &result), 0);
        assert_only_reason(&result, REASON_BLUR);
        assert_works(worker);
}

/* A packet without bytes looks like the end of the connection. */
static void test_an_empty_answer_ends_in_a_verdict(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        make_worker(0, &worker);
        assert_int_equal(examine(worker, "empty-answer", &result), 0);
        assert_int_equal(result.findings.n, 1);
        assert_true(findings_reject(&result.findings));
        assert_works(worker);
}

/* ---- renditions for the collection centre ---- */

static int render(Worker *worker, const char *text)
{
        _cleanup_close_ int fd = make_photo(text);
        _cleanup_free_ uint8_t *jpeg = NULL;
        size_t size = 0;
        int r = worker_render_centre(worker, fd, strlen(text), &jpeg, &size);

        if (r == 0) {
                assert_int_equal(size, PHOTO_CENTRE_BYTES_MIN);
                assert_int_equal(jpeg[0], 0xff);
        } else {
                assert_null(jpeg);
        }
        return r;
}

static void test_a_rendition_comes_back_or_is_refused(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_close_ int fd = make_photo("good");
        uint8_t *jpeg;
        size_t size;

        make_worker(0, &worker);
        assert_int_equal(render(worker, "good"), 0);
        assert_works(worker);
        assert_int_equal(render(worker, "bad"), -ERANGE);
        assert_int_equal(render(worker, "good"), 0);
        assert_int_equal(worker_render_centre(worker, STDIN_FILENO + 4711, 4, &jpeg, &size),
                         -EBADF);
}

static void test_every_attack_costs_its_own_rendition_only(void **state _unused_)
{
        static const struct {
                const char *photo;
                int error;
        } cases[] = {
                {"socket", -EPROTO},         {"flood-output", -EPROTO},
                {"crash", -EPROTO},          {"quiet-end", -EPROTO},
                {"short-answer", -EPROTO},   {"stale-answer", -EPROTO},
                {"two-answers", -EPROTO},    {"lie-small-jpeg", -EPROTO},
                {"lie-not-a-jpeg", -EPROTO}, {"lie-mapped-output", -EPROTO},
                {"false-io-error", -EPROTO}, {"endless-loop", -ETIMEDOUT},
        };
        _cleanup_(worker_freep) Worker *worker = NULL;

        make_worker(1000, &worker);
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                print_message("[ TRY  ] %s\n", cases[i].photo);
                assert_int_equal(render(worker, cases[i].photo), cases[i].error);
                assert_int_equal(render(worker, "good"), 0);
        }
}

static void test_a_child_killed_while_idle_costs_nothing(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        siginfo_t info;
        pid_t pid;

        make_worker(0, &worker);
        assert_works(worker);
        pid = child_pid();
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
        assert_works(worker);
        assert_int_not_equal(child_pid(), pid);
}

static void test_a_missing_program_is_an_error_and_no_verdict(void **state _unused_)
{
        WorkerOptions options = {.program = "/nonexistent/idphoto-worker"};
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        assert_int_equal(worker_new(&options, &worker), 0);
        assert_int_equal(examine(worker, "good", &result), -ENOENT);
}

static void test_a_program_that_does_not_greet_is_an_error_and_no_verdict(void **state _unused_)
{
        WorkerOptions options = {.program = "/bin/true"};
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        assert_int_equal(worker_new(&options, &worker), 0);
        assert_int_equal(examine(worker, "good", &result), -ENOEXEC);
        assert_int_equal(child_pid(), 0);
        assert_int_equal(children().seed, 0);
}

static void test_a_worker_that_cannot_prepare_is_an_error_and_no_verdict(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};

        make_worker(0, &worker);
        assert_int_equal(setenv("IDPHOTO_CASCADES", "none", 1), 0);
        assert_int_equal(examine(worker, "good", &result), -ENOEXEC);
        assert_int_equal(unsetenv("IDPHOTO_CASCADES"), 0);
        assert_works(worker);
}

static void test_a_broken_program_is_not_started_without_end(void **state _unused_)
{
        WorkerOptions options = {.program = "/bin/true"};
        _cleanup_(worker_freep) Worker *worker = NULL;
        int r = 0;

        assert_int_equal(worker_new(&options, &worker), 0);
        for (int i = 0; i < 1000 && r != -EAGAIN; i++) {
                PhotoResult result = {};

                r = examine(worker, "good", &result);
                assert_true(r < 0);
        }
        assert_int_equal(r, -EAGAIN);
}

static void test_a_row_of_bad_photos_does_not_stop_the_worker(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;

        make_worker(0, &worker);
        for (int i = 0; i < 60; i++) {
                _cleanup_(photo_result_done) PhotoResult result = {};

                assert_int_equal(examine(worker, "quiet-end", &result), 0);
                assert_only_reason(&result, REASON_EXAMINER_CRASHED);
        }
        assert_works(worker);
}

static void test_only_regular_files_are_examined(void **state _unused_)
{
        _cleanup_close_ int device = open("/dev/zero", O_RDONLY | O_CLOEXEC);
        _cleanup_(worker_freep) Worker *worker = NULL;
        PhotoResult result = {};

        make_worker(0, &worker);
        assert_int_equal(worker_examine(worker, device, 10, &result), -EINVAL);
        assert_int_equal(worker_examine(worker, -1, 10, &result), -EBADF);
}

static void test_a_file_shorter_than_said_is_examined_as_it_is(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};
        _cleanup_close_ int fd = make_photo("bad");

        make_worker(0, &worker);
        assert_int_equal(worker_examine(worker, fd, 1000, &result), 0);
        assert_only_reason(&result, REASON_TOO_SMALL);
}

/* The first page of a process is never mapped, and reading it through /proc is an I/O error. */
static void test_a_photo_that_cannot_be_read_is_an_error_and_no_verdict(void **state _unused_)
{
        _cleanup_close_ int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
        _cleanup_(worker_freep) Worker *worker = NULL;
        PhotoResult result = {};

        assert_true(fd >= 0);
        make_worker(0, &worker);
        assert_int_equal(worker_examine(worker, fd, 100, &result), -EIO);
        assert_works(worker);
}

/* A daemon may have closed them, and then the socket gets one of their numbers. */
static void test_a_program_without_standard_files_can_examine(void **state _unused_)
{
        pid_t pid = fork();
        int status;

        assert_true(pid >= 0);
        if (pid == 0) {
                WorkerOptions options = {.program = hostile_path};
                Worker *worker = NULL;
                PhotoResult result = {};
                int fd;

                photo_rules_default(&options.rules);
                for (fd = 0; fd < 3; fd++)
                        (void)close(fd);
                if (worker_new(&options, &worker) < 0)
                        _exit(1);
                fd = memfd_create("photo", MFD_CLOEXEC);
                if (worker_examine(worker, fd, 0, &result) < 0)
                        _exit(2);
                _exit(findings_reject(&result.findings) ? 3 : 0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

static void test_the_program_is_found_by_environment_or_build_folder(void **state _unused_)
{
        char expected[4096];

        assert_int_equal(setenv("IDPHOTO_WORKER", "/somewhere/worker", 1), 0);
        assert_string_equal(worker_program_path(), "/somewhere/worker");
        assert_int_equal(unsetenv("IDPHOTO_WORKER"), 0);
        (void)snprintf(expected, sizeof(expected), "%s/src/idphoto-worker",
                       getenv("IDPHOTO_BUILD_ROOT"));
        assert_string_equal(worker_program_path(), expected);
}

static void test_signal_settings_of_the_program_do_not_reach_the_child(void **state _unused_)
{
        _cleanup_(worker_freep) Worker *worker = NULL;
        _cleanup_(photo_result_done) PhotoResult result = {};
        sigset_t all, before;

        assert_int_equal(sigfillset(&all), 0);
        make_worker(2000, &worker);
        assert_int_equal(sigprocmask(SIG_BLOCK, &all, &before), 0);
        assert_int_equal(examine(worker, "flood-output", &result), 0);
        assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
        assert_only_reason(&result, REASON_EXAMINER_CRASHED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_good_photo_comes_back_with_its_jpeg),
                cmocka_unit_test(test_a_rejected_photo_comes_back_without_a_jpeg),
                cmocka_unit_test(test_one_child_serves_many_photos),
                cmocka_unit_test(test_a_child_is_replaced_before_it_grows_old),
                cmocka_unit_test(test_the_child_ends_with_its_worker),
                cmocka_unit_test(
                        test_another_owners_photos_are_seen_by_another_copy_of_the_same_seed),
                cmocka_unit_test(test_the_child_steps_back_behind_what_clients_do),
                cmocka_unit_test(test_a_crash_costs_the_seed_too),
                cmocka_unit_test(test_a_seed_that_a_stranger_kills_costs_nothing),
                cmocka_unit_test(test_every_attack_costs_its_own_photo_only),
                cmocka_unit_test(test_a_photo_is_not_blamed_for_an_earlier_one),
                cmocka_unit_test(test_a_timeout_tells_its_limit),
                cmocka_unit_test(test_a_busy_machine_costs_no_photo_its_verdict),
                cmocka_unit_test(test_a_child_that_does_nothing_is_not_waited_for_any_longer),
                cmocka_unit_test(test_the_child_cannot_write_the_original),
                cmocka_unit_test(test_the_child_inherits_no_file),
                cmocka_unit_test(test_a_child_sees_the_photos_of_one_owner_only),
                cmocka_unit_test(test_memory_of_an_earlier_photo_does_not_come_back),
                cmocka_unit_test(test_an_answer_too_many_is_not_taken_for_the_next_photo),
                cmocka_unit_test(test_an_empty_answer_ends_in_a_verdict),
                cmocka_unit_test(test_a_rendition_comes_back_or_is_refused),
                cmocka_unit_test(test_every_attack_costs_its_own_rendition_only),
                cmocka_unit_test(test_a_child_killed_while_idle_costs_nothing),
                cmocka_unit_test(test_a_missing_program_is_an_error_and_no_verdict),
                cmocka_unit_test(test_a_program_that_does_not_greet_is_an_error_and_no_verdict),
                cmocka_unit_test(test_a_worker_that_cannot_prepare_is_an_error_and_no_verdict),
                cmocka_unit_test(test_a_broken_program_is_not_started_without_end),
                cmocka_unit_test(test_a_row_of_bad_photos_does_not_stop_the_worker),
                cmocka_unit_test(test_only_regular_files_are_examined),
                cmocka_unit_test(test_a_file_shorter_than_said_is_examined_as_it_is),
                cmocka_unit_test(test_a_photo_that_cannot_be_read_is_an_error_and_no_verdict),
                cmocka_unit_test(test_a_program_without_standard_files_can_examine),
                cmocka_unit_test(test_the_program_is_found_by_environment_or_build_folder),
                cmocka_unit_test(test_signal_settings_of_the_program_do_not_reach_the_child),
        };
        const char *build = getenv("IDPHOTO_BUILD_ROOT");

        if (!build) {
                print_message("IDPHOTO_BUILD_ROOT is not set: run by 'meson test'\n");
                return 77;
        }
        (void)snprintf(hostile_path, sizeof(hostile_path), "%s/tests/worker-hostile", build);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
