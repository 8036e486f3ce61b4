/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include "announcer.h"
#include "ghost.h"
#include "inbox.h"
#include "lease.h"
#include "office.h"
#include "upload.h"

#include <idphoto/drop.h>

#include <string.h>

enum { FOLDER_DEPTH_MAX = 16 };

/* Asked each time: a batch is closed by a command, beside the running daemon. */
int namespace_writable(Fs *fs)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs, &reader);

        if (r >= 0)
                r = catalog_batch_closed(reader.catalog, fs->batch);
        return r > 0 ? -EROFS : r;
}

int namespace_check(Fs *fs, Node parent, const char *name, bool folder)
{
        NameClass class = folder ? name_class_of_folder(name) : name_class_of_file(name);
        int r;

        if (strlen(name) > 255)
                return -ENAMETOOLONG;
        if (parent.kind == NODE_ROOT || parent.kind == NODE_MISSING_DIR ||
            (office_has(parent) && (folder || !office_is_import(parent))) ||
            tree_fixed(fs, parent, name) >= 0)
                return -EACCES;
        if (class == NAME_TRASH || class == NAME_FORBIDDEN)
                return -EACCES;
        r = namespace_writable(fs);
        return r < 0 ? r : (int)class;
}

static int find(Fs *fs, Node parent, const char *name, Entry *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs, &reader);

        if (r < 0)
                return r;
        return tree_lookup(fs, reader.catalog, parent, name, ret);
}

static int find_place(Fs *fs, Node directory, Place *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs, &reader);

        if (r < 0)
                return r;
        return tree_place(fs, reader.catalog, directory, ret);
}

static int get_submission(Fs *fs, int64_t id, SubmissionRow *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs, &reader);

        if (r < 0)
                return r;
        r = catalog_get_submission(reader.catalog, id, ret);
        return r == 0 ? -ENOENT : MIN(r, 0);
}

/* ---- retiring an upload: deleted, or something else takes its name ---- */

typedef struct RetireTask {
        SubmissionRow row;
        bool displaced;
        bool keep; /* original and size are to be recorded first */
        uid_t uid; /* who deletes it; of no meaning when it is displaced */
        int64_t now;
} RetireTask;

static int retire(Catalog *catalog, void *userdata)
{
        RetireTask *task = userdata;
        int r;

        if (task->keep) {
                r = catalog_set_submission_original(catalog, task->row.id, &task->row.original,
                                                    task->row.size);
                if (r < 0)
                        return r;
        }
        return task->displaced ? drop_displace(catalog, &task->row, task->now)
                               : drop_unlink_upload(catalog, &task->row, task->uid, task->now);
}

/* What was received and is a photo's bytes, maybe, becomes a blob before its name goes [D10]. What
 * is still being written was cancelled by its writer, and a temporary file never was an upload. */
static int retire_upload(Fs *fs, int64_t id, bool displaced, uid_t uid)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_close_ int fd = -EBADF;
        RetireTask task = {.displaced = displaced, .uid = uid, .now = fs_now(fs)};
        int r;

        r = get_submission(fs, id, &row);
        if (r < 0)
                return r;
        task.row = row;
        if (ref.upload) {
                UploadAttributes a;

                upload_attributes(ref.upload, &a);
                task.row.size = a.size;
                if (upload_is_writing(ref.upload) && !row.has_original)
                        task.row.size = 0;
        }
        if (!drop_is_disposable(&task.row) && !row.has_original) {
                r = upload_open_read(fs, id, &fd);
                if (r < 0)
                        return r;
                r = blob_from_fd(fs->store, fd, &task.row.original, &task.row.size);
                if (r < 0)
                        return r;
                task.row.has_original = task.keep = true;
        }
        /* As with a verdict: before the staging file goes. */
        r = lease_run(fs, row.point, retire, &task, task.keep ? WRITER_DURABLE : 0);
        if (r < 0)
                return r;
        upload_deleted(fs, id);
        return 0;
}

/* ---- unlink ---- */

typedef struct NodeTask {
        int64_t id;
        int64_t point;
        Actor actor;
        int64_t now;
} NodeTask;

static int withdraw_photo(Catalog *catalog, void *userdata)
{
        const NodeTask *task = userdata;

        return drop_withdraw_photo(catalog, task->id, task->actor.uid, task->now);
}

static int dismiss(Catalog *catalog, void *userdata)
{
        const NodeTask *task = userdata;

        return drop_dismiss(catalog, task->id, task->actor.uid, task->now);
}

static int hide_alias(Catalog *catalog, void *userdata)
{
        const NodeTask *task = userdata;

        return catalog_hide_alias(catalog, task->id);
}

/* Photo and reason go together; the one that was not named resolves a moment longer for whoever
 * deletes both. */
static int unlink_rejected(Fs *fs, Node parent, const char *name, Node node, const NodeTask *task)
{
        Node other = {.kind = node.kind == NODE_REJECTED ? NODE_REASON : NODE_REJECTED,
                      .id = node.id};
        _cleanup_free_ char *other_name = NULL;
        int r = lease_run(fs, task->point, dismiss, (void *)task, 0);

        if (r < 0)
                return r;
        if (node.kind == NODE_REASON)
                other_name = strndup(name, strlen(name) - 4);
        else if (asprintf(&other_name, "%s.txt", name) < 0)
                other_name = NULL;
        if (other_name)
                ghost_add(fs, parent, other_name, other);
        return 0;
}

int namespace_unlink(Fs *fs, Node parent, const char *name, Actor actor)
{
        NodeTask task = {.actor = actor, .now = fs_now(fs)};
        Place place;
        Entry entry;
        int r;

        if (tree_fixed(fs, parent, name) >= 0)
                return -EPERM;
        r = namespace_writable(fs);
        if (r < 0)
                return r;
        r = find(fs, parent, name, &entry);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (entry.ghost) {
                (void)ghost_remove(fs, parent, name);
                return 0;
        }
        if (entry.node.kind == NODE_INBOX)
                return inbox_unlink(fs, name);
        if (parent.kind == NODE_ROOT || office_has(parent) || parent.kind == NODE_MISSING_DIR)
                return entry.node.kind == NODE_FOLDER ? -EISDIR : -EPERM;
        r = find_place(fs, parent, &place);
        if (r < 0)
                return r;
        task.id = entry.node.id;
        task.point = place.point;
        switch (entry.node.kind) {
        case NODE_UPLOAD:
                return retire_upload(fs, entry.node.id, false, actor.uid);
        case NODE_ALIAS:
                return lease_run(fs, task.point, hide_alias, &task, 0);
        case NODE_PHOTO:
                return lease_run(fs, task.point, withdraw_photo, &task, 0);
        case NODE_REJECTED:
        case NODE_REASON:
                return unlink_rejected(fs, parent, name, entry.node, &task);
        case NODE_FOLDER:
                return -EISDIR;
        default:
                return -EPERM;
        }
}

/* ---- rename ---- */

typedef struct RenameTask {
        int64_t id;
        Place place;
        const char *name;
        bool temporary;
        Actor actor;
        int64_t now;
        int64_t ret_id;
} RenameTask;

static int move_submission(Catalog *catalog, void *userdata)
{
        const RenameTask *task = userdata;
        int r;

        r = catalog_set_submission_name(catalog, task->id, task->place.folder, task->name,
                                        task->temporary);
        if (r < 0)
                return r;
        if (task->place.folder > 0)
                return catalog_set_folder_listed(catalog, task->place.folder, true);
        return catalog_set_point_mtime(catalog, task->place.point, task->place.folder, task->now);
}

static int resubmit(Catalog *catalog, void *userdata)
{
        RenameTask *task = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        r = catalog_get_submission(catalog, task->id, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return drop_resubmit(catalog, &row, task->place.folder, task->name, task->actor.uid,
                             task->now, &task->ret_id);
}

/* A photo that was accepted for the wrong student: withdrawn, and its original judged under the new
 * name. */
static int resubmit_photo(Catalog *catalog, void *userdata)
{
        RenameTask *task = userdata;
        _cleanup_photo_ PhotoRow photo = {};
        int r;

        r = catalog_get_photo(catalog, task->id, &photo);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = drop_withdraw_photo(catalog, photo.id, task->actor.uid, task->now);
        if (r < 0)
                return r;
        task->id = photo.submission;
        return resubmit(catalog, task);
}

static int move_folder(Catalog *catalog, void *userdata)
{
        const RenameTask *task = userdata;

        return catalog_move_folder(catalog, task->id, task->place.folder, task->name,
                                   task->temporary);
}

static int rename_upload(Fs *fs, RenameTask *task)
{
        int r = lease_run(fs, task->place.point, move_submission, task, 0);

        if (r < 0)
                return r;
        upload_renamed(fs, task->id, &task->place, task->name, task->temporary);
        return 0;
}

/* An upload under a client's temporary name becomes litter: rsync's .Thumbs.db.XXXXXX to Thumbs.db.
 */
static int rename_to_litter(Fs *fs, const Entry *entry, Node new_parent, const char *new_name)
{
        const struct stat *st = &entry->attributes;
        Node node;
        int r = retire_upload(fs, entry->node.id, false, st->st_uid);

        if (r < 0)
                return r;
        return ghost_litter_create(fs, new_parent, new_name, st->st_mode, st->st_uid, st->st_gid,
                                   (uint64_t)st->st_size, timespec_to_nsec(st->st_mtim), &node);
}

static int rename_finished(Fs *fs, const Entry *entry, RenameTask *task, NameClass class,
                           Node new_parent)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        if (entry->node.kind == NODE_ALIAS) {
                r = get_submission(fs, entry->node.id, &row);
                if (r < 0)
                        return r;
        }
        /* The alias of something accepted, or a backup's name: the name moves, nothing is judged.
         */
        if (entry->node.kind == NODE_ALIAS &&
            (row.state != SUBMISSION_REJECTED || class != NAME_NORMAL)) {
                task->temporary = false;
                return lease_run(fs, task->place.point, move_submission, task, 0);
        }
        /* An editor sets the old version aside before it writes the new one. It stays where it is,
         * also for the case that no new one comes. */
        if (class == NAME_TEMPORARY) {
                ghost_add(fs, new_parent, task->name, entry->node);
                return 0;
        }
        if (class != NAME_NORMAL)
                return -EACCES;
        r = lease_run(fs, task->place.point,
                      entry->node.kind == NODE_PHOTO ? resubmit_photo : resubmit, task, 0);
        if (r < 0)
                return r;
        return upload_adopt(fs, task->ret_id);
}

static int rename_folder(Fs *fs, RenameTask *task, NameClass class)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_folder_ FolderRow row = {};
        int depth, r;

        r = reader_acquire(fs, &reader);
        if (r < 0)
                return r;
        r = catalog_get_folder(reader.catalog, task->id, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        /* What lies in it was taken as hidden, or as photos, by the class of its name. */
        if (row.temporary != (class != NAME_NORMAL) || row.point != task->place.point)
                return -EACCES;
        /* With what it holds it may stand as deep as mkdir could have made it. */
        depth = catalog_folder_height(reader.catalog, task->id, FOLDER_DEPTH_MAX);
        if (depth < 0)
                return depth;
        for (int64_t up = task->place.folder; up > 0; depth++) {
                _cleanup_folder_ FolderRow above = {};

                if (up == task->id)
                        return -EINVAL;
                if (depth >= FOLDER_DEPTH_MAX)
                        return -EACCES;
                r = catalog_get_folder(reader.catalog, up, &above);
                if (r <= 0)
                        return r < 0 ? r : -ENOENT;
                up = above.parent;
        }
        return writer_run(fs->writer, move_folder, task, 0);
}

/* Makes way at the target of a rename. What is finished keeps its place: the newcomer stands in
 * front of it until its own verdict. */
static int clear_target(Fs *fs, const Entry *source, const Entry *target, Node new_parent,
                        const char *new_name)
{
        if (target->ghost || target->node.kind == NODE_LITTER) {
                (void)ghost_remove(fs, new_parent, new_name);
                return 0;
        }
        if (node_is_directory(target->node) != node_is_directory(source->node))
                return node_is_directory(target->node) ? -EISDIR : -ENOTDIR;
        switch (target->node.kind) {
        case NODE_UPLOAD:
                return target->node.id == source->node.id
                               ? 0
                               : retire_upload(fs, target->node.id, true,
                                               source->attributes.st_uid);
        case NODE_FOLDER:
                return namespace_rmdir(fs, new_parent, new_name);
        case NODE_REASON:
        case NODE_STATUS:
        case NODE_STATUS_CSV:
        case NODE_INDEX_HTML:
        case NODE_MISSING:
                return -EACCES;
        default:
                return 0;
        }
}

int namespace_rename(Fs *fs, Node parent, const char *name, Node new_parent, const char *new_name,
                     bool noreplace, Actor actor)
{
        RenameTask task = {.name = new_name, .actor = actor, .now = fs_now(fs)};
        Place from;
        Entry source, target;
        bool folder;
        int class, r;

        if (tree_fixed(fs, parent, name) >= 0)
                return -EACCES;
        if (office_is_import(parent) && office_is_import(new_parent)) {
                class = namespace_check(fs, new_parent, new_name, false);
                return class < 0 ? class : inbox_rename(fs, name, new_name, noreplace);
        }
        if (office_has(parent) && office_has(new_parent))
                return office_rename(fs, parent, name, new_parent, new_name, actor);
        if (office_has(parent) || office_has(new_parent))
                return -EACCES;
        r = find(fs, parent, name, &source);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        folder = source.node.kind == NODE_FOLDER;
        class = namespace_check(fs, new_parent, new_name, folder);
        if (class < 0)
                return class;
        if (parent.kind == NODE_ROOT)
                return -EACCES;
        r = find_place(fs, parent, &from);
        if (r >= 0)
                r = find_place(fs, new_parent, &task.place);
        if (r < 0)
                return r;
        /* Another point's directory: the client copies and deletes, so that each point's record is
         * whole. */
        if (from.point != task.place.point)
                return -EXDEV;
        r = find(fs, new_parent, new_name, &target);
        if (r < 0)
                return r;
        if (r > 0) {
                if (noreplace)
                        return -EEXIST;
                /* What was set aside comes back. */
                if (source.ghost && node_to_ino(source.node) == node_to_ino(target.node)) {
                        (void)ghost_remove(fs, parent, name);
                        return 0;
                }
                r = clear_target(fs, &source, &target, new_parent, new_name);
                if (r < 0)
                        return r;
        }
        task.id = source.node.id;
        task.temporary = class != NAME_NORMAL || task.place.temporary;
        switch (source.node.kind) {
        case NODE_UPLOAD:
                if (class == NAME_LITTER)
                        return rename_to_litter(fs, &source, new_parent, new_name);
                return rename_upload(fs, &task);
        case NODE_ALIAS:
        case NODE_PHOTO:
        case NODE_REJECTED:
                return rename_finished(fs, &source, &task, (NameClass) class, new_parent);
        case NODE_FOLDER:
                return rename_folder(fs, &task, (NameClass) class);
        default:
                return -EACCES;
        }
}

int namespace_announce(Fs *fs, int64_t showing, Node parent, const char *name, Node new_parent,
                       const char *new_name)
{
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_reader_ Reader reader = {};
        char *from = NULL, *to = NULL;
        Place place;
        int r;

        if (showing == 0) {
                (void)ghost_remove(fs, parent, name);
                return 0;
        }
        r = upload_apply(fs, showing, &target);
        /* Committed meanwhile by whoever could not wait: only to be seen. */
        if (r == -ESTALE)
                return 0;
        if (r < 0)
                return r;
        if (target.rejected == (new_parent.kind == NODE_REJECTED_DIR) &&
            strcmp(target.name, new_name) == 0)
                return 0;
        r = reader_acquire(fs, &reader);
        if (r >= 0)
                r = tree_place(fs, reader.catalog, parent, &place);
        if (r >= 0)
                r = tree_path(fs, reader.catalog, &place, name, &from);
        if (r >= 0)
                r = tree_target_path(fs, reader.catalog, place.point, &target, &to);
        if (r >= 0)
                announcer_tell(fs->announcer, TAKE_PTR(from), TAKE_PTR(to));
        free(from);
        free(to);
        return -EAGAIN;
}

int namespace_announce_link(Fs *fs, int64_t showing, Node new_parent, const char *new_name,
                            Entry *ret)
{
        _cleanup_target_ JudgeTarget target = {};
        int r = showing == 0 ? -ESTALE : upload_apply(fs, showing, &target);

        if (r < 0 && r != -ESTALE)
                return r;
        r = find(fs, new_parent, new_name, ret);
        return r == 0 ? -EAGAIN : MIN(r, 0);
}

int namespace_announce_directory(Fs *fs, Node parent, const char *name, Entry *ret)
{
        int r = find(fs, parent, name, ret);

        return r == 0 ? -ENOENT : MIN(r, 0);
}

int namespace_link(Fs *fs, Node node, Node new_parent, const char *new_name, Entry *ret)
{
        _cleanup_submission_ SubmissionRow row = {};
        RenameTask task = {.name = new_name, .now = fs_now(fs)};
        Node old_parent;
        Entry existing;
        int class, r;

        class = namespace_check(fs, new_parent, new_name, false);
        if (class < 0)
                return class;
        if (node.kind != NODE_UPLOAD || class != NAME_NORMAL)
                return -EPERM;
        r = get_submission(fs, node.id, &row);
        if (r < 0)
                return r;
        r = find_place(fs, new_parent, &task.place);
        if (r < 0)
                return r;
        if (!row.temporary || row.state != SUBMISSION_OPEN)
                return -EPERM;
        if (row.point != task.place.point)
                return -EXDEV;
        r = find(fs, new_parent, new_name, &existing);
        if (r != 0)
                return r < 0 ? r : -EEXIST;
        task.id = node.id;
        task.temporary = task.place.temporary;
        old_parent = row.folder > 0 ? (Node){.kind = NODE_FOLDER, .id = row.folder}
                     : row.folder == FOLDER_SUBMITTED
                             ? (Node){.kind = NODE_SUBMITTED_DIR, .id = row.point}
                     : row.folder < 0 ? (Node){.kind = NODE_REJECTED_DIR, .id = row.point}
                                      : (Node){.kind = NODE_POINT, .id = row.point};
        r = rename_upload(fs, &task);
        if (r < 0)
                return r;
        ghost_add(fs, old_parent, row.name, node);
        r = find(fs, new_parent, new_name, ret);
        return r == 0 ? -ESTALE : MIN(r, 0);
}

/* ---- folders ---- */

typedef struct FolderTask {
        int64_t batch;
        Place place;
        const char *name;
        bool temporary;
        mode_t mode;
        int64_t now;
        int64_t id;
} FolderTask;

static int make_folder(Catalog *catalog, void *userdata)
{
        FolderTask *task = userdata;
        int r;

        r = catalog_add_folder(catalog, task->batch, task->place.point, task->place.folder,
                               task->name, task->temporary, task->mode, task->now, &task->id);
        if (r < 0 || task->place.folder > 0)
                return r;
        return catalog_set_point_mtime(catalog, task->place.point, task->place.folder, task->now);
}

/* How many folders stand above and including this one. */
static int folder_depth(Fs *fs, int64_t folder)
{
        _cleanup_reader_ Reader reader = {};
        int depth = 0, r;

        r = reader_acquire(fs, &reader);
        for (; r >= 0 && folder > 0 && depth <= FOLDER_DEPTH_MAX; depth++) {
                _cleanup_folder_ FolderRow row = {};

                r = catalog_get_folder(reader.catalog, folder, &row);
                if (r == 0)
                        return -ENOENT;
                folder = row.parent;
        }
        return r < 0 ? r : depth;
}

int namespace_mkdir(Fs *fs, Node parent, const char *name, mode_t mode, Entry *ret)
{
        FolderTask task = {
                .batch = fs->batch, .name = name, .mode = mode & 07777, .now = fs_now(fs)};
        Entry existing;
        int class, r;

        class = namespace_check(fs, parent, name, true);
        if (class < 0)
                return class;
        r = find_place(fs, parent, &task.place);
        if (r < 0)
                return r;
        if (task.place.folder == FOLDER_REJECTED)
                return -EACCES;
        r = folder_depth(fs, task.place.folder);
        if (r >= FOLDER_DEPTH_MAX)
                r = -EACCES;
        if (r < 0)
                return r;
        r = find(fs, parent, name, &existing);
        if (r != 0)
                return r < 0 ? r : -EEXIST;
        task.temporary = class != NAME_NORMAL || task.place.temporary;
        r = writer_run(fs->writer, make_folder, &task, 0);
        if (r < 0)
                return r;
        r = find(fs, parent, name, ret);
        return r == 0 ? -ESTALE : MIN(r, 0);
}

static int remove_folder(Catalog *catalog, void *userdata)
{
        const FolderTask *task = userdata;
        int r;

        r = catalog_folder_occupied(catalog, task->id);
        if (r != 0)
                return r < 0 ? r : -ENOTEMPTY;
        /* A folder of photos keeps resolving for who looks at the photos it held under their old
         * names [D4]. */
        if (task->temporary)
                return catalog_remove_folder(catalog, task->id);
        return catalog_set_folder_listed(catalog, task->id, false);
}

int namespace_rmdir(Fs *fs, Node parent, const char *name)
{
        FolderTask task = {};
        _cleanup_reader_ Reader reader = {};
        _cleanup_folder_ FolderRow row = {};
        Entry entry;
        int r;

        if (tree_fixed(fs, parent, name) >= 0 || parent.kind == NODE_ROOT || office_has(parent))
                return -EPERM;
        r = namespace_writable(fs);
        if (r < 0)
                return r;
        r = reader_acquire(fs, &reader);
        if (r < 0)
                return r;
        r = tree_lookup(fs, reader.catalog, parent, name, &entry);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (entry.node.kind != NODE_FOLDER)
                return -ENOTDIR;
        r = catalog_get_folder(reader.catalog, entry.node.id, &row);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        task.id = row.id;
        task.temporary = row.temporary;
        return writer_run(fs->writer, remove_folder, &task, 0);
}
