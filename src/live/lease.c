/* SPDX-License-Identifier: MIT */
#include "lease.h"

#include <idphoto/mutex.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
        BUCKETS = 256,
        QUIET_MSEC = 300, /* after a change nothing is lent for so long */
        /* Each change that waits has a thread that serves nobody meanwhile. A point of which so
         * many wait at once lends nothing for as long as below. */
        CROWD = 4,
        CROWD_QUIET_MSEC = 10000,
        /* The kernel counts in ticks. */
        SLACK_MSEC = 20,
};

typedef struct Lease {
        int64_t point;
        unsigned reading; /* listings that are being made */
        unsigned sent;    /* on their way to a client */
        unsigned holds;   /* uploads that are on their way to a verdict */
        unsigned waiting; /* changes */
        int64_t latest;   /* monotonic; at which what was sent is returned, whatever the client does
                           */
        int64_t until;    /* monotonic; at which what clients have is returned */
        int64_t quiet;    /* monotonic; until then nothing is lent */
        uint64_t told; /* times that the kernel was told of its directories, but for those that it
                             has forgotten */
        bool looked_at;
        struct Lease *next;
} Lease;

struct Leases {
        const Clock *clock;
        pthread_mutex_t lock;    /* innermost */
        pthread_cond_t returned; /* maybe; monotonic */
        Lease *buckets[BUCKETS];
        bool uncounted; /* what the kernel was told */
};

int leases_new(const Clock *clock, Leases **ret)
{
        Leases *leases = calloc(1, sizeof(*leases));
        pthread_condattr_t attributes;

        if (!leases)
                return -ENOMEM;
        leases->clock = clock;
        leases->uncounted = true;
        (void)pthread_mutex_init(&leases->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&leases->returned, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        *ret = leases;
        return 0;
}

void leases_free(Leases *leases)
{
        if (!leases)
                return;
        for (size_t i = 0; i < BUCKETS; i++)
                for (Lease *l = leases->buckets[i], *next; l; l = next) {
                        next = l->next;
                        free(l);
                }
        (void)pthread_cond_destroy(&leases->returned);
        (void)pthread_mutex_destroy(&leases->lock);
        free(leases);
}

/* Caller holds the lock. NULL: no memory for it. One for each point that was ever listed or
 * changed, for as long as the mount lives. */
static Lease *lease_of(Leases *leases, int64_t point)
{
        Lease **bucket = &leases->buckets[(uint64_t)point % BUCKETS], *l = *bucket;

        while (l && l->point != point)
                l = l->next;
        if (l)
                return l;
        l = calloc(1, sizeof(*l));
        if (!l)
                return NULL;
        l->point = point;
        l->next = *bucket;
        *bucket = l;
        return l;
}

static int64_t end_of(int64_t now, double seconds)
{
        return now + (int64_t)(seconds * NSEC_PER_SEC) + SLACK_MSEC * NSEC_PER_MSEC;
}

bool lease_begin(Leases *leases, int64_t point)
{
        int64_t now = clock_monotonic_nsec(leases->clock);
        bool lent = false;
        Lease *l;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);

        l = lease_of(leases, point);
        if (l && l->holds == 0 && l->waiting == 0 && now >= l->quiet) {
                l->reading++;
                lent = true;
        }
        return lent;
}

void lease_sent(Leases *leases, int64_t point, double seconds)
{
        /* As long again as the lease is a client's time to take what was sent. */
        int64_t latest =
                clock_monotonic_nsec(leases->clock) + (int64_t)(2 * seconds * NSEC_PER_SEC);
        Lease *l;

        (void)pthread_mutex_lock(&leases->lock);
        l = lease_of(leases, point);
        if (l) {
                l->reading--;
                l->sent++;
                l->latest = MAX(l->latest, latest);
        }
        (void)pthread_cond_broadcast(&leases->returned);
        (void)pthread_mutex_unlock(&leases->lock);
}

void lease_end(Leases *leases, int64_t point, double seconds)
{
        int64_t until = end_of(clock_monotonic_nsec(leases->clock), seconds);
        Lease *l;

        (void)pthread_mutex_lock(&leases->lock);
        l = lease_of(leases, point);
        if (l) {
                l->sent--;
                /* Had it taken longer than that, it would not have been waited for. */
                l->until = MAX(l->until, MIN(until, l->latest));
        }
        (void)pthread_cond_broadcast(&leases->returned);
        (void)pthread_mutex_unlock(&leases->lock);
}

/* Caller holds the lock. */
static void keep_quiet(Leases *leases, int64_t point, unsigned msec)
{
        Lease *l = lease_of(leases, point);

        if (l)
                l->quiet =
                        MAX(l->quiet, clock_monotonic_nsec(leases->clock) + msec * NSEC_PER_MSEC);
}

/* Caller holds the lock. From now on nothing is lent, however long the change waits. */
static void begin_waiting(Leases *leases, int64_t point)
{
        Lease *l = lease_of(leases, point);

        keep_quiet(leases, point, QUIET_MSEC);
        if (l && ++l->waiting >= CROWD)
                keep_quiet(leases, point, CROWD_QUIET_MSEC);
}

/* Caller holds the lock. */
static void end_waiting(Leases *leases, int64_t point)
{
        Lease *l = lease_of(leases, point);

        keep_quiet(leases, point, QUIET_MSEC);
        /* It was not counted where there was no memory. */
        if (l && l->waiting > 0)
                l->waiting--;
}

/* Caller holds the lock. */
static void wait_until_returned(Leases *leases, int64_t point)
{

        for (;;) {
                Lease *l = lease_of(leases, point);
                struct timespec until;
                int64_t end;

                if (l && l->reading > 0) {
                        (void)pthread_cond_wait(&leases->returned, &leases->lock);
                        continue;
                }
                end = !l ? 0 : l->sent > 0 ? MAX(l->latest, l->until) : l->until;
                if (end <= clock_monotonic_nsec(leases->clock))
                        return;
                until = timespec_from_nsec(end);
                (void)pthread_cond_timedwait(&leases->returned, &leases->lock, &until);
        }
}

static void hold(Leases *leases, int64_t point, int by)
{
        const int64_t points[] = {point, LEASE_OFFICE};
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);

        for (size_t i = 0; i < ELEMENTSOF(points); i++) {
                Lease *l = lease_of(leases, points[i]);

                /* Where there was no memory to count it, there is none to lend either. */
                if (l && (by > 0 || l->holds > 0))
                        l->holds += (unsigned)by;
        }
}

void lease_hold(Leases *leases, int64_t point)
{
        hold(leases, point, 1);
}

void lease_let_go(Leases *leases, int64_t point)
{
        hold(leases, point, -1);
}

void lease_announce(Leases *leases, int64_t point)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);

        keep_quiet(leases, point, QUIET_MSEC);
        keep_quiet(leases, LEASE_OFFICE, QUIET_MSEC);
}

void lease_count(Leases *leases)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);

        leases->uncounted = false;
}

void lease_told(Leases *leases, int64_t point, bool by_name)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);
        Lease *l = leases->uncounted ? NULL : lease_of(leases, point);

        if (!l) {
                /* There was no memory for it, or nobody wants to know. */
                leases->uncounted = true;
                return;
        }
        l->told++;
        l->looked_at = l->looked_at || by_name;
}

void lease_forgotten(Leases *leases, int64_t point, uint64_t times)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);
        Lease *l = leases->uncounted ? NULL : lease_of(leases, point);

        if (!l)
                return;
        l->told -= MIN(l->told, times);
        l->looked_at = l->looked_at && l->told > 0;
}

bool lease_is_looked_at(Leases *leases, int64_t point)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);
        const Lease *l = leases->uncounted ? NULL : lease_of(leases, point);

        return !l || l->looked_at;
}

void lease_wait(Leases *leases, int64_t point)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&leases->lock);

        begin_waiting(leases, point);
        begin_waiting(leases, LEASE_OFFICE);
        wait_until_returned(leases, point);
        wait_until_returned(leases, LEASE_OFFICE);
        end_waiting(leases, point);
        end_waiting(leases, LEASE_OFFICE);
        look_again();
}

int lease_run(Leases *leases, Writer *writer, int64_t point, WriterTask task, void *userdata,
              WriterFlags flags)
{
        int r;

        lease_wait(leases, point);
        r = writer_run(writer, point, task, userdata, flags);
        lease_announce(leases, point);
        return r;
}
