/* SPDX-License-Identifier: MIT */
#include "barrier.h"

#include "caller.h"
#include "mount/ops.h"
#include "upload.h"

#include <idphoto/log.h>
#include <idphoto/point.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Barrier {
        struct fuse_req *request;
        BarrierAnswer answer;
        void *userdata;
        bool all;
        int64_t *points; /* owned; unless all */
        size_t n_points;
        size_t n_clear; /* the first ones, of which nothing is waited for any more */
        int64_t max_id;
        int64_t deadline; /* monotonic; INT64_MAX: none */
        struct Barrier *next;
} Barrier;

struct Barriers {
        Fs *fs;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t wake; /* monotonic */
        Barrier *first;      /* protected by lock, as all below */
        Barrier *complete;   /* to be answered after a durable commit */
        bool stopping;
};

static void barrier_free(Barrier *b)
{
        if (!b)
                return;
        free(b->points);
        free(b);
}
DEFINE_CLEANUP(Barrier, barrier_free)

/* Answers and frees a list that was taken out. */
static void answer_list(Barrier *list, int error)
{
        while (list) {
                Barrier *b = list;

                list = b->next;
                if (b->answer)
                        b->answer(b->request, error, b->userdata);
                else
                        ops_reply_parked(b->request, error);
                barrier_free(b);
        }
}

/* ---- the thread ---- */

/* Caller holds the lock. Those that are not waited for any longer are complete; returns when the
 * next one will be. */
static int64_t end_overdue(Barriers *barriers, int64_t now)
{
        int64_t next = INT64_MAX;

        for (Barrier **p = &barriers->first, *b; (b = *p);)
                if (b->deadline <= now) {
                        *p = b->next;
                        b->next = barriers->complete;
                        barriers->complete = b;
                } else {
                        next = MIN(next, b->deadline);
                        p = &b->next;
                }
        return next;
}

/* Caller holds the lock. */
static void wait_for_more(Barriers *barriers, int64_t now, int64_t until)
{
        struct timespec at;

        if (until == INT64_MAX) {
                (void)pthread_cond_wait(&barriers->wake, &barriers->lock);
                return;
        }
        (void)clock_gettime(CLOCK_MONOTONIC, &at);
        at = timespec_from_nsec((int64_t)at.tv_sec * NSEC_PER_SEC + at.tv_nsec + until - now);
        (void)pthread_cond_timedwait(&barriers->wake, &barriers->lock, &at);
}

static void *barriers_thread(void *userdata)
{
        Barriers *barriers = userdata;
        Fs *fs = barriers->fs;

        (void)pthread_mutex_lock(&barriers->lock);
        while (!barriers->stopping) {
                int64_t now = clock_monotonic_nsec(fs->clock), next = end_overdue(barriers, now);
                Barrier *list = TAKE_PTR(barriers->complete);
                int r;

                if (!list) {
                        wait_for_more(barriers, now, next);
                        continue;
                }
                (void)pthread_mutex_unlock(&barriers->lock);
                r = upload_commit_durably(fs);
                if (r < 0)
                        log_warning("cannot make the catalog durable: %s", strerror(-r));
                answer_list(list, r < 0 ? EIO : 0);
                (void)pthread_mutex_lock(&barriers->lock);
        }
        (void)pthread_mutex_unlock(&barriers->lock);
        return NULL;
}

int barriers_new(Fs *fs, Barriers **ret)
{
        Barriers *barriers = calloc(1, sizeof(*barriers));
        pthread_condattr_t attributes;
        int r;

        if (!barriers)
                return -ENOMEM;
        barriers->fs = fs;
        (void)pthread_mutex_init(&barriers->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&barriers->wake, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        r = -pthread_create(&barriers->thread, NULL, barriers_thread, barriers);
        if (r < 0) {
                free(barriers);
                return r;
        }
        *ret = barriers;
        return 0;
}

void barriers_free(Barriers *barriers)
{
        if (!barriers)
                return;
        (void)pthread_mutex_lock(&barriers->lock);
        barriers->stopping = true;
        (void)pthread_cond_signal(&barriers->wake);
        (void)pthread_mutex_unlock(&barriers->lock);
        (void)pthread_join(barriers->thread, NULL);
        answer_list(barriers->complete, EIO);
        answer_list(barriers->first, EIO);
        (void)pthread_cond_destroy(&barriers->wake);
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
        answer_list(found, EINTR);
}

/* ---- scope ---- */

typedef struct Collection {
        const Caller *caller;
        Barrier *barrier;
        size_t room;
} Collection;

static int add_point(Barrier *b, size_t *room, int64_t point)
{
        if (b->n_points == *room) {
                size_t more = MAX(*room * 2, (size_t)4);
                int64_t *points = realloc(b->points, more * sizeof(*points));

                if (!points)
                        return -ENOMEM;
                b->points = points;
                *room = more;
        }
        b->points[b->n_points++] = point;
        return 0;
}

static int collect(const PointRow *row, void *userdata)
{
        Collection *c = userdata;

        return caller_may_read(c->caller, row->uid, row->gid, row->mode)
                       ? add_point(c->barrier, &c->room, row->id)
                       : 0;
}

static int find_scope(Fs *fs, int64_t point, Barrier *b)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_caller_ Caller caller = {};
        Collection collection = {.caller = &caller, .barrier = b};
        int r;

        /* They have it open. */
        if (point != 0)
                return add_point(b, &collection.room, point);
        r = caller_of(b->request, &caller);
        if (r < 0)
                return r;
        b->all = caller_sees_all(fs, &caller);
        if (b->all)
                return 0;
        r = reader_acquire(fs, &reader);
        return r < 0 ? r : catalog_list_points(reader.catalog, 0, collect, &collection);
}

static void hurry(Fs *fs, const Barrier *b)
{
        if (b->all)
                upload_hurry(fs, 0, b->max_id);
        for (size_t i = 0; i < b->n_points; i++)
                upload_hurry(fs, b->points[i], b->max_id);
}

/* A copy for hurrying: the barrier itself may be answered and gone. */
static int copy_scope(const Barrier *b, Barrier *ret)
{
        *ret = (Barrier){.all = b->all, .n_points = b->n_points, .max_id = b->max_id};
        if (b->n_points == 0)
                return 0;
        ret->points = malloc(b->n_points * sizeof(*b->points));
        if (!ret->points)
                return -ENOMEM;
        memcpy(ret->points, b->points, b->n_points * sizeof(*b->points));
        return 0;
}

static int make(Fs *fs, struct fuse_req *req, const BarrierOptions *options, Barrier **ret,
                Barrier *ret_scope)
{
        _cleanup_(barrier_freep) Barrier *b = malloc(sizeof(*b));
        int r;

        if (!b)
                return -ENOMEM;
        *b = (Barrier){.request = req,
                       .answer = options->answer,
                       .userdata = options->userdata,
                       .max_id = upload_max_id(fs),
                       .deadline = options->bound_msec < 0
                                           ? INT64_MAX
                                           : clock_monotonic_nsec(fs->clock) +
                                                     options->bound_msec * NSEC_PER_MSEC};
        r = find_scope(fs, options->point, b);
        if (r >= 0)
                r = copy_scope(b, ret_scope);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(b);
        return 0;
}

void barrier_wait(Fs *fs, struct fuse_req *req, const BarrierOptions *options)
{
        Barriers *barriers = fs->barriers;
        Barrier *b, scope;

        if (make(fs, req, options, &b, &scope) < 0) {
                Barrier failed = {.answer = options->answer};

                if (failed.answer)
                        failed.answer(req, ENOMEM, options->userdata);
                else
                        ops_reply_parked(req, ENOMEM);
                return;
        }
        if (!ops_park(req, interrupted, fs)) {
                answer_list(b, EINTR);
                free(scope.points);
                return;
        }
        /* Parked before anything is hurried: a verdict that comes in between sees it, and the check
         * at the end answers what is complete already. The request may be answered from here on. */
        (void)pthread_mutex_lock(&barriers->lock);
        b->next = barriers->first;
        barriers->first = b;
        (void)pthread_cond_signal(&barriers->wake);
        (void)pthread_mutex_unlock(&barriers->lock);
        hurry(fs, &scope);
        free(scope.points);
        barriers_check(fs);
}

bool barrier_covers(Fs *fs, int64_t point, int64_t upload)
{
        bool covers = false;

        (void)pthread_mutex_lock(&fs->barriers->lock);
        for (Barrier *b = fs->barriers->first; b && !covers; b = b->next) {
                covers = b->all;
                for (size_t i = 0; i < b->n_points && !covers; i++)
                        covers = b->points[i] == point;
                covers = covers && upload <= b->max_id;
        }
        (void)pthread_mutex_unlock(&fs->barriers->lock);
        return covers;
}

/* What one look at all the barriers has found out. Many wait for the same. */
typedef struct Known {
        int64_t point;
        int64_t clear;   /* nothing up to that upload is waited for */
        int64_t pending; /* something up to that one is */
} Known;

static bool is_pending(Fs *fs, Known *known, int64_t point, int64_t max_id)
{
        if (known->point != point)
                *known = (Known){.point = point, .clear = -1, .pending = INT64_MAX};
        if (max_id <= known->clear)
                return false;
        if (max_id >= known->pending)
                return true;
        if (upload_any_pending(fs, point, max_id)) {
                known->pending = max_id;
                return true;
        }
        known->clear = max_id;
        return false;
}

static bool is_complete(Fs *fs, Known *known, Barrier *b)
{
        if (b->all)
                return !is_pending(fs, known, 0, b->max_id);
        while (b->n_clear < b->n_points && !is_pending(fs, known, b->points[b->n_clear], b->max_id))
                b->n_clear++;
        return b->n_clear == b->n_points;
}

void barriers_check(Fs *fs)
{
        Barriers *barriers = fs->barriers;
        Known known = {.point = -1};
        bool any = false;

        (void)pthread_mutex_lock(&barriers->lock);
        for (Barrier **p = &barriers->first, *b; (b = *p);)
                if (is_complete(fs, &known, b)) {
                        *p = b->next;
                        b->next = barriers->complete;
                        barriers->complete = b;
                        any = true;
                } else
                        p = &b->next;
        if (any)
                (void)pthread_cond_signal(&barriers->wake);
        (void)pthread_mutex_unlock(&barriers->lock);
}
