/* SPDX-License-Identifier: MIT */
#pragma once

#include "node.h"

#include <idphoto/clock.h>
#include <idphoto/util.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * Names that resolve for some seconds and stand in no catalog. They are never listed, and the end
 * of the process forgets them:
 *
 *   - Litter of operating systems [D8]. Its writer may look at it after the close; its bytes are
 *     dropped.
 *   - The old name of an upload that was linked to its final name, until the client unlinks it.
 *   - The other half of a pair that was deleted from rejected/, so that whoever deletes photo and
 *     reason together meets no error.
 */

typedef struct Ghosts Ghosts;

int ghosts_new(const Clock *clock, Ghosts **ret);
void ghosts_free(Ghosts *ghosts);
DEFINE_CLEANUP(Ghosts, ghosts_free)

/* Lets name in parent mean node for some seconds. Does nothing when memory is short. */
void ghost_add(Ghosts *ghosts, Node parent, const char *name, Node node);
bool ghost_find(Ghosts *ghosts, Node parent, const char *name, Node *ret);
/* Whether there was one. */
bool ghost_remove(Ghosts *ghosts, Node parent, const char *name);

/* ---- litter ---- */

/* What its writer says of it. */
typedef struct Litter {
        mode_t mode;
        uid_t uid;
        gid_t gid;
        uint64_t size;
        int64_t mtime;
} Litter;

int ghost_litter_create(Ghosts *ghosts, Node parent, const char *name, const Litter *litter,
                        Node *ret);
/* -ENOENT when it was forgotten. */
int ghost_litter_attributes(Ghosts *ghosts, Node node, struct stat *ret);
/* NULL: unchanged. */
void ghost_litter_set(Ghosts *ghosts, Node node, const uint64_t *size, const mode_t *mode,
                      const int64_t *mtime);
void ghost_litter_set_owner(Ghosts *ghosts, Node node, const uid_t *uid, const gid_t *gid);
