/* SPDX-License-Identifier: MIT */
#include "attributes.h"

#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include "intake/intake.h"
#include "live/ghost.h"
#include "snapshot.h"

enum { BLOCK_SIZE = 4096 };

void attributes_fill(struct stat *st, Node node, mode_t mode, uid_t uid, gid_t gid, uint64_t size,
                     int64_t mtime)
{
        *st = (struct stat){
                .st_ino = node_to_ino(node),
                .st_mode = mode,
                .st_nlink = S_ISDIR(mode) ? 2 : 1,
                .st_uid = uid,
                .st_gid = gid,
                .st_size = (off_t)size,
                .st_blksize = BLOCK_SIZE,
                .st_blocks = (blkcnt_t)((size + 511) / 512),
        };
        st->st_mtim = st->st_ctim = st->st_atim = timespec_from_nsec(mtime);
}

void attributes_set_ctime(struct stat *st, int64_t changed, int64_t made)
{
        st->st_ctim = timespec_from_nsec(changed != 0 ? changed : made);
}

int attributes_root(const Tree *tree, Catalog *catalog, struct stat *st)
{
        int64_t mtime = tree->mounted_at;
        int r = catalog_place_mtime(catalog, (Where){0, 0}, "points", &mtime);

        attributes_fill(st, (Node){.kind = NODE_ROOT}, S_IFDIR | 0755, tree->uid, tree->gid,
                        BLOCK_SIZE, mtime);
        return MIN(r, 0);
}

void attributes_point(const PointRow *row, struct stat *st)
{
        attributes_fill(st, (Node){.kind = NODE_POINT, .id = row->id}, S_IFDIR | row->mode,
                        row->uid, row->gid, BLOCK_SIZE, row->mtime);
        attributes_set_ctime(st, row->changed, row->mtime);
}

/* Fixed directories are as open as the point, unless submitted/ was made otherwise; nobody makes
 * anything in missing/ and ready/. */
int attributes_fixed_dir(const Tree *tree, Catalog *catalog, Node node, const PointRow *row,
                         struct stat *st)
{
        mode_t mode = node.kind == NODE_REJECTED_DIR ? row->mode : row->mode & ~(mode_t)0222;
        int64_t mtime = row->created;
        int r;

        if (node.kind == NODE_SUBMITTED_DIR) {
                attributes_fill(st, node, S_IFDIR | row->submitted_mode, row->submitted_uid,
                                row->submitted_gid, BLOCK_SIZE, row->submitted_mtime);
                attributes_set_ctime(st, row->submitted_changed, row->submitted_mtime);
                return 0;
        }
        r = catalog_place_mtime(catalog, (Where){tree->batch, row->id},
                                node.kind == NODE_MISSING_DIR ? "missing"
                                : node.kind == NODE_READY_DIR ? "approved"
                                                              : "rejected",
                                &mtime);
        attributes_fill(st, node, S_IFDIR | mode, row->uid, row->gid, BLOCK_SIZE, mtime);
        return MIN(r, 0);
}

void attributes_folder(Node node, const FolderRow *row, struct stat *st)
{
        attributes_fill(st, node, S_IFDIR | row->mode, row->uid, row->gid, BLOCK_SIZE, row->mtime);
        attributes_set_ctime(st, row->changed, row->mtime);
        if (row->removed)
                st->st_nlink = 0;
}

void attributes_submission(Node node, const SubmissionRow *row, struct stat *st)
{
        attributes_fill(st, node, S_IFREG | row->mode, row->uid, row->gid, row->size, row->mtime);
        attributes_set_ctime(st, row->changed, row->created);
}

void attributes_of_upload(const Tree *tree, int64_t id, const UploadAttributes *a, struct stat *st)
{
        int64_t changed = a->changed;

        attributes_fill(st, (Node){.kind = NODE_UPLOAD, .id = id}, S_IFREG | a->mode, a->uid,
                        a->gid, a->size, a->mtime);
        /* A write changes the time in memory only. */
        if (a->mtime > changed && a->mtime <= clock_wall_nsec(tree->clock))
                changed = a->mtime;
        attributes_set_ctime(st, changed, changed);
}

void attributes_upload(const Tree *tree, const SubmissionRow *row, struct stat *st)
{
        _cleanup_upload_ UploadRef ref = {tree->uploads, upload_peek(tree->uploads, row->id)};
        UploadAttributes a;

        if (!ref.upload) {
                attributes_submission((Node){.kind = NODE_UPLOAD, .id = row->id}, row, st);
                return;
        }
        upload_attributes(ref.upload, &a);
        a.changed = row->changed != 0 ? row->changed : row->created;
        attributes_of_upload(tree, row->id, &a, st);
}

void attributes_photo(Node node, const PhotoRow *row, const PointRow *point, struct stat *st)
{
        bool approved = review_state_approved(row->state);

        attributes_fill(st, node, S_IFREG | (approved ? 0440 : 0640), point->uid, point->gid,
                        row->size, row->mtime);
        attributes_set_ctime(st, row->changed, row->created);
}

/* In rejected/ the original shows its own size and time, but belongs to the point: whoever may
 * enter may mend it. */
void attributes_rejected(const SubmissionRow *row, const PointRow *point, struct stat *st)
{
        attributes_fill(st, (Node){.kind = NODE_REJECTED, .id = row->id}, S_IFREG | 0660,
                        point->uid, point->gid, row->size, row->mtime);
        attributes_set_ctime(st, row->changed, row->applied);
}

int attributes_missing(const Tree *tree, const StudentRow *row, const PointRow *point,
                       struct stat *st)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = view_missing_file(row->id_number, row->name, row->student_no, row->class_name,
                                  tree->language, &text, &size);

        if (r < 0)
                return r;
        attributes_fill(st, (Node){.kind = NODE_MISSING, .id = row->id}, S_IFREG | 0440, point->uid,
                        point->gid, size, point->created);
        return 0;
}

/* A point's belongs to the point, the office's to the office, the root's to everybody. */
static int fill_status(const Tree *tree, Catalog *catalog, Node node, const Snapshot *snapshot,
                       struct stat *st)
{
        _cleanup_point_ PointRow point = {};
        int r;

        node.version = snapshot->version;
        if (office_has(node)) {
                attributes_fill(st, node, S_IFREG | 0440, tree->uid, tree->office_gid,
                                snapshot->size, snapshot->mtime);
                return 0;
        }
        if (node.id != 0) {
                r = catalog_get_point(catalog, node.id, &point);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
        }
        attributes_fill(st, node, S_IFREG | (node.id != 0 ? 0440 : 0444),
                        node.id != 0 ? point.uid : tree->uid, node.id != 0 ? point.gid : tree->gid,
                        snapshot->size, snapshot->mtime);
        return 0;
}

int attributes_status(const Tree *tree, Catalog *catalog, Node node, bool current, struct stat *st)
{
        SnapshotKind kind = snapshot_kind(node);
        Snapshot *snapshot;
        int r = current ? snapshot_current(tree, catalog, kind, node.id, &snapshot)
                        : snapshot_of(tree, catalog, kind, node.id, node.version, &snapshot);

        if (r < 0)
                return r;
        r = fill_status(tree, catalog, node, snapshot, st);
        snapshot_unref(tree, snapshot);
        return r;
}

int attributes_status_entry(const Tree *tree, Catalog *catalog, Node node, Entry *ret)
{
        Snapshot *snapshot = NULL;
        int r = snapshot_peek(tree, catalog, snapshot_kind(node), node.id, &node.version,
                              &snapshot);

        if (r < 0)
                return r;
        *ret = (Entry){.node = node, .bare = !snapshot};
        ret->attributes.st_ino = node_to_ino(node);
        ret->attributes.st_mode = S_IFREG;
        if (!snapshot)
                return 0;
        r = fill_status(tree, catalog, node, snapshot, &ret->attributes);
        snapshot_unref(tree, snapshot);
        return r;
}

int attributes_reason(const Tree *tree, Catalog *catalog, const SubmissionRow *row,
                      const Findings *findings, const PointRow *point, struct stat *st)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = texts_reason(tree, catalog, row, findings, &text, &size);

        if (r < 0)
                return r;
        attributes_fill(st, (Node){.kind = NODE_REASON, .id = row->id}, S_IFREG | 0440, point->uid,
                        point->gid, size, row->applied);
        return 0;
}
