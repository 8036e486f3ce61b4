/* SPDX-License-Identifier: MIT */
#include "collector.h"

#include <idphoto/gateway.h>
#include <idphoto/log.h>
#include <idphoto/message.h>
#include <idphoto/point.h>
#include <idphoto/storecheck.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum {
        LOOK_SECONDS = 60,  /* as often the state of a database on a server is noted */
        LOOKS_A_CHORE = 60, /* so many later it is collected again */
        CHORE_SECONDS = LOOKS_A_CHORE * LOOK_SECONDS,
        NOTED_MAX = 256,   /* more are found by the next start */
        PAUSE_MSEC = 1000, /* what is examined anew mostly becomes the same blob */
};

struct Collector {
        const Store *store;
        Writer *writer;
        Catalog *catalog; /* the thread's own: it removes blobs inside write transactions */
        Language speaks;
        bool restored; /* the database was, and the log says so; of the thread */
        pthread_t thread;
        atomic_bool stopping;
        pthread_mutex_t lock;    /* innermost */
        pthread_cond_t wake;     /* monotonic */
        Sha256 noted[NOTED_MAX]; /* protected by lock */
        size_t n;                /* protected by lock */
};

static bool is_stopping(void *userdata)
{
        const Collector *collector = userdata;

        return atomic_load(&collector->stopping);
}

static void tell(int r, uint64_t n)
{
        /* Of what was restored the daemon speaks elsewhere. */
        if (r < 0 && r != -ECANCELED && r != -ESTALE)
                log_info("cannot remove what nothing names from the store: %s; tried again later",
                         strerror(-r));
        else if (n > 0)
                log_info("removed %" PRIu64 " files that nothing names from the store", n);
}

typedef struct LeftFolder {
        int64_t folder;
        int64_t point;
} LeftFolder;

static int collect_folder(Catalog *catalog, void *userdata)
{
        const LeftFolder *left = userdata;

        return catalog_collect_folder(catalog, left->folder, left->point);
}

static int collect_folders(Collector *collector)
{
        LeftFolder left = {};
        int r;

        do {
                r = catalog_next_left_folder(collector->catalog, left.folder, &left.folder,
                                             &left.point);
                if (r <= 0)
                        return r;
                r = writer_run(collector->writer, left.point, collect_folder, &left, 0);
        } while (r >= 0 && !is_stopping(collector));
        return r < 0 ? r : -ECANCELED;
}

/* Whether it is done, by this gateway or another. */
static bool collect_all(Collector *collector)
{
        uint64_t n = 0;
        int r = gateway_take_chore(collector->catalog, "collection", CHORE_SECONDS);

        if (r == 0)
                return true;
        if (r > 0)
                r = collect_folders(collector);
        if (r >= 0)
                r = store_collect_blobs(collector->store, collector->catalog, is_stopping,
                                        collector, &n);

        tell(r, n);
        return r >= 0;
}

/* Caller holds the lock, which is free meanwhile. */
static void collect_noted(Collector *collector)
{
        Sha256 hashes[NOTED_MAX];
        size_t n = collector->n;

        memcpy(hashes, collector->noted, n * sizeof(hashes[0]));
        collector->n = 0;
        (void)pthread_mutex_unlock(&collector->lock);
        tell(store_collect_noted(collector->store, collector->catalog, hashes, n), 0);
        (void)pthread_mutex_lock(&collector->lock);
}

static struct timespec in(int64_t nsec)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return timespec_from_nsec(timespec_to_nsec(now) + nsec);
}

/* On this thread, because a shared directory may say nothing for long. */
static void look_for_restored(Collector *collector)
{
        int r = store_was_restored(collector->store, collector->catalog);

        if (r > 0 && !collector->restored)
                log_error_in(collector->speaks, MESSAGE(MOUNT_RESTORED, collector->speaks));
        if (r >= 0)
                collector->restored = r > 0;
}

typedef struct Next {
        struct timespec at;
        unsigned looks;
        bool collected; /* what was left when this began */
} Next;

/* Caller holds the lock. A connection may have ended while it was collected. Where blobs are shared,
 * what is removed is looked at once more after an hour, and some gateway must do so that does not
 * start anew every day. */
static void wait_for_note(Collector *collector, Next *next)
{
        if (!store_is_attached(collector->store)) {
                (void)pthread_cond_wait(&collector->wake, &collector->lock);
                return;
        }
        if (pthread_cond_timedwait(&collector->wake, &collector->lock, &next->at) != ETIMEDOUT)
                return;
        (void)pthread_mutex_unlock(&collector->lock);
        look_for_restored(collector);
        if (!next->collected ||
            (++next->looks % LOOKS_A_CHORE == 0 && store_shares_blobs(collector->store)))
                next->collected = collect_all(collector);
        next->at = in(LOOK_SECONDS * NSEC_PER_SEC);
        (void)pthread_mutex_lock(&collector->lock);
}

static void *collect(void *userdata)
{
        Collector *collector = userdata;
        Next next = {};

        look_for_restored(collector);
        next.collected = collect_all(collector);
        next.at = in(LOOK_SECONDS * NSEC_PER_SEC);
        (void)pthread_mutex_lock(&collector->lock);
        while (!collector->stopping) {
                struct timespec until;

                if (collector->n == 0) {
                        wait_for_note(collector, &next);
                        continue;
                }
                until = in(PAUSE_MSEC * NSEC_PER_MSEC);
                while (!collector->stopping &&
                       pthread_cond_timedwait(&collector->wake, &collector->lock, &until) == 0)
                        ;
                collect_noted(collector);
        }
        collect_noted(collector);
        (void)pthread_mutex_unlock(&collector->lock);
        look_for_restored(collector);
        return NULL;
}

int collector_new(Intake *intake, Language speaks, Collector **ret)
{
        Collector *collector = calloc(1, sizeof(*collector));
        pthread_condattr_t attributes;
        int r;

        if (!collector)
                return -ENOMEM;
        collector->store = intake->store;
        collector->writer = intake->writer;
        collector->speaks = speaks;
        r = catalog_open(intake->store, &collector->catalog);
        if (r < 0) {
                free(collector);
                return r;
        }
        (void)pthread_mutex_init(&collector->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&collector->wake, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        r = pthread_create(&collector->thread, NULL, collect, collector);
        if (r != 0) {
                catalog_free(collector->catalog);
                free(collector);
                return -r;
        }
        *ret = collector;
        return 0;
}

void collector_note(Collector *collector, const Sha256 *blob)
{
        if (!collector)
                return;
        (void)pthread_mutex_lock(&collector->lock);
        if (collector->n < NOTED_MAX) {
                collector->noted[collector->n++] = *blob;
                if (collector->n == 1)
                        (void)pthread_cond_signal(&collector->wake);
        }
        (void)pthread_mutex_unlock(&collector->lock);
}

void collector_free(Collector *collector)
{
        if (!collector)
                return;
        (void)pthread_mutex_lock(&collector->lock);
        atomic_store(&collector->stopping, true);
        (void)pthread_cond_signal(&collector->wake);
        (void)pthread_mutex_unlock(&collector->lock);
        (void)pthread_join(collector->thread, NULL);
        (void)pthread_cond_destroy(&collector->wake);
        (void)pthread_mutex_destroy(&collector->lock);
        catalog_free(collector->catalog);
        free(collector);
}
