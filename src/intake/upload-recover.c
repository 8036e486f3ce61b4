/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/agenda.h"
#include "live/barrier.h"

#include <idphoto/log.h>
#include <idphoto/submission.h>

#include <fcntl.h>
#include <string.h>

/*
 * Uploads that a dead daemon left behind. A thread adopts them while the mount serves already, for
 * there may be very many; what a client asks for meanwhile is adopted at once (upload_get()), and
 * barriers wait until the thread is through. Only rows that were there before this daemon are
 * looked at: a newer one's file is being written by somebody.
 */

enum { TEMPORARY_HOURS = 48 /* age at which what a client left under a temporary name goes */ };

/* Size and time of what was written, which the row does not know. Whether there is a file. */
static bool look_at_staging(Fs *fs, SubmissionRow *row)
{
        _cleanup_close_ int fd = staging_open(fs->store, row->id);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return false;
        row->size = (uint64_t)st.st_size;
        if (row->mtime == row->created)
                row->mtime = timespec_to_nsec(st.st_mtim);
        return true;
}

/* Caller has the turn, and `row` is what the upload was made of. */
static void begin_adopted(Fs *fs, Upload *u, const SubmissionRow *row, bool staged)
{
        upload_lock(u);
        u->closed_at = clock_monotonic_nsec(fs->clock);
        u->received = !row->temporary || row->state == SUBMISSION_RECEIVED;
        upload_unlock(u);
        if (staged)
                (void)upload_charge(fs->uploads, u, row->size, true);
        /* Another thread may have adopted it after the row was read, and be through with it. */
        upload_resync(fs, u);
        if (u->generation != row->generation)
                return;
        if (u->state == UPLOAD_RECEIVED)
                upload_submit(fs, u);
        else if (u->state == UPLOAD_JUDGED)
                upload_schedule(fs, u, u->closed_at);
}

static int adopt_row(Fs *fs, SubmissionRow *row, Upload **ret)
{
        bool judged = row->state == SUBMISSION_PASSED || row->state == SUBMISSION_FAILED;
        bool staged = !row->has_original && look_at_staging(fs, row);
        UploadState state = judged ? UPLOAD_JUDGED : row->temporary ? UPLOAD_HELD : UPLOAD_RECEIVED;
        Upload *u;
        int r = upload_table_add(fs->uploads, row, state, &u);

        if (r < 0)
                return r;
        if (r > 0) {
                begin_adopted(fs, u, row, staged);
                (void)pthread_mutex_unlock(&u->turn);
                upload_table_remove_done(fs->uploads, u);
        }
        *ret = u;
        return 0;
}

int upload_adopt_now(void *world, int64_t id, Upload **ret)
{
        Fs *fs = world;
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        {
                _cleanup_reader_ Reader reader = {};

                r = reader_acquire(fs->writer, &reader);
                if (r >= 0)
                        r = catalog_get_submission(reader.catalog, id, &row);
        }
        if (r < 0)
                return r;
        if (r == 0 || row.state >= SUBMISSION_ACCEPTED)
                return -ESTALE;
        return adopt_row(fs, &row, ret);
}

void upload_adopt(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs->uploads, NULL};
        int r = upload_adopt_now(fs, id, &ref.upload);

        if (r >= 0 || r == -ESTALE)
                return;
        log_warning("cannot go on with submission %lld: %s; trying again", (long long)id,
                    strerror(-r));
        agenda_schedule(fs->agenda, id,
                        clock_monotonic_nsec(fs->clock) + UPLOAD_RETRY_MSEC * NSEC_PER_MSEC);
}

/* ---- at start ---- */

typedef struct Piece {
        Fs *fs;
        int64_t ids[256];
        size_t n;
} Piece;

static int note_row(const SubmissionRow *row, void *userdata)
{
        Piece *piece = userdata;

        piece->ids[piece->n++] = row->id;
        return piece->n == ELEMENTSOF(piece->ids);
}

/* Nothing was ever written, or a client left it under a temporary name days ago. What was received
 * once is kept, as if it were deleted now. */
static bool is_left_over(Fs *fs, int64_t id)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_close_ int fd = -EBADF;

        if (reader_acquire(fs->writer, &reader) < 0 ||
            catalog_get_submission(reader.catalog, id, &row) <= 0)
                return false;
        if (row.temporary)
                return fs_now(fs) - row.created > TEMPORARY_HOURS * 3600 * NSEC_PER_SEC;
        if (row.state != SUBMISSION_OPEN || row.has_original)
                return false;
        fd = staging_open(fs->store, id);
        return fd == -ENOENT;
}

static bool recover_one(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs->uploads, upload_table_get(fs->uploads, id)};
        int r;

        /* A client asked for it before. */
        if (ref.upload)
                return !ref.upload->temporary;
        if (is_left_over(fs, id)) {
                (void)upload_unlink(fs, id, 0);
                return false;
        }
        r = upload_adopt_now(fs, id, &ref.upload);
        if (r < 0 && r != -ESTALE)
                log_warning("cannot go on with submission %lld: %s; the next start tries again",
                            (long long)id, strerror(-r));
        return r >= 0 && !ref.upload->temporary;
}

static void recover_rows(Fs *fs, SubmissionState state, uint64_t *count)
{
        int64_t after = 0;

        while (!fs->uploads->stopping) {
                Piece piece = {.fs = fs};
                int r;

                {
                        _cleanup_reader_ Reader reader = {};

                        r = reader_acquire(fs->writer, &reader);
                        if (r >= 0)
                                r = catalog_list_by_state(reader.catalog, state, after, note_row,
                                                          &piece);
                }
                /* A barrier that was answered now would promise too much. */
                if (r < 0) {
                        log_warning("cannot list what was received before: %s; trying again",
                                    strerror(-r));
                        for (int i = 0; i < 50 && !fs->uploads->stopping; i++)
                                (void)usleep(100000);
                        continue;
                }
                for (size_t i = 0; i < piece.n && !fs->uploads->stopping; i++) {
                        after = piece.ids[i];
                        if (after > fs->uploads->max_left)
                                return;
                        *count += recover_one(fs, after);
                }
                if (piece.n < ELEMENTSOF(piece.ids))
                        return;
        }
}

/* What no row names any more, and what became a blob before the daemon died. */
static int collect_staging(int64_t submission, void *userdata)
{
        Fs *fs = userdata;
        _cleanup_upload_ UploadRef ref = {fs->uploads, NULL};
        _cleanup_turn_ pthread_mutex_t *turn = NULL;
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        if (submission > fs->uploads->max_left)
                return 0;
        /* To the end, also of a daemon that is told to end: nothing stays that was done with. */
        ref.upload = fs->uploads->stopping ? upload_table_get(fs->uploads, submission)
                                           : upload_get(fs->uploads, submission);
        if (ref.upload)
                turn = upload_take_turn(ref.upload);
        r = reader_acquire(fs->writer, &reader);
        if (r >= 0)
                r = catalog_get_submission(reader.catalog, submission, &row);
        if (r >= 0 && (r == 0 || row.has_original || row.state > SUBMISSION_RECEIVED))
                (void)staging_remove(fs->store, submission);
        return 0;
}

static void *recover(void *userdata)
{
        static const SubmissionState unfinished[] = {SUBMISSION_PASSED, SUBMISSION_FAILED,
                                                     SUBMISSION_RECEIVED, SUBMISSION_OPEN};
        Fs *fs = userdata;
        uint64_t n = 0;

        for (size_t i = 0; i < ELEMENTSOF(unfinished); i++)
                recover_rows(fs, unfinished[i], &n);
        (void)staging_list(fs->store, collect_staging, fs);
        /* What was not looked at is left for the next start, and no barrier is complete. */
        if (fs->uploads->stopping)
                return NULL;
        fs->uploads->recovered = true;
        if (n > 0)
                log_info("going on with %llu uploads received before", (unsigned long long)n);
        barriers_check(fs->barriers);
        return NULL;
}

/* A power cut may take back rows whose files it left. Their numbers are given anew, so that only
 * before the first request it is known that nobody writes to such a file. */
static int collect_unknown(int64_t submission, void *userdata)
{
        Fs *fs = userdata;

        if (submission > fs->uploads->max_left)
                (void)staging_remove(fs->store, submission);
        return 0;
}

int upload_recover_start(Fs *fs)
{
        _cleanup_reader_ Reader reader = {};
        UploadTable *table = fs->uploads;
        int r = reader_acquire(fs->writer, &reader);

        if (r >= 0)
                r = catalog_max_submission(reader.catalog, &table->max_left);
        if (r < 0)
                return r;
        (void)staging_list(fs->store, collect_unknown, fs);
        table->max_id = table->max_left;
        table->recovered = false;
        r = -pthread_create(&table->recovery, NULL, recover, fs);
        table->recovery_runs = r >= 0;
        return r;
}

void upload_recover_stop(Fs *fs)
{
        if (!fs->uploads || !fs->uploads->recovery_runs)
                return;
        fs->uploads->stopping = true;
        (void)pthread_join(fs->uploads->recovery, NULL);
        fs->uploads->recovery_runs = false;
}
