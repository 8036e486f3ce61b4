/* SPDX-License-Identifier: MIT */
#include "upload-turn.h"

#include "live/barrier.h"

#include <idphoto/archivekind.h>
#include <idphoto/io.h>
#include <idphoto/mutex.h>
#include <idphoto/receive.h>
#include <idphoto/submission.h>

#include <assert.h>
#include <string.h>
#include <unistd.h>

/* What clients do with an open upload. A write that was refused poisons the upload: the client may
 * go on and close as if nothing were missing [D3]. */

static int refuse(Upload *u, int error)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&u->lock);

        u->poison = error;
        u->dirty = true;
        return error;
}

static uint64_t upload_size(Upload *u)
{
        uint64_t size;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&u->lock);

        size = u->size;
        return size;
}

/*
 * How large it may become. That it is an archive tells its name, or what it begins with: clients
 * write under names of their own, and some say the size before they write anything. Asked only of
 * what is too large for a photo.
 */
static uint64_t max_size(const Intake *intake, Upload *u, int fd)
{
        char first[ARCHIVE_KIND_BYTES];
        bool archive;
        ssize_t n;

        upload_lock(u);
        archive = archive_stem(u->name) < strlen(u->name);
        upload_unlock(u);
        if (!archive && fd >= 0) {
                n = pread_full(fd, first, sizeof(first), 0);
                archive = n > 0 && archive_kind(first, (size_t)n);
        }
        return archive ? MAX(intake->options.max_archive_bytes, intake->options.max_file_bytes)
                       : intake->options.max_file_bytes;
}

static bool too_large(const Intake *intake, Upload *u, int fd, uint64_t size)
{
        return size > intake->options.max_file_bytes && size > max_size(intake, u, fd);
}

static int grow(Intake *intake, Upload *u, uint64_t size)
{
        int r = 0;

        /* Asks the disk, and so before the lock. */
        if (size > upload_size(u) && store_room(intake->store) == STORE_ROOM_NONE)
                return -ENOSPC;
        upload_lock(u);
        if (size > u->size)
                r = upload_charge(intake->uploads, u, size, false);
        upload_unlock(u);
        return r;
}

/* Caller holds the lock. */
static void note_written(Intake *intake, Upload *u, uint64_t size)
{
        u->size = size;
        u->dirty = true;
        u->flushed_at = 0;
        if (!u->mtime_set)
                u->mtime = intake_now(intake);
}

int upload_write(Intake *intake, int64_t id, int fd, const void *data, size_t size, off_t offset)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        Upload *u = ref.upload;
        int r;

        if (!u)
                return -ESTALE;
        if (offset < 0 || too_large(intake, u, fd, (uint64_t)offset + size))
                return refuse(u, -EFBIG);
        r = grow(intake, u, (uint64_t)offset + size);
        if (r >= 0)
                r = pwrite_full(fd, data, size, offset);
        if (r < 0)
                return refuse(u, r);
        upload_lock(u);
        note_written(intake, u, MAX(u->size, (uint64_t)offset + size));
        upload_unlock(u);
        return 0;
}

static int truncate_open(Intake *intake, Upload *u, int fd, uint64_t size)
{
        int r = grow(intake, u, size);

        if (r >= 0 && ftruncate(fd, (off_t)size) < 0)
                r = -errno;
        if (r < 0)
                return refuse(u, r);
        upload_lock(u);
        (void)upload_charge(intake->uploads, u, size, true);
        note_written(intake, u, size);
        upload_unlock(u);
        return 0;
}

int upload_truncate(Intake *intake, int64_t id, int fd, uint64_t size, uid_t uid)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        int own = -EBADF, r = upload_find(intake->uploads, id, UPLOAD_FLUSHED, &ref.upload);

        if (r < 0)
                return r;
        /* By path nobody goes on as if it had been done, and what was received is whole. */
        if (too_large(intake, ref.upload, fd, size))
                return fd < 0 ? -EFBIG : refuse(ref.upload, -EFBIG);
        if (fd >= 0)
                return truncate_open(intake, ref.upload, fd, size);
        r = upload_open_write(intake, id, false, uid, &own);
        if (r < 0)
                return r;
        r = truncate_open(intake, ref.upload, own, size);
        upload_release_write(intake, id, own, uid);
        return r;
}

/* ---- what is promised ---- */

typedef struct KeepTask {
        int64_t id;
        int64_t generation;
        ReceivedVersion version;
        int64_t mtime;
} KeepTask;

static int keep(Catalog *catalog, void *userdata)
{
        const KeepTask *task = userdata;

        return receive_keep(catalog, task->id, task->generation, &task->version, task->mtime);
}

static int keep_row(Intake *intake, Upload *u, KeepTask *task)
{
        _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);
        UploadAttributes a;
        int r;

        /* Deleted while it is open, or its bytes are a verdict's by now: there is nothing to keep. */
        if (u->state == UPLOAD_GONE || u->state == UPLOAD_JUDGED)
                return u->poison;
        upload_attributes(u, &a);
        task->generation = u->generation;
        task->mtime = a.mtime;
        r = writer_run(intake->writer, u->place.point, keep, task, WRITER_DURABLE);
        if (r == -ESTALE)
                upload_resync(intake, u);
        return r;
}

/* What has been written becomes a blob that other gateways can read, and the row names it. */
static int keep_written(Intake *intake, Upload *u, int fd)
{
        enum { TRIES = 3 };
        KeepTask task = {.id = u->id};
        int r = -EAGAIN;

        /* A new blob may be collected before the row names it. */
        for (int i = 0; r == -EAGAIN && i < TRIES; i++) {
                r = blob_copy_fd(intake->store, fd, &task.version.original, &task.version.size);
                if (r >= 0)
                        r = keep_row(intake, u, &task);
        }
        if (r >= 0)
                return 0;
        /* The next flush tries again. */
        upload_lock(u);
        u->flushed_at = 0;
        upload_unlock(u);
        return r == -ENOSPC || r == -EDQUOT ? r : -EIO;
}

int upload_fsync(Intake *intake, int64_t id, int fd)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        int r;

        if (store_shares_blobs(intake->store))
                return upload_flush(intake, id, fd);
        if (fsync(fd) < 0) {
                r = -errno;
                /* Received bytes are whole. Only a writer's bytes are in doubt. */
                return ref.upload && upload_is_open(ref.upload) ? refuse(ref.upload, r) : r;
        }
        r = staging_sync(intake->store);
        return r < 0 ? r : writer_sync(intake->writer);
}

int upload_flush(Intake *intake, int64_t id, int fd)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        _cleanup_unlock_ pthread_mutex_t *keeping = NULL;
        bool written;
        int r;

        if (!ref.upload)
                return 0;
        if (store_is_attached(intake->store))
                keeping = mutex_lock(&ref.upload->keeping);
        upload_lock(ref.upload);
        r = ref.upload->poison;
        written = ref.upload->dirty && ref.upload->flushed_at == 0;
        if (ref.upload->dirty)
                ref.upload->flushed_at = clock_monotonic_nsec(intake->clock);
        upload_unlock(ref.upload);
        if (r < 0 || !written || !store_is_attached(intake->store))
                return r;
        return store_shares_blobs(intake->store) ? keep_written(intake, ref.upload, fd)
                                                 : upload_fsync(intake, id, fd);
}

/* The last handle for writing is closed. */
static void close_last(Intake *intake, Upload *u)
{
        upload_lock(u);
        /* The client's close() returned after the flush; under load the release comes much later. Who
         * opens the file again meanwhile has closed it that long ago. */
        u->closed_at = u->flushed_at != 0 ? u->flushed_at : clock_monotonic_nsec(intake->clock);
        u->failures = (UploadFailures){};
        u->final = false;
        if (!u->temporary)
                u->received = true;
        upload_transition(u, u->temporary ? UPLOAD_CLOSED_TEMP : UPLOAD_CLOSED);
        upload_unlock(u);
        if (u->state == UPLOAD_RECEIVED)
                upload_submit(intake, u);
}

void upload_release_write(Intake *intake, int64_t id, int fd, uid_t uid)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_table_get(intake->uploads, id)};
        Upload *u = ref.upload;
        bool last, clean;

        (void)safe_close(fd);
        assert(u);
        {
                _cleanup_turn_ pthread_mutex_t *turn = upload_take_turn(u);

                upload_lock(u);
                assert(u->writers > 0);
                last = --u->writers == 0 && u->state == UPLOAD_WRITING;
                clean = u->born_fresh && !u->dirty;
                upload_unlock(u);
                if (last && clean)
                        upload_close_clean(intake, u);
                else if (last)
                        close_last(intake, u);
        }
        upload_count_closed(intake->uploads, u->place.point, uid);
        upload_table_remove_done(intake->uploads, u);
        barriers_check(intake->barriers);
}

/* ---- attributes ---- */

/* What the upload's copy holds at the moment of the commit: two settings that come at once leave
 * the same in the row as in memory. */
static int store_attributes(Catalog *catalog, void *userdata)
{
        Upload *u = userdata;
        UploadAttributes a;

        upload_attributes(u, &a);
        return receive_attributes(
                catalog, u->id,
                &(ReceivedAttributes){
                        .mode = a.mode, .uid = a.uid, .gid = a.gid, .mtime = a.mtime});
}

int upload_set_attributes(Intake *intake, int64_t id, const MetadataChange *change)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, NULL};
        bool gone, nameless;
        int r = upload_find(intake->uploads, id, UPLOAD_FLUSHED, &ref.upload);
        Upload *u = ref.upload;

        if (r < 0)
                return r;
        upload_lock(u);
        nameless = u->nameless;
        gone = u->state == UPLOAD_GONE;
        if (!gone || nameless) {
                if (change->mode)
                        u->mode = *change->mode & 07777;
                if (change->uid)
                        u->uid = *change->uid;
                if (change->gid)
                        u->gid = *change->gid;
                if (change->mtime) {
                        u->mtime = *change->mtime;
                        u->mtime_set = true;
                }
        }
        upload_unlock(u);
        if (nameless)
                return 0;
        if (gone)
                return -ESTALE;
        r = writer_run(intake->writer, u->place.point, store_attributes, u, 0);
        upload_lock(u);
        u->changed = MAX(u->changed + 1, clock_wall_nsec(intake->clock));
        upload_unlock(u);
        return r;
}
