/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "collector.h"
#include "live/agenda.h"
#include "live/barrier.h"

#include <idphoto/examination.h>
#include <idphoto/log.h>
#include <idphoto/receive.h>
#include <idphoto/submission.h>

#include <string.h>

/* From RECEIVED to JUDGED. The examination runs without the turn. It belongs to the generation that
 * it began with: its verdict is recorded for that generation or not at all. */

/* When clients have touched what they closed for the last time [D5]. */
static int64_t end_of_delay(const Intake *intake, const Upload *u)
{
        return u->closed_at + intake->options.delay_msec * NSEC_PER_MSEC;
}

/* ---- examining ---- */

/* Reads what is to be examined. Takes the turn, so that the file it opens is the sealed one.
 * -ESTALE: the upload has changed since the task was made. */
static int begin(Intake *intake, Upload *u, int64_t generation, Examination *ret)
{
        _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);
        _cleanup_reader_ Reader reader = {};
        int r;

        if (u->state != UPLOAD_RECEIVED || u->generation != generation)
                return -ESTALE;
        ret->final = u->final;
        ret->poison = u->poison;
        ret->given_up = upload_given_up(u);
        ret->early = clock_monotonic_nsec(intake->clock) < end_of_delay(intake, u);
        r = reader_acquire(intake->writer, &reader);
        if (r < 0)
                return r;
        examination_expect(reader.catalog, u->id,
                           &(IdentityQuery){.batch = intake->tree->batch,
                                            .point = u->place.point,
                                            .name = u->name,
                                            .today = date_from_wall(intake_now(intake))});
        r = examination_begin(intake->store, reader.catalog, u->id, generation, ret);
        if (r == -ESTALE)
                upload_resync(intake, u);
        return r;
}

static int identify(Intake *intake, Examination *examination)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(intake->writer, &reader);

        return r < 0 ? r : examination_identify(reader.catalog, intake_now(intake), examination);
}

/* What is read before the worker has its turn. */
static int read_rows(Intake *intake, Upload *u, int64_t generation, Examination *ret)
{
        _cleanup_look_ Look look = look_begin(intake->writer);
        int r = begin(intake, u, generation, ret);

        return r < 0 ? r : identify(intake, ret);
}

/* The caller releases *ret_examination even after an error. */
static int examine(Intake *intake, Worker *worker, Upload *u, const ArchiveOptions *archives,
                   int64_t generation, Examination *ret_examination, Judgement *ret)
{
        int r = read_rows(intake, u, generation, ret_examination);

        ret_examination->archives = archives;
        if (r < 0)
                return r;
        r = examination_run(intake->store, worker, intake->pool, ret_examination, ret);
        /* Here it is a worker that does not start, not a roster that has changed. */
        return r == -EAGAIN ? -EBUSY : r;
}

/* ---- recording ---- */

typedef struct RecordTask {
        Intake *intake;
        Upload *upload;
        const Judgement *judgement;
} RecordTask;

static int record_verdict(Catalog *catalog, void *userdata)
{
        const RecordTask *task = userdata;
        UploadAttributes a;

        judge_expect(catalog, (Where){task->intake->tree->batch, task->upload->place.point},
                     task->upload->id, task->judgement);
        /* A client may set the time until the last moment. */
        upload_attributes(task->upload, &a);
        return receive_verdict(catalog, task->upload->id, task->judgement, a.mtime,
                               intake_now(task->intake));
}

/* The verdict is void. */
static void forget_findings(Intake *intake, const Judgement *judgement)
{
        upload_forget_findings(intake, judgement, &(Unpacked){});
}

/* Records the verdict. Returns whether it is to be shown at once. */
static bool record(Intake *intake, Upload *u, const Judgement *judgement)
{
        RecordTask task = {.intake = intake, .upload = u, .judgement = judgement};
        /* Durable, because the staging file goes next: its name must not be gone from the disk
         * while the row there still says that the bytes are in it. */
        int r = writer_run(intake->writer, u->place.point, record_verdict, &task, WRITER_DURABLE);

        if (r == -ESTALE || r == -ENOENT) {
                forget_findings(intake, judgement);
                upload_resync(intake, u);
                return false;
        }
        /* -EAGAIN: the roster has changed since the name was read, or a purge has collected the
         * bytes. */
        if (r < 0) {
                upload_try_later(intake, u, r);
                return false;
        }
        upload_lock(u);
        upload_transition(u, UPLOAD_VERDICT);
        u->dirty = false;
        u->judged = true;
        if (!upload_given_up(u))
                u->failures = (UploadFailures){};
        u->judged_original = judgement->original;
        u->judged_photo = judgement->has_photo ? judgement->photo : judgement->original;
        upload_unlock(u);
        (void)staging_remove(intake->store, u->id);
        (void)upload_charge(intake->uploads, u, 0, true);
        if (barrier_covers(intake->barriers, u->place.point, u->id))
                return true;
        upload_schedule(intake, u, end_of_delay(intake, u));
        return false;
}

static void settled(Intake *intake, Upload *u, bool final)
{
        upload_lock(u);
        upload_transition(u, UPLOAD_SETTLED);
        u->final = final;
        upload_unlock(u);
        upload_submit(intake, u);
}

static void settle(Intake *intake, Upload *u, const Judgement *judgement)
{
        bool empty = findings_find(&judgement->findings, REASON_EMPTY_FILE);
        unsigned msec = empty ? intake->options.settle_empty_msec : intake->options.settle_msec;

        upload_lock(u);
        upload_transition(u, UPLOAD_FOUND_INCOMPLETE);
        u->early = judgement->early;
        upload_unlock(u);
        if (barrier_covers(intake->barriers, u->place.point, u->id))
                settled(intake, u, true);
        else if (judgement->early)
                upload_schedule(intake, u, end_of_delay(intake, u));
        else
                upload_schedule(intake, u, u->closed_at + msec * NSEC_PER_MSEC);
}

/* Caller has the turn. What becomes of an examination that ended with r. Whether its verdict is to
 * be shown at once. */
static bool conclude(Intake *intake, Upload *u, const Examination *examination, int r,
                     const Judgement *judgement)
{
        if (r == -ECANCELED) /* the daemon ends: the next one goes on */
                return false;
        if (r < 0)
                upload_try_later(intake, u, r);
        else if (judgement->incomplete)
                settle(intake, u, judgement);
        else if (judgement->unpacked)
                upload_record_unpacked(intake, u, judgement, &examination->unpacked);
        else
                return record(intake, u, judgement);
        return false;
}

void upload_judge(Worker *worker, void *userdata)
{
        _cleanup_free_ JudgeTask *task = userdata;
        Intake *intake = task->intake;
        _cleanup_upload_ UploadRef ref = {intake->uploads,
                                          upload_table_get(intake->uploads, task->id)};
        _cleanup_examination_ Examination examination = {.fd = -EBADF};
        UnpackWatch watch = {
                .intake = intake, .upload = ref.upload, .generation = task->generation};
        ArchiveOptions archives = upload_archive_options(&watch);
        Upload *u = ref.upload;
        Judgement judgement;
        bool show = false;
        int r;

        if (!u)
                return;
        r = examine(intake, worker, u, &archives, task->generation, &examination, &judgement);
        {
                _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);

                if (u->state == UPLOAD_RECEIVED && u->generation == task->generation)
                        show = conclude(intake, u, &examination, r, &judgement);
                else if (r >= 0) /* Renamed, opened or deleted meanwhile. */
                        upload_forget_findings(intake, &judgement, &examination.unpacked);
        }
        if (r < 0 || !judgement.unpacked)
                upload_forget_unpacked(intake, &examination.unpacked);
        if (show)
                upload_show_now(intake, task->id);
        upload_table_remove_done(intake->uploads, u);
        barriers_check(intake->barriers);
}

/* ---- when something is due ---- */

/* Caller has the turn. Whether its verdict is to be shown. */
static bool do_due(Intake *intake, Upload *u)
{
        if (clock_monotonic_nsec(intake->clock) < u->due)
                return false;
        switch ((UploadState)u->state) {
        case UPLOAD_FRESH:
                upload_close_clean(intake, u);
                return false;
        case UPLOAD_GONE:
                /* Once more, in case that the disk refused it. */
                if (u->closed_clean)
                        (void)upload_remove_row(intake, u->place.point, u->id);
                upload_lock(u);
                u->closed_clean = false;
                upload_unlock(u);
                return false;
        case UPLOAD_SETTLING:
                settled(intake, u, !u->early);
                return false;
        case UPLOAD_RECEIVED:
                upload_submit(intake, u);
                return false;
        default:
                return u->state == UPLOAD_JUDGED;
        }
}

bool upload_due(Intake *intake, int64_t id)
{
        enum { BUSY_MSEC = 20 };
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        Upload *u;
        bool show;

        /* One that was given away since then is due elsewhere. */
        (void)upload_find(intake->uploads, id, UPLOAD_OWN, &ref.upload);
        u = ref.upload;

        if (!u)
                return false;
        /* One upload whose turn takes its time does not hold up the others. */
        if (pthread_mutex_trylock(&u->turn) != 0) {
                agenda_schedule(intake->agenda, id,
                                clock_monotonic_nsec(intake->clock) + BUSY_MSEC * NSEC_PER_MSEC);
                return false;
        }
        show = do_due(intake, u);
        (void)pthread_mutex_unlock(&u->turn);
        upload_table_remove_done(intake->uploads, u);
        return show;
}

void upload_hurry(Intake *intake, int64_t point, int64_t max_id, bool elsewhere)
{
        UploadTable *table = intake->uploads;
        _cleanup_free_ int64_t *ids = NULL;
        size_t n = 0, room = 0;

        (void)pthread_mutex_lock(&table->lock);
        for (size_t i = 0; i < UPLOAD_BUCKETS; i++)
                for (Upload *u = table->buckets[i]; u; u = u->next) {
                        if (u->id > max_id || (point != 0 && u->place.point != point) ||
                            (u->state != UPLOAD_SETTLING && u->state != UPLOAD_JUDGED &&
                             !(elsewhere && u->state == UPLOAD_RECEIVED)))
                                continue;
                        if (n == room) {
                                int64_t *more = realloc(ids, (room + 64) * sizeof(*ids));

                                if (!more)
                                        break;
                                ids = more;
                                room += 64;
                        }
                        ids[n++] = u->id;
                }
        (void)pthread_mutex_unlock(&table->lock);
        for (size_t i = 0; i < n; i++) {
                _cleanup_upload_ UploadRef ref = {intake->uploads,
                                                  upload_table_get(intake->uploads, ids[i])};
                bool show;

                if (!ref.upload)
                        continue;
                /* Without its turn: the row knows whether this still holds. */
                if (elsewhere && ref.upload->state == UPLOAD_RECEIVED) {
                        upload_tell_received(intake, ref.upload);
                        continue;
                }
                {
                        _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(ref.upload);

                        if (ref.upload->state == UPLOAD_SETTLING)
                                settled(intake, ref.upload, true);
                        show = ref.upload->state == UPLOAD_JUDGED;
                }
                if (show)
                        upload_show_now(intake, ids[i]);
        }
}
