/* SPDX-License-Identifier: MIT */
#include "announcer.h"

#include "barrier.h"
#include "hand.h"
#include "mountpoint.h"
#include "tree.h"
#include "upload.h"
#include "watch.h"

#include <idphoto/log.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * Two lists under one lock: uploads to look at when their time comes (a binary heap by that time),
 * and renames that are only to be told because their verdict was committed directly. The thread
 * takes one item at a time and works on it without the lock.
 *
 * The calls on the mount are made by a thread of their own, the hand: see there why. A rename that
 * arrives at the handler from it is recognised by the thread id. Between
 * setting `showing` and the return of renameat2() the handler commits exactly that upload; when the
 * verdict's place is another than the one asked for by then, the handler has committed but fails
 * the rename, and the thread tells the real one.
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
        bool stopping;
        Hand *hand;
        _Atomic int64_t showing;
        atomic_bool making;
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

/* A call on the mount, by paths from its root, which is opened for this step only: an fd kept on
 * the own mount would make every unmount say busy. */
typedef struct MountCall {
        int (*call)(int root, struct MountCall *self);
        const Fs *fs;
        const char *from, *to;
        char *folder;
} MountCall;

static int call_by_hand(void *userdata)
{
        MountCall *call = userdata;
        _cleanup_close_ int root = mountpoint_open(call->fs->mountpoint, call->fs->device);

        if (root < 0)
                return root;
        return call->call(root, call) < 0 ? -errno : 0;
}

static int call_on_mount(const Announcer *a, MountCall call)
{
        call.fs = a->fs;
        return call.fs->mountpoint ? hand_run(a->hand, call_by_hand, &call) : -ENOTCONN;
}

static int call_rename(int root, MountCall *self)
{
        return renameat2(root, self->from, root, self->to, 0);
}

static int rename_on_mount(const Announcer *a, const char *from, const char *to)
{
        return call_on_mount(a, (MountCall){.call = call_rename, .from = from, .to = to});
}

static int call_link(int root, MountCall *self)
{
        return linkat(root, self->from, root, self->to, 0);
}

/* What stays where it is gets a second name: watchers see an entry come. -EEXIST when the name is
 * there already. */
static int link_on_mount(const Announcer *a, const char *from, const char *to)
{
        return call_on_mount(a, (MountCall){.call = call_link, .from = from, .to = to});
}

/* Whether a path from the root leads into submitted/. */
static bool stays(const Fs *fs, const char *path)
{
        const char *name = fixed_name(FIXED_SUBMITTED, fs->language), *slash = strchr(path, '/');
        size_t n = strlen(name);

        return slash && strncmp(slash + 1, name, n) == 0 && slash[n + 1] == '/';
}

static int call_touch(int root, MountCall *self)
{
        static const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_NOW}};

        return utimensat(root, self->to, times, AT_SYMLINK_NOFOLLOW);
}

/* An event for watchers of a name whose content changed in place. */
static void touch_on_mount(const Announcer *a, const char *path)
{
        (void)call_on_mount(a, (MountCall){.call = call_touch, .to = path});
}

static int call_remove_folder(int root, MountCall *self)
{
        char *slash;

        /* POINT/FOLDER/…/NAME: every folder that is empty now, from within; the point itself is
         * none. */
        while ((slash = strrchr(self->folder, '/'))) {
                *slash = '\0';
                if (!strchr(self->folder, '/') || unlinkat(root, self->folder, AT_REMOVEDIR) < 0)
                        break;
        }
        return 0;
}

static void remove_folder_on_mount(const Announcer *a, char *path)
{
        (void)call_on_mount(a, (MountCall){.call = call_remove_folder, .folder = path});
}

static void tell(Announcer *a, const char *from, const char *to)
{
        _cleanup_free_ char *folder = strdup(from);
        int r;

        if (strcmp(from, to) == 0)
                touch_on_mount(a, to);
        else if (stays(a->fs, from)) {
                if (link_on_mount(a, from, to) == -EEXIST)
                        touch_on_mount(a, to);
        } else {
                r = rename_on_mount(a, from, to);
                if (r < 0)
                        log_debug("could not announce a rename: %s; ignoring", strerror(-r));
        }
        if (folder && !stays(a->fs, from))
                remove_folder_on_mount(a, folder);
}

static int call_make_directory(int root, MountCall *self)
{
        return mkdirat(root, self->to, 0755);
}

static void make_directory(Announcer *a, const char *name)
{
        a->making = true;
        (void)call_on_mount(a, (MountCall){.call = call_make_directory, .to = name});
        a->making = false;
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

static void show(Announcer *a, int64_t id)
{
        _cleanup_free_ char *from = NULL, *to = NULL;
        int r = find_paths(a->fs, id, &from, &to);

        if (r >= 0 && strcmp(from, to) != 0) {
                bool keep = stays(a->fs, from);

                a->showing = id;
                r = keep ? link_on_mount(a, from, to) : rename_on_mount(a, from, to);
                a->showing = 0;
                if (r >= 0 && !keep)
                        remove_folder_on_mount(a, from);
        }
        /* Nothing to rename, or the rename did not come through: a direct commit, unless the
         * handler committed it. */
        upload_show_now(a->fs, id);
        barriers_check(a->fs);
}

static void *announcer_thread(void *userdata)
{
        Announcer *a = userdata;
        int64_t tick = 0;

        (void)pthread_mutex_lock(&a->lock);
        while (!a->stopping) {
                int64_t now = clock_monotonic_nsec(a->fs->clock);

                /* However much there is to announce: what others wait for is looked at. */
                if (now >= tick) {
                        (void)pthread_mutex_unlock(&a->lock);
                        barriers_check(a->fs);
                        watch_poll(a->fs);
                        (void)pthread_mutex_lock(&a->lock);
                        tick = now + TICK_MSEC * NSEC_PER_MSEC;
                } else if (a->first) {
                        Telling *t = a->first;

                        a->first = t->next;
                        if (!a->first)
                                a->last = &a->first;
                        (void)pthread_mutex_unlock(&a->lock);
                        if (t->to)
                                tell(a, t->from, t->to);
                        else
                                make_directory(a, t->from);
                        free(t->from);
                        free(t->to);
                        free(t);
                        (void)pthread_mutex_lock(&a->lock);
                } else if (a->n > 0 && a->heap[0].when <= now) {
                        Due due = heap_pop(a);

                        (void)pthread_mutex_unlock(&a->lock);
                        if (upload_due(a->fs, due.upload))
                                show(a, due.upload);
                        (void)pthread_mutex_lock(&a->lock);
                } else {
                        int64_t wait = a->n > 0 ? MIN(tick, a->heap[0].when) - now : tick - now;
                        struct timespec until;

                        (void)clock_gettime(CLOCK_MONOTONIC, &until);
                        wait += until.tv_nsec;
                        until.tv_sec += wait / NSEC_PER_SEC;
                        until.tv_nsec = wait % NSEC_PER_SEC;
                        (void)pthread_cond_timedwait(&a->wake, &a->lock, &until);
                }
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
        r = hand_new(&a->hand);
        if (r >= 0)
                r = -pthread_create(&a->thread, NULL, announcer_thread, a);
        if (r < 0) {
                hand_free(a->hand);
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
        if (running)
                (void)pthread_join(a->thread, NULL);
}

void announcer_free(Announcer *a)
{
        if (!a)
                return;
        announcer_stop(a);
        hand_free(a->hand);
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
        return pid != 0 && pid == hand_tid(a->hand) && a->making;
}

bool announcer_is(const Announcer *a, pid_t pid, int64_t *ret_upload)
{
        if (pid == 0 || pid != hand_tid(a->hand))
                return false;
        *ret_upload = a->showing;
        return true;
}
