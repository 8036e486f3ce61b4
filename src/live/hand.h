/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <stdbool.h>
#include <sys/types.h>

/*
 * A thread that makes calls on the daemon's own mount. A call may hang for ever: a client that
 * lists a directory into memory that never comes holds the kernel's lock of that directory. So
 * nobody waits for a hand without a limit.
 */

typedef struct Hand Hand;

int hand_new(Hand **ret);
/* Ends the thread after its current work. hand_post() is refused from then on. False when the
 * thread has not ended within that time. It is then left to itself, and what it works with must
 * stay. */
bool hand_stop(Hand *hand, unsigned msec);
/* After hand_stop(). A hand that was left to itself stays. */
void hand_free(Hand *hand);
DEFINE_CLEANUP(Hand, hand_free)

/* Runs work on the thread, then finished (may be NULL), from which on it takes other work. They
 * have none of the daemon's open files, the standard ones included, and must leave none open. False
 * when the thread is at work: nothing is run. */
bool hand_post(Hand *hand, void (*work)(void *userdata), void (*finished)(void *userdata),
               void *userdata);
/* The thread id that its requests carry. */
pid_t hand_tid(const Hand *hand);
