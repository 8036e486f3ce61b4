/* SPDX-License-Identifier: MIT */
#include "hand.h"

#include <limits.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

/*
 * The kernel does not end a call that waits for a lock, whatever the signal; a thread in one can
 * only be left there, and dies when the lock comes free.
 *
 * A daemon that is killed while it calls its own mount could live on for ever: the calling thread
 * waits in the kernel for an answer, or for a lock whose holder waits for one, and no signal ends
 * that; the kernel gives up the mount only when /dev/fuse is closed, and the waiting thread is one
 * that has it open. Neither could the next daemon mount, for the store's lock would be held. So
 * this thread leaves the table of open files that the others share, and has closed its own copies:
 * the others die, their table with them, and then the kernel fails what this thread waits for.
 */

struct Hand {
        pthread_t thread;
        pthread_mutex_t lock;         /* innermost */
        pthread_cond_t wake, changed; /* changed: monotonic */
        void (*work)(void *userdata); /* protected by lock, as all below; NULL: none */
        void (*finished)(void *userdata);
        void *userdata;
        int result; /* of the start */
        bool ready, stopping, ended, left;
        atomic_int tid;
};

static int leave_open_files(void)
{
        if (syscall(SYS_close_range, 0u, UINT_MAX, CLOSE_RANGE_UNSHARE) >= 0)
                return 0;
        /* Before Linux 5.9. */
        if (errno != ENOSYS || unshare(CLONE_FILES) < 0)
                return -errno;
        for (int fd = 0, n = (int)sysconf(_SC_OPEN_MAX); fd < n; fd++)
                (void)close(fd);
        return 0;
}

/* Caller holds the lock, which is free while the work is done. */
static void do_work(Hand *hand)
{
        void (*work)(void *userdata) = hand->work;
        void (*finished)(void *userdata) = hand->finished;
        void *with = hand->userdata;

        (void)pthread_mutex_unlock(&hand->lock);
        work(with);
        (void)pthread_mutex_lock(&hand->lock);
        hand->work = NULL;
        if (!finished)
                return;
        (void)pthread_mutex_unlock(&hand->lock);
        finished(with);
        (void)pthread_mutex_lock(&hand->lock);
}

static void *hand_thread(void *userdata)
{
        Hand *hand = userdata;
        int r = leave_open_files();

        hand->tid = gettid();
        (void)pthread_mutex_lock(&hand->lock);
        hand->result = r;
        hand->ready = true;
        (void)pthread_cond_signal(&hand->changed);
        for (;;) {
                while (!hand->work && !hand->stopping)
                        (void)pthread_cond_wait(&hand->wake, &hand->lock);
                if (!hand->work)
                        break;
                do_work(hand);
        }
        hand->ended = true;
        (void)pthread_cond_signal(&hand->changed);
        (void)pthread_mutex_unlock(&hand->lock);
        return NULL;
}

int hand_new(Hand **ret)
{
        _cleanup_free_ Hand *hand = calloc(1, sizeof(*hand));
        pthread_condattr_t attributes;
        int r;

        if (!hand)
                return -ENOMEM;
        (void)pthread_mutex_init(&hand->lock, NULL);
        (void)pthread_cond_init(&hand->wake, NULL);
        (void)pthread_condattr_init(&attributes);
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        (void)pthread_cond_init(&hand->changed, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        r = -pthread_create(&hand->thread, NULL, hand_thread, hand);
        if (r < 0)
                return r;
        (void)pthread_mutex_lock(&hand->lock);
        while (!hand->ready)
                (void)pthread_cond_wait(&hand->changed, &hand->lock);
        r = hand->result;
        (void)pthread_mutex_unlock(&hand->lock);
        if (r < 0) {
                (void)hand_stop(hand, UINT_MAX);
                hand_free(TAKE_PTR(hand));
                return r;
        }
        *ret = TAKE_PTR(hand);
        return 0;
}

bool hand_stop(Hand *hand, unsigned msec)
{
        struct timespec until;
        bool ended, first;

        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += msec / 1000;
        until.tv_nsec += (long)(msec % 1000) * NSEC_PER_MSEC;
        until.tv_sec += until.tv_nsec / NSEC_PER_SEC;
        until.tv_nsec %= NSEC_PER_SEC;
        (void)pthread_mutex_lock(&hand->lock);
        first = !hand->stopping;
        hand->stopping = true;
        (void)pthread_cond_signal(&hand->wake);
        while (first && !hand->ended)
                if (pthread_cond_timedwait(&hand->changed, &hand->lock, &until) == ETIMEDOUT)
                        break;
        if (first)
                hand->left = !hand->ended;
        ended = !hand->left;
        (void)pthread_mutex_unlock(&hand->lock);
        if (first && ended)
                (void)pthread_join(hand->thread, NULL);
        else if (first)
                (void)pthread_detach(hand->thread);
        return ended;
}

void hand_free(Hand *hand)
{
        if (!hand || hand->left)
                return;
        (void)pthread_cond_destroy(&hand->changed);
        (void)pthread_cond_destroy(&hand->wake);
        (void)pthread_mutex_destroy(&hand->lock);
        free(hand);
}

bool hand_post(Hand *hand, void (*work)(void *userdata), void (*finished)(void *userdata),
               void *userdata)
{
        bool idle;

        (void)pthread_mutex_lock(&hand->lock);
        idle = !hand->work && !hand->stopping;
        if (idle) {
                hand->work = work;
                hand->finished = finished;
                hand->userdata = userdata;
                (void)pthread_cond_signal(&hand->wake);
        }
        (void)pthread_mutex_unlock(&hand->lock);
        return idle;
}

pid_t hand_tid(const Hand *hand)
{
        return hand->tid;
}
