/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/point.h>

/*
 * Folders that clients make inside a point [D7]. Each function is called inside a transaction. It
 * either succeeds completely or returns a negative errno.
 */

/* Makes the folder. Sets row->id when it adds a row. unlisted: the emptied folder of this name,
 * which is listed again instead; 0: there is none. -EEXIST: a folder of that name exists.
 * -ENOENT: the point was removed. */
int folders_make(Catalog *catalog, FolderRow *row, int64_t unlisted);

/* Hides an emptied folder. Its name still resolves, so that clients find the photos under their
 * dropped names [D4]. A temporary folder holds no such names and is removed. -ENOTEMPTY: something
 * is in the folder. */
int folders_unlist(Catalog *catalog, const FolderRow *row);

/* Removes an empty folder for a client. -ENOTEMPTY: something is in it. */
int folders_remove_empty(Catalog *catalog, int64_t folder);
/* Removes a folder in which nothing is listed, for a client. Finished files in it keep their place.
 * Errors as catalog_remove_folder_hidden(). */
int folders_remove_hidden(Catalog *catalog, int64_t folder);

/* Whether the folder may move into `parent` and become temporary or not. 0: it may. -EXDEV: it is
 * in another point, or its content would become hidden, or photos. -EACCES: the place is too deep
 * or takes no folders. -EINVAL: the place is inside the folder. -ENOENT: a folder is missing. */
int folders_may_move(Catalog *catalog, int64_t folder, int64_t point, int64_t parent,
                     bool temporary);

/* Counts the folders from this one up to the point. Stops counting just above FOLDER_DEPTH_MAX.
 * -ENOENT: a folder is missing. */
int folders_depth(Catalog *catalog, int64_t folder);
