/* SPDX-License-Identifier: MIT */
#include "ops-internal.h"

#include "handle.h"
#include "intake/preview.h"
#include <idphoto/photorow.h>
#include <idphoto/submission.h>

#include "live/barrier.h"
#include "live/binding.h"
#include "live/ghost.h"
#include "live/openlist.h"
#include "live/share.h"
#include "intake/upload.h"
#include "names/inbox-import.h"
#include "names/namespace.h"
#include "names/office-decide.h"
#include "names/redrop.h"
#include "tree/inbox.h"
#include "tree/office.h"
#include "tree/snapshot.h"

#include <fcntl.h>
#include <string.h>

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

/* Without what a close means, at the end of the daemon. */
static void handle_forget(OpenLink *link)
{
        Handle *h = (Handle *)((char *)link - offsetof(Handle, link));

        if (h->kind == HANDLE_READ || h->kind == HANDLE_WRITE || h->kind == HANDLE_INBOX)
                (void)safe_close(h->fd);
        if (h->kind == HANDLE_NOTE)
                (void)pthread_mutex_destroy(&h->note_lock);
        if (h->kind == HANDLE_NOTE || h->kind == HANDLE_TEXT)
                free(h->data);
        free(h);
}

static void handle_free(Fs *fs, Handle *h)
{
        openlist_remove(fs, &h->link);
        switch (h->kind) {
        case HANDLE_READ:
                if (h->reads_upload)
                        upload_release_read(fs, h->node.id, h->fd);
                else
                        (void)safe_close(h->fd);
                break;
        case HANDLE_WRITE:
                upload_release_write(fs, h->node.id, h->fd, h->uid);
                if (h->bound)
                        binding_remove(fs, h->through, h->node.id);
                break;
        case HANDLE_INBOX:
                (void)safe_close(h->fd);
                if (h->dirty)
                        inbox_written(fs, h->node);
                break;
        case HANDLE_NOTE:
                (void)note_handle_save(fs, h);
                (void)pthread_mutex_destroy(&h->note_lock);
                free(h->data);
                break;
        case HANDLE_TEXT:
                free(h->data);
                break;
        case HANDLE_STATUS:
                snapshot_unref(fs, h->snapshot);
                break;
        case HANDLE_LITTER: {
                uint64_t size = h->size;

                ghost_litter_set(fs, h->node, &size, NULL, NULL);
                break;
        }
        }
        share_give_back(fs->shares, h->payer, h->paid);
        free(h);
}

/* ---- opening ---- */

/* One that counts to the share of the user who opens it. */
static int handle_new(Fs *fs, uid_t uid, Handle **ret)
{
        Handle *h = calloc(1, sizeof(*h));
        int r = h ? share_take(fs->shares, uid, 1) : -ENOMEM;

        if (r < 0) {
                free(h);
                return r;
        }
        h->payer = uid;
        h->paid = 1;
        *ret = h;
        return 0;
}

/* One that holds nothing. */
static void handle_drop(Fs *fs, Handle *h)
{
        if (!h)
                return;
        share_give_back(fs->shares, h->payer, h->paid);
        free(h);
}

static int open_blob(Fs *fs, Node node)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_photo_ PhotoRow photo = {};
        int r;

        r = reader_acquire(fs, &reader);
        if (r < 0)
                return r;
        if (node.kind == NODE_PHOTO || node.kind == NODE_OFFICE_PHOTO ||
            node.kind == NODE_OFFICE_EXPORTED || node.kind == NODE_OFFICE_CENTRE) {
                r = catalog_get_photo(reader.catalog, node.id, &photo);
                if (r <= 0)
                        return r < 0 ? r : -ESTALE;
                return blob_open(fs->store,
                                 node.kind == NODE_OFFICE_CENTRE ? &photo.centre : &photo.blob);
        }
        r = catalog_get_submission(reader.catalog, node.id, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        /* Of what is finished the bytes can only have been erased [Z5]. */
        if (!row.has_original)
                return row.state < SUBMISSION_ACCEPTED ? -ESTALE : -ENODATA;
        return blob_open(fs->store, &row.original);
}

static int open_status(Fs *fs, Node node, Handle *h)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs, &reader);

        if (r >= 0)
                r = snapshot_of(fs, reader.catalog, snapshot_kind(node), node.id, node.version,
                                &h->snapshot);
        if (r < 0)
                return r;
        r = share_take(fs->shares, h->payer, share_of_bytes(h->snapshot->size));
        if (r < 0) {
                snapshot_unref(fs, TAKE_PTR(h->snapshot));
                return r;
        }
        h->paid += share_of_bytes(h->snapshot->size);
        h->kind = HANDLE_STATUS;
        h->data = h->snapshot->data;
        h->fd = h->snapshot->fd;
        h->size = h->snapshot->size;
        return 0;
}

static int open_text(Fs *fs, Node node, Handle *h)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs, &reader);

        if (r >= 0)
                r = node.kind == NODE_OFFICE_NOTE
                            ? office_note_text(fs, reader.catalog, node.id, &h->data, &h->size)
                    : node.kind == NODE_REASON
                            ? tree_reason_text(fs, reader.catalog, node.id, &h->data, &h->size)
                            : tree_missing_text(fs, reader.catalog, node.id, &h->data, &h->size);
        if (r < 0)
                return r;
        h->kind = HANDLE_TEXT;
        return 0;
}

/* Something finished is opened for writing. */
static int open_again(Fs *fs, Node node, bool truncate, uid_t actor, Handle *h)
{
        int64_t upload;
        int fd = -EBADF, r;

        r = redrop_begin(fs, redrop_node(fs, node), truncate, actor, &upload);
        if (r > 0)
                return -ESTALE;
        if (r == 0)
                r = upload_open_write(fs, upload, truncate, actor, &fd);
        /* Closed unwritten just now: the kernel, which may be on its second try, gets another. */
        if (r == -ESTALE) {
                r = redrop_begin(fs, redrop_node(fs, node), truncate, actor, &upload);
                if (r >= 0)
                        r = upload_open_write(fs, upload, truncate, actor, &fd);
        }
        if (r < 0)
                return r;
        r = binding_add(fs, node, upload);
        if (r < 0) {
                upload_release_write(fs, upload, fd, actor);
                return r;
        }
        h->kind = HANDLE_WRITE;
        h->node = (Node){.kind = NODE_UPLOAD, .id = upload};
        h->uid = actor;
        h->through = node;
        h->bound = true;
        h->fd = fd;
        return 0;
}

static int open_handle(Fs *fs, Node node, int flags, uid_t actor, Handle *h)
{
        bool writing = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);
        int r = writing ? namespace_writable(fs) : 0;

        if (r < 0)
                return r;
        h->node = node;
        switch (node.kind) {
        case NODE_UPLOAD:
                if (writing) {
                        h->kind = HANDLE_WRITE;
                        h->uid = actor;
                        r = upload_open_write(fs, node.id, flags & O_TRUNC, actor, &h->fd);
                        return r == -ESTALE ? open_again(fs, node, flags & O_TRUNC, actor, h) : r;
                }
                h->kind = HANDLE_READ;
                h->reads_upload = true;
                return upload_open_read(fs, node.id, &h->fd);
        case NODE_ALIAS:
        case NODE_PHOTO:
        case NODE_REJECTED:
                if (writing)
                        return open_again(fs, node, flags & O_TRUNC, actor, h);
                h->kind = HANDLE_READ;
                h->fd = open_blob(fs, node);
                return MIN(h->fd, 0);
        case NODE_STATUS:
        case NODE_STATUS_CSV:
        case NODE_EXPORT_MANIFEST:
        case NODE_EXPORT_SUMS:
        case NODE_INDEX_HTML:
                return writing ? -EACCES : open_status(fs, node, h);
        case NODE_MISSING:
        case NODE_REASON:
                return writing ? -EACCES : open_text(fs, node, h);
        case NODE_OFFICE_PHOTO:
        case NODE_OFFICE_EXPORTED:
        case NODE_OFFICE_CENTRE:
                if (writing)
                        return -EACCES;
                h->kind = HANDLE_READ;
                h->fd = open_blob(fs, node);
                return MIN(h->fd, 0);
        case NODE_INBOX:
                h->kind = writing ? HANDLE_INBOX : HANDLE_READ;
                h->dirty = writing && (flags & O_TRUNC);
                return inbox_open(fs, node, flags, &h->fd);
        case NODE_OFFICE_NOTE:
                r = open_text(fs, node, h);
                if (r < 0 || !writing)
                        return r;
                h->kind = HANDLE_NOTE;
                (void)pthread_mutex_init(&h->note_lock, NULL);
                h->actor = (Actor){.uid = actor};
                return flags & O_TRUNC ? note_handle_resize(h, 0) : 0;
        case NODE_LITTER:
                h->kind = HANDLE_LITTER;
                return 0;
        default:
                return -EISDIR;
        }
}

void ops_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        Handle *h = NULL;
        Node node;
        int r = handle_new(fs, fuse_req_ctx(req)->uid, &h);

        if (r >= 0 && !node_from_ino(ino, &node))
                r = -ESTALE;
        if (r >= 0)
                r = open_handle(fs, node, fi->flags, fuse_req_ctx(req)->uid, h);
        if (r < 0) {
                handle_drop(fs, h);
                (void)fuse_reply_err(req, ops_errno(r));
                return;
        }
        fi->fh = (uintptr_t)h;
        /* These never change under their number. */
        fi->keep_cache = node.kind == NODE_PHOTO || node.kind == NODE_ALIAS ||
                         node.kind == NODE_OFFICE_PHOTO || node.kind == NODE_OFFICE_EXPORTED ||
                         node.kind == NODE_REJECTED || node_is_snapshot(node);
        /* The kernel's pages of that node hold other bytes. */
        fi->direct_io = h->bound || h->kind == HANDLE_NOTE;
        fi->keep_cache &= !h->bound;
        openlist_add(fs, &h->link, handle_forget);
        if (fuse_reply_open(req, fi) < 0)
                handle_free(fs, h);
}

static int create_upload(Fs *fs, Node parent, const char *name, bool temporary, mode_t mode,
                         const struct fuse_ctx *context, Handle *h, Entry *ret)
{
        Actor actor = {.uid = context->uid, .gid = context->gid, .task = context->pid};
        Place place;
        struct stat directory;
        int64_t id;
        int r = namespace_place(fs, parent, &place);

        if (r >= 0)
                r = ops_attributes(fs, parent, &directory);
        if (r < 0)
                return r;
        if (directory.st_mode & S_ISGID)
                actor.gid = directory.st_gid;
        r = upload_create(fs, &place, name, temporary, mode, &actor, &id, &h->fd);
        if (r < 0)
                return r;
        h->kind = HANDLE_WRITE;
        h->uid = actor.uid;
        h->node = ret->node = (Node){.kind = NODE_UPLOAD, .id = id};
        r = ops_attributes(fs, ret->node, &ret->attributes);
        if (r < 0) {
                upload_release_write(fs, id, h->fd, actor.uid);
                (void)upload_unlink(fs, id, actor.uid);
        }
        return r;
}

static int create_in_inbox(Fs *fs, const char *name, const struct fuse_ctx *context, Handle *h,
                           Entry *ret)
{
        int r = inbox_create(fs, name, (Actor){.uid = context->uid, .gid = context->gid},
                             &ret->node, &h->fd);

        if (r < 0)
                return r;
        h->kind = HANDLE_INBOX;
        h->node = ret->node;
        h->dirty = true;
        return inbox_attributes(fs, ret->node, &ret->attributes);
}

static int create_litter(Fs *fs, Node parent, const char *name, mode_t mode,
                         const struct fuse_ctx *context, Handle *h, Entry *ret)
{
        int r = ghost_litter_create(fs, parent, name, mode, context->uid, context->gid, 0,
                                    fs_now(fs), &ret->node);

        if (r < 0)
                return r;
        h->kind = HANDLE_LITTER;
        h->node = ret->node;
        return ghost_litter_attributes(fs, ret->node, &ret->attributes);
}

/* A new file by a handle, made by the class of its name. */
static int create_new(Fs *fs, Node parent, const char *name, int class, mode_t mode,
                      const struct fuse_ctx *context, Handle *h, Entry *ret)
{
        if (class == NAME_LITTER)
                return create_litter(fs, parent, name, mode, context, h, ret);
        if (office_is_import(parent))
                return create_in_inbox(fs, name, context, h, ret);
        return create_upload(fs, parent, name, class != NAME_NORMAL, mode, context, h, ret);
}

/* The name came into being between the kernel's look-up and this request. */
static int open_existing(Fs *fs, Node parent, const char *name, int flags, uid_t actor, Handle *h,
                         Entry *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs, &reader);

        if (r >= 0)
                r = tree_lookup(fs, reader.catalog, parent, name, ret);
        if (r <= 0)
                return r;
        if (flags & O_EXCL)
                return -EEXIST;
        r = open_handle(fs, ret->node, flags, actor, h);
        return r < 0 ? r : 1;
}

void ops_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
                struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        const struct fuse_ctx *context = fuse_req_ctx(req);
        Handle *h = NULL;
        struct fuse_entry_param e;
        Entry entry = {};
        Node node;
        int class, r = handle_new(fs, context->uid, &h);

        if (r >= 0 && !node_from_ino(parent, &node))
                r = -ESTALE;
        if (r >= 0) {
                class = namespace_check(fs, node, name, false);
                if (class < 0)
                        r = class;
                else
                        r = open_existing(fs, node, name, fi->flags, context->uid, h, &entry);
                if (r == 0)
                        r = create_new(fs, node, name, class, mode, context, h, &entry);
        }
        if (r < 0) {
                handle_drop(fs, h);
                (void)fuse_reply_err(req, ops_errno(r));
                return;
        }
        fi->fh = (uintptr_t)h;
        ops_fill_entry(&entry, 0, &e);
        openlist_add(fs, &h->link, handle_forget);
        if (fuse_reply_create(req, &e, fi) < 0)
                handle_free(fs, h);
}

/* An empty file that is opened afterwards, as tar and busybox make it. Neither devices, sockets nor
 * pipes [Z3]. */
void ops_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
               dev_t device _unused_)
{
        Fs *fs = request_fs(req);
        Handle *h = calloc(1, sizeof(*h));
        struct fuse_entry_param e;
        Entry entry = {}, existing;
        Node node;
        int class = 0, r = h ? 0 : -ENOMEM;

        if (r >= 0 && !S_ISREG(mode))
                r = -EPERM;
        if (r >= 0 && !node_from_ino(parent, &node))
                r = -ESTALE;
        if (r >= 0) {
                class = namespace_check(fs, node, name, false);
                r = MIN(class, 0);
        }
        if (r >= 0) {
                _cleanup_reader_ Reader reader = {};

                r = reader_acquire(fs, &reader);
                if (r >= 0)
                        r = tree_lookup(fs, reader.catalog, node, name, &existing);
                if (r > 0)
                        r = -EEXIST;
        }
        if (r >= 0)
                r = create_new(fs, node, name, class, mode, fuse_req_ctx(req), h, &entry);
        if (r < 0) {
                free(h);
                (void)fuse_reply_err(req, ops_errno(r));
                return;
        }
        /* Closed as if it had been open. In the import folder what comes is yet to be written. */
        h->dirty = false;
        openlist_add(fs, &h->link, handle_forget);
        handle_free(fs, h);
        ops_fill_entry(&entry, 0, &e);
        (void)fuse_reply_entry(req, &e);
}

/* ---- bytes ---- */

/* A copy: as soon as the kernel has the answer it may release the handle, and with it the text, on
 * another thread. */
static int copy_text(Handle *h, size_t size, off_t offset, char **ret, size_t *ret_size)
{
        char *copy = NULL;
        size_t n = 0;

        if (h->kind == HANDLE_NOTE)
                (void)pthread_mutex_lock(&h->note_lock);
        if (h->data && offset >= 0 && (size_t)offset < h->size) {
                n = MIN(size, h->size - (size_t)offset);
                copy = malloc(n);
                if (copy)
                        memcpy(copy, h->data + offset, n);
        }
        if (h->kind == HANDLE_NOTE)
                (void)pthread_mutex_unlock(&h->note_lock);
        if (n > 0 && !copy)
                return -ENOMEM;
        *ret = copy;
        *ret_size = n;
        return 0;
}

static void read_text(fuse_req_t req, Handle *h, size_t size, off_t offset)
{
        _cleanup_free_ char *copy = NULL;
        size_t n;

        if (copy_text(h, size, offset, &copy, &n) < 0)
                (void)fuse_reply_err(req, ENOMEM);
        else
                (void)fuse_reply_buf(req, copy, n);
}

void ops_read(fuse_req_t req, fuse_ino_t ino _unused_, size_t size, off_t offset,
              struct fuse_file_info *fi)
{
        Handle *h = handle_of(fi);

        if (h->kind == HANDLE_READ || h->kind == HANDLE_WRITE || h->kind == HANDLE_INBOX ||
            (h->kind == HANDLE_STATUS && h->fd >= 0)) {
                struct fuse_bufvec buffer = FUSE_BUFVEC_INIT(size);

                buffer.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK | FUSE_BUF_FD_RETRY;
                buffer.buf[0].fd = h->fd;
                buffer.buf[0].pos = offset;
                (void)fuse_reply_data(req, &buffer, FUSE_BUF_SPLICE_MOVE);
        } else
                read_text(req, h, size, offset);
}

void ops_write(fuse_req_t req, fuse_ino_t ino _unused_, const char *data, size_t size, off_t offset,
               struct fuse_file_info *fi)
{
        Handle *h = handle_of(fi);
        int r = 0;

        if (h->kind == HANDLE_WRITE)
                r = upload_write(request_fs(req), h->node.id, h->fd, data, size, offset);
        else if (h->kind == HANDLE_INBOX) {
                h->dirty = true;
                r = inbox_write(h->fd, data, size, offset);
        } else if (h->kind == HANDLE_NOTE)
                r = note_handle_write(h, data, size, offset);
        else if (h->kind == HANDLE_LITTER)
                h->size = MAX(h->size, (size_t)offset + size);
        else
                r = -EBADF;
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                (void)fuse_reply_write(req, size);
}

void ops_flush(fuse_req_t req, fuse_ino_t ino _unused_, struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        Handle *h = handle_of(fi);
        int r = h->kind == HANDLE_WRITE  ? upload_flush(fs, h->node.id)
                : h->kind == HANDLE_NOTE ? note_handle_save(fs, h)
                                         : 0;

        if (r >= 0 && h->kind == HANDLE_WRITE && preview_flush(fs, req, h->node.id))
                return;
        (void)fuse_reply_err(req, r < 0 ? ops_errno(r) : 0);
}

void ops_release(fuse_req_t req, fuse_ino_t ino _unused_, struct fuse_file_info *fi)
{
        handle_free(request_fs(req), handle_of(fi));
        (void)fuse_reply_err(req, 0);
}

/* What the handle shows, and every change of it that was answered, survives a power loss: whatever
 * it was opened for, since sync(1) opens for reading [D6]. */
static int sync_handle(Fs *fs, Handle *h)
{
        int r = 0;

        if (h->kind == HANDLE_WRITE || h->reads_upload)
                return upload_fsync(fs, h->node.id, h->fd);
        if (h->node.kind == NODE_INBOX)
                return fsync(h->fd) < 0 ? -errno : inbox_sync(fs);
        if (h->kind == HANDLE_NOTE)
                r = note_handle_save(fs, h);
        return r < 0 || h->kind == HANDLE_LITTER ? r : writer_sync(fs->writer);
}

void ops_fsync(fuse_req_t req, fuse_ino_t ino _unused_, int datasync _unused_,
               struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        Handle *h = handle_of(fi);
        int r;

        if (h->kind == HANDLE_STATUS) {
                ops_wait(fs, req, &(BarrierOptions){.point = h->node.id, .bound_msec = -1});
                return;
        }
        r = sync_handle(fs, h);
        (void)fuse_reply_err(req, r < 0 ? ops_errno(r) : 0);
}

int ops_truncate(fuse_req_t req, Node node, uint64_t size, struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        int64_t upload;
        int r;

        if (fi) {
                Handle *h = handle_of(fi);

                if (h->kind == HANDLE_WRITE)
                        return upload_truncate(fs, h->node.id, h->fd, size, h->uid);
                if (h->kind == HANDLE_NOTE)
                        return note_handle_resize(h, size);
                if (h->kind == HANDLE_INBOX) {
                        h->dirty = true;
                        return inbox_truncate(fs, h->node, h->fd, size);
                }
                if (h->kind == HANDLE_LITTER)
                        h->size = (size_t)size;
                return h->kind == HANDLE_LITTER ? 0 : -EBADF;
        }
        r = namespace_writable(fs);
        if (r < 0)
                return r;
        switch (node.kind) {
        case NODE_UPLOAD:
                r = upload_truncate(fs, node.id, -EBADF, size, fuse_req_ctx(req)->uid);
                if (r != -ESTALE)
                        return r;
                node = redrop_node(fs, node);
                break;
        case NODE_ALIAS:
        case NODE_PHOTO:
        case NODE_REJECTED:
                break;
        case NODE_LITTER:
                ghost_litter_set(fs, node, &size, NULL, NULL);
                return 0;
        case NODE_INBOX:
                return inbox_truncate(fs, node, -EBADF, size);
        case NODE_OFFICE_NOTE:
                return size == 0 ? office_note_save(fs, node.id, "", 0,
                                                    (Actor){.uid = fuse_req_ctx(req)->uid})
                                 : -EACCES;
        default:
                return -EACCES;
        }
        r = redrop_begin(fs, node, size == 0, fuse_req_ctx(req)->uid, &upload);
        if (r != 0)
                return r < 0 ? r : -ESTALE;
        return upload_truncate(fs, upload, -EBADF, size, fuse_req_ctx(req)->uid);
}
