/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <sys/types.h>

/* What a hand does on the mount in one go, so that the kernel and everybody who watches learn of a
 * change. All paths are relative to the root of the mount. */

typedef enum ErrandKind {
        ERRAND_SHOW,    /* the rename that commits a verdict, see announcer.h */
        ERRAND_TELL,    /* a rename that is only to be seen */
        ERRAND_NEW,     /* a link that is only to be seen: a file that is there already */
        ERRAND_ARRIVAL, /* the same of a photo that another gateway put in its place */
        ERRAND_MAKE,    /* a directory that is there already */
        ERRAND_FOLDER,  /* the same of a folder in a point */
        ERRAND_MOVE,    /* a directory of the root that has its new name already */
        ERRAND_REMOVE,  /* what is gone already */
        ERRAND_PAUSE,   /* until the kernel has nothing of the directory lent any more */
} ErrandKind;

typedef struct Errand {
        ErrandKind kind;
        int64_t upload; /* SHOW */
        char *from; /* owned, as the next; the only path where there is no `to`. NULL: nothing to do */
        char *to;
        bool ran;    /* errand_run() was called */
        bool waited; /* for others of its lane */
        bool keep;   /* from stays where it is: to becomes a second name of it, for the kernel */
        const char *mountpoint; /* absolute */
        dev_t device;           /* of the mount: nothing else is touched */
        struct Errand *next;
        void *owner; /* of who sends it */
} Errand;

void errand_free(Errand *errand);
DEFINE_CLEANUP(Errand, errand_free)

/* Makes the calls. What fails is nobody's loss: watchers see it later. On a hand only. Changes
 * from. */
void errand_run(Errand *errand);
