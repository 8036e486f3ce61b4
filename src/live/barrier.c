/* SPDX-License-Identifier: MIT */
#include "barrier.h"

#include "caller.h"
#include "elsewhere.h"
#include "parked.h"
#include "upload.h"

#include <idphoto/log.h>
#include <idphoto/mutex.h>
#include <idphoto/point.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
        ASK_MSEC = 100,    /* between two questions about what is elsewhere */
        HURRY_MSEC = 2000, /* as often the others are told to hurry */
};

typedef struct Barrier {
        struct fuse_req *request;
        BarrierAnswer answer;
        void *userdata;
        BarrierScope scope;
        size_t n_clear; /* the scope's first points, of which nothing is waited for any more */
        BarrierRange *ranges; /* beside the scope */
        size_t n_ranges;
        int64_t deadline; /* monotonic; INT64_MAX: none */
        int64_t since;    /* monotonic, as the next two */
        int64_t ask;      /* when is asked again what is elsewhere */
        int64_t hurried;  /* when the others were last told; 0: never */
        struct Barrier *next;
} Barrier;

struct Barriers {
        BarriersOptions options;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t wake; /* monotonic */
        Barrier *first;      /* protected by lock, as all below */
        Barrier *complete;   /* to be answered after a durable commit */
        Barrier *elsewhere;  /* complete here, and something elsewhere is waited for */
        bool stopping;
};

static void barrier_free(Barrier *b)
{
        if (!b)
                return;
        barrier_scope_done(&b->scope);
        free(b->ranges);
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
                        parked_reply(b->request, error);
                barrier_free(b);
        }
}

/* ---- the thread ---- */

/* Caller holds the lock. */
static void move(Barrier **from, Barrier **to)
{
        Barrier *b = *from;

        *from = b->next;
        b->next = *to;
        *to = b;
}

/* Caller holds the lock. Those that are not waited for any longer are complete; returns when the
 * next one will be. */
static int64_t end_overdue(Barriers *barriers, int64_t now)
{
        int64_t next = INT64_MAX;

        for (Barrier **p = &barriers->first; *p;)
                if ((*p)->deadline <= now)
                        move(p, &barriers->complete);
                else {
                        next = MIN(next, (*p)->deadline);
                        p = &(*p)->next;
                }
        for (Barrier **p = &barriers->elsewhere; *p;)
                if (MIN((*p)->deadline, (*p)->ask) <= now)
                        move(p, &barriers->complete);
                else {
                        next = MIN(next, MIN((*p)->deadline, (*p)->ask));
                        p = &(*p)->next;
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
        at = timespec_from_nsec(timespec_to_nsec(at) + until - now);
        (void)pthread_cond_timedwait(&barriers->wake, &barriers->lock, &at);
}

/* Whether something of the barrier is elsewhere: 1, 0; or a negative errno, when nobody can tell. */
static int waits_elsewhere(const Barriers *barriers, Barrier *b)
{
        Elsewhere *elsewhere = barriers->options.elsewhere;
        int64_t now = clock_monotonic_nsec(barriers->options.clock);
        int r = elsewhere && now < b->deadline
                        ? elsewhere_pending(elsewhere, &b->scope, (now - b->since) / NSEC_PER_MSEC)
                        : 0;

        if (r <= 0)
                return r;
        if (b->hurried == 0 || now - b->hurried >= HURRY_MSEC * NSEC_PER_MSEC) {
                elsewhere_hurry(elsewhere, &b->scope);
                b->hurried = now;
        }
        b->ask = clock_monotonic_nsec(barriers->options.clock) + ASK_MSEC * NSEC_PER_MSEC;
        return 1;
}

static bool is_complete_here(Barriers *barriers, Barrier *b);

/* Answers those of the list that wait for nothing any more, and returns the others. What was elsewhere
 * may be here by now, and is looked for after it was not found there. */
static Barrier *answer_complete(Barriers *barriers, Barrier *list)
{
        Barrier *complete = NULL, *waiting = NULL, *failed = NULL;
        int r;

        while (list) {
                r = waits_elsewhere(barriers, list);
                move(&list, r < 0 ? &failed : r > 0 ? &waiting : &complete);
        }
        answer_list(failed, EIO);
        for (Barrier **p = &complete; barriers->options.elsewhere && *p;)
                if ((*p)->deadline > clock_monotonic_nsec(barriers->options.clock) &&
                    !is_complete_here(barriers, *p))
                        move(p, &waiting);
                else
                        p = &(*p)->next;
        if (complete) {
                r = writer_sync(barriers->options.writer);
                if (r < 0)
                        log_warning("cannot make the catalog durable: %s", strerror(-r));
                answer_list(complete, r < 0 ? EIO : 0);
        }
        return waiting;
}

static void *barriers_thread(void *userdata)
{
        Barriers *barriers = userdata;

        (void)pthread_mutex_lock(&barriers->lock);
        while (!barriers->stopping) {
                int64_t now = clock_monotonic_nsec(barriers->options.clock),
                        next = end_overdue(barriers, now);
                Barrier *list = TAKE_PTR(barriers->complete);

                if (!list) {
                        wait_for_more(barriers, now, next);
                        continue;
                }
                (void)pthread_mutex_unlock(&barriers->lock);
                list = answer_complete(barriers, list);
                (void)pthread_mutex_lock(&barriers->lock);
                while (list)
                        move(&list, &barriers->elsewhere);
        }
        (void)pthread_mutex_unlock(&barriers->lock);
        return NULL;
}

int barriers_new(const BarriersOptions *options, Barriers **ret)
{
        Barriers *barriers = calloc(1, sizeof(*barriers));
        pthread_condattr_t attributes;
        int r;

        if (!barriers)
                return -ENOMEM;
        barriers->options = *options;
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
        answer_list(barriers->elsewhere, EIO);
        answer_list(barriers->first, EIO);
        (void)pthread_cond_destroy(&barriers->wake);
        (void)pthread_mutex_destroy(&barriers->lock);
        free(barriers);
}

/* Caller holds the lock. */
static bool take_out(Barrier **list, const struct fuse_req *request, Barrier **ret)
{
        for (; *list; list = &(*list)->next)
                if ((*list)->request == request) {
                        move(list, ret);
                        return true;
                }
        return false;
}

/* The client was interrupted while it waited. */
static void interrupted(struct fuse_req *request, void *userdata)
{
        Barriers *barriers = userdata;
        Barrier *found = NULL;

        (void)pthread_mutex_lock(&barriers->lock);
        if (!take_out(&barriers->first, request, &found))
                (void)take_out(&barriers->elsewhere, request, &found);
        (void)pthread_mutex_unlock(&barriers->lock);
        answer_list(found, EINTR);
}

/* ---- scope ---- */

void barrier_scope_done(BarrierScope *scope)
{
        free(scope->points);
        *scope = (BarrierScope){};
}

typedef struct Collection {
        const Caller *caller;
        BarrierScope *scope;
        size_t room;
} Collection;

static int add_point(Collection *c, int64_t point)
{
        BarrierScope *scope = c->scope;

        if (scope->n_points == c->room) {
                size_t more = MAX(c->room * 2, (size_t)4);
                int64_t *points = realloc(scope->points, more * sizeof(*points));

                if (!points)
                        return -ENOMEM;
                scope->points = points;
                c->room = more;
        }
        scope->points[scope->n_points++] = point;
        return 0;
}

static int collect(const PointRow *row, void *userdata)
{
        Collection *c = userdata;

        return caller_may_read(c->caller, row->uid, row->gid, row->mode) ? add_point(c, row->id)
                                                                         : 0;
}

/* What was dropped at other gateways has higher numbers, perhaps. */
static int newest_of_all(Barriers *barriers, BarrierScope *ret)
{
        _cleanup_reader_ Reader reader = {};
        int64_t newest = 0;
        int r = reader_acquire(barriers->options.writer, &reader);

        if (r >= 0)
                r = catalog_max_submission(reader.catalog, &newest);
        ret->max_id = MAX(ret->max_id, newest);
        return MIN(r, 0);
}

static int find_scope(Barriers *barriers, struct fuse_req *request, int64_t point,
                      BarrierScope *ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_caller_ Caller caller = {};
        Collection collection = {.caller = &caller, .scope = ret};
        int r;

        ret->max_id = upload_max_id(barriers->options.uploads);
        r = barriers->options.elsewhere ? newest_of_all(barriers, ret) : 0;
        if (r < 0)
                return r;
        /* They have it open. */
        if (point != 0)
                return add_point(&collection, point);
        r = caller_of(request, &caller);
        if (r < 0)
                return r;
        ret->all = caller_sees_all(&caller, barriers->options.uid, barriers->options.office_gid);
        if (ret->all)
                return 0;
        r = reader_acquire(barriers->options.writer, &reader);
        return r < 0 ? r : catalog_list_points(reader.catalog, 0, collect, &collection);
}

/* The barrier itself may be answered and gone while its scope is hurried. */
static int copy_scope(const BarrierScope *scope, BarrierScope *ret)
{
        *ret = *scope;
        if (scope->n_points == 0) {
                ret->points = NULL;
                return 0;
        }
        ret->points = malloc(scope->n_points * sizeof(*scope->points));
        if (!ret->points)
                return -ENOMEM;
        memcpy(ret->points, scope->points, scope->n_points * sizeof(*scope->points));
        return 0;
}

static int make(Barriers *barriers, struct fuse_req *req, const BarrierOptions *options,
                Barrier **ret, BarrierScope *ret_scope)
{
        _cleanup_(barrier_freep) Barrier *b = malloc(sizeof(*b));
        int r;

        if (!b)
                return -ENOMEM;
        *b = (Barrier){.request = req,
                       .answer = options->answer,
                       .userdata = options->userdata,
                       .since = clock_monotonic_nsec(barriers->options.clock),
                       .deadline = options->bound_msec < 0
                                           ? INT64_MAX
                                           : clock_monotonic_nsec(barriers->options.clock) +
                                                     options->bound_msec * NSEC_PER_MSEC};
        r = find_scope(barriers, req, options->point, &b->scope);
        if (r >= 0)
                r = copy_scope(&b->scope, ret_scope);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(b);
        return 0;
}

bool barrier_wait(Barriers *barriers, struct fuse_req *req, const BarrierOptions *options,
                  BarrierScope *ret)
{
        Barrier *b;

        *ret = (BarrierScope){};
        if (make(barriers, req, options, &b, ret) < 0) {
                if (options->answer)
                        options->answer(req, ENOMEM, options->userdata);
                else
                        parked_reply(req, ENOMEM);
                return false;
        }
        if (!parked_add(req, interrupted, barriers)) {
                answer_list(b, EINTR);
                barrier_scope_done(ret);
                return false;
        }
        (void)pthread_mutex_lock(&barriers->lock);
        b->next = barriers->first;
        barriers->first = b;
        (void)pthread_cond_signal(&barriers->wake);
        (void)pthread_mutex_unlock(&barriers->lock);
        return true;
}

static bool covers(const Barrier *b, int64_t point, int64_t upload)
{
        const BarrierScope *scope = &b->scope;
        bool found = scope->all;

        for (size_t i = 0; i < scope->n_points && !found; i++)
                found = scope->points[i] == point;
        if (found && upload <= scope->max_id)
                return true;
        for (size_t i = 0; i < b->n_ranges; i++)
                if (upload >= b->ranges[i].first && upload <= b->ranges[i].last)
                        return true;
        return false;
}

bool barrier_covers(Barriers *barriers, int64_t point, int64_t upload)
{
        bool found = false;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&barriers->lock);

        for (Barrier *b = barriers->first; b && !found; b = b->next)
                found = covers(b, point, upload);
        /* One that nobody had may have come here. */
        for (Barrier *b = barriers->elsewhere; b && !found; b = b->next)
                found = covers(b, point, upload);
        return found || elsewhere_covers(barriers->options.elsewhere, point, upload);
}

void barriers_extend(Barriers *barriers, const BarrierRange *range, int64_t upload)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&barriers->lock);

        for (Barrier *b = barriers->first; b; b = b->next) {
                BarrierRange *more;

                if (!covers(b, range->point, upload))
                        continue;
                more = realloc(b->ranges, (b->n_ranges + 1) * sizeof(*more));
                /* It is answered too early then: the photos are judged all the same. */
                if (!more)
                        continue;
                more[b->n_ranges++] = *range;
                b->ranges = more;
        }
}

/* What one pass over all barriers has found out. Many of them wait for the same uploads. */
typedef struct Known {
        int64_t point;
        int64_t clear;   /* nothing up to that upload is waited for */
        int64_t pending; /* something up to that one is */
} Known;

static bool is_pending(Barriers *barriers, Known *known, int64_t point, int64_t max_id)
{
        if (known->point != point)
                *known = (Known){.point = point, .clear = -1, .pending = INT64_MAX};
        if (max_id <= known->clear)
                return false;
        if (max_id >= known->pending)
                return true;
        if (upload_any_pending(barriers->options.uploads, point, 0, max_id)) {
                known->pending = max_id;
                return true;
        }
        known->clear = max_id;
        return false;
}

/* Drops the ranges of which nothing is pending. */
static bool is_any_range_pending(Barriers *barriers, Barrier *b)
{
        while (b->n_ranges > 0) {
                const BarrierRange *range = &b->ranges[b->n_ranges - 1];

                if (upload_any_pending(barriers->options.uploads, range->point, range->first,
                                       range->last))
                        return true;
                b->n_ranges--;
        }
        return false;
}

static bool is_complete(Barriers *barriers, Known *known, Barrier *b)
{
        const BarrierScope *scope = &b->scope;

        if (is_any_range_pending(barriers, b))
                return false;

        if (scope->all)
                return !is_pending(barriers, known, 0, scope->max_id);
        while (b->n_clear < scope->n_points &&
               !is_pending(barriers, known, scope->points[b->n_clear], scope->max_id))
                b->n_clear++;
        return b->n_clear == scope->n_points;
}

static bool is_complete_here(Barriers *barriers, Barrier *b)
{
        Known known = {.point = -1};

        b->n_clear = 0;
        return is_complete(barriers, &known, b);
}

void barriers_check(Barriers *barriers)
{
        Known known = {.point = -1};
        bool any = false;

        (void)pthread_mutex_lock(&barriers->lock);
        for (Barrier **p = &barriers->first; *p;)
                if (is_complete(barriers, &known, *p)) {
                        move(p, &barriers->complete);
                        any = true;
                } else
                        p = &(*p)->next;
        if (any)
                (void)pthread_cond_signal(&barriers->wake);
        (void)pthread_mutex_unlock(&barriers->lock);
}
