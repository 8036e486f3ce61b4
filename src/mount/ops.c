/* SPDX-License-Identifier: MIT */
#include "ops-internal.h"

#include "announcer.h"
#include "intake/intake.h"
#include "live/binding.h"
#include "names/folder.h"
#include "names/namespace.h"
#include "names/setattr.h"
#include "prefetch.h"
#include "syscall.h"

#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>

static void reply_entry(fuse_req_t req, const Entry *entry)
{
        Fs *fs = request_fs(req);
        struct fuse_entry_param e;

        ops_fill_entry(entry, 0, &e);
        /* It may be forgotten before this call returns. */
        ops_tell(fs, entry, true, &e);
        if (fuse_reply_entry(req, &e) < 0)
                ops_forgotten(fs, entry->node, 1);
}

static void ops_init(void *userdata _unused_, struct fuse_conn_info *conn)
{
        /* Listings come with attributes: one request instead of one for each photo. */
        if (conn->capable & FUSE_CAP_READDIRPLUS)
                conn->want |= FUSE_CAP_READDIRPLUS;
        conn->want &= ~(unsigned)FUSE_CAP_READDIRPLUS_AUTO;
        /* O_TRUNC with the open: a truncated redrop is one request that can be turned into a new
         * upload. */
        if (conn->capable & FUSE_CAP_ATOMIC_O_TRUNC)
                conn->want |= FUSE_CAP_ATOMIC_O_TRUNC;
        /* The kernel would write times and bytes after the rename, in its own name. */
        conn->want &= ~(unsigned)FUSE_CAP_WRITEBACK_CACHE;
        /* ioctls, locks and ACLs are the kernel's own here. */
        conn->want &= ~(unsigned)FUSE_CAP_POSIX_ACL;
}

static void ops_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        _cleanup_reader_ Reader reader = {};
        Entry entry = {};
        Node node;
        int r;

        r = strlen(name) > 255 ? -ENAMETOOLONG : node_of(parent, &node);
        if (r >= 0 && node.kind == NODE_ROOT &&
            announcer_makes(fs->announcer, fuse_req_ctx(req)->pid))
                r = -ENOENT;
        if (r >= 0)
                r = reader_acquire(fs->writer, &reader);
        if (r >= 0)
                r = tree_lookup(&fs->tree, reader.catalog, node, name, &entry);
        if (r > 0 && entry.unlisted && syscall_is_mkdir(fuse_req_ctx(req)->pid))
                r = 0;
        /* On its way to a folder inside another one it finds nothing: who watches there sees it
         * later. */
        if (r > 0 && entry.node.kind == NODE_FOLDER &&
            announcer_makes_folder(fs->announcer, fuse_req_ctx(req)->pid))
                r = 0;
        if (r > 0 && (entry.node.kind == NODE_REASON || entry.node.kind == NODE_READY) &&
            announcer_adds(fs->announcer, fuse_req_ctx(req)->pid))
                r = 0;
        if (r > 0 && entry.node.kind == NODE_PHOTO &&
            announcer_brings(fs->announcer, fuse_req_ctx(req)->pid))
                r = 0;
        if (r > 0 && node.kind == NODE_ROOT && !entry.ghost &&
            announcer_moves(fs->announcer, fuse_req_ctx(req)->pid))
                r = 0;
        if (r <= 0)
                (void)fuse_reply_err(req, r < 0 ? ops_errno(r) : ENOENT);
        else {
                reply_entry(req, &entry);
                prefetch_note(fs, node, entry.node);
        }
}

static void forget(Fs *fs, fuse_ino_t ino, uint64_t n)
{
        Node node;

        if (node_from_ino(ino, &node))
                ops_forgotten(fs, node, n);
}

static void ops_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n)
{
        forget(request_fs(req), ino, n);
        fuse_reply_none(req);
}

static void ops_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
        for (size_t i = 0; i < count; i++)
                forget(request_fs(req), forgets[i].ino, forgets[i].nlookup);
        fuse_reply_none(req);
}

/* The node whose attributes this one has now. */
static Node shown_node(Fs *fs, Node node)
{
        int64_t upload;
        Node origin;

        if (binding_find(fs->bindings, node, &upload))
                return (Node){.kind = NODE_UPLOAD, .id = upload};
        /* A client that has looked up an upload that never was one goes on to open it. The kernel
         * tries again after ESTALE only once; an ESTALE here would take that try from the open. */
        if (node.kind == NODE_UPLOAD && upload_origin(fs->uploads, node.id, &origin))
                return origin;
        return node;
}

static void reply_attributes(fuse_req_t req, Node node)
{
        Node shown = shown_node(request_fs(req), node);
        struct stat st;
        int r = ops_attributes(request_fs(req), shown, &st);

        st.st_ino = node_to_ino(node);
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r == -ENOENT ? -ESTALE : r));
        else
                (void)fuse_reply_attr(req, &st, tree_attributes_timeout(shown, 0));
}

static void ops_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi _unused_)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Node node;
        int r = node_of(ino, &node);

        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                reply_attributes(req, node);
}

/* ---- setattr ---- */

static void ops_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
                        struct fuse_file_info *fi)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        int64_t mtime = 0, upload;
        MetadataChange set = {};
        Node node = {}, shown;
        int r = node_of(ino, &node);

        if (r >= 0 && announcer_is(fs->announcer, fuse_req_ctx(req)->pid, &upload)) {
                /* The announcer only wants watchers to look. */
                reply_attributes(req, node);
                return;
        }
        if (r >= 0 && (to_set & FUSE_SET_ATTR_SIZE))
                r = ops_truncate(req, node, (uint64_t)attr->st_size, fi);
        if (to_set & FUSE_SET_ATTR_MTIME_NOW)
                mtime = fs_now(fs);
        else if (to_set & FUSE_SET_ATTR_MTIME)
                mtime = timespec_to_nsec(attr->st_mtim);
        shown = shown_node(fs, node);
        set.actor = fuse_req_ctx(req)->uid;
        set.mode = to_set & FUSE_SET_ATTR_MODE ? &attr->st_mode : NULL;
        set.uid = to_set & FUSE_SET_ATTR_UID ? &attr->st_uid : NULL;
        set.gid = to_set & FUSE_SET_ATTR_GID ? &attr->st_gid : NULL;
        /* With a truncate the kernel sends its own idea of the time; the write has set it already.
         */
        set.mtime =
                (to_set & FUSE_SET_ATTR_MTIME) && !(to_set & FUSE_SET_ATTR_SIZE) ? &mtime : NULL;
        /* Whoever has it open still finishes what was begun before the batch was closed. */
        if (r >= 0 && !fi)
                r = namespace_writable_lately(&fs->names);
        if (r >= 0 && (set.mode || set.uid || set.gid || set.mtime))
                r = setattr_apply(&fs->names, shown, &set);
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                reply_attributes(req, node);
}

/* ---- names ---- */

static void ops_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        int64_t showing;
        Node node;
        int r = node_of(parent, &node);

        if (r >= 0 && announcer_is(fs->announcer, fuse_req_ctx(req)->pid, &showing))
                namespace_announce_removal(&fs->names, node, name);
        else if (r >= 0)
                r = namespace_unlink(&fs->names, node, name, actor_of(req));
        (void)fuse_reply_err(req, r < 0 ? ops_errno(r) : 0);
}

static void ops_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        int64_t showing;
        Node node;
        int r = node_of(parent, &node);

        if (r >= 0 && node.kind == NODE_ROOT &&
            announcer_is(fs->announcer, fuse_req_ctx(req)->pid, &showing))
                namespace_announce_removal(&fs->names, node, name);
        else if (r >= 0)
                r = announcer_is(fs->announcer, fuse_req_ctx(req)->pid, &showing)
                            ? folder_clear(&fs->names, node, name)
                            : folder_remove(&fs->names, node, name, actor_of(req));
        (void)fuse_reply_err(req, r < 0 ? ops_errno(r) : 0);
}

static void ops_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        Entry entry;
        Node node;
        int r = node_of(parent, &node);

        if (r >= 0)
                r = announcer_makes(fs->announcer, fuse_req_ctx(req)->pid) ||
                                    announcer_makes_folder(fs->announcer, fuse_req_ctx(req)->pid)
                            ? namespace_announce_directory(&fs->names, node, name, &entry)
                            : folder_make(&fs->names, node, name, mode, actor_of(req), &entry);
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                reply_entry(req, &entry);
}

static void ops_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
                       const char *new_name, unsigned flags)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        Node from, to;
        int64_t showing;
        int r = node_of(parent, &from);

        if (r >= 0)
                r = node_of(new_parent, &to);
        if (r >= 0 && (flags & ~(unsigned)RENAME_NOREPLACE))
                r = -EINVAL;
        if (r >= 0) {
                if (announcer_is(fs->announcer, fuse_req_ctx(req)->pid, &showing))
                        r = namespace_announce(&fs->names, showing, from, name, to, new_name);
                else
                        r = namespace_rename(&fs->names, (DirectoryName){from, name},
                                             (DirectoryName){to, new_name},
                                             flags & RENAME_NOREPLACE, actor_of(req));
        }
        (void)fuse_reply_err(req, r < 0 ? ops_errno(r) : 0);
}

static void ops_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t new_parent, const char *new_name)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        Entry entry;
        Node node, parent;
        int64_t showing;
        int r = node_of(ino, &node);

        if (r >= 0)
                r = node_of(new_parent, &parent);
        if (r >= 0 && announcer_is(fs->announcer, fuse_req_ctx(req)->pid, &showing))
                r = namespace_announce_link(&fs->names, showing, parent, new_name, &entry);
        else if (r >= 0)
                r = namespace_link(&request_fs(req)->names, node, parent, new_name, &entry);
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else
                reply_entry(req, &entry);
}

/* Neither links by name nor devices, sockets, pipes [Z3]. */
static void ops_symlink(fuse_req_t req, const char *link _unused_, fuse_ino_t parent _unused_,
                        const char *name _unused_)
{
        (void)fuse_reply_err(req, EPERM);
}

static void ops_statfs(fuse_req_t req, fuse_ino_t ino _unused_)
{
        struct statvfs st;

        if (fstatvfs(store_dirfd(request_fs(req)->store), &st) < 0) {
                (void)fuse_reply_err(req, errno);
                return;
        }
        st.f_namemax = 255;
        (void)fuse_reply_statfs(req, &st);
}

const struct fuse_lowlevel_ops fs_operations = {
        .init = ops_init,
        .lookup = ops_lookup,
        .forget = ops_forget,
        .forget_multi = ops_forget_multi,
        .getattr = ops_getattr,
        .setattr = ops_setattr,
        .mknod = ops_mknod,
        .mkdir = ops_mkdir,
        .unlink = ops_unlink,
        .rmdir = ops_rmdir,
        .symlink = ops_symlink,
        .rename = ops_rename,
        .link = ops_link,
        .open = ops_open,
        .create = ops_create,
        .read = ops_read,
        .write = ops_write,
        .flush = ops_flush,
        .release = ops_release,
        .fsync = ops_fsync,
        .opendir = ops_opendir,
        .releasedir = ops_releasedir,
        .readdir = ops_readdir,
        .readdirplus = ops_readdirplus,
        .fsyncdir = ops_fsyncdir,
        .statfs = ops_statfs,
        .getxattr = ops_getxattr,
        .listxattr = ops_listxattr,
        .setxattr = ops_setxattr,
        .removexattr = ops_removexattr,
};
