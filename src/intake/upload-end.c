/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/agenda.h"
#include "live/lease.h"
#include "tree/tree.h"

#include <idphoto/catalog.h>
#include <idphoto/log.h>

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

static int apply_with_turn(Fs *fs, Upload *u, JudgeTarget *ret)
{
        _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);
        ApplyTask task = {.id = u->id, .generation = u->generation, .now = fs_now(fs)};
        int r;

        if (u->state != UPLOAD_JUDGED)
                return -ESTALE;
        r = writer_run(fs->writer, apply_verdict, &task, 0);
        if (r == -ESTALE || r == -ENOENT)
                upload_resync(fs, u);
        if (r < 0) {
                judge_target_done(&task.target);
                return r;
        }
        upload_lock(u);
        upload_transition(u, UPLOAD_SHOWN);
        upload_unlock(u);
        *ret = task.target;
        return 0;
}

int upload_apply(Fs *fs, int64_t id, JudgeTarget *ret)
{
        _cleanup_upload_ UploadRef ref = {fs->uploads, upload_table_get(fs->uploads, id)};
        int r;

        if (!ref.upload)
                return -ESTALE;
        lease_wait(fs->leases, ref.upload->place.point);
        r = apply_with_turn(fs, ref.upload, ret);
        if (r >= 0)
                lease_announce(fs->leases, ref.upload->place.point);
        upload_table_remove_done(fs->uploads, ref.upload);
        return r;
}

void upload_show_now(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs->uploads, upload_table_get(fs->uploads, id)};
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_reader_ Reader reader = {};
        _cleanup_free_ char *from = NULL, *source = NULL, *to = NULL;
        Place place;
        int r;

        if (!ref.upload)
                return;
        upload_lock(ref.upload);
        place = ref.upload->place;
        from = strdup(ref.upload->name);
        upload_unlock(ref.upload);
        r = upload_apply(fs, id, &target);
        if (r == -ESTALE)
                return;
        if (r < 0) {
                log_warning("cannot show the verdict on submission %lld: %s; trying again",
                            (long long)id, strerror(-r));
                agenda_schedule(fs->agenda, id,
                                clock_monotonic_nsec(fs->clock) +
                                        UPLOAD_RETRY_MSEC * NSEC_PER_MSEC);
                return;
        }
        if (from && reader_acquire(fs->writer, &reader) >= 0 &&
            tree_path(&fs->tree, reader.catalog, &place, from, &source) >= 0 &&
            tree_target_path(&fs->tree, reader.catalog, place.point, &target, &to) >= 0)
                agenda_tell(fs->agenda, TAKE_PTR(source), TAKE_PTR(to));
}
