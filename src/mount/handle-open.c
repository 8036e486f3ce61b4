/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "live/share.h"
#include "names/namespace.h"

/* What a client can do to a file by its node, one row a kind. What it can do to an open one stands
 * in the type of the handle. */
static const struct {
        int (*open)(const OpenRequest *o, Node node, Handle **ret);
        int (*resize)(Fs *fs, Node node, uint64_t size, uid_t uid); /* NULL: -EACCES */
} verbs[_NODE_KIND_MAX] = {
        [NODE_STATUS] = {handle_snapshot_open, NULL},
        [NODE_STATUS_CSV] = {handle_snapshot_open, NULL},
        [NODE_STATUS_XLSX] = {handle_snapshot_open, NULL},
        [NODE_INDEX_HTML] = {handle_snapshot_open, NULL},
        [NODE_EXPORT_MANIFEST] = {handle_snapshot_open, NULL},
        [NODE_EXPORT_SUMS] = {handle_snapshot_open, NULL},
        [NODE_OFFICE_STATUS] = {handle_snapshot_open, NULL},
        [NODE_OFFICE_CSV] = {handle_snapshot_open, NULL},
        [NODE_OFFICE_XLSX] = {handle_snapshot_open, NULL},
        [NODE_OFFICE_HTML] = {handle_snapshot_open, NULL},
        [NODE_REVIEW_HTML] = {handle_snapshot_open, NULL},
        [NODE_REASON] = {handle_text_open, NULL},
        [NODE_MISSING] = {handle_text_open, NULL},
        [NODE_UPLOAD] = {handle_upload_open, handle_upload_resize},
        [NODE_ALIAS] = {handle_blob_open, handle_upload_resize},
        [NODE_PHOTO] = {handle_blob_open, handle_upload_resize},
        [NODE_REJECTED] = {handle_blob_open, handle_upload_resize},
        [NODE_OFFICE_PHOTO] = {handle_blob_open, NULL},
        [NODE_OFFICE_EXPORTED] = {handle_blob_open, NULL},
        [NODE_OFFICE_CENTRE] = {handle_blob_open, NULL},
        [NODE_READY] = {handle_blob_open, NULL},
        [NODE_READY_MANIFEST] = {handle_snapshot_open, NULL},
        [NODE_OFFICE_NOTE] = {handle_note_open, handle_note_resize},
        [NODE_INBOX] = {handle_inbox_open, handle_inbox_resize},
        [NODE_LITTER] = {handle_litter_open, handle_litter_resize},
};

static int open_by_kind(const OpenRequest *o, Node node, Handle **ret)
{
        bool writing = open_writes(o);
        int r = writing ? namespace_writable(&o->fs->names) : 0;

        if (r < 0)
                return r;
        if (!verbs[node.kind].open)
                return -EISDIR;
        if (writing && !node_traits[node.kind].writable)
                return -EACCES;
        if (writing && node_traits[node.kind].finished)
                return handle_upload_again(o, node, ret);
        return verbs[node.kind].open(o, node, ret);
}

static int create_by_class(const OpenRequest *o, Node parent, const char *name, int class,
                           Entry *ret_entry, Handle **ret)
{
        if (class == NAME_LITTER)
                return handle_litter_create(o, parent, name, ret_entry, ret);
        if (office_is_import(parent))
                return handle_inbox_create(o, name, ret_entry, ret);
        return handle_upload_create(o, parent, name, class != NAME_NORMAL, ret_entry, ret);
}

/* ---- a file counts to the share of the user who opens it ---- */

static int take_share(const OpenRequest *o)
{
        return o->only_made ? 0 : share_take(o->fs->shares, o->actor.uid, 1);
}

/* r: the result of what was opened then. On failure gives the share back. */
static int keep_share(const OpenRequest *o, int r, Handle **h)
{
        if (o->only_made)
                return r;
        if (r < 0) {
                share_give_back(o->fs->shares, o->actor.uid, 1);
                return r;
        }
        (*h)->payer = o->actor.uid;
        (*h)->paid++;
        return r;
}

int handle_open(const OpenRequest *o, Node node, Handle **ret)
{
        int r = take_share(o);

        return r < 0 ? r : keep_share(o, open_by_kind(o, node, ret), ret);
}

int handle_create(const OpenRequest *o, Node parent, const char *name, int class, Entry *ret_entry,
                  Handle **ret)
{
        int r = take_share(o);

        if (r < 0)
                return r;
        return keep_share(o, create_by_class(o, parent, name, class, ret_entry, ret), ret);
}

int handle_resize(Fs *fs, Node node, uint64_t size, uid_t uid)
{
        int r = namespace_writable(&fs->names);

        if (r < 0)
                return r;
        return verbs[node.kind].resize ? verbs[node.kind].resize(fs, node, size, uid) : -EACCES;
}
