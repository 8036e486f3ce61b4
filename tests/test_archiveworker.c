/* SPDX-License-Identifier: MIT */
#include <idphoto/archiveworker.h>

#include <idphoto/io.h>
#include <idphoto/worker.h>

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

/* Archives are unpacked by the worker that is installed, or by the hostile one of worker-hostile.c,
 * which does what their text says. */

static char hostile_path[4096];

#define MEMORY_BYTES (UINT64_C(512) << 20)
#define LIMITS \
        { \
                .max_files = 10, .max_file_bytes = 1 << 20, .max_bytes = 4 << 20 \
        }

static const ArchiveOptions honest = {
        .limits = LIMITS, .memory_bytes = MEMORY_BYTES, .timeout_msec = 60000};
static const ArchiveOptions hostile = {.program = hostile_path,
                                       .limits = LIMITS,
                                       .memory_bytes = MEMORY_BYTES,
                                       .timeout_msec = 60000};

static int make_file(const void *data, size_t size)
{
        int fd = memfd_create("archive", MFD_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, data, size), 0);
        return fd;
}

static void assert_no_child(void)
{
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
}

/* Why nothing is taken; _REASON_INVALID: *ret is what is in it. */
static ReasonCode unpack(const ArchiveOptions *options, const void *data, size_t size,
                         ArchiveContent *ret)
{
        _cleanup_close_ int fd = make_file(data, size), output = make_file("", 0);
        ReasonCode reason;

        *ret = (ArchiveContent){};
        assert_int_equal(worker_unpack(options, fd, output, &reason, ret), 0);
        assert_no_child();
        assert_true(reason < 0 ? ret->n > 0 : ret->n == 0);
        return reason;
}

/* A zip with these files, each full of its own number. */
static size_t make_zip(char *data, size_t room, size_t n, size_t bytes)
{
        struct archive *archive = archive_write_new();
        char *content = calloc(1, bytes);
        size_t used = 0;

        assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
        assert_int_equal(archive_write_open_memory(archive, data, room, &used), ARCHIVE_OK);
        for (size_t i = 0; i < n; i++) {
                struct archive_entry *entry = archive_entry_new();
                char name[32];

                memset(content, (int)('0' + i), bytes);
                (void)snprintf(name, sizeof(name), "folder/%zu.jpg", i);
                archive_entry_set_pathname(entry, name);
                archive_entry_set_filetype(entry, AE_IFREG);
                archive_entry_set_size(entry, (la_int64_t)bytes);
                archive_entry_set_mtime(entry, 1700000000, 0);
                assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
                assert_int_equal(archive_write_data(archive, content, bytes), bytes);
                archive_entry_free(entry);
        }
        assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
        (void)archive_write_free(archive);
        free(content);
        return used;
}

static char zip[1 << 20];

static void test_an_archive_is_unpacked(void **state _unused_)
{
        _cleanup_close_ int output = make_file("", 0);
        _cleanup_close_ int fd = make_file(zip, make_zip(zip, sizeof(zip), 3, 1000));
        _cleanup_(archive_content_done) ArchiveContent content = {};
        ReasonCode reason;

        assert_int_equal(worker_unpack(&honest, fd, output, &reason, &content), 0);
        assert_int_equal(reason, _REASON_INVALID);
        assert_int_equal(content.n, 3);
        for (size_t i = 0; i < content.n; i++) {
                const ArchiveFile *file = &content.files[i];
                char name[32], data[1000];

                (void)snprintf(name, sizeof(name), "folder/%zu.jpg", i);
                assert_string_equal(file->path, name);
                assert_int_equal(file->size, sizeof(data));
                assert_int_equal(file->mtime, INT64_C(1700000000000000000));
                assert_int_equal(pread_full(output, data, sizeof(data), (off_t)file->offset),
                                 sizeof(data));
                assert_int_equal(data[0], '0' + i);
                assert_int_equal(data[999], '0' + i);
        }
}

static void test_each_limit_refuses_the_whole(void **state _unused_)
{
        static const struct {
                size_t n, bytes;
                ReasonCode reason;
        } cases[] = {
                {10, 1000, _REASON_INVALID},
                {11, 1000, REASON_ARCHIVE_TOO_MANY},
                {4, 1 << 20, _REASON_INVALID},
                {1, (1 << 20) + 1, REASON_ARCHIVE_TOO_LARGE},
                {5, 1 << 20, REASON_ARCHIVE_TOO_LARGE},
                {0, 1, REASON_ARCHIVE_EMPTY},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_(archive_content_done) ArchiveContent content = {};

                print_message("[ TRY  ] %zu of %zu\n", cases[i].n, cases[i].bytes);
                assert_int_equal(unpack(&honest, zip,
                                        make_zip(zip, sizeof(zip), cases[i].n, cases[i].bytes),
                                        &content),
                                 cases[i].reason);
        }
}

/* Wherever it is cut off: an archive of which only a part came is never taken in part. */
static void test_a_part_of_an_archive_is_damaged(void **state _unused_)
{
        size_t size = make_zip(zip, sizeof(zip), 2, 1000);

        for (size_t part = 4; part < size; part += 7) {
                _cleanup_(archive_content_done) ArchiveContent content = {};

                assert_int_equal(unpack(&honest, zip, part, &content), REASON_ARCHIVE_DAMAGED);
        }
}

static const struct {
        const char *word;
        ReasonCode reason;
        bool sanitizers_allow;
} attacks[] = {
        {"open", REASON_ARCHIVE_UNREADABLE, true},
        {"socket", REASON_ARCHIVE_UNREADABLE, false},
        {"fork", REASON_ARCHIVE_UNREADABLE, false},
        {"exec", REASON_ARCHIVE_UNREADABLE, false},
        {"kill", REASON_ARCHIVE_UNREADABLE, false},
        {"executable-memory", REASON_ARCHIVE_UNREADABLE, true},
        {"foreign-message", REASON_ARCHIVE_UNREADABLE, false},
        {"crash", REASON_ARCHIVE_UNREADABLE, false},
        {"quiet-end", REASON_ARCHIVE_UNREADABLE, false},
        {"short-answer", REASON_ARCHIVE_UNREADABLE, false},
        {"empty-answer", REASON_ARCHIVE_UNREADABLE, false},
        {"long-answer", REASON_ARCHIVE_UNREADABLE, false},
        {"truth", _REASON_INVALID, false},
        {"endless-output", REASON_ARCHIVE_TOO_LARGE, false},
        {"lie-parent", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-root", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-control", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-no-utf8", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-long", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-litter", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-outside", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-wrapped", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-path-bytes", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-list-bytes", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-data-bytes", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-reason", REASON_ARCHIVE_UNREADABLE, false},
        {"lie-errno", REASON_ARCHIVE_UNREADABLE, false},
};

static void test_every_attack_costs_its_own_archive_only(void **state _unused_)
{
        for (size_t i = 0; i < ELEMENTSOF(attacks); i++) {
                _cleanup_(archive_content_done) ArchiveContent content = {};

                if (HAVE_SANITIZERS && attacks[i].sanitizers_allow) {
                        print_message("[ NOTE ] '%s' is not tried in a sanitizer build\n",
                                      attacks[i].word);
                        continue;
                }
                print_message("[ TRY  ] %s\n", attacks[i].word);
                assert_int_equal(
                        unpack(&hostile, attacks[i].word, strlen(attacks[i].word), &content),
                        attacks[i].reason);
        }
}

static void test_an_archive_without_an_end_ends(void **state _unused_)
{
        ArchiveOptions options = hostile;
        ArchiveContent content;

        options.timeout_msec = 500;
        assert_int_equal(unpack(&options, "endless-loop", 12, &content), REASON_ARCHIVE_UNREADABLE);
}

static int stop_at_third(void *userdata)
{
        return ++*(int *)userdata < 3 ? 0 : -ECANCELED;
}

static void test_who_waits_can_end_it(void **state _unused_)
{
        _cleanup_close_ int fd = make_file("endless-loop", 12), output = make_file("", 0);
        ArchiveOptions options = hostile;
        ArchiveContent content;
        ReasonCode reason;
        int asked = 0;

        options.go_on = stop_at_third;
        options.userdata = &asked;
        assert_int_equal(worker_unpack(&options, fd, output, &reason, &content), -ECANCELED);
        assert_int_equal(asked, 3);
        assert_no_child();
}

static void test_a_program_that_is_no_worker_is_told_of(void **state _unused_)
{
        _cleanup_close_ int fd = make_file("x", 1), output = make_file("", 0);
        ArchiveOptions options = honest;
        ArchiveContent content;
        ReasonCode reason;

        options.program = "/nonexistent/idphoto-worker";
        assert_int_equal(worker_unpack(&options, fd, output, &reason, &content), -ENOENT);
        options.program = "/bin/true";
        assert_int_equal(worker_unpack(&options, fd, output, &reason, &content), -ENOEXEC);
        assert_no_child();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_an_archive_is_unpacked),
                cmocka_unit_test(test_each_limit_refuses_the_whole),
                cmocka_unit_test(test_a_part_of_an_archive_is_damaged),
                cmocka_unit_test(test_every_attack_costs_its_own_archive_only),
                cmocka_unit_test(test_an_archive_without_an_end_ends),
                cmocka_unit_test(test_who_waits_can_end_it),
                cmocka_unit_test(test_a_program_that_is_no_worker_is_told_of),
        };

        (void)snprintf(hostile_path, sizeof(hostile_path), "%s/tests/worker-hostile",
                       getenv("IDPHOTO_BUILD_ROOT"));
        return cmocka_run_group_tests(tests, NULL, NULL);
}
