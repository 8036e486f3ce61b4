/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

/* Teaching points and the folders dropped into them. */

void point_row_done(PointRow *row)
{
        free(row->name);
        *row = (PointRow){};
}

#define POINT_COLUMNS "id, name, uid, gid, mode, created, version, mtime, submitted_mtime"

static int read_point(sqlite3_stmt *s, PointRow *ret)
{
        PointRow row = {
                .id = sqlite3_column_int64(s, 0),
                .uid = (uid_t)sqlite3_column_int64(s, 2),
                .gid = (gid_t)sqlite3_column_int64(s, 3),
                .mode = (mode_t)sqlite3_column_int64(s, 4),
                .created = sqlite3_column_int64(s, 5),
                .version = sqlite3_column_int64(s, 6),
                .mtime = sqlite3_column_int64(s, 7),
                .submitted_mtime = sqlite3_column_int64(s, 8),
        };
        int r = column_text(s, 1, &row.name);

        if (r < 0)
                return r;
        *ret = row;
        return 1;
}

int catalog_add_point(Catalog *catalog, const char *name, uid_t uid, gid_t gid, mode_t mode,
                      int64_t now, int64_t *ret_id)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r;
        r = catalog_query(
                catalog,
                "INSERT INTO point (name, name_key, uid, gid, mode, created, mtime, submitted_mtime)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6)",
                VALUES(TEXT(name), TEXT(key), INTEGER(uid), INTEGER(gid), INTEGER(mode),
                       INTEGER(now)),
                &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        if (r < 0)
                return r;
        *ret_id = catalog_last_id(catalog);
        return 0;
}

int catalog_get_point(Catalog *catalog, int64_t id, PointRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT " POINT_COLUMNS " FROM point WHERE id = ?1",
                          VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_point(s, ret) : r;
}

int catalog_find_point(Catalog *catalog, const char *name, PointRow *ret)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        r = catalog_query(catalog, "SELECT " POINT_COLUMNS " FROM point WHERE name_key = ?1",
                          VALUES(TEXT(key)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_point(s, ret) : r;
}

int catalog_list_points(Catalog *catalog, int64_t after, PointCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT " POINT_COLUMNS " FROM point WHERE id > ?1 ORDER BY id",
                          VALUES(INTEGER(after)), &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                _cleanup_point_ PointRow row = {};

                r = read_point(s, &row);
                if (r >= 0)
                        r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int catalog_set_point_mtime(Catalog *catalog, int64_t id, int64_t folder, int64_t mtime)
{
        return catalog_run(catalog,
                           folder == FOLDER_SUBMITTED
                                   ? "UPDATE point SET submitted_mtime = ?2 WHERE id = ?1"
                                   : "UPDATE point SET mtime = ?2 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(mtime)));
}

int catalog_version(Catalog *catalog, int64_t *ret)
{
        return catalog_query_integer(catalog, "SELECT ifnull(sum(version), 0) + 1 FROM point", ret);
}

/* ---- folders ---- */

void folder_row_done(FolderRow *row)
{
        free(row->name);
        *row = (FolderRow){};
}

#define FOLDER_COLUMNS "id, point, parent, name, temporary, listed, mode, mtime"

static int read_folder(sqlite3_stmt *s, FolderRow *ret)
{
        FolderRow row = {
                .id = sqlite3_column_int64(s, 0),
                .point = sqlite3_column_int64(s, 1),
                .parent = sqlite3_column_int64(s, 2),
                .temporary = sqlite3_column_int(s, 4),
                .listed = sqlite3_column_int(s, 5),
                .mode = (mode_t)sqlite3_column_int64(s, 6),
                .mtime = sqlite3_column_int64(s, 7),
        };
        int r = column_text(s, 3, &row.name);

        if (r < 0)
                return r;
        *ret = row;
        return 1;
}

int catalog_add_folder(Catalog *catalog, int64_t batch, int64_t point, int64_t parent,
                       const char *name, bool temporary, mode_t mode, int64_t now, int64_t *ret_id)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r;
        r = catalog_query(
                catalog,
                "INSERT INTO folder (batch, point, parent, name, name_key, temporary, mode, mtime)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                VALUES(INTEGER(batch), INTEGER(point), INTEGER(parent), TEXT(name), TEXT(key),
                       INTEGER(temporary), INTEGER(mode), INTEGER(now)),
                &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        if (r < 0)
                return r;
        *ret_id = catalog_last_id(catalog);
        return 0;
}

int catalog_get_folder(Catalog *catalog, int64_t id, FolderRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT " FOLDER_COLUMNS " FROM folder WHERE id = ?1",
                          VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_folder(s, ret) : r;
}

int catalog_find_folder(Catalog *catalog, int64_t batch, int64_t point, int64_t parent,
                        const char *name, FolderRow *ret)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        r = catalog_query(catalog,
                          "SELECT " FOLDER_COLUMNS " FROM folder"
                          " WHERE batch = ?1 AND point = ?2 AND parent = ?3 AND name_key = ?4",
                          VALUES(INTEGER(batch), INTEGER(point), INTEGER(parent), TEXT(key)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_folder(s, ret) : r;
}

int catalog_set_folder_listed(Catalog *catalog, int64_t id, bool listed)
{
        return catalog_run(catalog, "UPDATE folder SET listed = ?2 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(listed)));
}

int catalog_set_folder_attributes(Catalog *catalog, int64_t id, mode_t mode, int64_t mtime)
{
        return catalog_run(catalog, "UPDATE folder SET mode = ?2, mtime = ?3 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(mode), INTEGER(mtime)));
}

int catalog_move_folder(Catalog *catalog, int64_t id, int64_t parent, const char *name,
                        bool temporary)
{
        _cleanup_free_ char *key = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r;
        return catalog_run(
                catalog,
                "UPDATE folder SET parent = ?2, name = ?3, name_key = ?4, temporary = "
                "?5 WHERE id = ?1",
                VALUES(INTEGER(id), INTEGER(parent), TEXT(name), TEXT(key), INTEGER(temporary)));
}

int catalog_remove_folder(Catalog *catalog, int64_t id)
{
        return catalog_run(catalog, "DELETE FROM folder WHERE id = ?1", VALUES(INTEGER(id)));
}

int catalog_folder_occupied(Catalog *catalog, int64_t id)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                "SELECT EXISTS (SELECT 1 FROM folder AS c WHERE c.batch = f.batch AND c.point = "
                "f.point"
                "   AND c.parent = f.id AND c.listed = 1)"
                " OR EXISTS (SELECT 1 FROM submission AS s WHERE s.state < 4"
                "   AND s.batch = f.batch AND s.point = f.point AND s.folder = f.id)"
                " FROM folder AS f WHERE f.id = ?1",
                VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r < 0)
                return r;
        return r > 0 && sqlite3_column_int(s, 0);
}

int catalog_folder_height(Catalog *catalog, int64_t id, int most)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          "WITH RECURSIVE below (batch, point, id, height) AS"
                          " (SELECT batch, point, id, 1 FROM folder WHERE id = ?1"
                          "  UNION ALL SELECT f.batch, f.point, f.id, height + 1"
                          "   FROM below JOIN folder AS f ON f.batch = below.batch"
                          "   AND f.point = below.point AND f.parent = below.id WHERE height < ?2)"
                          " SELECT coalesce(max(height), 0) FROM below",
                          VALUES(INTEGER(id), INTEGER(most)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? sqlite3_column_int(s, 0) : r;
}

int catalog_list_folders(Catalog *catalog, int64_t batch, int64_t point, int64_t parent,
                         int64_t after, FolderCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          "SELECT " FOLDER_COLUMNS " FROM folder"
                          " WHERE batch = ?1 AND point = ?2 AND parent = ?3 AND id > ?4"
                          " AND listed = 1 AND temporary = 0 ORDER BY id",
                          VALUES(INTEGER(batch), INTEGER(point), INTEGER(parent), INTEGER(after)),
                          &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                _cleanup_folder_ FolderRow row = {};

                r = read_folder(s, &row);
                if (r >= 0)
                        r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
