/* SPDX-License-Identifier: MIT */
#include <idphoto/batch.h>
#include <idphoto/event.h>
#include <idphoto/judge.h>
#include <idphoto/photorow.h>
#include <idphoto/review.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <string.h>

typedef struct Case {
        PhotoRow photo;
        StudentRow student;
        SubmissionRow submission;
        bool rejected; /* a person's rejection of this photo stands */
} Case;

static void case_done(Case *c)
{
        photo_row_done(&c->photo);
        student_row_done(&c->student);
        submission_row_done(&c->submission);
}
#define _cleanup_case_ _cleanup_(case_done)

static int case_open(Catalog *catalog, int64_t photo, Case *ret)
{
        int r = catalog_get_photo(catalog, photo, &ret->photo);

        if (r > 0)
                r = catalog_get_student(catalog, ret->photo.student, &ret->student);
        if (r > 0)
                r = catalog_get_submission(catalog, ret->photo.submission, &ret->submission);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        ret->rejected = ret->photo.reason >= 0 && ret->student.photo == 0 &&
                        ret->submission.state == SUBMISSION_REJECTED;
        if (ret->student.photo != photo && !ret->rejected)
                return -ENOENT;
        r = catalog_batch_closed(catalog, ret->student.batch);
        return r > 0 ? -EROFS : r;
}

/* The findings without what people decided before, and with the new reason unless that is none. */
static int set_reason(Catalog *catalog, int64_t submission, ReasonCode reason)
{
        Findings before, after = {};
        int r = catalog_get_findings(catalog, submission, &before);

        if (r < 0)
                return r;
        for (size_t i = 0; i < before.n; i++)
                if (!reason_is_decision(before.items[i].code))
                        after.items[after.n++] = before.items[i];
        if (reason >= 0)
                (void)findings_add(&after, reason, FINDING_REJECT);
        return catalog_set_findings(catalog, submission, &after);
}

static int reject(Catalog *catalog, Case *c, ReviewState state, const ReviewDecision *decision)
{
        _cleanup_free_ char *name = NULL;
        int r;

        r = set_reason(catalog, c->submission.id, decision->reason);
        if (r >= 0 && !c->rejected) {
                r = judge_rejected_name(catalog, &c->submission, &name);
                if (r >= 0)
                        r = catalog_supersede_rejected(catalog,
                                                       (Where){c->submission.batch,
                                                               c->submission.point,
                                                               c->submission.folder},
                                                       c->submission.name, 0, c->submission.id);
                if (r >= 0)
                        r = catalog_set_submission_applied(catalog, c->submission.id,
                                                           SUBMISSION_REJECTED, name,
                                                           decision->now);
                if (r >= 0)
                        r = catalog_set_student(catalog, c->student.id, state, 0);
                if (r >= 0)
                        r = catalog_count_rejection(catalog, c->student.id);
        }
        if (r < 0)
                return r;
        return catalog_set_photo_decision(catalog, c->photo.id, decision->reason,
                                          decision->note ? decision->note : "");
}

static int bring_back(Catalog *catalog, Case *c, ReviewState state, const ReviewDecision *decision)
{
        int r = 0;

        if (c->rejected) {
                r = set_reason(catalog, c->submission.id, _REASON_INVALID);
                if (r >= 0)
                        r = catalog_set_submission_applied(catalog, c->submission.id,
                                                           SUBMISSION_ACCEPTED, NULL,
                                                           decision->now);
                if (r >= 0)
                        r = catalog_set_photo_decision(catalog, c->photo.id, _REASON_INVALID, "");
        }
        return r < 0 ? r : catalog_set_student(catalog, c->student.id, state, c->photo.id);
}

static EventKind event_of(ReviewEvent event)
{
        switch (event) {
        case REVIEW_APPROVE:
                return EVENT_APPROVED;
        case REVIEW_REJECT:
        case REVIEW_REGISTRY_FAILURE:
                return EVENT_DECIDED;
        case REVIEW_REOPEN:
                return EVENT_REOPENED;
        case REVIEW_FINAL_PASS:
                return EVENT_LOCKED;
        default:
                return _EVENT_INVALID;
        }
}

static int add_event(Catalog *catalog, const Case *c, EventKind kind, const char *detail, uid_t uid,
                     int64_t now)
{
        return catalog_add_event(catalog, &(EventRow){.wall = now,
                                                      .kind = kind,
                                                      .point = c->photo.point,
                                                      .submission = c->submission.id,
                                                      .student = c->student.id,
                                                      .uid = uid,
                                                      .detail = detail});
}

int review_decide(Catalog *catalog, int64_t photo, const ReviewDecision *decision)
{
        _cleanup_case_ Case c = {};
        EventKind kind = event_of(decision->event);
        bool rejects = kind == EVENT_DECIDED;
        ReviewState next;
        int r;

        if (kind < 0 || (rejects && !reason_is_decision(decision->reason)))
                return -EINVAL;
        r = case_open(catalog, photo, &c);
        if (r < 0)
                return r;
        if (decision->point != 0 && decision->point != c.photo.point)
                return -EXDEV;
        r = review_next(c.student.state, decision->event, true, &next);
        if (r < 0)
                return r;
        if (r == 0 && !(c.rejected && rejects && decision->reason != c.photo.reason))
                return 0;
        r = rejects ? reject(catalog, &c, next, decision) : bring_back(catalog, &c, next, decision);
        if (r >= 0)
                r = add_event(catalog, &c, kind,

                              rejects      ? reason_to_string(decision->reason)
                              : c.rejected ? REVIEW_BROUGHT_BACK
                                           : NULL,
                              decision->actor, decision->now);
        return r < 0 ? r : 1;
}

int review_note(Catalog *catalog, int64_t photo, const char *note, uid_t actor, int64_t now)
{
        _cleanup_case_ Case c = {};
        int r;

        if (strlen(note) > REVIEW_NOTE_MAX)
                return -E2BIG;
        if (!utf8_valid(note))
                return -EILSEQ;
        r = case_open(catalog, photo, &c);
        if (r < 0)
                return r;
        if (!c.rejected)
                return -ENOENT;
        if (strcmp(c.photo.note, note) == 0)
                return 0;
        r = catalog_set_photo_decision(catalog, photo, c.photo.reason, note);
        if (r >= 0)
                r = add_event(catalog, &c, EVENT_NOTED, NULL, actor, now);
        return r < 0 ? r : 1;
}
