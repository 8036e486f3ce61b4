/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/backup.h>
#include <idphoto/photorow.h>
#include <idphoto/storecheck.h>
#include <idphoto/submission.h>
#include <store/catalog-internal.h>

/* Backup and restore: the same trees, only what is new, and nothing damaged taken for good. */

static char backup[PATH_MAX + 32], restored[PATH_MAX + 32];

static void put(const char *bytes)
{
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, bytes, strlen(bytes), &hash), 0);
}

static void blob_path(const char *root, const char *bytes, char path[static PATH_MAX + 160])
{
        Sha256 hash = fixture_hash(bytes);
        char hex[SHA256_HEX_SIZE];

        (void)sha256_to_hex(&hash, hex);
        (void)snprintf(path, PATH_MAX + 160, "%s/blobs/%.2s/%s", root, hex, hex + 2);
}

static bool there(const char *root, const char *bytes)
{
        char path[PATH_MAX + 160];

        blob_path(root, bytes, path);
        return access(path, F_OK) == 0;
}

static void write_at(const char *root, const char *name, const char *bytes)
{
        char path[PATH_MAX + 160];
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/%s", root, name);
        f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(bytes, f) >= 0);
        assert_int_equal(fclose(f), 0);
}

static void assert_holds(const char *root, const char *name, const char *bytes)
{
        char path[PATH_MAX + 160], found[64] = "";
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/%s", root, name);
        f = fopen(path, "r");
        if (!f)
                fail_msg("there is no '%s'", path);
        (void)fread(found, 1, sizeof(found) - 1, f);
        (void)fclose(f);
        assert_string_equal(found, bytes);
}

static int setup(void **state)
{
        int64_t id;
        int fd;

        if (fixture_open(state) < 0 || fixture_begin(state) < 0)
                return -1;
        (void)snprintf(backup, sizeof(backup), "%s/backup", fixture.directory);
        (void)snprintf(restored, sizeof(restored), "%s/restored", fixture.directory);
        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        (void)fixture_rejected("b.jpg", REASON_BLUR);
        put("a.jpg");
        put("b.jpg");
        put("photo");
        id = fixture_upload("under way.jpg");
        fd = staging_create(fixture.store, id);
        if (fd < 0 || write(fd, "half", 4) != 4)
                return -1;
        (void)safe_close(fd);
        write_at(fixture.path, "idphotofs.conf", "# mine\n");
        return catalog_commit(fixture.catalog);
}

static BackupReport make(void)
{
        BackupReport report = {};

        assert_int_equal(store_backup(fixture.store, fixture.catalog, backup, NULL, &report), 0);
        return report;
}

static int no_problem(const StoreProblem *problem, void *userdata)
{
        print_error("%s: %s %s\n", (const char *)userdata, store_fault_to_string(problem->fault),
                    problem->what);
        return -EBADMSG;
}

/* In order, with its log whole, and with what the fixture made. */
static void assert_whole(char *path)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        StoreCheck check = {.problem = no_problem, .userdata = path};
        _cleanup_photo_ PhotoRow photo = {};
        AuditReport audit;

        assert_int_equal(store_open(path, &store), 0);
        assert_int_equal(catalog_open(store, &catalog), 0);
        assert_int_equal(store_check(store, catalog, &check), 0);
        assert_int_equal(catalog_audit_verify(catalog, &audit), 0);
        assert_int_equal(audit.fault, AUDIT_WHOLE);
        assert_int_equal(catalog_find_photo(catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &photo),
                         1);
        assert_holds(path, "staging/3", "half");
        assert_holds(path, "idphotofs.conf", "# mine\n");
}

static void test_a_backup_opens_as_a_store_and_can_be_restored(void **state _unused_)
{
        BackupReport report = make();

        assert_int_equal(report.blobs, 3);
        assert_int_equal(report.copied, 3);
        assert_int_equal(report.damaged, 0);
        assert_whole(backup);
        /* Having been looked at it is a backup still. */
        assert_int_equal(store_restore(backup, restored, NULL, &report), 0);
        assert_int_equal(report.copied, 3);
        assert_whole(restored);
}

static void test_the_second_backup_copies_only_what_is_new(void **state _unused_)
{
        BackupReport report = make();

        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        (void)fixture_rejected("c.jpg", REASON_BLUR);
        put("c.jpg");
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        report = make();
        assert_int_equal(report.blobs, 4);
        assert_int_equal(report.copied, 1);
        assert_true(there(backup, "c.jpg"));
        assert_int_equal(make().copied, 0);
        assert_whole(backup);
}

static void test_what_the_store_erased_leaves_the_backup_too(void **state _unused_)
{
        (void)make();
        assert_int_equal(catalog_execute(fixture.catalog,
                                         "UPDATE submission SET original = NULL WHERE id = 2"),
                         0);
        (void)make();
        assert_false(there(backup, "b.jpg"));
        assert_true(there(backup, "a.jpg"));
}

static void test_a_blob_that_is_damaged_is_left_out_and_told(void **state _unused_)
{
        char path[PATH_MAX + 160];
        BackupReport report;

        blob_path(fixture.path, "b.jpg", path);
        assert_int_equal(truncate(path, 2), 0);
        report = make();
        assert_int_equal(report.damaged, 1);
        assert_int_equal(report.copied, 2);
        assert_false(there(backup, "b.jpg"));
        assert_int_equal(store_restore(backup, restored, NULL, &report), 0);
        assert_int_equal(report.damaged, 1);
}

static void test_a_blob_damaged_in_the_backup_is_not_restored(void **state _unused_)
{
        char path[PATH_MAX + 160];
        BackupReport report = make();

        blob_path(backup, "a.jpg", path);
        assert_int_equal(truncate(path, 2), 0);
        assert_int_equal(store_restore(backup, restored, NULL, &report), 0);
        assert_int_equal(report.damaged, 1);
        assert_false(there(restored, "a.jpg"));
}

static void test_a_backup_that_was_changed_is_refused(void **state _unused_)
{
        BackupReport report = make();
        char path[PATH_MAX + 64];
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/catalog.db", backup);
        f = fopen(path, "a");
        assert_non_null(f);
        assert_true(fputs("x", f) >= 0);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(store_restore(backup, restored, NULL, &report), -EUCLEAN);
        (void)snprintf(path, sizeof(path), "%s/catalog.db", restored);
        assert_int_equal(access(path, F_OK), -1);
}

static void test_an_unfinished_backup_is_refused_and_can_be_finished(void **state _unused_)
{
        BackupReport report;

        (void)mkdir(backup, 0700);
        write_at(backup, BACKUP_MANIFEST, "idphotofs backup 1\nunfinished\n");
        assert_int_equal(store_restore(backup, restored, NULL, &report), -EINPROGRESS);
        assert_int_equal(access(restored, F_OK), -1);
        (void)make();
        assert_whole(backup);
}

static void test_nothing_else_is_ever_written_over(void **state _unused_)
{
        BackupReport report;

        assert_int_equal(store_backup(fixture.store, fixture.catalog, fixture.path, NULL, &report),
                         -ENOTEMPTY);
        assert_int_equal(
                store_backup(fixture.store, fixture.catalog, fixture.directory, NULL, &report),
                -ENOTEMPTY);
        (void)make();
        assert_int_equal(store_restore(backup, fixture.path, NULL, &report), -ENOTEMPTY);
        assert_int_equal(store_restore(fixture.path, restored, NULL, &report), -ENOENT);
        assert_int_equal(store_restore("/nonexistent", restored, NULL, &report), -ENOENT);
}

static void spoil(const char *root, const char *bytes, const char *by, bool keep_time)
{
        char path[PATH_MAX + 160];
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};
        struct stat st;

        blob_path(root, bytes, path);
        assert_int_equal(stat(path, &st), 0);
        write_at(root, path + strlen(root) + 1, by);
        times[1] = keep_time ? st.st_mtim : (struct timespec){.tv_sec = 1};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void assert_good_in_backup(const char *bytes)
{
        char path[PATH_MAX + 160];

        blob_path(backup, bytes, path);
        assert_holds(backup, path + strlen(backup) + 1, bytes);
}

static void test_what_is_damaged_in_the_backup_is_copied_again(void **state _unused_)
{
        BackupOptions check = {.check = true};
        BackupReport report;

        (void)make();
        spoil(backup, "photo", "cut", true);
        spoil(backup, "a.jpg", "a.jpeg", false);
        report = make();
        assert_int_equal(report.mended, 2);
        assert_int_equal(report.copied, 2);
        assert_good_in_backup("photo");
        assert_good_in_backup("a.jpg");
        /* Of the same size and time: only who reads it knows. */
        spoil(backup, "photo", "phxto", true);
        report = make();
        assert_int_equal(report.mended, 0);
        assert_int_equal(store_backup(fixture.store, fixture.catalog, backup, &check, &report), 0);
        assert_int_equal(report.mended, 1);
        assert_good_in_backup("photo");
        assert_int_equal(make().copied, 0);
}

static void test_a_good_blob_outlives_its_damaged_original(void **state _unused_)
{
        BackupReport report;

        (void)make();
        spoil(fixture.path, "photo", "damaged", false);
        report = make();
        assert_int_equal(report.damaged, 0);
        assert_good_in_backup("photo");
}

static void test_what_a_killed_backup_left_goes_with_the_next(void **state _unused_)
{
        char path[PATH_MAX + 160];

        (void)make();
        blob_path(backup, "erased since", path);
        (void)strcat(path, ".copy");
        write_at(backup, path + strlen(backup) + 1, "half");
        (void)make();
        assert_int_equal(access(path, F_OK), -1);
}

/* The catalog has taken its place and its manifest has not. */
static void test_a_backup_killed_in_its_last_step_is_a_backup(void **state _unused_)
{
        BackupReport report;
        char old[PATH_MAX + 64], new[PATH_MAX + 64];

        (void)make();
        (void)snprintf(old, sizeof(old), "%s/" BACKUP_MANIFEST, backup);
        (void)snprintf(new, sizeof(new), "%s/" BACKUP_MANIFEST ".new", backup);
        assert_int_equal(rename(old, new), 0);
        write_at(backup, BACKUP_MANIFEST, "idphotofs backup 1\nunfinished\n");
        assert_int_equal(store_restore(backup, restored, NULL, &report), 0);
        assert_whole(restored);
}

static void test_a_killed_restore_is_gone_on_with(void **state _unused_)
{
        BackupReport report;
        char path[PATH_MAX + 64];

        (void)make();
        assert_int_equal(store_restore(backup, restored, NULL, &report), 0);
        (void)snprintf(path, sizeof(path), "%s/catalog.db", restored);
        assert_int_equal(unlink(path), 0);
        /* Without its mark it may be anything. */
        assert_int_equal(store_restore(backup, restored, NULL, &report), -ENOTEMPTY);
        write_at(restored, "RESTORING", "");
        spoil(restored, "photo", "half", false);
        assert_int_equal(store_restore(backup, restored, NULL, &report), 0);
        assert_whole(restored);
        /* And with a catalog it is a store. */
        write_at(restored, "RESTORING", "");
        assert_int_equal(store_restore(backup, restored, NULL, &report), -ENOTEMPTY);
}

/* Between the copy of the catalog and that of the bytes under way the daemon judges an upload. */
static void judge_meanwhile(uint64_t done, uint64_t total _unused_, void *userdata _unused_)
{
        _cleanup_(catalog_freep) Catalog *daemon = NULL;
        Sha256 hash = fixture_hash("whole");

        if (done > 1)
                return;
        put("whole");
        assert_int_equal(catalog_open(fixture.store, &daemon), 0);
        assert_int_equal(catalog_begin(daemon, true), 0);
        assert_int_equal(catalog_set_submission_original(daemon, 3, &hash, 5), 0);
        assert_int_equal(catalog_commit(daemon), 0);
        assert_int_equal(staging_remove(fixture.store, 3), 0);
}

static void test_an_upload_that_was_judged_meanwhile_is_there(void **state _unused_)
{
        BackupOptions progress = {.step = judge_meanwhile};
        BackupReport report;

        assert_int_equal(store_backup(fixture.store, fixture.catalog, backup, &progress, &report),
                         0);
        assert_holds(backup, "staging/3", "whole");
}

static void test_both_are_in_the_log(void **state _unused_)
{
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        BackupReport report = make();
        int64_t n = 0;

        (void)make();
        assert_int_equal(store_restore(backup, restored, NULL, &report), 0);
        assert_int_equal(store_open(restored, &store), 0);
        assert_int_equal(catalog_open(store, &catalog), 0);
        assert_int_equal(catalog_query_integer(catalog,
                                               "SELECT count(*) FROM event WHERE kind IN"
                                               " ('backed-up', 'restored')",
                                               &n),
                         0);
        assert_int_equal(n, 2);
}

#define each(test) cmocka_unit_test_setup_teardown(test, setup, fixture_close)

int main(void)
{
        const struct CMUnitTest tests[] = {
                each(test_a_backup_opens_as_a_store_and_can_be_restored),
                each(test_the_second_backup_copies_only_what_is_new),
                each(test_what_the_store_erased_leaves_the_backup_too),
                each(test_a_blob_that_is_damaged_is_left_out_and_told),
                each(test_a_blob_damaged_in_the_backup_is_not_restored),
                each(test_a_backup_that_was_changed_is_refused),
                each(test_an_unfinished_backup_is_refused_and_can_be_finished),
                each(test_nothing_else_is_ever_written_over),
                each(test_an_upload_that_was_judged_meanwhile_is_there),
                each(test_both_are_in_the_log),
                each(test_what_is_damaged_in_the_backup_is_copied_again),
                each(test_a_good_blob_outlives_its_damaged_original),
                each(test_what_a_killed_backup_left_goes_with_the_next),
                each(test_a_backup_killed_in_its_last_step_is_a_backup),
                each(test_a_killed_restore_is_gone_on_with),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
