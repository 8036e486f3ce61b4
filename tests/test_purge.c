/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/purge.h>
#include <idphoto/rosterload.h>
#include <idphoto/storecheck.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <pthread.h>
#include <sched.h>
#include <store/catalog-internal.h>

/* What is erased is gone from every file of the store, and nothing else is. */

static void put(const char *bytes)
{
        Sha256 hash;

        assert_int_equal(blob_put(fixture.store, bytes, strlen(bytes), &hash), 0);
}

static bool there(const char *bytes)
{
        Sha256 hash = fixture_hash(bytes);
        _cleanup_close_ int fd = blob_open(fixture.store, &hash);

        return fd >= 0;
}

static int64_t query(const char *sql)
{
        int64_t value = -1;

        assert_int_equal(catalog_query_integer(fixture.catalog, sql, &value), 0);
        return value;
}

static int setup(void **state)
{
        RosterStudent student = {
                .id_number = FIXTURE_ID_2, .name = "欧阳小芳", .student_no = "S0002", .major = ""};
        EventRow event = {.kind = EVENT_ACCEPTED, .student = 1, .submission = 1};

        if (fixture_open(state) < 0 || fixture_begin(state) < 0)
                return -1;
        (void)fixture_accepted(FIXTURE_ID, "wang_" FIXTURE_ID ".jpg");
        (void)fixture_rejected("rejected.jpg", REASON_BLUR);
        (void)fixture_folder(FOLDER_POINT, "folder_of_li");
        (void)fixture_roster(student);
        put("wang_" FIXTURE_ID ".jpg");
        put("rejected.jpg");
        put("photo");
        event.point = fixture.point;
        if (catalog_add_event(fixture.catalog, &event) < 0)
                return -1;
        return catalog_commit(fixture.catalog);
}

/* The other end of the removal: a row is refused the name of a blob that is not there any more. */
static void test_no_row_gets_the_name_of_a_blob_that_is_gone(void **state _unused_)
{
        Sha256 hash = fixture_hash("never put");
        PhotoRow photo = {.submission = 1, .blob = hash};
        int64_t id;

        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_set_submission_original(fixture.catalog, 1, &hash, 1), -EAGAIN);
        assert_int_equal(catalog_add_photo(fixture.catalog, &photo, &id), -EAGAIN);
        assert_int_equal(catalog_set_photo_centre(fixture.catalog, 1, &hash, 1), -EAGAIN);
        (void)fixture_blob("never put");
        assert_int_equal(catalog_set_submission_original(fixture.catalog, 1, &hash, 1), 0);
        assert_int_equal(catalog_set_photo_centre(fixture.catalog, 1, &hash, 1), 0);
        catalog_rollback(fixture.catalog);
}

typedef struct Racer {
        Store *store;
        Catalog *catalog;
        uint64_t named;
} Racer;

/* Names the one blob in a row and forgets it again, as often as it can until it is stopped. */
static int name_it(Racer *racer, const Sha256 *hash)
{
        Sha256 put;
        int r = blob_put(racer->store, "contended", strlen("contended"), &put);

        assert_true(r >= 0 && sha256_equal(&put, hash));
        assert_int_equal(catalog_begin(racer->catalog, false), 0);
        r = catalog_set_submission_original(racer->catalog, 1, hash, 9);
        if (r < 0) {
                assert_int_equal(r, -EAGAIN);
                catalog_rollback(racer->catalog);
                return 0;
        }
        assert_int_equal(catalog_commit(racer->catalog), 0);
        /* For as long as the row stands, the file does. */
        for (int i = 0; i < 20; i++) {
                assert_int_equal(blob_present(racer->store, hash), 1);
                (void)sched_yield();
        }
        racer->named++;
        assert_int_equal(catalog_begin(racer->catalog, false), 0);
        assert_int_equal(catalog_set_submission_original(racer->catalog, 1, NULL, 9), 0);
        return catalog_commit(racer->catalog);
}

static void *race(void *userdata)
{
        Racer *racer = userdata;
        const Sha256 hash = fixture_hash("contended");

        for (int i = 0; i < 300; i++)
                assert_int_equal(name_it(racer, &hash), 0);
        return NULL;
}

static bool never(void *userdata _unused_)
{
        return false;
}

static void test_a_blob_is_removed_or_named_but_never_both(void **state _unused_)
{
        Racer racer = {.store = fixture.store};
        uint64_t removed = 0, n;
        pthread_t thread;
        int joined;

        assert_int_equal(catalog_open(fixture.store, &racer.catalog), 0);
        assert_int_equal(pthread_create(&thread, NULL, race, &racer), 0);
        do {
                assert_int_equal(
                        store_collect_blobs(fixture.store, fixture.catalog, never, NULL, &n), 0);
                removed += n;
                joined = pthread_tryjoin_np(thread, NULL);
        } while (joined == EBUSY);
        assert_int_equal(joined, 0);
        catalog_free(racer.catalog);
        /* Both ends won now and then, or nothing was tried here. */
        assert_true(racer.named > 0);
        assert_true(removed > 0);
}

static bool at_once(void *userdata _unused_)
{
        return true;
}

static void test_a_collection_ends_when_it_is_told_to(void **state _unused_)
{
        Sha256 orphan;

        put("orphan");
        assert_int_equal(store_collect_blobs(fixture.store, fixture.catalog, at_once, NULL, NULL),
                         -ECANCELED);
        assert_true(there("orphan"));
        assert_int_equal(store_collect_blobs(fixture.store, fixture.catalog, NULL, NULL, NULL), 0);
        orphan = fixture_hash("orphan");
        assert_false(fixture_lists(&orphan));
}

static PurgeReport purge_old(int64_t before, bool dry_run)
{
        PurgeReport report;

        assert_int_equal(store_purge_old(fixture.store, fixture.catalog, before, fixture.now,
                                         dry_run, &report),
                         0);
        return report;
}

static int problem(const StoreProblem *p, void *userdata _unused_)
{
        print_error("%s %s\n", store_fault_to_string(p->fault), p->what);
        return -EBADMSG;
}

static void assert_in_order(void)
{
        StoreCheck check = {.problem = problem};
        AuditReport audit;

        assert_int_equal(store_check(fixture.store, fixture.catalog, &check), 0);
        assert_int_equal(catalog_audit_verify(fixture.catalog, &audit), 0);
        assert_int_equal(audit.fault, AUDIT_WHOLE);
}

static void test_an_old_rejected_file_loses_its_bytes_and_its_place(void **state _unused_)
{
        _cleanup_submission_ SubmissionRow row = {};
        PurgeReport report = purge_old(fixture.now + 1, false);

        assert_int_equal(report.submissions, 1);
        assert_int_equal(report.files, 1);
        assert_int_equal(report.bytes, 4711);
        assert_false(there("rejected.jpg"));
        assert_int_equal(catalog_get_submission(fixture.catalog, 2, &row), 1);
        assert_int_equal(row.state, SUBMISSION_DISMISSED);
        assert_false(row.has_original);
        assert_null(row.shown_name);
        assert_int_equal(query("SELECT count(*) FROM event WHERE kind = 'purged'"), 1);
        assert_in_order();
        /* Once. */
        assert_int_equal(purge_old(fixture.now + 1, false).submissions, 0);
        assert_int_equal(query("SELECT count(*) FROM event WHERE kind = 'purged'"), 1);
}

static void test_the_present_photo_stays_with_its_original(void **state _unused_)
{
        (void)purge_old(INT64_MAX, false);
        assert_true(there("photo"));
        assert_true(there("wang_" FIXTURE_ID ".jpg"));
        assert_int_equal(fixture_state(1), SUBMISSION_ACCEPTED);
}

static void test_what_is_young_stays(void **state _unused_)
{
        assert_int_equal(purge_old(FIXTURE_EPOCH, false).submissions, 0);
        assert_true(there("rejected.jpg"));
        assert_int_equal(fixture_state(2), SUBMISSION_REJECTED);
}

static void test_a_dry_run_tells_and_does_nothing(void **state _unused_)
{
        assert_int_equal(purge_old(INT64_MAX, true).submissions, 1);
        assert_true(there("rejected.jpg"));
        assert_int_equal(fixture_state(2), SUBMISSION_REJECTED);
        assert_int_equal(query("SELECT count(*) FROM event WHERE kind = 'purged'"), 0);
}

static void test_a_blob_that_another_row_names_stays(void **state _unused_)
{
        Sha256 hash = fixture_hash("rejected.jpg");

        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        assert_int_equal(catalog_set_submission_original(fixture.catalog, 1, &hash, 4711), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_int_equal(purge_old(INT64_MAX, false).submissions, 1);
        assert_true(there("rejected.jpg"));
        assert_in_order();
}

static void test_a_withdrawn_photo_goes_with_its_original(void **state _unused_)
{
        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        assert_int_equal(catalog_set_student(fixture.catalog, 1, REVIEW_MISSING, 0), 0);
        assert_int_equal(catalog_set_submission_applied(fixture.catalog, 1, SUBMISSION_WITHDRAWN,
                                                        NULL, fixture_later()),
                         0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_int_equal(purge_old(INT64_MAX, false).submissions, 2);
        assert_false(there("photo"));
        assert_false(there("wang_" FIXTURE_ID ".jpg"));
        assert_in_order();
}

/* ---- a batch ---- */

static const char *needle;

static int look(const char *path, const struct stat *st, int kind, struct FTW *ftw _unused_)
{
        _cleanup_free_ char *bytes = NULL;
        FILE *f;
        size_t n;

        if (strstr(path, needle))
                return 1;
        if (kind != FTW_F || st->st_size == 0)
                return 0;
        bytes = malloc((size_t)st->st_size);
        f = fopen(path, "r");
        if (!bytes || !f)
                return -1;
        n = fread(bytes, 1, (size_t)st->st_size, f);
        (void)fclose(f);
        return memmem(bytes, n, needle, strlen(needle)) ? 1 : 0;
}

static bool in_any_file(const char *text)
{
        needle = text;
        return nftw(fixture.path, look, 16, FTW_PHYS) == 1;
}

static const char *const traces[] = {
        FIXTURE_ID, FIXTURE_ID_2, "欧阳小芳", "S0002", "rejected.jpg", "wang_", "folder_of_li",
};

static int purge_batch(bool dry_run, PurgeReport *ret)
{
        return store_purge_batch(fixture.store, fixture.catalog, fixture.batch, fixture.now,
                                 dry_run, ret);
}

static void close_batch(void)
{
        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
}

static void test_no_trace_of_a_batch_remains(void **state _unused_)
{
        PurgeReport report = {};

        fixture_needs_sqlite();
        for (size_t i = 0; i < ELEMENTSOF(traces); i++)
                assert_true(in_any_file(traces[i]));
        close_batch();
        assert_int_equal(purge_batch(false, &report), 0);
        assert_int_equal(report.students, 2);
        assert_int_equal(report.submissions, 2);
        assert_int_equal(report.files, 3);
        assert_false(report.remains);
        for (size_t i = 0; i < ELEMENTSOF(traces); i++)
                if (in_any_file(traces[i]))
                        fail_msg("'%s' is still there", traces[i]);
        assert_in_order();
}

static int note(const AuditRow *row, void *userdata)
{
        text_printf(userdata, "%s %s;", row->kind_name, row->detail);
        return 0;
}

static void test_counts_and_the_log_outlive_a_batch(void **state _unused_)
{
        _cleanup_text_ Text log = {}, story = {};
        PurgeReport report;

        close_batch();
        assert_int_equal(purge_batch(false, &report), 0);
        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 0, note, &log), 0);
        assert_string_equal(log.data,
                            "accepted ;purged batch 202601: files 2, missing 1, pending 1;");
        assert_int_equal(catalog_audit_history(fixture.catalog, 0, FIXTURE_ID, note, &story), 0);
        assert_string_equal(story.data, "accepted ;");
}

static void test_an_open_batch_is_refused(void **state _unused_)
{
        PurgeReport report;

        assert_int_equal(purge_batch(false, &report), -EPERM);
        assert_int_equal(query("SELECT count(*) FROM student"), 2);
        assert_true(there("photo"));
}

static void test_a_batch_in_which_uploads_wait_is_refused(void **state _unused_)
{
        PurgeReport report;

        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        (void)fixture_upload("late.jpg");
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        close_batch();
        assert_int_equal(purge_batch(false, &report), -EBUSY);
        assert_true(there("photo"));
}

static void test_a_dry_run_of_a_batch_erases_nothing(void **state _unused_)
{
        PurgeReport report;

        close_batch();
        assert_int_equal(purge_batch(true, &report), 0);
        assert_int_equal(report.students, 2);
        assert_int_equal(query("SELECT count(*) FROM student"), 2);
        assert_true(there("photo"));
        assert_in_order();
}

static void test_another_batch_stays(void **state _unused_)
{
        PurgeReport report;
        int64_t other;

        assert_int_equal(catalog_begin(fixture.catalog, true), 0);
        assert_int_equal(catalog_add_batch(fixture.catalog, "202507", 1, &other), 0);
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, other, true), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_int_equal(
                store_purge_batch(fixture.store, fixture.catalog, other, 1, false, &report), 0);
        assert_int_equal(report.submissions, 0);
        assert_int_equal(query("SELECT count(*) FROM student"), 2);
        assert_true(there("photo"));
        assert_true(there("rejected.jpg"));
}

#define each(test) cmocka_unit_test_setup_teardown(test, setup, fixture_close)

int main(void)
{
        const struct CMUnitTest tests[] = {
                each(test_an_old_rejected_file_loses_its_bytes_and_its_place),
                each(test_the_present_photo_stays_with_its_original),
                each(test_what_is_young_stays),
                each(test_a_dry_run_tells_and_does_nothing),
                each(test_a_blob_that_another_row_names_stays),
                each(test_a_withdrawn_photo_goes_with_its_original),
                each(test_no_trace_of_a_batch_remains),
                each(test_counts_and_the_log_outlive_a_batch),
                each(test_an_open_batch_is_refused),
                each(test_a_batch_in_which_uploads_wait_is_refused),
                each(test_a_dry_run_of_a_batch_erases_nothing),
                each(test_another_batch_stays),
                each(test_no_row_gets_the_name_of_a_blob_that_is_gone),
                each(test_a_blob_is_removed_or_named_but_never_both),
                each(test_a_collection_ends_when_it_is_told_to),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
