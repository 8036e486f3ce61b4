/* SPDX-License-Identifier: MIT */
#include "announcer.h"

#include "live/barrier.h"
#include "lanes.h"
#include "tree/tree.h"
#include "live/upload.h"
#include "names/watch.h"

#include <idphoto/log.h>
#include <idphoto/submission.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * Two lists under one lock: uploads to look at when their time comes (a binary heap by that time),
 * and renames that are only to be told because their verdict was committed directly. The thread
 * takes one item at a time and works on it without the lock.
 *
 * The calls on the mount are made by threads of their own, the hands, one for each point that has
 * something to show: see hand.h and lanes.h. A rename that arrives at the handler from one of them
 * is recognised by the thread id, and the handler commits exactly the upload that this hand is
 * showing; when the verdict's place is another than the one asked for by then, the handler has
 * committed but fails the rename, and the real one is told. This thread never waits for a hand.
 * When one does not come back in time, the upload is committed directly, as are all of its point
 * from then on until it comes back: the photos have their places, and watchers see them late.
 */

enum { TICK_MSEC = 500 /* how often parked barriers and what commands did are looked at */ };

typedef struct Due {
        int64_t when;
        int64_t upload;
} Due;

typedef struct Telling {
        char *from, *to; /* to is NULL: a directory to make */
        struct Telling *next;
} Telling;

struct Announcer {
        Fs *fs;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        Due *heap; /* protected by lock, as all below up to stopping */
        size_t n, room;
        Telling *first, **last;
        bool stopping, woken;
        Lanes *lanes;
        bool left; /* a hand hangs, and uses this */
};

/* ---- the heap ---- */

static void heap_swap(Due *a, Due *b)
{
        Due t = *a;

        *a = *b;
        *b = t;
}

static void heap_push(Announcer *a, Due due)
{
        size_t i;

        if (a->n == a->room) {
                size_t room = MAX(a->room * 2, (size_t)64);
                Due *heap = realloc(a->heap, room * sizeof(*heap));

                /* Not announced now: a restart or the next look at the upload finds it. */
                if (!heap)
                        return;
                a->heap = heap;
                a->room = room;
        }
        i = a->n++;
        a->heap[i] = due;
        for (; i > 0 && a->heap[(i - 1) / 2].when > a->heap[i].when; i = (i - 1) / 2)
                heap_swap(&a->heap[i], &a->heap[(i - 1) / 2]);
}

static Due heap_pop(Announcer *a)
{
        Due top = a->heap[0];

        a->heap[0] = a->heap[--a->n];
        for (size_t i = 0;;) {
                size_t child = 2 * i + 1;

                if (child + 1 < a->n && a->heap[child + 1].when < a->heap[child].when)
                        child++;
                if (child >= a->n || a->heap[child].when >= a->heap[i].when)
                        break;
                heap_swap(&a->heap[i], &a->heap[child]);
                i = child;
        }
        return top;
}

/* ---- one step ---- */

/* Whether a path from the root leads into submitted/. */
static bool stays(const Fs *fs, const char *path)
{
        const char *name = fixed_name(FIXED_SUBMITTED, fs->language), *slash = strchr(path, '/');
        size_t n = strlen(name);

        return slash && strncmp(slash + 1, name, n) == 0 && slash[n + 1] == '/';
}

/* Where the upload is and where its verdict takes it, as paths. */
static int find_paths(Fs *fs, int64_t id, char **ret_from, char **ret_to)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_free_ char *from = NULL;
        Place place;
        int r;

        r = reader_acquire(fs, &reader);
        if (r < 0)
                return r;
        r = catalog_get_submission(reader.catalog, id, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        r = judge_target(reader.catalog, &row, &target);
        if (r < 0)
                return r;
        place = (Place){.point = row.point, .folder = row.folder};
        r = tree_path(fs, reader.catalog, &place, row.name, &from);
        if (r < 0)
                return r;
        r = tree_target_path(fs, reader.catalog, row.point, &target, ret_to);
        if (r < 0)
                return r;
        *ret_from = TAKE_PTR(from);
        return 0;
}

/* On this thread, when a hand is free for it: whether the errand is to be run. */
static bool prepare(Errand *e, void *userdata)
{
        const Announcer *a = userdata;

        if (e->kind != ERRAND_SHOW)
                return true;
        /* It may have waited for others of its point. */
        free(TAKE_PTR(e->from));
        free(TAKE_PTR(e->to));
        if (find_paths(a->fs, e->upload, &e->from, &e->to) < 0 || strcmp(e->from, e->to) == 0)
                return false;
        e->keep = stays(a->fs, e->from);
        return true;
}

/* Nothing to rename, or the rename did not come through: a direct commit, unless the handler
 * committed it. */
static void commit(Announcer *a, int64_t upload)
{
        upload_show_now(a->fs, upload);
        barriers_check(a->fs);
}

static void end_errand(Announcer *a, Errand *e)
{
        if (e->kind == ERRAND_SHOW)
                commit(a, e->upload);
        errand_free(e);
}

/* Owns the errand. */
static void send(Announcer *a, Errand *e)
{
        size_t length = e->kind == ERRAND_MAKE ? 0 : strcspn(e->from, "/");

        if (!lanes_add(a->lanes, e->from, length, e, clock_monotonic_nsec(a->fs->clock)))
                end_errand(a, e);
}

static void show(Announcer *a, int64_t id)
{
        Errand *e = calloc(1, sizeof(*e));

        if (e)
                *e = (Errand){.kind = ERRAND_SHOW, .upload = id};
        if (!e || find_paths(a->fs, id, &e->from, &e->to) < 0) {
                errand_free(e);
                commit(a, id);
        } else
                send(a, e);
}

static void tell(Announcer *a, Telling *t)
{
        Errand *e = calloc(1, sizeof(*e));

        if (!e) {
                free(t->from);
                free(t->to);
                return;
        }
        *e = (Errand){.kind = t->to ? ERRAND_TELL : ERRAND_MAKE, .from = t->from, .to = t->to};
        e->keep = t->to && stays(a->fs, e->from);
        send(a, e);
}

/* ---- the thread ---- */

static void wake(void *userdata)
{
        Announcer *a = userdata;

        (void)pthread_mutex_lock(&a->lock);
        a->woken = true;
        (void)pthread_cond_signal(&a->wake);
        (void)pthread_mutex_unlock(&a->lock);
}

static void look_after_hands(Announcer *a, int64_t now)
{
        int64_t upload;
        Errand *e;

        do {
                while ((e = lanes_finished(a->lanes, now)))
                        end_errand(a, e);
                lanes_begin(a->lanes, now, prepare);
                while ((upload = lanes_overdue(a->lanes, now)) != 0) {
                        log_debug("somebody has a directory locked; going on without it");
                        commit(a, upload);
                }
        } while (lanes_given_up(a->lanes));
}

/* Caller holds the lock, which is free while something is done. Whether there was anything. */
static bool do_one(Announcer *a, int64_t now)
{
        if (a->first) {
                Telling *t = a->first;

                a->first = t->next;
                if (!a->first)
                        a->last = &a->first;
                (void)pthread_mutex_unlock(&a->lock);
                tell(a, t);
                free(t);
        } else if (a->n > 0 && a->heap[0].when <= now) {
                Due due = heap_pop(a);

                (void)pthread_mutex_unlock(&a->lock);
                if (upload_due(a->fs, due.upload))
                        show(a, due.upload);
        } else
                return false;
        (void)pthread_mutex_lock(&a->lock);
        return true;
}

/* Caller holds the lock. */
static void wait_until(Announcer *a, int64_t now, int64_t when)
{
        struct timespec until;
        int64_t wait = when - now;

        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        wait += until.tv_nsec;
        until.tv_sec += wait / NSEC_PER_SEC;
        until.tv_nsec = wait % NSEC_PER_SEC;
        (void)pthread_cond_timedwait(&a->wake, &a->lock, &until);
}

static void *announcer_thread(void *userdata)
{
        Announcer *a = userdata;
        int64_t tick = 0;

        (void)pthread_mutex_lock(&a->lock);
        while (!a->stopping) {
                int64_t now = clock_monotonic_nsec(a->fs->clock), look;

                a->woken = false;
                (void)pthread_mutex_unlock(&a->lock);
                /* However much there is to announce: what others wait for is looked at. */
                if (now >= tick) {
                        barriers_check(a->fs);
                        watch_poll(a->fs);
                        tick = now + TICK_MSEC * NSEC_PER_MSEC;
                }
                look_after_hands(a, now);
                look = lanes_next_look(a->lanes);
                (void)pthread_mutex_lock(&a->lock);
                if (do_one(a, now) || a->woken || a->stopping)
                        continue;
                if (look <= now)
                        look = tick;
                look = MIN(look, tick);
                wait_until(a, now, a->n > 0 ? MIN(look, a->heap[0].when) : look);
        }
        (void)pthread_mutex_unlock(&a->lock);
        return NULL;
}

/* ---- its callers' side ---- */

int announcer_new(Fs *fs, Announcer **ret)
{
        Announcer *a = calloc(1, sizeof(*a));
        pthread_condattr_t attributes;
        int r;

        if (!a)
                return -ENOMEM;
        a->fs = fs;
        a->last = &a->first;
        (void)pthread_mutex_init(&a->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&a->wake, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        *ret = a;
        r = lanes_new(fs->mountpoint, fs->device, wake, a, &a->lanes);
        if (r >= 0)
                r = -pthread_create(&a->thread, NULL, announcer_thread, a);
        if (r < 0) {
                lanes_free(a->lanes);
                free(a);
                *ret = NULL;
        }
        return r;
}

void announcer_stop(Announcer *a)
{
        bool running;

        (void)pthread_mutex_lock(&a->lock);
        running = !a->stopping;
        a->stopping = true;
        (void)pthread_cond_signal(&a->wake);
        (void)pthread_mutex_unlock(&a->lock);
        if (!running)
                return;
        (void)pthread_join(a->thread, NULL);
        a->left = !lanes_stop(a->lanes);
        if (a->left)
                log_info("somebody has a directory locked; leaving it to them");
}

void announcer_free(Announcer *a)
{
        if (!a)
                return;
        announcer_stop(a);
        if (a->left)
                return;
        lanes_free(a->lanes);
        for (Telling *t = a->first, *next; t; t = next) {
                next = t->next;
                free(t->from);
                free(t->to);
                free(t);
        }
        free(a->heap);
        (void)pthread_cond_destroy(&a->wake);
        (void)pthread_mutex_destroy(&a->lock);
        free(a);
}

void announcer_schedule(Announcer *a, int64_t upload, int64_t monotonic_nsec)
{
        (void)pthread_mutex_lock(&a->lock);
        heap_push(a, (Due){.when = monotonic_nsec, .upload = upload});
        (void)pthread_cond_signal(&a->wake);
        (void)pthread_mutex_unlock(&a->lock);
}

static void queue_telling(Announcer *a, char *from, char *to)
{
        Telling *t = malloc(sizeof(*t));

        if (!t || !from) {
                free(t);
                free(from);
                free(to);
                return;
        }
        *t = (Telling){.from = from, .to = to};
        (void)pthread_mutex_lock(&a->lock);
        *a->last = t;
        a->last = &t->next;
        (void)pthread_cond_signal(&a->wake);
        (void)pthread_mutex_unlock(&a->lock);
}

void announcer_tell(Announcer *a, char *from, char *to)
{
        queue_telling(a, from, to);
}

void announcer_tell_directory(Announcer *a, char *name)
{
        queue_telling(a, name, NULL);
}

bool announcer_makes(const Announcer *a, pid_t pid)
{
        int64_t upload;
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, &upload) && kind == ERRAND_MAKE;
}

bool announcer_is(const Announcer *a, pid_t pid, int64_t *ret_upload)
{
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, ret_upload);
}
