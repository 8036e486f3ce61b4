/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/point.h>

/*
 * Folders that clients make inside a point [D7]. Each function is called inside a transaction and
 * either does all or returns a negative errno.
 */

/* Makes the folder; *row gets its id. unlisted: the folder that went away by itself under this name
 * comes back instead; 0: none. -EEXIST. */
int folders_make(Catalog *catalog, FolderRow *row, int64_t unlisted);

/* Goes away by itself. Its name still resolves, for who looks at the photos under the names that
 * they were dropped by [D4]; a client's own folder holds no such names and is removed. -ENOTEMPTY:
 * something is in it. */
int folders_unlist(Catalog *catalog, const FolderRow *row);

/* A client removes an empty folder. -ENOTEMPTY. */
int folders_remove_empty(Catalog *catalog, int64_t folder);
/* The same of a folder in which nothing is listed; what is finished in it keeps its place. */
int folders_remove_hidden(Catalog *catalog, int64_t folder);

/* Whether the folder may stand in that place: 0. -EXDEV: its content would become hidden, or
 * photos; -EACCES: too deep, or no place for folders; -EINVAL: in itself. */
int folders_may_move(Catalog *catalog, int64_t folder, int64_t point, int64_t parent,
                     bool temporary);

/* How many folders stand above and including this one; not counted beyond FOLDER_DEPTH_MAX. */
int folders_depth(Catalog *catalog, int64_t folder);

/* At start: collects what removed folders left behind. */
int folders_collect(Catalog *catalog);
