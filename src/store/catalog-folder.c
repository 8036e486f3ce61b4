/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "states.h"

#include <idphoto/point.h>
#include <idphoto/submission.h>

/* The folders dropped into teaching points. */

/* folder.temporary of a folder that is listed although its content is temporary */
enum { MARKER = 2 };

void folder_row_done(FolderRow *row)
{
        free(row->name);
        *row = (FolderRow){};
}

#define FOLDER_COLUMNS \
        "id, batch, point, parent, name, temporary, listed, removed, cleared, mode, uid, gid, mtime, changed"

static int read_folder(const SqlRows *s, void *ret)
{
        FolderRow row = {
                .id = sql_integer(s, 0),
                .batch = sql_integer(s, 1),
                .point = sql_integer(s, 2),
                .parent = sql_integer(s, 3),
                .temporary = sql_integer(s, 5) != 0,
                .marker = sql_integer(s, 5) == MARKER,
                .listed = sql_integer(s, 6),
                .removed = sql_integer(s, 7),
                .cleared = sql_integer(s, 8),
                .mode = (mode_t)sql_integer(s, 9),
                .uid = (uid_t)sql_integer(s, 10),
                .gid = (gid_t)sql_integer(s, 11),
                .mtime = sql_integer(s, 12),
                .changed = sql_integer(s, 13),
        };
        int r = sql_copy_text(s, 4, &row.name);

        if (r < 0)
                return r;
        *(FolderRow *)ret = row;
        return 1;
}

int catalog_add_folder(Catalog *catalog, const FolderRow *row, int64_t *ret_id)
{
        return catalog_insert(
                catalog,
                "INSERT INTO folder (batch, point, parent, name, name_key, temporary, mode, uid,"
                " gid, mtime, created, changed)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?10) RETURNING id",
                VALUES(INTEGER(row->batch), INTEGER(row->point), INTEGER(row->parent),
                       TEXT(row->name), KEY(row->name),
                       INTEGER(row->marker ? MARKER : row->temporary), INTEGER(row->mode),
                       INTEGER(row->uid), INTEGER(row->gid), INTEGER(row->mtime)),
                ret_id);
}

int catalog_remake_folder(Catalog *catalog, int64_t id, const FolderRow *row)
{
        return catalog_run(catalog,
                           "UPDATE folder SET name = ?2, mode = ?3, uid = ?4, gid = ?5, mtime = ?6,"
                           " created = ?6, mtime_set = 0, listed = 1 WHERE id = ?1",
                           VALUES(INTEGER(id), TEXT(row->name), INTEGER(row->mode),
                                  INTEGER(row->uid), INTEGER(row->gid), INTEGER(row->mtime)));
}

int catalog_get_folder(Catalog *catalog, int64_t id, FolderRow *ret)
{
        return catalog_one(catalog, "SELECT " FOLDER_COLUMNS " FROM folder WHERE id = ?1",
                           VALUES(INTEGER(id)), read_folder, ret);
}

int catalog_find_folder(Catalog *catalog, Where where, const char *name, FolderRow *ret)
{
        int r = catalog_one(catalog,
                            "SELECT " FOLDER_COLUMNS " FROM folder"
                            " WHERE batch = ?1 AND point = ?2 AND parent = ?3 AND name_key = ?4",
                            VALUES(WHERE(where), KEY(name)), read_folder, ret);

        return r == -EILSEQ ? 0 : r;
}

int catalog_set_folder_listed(Catalog *catalog, int64_t id, bool listed)
{
        return catalog_run(catalog,
                           "UPDATE folder SET listed = ?2,"
                           " cleared = cleared + CASE WHEN listed > ?2 THEN 1 ELSE 0 END"
                           " WHERE id = ?1 AND removed = 0",
                           VALUES(INTEGER(id), INTEGER(listed)));
}

int catalog_set_folder_owner(Catalog *catalog, const FolderRow *row)
{
        return catalog_run(
                catalog, "UPDATE folder SET mode = ?2, uid = ?3, gid = ?4 WHERE id = ?1",
                VALUES(INTEGER(row->id), INTEGER(row->mode), INTEGER(row->uid), INTEGER(row->gid)));
}

int catalog_set_folder_mtime(Catalog *catalog, const FolderRow *row)
{
        return catalog_run(
                catalog, "UPDATE folder SET mtime = ?2, mtime_set = ?3, changed = ?3 WHERE id = ?1",
                VALUES(INTEGER(row->id), INTEGER(row->mtime), INTEGER(row->changed)));
}

int catalog_move_folder(Catalog *catalog, int64_t id, int64_t parent, const char *name,
                        bool temporary)
{
        return catalog_run(
                catalog,
                "UPDATE folder SET parent = ?2, name = ?3, name_key = ?4, temporary = ?5"
                " WHERE id = ?1",
                VALUES(INTEGER(id), INTEGER(parent), TEXT(name), KEY(name), INTEGER(temporary)));
}

int catalog_remove_folder(Catalog *catalog, int64_t id)
{
        /* No folded name holds a slash, so the name is free for another folder. */
        return catalog_run(catalog,
                           "UPDATE folder SET removed = 1, listed = 0,"
                           " name_key = name_key || '/' || id WHERE id = ?1 AND removed = 0",
                           VALUES(INTEGER(id)));
}

static int read_pair(const SqlRows *row, void *ret)
{
        int64_t *pair = ret;

        pair[0] = sql_integer(row, 0);
        pair[1] = sql_integer(row, 1);
        return 1;
}

/* A row that nothing refers to, of a folder that was removed. */
#define IS_LEFT_OVER \
        "folder.removed = 1" \
        " AND NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.batch = folder.batch" \
        "   AND s.point = folder.point AND s.folder = folder.id)" \
        " AND NOT EXISTS (SELECT 1 FROM folder AS c WHERE c.batch = folder.batch" \
        "   AND c.point = folder.point AND c.parent = folder.id)"

int catalog_next_left_folder(Catalog *catalog, int64_t after, int64_t *ret_folder,
                             int64_t *ret_point)
{
        int64_t pair[2] = {};
        int r = catalog_one(catalog,
                            "SELECT id, point FROM folder WHERE " IS_LEFT_OVER
                            " AND id > ?1 ORDER BY id LIMIT 1",
                            VALUES(INTEGER(after)), read_pair, pair);

        if (r > 0) {
                *ret_folder = pair[0];
                *ret_point = pair[1];
        }
        return r;
}

int catalog_collect_folder(Catalog *catalog, int64_t folder, int64_t point)
{
        return catalog_run(catalog,
                           "DELETE FROM folder WHERE id = ?1 AND point = ?2 AND " IS_LEFT_OVER,
                           VALUES(INTEGER(folder), INTEGER(point)));
}

int catalog_folder_occupied(Catalog *catalog, int64_t id)
{
        return catalog_one(
                catalog,
                "SELECT 1 FROM folder AS f WHERE f.id = ?1 AND (EXISTS (SELECT 1 FROM folder AS c"
                "   WHERE c.batch = f.batch AND c.point = f.point AND c.parent = f.id"
                "   AND c.listed = 1)"
                " OR EXISTS (SELECT 1 FROM submission AS s WHERE s." UNFINISHED
                "   AND s.batch = f.batch AND s.point = f.point AND s.folder = f.id))",
                VALUES(INTEGER(id)), read_nothing, NULL);
}

/* The folder and the temporary folders in it, at any depth. */
#define WITH_HIDDEN \
        "WITH RECURSIVE below (batch, point, id) AS" \
        " (SELECT batch, point, id FROM folder WHERE id = ?1" \
        "  UNION SELECT f.batch, f.point, f.id FROM below JOIN folder AS f" \
        "   ON f.batch = below.batch AND f.point = below.point AND f.parent = below.id" \
        "   WHERE f.temporary = 1 AND f.removed = 0) "

static int has_listed_folder(Catalog *catalog, int64_t id)
{
        return catalog_one(catalog,
                           "SELECT 1 FROM folder AS f JOIN folder AS c ON c.batch = f.batch AND"
                           " c.point = f.point AND c.parent = f.id"
                           " WHERE f.id = ?1 AND c.listed = 1 AND c.temporary != 1 LIMIT 1",
                           VALUES(INTEGER(id)), read_nothing, NULL);
}

typedef struct HiddenList {
        HiddenCallback callback;
        void *userdata;
} HiddenList;

static int take_hidden(const SqlRows *s, void *userdata)
{
        const HiddenList *list = userdata;

        return list->callback(sql_integer(s, 0), sql_integer(s, 1) != 0, list->userdata);
}

int catalog_list_hidden_uploads(Catalog *catalog, int64_t id, HiddenCallback callback,
                                void *userdata)
{
        int r = has_listed_folder(catalog, id);

        if (r != 0)
                return r < 0 ? r : -ENOTEMPTY;
        return catalog_each(catalog,
                            WITH_HIDDEN "SELECT s.id, s.temporary = 1 AND s.state = " STATE_OPEN
                                        " AND s.received = 0 AND s.original IS NULL"
                                        " FROM below CROSS JOIN submission AS s"
                                        " ON s.batch = below.batch AND s.point = below.point"
                                        " AND s.folder = below.id WHERE s." UNFINISHED,
                            VALUES(INTEGER(id)), take_hidden, &(HiddenList){callback, userdata});
}

static int refuse(int64_t submission _unused_, bool disposable _unused_, void *userdata _unused_)
{
        return -ENOTEMPTY;
}

int catalog_remove_folder_hidden(Catalog *catalog, int64_t id)
{
        int r = catalog_list_hidden_uploads(catalog, id, refuse, NULL);

        if (r < 0)
                return r;
        return catalog_run(catalog,
                           WITH_HIDDEN "UPDATE folder SET removed = 1, listed = 0,"
                                       " name_key = name_key || '/' || id"
                                       " WHERE id IN (SELECT id FROM below)",
                           VALUES(INTEGER(id)));
}

int catalog_folder_height(Catalog *catalog, int64_t id, int most)
{
        int64_t height = 0;
        int r = catalog_one(catalog,
                            "WITH RECURSIVE below (batch, point, id, height) AS"
                            " (SELECT batch, point, id, 1 FROM folder WHERE id = ?1"
                            "  UNION ALL SELECT f.batch, f.point, f.id, height + 1"
                            "   FROM below JOIN folder AS f ON f.batch = below.batch"
                            "   AND f.point = below.point AND f.parent = below.id"
                            "   WHERE height < ?2 AND f.removed = 0)"
                            " SELECT coalesce(max(height), 0) FROM below",
                            VALUES(INTEGER(id), INTEGER(most)), read_integer, &height);

        return r < 0 ? r : (int)height;
}

typedef struct FolderList {
        FolderCallback callback;
        void *userdata;
} FolderList;

static int take_folder(const SqlRows *s, void *userdata)
{
        const FolderList *list = userdata;
        _cleanup_folder_ FolderRow row = {};
        int r = read_folder(s, &row);

        return r < 0 ? r : list->callback(&row, list->userdata);
}

#define FOLDERS_SELECT(which) \
        "SELECT " FOLDER_COLUMNS " FROM folder" \
        " WHERE batch = ?1 AND point = ?2 AND parent = ?3 AND id > ?4 AND " which " ORDER BY id"

int catalog_list_folders(Catalog *catalog, Where where, int64_t after, FolderCallback callback,
                         void *userdata)
{
        return catalog_each(catalog, FOLDERS_SELECT("listed = 1 AND temporary != 1"),
                            VALUES(WHERE(where), INTEGER(after)), take_folder,
                            &(FolderList){callback, userdata});
}

int catalog_list_temporary_folders(Catalog *catalog, Where where, int64_t after,
                                   FolderCallback callback, void *userdata)
{
        return catalog_each(catalog, FOLDERS_SELECT("temporary = 1 AND removed = 0"),
                            VALUES(WHERE(where), INTEGER(after)), take_folder,
                            &(FolderList){callback, userdata});
}

int catalog_folder_has_drops(Catalog *catalog, int64_t id)
{
        return catalog_one(catalog,
                           "WITH RECURSIVE below (batch, point, id) AS"
                           " (SELECT batch, point, id FROM folder WHERE id = ?1"
                           "  UNION SELECT f.batch, f.point, f.id FROM below JOIN folder AS f"
                           "   ON f.batch = below.batch AND f.point = below.point"
                           "   AND f.parent = below.id WHERE f.removed = 0)"
                           " SELECT 1 FROM below CROSS JOIN submission AS s"
                           " ON s.batch = below.batch AND s.point = below.point"
                           " AND s.folder = below.id WHERE s." FINISHED " AND s.alias = 1 LIMIT 1",
                           VALUES(INTEGER(id)), read_nothing, NULL);
}

/* Merges two listings, each in the order of its index. */
#define SUBMITTED_FOLDERS_SELECT(which) \
        "SELECT " FOLDER_COLUMNS " FROM folder WHERE batch = ?1 AND point = ?2 AND id > ?5" \
        " AND removed = 0 AND temporary != 1 AND " which

int catalog_list_submitted_folders(Catalog *catalog, Where where, int64_t beside, int64_t after,
                                   FolderCallback callback, void *userdata)
{
        return catalog_each(
                catalog,
                SUBMITTED_FOLDERS_SELECT("parent = ?3 AND (listed = 1 OR ?3 = ?4)") " UNION ALL " SUBMITTED_FOLDERS_SELECT(
                        "parent = ?4 AND ?4 != ?3") " ORDER BY id",
                VALUES(WHERE(where), INTEGER(beside), INTEGER(after)), take_folder,
                &(FolderList){callback, userdata});
}
