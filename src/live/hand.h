/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <stdbool.h>
#include <sys/types.h>

/*
 * A thread that makes calls on the daemon's own mount. It may hang in one for ever: who lists a
 * directory into memory that never comes holds that directory's lock in the kernel. So nobody waits
 * for a hand without end.
 */

typedef struct Hand Hand;

int hand_new(Hand **ret);
/* Ends the thread, after the work it is at. hand_post() is refused from then on. False when it has
 * not ended within that time: then it is left to itself, and what it works with must stay. */
bool hand_stop(Hand *hand, unsigned msec);
/* After hand_stop(). A hand that was left to itself stays. */
void hand_free(Hand *hand);
DEFINE_CLEANUP(Hand, hand_free)

/* Runs work on the thread, then finished (may be NULL), from which on it takes other work. They
 * have none of the daemon's open files, the standard ones included, and must leave none open. False
 * when the thread is at work: nothing is run. */
bool hand_post(Hand *hand, void (*work)(void *userdata), void (*finished)(void *userdata),
               void *userdata);
/* By which its requests are known. */
pid_t hand_tid(const Hand *hand);
