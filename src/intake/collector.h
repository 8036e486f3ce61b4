/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake.h"

/*
 * A thread removes blobs that no row names; no request waits for it. A daemon or a command that was
 * killed leaves such blobs, so each start looks at all of them. An examination whose verdict comes
 * to nothing leaves one or two, which are noted and looked at a moment later.
 */

int collector_new(Intake *intake, Collector **ret);
/* The blob may be one that no row names any more. Any thread; takes only a lock of its own. NULL:
 * the next start finds it. */
void collector_note(Collector *collector, const Sha256 *blob);
/* Looks at what was noted, ends the work and waits for the thread. */
void collector_free(Collector *collector);
