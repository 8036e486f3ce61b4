/* SPDX-License-Identifier: MIT */
#pragma once

#include "arena.h"

#include <idphoto/text.h>

/*
 * How the parts of an office document hang together (ECMA-376 part 2, §9.3): each part may have a
 * file of relationships beside it, which say by an id and a type which parts it leads to. Parts are
 * found by these alone, because every program names them as it likes.
 */

enum { RELATIONS_MAX = 10000 };

/* Strings belong to the arena. */
typedef struct Relation {
        const char *id;
        const char *type; /* the last word of it, which transitional and strict documents share */
        const char *part; /* name of the part that it leads to, without a slash at its beginning */
} Relation;

typedef struct Relations {
        Relation *items;
        size_t n;
} Relations;

void relations_done(Relations *relations);
#define _cleanup_relations_ _cleanup_(relations_done)

/*
 * Reads the relationships of a part; "" is the document as a whole. What leads out of the document
 * is left out. 0; -ENOENT when there are none; -EBADMSG, -EFBIG, -ENOMEM as package_read_part().
 * ret is written only on success.
 */
int relations_read(const void *data, size_t size, const char *part, Arena *arena, Relations *ret);

/* The part that the relation of that id leads to; NULL. A relation of another type does not count,
 * unless it says none. */
const char *relations_by_id(const Relations *relations, const char *id, const char *type);
/* The part that the first relation of that type leads to; NULL. */
const char *relations_by_type(const Relations *relations, const char *type);

/* Name of the part that a target leads to from a part: "../a.xml" from "xl/w/b.xml" is "xl/a.xml".
 * NULL when memory is short. */
char *relations_resolve(const char *part, const char *target, Arena *arena);
