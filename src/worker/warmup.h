/* SPDX-License-Identifier: MIT */
#pragma once

#include "protocol.h"

/*
 * Makes libraries read the files that they open on first use, because opening a file in the sandbox
 * kills the process: the time zone, and the converters of the character sets that the reader of
 * collection codes opens even when it needs none of them. Reports no errors, because a file that is
 * missing now would be missing later too.
 */
void worker_warm_up(WorkerDuty duty);
