/* SPDX-License-Identifier: MIT */
#pragma once

#include "face.h"
#include "judging.h"
#include "raster.h"

/*
 * What the notice to students asks of eyes and forehead, as far as it can be measured: no
 * reflections on glasses, nothing over the forehead. For the reviewer's attention only. Of a
 * photo of 480 x 640; nothing is said of a face whose eyes were not found.
 */
void eyes_judge(const Raster *photo, const Face *face, const Judging *judging);
