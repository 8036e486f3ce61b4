/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/* Teaching points, and the folders inside them. */

typedef struct PointRow {
        int64_t id;
        char *name;
        uid_t uid;
        gid_t gid;
        mode_t mode;   /* permission bits of the directory */
        int64_t mtime; /* of the directory: the last change of its listing, or what a client set */
        int64_t submitted_mtime; /* of submitted/ in it */
        int64_t changed;         /* what ctime shows; 0: not since an earlier version */
        int64_t submitted_changed;
        uid_t submitted_uid; /* the point's until they are set, as the next two */
        gid_t submitted_gid;
        mode_t submitted_mode;
        int64_t created;
        bool removed;    /* by a command: nobody finds it any more */
        int64_t version; /* grows with every change that a status file of this point shows */
} PointRow;

void point_row_done(PointRow *row);
#define _cleanup_point_ _cleanup_(point_row_done)

/* Adds a point with the name, owner, mode and time of creation of `row`. -EEXIST: a point of that
 * (folded) name is there. */
int catalog_add_point(Catalog *catalog, const PointRow *row, int64_t *ret_id);
/* Finds removed points too. */
int catalog_get_point(Catalog *catalog, int64_t id, PointRow *ret);
int catalog_find_point(Catalog *catalog, const char *name, PointRow *ret);
int catalog_set_point_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode);
/* The same for submitted/ in it. Until then submitted/ has the point's. */
int catalog_set_submitted_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode);
/*
 * The point's directory (folder FOLDER_POINT) or submitted/ in it (FOLDER_SUBMITTED) changed at
 * that time. Triggers notice changed listings too, but less exactly.
 */
int catalog_set_point_mtime(Catalog *catalog, Where where, int64_t mtime);
/* A client sets that directory's time, at `now`. */
int catalog_set_directory_mtime(Catalog *catalog, Where where, int64_t mtime, int64_t now);
/*
 * When the listing of a directory without a row of its own changed: 1; 0: never. Names: rejected,
 * missing, pending, approved of a point; export, reason:CODE of a batch (point 0); points of the
 * store (batch 0).
 */
int catalog_place_mtime(Catalog *catalog, Where where, const char *name, int64_t *ret);
typedef int (*PointCallback)(const PointRow *row,
                             void *userdata); /* nonzero ends the listing and is returned */
int catalog_list_points(Catalog *catalog, int64_t after, PointCallback callback, void *userdata);
/* Grows with every change anywhere: the version of the root's status. */
int catalog_version(Catalog *catalog, int64_t *ret);

/* ---- folders inside a point ---- */

/*
 * How deep folders may stand in one another. mkdir and rename make them no deeper. Each of the two
 * looks before it changes anything, so both at once may go a few folders deeper. Climbing up to the
 * point gives up only where the rows must form a circle.
 */
enum {
        FOLDER_DEPTH_MAX = 16,
        FOLDER_CLIMB_MAX = 2 * FOLDER_DEPTH_MAX,
};

typedef struct FolderRow {
        int64_t id;
        int64_t batch;
        int64_t point;
        int64_t parent;
        char *name;
        bool temporary;  /* a client's own: never listed, contents not judged */
        bool marker;     /* temporary, and listed all the same */
        bool listed;     /* false: emptied by its verdicts, and kept for the names dropped in it */
        bool removed;    /* by a client: nobody finds it any more, its photos' names neither */
        int64_t cleared; /* how many times it went away by itself */
        mode_t mode;
        uid_t uid; /* who made it */
        gid_t gid;
        int64_t mtime;
        int64_t changed; /* as of a point */
} FolderRow;

void folder_row_done(FolderRow *row);
#define _cleanup_folder_ _cleanup_(folder_row_done)

/* Adds a listed folder. -EEXIST: one of that (folded) name is there. */
int catalog_add_folder(Catalog *catalog, const FolderRow *row, int64_t *ret_id);
/* Lists an unlisted folder again, with the name, mode, owner and time of `row`. What was dropped in
 * it before still resolves in it. */
int catalog_remake_folder(Catalog *catalog, int64_t id, const FolderRow *row);
/* Finds removed folders too. */
int catalog_get_folder(Catalog *catalog, int64_t id, FolderRow *ret);
int catalog_find_folder(Catalog *catalog, Where where, const char *name, FolderRow *ret);
int catalog_set_folder_listed(Catalog *catalog, int64_t id, bool listed);
/* Mode and owner of the row with that id. */
int catalog_set_folder_owner(Catalog *catalog, const FolderRow *row);
/* A client sets the mtime of the row with that id, at the time `changed`. */
int catalog_set_folder_mtime(Catalog *catalog, const FolderRow *row);
int catalog_move_folder(Catalog *catalog, int64_t id, int64_t parent, const char *name,
                        bool temporary);
/* Frees its name. The row stays for clients that have the folder open and for the submissions in
 * it. */
int catalog_remove_folder(Catalog *catalog, int64_t id);
/* Removes the rows of removed folders that nothing refers to. */
int catalog_collect_folders(Catalog *catalog);
/* Whether a listed folder or an unfinished upload is in it: 1, 0. */
int catalog_folder_occupied(Catalog *catalog, int64_t id);
/*
 * The unfinished uploads in it and in the temporary folders in it. disposable: a client's
 * temporary file that never was a photo under a normal name. -ENOTEMPTY: a listed folder is in it.
 */
typedef int (*HiddenCallback)(int64_t submission, bool disposable, void *userdata);
int catalog_list_hidden_uploads(Catalog *catalog, int64_t id, HiddenCallback callback,
                                void *userdata);
/* Removes the folder and the temporary folders in it. -ENOTEMPTY: an unfinished upload or a listed
 * folder is in it. */
int catalog_remove_folder_hidden(Catalog *catalog, int64_t id);
/* How many folders stand one in another in it, itself counted; not more than `most`. */
int catalog_folder_height(Catalog *catalog, int64_t id, int most);
typedef int (*FolderCallback)(const FolderRow *row, void *userdata);
int catalog_list_folders(Catalog *catalog, Where where, int64_t after, FolderCallback callback,
                         void *userdata);
/* What stands in a temporary folder. */
int catalog_list_temporary_folders(Catalog *catalog, Where where, int64_t after,
                                   FolderCallback callback, void *userdata);
