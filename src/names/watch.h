/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

#include <idphoto/event.h>

/*
 * Telling watchers of what no client did to a name on the mount: a decision shows in the teaching
 * point's directory [R3], and what a command has changed shows everywhere [C]. The announcer's
 * thread calls on the mount; here is what it is to say, and how a command's change is noticed.
 */

/* From now on; older events are nobody's news. */
int watch_new(Names *names, Watch **ret);
void watch_free(Watch *watch);
DEFINE_CLEANUP(Watch, watch_free)

/* Tells what commands have done since the last call. On the announcer's thread. */
void watch_poll(Names *names);

/* A decision about the photo was made on the mount. */
void watch_tell_decision(Names *names, int64_t photo, EventKind kind, bool brought_back);
