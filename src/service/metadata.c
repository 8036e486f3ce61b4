/* SPDX-License-Identifier: MIT */
#include <idphoto/event.h>
#include <idphoto/metadata.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/submission.h>

enum { COPYING_SECONDS = 10 };

/* What a directory or a file has of them. */
typedef struct Metadata {
        mode_t mode;
        uid_t uid;
        gid_t gid;
} Metadata;

/* Whether anything is another afterwards. */
static bool apply(const MetadataChange *change, Metadata *metadata)
{
        const Metadata old = *metadata;

        if (change->mode)
                metadata->mode = *change->mode & 07777;
        if (change->uid)
                metadata->uid = *change->uid;
        if (change->gid)
                metadata->gid = *change->gid;
        return metadata->mode != old.mode || metadata->uid != old.uid || metadata->gid != old.gid;
}

static bool changes_owner(const MetadataChange *change)
{
        return change->mode || change->uid || change->gid;
}

static int store_submission(Catalog *catalog, const SubmissionRow *row,
                            const MetadataChange *change)
{
        Metadata m = {.mode = row->mode, .uid = row->uid, .gid = row->gid};

        (void)apply(change, &m);
        return catalog_set_submission_attributes(catalog, row->id, m.mode, m.uid, m.gid,
                                                 change->mtime ? *change->mtime : row->mtime);
}

int metadata_set_submission(Catalog *catalog, int64_t submission, const MetadataChange *change)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, submission, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        return store_submission(catalog, &row, change);
}

int metadata_set_finished(Catalog *catalog, int64_t submission, const MetadataChange *change,
                          int64_t now)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, submission, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        if (changes_owner(change) && now - row.applied > COPYING_SECONDS * NSEC_PER_SEC)
                return -EPERM;
        return store_submission(catalog, &row, change);
}

int metadata_set_photo(Catalog *catalog, int64_t photo, const MetadataChange *change, int64_t now)
{
        _cleanup_photo_ PhotoRow row = {};
        int r = catalog_get_photo(catalog, photo, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        if (change->mtime && row.state != REVIEW_PENDING)
                return -EPERM;
        return metadata_set_finished(catalog, row.submission, change, now);
}

int metadata_set_folder(Catalog *catalog, int64_t folder, const MetadataChange *change, int64_t now)
{
        _cleanup_folder_ FolderRow row = {};
        Metadata m;
        int r = catalog_get_folder(catalog, folder, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        m = (Metadata){.mode = row.mode, .uid = row.uid, .gid = row.gid};
        (void)apply(change, &m);
        row.mode = m.mode;
        row.uid = m.uid;
        row.gid = m.gid;
        if (changes_owner(change))
                r = catalog_set_folder_owner(catalog, &row);
        if (r >= 0 && change->mtime) {
                row.mtime = *change->mtime;
                row.changed = now;
                r = catalog_set_folder_mtime(catalog, &row);
        }
        return MIN(r, 0);
}

static int set_point_owner(Catalog *catalog, int64_t point, bool submitted, const Metadata *m)
{
        return submitted ? catalog_set_submitted_owner(catalog, point, m->uid, m->gid, m->mode)
                         : catalog_set_point_owner(catalog, point, m->uid, m->gid, m->mode);
}

int metadata_set_point(Catalog *catalog, int64_t point, bool submitted,
                       const MetadataChange *change, int64_t now)
{
        Where where = {.point = point, .folder = submitted ? FOLDER_SUBMITTED : FOLDER_POINT};
        _cleanup_point_ PointRow row = {};
        EventRow event = {
                .wall = now, .kind = EVENT_POINT_CHANGED, .point = point, .uid = change->actor};
        Metadata m;
        int r = catalog_get_point(catalog, point, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        m = submitted ? (Metadata){.mode = row.submitted_mode,
                                   .uid = row.submitted_uid,
                                   .gid = row.submitted_gid}
                      : (Metadata){.mode = row.mode, .uid = row.uid, .gid = row.gid};
        if (apply(change, &m)) {
                r = set_point_owner(catalog, point, submitted, &m);
                if (r >= 0)
                        r = catalog_add_event(catalog, &event);
        }
        if (r >= 0 && change->mtime)
                r = catalog_set_directory_mtime(catalog, where, *change->mtime, now);
        return MIN(r, 0);
}
