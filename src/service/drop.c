/* SPDX-License-Identifier: MIT */
#include <idphoto/drop.h>

#include <string.h>

bool drop_is_disposable(const SubmissionRow *row)
{
        return !row->has_original && (row->temporary || row->size == 0);
}

/* The state as it is now: between the caller's look at the row and this transaction the verdict may
 * have been carried out. */
static int current_state(Catalog *catalog, int64_t submission, SubmissionState *ret)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, submission, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = row.state;
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

int drop_unlink_upload(Catalog *catalog, const SubmissionRow *row, uid_t uid, int64_t now)
{
        EventRow event = {.wall = now,
                          .kind = EVENT_WITHDRAWN,
                          .point = row->point,
                          .submission = row->id,
                          .student = row->student,
                          .uid = uid};
        SubmissionState state;
        int r;

        r = current_state(catalog, row->id, &state);
        if (r < 0)
                return r;
        /* It has its place by now: what the client deletes is the alias. */
        if (state >= SUBMISSION_ACCEPTED)
                return catalog_hide_alias(catalog, row->id);
        if (drop_is_disposable(row))
                return catalog_remove_submission(catalog, row->id);
        r = catalog_set_submission_applied(catalog, row->id, SUBMISSION_WITHDRAWN, NULL, now);
        if (r >= 0)
                r = catalog_hide_alias(catalog, row->id);
        if (r >= 0)
                r = note_received(catalog, row, now);
        return r < 0 ? r : catalog_add_event(catalog, &event);
}

/* Dropped as 2199….jpg, deleted as 2199….jpg: whoever deletes a name expects it gone. A longer name
 * stays as an alias, or the next rsync would send the deleted photo again. */
static int is_named_as_photo(const SubmissionRow *submission, const char *id_number)
{
        _cleanup_free_ char *folded = NULL, *name = NULL;
        int r;

        if (submission->folder != FOLDER_POINT)
                return 0;
        r = text_fold(submission->name, &folded);
        if (r < 0)
                return r;
        if (asprintf(&name, "%s.jpg", id_number) < 0)
                return -ENOMEM;
        return strcmp(folded, name) == 0;
}

int drop_withdraw_photo(Catalog *catalog, int64_t photo, uid_t uid, int64_t now)
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
        if (row.state == REVIEW_APPROVED || row.state == REVIEW_LOCKED)
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
        r = is_named_as_photo(&submission, row.id_number);
        if (r > 0)
                r = catalog_hide_alias(catalog, submission.id);
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
        SubmissionState state;
        int64_t id;
        int r;

        r = current_state(catalog, rejected->id, &state);
        if (r < 0)
                return r;
        /* Two clients mend the same file: the second finds it gone. */
        if (state != SUBMISSION_REJECTED && state != SUBMISSION_WITHDRAWN)
                return -ENOENT;
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
        SubmissionState state;
        int r;

        r = current_state(catalog, row->id, &state);
        if (r < 0)
                return r;
        if (state >= SUBMISSION_ACCEPTED)
                return catalog_hide_alias(catalog, row->id);
        if (drop_is_disposable(row))
                return catalog_remove_submission(catalog, row->id);
        r = catalog_set_submission_applied(catalog, row->id, SUBMISSION_SUPERSEDED, NULL, now);
        return r < 0 ? r : note_received(catalog, row, now);
}
