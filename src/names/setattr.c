/* SPDX-License-Identifier: MIT */
#include "setattr.h"

#include <idphoto/event.h>
#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/submission.h>

#include "intake/intake.h"
#include "live/ghost.h"
#include "tree/inbox.h"

enum { COPYING_SECONDS = 10 };

typedef struct SetTask {
        Node node;
        const SetRequest *set;
        int64_t now;
} SetTask;

/* -EPERM unless everything that is to be set is so already. */
static int check_unchanged(const SetRequest *set, const struct stat *st)
{
        if (set->mode && (*set->mode & 07777) != (st->st_mode & 07777))
                return -EPERM;
        if ((set->uid && *set->uid != st->st_uid) || (set->gid && *set->gid != st->st_gid))
                return -EPERM;
        if (set->mtime &&
            *set->mtime != (int64_t)st->st_mtim.tv_sec * NSEC_PER_SEC + st->st_mtim.tv_nsec)
                return -EPERM;
        return 0;
}

static int check_fixed(Fs *fs, Node node, const SetRequest *set)
{
        _cleanup_reader_ Reader reader = {};
        struct stat st;
        int r = reader_acquire(fs->writer, &reader);

        if (r >= 0)
                r = tree_attributes(&fs->tree, reader.catalog, node, &st);
        return r < 0 ? r : check_unchanged(set, &st);
}

static int store_submission(Catalog *catalog, const SubmissionRow *row, const SetRequest *set)
{
        return catalog_set_submission_attributes(
                catalog, row->id, set->mode ? *set->mode & 07777 : row->mode,
                set->uid ? *set->uid : row->uid, set->gid ? *set->gid : row->gid,
                set->mtime ? *set->mtime : row->mtime);
}

static int set_submission(Catalog *catalog, void *userdata)
{
        const SetTask *t = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, t->node.id, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        return store_submission(catalog, &row, t->set);
}

static int set_folder(Catalog *catalog, void *userdata)
{
        const SetTask *t = userdata;
        _cleanup_folder_ FolderRow row = {};
        int r = catalog_get_folder(catalog, t->node.id, &row);

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        row.mode = t->set->mode ? *t->set->mode & 07777 : row.mode;
        row.uid = t->set->uid ? *t->set->uid : row.uid;
        row.gid = t->set->gid ? *t->set->gid : row.gid;
        if (t->set->mode || t->set->uid || t->set->gid)
                r = catalog_set_folder_owner(catalog, &row);
        if (r >= 0 && t->set->mtime) {
                row.mtime = *t->set->mtime;
                row.changed = t->now;
                r = catalog_set_folder_mtime(catalog, &row);
        }
        return MIN(r, 0);
}

/* The point's own directory, or submitted/. */
static int set_directory(Catalog *catalog, void *userdata)
{
        const SetTask *t = userdata;
        const SetRequest *set = t->set;
        bool submitted = t->node.kind == NODE_SUBMITTED_DIR;
        Where where = {.point = t->node.id, .folder = submitted ? FOLDER_SUBMITTED : FOLDER_POINT};
        _cleanup_point_ PointRow row = {};
        EventRow event = {.wall = t->now,
                          .kind = EVENT_POINT_CHANGED,
                          .point = t->node.id,
                          .uid = set->actor.uid};
        int r = catalog_get_point(catalog, t->node.id, &row);
        mode_t old_mode = submitted ? row.submitted_mode : row.mode, mode;
        uid_t old_uid = submitted ? row.submitted_uid : row.uid, uid;
        gid_t old_gid = submitted ? row.submitted_gid : row.gid, gid;

        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        mode = set->mode ? *set->mode & 07777 : old_mode;
        uid = set->uid ? *set->uid : old_uid;
        gid = set->gid ? *set->gid : old_gid;
        if (mode != old_mode || uid != old_uid || gid != old_gid) {
                r = submitted ? catalog_set_submitted_owner(catalog, row.id, uid, gid, mode)
                              : catalog_set_point_owner(catalog, row.id, uid, gid, mode);
                if (r >= 0)
                        r = catalog_add_event(catalog, &event);
        }
        if (r >= 0 && set->mtime)
                r = catalog_set_directory_mtime(catalog, where, *set->mtime, t->now);
        return MIN(r, 0);
}

/* A photo, or a file in rejected/. */
static int set_finished(Catalog *catalog, void *userdata)
{
        const SetTask *t = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_photo_ PhotoRow photo = {};
        int64_t submission = t->node.id;
        int r;

        if (t->node.kind == NODE_PHOTO) {
                r = catalog_get_photo(catalog, t->node.id, &photo);
                if (r <= 0)
                        return r < 0 ? r : -ESTALE;
                submission = photo.submission;
        }
        r = catalog_get_submission(catalog, submission, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        if ((t->set->mode || t->set->uid || t->set->gid) &&
            t->now - row.applied > COPYING_SECONDS * NSEC_PER_SEC)
                return -EPERM;
        if (t->set->mtime && photo.id != 0 && photo.state != REVIEW_PENDING)
                return -EPERM;
        return store_submission(catalog, &row, t->set);
}

static int set_note(Fs *fs, Node node, const SetRequest *set)
{
        SetRequest others = *set;

        /* It is as new as the mount whoever writes it; editors set times as a habit. */
        others.mtime = NULL;
        return check_fixed(fs, node, &others);
}

int setattr_apply(Fs *fs, Node node, const SetRequest *set)
{
        SetTask task = {.node = node, .set = set, .now = fs_now(fs)};
        int r;

        switch (node.kind) {
        case NODE_UPLOAD:
                r = upload_set_attributes(fs, node.id, set->mode, set->uid, set->gid, set->mtime);
                if (r != -ESTALE)
                        return r;
                /* It has its place by now; the attributes belong to the alias. */
                return writer_run(fs->writer, set_submission, &task, 0);
        case NODE_ALIAS:
                return writer_run(fs->writer, set_submission, &task, 0);
        case NODE_FOLDER:
                return writer_run(fs->writer, set_folder, &task, 0);
        case NODE_POINT:
        case NODE_SUBMITTED_DIR:
                return writer_run(fs->writer, set_directory, &task, 0);
        case NODE_PHOTO:
        case NODE_REJECTED:
                if (check_fixed(fs, node, set) == 0)
                        return 0;
                return writer_run(fs->writer, set_finished, &task, 0);
        case NODE_INBOX:
                return inbox_set_attributes(fs->tree.inbox, node, set);
        case NODE_OFFICE_NOTE:
                return set_note(fs, node, set);
        case NODE_LITTER:
                ghost_litter_set(fs->tree.ghosts, node, NULL, set->mode, set->mtime);
                ghost_litter_set_owner(fs->tree.ghosts, node, set->uid, set->gid);
                return 0;
        default:
                return check_fixed(fs, node, set);
        }
}
