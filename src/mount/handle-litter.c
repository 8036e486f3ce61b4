/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "live/ghost.h"

/* Litter: its bytes go nowhere, only their number is kept. See ghost.h. */

typedef struct LitterHandle {
        Handle base;
        uint64_t size; /* bytes swallowed */
} LitterHandle;

static int litter_read(Handle *h _unused_, size_t size _unused_, off_t offset _unused_, char **ret,
                       size_t *ret_size)
{
        *ret = NULL;
        *ret_size = 0;
        return 0;
}

static int litter_write(Fs *fs _unused_, Handle *h, const char *data _unused_, size_t size,
                        off_t offset)
{
        LitterHandle *l = (LitterHandle *)h;

        l->size = MAX(l->size, (uint64_t)offset + size);
        return 0;
}

static int litter_truncate(Fs *fs _unused_, Handle *h, uint64_t size)
{
        ((LitterHandle *)h)->size = size;
        return 0;
}

static int litter_fsync(Fs *fs _unused_, Handle *h _unused_, fuse_req_t req _unused_)
{
        return 0;
}

static void litter_close(Fs *fs, Handle *h)
{
        ghost_litter_set(fs->tree.ghosts, h->node, &((LitterHandle *)h)->size, NULL, NULL);
}

static const HandleType litter_type = {
        .read = litter_read,
        .write = litter_write,
        .truncate = litter_truncate,
        .fsync = litter_fsync,
        .close = litter_close,
};

int handle_litter_open(const OpenRequest *o _unused_, Node node, Handle **ret)
{
        return handle_new(sizeof(LitterHandle), &litter_type, node, ret);
}

int handle_litter_create(const OpenRequest *o, Node parent, const char *name, Entry *ret_entry,
                         Handle **ret)
{
        int r = ghost_litter_create(o->fs->tree.ghosts, parent, name,
                                    &(Litter){.mode = o->mode,
                                              .uid = o->actor.uid,
                                              .gid = o->actor.gid,
                                              .mtime = fs_now(o->fs)},
                                    &ret_entry->node);

        if (r >= 0)
                r = ghost_litter_attributes(o->fs->tree.ghosts, ret_entry->node,
                                            &ret_entry->attributes);
        return r < 0 ? r : handle_litter_open(o, ret_entry->node, ret);
}

int handle_litter_resize(Fs *fs, Node node, uint64_t size, uid_t uid _unused_)
{
        ghost_litter_set(fs->tree.ghosts, node, &size, NULL, NULL);
        return 0;
}
