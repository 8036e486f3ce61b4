/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "collector.h"
#include "live/agenda.h"
#include "live/barrier.h"
#include "live/lease.h"
#include "tree/tree.h"

#include <idphoto/log.h>

#include <string.h>

/*
 * An archive is unpacked once its clients are through with it. Its files become rows in the
 * transaction that finishes it, so that a daemon killed in between finds the archive, or all that
 * was in it. They are uploads before the archive's own is gone: barriers always find one of them.
 */

static int go_on(void *userdata)
{
        UnpackWatch *watch = userdata;
        Upload *u = watch->upload;
        bool same;

        upload_lock(u);
        same = u->state == UPLOAD_RECEIVED && u->generation == watch->generation;
        upload_unlock(u);
        if (!same || watch->intake->uploads->stopping)
                return -ECANCELED;
        return store_room(watch->intake->store) == STORE_ROOM_NONE ? -ENOSPC : 0;
}

ArchiveOptions upload_archive_options(UnpackWatch *watch)
{
        ArchiveOptions options = watch->intake->options.archives;

        options.go_on = go_on;
        options.userdata = watch;
        return options;
}

void upload_forget_unpacked(Intake *intake, const Unpacked *unpacked)
{
        for (size_t i = 0; i < unpacked->n; i++)
                collector_note(intake->collector, &unpacked->files[i].original);
}

void upload_forget_findings(Intake *intake, const Judgement *judgement, const Unpacked *unpacked)
{
        if (judgement->incomplete)
                return;
        collector_note(intake->collector, &judgement->original);
        if (judgement->has_photo)
                collector_note(intake->collector, &judgement->photo);
        upload_forget_unpacked(intake, unpacked);
}

typedef struct UnpackTask {
        Intake *intake;
        Upload *upload;
        const Judgement *judgement;
        const Unpacked *unpacked;
        UnpackedRows rows;
} UnpackTask;

static int apply(Catalog *catalog, void *userdata)
{
        UnpackTask *task = userdata;
        UploadAttributes a;

        /* A client may set the time until the last moment. */
        upload_attributes(task->upload, &a);
        unpacked_rows_done(&task->rows);
        return unpacking_apply(catalog, task->upload->id, task->judgement, task->unpacked, a.mtime,
                               intake_now(task->intake), &task->rows);
}

/* The archive is gone from its directory, and the folder is there. */
static void tell(Intake *intake, const Upload *u, const UnpackedRows *rows)
{
        _cleanup_reader_ Reader reader = {};
        Place parent = {.point = u->place.point, .folder = rows->parent};
        char *path;

        if (!lease_is_looked_at(intake->leases, u->place.point) ||
            reader_acquire(intake->writer, &reader) < 0)
                return;
        if (tree_path(intake->tree, reader.catalog, &u->place, u->name, &path) >= 0)
                agenda_tell_removal(intake->agenda, path);
        if (tree_path(intake->tree, reader.catalog, &parent, rows->folder, &path) >= 0)
                agenda_tell_folder(intake->agenda, path);
}

void upload_record_unpacked(Intake *intake, Upload *u, const Judgement *judgement,
                            const Unpacked *unpacked)
{
        UnpackTask task = {
                .intake = intake, .upload = u, .judgement = judgement, .unpacked = unpacked};
        int r;

        lease_announce(intake->leases, u->place.point);
        /* Durable, as the verdict of a photo is. */
        r = writer_run(intake->writer, u->place.point, apply, &task, WRITER_DURABLE);
        if (r < 0) {
                upload_forget_findings(intake, judgement, unpacked);
                if (r == -ESTALE || r == -ENOENT)
                        upload_resync(intake, u);
                else
                        upload_try_later(intake, u, r);
                unpacked_rows_done(&task.rows);
                return;
        }
        barriers_extend(intake->barriers,
                        &(BarrierRange){.point = u->place.point,
                                        .first = task.rows.first,
                                        .last = task.rows.last},
                        u->id);
        for (int64_t id = task.rows.first; id <= task.rows.last; id++)
                upload_adopt(intake, id);
        upload_lock(u);
        upload_transition(u, UPLOAD_VERDICT);
        upload_transition(u, UPLOAD_SHOWN);
        u->dirty = false;
        upload_unlock(u);
        (void)staging_remove(intake->store, u->id);
        (void)upload_charge(intake->uploads, u, 0, true);
        tell(intake, u, &task.rows);
        unpacked_rows_done(&task.rows);
}
