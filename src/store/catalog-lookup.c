/* SPDX-License-Identifier: MIT */
#include "catalog-student.h"
#include "states.h"

#include <idphoto/idnumber.h>
#include <idphoto/matchkey.h>

#include <string.h>

/* Finds the student that a number or a name on a roster means. */

int catalog_point_has_roster(Catalog *catalog, Where where)
{
        return catalog_one(
                catalog,
                "SELECT 1 FROM student WHERE batch = ?1 AND point = ?2 AND on_roster = 1 LIMIT 1",
                VALUES(POINT(where)), read_nothing, NULL);
}

int catalog_batch_has_rosters(Catalog *catalog, int64_t batch)
{
        int64_t all = 0;
        int r = catalog_one(catalog,
                            "SELECT coalesce(min(CASE WHEN EXISTS (SELECT 1 FROM student"
                            "   WHERE batch = ?1 AND point = t.point AND on_roster = 1)"
                            "   THEN 1 ELSE 0 END), 0)"
                            " FROM (SELECT DISTINCT point FROM tally WHERE batch = ?1"
                            "   AND kind = " TALLY_STUDENTS " AND n > 0) AS t",
                            VALUES(INTEGER(batch)), read_integer, &all);

        return r < 0 ? r : all != 0;
}

int catalog_find_student_by_no(Catalog *catalog, Where where, const char *student_no,
                               StudentRow *ret)
{
        return catalog_one(catalog,
                           STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND student_no = ?3"
                                          " AND student_no != '' AND on_roster != 0 LIMIT 1",
                           VALUES(POINT(where), TEXT(student_no)), catalog_read_student, ret);
}

int catalog_list_students_by_key(Catalog *catalog, Where where, StudentText text, const char *key,
                                 StudentCallback callback, void *userdata)
{
        /* Most numbers are their own key in upper case, and stored with the key "". */
        static const char *const queries[_STUDENT_TEXT_MAX] = {
                [STUDENT_TEXT_ID_NUMBER] =
                        STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND on_roster != 0"
                                       " AND (id_number = ?4 AND number_key = ''"
                                       "   OR number_key = ?3 AND number_key != '')",
                [STUDENT_TEXT_STUDENT_NO] =
                        STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND on_roster != 0"
                                       " AND (student_no = ?4 AND student_no != '' AND no_key = ''"
                                       "   OR no_key = ?3 AND no_key != '')",
                [STUDENT_TEXT_NAME] =
                        STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND on_roster != 0"
                                       " AND name_key = ?3 AND name_key != ''",
        };
        _cleanup_free_ char *upper = NULL;

        if (!*key)
                return 0;
        upper = strdup(key);
        if (!upper)
                return -ENOMEM;
        match_key_upper(upper);
        return catalog_some(catalog, queries[text], VALUES(POINT(where), TEXT(key), TEXT(upper)),
                            catalog_take_student, &(StudentList){callback, userdata});
}

typedef struct Near {
        const char *number;
        char *found;
        bool several;
} Near;

static int take_number(const SqlRows *s, void *userdata)
{
        Near *near = userdata;
        const char *other = sql_text(s, 0);

        if (!other || !id_number_near(near->number, other))
                return 0;
        if (near->found) {
                near->several = true;
                return 1;
        }
        near->found = strdup(other);
        return near->found ? 0 : -ENOMEM;
}

int catalog_nearest_number(Catalog *catalog, Where where, const char *number, char **ret)
{
        Near near = {.number = number};
        int r = catalog_some(
                catalog,
                "SELECT id_number FROM student WHERE batch = ?1 AND point = ?2 AND on_roster = 1",
                VALUES(POINT(where)), take_number, &near);

        if (r < 0 || near.several || !near.found) {
                free(near.found);
                return MIN(r, 0);
        }
        *ret = near.found;
        return 1;
}
