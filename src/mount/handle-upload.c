/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "intake/intake.h"
#include "intake/preview.h"
#include "live/binding.h"
#include "names/namespace.h"
#include "names/redrop.h"

#include <fcntl.h>

/* Uploads, and what is finished as soon as somebody writes to it: see ops-file.c. */

typedef struct UploadHandle {
        Handle base;  /* node: the upload's */
        uid_t uid;    /* who opened it for writing */
        bool bound;   /* opened by the node below */
        Node through; /* something finished */
} UploadHandle;

/* ---- for writing ---- */

static int write_write(Fs *fs, Handle *h, const char *data, size_t size, off_t offset)
{
        return upload_write(&fs->intake, h->node.id, h->fd, data, size, offset);
}

static int write_truncate(Fs *fs, Handle *h, uint64_t size)
{
        return upload_truncate(&fs->intake, h->node.id, h->fd, size, ((UploadHandle *)h)->uid);
}

static int write_flush(Fs *fs, Handle *h, fuse_req_t req)
{
        int r = upload_flush(&fs->intake, h->node.id, h->fd);

        return r < 0 ? r : preview_flush(&fs->intake, req, h->node.id);
}

static int upload_handle_fsync(Fs *fs, Handle *h, fuse_req_t req _unused_)
{
        return upload_fsync(&fs->intake, h->node.id, h->fd);
}

static void write_close(Fs *fs, Handle *h)
{
        const UploadHandle *u = (const UploadHandle *)h;

        upload_release_write(&fs->intake, h->node.id, TAKE_FD(h->fd), u->uid);
        if (u->bound)
                binding_remove(fs->bindings, u->through, h->node.id);
}

static const HandleType write_type = {
        .write = write_write,
        .truncate = write_truncate,
        .flush = write_flush,
        .fsync = upload_handle_fsync,
        .close = write_close,
};

/* ---- for reading ---- */

static void read_close(Fs *fs, Handle *h)
{
        upload_release_read(&fs->intake, h->node.id, TAKE_FD(h->fd));
}

static const HandleType read_type = {.fsync = upload_handle_fsync, .close = read_close};

/* ---- opening ---- */

static int open_read(const OpenRequest *o, Node node, Handle **ret)
{
        _cleanup_handle_ Handle *h = NULL;
        int r = handle_new(sizeof(UploadHandle), &read_type, node, &h);

        if (r >= 0)
                r = upload_open_read(&o->fs->intake, node.id, &h->fd);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}

static int open_write(const OpenRequest *o, Node node, Handle **ret)
{
        _cleanup_handle_ Handle *h = NULL;
        int r = handle_new(sizeof(UploadHandle), &write_type, node, &h);

        if (r < 0)
                return r;
        ((UploadHandle *)h)->uid = o->actor.uid;
        r = upload_open_write(&o->fs->intake, node.id, o->flags & O_TRUNC, o->actor.uid, &h->fd);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}

int handle_upload_open(const OpenRequest *o, Node node, Handle **ret)
{
        int r;

        if (!open_writes(o))
                return open_read(o, node, ret);
        r = open_write(o, node, ret);
        return r == -ESTALE ? handle_upload_again(o, node, ret) : r;
}

int handle_upload_again(const OpenRequest *o, Node node, Handle **ret)
{
        bool truncate = o->flags & O_TRUNC;
        _cleanup_handle_ Handle *h = NULL;
        Node upload = {.kind = NODE_UPLOAD};
        UploadHandle *u;
        int r;

        r = redrop_begin(&o->fs->names, redrop_node(&o->fs->names, node), truncate, o->actor.uid,
                         &upload.id);
        if (r > 0)
                return -ESTALE;
        if (r == 0)
                r = open_write(o, upload, &h);
        /* Closed unwritten just now: the kernel, which may be on its second try, gets another. */
        if (r == -ESTALE) {
                r = redrop_begin(&o->fs->names, redrop_node(&o->fs->names, node), truncate,
                                 o->actor.uid, &upload.id);
                if (r >= 0)
                        r = open_write(o, upload, &h);
        }
        if (r < 0)
                return r;
        r = binding_add(o->fs->bindings, node, upload.id);
        if (r < 0) {
                upload_release_write(&o->fs->intake, upload.id, TAKE_FD(h->fd), o->actor.uid);
                return r;
        }
        u = (UploadHandle *)h;
        u->through = node;
        u->bound = true;
        h->direct_io = true;
        *ret = TAKE_PTR(h);
        return 0;
}

int handle_upload_create(const OpenRequest *o, Node parent, const char *name, bool temporary,
                         Entry *ret_entry, Handle **ret)
{
        _cleanup_handle_ Handle *h = NULL;
        Node node = {.kind = NODE_UPLOAD};
        Actor actor = o->actor;
        struct stat directory;
        Place place;
        int fd, r;

        r = namespace_place(&o->fs->names, parent, &place);
        if (r >= 0)
                r = ops_attributes(o->fs, parent, &directory);
        if (r >= 0)
                r = handle_new(sizeof(UploadHandle), &write_type, node, &h);
        if (r < 0)
                return r;
        if (directory.st_mode & S_ISGID)
                actor.gid = directory.st_gid;
        r = upload_create(&o->fs->intake,
                          &(NewUpload){.place = place,
                                       .name = name,
                                       .temporary = temporary,
                                       .mode = o->mode,
                                       .actor = actor},
                          &node.id, &fd);
        if (r < 0)
                return r;
        r = ops_attributes(o->fs, node, &ret_entry->attributes);
        if (r < 0) {
                upload_release_write(&o->fs->intake, node.id, fd, actor.uid);
                (void)upload_unlink(&o->fs->intake, node.id, actor.uid);
                return r;
        }
        ((UploadHandle *)h)->uid = actor.uid;
        h->node = ret_entry->node = node;
        h->fd = fd;
        *ret = TAKE_PTR(h);
        return 0;
}

/* ---- by the node ---- */

int handle_upload_resize(Fs *fs, Node node, uint64_t size, uid_t uid)
{
        int64_t upload;
        int r = -ESTALE;

        if (node.kind == NODE_UPLOAD)
                r = upload_truncate(&fs->intake, node.id, -EBADF, size, uid);
        if (r != -ESTALE)
                return r;
        r = redrop_begin(&fs->names, redrop_node(&fs->names, node), size == 0, uid, &upload);
        if (r != 0)
                return r < 0 ? r : -ESTALE;
        return upload_truncate(&fs->intake, upload, -EBADF, size, uid);
}
