/* SPDX-License-Identifier: MIT */
#include "hand.h"

#include <limits.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>

/*
 * A daemon that is killed while it calls its own mount could live on for ever: the calling thread
 * waits in the kernel for an answer, or for a lock whose holder waits for one, and no signal ends
 * that; the kernel gives up the mount only when /dev/fuse is closed, and the waiting thread is one
 * that has it open. Neither could the next daemon mount, for the store's lock would be held. So
 * this thread leaves the table of open files that the others share, and has closed its own copies:
 * the others die, their table with them, and then the kernel fails what this thread waits for.
 */

struct Hand {
        pthread_t thread;
        pthread_mutex_t lock; /* innermost */
        pthread_cond_t wake, done;
        int (*work)(void *userdata); /* protected by lock, as all below; NULL: none */
        void *userdata;
        int result;
        bool ready, stopping;
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

static void *hand_thread(void *userdata)
{
        Hand *hand = userdata;
        int r = leave_open_files();

        hand->tid = gettid();
        (void)pthread_mutex_lock(&hand->lock);
        hand->result = r;
        hand->ready = true;
        (void)pthread_cond_signal(&hand->done);
        for (;;) {
                int (*work)(void *userdata);
                void *with;

                while (!hand->work && !hand->stopping)
                        (void)pthread_cond_wait(&hand->wake, &hand->lock);
                if (!hand->work)
                        break;
                work = hand->work;
                with = hand->userdata;
                (void)pthread_mutex_unlock(&hand->lock);
                r = work(with);
                (void)pthread_mutex_lock(&hand->lock);
                hand->result = r;
                hand->work = NULL;
                (void)pthread_cond_signal(&hand->done);
        }
        (void)pthread_mutex_unlock(&hand->lock);
        return NULL;
}

int hand_new(Hand **ret)
{
        _cleanup_free_ Hand *hand = calloc(1, sizeof(*hand));
        int r;

        if (!hand)
                return -ENOMEM;
        (void)pthread_mutex_init(&hand->lock, NULL);
        (void)pthread_cond_init(&hand->wake, NULL);
        (void)pthread_cond_init(&hand->done, NULL);
        r = -pthread_create(&hand->thread, NULL, hand_thread, hand);
        if (r < 0)
                return r;
        /* Nobody opens or closes anything meanwhile that the thread would take along. */
        (void)pthread_mutex_lock(&hand->lock);
        while (!hand->ready)
                (void)pthread_cond_wait(&hand->done, &hand->lock);
        r = hand->result;
        (void)pthread_mutex_unlock(&hand->lock);
        if (r < 0) {
                hand_free(TAKE_PTR(hand));
                return r;
        }
        *ret = TAKE_PTR(hand);
        return 0;
}

void hand_stop(Hand *hand)
{
        bool running;

        (void)pthread_mutex_lock(&hand->lock);
        running = !hand->stopping;
        hand->stopping = true;
        (void)pthread_cond_signal(&hand->wake);
        (void)pthread_mutex_unlock(&hand->lock);
        if (running)
                (void)pthread_join(hand->thread, NULL);
}

void hand_free(Hand *hand)
{
        if (!hand)
                return;
        hand_stop(hand);
        (void)pthread_cond_destroy(&hand->done);
        (void)pthread_cond_destroy(&hand->wake);
        (void)pthread_mutex_destroy(&hand->lock);
        free(hand);
}

int hand_run(Hand *hand, int (*work)(void *userdata), void *userdata)
{
        int r;

        (void)pthread_mutex_lock(&hand->lock);
        hand->work = work;
        hand->userdata = userdata;
        (void)pthread_cond_signal(&hand->wake);
        while (hand->work)
                (void)pthread_cond_wait(&hand->done, &hand->lock);
        r = hand->result;
        (void)pthread_mutex_unlock(&hand->lock);
        return r;
}

bool hand_post(Hand *hand, int (*work)(void *userdata), void *userdata)
{
        bool idle;

        (void)pthread_mutex_lock(&hand->lock);
        idle = !hand->work && !hand->stopping;
        if (idle) {
                hand->work = work;
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
