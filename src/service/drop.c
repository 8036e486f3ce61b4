/* SPDX-License-Identifier: MIT */
#include <idphoto/drop.h>

bool drop_is_disposable(const SubmissionRow *row)
{
        return row->temporary || (row->size == 0 && !row->has_original);
}

int drop_unlink_upload(Catalog *catalog, const SubmissionRow *row, int64_t now)
{
        int r;

        if (drop_is_disposable(row))
                return catalog_remove_submission(catalog, row->id);
        r = catalog_set_submission_applied(catalog, row->id, SUBMISSION_WITHDRAWN, NULL, now);
        if (r < 0)
                return r;
        return catalog_hide_alias(catalog, row->id);
}

int drop_withdraw_photo(Catalog *catalog, int64_t photo, uid_t uid, int64_t now)
{
        _cleanup_photo_ PhotoRow row = {};
        _cleanup_submission_ SubmissionRow submission = {};
        EventRow event;
        int r;

        r = catalog_get_photo(catalog, photo, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (row.state == STUDENT_APPROVED || row.state == STUDENT_LOCKED)
                return -EPERM;
        r = catalog_get_submission(catalog, row.submission, &submission);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        r = catalog_set_student(catalog, row.student, STUDENT_MISSING, 0);
        if (r < 0)
                return r;
        r = catalog_set_submission_applied(catalog, submission.id, SUBMISSION_WITHDRAWN, NULL, now);
        if (r < 0)
                return r;
        /* Dropped as 2199….jpg, deleted as 2199….jpg: whoever deletes a name expects it gone. */
        if (submission.folder == FOLDER_POINT && text_starts_with(submission.name, row.id_number)) {
                r = catalog_hide_alias(catalog, submission.id);
                if (r < 0)
                        return r;
        }
        event = (EventRow){.wall = now,
                           .kind = EVENT_WITHDRAWN,
                           .point = row.point,
                           .submission = submission.id,
                           .student = row.student,
                           .uid = uid};
        return catalog_add_event(catalog, &event);
}

int drop_dismiss(Catalog *catalog, int64_t submission, uid_t uid, int64_t now)
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

int drop_resubmit(Catalog *catalog, const SubmissionRow *rejected, int64_t folder, const char *name,
                  uid_t uid, int64_t now, int64_t *ret_id)
{
        SubmissionRow row = {
                .batch = rejected->batch,
                .point = rejected->point,
                .folder = folder,
                .name = (char *)name,
                .mtime = rejected->mtime,
                .mode = rejected->mode,
                .uid = rejected->uid,
                .gid = rejected->gid,
                .actor = uid,
                .created = now,
        };
        int64_t id;
        int r;

        if (!rejected->has_original)
                return -EUCLEAN;
        r = catalog_add_submission(catalog, &row, &id);
        if (r < 0)
                return r;
        r = catalog_set_submission_original(catalog, id, &rejected->original, rejected->size);
        if (r < 0)
                return r;
        r = catalog_set_submission_received(catalog, id, rejected->size, rejected->mtime, now);
        if (r < 0)
                return r;
        r = catalog_set_submission_state(catalog, rejected->id, SUBMISSION_SUPERSEDED);
        if (r < 0)
                return r;
        *ret_id = id;
        return 0;
}

int drop_displace(Catalog *catalog, const SubmissionRow *row, int64_t now)
{
        if (row->state >= SUBMISSION_ACCEPTED)
                return catalog_hide_alias(catalog, row->id);
        if (drop_is_disposable(row))
                return catalog_remove_submission(catalog, row->id);
        return catalog_set_submission_applied(catalog, row->id, SUBMISSION_SUPERSEDED, NULL, now);
}
