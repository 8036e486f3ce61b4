/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs.h"

/*
 * A daemon or a command that was killed leaves blobs that no row names. Each start removes them in
 * a thread of its own, for which no request waits.
 */

int collector_new(Fs *fs, Collector **ret);
/* Ends the work and waits for the thread. */
void collector_free(Collector *collector);
