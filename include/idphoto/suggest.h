/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Words longer than this are nobody's typing mistake. */
#define SUGGEST_LENGTH_MAX 32u

/* Edits (one character put in, left out, exchanged, or two neighbours swapped) that make one word
 * of the other. SUGGEST_LENGTH_MAX + 1 when either is too long. */
size_t edit_distance(const char *a, const char *b);

/* Whether `candidate` is near enough to what was typed to be proposed; its distance in
 * *ret_distance. */
bool suggest_near(const char *typed, const char *candidate, size_t *ret_distance);
