/* SPDX-License-Identifier: MIT */
#include "fairqueue.h"

#include <assert.h>
#include <stdlib.h>

enum {
        GUESS_MSEC = 100, /* a task of somebody of whom nothing is known */
        IDLE_MAX = 1024,  /* points that are remembered though nothing of them waits or runs */
};

typedef struct FairPoint FairPoint;

struct FairUser {
        uid_t uid;
        FairPoint *point;
        int64_t clock; /* nanoseconds */
        int64_t usual; /* what a task of theirs takes, nanoseconds */
        FairItem *first, **last;
        unsigned n_running;
        FairUser *next;
};

struct FairPoint {
        int64_t id;
        unsigned at_once; /* 0: as many as there are Workers */
        int64_t clock;
        int64_t begins;     /* the clock at which a user of it begins */
        int64_t long_until; /* monotonic */
        unsigned n_queued, n_running, n_holding;
        FairUser *users;
        FairPoint *next;
};

struct FairQueue {
        FairPoint *points; /* those that wait or run, and those that are remembered */
        unsigned n_idle;
        int64_t begins; /* the clock at which a point begins */
};

int fair_queue_new(FairQueue **ret)
{
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

static void free_users(FairPoint *point)
{
        for (FairUser *u = point->users, *next; u; u = next) {
                next = u->next;
                free(u);
        }
        point->users = NULL;
}

void fair_queue_free(FairQueue *queue)
{
        if (!queue)
                return;
        for (FairPoint *p = queue->points, *next; p; p = next) {
                assert(p->n_queued == 0 && p->n_running == 0);
                next = p->next;
                free_users(p);
                free(p);
        }
        free(queue);
}

static bool is_idle(const FairPoint *p)
{
        return p->n_queued == 0 && p->n_running == 0;
}

/* Forgets who owes nothing, and all that are idle when they become too many. */
static void forget_idle(FairQueue *queue)
{
        for (FairPoint **link = &queue->points, *p; (p = *link);)
                if (is_idle(p)) {
                        *link = p->next;
                        free_users(p);
                        free(p);
                } else
                        link = &p->next;
        queue->n_idle = 0;
}

static FairPoint *find_point(FairQueue *queue, const WorkerKey *key)
{
        FairPoint *p = queue->points;

        while (p && p->id != key->point)
                p = p->next;
        if (!p) {
                if (queue->n_idle >= IDLE_MAX)
                        forget_idle(queue);
                p = calloc(1, sizeof(*p));
                if (!p)
                        return NULL;
                *p = (FairPoint){.id = key->point, .next = queue->points};
                queue->points = p;
                queue->n_idle++;
        }
        p->at_once = key->at_once;
        return p;
}

static FairUser *find_user(FairPoint *point, uid_t uid)
{
        FairUser *u = point->users;

        while (u && u->uid != uid)
                u = u->next;
        if (u)
                return u;
        u = calloc(1, sizeof(*u));
        if (!u)
                return NULL;
        *u = (FairUser){.uid = uid,
                        .point = point,
                        .usual = GUESS_MSEC * NSEC_PER_MSEC,
                        .next = point->users};
        u->last = &u->first;
        return point->users = u;
}

int fair_queue_push(FairQueue *queue, const WorkerKey *key, FairItem *item)
{
        FairPoint *p = find_point(queue, key);
        FairUser *u = p ? find_user(p, key->uid) : NULL;

        if (!u)
                return -ENOMEM;
        if (is_idle(p)) {
                queue->n_idle--;
                p->clock = MAX(p->clock, queue->begins);
        }
        if (!u->first && u->n_running == 0)
                u->clock = MAX(u->clock, p->begins);
        *item = (FairItem){.user = u};
        *u->last = item;
        u->last = &item->next;
        p->n_queued++;
        return 0;
}

/* The last free Worker is kept for others by who has one and takes long. */
static bool may_run(const FairPoint *p, unsigned n_free, unsigned n_workers, int64_t now)
{
        if (p->n_queued == 0 || (p->at_once > 0 && p->n_running >= p->at_once))
                return false;
        return n_free > 1 || n_workers == 1 || p->n_holding == 0 || now >= p->long_until;
}

static FairItem *take_first(FairUser *u)
{
        FairItem *item = u->first;

        u->first = item->next;
        if (!u->first)
                u->last = &u->first;
        u->point->n_queued--;
        item->next = NULL;
        return item;
}

FairItem *fair_queue_pop(FairQueue *queue, unsigned n_free, unsigned n_workers, int64_t now)
{
        FairPoint *p = NULL;
        FairUser *u = NULL;
        FairItem *item;

        for (FairPoint *q = queue->points; q; q = q->next)
                if (may_run(q, n_free, n_workers, now) && (!p || q->clock < p->clock))
                        p = q;
        if (!p)
                return NULL;
        for (FairUser *v = p->users; v; v = v->next)
                if (v->first && (!u || v->clock < u->clock))
                        u = v;
        assert(u);
        item = take_first(u);
        queue->begins = MAX(queue->begins, p->clock);
        p->begins = MAX(p->begins, u->clock);
        item->charged = u->usual;
        item->holds = true;
        p->clock += item->charged;
        u->clock += item->charged;
        p->n_running++;
        p->n_holding++;
        u->n_running++;
        return item;
}

void fair_queue_gave_back(FairQueue *queue _unused_, FairItem *item, int64_t spent, int64_t now)
{
        FairUser *u = item->user;
        FairPoint *p = u->point;

        if (!item->holds)
                return;
        item->holds = false;
        p->n_holding--;
        p->clock += spent - item->charged;
        u->clock += spent - item->charged;
        u->usual = (u->usual + spent) / 2;
        if (spent >= FAIR_LONG_NSEC)
                p->long_until = now + FAIR_LATELY_NSEC;
}

void fair_queue_done(FairQueue *queue, FairItem *item)
{
        FairPoint *p = item->user->point;

        assert(!item->holds);
        item->user->n_running--;
        p->n_running--;
        if (is_idle(p))
                queue->n_idle++;
}

FairItem *fair_queue_drain(FairQueue *queue)
{
        for (FairPoint *p = queue->points; p; p = p->next)
                for (FairUser *u = p->users; u; u = u->next)
                        if (u->first) {
                                FairItem *item = take_first(u);

                                if (is_idle(p))
                                        queue->n_idle++;
                                return item;
                        }
        return NULL;
}
