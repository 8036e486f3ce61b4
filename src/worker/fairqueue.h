/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/worker.h>

/*
 * Which task gets the next free Worker: start-time fair queueing, as network schedulers do it.
 *
 * Every point has a clock of its own that runs by the time its tasks have had Workers; the point
 * whose clock is furthest behind is next. Within a point the users stand to each other in the same
 * way, and the tasks of one user run in the order they came. A point that had nothing to do begins
 * at the time of those that had: it has a right to its share from now on, not to what it did not
 * use. A task counts with what the last ones of its user took, and is corrected when it is done.
 *
 * A free Worker comes only when a photo is done. So a point of which one photo took long lately
 * (FAIR_LONG_NSEC) does not get the last free Worker beside one that it has already: else everybody
 * would wait for its long ones.
 *
 * No threads, no clock: the caller holds a lock and brings the time.
 */

#define FAIR_LONG_NSEC   (3 * NSEC_PER_SEC)
#define FAIR_LATELY_NSEC (60 * NSEC_PER_SEC)

typedef struct FairQueue FairQueue;
typedef struct FairUser FairUser;

/* Embedded in what waits; everything in it is the queue's. */
typedef struct FairItem {
        struct FairItem *next;
        FairUser *user;
        int64_t charged; /* nanoseconds */
        bool holds;      /* a Worker */
} FairItem;

int fair_queue_new(FairQueue **ret);
/* Nothing is queued or running any more. */
void fair_queue_free(FairQueue *queue);
DEFINE_CLEANUP(FairQueue, fair_queue_free)

/* The item waits. The key is copied. 0, -ENOMEM. */
int fair_queue_push(FairQueue *queue, const WorkerKey *key, FairItem *item);
/* The next one to run, with a Worker; NULL when there is none, or none that may have the last of
 * n_free (more than 0) Workers out of n_workers. */
FairItem *fair_queue_pop(FairQueue *queue, unsigned n_free, unsigned n_workers, int64_t now);
/* It has given its Worker back, after so many nanoseconds. Once for each that was popped. */
void fair_queue_gave_back(FairQueue *queue, FairItem *item, int64_t spent, int64_t now);
/* It is done. Last, and once for each that was popped. */
void fair_queue_done(FairQueue *queue, FairItem *item);
/* Takes one out that waits, in any order; NULL when none does. No fair_queue_done() follows. */
FairItem *fair_queue_drain(FairQueue *queue);
