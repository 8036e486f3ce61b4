/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/purge.h>
#include <idphoto/storecheck.h>

#include <dirent.h>
#include <time.h>

/* A directory of blobs that several machines share: whose it is, and how blobs leave it. */

static void shared_path(const char *name, char path[static PATH_MAX + 176])
{
        (void)snprintf(path, PATH_MAX + 176, "%s/blobs/%s", fixture.directory, name);
}

/* ---- whose it is ---- */

static int opens(void)
{
        _cleanup_(store_freep) Store *store = NULL;

        return store_open(fixture.path, &store);
}

static int entries_of(const char *path)
{
        DIR *dir = opendir(path);
        int n = 0;

        assert_non_null(dir);
        while (readdir(dir))
                n++;
        (void)closedir(dir);
        return n - 2;
}

static void move(const char *from, const char *to)
{
        char a[PATH_MAX + 176], b[PATH_MAX + 176];

        (void)snprintf(a, sizeof(a), "%s/%s", fixture.directory, from);
        (void)snprintf(b, sizeof(b), "%s/%s", fixture.directory, to);
        assert_int_equal(rename(a, b), 0);
}

static void test_a_bare_mountpoint_is_refused_and_stays_bare(void **state _unused_)
{
        char path[PATH_MAX + 176];

        fixture_needs_shared_blobs();
        shared_path("", path);
        move("blobs", "elsewhere");
        assert_int_equal(opens(), -ENOMEDIUM);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(opens(), -ENOMEDIUM);
        assert_int_equal(entries_of(path), 0);
        assert_int_equal(rmdir(path), 0);
        move("elsewhere", "blobs");
        assert_int_equal(opens(), 0);
}

static void test_the_directory_of_another_store_is_refused(void **state _unused_)
{
        char path[PATH_MAX + 176];
        FILE *f;

        fixture_needs_shared_blobs();
        shared_path("store.id", path);
        f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs("00112233445566778899aabbccddeeff\n", f) > 0);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(opens(), -EREMCHG);
}

static void test_a_store_is_not_opened_without_its_directory(void **state _unused_)
{
        _cleanup_close_ int fd = -EBADF;
        _cleanup_free_ char *text = NULL;
        char *line;
        size_t size;

        fixture_needs_shared_blobs();
        fd = openat(store_dirfd(fixture.store), "idphotofs.conf", O_RDWR | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(read_whole_fd(fd, 65536, &text, &size), 0);
        line = strstr(text, "\nblobs");
        assert_non_null(line);
        line[1] = '#';
        assert_int_equal(pwrite_full(fd, text, size, 0), 0);
        assert_int_equal(unlinkat(store_dirfd(fixture.store), "blobs", 0), 0);
        assert_int_equal(opens(), -ENOLINK);
        /* A folder of its own would have none of its photos. */
        assert_int_equal(mkdirat(store_dirfd(fixture.store), "blobs", 0700), 0);
        assert_int_equal(opens(), -ENOLINK);
}

static void test_a_directory_with_something_in_it_becomes_no_store_s(void **state _unused_)
{
        char path[PATH_MAX + 176], other[PATH_MAX + 176], url[PATH_MAX];
        StoreInit init = {.batch = "202601", .blobs = path};

        fixture_needs_shared_blobs();
        init.catalog = fixture_catalog(url);
        (void)snprintf(other, sizeof(other), "%s/other", fixture.directory);
        shared_path("", path);
        assert_int_equal(store_create(other, &init), -EADDRINUSE);
        assert_int_equal(access(other, F_OK), -1);
        init.blobs = "relative";
        assert_int_equal(store_create(other, &init), -EPROTOTYPE);
        init.blobs = "/nowhere/at/all";
        assert_int_equal(store_create(other, &init), -ENOMEDIUM);
        assert_int_equal(access(other, F_OK), -1);
}

static void test_a_store_on_one_machine_has_no_directory_elsewhere(void **state _unused_)
{
        _cleanup_path_ char directory[PATH_MAX];
        char path[PATH_MAX + 8];
        StoreInit init = {.batch = "202601", .blobs = directory};

        fixture_make_path(directory);
        (void)snprintf(path, sizeof(path), "%s/store", directory);
        assert_int_equal(store_create(path, &init), -EPROTOTYPE);
        assert_int_equal(access(path, F_OK), -1);
}

static void test_nothing_is_made_where_the_directory_was(void **state _unused_)
{
        _cleanup_close_ int fd = -EBADF;
        char path[PATH_MAX + 176];
        Sha256 hash, put;
        uint64_t size;

        fixture_needs_shared_blobs();
        hash = fixture_blob("here");
        shared_path("", path);
        assert_int_equal(nftw(path, fixture_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
        assert_true(blob_put(fixture.store, "lost", 4, &put) < 0);
        /* It is not known that the blob is gone. */
        assert_int_equal(blob_open(fixture.store, &hash), -EIO);
        assert_int_equal(blob_present(fixture.store, &hash), -EIO);
        assert_true(store_collect_blobs(fixture.store, fixture.catalog, NULL, NULL, NULL) < 0);
        assert_int_equal(access(path, F_OK), -1);
        fd = staging_create(fixture.store, 1);
        assert_true(fd >= 0);
        assert_true(blob_from_fd(fixture.store, fd, &hash, &size) < 0);
        assert_int_equal(access(path, F_OK), -1);
}

/* ---- how blobs come ---- */

static void test_a_blob_is_no_other_name_of_what_was_sent(void **state _unused_)
{
        _cleanup_close_ int fd = -EBADF;
        char path[PATH_MAX + 176];
        uint64_t size;
        Sha256 hash;

        fixture_needs_shared_blobs();
        fd = staging_create(fixture.store, 1);
        assert_int_equal(write_full(fd, "first", 5), 0);
        assert_int_equal(blob_from_fd(fixture.store, fd, &hash, &size), 0);
        assert_int_equal(pwrite_full(fd, "SECOND", 6, 0), 0);
        assert_int_equal(blob_check(fixture.store, &hash), 1);
        shared_path("tmp", path);
        assert_int_equal(entries_of(path), 0);
}

static void test_a_copy_that_fails_leaves_nothing(void **state _unused_)
{
        _cleanup_close_ int fd = -EBADF;
        char path[PATH_MAX + 176];
        Sha256 hash;

        fixture_needs_shared_blobs();
        fd = staging_create(fixture.store, 1);
        assert_int_equal(write_full(fd, "short", 5), 0);
        assert_int_equal(blob_copy_part(fixture.store, fd, 2, 9, &hash), -ENODATA);
        assert_int_equal(blob_copy_part(fixture.store, fd, 2, 3, &hash), 0);
        assert_int_equal(blob_check(fixture.store, &hash), 1);
        shared_path("tmp", path);
        assert_int_equal(entries_of(path), 0);
}

/* What a storage that lost its power left of the file. */
static void test_a_blob_of_another_size_is_made_anew(void **state _unused_)
{
        char path[PATH_MAX + 176], name[80], hex[SHA256_HEX_SIZE];
        Sha256 hash;

        fixture_needs_shared_blobs();
        hash = fixture_blob("whole");
        (void)sha256_to_hex(&hash, hex);
        (void)snprintf(name, sizeof(name), "%.2s/%s", hex, hex + 2);
        shared_path(name, path);
        assert_int_equal(truncate(path, 2), 0);
        assert_int_equal(blob_check(fixture.store, &hash), 0);
        (void)fixture_blob("whole");
        assert_int_equal(blob_check(fixture.store, &hash), 1);
}

static int64_t used;

static int take_used(const Sha256 *hash _unused_, int64_t used_nsec, void *userdata _unused_)
{
        used = used_nsec;
        return 0;
}

static void set_age(const char *folder, const char *name, time_t seconds)
{
        char path[PATH_MAX + 176], relative[160];
        const struct timespec old = {.tv_sec = time(NULL) - seconds};

        (void)snprintf(relative, sizeof(relative), "%s/%s", folder, name);
        shared_path(relative, path);
        if (utimensat(AT_FDCWD, path, (const struct timespec[2]){old, old}, 0) < 0)
                fail_msg("no '%s'", path);
}

static void test_bytes_that_come_again_are_as_young_as_new_ones(void **state _unused_)
{
        char folder[4], hex[SHA256_HEX_SIZE];
        int64_t before;
        Sha256 hash;

        fixture_needs_shared_blobs();
        hash = fixture_blob("again and again");
        (void)sha256_to_hex(&hash, hex);
        (void)snprintf(folder, sizeof(folder), "%.2s", hex);
        set_age(folder, hex + 2, 7200);
        assert_int_equal(blob_list(fixture.store, take_used, NULL), 0);
        before = used;
        (void)fixture_blob("again and again");
        assert_int_equal(blob_list(fixture.store, take_used, NULL), 0);
        assert_true(used - before >= 7000 * NSEC_PER_SEC);
}

/* ---- how blobs go ---- */

static void age_trash(const Sha256 *hash)
{
        char hex[SHA256_HEX_SIZE];

        set_age("trash", sha256_to_hex(hash, hex), 3700);
}

static void collect(void)
{
        assert_int_equal(store_collect_blobs(fixture.store, fixture.catalog, NULL, NULL, NULL), 0);
}

static bool is_listed(const Sha256 *hash)
{
        char path[PATH_MAX + 176], name[80], hex[SHA256_HEX_SIZE];

        (void)sha256_to_hex(hash, hex);
        (void)snprintf(name, sizeof(name), "%.2s/%s", hex, hex + 2);
        shared_path(name, path);
        return access(path, F_OK) == 0;
}

static int trash_entries(void)
{
        char path[PATH_MAX + 176];

        shared_path("trash", path);
        return entries_of(path);
}

static void test_a_removed_blob_is_found_for_an_hour(void **state _unused_)
{
        Sha256 hash;

        fixture_needs_shared_blobs();
        hash = fixture_blob("orphan");
        collect();
        assert_false(is_listed(&hash));
        assert_int_equal(blob_check(fixture.store, &hash), 1);
        assert_int_equal(blob_present(fixture.store, &hash), 1);
        collect();
        assert_int_equal(blob_check(fixture.store, &hash), 1);
        age_trash(&hash);
        collect();
        assert_int_equal(blob_open(fixture.store, &hash), -ENOENT);
        assert_int_equal(blob_present(fixture.store, &hash), 0);
        assert_int_equal(trash_entries(), 0);
}

static int64_t name_in_row(const Sha256 *hash)
{
        int64_t id;

        assert_int_equal(fixture_begin(NULL), 0);
        id = fixture_received("a.jpg");
        assert_int_equal(catalog_set_submission_original(fixture.catalog, id, hash, 1), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        return id;
}

static void test_a_row_that_names_a_removed_blob_has_it_again(void **state _unused_)
{
        Sha256 hash;

        fixture_needs_shared_blobs();
        hash = fixture_blob("named late");
        collect();
        assert_false(is_listed(&hash));
        (void)name_in_row(&hash);
        assert_true(is_listed(&hash));
        assert_int_equal(trash_entries(), 0);
        collect();
        assert_int_equal(blob_check(fixture.store, &hash), 1);
}

/* By a machine that slept between its look at the rows and the deed. */
static void remove_named(const char *text, Sha256 *ret)
{
        *ret = fixture_blob(text);
        (void)name_in_row(ret);
        assert_int_equal(blob_remove(fixture.store, ret), 0);
        assert_false(is_listed(ret));
        assert_int_equal(blob_check(fixture.store, ret), 1);
}

static void test_what_a_row_names_is_put_back_by_the_next_collection(void **state _unused_)
{
        Sha256 hash;

        fixture_needs_shared_blobs();
        remove_named("slept", &hash);
        age_trash(&hash);
        collect();
        assert_true(is_listed(&hash));
        assert_int_equal(trash_entries(), 0);
}

static int no_problem(const StoreProblem *p, void *userdata _unused_)
{
        print_error("%s %s\n", store_fault_to_string(p->fault), p->what);
        return -EBADMSG;
}

static void test_a_check_finds_it_and_a_repair_puts_it_back(void **state _unused_)
{
        StoreCheck check = {.problem = no_problem};
        Sha256 hash;

        fixture_needs_shared_blobs();
        remove_named("slept", &hash);
        assert_int_equal(store_check(fixture.store, fixture.catalog, &check), 0);
        assert_false(is_listed(&hash));
        check.repair = true;
        assert_int_equal(store_check(fixture.store, fixture.catalog, &check), 0);
        assert_true(is_listed(&hash));
}

static int take_fault(const StoreProblem *p, void *userdata)
{
        *(StoreFault *)userdata = p->fault;
        return 0;
}

static void test_a_check_sees_that_a_removed_one_is_damaged(void **state _unused_)
{
        StoreFault fault = _STORE_FAULT_MAX;
        StoreCheck check = {.problem = take_fault, .userdata = &fault};
        char path[PATH_MAX + 176], name[80], hex[SHA256_HEX_SIZE];
        Sha256 hash;

        fixture_needs_shared_blobs();
        remove_named("damaged", &hash);
        (void)snprintf(name, sizeof(name), "trash/%s", sha256_to_hex(&hash, hex));
        shared_path(name, path);
        assert_int_equal(truncate(path, 2), 0);
        assert_int_equal(store_check(fixture.store, fixture.catalog, &check), 0);
        assert_int_equal(fault, STORE_ORIGINAL_CHANGED);
}

static void test_a_purge_leaves_nothing_of_what_is_not_named(void **state _unused_)
{
        Sha256 removed, orphan, named;
        PurgeReport report;

        fixture_needs_shared_blobs();
        removed = fixture_blob("removed before");
        collect();
        orphan = fixture_blob("orphan");
        remove_named("still named", &named);
        assert_int_equal(store_purge_old(fixture.store, fixture.catalog, 1, 1, false, &report), 0);
        assert_int_equal(report.files, 2);
        assert_int_equal(blob_open(fixture.store, &removed), -ENOENT);
        assert_int_equal(blob_open(fixture.store, &orphan), -ENOENT);
        assert_true(is_listed(&named));
        assert_int_equal(trash_entries(), 0);
}

static void make_file(const char *name)
{
        char path[PATH_MAX + 176];
        int fd;

        shared_path(name, path);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        (void)safe_close(fd);
}

static void test_what_a_dead_machine_left_goes_after_a_day(void **state _unused_)
{
        char path[PATH_MAX + 176];

        fixture_needs_shared_blobs();
        make_file("tmp/gw9.1");
        make_file("tmp/gw9.2");
        set_age("tmp", "gw9.1", 25 * 3600);
        set_age("tmp", "gw9.2", 23 * 3600);
        collect();
        shared_path("tmp/gw9.1", path);
        assert_int_equal(access(path, F_OK), -1);
        shared_path("tmp/gw9.2", path);
        assert_int_equal(access(path, F_OK), 0);
}

/* ---- bytes of an upload ---- */

static void test_the_bytes_that_this_machine_has_come_first(void **state _unused_)
{
        _cleanup_close_ int staged = -EBADF, fd = -EBADF;
        SubmissionRow row = {.id = 77, .has_original = true};
        char text[8] = "";
        bool blob;

        row.original = fixture_blob("blob");
        staged = staging_create(fixture.store, row.id);
        assert_int_equal(write_full(staged, "staged", 6), 0);
        fd = submission_open_bytes(fixture.store, &row, &blob);
        assert_true(fd >= 0);
        assert_int_equal(blob, !store_shares_blobs(fixture.store));
        assert_true(pread_full(fd, text, sizeof(text) - 1, 0) > 0);
        assert_string_equal(text, store_shares_blobs(fixture.store) ? "staged" : "blob");
        (void)safe_close(TAKE_FD(fd));
        assert_int_equal(staging_remove(fixture.store, row.id), 0);
        fd = submission_open_bytes(fixture.store, &row, &blob);
        assert_true(fd >= 0);
        assert_true(blob);
}

static void test_a_machine_has_the_host_s_name_unless_it_is_given_one(void **state _unused_)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_close_ int fd = openat(store_dirfd(fixture.store), "idphotofs.conf",
                                        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        char host[65] = "";

        assert_int_equal(gethostname(host, sizeof(host)), 0);
        assert_string_equal(store_gateway_name(fixture.store), host);
        assert_int_equal(write_full(fd, "\n[store]\ngateway = gw-1\n", 24), 0);
        assert_int_equal(store_open(fixture.path, &store), 0);
        assert_string_equal(store_gateway_name(store), "gw-1");
}

#define each(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int main(void)
{
        const struct CMUnitTest tests[] = {
                each(test_a_bare_mountpoint_is_refused_and_stays_bare),
                each(test_the_directory_of_another_store_is_refused),
                each(test_a_store_is_not_opened_without_its_directory),
                each(test_a_directory_with_something_in_it_becomes_no_store_s),
                each(test_a_store_on_one_machine_has_no_directory_elsewhere),
                each(test_nothing_is_made_where_the_directory_was),
                each(test_a_blob_is_no_other_name_of_what_was_sent),
                each(test_a_copy_that_fails_leaves_nothing),
                each(test_a_blob_of_another_size_is_made_anew),
                each(test_bytes_that_come_again_are_as_young_as_new_ones),
                each(test_a_removed_blob_is_found_for_an_hour),
                each(test_a_row_that_names_a_removed_blob_has_it_again),
                each(test_what_a_row_names_is_put_back_by_the_next_collection),
                each(test_a_check_finds_it_and_a_repair_puts_it_back),
                each(test_a_check_sees_that_a_removed_one_is_damaged),
                each(test_a_purge_leaves_nothing_of_what_is_not_named),
                each(test_what_a_dead_machine_left_goes_after_a_day),
                each(test_the_bytes_that_this_machine_has_come_first),
                each(test_a_machine_has_the_host_s_name_unless_it_is_given_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
