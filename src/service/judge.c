/* SPDX-License-Identifier: MIT */
#include <idphoto/event.h>
#include <idphoto/fixedname.h>
#include <idphoto/judge.h>
#include <idphoto/numberedname.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>

#include <inttypes.h>
#include <string.h>

void judge_target_done(JudgeTarget *target)
{
        free(target->name);
        *target = (JudgeTarget){};
}

/* Whether the student's photo was made of these very bytes. */
static int student_has_original(Catalog *catalog, const StudentRow *student, const Sha256 *original)
{
        return student->photo == 0 ? 0
                                   : catalog_photo_has_original(catalog, student->photo, original);
}

/* A student whom nobody knew before. */
static int add_student(Catalog *catalog, const SubmissionRow *row, const char *number, int64_t now,
                       StudentRow *ret)
{
        StudentRow student = {.batch = row->batch, .point = row->point, .state = REVIEW_MISSING};
        int r = catalog_add_student(catalog, (Where){row->batch, row->point}, number, now,
                                    &student.id);

        if (r < 0)
                return r;
        student.id_number = strdup(number);
        if (!student.id_number)
                return -ENOMEM;
        *ret = student;
        return 0;
}

/* The student of the verdict; id 0: nobody's, or nobody knows the number. */
static int find_student(Catalog *catalog, Where where, const Identity *identity, StudentRow *ret)
{
        int r;

        if (identity->student != 0) {
                r = catalog_get_student(catalog, identity->student, ret);
                if (r > 0 && (ret->batch != where.batch || ret->point != where.point ||
                              strcmp(ret->id_number, identity->number.text) != 0))
                        r = 0;
                return r == 0 ? -EAGAIN : MIN(r, 0);
        }
        if (!identity->number.text[0])
                return 0;
        r = catalog_find_student(catalog, where, identity->number.text, ret);
        return MIN(r, 0);
}

/* A point may know whose the other photo is if it is its own student's; anybody else's stays the
 * office's to know [W4]. */
static int check_same_picture(Catalog *catalog, const SubmissionRow *row, int64_t student,
                              const Judgement *judgement, Findings *findings)
{
        Picture picture = {&judgement->original, judgement->info.phash,
                           &judgement->info.fingerprint};
        _cleanup_student_ StudentRow other = {};
        Finding *finding;
        int64_t id;
        int r = catalog_find_same_picture(catalog, row->batch, student, &picture, 0, &id);

        if (r <= 0)
                return r;
        r = catalog_get_student(catalog, id, &other);
        if (r < 0)
                return r;
        finding = findings_add(findings, REASON_SAME_PICTURE, FINDING_REJECT);
        if (r > 0 && other.point == row->point)
                (void)snprintf(finding->detail, sizeof(finding->detail), "%" PRId64, id);
        return 0;
}

/* What becomes of what was found, when the catalog has had its say. */
typedef struct Outcome {
        StudentRow student; /* id 0: nobody's */
        Findings findings;
        bool passed;
        bool keep; /* the photo stays, though the submission is rejected: a person decided so */
} Outcome;

static void outcome_done(Outcome *outcome)
{
        student_row_done(&outcome->student);
}

/* What the student's state and earlier photos add. */
static int weigh_against_student(Catalog *catalog, const SubmissionRow *row,
                                 const Judgement *judgement, Outcome *outcome)
{
        ReasonCode refusal = review_refusal(outcome->student.state), decided;
        int r = student_has_original(catalog, &outcome->student, &judgement->original);

        /* The same bytes again change nothing [D9], neither what a person said of them. */
        if (r != 0)
                return MIN(r, 0);
        if (refusal >= 0)
                (void)findings_add(&outcome->findings, refusal, FINDING_REJECT);
        /* A decision stands on a file in rejected/. */
        r = outcome->student.files == 0 ? 0
                                        : catalog_find_decision(catalog, outcome->student.id,
                                                                &judgement->original, &decided);
        if (r < 0)
                return r;
        if (r > 0) {
                (void)findings_add(&outcome->findings, decided, FINDING_REJECT);
                outcome->keep = judgement->has_photo;
        }
        r = check_same_picture(catalog, row, outcome->student.id, judgement, &outcome->findings);
        if (r < 0)
                return r;
        outcome->passed = outcome->passed && !findings_reject(&outcome->findings);
        return 0;
}

static int add_photo(Catalog *catalog, const SubmissionRow *row, const Judgement *judgement,
                     int64_t student, int64_t now)
{
        PhotoRow photo = {
                .student = student,
                .submission = row->id,
                .blob = judgement->photo,
                .size = judgement->photo_size,
                .mtime = row->mtime,
                .quality = judgement->info.quality,
                .phash = judgement->info.phash,
                .fingerprint = judgement->info.fingerprint,
                .geometry = judgement->info.geometry,
                .created = now,
        };

        return catalog_put_photo(catalog, &photo);
}

static int store_outcome(Catalog *catalog, const SubmissionRow *row, const Judgement *judgement,
                         const Outcome *outcome, int64_t now)
{
        bool photo = outcome->passed || outcome->keep;
        SubmissionRow judged = {
                .id = row->id,
                .state = outcome->passed ? SUBMISSION_PASSED : SUBMISSION_FAILED,
                .size = judgement->size,
                .mtime = row->mtime,
                .received = row->received,
                .original = judgement->original,
                .student = outcome->student.id,
                .suggestion = (char *)judgement->identity.suggestion.text,
        };
        int r = catalog_set_findings(catalog, row->id, &outcome->findings);

        if (r >= 0 && photo)
                r = add_photo(catalog, row, judgement, outcome->student.id, now);
        return r < 0 ? r : catalog_set_submission_verdict(catalog, &judged, photo);
}

int judge_record_row(Catalog *catalog, const SubmissionRow *row, const Judgement *judgement,
                     int64_t now)
{
        _cleanup_(outcome_done)
                Outcome outcome = {.findings = judgement->findings, .passed = judgement->has_photo};
        const char *number = judgement->identity.number.text;
        EventRow event;
        bool new;
        int r;

        r = find_student(catalog, (Where){row->batch, row->point}, &judgement->identity,
                         &outcome.student);
        /* Where there is no roster, a photo that passed makes its student known. */
        new = outcome.student.id == 0 && outcome.passed &&number[0];
        if (r >= 0 && (new || outcome.student.id != 0))
                r = weigh_against_student(catalog, row, judgement, &outcome);
        if (r >= 0 && new)
                r = add_student(catalog, row, number, now, &outcome.student);
        if (r >= 0)
                r = store_outcome(catalog, row, judgement, &outcome, now);
        if (r < 0)
                return r;
        /* Only now it is known whose it is. */
        event = (EventRow){.wall = row->received,
                           .kind = EVENT_RECEIVED,
                           .point = row->point,
                           .submission = row->id,
                           .student = outcome.student.id,
                           .id_number = outcome.student.id_number,
                           .uid = row->actor};
        if (event.student == 0 && number[0])
                event.id_number = number;
        return catalog_add_event(catalog, &event);
}

void judge_expect(Catalog *catalog, Where where, int64_t submission, const Judgement *judgement)
{
        const Picture picture = {&judgement->original, judgement->info.phash,
                                 &judgement->info.fingerprint};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_student_ StudentRow student = {};
        int64_t other;

        if (!catalog_look_ahead(catalog))
                return;
        (void)catalog_get_submission(catalog, submission, &row);
        (void)find_student(catalog, where, &judgement->identity, &student);
        if (judgement->has_photo)
                (void)catalog_find_same_picture(catalog, where.batch, judgement->identity.student,
                                                &picture, 0, &other);
        catalog_expect_event(catalog, submission);
        catalog_look(catalog);
}

int judge_record(Catalog *catalog, int64_t submission, const Judgement *judgement, int64_t now)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, submission, &row);

        if (r < 0)
                return r;
        if (r == 0 || row.state != SUBMISSION_RECEIVED || row.generation != judgement->generation)
                return -ESTALE;
        return judge_record_row(catalog, &row, judgement, now);
}

/* ---- the place ---- */

/* NAME, or NAME (2) before its suffix, so that neither it nor its note stands on somebody else's
 * name. */
int judge_free_rejected_name(Catalog *catalog, const SubmissionRow *row, char **ret)
{
        _cleanup_free_ char *visible = strdup(row->name);

        if (!visible)
                return -ENOMEM;
        /* What could show it from right to left stays in the dropped name. */
        text_drop_invisible(visible);
        for (int i = 1; i <= NUMBERED_NAME_MAX; i++) {
                _cleanup_free_ char *name = NULL;
                int r = numbered_name(visible, i, &name);

                if (r >= 0)
                        r = catalog_rejected_name_free(catalog, (Where){row->batch, row->point},
                                                       name, row->id);
                if (r < 0)
                        return r;
                if (r > 0) {
                        *ret = TAKE_PTR(name);
                        return 0;
                }
        }
        return -ENFILE;
}

int judge_rejected_name(Catalog *catalog, const SubmissionRow *row, char **ret)
{
        _cleanup_submission_ SubmissionRow earlier = {};
        int r;

        /* The same name dropped again takes the place of its predecessor, and what is dropped into
         * rejected/ the place of what is shown there. */
        if (row->folder == FOLDER_REJECTED) {
                r = catalog_find_rejected(catalog, (Where){row->batch, row->point}, row->name,
                                          &earlier);
                if (r < 0)
                        return r;
        } else
                r = 0;
        if (r == 0)
                r = catalog_find_rejected_drop(
                        catalog, (Where){row->batch, row->point, row->folder}, row->name, &earlier);
        if (r < 0)
                return r;
        if (r == 0 || !earlier.shown_name)
                return judge_free_rejected_name(catalog, row, ret);
        *ret = TAKE_PTR(earlier.shown_name);
        return 0;
}

static int rejected_target(Catalog *catalog, const SubmissionRow *row, JudgeTarget *ret)
{
        char *name;
        int r = judge_rejected_name(catalog, row, &name);

        if (r >= 0)
                *ret = (JudgeTarget){.rejected = true, .name = name};
        return r;
}

static int target_of(const StudentRow *student, JudgeTarget *ret)
{
        char *name;
        int r = name_of_photo(student->id_number, &name);

        if (r >= 0)
                *ret = (JudgeTarget){.rejected = false, .name = name};
        return r;
}

static int accepted_target(Catalog *catalog, const SubmissionRow *row, JudgeTarget *ret)
{
        _cleanup_student_ StudentRow student = {};
        int r = catalog_get_student_of(catalog, row->id, &student);

        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        return target_of(&student, ret);
}

int judge_target(Catalog *catalog, const SubmissionRow *row, JudgeTarget *ret)
{
        if (row->state == SUBMISSION_PASSED)
                return accepted_target(catalog, row, ret);
        if (row->state == SUBMISSION_FAILED)
                return rejected_target(catalog, row, ret);
        return -ESTALE;
}

/*
 * Many clients replace a file by deleting it first: mv, install, tar, unzip, file managers on
 * Samba. When the newcomer is rejected the photo that was deleted for its sake comes back [D9]. 1:
 * it did.
 */
static int restore_replaced(Catalog *catalog, const SubmissionRow *row, const StudentRow *student,
                            int64_t now)
{
        _cleanup_submission_ SubmissionRow withdrawn = {};
        EventRow event = {.wall = now,
                          .kind = EVENT_ACCEPTED,
                          .point = row->point,
                          .student = student->id,
                          .id_number = student->id_number,
                          .uid = row->actor};
        int r = row->replaces == 0 ? 0 : catalog_get_submission(catalog, row->replaces, &withdrawn);

        if (r <= 0 || withdrawn.state != SUBMISSION_WITHDRAWN || withdrawn.photo == 0 ||
            withdrawn.student != student->id)
                return MIN(r, 0);
        r = catalog_set_submission_applied(catalog, withdrawn.id, SUBMISSION_ACCEPTED, NULL, now);
        if (r >= 0)
                r = catalog_set_student(catalog, student->id, REVIEW_PENDING, withdrawn.photo);
        event.submission = withdrawn.id;
        if (r >= 0)
                r = catalog_add_event(catalog, &event);
        return r < 0 ? r : 1;
}

/* Rejected although it has a photo: a person rejected the same bytes before. The reason stands on
 * this photo from now on. */
static int keep_decision(Catalog *catalog, const SubmissionRow *row)
{
        Findings findings;
        int r = catalog_get_findings(catalog, row->id, &findings);

        for (size_t i = 0; r >= 0 && i < findings.n; i++)
                if (reason_is_decision(findings.items[i].code))
                        return catalog_set_photo_decision(catalog, row->photo,
                                                          findings.items[i].code, NULL);
        return MIN(r, 0);
}

static int apply_rejected(Catalog *catalog, const SubmissionRow *row, int64_t now, JudgeTarget *ret)
{
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_student_ StudentRow student = {};
        EventRow event = {.wall = now,
                          .kind = EVENT_REJECTED,
                          .point = row->point,
                          .submission = row->id,
                          .student = row->student,
                          .uid = row->actor};
        int r;

        r = rejected_target(catalog, row, &target);
        if (r < 0)
                return r;
        r = catalog_supersede_rejected(catalog, (Where){row->batch, row->point, row->folder},
                                       row->name, 0, row->id);
        if (r < 0)
                return r;
        r = catalog_set_submission_applied(catalog, row->id, SUBMISSION_REJECTED, target.name, now);
        if (r >= 0 && row->photo != 0)
                r = keep_decision(catalog, row);
        if (r < 0)
                return r;
        if (row->student != 0) {
                r = catalog_get_student_of(catalog, row->id, &student);
                if (r < 0)
                        return r;
                if (r > 0 && student.state == REVIEW_MISSING) {
                        r = restore_replaced(catalog, row, &student, now);
                        if (r == 0)
                                r = catalog_set_student(catalog, student.id, REVIEW_REJECTED, 0);
                        if (r < 0)
                                return r;
                }
        }
        event.id_number = student.id_number;
        r = catalog_add_event(catalog, &event);
        if (r < 0)
                return r;
        *ret = target;
        target = (JudgeTarget){};
        return 0;
}

/* It passed, but meanwhile the student was approved or locked, or another student has the picture. */
static int apply_refused(Catalog *catalog, SubmissionRow *row, ReasonCode refusal, int64_t now,
                         JudgeTarget *ret)
{
        Findings findings;
        int r = catalog_get_findings(catalog, row->id, &findings);

        if (r < 0)
                return r;
        (void)findings_add(&findings, refusal, FINDING_REJECT);
        r = catalog_set_findings(catalog, row->id, &findings);
        if (r >= 0)
                r = catalog_set_submission_state(catalog, row->id, SUBMISSION_FAILED);
        return r < 0 ? r : apply_rejected(catalog, row, now, ret);
}

/*
 * With several gateways two verdicts about the same picture may be recorded at the same moment, at two
 * points, and neither sees the other. By the time that they are carried out both do, and the later
 * submission is the one that is refused; or one is carried out already. Where only one writes at a
 * time that was seen when the verdict was recorded.
 */
static int is_anothers(Catalog *catalog, const SubmissionRow *row, const StudentRow *student)
{
        PictureRow own;
        int64_t other;
        int r = store_is_attached(catalog_store(catalog))
                        ? catalog_get_picture(catalog, row->id, &own)
                        : 0;

        return r <= 0 ? r
                      : catalog_find_same_picture(catalog, row->batch, student->id, &own.picture,
                                                  row->id, &other);
}

/* The photo becomes its student's; an earlier one is kept as a version. */
static int replace_photo(Catalog *catalog, const SubmissionRow *row, const StudentRow *student,
                         int64_t now, EventKind *ret_kind)
{
        _cleanup_photo_ PhotoRow earlier = {};
        int r = student->photo == 0 ? 0 : catalog_get_photo(catalog, student->photo, &earlier);

        *ret_kind = r > 0 ? EVENT_REPLACED : EVENT_ACCEPTED;
        if (r > 0)
                r = catalog_set_submission_state(catalog, earlier.submission,
                                                 SUBMISSION_SUPERSEDED);
        if (r >= 0)
                r = catalog_set_student(catalog, student->id, REVIEW_PENDING, row->photo);
        return r < 0 ? r
                     : catalog_set_submission_applied(catalog, row->id, SUBMISSION_ACCEPTED, NULL,
                                                      now);
}

static int apply_passed(Catalog *catalog, SubmissionRow *row, int64_t now, JudgeTarget *ret)
{
        _cleanup_student_ StudentRow student = {};
        EventRow event = {.wall = now,
                          .kind = EVENT_UNCHANGED,
                          .point = row->point,
                          .submission = row->id,
                          .student = row->student,
                          .uid = row->actor};
        bool same;
        int r;

        r = catalog_get_student_of(catalog, row->id, &student);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        r = student_has_original(catalog, &student, &row->original);
        if (r < 0)
                return r;
        if (r == 0 && review_refusal(student.state) >= 0)
                return apply_refused(catalog, row, review_refusal(student.state), now, ret);
        same = r > 0;
        r = same ? 0 : is_anothers(catalog, row, &student);
        if (r != 0)
                return r < 0 ? r : apply_refused(catalog, row, REASON_SAME_PICTURE, now, ret);
        r = same ? catalog_set_submission_applied(catalog, row->id, SUBMISSION_UNCHANGED, NULL, now)
                 : replace_photo(catalog, row, &student, now, &event.kind);
        if (r >= 0)
                r = catalog_supersede_rejected(catalog,
                                               (Where){row->batch, row->point, row->folder},
                                               row->name, student.id, row->id);
        event.id_number = student.id_number;
        if (r >= 0)
                r = catalog_add_event(catalog, &event);
        return r < 0 ? r : target_of(&student, ret);
}

int judge_apply(Catalog *catalog, int64_t submission, int64_t generation, int64_t now,
                JudgeTarget *ret)
{
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_student_ StudentRow student = {};
        PictureRow picture;
        int r;

        if (catalog_look_ahead(catalog)) {
                (void)catalog_get_submission(catalog, submission, &row);
                (void)catalog_get_student_of(catalog, submission, &student);
                (void)catalog_get_picture(catalog, submission, &picture);
                catalog_expect_event(catalog, submission);
                catalog_look(catalog);
        }
        r = catalog_get_submission(catalog, submission, &row);
        if (r < 0)
                return r;
        if (r == 0 || row.generation != generation ||
            row.owner != store_gateway(catalog_store(catalog)))
                return -ESTALE;
        if (row.state == SUBMISSION_PASSED)
                return apply_passed(catalog, &row, now, ret);
        if (row.state == SUBMISSION_FAILED)
                return apply_rejected(catalog, &row, now, ret);
        return -ESTALE;
}
