/* SPDX-License-Identifier: MIT */
#include <idphoto/listworker.h>

#include <idphoto/io.h>
#include <idphoto/text.h>
#include <idphoto/worker.h>

#include <fcntl.h>
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cmocka.h>

/* Lists are read by the worker that is installed, or by the hostile one of worker-hostile.c, which
 * does what their text says. */

static char hostile_path[4096];
static const Date today = {2025, 9, 1};

#define MEMORY_BYTES (UINT64_C(1) << 30)

static const ListLimits honest = {.memory_bytes = MEMORY_BYTES, .timeout_msec = 60000};
static const ListLimits hostile = {
        .program = hostile_path, .memory_bytes = MEMORY_BYTES, .timeout_msec = 60000};

#define ROSTER_TEXT "身份证号,姓名,教学点\n219999199001010016,张三,沈阳分校\n"

static int make_file(const void *data, size_t size)
{
        int fd = memfd_create("list", MFD_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, data, size), 0);
        return fd;
}

static Roster *read_bytes(const ListLimits *limits, const void *data, size_t size)
{
        _cleanup_close_ int fd = make_file(data, size);
        Roster *roster = NULL;

        assert_int_equal(worker_read_roster(limits, fd, "list.csv", today, &roster), 0);
        return roster;
}

static ProgressList *read_progress(const ListLimits *limits, const char *text)
{
        _cleanup_close_ int fd = make_file(text, strlen(text));
        ProgressList *list = NULL;

        assert_int_equal(worker_read_progress_list(limits, fd, "list.csv", today, &list), 0);
        return list;
}

static void assert_zhang_san(const Roster *roster)
{
        assert_int_equal(roster->n_errors, 0);
        assert_int_equal(roster->n_rows, 1);
        assert_string_equal(roster->rows[0].id_number, "219999199001010016");
        assert_string_equal(roster->rows[0].name, "张三");
        assert_string_equal(roster->rows[0].point, "沈阳分校");
}

/* Converters are files that the process can no longer open when it needs one. */
static void test_a_roster_is_read_in_every_encoding(void **state _unused_)
{
        static const char *const encodings[] = {"UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"};

        for (size_t i = 0; i < ELEMENTSOF(encodings); i++) {
                char bytes[512], *in = (char *)ROSTER_TEXT, *out = bytes;
                size_t in_left = strlen(ROSTER_TEXT), out_left = sizeof(bytes);
                iconv_t converter = iconv_open(encodings[i], "UTF-8");
                _cleanup_(roster_freep) Roster *roster = NULL;

                print_message("[ TRY  ] %s\n", encodings[i]);
                assert_true(converter != (iconv_t)-1);
                assert_int_equal(iconv(converter, &in, &in_left, &out, &out_left), 0);
                (void)iconv_close(converter);
                roster = read_bytes(&honest, bytes, sizeof(bytes) - out_left);
                assert_zhang_san(roster);
        }
}

static void test_a_progress_list_is_read(void **state _unused_)
{
        _cleanup_(progress_list_freep) ProgressList *list = read_progress(
                &honest, "身份证号,状态,日期\n219999199001010016,已完成,2025-08-30\n");

        assert_int_equal(list->problem, _ROSTER_CODE_INVALID);
        assert_int_equal(list->n_rows, 1);
        assert_string_equal(list->rows[0].status, "已完成");
        assert_int_equal(list->rows[0].moment.date.day, 30);
}

static void test_faults_of_a_list_are_told_as_the_reader_tells_them(void **state _unused_)
{
        static const char text[] = "身份证号,姓名,教学点\n2.19999E+17,张三,沈阳分校\n";
        _cleanup_(roster_freep) Roster *roster = read_bytes(&honest, text, strlen(text));

        assert_int_equal(roster->n_rows, 0);
        assert_int_equal(roster->n_errors, 1);
        assert_int_equal(roster->problems[0].code, ROSTER_ID_EXPONENT);
        assert_int_equal(roster->problems[0].row, 2);
        assert_string_equal(roster->problems[0].value, "2.19999E+17");
}

/* The file's name decides where nothing else does, as with the reader itself. */
static void test_the_name_is_a_hint(void **state _unused_)
{
        static const char text[] = "a\tb\n";
        _cleanup_close_ int fd = make_file(text, strlen(text));
        _cleanup_(roster_freep) Roster *roster = NULL;
        char name[600];

        assert_int_equal(worker_read_roster(&honest, fd, NULL, today, &roster), 0);
        roster_free(TAKE_PTR(roster));
        memset(name, 'n', sizeof(name) - 1);
        name[sizeof(name) - 1] = '\0';
        assert_int_equal(worker_read_roster(&honest, fd, name, today, &roster), 0);
        assert_int_equal(roster->problems[0].code, ROSTER_NO_HEADING);
}

static void test_a_file_that_is_too_large_is_not_read(void **state _unused_)
{
        _cleanup_close_ int fd = memfd_create("large", MFD_CLOEXEC);
        _cleanup_(roster_freep) Roster *roster = NULL;

        assert_int_equal(ftruncate(fd, (off_t)ROSTER_BYTES_MAX * 16), 0);
        assert_int_equal(worker_read_roster(&honest, fd, NULL, today, &roster), 0);
        assert_int_equal(roster->n_problems, 1);
        assert_int_equal(roster->problems[0].code, ROSTER_TOO_LARGE);
}

/* ---- what a list costs that has taken its reader over ---- */

static const struct {
        const char *list;
        RosterCode problem;
        bool sanitizers_allow; /* their runtime needs the call itself */
} attacks[] = {
        {"open", ROSTER_READER_CRASHED, true},
        {"socket", ROSTER_READER_CRASHED, false},
        {"fork", ROSTER_READER_CRASHED, false},
        {"exec", ROSTER_READER_CRASHED, false},
        {"ptrace", ROSTER_READER_CRASHED, false},
        {"kill", ROSTER_READER_CRASHED, false},
        {"executable-memory", ROSTER_READER_CRASHED, true},
        {"flood-output", ROSTER_READER_CRASHED, false},
        {"large-allocation", ROSTER_READER_MEMORY, true},
        {"crash", ROSTER_READER_CRASHED, false},
        {"quiet-end", ROSTER_READER_CRASHED, false},
        {"short-answer", ROSTER_READER_CRASHED, false},
        {"long-answer", ROSTER_READER_CRASHED, false},
        {"garbage", ROSTER_READER_CRASHED, false},
        {"longer-than-written", ROSTER_READER_CRASHED, false},
        {"endless-list", ROSTER_READER_CRASHED, false},
        {"empty-list", ROSTER_READER_CRASHED, false},
        {"error-of-no-errno", ROSTER_READER_CRASHED, false},
        {"error-that-invites-a-retry", ROSTER_READER_CRASHED, false},
        {"other-kind", ROSTER_READER_CRASHED, false},
        {"lie-foreign-path", ROSTER_READER_CRASHED, false},
        {"lie-endless-name", ROSTER_READER_CRASHED, false},
        {"lie-escape-name", ROSTER_READER_CRASHED, false},
        {"lie-broken-utf8", ROSTER_READER_CRASHED, false},
};

/* Every child is gone when the call returns. */
static void assert_no_child(void)
{
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
}

static void assert_only_problem(const Roster *roster, RosterCode code)
{
        assert_int_equal(roster->n_rows, 0);
        assert_int_equal(roster->n_errors, 1);
        assert_int_equal(roster->n_problems, 1);
        assert_string_equal(roster_code_to_string(roster->problems[0].code),
                            roster_code_to_string(code));
        assert_string_equal(roster->problems[0].value, "");
}

static void test_every_attack_costs_its_own_list_only(void **state _unused_)
{
        for (size_t i = 0; i < ELEMENTSOF(attacks); i++) {
                _cleanup_(progress_list_freep) ProgressList *list = NULL;
                _cleanup_(roster_freep) Roster *roster = NULL, *next = NULL;

                if (HAVE_SANITIZERS && attacks[i].sanitizers_allow) {
                        print_message("[ NOTE ] '%s' is not tried in a sanitizer build\n",
                                      attacks[i].list);
                        continue;
                }
                print_message("[ TRY  ] %s\n", attacks[i].list);
                roster = read_bytes(&hostile, attacks[i].list, strlen(attacks[i].list));
                assert_only_problem(roster, attacks[i].problem);
                list = read_progress(&hostile, attacks[i].list);
                assert_int_equal(list->n_rows, 0);
                assert_int_equal(list->problem, attacks[i].problem);
                assert_no_child();
                next = read_bytes(&hostile, "good", 4);
                assert_int_equal(next->n_errors, 0);
                assert_int_equal(next->n_rows, 1);
        }
}

/* A packet without bytes looks like the end of the connection. */
static void test_an_empty_answer_is_an_error_of_the_list(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_bytes(&hostile, "empty-answer", 12);

        assert_int_equal(roster->n_rows, 0);
        assert_int_equal(roster->n_errors, 1);
        assert_no_child();
}

static void test_a_list_without_an_end_ends(void **state _unused_)
{
        const ListLimits limits = {
                .program = hostile_path, .memory_bytes = MEMORY_BYTES, .timeout_msec = 500};
        _cleanup_(roster_freep) Roster *roster = read_bytes(&limits, "endless-loop", 12);
        _cleanup_(progress_list_freep) ProgressList *list = read_progress(&limits, "endless-loop");

        assert_only_problem(roster, ROSTER_READER_TIMEOUT);
        assert_int_equal(list->problem, ROSTER_READER_TIMEOUT);
        assert_no_child();
}

/* What it may have changed is what an honest worker hands over, or nothing. */
static void test_the_child_cannot_write_the_list_nor_inherit_files(void **state _unused_)
{
        static const char *const words[] = {"write-input", "inherited-files"};
        _cleanup_close_ int leaky = open("/dev/null", O_RDWR);
        _cleanup_close_ int high = fcntl(leaky, F_DUPFD, 500);

        assert_true(high >= 0);
        for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                _cleanup_close_ int fd = make_file(words[i], strlen(words[i]));
                _cleanup_(roster_freep) Roster *roster = NULL;
                char content[16] = {};

                assert_int_equal(worker_read_roster(&hostile, fd, NULL, today, &roster), 0);
                assert_int_equal(roster->n_errors, 0);
                assert_int_equal(pread_full(fd, content, sizeof(content), 0), strlen(words[i]));
                assert_string_equal(content, words[i]);
        }
}

static void test_a_list_gets_no_more_memory_than_it_may(void **state _unused_)
{
        const ListLimits small = {.memory_bytes = 64 << 20, .timeout_msec = 60000};
        _cleanup_(roster_freep) Roster *roster = NULL;
        _cleanup_text_ Text text = {};

        if (HAVE_SANITIZERS) {
                print_message("[ SKIP ] address space is not limited in a sanitizer build\n");
                skip();
        }
        text_append(&text, "身份证号,姓名,教学点\n");
        for (int i = 0; i < 600000; i++)
                text_printf(&text, "HK%07d,张三,沈阳分校\n", i);
        assert_int_equal(text.error, 0);
        roster = read_bytes(&small, text.data, text.size);
        assert_only_problem(roster, ROSTER_READER_MEMORY);
        roster_free(TAKE_PTR(roster));
        roster = read_bytes(&honest, text.data, text.size);
        assert_int_equal(roster->n_rows, 600000);
}

/* ---- what says nothing about the list ---- */

static void test_a_program_that_is_no_worker_is_told_of(void **state _unused_)
{
        static const struct {
                const char *program;
                int error;
        } cases[] = {{"/nonexistent/idphoto-worker", -ENOENT}, {"/bin/true", -ENOEXEC}};
        _cleanup_close_ int fd = make_file(ROSTER_TEXT, strlen(ROSTER_TEXT));
        Roster *roster = NULL;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const ListLimits limits = {.program = cases[i].program,
                                           .memory_bytes = MEMORY_BYTES,
                                           .timeout_msec = 60000};

                assert_int_equal(worker_read_roster(&limits, fd, NULL, today, &roster),
                                 cases[i].error);
                assert_null(roster);
                assert_no_child();
        }
}

static void test_only_regular_files_are_lists(void **state _unused_)
{
        _cleanup_close_ int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        Roster *roster = NULL;

        assert_int_equal(worker_read_roster(&honest, fd, NULL, today, &roster), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_roster_is_read_in_every_encoding),
                cmocka_unit_test(test_a_progress_list_is_read),
                cmocka_unit_test(test_faults_of_a_list_are_told_as_the_reader_tells_them),
                cmocka_unit_test(test_the_name_is_a_hint),
                cmocka_unit_test(test_a_file_that_is_too_large_is_not_read),
                cmocka_unit_test(test_every_attack_costs_its_own_list_only),
                cmocka_unit_test(test_an_empty_answer_is_an_error_of_the_list),
                cmocka_unit_test(test_a_list_without_an_end_ends),
                cmocka_unit_test(test_the_child_cannot_write_the_list_nor_inherit_files),
                cmocka_unit_test(test_a_list_gets_no_more_memory_than_it_may),
                cmocka_unit_test(test_a_program_that_is_no_worker_is_told_of),
                cmocka_unit_test(test_only_regular_files_are_lists),
        };

        (void)snprintf(hostile_path, sizeof(hostile_path), "%s/tests/worker-hostile",
                       getenv("IDPHOTO_BUILD_ROOT"));
        return cmocka_run_group_tests(tests, NULL, NULL);
}
