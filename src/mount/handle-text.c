/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "live/share.h"
#include "tree/office.h"
#include "tree/snapshot.h"

#include <stdlib.h>

/* Texts of the daemon's. One is made when it is opened; a snapshot is shared by all who read it. */

typedef struct TextHandle {
        Handle base;
        char *data;         /* owned; NULL of a snapshot */
        size_t size;        /* of data */
        Snapshot *snapshot; /* a reference */
} TextHandle;

/* ---- made as it is opened ---- */

static int text_read(Handle *h, size_t size, off_t offset, char **ret, size_t *ret_size)
{
        const TextHandle *t = (const TextHandle *)h;

        return handle_copy(t->data, t->size, size, offset, ret, ret_size);
}

static void text_forget(Handle *h)
{
        free(((TextHandle *)h)->data);
}

static const HandleType text_type = {.read = text_read, .forget = text_forget};

int handle_text_open(const OpenRequest *o, Node node, Handle **ret)
{
        static int (*const make[_NODE_KIND_MAX])(const Tree *, Catalog *, int64_t, char **,
                                                 size_t *) = {
                [NODE_REASON] = tree_reason_text,
                [NODE_MISSING] = tree_missing_text,
                [NODE_OFFICE_NOTE] = office_note_text,
        };
        _cleanup_reader_ Reader reader = {};
        _cleanup_handle_ Handle *h = NULL;
        TextHandle *t;
        int r = handle_new(sizeof(TextHandle), &text_type, node, &h);

        if (r >= 0)
                r = reader_acquire(o->fs->writer, &reader);
        if (r < 0)
                return r;
        t = (TextHandle *)h;
        r = make[node.kind](&o->fs->tree, reader.catalog, node.id, &t->data, &t->size);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}

/* ---- snapshots ---- */

static int snapshot_read(Handle *h, size_t size, off_t offset, char **ret, size_t *ret_size)
{
        const Snapshot *snapshot = ((TextHandle *)h)->snapshot;

        return handle_copy(snapshot->data, snapshot->size, size, offset, ret, ret_size);
}

/* A status shows the photos of its point, so that its fsync waits for their verdicts. */
static int snapshot_fsync(Fs *fs, Handle *h, fuse_req_t req)
{
        ops_wait(fs, req, &(BarrierOptions){.point = h->node.id, .bound_msec = -1});
        return 1;
}

static void snapshot_close(Fs *fs, Handle *h)
{
        snapshot_unref(&fs->tree, ((TextHandle *)h)->snapshot);
}

static void snapshot_forget(Handle *h)
{
        h->fd = -EBADF; /* the snapshot's */
}

static const HandleType snapshot_type = {
        .read = snapshot_read,
        .fsync = snapshot_fsync,
        .close = snapshot_close,
        .forget = snapshot_forget,
};

int handle_snapshot_open(const OpenRequest *o, Node node, Handle **ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_handle_ Handle *h = NULL;
        Snapshot *snapshot;
        int r = handle_new(sizeof(TextHandle), &snapshot_type, node, &h);

        if (r >= 0)
                r = reader_acquire(o->fs->writer, &reader);
        if (r >= 0)
                r = snapshot_of(&o->fs->tree, reader.catalog, snapshot_kind(node), node.id,
                                node.version, &snapshot);
        if (r < 0)
                return r;
        h->paid = share_of_bytes(snapshot->size);
        r = share_take(o->fs->shares, o->actor.uid, h->paid);
        if (r < 0) {
                snapshot_unref(&o->fs->tree, snapshot);
                return r;
        }
        ((TextHandle *)h)->snapshot = snapshot;
        h->fd = snapshot->fd;
        *ret = TAKE_PTR(h);
        return 0;
}
