/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * What clients have open. A daemon that ends while files are open never hears of their closing.
 * Then this list gives back what each open file or directory holds. It does not close them: a file
 * that is still being written is not received.
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
/* The link must be in the list. */
void openlist_remove(OpenList *list, OpenLink *link);
