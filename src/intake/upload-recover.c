/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/agenda.h"
#include "live/barrier.h"

#include <idphoto/log.h>
#include <idphoto/submission.h>

#include <fcntl.h>
#include <string.h>

/*
 * Uploads that a dead daemon left behind. There may be very many, so a thread adopts them while the
 * mount serves already. An upload that a client asks for meanwhile is adopted at once
 * (upload_find()), and barriers wait until the thread is through. The thread looks only at rows from
 * before this daemon, because the file of a newer row is being written by somebody.
 */

enum { TEMPORARY_HOURS = 48 /* age at which what a client left under a temporary name goes */ };

/* Size and time of what was written, which the row does not know. Whether there is a file. */
static bool look_at_staging(Intake *intake, SubmissionRow *row)
{
        _cleanup_close_ int fd = staging_open(intake->store, row->id);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return false;
        row->size = (uint64_t)st.st_size;
        if (row->mtime == row->created)
                row->mtime = timespec_to_nsec(st.st_mtim);
        return true;
}

/* A power cut can take a file whose row was on the disk already. There is nothing to wait for then:
 * the upload goes on as an empty file, and its sender is told. Caller has the turn. */
static void replace_lost(Intake *intake, int64_t id)
{
        _cleanup_close_ int fd = staging_open(intake->store, id);

        if (fd != -ENOENT)
                return;
        log_info("the bytes of submission %lld are lost", (long long)id);
        fd = staging_create(intake->store, id);
}

/* Caller has the turn, and `row` is what the upload was made of. */
static void begin_adopted(Intake *intake, Upload *u, const SubmissionRow *row, bool staged)
{
        upload_lock(u);
        u->closed_at = clock_monotonic_nsec(intake->clock);
        u->received = !row->temporary || row->state == SUBMISSION_RECEIVED;
        upload_unlock(u);
        if (staged)
                (void)upload_charge(intake->uploads, u, row->size, true);
        /* Another thread may have adopted it after the row was read, and be through with it. */
        upload_resync(intake, u);
        if (u->generation != row->generation)
                return;
        if (!staged && !row->has_original)
                replace_lost(intake, u->id);
        if (u->state == UPLOAD_RECEIVED)
                upload_submit(intake, u);
        else if (u->state == UPLOAD_JUDGED)
                upload_schedule(intake, u, u->closed_at);
}

static int adopt_row(Intake *intake, SubmissionRow *row, Upload **ret)
{
        bool judged = row->state == SUBMISSION_PASSED || row->state == SUBMISSION_FAILED;
        /* Where blobs are shared the original is what was closed last, and the file here the newer. */
        bool staged = (!row->has_original || store_shares_blobs(intake->store)) &&
                      look_at_staging(intake, row);
        UploadState state = judged ? UPLOAD_JUDGED : row->temporary ? UPLOAD_HELD : UPLOAD_RECEIVED;
        Upload *u;
        int r = upload_table_add(intake->uploads, row, state, &u);

        if (r < 0)
                return r;
        if (r > 0) {
                begin_adopted(intake, u, row, staged);
                (void)pthread_mutex_unlock(&u->turn);
                upload_table_remove_done(intake->uploads, u);
        }
        *ret = u;
        return 0;
}

int upload_adopt_now(void *world, int64_t id, UploadClaim claim, Upload **ret)
{
        Intake *intake = world;
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        {
                _cleanup_reader_ Reader reader = {};

                r = reader_acquire(intake->writer, &reader);
                if (r >= 0)
                        r = catalog_get_submission(reader.catalog, id, &row);
        }
        if (r < 0)
                return r;
        if (r == 0 || row.state >= SUBMISSION_ACCEPTED)
                return -ESTALE;
        r = upload_take_row(intake, &row, claim);
        return r < 0 ? r : adopt_row(intake, &row, ret);
}

void upload_adopt(Intake *intake, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        int r = upload_adopt_now(intake, id, UPLOAD_FREE, &ref.upload);

        if (r >= 0 || r == -ESTALE || r == -EBUSY)
                return;
        log_warning("cannot go on with submission %lld: %s; trying again", (long long)id,
                    strerror(-r));
        agenda_schedule(intake->agenda, id,
                        clock_monotonic_nsec(intake->clock) + UPLOAD_RETRY_MSEC * NSEC_PER_MSEC);
}

/* ---- at start ---- */

typedef struct Piece {
        Intake *intake;
        int64_t ids[256];
        size_t n;
} Piece;

static int note_row(const SubmissionRow *row, void *userdata)
{
        Piece *piece = userdata;

        piece->ids[piece->n++] = row->id;
        return piece->n == ELEMENTSOF(piece->ids);
}

/* A stray is no older than this daemon, and nobody here has it open: its file was refused when it was
 * made, because nobody could tell whether the row was kept. */
static bool was_never_written(const SubmissionRow *row, int fd, bool stray)
{
        struct stat st;

        if (row->has_original)
                return false;
        return fd == -ENOENT || (stray && fd >= 0 && fstat(fd, &st) >= 0 && st.st_size == 0);
}

/* Nothing was ever written, or a client left it under a temporary name days ago. What was received
 * once is kept, as if it were deleted now. */
static bool is_left_over(Intake *intake, int64_t id, bool stray)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_close_ int fd = -EBADF;
        bool empty;

        if (reader_acquire(intake->writer, &reader) < 0 ||
            catalog_get_submission(reader.catalog, id, &row) <= 0)
                return false;
        fd = staging_open(intake->store, id);
        empty = was_never_written(&row, fd, stray);
        /* Nobody was told that it was closed, so its sender sends it again. */
        if (row.temporary && !(empty && store_shares_blobs(intake->store)))
                return intake_now(intake) - row.created > TEMPORARY_HOURS * 3600 * NSEC_PER_SEC;
        return empty && (row.state == SUBMISSION_OPEN || store_shares_blobs(intake->store));
}

bool upload_recover_one(Intake *intake, int64_t id, bool stray)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        int r;

        /* A client asked for it before. */
        if (ref.upload)
                return !ref.upload->temporary;
        if (is_left_over(intake, id, stray)) {
                (void)upload_unlink(intake, id, 0);
                return false;
        }
        r = upload_adopt_now(intake, id, UPLOAD_OWN, &ref.upload);
        /* It may be done with by now, or be another gateway's. */
        if (r < 0 && r != -ESTALE && r != -EBUSY)
                log_warning("cannot go on with submission %lld: %s; the next start tries again",
                            (long long)id, strerror(-r));
        return r >= 0 && !ref.upload->temporary;
}

static void recover_rows(Intake *intake, SubmissionState state, uint64_t *count)
{
        int64_t after = 0;

        while (!intake->uploads->stopping) {
                Piece piece = {.intake = intake};
                int r;

                {
                        _cleanup_reader_ Reader reader = {};

                        r = reader_acquire(intake->writer, &reader);
                        if (r >= 0)
                                r = catalog_list_by_state(reader.catalog, state, after, note_row,
                                                          &piece);
                }
                /* A barrier that was answered now would promise too much. */
                if (r < 0) {
                        log_warning("cannot list what was received before: %s; trying again",
                                    strerror(-r));
                        for (int i = 0; i < 50 && !intake->uploads->stopping; i++)
                                (void)usleep(100000);
                        continue;
                }
                for (size_t i = 0; i < piece.n && !intake->uploads->stopping; i++) {
                        after = piece.ids[i];
                        if (after > intake->uploads->max_left)
                                return;
                        *count += upload_recover_one(intake, after, false);
                }
                if (piece.n < ELEMENTSOF(piece.ids))
                        return;
        }
}

/* Removes staging files that no row refers to, and those whose bytes were a blob already when the
 * daemon died. */
static int collect_staging(int64_t submission, void *userdata)
{
        Intake *intake = userdata;
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        _cleanup_turn_ pthread_mutex_t *turn = NULL;
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        if (submission > intake->uploads->max_left)
                return 0;
        /* To the end, also of a daemon that is told to end: nothing stays that was done with. */
        if (intake->uploads->stopping)
                ref.upload = upload_table_get(intake->uploads, submission);
        else
                (void)upload_find(intake->uploads, submission, UPLOAD_FREE, &ref.upload);
        if (ref.upload)
                turn = upload_take_turn(ref.upload);
        r = reader_acquire(intake->writer, &reader);
        if (r >= 0)
                r = catalog_get_submission(reader.catalog, submission, &row);
        if (r >= 0 &&
            (r == 0 || (row.has_original && !store_shares_blobs(intake->store)) ||
             row.state > SUBMISSION_RECEIVED || row.owner != store_gateway(intake->store)))
                (void)staging_remove(intake->store, submission);
        return 0;
}

static void *recover(void *userdata)
{
        static const SubmissionState unfinished[] = {SUBMISSION_PASSED, SUBMISSION_FAILED,
                                                     SUBMISSION_RECEIVED, SUBMISSION_OPEN};
        Intake *intake = userdata;
        uint64_t n = 0;

        for (size_t i = 0; i < ELEMENTSOF(unfinished); i++)
                recover_rows(intake, unfinished[i], &n);
        (void)staging_list(intake->store, collect_staging, intake);
        /* The next start looks at the rest. Until then no barrier is complete. */
        if (intake->uploads->stopping)
                return NULL;
        intake->uploads->recovered = true;
        if (n > 0)
                log_info("going on with %llu uploads received before", (unsigned long long)n);
        barriers_check(intake->barriers);
        return NULL;
}

/* A power cut may take back rows whose files it left. Their numbers are given anew, so that only
 * before the first request it is known that nobody writes to such a file. */
static int collect_unknown(int64_t submission, void *userdata)
{
        Intake *intake = userdata;

        if (submission > intake->uploads->max_left)
                (void)staging_remove(intake->store, submission);
        return 0;
}

int upload_recover_start(Intake *intake)
{
        _cleanup_reader_ Reader reader = {};
        UploadTable *table = intake->uploads;
        int r = reader_acquire(intake->writer, &reader);

        if (r >= 0)
                r = catalog_max_submission(reader.catalog, &table->max_left);
        if (r < 0)
                return r;
        (void)staging_list(intake->store, collect_unknown, intake);
        table->max_id = table->max_left;
        table->recovered = false;
        r = -pthread_create(&table->recovery, NULL, recover, intake);
        table->recovery_runs = r >= 0;
        return r;
}

void upload_recover_stop(Intake *intake)
{
        if (!intake->uploads || !intake->uploads->recovery_runs)
                return;
        intake->uploads->stopping = true;
        (void)pthread_join(intake->uploads->recovery, NULL);
        intake->uploads->recovery_runs = false;
}
