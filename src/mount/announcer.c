/* SPDX-License-Identifier: MIT */
#include "announcer.h"

#include "intake/intake.h"
#include "lanes.h"
#include "live/agenda.h"
#include "live/barrier.h"
#include "names/folder.h"
#include "names/watch.h"
#include "tree/tree.h"

#include <idphoto/log.h>
#include <idphoto/point.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <stdatomic.h>
#include <string.h>

/*
 * The thread takes one item at a time from the agenda.
 *
 * The calls on the mount are made by threads of their own, the hands, one for each point that has
 * something to show: see hand.h and lanes.h. A rename that arrives at the handler from one of them
 * is recognised by the thread id, and the handler commits exactly the upload that this hand is
 * showing; when the verdict's place is another than the one asked for by then, the handler has
 * committed but fails the rename, and the real one is told. This thread never waits for a hand.
 * When one does not come back in time, the upload is committed directly, as are all of its point
 * from then on until it comes back: the photos have their places, and watchers see them late.
 */

/* How often parked barriers and what commands did are looked at; and where other gateways do something
 * all the time. */
enum { TICK_MSEC = 500, TICK_OF_GATEWAY_MSEC = 100 };

struct Announcer {
        Fs *fs;
        Agenda *agenda; /* a hand that hangs outlives the world */
        pthread_t thread;
        atomic_bool stopping;
        Lanes *lanes;
        bool left; /* a hand hangs, and uses this */
};

/* ---- one step ---- */

/* Whether a path from the root leads into submitted/. */
static bool stays(const Fs *fs, const char *path)
{
        const char *name = fixed_name(FIXED_SUBMITTED, fs->tree.language),
                   *slash = strchr(path, '/');
        size_t n = strlen(name);

        return slash && strncmp(slash + 1, name, n) == 0 && slash[n + 1] == '/';
}

static void look_ahead(const Fs *fs, Catalog *catalog, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs->uploads, upload_peek(fs->uploads, id)};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_student_ StudentRow student = {};
        _cleanup_point_ PointRow point = {};

        if (!ref.upload || !catalog_look_ahead(catalog))
                return;
        (void)catalog_get_submission(catalog, id, &row);
        (void)catalog_get_student_of(catalog, id, &student);
        (void)catalog_get_point(catalog, upload_point(ref.upload), &point);
        catalog_look(catalog);
}

/* Where the upload is and where its verdict takes it. */
static int find_step(const Fs *fs, int64_t id, TreeStep *ret)
{
        _cleanup_look_ Look look = look_begin(fs->writer);
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_target_ JudgeTarget target = {};
        Place place;
        int r;

        r = reader_acquire(fs->writer, &reader);
        if (r < 0)
                return r;
        look_ahead(fs, reader.catalog, id);
        r = catalog_get_submission(reader.catalog, id, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        r = judge_target(reader.catalog, &row, &target);
        if (r < 0)
                return r;
        place = (Place){.point = row.point, .folder = row.folder};
        return tree_verdict_step(&fs->tree, reader.catalog, &place, row.name, &target, ret);
}

/* On this thread, when a hand is free for it: whether the errand is to be run. */
static bool prepare(Errand *e, void *userdata)
{
        const Announcer *a = userdata;
        TreeStep step;

        if (e->kind != ERRAND_SHOW)
                return true;
        /* Others of its point may have changed where it goes. */
        if (e->waited) {
                free(TAKE_PTR(e->from));
                free(TAKE_PTR(e->to));
                if (find_step(a->fs, e->upload, &step) < 0)
                        return false;
                e->from = step.from;
                e->to = step.to;
        }
        if (strcmp(e->from, e->to) == 0)
                return false;
        e->keep = stays(a->fs, e->from);
        return true;
}

/* Nothing to rename, or the rename did not come through: a direct commit, unless the handler
 * committed it. */
static void commit(Announcer *a, int64_t upload)
{
        upload_show_now(&a->fs->intake, upload);
        barriers_check(a->fs->barriers);
}

/* Where more is to be told than anybody can watch, some of it is not. */
static void end_errand(Announcer *a, Errand *e)
{
        if (e->kind == ERRAND_SHOW)
                commit(a, e->upload);
        else if (e->kind == ERRAND_TELL && !e->ran && !e->keep)
                folder_clear_above(&a->fs->names, e->from);
        errand_free(e);
}

/* Owns the errand. */
static void send(Announcer *a, Errand *e)
{
        size_t length = e->kind == ERRAND_MAKE ? 0 : strcspn(e->from, "/");

        if (!lanes_add(a->lanes, e->from, length, e, clock_monotonic_nsec(a->fs->clock)))
                end_errand(a, e);
}

static bool is_looked_at(const Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs->uploads, upload_peek(fs->uploads, id)};

        return !ref.upload || lease_is_looked_at(fs->leases, upload_point(ref.upload));
}

static void show(Announcer *a, int64_t id)
{
        Errand *e = is_looked_at(a->fs, id) ? calloc(1, sizeof(*e)) : NULL;
        TreeStep step;

        if (!e || find_step(a->fs, id, &step) < 0) {
                free(e);
                commit(a, id);
                return;
        }
        *e = (Errand){.kind = ERRAND_SHOW, .upload = id, .from = step.from, .to = step.to};
        send(a, e);
}

static void tell(Announcer *a, const AgendaItem *item)
{
        static const ErrandKind kinds[] = {
                [AGENDA_TELL] = ERRAND_TELL,       [AGENDA_NEW] = ERRAND_NEW,
                [AGENDA_ARRIVAL] = ERRAND_ARRIVAL, [AGENDA_MAKE] = ERRAND_MAKE,
                [AGENDA_MOVE] = ERRAND_MOVE,       [AGENDA_REMOVAL] = ERRAND_REMOVE,
                [AGENDA_PAUSE] = ERRAND_PAUSE,     [AGENDA_FOLDER] = ERRAND_FOLDER,
        };
        Errand *e = calloc(1, sizeof(*e));

        if (!e) {
                free(item->from);
                free(item->to);
                return;
        }
        *e = (Errand){.kind = kinds[item->kind], .from = item->from, .to = item->to};
        e->keep = e->kind == ERRAND_NEW || e->kind == ERRAND_ARRIVAL ||
                  (e->kind == ERRAND_TELL && stays(a->fs, e->from));
        send(a, e);
}

/* ---- the thread ---- */

static void wake(void *userdata)
{
        const Announcer *a = userdata;

        agenda_wake(a->agenda);
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

/* Whether there was anything to do. */
static bool do_one(Announcer *a, int64_t now)
{
        AgendaItem item;

        if (!agenda_take(a->agenda, now, &item))
                return false;
        if (item.kind == AGENDA_CLEAR) {
                folder_clear_above(&a->fs->names, item.from);
                free(item.from);
        } else if (item.kind != AGENDA_LOOK)
                tell(a, &item);
        else if (upload_due(&a->fs->intake, item.upload))
                show(a, item.upload);
        return true;
}

static void *announcer_thread(void *userdata)
{
        Announcer *a = userdata;
        const int64_t pause = (a->fs->pulse ? TICK_OF_GATEWAY_MSEC : TICK_MSEC) * NSEC_PER_MSEC;
        int64_t tick = 0;

        while (!a->stopping) {
                int64_t now = clock_monotonic_nsec(a->fs->clock), look;

                /* However much there is to announce: what others wait for is looked at. */
                if (now >= tick) {
                        barriers_check(a->fs->barriers);
                        watch_poll(&a->fs->names);
                        tick = now + pause;
                }
                look_after_hands(a, now);
                look = lanes_next_look(a->lanes);
                if (do_one(a, now))
                        continue;
                agenda_wait(a->agenda, now, look <= now ? tick : MIN(look, tick));
        }
        return NULL;
}

/* ---- its callers' side ---- */

int announcer_new(Fs *fs, Announcer **ret)
{
        Announcer *a = calloc(1, sizeof(*a));
        int r;

        if (!a)
                return -ENOMEM;
        a->fs = fs;
        a->agenda = fs->agenda;
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

bool announcer_stop(Announcer *a)
{
        if (a->stopping)
                return !a->left;
        a->stopping = true;
        agenda_wake(a->agenda);
        (void)pthread_join(a->thread, NULL);
        a->left = !lanes_stop(a->lanes);
        if (a->left)
                log_info("somebody has a directory locked; leaving it to them");
        return !a->left;
}

void announcer_free(Announcer *a)
{
        if (!a || !announcer_stop(a))
                return;
        lanes_free(a->lanes);
        free(a);
}

bool announcer_makes(const Announcer *a, pid_t pid)
{
        int64_t upload;
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, &upload) && kind == ERRAND_MAKE;
}

bool announcer_makes_folder(const Announcer *a, pid_t pid)
{
        int64_t upload;
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, &upload) && kind == ERRAND_FOLDER;
}

bool announcer_adds(const Announcer *a, pid_t pid)
{
        int64_t upload;
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, &upload) && kind == ERRAND_NEW;
}

bool announcer_brings(const Announcer *a, pid_t pid)
{
        int64_t upload;
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, &upload) && kind == ERRAND_ARRIVAL;
}

bool announcer_moves(const Announcer *a, pid_t pid)
{
        int64_t upload;
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, &upload) && kind == ERRAND_MOVE;
}

bool announcer_is(const Announcer *a, pid_t pid, int64_t *ret_upload)
{
        ErrandKind kind;

        return lanes_has(a->lanes, pid, &kind, ret_upload);
}
