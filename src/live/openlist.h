/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * What clients have open. A daemon that is told to end while they do never hears of their closing;
 * what an open file or directory holds is given back from here then, without what a close would
 * mean: a file that is still being written is not received.
 */

typedef struct OpenLink {
        struct OpenLink *next;
        struct OpenLink **self; /* what points to this one; NULL: in no list */
        void (*forget)(struct OpenLink *link);
} OpenLink;

typedef struct OpenList OpenList;

int openlist_new(OpenList **ret);
/* Forgets all that is still in it. No request is served any more. */
void openlist_free(OpenList *list);
DEFINE_CLEANUP(OpenList, openlist_free)

/* Any thread. forget gives back the memory and the descriptors of the link's owner. */
void openlist_add(OpenList *list, OpenLink *link, void (*forget)(OpenLink *link));
/* Of one that was added. */
void openlist_remove(OpenList *list, OpenLink *link);
