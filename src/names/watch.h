/* SPDX-License-Identifier: MIT */
#pragma once

#include "names.h"

#include <idphoto/event.h>

/*
 * Tells watchers of changes that no client made on the mount. A decision shows in the teaching
 * point's directory [R3], and what a command has changed shows everywhere [C]. This module notices
 * the changes of commands and puts what is to be told on the agenda.
 */

/* Older events are not told. */
int watch_new(Names *names, Watch **ret);
void watch_free(Watch *watch);
DEFINE_CLEANUP(Watch, watch_free)

/* Tells what commands have done since the last call. On the announcer's thread. */
void watch_poll(Names *names);

/* A decision about the photo was made on the mount. */
void watch_tell_decision(Names *names, int64_t photo, EventKind kind, bool brought_back);
