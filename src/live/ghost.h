/* SPDX-License-Identifier: MIT */
#pragma once

#include "fs/fs.h"

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

int ghosts_new(Ghosts **ret);
void ghosts_free(Ghosts *ghosts);
DEFINE_CLEANUP(Ghosts, ghosts_free)

/* Lets name in parent mean node for some seconds. A failed allocation only means that it does not.
 */
void ghost_add(Fs *fs, Node parent, const char *name, Node node);
bool ghost_find(Fs *fs, Node parent, const char *name, Node *ret);
/* Whether there was one. */
bool ghost_remove(Fs *fs, Node parent, const char *name);

/* ---- litter ---- */

int ghost_litter_create(Fs *fs, Node parent, const char *name, mode_t mode, uid_t uid, gid_t gid,
                        uint64_t size, int64_t mtime, Node *ret);
/* -ENOENT when it was forgotten. */
int ghost_litter_attributes(Fs *fs, Node node, struct stat *ret);
/* NULL: unchanged. */
void ghost_litter_set(Fs *fs, Node node, const uint64_t *size, const mode_t *mode,
                      const int64_t *mtime);
void ghost_litter_set_owner(Fs *fs, Node node, const uid_t *uid, const gid_t *gid);
