/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Calls back with every part of a stem (stem_fold()) that could be a whole person's name: a run of
 * at least two letters, the name dot included, between digits, blanks and signs. Stops when the
 * callback returns nonzero, and returns that.
 */
int person_name_candidates(const char *stem, int (*callback)(const char *candidate, void *userdata),
                           void *userdata);
