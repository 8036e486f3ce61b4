/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>
#include <idphoto/examination.h>
#include <idphoto/judge.h>
#include <idphoto/notename.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>
#include <photo/encode.h>
#include <portrait.h>

#include <math.h>

static const Date today = {2026, 3, 1};

/* ---- through the real worker ---- */

static Worker *worker;
static Encoded portrait;

static int open_with_worker(void **state)
{
        const char *program = getenv("IDPHOTO_WORKER"), *root = getenv("IDPHOTO_BUILD_ROOT");
        static char path[PATH_MAX];
        WorkerOptions options = {};
        PortraitWish wish;
        Raster raster;
        int r;

        if (!program && root) {
                (void)snprintf(path, sizeof(path), "%s/src/idphoto-worker", root);
                program = path;
        }
        options.program = program;
        photo_rules_default(&options.rules);
        portrait_wish_default(7, &wish);
        r = portrait_draw(&wish, 480, 640, &raster, NULL);
        if (r < 0)
                return r;
        r = encode_jpeg(&raster, 92, true, &portrait);
        raster_done(&raster);
        if (r < 0)
                return r;
        r = worker_new(&options, &worker);
        return r < 0 ? r : fixture_open(state);
}

static int close_with_worker(void **state)
{
        worker_free(TAKE_PTR(worker));
        encoded_done(&portrait);
        return fixture_close(state);
}

/* A received submission of that name with those bytes in its staging file. */
static int64_t receive(const char *name, const void *data, size_t size)
{
        int64_t id = fixture_upload(name);
        _cleanup_close_ int fd = staging_create(fixture.store, id);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, data, size), 0);
        assert_int_equal(catalog_set_submission_received(fixture.catalog, id, size, FIXTURE_EPOCH,
                                                         fixture_later()),
                         0);
        return id;
}

/* As the daemon does it. */
static int examine_fd(int64_t submission, int fd, bool final, Judgement *ret)
{
        Examination e = {.fd = fd, .final = final};
        int r;

        assert_int_equal(catalog_get_submission(fixture.catalog, submission, &e.row), 1);
        assert_int_equal(identity_resolve(fixture.catalog,
                                          &(IdentityQuery){.batch = e.row.batch,
                                                           .point = e.row.point,
                                                           .name = e.row.name,
                                                           .today = today},
                                          &e.name_findings, &e.identity),
                         0);
        r = examination_run(fixture.store, worker, NULL, &e, ret);
        submission_row_done(&e.row);
        return r;
}

static int examine(int64_t submission, bool final, Judgement *ret)
{
        _cleanup_close_ int fd = staging_open(fixture.store, submission);

        return examine_fd(submission, fd, final, ret);
}

static bool has_blob(const Sha256 *hash)
{
        _cleanup_close_ int fd = blob_open(fixture.store, hash);

        return fd >= 0;
}

static void test_a_good_photo_under_a_good_name_passes(void **state _unused_)
{
        int64_t id = receive(FIXTURE_ID ".jpg", portrait.data, portrait.size);
        Judgement judgement;

        assert_int_equal(examine(id, false, &judgement), 0);
        for (size_t i = 0; i < judgement.findings.n; i++)
                if (judgement.findings.items[i].level == FINDING_REJECT)
                        fail_msg("%s", reason_to_string(judgement.findings.items[i].code));
        assert_false(judgement.incomplete);
        assert_true(judgement.has_photo);
        assert_string_equal(judgement.identity.number.text, FIXTURE_ID);
        assert_int_equal(judgement.size, portrait.size);
        assert_in_range(judgement.photo_size, PHOTO_BYTES_MIN, PHOTO_BYTES_MAX);
        assert_true(has_blob(&judgement.original));
        assert_true(has_blob(&judgement.photo));
}

static void test_a_good_photo_under_a_bad_name_is_kept_but_makes_no_photo(void **state _unused_)
{
        int64_t id = receive("IMG_2031.jpg", portrait.data, portrait.size);
        Judgement judgement;

        assert_int_equal(examine(id, false, &judgement), 0);
        assert_false(judgement.has_photo);
        assert_string_equal(judgement.identity.number.text, "");
        assert_non_null(findings_find(&judgement.findings, REASON_NAME_NO_NUMBER));
        assert_true(has_blob(&judgement.original));
}

static void test_a_cut_off_photo_waits_and_nothing_is_stored(void **state _unused_)
{
        int64_t id = receive(FIXTURE_ID ".jpg", portrait.data, portrait.size / 2);
        Judgement judgement;
        Sha256 hash;

        assert_int_equal(sha256_data(portrait.data, portrait.size / 2, &hash), 0);
        assert_int_equal(examine(id, false, &judgement), 0);
        assert_true(judgement.incomplete);
        assert_false(has_blob(&hash));
        assert_int_equal(examine(id, true, &judgement), 0);
        assert_false(judgement.incomplete);
        assert_false(judgement.has_photo);
        assert_non_null(findings_find(&judgement.findings, REASON_TRUNCATED));
        assert_true(has_blob(&hash));
}

static void test_an_empty_file_waits_and_is_judged_finally(void **state _unused_)
{
        int64_t id = receive(FIXTURE_ID ".jpg", "", 0);
        Judgement judgement;

        assert_int_equal(examine(id, false, &judgement), 0);
        assert_true(judgement.incomplete);
        assert_int_equal(examine(id, true, &judgement), 0);
        assert_non_null(findings_find(&judgement.findings, REASON_EMPTY_FILE));
        assert_true(has_blob(&judgement.original));
}

static void test_a_file_deleted_under_examination_is_an_error(void **state _unused_)
{
        int64_t id = receive(FIXTURE_ID ".jpg", "text, and of no other file", 26);
        _cleanup_close_ int fd = staging_open(fixture.store, id);
        Judgement judgement;

        assert_int_equal(staging_remove(fixture.store, id), 0);
        assert_int_equal(examine_fd(id, fd, true, &judgement), -ENOENT);
}

static void test_from_the_drop_to_the_photo(void **state _unused_)
{
        int64_t id = receive(FIXTURE_ID ".jpg", portrait.data, portrait.size);
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_photo_ PhotoRow photo = {};
        Judgement judgement;

        assert_int_equal(examine(id, false, &judgement), 0);
        assert_int_equal(judge_record(fixture.catalog, id, &judgement, fixture_later()), 0);
        assert_int_equal(fixture_state(id), SUBMISSION_PASSED);
        assert_int_equal(judge_apply(fixture.catalog, id, 0, fixture_later(), &target), 0);
        assert_false(target.rejected);
        assert_string_equal(target.name, FIXTURE_ID ".jpg");
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &photo),
                         1);
        assert_true(sha256_equal(&photo.blob, &judgement.photo));
        assert_int_equal(photo.size, judgement.photo_size);
        assert_int_equal(photo.mtime, FIXTURE_EPOCH);
        assert_true(photo.geometry.head_top > 0 && photo.geometry.head_top < 200);
}

static int note_received(const AuditRow *row, void *userdata)
{
        AuditRow *seen = userdata;

        if (row->kind == EVENT_RECEIVED)
                *seen = *row;
        return 0;
}

/* ---- verdicts by hand ---- */

static Judgement good(const char *id_number, const char *bytes)
{
        Judgement judgement = {
                .original = fixture_blob(bytes),
                .size = 4711,
                .has_photo = true,
                .photo = fixture_blob("finished"),
                .photo_size = 34567,
                .info = {.quality = 88},
        };

        (void)snprintf(judgement.identity.number.text, sizeof(judgement.identity.number.text), "%s",
                       id_number);
        return judgement;
}

static Judgement bad(const char *id_number, ReasonCode code, const char *bytes)
{
        Judgement judgement = good(id_number, bytes);

        judgement.has_photo = false;
        (void)findings_add(&judgement.findings, code, FINDING_REJECT);
        return judgement;
}

static int64_t record_in(int64_t folder, const char *name, Judgement judgement)
{
        int64_t id = fixture_received_in(folder, name);

        assert_int_equal(judge_record(fixture.catalog, id, &judgement, fixture_later()), 0);
        return id;
}

static void test_what_was_received_is_in_the_log_with_whose_it_is(void **state _unused_)
{
        int64_t id = record_in(FOLDER_POINT, "a.jpg", good(FIXTURE_ID, "a"));
        AuditRow seen = {};

        assert_int_equal(catalog_audit_list(fixture.catalog, 0, 0, note_received, &seen), 0);
        assert_int_equal(seen.submission, id);
        assert_int_equal(seen.uid, FIXTURE_UID);
        assert_true(seen.student != 0 && seen.has_person);
}

static void apply(int64_t submission, bool rejected, const char *name)
{
        _cleanup_target_ JudgeTarget target = {}, foreseen = {};
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(catalog_get_submission(fixture.catalog, submission, &row), 1);
        assert_int_equal(judge_target(fixture.catalog, &row, &foreseen), 0);
        assert_int_equal(judge_apply(fixture.catalog, submission, 0, fixture_later(), &target), 0);
        assert_string_equal(target.name, name);
        assert_int_equal(target.rejected, rejected);
        /* What is settled meanwhile is the one reason to go elsewhere. */
        if (foreseen.rejected == target.rejected)
                assert_string_equal(foreseen.name, target.name);
}

static int64_t drop_in(int64_t folder, const char *name, Judgement judgement, bool rejected,
                       const char *target)
{
        int64_t id = record_in(folder, name, judgement);

        apply(id, rejected, target);
        return id;
}

static int64_t drop_photo(const char *name, Judgement judgement, bool rejected, const char *target)
{
        return drop_in(FOLDER_POINT, name, judgement, rejected, target);
}

static void assert_reason(int64_t submission, ReasonCode code)
{
        Findings findings;

        assert_int_equal(catalog_get_findings(fixture.catalog, submission, &findings), 0);
        if (!findings_find(&findings, code))
                fail_msg("'%s' is missing", reason_to_string(code));
}

static void get_photo(const char *id_number, PhotoRow *ret)
{
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            id_number, ret),
                         1);
}

static void test_where_the_face_is_is_stored_with_the_photo(void **state _unused_)
{
        Judgement judgement = good(FIXTURE_ID, "one");
        _cleanup_photo_ PhotoRow photo = {};

        judgement.info.geometry = (PhotoGeometry){72, 251.5, 240, 236, (double)NAN};
        (void)drop_photo(FIXTURE_ID ".jpg", judgement, false, FIXTURE_ID ".jpg");
        get_photo(FIXTURE_ID, &photo);
        assert_true(photo.geometry.head_top == 72.0);
        assert_true(photo.geometry.eye_line == 251.5);
        assert_true(photo.geometry.face_width == 240.0);
        assert_true(photo.geometry.face_centre == 236.0);
        assert_true(isnan(photo.geometry.head_tilt));
}

static void settle(const char *id_number, ReviewState state)
{
        _cleanup_student_ StudentRow row = {};

        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, id_number,
                                              &row),
                         1);
        assert_int_equal(catalog_set_student(fixture.catalog, row.id, state, row.photo), 0);
}

static int see_event(const EventRow *row, void *userdata)
{
        *(EventKind *)userdata = row->kind;
        return 1;
}

static void assert_last_event(EventKind kind)
{
        EventKind last = _EVENT_INVALID;

        assert_true(catalog_list_events(fixture.catalog, fixture.point, 1, see_event, &last) >= 0);
        assert_string_equal(event_kind_to_string(last), event_kind_to_string(kind));
}

static void test_a_first_photo_is_accepted_and_its_student_made(void **state _unused_)
{
        int64_t id = drop_photo("张三.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        _cleanup_photo_ PhotoRow photo = {};

        get_photo(FIXTURE_ID, &photo);
        assert_int_equal(photo.submission, id);
        assert_int_equal(photo.quality, 88);
        assert_int_equal(fixture_state(id), SUBMISSION_ACCEPTED);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_PENDING);
        assert_last_event(EVENT_ACCEPTED);
}

static void test_a_recorded_verdict_is_not_shown_yet(void **state _unused_)
{
        int64_t passed = record_in(FOLDER_POINT, "a.jpg", good(FIXTURE_ID, "a"));
        int64_t failed = record_in(FOLDER_POINT, "b.jpg", bad("", REASON_BLUR, "b"));
        _cleanup_submission_ SubmissionRow row = {};
        PhotoRow photo = {};

        assert_int_equal(fixture_state(passed), SUBMISSION_PASSED);
        assert_int_equal(fixture_state(failed), SUBMISSION_FAILED);
        assert_int_equal(catalog_find_photo(fixture.catalog, (Where){fixture.batch, fixture.point},
                                            FIXTURE_ID, &photo),
                         0);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_MISSING);
        assert_int_equal(catalog_find_rejected(fixture.catalog,
                                               (Where){fixture.batch, fixture.point}, "b.jpg",
                                               &row),
                         0);
        assert_reason(failed, REASON_BLUR);
}

static void test_a_bad_photo_goes_to_rejected(void **state _unused_)
{
        int64_t id = drop_photo("a.jpg", bad("", REASON_BLUR, "a"), true, "a.jpg");
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(catalog_find_rejected(fixture.catalog,
                                               (Where){fixture.batch, fixture.point}, "a.jpg",
                                               &row),
                         1);
        assert_int_equal(row.id, id);
        assert_true(row.has_original);
        assert_int_equal(row.applied, fixture.now);
        assert_last_event(EVENT_REJECTED);
}

static void test_a_bad_photo_of_an_unknown_number_makes_no_student(void **state _unused_)
{
        StudentRow row = {};

        (void)drop_photo("a.jpg", bad(FIXTURE_ID, REASON_BLUR, "a"), true, "a.jpg");
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &row),
                         0);
}

static void test_a_bad_photo_of_a_missing_student_makes_them_rejected(void **state _unused_)
{
        (void)fixture_student(FIXTURE_ID);
        (void)drop_photo("a.jpg", bad(FIXTURE_ID, REASON_BLUR, "a"), true, "a.jpg");
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_REJECTED);
}

static void test_a_better_photo_replaces_the_first(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        _cleanup_photo_ PhotoRow old = {}, new = {};
        int64_t second;

        get_photo(FIXTURE_ID, &old);
        second = drop_photo("b.jpg", good(FIXTURE_ID, "b"), false, FIXTURE_ID ".jpg");
        get_photo(FIXTURE_ID, &new);
        assert_int_equal(new.submission, second);
        assert_int_not_equal(new.id, old.id);
        assert_int_equal(fixture_state(first), SUBMISSION_SUPERSEDED);
        assert_int_equal(fixture_state(second), SUBMISSION_ACCEPTED);
        assert_last_event(EVENT_REPLACED);
}

static void test_the_same_bytes_again_change_nothing(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        _cleanup_photo_ PhotoRow old = {}, new = {};
        int64_t second;

        get_photo(FIXTURE_ID, &old);
        second = drop_photo("b.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        get_photo(FIXTURE_ID, &new);
        assert_int_equal(new.id, old.id);
        assert_int_equal(fixture_state(first), SUBMISSION_ACCEPTED);
        assert_int_equal(fixture_state(second), SUBMISSION_UNCHANGED);
        assert_last_event(EVENT_UNCHANGED);
}

static void test_the_same_bytes_again_are_no_fault_of_an_approved_photo(void **state _unused_)
{
        static const ReviewState states[] = {REVIEW_APPROVED, REVIEW_LOCKED};

        (void)drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        for (size_t i = 0; i < ELEMENTSOF(states); i++) {
                settle(FIXTURE_ID, states[i]);
                (void)drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
                assert_int_equal(fixture_student_state(FIXTURE_ID), states[i]);
        }
}

static void test_a_rejected_newcomer_leaves_the_photo(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        _cleanup_photo_ PhotoRow photo = {};

        (void)drop_photo("b.jpg", bad(FIXTURE_ID, REASON_BLUR, "b"), true, "b.jpg");
        get_photo(FIXTURE_ID, &photo);
        assert_int_equal(photo.submission, first);
        assert_int_equal(fixture_state(first), SUBMISSION_ACCEPTED);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_PENDING);
}

static void test_an_approved_or_locked_photo_is_not_replaced(void **state _unused_)
{
        static const struct {
                ReviewState state;
                ReasonCode reason;
        } cases[] = {
                {REVIEW_APPROVED, REASON_ALREADY_APPROVED},
                {REVIEW_LOCKED, REASON_LOCKED},
        };
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_photo_ PhotoRow photo = {};
                int64_t id;

                settle(FIXTURE_ID, cases[i].state);
                id = drop_photo("b.jpg", good(FIXTURE_ID, "b"), true, "b.jpg");
                assert_reason(id, cases[i].reason);
                get_photo(FIXTURE_ID, &photo);
                assert_int_equal(photo.submission, first);
                assert_int_equal(fixture_student_state(FIXTURE_ID), cases[i].state);
                assert_int_equal(fixture_state(first), SUBMISSION_ACCEPTED);
        }
}

static void test_a_photo_approved_between_record_and_apply_is_not_replaced(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        int64_t second = record_in(FOLDER_POINT, "b.jpg", good(FIXTURE_ID, "b"));

        settle(FIXTURE_ID, REVIEW_APPROVED);
        apply(second, true, "b.jpg");
        assert_int_equal(fixture_state(second), SUBMISSION_REJECTED);
        assert_reason(second, REASON_ALREADY_APPROVED);
        assert_int_equal(fixture_state(first), SUBMISSION_ACCEPTED);
        assert_last_event(EVENT_REJECTED);
}

static void test_of_two_recorded_at_once_the_later_stays(void **state _unused_)
{
        int64_t a = record_in(FOLDER_POINT, "a.jpg", good(FIXTURE_ID, "a"));
        int64_t b = record_in(FOLDER_POINT, "b.jpg", good(FIXTURE_ID, "b"));
        _cleanup_photo_ PhotoRow photo = {};

        apply(a, false, FIXTURE_ID ".jpg");
        apply(b, false, FIXTURE_ID ".jpg");
        get_photo(FIXTURE_ID, &photo);
        assert_int_equal(photo.submission, b);
        assert_int_equal(fixture_state(a), SUBMISSION_SUPERSEDED);
}

static void test_a_good_photo_clears_what_was_rejected_of_its_student(void **state _unused_)
{
        int64_t same_student, same_name, other;

        (void)fixture_student(FIXTURE_ID);
        same_student = drop_photo("a.jpg", bad(FIXTURE_ID, REASON_BLUR, "a"), true, "a.jpg");
        same_name = drop_photo("b.jpg", bad("", REASON_NAME_NO_NUMBER, "b"), true, "b.jpg");
        other = drop_photo("c.jpg", bad("", REASON_BLUR, "c"), true, "c.jpg");
        (void)drop_photo("b.jpg", good(FIXTURE_ID, "d"), false, FIXTURE_ID ".jpg");
        assert_int_equal(fixture_state(same_student), SUBMISSION_SUPERSEDED);
        assert_int_equal(fixture_state(same_name), SUBMISSION_SUPERSEDED);
        assert_int_equal(fixture_state(other), SUBMISSION_REJECTED);
}

/* ---- deleted for a newcomer's sake ---- */

static int remember_two(const EventRow *row, void *userdata)
{
        EventRow *events = userdata;

        events[events[0].id != 0] = *row;
        return 0;
}

static void withdraw(const char *id_number)
{
        _cleanup_photo_ PhotoRow photo = {};

        get_photo(id_number, &photo);
        assert_int_equal(withdraw_photo(fixture.catalog, photo.id, FIXTURE_UID, fixture_later()),
                         0);
}

/* A bad photo that takes the place of a deleted one, or does not: 0. */
static int64_t drop_instead(int64_t replaces, const char *name, const char *bytes)
{
        Judgement judgement = bad(FIXTURE_ID, REASON_BLUR, bytes);
        SubmissionRow row = {.batch = fixture.batch,
                             .point = fixture.point,
                             .name = (char *)name,
                             .replaces = replaces,
                             .created = fixture_later()};
        int64_t id;

        assert_int_equal(catalog_add_submission(fixture.catalog, &row, &id), 0);
        assert_int_equal(
                catalog_set_submission_received(fixture.catalog, id, 4711, 0, fixture_later()), 0);
        assert_int_equal(judge_record(fixture.catalog, id, &judgement, fixture_later()), 0);
        apply(id, true, name);
        return id;
}

static void test_a_photo_deleted_for_a_newcomer_comes_back_with_its_rejection(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        _cleanup_photo_ PhotoRow photo = {};
        int64_t second;

        withdraw(FIXTURE_ID);
        second = drop_instead(first, "a.jpg", "b");
        get_photo(FIXTURE_ID, &photo);
        assert_int_equal(photo.submission, first);
        assert_int_equal(fixture_state(first), SUBMISSION_ACCEPTED);
        assert_int_equal(fixture_state(second), SUBMISSION_REJECTED);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_PENDING);
}

static void test_a_photo_that_comes_back_is_in_the_log(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        EventRow events[2] = {};

        withdraw(FIXTURE_ID);
        (void)drop_instead(first, "a.jpg", "b");
        assert_true(catalog_list_events(fixture.catalog, fixture.point, 2, remember_two, events) >=
                    0);
        assert_int_equal(events[0].kind, EVENT_REJECTED);
        assert_int_equal(events[1].kind, EVENT_ACCEPTED);
        assert_int_equal(events[1].submission, first);
}

static void test_another_students_photo_does_not_come_back(void **state _unused_)
{
        int64_t other = drop_photo("b.jpg", good(FIXTURE_ID_2, "c"), false, FIXTURE_ID_2 ".jpg");

        (void)drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        withdraw(FIXTURE_ID);
        withdraw(FIXTURE_ID_2);
        (void)drop_instead(other, "a.jpg", "b");
        assert_int_equal(fixture_state(other), SUBMISSION_WITHDRAWN);
        assert_int_equal(fixture_student_state(FIXTURE_ID_2), REVIEW_MISSING);
}

static void test_a_photo_deleted_for_good_stays_deleted(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");

        withdraw(FIXTURE_ID);
        (void)drop_instead(0, "a.jpg", "b");
        assert_int_equal(fixture_state(first), SUBMISSION_WITHDRAWN);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_REJECTED);
}

static void test_a_good_newcomer_keeps_the_deleted_photo_away(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        _cleanup_photo_ PhotoRow photo = {};
        int64_t second;

        withdraw(FIXTURE_ID);
        second = drop_photo("a.jpg", good(FIXTURE_ID, "b"), false, FIXTURE_ID ".jpg");
        get_photo(FIXTURE_ID, &photo);
        assert_int_equal(photo.submission, second);
        assert_int_equal(fixture_state(first), SUBMISSION_WITHDRAWN);
}

/* ---- too late ---- */

static void test_a_verdict_of_what_is_no_longer_received_is_stale(void **state _unused_)
{
        Judgement judgement = good(FIXTURE_ID, "a");
        StudentRow student = {};

        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                int64_t id = fixture_received("a.jpg");

                if (i == SUBMISSION_RECEIVED)
                        continue;
                assert_int_equal(
                        catalog_set_submission_state(fixture.catalog, id, (SubmissionState)i), 0);
                assert_int_equal(judge_record(fixture.catalog, id, &judgement, 1), -ESTALE);
                assert_int_equal(fixture_state(id), i);
        }
        assert_int_equal(judge_record(fixture.catalog, 4711, &judgement, 1), -ESTALE);
        assert_int_equal(catalog_find_student(fixture.catalog,
                                              (Where){fixture.batch, fixture.point}, FIXTURE_ID,
                                              &student),
                         0);
}

static void test_what_is_not_judged_is_not_applied(void **state _unused_)
{
        JudgeTarget target = {};

        for (int i = 0; i < _SUBMISSION_STATE_MAX; i++) {
                _cleanup_submission_ SubmissionRow row = {};
                int64_t id = fixture_received("a.jpg");

                if (i == SUBMISSION_PASSED || i == SUBMISSION_FAILED)
                        continue;
                assert_int_equal(
                        catalog_set_submission_state(fixture.catalog, id, (SubmissionState)i), 0);
                assert_int_equal(catalog_get_submission(fixture.catalog, id, &row), 1);
                assert_int_equal(judge_target(fixture.catalog, &row, &target), -ESTALE);
                assert_int_equal(judge_apply(fixture.catalog, id, 0, 1, &target), -ESTALE);
                assert_int_equal(fixture_state(id), i);
        }
        assert_int_equal(judge_apply(fixture.catalog, 4711, 0, 1, &target), -ESTALE);
        assert_null(target.name);
}

static void test_a_verdict_is_applied_once(void **state _unused_)
{
        int64_t id = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        JudgeTarget target = {};

        assert_int_equal(judge_apply(fixture.catalog, id, 0, 1, &target), -ESTALE);
}

/* ---- rosters and other students ---- */

static void test_a_student_taken_off_meanwhile_is_looked_for_again(void **state _unused_)
{
        int64_t id = fixture_received("a.jpg");
        Judgement judgement = good(FIXTURE_ID, "a");

        judgement.identity.student = 4711;
        assert_int_equal(judge_record(fixture.catalog, id, &judgement, 1), -EAGAIN);
        assert_int_equal(fixture_state(id), SUBMISSION_RECEIVED);
}

static void test_the_same_bytes_for_another_student_are_rejected(void **state _unused_)
{
        int64_t first = drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        int64_t second = drop_photo("b.jpg", good(FIXTURE_ID_2, "a"), true, "b.jpg");

        assert_reason(second, REASON_SAME_PICTURE);
        assert_int_equal(fixture_state(first), SUBMISSION_ACCEPTED);
        (void)drop_photo("c.jpg", good(FIXTURE_ID_2, "c"), false, FIXTURE_ID_2 ".jpg");
}

static void test_nearly_the_same_picture_for_another_student_is_rejected(void **state _unused_)
{
        static const struct {
                uint64_t flipped;
                int8_t wave; /* in which the fingerprints differ */
                bool same;
        } cases[] = {
                {0, 0, true},
                {1, 0, true},
                {UINT64_C(1) << 63 | 1, PHOTO_FINGERPRINT_SAME, true},
                {UINT64_C(0x8000800080008000), 0, true},
                {UINT64_C(0x8000800180008000), 0, false},
                {UINT64_C(0xffffffff00000000), 0, false},
                /* Hashes collide; the fingerprint tells the people apart. */
                {0, 127, false},
                {1, -100, false},
        };
        const uint64_t phash = UINT64_C(0x9234567890abcdef);
        Judgement judgement = good(FIXTURE_ID, "a");

        judgement.info.phash = phash;
        (void)drop_photo("a.jpg", judgement, false, FIXTURE_ID ".jpg");
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                assert_int_equal(catalog_savepoint(fixture.catalog), 0);
                judgement = good(FIXTURE_ID_2, "b");
                judgement.info.phash = phash ^ cases[i].flipped;
                judgement.info.fingerprint.waves[0] = cases[i].wave;
                (void)drop_photo("b.jpg", judgement, cases[i].same,
                                 cases[i].same ? "b.jpg" : FIXTURE_ID_2 ".jpg");
                assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        }
}

static void test_nearly_the_same_picture_of_the_same_student_replaces(void **state _unused_)
{
        Judgement judgement = good(FIXTURE_ID, "a");

        judgement.info.phash = 0x1234;
        (void)drop_photo("a.jpg", judgement, false, FIXTURE_ID ".jpg");
        judgement = good(FIXTURE_ID, "b");
        judgement.info.phash = 0x1235;
        (void)drop_photo("b.jpg", judgement, false, FIXTURE_ID ".jpg");
        assert_last_event(EVENT_REPLACED);
}

static void test_a_withdrawn_picture_may_be_given_to_whom_it_shows(void **state _unused_)
{
        _cleanup_photo_ PhotoRow photo = {};

        (void)drop_photo("a.jpg", good(FIXTURE_ID, "a"), false, FIXTURE_ID ".jpg");
        get_photo(FIXTURE_ID, &photo);
        assert_int_equal(withdraw_photo(fixture.catalog, photo.id, 0, 1), 0);
        (void)drop_photo("b.jpg", good(FIXTURE_ID_2, "a"), false, FIXTURE_ID_2 ".jpg");
}

/* ---- names in rejected/ ---- */

static Judgement blurred(const char *bytes)
{
        return bad("", REASON_BLUR, bytes);
}

static void test_the_same_name_dropped_again_takes_the_place(void **state _unused_)
{
        int64_t first = drop_photo("x.jpg", blurred("a"), true, "x.jpg");
        int64_t second = drop_photo("x.jpg", blurred("b"), true, "x.jpg");

        assert_int_equal(fixture_state(first), SUBMISSION_SUPERSEDED);
        assert_int_equal(fixture_state(second), SUBMISSION_REJECTED);
}

static void test_the_same_name_spelled_otherwise_takes_the_place(void **state _unused_)
{
        int64_t first = drop_photo("caf\u00e9.jpg", blurred("a"), true, "caf\u00e9.jpg");

        (void)drop_photo("cafe\u0301.jpg", blurred("b"), true, "caf\u00e9.jpg");
        assert_int_equal(fixture_state(first), SUBMISSION_SUPERSEDED);
}

static void test_the_same_name_of_another_folder_gets_a_number(void **state _unused_)
{
        int64_t a = fixture_folder(FOLDER_POINT, "a"), b = fixture_folder(FOLDER_POINT, "b");
        int64_t first = drop_photo("x.jpg", blurred("1"), true, "x.jpg"), second;

        second = drop_in(a, "x.jpg", blurred("2"), true, "x (2).jpg");
        (void)drop_in(b, "x.jpg", blurred("3"), true, "x (3).jpg");
        assert_int_equal(fixture_state(first), SUBMISSION_REJECTED);
        /* Again, and it stands where it stood. */
        (void)drop_in(a, "x.jpg", blurred("4"), true, "x (2).jpg");
        assert_int_equal(fixture_state(second), SUBMISSION_SUPERSEDED);
}

static void test_a_file_dropped_into_rejected_takes_the_place_of_what_is_shown(
        void **state _unused_)
{
        int64_t first = drop_photo("x.jpg", blurred("1"), true, "x.jpg");

        (void)drop_in(FOLDER_REJECTED, "x.jpg", blurred("2"), true, "x.jpg");
        assert_int_equal(fixture_state(first), SUBMISSION_SUPERSEDED);
}

static void test_no_file_stands_on_another_ones_reason(void **state _unused_)
{
        static const struct {
                const char *there;
                const char *dropped;
                const char *shown;
        } cases[] = {
                {"x.jpg", "x.jpg - not sharp.txt", "x.jpg - not sharp (2).txt"},
                {"x.jpg - not sharp.txt", "x.jpg", "x (2).jpg"},
                {"x - y", "x - y - damaged +3.txt", "x - y - damaged +3 (2).txt"},
                {"x.jpg", "x.jpg - anything.txt", "x.jpg - anything.txt"},
                {"x.jpg", "x.jpg.txt", "x.jpg.txt"}, /* no note is called so */
                {"x.jpg", "Ｘ.jpg", "Ｘ.jpg"},       /* case is kept: another name */
                {"X.jpg", "Ｘ.jpg", "Ｘ (2).jpg"},
                {"照片.jpg", "照片.jpg － 不清晰.txt", "照片.jpg － 不清晰 (2).txt"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                int64_t folder;

                assert_int_equal(catalog_savepoint(fixture.catalog), 0);
                folder = fixture_folder(FOLDER_POINT, "folder");
                (void)drop_in(folder, cases[i].there, blurred("1"), true, cases[i].there);
                (void)drop_photo(cases[i].dropped, blurred("2"), true, cases[i].shown);
                assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        }
}

static void test_a_name_with_a_number_is_numbered_further(void **state _unused_)
{
        int64_t folder = fixture_folder(FOLDER_POINT, "folder");

        (void)drop_photo("x (2).jpg", blurred("1"), true, "x (2).jpg");
        (void)drop_photo("x.jpg", blurred("2"), true, "x.jpg");
        (void)drop_in(folder, "x.jpg", blurred("3"), true, "x (3).jpg");
}

/* With the longest of all reasons, and as many as there can be. */
static void expect_note_fits(const char *name, int64_t id)
{
        for (int code = 0; code < _REASON_MAX; code++)
                for (int language = 0; language < _LANGUAGE_MAX; language++) {
                        Findings findings = {.n = FINDINGS_MAX};
                        _cleanup_free_ char *note = NULL;

                        for (size_t i = 0; i < FINDINGS_MAX; i++)
                                findings.items[i] = (Finding){.code = (ReasonCode)code,
                                                              .level = FINDING_REJECT};
                        assert_int_equal(note_name(name, id, &findings, (Language)language, &note),
                                         0);
                        assert_true(utf8_valid(note));
                        assert_true(strlen(note) <= 255);
                }
}

static void test_the_longest_names_leave_room_for_number_and_reason(void **state _unused_)
{
        static const char *const suffixes[] = {"", ".jpg", ".照片", "。jpg"};

        for (size_t i = 0; i < ELEMENTSOF(suffixes); i++) {
                Text name = {};
                _cleanup_free_ char *longest = NULL;
                int64_t folder;
                size_t size;

                assert_int_equal(catalog_savepoint(fixture.catalog), 0);
                folder = fixture_folder(FOLDER_POINT, "folder");
                while (name.size + 3 + strlen(suffixes[i]) <= 255)
                        text_append(&name, "学");
                text_append(&name, suffixes[i]);
                assert_int_equal(text_take(&name, &longest, &size), 0);
                for (int k = 0; k < 2; k++) {
                        _cleanup_target_ JudgeTarget target = {};
                        int64_t id =
                                record_in(k == 0 ? FOLDER_POINT : folder, longest, blurred("1"));

                        assert_int_equal(judge_apply(fixture.catalog, id, 0, 1, &target), 0);
                        assert_true(utf8_valid(target.name));
                        expect_note_fits(target.name, id);
                        assert_true(strlen(target.name) > 200);
                        if (suffixes[i][0] == '.')
                                assert_true(text_ends_with(target.name, suffixes[i]));
                        assert_int_equal(k == 1, strstr(target.name, " (2)") != NULL);
                }
                assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        }
}

static void test_a_long_tail_behind_a_dot_is_kept(void **state _unused_)
{
        static const char name[] = "a.and here a whole sentence follows, in which a dot was used";

        (void)drop_photo(name, blurred("1"), true, name);
}

/* ---- the same submission judged again after more was written ---- */

static void test_a_second_verdict_takes_the_place_of_the_first(void **state _unused_)
{
        int64_t id = record_in(FOLDER_POINT, "a.jpg", blurred("half"));
        Judgement judgement = good(FIXTURE_ID, "whole");
        Findings findings;

        assert_int_equal(catalog_set_submission_received(fixture.catalog, id, 1, 1, 1), 0);
        assert_int_equal(judge_record(fixture.catalog, id, &judgement, fixture_later()), 0);
        assert_int_equal(catalog_get_findings(fixture.catalog, id, &findings), 0);
        assert_int_equal(findings.n, 0);
        apply(id, false, FIXTURE_ID ".jpg");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_where_the_face_is_is_stored_with_the_photo),
                fixture_test(test_a_good_photo_under_a_good_name_passes),
                fixture_test(test_a_good_photo_under_a_bad_name_is_kept_but_makes_no_photo),
                fixture_test(test_a_cut_off_photo_waits_and_nothing_is_stored),
                fixture_test(test_an_empty_file_waits_and_is_judged_finally),
                fixture_test(test_a_file_deleted_under_examination_is_an_error),
                fixture_test(test_from_the_drop_to_the_photo),
                fixture_test(test_what_was_received_is_in_the_log_with_whose_it_is),
                fixture_test(test_a_first_photo_is_accepted_and_its_student_made),
                fixture_test(test_a_recorded_verdict_is_not_shown_yet),
                fixture_test(test_a_bad_photo_goes_to_rejected),
                fixture_test(test_a_bad_photo_of_an_unknown_number_makes_no_student),
                fixture_test(test_a_bad_photo_of_a_missing_student_makes_them_rejected),
                fixture_test(test_a_better_photo_replaces_the_first),
                fixture_test(test_the_same_bytes_again_change_nothing),
                fixture_test(test_the_same_bytes_again_are_no_fault_of_an_approved_photo),
                fixture_test(test_a_rejected_newcomer_leaves_the_photo),
                fixture_test(test_an_approved_or_locked_photo_is_not_replaced),
                fixture_test(test_a_photo_approved_between_record_and_apply_is_not_replaced),
                fixture_test(test_of_two_recorded_at_once_the_later_stays),
                fixture_test(test_a_good_photo_clears_what_was_rejected_of_its_student),
                fixture_test(test_a_photo_deleted_for_a_newcomer_comes_back_with_its_rejection),
                fixture_test(test_a_photo_that_comes_back_is_in_the_log),
                fixture_test(test_another_students_photo_does_not_come_back),
                fixture_test(test_a_photo_deleted_for_good_stays_deleted),
                fixture_test(test_a_good_newcomer_keeps_the_deleted_photo_away),
                fixture_test(test_a_verdict_of_what_is_no_longer_received_is_stale),
                fixture_test(test_what_is_not_judged_is_not_applied),
                fixture_test(test_a_verdict_is_applied_once),
                fixture_test(test_a_student_taken_off_meanwhile_is_looked_for_again),
                fixture_test(test_the_same_bytes_for_another_student_are_rejected),
                fixture_test(test_nearly_the_same_picture_for_another_student_is_rejected),
                fixture_test(test_nearly_the_same_picture_of_the_same_student_replaces),
                fixture_test(test_a_withdrawn_picture_may_be_given_to_whom_it_shows),
                fixture_test(test_the_same_name_dropped_again_takes_the_place),
                fixture_test(test_the_same_name_spelled_otherwise_takes_the_place),
                fixture_test(test_the_same_name_of_another_folder_gets_a_number),
                fixture_test(test_a_file_dropped_into_rejected_takes_the_place_of_what_is_shown),
                fixture_test(test_no_file_stands_on_another_ones_reason),
                fixture_test(test_a_name_with_a_number_is_numbered_further),
                fixture_test(test_the_longest_names_leave_room_for_number_and_reason),
                fixture_test(test_a_long_tail_behind_a_dot_is_kept),
                fixture_test(test_a_second_verdict_takes_the_place_of_the_first),
        };

        return cmocka_run_group_tests(tests, open_with_worker, close_with_worker);
}
