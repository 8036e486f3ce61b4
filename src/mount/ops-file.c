/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "names/namespace.h"

#include <fcntl.h>

/*
 * Open files.
 *
 * What is finished is never written in place. Opening an alias, a photo or a rejected file for
 * writing begins a new upload of that name and answers ESTALE: the kernel then looks the name up
 * once more, finds the new upload, and opens that. So the upload has an inode of its own, and what
 * was finished keeps its bytes whatever the client does. Who has no name to look up comes to the
 * same node again, and is bound to the upload: see binding.h.
 */

static Handle *handle_of(const struct fuse_file_info *fi)
{
        return (Handle *)(uintptr_t)fi->fh;
}

static OpenRequest open_request(fuse_req_t req, int flags, mode_t mode)
{
        return (OpenRequest){
                .fs = request_fs(req), .actor = actor_of(req), .flags = flags, .mode = mode};
}

/* ---- opening ---- */

void ops_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        OpenRequest o = open_request(req, fi->flags, 0);
        Handle *h;
        Node node;
        int r = node_of(ino, &node);

        if (r >= 0)
                r = handle_open(&o, node, &h);
        if (r < 0) {
                (void)fuse_reply_err(req, ops_errno(r));
                return;
        }
        fi->fh = (uintptr_t)h;
        fi->direct_io = h->direct_io;
        fi->keep_cache = node_traits[node.kind].keep_cache && !h->direct_io;
        handle_add(o.fs, h);
        if (fuse_reply_open(req, fi) < 0)
                handle_close(o.fs, h);
}

/* The name may have come into being between the kernel's look-up and this request. 1: it has, and
 * is open; 0: it has not. */
static int open_existing(const OpenRequest *o, Node parent, const char *name, Entry *ret_entry,
                         Handle **ret)
{
        int r = namespace_find(&o->fs->names, parent, name, ret_entry);

        if (r <= 0)
                return r;
        if (o->flags & O_EXCL)
                return -EEXIST;
        r = handle_open(o, ret_entry->node, ret);
        return r < 0 ? r : 1;
}

void ops_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
                struct fuse_file_info *fi)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        OpenRequest o = open_request(req, fi->flags, mode);
        struct fuse_entry_param e;
        Entry entry = {};
        Handle *h;
        Node node;
        int class = 0, r = node_of(parent, &node);

        if (r >= 0)
                namespace_expect(&o.fs->names, node, name);
        if (r >= 0)
                r = namespace_check(&o.fs->names, node, name, false);
        class = r;
        if (r >= 0)
                r = open_existing(&o, node, name, &entry, &h);
        if (r == 0)
                r = handle_create(&o, node, name, class, &entry, &h);
        if (r < 0) {
                (void)fuse_reply_err(req, ops_errno(r));
                return;
        }
        fi->fh = (uintptr_t)h;
        ops_fill_entry(&entry, 0, &e);
        handle_add(o.fs, h);
        if (fuse_reply_create(req, &e, fi) < 0)
                handle_close(o.fs, h);
}

/* An empty file that is opened afterwards, as tar and busybox make it. Neither devices, sockets nor
 * pipes [Z3]. */
void ops_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
               dev_t device _unused_)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        OpenRequest o = open_request(req, 0, mode);
        struct fuse_entry_param e;
        Entry entry = {};
        Handle *h;
        Node node;
        int class = 0, r = S_ISREG(mode) ? node_of(parent, &node) : -EPERM;

        o.only_made = true;
        if (r >= 0)
                namespace_expect(&o.fs->names, node, name);
        if (r >= 0)
                r = namespace_check(&o.fs->names, node, name, false);
        class = r;
        if (r >= 0)
                r = namespace_find(&o.fs->names, node, name, &entry);
        if (r > 0)
                r = -EEXIST;
        if (r == 0)
                r = handle_create(&o, node, name, class, &entry, &h);
        if (r < 0) {
                (void)fuse_reply_err(req, ops_errno(r));
                return;
        }
        handle_add(o.fs, h);
        handle_close(o.fs, h);
        ops_fill_entry(&entry, 0, &e);
        (void)fuse_reply_entry(req, &e);
}

/* ---- bytes ---- */

static void reply_file(fuse_req_t req, int fd, size_t size, off_t offset)
{
        struct fuse_bufvec buffer = FUSE_BUFVEC_INIT(size);

        buffer.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK | FUSE_BUF_FD_RETRY;
        buffer.buf[0].fd = fd;
        buffer.buf[0].pos = offset;
        (void)fuse_reply_data(req, &buffer, FUSE_BUF_SPLICE_MOVE);
}

void ops_read(fuse_req_t req, fuse_ino_t ino _unused_, size_t size, off_t offset,
              struct fuse_file_info *fi)
{
        Handle *h = handle_of(fi);
        /* As soon as the kernel has the answer, it may release the handle on another thread, and
         * the text with it. */
        _cleanup_free_ char *copy = NULL;
        size_t n;
        int r;

        if (h->fd >= 0) {
                reply_file(req, h->fd, size, offset);
                return;
        }
        r = h->type->read(h, size, offset, &copy, &n);
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                (void)fuse_reply_buf(req, copy, n);
}

void ops_write(fuse_req_t req, fuse_ino_t ino _unused_, const char *data, size_t size, off_t offset,
               struct fuse_file_info *fi)
{
        Handle *h = handle_of(fi);
        int r = h->type->write ? h->type->write(request_fs(req), h, data, size, offset) : -EBADF;

        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                (void)fuse_reply_write(req, size);
}

/* r: of the verb. 1: it has taken the request. */
static void reply_done(fuse_req_t req, int r)
{
        if (r <= 0)
                (void)fuse_reply_err(req, r < 0 ? ops_errno(r) : 0);
}

void ops_flush(fuse_req_t req, fuse_ino_t ino _unused_, struct fuse_file_info *fi)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Handle *h = handle_of(fi);

        reply_done(req, h->type->flush ? h->type->flush(request_fs(req), h, req) : 0);
}

void ops_fsync(fuse_req_t req, fuse_ino_t ino _unused_, int datasync _unused_,
               struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        Handle *h = handle_of(fi);

        reply_done(req, h->type->fsync ? h->type->fsync(fs, h, req) : writer_sync(fs->writer));
}

void ops_release(fuse_req_t req, fuse_ino_t ino _unused_, struct fuse_file_info *fi)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);

        handle_close(request_fs(req), handle_of(fi));
        (void)fuse_reply_err(req, 0);
}

int ops_truncate(fuse_req_t req, Node node, uint64_t size, struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        Handle *h;

        if (!fi)
                return handle_resize(fs, node, size, fuse_req_ctx(req)->uid);
        h = handle_of(fi);
        return h->type->truncate ? h->type->truncate(fs, h, size) : -EBADF;
}
