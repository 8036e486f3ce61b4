/* SPDX-License-Identifier: MIT */
#include "rendition.h"

#include <idphoto/log.h>
#include <idphoto/photorow.h>
#include <idphoto/submission.h>

#include <string.h>

/* Tries to get the blob and its row before another collection comes between. */
enum { RECORD_TRIES = 100 };
static const WorkerKey renditions = {.point = POOL_RENDITIONS};

typedef struct RenditionTask {
        Fs *fs;
        int64_t photo;
        Sha256 blob;
        uint64_t size;
        int64_t point;
} RenditionTask;

static int record(Catalog *catalog, void *userdata)
{
        const RenditionTask *task = userdata;

        return catalog_set_photo_centre(catalog, task->photo, &task->blob, task->size);
}

/* 1: to be made, of the original behind *ret_fd. */
static int find_original(Fs *fs, int64_t photo, int64_t *ret_point, int *ret_fd, uint64_t *ret_size)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow submission = {};
        _cleanup_photo_ PhotoRow row = {};
        int r = reader_acquire(fs->writer, &reader);

        if (r >= 0)
                r = catalog_get_photo(reader.catalog, photo, &row);
        if (r <= 0 || row.has_centre || row.reason >= 0 || !review_state_approved(row.state))
                return MIN(r, 0);
        r = catalog_get_submission(reader.catalog, row.submission, &submission);
        if (r <= 0 || !submission.has_original)
                return MIN(r, 0);
        *ret_fd = blob_open(fs->store, &submission.original);
        *ret_size = submission.size;
        *ret_point = submission.point;
        return *ret_fd < 0 ? *ret_fd : 1;
}

/* Until its row names it, a purge may remove the blob. */
static int keep(RenditionTask *task, const uint8_t *jpeg)
{
        int r = -EAGAIN;

        for (int i = 0; i < RECORD_TRIES && r == -EAGAIN; i++) {
                r = blob_put(task->fs->store, jpeg, task->size, &task->blob);
                if (r >= 0)
                        r = writer_run(task->fs->writer, record, task, 0);
        }
        return r;
}

static void make(Worker *worker, void *userdata)
{
        _cleanup_free_ RenditionTask *task = userdata;
        _cleanup_free_ uint8_t *jpeg = NULL;
        _cleanup_close_ int fd = -EBADF;
        uint64_t size = 0;
        size_t jpeg_size;
        int r = find_original(task->fs, task->photo, &task->point, &fd, &size);

        if (r > 0)
                worker_serve_for(worker, task->point);
        if (r > 0)
                r = worker_render_centre(worker, fd, size, &jpeg, &jpeg_size);
        worker_pool_give_back(task->fs->pool);
        if (r >= 0 && jpeg) {
                task->size = jpeg_size;
                r = keep(task, jpeg);
        }
        /* A photo with too little detail for the centre's least size has none. */
        if (r < 0 && r != -ERANGE && r != -ENODATA)
                log_warning("cannot make the centre's rendition of photo %lld: %s; the next start "
                            "tries again",
                            (long long)task->photo, strerror(-r));
}

static void discard(Worker *worker _unused_, void *userdata)
{
        free(userdata);
}

void rendition_want(Fs *fs, int64_t photo)
{
        RenditionTask *task = malloc(sizeof(*task));

        if (!task)
                return;
        *task = (RenditionTask){.fs = fs, .photo = photo};
        if (worker_pool_submit(fs->pool, &renditions, make, discard, task) < 0)
                free(task);
}

static int want(const PhotoRow *row, void *userdata)
{
        rendition_want(userdata, row->id);
        return 0;
}

/* A look at every photo of the batch, which no mount waits for. */
static void recover(Worker *worker _unused_, void *userdata)
{
        Fs *fs = userdata;
        _cleanup_reader_ Reader reader = {};
        int r;

        worker_pool_give_back(fs->pool);
        r = reader_acquire(fs->writer, &reader);
        if (r >= 0)
                r = catalog_list_photos_without_centre(reader.catalog, fs->batch, want, fs);
        if (r < 0)
                log_warning(
                        "cannot look for photos without a rendition for the centre: %s; the next "
                        "start tries again",
                        strerror(-r));
}

int rendition_recover(Fs *fs)
{
        return worker_pool_submit(fs->pool, &renditions, recover, NULL, fs);
}
