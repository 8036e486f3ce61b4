/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "names/inbox-import.h"
#include "tree/inbox.h"

#include <fcntl.h>
#include <unistd.h>

/* A list in OFFICE/import/. It is imported when the last handle that wrote to it is closed. */

typedef struct InboxHandle {
        Handle base;
        bool dirty; /* written to */
} InboxHandle;

static int inbox_handle_write(Fs *fs _unused_, Handle *h, const char *data, size_t size,
                              off_t offset)
{
        ((InboxHandle *)h)->dirty = true;
        return inbox_write(h->fd, data, size, offset);
}

static int inbox_handle_truncate(Fs *fs, Handle *h, uint64_t size)
{
        ((InboxHandle *)h)->dirty = true;
        return inbox_truncate(fs->tree.inbox, h->node, h->fd, size);
}

static int inbox_handle_fsync(Fs *fs, Handle *h, fuse_req_t req _unused_)
{
        return fsync(h->fd) < 0 ? -errno : inbox_sync(fs->tree.inbox);
}

static void inbox_handle_close(Fs *fs, Handle *h)
{
        h->fd = safe_close(h->fd);
        if (((InboxHandle *)h)->dirty)
                inbox_written(&fs->names, h->node);
}

static const HandleType inbox_read_type = {.fsync = inbox_handle_fsync};

static const HandleType inbox_write_type = {
        .write = inbox_handle_write,
        .truncate = inbox_handle_truncate,
        .fsync = inbox_handle_fsync,
        .close = inbox_handle_close,
};

int handle_inbox_open(const OpenRequest *o, Node node, Handle **ret)
{
        const HandleType *type = open_writes(o) ? &inbox_write_type : &inbox_read_type;
        _cleanup_handle_ Handle *h = NULL;
        int r = handle_new(sizeof(InboxHandle), type, node, &h);

        if (r < 0)
                return r;
        ((InboxHandle *)h)->dirty = o->flags & O_TRUNC;
        r = inbox_open(o->fs->tree.inbox, node, o->flags, &h->fd);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}

int handle_inbox_create(const OpenRequest *o, const char *name, Entry *ret_entry, Handle **ret)
{
        _cleanup_handle_ Handle *h = NULL;
        int r = handle_new(sizeof(InboxHandle), &inbox_write_type, (Node){}, &h);

        if (r >= 0)
                r = inbox_create(o->fs->tree.inbox, name, o->actor, &h->node, &h->fd);
        if (r >= 0)
                r = inbox_attributes(o->fs->tree.inbox, h->node, &ret_entry->attributes);
        if (r < 0)
                return r;
        /* A file that mknod made is yet to be written. */
        ((InboxHandle *)h)->dirty = !o->only_made;
        ret_entry->node = h->node;
        *ret = TAKE_PTR(h);
        return 0;
}

int handle_inbox_resize(Fs *fs, Node node, uint64_t size, uid_t uid _unused_)
{
        return inbox_truncate(fs->tree.inbox, node, -EBADF, size);
}
