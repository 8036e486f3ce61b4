/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include "intake/intake.h"
#include "live/ghost.h"
#include "live/lease.h"
#include "live/replacement.h"
#include "tree/inbox.h"

#include <idphoto/batch.h>
#include <idphoto/photorow.h>
#include <idphoto/rename.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>

#include <string.h>

enum { LATELY_MSEC = 1000 };

/* Asked each time: a batch is closed by a command, beside the running daemon. */
int namespace_writable(Names *names)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(names->writer, &reader);

        if (r >= 0)
                r = catalog_batch_closed(reader.catalog, names->tree->batch);
        names->writable_until =
                r == 0 ? clock_monotonic_nsec(names->clock) + LATELY_MSEC * NSEC_PER_MSEC : 0;
        return r > 0 ? -EROFS : r;
}

int namespace_writable_lately(Names *names)
{
        bool lately = store_is_attached(names->store) &&
                      clock_monotonic_nsec(names->clock) < names->writable_until;

        return lately ? 0 : namespace_writable(names);
}

/* Whether the name is a fixed entry's, or would be taken for it by everybody who looks. */
static bool looks_fixed(const Names *names, Node parent, const char *name)
{
        char visible[NAME_BYTES_MAX + 1];

        strcpy(visible, name);
        text_drop_invisible(visible);
        return tree_fixed(names->tree, parent, name) >= 0 ||
               tree_fixed(names->tree, parent, visible) >= 0;
}

int namespace_check(Names *names, Node parent, const char *name, bool folder)
{
        NameClass class = folder ? name_class_of_folder(name) : name_class_of_file(name);
        int r;

        if (strlen(name) > NAME_BYTES_MAX)
                return -ENAMETOOLONG;
        if ((!(node_traits[parent.kind].lists & NODE_LISTS_UPLOADS) &&
             (folder || !office_is_import(parent))) ||
            looks_fixed(names, parent, name))
                return -EACCES;
        if (class == NAME_TRASH || class == NAME_FORBIDDEN)
                return -EACCES;
        r = namespace_writable(names);
        return r < 0 ? r : (int)class;
}

int namespace_find(Names *names, Node parent, const char *name, Entry *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(names->writer, &reader);

        if (r < 0)
                return r;
        return tree_lookup(names->tree, reader.catalog, parent, name, ret);
}

void namespace_expect(Names *names, Node parent, const char *name)
{
        _cleanup_reader_ Reader reader = {};
        Entry entry;

        if (tree_fixed(names->tree, parent, name) >= 0 ||
            reader_acquire(names->writer, &reader) < 0 || !catalog_look_ahead(reader.catalog))
                return;
        (void)catalog_batch_closed(reader.catalog, names->tree->batch);
        (void)tree_lookup(names->tree, reader.catalog, parent, name, &entry);
        catalog_look(reader.catalog);
}

int namespace_place(Names *names, Node directory, Place *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(names->writer, &reader);

        if (r < 0)
                return r;
        return tree_place(names->tree, reader.catalog, directory, ret);
}

/* ---- unlink ---- */

typedef struct NodeTask {
        int64_t id;
        int64_t point;
        Actor actor;
        int64_t now;
        int64_t submission; /* of a photo, afterwards */
} NodeTask;

static int unlink_photo_task(Catalog *catalog, void *userdata)
{
        NodeTask *task = userdata;
        _cleanup_photo_ PhotoRow photo = {};
        int r = catalog_get_photo(catalog, task->id, &photo);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        task->submission = photo.submission;
        return withdraw_photo(catalog, task->id, task->actor.uid, task->now);
}

static int dismiss(Catalog *catalog, void *userdata)
{
        const NodeTask *task = userdata;

        return withdraw_rejected(catalog, task->id, task->actor.uid, task->now);
}

static int hide_alias(Catalog *catalog, void *userdata)
{
        const NodeTask *task = userdata;

        return rename_hide(catalog, task->id);
}

/* The name of a rejected file or of its note; NULL: it is not shown any more. */
static int name_beside(Names *names, Node node, char **ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int r = reader_acquire(names->writer, &reader);

        *ret = NULL;
        if (r >= 0)
                r = catalog_get_submission(reader.catalog, node.id, &row);
        if (r <= 0 || !row.shown_name)
                return MIN(r, 0);
        if (node.kind == NODE_REASON)
                return tree_note_name(names->tree, reader.catalog, &row, ret);
        *ret = TAKE_PTR(row.shown_name);
        return 0;
}

/* Photo and reason go together; the one that was not named resolves a moment longer for whoever
 * deletes both. */
static int unlink_rejected(Names *names, Node parent, Node node, const NodeTask *task)
{
        Node other = {.kind = node.kind == NODE_REJECTED ? NODE_REASON : NODE_REJECTED,
                      .id = node.id};
        _cleanup_free_ char *other_name = NULL;
        int r = name_beside(names, other, &other_name);

        if (r >= 0)
                r = lease_run(names->leases, names->writer, task->point, dismiss, (void *)task, 0);
        if (r < 0)
                return r;
        if (other_name)
                ghost_add(names->tree->ghosts, parent, other_name, other);
        return 0;
}

static int unlink_photo(Names *names, const Place *place, const char *name, NodeTask *task)
{
        int r = lease_run(names->leases, names->writer, task->point, unlink_photo_task, task, 0);

        if (r >= 0)
                replacement_note(names->replacements, place, name, &task->actor, task->submission);
        return r;
}

/* -ESTALE: the name means something else by now. */
static int unlink_found(Names *names, Node parent, const char *name, const Entry *entry,
                        NodeTask *task)
{
        Place place;
        int r = namespace_place(names, parent, &place);

        if (r < 0)
                return r;
        task->id = entry->node.id;
        task->point = place.point;
        switch (entry->node.kind) {
        case NODE_UPLOAD:
                return upload_unlink(names->intake, entry->node.id, task->actor.uid);
        case NODE_ALIAS:
                return lease_run(names->leases, names->writer, task->point, hide_alias, task, 0);
        case NODE_PHOTO:
                return unlink_photo(names, &place, name, task);
        case NODE_REJECTED:
        case NODE_REASON:
                return unlink_rejected(names, parent, entry->node, task);
        case NODE_FOLDER:
        case NODE_SUBMITTED_FOLDER:
                return -EISDIR;
        default:
                return -EPERM;
        }
}

static int unlink_once(Names *names, Node parent, const char *name, Actor actor)
{
        NodeTask task = {.actor = actor, .now = names_now(names)};
        Entry entry;
        int r = namespace_find(names, parent, name, &entry);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (entry.ghost) {
                (void)ghost_remove(names->tree->ghosts, parent, name);
                return 0;
        }
        if (entry.node.kind == NODE_INBOX)
                return inbox_unlink(names->tree->inbox, name);
        if (!(node_traits[parent.kind].lists & NODE_LISTS_UPLOADS))
                return entry.node.kind == NODE_FOLDER || entry.node.kind == NODE_SUBMITTED_FOLDER
                               ? -EISDIR
                               : -EPERM;
        return unlink_found(names, parent, name, &entry, &task);
}

int namespace_unlink(Names *names, Node parent, const char *name, Actor actor)
{
        int r;

        if (tree_fixed(names->tree, parent, name) >= 0)
                return -EPERM;
        namespace_expect(names, parent, name);
        r = namespace_writable(names);
        if (r < 0)
                return r;
        /* A verdict that is shown meanwhile gives the name another meaning. */
        r = -ESTALE;
        for (int i = 0; namespace_again(r) && i < NAMESPACE_TRIES; i++)
                r = unlink_once(names, parent, name, actor);
        return r == -ESTALE ? -EAGAIN : r;
}
