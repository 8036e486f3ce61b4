/* SPDX-License-Identifier: MIT */
#include "catalog-student.h"
#include "states.h"

/* Students. */

void student_row_done(StudentRow *row)
{
        free(row->id_number);
        free(row->name);
        free(row->student_no);
        free(row->class_name);
        free(row->major);
        *row = (StudentRow){};
}

int catalog_read_student(const SqlRows *s, void *ret)
{
        _cleanup_student_ StudentRow row = {
                .id = sql_integer(s, 0),
                .batch = sql_integer(s, 1),
                .point = sql_integer(s, 2),
                .state = (ReviewState)sql_integer(s, 4),
                .photo = sql_integer(s, 5),
                .on_roster = sql_integer(s, 6),
                .rejections = (unsigned)sql_integer(s, 11),
                .stage_since = sql_integer(s, 13),
                .shown = sql_integer(s, 14),
                .files = (unsigned)sql_integer(s, 15),
        };
        const char *stage = sql_text(s, 12);
        int r;

        /* A stage that a newer version wrote counts as none. */
        row.stage = MAX(stage ? stage_from_string(stage) : STAGE_NONE, STAGE_NONE);
        r = sql_copy_text(s, 3, &row.id_number);
        if (r >= 0)
                r = sql_copy_text(s, 7, &row.name);
        if (r >= 0)
                r = sql_copy_text(s, 8, &row.student_no);
        if (r >= 0)
                r = sql_copy_text(s, 9, &row.class_name);
        if (r >= 0)
                r = sql_copy_text(s, 10, &row.major);
        if (r < 0)
                return r;
        *(StudentRow *)ret = row;
        row = (StudentRow){};
        return 1;
}

int catalog_take_student(const SqlRows *s, void *userdata)
{
        const StudentList *list = userdata;
        _cleanup_student_ StudentRow row = {};
        int r = catalog_read_student(s, &row);

        return r < 0 ? r : list->callback(&row, list->userdata);
}

int catalog_find_student(Catalog *catalog, Where where, const char *id_number, StudentRow *ret)
{
        return catalog_one(catalog,
                           STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND id_number = ?3",
                           VALUES(POINT(where), TEXT(id_number)), catalog_read_student, ret);
}

int catalog_get_student(Catalog *catalog, int64_t id, StudentRow *ret)
{
        return catalog_one(catalog, STUDENT_SELECT " WHERE id = ?1", VALUES(INTEGER(id)),
                           catalog_read_student, ret);
}

int catalog_get_student_of(Catalog *catalog, int64_t submission, StudentRow *ret)
{
        return catalog_one(catalog,
                           STUDENT_SELECT
                           " WHERE id = (SELECT student FROM submission WHERE id = ?1)",
                           VALUES(INTEGER(submission)), catalog_read_student, ret);
}

int catalog_add_student(Catalog *catalog, Where where, const char *id_number, int64_t now,
                        int64_t *ret_id)
{
        return catalog_insert(catalog,
                              "INSERT INTO student (batch, point, id_number, state, created)"
                              " VALUES (?1, ?2, ?3, " STUDENT_MISSING ", ?4) RETURNING id",
                              VALUES(POINT(where), TEXT(id_number), INTEGER(now)), ret_id);
}

int catalog_set_student(Catalog *catalog, int64_t id, ReviewState state, int64_t photo)
{
        static const char *const steps[] = {
                "UPDATE photo SET current = 0 WHERE id = (SELECT photo FROM student WHERE id = ?1)",
                "UPDATE student SET state = ?2, photo = ?3 WHERE id = ?1",
                "UPDATE photo SET current = 1, student = ?1 WHERE id = ?3",
        };

        return catalog_run_all(catalog, steps, ELEMENTSOF(steps),
                               VALUES(INTEGER(id), INTEGER(state), INTEGER(photo)));
}

int catalog_count_rejection(Catalog *catalog, int64_t id)
{
        return catalog_run(catalog, "UPDATE student SET rejections = rejections + 1 WHERE id = ?1",
                           VALUES(INTEGER(id)));
}

int catalog_remove_student(Catalog *catalog, int64_t id)
{
        int64_t removed;
        int r = catalog_run_counted(
                catalog,
                "DELETE FROM student WHERE id = ?1 AND photo = 0"
                " AND NOT EXISTS (SELECT 1 FROM submission WHERE student = ?1 AND student != 0)",
                VALUES(INTEGER(id)), &removed);

        if (r < 0)
                return r;
        return removed > 0 ? 0 : -EPERM;
}

int catalog_unlist_student(Catalog *catalog, int64_t id)
{
        /* Sets the state to what it was: the trigger on the state then tells the readers of status
         * files. */
        return catalog_run(catalog, "UPDATE student SET on_roster = 0, state = state WHERE id = ?1",
                           VALUES(INTEGER(id)));
}

int catalog_list_missing(Catalog *catalog, Where where, int64_t after, StudentCallback callback,
                         void *userdata)
{
        return catalog_each(catalog,
                            STUDENT_SELECT " WHERE batch = ?1 AND point = ?2 AND photo = 0"
                                           " AND shown = 1 AND id > ?3 ORDER BY id",
                            VALUES(POINT(where), INTEGER(after)), catalog_take_student,
                            &(StudentList){callback, userdata});
}

int catalog_list_students(Catalog *catalog, Where where, int64_t after, StudentCallback callback,
                          void *userdata)
{
        return catalog_each(catalog,
                            where.point != 0
                                    ? STUDENT_SELECT
                                    " WHERE batch = ?1 AND point = ?2 AND id > ?3 ORDER BY id"
                                    /* + keeps SQLite from an index by which it would sort a million
                                     * rows. */
                                    : STUDENT_SELECT " WHERE +batch = ?1 AND id > ?3 ORDER BY id",
                            VALUES(POINT(where), INTEGER(after)), catalog_take_student,
                            &(StudentList){callback, userdata});
}
