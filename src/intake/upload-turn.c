/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/agenda.h"

#include <idphoto/log.h>
#include <idphoto/receive.h>

#include <stdlib.h>
#include <string.h>

/* Steps that every change of an upload may need. The caller has the turn. */

/*
 * A fault of the machine, such as a full disk or a worker that does not start, may end by itself:
 * it is tried again for about a day. Any other will most likely be the same at the next try: it is
 * tried again for some seconds.
 */
enum {
        STRAIN_MAX = 200,
        STRAIN_MACHINE = 1,
        STRAIN_OTHER = 25,
        PAUSE_MACHINE_MAX = 120, /* times UPLOAD_RETRY_MSEC */
        PAUSE_OTHER_MSEC = 50,   /* the first; each one is twice as long as the one before */
};

void upload_schedule(Intake *intake, Upload *u, int64_t due)
{
        u->due = due;
        agenda_schedule(intake->agenda, u->id, due);
}

static bool may_end_by_itself(int error)
{
        switch (error) {
        case -EAGAIN: /* the roster has changed meanwhile: it does not go on changing */
        case -EEXIST:
        case -EILSEQ:
        case -EINVAL:
        case -ENAMETOOLONG:
        case -EOVERFLOW:
        case -ERANGE:
        case -EUCLEAN:
                return false;
        default:
                return true;
        }
}

bool upload_given_up(const Upload *u)
{
        return u->failures.strain >= STRAIN_MAX;
}

void upload_try_later(Intake *intake, Upload *u, int error)
{
        UploadFailures *failures = &u->failures;
        bool machine = may_end_by_itself(error) || upload_given_up(u);
        unsigned n = MIN(failures->n + 1, (unsigned)PAUSE_MACHINE_MAX);
        int64_t pause = machine ? (int64_t)UPLOAD_RETRY_MSEC * n
                                : (int64_t)PAUSE_OTHER_MSEC
                                          << MIN(n - 1, STRAIN_MAX / STRAIN_OTHER);

        /* Once, not at every try. That a roster or a purge came between is ordinary. */
        if (error != failures->error && error != -EAGAIN)
                log_warning("cannot decide about submission %lld: %s; trying again",
                            (long long)u->id, strerror(-error));
        failures->error = error;
        failures->n++;
        if (!upload_given_up(u)) {
                failures->strain += machine ? STRAIN_MACHINE : STRAIN_OTHER;
                if (upload_given_up(u))
                        log_error("gave up on submission %lld after %u tries: %s", (long long)u->id,
                                  failures->n, strerror(-error));
        }
        upload_schedule(intake, u, clock_monotonic_nsec(intake->clock) + pause * NSEC_PER_MSEC);
}

/* ---- to the pool ---- */

static void discard(Worker *worker _unused_, void *userdata)
{
        free(userdata);
}

void upload_submit(Intake *intake, Upload *u)
{
        JudgeTask *task;
        int r = -ENOMEM;

        if (upload_give_away(intake, u))
                return;
        task = malloc(sizeof(*task));
        if (task) {
                *task = (JudgeTask){.intake = intake, .id = u->id, .generation = u->generation};
                r = worker_pool_submit(intake->pool,
                                       &(WorkerKey){.point = u->place.point, .uid = u->actor},
                                       intake->judge, discard, task);
        }
        if (r < 0) {
                free(task);
                upload_try_later(intake, u, r);
        }
}

static int cancel(Catalog *catalog, void *userdata)
{
        return receive_cancel(catalog, *(const int64_t *)userdata);
}

int upload_remove_row(Intake *intake, int64_t point, int64_t id)
{
        int r = writer_run(intake->writer, point, cancel, &id, 0);

        if (r >= 0)
                (void)staging_remove(intake->store, id);
        return r;
}

void upload_close_clean(Intake *intake, Upload *u)
{
        int r;

        /* Before the row goes, and the state after it: who comes by the number finds the origin
         * meanwhile, and who waits for the turn finds neither upload nor name. */
        upload_lock(u);
        u->closed_clean = true;
        upload_unlock(u);
        r = upload_remove_row(intake, u->place.point, u->id);
        if (r < 0)
                log_warning("cannot remove unused upload %lld: %s; trying again", (long long)u->id,
                            strerror(-r));
        upload_lock(u);
        upload_transition(u, UPLOAD_CLOSED_CLEAN);
        upload_unlock(u);
        upload_schedule(intake, u,
                        clock_monotonic_nsec(intake->clock) + UPLOAD_FRESH_MSEC * NSEC_PER_MSEC);
}

/* ---- after a refusal ---- */

void upload_take_over_row(Intake *intake, Upload *u, const SubmissionRow *row)
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
        u->changed = MAX(u->changed + 1, clock_wall_nsec(intake->clock));
        u->failures = (UploadFailures){};
        upload_unlock(u);
        upload_set_temporary(intake->uploads, u, row->temporary);
}

void upload_begin_anew(Intake *intake, Upload *u)
{
        upload_void_verdict(intake, u);
        upload_lock(u);
        upload_transition(u, u->temporary ? UPLOAD_NAMED_TEMP : UPLOAD_NAMED);
        if (u->state == UPLOAD_RECEIVED) {
                /* The rename is the drop: delays count from here. */
                u->closed_at = clock_monotonic_nsec(intake->clock);
                u->final = false;
                u->received = true;
        }
        upload_unlock(u);
        if (u->state == UPLOAD_RECEIVED)
                upload_submit(intake, u);
}

void upload_resync(Intake *intake, Upload *u)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int r = reader_acquire(intake->writer, &reader);

        if (u->state == UPLOAD_GONE)
                return;
        if (r >= 0)
                r = catalog_get_submission(reader.catalog, u->id, &row);
        if (r < 0) {
                log_warning("cannot look at submission %lld: %s; trying again", (long long)u->id,
                            strerror(-r));
                upload_schedule(intake, u,
                                clock_monotonic_nsec(intake->clock) +
                                        UPLOAD_RETRY_MSEC * NSEC_PER_MSEC);
                return;
        }
        if (r > 0 && row.owner != store_gateway(intake->store)) {
                upload_lose(intake, u);
                return;
        }
        if (r == 0 || row.state >= SUBMISSION_ACCEPTED) {
                upload_lock(u);
                upload_transition(u, UPLOAD_DELETED);
                upload_unlock(u);
                return;
        }
        if (row.generation != u->generation) {
                upload_take_over_row(intake, u, &row);
                upload_begin_anew(intake, u);
        } else if (u->state == UPLOAD_RECEIVED && row.state > SUBMISSION_RECEIVED) {
                upload_lock(u);
                upload_transition(u, UPLOAD_VERDICT);
                upload_unlock(u);
                upload_schedule(intake, u, clock_monotonic_nsec(intake->clock));
        }
}
