/* SPDX-License-Identifier: MIT */
#include <idphoto/clock.h>
#include <idphoto/zipwriter.h>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MTIME (INT64_C(1781200000) * NSEC_PER_SEC)

static int fd = -EBADF;

static int setup(void **state _unused_)
{
        fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        return fd < 0 ? -1 : 0;
}

static int teardown(void **state _unused_)
{
        fd = safe_close(fd);
        return 0;
}

/* Reads it by its list, as programs do that can seek. Returns the number of entries; the last one's
 * path and bytes are compared. */
static size_t read_back(const char *path, const char *content)
{
        struct archive *archive = archive_read_new();
        struct archive_entry *entry;
        char data[64], last[64] = "";
        size_t n = 0, size = strlen(content);

        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_int_equal(archive_read_support_format_zip_seekable(archive), ARCHIVE_OK);
        assert_int_equal(archive_read_open_fd(archive, fd, 65536), ARCHIVE_OK);
        while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
                (void)snprintf(last, sizeof(last), "%s", archive_entry_pathname_utf8(entry));
                assert_int_equal(archive_entry_mtime(entry), MTIME / NSEC_PER_SEC);
                assert_int_equal(archive_entry_mode(entry), S_IFREG | 0644);
                assert_int_equal(archive_read_data(archive, data, sizeof(data)), size);
                assert_memory_equal(data, content, size);
                n++;
        }
        assert_null(archive_error_string(archive));
        assert_string_equal(last, path);
        archive_read_free(archive);
        return n;
}

static void test_more_entries_than_the_old_format_can_count(void **state _unused_)
{
        _cleanup_zip_ ZipWriter zip = {.fd = fd};
        char path[32];

        for (int i = 0; i < 70000; i++) {
                (void)snprintf(path, sizeof(path), "%d.txt", i);
                assert_int_equal(zip_writer_add(&zip, path, "x", 1, MTIME), 0);
        }
        assert_int_equal(zip_writer_finish(&zip), 0);
        assert_int_equal(read_back("69999.txt", "x"), 70000);
}

static void test_entries_beyond_four_gigabytes(void **state _unused_)
{
        /* A zip file may have anything before it, here a hole. */
        uint64_t begin = UINT64_C(0xffffffff) - 50;
        _cleanup_zip_ ZipWriter zip = {.fd = fd, .offset = begin};

        assert_int_equal(lseek(fd, (off_t)begin, SEEK_SET), begin);
        assert_int_equal(zip_writer_add(&zip, "before", "same", 4, MTIME), 0);
        assert_int_equal(zip_writer_add(&zip, "beyond", "same", 4, MTIME), 0);
        assert_int_equal(zip_writer_finish(&zip), 0);
        assert_int_equal(read_back("beyond", "same"), 2);
}

static void test_a_part_is_compressed_as_it_grows(void **state _unused_)
{
        _cleanup_zip_ ZipWriter zip = {.fd = fd};
        _cleanup_zip_part_ ZipPart part = {}, empty = {};
        struct archive *archive = archive_read_new();
        struct archive_entry *entry;
        uint32_t noise[25000], back[25001];

        /* Nothing that gets smaller, in pieces of many sizes, and then what does. */
        for (size_t i = 0; i < ELEMENTSOF(noise); i++)
                noise[i] = i < 20000 ? (uint32_t)(i * 2654435761u) ^ (uint32_t)(i * i * 40503u) : 0;
        for (size_t done = 0, n = 1; done < sizeof(noise); done += n, n = n * 3 + 1) {
                n = MIN(n, sizeof(noise) - done);
                zip_part_append(&part, (const char *)noise + done, n);
        }
        assert_int_equal(zip_writer_add_part(&zip, "empty", &empty, MTIME), 0);
        assert_int_equal(zip_writer_add_part(&zip, "noise", &part, MTIME), 0);
        assert_int_equal(zip_writer_finish(&zip), 0);
        assert_in_range(zip.offset, 40000, 90000);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_int_equal(archive_read_support_format_zip(archive), ARCHIVE_OK);
        assert_int_equal(archive_read_open_fd(archive, fd, 65536), ARCHIVE_OK);
        assert_int_equal(archive_read_next_header(archive, &entry), ARCHIVE_OK);
        assert_int_equal(archive_entry_size(entry), 0);
        assert_int_equal(archive_read_next_header(archive, &entry), ARCHIVE_OK);
        assert_int_equal(archive_entry_size(entry), sizeof(noise));
        assert_int_equal(archive_read_data(archive, back, sizeof(back)), sizeof(noise));
        assert_memory_equal(back, noise, sizeof(noise));
        archive_read_free(archive);
}

static void test_an_empty_one_is_a_zip_file_too(void **state _unused_)
{
        _cleanup_zip_ ZipWriter zip = {.fd = fd};
        struct stat st;

        assert_int_equal(zip_writer_finish(&zip), 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, 22);
}

static void test_times_outside_of_the_format_are_the_nearest(void **state _unused_)
{
        static const int64_t times[] = {INT64_MIN, INT64_MAX};
        static const time_t shown[] = {315532800, 2145916799};

        for (size_t i = 0; i < ELEMENTSOF(times); i++) {
                _cleanup_zip_ ZipWriter zip = {.fd = fd};
                struct archive *archive = archive_read_new();
                struct archive_entry *entry;

                assert_int_equal(ftruncate(fd, 0), 0);
                assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
                assert_int_equal(zip_writer_add(&zip, "a", "", 0, times[i]), 0);
                assert_int_equal(zip_writer_finish(&zip), 0);
                assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
                assert_int_equal(archive_read_support_format_zip(archive), ARCHIVE_OK);
                assert_int_equal(archive_read_open_fd(archive, fd, 65536), ARCHIVE_OK);
                assert_int_equal(archive_read_next_header(archive, &entry), ARCHIVE_OK);
                assert_int_equal(archive_entry_mtime(entry), shown[i]);
                archive_read_free(archive);
        }
}

static void test_what_no_entry_can_hold_is_refused(void **state _unused_)
{
        _cleanup_zip_ ZipWriter zip = {.fd = fd};
        _cleanup_free_ char *path = malloc(65537);

        assert_non_null(path);
        memset(path, 'a', 65536);
        path[65536] = '\0';
        assert_int_equal(zip_writer_add(&zip, path, "x", 1, MTIME), -EFBIG);
        assert_int_equal(zip_writer_add(&zip, "a", "x", SIZE_MAX, MTIME), -EFBIG);
        assert_int_equal(zip.offset, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_more_entries_than_the_old_format_can_count),
                TEST(test_entries_beyond_four_gigabytes),
                TEST(test_a_part_is_compressed_as_it_grows),
                TEST(test_an_empty_one_is_a_zip_file_too),
                TEST(test_times_outside_of_the_format_are_the_nearest),
                TEST(test_what_no_entry_can_hold_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
