/* SPDX-License-Identifier: MIT */
#include <idphoto/batch.h>
#include <idphoto/clock.h>
#include <idphoto/idnumber.h>
#include <idphoto/judge.h>
#include <idphoto/point.h>
#include <idphoto/receive.h>
#include <idphoto/writer.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/*
 * What the catalog does for a photo that is dropped, without the photo: its row, its verdict and its
 * place, each a transaction of the writer, as the daemon has them. Many threads do so at once, for
 * points without a roster.
 */

enum { POINTS = 20, THREADS_MAX = 256 };

typedef struct Bench {
        Store *store;
        Writer *writer;
        int64_t batch;
        int64_t points[POINTS];
        unsigned photos;
        atomic_uint next;
        atomic_int failed; /* a negative errno */
} Bench;

/* Nothing here has to survive a power cut. */
int fsync(int fd _unused_)
{
        return 0;
}

int fdatasync(int fd _unused_)
{
        return 0;
}

typedef struct Drop {
        const Bench *bench;
        SubmissionRow row;
        Judgement judgement;
        JudgeTarget target;
} Drop;

static int create(Catalog *catalog, void *userdata)
{
        Drop *d = userdata;

        return receive_create(catalog, &d->row, &d->row.id);
}

static int record(Catalog *catalog, void *userdata)
{
        const Drop *d = userdata;

        judge_expect(catalog, (Where){d->row.batch, d->row.point}, d->row.id, &d->judgement);
        return receive_verdict(catalog, d->row.id, &d->judgement, d->row.mtime, d->row.created);
}

static int apply(Catalog *catalog, void *userdata)
{
        Drop *d = userdata;

        judge_target_done(&d->target);
        return judge_apply(catalog, d->row.id, 0, d->row.created, &d->target);
}

/* A verdict that a worker could have come to. */
static int make_judgement(const Bench *b, unsigned i, Judgement *ret)
{
        char number[ID_NUMBER_SIZE], bytes[32];
        uint64_t random = i * UINT64_C(0x9e3779b97f4a7c15);
        int r;

        (void)snprintf(number, sizeof(number), "219999%04u%02u%02u%03u", 1950 + i / 12000 % 80,
                       i / 1000 % 12 + 1, i / 960000 % 28 + 1, i % 1000);
        number[ID_NUMBER_LENGTH - 1] = id_number_check_character(number);
        number[ID_NUMBER_LENGTH] = '\0';
        *ret = (Judgement){.has_photo = true};
        (void)snprintf(bytes, sizeof(bytes), "dropped %u", i);
        r = blob_put(b->store, bytes, sizeof(bytes), &ret->original);
        (void)snprintf(bytes, sizeof(bytes), "photo %u", i);
        if (r >= 0)
                r = blob_put(b->store, bytes, sizeof(bytes), &ret->photo);
        ret->size = ret->photo_size = sizeof(bytes);
        ret->info.quality = 88;
        ret->info.phash = (random ^ random >> 29) * UINT64_C(0xbf58476d1ce4e5b9) | 1;
        return r < 0 ? r : document_number(number, &ret->identity.number);
}

static int drop(Bench *b, unsigned i)
{
        char name[64];
        Drop d = {.bench = b,
                  .row = {.batch = b->batch,
                          .point = b->points[i % POINTS],
                          .folder = FOLDER_POINT,
                          .name = name,
                          .mode = 0640,
                          .created = clock_wall_nsec(clock_system())}};
        int r = make_judgement(b, i, &d.judgement);

        (void)snprintf(name, sizeof(name), "%s.jpg", d.judgement.identity.number.text);
        if (r >= 0)
                r = writer_run(b->writer, WRITER_EVERYTHING, create, &d, 0);
        if (r >= 0)
                r = writer_run(b->writer, WRITER_EVERYTHING, record, &d, WRITER_DURABLE);
        if (r >= 0)
                r = writer_run(b->writer, WRITER_EVERYTHING, apply, &d, 0);
        judge_target_done(&d.target);
        return r;
}

static void *dropper(void *userdata)
{
        Bench *b = userdata;
        unsigned i;
        int r = 0;

        while (r >= 0 && (i = atomic_fetch_add(&b->next, 1)) < b->photos)
                r = drop(b, i);
        if (r < 0)
                b->failed = r;
        return NULL;
}

static int add_points(Bench *b)
{
        _cleanup_(catalog_freep) Catalog *catalog = NULL;
        int r = catalog_open(b->store, &catalog);

        if (r >= 0)
                r = catalog_begin(catalog, false);
        for (unsigned i = 0; r >= 0 && i < POINTS; i++) {
                char name[32];

                (void)snprintf(name, sizeof(name), "point %u of %u", i + 1, b->photos);
                r = catalog_add_point(catalog,
                                      &(PointRow){.name = name, .mode = 02770, .created = 1},
                                      &b->points[i]);
        }
        if (r >= 0)
                r = catalog_find_batch(catalog, "202601", &b->batch);
        return r < 0 ? r : catalog_commit(catalog);
}

static double seconds(const struct timeval *t)
{
        return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static int measure(Bench *b, unsigned n_threads)
{
        pthread_t threads[THREADS_MAX];
        int64_t begun = clock_monotonic_nsec(clock_system());
        struct rusage before, after;
        double wall, cpu;

        (void)getrusage(RUSAGE_SELF, &before);
        for (unsigned i = 0; i < n_threads; i++)
                if (pthread_create(&threads[i], NULL, dropper, b) != 0)
                        return -EAGAIN;
        for (unsigned i = 0; i < n_threads; i++)
                (void)pthread_join(threads[i], NULL);
        (void)getrusage(RUSAGE_SELF, &after);
        wall = (double)(clock_monotonic_nsec(clock_system()) - begun) / (double)NSEC_PER_SEC;
        cpu = seconds(&after.ru_utime) + seconds(&after.ru_stime) - seconds(&before.ru_utime) -
              seconds(&before.ru_stime);
        (void)printf("%u photos, %u threads: %.1f photos/s, %.2f ms of CPU a photo\n", b->photos,
                     n_threads, b->photos / wall, cpu * 1000 / b->photos);
        return b->failed;
}

int main(int argc, char *argv[])
{
        Bench bench = {};
        unsigned n_threads = 0;
        int r;

        if (argc == 4) {
                bench.photos = (unsigned)strtoul(argv[2], NULL, 10);
                n_threads = (unsigned)strtoul(argv[3], NULL, 10);
        }
        if (bench.photos == 0 || n_threads == 0 || n_threads > THREADS_MAX) {
                (void)fprintf(stderr, "Usage: bench-record STORE PHOTOS THREADS\n");
                return 2;
        }
        r = store_open(argv[1], &bench.store);
        if (r >= 0)
                r = add_points(&bench);
        if (r >= 0)
                r = writer_new(bench.store, &bench.writer);
        if (r >= 0)
                r = measure(&bench, n_threads);
        if (r < 0)
                (void)fprintf(stderr, "bench-record: '%s': %s\n", argv[1], strerror(-r));
        writer_free(bench.writer);
        store_free(bench.store);
        return r < 0 ? 1 : 0;
}
