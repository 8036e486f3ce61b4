/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include "folder.h"
#include "inbox-import.h"
#include "intake/intake.h"
#include "live/ghost.h"
#include "live/lease.h"
#include "office-decide.h"
#include "tree/inbox.h"
#include "tree/office.h"

#include <idphoto/photorow.h>
#include <idphoto/point.h>
#include <idphoto/rename.h>
#include <idphoto/submission.h>

#include <string.h>

/*
 * Renames. A verdict that is shown between the look-up and the change gives the name another
 * meaning. The catalog then refuses the change, and the name is looked up again.
 */

/* One rename, as far as it is known. */
typedef struct Rename {
        Node parent, new_parent;
        const char *name, *new_name;
        Entry source, target;
        bool has_target;
        Place from, to;
        bool brought_back; /* out of submitted/ [D10] */
        NameClass class;   /* of the new name */
        Actor actor;
} Rename;

/* ---- finished files ---- */

typedef struct FinishedTask {
        int64_t id;
        NodeKind kind;
        NewName name;
        int64_t now;
        int64_t received; /* submission that was received by it, 0: none */
} FinishedTask;

/* The alias of something finished, to a name under which nothing is judged: an editor's backup. */
static int move_alias(Catalog *catalog, void *userdata)
{
        const FinishedTask *task = userdata;

        return rename_aside(catalog, task->id, &task->name);
}

static int rename_finished_task(Catalog *catalog, void *userdata)
{
        FinishedTask *task = userdata;
        int r;

        task->received = 0;
        if (task->kind == NODE_PHOTO)
                r = rename_photo(catalog, task->id, &task->name, task->now, &task->received);
        else if (task->kind == NODE_ALIAS)
                r = rename_alias(catalog, task->id, &task->name, task->now, &task->received);
        else
                r = rename_resubmit(catalog, task->id, &task->name, task->now, &task->received);
        return MIN(r, 0);
}

/* Whether an upload other than the source gives way. */
static bool over_upload(const Rename *rename)
{
        return rename->has_target && !rename->target.ghost &&
               rename->target.node.kind == NODE_UPLOAD &&
               node_to_ino(rename->target.node) != node_to_ino(rename->source.node);
}

static int run_over_target(Names *names, const Rename *rename, WriterTask task, void *userdata)
{
        if (over_upload(rename))
                return upload_displace(names->intake, rename->target.node.id, task, userdata);
        return lease_run(names->leases, names->writer, rename->to.point, task, userdata, 0);
}

static int rename_finished(Names *names, const Rename *rename)
{
        FinishedTask task = {
                .id = rename->source.node.id,
                .kind = rename->source.node.kind,
                .name = {.folder = rename->to.folder,
                         .name = rename->new_name,
                         .brought_back = rename->brought_back,
                         .uid = rename->actor.uid},
                .now = names_now(names),
        };
        int r;

        if (task.kind == NODE_ALIAS && rename->class != NAME_NORMAL)
                return run_over_target(names, rename, move_alias, &task);
        /* An editor sets the old version aside before it writes the new one. It stays where it is,
         * also for the case that no new one comes. */
        if (rename->class == NAME_TEMPORARY) {
                r = over_upload(rename)
                            ? upload_displace(names->intake, rename->target.node.id, NULL, NULL)
                            : 0;
                if (r < 0)
                        return r;
                ghost_add(names->tree->ghosts, rename->new_parent, rename->new_name,
                          rename->source.node);
                return 0;
        }
        if (rename->class != NAME_NORMAL)
                return -EACCES;
        r = run_over_target(names, rename, rename_finished_task, &task);
        if (r >= 0 && task.received != 0)
                upload_adopt(names->intake, task.received);
        return r;
}

/* ---- uploads ---- */

/* An upload under a client's temporary name becomes litter: rsync's .Thumbs.db.XXXXXX to Thumbs.db.
 */
static int rename_to_litter(Names *names, const Rename *rename)
{
        const struct stat *st = &rename->source.attributes;
        Node node;
        int r = upload_unlink(names->intake, rename->source.node.id, st->st_uid);

        if (r < 0)
                return r;
        return ghost_litter_create(names->tree->ghosts, rename->new_parent, rename->new_name,
                                   &(Litter){.mode = st->st_mode,
                                             .uid = st->st_uid,
                                             .gid = st->st_gid,
                                             .size = (uint64_t)st->st_size,
                                             .mtime = timespec_to_nsec(st->st_mtim)},
                                   &node);
}

/* Somebody has opened something finished for writing, and has not written: that is what is renamed.
 * The upload goes with it, for what may still be written. */
static int rename_untouched(Names *names, const Rename *rename, Node origin)
{
        Rename finished = *rename;
        int r;

        finished.source.node = origin;
        finished.has_target = over_upload(rename);
        r = rename_finished(names, &finished);
        if (r >= 0)
                (void)upload_rename(names->intake, rename->source.node.id, &rename->to,
                                    rename->new_name, rename->class != NAME_NORMAL, 0);
        return r;
}

static int rename_upload(Names *names, const Rename *rename)
{
        Node origin;

        if (upload_untouched(names->uploads, rename->source.node.id, &origin)) {
                int r = rename_untouched(names, rename, origin);

                if (r != -ENOENT)
                        return r;
        }
        if (rename->class == NAME_LITTER)
                return rename_to_litter(names, rename);
        return upload_rename(names->intake, rename->source.node.id, &rename->to, rename->new_name,
                             rename->class != NAME_NORMAL,
                             over_upload(rename) ? rename->target.node.id : 0);
}

/* ---- folders ---- */

static int rename_folder(Names *names, const Rename *rename)
{
        bool temporary = rename->class != NAME_NORMAL || rename->to.temporary;
        int64_t id = rename->source.node.id;
        int r = folder_may_rename(names, id, &rename->to, temporary);

        if (r >= 0 && rename->has_target && rename->target.node.kind == NODE_FOLDER &&
            rename->target.node.id != id)
                r = folder_remove(names, rename->new_parent, rename->new_name, rename->actor);
        return r < 0 ? r : folder_rename(names, id, &rename->to, rename->new_name, temporary);
}

/* ---- the target ---- */

/* Whether the target gives way. Something finished keeps its place: the newcomer stands in front of
 * it until its own verdict. An upload or a folder goes away in the same change. */
static int check_target(Names *names, const Rename *rename)
{
        const Entry *source = &rename->source, *target = &rename->target;

        if (target->ghost || target->node.kind == NODE_LITTER) {
                (void)ghost_remove(names->tree->ghosts, rename->new_parent, rename->new_name);
                return 0;
        }
        if (node_is_directory(target->node) != node_is_directory(source->node))
                return node_is_directory(target->node) ? -EISDIR : -ENOTDIR;
        return node_is_directory(target->node) || node_traits[target->node.kind].writable ? 0
                                                                                          : -EACCES;
}

/* ---- one rename ---- */

static int rename_found(Names *names, const Rename *rename)
{
        NodeKind kind = rename->source.node.kind;

        if (node_traits[kind].finished)
                return rename_finished(names, rename);
        switch (kind) {
        case NODE_UPLOAD:
                return rename_upload(names, rename);
        case NODE_FOLDER:
                return rename_folder(names, rename);
        case NODE_SUBMITTED_FOLDER:
                /* It is the point's folder. The client copies what it shows, and deletes it. */
                return -EXDEV;
        default:
                return -EACCES;
        }
}

static int in_submitted(Names *names, Node directory, const Place *place)
{
        _cleanup_reader_ Reader reader = {};
        int r;

        if (directory.kind == NODE_SUBMITTED_FOLDER)
                return 1;
        r = reader_acquire(names->writer, &reader);
        return r < 0 ? r : tree_in_submitted(reader.catalog, place);
}

static int find_places(Names *names, Rename *rename)
{
        int r = namespace_place(names, rename->parent, &rename->from);

        if (r >= 0)
                r = namespace_place(names, rename->new_parent, &rename->to);
        if (r < 0)
                return r;
        r = in_submitted(names, rename->parent, &rename->from);
        if (r > 0) {
                r = in_submitted(names, rename->new_parent, &rename->to);
                rename->brought_back = r == 0;
        }
        if (r < 0)
                return r;
        /* Another point's directory: the client copies and deletes, so that each point's record is
         * whole. */
        return rename->from.point != rename->to.point ? -EXDEV : 0;
}

/* -ESTALE: a name means something else by now. */
static int rename_once(Names *names, Rename *rename, bool noreplace)
{
        int r;

        namespace_expect(names, rename->parent, rename->name);
        namespace_expect(names, rename->new_parent, rename->new_name);
        r = namespace_find(names, rename->parent, rename->name, &rename->source);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = namespace_check(names, rename->new_parent, rename->new_name,
                            node_is_directory(rename->source.node));
        if (r < 0)
                return r;
        rename->class = (NameClass)r;
        if (rename->parent.kind == NODE_ROOT)
                return -EACCES;
        r = find_places(names, rename);
        if (r >= 0)
                r = namespace_find(names, rename->new_parent, rename->new_name, &rename->target);
        if (r < 0)
                return r;
        rename->has_target = r > 0;
        if (r > 0 && noreplace)
                return -EEXIST;
        /* A file that was set aside comes back. */
        if (r > 0 && rename->source.ghost &&
            node_to_ino(rename->source.node) == node_to_ino(rename->target.node)) {
                (void)ghost_remove(names->tree->ghosts, rename->parent, rename->name);
                return 0;
        }
        if (r > 0)
                r = check_target(names, rename);
        return r < 0 ? r : rename_found(names, rename);
}

int namespace_rename(Names *names, DirectoryName from, DirectoryName to, bool noreplace,
                     Actor actor)
{
        Rename rename = {.parent = from.parent,
                         .name = from.name,
                         .new_parent = to.parent,
                         .new_name = to.name,
                         .actor = actor};
        int r;

        if (tree_fixed(names->tree, from.parent, from.name) >= 0)
                return -EACCES;
        if (office_is_import(from.parent) && office_is_import(to.parent)) {
                r = namespace_check(names, to.parent, to.name, false);
                return r < 0 ? r : inbox_rename(names, from.name, to.name, noreplace);
        }
        if (office_has(from.parent) && office_has(to.parent))
                return office_rename(names, from.parent, from.name, to.parent, to.name, actor);
        if (office_has(from.parent) || office_has(to.parent))
                return -EACCES;
        r = -ESTALE;
        for (int i = 0; namespace_again(r) && i < NAMESPACE_TRIES; i++)
                r = rename_once(names, &rename, noreplace);
        return r == -ESTALE ? -EAGAIN : r;
}

/* ---- a rename in two steps ---- */

static int get_submission(Names *names, int64_t id, SubmissionRow *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(names->writer, &reader);

        if (r >= 0)
                r = catalog_get_submission(reader.catalog, id, ret);
        return r == 0 ? -ENOENT : MIN(r, 0);
}

static Node directory_of(const SubmissionRow *row)
{
        if (row->folder > 0)
                return (Node){.kind = NODE_FOLDER, .id = row->folder};
        if (row->folder == FOLDER_SUBMITTED)
                return (Node){.kind = NODE_SUBMITTED_DIR, .id = row->point};
        if (row->folder == FOLDER_REJECTED)
                return (Node){.kind = NODE_REJECTED_DIR, .id = row->point};
        return (Node){.kind = NODE_POINT, .id = row->point};
}

int namespace_link(Names *names, Node node, Node new_parent, const char *new_name, Entry *ret)
{
        _cleanup_submission_ SubmissionRow row = {};
        Entry existing;
        Place place;
        int class, r;

        class = namespace_check(names, new_parent, new_name, false);
        if (class < 0)
                return class;
        if (node.kind != NODE_UPLOAD || class != NAME_NORMAL)
                return -EPERM;
        r = get_submission(names, node.id, &row);
        if (r >= 0)
                r = namespace_place(names, new_parent, &place);
        if (r < 0)
                return r;
        if (!row.temporary || row.state >= SUBMISSION_ACCEPTED)
                return -EPERM;
        if (row.point != place.point)
                return -EXDEV;
        r = namespace_find(names, new_parent, new_name, &existing);
        if (r != 0)
                return r < 0 ? r : -EEXIST;
        r = upload_rename(names->intake, node.id, &place, new_name, false, 0);
        if (r < 0)
                return r;
        ghost_add(names->tree->ghosts, directory_of(&row), row.name, node);
        r = namespace_find(names, new_parent, new_name, ret);
        return r == 0 ? -ESTALE : MIN(r, 0);
}
