/* SPDX-License-Identifier: MIT */
#include "setattr.h"

#include "intake/intake.h"
#include "live/ghost.h"
#include "tree/inbox.h"

#include <idphoto/folders.h>
#include <idphoto/photorow.h>
#include <idphoto/submission.h>

typedef struct SetTask {
        Node node;
        const MetadataChange *set;
        int64_t now;
        int64_t point; /* whose the node was; 0: the task may change any */
} SetTask;

/* Of a node that has a row, other than a point's. -ESTALE: it is gone. */
static int find_point(Catalog *catalog, Node node, int64_t *ret)
{
        _cleanup_submission_ SubmissionRow submission = {};
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_photo_ PhotoRow photo = {};
        int r;

        switch (node.kind) {
        case NODE_FOLDER:
        case NODE_SUBMITTED_FOLDER:
                r = catalog_get_folder(catalog, node.id, &folder);
                *ret = folder.point;
                break;
        case NODE_PHOTO:
                r = catalog_get_photo(catalog, node.id, &photo);
                *ret = photo.point;
                break;
        default:
                r = catalog_get_submission(catalog, node.id, &submission);
                *ret = submission.point;
        }
        return r == 0 ? -ESTALE : MIN(r, 0);
}

static int run_set(Catalog *catalog, void *userdata)
{
        const SetTask *t = userdata;
        int64_t point;
        int r;

        if (t->point != 0) {
                r = find_point(catalog, t->node, &point);
                if (r < 0 || point != t->point)
                        return r < 0 ? r : -EXDEV;
        }
        switch (t->node.kind) {
        case NODE_FOLDER:
        case NODE_SUBMITTED_FOLDER:
                return metadata_set_folder(catalog, t->node.id, t->set, t->now);
        case NODE_POINT:
        case NODE_SUBMITTED_DIR:
                return metadata_set_point(catalog, t->node.id, t->node.kind == NODE_SUBMITTED_DIR,
                                          t->set, t->now);
        case NODE_PHOTO:
                return metadata_set_photo(catalog, t->node.id, t->set, t->now);
        case NODE_REJECTED:
                return metadata_set_finished(catalog, t->node.id, t->set, t->now);
        default:
                return metadata_set_submission(catalog, t->node.id, t->set);
        }
}

static int read_point(Names *names, Node node, int64_t *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(names->writer, &reader);

        return r < 0 ? r : find_point(reader.catalog, node, ret);
}

static int set_at_point(Names *names, SetTask *task)
{
        int r = read_point(names, task->node, &task->point);

        if (r >= 0)
                r = writer_run(names->writer, task->point, run_set, task, 0);
        if (r != -EXDEV)
                return r;
        /* It was moved to another point meanwhile. */
        task->point = 0;
        return writer_run(names->writer, WRITER_EVERYTHING, run_set, task, 0);
}

/* -EPERM unless everything that is to be set is so already. */
static int check_unchanged(const MetadataChange *set, const struct stat *st)
{
        if (set->mode && (*set->mode & 07777) != (st->st_mode & 07777))
                return -EPERM;
        if ((set->uid && *set->uid != st->st_uid) || (set->gid && *set->gid != st->st_gid))
                return -EPERM;
        if (set->mtime && *set->mtime != timespec_to_nsec(st->st_mtim))
                return -EPERM;
        return 0;
}

static int check_fixed(Names *names, Node node, const MetadataChange *set)
{
        _cleanup_reader_ Reader reader = {};
        struct stat st;
        int r = reader_acquire(names->writer, &reader);

        if (r >= 0)
                r = tree_attributes(names->tree, reader.catalog, node, &st);
        return r < 0 ? r : check_unchanged(set, &st);
}

static int check_fixed_but_time(Names *names, Node node, const MetadataChange *set)
{
        MetadataChange others = *set;

        others.mtime = NULL;
        return check_fixed(names, node, &others);
}

/* A point is who may see it, and its owner no operator: an upload machine's rsync -a would give the
 * point the mode and the group of a folder at home, and its photos to everybody. */
static int check_point(Names *names, Node node, const MetadataChange *set)
{
        if (set->actor == 0 || set->actor == names->tree->uid)
                return 0;
        return check_fixed_but_time(names, node, set);
}

int setattr_apply(Names *names, Node node, const MetadataChange *set)
{
        SetTask task = {.node = node, .set = set, .now = names_now(names)};
        int r;

        switch (node.kind) {
        case NODE_UPLOAD:
                r = upload_set_attributes(names->intake, node.id, set);
                if (r != -ESTALE)
                        return r;
                /* It has its place by now; the attributes belong to the alias. */
                return set_at_point(names, &task);
        case NODE_POINT:
        case NODE_SUBMITTED_DIR:
                r = check_point(names, node, set);
                return r < 0 ? r : writer_run(names->writer, node.id, run_set, &task, 0);
        case NODE_ALIAS:
        case NODE_FOLDER:
        case NODE_SUBMITTED_FOLDER:
                return set_at_point(names, &task);
        case NODE_PHOTO:
        case NODE_REJECTED:
                if (check_fixed(names, node, set) == 0)
                        return 0;
                return set_at_point(names, &task);
        case NODE_INBOX:
                return inbox_set_attributes(names->tree->inbox, node, set);
        case NODE_OFFICE_NOTE:
                /* It is as new as the mount whoever writes it; editors set times as a habit. */
                return check_fixed_but_time(names, node, set);
        case NODE_LITTER:
                ghost_litter_set(names->tree->ghosts, node, NULL, set->mode, set->mtime);
                ghost_litter_set_owner(names->tree->ghosts, node, set->uid, set->gid);
                return 0;
        default:
                return check_fixed(names, node, set);
        }
}
