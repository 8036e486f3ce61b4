/* SPDX-License-Identifier: MIT */
#pragma once

#include "namespace.h"

/*
 * Folders that clients make inside a point [D7]. Each function is one request, done when it
 * returns. Negative errno as the client sees it.
 *
 * A folder is in one of three states. Listed. Unlisted: its last verdict has emptied it, so that it
 * went away by itself; its name still resolves, for who looks at the photos under the names that
 * they were dropped by [D4], until somebody makes it again. Removed: by a client, and nothing of it
 * resolves any more.
 */

/* It belongs to who makes it and to the point's group, and is as open to that group as the point.
 */
int folder_make(Names *names, Node parent, const char *name, mode_t mode, Actor actor, Entry *ret);
/* A client removes it, and what is hidden in it unless that is being written. -ENOTEMPTY: it is
 * not empty, or something hidden in it is more than a client's temporary file. */
int folder_remove(Names *names, Node parent, const char *name, Actor actor);
/* The announcer removes it: unlisted from now on. -ENOTEMPTY when anything is in it. */
int folder_clear(Names *names, Node parent, const char *name);
/* Whether it may have that place, whatever stands at the name: 0. -EXDEV when its content would
 * become hidden, or photos: the client copies and deletes. */
int folder_may_rename(Names *names, int64_t id, const Place *place, bool temporary);
/* One that may. Nothing stands at the name. The photos in it are judged by its new name. */
int folder_rename(Names *names, int64_t id, const Place *place, const char *name, bool temporary);
/* At start: collects what removed folders left behind. */
int folder_recover(Names *names);
