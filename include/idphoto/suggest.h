/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Longer words are not taken for typing mistakes. */
#define SUGGEST_LENGTH_MAX 32u

/* Number of edits that turn one word into the other. An edit inserts, omits or replaces a byte, or
 * swaps two neighbours. SUGGEST_LENGTH_MAX + 1 when either word is too long. */
size_t edit_distance(const char *a, const char *b);

/* Whether `candidate` is close enough to `typed` to be suggested. *ret_distance is the distance. */
bool suggest_near(const char *typed, const char *candidate, size_t *ret_distance);
