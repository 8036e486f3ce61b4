/* SPDX-License-Identifier: MIT */
#pragma once

#include "namespace.h"

/*
 * Folders that clients make inside a point [D7]. Each function is one request and is done when it
 * returns. A negative errno is what the client sees.
 *
 * A folder is in one of three states:
 *
 *   listed    It stands in its directory.
 *   unlisted  Its last verdict has emptied it, and it went away by itself. Its name still resolves,
 *             so that clients find the photos under the names they were dropped by [D4].
 *   removed   A client has removed it. Nothing of it resolves any more.
 */

/* Makes a folder. It belongs to its maker and to the point's group, and is as open to that group as
 * the point itself. */
int folder_make(Names *names, Node parent, const char *name, mode_t mode, Actor actor, Entry *ret);
/* A client removes it, with what is hidden in it. -ENOTEMPTY: it is not empty, or something hidden
 * in it is being written or is more than a client's temporary file. */
int folder_remove(Names *names, Node parent, const char *name, Actor actor);
/* The announcer removes it: it is unlisted from now on. -ENOTEMPTY when anything is in it. */
int folder_clear(Names *names, Node parent, const char *name);
/* Hides the folders above POINT/FOLDER/…/NAME that are empty by now, where nobody carried that out
 * through the mount. Changes path. */
void folder_clear_above(Names *names, char *path);

/* 0: it may stand in that place, whatever stands at the name. -EXDEV: its content would become
 * hidden, or photos, so the client must copy and delete. */
int folder_may_rename(Names *names, int64_t id, const Place *place, bool temporary);
/* Renames a folder that may stand there. Nothing must stand at the name. The photos in it are
 * judged by its new name. */
int folder_rename(Names *names, int64_t id, const Place *place, const char *name, bool temporary);
