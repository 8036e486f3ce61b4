/* SPDX-License-Identifier: MIT */
#include "ops-internal.h"

#include "tree/xattr.h"

#include <string.h>

/* The protocol's two steps: size 0 asks for the size, a buffer too small is ERANGE. */
static void reply_value(fuse_req_t req, int r, const char *value, size_t value_size, size_t size)
{
        if (r < 0)
                (void)fuse_reply_err(req, ops_errno(r));
        else if (size == 0)
                (void)fuse_reply_xattr(req, value_size);
        else if (size < value_size)
                (void)fuse_reply_err(req, ERANGE);
        else
                (void)fuse_reply_buf(req, value, value_size);
}

void ops_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        _cleanup_reader_ Reader reader = {};
        _cleanup_free_ char *value = NULL;
        size_t value_size = 0;
        Node node;
        int r = 0;

        /* There are none but of users. ls takes this answer for the whole filesystem, where with
         * "none here" it would ask for the label and the ACL of every file. */
        if (!text_starts_with(name, "user."))
                r = -EOPNOTSUPP;
        else if (!node_from_ino(ino, &node))
                r = -ESTALE;
        if (r >= 0)
                r = reader_acquire(fs->writer, &reader);
        if (r >= 0)
                r = xattr_get(&fs->tree, reader.catalog, node, name, &value, &value_size);
        reply_value(req, r, value, value_size, size);
}

void ops_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
        _cleanup_look_ Look look = look_begin(request_fs(req)->writer);
        Fs *fs = request_fs(req);
        _cleanup_reader_ Reader reader = {};
        _cleanup_free_ char *list = NULL;
        size_t list_size = 0;
        Node node;
        int r = node_from_ino(ino, &node) ? reader_acquire(fs->writer, &reader) : -ESTALE;

        if (r >= 0)
                r = xattr_list(&fs->tree, reader.catalog, node, &list, &list_size);
        reply_value(req, r, list, list_size, size);
}

/* They tell what the store knows: nobody sets or removes one. */
void ops_setxattr(fuse_req_t req, fuse_ino_t ino _unused_, const char *name _unused_,
                  const char *value _unused_, size_t size _unused_, int flags _unused_)
{
        (void)fuse_reply_err(req, EOPNOTSUPP);
}

void ops_removexattr(fuse_req_t req, fuse_ino_t ino _unused_, const char *name _unused_)
{
        (void)fuse_reply_err(req, EOPNOTSUPP);
}
