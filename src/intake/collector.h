/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake.h"

/*
 * A thread that removes blobs that no row refers to, and what removed folders left behind. No request
 * waits for it. A daemon or a command that was killed leaves such blobs, so each start looks at all
 * blobs; of several gateways one does so in an hour, and where the server's connection ends
 * meanwhile, a minute later. An examination whose verdict is void leaves one or two; they are noted
 * and looked at a moment later. Every minute it notes how far a database on a server is
 * (store_was_restored()).
 */

/* speaks: of the log. */
int collector_new(Intake *intake, Language speaks, Collector **ret);
/* Perhaps no row refers to the blob any more. Any thread. Takes only a lock of its own. With a NULL
 * collector it does nothing: the next start finds the blob. */
void collector_note(Collector *collector, const Sha256 *blob);
/* Looks at what was noted, ends the work and waits for the thread. */
void collector_free(Collector *collector);
