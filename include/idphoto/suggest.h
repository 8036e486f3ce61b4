/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Longer words are not taken for typing mistakes. */
#define SUGGEST_LENGTH_MAX 32u

/* Number of edits (a character inserted, left out or replaced, or two neighbours swapped) that turn
 * one word into the other. SUGGEST_LENGTH_MAX + 1 when either is too long. */
size_t edit_distance(const char *a, const char *b);

/* Whether `candidate` is near enough to what was typed to be suggested. *ret_distance is its
 * distance. */
bool suggest_near(const char *typed, const char *candidate, size_t *ret_distance);
