/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

#include <sys/types.h>

/* The one thread that makes calls on the daemon's own mount. */

typedef struct Hand Hand;

int hand_new(Hand **ret);
/* Ends the thread, after the work it is at. hand_post() is refused from then on; nobody may call
 * hand_run() any more. */
void hand_stop(Hand *hand);
void hand_free(Hand *hand);
DEFINE_CLEANUP(Hand, hand_free)

/* Runs work on the thread and waits. It has none of the daemon's open files, the standard ones
 * included, and must leave none open. One caller at a time. */
int hand_run(Hand *hand, int (*work)(void *userdata), void *userdata);
/* The same without waiting, the result is nobody's: false when the thread is at work. What userdata
 * points to must live until it is done. */
bool hand_post(Hand *hand, int (*work)(void *userdata), void *userdata);
/* By which its requests are known. */
pid_t hand_tid(const Hand *hand);
