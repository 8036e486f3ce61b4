/* SPDX-License-Identifier: MIT */
#include "rendition.h"

#include <idphoto/centre.h>
#include <idphoto/gateway.h>
#include <idphoto/log.h>
#include <idphoto/photorow.h>

#include <inttypes.h>
#include <string.h>

enum { CHORE_SECONDS = 3600 };

static const WorkerKey renditions = {.point = POOL_RENDITIONS};

typedef struct RenditionTask {
        Intake *intake;
        int64_t photo;
        bool by_one; /* of several gateways that were asked */
} RenditionTask;

static int take_chore(Catalog *catalog, void *userdata)
{
        const Intake *intake = userdata;
        char name[48];

        (void)snprintf(name, sizeof(name), "renditions of %" PRId64, intake->tree->batch);
        return gateway_take_chore(catalog, name, CHORE_SECONDS);
}

/* 1: what every gateway of the batch was asked for is this one's to do. */
static int is_ours(Intake *intake)
{
        return store_is_attached(intake->store)
                       ? writer_run(intake->writer, WRITER_NOTHING, take_chore, intake, 0)
                       : 1;
}

static void make(Worker *worker, void *userdata)
{
        _cleanup_free_ RenditionTask *task = userdata;
        Intake *intake = task->intake;
        int r = task->by_one ? is_ours(intake) : 1;

        if (r > 0)
                r = centre_make(intake->store, intake->writer, worker, intake->pool, task->photo);
        /* A photo with too little detail for the centre's least size has none. */
        if (r < 0 && r != -ERANGE && r != -ENODATA)
                log_warning(
                        "cannot make the centre's rendition of photo %lld: %s; tried again later",
                        (long long)task->photo, strerror(-r));
}

static void discard(Worker *worker _unused_, void *userdata)
{
        free(userdata);
}

static void ask_for(Intake *intake, int64_t photo, bool by_one)
{
        RenditionTask *task = malloc(sizeof(*task));

        if (!task)
                return;
        *task = (RenditionTask){.intake = intake, .photo = photo, .by_one = by_one};
        if (worker_pool_submit(intake->pool, &renditions, make, discard, task) < 0)
                free(task);
}

void rendition_want(Intake *intake, int64_t photo)
{
        ask_for(intake, photo, false);
}

void rendition_want_by_one(Intake *intake, int64_t photo)
{
        ask_for(intake, photo, true);
}

static int want(const PhotoRow *row, void *userdata)
{
        rendition_want(userdata, row->id);
        return 0;
}

/* A look at every photo of the batch, which no mount waits for. */
static void recover(Worker *worker _unused_, void *userdata)
{
        Intake *intake = userdata;
        _cleanup_reader_ Reader reader = {};
        int r;

        worker_pool_give_back(intake->pool);
        r = is_ours(intake);
        if (r == 0)
                return;
        if (r > 0)
                r = reader_acquire(intake->writer, &reader);
        if (r >= 0)
                r = catalog_list_photos_without_centre(reader.catalog, intake->tree->batch, want,
                                                       intake);
        if (r < 0)
                log_warning("cannot look for photos without a rendition for the centre: %s; tried"
                            " again later",
                            strerror(-r));
}

int rendition_recover(Intake *intake)
{
        return worker_pool_submit(intake->pool, &renditions, recover, NULL, intake);
}
