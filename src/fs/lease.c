/* SPDX-License-Identifier: MIT */
#include "lease.h"

#include <time.h>

enum {
        BUCKETS = 256,
        QUIET_MSEC = 1000, /* after a change nothing is lent for so long */
        /* Between our answer and the moment the kernel counts from. */
        SLACK_MSEC = 50,
};

typedef struct Lease {
        int64_t point;
        unsigned listings; /* under way */
        int64_t until;     /* monotonic; out at the latest */
        int64_t changed;   /* monotonic; 0: not yet */
        struct Lease *next;
} Lease;

struct Leases {
        pthread_mutex_t lock; /* innermost */
        pthread_cond_t ended; /* a listing; monotonic */
        Lease *buckets[BUCKETS];
};

int leases_new(Leases **ret)
{
        Leases *leases = calloc(1, sizeof(*leases));
        pthread_condattr_t attributes;

        if (!leases)
                return -ENOMEM;
        (void)pthread_mutex_init(&leases->lock, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&leases->ended, &attributes);
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
        (void)pthread_cond_destroy(&leases->ended);
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

bool lease_begin(Fs *fs, int64_t point)
{
        int64_t now = clock_monotonic_nsec(fs->clock);
        bool lent = false;
        Lease *l;

        (void)pthread_mutex_lock(&fs->leases->lock);
        l = lease_of(fs->leases, point);
        if (l && (l->changed == 0 || now >= l->changed + QUIET_MSEC * NSEC_PER_MSEC)) {
                l->listings++;
                lent = true;
        }
        (void)pthread_mutex_unlock(&fs->leases->lock);
        return lent;
}

void lease_end(Fs *fs, int64_t point, double seconds)
{
        int64_t until = clock_monotonic_nsec(fs->clock) + (int64_t)(seconds * NSEC_PER_SEC) +
                        SLACK_MSEC * NSEC_PER_MSEC;
        Lease *l;

        (void)pthread_mutex_lock(&fs->leases->lock);
        l = lease_of(fs->leases, point);
        if (l) {
                l->listings--;
                l->until = MAX(l->until, until);
        }
        (void)pthread_cond_broadcast(&fs->leases->ended);
        (void)pthread_mutex_unlock(&fs->leases->lock);
}

/* Caller holds the lock. */
static void note_change(Fs *fs, int64_t point)
{
        Lease *l = lease_of(fs->leases, point);

        if (l)
                l->changed = clock_monotonic_nsec(fs->clock);
}

static struct timespec to_timespec(int64_t nsec)
{
        return (struct timespec){.tv_sec = nsec / NSEC_PER_SEC, .tv_nsec = nsec % NSEC_PER_SEC};
}

/* Caller holds the lock. */
static void wait_until_returned(Fs *fs, int64_t point)
{
        Leases *leases = fs->leases;

        for (;;) {
                Lease *l = lease_of(leases, point);
                struct timespec until;

                if (!l)
                        return;
                if (l->listings > 0)
                        (void)pthread_cond_wait(&leases->ended, &leases->lock);
                else if (l->until > clock_monotonic_nsec(fs->clock)) {
                        until = to_timespec(l->until);
                        (void)pthread_cond_timedwait(&leases->ended, &leases->lock, &until);
                } else
                        return;
        }
}

void lease_announce(Fs *fs, int64_t point)
{
        (void)pthread_mutex_lock(&fs->leases->lock);
        note_change(fs, point);
        note_change(fs, LEASE_OFFICE);
        (void)pthread_mutex_unlock(&fs->leases->lock);
}

int lease_run(Fs *fs, int64_t point, WriterTask task, void *userdata, WriterFlags flags)
{
        int r;

        (void)pthread_mutex_lock(&fs->leases->lock);
        note_change(fs, point);
        note_change(fs, LEASE_OFFICE);
        wait_until_returned(fs, point);
        wait_until_returned(fs, LEASE_OFFICE);
        (void)pthread_mutex_unlock(&fs->leases->lock);
        r = writer_run(fs->writer, task, userdata, flags);
        lease_announce(fs, point);
        return r;
}
