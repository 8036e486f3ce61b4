/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/agenda.h"
#include "live/lease.h"
#include "tree/tree.h"

#include <idphoto/catalog.h>
#include <idphoto/receive.h>
#include <idphoto/submission.h>

#include <string.h>

/* From JUDGED to the verdict's place. */

typedef struct ApplyTask {
        int64_t id;
        int64_t generation;
        int64_t now;
        JudgeTarget target;
} ApplyTask;

static int apply_verdict(Catalog *catalog, void *userdata)
{
        ApplyTask *task = userdata;

        judge_target_done(&task->target);
        return judge_apply(catalog, task->id, task->generation, task->now, &task->target);
}

static int withdraw_verdict(Catalog *catalog, void *userdata)
{
        const ApplyTask *task = userdata;

        return receive_void_verdict(catalog, task->id, task->generation);
}

/* The verdict cannot be shown: that is tried again, and then the upload is judged anew, as one that
 * cannot be decided about. */
static void show_later(Intake *intake, Upload *u, ApplyTask *task, int error)
{
        bool given_up = upload_given_up(u);
        UploadFailures failures;

        upload_try_later(intake, u, error);
        if (given_up || !upload_given_up(u) ||
            writer_run(intake->writer, u->place.point, withdraw_verdict, task, 0) < 0)
                return;
        failures = u->failures;
        upload_resync(intake, u);
        u->failures = failures;
}

static int apply_with_turn(Intake *intake, Upload *u, JudgeTarget *ret)
{
        _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);
        ApplyTask task = {.id = u->id, .generation = u->generation, .now = intake_now(intake)};
        int r;

        if (u->state != UPLOAD_JUDGED)
                return -ESTALE;
        r = writer_run(intake->writer, u->place.point, apply_verdict, &task, 0);
        if (r < 0) {
                judge_target_done(&task.target);
                if (r == -ESTALE || r == -ENOENT)
                        upload_resync(intake, u);
                else
                        show_later(intake, u, &task, r);
                return r;
        }
        upload_lock(u);
        upload_transition(u, UPLOAD_SHOWN);
        upload_unlock(u);
        *ret = task.target;
        return 0;
}

void upload_tell_note(Intake *intake, int64_t id)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_free_ char *name = NULL, *file = NULL;
        char *note;
        Place place;

        if (reader_acquire(intake->writer, &reader) < 0 ||
            catalog_get_submission(reader.catalog, id, &row) <= 0 || !row.shown_name ||
            !lease_is_looked_at(intake->leases, row.point) ||
            tree_note_name(intake->tree, reader.catalog, &row, &name) < 0)
                return;
        place = (Place){.point = row.point, .folder = FOLDER_REJECTED};
        if (tree_path(intake->tree, reader.catalog, &place, row.shown_name, &file) < 0 ||
            tree_path(intake->tree, reader.catalog, &place, name, &note) < 0)
                return;
        agenda_tell_new(intake->agenda, TAKE_PTR(file), note);
}

int upload_apply(Intake *intake, int64_t id, JudgeTarget *ret)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        int r;

        if (!ref.upload)
                return -ESTALE;
        lease_wait(intake->leases, ref.upload->place.point);
        r = apply_with_turn(intake, ref.upload, ret);
        if (r >= 0)
                lease_announce(intake->leases, ref.upload->place.point);
        if (r >= 0 && ret->rejected)
                upload_tell_note(intake, id);
        upload_table_remove_done(intake->uploads, ref.upload);
        return r;
}

/* It has its place already. */
static void tell_step(Intake *intake, Catalog *catalog, const Place *place, const char *name,
                      const JudgeTarget *target)
{
        const bool watched = lease_is_looked_at(intake->leases, place->point);
        TreeStep step;

        if ((!watched && place->folder <= 0) ||
            tree_verdict_step(intake->tree, catalog, place, name, target, &step) < 0)
                return;
        if (watched)
                agenda_tell(intake->agenda, step.from, step.to);
        else {
                agenda_clear(intake->agenda, step.from);
                free(step.to);
        }
}

void upload_show_now(Intake *intake, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_look_ Look look = look_begin(intake->writer);
        _cleanup_reader_ Reader reader = {};
        _cleanup_free_ char *name = NULL;
        Place place;
        int r;

        if (!ref.upload)
                return;
        upload_lock(ref.upload);
        place = ref.upload->place;
        name = strdup(ref.upload->name);
        upload_unlock(ref.upload);
        r = upload_apply(intake, id, &target);
        if (r >= 0 && name && reader_acquire(intake->writer, &reader) >= 0)
                tell_step(intake, reader.catalog, &place, name, &target);
}
