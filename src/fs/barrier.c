/* SPDX-License-Identifier: MIT */
#include "barrier.h"

#include "ops.h"
#include "upload.h"

#include <stdlib.h>

typedef struct Barrier {
        struct fuse_req *request;
        int64_t point;
        int64_t max_id;
        struct Barrier *next;
} Barrier;

struct Barriers {
        pthread_mutex_t lock;
        Barrier *first; /* protected by lock */
};

int barriers_new(Barriers **ret)
{
        Barriers *barriers = calloc(1, sizeof(*barriers));

        if (!barriers)
                return -ENOMEM;
        (void)pthread_mutex_init(&barriers->lock, NULL);
        *ret = barriers;
        return 0;
}

/* Answers and frees a list that was taken out. */
static void answer(Barrier *list, int error)
{
        while (list) {
                Barrier *b = list;

                list = b->next;
                ops_reply_parked(b->request, error);
                free(b);
        }
}

void barriers_free(Barriers *barriers)
{
        if (!barriers)
                return;
        answer(barriers->first, EIO);
        (void)pthread_mutex_destroy(&barriers->lock);
        free(barriers);
}

/* The client was interrupted while it waited. */
static void interrupted(struct fuse_req *request, void *userdata)
{
        Fs *fs = userdata;
        Barrier *found = NULL;

        (void)pthread_mutex_lock(&fs->barriers->lock);
        for (Barrier **p = &fs->barriers->first; *p; p = &(*p)->next)
                if ((*p)->request == request) {
                        found = *p;
                        *p = found->next;
                        found->next = NULL;
                        break;
                }
        (void)pthread_mutex_unlock(&fs->barriers->lock);
        answer(found, EINTR);
}

void barrier_wait(Fs *fs, struct fuse_req *req, int64_t point)
{
        Barrier *b = malloc(sizeof(*b));
        int64_t max_id = upload_max_id(fs);

        if (!b) {
                ops_reply_parked(req, ENOMEM);
                return;
        }
        if (!ops_park(req, interrupted, fs)) {
                free(b);
                ops_reply_parked(req, EINTR);
                return;
        }
        /* Parked before anything is hurried: a verdict that comes in between sees it, and the check
         * at the end answers what is complete already. The request may be answered from here on. */
        *b = (Barrier){.request = req, .point = point, .max_id = max_id};
        (void)pthread_mutex_lock(&fs->barriers->lock);
        b->next = fs->barriers->first;
        fs->barriers->first = b;
        (void)pthread_mutex_unlock(&fs->barriers->lock);
        upload_hurry(fs, point, max_id);
        barriers_check(fs);
}

bool barrier_covers(Fs *fs, int64_t point, int64_t upload)
{
        bool covers = false;

        (void)pthread_mutex_lock(&fs->barriers->lock);
        for (Barrier *b = fs->barriers->first; b && !covers; b = b->next)
                covers = upload <= b->max_id && (b->point == 0 || b->point == point);
        (void)pthread_mutex_unlock(&fs->barriers->lock);
        return covers;
}

void barriers_check(Fs *fs)
{
        Barrier *done = NULL;

        (void)pthread_mutex_lock(&fs->barriers->lock);
        for (Barrier **p = &fs->barriers->first; *p;) {
                Barrier *b = *p;

                if (upload_any_pending(fs, b->point, b->max_id))
                        p = &b->next;
                else {
                        *p = b->next;
                        b->next = done;
                        done = b;
                }
        }
        (void)pthread_mutex_unlock(&fs->barriers->lock);
        answer(done, 0);
}
