/* SPDX-License-Identifier: MIT */
#include "rendition.h"

#include <idphoto/centre.h>
#include <idphoto/log.h>
#include <idphoto/photorow.h>

#include <string.h>

static const WorkerKey renditions = {.point = POOL_RENDITIONS};

typedef struct RenditionTask {
        Fs *fs;
        int64_t photo;
} RenditionTask;

static void make(Worker *worker, void *userdata)
{
        _cleanup_free_ RenditionTask *task = userdata;
        Fs *fs = task->fs;
        int r = centre_make(fs->store, fs->writer, worker, fs->pool, task->photo);

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
