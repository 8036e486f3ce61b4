/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/idnumber.h>
#include <idphoto/personname.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>

#include <string.h>

/* Students as a roster names them. */

int catalog_list_missing(Catalog *catalog, Where where, int64_t after, StudentCallback callback,
                         void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          "SELECT " CATALOG_STUDENT_COLUMNS " FROM student"
                          " WHERE batch = ?1 AND point = ?2 AND photo = 0 AND id > ?3 ORDER BY id",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(after)), &s);
        if (r < 0)
                return r;
        return catalog_list_student_rows(s, callback, userdata);
}

int catalog_list_students(Catalog *catalog, Where where, int64_t after, StudentCallback callback,
                          void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          where.point != 0
                                  ? "SELECT " CATALOG_STUDENT_COLUMNS " FROM student"
                                    " WHERE batch = ?1 AND point = ?2 AND id > ?3 ORDER BY id"
                                  /* +: no index, which would have a million rows sorted. */
                                  : "SELECT " CATALOG_STUDENT_COLUMNS " FROM student"
                                    " WHERE +batch = ?1 AND ?2 = 0 AND id > ?3 ORDER BY id",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(after)), &s);
        if (r < 0)
                return r;
        return catalog_list_student_rows(s, callback, userdata);
}

int catalog_point_has_roster(Catalog *catalog, Where where)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                "SELECT 1 FROM student WHERE batch = ?1 AND point = ?2 AND on_roster = 1 LIMIT 1",
                VALUES(INTEGER(where.batch), INTEGER(where.point)), &s);
        if (r < 0)
                return r;
        return statement_step(s);
}

int catalog_find_student_by_no(Catalog *catalog, Where where, const char *student_no,
                               StudentRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        if (!*student_no)
                return 0;
        r = catalog_query(
                catalog,
                "SELECT " CATALOG_STUDENT_COLUMNS " FROM student"
                " WHERE batch = ?1 AND point = ?2 AND student_no = ?3 AND student_no != ''"
                " AND on_roster != 0 LIMIT 1",
                VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(student_no)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? catalog_read_student(s, ret) : r;
}

int catalog_find_student_by_name(Catalog *catalog, Where where, const char *name, StudentRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        _cleanup_free_ char *key = NULL;
        _cleanup_student_ StudentRow row = {};
        int r;

        r = person_name_key(name, &key);
        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        if (!*key)
                return 0;
        r = catalog_query(catalog,
                          "SELECT " CATALOG_STUDENT_COLUMNS " FROM student"
                          " WHERE batch = ?1 AND point = ?2 AND name_key = ?3 AND name_key != ''"
                          " AND on_roster != 0 LIMIT 2",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(key)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r <= 0)
                return r;
        r = catalog_read_student(s, &row);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r < 0)
                return r;
        *ret = row;
        row = (StudentRow){};
        return r > 0 ? 2 : 1;
}

int catalog_nearest_number(Catalog *catalog, Where where, const char *number, char **ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        _cleanup_free_ char *found = NULL;
        int r;

        r = catalog_query(
                catalog,
                "SELECT id_number FROM student WHERE batch = ?1 AND point = ?2 AND on_roster = 1",
                VALUES(INTEGER(where.batch), INTEGER(where.point)), &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                const char *other = (const char *)sqlite3_column_text(s, 0);

                if (!other || !id_number_near(number, other))
                        continue;
                if (found)
                        return 0;
                found = strdup(other);
                if (!found)
                        return -ENOMEM;
        }
        if (r < 0 || !found)
                return r;
        *ret = TAKE_PTR(found);
        return 1;
}

static bool same_text(sqlite3_stmt *s, int column, const char *text)
{
        const char *old = (const char *)sqlite3_column_text(s, column);

        return old && strcmp(old, text) == 0;
}

static int add_from_roster(Catalog *catalog, Where where, const RosterStudent *student,
                           const char *key, int64_t now)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                "INSERT INTO student (batch, point, id_number, state, created, on_roster, name, name_key,"
                " student_no, exam_no, sex, class, level, major)"
                " VALUES (?1, ?2, ?3, 0, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(student->id_number),
                       INTEGER(now), TEXT(student->name), TEXT(key), TEXT(student->student_no),
                       TEXT(student->exam_no), TEXT(student->sex), TEXT(student->class_name),
                       TEXT(student->level), TEXT(student->major)),
                &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        return r < 0 ? r : 1;
}

static int update_from_roster(Catalog *catalog, int64_t id, const RosterStudent *student,
                              const char *key)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                "UPDATE student SET on_roster = 1, name = ?2, name_key = ?3, student_no = ?4, exam_no = ?5,"
                " sex = ?6, class = ?7, level = ?8, major = ?9 WHERE id = ?1",
                VALUES(INTEGER(id), TEXT(student->name), TEXT(key), TEXT(student->student_no),
                       TEXT(student->exam_no), TEXT(student->sex), TEXT(student->class_name),
                       TEXT(student->level), TEXT(student->major)),
                &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        return r < 0 ? r : 2;
}

int catalog_put_roster_student(Catalog *catalog, Where where, const RosterStudent *student,
                               int64_t now)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        _cleanup_free_ char *key = NULL;
        int r;

        r = person_name_key(student->name, &key);
        if (r < 0)
                return r;
        r = catalog_query(
                catalog,
                "SELECT id, on_roster, name, student_no, exam_no, sex, class, level, major FROM student"
                " WHERE batch = ?1 AND point = ?2 AND id_number = ?3",
                VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(student->id_number)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r < 0)
                return r;
        if (r == 0)
                return add_from_roster(catalog, where, student, key, now);
        if (sqlite3_column_int(s, 1) && same_text(s, 2, student->name) &&
            same_text(s, 3, student->student_no) && same_text(s, 4, student->exam_no) &&
            same_text(s, 5, student->sex) && same_text(s, 6, student->class_name) &&
            same_text(s, 7, student->level) && same_text(s, 8, student->major))
                return 0;
        return update_from_roster(catalog, sqlite3_column_int64(s, 0), student, key);
}

int catalog_remove_student(Catalog *catalog, int64_t id)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                "DELETE FROM student WHERE id = ?1 AND photo = 0"
                " AND NOT EXISTS (SELECT 1 FROM submission WHERE student = ?1 AND student != 0)",
                VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        if (r < 0)
                return r;
        return catalog_changes(catalog) > 0 ? 0 : -EPERM;
}

int catalog_unlist_student(Catalog *catalog, int64_t id)
{
        /* The state as it was: whoever reads a status file is told by the trigger on it. */
        return catalog_run(catalog, "UPDATE student SET on_roster = 0, state = state WHERE id = ?1",
                           VALUES(INTEGER(id)));
}
