/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/lease.h"
#include "live/replacement.h"
#include "mount/announcer.h"

#include <idphoto/batch.h>
#include <idphoto/clientname.h>
#include <idphoto/io.h>
#include <idphoto/log.h>
#include <idphoto/mutex.h>
#include <idphoto/receive.h>
#include <idphoto/submission.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/*
 * Making and opening. A staging file is written only while its upload is FRESH or WRITING. The
 * close seals it, because an examination may link it among the blobs, which never change. A client
 * that opens a closed upload for writing, under whatever name, gets a file of its own with a copy
 * of the bytes. The examination under way then belongs to an earlier generation and is void.
 *
 * The received bytes may be a photo that its sender has deleted by now. So an opening for writing
 * keeps them as an earlier version, unless it comes so soon after the close that the same client
 * goes on [D2].
 */

enum { OPEN_TRIES = 3 };

/* ---- making ---- */

typedef struct CreateTask {
        Intake *intake;
        SubmissionRow row;
        UploadState state;
        Node origin; /* FRESH: see upload_make_fresh() */
        Upload *upload;
        int bytes; /* >= 0: a file without a name that holds the bytes already */
        int fd;    /* of the file that was made; with `bytes`: none */
} CreateTask;

/* Its transaction was rolled back. The file stays: the number was rolled back, and may be somebody
 * else's by now. Whoever gets it replaces the file. */
static void undo_create(CreateTask *task)
{
        if (task->upload) {
                upload_table_remove(task->intake->uploads, task->upload);
                upload_unref(task->intake->uploads, TAKE_PTR(task->upload));
        }
        task->fd = safe_close(task->fd);
}

/*
 * Whoever makes a file has looked whether it may be, but others may act through other gateways since
 * then. 0; -ESTALE: another one has made it, and the kernel is to look again; -EROFS: the batch was
 * closed. On an embedded store all that was looked at is as it was.
 */
static int look_again_at_name(Catalog *catalog, const SubmissionRow *new)
{
        const Where where = {new->batch, new->point, new->folder};
        _cleanup_submission_ SubmissionRow row = {};
        int r;

        if (new->owner == 0)
                return 0;
        if (catalog_look_ahead(catalog)) {
                (void)catalog_batch_closed(catalog, new->batch);
                (void)catalog_find_upload(catalog, where, new->name, &row);
                catalog_look(catalog);
        }
        r = catalog_batch_closed(catalog, new->batch);
        if (r != 0)
                return r < 0 ? r : -EROFS;
        r = catalog_find_upload(catalog, where, new->name, &row);
        return r < 0 ? r : r > 0 && row.owner != new->owner ? -ESTALE : 0;
}

/* The row, the file and the daemon's copy come into being together, so that nobody finds one
 * without the others. */
static int create(Catalog *catalog, void *userdata)
{
        CreateTask *task = userdata;
        int r;

        undo_create(task);
        task->row.owner = store_gateway(task->intake->store);
        r = look_again_at_name(catalog, &task->row);
        if (r >= 0)
                r = receive_create(catalog, &task->row, &task->row.id);
        if (r < 0)
                return r;
        if (task->bytes >= 0)
                r = staging_link(task->intake->store, task->row.id, task->bytes);
        else
                r = task->fd = staging_create(task->intake->store, task->row.id);
        if (r < 0)
                return r;
        r = upload_table_add(task->intake->uploads, &task->row, task->state, &task->upload);
        /* Its transaction was rolled back, with the number that it had been given. */
        while (r == 0) {
                upload_table_remove(task->intake->uploads, task->upload);
                upload_unref(task->intake->uploads, TAKE_PTR(task->upload));
                r = upload_table_add(task->intake->uploads, &task->row, task->state, &task->upload);
        }
        if (r < 0)
                return r;
        task->upload->born_fresh = task->state == UPLOAD_FRESH;
        task->upload->origin = task->origin;
        (void)pthread_mutex_unlock(&task->upload->turn);
        return 0;
}

/* task: state, bytes, and of the row what the client says of the file. */
static int make_upload(Intake *intake, const Place *place, const char *name, CreateTask *task)
{
        int r;

        task->intake = intake;
        task->fd = -EBADF;
        task->row.batch = intake->tree->batch;
        task->row.point = place->point;
        task->row.folder = place->folder;
        task->row.name = (char *)name;
        task->row.created = intake_now(intake);
        /* A new name is news to everybody; this one stood for something finished. */
        if (task->state == UPLOAD_FRESH)
                r = lease_run(intake->leases, intake->writer, place->point, create, task, 0);
        else {
                lease_announce(intake->leases, place->point);
                r = writer_run(intake->writer, place->point, create, task, 0);
        }
        if (r < 0)
                undo_create(task);
        else
                upload_table_name(intake->uploads, place, name, task->row.id);
        return r;
}

int upload_create(Intake *intake, const NewUpload *new, int64_t *ret_id, int *ret_fd)
{
        const Place *place = &new->place;
        uid_t uid = new->actor.uid;
        CreateTask task = {.state = UPLOAD_WRITING,
                           .bytes = -EBADF,
                           .row = {.mtime = intake_now(intake),
                                   .mode = new->mode & 07777,
                                   .uid = uid,
                                   .gid = new->actor.gid,
                                   .actor = uid,
                                   .temporary = new->temporary || place->temporary}};
        int r = upload_count_open(intake->uploads, place->point, uid);

        if (r < 0)
                return r;
        if (task.row.temporary)
                r = upload_count_temporary(intake->uploads, place->point, uid);
        else
                task.row.replaces =
                        replacement_of(intake->replacements, place, new->name, &new->actor);
        if (r >= 0)
                r = make_upload(intake, place, new->name, &task);
        if (r < 0) {
                upload_count_closed(intake->uploads, place->point, uid);
                return r;
        }
        upload_lock(task.upload);
        task.upload->writers++;
        upload_unlock(task.upload);
        *ret_id = task.row.id;
        *ret_fd = task.fd;
        upload_unref(intake->uploads, task.upload);
        return 0;
}

/* A staging file without a name yet, with the bytes of the blob. */
static int copy_of_blob(Intake *intake, const Sha256 *base)
{
        _cleanup_close_ int from = blob_open(intake->store, base);

        return from < 0 ? from : staging_unnamed(intake->store, from);
}

int upload_make_fresh(Intake *intake, const FreshUpload *fresh, int64_t *ret_id)
{
        const UploadAttributes *attributes = &fresh->attributes;
        CreateTask task = {.state = UPLOAD_FRESH,
                           .bytes = -EBADF,
                           .origin = fresh->origin,
                           .row = {.mtime = attributes->mtime,
                                   .mode = attributes->mode & 07777,
                                   .uid = attributes->uid,
                                   .gid = attributes->gid,
                                   .actor = fresh->actor,
                                   .temporary = fresh->place.temporary ||
                                                name_class_of_file(fresh->name) != NAME_NORMAL,
                                   .size = fresh->base ? attributes->size : 0}};
        Upload *u;
        int r;

        if (fresh->base) {
                task.bytes = copy_of_blob(intake, fresh->base);
                if (task.bytes < 0)
                        return task.bytes;
        }
        r = make_upload(intake, &fresh->place, fresh->name, &task);
        (void)safe_close(task.bytes);
        if (r < 0)
                return r;
        u = task.upload;
        (void)safe_close(task.fd);
        r = upload_charge(intake->uploads, u, task.row.size, false);
        if (r < 0)
                upload_forget(intake, u->id);
        else {
                upload_lock(u);
                upload_schedule(intake, u,
                                clock_monotonic_nsec(intake->clock) +
                                        UPLOAD_FRESH_MSEC * NSEC_PER_MSEC);
                upload_unlock(u);
                *ret_id = u->id;
        }
        upload_unref(intake->uploads, u);
        return r;
}

void upload_forget(Intake *intake, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        Upload *u = ref.upload;
        int r;

        if (!u) {
                (void)upload_remove_row(intake, WRITER_EVERYTHING, id);
                return;
        }
        {
                _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);

                if (u->state == UPLOAD_GONE)
                        return;
                r = upload_remove_row(intake, u->place.point, id);
                if (r < 0)
                        log_warning("cannot remove unused upload %lld: %s; ignoring", (long long)id,
                                    strerror(-r));
                upload_lock(u);
                upload_transition(u, UPLOAD_DELETED);
                upload_unlock(u);
        }
        upload_table_remove_done(intake->uploads, u);
}

/* ---- opening for writing ---- */

typedef struct ReopenTask {
        int64_t id;
        int64_t generation;
        const ReceivedVersion *kept;
        int64_t now;
        int64_t ret_generation;
} ReopenTask;

static int reopen(Catalog *catalog, void *userdata)
{
        ReopenTask *task = userdata;

        return receive_reopen(catalog, task->id, task->generation, task->kept, task->now,
                              &task->ret_generation);
}

/* The bytes of a closed upload, and whether they are a blob already: the row says where they are. A
 * staging file beside an original is one that the row does not name yet. */
static int open_received(Intake *intake, int64_t id, int *ret_fd, bool *ret_blob)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        int fd, r = reader_acquire(intake->writer, &reader);

        if (r >= 0)
                r = catalog_get_submission(reader.catalog, id, &row);
        if (r <= 0)
                return r < 0 ? r : -ESTALE;
        fd = submission_open_bytes(intake->store, &row, ret_blob);
        if (fd < 0)
                return fd == -ENOENT ? -ESTALE : fd;
        *ret_fd = fd;
        return 0;
}

/* Whether an opening now is no longer the client that has just closed it, going on. */
static bool is_redrop(const Intake *intake, const Upload *u)
{
        return u->received && u->size > 0 &&
               (u->state == UPLOAD_HELD || clock_monotonic_nsec(intake->clock) - u->closed_at >=
                                                   intake->options.delay_msec * NSEC_PER_MSEC);
}

/*
 * A closed upload is opened for writing: the bytes go to a staging file of their own. The order is
 * such that a daemon killed in between finds either the received bytes under the row, or the row as
 * it is opened now: a file that the transaction takes away from the row is replaced after it, one
 * that the row does not name before.
 */
static int reopen_closed(Intake *intake, Upload *u, bool truncate, int *ret_fd)
{
        _cleanup_close_ int from = -EBADF, fd = -EBADF;
        ReceivedVersion kept;
        ReopenTask task = {.id = u->id, .generation = u->generation, .now = intake_now(intake)};
        bool blob;
        int r = open_received(intake, u->id, &from, &blob);

        if (r < 0)
                return r;
        if (is_redrop(intake, u)) {
                r = blob_from_fd(intake->store, from, &kept.original, &kept.size);
                if (r < 0)
                        return r;
                task.kept = &kept;
        }
        fd = staging_prepare(intake->store, u->id, truncate ? -EBADF : from);
        if (fd < 0)
                return fd;
        if (blob)
                r = staging_replace(intake->store, u->id);
        if (r >= 0)
                r = writer_run(intake->writer, u->place.point, reopen, &task,
                               task.kept ? WRITER_DURABLE : 0);
        if (r >= 0 && !blob)
                r = staging_replace(intake->store, u->id);
        if (r < 0) {
                upload_resync(intake, u);
                return r;
        }
        upload_void_verdict(intake, u);
        upload_lock(u);
        u->generation = task.ret_generation;
        u->changed = MAX(u->changed + 1, clock_wall_nsec(intake->clock));
        u->failures = (UploadFailures){};
        /* It was finished once: when it is closed again it is judged, written to or not. */
        u->dirty = true;
        u->poison = 0;
        upload_unlock(u);
        *ret_fd = TAKE_FD(fd);
        return 0;
}

/* A file that was closed before it lost its name is sealed like any closed upload, for it may be a
 * blob. A client that writes to it gets a copy, and so does everybody who opens it from then on.
 * Caller has the turn. */
static int unseal_orphan(Intake *intake, Upload *u)
{
        int fd, old = u->orphan;

        if (old < 0 || (fcntl(old, F_GETFL) & O_ACCMODE) == O_RDWR)
                return 0;
        fd = staging_unnamed(intake->store, old);
        if (fd < 0)
                return fd;
        upload_lock(u);
        u->orphan = fd;
        upload_unlock(u);
        (void)safe_close(old);
        return 0;
}

/* Through a handle of a file that has no name any more. */
static int open_orphan(Upload *u, int flags)
{
        char proc[64];
        int fd = -ESTALE;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&u->lock);

        if (u->nameless && u->orphan >= 0) {
                (void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", u->orphan);
                fd = open(proc, flags | O_CLOEXEC);
                fd = fd < 0 ? -errno : fd;
        }
        return fd;
}

static int open_for_writing(Intake *intake, Upload *u, bool truncate, int *ret_fd)
{
        int fd, r;

        switch ((UploadState)u->state) {
        case UPLOAD_FRESH:
        case UPLOAD_WRITING:
                fd = staging_open_for_writing(intake->store, u->id);
                break;
        case UPLOAD_HELD:
        case UPLOAD_RECEIVED:
        case UPLOAD_SETTLING:
        case UPLOAD_JUDGED:
                r = upload_charge(intake->uploads, u, truncate ? 0 : u->size, false);
                if (r >= 0)
                        r = reopen_closed(intake, u, truncate, &fd);
                if (r < 0)
                        return r;
                break;
        case UPLOAD_GONE:
                r = unseal_orphan(intake, u);
                fd = r < 0 ? r : open_orphan(u, O_RDWR);
                break;
        default:
                return -ESTALE;
        }
        if (fd >= 0 && truncate && ftruncate(fd, 0) < 0) {
                (void)safe_close(fd);
                fd = -errno;
        }
        if (fd < 0)
                return fd;
        *ret_fd = fd;
        return 0;
}

/* -ESTALE: its last handle was closed while this one waited for the turn, and no table knows it. */
static int note_opened(Intake *intake, Upload *u, bool truncate)
{
        upload_lock(u);
        if (u->removed) {
                upload_unlock(u);
                return -ESTALE;
        }
        if (u->state != UPLOAD_GONE)
                upload_transition(u, UPLOAD_OPENED);
        u->writers++;
        u->final = false;
        if (truncate) {
                (void)upload_charge(intake->uploads, u, 0, true);
                u->size = 0;
                u->dirty = true;
                u->flushed_at = 0;
        }
        upload_unlock(u);
        return 0;
}

/* Caller has the turn. */
static int open_with_turn(Intake *intake, Upload *u, bool truncate, int *ret_fd)
{
        _cleanup_close_ int fd = -EBADF;
        int r = -EAGAIN;

        /* A new blob may be collected before the row can name it. */
        for (int i = 0; r == -EAGAIN && i < OPEN_TRIES; i++)
                r = open_for_writing(intake, u, truncate, &fd);
        if (r >= 0)
                r = note_opened(intake, u, truncate);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int upload_open_write(Intake *intake, int64_t id, bool truncate, uid_t uid, int *ret_fd)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        Upload *u;
        int r = upload_find(intake->uploads, id, UPLOAD_FLUSHED, &ref.upload);

        if (r < 0)
                return r;
        u = ref.upload;
        r = upload_count_open(intake->uploads, u->place.point, uid);
        if (r < 0)
                return r;
        {
                _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);

                r = open_with_turn(intake, u, truncate, ret_fd);
        }
        if (r < 0)
                upload_count_closed(intake->uploads, u->place.point, uid);
        return r;
}

/* ---- opening for reading ---- */

static int open_for_reading(Intake *intake, Upload *u, int64_t id, int *ret_fd)
{
        bool blob;
        int fd = -EBADF;

        if (u)
                fd = open_orphan(u, O_RDONLY);
        if (fd < 0)
                return open_received(intake, id, ret_fd, &blob);
        *ret_fd = fd;
        return 0;
}

int upload_open_read(Intake *intake, int64_t id, int *ret_fd)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        Upload *u;
        bool counted = false;
        int r;

        /* Who only reads takes nothing from another gateway. */
        (void)upload_find(intake->uploads, id, UPLOAD_OWN, &ref.upload);
        u = ref.upload;
        /* Counted first: what is deleted from now on stays until the handle is closed. */
        if (u) {
                upload_lock(u);
                counted = !u->removed;
                u->readers += counted;
                upload_unlock(u);
        }
        r = open_for_reading(intake, counted ? u : NULL, id, ret_fd);
        if (r < 0 && counted)
                upload_release_read(intake, id, -EBADF);
        return r;
}

void upload_release_read(Intake *intake, int64_t id, int fd)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        Upload *u = ref.upload;

        (void)safe_close(fd);
        if (!u)
                return;
        upload_lock(u);
        if (u->readers > 0)
                u->readers--;
        upload_unlock(u);
        upload_table_remove_done(intake->uploads, u);
}
