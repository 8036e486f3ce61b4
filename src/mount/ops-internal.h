/* SPDX-License-Identifier: MIT */
#pragma once

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 12)

#include "live/actor.h"
#include "live/barrier.h"
#include "ops.h"
#include "tree/tree.h"

#include <fuse_lowlevel.h>

/* What the callbacks share: src/mount/reply.c. */

static inline Fs *request_fs(fuse_req_t req)
{
        return fuse_req_userdata(req);
}

static inline int node_of(fuse_ino_t ino, Node *ret)
{
        return node_from_ino(ino, ret) ? 0 : -ESTALE;
}

static inline Actor actor_of(fuse_req_t req)
{
        const struct fuse_ctx *context = fuse_req_ctx(req);

        return (Actor){.uid = context->uid, .gid = context->gid, .task = context->pid};
}

/* A negative errno of ours as the client gets it: one table for the whole front. Returns the
 * positive errno. */
int ops_errno(int error);

/* The entry as the protocol wants it. lent: as in tree_name_timeout(). */
void ops_fill_entry(const Entry *entry, double lent, struct fuse_entry_param *ret);

/* The kernel is about to be told of the entry, by a look-up of its name or by a listing; and it has
 * forgotten a node, or did not get what it was sent, so many times. */
void ops_tell(Fs *fs, const Entry *entry, bool by_name, struct fuse_entry_param *e);
void ops_forgotten(Fs *fs, Node node, uint64_t times);

/* With a reader of its own. */
int ops_attributes(Fs *fs, Node node, struct stat *ret);

/* barrier_wait(), and hurries what the barrier waits for. */
void ops_wait(Fs *fs, fuse_req_t req, const BarrierOptions *options);

/* src/mount/ops-file.c */
void ops_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ops_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
                struct fuse_file_info *fi);
void ops_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t device);
void ops_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void ops_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t offset,
               struct fuse_file_info *fi);
void ops_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ops_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ops_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);
/* src/mount/ops-directory.c */
void ops_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ops_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ops_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                 struct fuse_file_info *fi);
void ops_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                     struct fuse_file_info *fi);
void ops_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);
/* src/mount/ops-xattr.c */
void ops_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void ops_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);
void ops_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size,
                  int flags);
void ops_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name);
/* Sets the size; fi may be NULL. */
int ops_truncate(fuse_req_t req, Node node, uint64_t size, struct fuse_file_info *fi);
