/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "live/share.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int handle_new(size_t size, const HandleType *type, Node node, Handle **ret)
{
        Handle *h = calloc(1, size);

        if (!h)
                return -ENOMEM;
        h->type = type;
        h->node = node;
        h->fd = -EBADF;
        *ret = h;
        return 0;
}

void handle_free(Handle *h)
{
        if (!h)
                return;
        if (h->type->forget)
                h->type->forget(h);
        (void)safe_close(h->fd);
        free(h);
}

static void forget(OpenLink *link)
{
        handle_free((Handle *)((char *)link - offsetof(Handle, link)));
}

void handle_add(Fs *fs, Handle *h)
{
        openlist_add(fs->open, &h->link, forget);
}

void handle_close(Fs *fs, Handle *h)
{
        openlist_remove(fs->open, &h->link);
        if (h->type->close)
                h->type->close(fs, h);
        share_give_back(fs->shares, h->payer, h->paid);
        handle_free(h);
}

int handle_copy(const char *text, size_t text_size, size_t size, off_t offset, char **ret,
                size_t *ret_size)
{
        char *copy = NULL;
        size_t n = 0;

        if (text && offset >= 0 && (size_t)offset < text_size) {
                n = MIN(size, text_size - (size_t)offset);
                copy = malloc(n);
                if (!copy)
                        return -ENOMEM;
                memcpy(copy, text + offset, n);
        }
        *ret = copy;
        *ret_size = n;
        return 0;
}

bool open_writes(const OpenRequest *o)
{
        return (o->flags & O_ACCMODE) != O_RDONLY || (o->flags & O_TRUNC);
}
