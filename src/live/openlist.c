/* SPDX-License-Identifier: MIT */
#include "openlist.h"

#include <idphoto/mutex.h>

#include <pthread.h>
#include <stdlib.h>

struct OpenList {
        pthread_mutex_t lock; /* innermost */
        OpenLink *first;      /* protected by lock, as the links' fields */
};

int openlist_new(OpenList **ret)
{
        OpenList *list = calloc(1, sizeof(*list));

        if (!list)
                return -ENOMEM;
        (void)pthread_mutex_init(&list->lock, NULL);
        *ret = list;
        return 0;
}

static void unlink_locked(OpenLink *link)
{
        *link->self = link->next;
        if (link->next)
                link->next->self = link->self;
        link->self = NULL;
}

void openlist_free(OpenList *list)
{
        OpenLink *link;

        if (!list)
                return;
        while ((link = list->first)) {
                unlink_locked(link);
                link->forget(link);
        }
        (void)pthread_mutex_destroy(&list->lock);
        free(list);
}

void openlist_add(OpenList *list, OpenLink *link, void (*forget)(OpenLink *link))
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&list->lock);

        *link = (OpenLink){.next = list->first, .self = &list->first, .forget = forget};
        if (list->first)
                list->first->self = &link->next;
        list->first = link;
}

void openlist_remove(OpenList *list, OpenLink *link)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&list->lock);

        unlink_locked(link);
}
