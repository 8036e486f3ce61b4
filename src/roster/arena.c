/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

typedef struct Block {
        struct Block *next;
        size_t size;
        char data[];
} Block;

struct Arena {
        Block *blocks;
        char *free;
        size_t left;
};

int arena_new(Arena **ret)
{
        Arena *arena = calloc(1, sizeof(*arena));

        if (!arena)
                return -ENOMEM;
        *ret = arena;
        return 0;
}

static void free_all_but_one(Arena *arena)
{
        while (arena->blocks && arena->blocks->next) {
                Block *next = arena->blocks->next;

                free(arena->blocks);
                arena->blocks = next;
        }
}

void arena_free(Arena *arena)
{
        if (!arena)
                return;
        free_all_but_one(arena);
        free(arena->blocks);
        free(arena);
}

void arena_reset(Arena *arena)
{
        free_all_but_one(arena);
        if (!arena->blocks)
                return;
        arena->free = arena->blocks->data;
        arena->left = arena->blocks->size;
}

char *arena_copy(Arena *arena, const char *s, size_t n)
{
        char *copy;

        if (n >= arena->left) {
                size_t size = MAX((size_t)BLOCK_SIZE, n + 1);
                Block *block = malloc(sizeof(*block) + size);

                if (!block)
                        return NULL;
                block->next = arena->blocks;
                block->size = size;
                arena->blocks = block;
                arena->free = block->data;
                arena->left = size;
        }
        copy = arena->free;
        if (n > 0)
                memcpy(copy, s, n);
        copy[n] = '\0';
        arena->free += n + 1;
        arena->left -= n + 1;
        return copy;
}
