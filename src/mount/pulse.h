/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

/*
 * The thread by which this gateway lives among others (gateway.h). It keeps the lease, takes over from
 * gateways that are gone, takes uploads that nobody has, hurries what others wait for, and seals events
 * (audit.h). When this gateway was given up itself, as
 * it was stopped or cut off for longer than its lease, its writers are told and it registers anew.
 *
 * It works on a connection of its own, so that it waits for nobody who changes a point. On an embedded
 * store there is none, and all functions accept NULL.
 */

/* Registers this process. What it shows is known; nothing of the mount is needed yet. Waits, as long as
 * patience lasts and the program is not about to end, for another gateway of the same name, or where there may be only one for any.
 * -EALREADY, -EADDRINUSE: it stays. -EBADE: another gateway judges by other rules, which is said in
 * the language `speaks`. *ret NULL: the store has no gateways. */
int pulse_new(Fs *fs, Language speaks, Pulse **ret);
/* The clock of this gateway: its wall time is the server's, as far as that is known, so that all
 * gateways write times of one clock. */
const Clock *pulse_clock(const Pulse *pulse);
/* Begins with what needs them, when all rooms are open. The lease is renewed from the beginning. */
int pulse_start(Pulse *pulse);
void pulse_stop(Pulse *pulse);
/* Ends the registration, when nobody writes any more. */
void pulse_free(Pulse *pulse);
DEFINE_CLEANUP(Pulse, pulse_free)
