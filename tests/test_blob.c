/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/store.h>

static int64_t last_submission;

/* A staging file of a new submission with that text in it. */
static int stage(const char *text)
{
        int fd = staging_create(fixture.store, ++last_submission);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, text, strlen(text)), 0);
        return fd;
}

static void assert_blob(const Sha256 *hash, const char *text)
{
        _cleanup_close_ int fd = blob_open(fixture.store, hash);
        _cleanup_free_ char *data = NULL;
        size_t size;

        assert_true(fd >= 0);
        assert_int_equal(read_whole_fd(fd, 1 << 20, &data, &size), 0);
        assert_string_equal(data, text);
}

/* ---- staging ---- */

static void test_staging_can_be_written_and_opened_again(void **state _unused_)
{
        _cleanup_close_ int fd = stage("bytes"), again = -EBADF;
        char text[8] = "";

        again = staging_open(fixture.store, last_submission);
        assert_true(again >= 0);
        assert_int_equal(pread_full(again, text, sizeof(text), 0), 5);
        assert_string_equal(text, "bytes");
        /* A file that was closed is written no more. */
        assert_int_equal(pwrite_full(again, "B", 1, 0), -EBADF);
        assert_int_equal(safe_close(again), -EBADF);
        again = staging_open_for_writing(fixture.store, last_submission);
        assert_int_equal(pwrite_full(again, "B", 1, 0), 0);
}

static void test_staging_create_starts_empty(void **state _unused_)
{
        _cleanup_close_ int fd = stage("old bytes"), again = -EBADF;
        struct stat st;

        again = staging_create(fixture.store, last_submission);
        assert_true(again >= 0);
        assert_int_equal(fstat(again, &st), 0);
        assert_int_equal(st.st_size, 0);
}

static void test_staging_open_of_nothing_is_enoent(void **state _unused_)
{
        assert_int_equal(staging_open(fixture.store, 999999), -ENOENT);
}

static void test_staging_remove_takes_the_name_and_is_content_without(void **state _unused_)
{
        _cleanup_close_ int fd = stage("x");

        assert_int_equal(staging_remove(fixture.store, last_submission), 0);
        assert_int_equal(staging_open(fixture.store, last_submission), -ENOENT);
        assert_int_equal(staging_remove(fixture.store, last_submission), 0);
}

static void test_staging_sync_succeeds(void **state _unused_)
{
        assert_int_equal(staging_sync(fixture.store), 0);
}

static void test_staging_files_are_the_owners_only(void **state _unused_)
{
        mode_t old = umask(0);
        _cleanup_close_ int fd = stage("x");
        struct stat st;

        (void)umask(old);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
}

typedef struct Seen {
        int64_t sum;
        size_t n;
        int answer;
} Seen;

static int see(int64_t submission, void *userdata)
{
        Seen *seen = userdata;

        seen->sum += submission;
        seen->n++;
        return seen->answer;
}

static int remove_it(int64_t submission, void *userdata _unused_)
{
        return staging_remove(fixture.store, submission);
}

static void test_staging_list_sees_every_file_once(void **state _unused_)
{
        Seen seen = {}, none = {};
        int64_t sum = 0;

        assert_int_equal(staging_list(fixture.store, remove_it, NULL), 0);
        for (int i = 0; i < 100; i++) {
                _cleanup_close_ int fd = stage("x");

                sum += last_submission;
        }
        assert_int_equal(staging_list(fixture.store, see, &seen), 0);
        assert_int_equal(seen.n, 100);
        assert_int_equal(seen.sum, sum);
        assert_int_equal(staging_list(fixture.store, remove_it, NULL), 0);
        assert_int_equal(staging_list(fixture.store, see, &none), 0);
        assert_int_equal(none.n, 0);
}

static void test_staging_list_ends_with_the_answer(void **state _unused_)
{
        _cleanup_close_ int a = stage("x"), b = stage("y");
        Seen seen = {.answer = -EIO};

        assert_int_equal(staging_list(fixture.store, see, &seen), -EIO);
        assert_int_equal(seen.n, 1);
}

static void test_staging_list_passes_over_foreign_files(void **state _unused_)
{
        static const char *const names[] = {"staging/7.bak", "staging/.7", "staging/x7"};
        Seen seen = {};

        assert_int_equal(staging_list(fixture.store, remove_it, NULL), 0);
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                assert_int_equal(mknodat(store_dirfd(fixture.store), names[i], S_IFREG | 0600, 0),
                                 0);
        assert_int_equal(staging_list(fixture.store, see, &seen), 0);
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                assert_int_equal(unlinkat(store_dirfd(fixture.store), names[i], 0), 0);
        assert_int_equal(seen.n, 0);
}

static void test_a_copy_takes_the_name_and_leaves_the_old_bytes_alone(void **state _unused_)
{
        _cleanup_close_ int old = stage("received"), copy = -EBADF, again = -EBADF;
        char text[32] = "";

        copy = staging_prepare(fixture.store, last_submission, old);
        assert_true(copy >= 0);
        assert_int_equal(staging_replace(fixture.store, last_submission), 0);
        assert_int_equal(pwrite_full(copy, " and more", 9, 8), 0);
        again = staging_open(fixture.store, last_submission);
        assert_int_equal(pread_full(again, text, sizeof(text), 0), 17);
        assert_string_equal(text, "received and more");
        assert_int_equal(pread_full(old, text, sizeof(text), 0), 8);
}

static void test_a_copy_that_was_not_given_the_name_changes_nothing(void **state _unused_)
{
        _cleanup_close_ int old = stage("received"), copy = -EBADF, again = -EBADF;
        char text[16] = "";

        copy = staging_prepare(fixture.store, last_submission, -EBADF);
        assert_true(copy >= 0);
        assert_int_equal(pwrite_full(copy, "other", 5, 0), 0);
        again = staging_open(fixture.store, last_submission);
        assert_int_equal(pread_full(again, text, sizeof(text), 0), 8);
        assert_string_equal(text, "received");
        assert_int_equal(staging_remove(fixture.store, last_submission), 0);
        assert_int_equal(staging_replace(fixture.store, last_submission), -ENOENT);
}

static void test_a_copy_of_what_is_being_written_is_a_blob_of_its_own(void **state _unused_)
{
        _cleanup_close_ int fd = stage("so far"), blob = -EBADF;
        char text[16] = "";
        uint64_t size;
        Sha256 hash;

        assert_int_equal(blob_copy_fd(fixture.store, fd, &hash, &size), 0);
        assert_int_equal(size, 6);
        assert_int_equal(pwrite_full(fd, "other!", 6, 0), 0);
        assert_int_equal(blob_check(fixture.store, &hash), 1);
        blob = blob_open(fixture.store, &hash);
        assert_int_equal(pread_full(blob, text, sizeof(text), 0), 6);
        assert_string_equal(text, "so far");
}

static void test_a_copy_that_fails_leaves_the_staging_file(void **state _unused_)
{
        _cleanup_close_ int old = stage("received"), again = -EBADF;
        _cleanup_close_ int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        char text[16] = "";

        assert_true(staging_prepare(fixture.store, last_submission, directory) < 0);
        again = staging_open(fixture.store, last_submission);
        assert_int_equal(pread_full(again, text, sizeof(text), 0), 8);
        assert_string_equal(text, "received");
}

/* ---- blobs ---- */

static void test_a_staged_file_becomes_a_blob(void **state _unused_)
{
        _cleanup_close_ int fd = stage("original");
        Sha256 hash, expected = fixture_hash("original");
        uint64_t size;

        assert_int_equal(blob_from_fd(fixture.store, fd, &hash, &size), 0);
        assert_true(sha256_equal(&hash, &expected));
        assert_int_equal(size, 8);
        assert_blob(&hash, "original");
}

static void test_the_staging_name_stays_beside_the_blob(void **state _unused_)
{
        _cleanup_close_ int fd = stage("two names"), again = -EBADF;
        uint64_t size;
        Sha256 hash;

        assert_int_equal(blob_from_fd(fixture.store, fd, &hash, &size), 0);
        again = staging_open(fixture.store, last_submission);
        assert_true(again >= 0);
        assert_int_equal(staging_remove(fixture.store, last_submission), 0);
        assert_blob(&hash, "two names");
}

static void test_a_new_staging_file_leaves_the_blob_alone(void **state _unused_)
{
        _cleanup_close_ int fd = stage("never changed"), again = -EBADF;
        uint64_t size;
        Sha256 hash;

        assert_int_equal(blob_from_fd(fixture.store, fd, &hash, &size), 0);
        again = staging_create(fixture.store, last_submission);
        assert_int_equal(write_full(again, "something else", 14), 0);
        assert_blob(&hash, "never changed");
}

typedef struct Counting {
        Sha256 hash;
        int n;
} Counting;

static int count_blob(const Sha256 *hash, int64_t used_nsec _unused_, void *userdata)
{
        Counting *counting = userdata;

        counting->n += sha256_equal(hash, &counting->hash);
        return 0;
}

static int count_blobs(const Sha256 *hash)
{
        Counting counting = {.hash = *hash};

        assert_int_equal(blob_list(fixture.store, count_blob, &counting), 0);
        return counting.n;
}

static void test_the_same_bytes_twice_are_one_blob(void **state _unused_)
{
        _cleanup_close_ int a = stage("twice"), b = stage("twice"), blob = -EBADF;
        Sha256 hash_a, hash_b;
        struct stat st, st_a;
        uint64_t size;

        assert_int_equal(blob_from_fd(fixture.store, a, &hash_a, &size), 0);
        assert_int_equal(blob_from_fd(fixture.store, b, &hash_b, &size), 0);
        assert_true(sha256_equal(&hash_a, &hash_b));
        blob = blob_open(fixture.store, &hash_a);
        assert_int_equal(fstat(blob, &st), 0);
        assert_int_equal(fstat(a, &st_a), 0);
        if (!store_shares_blobs(fixture.store))
                assert_int_equal(st.st_ino, st_a.st_ino);
        assert_int_equal(count_blobs(&hash_a), 1);
}

static void test_a_file_whose_staging_name_is_gone_makes_no_blob(void **state _unused_)
{
        _cleanup_close_ int fd = stage("cancelled");
        Sha256 hash = {}, expected = fixture_hash("cancelled");
        uint64_t size = 0;

        assert_int_equal(staging_remove(fixture.store, last_submission), 0);
        assert_int_equal(blob_from_fd(fixture.store, fd, &hash, &size), -ENOENT);
        assert_int_equal(size, 0);
        assert_int_equal(blob_open(fixture.store, &expected), -ENOENT);
}

static void test_an_empty_file_is_a_blob_too(void **state _unused_)
{
        _cleanup_close_ int fd = stage("");
        uint64_t size = 1;
        Sha256 hash;

        assert_int_equal(blob_from_fd(fixture.store, fd, &hash, &size), 0);
        assert_int_equal(size, 0);
        assert_blob(&hash, "");
}

static void test_put_writes_a_blob(void **state _unused_)
{
        Sha256 hash, expected = fixture_hash("finished photo");

        assert_int_equal(blob_put(fixture.store, "finished photo", 14, &hash), 0);
        assert_true(sha256_equal(&hash, &expected));
        assert_blob(&hash, "finished photo");
}

static void test_put_twice_keeps_the_first_file(void **state _unused_)
{
        _cleanup_close_ int first = -EBADF, second = -EBADF;
        struct stat a, b;
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, "again", 5, &hash), 0);
        first = blob_open(fixture.store, &hash);
        assert_int_equal(blob_put(fixture.store, "again", 5, &hash), 0);
        second = blob_open(fixture.store, &hash);
        assert_int_equal(fstat(first, &a), 0);
        assert_int_equal(fstat(second, &b), 0);
        assert_int_equal(a.st_ino, b.st_ino);
}

static void test_blobs_are_the_owners_only(void **state _unused_)
{
        _cleanup_close_ int fd = -EBADF;
        mode_t old = umask(0);
        struct stat st;
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, "private", 7, &hash), 0);
        (void)umask(old);
        fd = blob_open(fixture.store, &hash);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
}

static void test_a_blob_is_opened_for_reading_only(void **state _unused_)
{
        _cleanup_close_ int fd = -EBADF;
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, "read", 4, &hash), 0);
        fd = blob_open(fixture.store, &hash);
        assert_int_equal(write_full(fd, "x", 1), -EBADF);
}

static void test_open_of_an_unknown_hash_is_enoent(void **state _unused_)
{
        Sha256 hash = fixture_hash("nobody put this");

        assert_int_equal(blob_open(fixture.store, &hash), -ENOENT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_staging_can_be_written_and_opened_again),
                cmocka_unit_test(test_staging_create_starts_empty),
                cmocka_unit_test(test_staging_open_of_nothing_is_enoent),
                cmocka_unit_test(test_staging_remove_takes_the_name_and_is_content_without),
                cmocka_unit_test(test_staging_sync_succeeds),
                cmocka_unit_test(test_staging_files_are_the_owners_only),
                cmocka_unit_test(test_staging_list_sees_every_file_once),
                cmocka_unit_test(test_staging_list_ends_with_the_answer),
                cmocka_unit_test(test_staging_list_passes_over_foreign_files),
                cmocka_unit_test(test_a_copy_takes_the_name_and_leaves_the_old_bytes_alone),
                cmocka_unit_test(test_a_copy_that_was_not_given_the_name_changes_nothing),
                cmocka_unit_test(test_a_copy_of_what_is_being_written_is_a_blob_of_its_own),
                cmocka_unit_test(test_a_copy_that_fails_leaves_the_staging_file),
                cmocka_unit_test(test_a_staged_file_becomes_a_blob),
                cmocka_unit_test(test_the_staging_name_stays_beside_the_blob),
                cmocka_unit_test(test_a_new_staging_file_leaves_the_blob_alone),
                cmocka_unit_test(test_the_same_bytes_twice_are_one_blob),
                cmocka_unit_test(test_a_file_whose_staging_name_is_gone_makes_no_blob),
                cmocka_unit_test(test_an_empty_file_is_a_blob_too),
                cmocka_unit_test(test_put_writes_a_blob),
                cmocka_unit_test(test_put_twice_keeps_the_first_file),
                cmocka_unit_test(test_blobs_are_the_owners_only),
                cmocka_unit_test(test_a_blob_is_opened_for_reading_only),
                cmocka_unit_test(test_open_of_an_unknown_hash_is_enoent),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
