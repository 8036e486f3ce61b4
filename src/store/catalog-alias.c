/* SPDX-License-Identifier: MIT */
#include "catalog-submission.h"

#include <idphoto/submission.h>

/* The names of finished submissions: those that they were dropped under. */

int catalog_find_alias(Catalog *catalog, Where where, const char *name, SubmissionRow *ret)
{
        return catalog_submission_by_name(catalog,
                                          "SELECT " SUBMISSION_COLUMNS
                                          " FROM submission WHERE batch = ?1 AND point = ?2"
                                          " AND folder = ?3 AND name_key = ?4 AND " BY_NAME FINISHED
                                          " AND alias = 1 ORDER BY id DESC LIMIT 1",
                                          where, name, ret);
}

/* Of a folder, the newest one of a name. A subquery of its own: a planner that does not know the
 * table's size may join all names with all names. */
#define NEWEST_OF(folder) \
        "coalesce((SELECT b.id FROM submission AS b WHERE b.batch = ?1 AND b.point = ?2" \
        " AND b.folder = " folder " AND b.name_key = a.name_key AND " BY_NAME "b." FINISHED \
        " AND b.alias = 1 ORDER BY b.id DESC LIMIT 1), 0)"

/* Merges two listings, each in the order of its index. A sort would read all names for each
 * piece. */
#define ALIASES_SELECT(folder) \
        "SELECT " SUBMISSION_COLUMNS " FROM submission AS a" \
        " WHERE batch = ?1 AND point = ?2 AND folder = " folder " AND id > ?5" \
        " AND " FINISHED " AND alias = 1 AND id >= " NEWEST_OF("?3") " AND id >= " NEWEST_OF("?4")

int catalog_list_aliases(Catalog *catalog, Where where, int64_t beside, int64_t after,
                         SubmissionCallback callback, void *userdata)
{
        return catalog_each(
                catalog,
                ALIASES_SELECT("?3") " UNION ALL " ALIASES_SELECT("?4") " AND ?4 != ?3 ORDER BY id",
                VALUES(WHERE(where), INTEGER(beside), INTEGER(after)), catalog_take_submission,
                &(SubmissionList){callback, userdata});
}

int catalog_hide_alias(Catalog *catalog, int64_t id)
{
        /* Hides every earlier submission of the name too; else deleting one would show the one
         * before it. */
        return catalog_run(
                catalog,
                "UPDATE submission SET alias = 0 WHERE (batch, point, folder, name_key) ="
                " (SELECT batch, point, folder, name_key FROM submission WHERE id = ?1)"
                " AND id <= ?1 AND alias = 1 AND " BY_NAME FINISHED,
                VALUES(INTEGER(id)));
}

int catalog_hide_name(Catalog *catalog, Where where, const char *name)
{
        return catalog_run(
                catalog,
                "UPDATE submission SET alias = 0 WHERE batch = ?1 AND point = ?2 AND folder = ?3"
                " AND name_key = ?4 AND alias = 1 AND " BY_NAME FINISHED,
                VALUES(WHERE(where), KEY(name)));
}
