/* SPDX-License-Identifier: MIT */
#pragma once

#include "intake.h"

/*
 * The renditions for the collection centre [P8]. A pool thread makes one of the original when a
 * photo is approved, so that OFFICE/export/centre/ holds files whose size is known. Until it is
 * made the photo is not listed there.
 */

/* Has the rendition of the photo made, if one is wanted and missing. Any thread. Never blocks. */
void rendition_want(Intake *intake, int64_t photo);

/* The same for a photo of which every gateway was told: one of them makes it. */
void rendition_want_by_one(Intake *intake, int64_t photo);

/* At start: makes the renditions that a dead daemon left undone, or that a command wanted while no
 * daemon ran, unless another gateway has begun to. */
int rendition_recover(Intake *intake);
