/* SPDX-License-Identifier: MIT */
#include <idphoto/event.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/rename.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>

#include <string.h>

/* The original as a new drop under that name. */
static int receive_again(Catalog *catalog, const SubmissionRow *old, const NewName *name,
                         int64_t now, int64_t *ret_id)
{
        SubmissionRow row = {
                .batch = old->batch,
                .point = old->point,
                .folder = name->folder,
                .name = (char *)name->name,
                .mtime = old->mtime,
                .mode = old->mode,
                .uid = old->uid,
                .gid = old->gid,
                .actor = name->uid,
                .created = now,
        };
        int64_t id;
        int r = catalog_add_submission(catalog, &row, &id);

        if (r >= 0)
                r = catalog_set_submission_original(catalog, id, &old->original, old->size);
        if (r >= 0)
                r = catalog_set_submission_received(catalog, id, old->size, old->mtime, now);
        if (r >= 0 && (old->state == SUBMISSION_REJECTED || old->state == SUBMISSION_WITHDRAWN))
                r = catalog_set_submission_state(catalog, old->id, SUBMISSION_SUPERSEDED);
        if (r < 0)
                return r;
        *ret_id = id;
        return 0;
}

int rename_resubmit(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                    int64_t *ret_id)
{
        _cleanup_submission_ SubmissionRow old = {};
        int r = catalog_get_submission(catalog, submission, &old);

        if (r < 0)
                return r;
        /* Two clients mend the same file: the second finds it gone. So does who finds it purged. */
        if (r == 0 || !old.has_original ||
            (old.state != SUBMISSION_REJECTED && old.state != SUBMISSION_WITHDRAWN))
                return -ENOENT;
        return receive_again(catalog, &old, name, now, ret_id);
}

/* ---- a finished file's dropped name is changed ---- */

/* Whether the new name means the student whom the submission was judged for. */
static int means_same_student(Catalog *catalog, const SubmissionRow *row, const NewName *name,
                              int64_t now)
{
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_student_ StudentRow student = {};
        Findings findings = {};
        Identity identity;
        int r = catalog_get_student(catalog, row->student, &student);

        if (r > 0 && name->folder > 0)
                r = catalog_get_folder(catalog, name->folder, &folder);
        if (r <= 0)
                return r;
        r = identity_resolve(catalog,
                             &(IdentityQuery){.batch = row->batch,
                                              .point = row->point,
                                              .name = name->name,
                                              .folder_name = folder.name,
                                              .today = date_from_wall(catalog_now(catalog, now))},
                             &findings, &identity);
        return r < 0 ? r : strcmp(identity.number.text, student.id_number) == 0;
}

/* Whether it stays what it is under the new name: 1; 0: it is a new drop of the original. */
static int keeps_meaning(Catalog *catalog, const SubmissionRow *row, const NewName *name,
                         int64_t now)
{
        switch (row->state) {
        case SUBMISSION_ACCEPTED:
        case SUBMISSION_UNCHANGED:
        case SUBMISSION_SUPERSEDED:
                return means_same_student(catalog, row, name, now);
        default:
                return 0;
        }
}

int rename_alias(Catalog *catalog, int64_t submission, const NewName *name, int64_t now,
                 int64_t *ret_id)
{
        _cleanup_submission_ SubmissionRow row = {};
        int same, r = catalog_get_submission(catalog, submission, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (row.state < SUBMISSION_ACCEPTED)
                return -ESTALE;
        same = row.has_original ? keeps_meaning(catalog, &row, name, now) : 1;
        if (same < 0)
                return same;
        if (same > 0 && !(name->brought_back && row.has_original)) {
                r = catalog_set_submission_name(catalog, row.id, name->folder, name->name, false);
                return MIN(r, 0);
        }
        /* What is brought back for the same student gets a verdict of its own; the photo stays until
         * then. */
        if (row.state == SUBMISSION_ACCEPTED && same == 0) {
                r = withdraw_photo(catalog, row.photo, name->uid, now);
                row.state = SUBMISSION_WITHDRAWN;
        }
        if (r >= 0)
                r = receive_again(catalog, &row, name, now, ret_id);
        /* Nothing stands there any more under the old name. */
        if (r >= 0)
                r = catalog_hide_alias(catalog, row.id);
        return r < 0 ? r : 1;
}

int rename_photo(Catalog *catalog, int64_t photo, const NewName *name, int64_t now, int64_t *ret_id)
{
        _cleanup_photo_ PhotoRow row = {};
        int r = catalog_get_photo(catalog, photo, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = withdraw_photo(catalog, row.id, name->uid, now);
        return r < 0 ? r : rename_resubmit(catalog, row.submission, name, now, ret_id);
}

int rename_aside(Catalog *catalog, int64_t submission, const NewName *name)
{
        return catalog_set_submission_name(catalog, submission, name->folder, name->name, false);
}

int rename_hide(Catalog *catalog, int64_t submission)
{
        return catalog_hide_alias(catalog, submission);
}
