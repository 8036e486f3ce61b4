/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "names/office-decide.h"
#include "tree/office.h"

#include <stdlib.h>
#include <string.h>

enum { NOTE_FILE_MAX = 65536 };

int note_handle_save(Fs *fs, Handle *h)
{
        int r = 0;

        (void)pthread_mutex_lock(&h->note_lock);
        if (h->dirty) {
                r = office_note_save(fs, h->node.id, h->data ? h->data : "", h->size, h->actor);
                h->dirty = r < 0;
        }
        (void)pthread_mutex_unlock(&h->note_lock);
        return r;
}

/* Caller holds the lock. */
static int resize_locked(Handle *h, uint64_t size)
{
        char *data;

        if (size > NOTE_FILE_MAX)
                return -EFBIG;
        data = realloc(h->data, (size_t)size + 1);
        if (!data)
                return -ENOMEM;
        if (size > h->size)
                memset(data + h->size, ' ', (size_t)size - h->size);
        h->data = data;
        h->size = (size_t)size;
        h->dirty = true;
        return 0;
}

int note_handle_resize(Handle *h, uint64_t size)
{
        int r;

        (void)pthread_mutex_lock(&h->note_lock);
        r = resize_locked(h, size);
        (void)pthread_mutex_unlock(&h->note_lock);
        return r;
}

int note_handle_write(Handle *h, const char *data, size_t size, off_t offset)
{
        uint64_t end = (uint64_t)offset + size;
        int r = 0;

        (void)pthread_mutex_lock(&h->note_lock);
        if (end > h->size)
                r = resize_locked(h, end);
        if (r >= 0) {
                memcpy(h->data + offset, data, size);
                h->dirty = true;
        }
        (void)pthread_mutex_unlock(&h->note_lock);
        return r;
}
