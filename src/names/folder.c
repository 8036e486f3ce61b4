/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include "intake/intake.h"

#include <idphoto/folders.h>
#include <idphoto/receive.h>

#include <stdlib.h>
#include <string.h>

static int find(Names *names, Node parent, const char *name, Entry *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(names->writer, &reader);

        if (r < 0)
                return r;
        return tree_lookup(names->tree, reader.catalog, parent, name, ret);
}

/* ---- making ---- */

typedef struct MakeTask {
        FolderRow row;
        int64_t again; /* the unlisted folder of that name; 0: none */
} MakeTask;

static int make(Catalog *catalog, void *userdata)
{
        MakeTask *task = userdata;

        return folders_make(catalog, &task->row, task->again);
}

/* Whatever the umask of who makes it: all of the group can go on with it. */
static mode_t folder_mode(mode_t mode, const PointRow *point)
{
        return (mode & 01700) | (point->mode & 02070) | (mode & point->mode & 0007);
}

static int prepare(Names *names, Node parent, mode_t mode, Actor actor, FolderRow *row)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_point_ PointRow point = {};
        Place place;
        int r;

        r = reader_acquire(names->writer, &reader);
        if (r >= 0)
                r = tree_place(names->tree, reader.catalog, parent, &place);
        if (r < 0)
                return r;
        if (place.folder == FOLDER_REJECTED)
                return -EACCES;
        r = folders_depth(reader.catalog, place.folder);
        if (r < 0 || r >= FOLDER_DEPTH_MAX)
                return r < 0 ? r : -EACCES;
        r = catalog_get_point(reader.catalog, place.point, &point);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        row->batch = names->tree->batch;
        row->point = place.point;
        row->parent = place.folder;
        row->temporary = row->temporary || place.temporary;
        row->marker = row->marker && !place.temporary;
        row->mode = folder_mode(mode, &point);
        row->uid = actor.uid;
        row->gid = point.gid;
        row->mtime = names_now(names);
        return 0;
}

int folder_make(Names *names, Node parent, const char *name, mode_t mode, Actor actor, Entry *ret)
{
        MakeTask task = {.row.name = (char *)name};
        Entry existing;
        int r;

        r = namespace_check(names, parent, name, true);
        if (r < 0)
                return r;
        task.row.temporary = r != NAME_NORMAL;
        task.row.marker = r == NAME_MARKER;
        r = prepare(names, parent, mode, actor, &task.row);
        if (r < 0)
                return r;
        r = find(names, parent, name, &existing);
        if (r < 0)
                return r;
        if (r > 0) {
                if (!existing.unlisted)
                        return -EEXIST;
                /* What submitted/ shows of the point's own folders stands elsewhere. */
                if (existing.node.kind == NODE_FOLDER || parent.kind == NODE_SUBMITTED_FOLDER)
                        task.again = existing.node.id;
        }
        r = writer_run(names->writer, task.row.point, make, &task, 0);
        if (r < 0)
                return r;
        r = find(names, parent, name, ret);
        return r == 0 ? -ESTALE : MIN(r, 0);
}

/* ---- removing ---- */

/* In submitted/ a folder lists what was dropped in it, which keeps it from being empty. */
static int shows_drops(Names *names, Catalog *catalog, Node parent, Node folder)
{
        Place place;
        int r = tree_place(names->tree, catalog, parent, &place);

        if (r >= 0 && folder.kind == NODE_FOLDER)
                r = tree_in_submitted(catalog, &place);
        else if (r >= 0)
                r = 1;
        return r <= 0 ? r : catalog_folder_has_drops(catalog, folder.id);
}

static int find_removable(Names *names, Node parent, const char *name, FolderRow *ret)
{
        _cleanup_reader_ Reader reader = {};
        Entry entry;
        int r;

        if (tree_fixed(names->tree, parent, name) >= 0 || parent.kind == NODE_ROOT ||
            office_has(parent))
                return -EPERM;
        r = namespace_writable(names);
        if (r >= 0)
                r = reader_acquire(names->writer, &reader);
        if (r >= 0)
                r = tree_lookup(names->tree, reader.catalog, parent, name, &entry);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (entry.node.kind != NODE_FOLDER && entry.node.kind != NODE_SUBMITTED_FOLDER)
                return -ENOTDIR;
        r = shows_drops(names, reader.catalog, parent, entry.node);
        if (r != 0)
                return r < 0 ? r : -ENOTEMPTY;
        r = catalog_get_folder(reader.catalog, entry.node.id, ret);
        return r == 0 ? -ENOENT : MIN(r, 0);
}

static int unlist(Catalog *catalog, void *userdata)
{
        return folders_unlist(catalog, userdata);
}

int folder_clear(Names *names, Node parent, const char *name)
{
        _cleanup_folder_ FolderRow row = {};
        int r = find_removable(names, parent, name, &row);

        return r < 0 ? r : writer_run(names->writer, row.point, unlist, &row, 0);
}

static bool is_empty(Names *names, int64_t folder)
{
        _cleanup_reader_ Reader reader = {};

        return reader_acquire(names->writer, &reader) >= 0 &&
               catalog_folder_occupied(reader.catalog, folder) == 0;
}

static void clear_above(Names *names, Node parent, char *path)
{
        char *slash = strchr(path, '/');
        Entry entry;

        if (!slash)
                return;
        *slash = '\0';
        if (find(names, parent, path, &entry) <= 0)
                return;
        clear_above(names, entry.node, slash + 1);
        if (entry.node.kind == NODE_FOLDER && !entry.unlisted && is_empty(names, entry.node.id))
                (void)folder_clear(names, parent, path);
}

void folder_clear_above(Names *names, char *path)
{
        clear_above(names, (Node){.kind = NODE_ROOT}, path);
}

typedef struct RemoveTask {
        Names *names;
        int64_t id;
        int64_t *uploads;
        size_t n;
        size_t room;
} RemoveTask;

static int collect(int64_t submission, bool disposable, void *userdata)
{
        RemoveTask *task = userdata;
        _cleanup_upload_ UploadRef ref = {task->names->uploads, NULL};
        int r = upload_find(task->names->uploads, submission, UPLOAD_FLUSHED, &ref.upload);

        if (!disposable || r == -EBUSY || (ref.upload && upload_is_open(ref.upload)))
                return -ENOTEMPTY;
        if (task->n == task->room) {
                size_t room = task->room + 16;
                int64_t *more = realloc(task->uploads, room * sizeof(*more));

                if (!more)
                        return -ENOMEM;
                task->uploads = more;
                task->room = room;
        }
        task->uploads[task->n++] = submission;
        return 0;
}

static int remove_hidden(Catalog *catalog, void *userdata)
{
        const RemoveTask *task = userdata;

        return folders_remove_hidden(catalog, task->id);
}

static int remove_empty(Catalog *catalog, void *userdata)
{
        const FolderRow *row = userdata;

        return folders_remove_empty(catalog, row->id);
}

int folder_remove(Names *names, Node parent, const char *name, Actor actor)
{
        _cleanup_folder_ FolderRow row = {};
        RemoveTask task = {.names = names};
        int r;

        r = find_removable(names, parent, name, &row);
        if (r < 0)
                return r;
        /* In a client's own folder nothing is hidden, and the client relies on its being kept:
         * rsync tries after each file whether its folder for partial ones can go. */
        if (row.temporary)
                return writer_run(names->writer, row.point, remove_empty, &row, 0);
        task.id = row.id;
        {
                _cleanup_reader_ Reader reader = {};

                r = reader_acquire(names->writer, &reader);
                if (r >= 0)
                        r = catalog_list_hidden_uploads(reader.catalog, row.id, collect, &task);
        }
        for (size_t i = 0; i < task.n && r >= 0; i++) {
                r = upload_unlink(names->intake, task.uploads[i], actor.uid);
                if (r == -ESTALE)
                        r = 0;
        }
        if (r >= 0)
                r = writer_run(names->writer, row.point, remove_hidden, &task, 0);
        free(task.uploads);
        return MIN(r, 0);
}

/* ---- renaming ---- */

typedef struct MoveTask {
        int64_t id;
        const Place *place;
        const char *name;
        bool temporary;
} MoveTask;

static int move(Catalog *catalog, void *userdata)
{
        const MoveTask *task = userdata;

        return receive_rename_folder(catalog, task->id, task->place->folder, task->name,
                                     task->temporary);
}

int folder_may_rename(Names *names, int64_t id, const Place *place, bool temporary)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(names->writer, &reader);

        return r < 0 ? r
                     : folders_may_move(reader.catalog, id, place->point, place->folder, temporary);
}

int folder_rename(Names *names, int64_t id, const Place *place, const char *name, bool temporary)
{
        MoveTask task = {.id = id, .place = place, .name = name, .temporary = temporary};
        int r = writer_run(names->writer, place->point, move, &task, 0);

        if (r >= 0)
                upload_folder_renamed(names->intake, id);
        return r;
}
