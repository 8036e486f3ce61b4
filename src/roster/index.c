/* SPDX-License-Identifier: MIT */
#include "index.h"

#include <string.h>
#include <sys/random.h>

typedef struct Slot {
        const char *key; /* NULL: free */
        uint64_t hash;
        size_t value;
} Slot;

/* Open addressing; at most half of the slots are taken. The hash is seeded, so that no file can be
 * made to fall into one slot. */
struct Index {
        Slot *slots;
        size_t n_slots; /* a power of two */
        size_t n;
        uint64_t seed;
};

int index_new(Index **ret)
{
        _cleanup_(index_freep) Index *index = calloc(1, sizeof(*index));

        if (!index)
                return -ENOMEM;
        index->n_slots = 1024;
        index->slots = calloc(index->n_slots, sizeof(*index->slots));
        if (!index->slots)
                return -ENOMEM;
        if (getrandom(&index->seed, sizeof(index->seed), GRND_NONBLOCK) < 0)
                index->seed = (uint64_t)(uintptr_t)index->slots;
        *ret = TAKE_PTR(index);
        return 0;
}

void index_free(Index *index)
{
        if (!index)
                return;
        free(index->slots);
        free(index);
}

static uint64_t hash_string(uint64_t seed, const char *s)
{
        uint64_t h = seed ^ 0x9e3779b97f4a7c15;

        for (; *s; s++) {
                h ^= (unsigned char)*s;
                h *= 0xff51afd7ed558ccd;
                h ^= h >> 32;
        }
        return h;
}

static Slot *find_slot(const Index *index, const char *key, uint64_t hash)
{
        size_t at = hash & (index->n_slots - 1);

        while (index->slots[at].key &&
               (index->slots[at].hash != hash || strcmp(index->slots[at].key, key) != 0))
                at = (at + 1) & (index->n_slots - 1);
        return &index->slots[at];
}

static int grow(Index *index)
{
        Index larger = *index;

        larger.n_slots *= 2;
        larger.slots = calloc(larger.n_slots, sizeof(*larger.slots));
        if (!larger.slots)
                return -ENOMEM;
        for (size_t i = 0; i < index->n_slots; i++)
                if (index->slots[i].key)
                        *find_slot(&larger, index->slots[i].key, index->slots[i].hash) =
                                index->slots[i];
        free(index->slots);
        *index = larger;
        return 0;
}

bool index_find(const Index *index, const char *key, size_t *ret_value)
{
        const Slot *slot = find_slot(index, key, hash_string(index->seed, key));

        if (!slot->key)
                return false;
        *ret_value = slot->value;
        return true;
}

int index_add(Index *index, const char *key, size_t value)
{
        uint64_t hash = hash_string(index->seed, key);
        Slot *slot;

        if ((index->n + 1) * 2 > index->n_slots) {
                int r = grow(index);

                if (r < 0)
                        return r;
        }
        slot = find_slot(index, key, hash);
        if (!slot->key) {
                *slot = (Slot){.key = key, .hash = hash, .value = value};
                index->n++;
        }
        return 0;
}
