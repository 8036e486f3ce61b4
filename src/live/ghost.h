/* SPDX-License-Identifier: MIT */
#pragma once

#include "node.h"

#include <idphoto/clock.h>
#include <idphoto/util.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * Names that resolve for a while without standing in the catalog, never listed, forgotten at the
 * end of the process:
 *
 *  - litter of operating systems [D8]: its writer may look at it again after the close, its bytes
 * go nowhere;
 *  - the old name of an upload that was linked to its final one, until the client unlinks it;
 *  - the other half of a pair deleted from rejected/: whoever deletes photo and reason together
 * meets no error.
 */

typedef struct Ghosts Ghosts;

int ghosts_new(const Clock *clock, Ghosts **ret);
void ghosts_free(Ghosts *ghosts);
DEFINE_CLEANUP(Ghosts, ghosts_free)

/* Lets name in parent mean node for some seconds. A failed allocation only means that it does not.
 */
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
