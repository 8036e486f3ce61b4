/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/batch.h>
#include <idphoto/catalog.h>
#include <idphoto/io.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/*
 * A store of its own for a group of tests, in a temporary directory. Each test runs inside a
 * transaction that is rolled back after it, so that tests are quick and know nothing of each other:
 *
 *     cmocka_unit_test_setup_teardown(test, fixture_begin, fixture_rollback)
 *     cmocka_run_group_tests(tests, fixture_open, fixture_close)
 */

typedef struct StoreFixture {
        char directory[PATH_MAX]; /* temporary; the store lies in it */
        char path[PATH_MAX + 8];
        Store *store;
        Catalog *catalog;
        int64_t batch;
        int64_t point; /* of the running test: 沈阳分校 */
        int64_t now;   /* wall time; grows with fixture_later() */
} StoreFixture;

static StoreFixture fixture;

#define FIXTURE_ID     "219999199001010016"
#define FIXTURE_ID_2   "219999199001010024"
#define FIXTURE_ID_3   "219999199001010032"
#define FIXTURE_POINT  "沈阳分校"
#define FIXTURE_UID    1001
#define FIXTURE_GID    1002
#define FIXTURE_EPOCH  (INT64_C(1756700000) * NSEC_PER_SEC)
#define _cleanup_path_ _cleanup_(fixture_remove_path)

static inline int fixture_remove_entry(const char *path, const struct stat *st _unused_,
                                       int kind _unused_, struct FTW *ftw _unused_)
{
        return remove(path);
}

static inline void fixture_remove_path(char (*path)[PATH_MAX])
{
        if ((*path)[0])
                (void)nftw(*path, fixture_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        (*path)[0] = '\0';
}

static inline void fixture_make_path(char path[static PATH_MAX])
{
        const char *parent = getenv("TMPDIR");

        (void)snprintf(path, PATH_MAX, "%s/idphoto-test-XXXXXX", parent ? parent : "/tmp");
        if (!mkdtemp(path))
                fail_msg("cannot make '%s': %s", path, strerror(errno));
}

/* Where IDPHOTO_TEST_CATALOG names a PostgreSQL database, every store of a test has its catalog in a
 * schema of its own there. */
static inline const char *fixture_catalog(char url[static PATH_MAX])
{
        const char *database = getenv("IDPHOTO_TEST_CATALOG");
        static unsigned made;
        char command[2 * PATH_MAX];

        if (!database)
                return NULL;
        (void)snprintf(command, sizeof(command),
                       "psql --quiet --no-psqlrc '%s' --command 'CREATE SCHEMA t%d_%u'", database,
                       getpid(), ++made);
        if (system(command) != 0)
                fail_msg("no schema in '%s'", database);
        (void)snprintf(url, PATH_MAX, "%s%coptions=-csearch_path%%3Dt%d_%u", database,
                       strchr(database, '?') ? '&' : '?', getpid(), made);
        return url;
}

/* Where IDPHOTO_TEST_BLOBS is set besides, the blobs are in a directory of their own beside the
 * store, as several machines have it. */
static inline const char *fixture_blobs(void)
{
        static char path[PATH_MAX + 8];

        if (!getenv("IDPHOTO_TEST_CATALOG") || !getenv("IDPHOTO_TEST_BLOBS"))
                return NULL;
        (void)snprintf(path, sizeof(path), "%s/blobs", fixture.directory);
        if (mkdir(path, 0755) < 0)
                fail_msg("cannot make '%s': %s", path, strerror(errno));
        return path;
}

/* Leaves out what only a shared directory has. */
static inline void fixture_needs_shared_blobs(void)
{
        if (!store_shares_blobs(fixture.store))
                skip();
}

/* Leaves out what only SQLite has. */
static inline void fixture_needs_sqlite(void)
{
        if (getenv("IDPHOTO_TEST_CATALOG"))
                skip();
}

/* Leaves out what only a server has. */
static inline void fixture_needs_server(void)
{
        if (!getenv("IDPHOTO_TEST_CATALOG"))
                skip();
}

/* Of store/sql.h, whose macros have names that tests use too. */
typedef struct Sql Sql;
Sql *catalog_sql(Catalog *catalog);
int sql_settle(Sql *sql);

/* A change that is refused is undone, or nothing more can be done in its transaction. Its error may
 * be told only when that is asked for. */
static inline int fixture_undone(int r)
{
        int later = r < 0 ? r : sql_settle(catalog_sql(fixture.catalog));

        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        return later;
}
#define assert_refused(change, error) \
        do { \
                assert_int_equal(catalog_savepoint(fixture.catalog), 0); \
                assert_int_equal(fixture_undone(change), error); \
        } while (0)

static inline int fixture_open(void **state _unused_)
{
        char url[PATH_MAX];
        StoreInit init = {
                .language = LANGUAGE_EN, .batch = "202601", .catalog = fixture_catalog(url)};

        fixture_make_path(fixture.directory);
        (void)snprintf(fixture.path, sizeof(fixture.path), "%s/store", fixture.directory);
        init.blobs = fixture_blobs();
        if (store_create(fixture.path, &init) < 0 || store_open(fixture.path, &fixture.store) < 0 ||
            catalog_open(fixture.store, &fixture.catalog) < 0)
                return -1;
        /* Tests look at files of blobs by this name. */
        if (init.blobs && symlinkat("../blobs", store_dirfd(fixture.store), "blobs") < 0)
                return -1;
        return catalog_find_batch(fixture.catalog, init.batch, &fixture.batch) > 0 ? 0 : -1;
}

static inline int fixture_close(void **state _unused_)
{
        catalog_free(TAKE_PTR(fixture.catalog));
        store_free(TAKE_PTR(fixture.store));
        fixture_remove_path(&fixture.directory);
        return 0;
}

static inline int fixture_begin(void **state _unused_)
{
        fixture.now = FIXTURE_EPOCH;
        if (catalog_begin(fixture.catalog, false) < 0)
                return -1;
        return catalog_add_point(fixture.catalog,
                                 &(PointRow){.name = (char *)FIXTURE_POINT,
                                             .uid = FIXTURE_UID,
                                             .gid = FIXTURE_GID,
                                             .mode = 02770,
                                             .created = fixture.now},
                                 &fixture.point);
}

static inline int fixture_rollback(void **state _unused_)
{
        catalog_rollback(fixture.catalog);
        return 0;
}

#define fixture_test(test) cmocka_unit_test_setup_teardown(test, fixture_begin, fixture_rollback)

/* A second later. */
static inline int64_t fixture_later(void)
{
        return fixture.now += NSEC_PER_SEC;
}

/* ---- rows by hand ---- */

static inline int64_t fixture_point(const char *name)
{
        int64_t id;

        assert_int_equal(catalog_add_point(fixture.catalog,
                                           &(PointRow){.name = (char *)name,
                                                       .uid = FIXTURE_UID,
                                                       .gid = FIXTURE_GID,
                                                       .mode = 02770,
                                                       .created = fixture_later()},
                                           &id),
                         0);
        return id;
}

static inline int64_t fixture_folder(int64_t parent, const char *name)
{
        FolderRow row = {
                .batch = fixture.batch,
                .point = fixture.point,
                .parent = parent,
                .name = (char *)name,
                .mode = 0770,
                .uid = FIXTURE_UID,
                .gid = FIXTURE_GID,
                .mtime = fixture_later(),
        };
        int64_t id;

        assert_int_equal(catalog_add_folder(fixture.catalog, &row, &id), 0);
        return id;
}

/* An open upload in a folder of the point. */
static inline int64_t fixture_upload_in(int64_t folder, const char *name, bool temporary)
{
        SubmissionRow row = {
                .batch = fixture.batch,
                .point = fixture.point,
                .folder = folder,
                .name = (char *)name,
                .temporary = temporary,
                .mtime = FIXTURE_EPOCH - 1000 * NSEC_PER_SEC,
                .mode = 0640,
                .uid = FIXTURE_UID,
                .gid = FIXTURE_GID,
                .actor = FIXTURE_UID,
                .created = fixture_later(),
        };
        int64_t id;

        assert_int_equal(catalog_add_submission(fixture.catalog, &row, &id), 0);
        return id;
}

static inline int64_t fixture_upload(const char *name)
{
        return fixture_upload_in(FOLDER_POINT, name, false);
}

/* A roster that tells of one student of the point, loaded as an import loads it. NULL is "". */
static inline RosterApplied fixture_roster(RosterStudent student)
{
        const char **texts[] = {&student.id_number, &student.name, &student.student_no,
                                &student.exam_no,   &student.sex,  &student.class_name,
                                &student.level,     &student.major};
        RosterApplied applied;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (!*texts[i])
                        *texts[i] = "";
        assert_int_equal(catalog_roster_begin(fixture.catalog), 0);
        assert_int_equal(catalog_roster_add(fixture.catalog, fixture.point, &student), 0);
        assert_int_equal(
                catalog_roster_apply(fixture.catalog, fixture.batch, fixture_later(), &applied), 0);
        return applied;
}

/* Of a text that is a blob: a row may only name what is there. */
static inline Sha256 fixture_blob(const char *text)
{
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, text, strlen(text), &hash), 0);
        return hash;
}

static inline Sha256 fixture_hash(const char *text)
{
        Sha256 hash;

        assert_int_equal(sha256_data(text, strlen(text), &hash), 0);
        return hash;
}

static inline int fixture_find(const Sha256 *hash, int64_t used_nsec _unused_, void *userdata)
{
        return sha256_equal(hash, (const Sha256 *)userdata);
}

/* Whether the blob was not removed. What was may be found for a while. */
static inline bool fixture_lists(Sha256 *hash)
{
        return blob_list(fixture.store, fixture_find, hash) == 1;
}

/* The same, finished. */
static inline int64_t fixture_received_in(int64_t folder, const char *name)
{
        int64_t id = fixture_upload_in(folder, name, false);

        assert_int_equal(catalog_set_submission_received(fixture.catalog, id, 4711,
                                                         FIXTURE_EPOCH - 1000 * NSEC_PER_SEC,
                                                         fixture_later()),
                         0);
        return id;
}

static inline int64_t fixture_received(const char *name)
{
        return fixture_received_in(FOLDER_POINT, name);
}

/* The same, standing in rejected/ for one reason. */
static inline int64_t fixture_rejected(const char *name, ReasonCode code)
{
        int64_t id = fixture_received(name);
        Sha256 hash = fixture_blob(name);
        Findings findings = {};

        (void)findings_add(&findings, code, FINDING_REJECT);
        assert_int_equal(catalog_set_submission_original(fixture.catalog, id, &hash, 4711), 0);
        assert_int_equal(catalog_set_findings(fixture.catalog, id, &findings), 0);
        assert_int_equal(catalog_set_submission_applied(fixture.catalog, id, SUBMISSION_REJECTED,
                                                        name, fixture_later()),
                         0);
        return id;
}

static inline int64_t fixture_student(const char *id_number)
{
        int64_t id;

        assert_int_equal(catalog_add_student(fixture.catalog, (Where){fixture.batch, fixture.point},
                                             id_number, fixture_later(), &id),
                         0);
        return id;
}

/* One who stands on the roster, and so counts without a photo as well. The point has a roster from
 * then on. */
static inline int64_t fixture_listed_student(const char *id_number)
{
        const RosterStudent student = {.id_number = id_number,
                                       .name = "",
                                       .student_no = "",
                                       .exam_no = "",
                                       .sex = "",
                                       .class_name = "",
                                       .level = "",
                                       .major = ""};
        int64_t id = fixture_student(id_number);
        RosterApplied applied;

        if (catalog_roster_begin(fixture.catalog) < 0 ||
            catalog_roster_add(fixture.catalog, fixture.point, &student) < 0 ||
            catalog_roster_apply(fixture.catalog, fixture.batch, fixture.now, &applied) < 0)
                fail_msg("cannot list a student");
        return id;
}

/* The photo of a submission, not shown. */
static inline int64_t fixture_photo(int64_t student, int64_t submission)
{
        PhotoRow row = {
                .student = student,
                .submission = submission,
                .blob = fixture_blob("photo"),
                .size = 34567,
                .mtime = FIXTURE_EPOCH - 1000 * NSEC_PER_SEC,
                .quality = 88,
                .created = fixture_later(),
        };
        int64_t id;

        assert_int_equal(catalog_add_photo(fixture.catalog, &row, &id), 0);
        return id;
}

/* An accepted photo, dropped as `name`; the student is made. Returns the photo. */
static inline int64_t fixture_accepted(const char *id_number, const char *name)
{
        int64_t submission = fixture_received(name), student = fixture_student(id_number);
        int64_t photo = fixture_photo(student, submission);
        Sha256 hash = fixture_blob(name);

        assert_int_equal(catalog_set_submission_original(fixture.catalog, submission, &hash, 4711),
                         0);
        assert_int_equal(catalog_set_submission_student(fixture.catalog, submission, student), 0);
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_PENDING, photo), 0);
        assert_int_equal(catalog_set_submission_applied(fixture.catalog, submission,
                                                        SUBMISSION_ACCEPTED, NULL, fixture_later()),
                         0);
        return photo;
}

static inline SubmissionState fixture_state(int64_t submission)
{
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(catalog_get_submission(fixture.catalog, submission, &row), 1);
        return row.state;
}

static inline ReviewState fixture_student_state(const char *id_number)
{
        _cleanup_student_ StudentRow row = {};

        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, id_number,
                                              &row),
                         1);
        return row.state;
}
