/* SPDX-License-Identifier: MIT */
#pragma once

#include "errand.h"

#include <sys/types.h>

/*
 * Errands and the hands that run them. Each directory of the root has a lane. The errands of a lane
 * run one after the other, in their order; different lanes run beside each other. When an errand
 * hangs because a client has a directory locked, only its lane is blocked.
 *
 * All functions are called on one thread, except where it says otherwise.
 */

typedef struct Lanes Lanes;

/* wake is called on any thread when lanes_finished() has something new. */
int lanes_new(const char *mountpoint, dev_t device, void (*wake)(void *userdata), void *userdata,
              Lanes **ret);
/* Any thread, when the other functions are called no more. Waits for what runs, but not for what
 * hangs: false then, and what the hands work with, userdata too, must stay. */
bool lanes_stop(Lanes *lanes);
/* After lanes_stop(). What a hand that hangs works with is left to it. */
void lanes_free(Lanes *lanes);
DEFINE_CLEANUP(Lanes, lanes_free)

/* The errand waits for its turn in the lane of that name, and is owned from then on. False, with
 * nothing done, when the lane is blocked or has too many waiting, or memory is short. */
bool lanes_add(Lanes *lanes, const char *lane, size_t length, Errand *errand, int64_t now);

/* Begins what may begin. prepare is called before; an errand that it does not want run goes to
 * those that are finished. */
void lanes_begin(Lanes *lanes, int64_t now, bool (*prepare)(Errand *errand, void *userdata));

/* One that is finished, or is given up: its lane is blocked, or no hand is free for it. Owned by
 * the caller. NULL: none. */
Errand *lanes_finished(Lanes *lanes, int64_t now);
/* Whether there are such that are given up. */
bool lanes_given_up(const Lanes *lanes);
/* An upload whose errand hangs, once for each; 0: none. The errand goes on and is finished some
 * time. */
int64_t lanes_overdue(Lanes *lanes, int64_t now);
/* Monotonic time of the next look at the lanes; INT64_MAX: none is needed. */
int64_t lanes_next_look(const Lanes *lanes);

/* Any thread: whether a request comes from a hand, and what its errand is about. */
bool lanes_has(const Lanes *lanes, pid_t pid, ErrandKind *ret_kind, int64_t *ret_upload);
