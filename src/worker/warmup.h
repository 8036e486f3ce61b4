/* SPDX-License-Identifier: MIT */
#pragma once

#include "protocol.h"

/*
 * Files that libraries read when they are first asked for something. In the sandbox that would be
 * the end of the process, so they are asked before: the time zone, and the converters of the
 * character sets that the reader of collection codes opens even where it needs none of them.
 * What cannot be had now is not there later either, so nothing is reported.
 */
void worker_warm_up(WorkerDuty duty);
