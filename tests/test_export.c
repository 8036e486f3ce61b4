/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>
#include <idphoto/export.h>
#include <idphoto/photorow.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <photo/encode.h>
#include <portrait.h>

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <sys/file.h>

/* A store of its own for each test, as an export makes transactions of its own. */

static Encoded portrait;
static char out[PATH_MAX];
static int out_fd;

static int draw(void **state _unused_)
{
        PortraitWish wish;
        Raster raster;
        int r;

        portrait_wish_default(7, &wish);
        r = portrait_draw(&wish, 960, 1280, &raster, NULL);
        if (r < 0)
                return r;
        r = encode_jpeg(&raster, 92, true, &portrait);
        raster_done(&raster);
        return r;
}

static int undraw(void **state _unused_)
{
        encoded_done(&portrait);
        return 0;
}

static int setup(void **state)
{
        int r = fixture_open(state);

        if (r < 0 || fixture_begin(state) < 0 || catalog_commit(fixture.catalog) < 0)
                return -1;
        (void)snprintf(out, sizeof(out), "%.*s/out", PATH_MAX - 8, fixture.directory);
        if (mkdir(out, 0755) < 0)
                return -1;
        out_fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return out_fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
        out_fd = safe_close(out_fd);
        return fixture_close(state);
}

static WorkerPool *make_pool(void)
{
        const char *program = getenv("IDPHOTO_WORKER"), *root = getenv("IDPHOTO_BUILD_ROOT");
        static char path[PATH_MAX];
        WorkerOptions options = {.program = program};
        WorkerPool *pool;

        if (!program && root) {
                (void)snprintf(path, sizeof(path), "%s/src/idphoto-worker", root);
                options.program = path;
        }
        photo_rules_default(&options.rules);
        assert_int_equal(worker_pool_new(&options, 2, &pool), 0);
        return pool;
}

/* An approved student whose photo is `photo` and whose original is `original`. */
static void add(const char *id_number, const char *photo, const void *original, size_t size)
{
        int64_t submission, student, id;
        PhotoRow row = {.size = strlen(photo), .mtime = FIXTURE_EPOCH, .quality = 88};
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, photo, strlen(photo), &row.blob), 0);
        assert_int_equal(blob_put(fixture.store, original, size, &hash), 0);
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        submission = fixture_received(id_number);
        student = fixture_student(id_number);
        row.submission = submission;
        row.student = student;
        row.created = fixture_later();
        assert_int_equal(catalog_set_submission_original(fixture.catalog, submission, &hash, size),
                         0);
        assert_int_equal(catalog_set_submission_student(fixture.catalog, submission, student), 0);
        assert_int_equal(catalog_add_photo(fixture.catalog, &row, &id), 0);
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_APPROVED, id), 0);
        assert_int_equal(catalog_set_submission_applied(fixture.catalog, submission,
                                                        SUBMISSION_ACCEPTED, NULL, fixture_later()),
                         0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
}

static void add_two(void)
{
        add(FIXTURE_ID, "photo one", "original one", 12);
        add(FIXTURE_ID_2, "photo two", "original two", 12);
}

static ExportList list(void)
{
        ExportList list = {};

        assert_int_equal(export_list_read(fixture.catalog, (Where){fixture.batch, 0}, &list), 0);
        return list;
}

static char *read_file(const char *name, size_t *ret_size)
{
        _cleanup_close_ int fd = openat(out_fd, name, O_RDONLY | O_CLOEXEC);
        size_t size;
        char *data;

        if (fd < 0)
                fail_msg("'%s' is missing", name);
        assert_int_equal(read_whole_fd(fd, 64 << 20, &data, &size), 0);
        if (ret_size)
                *ret_size = size;
        return data;
}

static void assert_file(const char *name, const char *content)
{
        _cleanup_free_ char *data = read_file(name, NULL);

        assert_string_equal(data, content);
}

static void write_file(const char *name, const char *content)
{
        _cleanup_close_ int fd =
                openat(out_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, content, strlen(content)), 0);
}

#define MARK "feedfacefeedface"

static void assert_nothing_under_way(void)
{
        DIR *dir = fdopendir(openat(out_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        struct dirent *entry;

        assert_non_null(dir);
        while ((entry = readdir(dir)))
                assert_false(text_ends_with(entry->d_name, MARK));
        (void)closedir(dir);
}

static int to_folder(bool centre, ExportReport *report)
{
        _cleanup_export_list_ ExportList all = list();
        ExportOptions options = {.language = LANGUAGE_EN, .centre = centre, .mark = MARK};

        return export_to_folder(fixture.store, &all, &options, out_fd, report);
}

static int to_zip(const char *name, bool centre, ExportReport *report)
{
        _cleanup_export_list_ ExportList all = list();
        ExportOptions options = {.language = LANGUAGE_EN, .centre = centre, .mark = MARK};

        return export_to_zip(fixture.store, &all, &options, out_fd, name, report);
}

#define PHOTO_ONE "platform/" FIXTURE_ID ".jpg"
#define PHOTO_TWO "platform/" FIXTURE_ID_2 ".jpg"

/* ---- a folder ---- */

static void test_a_folder_holds_photos_and_lists(void **state _unused_)
{
        _cleanup_export_report_ ExportReport report = {};
        struct stat st;

        add_two();
        assert_int_equal(to_folder(false, &report), 0);
        assert_int_equal(report.written, 2);
        assert_int_equal(report.kept, 0);
        assert_int_equal(report.n_problems, 0);
        assert_file(PHOTO_ONE, "photo one");
        assert_file(PHOTO_TWO, "photo two");
        assert_int_equal(fstatat(out_fd, PHOTO_ONE, &st, 0), 0);
        assert_int_equal(st.st_mtim.tv_sec, FIXTURE_EPOCH / NSEC_PER_SEC);
        free(read_file("manifest.csv", NULL));
        free(read_file("SHA256SUMS", NULL));
        assert_int_equal(faccessat(out_fd, "centre", F_OK, 0), -1);
}

static void test_what_is_there_is_not_written_again(void **state _unused_)
{
        _cleanup_export_report_ ExportReport first = {}, second = {};
        struct stat before[3], after[3];
        static const char *const names[] = {PHOTO_ONE, "manifest.csv", "SHA256SUMS"};

        add_two();
        assert_int_equal(to_folder(false, &first), 0);
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                assert_int_equal(fstatat(out_fd, names[i], &before[i], 0), 0);
        write_file(PHOTO_TWO, "photo 2!!");
        assert_int_equal(to_folder(false, &second), 0);
        assert_int_equal(second.written, 1);
        assert_int_equal(second.kept, 1);
        assert_file(PHOTO_TWO, "photo two");
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                assert_int_equal(fstatat(out_fd, names[i], &after[i], 0), 0);
                assert_int_equal(after[i].st_ino, before[i].st_ino);
        }
}

static void test_a_link_is_replaced_and_not_followed(void **state _unused_)
{
        _cleanup_export_report_ ExportReport report = {};
        struct stat st;

        add_two();
        write_file("precious", "photo on?");
        assert_int_equal(mkdirat(out_fd, "platform", 0755), 0);
        assert_int_equal(symlinkat("../precious", out_fd, PHOTO_ONE), 0);
        assert_int_equal(to_folder(false, &report), 0);
        assert_file("precious", "photo on?");
        assert_int_equal(fstatat(out_fd, PHOTO_ONE, &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_true(S_ISREG(st.st_mode));
}

static void test_strangers_are_told_and_remains_are_swept(void **state _unused_)
{
        _cleanup_export_report_ ExportReport report = {};

        add_two();
        assert_int_equal(mkdirat(out_fd, "platform", 0755), 0);
        write_file("platform/" FIXTURE_ID_3 ".jpg", "approved once");
        write_file("platform/.0123456789abcdef." MARK, "half");
        write_file("platform/.0123456789abcdef.part", "somebody else's");
        assert_int_equal(to_folder(false, &report), 0);
        assert_int_equal(report.n_problems, 2);
        assert_int_equal(report.problems[0].kind, EXPORT_STRANGE_FILE);
        assert_int_equal(report.problems[1].kind, EXPORT_STRANGE_FILE);
        assert_file("platform/" FIXTURE_ID_3 ".jpg", "approved once");
        assert_file("platform/.0123456789abcdef.part", "somebody else's");
        assert_int_equal(faccessat(out_fd, "platform/.0123456789abcdef." MARK, F_OK, 0), -1);
}

static void test_a_damaged_blob_does_not_leave(void **state _unused_)
{
        _cleanup_export_report_ ExportReport report = {}, zip_report = {};
        char hex[SHA256_HEX_SIZE], path[128];
        Sha256 hash = fixture_hash("photo two");
        int fd;

        add_two();
        (void)sha256_to_hex(&hash, hex);
        (void)snprintf(path, sizeof(path), "blobs/%.2s/%s", hex, hex + 2);
        (void)fchmodat(store_dirfd(fixture.store), path, 0600, 0);
        fd = openat(store_dirfd(fixture.store), path, O_WRONLY | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, "P", 1), 0);
        (void)close(fd);
        assert_int_equal(to_folder(false, &report), -EUCLEAN);
        assert_string_equal(report.failed, PHOTO_TWO);
        assert_int_equal(faccessat(out_fd, PHOTO_TWO, F_OK, 0), -1);
        assert_int_equal(to_zip("a.zip", false, &zip_report), -EUCLEAN);
        assert_int_equal(faccessat(out_fd, "a.zip", F_OK, 0), -1);
        assert_nothing_under_way();
}

/* ---- a zip file ---- */

static void test_a_zip_file_holds_the_same(void **state _unused_)
{
        static const char *const names[] = {PHOTO_ONE, PHOTO_TWO, "manifest.csv", "SHA256SUMS"};
        _cleanup_export_report_ ExportReport report = {};
        _cleanup_free_ char *data = NULL;
        struct archive *archive = archive_read_new();
        struct archive_entry *entry;
        size_t size, n = 0;
        char content[64];

        add_two();
        assert_int_equal(to_zip("a.zip", false, &report), 0);
        assert_int_equal(report.written, 2);
        data = read_file("a.zip", &size);
        assert_int_equal(archive_read_support_format_zip(archive), ARCHIVE_OK);
        assert_int_equal(archive_read_open_memory(archive, data, size), ARCHIVE_OK);
        while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
                assert_true(n < ELEMENTSOF(names));
                assert_string_equal(archive_entry_pathname(entry), names[n]);
                assert_int_equal(archive_entry_mtime(entry), FIXTURE_EPOCH / NSEC_PER_SEC);
                if (n++ == 1) {
                        assert_int_equal(archive_read_data(archive, content, sizeof(content)), 9);
                        assert_memory_equal(content, "photo two", 9);
                }
        }
        assert_int_equal(n, ELEMENTSOF(names));
        archive_read_free(archive);
        assert_nothing_under_way();
}

/* The name that the export to a.zip uses while it writes. */
static void part_of_zip(char name[static 64])
{
        Sha256 hash = fixture_hash("a.zip");
        char hex[SHA256_HEX_SIZE];

        (void)snprintf(name, 64, ".%.16s." MARK, sha256_to_hex(&hash, hex));
}

static void test_a_zip_file_is_a_new_one_whatever_lies_there(void **state _unused_)
{
        _cleanup_export_report_ ExportReport report = {}, again = {};
        _cleanup_free_ char *a = NULL, *b = NULL;
        char part[64];
        size_t a_size, b_size;

        add_two();
        part_of_zip(part);
        write_file("a.zip.part", "a stranger's");
        write_file("precious", "what a link leads to");
        write_file(part, "left by a killed export, and much longer than nothing");
        assert_int_equal(to_zip("a.zip", false, &report), 0);
        assert_int_equal(unlinkat(out_fd, part, 0), -1);
        assert_int_equal(symlinkat("precious", out_fd, part), 0);
        assert_int_equal(to_zip("b.zip", false, &again), 0);
        assert_int_equal(to_zip("a.zip", false, &again), 0);
        a = read_file("a.zip", &a_size);
        b = read_file("b.zip", &b_size);
        assert_int_equal(a_size, b_size);
        assert_memory_equal(a, b, a_size);
        assert_file("a.zip.part", "a stranger's");
        assert_file("precious", "what a link leads to");
        assert_nothing_under_way();
}

static void test_two_exports_to_one_place_are_refused(void **state _unused_)
{
        _cleanup_export_report_ ExportReport report = {}, again = {};
        _cleanup_close_ int fd = -EBADF, other = -EBADF;
        char part[64];

        add_two();
        part_of_zip(part);
        write_file(part, "under way");
        fd = openat(out_fd, part, O_WRONLY | O_CLOEXEC);
        other = openat(out_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(flock(fd, LOCK_EX), 0);
        assert_int_equal(flock(other, LOCK_EX), 0);
        assert_int_equal(to_zip("a.zip", false, &report), -EBUSY);
        assert_file(part, "under way");
        assert_int_equal(to_folder(false, &again), -EBUSY);
        assert_int_equal(flock(fd, LOCK_UN), 0);
        assert_int_equal(flock(other, LOCK_UN), 0);
        assert_int_equal(to_zip("a.zip", false, &report), 0);
        assert_int_equal(to_folder(false, &again), 0);
        assert_nothing_under_way();
}

static void test_the_same_photos_make_the_same_zip_file_in_every_zone(void **state _unused_)
{
        _cleanup_export_report_ ExportReport report = {};
        _cleanup_free_ char *a = NULL, *b = NULL;
        size_t a_size, b_size;

        add_two();
        assert_int_equal(setenv("TZ", "CST-8", 1), 0);
        assert_int_equal(to_zip("a.zip", false, &report), 0);
        assert_string_equal(getenv("TZ"), "CST-8");
        assert_int_equal(setenv("TZ", "EST5", 1), 0);
        assert_int_equal(to_zip("b.zip", false, &report), 0);
        assert_int_equal(unsetenv("TZ"), 0);
        a = read_file("a.zip", &a_size);
        b = read_file("b.zip", &b_size);
        assert_int_equal(a_size, b_size);
        assert_memory_equal(a, b, a_size);
}

/* ---- renditions ---- */

static int render(WorkerPool *pool, ExportList *all, ExportReport *report)
{
        ExportOptions options = {.language = LANGUAGE_EN, .centre = true};

        return export_render(fixture.store, fixture.catalog, pool, all, &options, report);
}

static void test_a_rendition_is_made_once_and_kept(void **state _unused_)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = make_pool();
        _cleanup_export_report_ ExportReport report = {}, again = {};
        _cleanup_export_list_ ExportList all = {}, later = {};
        struct stat st;

        add(FIXTURE_ID, "photo one", portrait.data, portrait.size);
        all = list();
        assert_int_equal(render(pool, &all, &report), 0);
        assert_int_equal(report.rendered, 1);
        assert_int_equal(report.n_problems, 0);
        assert_true(all.entries[0].has_centre);
        assert_in_range(all.entries[0].centre_size, PHOTO_CENTRE_BYTES_MIN, PHOTO_CENTRE_BYTES_MAX);
        later = list();
        assert_true(later.entries[0].has_centre);
        assert_true(sha256_equal(&later.entries[0].centre, &all.entries[0].centre));
        assert_int_equal(render(pool, &later, &again), 0);
        assert_int_equal(again.rendered, 0);
        assert_int_equal(to_folder(true, &again), 0);
        assert_int_equal(fstatat(out_fd, "centre/" FIXTURE_ID ".jpg", &st, 0), 0);
        assert_int_equal(st.st_size, (off_t)later.entries[0].centre_size);
}

static void test_a_rendition_that_cannot_be_made_stops_no_other(void **state _unused_)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = make_pool();
        _cleanup_export_report_ ExportReport report = {};
        _cleanup_export_list_ ExportList all = {};

        add(FIXTURE_ID, "photo one", "no photo at all", 15);
        add(FIXTURE_ID_2, "photo two", portrait.data, portrait.size);
        all = list();
        assert_int_equal(render(pool, &all, &report), 0);
        assert_int_equal(report.rendered, 1);
        assert_int_equal(report.n_problems, 1);
        assert_int_equal(report.problems[0].kind, EXPORT_NO_RENDITION);
        assert_int_equal(report.problems[0].error, -ENODATA);
        assert_string_equal(report.problems[0].file, "centre/" FIXTURE_ID ".jpg");
        assert_false(all.entries[0].has_centre);
}

static void count_step(size_t done, size_t total, void *userdata)
{
        assert_int_equal(total, 20);
        assert_int_equal(done, ++*(size_t *)userdata);
}

static void test_many_are_made_in_the_order_of_the_list(void **state _unused_)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = make_pool();
        _cleanup_export_report_ ExportReport report = {};
        _cleanup_export_list_ ExportList all = {};
        size_t steps = 0;
        ExportOptions options = {
                .language = LANGUAGE_EN, .centre = true, .step = count_step, .userdata = &steps};

        /* Every third one is a photo; what fails fails fast and must not overtake. */
        for (int i = 0; i < 20; i++) {
                char number[32];

                (void)snprintf(number, sizeof(number), "2199991990010100%02d", i);
                if (i % 3 == 0)
                        add(number, number, portrait.data, portrait.size);
                else
                        add(number, number, "no photo at all", 15);
        }
        all = list();
        assert_int_equal(
                export_render(fixture.store, fixture.catalog, pool, &all, &options, &report), 0);
        assert_int_equal(steps, 20);
        assert_int_equal(report.rendered, 7);
        assert_int_equal(report.n_problems, 13);
        for (size_t i = 1; i < report.n_problems; i++)
                assert_true(strcmp(report.problems[i - 1].file, report.problems[i].file) < 0);
        for (size_t i = 0; i < all.n; i++)
                assert_int_equal(all.entries[i].has_centre, i % 3 == 0);
}

static void test_a_purged_original_is_told(void **state _unused_)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = make_pool();
        _cleanup_export_report_ ExportReport report = {};
        _cleanup_export_list_ ExportList all = {};
        char hex[SHA256_HEX_SIZE], path[128];
        Sha256 hash = fixture_hash("original one");

        add_two();
        (void)sha256_to_hex(&hash, hex);
        (void)snprintf(path, sizeof(path), "blobs/%.2s/%s", hex, hex + 2);
        assert_int_equal(unlinkat(store_dirfd(fixture.store), path, 0), 0);
        all = list();
        assert_int_equal(render(pool, &all, &report), 0);
        assert_int_equal(report.n_problems, 2);
        assert_int_equal(report.problems[0].error, -ENOENT);
        assert_int_equal(report.problems[1].error, -ENODATA);
}

static void test_a_missing_worker_is_no_fault_of_the_photo(void **state _unused_)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = NULL;
        _cleanup_export_report_ ExportReport report = {};
        _cleanup_export_list_ ExportList all = {};
        WorkerOptions options = {.program = "/nonexistent/idphoto-worker"};

        assert_int_equal(worker_pool_new(&options, 1, &pool), 0);
        add_two();
        all = list();
        assert_int_equal(render(pool, &all, &report), -ENOEXEC);
        assert_string_equal(report.failed, "centre/" FIXTURE_ID ".jpg");
        assert_int_equal(report.n_problems, 0);
}

/* ---- the log ---- */

static int take_entry(const AuditRow *row, void *userdata)
{
        assert_int_equal(row->kind, EVENT_EXPORTED);
        assert_string_equal(row->detail, "2");
        assert_int_equal(row->uid, 1234);
        ++*(int *)userdata;
        return 0;
}

static void test_an_export_is_logged_with_its_count(void **state _unused_)
{
        int n = 0;

        assert_int_equal(export_record(fixture.catalog, 2, 1234, fixture_later()), 0);
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 1, take_entry, &n), 0);
        assert_int_equal(n, 1);
}

#define own_store_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                own_store_test(test_a_folder_holds_photos_and_lists),
                own_store_test(test_what_is_there_is_not_written_again),
                own_store_test(test_a_link_is_replaced_and_not_followed),
                own_store_test(test_strangers_are_told_and_remains_are_swept),
                own_store_test(test_a_damaged_blob_does_not_leave),
                own_store_test(test_a_zip_file_holds_the_same),
                own_store_test(test_a_zip_file_is_a_new_one_whatever_lies_there),
                own_store_test(test_two_exports_to_one_place_are_refused),
                own_store_test(test_the_same_photos_make_the_same_zip_file_in_every_zone),
                own_store_test(test_a_rendition_is_made_once_and_kept),
                own_store_test(test_a_rendition_that_cannot_be_made_stops_no_other),
                own_store_test(test_many_are_made_in_the_order_of_the_list),
                own_store_test(test_a_purged_original_is_told),
                own_store_test(test_a_missing_worker_is_no_fault_of_the_photo),
                own_store_test(test_an_export_is_logged_with_its_count),
        };

        return cmocka_run_group_tests(tests, draw, undraw);
}
