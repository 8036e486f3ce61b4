/* SPDX-License-Identifier: MIT */
#include "upload-internal.h"

#include "announcer.h"
#include "barrier.h"
#include "lease.h"
#include "tree.h"

#include <idphoto/judge.h>
#include <idphoto/log.h>

#include <fcntl.h>
#include <string.h>

enum {
        RETRY_MSEC = 5000,   /* after the store or the worker could not do it now */
        CLOSING_MSEC = 2000, /* how long a flushed upload may take to be released before a barrier
                                ignores it */
        TEMPORARY_HOURS =
                48, /* age at which a start collects what a client left under a temporary name */
};

typedef struct JudgeTask {
        Fs *fs;
        int64_t id;
        uint64_t generation;
} JudgeTask;

typedef struct RecordTask {
        int64_t id;
        const Judgement *judgement;
        int64_t mtime;
        int64_t now;
} RecordTask;

/* The receipt and the verdict in one transaction: until here a killed daemon finds an open row and
 * judges it anew. */
static int record_verdict(Catalog *catalog, void *userdata)
{
        const RecordTask *task = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        r = catalog_get_submission(catalog, task->id, &row);
        if (r < 0)
                return r;
        /* A client may have deleted it while it was examined. */
        if (r == 0 || row.state > SUBMISSION_RECEIVED)
                return -ESTALE;
        r = catalog_set_submission_received(catalog, task->id, task->judgement->size, task->mtime,
                                            task->now);
        if (r < 0)
                return r;
        return judge_record(catalog, task->id, task->judgement, task->now);
}

static void schedule(Fs *fs, Upload *u, int64_t due)
{
        u->due = due;
        announcer_schedule(fs->announcer, u->id, due);
}

/* A refused write left less than the client sent: no decoder needs to look at it. */
static int judge_poisoned(Fs *fs, const Identity *identity, int poison, int fd, Judgement *ret)
{
        Judgement judgement = {};
        int r;

        (void)findings_add(&judgement.findings,
                           poison == -EFBIG ? REASON_FILE_TOO_LARGE : REASON_UPLOAD_INCOMPLETE,
                           FINDING_REJECT);
        judgement.identity = *identity;
        r = blob_from_fd(fs->store, fd, &judgement.original, &judgement.size);
        if (r < 0)
                return r;
        *ret = judgement;
        return 0;
}

static int examine(Fs *fs, Worker *worker, Upload *u, uint64_t generation, Judgement *ret)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_folder_ FolderRow folder = {};
        _cleanup_close_ int fd = -EBADF;
        Findings name_findings = {};
        Identity identity;
        bool final, current;
        int poison, r;

        (void)pthread_mutex_lock(&u->lock);
        current = u->state == UPLOAD_RECEIVED && u->generation == generation;
        final = u->final;
        poison = u->poison;
        if (current)
                fd = staging_open(fs->store, u->id);
        (void)pthread_mutex_unlock(&u->lock);
        if (!current)
                return -ESTALE;
        r = reader_acquire(fs, &reader);
        if (r < 0)
                return r;
        r = catalog_get_submission(reader.catalog, u->id, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        if (row.folder > 0) {
                r = catalog_get_folder(reader.catalog, row.folder, &folder);
                if (r < 0)
                        return r;
        }
        r = identity_resolve(reader.catalog, row.batch, row.point, row.name, folder.name,
                             date_from_wall(catalog_now(reader.catalog, fs_now(fs))),
                             &name_findings, &identity);
        if (r < 0)
                return r;
        if (fd == -ENOENT && row.has_original)
                fd = blob_open(fs->store, &row.original);
        if (fd < 0)
                return fd;
        /* Not held over the examination, which takes its time. */
        reader_release(&reader);
        reader.catalog = NULL;
        row.size = (uint64_t)lseek(fd, 0, SEEK_END);
        if (poison < 0)
                return judge_poisoned(fs, &identity, poison, fd, ret);
        return judge_examine(fs->store, worker, fs->pool, &row, &identity, &name_findings, fd,
                             final, ret);
}

static void settle(Fs *fs, Upload *u, const Judgement *judgement)
{
        bool empty = findings_find(&judgement->findings, REASON_EMPTY_FILE);
        unsigned msec = empty ? fs->options.settle_empty_msec : fs->options.settle_msec;

        upload_transition(u, UPLOAD_FOUND_INCOMPLETE);
        if (barrier_covers(fs, u->place.point, u->id)) {
                upload_transition(u, UPLOAD_SETTLED);
                u->final = true;
                upload_submit(fs, u);
        } else
                schedule(fs, u, u->closed_at + msec * NSEC_PER_MSEC);
}

/* Records the verdict. Returns whether it is to be shown at once. */
static bool record(Fs *fs, Upload *u, const Judgement *judgement)
{
        RecordTask task = {
                .id = u->id, .judgement = judgement, .mtime = u->mtime, .now = fs_now(fs)};
        /* Durable, because the staging file goes next: its name must not be gone from the disk
         * while the row there still says that the bytes are in it. */
        int r = writer_run(fs->writer, record_verdict, &task, WRITER_DURABLE);

        if (r == -ESTALE) {
                upload_transition(u, UPLOAD_DELETED);
                upload_table_remove(fs, u);
                return false;
        }
        if (r == -EAGAIN) {
                /* The roster has changed since the name was read. */
                upload_submit(fs, u);
                return false;
        }
        if (r < 0) {
                log_warning("cannot record the verdict on submission %lld: %s; trying again",
                            (long long)u->id, strerror(-r));
                schedule(fs, u, clock_monotonic_nsec(fs->clock) + RETRY_MSEC * NSEC_PER_MSEC);
                return false;
        }
        upload_transition(u, UPLOAD_VERDICT);
        u->dirty = false;
        (void)staging_remove(fs->store, u->id);
        (void)upload_charge(fs, u, 0, true);
        if (barrier_covers(fs, u->place.point, u->id))
                return true;
        schedule(fs, u, u->closed_at + fs->options.delay_msec * NSEC_PER_MSEC);
        return false;
}

static void judge(Worker *worker, void *userdata)
{
        _cleanup_free_ JudgeTask *task = userdata;
        Fs *fs = task->fs;
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, task->id)};
        Upload *u = ref.upload;
        Judgement judgement;
        bool show = false;
        int r;

        if (!u)
                return;
        r = examine(fs, worker, u, task->generation, &judgement);
        (void)pthread_mutex_lock(&u->lock);
        if (u->state == UPLOAD_RECEIVED && u->generation == task->generation) {
                if (r < 0) {
                        log_warning("cannot examine submission %lld: %s; trying again",
                                    (long long)u->id, strerror(-r));
                        schedule(fs, u,
                                 clock_monotonic_nsec(fs->clock) + RETRY_MSEC * NSEC_PER_MSEC);
                } else if (judgement.incomplete)
                        settle(fs, u, &judgement);
                else
                        show = record(fs, u, &judgement);
        }
        (void)pthread_mutex_unlock(&u->lock);
        if (show)
                upload_show_now(fs, task->id);
        barriers_check(fs);
}

static void discard(Worker *worker _unused_, void *userdata)
{
        free(userdata);
}

void upload_submit(Fs *fs, Upload *upload)
{
        JudgeTask *task = malloc(sizeof(*task));
        int r = -ENOMEM;

        if (task) {
                *task = (JudgeTask){.fs = fs, .id = upload->id, .generation = upload->generation};
                r = worker_pool_submit(fs->pool, judge, discard, task);
        }
        if (r < 0) {
                free(task);
                schedule(fs, upload, clock_monotonic_nsec(fs->clock) + RETRY_MSEC * NSEC_PER_MSEC);
        }
}

bool upload_due(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        bool show = false, remove = false;

        if (!u)
                return false;
        (void)pthread_mutex_lock(&u->lock);
        if (clock_monotonic_nsec(fs->clock) >= u->due)
                switch ((UploadState)u->state) {
                case UPLOAD_FRESH:
                        upload_close_clean(fs, u);
                        break;
                case UPLOAD_GONE:
                        remove = true;
                        break;
                case UPLOAD_SETTLING:
                        upload_transition(u, UPLOAD_SETTLED);
                        u->final = true;
                        upload_submit(fs, u);
                        break;
                case UPLOAD_RECEIVED:
                        upload_submit(fs, u);
                        break;
                case UPLOAD_JUDGED:
                        show = true;
                        break;
                default:
                        break;
                }
        (void)pthread_mutex_unlock(&u->lock);
        if (remove)
                upload_table_remove(fs, u);
        return show;
}

/* ---- showing ---- */

typedef struct ApplyTask {
        int64_t id;
        int64_t now;
        JudgeTarget target;
} ApplyTask;

static int apply_verdict(Catalog *catalog, void *userdata)
{
        ApplyTask *task = userdata;

        return judge_apply(catalog, task->id, task->now, &task->target);
}

int upload_apply(Fs *fs, int64_t id, JudgeTarget *ret)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        ApplyTask task = {.id = id, .now = fs_now(fs)};
        int r;

        if (!u)
                return -ESTALE;
        /* Before the lock: a listing that is under way asks for the upload's attributes. */
        lease_wait(fs, u->place.point);
        (void)pthread_mutex_lock(&u->lock);
        if (u->state != UPLOAD_JUDGED)
                r = -ESTALE;
        else {
                r = writer_run(fs->writer, apply_verdict, &task, 0);
                if (r >= 0)
                        upload_transition(u, UPLOAD_SHOWN);
        }
        (void)pthread_mutex_unlock(&u->lock);
        if (r < 0)
                return r;
        lease_announce(fs, u->place.point);
        upload_table_remove(fs, u);
        *ret = task.target;
        return 0;
}

void upload_show_now(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        _cleanup_target_ JudgeTarget target = {};
        _cleanup_reader_ Reader reader = {};
        _cleanup_free_ char *from = NULL, *to = NULL;
        Place place;
        int r;

        if (!ref.upload)
                return;
        (void)pthread_mutex_lock(&ref.upload->lock);
        place = ref.upload->place;
        from = strdup(ref.upload->name);
        (void)pthread_mutex_unlock(&ref.upload->lock);
        r = upload_apply(fs, id, &target);
        if (r == -ESTALE)
                return;
        if (r < 0) {
                log_warning("cannot show the verdict on submission %lld: %s; trying again",
                            (long long)id, strerror(-r));
                announcer_schedule(fs->announcer, id,
                                   clock_monotonic_nsec(fs->clock) + RETRY_MSEC * NSEC_PER_MSEC);
                return;
        }
        if (from && reader_acquire(fs, &reader) >= 0) {
                char *source = NULL;

                if (tree_path(fs, reader.catalog, &place, from, &source) >= 0 &&
                    tree_target_path(fs, reader.catalog, place.point, &target, &to) >= 0)
                        announcer_tell(fs->announcer, TAKE_PTR(source), TAKE_PTR(to));
                free(source);
        }
}

/* ---- barriers ---- */

static bool is_pending(const Upload *u, int64_t now)
{
        int64_t flushed;

        if (u->temporary)
                return false;
        switch ((UploadState)u->state) {
        case UPLOAD_RECEIVED:
        case UPLOAD_SETTLING:
        case UPLOAD_JUDGED:
                return true;
        case UPLOAD_WRITING:
                /* close() has returned to the client, the release is on its way. */
                flushed = u->flushed_at;
                return flushed != 0 && now - flushed < CLOSING_MSEC * NSEC_PER_MSEC;
        default:
                return false;
        }
}

bool upload_any_pending(Fs *fs, int64_t point, int64_t max_id)
{
        UploadTable *table = fs->uploads;
        int64_t now = clock_monotonic_nsec(fs->clock);
        bool any = false;

        (void)pthread_mutex_lock(&table->lock);
        for (size_t i = 0; i < UPLOAD_BUCKETS && !any; i++)
                for (Upload *u = table->buckets[i]; u && !any; u = u->next)
                        any = u->id <= max_id && (point == 0 || u->place.point == point) &&
                              is_pending(u, now);
        (void)pthread_mutex_unlock(&table->lock);
        return any;
}

void upload_hurry(Fs *fs, int64_t point, int64_t max_id)
{
        UploadTable *table = fs->uploads;
        _cleanup_free_ int64_t *ids = NULL;
        size_t n = 0, room = 0;

        (void)pthread_mutex_lock(&table->lock);
        for (size_t i = 0; i < UPLOAD_BUCKETS; i++)
                for (Upload *u = table->buckets[i]; u; u = u->next) {
                        if (u->id > max_id || (point != 0 && u->place.point != point))
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
                _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, ids[i])};
                Upload *u = ref.upload;
                bool show = false;

                if (!u)
                        continue;
                (void)pthread_mutex_lock(&u->lock);
                if (u->state == UPLOAD_SETTLING) {
                        upload_transition(u, UPLOAD_SETTLED);
                        u->final = true;
                        upload_submit(fs, u);
                } else if (u->state == UPLOAD_JUDGED)
                        show = true;
                (void)pthread_mutex_unlock(&u->lock);
                if (show)
                        upload_show_now(fs, ids[i]);
        }
}

/* ---- after a restart ---- */

static int adopt_row(Fs *fs, const SubmissionRow *row, bool place_temporary)
{
        _cleanup_upload_ UploadRef ref = {fs, NULL};
        SubmissionRow copy = *row;
        UploadState state;
        bool staged = false;
        int r;

        switch (row->state) {
        case SUBMISSION_OPEN:
        case SUBMISSION_RECEIVED: {
                _cleanup_close_ int fd = staging_open(fs->store, row->id);
                struct stat st;

                if (fd >= 0 && fstat(fd, &st) >= 0) {
                        staged = true;
                        copy.size = (uint64_t)st.st_size;
                        if (row->mtime == row->created)
                                copy.mtime = timespec_to_nsec(st.st_mtim);
                }
                state = row->temporary ? UPLOAD_HELD : UPLOAD_RECEIVED;
                break;
        }
        case SUBMISSION_PASSED:
        case SUBMISSION_FAILED:
                state = UPLOAD_JUDGED;
                break;
        default:
                return -EINVAL;
        }
        r = upload_table_add(fs, &copy, place_temporary, state, &ref.upload);
        if (r <= 0)
                return r;
        (void)pthread_mutex_lock(&ref.upload->lock);
        ref.upload->closed_at = clock_monotonic_nsec(fs->clock);
        if (staged)
                (void)upload_charge(fs, ref.upload, copy.size, true);
        if (state == UPLOAD_RECEIVED)
                upload_submit(fs, ref.upload);
        else if (state == UPLOAD_JUDGED)
                schedule(fs, ref.upload, ref.upload->closed_at);
        (void)pthread_mutex_unlock(&ref.upload->lock);
        return 0;
}

int upload_adopt(Fs *fs, int64_t id)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        r = reader_acquire(fs, &reader);
        if (r < 0)
                return r;
        r = catalog_get_submission(reader.catalog, id, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        return adopt_row(fs, &row, false);
}

typedef struct Recovery {
        Fs *fs;
        Catalog *catalog;
        uint64_t found;
} Recovery;

static bool is_stale_temporary(const Fs *fs, const SubmissionRow *row)
{
        return row->temporary && fs_now(fs) - row->created > TEMPORARY_HOURS * 3600 * NSEC_PER_SEC;
}

static int recover_row(const SubmissionRow *row, void *userdata)
{
        Recovery *recovery = userdata;
        Fs *fs = recovery->fs;
        bool unwritten = false;

        if (row->state == SUBMISSION_OPEN) {
                _cleanup_close_ int fd = staging_open(fs->store, row->id);

                unwritten = fd == -ENOENT;
        }
        if (unwritten || is_stale_temporary(fs, row)) {
                upload_forget(fs, row->id);
                return 0;
        }
        recovery->found += !row->temporary;
        return adopt_row(fs, row, row->temporary);
}

static int collect_staging(int64_t submission, void *userdata)
{
        Recovery *recovery = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        r = catalog_get_submission(recovery->catalog, submission, &row);
        if (r < 0)
                return r;
        if (r == 0 || row.state > SUBMISSION_RECEIVED)
                (void)staging_remove(recovery->fs->store, submission);
        return 0;
}

int upload_recover(Fs *fs)
{
        static const SubmissionState unfinished[] = {SUBMISSION_PASSED, SUBMISSION_FAILED,
                                                     SUBMISSION_RECEIVED, SUBMISSION_OPEN};
        _cleanup_reader_ Reader reader = {};
        Recovery recovery = {.fs = fs};
        int r;

        r = reader_acquire(fs, &reader);
        if (r < 0)
                return r;
        recovery.catalog = reader.catalog;
        r = staging_list(fs->store, collect_staging, &recovery);
        for (size_t i = 0; i < ELEMENTSOF(unfinished) && r >= 0; i++)
                r = catalog_list_by_state(reader.catalog, unfinished[i], 0, recover_row, &recovery);
        if (r >= 0 && recovery.found > 0)
                log_info("going on with %llu uploads received before",
                         (unsigned long long)recovery.found);
        return r;
}
