/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake.h"

/*
 * The renditions for the collection centre [P8]: made of the original when a photo is approved, by
 * a pool thread's worker, so that OFFICE/export/centre/ holds files whose size is known. Until then
 * the photo is not listed there.
 */

/* Has the rendition of a photo made if it should be there and is not. Any thread; never blocks. */
void rendition_want(Intake *intake, int64_t photo);

/* At start: goes on with those that a dead daemon, or a command without one, left undone. */
int rendition_recover(Intake *intake);
