/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/point.h>

/*
 * Folders that clients make inside a point [D7]. Each function is called inside a transaction and
 * either does all or returns a negative errno.
 */

/* Makes the folder and sets row->id. unlisted: a folder that went away by itself under this name;
 * it comes back instead. 0: there is none. -EEXIST: a folder of that name is there. -ENOENT: the
 * point was removed. */
int folders_make(Catalog *catalog, FolderRow *row, int64_t unlisted);

/* The folder goes away by itself. Its name still resolves, so that clients find the photos under
 * the names they were dropped by [D4]. A client's own folder has no such names and is removed.
 * -ENOTEMPTY: something is in it. */
int folders_unlist(Catalog *catalog, const FolderRow *row);

/* A client removes an empty folder. -ENOTEMPTY: something is in it. */
int folders_remove_empty(Catalog *catalog, int64_t folder);
/* A client removes a folder in which nothing is listed. What is finished in it keeps its place. */
int folders_remove_hidden(Catalog *catalog, int64_t folder);

/* 0: the folder may stand in that place. -EXDEV: its content would become hidden, or photos.
 * -EACCES: the place is too deep, or takes no folders. -EINVAL: the place is in the folder itself.
 * */
int folders_may_move(Catalog *catalog, int64_t folder, int64_t point, int64_t parent,
                     bool temporary);

/* The number of folders from this one up to the point. Does not count beyond FOLDER_DEPTH_MAX. */
int folders_depth(Catalog *catalog, int64_t folder);

/* At start: removes what removed folders left behind. */
int folders_collect(Catalog *catalog);
