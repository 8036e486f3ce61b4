/* SPDX-License-Identifier: MIT */
#include "exportreport.h"

#include <idphoto/fixedname.h>
#include <idphoto/photorow.h>
#include <idphoto/submission.h>
#include <idphoto/view.h>

#include <pthread.h>
#include <sys/stat.h>

/*
 * The catalog belongs to the calling thread, the decoding to the pool's. So this thread looks up
 * and opens the originals of a window of photos ahead, the pool makes renditions and blobs of them,
 * and this thread takes the results in the order of the list and records them: memory stays small,
 * and reports are the same from run to run.
 */

/* Tries to get a blob and its row before another collection comes between. */
#define RECORD_TRIES 100

/* Photos ahead of the one whose result comes next, for each thread. */
#define WINDOW_PER_THREAD 4u

typedef struct Rendering Rendering;

/* One photo of the window. */
typedef struct Job {
        Rendering *rendering;
        ExportEntry *entry;
        int fd;    /* the original */
        bool done; /* protected by rendering->lock; the rest belongs to the pool's thread before, to
                      the calling one after */
        int error; /* negative errno */
        Sha256 hash;
        uint8_t *jpeg;
        size_t size;
} Job;

struct Rendering {
        const Store *store;
        Catalog *catalog;
        WorkerPool *pool;
        pthread_mutex_t lock;
        pthread_cond_t job_done;
        Job *jobs; /* a ring */
        size_t n_jobs;
};

/* What would come again for this photo, and may not stop the others. */
static bool of_the_photo(int error)
{
        return error == -ERANGE || error == -ENODATA || error == -EPROTO || error == -ETIMEDOUT ||
               error == -ENOMEM || error == -ENOENT;
}

/* ---- on a thread of the pool ---- */

static int render(Job *job, Worker *worker)
{
        struct stat st;
        int r;

        if (fstat(job->fd, &st) < 0)
                return -errno;
        r = worker_render_centre_patiently(worker, job->fd, (uint64_t)st.st_size, &job->jpeg,
                                           &job->size);
        /* The program is missing, not the photo. */
        if (r < 0)
                return r == -ENOENT ? -ENOEXEC : r;
        r = blob_put(job->rendering->store, job->jpeg, job->size, &job->hash);
        /* It is the store's folder that is missing, not the original. */
        return r == -ENOENT ? -EUCLEAN : r;
}

static void run_job(Worker *worker, void *userdata)
{
        Job *job = userdata;
        Rendering *rendering = job->rendering;

        job->error = render(job, worker);
        pthread_mutex_lock(&rendering->lock);
        job->done = true;
        pthread_cond_signal(&rendering->job_done);
        pthread_mutex_unlock(&rendering->lock);
}

/* ---- on the calling thread ---- */

static int open_original(const Rendering *rendering, int64_t submission)
{
        _cleanup_submission_ SubmissionRow row = {};
        int r = catalog_get_submission(rendering->catalog, submission, &row);

        if (r < 0)
                return r;
        return r == 0 || !row.has_original ? -ENOENT : blob_open(rendering->store, &row.original);
}

static void begin_job(Rendering *rendering, Job *job, ExportEntry *entry)
{
        int fd = open_original(rendering, entry->submission);

        int r = MIN(fd, 0);

        *job = (Job){.rendering = rendering, .entry = entry, .fd = fd};
        if (r >= 0)
                r = worker_pool_submit(rendering->pool, NULL, run_job, NULL, job);
        /* Once submitted it is the pool's. */
        if (r < 0) {
                job->error = r;
                job->done = true;
        }
}

static void wait_for_job(Rendering *rendering, const Job *job)
{
        pthread_mutex_lock(&rendering->lock);
        while (!job->done)
                pthread_cond_wait(&rendering->job_done, &rendering->lock);
        pthread_mutex_unlock(&rendering->lock);
}

static int try_record(Catalog *catalog, const Job *job)
{
        _cleanup_photo_ PhotoRow photo = {};
        int r = catalog_get_photo(catalog, job->entry->photo, &photo);

        if (r <= 0)
                return r;
        r = catalog_begin_at(catalog, false, photo.point);
        if (r < 0)
                return r;
        r = catalog_set_photo_centre(catalog, job->entry->photo, &job->hash, job->size);
        if (r >= 0)
                r = catalog_commit(catalog);
        if (r < 0)
                catalog_rollback(catalog);
        return r;
}

/* Until its row names it, a purge may remove the blob. */
static int record(const Rendering *rendering, Job *job)
{
        int r = try_record(rendering->catalog, job);

        for (int i = 1; i < RECORD_TRIES && r == -EAGAIN; i++) {
                r = blob_put(rendering->store, job->jpeg, job->size, &job->hash);
                if (r >= 0)
                        r = try_record(rendering->catalog, job);
        }
        if (r < 0)
                return r;
        job->entry->has_centre = true;
        job->entry->centre = job->hash;
        job->entry->centre_size = job->size;
        return 0;
}

static int finish_job(Rendering *rendering, Job *job, const ExportOptions *options,
                      ExportReport *report)
{
        const char *folder = fixed_name(FIXED_CENTRE, options->language);
        int r = job->error >= 0 ? record(rendering, job) : job->error;

        job->fd = safe_close(job->fd);
        free(TAKE_PTR(job->jpeg));
        if (job->error < 0 && of_the_photo(r))
                return export_add_problem(report, EXPORT_NO_RENDITION, folder, job->entry->file, r);
        if (r < 0)
                return export_fail(report, folder, job->entry->file, r);
        report->rendered++;
        return 0;
}

static ExportEntry *next_missing(const ExportList *list, size_t *at)
{
        while (*at < list->n && list->entries[*at].has_centre)
                ++*at;
        return *at < list->n ? &list->entries[(*at)++] : NULL;
}

/* After an error nothing more is begun, and what is under way is waited for. */
static int render_all(Rendering *rendering, ExportList *list, size_t total,
                      const ExportOptions *options, ExportReport *report)
{
        size_t at = 0, begun = 0;
        int r = 0;

        for (size_t taken = 0; taken < total; taken++) {
                Job *job = &rendering->jobs[taken % rendering->n_jobs];

                while (r >= 0 && begun < total && begun < taken + rendering->n_jobs) {
                        ExportEntry *entry = next_missing(list, &at);

                        begin_job(rendering, &rendering->jobs[begun % rendering->n_jobs], entry);
                        begun++;
                }
                if (taken >= begun)
                        break;
                wait_for_job(rendering, job);
                if (r >= 0) {
                        r = finish_job(rendering, job, options, report);
                        export_step(options, taken + 1, total);
                } else {
                        job->fd = safe_close(job->fd);
                        free(TAKE_PTR(job->jpeg));
                }
        }
        return r;
}

int export_render(const Store *store, Catalog *catalog, WorkerPool *pool, ExportList *list,
                  const ExportOptions *options, ExportReport *report)
{
        Rendering rendering = {.store = store, .catalog = catalog, .pool = pool};
        size_t total = list->n - (export_list_files(list, true) - list->n);
        int r;

        if (total == 0)
                return 0;
        rendering.n_jobs = MIN((size_t)worker_pool_workers(pool) * WINDOW_PER_THREAD, total);
        rendering.jobs = calloc(rendering.n_jobs, sizeof(*rendering.jobs));
        if (!rendering.jobs)
                return -ENOMEM;
        pthread_mutex_init(&rendering.lock, NULL);
        pthread_cond_init(&rendering.job_done, NULL);
        r = render_all(&rendering, list, total, options, report);
        pthread_cond_destroy(&rendering.job_done);
        pthread_mutex_destroy(&rendering.lock);
        free(rendering.jobs);
        return r;
}
