/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/agenda.h"
#include "live/barrier.h"
#include "live/lease.h"

#include <idphoto/batch.h>
#include <idphoto/log.h>
#include <idphoto/receive.h>
#include <idphoto/submission.h>
#include <idphoto/withdraw.h>

#include <string.h>

/* What clients do to the names of uploads. The catalog decides, in one transaction with everything
 * that the change implies; the daemon's copy follows. */

/* ---- retiring an upload: deleted, or something else takes its name ---- */

static void withdrawal_done(Withdrawal *w)
{
        submission_row_done(&w->row);
}

static int retire(Catalog *catalog, const Withdrawal *withdrawal)
{
        int r = withdraw_upload(catalog, withdrawal);

        return r == -ENOENT ? -ESTALE : r;
}

/* The bytes of an upload as a blob: those that were received, or, while somebody writes, a copy of
 * what is there now. */
static int keep_bytes(Intake *intake, const Upload *u, Withdrawal *ret)
{
        _cleanup_close_ int fd = staging_open(intake->store, u->id);
        int r;

        if (fd < 0)
                return fd;
        if (u->state == UPLOAD_WRITING)
                r = blob_copy_fd(intake->store, fd, &ret->row.original, &ret->row.size);
        else
                r = blob_from_fd(intake->store, fd, &ret->row.original, &ret->row.size);
        if (r < 0)
                return r;
        ret->row.has_original = ret->keep = true;
        return 0;
}

/* What was received may be a photo's bytes, and becomes a blob before its name goes [D10]. So does
 * what is only flushed: its writer may have closed it, and the release be still on its way. What
 * was never closed was cancelled by its writer, and what was never named as a photo is none. Caller
 * has the turn. */
static int prepare_retirement(Intake *intake, Upload *u, Withdrawal *ret)
{
        _cleanup_reader_ Reader reader = {};
        UploadAttributes a;
        int r = reader_acquire(intake->writer, &reader);

        if (r >= 0)
                r = catalog_get_submission(reader.catalog, u->id, &ret->row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        if (ret->row.generation != u->generation || u->state == UPLOAD_GONE) {
                upload_resync(intake, u);
                return -ESTALE;
        }
        reader_release(&reader);
        reader.catalog = NULL;
        ret->now = intake_now(intake);
        upload_attributes(u, &a);
        ret->row.size = a.size;
        if (u->state == UPLOAD_FRESH ||
            (u->state == UPLOAD_WRITING && !u->received && u->flushed_at == 0))
                ret->row.size = 0;
        else if (u->received)
                ret->row.state = SUBMISSION_RECEIVED;
        if (withdraw_is_disposable(&ret->row) || ret->row.has_original)
                return 0;
        r = keep_bytes(intake, u, ret);
        if (r != -ENOENT)
                return r;
        /* A power loss took the file before anything of it was durable. */
        log_warning("the bytes of submission %lld are lost; nothing is kept of it",
                    (long long)u->id);
        ret->row.size = 0;
        return 0;
}

/* Clients that have the file open go on with it. Caller has the turn. */
static void retired(Intake *intake, Upload *u)
{
        bool writing = u->state == UPLOAD_WRITING;
        int orphan = -EBADF;

        upload_void_verdict(intake, u);
        if (u->writers > 0 || u->readers > 0)
                orphan = writing ? staging_open_for_writing(intake->store, u->id)
                                 : staging_open(intake->store, u->id);
        upload_lock(u);
        upload_transition(u, UPLOAD_DELETED);
        u->nameless = u->writers > 0 || u->readers > 0;
        u->orphan = orphan;
        u->generation++;
        upload_unlock(u);
        (void)staging_remove(intake->store, u->id);
}

typedef struct RetireTask {
        Withdrawal withdrawal;
        WriterTask also; /* in the same transaction; NULL: nothing */
        void *userdata;
} RetireTask;

static int run_retire(Catalog *catalog, void *userdata)
{
        const RetireTask *task = userdata;
        int r = task->also ? task->also(catalog, task->userdata) : 0;

        return r < 0 ? r : retire(catalog, &task->withdrawal);
}

static int retire_with_turn(Intake *intake, Upload *u, RetireTask *task)
{
        _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);
        int r = prepare_retirement(intake, u, &task->withdrawal);
        bool untouched;

        upload_lock(u);
        untouched = upload_is_untouched(u);
        upload_unlock(u);
        /* As with a verdict: durable before the staging file goes. */
        if (r >= 0)
                r = writer_run(intake->writer, u->place.point, run_retire, task,
                               task->withdrawal.keep ? WRITER_DURABLE : 0);
        if (r == -ESTALE)
                upload_resync(intake, u);
        if (r < 0)
                return r;
        retired(intake, u);
        /* Nothing but the wish to write: what the client deletes is what stood there before. */
        return untouched && !task->withdrawal.displaced ? -ESTALE : 0;
}

static int retire_upload(Intake *intake, int64_t id, RetireTask *task)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        int r = upload_find(intake->uploads, id, UPLOAD_ANY, &ref.upload);

        if (r < 0)
                return r;
        /* Before the turn, for which others wait that have nothing to do with a listing. */
        lease_wait(intake->leases, ref.upload->place.point);
        r = retire_with_turn(intake, ref.upload, task);
        lease_announce(intake->leases, ref.upload->place.point);
        withdrawal_done(&task->withdrawal);
        upload_table_remove_done(intake->uploads, ref.upload);
        barriers_check(intake->barriers);
        return r;
}

int upload_unlink(Intake *intake, int64_t id, uid_t uid)
{
        RetireTask task = {.withdrawal = {.uid = uid}};

        return retire_upload(intake, id, &task);
}

int upload_displace(Intake *intake, int64_t id, WriterTask also, void *userdata)
{
        RetireTask task = {.withdrawal = {.displaced = true}, .also = also, .userdata = userdata};

        return retire_upload(intake, id, &task);
}

/* ---- renaming ---- */

typedef struct RenameTask {
        int64_t batch;
        ReceiveName name;
        Withdrawal withdrawal; /* of what stood there, if anything did */
        bool displaced;
        int64_t now;
        SubmissionRow row; /* afterwards */
} RenameTask;

/* As with a file that is made: the batch may have been closed through another gateway since it was
 * looked at. */
static int check_open(Catalog *catalog, const RenameTask *task)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        if (!store_is_attached(catalog_store(catalog)))
                return 0;
        if (catalog_look_ahead(catalog)) {
                (void)catalog_batch_closed(catalog, task->batch);
                (void)catalog_get_submission(catalog, task->name.id, &row);
                catalog_look(catalog);
        }
        r = catalog_batch_closed(catalog, task->batch);
        return r > 0 ? -EROFS : r;
}

static int rename_upload(Catalog *catalog, void *userdata)
{
        RenameTask *task = userdata;
        int r = check_open(catalog, task);

        if (r >= 0 && task->displaced)
                r = retire(catalog, &task->withdrawal);

        submission_row_done(&task->row);
        return r < 0 ? r : receive_rename(catalog, &task->name, task->now, &task->row);
}

/* Caller has the turns. */
static int rename_with_turns(Intake *intake, Upload *u, Upload *displaced, RenameTask *task)
{
        int r = 0;

        if (u->state == UPLOAD_GONE)
                return -ESTALE;
        if (task->name.temporary && !u->temporary)
                r = upload_count_temporary(intake->uploads, u->place.point, u->actor);
        if (r < 0)
                return r;
        task->name.id = u->id;
        task->name.generation = u->generation;
        task->name.received = u->received;
        if (displaced) {
                task->displaced = true;
                task->withdrawal.displaced = true;
                r = prepare_retirement(intake, displaced, &task->withdrawal);
        }
        if (r >= 0)
                r = writer_run(intake->writer, u->place.point, rename_upload, task,
                               task->withdrawal.keep ? WRITER_DURABLE : 0);
        if (r == -ESTALE || r == -ENOENT) {
                upload_resync(intake, u);
                if (displaced)
                        upload_resync(intake, displaced);
                return -ESTALE;
        }
        if (r < 0)
                return r;
        if (displaced)
                retired(intake, displaced);
        upload_take_over_row(intake, u, &task->row);
        upload_begin_anew(intake, u);
        return 0;
}

int upload_rename(Intake *intake, int64_t id, const Place *place, const char *name, bool temporary,
                  int64_t displaced)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        _cleanup_upload_ UploadRef other = {intake->uploads, NULL};
        RenameTask task = {.batch = intake->tree->batch,
                           .name = {.folder = place->folder,
                                    .name = name,
                                    .temporary = temporary || place->temporary},
                           .now = intake_now(intake)};
        int r = upload_find(intake->uploads, id, UPLOAD_FLUSHED, &ref.upload);

        if (r >= 0 && displaced)
                r = upload_find(intake->uploads, displaced, UPLOAD_ANY, &other.upload);
        if (r < 0)
                return r;
        lease_wait(intake->leases, place->point);
        {
                bool first = displaced && displaced < id;
                _cleanup_turn_ pthread_mutex_t *older =
                        upload_take_turn(first ? other.upload : ref.upload);
                _cleanup_turn_ pthread_mutex_t *newer =
                        !displaced ? NULL : upload_take_turn(first ? ref.upload : other.upload);

                r = rename_with_turns(intake, ref.upload, other.upload, &task);
        }
        lease_announce(intake->leases, place->point);
        withdrawal_done(&task.withdrawal);
        submission_row_done(&task.row);
        upload_table_remove_done(intake->uploads, ref.upload);
        if (other.upload)
                upload_table_remove_done(intake->uploads, other.upload);
        barriers_check(intake->barriers);
        return r;
}

/* ---- folders ---- */

static int resync_one(int64_t id, void *userdata)
{
        Intake *intake = userdata;
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};

        if (ref.upload) {
                _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(ref.upload);

                upload_resync(intake, ref.upload);
        }
        return 0;
}

void upload_folder_renamed(Intake *intake, int64_t folder)
{
        _cleanup_reader_ Reader reader = {};

        /* Those that are not reached find out when their verdict is refused. */
        if (reader_acquire(intake->writer, &reader) >= 0)
                (void)catalog_list_folder_uploads(reader.catalog, folder, resync_one, intake);
}
