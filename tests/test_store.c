/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/store.h>

#include <sys/wait.h>
#include <time.h>

static const StoreInit init_default = {.language = LANGUAGE_ZH, .batch = "202601"};

/* "DIRECTORY/NAME" in a directory of the test's own. */
static void make_place(char directory[static PATH_MAX], const char *name,
                       char path[static PATH_MAX + 64])
{
        fixture_make_path(directory);
        (void)snprintf(path, PATH_MAX + 64, "%s/%s", directory, name);
}

static mode_t mode_of(const char *directory, const char *name)
{
        char path[2 * PATH_MAX];
        struct stat st;

        (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
        if (stat(path, &st) < 0)
                fail_msg("'%s': %s", path, strerror(errno));
        return st.st_mode & 07777;
}

static void test_create_makes_a_store_that_can_be_opened(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *store = NULL;
        char path[PATH_MAX + 64];

        make_place(directory, "store", path);
        assert_int_equal(store_create(path, &init_default), 0);
        assert_int_equal(store_open(path, &store), 0);
        assert_true(store_dirfd(store) >= 0);
}

static void test_create_takes_an_empty_directory(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
}

static void test_create_refuses_a_directory_with_something_in_it(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        char path[PATH_MAX + 64];
        struct stat st;

        make_place(directory, "letter.txt", path);
        assert_int_equal(mknod(path, S_IFREG | 0600, 0), 0);
        assert_int_equal(store_create(directory, &init_default), -ENOTEMPTY);
        (void)snprintf(path, sizeof(path), "%s/blobs", directory);
        assert_int_equal(stat(path, &st), -1);
}

static void test_create_refuses_a_store(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
        assert_int_equal(store_create(directory, &init_default), -EEXIST);
}

static void test_create_refuses_a_file(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        char path[PATH_MAX + 64];

        make_place(directory, "file", path);
        assert_int_equal(mknod(path, S_IFREG | 0600, 0), 0);
        assert_int_equal(store_create(path, &init_default), -ENOTDIR);
}

static void test_create_needs_the_parent_directory(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        char path[PATH_MAX + 64];

        make_place(directory, "no/store", path);
        assert_int_equal(store_create(path, &init_default), -ENOENT);
}

static void test_create_refuses_bad_batch_names_and_makes_nothing(void **state _unused_)
{
        static const char *const names[] = {
                "",
                "2026/01",
                "2026\n01",
                "\xff\xfe",
                "12345678901234567890123456789012345678901234567890123456789012345",
        };
        _cleanup_path_ char directory[PATH_MAX] = "";
        char path[PATH_MAX + 64];
        struct stat st;

        make_place(directory, "store", path);
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                StoreInit init = {.batch = names[i]};

                assert_int_equal(store_create(path, &init), -EINVAL);
                assert_int_equal(stat(path, &st), -1);
        }
}

static void test_create_without_a_batch_takes_the_first_of_this_year(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        _cleanup_free_ char *batch = NULL;
        StoreInit init = {.language = LANGUAGE_EN};
        int64_t id;

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init), 0);
        assert_int_equal(store_open(directory, &store), 0);
        assert_int_equal(catalog_open(store, &catalog), 0);
        assert_int_equal(catalog_get_setting(catalog, "batch", &batch), 1);
        assert_int_equal(strlen(batch), 6);
        assert_string_equal(batch + 4, "01");
        assert_int_equal(catalog_find_batch(catalog, batch, &id), 1);
}

static void test_create_writes_language_and_batch_down(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        _cleanup_free_ char *batch = NULL, *language = NULL;

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
        assert_int_equal(store_open(directory, &store), 0);
        assert_int_equal(catalog_open(store, &catalog), 0);
        assert_int_equal(catalog_get_setting(catalog, "batch", &batch), 1);
        assert_string_equal(batch, "202601");
        assert_int_equal(catalog_get_setting(catalog, "language", &language), 1);
        assert_string_equal(language, "zh");
}

static void test_nobody_but_the_owner_gets_in(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        mode_t old;

        fixture_make_path(directory);
        assert_int_equal(chmod(directory, 0755), 0);
        old = umask(0);
        assert_int_equal(store_create(directory, &init_default), 0);
        assert_int_equal(store_open(directory, &store), 0);
        (void)umask(old);
        assert_int_equal(mode_of(directory, "."), 0700);
        assert_int_equal(mode_of(directory, "blobs"), 0700);
        assert_int_equal(mode_of(directory, "staging"), 0700);
        assert_int_equal(mode_of(directory, "daemon.lock"), 0600);
        assert_int_equal(mode_of(directory, "catalog.db"), 0600);
        assert_int_equal(catalog_open(store, &catalog), 0);
        assert_int_equal(catalog_begin(catalog, true), 0);
        assert_int_equal(catalog_set_setting(catalog, "key", "value"), 0);
        assert_int_equal(catalog_commit(catalog), 0);
        assert_int_equal(mode_of(directory, "catalog.db-wal"), 0600);
        assert_int_equal(mode_of(directory, "catalog.db-shm"), 0600);
}

static void test_open_finds_no_store_in_an_empty_directory(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        char path[PATH_MAX + 64];
        Store *store = NULL;

        make_place(directory, "none", path);
        assert_int_equal(store_open(directory, &store), -ENOENT);
        assert_int_equal(store_open(path, &store), -ENOENT);
        assert_null(store);
}

static void test_open_makes_nothing_where_there_is_no_store(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        Store *store = NULL;

        fixture_make_path(directory);
        assert_int_equal(store_open(directory, &store), -ENOENT);
        assert_int_equal(rmdir(directory), 0);
}

static void test_open_reports_a_catalog_that_is_no_database(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_close_ int fd = -EBADF;
        char path[PATH_MAX + 64];
        Store *store = NULL;

        make_place(directory, "catalog.db", path);
        assert_int_equal(store_create(directory, &init_default), 0);
        fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
        assert_true(fd >= 0);
        for (int i = 0; i < 512; i++)
                assert_int_equal(write_full(fd, "no database", 11), 0);
        assert_int_equal(store_open(directory, &store), -EUCLEAN);
        assert_null(store);
}

static void test_the_path_is_absolute(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *store = NULL;
        char relative[2 * PATH_MAX], *expected;

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
        (void)snprintf(relative, sizeof(relative), "%s/blobs/..", directory);
        assert_int_equal(store_open(relative, &store), 0);
        expected = realpath(directory, NULL);
        assert_string_equal(store_path(store), expected);
        free(expected);
}

static void test_free_accepts_null(void **state _unused_)
{
        store_free(NULL);
}

/* ---- the daemon's lock ---- */

static void test_a_second_daemon_is_refused_until_the_first_ends(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *first = NULL, *second = NULL;

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
        assert_int_equal(store_open(directory, &first), 0);
        assert_int_equal(store_open(directory, &second), 0);
        assert_false(store_daemon_running(second));
        assert_int_equal(store_lock_daemon(first), 0);
        assert_int_equal(store_lock_daemon(second), -EBUSY);
        assert_true(store_daemon_running(second));
        store_free(TAKE_PTR(first));
        assert_false(store_daemon_running(second));
        assert_int_equal(store_lock_daemon(second), 0);
}

/* In a process of its own: 0 when the store can be locked, else the errno. */
static int lock_in_a_child(const char *path)
{
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                Store *store;
                int r = store_open(path, &store);

                if (r >= 0)
                        r = store_lock_daemon(store);
                _exit(-r);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        return -WEXITSTATUS(status);
}

static void test_another_process_is_refused_while_the_daemon_lives(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *store = NULL;

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
        assert_int_equal(store_open(directory, &store), 0);
        assert_int_equal(store_lock_daemon(store), 0);
        assert_int_equal(lock_in_a_child(directory), -EBUSY);
}

static void test_a_daemon_that_died_leaves_no_lock(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *store = NULL;

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
        assert_int_equal(lock_in_a_child(directory), 0);
        assert_int_equal(store_open(directory, &store), 0);
        assert_int_equal(store_lock_daemon(store), 0);
}

/* A worker that is born shares the open lock until its program begins, and outlives the daemon. */
static void test_a_worker_that_a_dying_daemon_started_is_waited_for(void **state _unused_)
{
        const struct timespec begins = {.tv_nsec = 300000000};
        _cleanup_path_ char directory[PATH_MAX] = "";
        _cleanup_(store_freep) Store *dead = NULL, *next = NULL;
        pid_t worker;
        int status;

        fixture_make_path(directory);
        assert_int_equal(store_create(directory, &init_default), 0);
        assert_int_equal(store_open(directory, &dead), 0);
        assert_int_equal(store_lock_daemon(dead), 0);
        worker = fork();
        assert_true(worker >= 0);
        if (worker == 0) {
                (void)nanosleep(&begins, NULL);
                _exit(EXIT_SUCCESS);
        }
        store_free(TAKE_PTR(dead));
        assert_int_equal(store_open(directory, &next), 0);
        assert_true(store_daemon_running(next));
        assert_int_equal(store_lock_daemon(next), 0);
        assert_int_equal(waitpid(worker, &status, 0), worker);
}

static void test_batch_names_are_short_words_without_separators(void **state _unused_)
{
        char name[70];

        assert_true(batch_name_valid("202601"));
        assert_true(batch_name_valid("2026年春季"));
        assert_false(batch_name_valid(""));
        assert_false(batch_name_valid("a/b"));
        assert_false(batch_name_valid("a,b"));
        assert_false(batch_name_valid("a\nb"));
        assert_false(batch_name_valid("\xff"));
        memset(name, 'x', sizeof(name));
        name[65] = '\0';
        assert_false(batch_name_valid(name));
        name[64] = '\0';
        assert_true(batch_name_valid(name));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_create_makes_a_store_that_can_be_opened),
                cmocka_unit_test(test_create_takes_an_empty_directory),
                cmocka_unit_test(test_create_refuses_a_directory_with_something_in_it),
                cmocka_unit_test(test_create_refuses_a_store),
                cmocka_unit_test(test_create_refuses_a_file),
                cmocka_unit_test(test_create_needs_the_parent_directory),
                cmocka_unit_test(test_create_refuses_bad_batch_names_and_makes_nothing),
                cmocka_unit_test(test_batch_names_are_short_words_without_separators),
                cmocka_unit_test(test_create_without_a_batch_takes_the_first_of_this_year),
                cmocka_unit_test(test_create_writes_language_and_batch_down),
                cmocka_unit_test(test_nobody_but_the_owner_gets_in),
                cmocka_unit_test(test_open_finds_no_store_in_an_empty_directory),
                cmocka_unit_test(test_open_makes_nothing_where_there_is_no_store),
                cmocka_unit_test(test_open_reports_a_catalog_that_is_no_database),
                cmocka_unit_test(test_the_path_is_absolute),
                cmocka_unit_test(test_free_accepts_null),
                cmocka_unit_test(test_a_second_daemon_is_refused_until_the_first_ends),
                cmocka_unit_test(test_another_process_is_refused_while_the_daemon_lives),
                cmocka_unit_test(test_a_daemon_that_died_leaves_no_lock),
                cmocka_unit_test(test_a_worker_that_a_dying_daemon_started_is_waited_for),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
