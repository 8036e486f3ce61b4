/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/point.h>

/* Teaching points. */

void point_row_done(PointRow *row)
{
        free(row->name);
        *row = (PointRow){};
}

#define POINT_COLUMNS \
        "id, name, uid, gid, mode, created, version, mtime, submitted_mtime, changed, " \
        "submitted_changed, coalesce(submitted_uid, uid), coalesce(submitted_gid, gid), " \
        "coalesce(submitted_mode, mode), removed"

static int read_point(const SqlRows *s, void *ret)
{
        PointRow row = {
                .id = sql_integer(s, 0),
                .uid = (uid_t)sql_integer(s, 2),
                .gid = (gid_t)sql_integer(s, 3),
                .mode = (mode_t)sql_integer(s, 4),
                .created = sql_integer(s, 5),
                .version = sql_integer(s, 6),
                .mtime = sql_integer(s, 7),
                .submitted_mtime = sql_integer(s, 8),
                .changed = sql_integer(s, 9),
                .submitted_changed = sql_integer(s, 10),
                .submitted_uid = (uid_t)sql_integer(s, 11),
                .submitted_gid = (gid_t)sql_integer(s, 12),
                .submitted_mode = (mode_t)sql_integer(s, 13),
                .removed = sql_integer(s, 14),
        };
        int r = sql_copy_text(s, 1, &row.name);

        if (r < 0)
                return r;
        *(PointRow *)ret = row;
        return 1;
}

int catalog_add_point(Catalog *catalog, const PointRow *row, int64_t *ret_id)
{
        int r = catalog_insert(
                catalog,
                "INSERT INTO point (name, name_key, uid, gid, mode, created, mtime,"
                " submitted_mtime) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6) RETURNING id",
                VALUES(TEXT(row->name), KEY(row->name), INTEGER(row->uid), INTEGER(row->gid),
                       INTEGER(row->mode), INTEGER(row->created)),
                ret_id);

        if (r < 0)
                return r;
        /* Not done by a trigger: then every point would seem to have the whole store scanned for
         * it. */
        return catalog_run(
                catalog,
                "INSERT INTO place (batch, point, name, mtime) VALUES (0, 0, 'points', ?1)"
                " ON CONFLICT (batch, point, name) DO UPDATE SET mtime = CASE"
                " WHEN place.mtime >= excluded.mtime THEN place.mtime + 1"
                " ELSE excluded.mtime END",
                VALUES(INTEGER(row->created)));
}

int catalog_get_point(Catalog *catalog, int64_t id, PointRow *ret)
{
        return catalog_one(catalog, "SELECT " POINT_COLUMNS " FROM point WHERE id = ?1",
                           VALUES(INTEGER(id)), read_point, ret);
}

int catalog_find_point(Catalog *catalog, const char *name, PointRow *ret)
{
        int r = catalog_one(catalog, "SELECT " POINT_COLUMNS " FROM point WHERE name_key = ?1",
                            VALUES(KEY(name)), read_point, ret);

        return r == -EILSEQ ? 0 : r;
}

int catalog_get_point_of(Catalog *catalog, PointMember member, int64_t id, PointRow *ret)
{
#define POINT_OF(table) \
        "SELECT " POINT_COLUMNS " FROM point WHERE id = (SELECT point FROM " table " WHERE id = ?1)"
        static const char *const queries[_POINT_MEMBER_MAX] = {
                [POINT_OF_FOLDER] = POINT_OF("folder"),
                [POINT_OF_SUBMISSION] = POINT_OF("submission"),
                [POINT_OF_STUDENT] = POINT_OF("student"),
                [POINT_OF_PHOTO] = POINT_OF("photo"),
        };

        return catalog_one(catalog, queries[member], VALUES(INTEGER(id)), read_point, ret);
}

typedef struct PointList {
        PointCallback callback;
        void *userdata;
} PointList;

static int take_point(const SqlRows *s, void *userdata)
{
        const PointList *list = userdata;
        _cleanup_point_ PointRow row = {};
        int r = read_point(s, &row);

        return r < 0 ? r : list->callback(&row, list->userdata);
}

int catalog_list_points(Catalog *catalog, int64_t after, PointCallback callback, void *userdata)
{
        return catalog_each(catalog,
                            "SELECT " POINT_COLUMNS
                            " FROM point WHERE id > ?1 AND removed = 0 ORDER BY id",
                            VALUES(INTEGER(after)), take_point, &(PointList){callback, userdata});
}

int catalog_set_point_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode)
{
        return catalog_run(catalog, "UPDATE point SET uid = ?2, gid = ?3, mode = ?4 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(uid), INTEGER(gid), INTEGER(mode)));
}

int catalog_set_submitted_owner(Catalog *catalog, int64_t id, uid_t uid, gid_t gid, mode_t mode)
{
        return catalog_run(catalog,
                           "UPDATE point SET submitted_uid = ?2, submitted_gid = ?3,"
                           " submitted_mode = ?4 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(uid), INTEGER(gid), INTEGER(mode)));
}

int catalog_set_point_mtime(Catalog *catalog, Where where, int64_t mtime)
{
        if (where.folder != FOLDER_POINT && where.folder != FOLDER_SUBMITTED)
                return 0;
        return catalog_run(catalog,
                           where.folder == FOLDER_SUBMITTED
                                   ? "UPDATE point SET submitted_mtime = ?2, submitted_changed = ?2"
                                     " WHERE id = ?1"
                                   : "UPDATE point SET mtime = ?2, changed = ?2 WHERE id = ?1",
                           VALUES(INTEGER(where.point), INTEGER(mtime)));
}

int catalog_set_directory_mtime(Catalog *catalog, Where where, int64_t mtime, int64_t now)
{
        return catalog_run(catalog,
                           where.folder == FOLDER_SUBMITTED
                                   ? "UPDATE point SET submitted_mtime = ?2, submitted_set = ?3,"
                                     " submitted_changed = ?3 WHERE id = ?1"
                                   : "UPDATE point SET mtime = ?2, mtime_set = ?3, changed = ?3"
                                     " WHERE id = ?1",
                           VALUES(INTEGER(where.point), INTEGER(mtime), INTEGER(now)));
}

int catalog_place_mtime(Catalog *catalog, Where where, const char *name, int64_t *ret)
{
        return catalog_one(catalog,
                           "SELECT mtime FROM place WHERE batch = ?1 AND point = ?2 AND name = ?3",
                           VALUES(POINT(where), TEXT(name)), read_integer, ret);
}

int catalog_version(Catalog *catalog, int64_t *ret)
{
        int r = catalog_one(catalog, "SELECT coalesce(sum(version), 0) + 1 FROM point", NO_VALUES,
                            read_integer, ret);

        return MIN(r, 0);
}
