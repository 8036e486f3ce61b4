/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "names/office-decide.h"
#include "tree/office.h"

#include <idphoto/mutex.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* A reviewer's note open for writing. It is in memory until it is flushed. */

enum { NOTE_FILE_MAX = 65536 }; /* -EFBIG above */

typedef struct NoteHandle {
        Handle base;
        Actor actor; /* who opened it */
        pthread_mutex_t lock;
        char *data; /* owned; protected by lock, as the next two */
        size_t size;
        bool dirty; /* not saved yet */
} NoteHandle;

static int save(Fs *fs, NoteHandle *n)
{
        int r = 0;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&n->lock);

        if (n->dirty) {
                r = office_note_save(&fs->names, n->base.node.id, n->data ? n->data : "", n->size,
                                     n->actor);
                n->dirty = r < 0;
        }
        return r;
}

/* Caller holds the lock. */
static int resize_locked(NoteHandle *n, uint64_t size)
{
        char *data;

        if (size > NOTE_FILE_MAX)
                return -EFBIG;
        data = realloc(n->data, (size_t)size + 1);
        if (!data)
                return -ENOMEM;
        if (size > n->size)
                memset(data + n->size, ' ', (size_t)size - n->size);
        n->data = data;
        n->size = (size_t)size;
        n->dirty = true;
        return 0;
}

static int note_read(Handle *h, size_t size, off_t offset, char **ret, size_t *ret_size)
{
        NoteHandle *n = (NoteHandle *)h;
        int r;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&n->lock);

        r = handle_copy(n->data, n->size, size, offset, ret, ret_size);
        return r;
}

static int note_write(Fs *fs _unused_, Handle *h, const char *data, size_t size, off_t offset)
{
        NoteHandle *n = (NoteHandle *)h;
        uint64_t end = (uint64_t)offset + size;
        int r = 0;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&n->lock);

        if (end > n->size)
                r = resize_locked(n, end);
        if (r >= 0) {
                memcpy(n->data + offset, data, size);
                n->dirty = true;
        }
        return r;
}

static int note_truncate(Fs *fs _unused_, Handle *h, uint64_t size)
{
        NoteHandle *n = (NoteHandle *)h;
        int r;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&n->lock);

        r = resize_locked(n, size);
        return r;
}

static int note_flush(Fs *fs, Handle *h, fuse_req_t req _unused_)
{
        return save(fs, (NoteHandle *)h);
}

static int note_fsync(Fs *fs, Handle *h, fuse_req_t req _unused_)
{
        int r = save(fs, (NoteHandle *)h);

        return r < 0 ? r : writer_sync(fs->writer);
}

static void note_close(Fs *fs, Handle *h)
{
        (void)save(fs, (NoteHandle *)h);
}

static void note_forget(Handle *h)
{
        NoteHandle *n = (NoteHandle *)h;

        (void)pthread_mutex_destroy(&n->lock);
        free(n->data);
}

static const HandleType note_type = {
        .read = note_read,
        .write = note_write,
        .truncate = note_truncate,
        .flush = note_flush,
        .fsync = note_fsync,
        .close = note_close,
        .forget = note_forget,
};

static int read_text(const OpenRequest *o, NoteHandle *n)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(o->fs->writer, &reader);

        if (r < 0)
                return r;
        return office_note_text(&o->fs->tree, reader.catalog, n->base.node.id, &n->data, &n->size);
}

int handle_note_open(const OpenRequest *o, Node node, Handle **ret)
{
        _cleanup_handle_ Handle *h = NULL;
        NoteHandle *n;
        int r;

        if (!open_writes(o))
                return handle_text_open(o, node, ret);
        r = handle_new(sizeof(NoteHandle), &note_type, node, &h);
        if (r < 0)
                return r;
        n = (NoteHandle *)h;
        n->actor = o->actor;
        (void)pthread_mutex_init(&n->lock, NULL);
        /* Its size is not that of the node. */
        h->direct_io = true;
        r = read_text(o, n);
        if (r >= 0 && (o->flags & O_TRUNC))
                r = note_truncate(o->fs, h, 0);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(h);
        return 0;
}

int handle_note_resize(Fs *fs, Node node, uint64_t size, uid_t uid)
{
        return size == 0 ? office_note_save(&fs->names, node.id, "", 0, (Actor){.uid = uid})
                         : -EACCES;
}
