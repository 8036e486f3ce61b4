/* SPDX-License-Identifier: MIT */
#include "exportreport.h"

#include <idphoto/view.h>

#include <sys/stat.h>
#include <time.h>

/* A worker that died too often may be started again within a second or so. */
#define RETRIES_MAX 40
#define RETRY_MSEC  250

/* What would come again for this photo, and what may not stop the others. */
static bool of_the_photo(int error)
{
        return error == -ERANGE || error == -ENODATA || error == -EPROTO || error == -ETIMEDOUT ||
               error == -ENOMEM;
}

static int render_patiently(Worker *worker, int fd, uint64_t size, uint8_t **ret, size_t *ret_size)
{
        const struct timespec pause = {.tv_nsec = RETRY_MSEC * NSEC_PER_MSEC};
        int r = -EAGAIN;

        for (int i = 0; i < RETRIES_MAX && r == -EAGAIN; i++) {
                if (i > 0)
                        (void)nanosleep(&pause, NULL);
                r = worker_render_centre(worker, fd, size, ret, ret_size);
        }
        return r;
}

static int open_original(const Store *store, Catalog *catalog, int64_t submission)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(catalog, submission, &row);

        if (r < 0)
                return r;
        return r == 0 || !row.has_original ? -ENOENT : blob_open(store, &row.original);
}

static int store_rendition(const Store *store, Catalog *catalog, ExportEntry *entry,
                           const uint8_t *jpeg, size_t size)
{
        Sha256 hash;
        int r = blob_put(store, jpeg, size, &hash);

        if (r >= 0)
                r = catalog_begin(catalog, false);
        if (r < 0)
                return r;
        r = catalog_set_photo_centre(catalog, entry->photo, &hash, size);
        if (r >= 0)
                r = catalog_commit(catalog);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        entry->has_centre = true;
        entry->centre = hash;
        entry->centre_size = size;
        return 0;
}

/* 0, also when it is the photo's own fault that there is none: then with *ret_fault. */
static int render_one(const Store *store, Catalog *catalog, Worker *worker, ExportEntry *entry,
                      int *ret_fault)
{
        _cleanup_close_ int fd = open_original(store, catalog, entry->submission);
        _cleanup_free_ uint8_t *jpeg = NULL;
        size_t size = 0;
        struct stat st;
        int r;

        *ret_fault = 0;
        if (fd == -ENOENT) {
                *ret_fault = fd;
                return 0;
        }
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        r = render_patiently(worker, fd, (uint64_t)st.st_size, &jpeg, &size);
        if (r < 0) {
                *ret_fault = of_the_photo(r) ? r : 0;
                return of_the_photo(r) ? 0 : r;
        }
        return store_rendition(store, catalog, entry, jpeg, size);
}

int export_render(const Store *store, Catalog *catalog, Worker *worker, ExportList *list,
                  const ExportOptions *options, ExportReport *report)
{
        const char *folder = fixed_name(FIXED_CENTRE, options->language);
        size_t total = 0, done = 0;

        for (size_t i = 0; i < list->n; i++)
                total += !list->entries[i].has_centre;
        for (size_t i = 0; i < list->n; i++) {
                ExportEntry *entry = &list->entries[i];
                int fault, r;

                if (entry->has_centre)
                        continue;
                r = render_one(store, catalog, worker, entry, &fault);
                if (r < 0)
                        return export_fail(report, folder, entry->file, r);
                if (fault < 0) {
                        r = export_add_problem(report, EXPORT_NO_RENDITION, folder, entry->file,
                                               fault);
                        if (r < 0)
                                return r;
                } else {
                        report->rendered++;
                }
                export_step(options, ++done, total);
        }
        return 0;
}
