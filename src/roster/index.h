/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Where a string was seen first. */

typedef struct Index Index;

int index_new(Index **ret);
void index_free(Index *index);
DEFINE_CLEANUP(Index, index_free)

/* Whether key is known; *ret_value receives its value. */
bool index_find(const Index *index, const char *key, size_t *ret_value);

/* Remembers key, which must live as long, with value; a known key keeps its first. 0 or -ENOMEM. */
int index_add(Index *index, const char *key, size_t value);
