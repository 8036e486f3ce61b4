/* SPDX-License-Identifier: MIT */
#include "catalog-student.h"

/* Stages of students, and the questions that progress lists and deadlines ask. */

int catalog_set_student_stage(Catalog *catalog, int64_t id, Stage stage, int64_t since)
{
        int64_t changed;
        int r = catalog_run_counted(
                catalog, "UPDATE student SET stage = ?2, stage_since = ?3 WHERE id = ?1",
                VALUES(INTEGER(id), TEXT(stage_to_string(stage)), INTEGER(since)), &changed);

        if (r < 0)
                return r;
        return changed == 0 ? -ENOENT : 0;
}

int catalog_list_students_of_id(Catalog *catalog, int64_t batch, const char *id_number,
                                StudentCallback callback, void *userdata)
{
        return catalog_each(catalog, STUDENT_SELECT " WHERE batch = ?1 AND id_number = ?2",
                            VALUES(INTEGER(batch), TEXT(id_number)), catalog_take_student,
                            &(StudentList){callback, userdata});
}

int catalog_list_students_of_no(Catalog *catalog, int64_t batch, const char *student_no,
                                StudentCallback callback, void *userdata)
{
        /* The index on student numbers begins with the point. */
        return catalog_each(catalog,
                            STUDENT_SELECT " WHERE id IN (SELECT s.id FROM point"
                                           "   CROSS JOIN student AS s ON s.batch = ?1"
                                           "   AND s.point = point.id AND s.student_no = ?2"
                                           "   AND s.student_no != '')",
                            VALUES(INTEGER(batch), TEXT(student_no)), catalog_take_student,
                            &(StudentList){callback, userdata});
}

int catalog_count_stage(Catalog *catalog, const StageQuery *query, uint64_t *ret)
{
        int r = catalog_one(catalog,
                            "SELECT count(*) FROM point CROSS JOIN student AS s"
                            " ON s.batch = ?1 AND s.point = point.id AND s.stage = ?3"
                            " AND s.stage != '' AND s.stage_since < ?4 AND s.shown = 1"
                            " WHERE ?2 = 0 OR point.id = ?2",
                            VALUES(POINT(query->where), TEXT(stage_to_string(query->stage)),
                                   INTEGER(query->before)),
                            read_integer, ret);

        return MIN(r, 0);
}

int catalog_list_stage(Catalog *catalog, const StageQuery *query, unsigned limit,
                       StudentCallback callback, void *userdata)
{
        return catalog_each(catalog,
                            STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND stage = ?3"
                                           " AND stage != '' AND stage_since < ?4 AND shown = 1"
                                           " ORDER BY stage_since LIMIT ?5",
                            VALUES(POINT(query->where), TEXT(stage_to_string(query->stage)),
                                   INTEGER(query->before), INTEGER(limit)),
                            catalog_take_student, &(StudentList){callback, userdata});
}
