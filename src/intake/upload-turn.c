/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "collector.h"
#include "live/agenda.h"

#include <idphoto/log.h>
#include <idphoto/receive.h>

#include <stdlib.h>
#include <string.h>

/* What whoever has the turn may do to an upload, whatever he took it for. */

enum { RETRY_MAX = 12 /* the pause grows so many times */ };

void upload_schedule(Fs *fs, Upload *u, int64_t due)
{
        u->due = due;
        agenda_schedule(fs->agenda, u->id, due);
}

void upload_try_later(Fs *fs, Upload *u)
{
        int64_t pause =
                UPLOAD_RETRY_MSEC * NSEC_PER_MSEC * CLAMP(++u->attempts, 1u, (unsigned)RETRY_MAX);

        upload_schedule(fs, u, clock_monotonic_nsec(fs->clock) + pause);
}

/* ---- to the pool ---- */

static void discard(Worker *worker _unused_, void *userdata)
{
        free(userdata);
}

void upload_submit(Fs *fs, Upload *u)
{
        JudgeTask *task = malloc(sizeof(*task));
        int r = -ENOMEM;

        if (task) {
                *task = (JudgeTask){.fs = fs, .id = u->id, .generation = u->generation};
                r = worker_pool_submit(fs->pool,
                                       &(WorkerKey){.point = u->place.point, .uid = u->actor},
                                       fs->judge, discard, task);
        }
        if (r < 0) {
                free(task);
                upload_try_later(fs, u);
        }
}

void upload_void_verdict(Fs *fs, Upload *u)
{
        if (!u->judged)
                return;
        collector_note(fs->collector, &u->judged_original);
        collector_note(fs->collector, &u->judged_photo);
        u->judged = false;
}

static int cancel(Catalog *catalog, void *userdata)
{
        return receive_cancel(catalog, *(const int64_t *)userdata);
}

int upload_remove_row(Fs *fs, int64_t id)
{
        int r = writer_run(fs->writer, cancel, &id, 0);

        if (r >= 0)
                (void)staging_remove(fs->store, id);
        return r;
}

void upload_close_clean(Fs *fs, Upload *u)
{
        int r;

        /* Before the row goes, and the state after it: who comes by the number finds the origin
         * meanwhile, and who waits for the turn finds neither upload nor name. */
        upload_lock(u);
        u->closed_clean = true;
        upload_unlock(u);
        r = upload_remove_row(fs, u->id);
        if (r < 0)
                log_warning("cannot remove unused upload %lld: %s; trying again", (long long)u->id,
                            strerror(-r));
        upload_lock(u);
        upload_transition(u, UPLOAD_CLOSED_CLEAN);
        upload_unlock(u);
        upload_schedule(fs, u, clock_monotonic_nsec(fs->clock) + UPLOAD_FRESH_MSEC * NSEC_PER_MSEC);
}

/* ---- after a refusal ---- */

void upload_take_over_row(Fs *fs, Upload *u, const SubmissionRow *row)
{
        char *name = strdup(row->name);

        upload_lock(u);
        if (name) {
                free(u->name);
                u->name = name;
        }
        u->place.folder = row->folder;
        u->place.temporary = row->temporary;
        u->generation = row->generation;
        u->attempts = 0;
        upload_unlock(u);
        upload_set_temporary(fs->uploads, u, row->temporary);
}

void upload_begin_anew(Fs *fs, Upload *u)
{
        upload_void_verdict(fs, u);
        upload_lock(u);
        upload_transition(u, u->temporary ? UPLOAD_NAMED_TEMP : UPLOAD_NAMED);
        if (u->state == UPLOAD_RECEIVED) {
                /* The rename is the drop: delays count from here. */
                u->closed_at = clock_monotonic_nsec(fs->clock);
                u->final = false;
                u->received = true;
        }
        upload_unlock(u);
        if (u->state == UPLOAD_RECEIVED)
                upload_submit(fs, u);
}

void upload_resync(Fs *fs, Upload *u)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int r = reader_acquire(fs->writer, &reader);

        if (u->state == UPLOAD_GONE)
                return;
        if (r >= 0)
                r = catalog_get_submission(reader.catalog, u->id, &row);
        if (r < 0) {
                log_warning("cannot look at submission %lld: %s; trying again", (long long)u->id,
                            strerror(-r));
                upload_schedule(
                        fs, u, clock_monotonic_nsec(fs->clock) + UPLOAD_RETRY_MSEC * NSEC_PER_MSEC);
                return;
        }
        if (r == 0 || row.state >= SUBMISSION_ACCEPTED) {
                upload_lock(u);
                upload_transition(u, UPLOAD_DELETED);
                upload_unlock(u);
                return;
        }
        if (row.generation != u->generation) {
                upload_take_over_row(fs, u, &row);
                upload_begin_anew(fs, u);
        } else if (u->state == UPLOAD_RECEIVED && row.state > SUBMISSION_RECEIVED) {
                upload_lock(u);
                upload_transition(u, UPLOAD_VERDICT);
                upload_unlock(u);
                upload_schedule(fs, u, clock_monotonic_nsec(fs->clock));
        }
}
