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
        int64_t changed;         /* shown as ctime; 0: unchanged since an earlier version */
        int64_t submitted_changed;
        uid_t submitted_uid; /* the point's uid until it is set; the next two likewise */
        gid_t submitted_gid;
        mode_t submitted_mode;
        int64_t created;
        bool removed;    /* by a command: nobody finds it any more */
        int64_t version; /* grows with every change that a status file of this point shows */
} PointRow;

void point_row_done(PointRow *row);
#define _cleanup_point_ _cleanup_(point_row_done)

/* Adds a point with the name, owner, mode and creation time of `row`. -EEXIST: a point of that
 * (folded) name exists. */
int catalog_add_point(Catalog *catalog, const PointRow *row, int64_t *ret_id);
/* Finds removed points too. */
int catalog_get_point(Catalog *catalog, int64_t id, PointRow *ret);
int catalog_find_point(Catalog *catalog, const char *name, PointRow *ret);
/* What belongs to a point. */
typedef enum PointMember {
        POINT_OF_FOLDER,
        POINT_OF_SUBMISSION,
        POINT_OF_STUDENT,
        POINT_OF_PHOTO,
        _POINT_MEMBER_MAX
} PointMember;
/* The point to which that row belongs; it need not have been read. */
int catalog_get_point_of(Catalog *catalog, PointMember member, int64_t id, PointRow *ret);
int catalog_set_point_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode);
/* Sets owner and mode of submitted/ in the point. Until then submitted/ has those of the point. */
int catalog_set_submitted_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode);
/*
 * Records that the listing of the point's directory (FOLDER_POINT) or of submitted/ in it
 * (FOLDER_SUBMITTED) changed at that time. Does nothing for other folders. Triggers record changed
 * listings too, but less exactly.
 */
int catalog_set_point_mtime(Catalog *catalog, Where where, int64_t mtime);
/* Records that a client set the mtime of that directory at the time `now`. */
int catalog_set_directory_mtime(Catalog *catalog, Where where, int64_t mtime, int64_t now);
/*
 * Reads when the listing of a directory without a row of its own changed last. 1 with *ret; 0:
 * never. Names: rejected, missing, pending and approved of a point; export and reason:CODE of a
 * batch (point 0); points of the store (batch 0).
 */
int catalog_place_mtime(Catalog *catalog, Where where, const char *name, int64_t *ret);
typedef int (*PointCallback)(const PointRow *row,
                             void *userdata); /* nonzero ends the listing and is returned */
int catalog_list_points(Catalog *catalog, int64_t after, PointCallback callback, void *userdata);
/* Reads the version of the root's status files, which grows with every change of any point. */
int catalog_version(Catalog *catalog, int64_t *ret);

/* ---- folders inside a point ---- */

/*
 * How deep folders may be nested. mkdir and rename create no deeper ones. Each of the two checks
 * the depth before its change, so both at once may nest a few folders deeper. A walk up to the
 * point therefore stops only at FOLDER_CLIMB_MAX, where the rows must form a cycle.
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
        bool temporary;  /* a client's temporary folder: never listed, its content never judged */
        bool marker;     /* temporary, but listed all the same */
        bool listed;     /* false: emptied by verdicts, and kept for the names dropped in it */
        bool removed;    /* by a client: neither it nor the names dropped in it resolve */
        int64_t cleared; /* number of times that verdicts emptied it and it disappeared */
        mode_t mode;
        uid_t uid; /* who made it */
        gid_t gid;
        int64_t mtime;
        int64_t changed; /* as PointRow.changed */
} FolderRow;

void folder_row_done(FolderRow *row);
#define _cleanup_folder_ _cleanup_(folder_row_done)

/* Adds a listed folder. -EEXIST: a folder of that (folded) name exists. */
int catalog_add_folder(Catalog *catalog, const FolderRow *row, int64_t *ret_id);
/* Lists an unlisted folder again, with the name, mode, owner and time of `row`. Names dropped in it
 * earlier still resolve. */
int catalog_remake_folder(Catalog *catalog, int64_t id, const FolderRow *row);
/* Finds removed folders too. */
int catalog_get_folder(Catalog *catalog, int64_t id, FolderRow *ret);
int catalog_find_folder(Catalog *catalog, Where where, const char *name, FolderRow *ret);
int catalog_set_folder_listed(Catalog *catalog, int64_t id, bool listed);
/* Sets mode and owner of the folder row->id. */
int catalog_set_folder_owner(Catalog *catalog, const FolderRow *row);
/* Records that a client set the mtime of the folder row->id at the time row->changed. */
int catalog_set_folder_mtime(Catalog *catalog, const FolderRow *row);
int catalog_move_folder(Catalog *catalog, int64_t id, int64_t parent, const char *name,
                        bool temporary);
/* Marks a folder as removed and frees its name. The row remains for clients that have the folder
 * open and for the submissions in it. */
int catalog_remove_folder(Catalog *catalog, int64_t id);
/* The first row, with an id above `after`, of a removed folder that nothing refers to, and its
 * point: 1; 0: there is none. */
int catalog_next_left_folder(Catalog *catalog, int64_t after, int64_t *ret_folder,
                             int64_t *ret_point);
/* Removes such a row, if it is still that point's and nothing refers to it. */
int catalog_collect_folder(Catalog *catalog, int64_t folder, int64_t point);
/* Whether the folder holds a listed folder or an unfinished upload: 1, 0. */
int catalog_folder_occupied(Catalog *catalog, int64_t id);
/*
 * Lists the unfinished uploads in the folder and in the temporary folders below it. disposable: the
 * upload is a client's temporary file and never was a photo under a normal name. -ENOTEMPTY: the
 * folder holds a listed folder.
 */
typedef int (*HiddenCallback)(int64_t submission, bool disposable, void *userdata);
int catalog_list_hidden_uploads(Catalog *catalog, int64_t id, HiddenCallback callback,
                                void *userdata);
/* Marks the folder and the temporary folders below it as removed. -ENOTEMPTY: it holds an
 * unfinished upload or a listed folder. */
int catalog_remove_folder_hidden(Catalog *catalog, int64_t id);
/* Number of levels of folders from this one down, itself included, but at most `most`. */
int catalog_folder_height(Catalog *catalog, int64_t id, int most);
typedef int (*FolderCallback)(const FolderRow *row, void *userdata);
int catalog_list_folders(Catalog *catalog, Where where, int64_t after, FolderCallback callback,
                         void *userdata);
/* Whether a dropped name of a finished submission resolves in the folder or below it: 1, 0. */
int catalog_folder_has_drops(Catalog *catalog, int64_t id);
/* Lists the folders of two directories together, by id: those that are listed in where.folder, and
 * all that were dropped into `beside` at the same point, emptied ones too. */
int catalog_list_submitted_folders(Catalog *catalog, Where where, int64_t beside, int64_t after,
                                   FolderCallback callback, void *userdata);
/* Lists the folders in a temporary folder. */
int catalog_list_temporary_folders(Catalog *catalog, Where where, int64_t after,
                                   FolderCallback callback, void *userdata);
