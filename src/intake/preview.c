/* SPDX-License-Identifier: MIT */
#include "preview.h"

#include "intake.h"
#include "live/parked.h"

#include <idphoto/event.h>
#include <idphoto/identity.h>
#include <idphoto/point.h>
#include <idphoto/submission.h>

#include <stdlib.h>

typedef struct Preview {
        Fs *fs;
        struct fuse_req *request;
        int64_t upload;
} Preview;

static int examine_file(Fs *fs, Worker *worker, int64_t upload, int fd)
{
        _cleanup_(photo_result_done) PhotoResult photo = {};
        _cleanup_reader_ Reader reader = {};
        _cleanup_submission_ SubmissionRow row = {};
        _cleanup_folder_ FolderRow folder = {};
        Findings findings = {};
        Identity identity;
        struct stat st;

        if (fstat(fd, &st) < 0)
                return 0;
        if (reader_acquire(fs->writer, &reader) < 0 ||
            catalog_get_submission(reader.catalog, upload, &row) <= 0)
                return 0;
        if (row.folder > 0)
                (void)catalog_get_folder(reader.catalog, row.folder, &folder);
        if (identity_resolve(reader.catalog, row.batch, row.point, row.name, folder.name,
                             date_from_wall(catalog_now(reader.catalog, fs_now(fs))), &findings,
                             &identity) < 0)
                return 0;
        worker_serve_for(worker, row.point);
        if (worker_examine(worker, fd, (uint64_t)st.st_size, &photo) < 0)
                return 0;
        if (findings_find(&photo.findings, REASON_TRUNCATED) ||
            findings_find(&photo.findings, REASON_EMPTY_FILE))
                return 0;
        return findings_reject(&photo.findings) || findings_reject(&findings) ? EINVAL : 0;
}

/* 0, or the errno that close() fails with. */
static int examine(Fs *fs, Worker *worker, int64_t upload)
{
        int fd, error;

        if (upload_open_read(fs, upload, &fd) < 0)
                return 0;
        error = examine_file(fs, worker, upload, fd);
        upload_release_read(fs, upload, fd);
        return error;
}

static void preview(Worker *worker, void *userdata)
{
        _cleanup_free_ Preview *task = userdata;

        parked_reply(task->request, examine(task->fs, worker, task->upload));
}

static void discard(Worker *worker _unused_, void *userdata)
{
        _cleanup_free_ Preview *task = userdata;

        parked_reply(task->request, EIO);
}

bool preview_flush(Fs *fs, struct fuse_req *request, int64_t upload)
{
        _cleanup_upload_ UploadRef ref = {fs->uploads, upload_get(fs->uploads, upload)};
        UploadAttributes attributes;
        Preview *task;
        WorkerKey key;

        if (!fs->options.verdict_on_close || !ref.upload || !upload_is_judgeable(ref.upload))
                return false;
        task = malloc(sizeof(*task));
        if (!task)
                return false;
        *task = (Preview){.fs = fs, .request = request, .upload = upload};
        upload_attributes(ref.upload, &attributes);
        key = (WorkerKey){.point = upload_point(ref.upload), .uid = attributes.uid};
        if (worker_pool_submit(fs->pool, &key, preview, discard, task) < 0) {
                free(task);
                return false;
        }
        return true;
}
