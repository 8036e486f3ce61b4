/* SPDX-License-Identifier: MIT */
#include "ops-internal.h"

#include "live/barrier.h"
#include "live/lease.h"
#include "live/openlist.h"
#include "live/share.h"
#include "prefetch.h"
#include "tree/inbox.h"

#include <fcntl.h>
#include <string.h>

/* Open directories. */

/* How long fsync of a directory waits for photos, see barrier.h. In the root not at all, as
 * everybody passes through it. */
enum { FSYNCDIR_MSEC = 100 };

/* Bytes of an entry with a short name, as the kernel takes it. */
enum { DIRENT_MIN = 32, DIRENT_PLUS_MIN = 160 };

/* An open directory. The kernel asks for one step of its listing after the other. */
typedef struct DirectoryHandle {
        OpenLink link;
        pthread_mutex_t lock;
        int64_t scope; /* of the lease; protected by lock */
        double lent;   /* seconds for which the last step was lent, 0: not; protected by lock */
        uid_t payer;   /* whose share it counts to */
} DirectoryHandle;

static void directory_forget(OpenLink *link)
{
        DirectoryHandle *h = (DirectoryHandle *)((char *)link - offsetof(DirectoryHandle, link));

        (void)pthread_mutex_destroy(&h->lock);
        free(h);
}

/* Of which point the node is: what a barrier on it waits for, as what a listing of it is lent. 0:
 * of no single one, LEASE_OFFICE; -ENOENT. */
static int64_t scope_of(Fs *fs, Node node)
{
        _cleanup_reader_ Reader reader = {};
        Place place;
        int r;

        if (node.kind == NODE_ROOT || office_has(node))
                return 0;
        if (node_traits[node.kind].row == NODE_ROW_POINT)
                return node.id;
        r = reader_acquire(fs->writer, &reader);
        if (r >= 0)
                r = tree_place(&fs->tree, reader.catalog, node, &place);
        return r < 0 ? r : place.point;
}

static int directory_new(Fs *fs, uid_t uid, DirectoryHandle **ret)
{
        DirectoryHandle *h = calloc(1, sizeof(*h));
        int r = h ? share_take(fs->shares, uid, 1) : -ENOMEM;

        if (r < 0) {
                free(h);
                return r;
        }
        h->payer = uid;
        (void)pthread_mutex_init(&h->lock, NULL);
        *ret = h;
        return 0;
}

static void directory_close(Fs *fs, DirectoryHandle *h)
{
        openlist_remove(fs->open, &h->link);
        share_give_back(fs->shares, h->payer, 1);
        directory_forget(&h->link);
}

static void reply_opened(fuse_req_t req, DirectoryHandle *h)
{
        struct fuse_file_info fi = {.fh = (uintptr_t)h};
        Fs *fs = request_fs(req);

        if (fuse_reply_open(req, &fi) < 0)
                directory_close(fs, h);
}

/* The request was parked. */
static void answer_opendir(struct fuse_req *req, int error, void *userdata)
{
        DirectoryHandle *h = userdata;

        if (error == 0) {
                reply_opened(req, h);
                return;
        }
        directory_close(request_fs(req), h);
        (void)fuse_reply_err(req, error);
}

/* Who lists a directory says that it must be one; sync, which takes any file, does not, and asks
 * not to wait for a pipe's other end. */
static bool opened_by_sync(int flags)
{
        return (flags & O_NONBLOCK) && !(flags & O_DIRECTORY);
}

void ops_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
        Fs *fs = request_fs(req);
        DirectoryHandle *h = NULL;
        int64_t scope = 0;
        Node node;
        int r = node_of(ino, &node);

        if (r >= 0 && !node_is_directory(node))
                r = -ENOTDIR;
        if (r >= 0 && opened_by_sync(fi->flags)) {
                scope = scope_of(fs, node);
                r = (int)MIN(scope, 0);
        }
        if (r >= 0)
                r = directory_new(fs, fuse_req_ctx(req)->uid, &h);
        if (r < 0) {
                (void)fuse_reply_err(req, ops_errno(r));
                return;
        }
        openlist_add(fs->open, &h->link, directory_forget);
        if (opened_by_sync(fi->flags))
                ops_wait(fs, req,
                         &(BarrierOptions){.point = scope,
                                           .bound_msec = -1,
                                           .answer = answer_opendir,
                                           .userdata = h});
        else
                reply_opened(req, h);
}

/* The client has what it was sent. */
static void take_back(Fs *fs, DirectoryHandle *h)
{
        if (h->lent > 0)
                lease_end(fs->leases, h->scope, h->lent);
        h->lent = 0;
}

void ops_releasedir(fuse_req_t req, fuse_ino_t ino _unused_, struct fuse_file_info *fi)
{
        DirectoryHandle *h = (DirectoryHandle *)(uintptr_t)fi->fh;

        /* The thread that answered the last step may not be through with it. */
        (void)pthread_mutex_lock(&h->lock);
        take_back(request_fs(req), h);
        (void)pthread_mutex_unlock(&h->lock);
        directory_close(request_fs(req), h);
        (void)fuse_reply_err(req, 0);
}

typedef struct DirectoryBuffer {
        fuse_req_t req;
        char *data;
        size_t size;
        size_t used;
        bool plus;
        bool prefetch; /* for names to come, see prefetch.h */
        double lent;   /* seconds, 0: not */
} DirectoryBuffer;

static int add_entry(const char *name, const Entry *entry, uint64_t next_offset, void *userdata)
{
        DirectoryBuffer *b = userdata;
        size_t room = b->size - b->used, n;
        bool told = false;

        if (b->plus) {
                struct fuse_entry_param e;

                ops_fill_entry(entry, b->lent, &e);
                /* The kernel wants no reference from the dots; without one the attributes are of
                 * no meaning either. */
                if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || entry->bare)
                        e.ino = 0;
                told = e.ino != 0;
                if (told)
                        ops_tell(request_fs(b->req), entry, false, &e);
                n = fuse_add_direntry_plus(b->req, b->data + b->used, room, name, &e,
                                           (off_t)next_offset);
        } else
                n = fuse_add_direntry(b->req, b->data + b->used, room, name, &entry->attributes,
                                      (off_t)next_offset);
        if (n > room) {
                if (told)
                        ops_forgotten(request_fs(b->req), entry->node, 1);
                return 1;
        }
        b->used += n;
        return 0;
}

static int fill_buffer(Fs *fs, Node node, off_t offset, DirectoryBuffer *buffer)
{
        const size_t entry_size = buffer->plus ? DIRENT_PLUS_MIN : DIRENT_MIN;
        _cleanup_reader_ Reader reader = {};
        int r;

        buffer->data = malloc(buffer->size);
        if (!buffer->data)
                return -ENOMEM;
        r = reader_acquire(fs->writer, &reader);
        if (r < 0)
                return r;
        r = buffer->prefetch
                    ? tree_list_aliases(&fs->tree, reader.catalog, node, (uint64_t)offset,
                                        add_entry, buffer)
                    : tree_list(&fs->tree, reader.catalog, node, (uint64_t)offset,
                                (unsigned)(buffer->size / entry_size) + 1, add_entry, buffer);
        return buffer->used > 0 ? 0 : r;
}

static void read_directory(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, bool plus,
                           DirectoryHandle *h)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        DirectoryBuffer buffer = {.req = req, .size = size, .plus = plus};
        int64_t scope = 0;
        Node node;
        int r = node_of(ino, &node);

        (void)pthread_mutex_lock(&h->lock);
        take_back(fs, h);
        if (r >= 0 && plus) {
                scope = scope_of(fs, node);
                r = (int)MIN(scope, 0);
        }
        if (r >= 0) {
                buffer.prefetch = prefetch_is(fs->prefetch, fuse_req_ctx(req)->pid);
                if (plus && node.kind != NODE_ROOT && lease_begin(fs->leases, scope))
                        buffer.lent = buffer.prefetch ? LEASE_PREFETCH_SECONDS : LEASE_SECONDS;
                r = fill_buffer(fs, node, offset, &buffer);
        }
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                (void)fuse_reply_buf(req, buffer.data, buffer.used);
        if (buffer.lent > 0) {
                lease_sent(fs->leases, scope, buffer.lent);
                h->scope = scope;
                h->lent = buffer.lent;
        }
        (void)pthread_mutex_unlock(&h->lock);
        free(buffer.data);
}

void ops_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                 struct fuse_file_info *fi)
{
        read_directory(req, ino, size, offset, false, (DirectoryHandle *)(uintptr_t)fi->fh);
}

void ops_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                     struct fuse_file_info *fi)
{
        read_directory(req, ino, size, offset, true, (DirectoryHandle *)(uintptr_t)fi->fh);
}

void ops_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync _unused_,
                  struct fuse_file_info *fi _unused_)
{
        Fs *fs = request_fs(req);
        int64_t scope;
        Node node;
        int r = node_of(ino, &node);

        if (r >= 0 && office_is_import(node))
                r = inbox_sync(fs->tree.inbox);
        scope = r < 0 ? r : scope_of(fs, node);
        if (scope < 0)
                (void)fuse_reply_err(req, ops_errno((int)scope));
        else
                ops_wait(fs, req,
                         &(BarrierOptions){.point = scope,
                                           .bound_msec = scope == 0 ? 0 : FSYNCDIR_MSEC});
}
