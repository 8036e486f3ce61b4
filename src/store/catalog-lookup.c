/* SPDX-License-Identifier: MIT */
#include "catalog-student.h"

#include <idphoto/idnumber.h>
#include <idphoto/personname.h>

#include <string.h>

/* Finds the student that a number or a name on a roster means. */

int catalog_point_has_roster(Catalog *catalog, Where where)
{
        return catalog_one(
                catalog,
                "SELECT 1 FROM student WHERE batch = ?1 AND point = ?2 AND on_roster = 1 LIMIT 1",
                VALUES(POINT(where)), read_nothing, NULL);
}

int catalog_find_student_by_no(Catalog *catalog, Where where, const char *student_no,
                               StudentRow *ret)
{
        return catalog_one(catalog,
                           STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND student_no = ?3"
                                          " AND student_no != '' AND on_roster != 0 LIMIT 1",
                           VALUES(POINT(where), TEXT(student_no)), catalog_read_student, ret);
}

typedef struct Namesakes {
        StudentRow *first;
        int n;
} Namesakes;

static int take_namesake(sqlite3_stmt *s, void *userdata)
{
        Namesakes *namesakes = userdata;
        int r = namesakes->n++ == 0 ? catalog_read_student(s, namesakes->first) : 0;

        return MIN(r, 0);
}

int catalog_find_student_by_name(Catalog *catalog, Where where, const char *name, StudentRow *ret)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_student_ StudentRow first = {};
        Namesakes namesakes = {.first = &first};
        int r = person_name_key(name, &key);

        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        r = catalog_each(catalog,
                         STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND name_key = ?3"
                                        " AND name_key != '' AND on_roster != 0 LIMIT 2",
                         VALUES(POINT(where), TEXT(key)), take_namesake, &namesakes);
        if (r < 0 || namesakes.n == 0)
                return r;
        *ret = first;
        first = (StudentRow){};
        return namesakes.n;
}

typedef struct Near {
        const char *number;
        char *found;
        bool several;
} Near;

static int take_number(sqlite3_stmt *s, void *userdata)
{
        Near *near = userdata;
        const char *other = (const char *)sqlite3_column_text(s, 0);

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
        int r = catalog_each(
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
