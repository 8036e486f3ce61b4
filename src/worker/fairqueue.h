/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/worker.h>

/*
 * Decides which task gets the next free Worker, by start-time fair queueing as in network
 * schedulers.
 *
 * Every point has a virtual clock that advances by the time for which its tasks held Workers. The
 * point whose clock is furthest behind is next. Users within a point are scheduled in the same way,
 * and the tasks of one user run in order of arrival. A point that was idle starts at the clock of
 * the busy points: it gets its share from now on, but not the time that it did not use. A task is
 * charged the usual time of its user's recent tasks; the charge is corrected when the task gives
 * its Worker back.
 *
 * A running photo cannot be interrupted. So a point that recently had a slow photo (FAIR_LONG_NSEC,
 * FAIR_LATELY_NSEC) and holds a Worker already does not get the last free one. Otherwise its slow
 * photos could make everybody wait.
 *
 * The queue uses no threads and no clock: the caller holds a lock and passes the time.
 */

#define FAIR_LONG_NSEC   (3 * NSEC_PER_SEC)
#define FAIR_LATELY_NSEC (60 * NSEC_PER_SEC)

typedef struct FairQueue FairQueue;
typedef struct FairUser FairUser;

/* Embedded in the caller's task. Only the queue uses its fields. */
typedef struct FairItem {
        struct FairItem *next;
        FairUser *user;
        int64_t charged; /* nanoseconds */
        bool holds;      /* it holds a Worker */
} FairItem;

int fair_queue_new(FairQueue **ret);
/* Call when nothing is queued or running any more. Accepts NULL. */
void fair_queue_free(FairQueue *queue);
DEFINE_CLEANUP(FairQueue, fair_queue_free)

/* Queues the item, which must stay valid until it is done or drained. Copies the key. 0,
 * -ENOMEM. */
int fair_queue_push(FairQueue *queue, const WorkerKey *key, FairItem *item);
/* Takes the next item to run and charges it a Worker. n_free, more than 0, of n_workers Workers are
 * free. NULL: nothing is queued, or no queued item may have the last free Worker. */
FairItem *fair_queue_pop(FairQueue *queue, unsigned n_free, unsigned n_workers, int64_t now);
/* The item gives its Worker back after `spent` nanoseconds. Call for every popped item; a second
 * call does nothing. */
void fair_queue_gave_back(FairQueue *queue, FairItem *item, int64_t spent, int64_t now);
/* The item is done. Call last, and once for every popped item. */
void fair_queue_done(FairQueue *queue, FairItem *item);
/* Removes and returns any queued item; NULL: there is none. Do not call fair_queue_done() for
 * it. */
FairItem *fair_queue_drain(FairQueue *queue);
