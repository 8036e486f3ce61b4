/* SPDX-License-Identifier: MIT */
#include "preview.h"

#include "intake.h"
#include "live/parked.h"

#include <idphoto/examination.h>

#include <stdlib.h>

typedef struct Preview {
        Intake *intake;
        struct fuse_req *request;
        int64_t upload;
} Preview;

/* 0, or the errno that close() fails with. */
static int examine(Intake *intake, Worker *worker, int64_t upload)
{
        _cleanup_examination_ Examination examination = {.fd = -EBADF};
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(intake->writer, &reader);

        examination.archives = &intake->options.archives;
        if (r >= 0)
                r = examination_begin(intake->store, reader.catalog, upload, 0, &examination);
        if (r >= 0)
                r = examination_identify(reader.catalog, intake_now(intake), &examination);
        reader_release(&reader);
        reader.catalog = NULL;
        return r >= 0 && examination_preview(intake->store, worker, &examination) > 0 ? EINVAL : 0;
}

static void preview(Worker *worker, void *userdata)
{
        _cleanup_free_ Preview *task = userdata;

        parked_reply(task->request, examine(task->intake, worker, task->upload));
}

static void discard(Worker *worker _unused_, void *userdata)
{
        _cleanup_free_ Preview *task = userdata;

        parked_reply(task->request, EIO);
}

bool preview_flush(Intake *intake, struct fuse_req *request, int64_t upload)
{
        _cleanup_upload_ UploadRef ref = {intake->uploads, upload_peek(intake->uploads, upload)};
        UploadAttributes attributes;
        Preview *task;
        WorkerKey key;

        if (!intake->options.verdict_on_close || !ref.upload || !upload_is_judgeable(ref.upload))
                return false;
        task = malloc(sizeof(*task));
        if (!task)
                return false;
        *task = (Preview){.intake = intake, .request = request, .upload = upload};
        upload_attributes(ref.upload, &attributes);
        key = (WorkerKey){.point = upload_point(ref.upload), .uid = attributes.uid};
        if (worker_pool_submit(intake->pool, &key, preview, discard, task) < 0) {
                free(task);
                return false;
        }
        return true;
}
