/* SPDX-License-Identifier: MIT */
#include "attributes.h"

#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include "live/ghost.h"
#include "office.h"
#include "snapshot.h"
#include "live/upload.h"

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

int attributes_root(const Fs *fs, Catalog *catalog, struct stat *st)
{
        int64_t mtime = fs->mounted_at;
        int r = catalog_place_mtime(catalog, (Where){0, 0}, "points", &mtime);

        attributes_fill(st, (Node){.kind = NODE_ROOT}, S_IFDIR | 0755, fs->uid, fs->gid, BLOCK_SIZE,
                        mtime);
        return MIN(r, 0);
}

void attributes_point(const PointRow *row, struct stat *st)
{
        attributes_fill(st, (Node){.kind = NODE_POINT, .id = row->id}, S_IFDIR | row->mode,
                        row->uid, row->gid, BLOCK_SIZE, row->mtime);
        attributes_set_ctime(st, row->changed, row->mtime);
}

/* Fixed directories are as open as the point, unless submitted/ was made otherwise; nobody makes
 * anything in missing/. */
static int fill_fixed_dir(Fs *fs, Catalog *catalog, Node node, const PointRow *row, struct stat *st)
{
        mode_t mode = node.kind == NODE_MISSING_DIR ? row->mode & ~(mode_t)0222 : row->mode;
        int64_t mtime = row->created;
        int r;

        if (node.kind == NODE_SUBMITTED_DIR) {
                attributes_fill(st, node, S_IFDIR | row->submitted_mode, row->submitted_uid,
                                row->submitted_gid, BLOCK_SIZE, row->submitted_mtime);
                attributes_set_ctime(st, row->submitted_changed, row->submitted_mtime);
                return 0;
        }
        r = catalog_place_mtime(catalog, (Where){fs->batch, row->id},
                                node.kind == NODE_MISSING_DIR ? "missing" : "rejected", &mtime);
        attributes_fill(st, node, S_IFDIR | mode, row->uid, row->gid, BLOCK_SIZE, mtime);
        return MIN(r, 0);
}

void attributes_folder(const FolderRow *row, struct stat *st)
{
        attributes_fill(st, (Node){.kind = NODE_FOLDER, .id = row->id}, S_IFDIR | row->mode,
                        row->uid, row->gid, BLOCK_SIZE, row->mtime);
        attributes_set_ctime(st, row->changed, row->mtime);
        if (row->removed)
                st->st_nlink = 0;
}

void attributes_submission(Node node, const SubmissionRow *row, struct stat *st)
{
        attributes_fill(st, node, S_IFREG | row->mode, row->uid, row->gid, row->size, row->mtime);
        attributes_set_ctime(st, row->changed, row->created);
}

void attributes_upload(Fs *fs, const SubmissionRow *row, struct stat *st)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_peek(fs, row->id)};
        Node node = {.kind = NODE_UPLOAD, .id = row->id};
        int64_t changed;

        if (ref.upload) {
                UploadAttributes a;

                upload_attributes(ref.upload, &a);
                attributes_fill(st, node, S_IFREG | a.mode, a.uid, a.gid, a.size, a.mtime);
                changed = row->changed != 0 ? row->changed : row->created;
                /* A write changes the time in memory only. */
                if (a.mtime > changed && a.mtime <= fs_now(fs))
                        changed = a.mtime;
                attributes_set_ctime(st, changed, row->created);
        } else
                attributes_submission(node, row, st);
}

void attributes_photo(const PhotoRow *row, const PointRow *point, struct stat *st)
{
        bool settled = row->state == REVIEW_APPROVED || row->state == REVIEW_LOCKED;

        attributes_fill(st, (Node){.kind = NODE_PHOTO, .id = row->id},
                        S_IFREG | (settled ? 0440 : 0640), point->uid, point->gid, row->size,
                        row->mtime);
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

int attributes_missing(Fs *fs, const StudentRow *row, const PointRow *point, struct stat *st)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = view_missing_file(row->id_number, row->name, row->student_no, row->class_name,
                                  fs->language, &text, &size);

        if (r < 0)
                return r;
        attributes_fill(st, (Node){.kind = NODE_MISSING, .id = row->id}, S_IFREG | 0440, point->uid,
                        point->gid, size, point->created);
        return 0;
}

static int fill_status(Fs *fs, Catalog *catalog, Node node, const Snapshot *snapshot,
                       struct stat *st)
{
        _cleanup_point_ PointRow point = {};
        int r;

        if (node.id != 0) {
                r = catalog_get_point(catalog, node.id, &point);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
        }
        node.version = snapshot->version;
        attributes_fill(st, node, S_IFREG | (node.id != 0 || office_has(node) ? 0440 : 0444),
                        node.id != 0 ? point.uid : fs->uid,
                        node.id != 0       ? point.gid
                        : office_has(node) ? fs->office_gid
                                           : fs->gid,
                        snapshot->size, snapshot->mtime);
        return 0;
}

int attributes_status(Fs *fs, Catalog *catalog, Node node, bool current, struct stat *st)
{
        SnapshotKind kind = snapshot_kind(node);
        Snapshot *snapshot;
        int r = current ? snapshot_current(fs, catalog, kind, node.id, &snapshot)
                        : snapshot_of(fs, catalog, kind, node.id, node.version, &snapshot);

        if (r < 0)
                return r;
        r = fill_status(fs, catalog, node, snapshot, st);
        snapshot_unref(fs, snapshot);
        return r;
}

int attributes_status_entry(Fs *fs, Catalog *catalog, Node node, Entry *ret)
{
        Snapshot *snapshot = NULL;
        int r = snapshot_peek(fs, catalog, snapshot_kind(node), node.id, &node.version, &snapshot);

        if (r < 0)
                return r;
        *ret = (Entry){.node = node, .bare = !snapshot};
        ret->attributes.st_ino = node_to_ino(node);
        ret->attributes.st_mode = S_IFREG;
        if (!snapshot)
                return 0;
        r = fill_status(fs, catalog, node, snapshot, &ret->attributes);
        snapshot_unref(fs, snapshot);
        return r;
}

/* What people have decided about the student's photos, if anything. */
static int read_decision(Catalog *catalog, const SubmissionRow *row, StudentRow *ret_student,
                         PhotoRow *ret_photo)
{
        int r;

        if (row->photo == 0)
                return 0;
        r = catalog_get_photo(catalog, row->photo, ret_photo);
        if (r > 0)
                r = catalog_get_student(catalog, ret_photo->student, ret_student);
        return r;
}

static int reason_text(Fs *fs, Catalog *catalog, const SubmissionRow *row, char **ret,
                       size_t *ret_size)
{
        _cleanup_student_ StudentRow student = {};
        _cleanup_photo_ PhotoRow photo = {};
        Findings findings;
        ReasonFileModel model;
        int r;

        r = catalog_get_findings(catalog, row->id, &findings);
        if (r >= 0)
                r = read_decision(catalog, row, &student, &photo);
        if (r < 0)
                return r;
        model = (ReasonFileModel){
                .name = row->shown_name ? row->shown_name : row->name,
                .size_bytes = row->size,
                .received_nsec = row->received,
                .findings = &findings,
                .suggestion = row->suggestion && *row->suggestion ? row->suggestion : NULL,
                .rejections = student.rejections,
                .note = photo.note,
                .centre = &fs->config.centre,
        };
        return view_reason_file(&model, fs->language, ret, ret_size);
}

int attributes_reason(Fs *fs, Catalog *catalog, const SubmissionRow *row, const PointRow *point,
                      struct stat *st)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = reason_text(fs, catalog, row, &text, &size);

        if (r < 0)
                return r;
        attributes_fill(st, (Node){.kind = NODE_REASON, .id = row->id}, S_IFREG | 0440, point->uid,
                        point->gid, size, row->applied);
        return 0;
}

int tree_reason_text(Fs *fs, Catalog *catalog, int64_t submission, char **ret, size_t *ret_size)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, submission, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return reason_text(fs, catalog, &row, ret, ret_size);
}

int tree_missing_text(Fs *fs, Catalog *catalog, int64_t student, char **ret, size_t *ret_size)
{
        _cleanup_student_ StudentRow row = {};
        int r = catalog_get_student(catalog, student, &row);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return view_missing_file(row.id_number, row.name, row.student_no, row.class_name,
                                 fs->language, ret, ret_size);
}

/* Deleted while it was open: whoever has it goes on seeing it. */
static bool attributes_nameless(Fs *fs, Node node, struct stat *ret)
{
        UploadAttributes a;

        if (!upload_nameless(fs, node.id, &a))
                return false;
        attributes_fill(ret, node, S_IFREG | a.mode, a.uid, a.gid, a.size, a.mtime);
        ret->st_nlink = 0;
        return true;
}

int tree_attributes(Fs *fs, Catalog *catalog, Node node, struct stat *ret)
{
        _cleanup_submission_ SubmissionRow submission = {};
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_student_ StudentRow student = {};
        _cleanup_photo_ PhotoRow photo = {};
        _cleanup_point_ PointRow point = {};
        int64_t point_id = 0;
        int r = 1;

        if (office_has(node) && !node_is_snapshot(node))
                return office_attributes(fs, catalog, node, ret);
        switch (node.kind) {
        case NODE_UPLOAD:
                if (attributes_nameless(fs, node, ret))
                        return 0;
                r = catalog_get_submission(catalog, node.id, &submission);
                point_id = submission.point;
                break;
        case NODE_ROOT:
                return attributes_root(fs, catalog, ret);
        case NODE_STATUS:
        case NODE_STATUS_CSV:
        case NODE_EXPORT_MANIFEST:
        case NODE_EXPORT_SUMS:
        case NODE_INDEX_HTML:
                return attributes_status(fs, catalog, node, false, ret);
        case NODE_LITTER:
                return ghost_litter_attributes(fs, node, ret);
        case NODE_POINT:
        case NODE_REJECTED_DIR:
        case NODE_MISSING_DIR:
        case NODE_SUBMITTED_DIR:
                point_id = node.id;
                break;
        case NODE_MISSING:
                r = catalog_get_student(catalog, node.id, &student);
                point_id = student.point;
                break;
        case NODE_FOLDER:
                r = catalog_get_folder(catalog, node.id, &folder);
                point_id = folder.point;
                break;
        case NODE_PHOTO:
                r = catalog_get_photo(catalog, node.id, &photo);
                point_id = photo.point;
                break;
        default:
                r = catalog_get_submission(catalog, node.id, &submission);
                point_id = submission.point;
        }
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = catalog_get_point(catalog, point_id, &point);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        switch (node.kind) {
        case NODE_POINT:
                attributes_point(&point, ret);
                break;
        case NODE_REJECTED_DIR:
        case NODE_MISSING_DIR:
        case NODE_SUBMITTED_DIR:
                return fill_fixed_dir(fs, catalog, node, &point, ret);
        case NODE_MISSING:
                return attributes_missing(fs, &student, &point, ret);
        case NODE_FOLDER:
                attributes_folder(&folder, ret);
                break;
        case NODE_PHOTO:
                attributes_photo(&photo, &point, ret);
                break;
        case NODE_UPLOAD:
                attributes_upload(fs, &submission, ret);
                break;
        case NODE_ALIAS:
                attributes_submission(node, &submission, ret);
                break;
        case NODE_REJECTED:
                attributes_rejected(&submission, &point, ret);
                break;
        case NODE_REASON:
                return attributes_reason(fs, catalog, &submission, &point, ret);
        default:
                return -ENOENT;
        }
        return 0;
}

/* Under whose name nothing else ever stands but by a client's own call, which the kernel sees. */
enum { KEPT_SECONDS = 1 };

double tree_name_timeout(const Entry *entry, double lent)
{
        NodeKind kind = entry->node.kind;

        if (entry->ghost)
                return 0.0;
        if (node_is_directory(entry->node))
                return KEPT_SECONDS;
        /* An upload is renamed by its verdict; of a status file the name means a newer one with
         * every change of anything. */
        if (kind == NODE_UPLOAD || kind == NODE_LITTER || kind == NODE_INBOX ||
            node_is_snapshot(entry->node))
                return 0.0;
        return lent;
}

double tree_attributes_timeout(Node node, double lent)
{
        /* Directories, photos and aliases never change under their number but by a client's own
         * call or what a command did, which is seen a second later; everything else may change any
         * time by what other threads do. */
        if (node_is_directory(node) || node.kind == NODE_PHOTO || node.kind == NODE_ALIAS)
                return KEPT_SECONDS;
        if (node.kind == NODE_UPLOAD || node.kind == NODE_LITTER || node.kind == NODE_INBOX)
                return 0.0;
        return lent;
}
