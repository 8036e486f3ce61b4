/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Where a string was seen first. */

typedef struct Index Index;

int index_new(Index **ret);
void index_free(Index *index);
DEFINE_CLEANUP(Index, index_free)

/* Remembers key (which must live as long) with value, unless it is known. 0 when it is new; 1 when
 * it was known, with its value in *ret_known; -ENOMEM. */
int index_add(Index *index, const char *key, size_t value, size_t *ret_known);
