/* SPDX-License-Identifier: MIT */
#include <idphoto/centre.h>
#include <idphoto/photorow.h>
#include <idphoto/submission.h>

#include <stdlib.h>

/* Tries to get the blob and its row before another collection comes between. */
enum { RECORD_TRIES = 100 };

typedef struct CentreTask {
        int64_t photo;
        Sha256 blob;
        uint64_t size;
} CentreTask;

static int record(Catalog *catalog, void *userdata)
{
        const CentreTask *task = userdata;

        return catalog_set_photo_centre(catalog, task->photo, &task->blob, task->size);
}

/* 1: to be made, of the original behind *ret_fd. */
static int find_original(const Store *store, Writer *writer, int64_t photo, SubmissionRow *ret,
                         int *ret_fd)
{
        _cleanup_reader_ Reader reader = {};
        _cleanup_photo_ PhotoRow row = {};
        int r = reader_acquire(writer, &reader);

        if (r >= 0)
                r = catalog_get_photo(reader.catalog, photo, &row);
        if (r <= 0 || row.has_centre || row.reason >= 0 || !review_state_approved(row.state))
                return MIN(r, 0);
        r = catalog_get_submission(reader.catalog, row.submission, ret);
        if (r <= 0 || !ret->has_original)
                return MIN(r, 0);
        *ret_fd = blob_open(store, &ret->original);
        return *ret_fd < 0 ? *ret_fd : 1;
}

/* Until its row names it, a purge may remove the blob. */
static int keep(const Store *store, Writer *writer, int64_t point, CentreTask *task,
                const uint8_t *jpeg)
{
        int r = -EAGAIN;

        for (int i = 0; i < RECORD_TRIES && r == -EAGAIN; i++) {
                r = blob_put(store, jpeg, task->size, &task->blob);
                if (r >= 0)
                        r = writer_run(writer, point, record, task, 0);
        }
        return r;
}

int centre_make(const Store *store, Writer *writer, Worker *worker, WorkerPool *pool, int64_t photo)
{
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_free_ uint8_t *jpeg = NULL;
        _cleanup_close_ int fd = -EBADF;
        CentreTask task = {.photo = photo};
        size_t size = 0;
        int r = find_original(store, writer, photo, &row, &fd);

        if (r > 0) {
                worker_serve_for(worker, row.point);
                r = worker_render_centre(worker, fd, row.size, &jpeg, &size);
        }
        if (pool)
                worker_pool_give_back(pool);
        if (r < 0 || !jpeg)
                return MIN(r, 0);
        task.size = size;
        r = keep(store, writer, row.point, &task, jpeg);
        return r < 0 ? r : 1;
}
