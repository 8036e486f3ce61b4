/* SPDX-License-Identifier: MIT */
#include <idphoto/event.h>
#include <idphoto/fixedname.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/withdraw.h>

bool withdraw_is_disposable(const SubmissionRow *row)
{
        /* Where blobs are shared, what was only closed has an original, too. */
        if (row->state == SUBMISSION_OPEN && (row->temporary || row->size == 0))
                return true;
        return !row->has_original && row->size == 0;
}

/* Whether the upload is what the caller saw: between its look at the row and this transaction the
 * verdict may have been carried out, or another have come. */
static int check_upload(Catalog *catalog, const SubmissionRow *seen)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, seen->id, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (row.state >= SUBMISSION_ACCEPTED || row.generation != seen->generation ||
            row.owner != store_gateway(catalog_store(catalog)))
                return -ESTALE;
        return 0;
}

/* Of what ends without a verdict the log tells at least that it came. */
static int note_received(Catalog *catalog, const SubmissionRow *row, int64_t now)
{
        EventRow event = {.wall = now,
                          .kind = EVENT_RECEIVED,
                          .point = row->point,
                          .submission = row->id,
                          .student = row->student,
                          .uid = row->actor};

        return catalog_add_event(catalog, &event);
}

/* Ends what has no verdict yet in that state. 1; 0: the row is gone, as if it had never come. */
static int end_upload(Catalog *catalog, const SubmissionRow *row, SubmissionState state,
                      int64_t now)
{
        int r = check_upload(catalog, row);

        if (r < 0)
                return r;
        if (withdraw_is_disposable(row)) {
                r = catalog_remove_submission(catalog, row->id);
                return MIN(r, 0);
        }
        r = catalog_advance_submission(catalog, row->id, SUBMISSION_RECEIVED);
        if (r >= 0)
                r = catalog_set_submission_applied(catalog, row->id, state, NULL, now);
        return r < 0 ? r : 1;
}

static int unlink_upload(Catalog *catalog, const SubmissionRow *row, uid_t uid, int64_t now)
{
        EventRow event = {.wall = now,
                          .kind = EVENT_WITHDRAWN,
                          .point = row->point,
                          .submission = row->id,
                          .student = row->student,
                          .uid = uid};
        int r = end_upload(catalog, row, SUBMISSION_WITHDRAWN, now);

        if (r <= 0)
                return r;
        r = catalog_hide_alias(catalog, row->id);
        if (r >= 0)
                r = note_received(catalog, row, now);
        return r < 0 ? r : catalog_add_event(catalog, &event);
}

static int displace(Catalog *catalog, const SubmissionRow *row, int64_t now)
{
        int r = end_upload(catalog, row, SUBMISSION_SUPERSEDED, now);

        return r <= 0 ? r : note_received(catalog, row, now);
}

int withdraw_upload(Catalog *catalog, const Withdrawal *w)
{
        int r = 0;

        if (w->keep)
                r = catalog_set_submission_original(catalog, w->row.id, &w->row.original,
                                                    w->row.size);
        if (r < 0)
                return r;
        return w->displaced ? displace(catalog, &w->row, w->now)
                            : unlink_upload(catalog, &w->row, w->uid, w->now);
}

/* Whoever deletes 2199….jpg expects that name gone, whatever was dropped under it. A longer name
 * stays as an alias, or the next rsync would send the deleted photo again. */
static int free_photo_name(Catalog *catalog, const SubmissionRow *submission, const char *id_number)
{
        _cleanup_free_ char *name = NULL;
        int r = name_of_photo(id_number, &name);

        return r < 0 ? r
                     : catalog_hide_name(
                               catalog, (Where){submission->batch, submission->point, FOLDER_POINT},
                               name);
}

int withdraw_photo(Catalog *catalog, int64_t photo, uid_t uid, int64_t now)
{
        _cleanup_photo_ PhotoRow row = {};
        _cleanup_submission_ SubmissionRow submission = {};
        _cleanup_student_ StudentRow student = {};
        EventRow event;
        int r;

        r = catalog_get_photo(catalog, photo, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = catalog_get_student(catalog, row.student, &student);
        if (r < 0)
                return r;
        /* Replaced since the client saw it: the newer photo is not the one it means. */
        if (r == 0 || student.photo != photo)
                return -ENOENT;
        if (review_state_approved(row.state))
                return -EPERM;
        r = catalog_get_submission(catalog, row.submission, &submission);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        r = catalog_set_student(catalog, row.student, REVIEW_MISSING, 0);
        if (r < 0)
                return r;
        r = catalog_set_submission_applied(catalog, submission.id, SUBMISSION_WITHDRAWN, NULL, now);
        if (r < 0)
                return r;
        r = free_photo_name(catalog, &submission, row.id_number);
        if (r < 0)
                return r;
        event = (EventRow){.wall = now,
                           .kind = EVENT_WITHDRAWN,
                           .point = row.point,
                           .submission = submission.id,
                           .student = row.student,
                           .uid = uid};
        return catalog_add_event(catalog, &event);
}

int withdraw_rejected(Catalog *catalog, int64_t submission, uid_t uid, int64_t now)
{
        _cleanup_submission_ SubmissionRow row = {};
        EventRow event;
        int r;

        r = catalog_get_submission(catalog, submission, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (row.state != SUBMISSION_REJECTED)
                return -ENOENT;
        r = catalog_set_submission_state(catalog, submission, SUBMISSION_DISMISSED);
        if (r < 0)
                return r;
        event = (EventRow){.wall = now,
                           .kind = EVENT_DISMISSED,
                           .point = row.point,
                           .submission = submission,
                           .student = row.student,
                           .uid = uid};
        return catalog_add_event(catalog, &event);
}
