/* SPDX-License-Identifier: MIT */
#include "upload-internal.h"

#include "barrier.h"

#include <idphoto/io.h>

#include <assert.h>
#include <unistd.h>

/* What clients do with a handle for writing. A write that was refused poisons the upload: the
 * client may go on and close as if nothing were missing [D3]. */

static int refuse(Upload *u, int error)
{
        (void)pthread_mutex_lock(&u->lock);
        u->poison = error;
        u->dirty = true;
        (void)pthread_mutex_unlock(&u->lock);
        return error;
}

static int grow(Fs *fs, Upload *u, uint64_t size)
{
        int r = 0;

        (void)pthread_mutex_lock(&u->lock);
        if (size > u->size)
                r = upload_charge(fs, u, size, false);
        (void)pthread_mutex_unlock(&u->lock);
        return r;
}

int upload_write(Fs *fs, int64_t id, int fd, const void *data, size_t size, off_t offset)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        int r;

        if (offset < 0 || (uint64_t)offset > fs->options.max_file_bytes ||
            size > fs->options.max_file_bytes - (uint64_t)offset)
                return u ? refuse(u, -EFBIG) : -EFBIG;
        /* Deleted while it was open: the bytes go where the name went. */
        if (!u)
                return pwrite_full(fd, data, size, offset);
        r = grow(fs, u, (uint64_t)offset + size);
        if (r >= 0)
                r = pwrite_full(fd, data, size, offset);
        if (r < 0)
                return refuse(u, r);
        (void)pthread_mutex_lock(&u->lock);
        u->size = MAX(u->size, (uint64_t)offset + size);
        u->dirty = true;
        u->flushed_at = 0;
        u->generation++;
        if (!u->mtime_set)
                u->mtime = fs_now(fs);
        (void)pthread_mutex_unlock(&u->lock);
        return 0;
}

int upload_truncate(Fs *fs, int64_t id, int fd, uint64_t size)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;
        int own = -EBADF, r;

        if (!u)
                return fd < 0 ? -ESTALE : 0;
        if (size > fs->options.max_file_bytes)
                return refuse(u, -EFBIG);
        if (fd < 0) {
                r = upload_open_write(fs, id, false, &own);
                if (r < 0)
                        return r;
                fd = own;
        }
        r = grow(fs, u, size);
        if (r >= 0 && ftruncate(fd, (off_t)size) < 0)
                r = -errno;
        if (r >= 0) {
                (void)pthread_mutex_lock(&u->lock);
                (void)upload_charge(fs, u, size, true);
                u->size = size;
                u->dirty = true;
                u->flushed_at = 0;
                u->generation++;
                if (!u->mtime_set)
                        u->mtime = fs_now(fs);
                (void)pthread_mutex_unlock(&u->lock);
        } else
                (void)refuse(u, r);
        if (own >= 0)
                upload_release_write(fs, id, own);
        return r;
}

int upload_flush(Fs *fs, int64_t id)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        int r;

        if (!ref.upload)
                return 0;
        (void)pthread_mutex_lock(&ref.upload->lock);
        r = ref.upload->poison;
        if (ref.upload->dirty)
                ref.upload->flushed_at = clock_monotonic_nsec(fs->clock);
        (void)pthread_mutex_unlock(&ref.upload->lock);
        return r;
}

static int nothing(Catalog *catalog _unused_, void *userdata _unused_)
{
        return 0;
}

int upload_fsync(Fs *fs, int64_t id, int fd)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        int r;

        if (fsync(fd) < 0)
                return ref.upload ? refuse(ref.upload, -errno) : -errno;
        r = staging_sync(fs->store);
        if (r < 0)
                return r;
        /* A durable commit syncs the log with all that was committed before, this upload's row
         * among it. */
        return writer_run(fs->writer, nothing, NULL, WRITER_DURABLE);
}

void upload_release_write(Fs *fs, int64_t id, int fd)
{
        _cleanup_upload_ UploadRef ref = {fs, upload_get(fs, id)};
        Upload *u = ref.upload;

        (void)safe_close(fd);
        upload_count_closed(fs);
        if (!u)
                return;
        (void)pthread_mutex_lock(&u->lock);
        assert(u->writers > 0);
        if (--u->writers == 0 && u->state == UPLOAD_WRITING) {
                u->closed_at = clock_monotonic_nsec(fs->clock);
                if (u->born_fresh && !u->dirty)
                        upload_close_clean(fs, u);
                else if (u->temporary)
                        upload_transition(u, UPLOAD_CLOSED_TEMP);
                else {
                        upload_transition(u, UPLOAD_CLOSED);
                        u->final = false;
                        upload_submit(fs, u);
                }
        }
        (void)pthread_mutex_unlock(&u->lock);
        barriers_check(fs);
}
