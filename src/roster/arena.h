/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/* Many small strings that are freed together. */

typedef struct Arena Arena;

int arena_new(Arena **ret);
void arena_free(Arena *arena);
DEFINE_CLEANUP(Arena, arena_free)

/* Takes back all strings at once, to give their memory to others. */
void arena_reset(Arena *arena);

/* A NUL-terminated copy of n bytes, valid until arena_free(); NULL when memory is short. */
char *arena_copy(Arena *arena, const char *s, size_t n);
