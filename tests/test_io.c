/* SPDX-License-Identifier: MIT */
#include <idphoto/io.h>

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cmocka.h>

/* A directory of its own for each test. */
static int make_dir(void **state)
{
        char *path = strdup("/tmp/idphoto-test-io-XXXXXX");

        if (!path || !mkdtemp(path))
                return -1;
        *state = path;
        return 0;
}

static int remove_dir(void **state)
{
        char *path = *state;
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        (void)unlinkat(fd, "file", 0);
        (void)unlinkat(fd, "pipe", 0);
        (void)unlinkat(fd, "sub", AT_REMOVEDIR);
        (void)safe_close(fd);
        (void)rmdir(path);
        free(path);
        return 0;
}

static int open_dir(void **state)
{
        int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        assert_true(fd >= 0);
        return fd;
}

static int memory_file(const void *data, size_t size)
{
        int fd = memfd_create("io", MFD_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(pwrite_full(fd, data, size, 0), 0);
        return fd;
}

/* Reads a pipe to its end. */
static void *drain(void *arg)
{
        size_t *total = arg;
        int fd = (int)*total;
        char buf[4096];
        ssize_t n;

        *total = 0;
        while ((n = read(fd, buf, sizeof(buf))) > 0)
                *total += (size_t)n;
        return NULL;
}

static void test_write_goes_on_until_all_is_written(void **state _unused_)
{
        enum { SIZE = 1000000 }; /* more than a pipe holds */
        _cleanup_free_ char *data = calloc(1, SIZE);
        int fds[2];
        size_t total;
        pthread_t reader;

        assert_non_null(data);
        assert_int_equal(pipe(fds), 0);
        total = (size_t)fds[0];
        assert_int_equal(pthread_create(&reader, NULL, drain, &total), 0);
        assert_int_equal(write_full(fds[1], data, SIZE), 0);
        (void)close(fds[1]);
        assert_int_equal(pthread_join(reader, NULL), 0);
        (void)close(fds[0]);
        assert_int_equal(total, SIZE);
}

static void test_write_errors_are_returned(void **state _unused_)
{
        _cleanup_close_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

        assert_true(full >= 0);
        assert_int_equal(write_full(full, "x", 1), -ENOSPC);
        assert_int_equal(write_full(-1, "x", 1), -EBADF);
        assert_int_equal(pwrite_full(-1, "x", 1, 0), -EBADF);
        assert_int_equal(write_full(-1, "", 0), 0);
}

static void test_pwrite_leaves_the_position(void **state _unused_)
{
        _cleanup_close_ int fd = memory_file("0123456789", 10);
        char buf[11] = {0};

        assert_int_equal(pwrite_full(fd, "ab", 2, 4), 0);
        assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
        assert_int_equal(pread_full(fd, buf, 10, 0), 10);
        assert_string_equal(buf, "0123ab6789");
}

static void test_read_stops_at_the_end(void **state _unused_)
{
        _cleanup_close_ int fd = memory_file("0123456789", 10);
        char buf[20] = {0};

        assert_int_equal(pread_full(fd, buf, sizeof(buf), 7), 3);
        assert_string_equal(buf, "789");
        assert_int_equal(pread_full(fd, buf, sizeof(buf), 10), 0);
        assert_int_equal(pread_full(fd, buf, sizeof(buf), 1000), 0);
        assert_int_equal(pread_full(-1, buf, 1, 0), -EBADF);
}

static void test_only_regular_files_are_opened_for_reading(void **state)
{
        int dirfd = open_dir(state);
        _cleanup_close_ int fd = openat(dirfd, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        _cleanup_close_ int opened = -EBADF;
        uint64_t size = 0;
        char byte;

        assert_int_equal(write_full(fd, "abc", 3), 0);
        opened = open_regular_at(dirfd, "file", &size);
        assert_true(opened >= 0);
        assert_int_equal(size, 3);
        assert_int_equal(pread_full(opened, &byte, 1, 2), 1);
        assert_int_equal(byte, 'c');
        assert_int_equal(mkfifoat(dirfd, "pipe", 0600), 0);
        /* Nobody writes to it: who waited would wait for ever. */
        assert_int_equal(open_regular_at(dirfd, "pipe", &size), -EINVAL);
        assert_int_equal(open_regular_at(dirfd, ".", NULL), -EISDIR);
        assert_int_equal(open_regular_at(dirfd, "none", NULL), -ENOENT);
        assert_int_equal(size, 3);
        (void)close(dirfd);
}

static void test_the_name_of_a_path_stands_behind_its_last_slash(void **state _unused_)
{
        assert_string_equal(path_name("/a/b.csv"), "b.csv");
        assert_string_equal(path_name("b.csv"), "b.csv");
}

static void test_whole_file_is_read_with_a_nul(void **state _unused_)
{
        _cleanup_close_ int fd = memory_file("a\0b", 3);
        _cleanup_free_ char *data = NULL;
        size_t size = 0;

        assert_int_equal(read_whole_fd(fd, 3, &data, &size), 0);
        assert_int_equal(size, 3);
        assert_memory_equal(data, "a\0b\0", 4);
}

static void test_too_large_a_file_is_not_read(void **state _unused_)
{
        _cleanup_close_ int fd = memory_file("abc", 3);
        char *data = (char *)"untouched";
        size_t size = 77;

        assert_int_equal(read_whole_fd(fd, 2, &data, &size), -EFBIG);
        assert_string_equal(data, "untouched");
        assert_int_equal(size, 77);
}

static void test_huge_sparse_file_is_refused_before_allocation(void **state _unused_)
{
        _cleanup_close_ int fd = memory_file("", 0);
        char *data = NULL;
        size_t size;

        assert_int_equal(ftruncate(fd, 1LL << 50), 0);
        assert_int_equal(read_whole_fd(fd, 1 << 20, &data, &size), -EFBIG);
        assert_null(data);
}

static void test_empty_file_is_an_empty_string(void **state _unused_)
{
        _cleanup_close_ int fd = memory_file("", 0);
        _cleanup_free_ char *data = NULL;
        size_t size = 77;

        assert_int_equal(read_whole_fd(fd, 0, &data, &size), 0);
        assert_int_equal(size, 0);
        assert_string_equal(data, "");
}

static void test_copy_takes_all_whatever_the_positions(void **state)
{
        _cleanup_close_ int dir = open_dir(state);
        enum { SIZE = 300000 };
        _cleanup_free_ char *data = malloc(SIZE), *copied = NULL;
        _cleanup_close_ int from = -EBADF, to = -EBADF;
        size_t size;

        assert_non_null(data);
        for (size_t i = 0; i < SIZE; i++)
                data[i] = (char)(i * 13);
        from = memory_file(data, SIZE);
        to = openat(dir, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        assert_true(to >= 0);
        assert_int_equal(lseek(from, 100, SEEK_SET), 100);
        assert_int_equal(copy_fd(from, to), 0);
        assert_int_equal(read_whole_fd(to, SIZE, &copied, &size), 0);
        assert_int_equal(size, SIZE);
        assert_memory_equal(copied, data, SIZE);
}

static void test_copy_works_where_blocks_cannot_be_shared(void **state _unused_)
{
        /* Two filesystems of different kinds: the copy goes through memory. */
        _cleanup_close_ int from = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
        _cleanup_close_ int to = memory_file("", 0);
        struct stat st;

        assert_true(from >= 0);
        assert_int_equal(copy_fd(from, to), 0);
        assert_int_equal(fstat(to, &st), 0);
        assert_true(st.st_size > 0);
}

static void test_copy_errors_are_returned(void **state _unused_)
{
        _cleanup_close_ int from = memory_file("abc", 3);
        _cleanup_close_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

        assert_int_equal(copy_fd(from, full), -ENOSPC);
        assert_int_equal(copy_fd(-1, from), -EBADF);
}

static void test_directories_are_made_once(void **state)
{
        _cleanup_close_ int dir = open_dir(state);

        assert_int_equal(mkdir_if_missing(dir, "sub", 0700), 0);
        assert_int_equal(mkdir_if_missing(dir, "sub", 0700), 0);
        assert_int_equal(mkdir_if_missing(dir, "no/such", 0700), -ENOENT);
}

static void test_file_in_place_of_a_directory_is_an_error(void **state)
{
        _cleanup_close_ int dir = open_dir(state);
        _cleanup_close_ int fd = openat(dir, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(mkdir_if_missing(dir, "file", 0700), -ENOTDIR);
}

static void test_directory_is_synced_by_name(void **state)
{
        _cleanup_close_ int dir = open_dir(state);

        assert_int_equal(fsync_dir(dir, "."), 0);
        assert_int_equal(fsync_dir(dir, "none"), -ENOENT);
}

static void test_closing_keeps_errno(void **state _unused_)
{
        int fd = memory_file("", 0);

        errno = 4711;
        assert_int_equal(safe_close(fd), -EBADF);
        assert_int_equal(safe_close(-EBADF), -EBADF);
        assert_int_equal(errno, 4711);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_write_goes_on_until_all_is_written),
                cmocka_unit_test(test_write_errors_are_returned),
                cmocka_unit_test(test_pwrite_leaves_the_position),
                cmocka_unit_test(test_read_stops_at_the_end),
                cmocka_unit_test_setup_teardown(test_only_regular_files_are_opened_for_reading,
                                                make_dir, remove_dir),
                cmocka_unit_test(test_the_name_of_a_path_stands_behind_its_last_slash),
                cmocka_unit_test(test_whole_file_is_read_with_a_nul),
                cmocka_unit_test(test_too_large_a_file_is_not_read),
                cmocka_unit_test(test_huge_sparse_file_is_refused_before_allocation),
                cmocka_unit_test(test_empty_file_is_an_empty_string),
                cmocka_unit_test_setup_teardown(test_copy_takes_all_whatever_the_positions,
                                                make_dir, remove_dir),
                cmocka_unit_test(test_copy_works_where_blocks_cannot_be_shared),
                cmocka_unit_test(test_copy_errors_are_returned),
                cmocka_unit_test_setup_teardown(test_directories_are_made_once, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(test_file_in_place_of_a_directory_is_an_error,
                                                make_dir, remove_dir),
                cmocka_unit_test_setup_teardown(test_directory_is_synced_by_name, make_dir,
                                                remove_dir),
                cmocka_unit_test(test_closing_keeps_errno),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
