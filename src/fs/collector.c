/* SPDX-License-Identifier: MIT */
#include "collector.h"

#include <idphoto/log.h>
#include <idphoto/storecheck.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct Collector {
        Fs *fs;
        pthread_t thread;
        atomic_bool stopping;
};

static bool is_stopping(void *userdata)
{
        const Collector *collector = userdata;

        return atomic_load(&collector->stopping);
}

static void *collect(void *userdata)
{
        Collector *collector = userdata;
        _cleanup_reader_ Reader reader = {};
        uint64_t n = 0;
        int r = reader_acquire(collector->fs, &reader);

        if (r >= 0)
                r = store_collect_blobs(collector->fs->store, reader.catalog, is_stopping,
                                        collector, &n);
        if (r < 0 && r != -ECANCELED)
                log_info("cannot remove what nothing names from the store: %s; the next start tries"
                         " again",
                         strerror(-r));
        else if (n > 0)
                log_info("removed %" PRIu64 " files that nothing names from the store", n);
        return NULL;
}

int collector_new(Fs *fs, Collector **ret)
{
        Collector *collector = calloc(1, sizeof(*collector));
        int r;

        if (!collector)
                return -ENOMEM;
        collector->fs = fs;
        r = pthread_create(&collector->thread, NULL, collect, collector);
        if (r != 0) {
                free(collector);
                return -r;
        }
        *ret = collector;
        return 0;
}

void collector_free(Collector *collector)
{
        if (!collector)
                return;
        atomic_store(&collector->stopping, true);
        (void)pthread_join(collector->thread, NULL);
        free(collector);
}
