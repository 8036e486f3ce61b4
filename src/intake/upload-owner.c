/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "collector.h"
#include "live/barrier.h"

#include <idphoto/receive.h>
#include <idphoto/submission.h>

/*
 * Uploads among several gateways. Each belongs to one, which alone acts on it (gateway.h): where its
 * client writes it, until it is taken from there. What has been closed is kept where all can read it,
 * so any gateway can go on with it: because a client comes to it there, because its gateway has more
 * to judge than it can, or because its gateway is gone.
 */

enum {
        KEPT_PER_WORKER = 2, /* so many wait here: others may have the rest */
        TELL_MSEC = 5000,
};

/* ---- taking one ---- */

static bool may_take(const SubmissionRow *row, UploadClaim claim)
{
        switch (claim) {
        case UPLOAD_OWN:
                return false;
        case UPLOAD_FREE:
                return row->owner == 0;
        case UPLOAD_FLUSHED:
                return row->owner == 0 || row->has_original;
        case UPLOAD_ANY:
                return true;
        }
        return false;
}

static int take(Catalog *catalog, void *userdata)
{
        return receive_take(catalog, userdata);
}

int upload_take_row(Intake *intake, SubmissionRow *row, UploadClaim claim)
{
        int64_t own = store_gateway(intake->store);
        int r;

        if (row->owner == own)
                return 0;
        if (!may_take(row, claim))
                return -EBUSY;
        r = writer_run(intake->writer, row->point, take, row, 0);
        if (r < 0)
                return r;
        /* It may have been here before. */
        (void)staging_remove(intake->store, row->id);
        row->owner = own;
        row->generation++;
        return 0;
}

/* ---- losing one ---- */

void upload_void_verdict(Intake *intake, Upload *u)
{
        if (!u->judged)
                return;
        collector_note(intake->collector, &u->judged_original);
        collector_note(intake->collector, &u->judged_photo);
        u->judged = false;
}

void upload_lose(Intake *intake, Upload *u)
{
        if (u->state == UPLOAD_GONE)
                return;
        upload_void_verdict(intake, u);
        upload_lock(u);
        upload_transition(u, UPLOAD_DELETED);
        u->nameless = u->writers > 0;
        /* Whoever writes must not take for kept what is not. */
        u->poison = u->writers > 0 ? -EIO : 0;
        u->generation++;
        upload_unlock(u);
        (void)staging_remove(intake->store, u->id);
        (void)upload_charge(intake->uploads, u, 0, true);
}

/* ---- giving one away ---- */

typedef struct OwnTask {
        int64_t id;
        int64_t generation;
} OwnTask;

static int give(Catalog *catalog, void *userdata)
{
        const OwnTask *task = userdata;

        return catalog_give_upload(catalog, task->id, task->generation);
}

bool upload_give_away(Intake *intake, Upload *u)
{
        OwnTask task = {.id = u->id, .generation = u->generation};

        if (!atomic_load(&intake->has_others) || u->final || u->poison < 0 || u->failures.n > 0 ||
            u->writers > 0 || atomic_load(&intake->claiming) ||
            worker_pool_queued(intake->pool) <
                    (size_t)KEPT_PER_WORKER * worker_pool_workers(intake->pool) ||
            barrier_covers(intake->barriers, u->place.point, u->id))
                return false;
        if (writer_run(intake->writer, u->place.point, give, &task, 0) <= 0)
                return false;
        upload_lose(intake, u);
        return true;
}

/* ---- keeping one ---- */

static int tell(Catalog *catalog, void *userdata)
{
        const OwnTask *task = userdata;

        return catalog_tell_received(catalog, task->id, task->generation);
}

/* The row of a closed file looks like that of one which its client still has open, and for that one
 * another gateway does not wait for long (elsewhere.c). So the row of a file that takes its time here,
 * such as an archive, says that it was received. */
void upload_tell_received(Intake *intake, Upload *u)
{
        OwnTask task = {.id = u->id};
        int64_t closed_at;
        bool held;

        upload_lock(u);
        task.generation = u->generation;
        closed_at = u->closed_at;
        held = u->writers > 0;
        upload_unlock(u);
        if (held || u->told == task.generation + 1 ||
            clock_monotonic_nsec(intake->clock) - closed_at < TELL_MSEC * NSEC_PER_MSEC)
                return;
        if (writer_run(intake->writer, u->place.point, tell, &task, 0) >= 0)
                u->told = task.generation + 1;
}
