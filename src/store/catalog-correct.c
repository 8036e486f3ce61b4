/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "states.h"

#include <idphoto/correctrow.h>
#include <idphoto/matchkey.h>

#include <string.h>

/* ---- numbers ---- */

static int add_correction(Catalog *catalog, const NumberChange *change)
{
        _cleanup_free_ char *key = NULL;
        int r = match_key_stored(change->id_number, &key);

        if (r < 0)
                return r;
        return catalog_run(catalog,
                           "INSERT INTO correction (student, id_number, number_key)"
                           " VALUES (?1, ?2, ?3)",
                           VALUES(INTEGER(change->student), TEXT(change->id_number), TEXT(key)));
}

/* All in two statements, as a roster is loaded (catalog-rosterload.c). Two may exchange their
 * numbers: so between the two none has any. No number holds a slash. */
int catalog_correct_numbers(Catalog *catalog, const NumberChange *changes, size_t n)
{
        static const char *const steps[] = {
                "UPDATE student SET id_number = '/' || id"
                " WHERE id IN (SELECT student FROM correction)",
                "UPDATE student SET id_number = c.id_number, number_key = c.number_key"
                " FROM correction AS c WHERE student.id = c.student",
                "DELETE FROM correction",
        };
        int r = catalog_execute(catalog, "CREATE TEMP TABLE IF NOT EXISTS correction ("
                                         "  student BIGINT NOT NULL, id_number TEXT NOT NULL,"
                                         "  number_key TEXT NOT NULL);"
                                         "DELETE FROM correction");

        for (size_t i = 0; i < n && r >= 0; i++)
                r = add_correction(catalog, &changes[i]);
        return r < 0 ? r : catalog_run_all(catalog, steps, ELEMENTSOF(steps), NO_VALUES);
}

/* Every column that a roster fills. */
#define TAKE_LISTING \
        "UPDATE student SET on_roster = 1, name = o.name, name_key = o.name_key," \
        " student_no = o.student_no, no_key = o.no_key, exam_no = o.exam_no, sex = o.sex," \
        " class = o.class," \
        " level = o.level, major = o.major FROM student AS o" \
        " WHERE student.id = ?1 AND o.id = ?2 AND o.on_roster != 0" \
        " AND (?3 != 0 OR student.on_roster = 0)"

int catalog_merge_students(Catalog *catalog, const StudentMerge *merge)
{
        static const char *const steps[] = {
                "UPDATE photo SET student = ?1 WHERE student = ?2 AND submission IN"
                " (SELECT id FROM submission WHERE student = ?2 AND student != 0)",
                "UPDATE submission SET student = ?1 WHERE student = ?2 AND student != 0",
                TAKE_LISTING,
                "UPDATE student SET rejections = student.rejections + o.rejections,"
                " state = CASE WHEN student.photo = 0 AND o.state > student.state THEN o.state"
                "   ELSE student.state END,"
                " stage = CASE WHEN student.stage = '' THEN o.stage ELSE student.stage END,"
                " stage_since = CASE WHEN student.stage = '' THEN o.stage_since"
                "   ELSE student.stage_since END"
                " FROM student AS o WHERE student.id = ?1 AND o.id = ?2",
                "UPDATE former SET student = ?1 WHERE student = ?2",
                "DELETE FROM student WHERE id = ?2 AND photo = 0",
        };

        return catalog_run_all(catalog, steps, ELEMENTSOF(steps),
                               VALUES(INTEGER(merge->keep), INTEGER(merge->gone),
                                      INTEGER(merge->listing_of_gone)));
}

int catalog_count_namesakes(Catalog *catalog, Where where, const char *name, const char *class_name,
                            uint64_t *ret)
{
        _cleanup_free_ char *key = NULL;
        int r = match_key(name, &key);

        if (r < 0)
                return r;
        r = catalog_one(catalog,
                        "SELECT count(*) FROM student WHERE batch = ?1 AND point = ?2"
                        " AND name_key = ?3 AND name_key != '' AND on_roster != 0 AND class = ?4",
                        VALUES(POINT(where), TEXT(key), TEXT(class_name)), read_integer, ret);
        return MIN(r, 0);
}

int catalog_student_busy(Catalog *catalog, int64_t student)
{
        return catalog_one(catalog,
                           "SELECT 1 FROM submission WHERE student = ?1 AND student != 0"
                           " AND " UNFINISHED " LIMIT 1",
                           VALUES(INTEGER(student)), read_nothing, NULL);
}

/* ---- from point to point ---- */

/* Finished ones, by the index on students or by that on places. */
#define OF_STUDENT "student = ?1 AND student != 0 AND " FINISHED
#define OF_POINT   "point = ?2 AND batch IN (SELECT id FROM batch) AND " FINISHED

#define BELONGINGS(whose) INTEGER((whose)->student), INTEGER((whose)->point)

/* Where something lands that leaves a dropped folder. */
#define OUT_OF_FOLDER(folder) "CASE WHEN " folder " < 0 THEN " folder " ELSE 0 END"

typedef struct IdList {
        IdCallback callback;
        void *userdata;
} IdList;

static int take_id(const SqlRows *s, void *userdata)
{
        const IdList *list = userdata;

        return list->callback(sql_integer(s, 0), list->userdata);
}

int catalog_list_rejected_of(Catalog *catalog, const Belongings *whose, IdCallback callback,
                             void *userdata)
{
        return catalog_each(catalog,
                            whose->student != 0
                                    ? "SELECT id FROM submission WHERE student = ?1"
                                      " AND student != 0 AND " REJECTED
                                    : "SELECT id FROM submission WHERE point = ?2"
                                      " AND batch IN (SELECT id FROM batch) AND " REJECTED,
                            VALUES(BELONGINGS(whose)), take_id, &(IdList){callback, userdata});
}

int catalog_move_rejected(Catalog *catalog, int64_t submission, int64_t point,
                          const char *shown_name)
{
        return catalog_run(
                catalog,
                "UPDATE submission SET point = ?2, folder = " OUT_OF_FOLDER(
                        "folder") ","
                                  " shown_name = ?3, shown_key = ?4 WHERE id = ?1",
                VALUES(INTEGER(submission), INTEGER(point), TEXT(shown_name), KEY(shown_name)));
}

/* A name that means something else at the other point is left to that. */
#define HIDE_TAKEN(which) \
        "UPDATE submission SET alias = 0 WHERE " which " AND alias = 1 AND point != ?3" \
        " AND EXISTS (SELECT 1 FROM submission AS o WHERE o.batch = submission.batch" \
        "   AND o.point = ?3 AND o.folder = " OUT_OF_FOLDER( \
                "submission.folder") "   AND o.name_key = submission.name_key AND (o." UNFINISHED \
                                     " OR o.alias = 1))"
#define MOVE_PHOTOS(which) \
        "UPDATE photo SET point = ?3 WHERE submission IN (SELECT id FROM submission WHERE " which \
        ")"
#define MOVE_SUBMISSIONS(which) \
        "UPDATE submission SET point = ?3, folder = " OUT_OF_FOLDER("folder") " WHERE " which \
                                                                              " AND point != ?3"

int catalog_move_belongings(Catalog *catalog, const Belongings *whose, int64_t point)
{
        static const char *const of_student[] = {
                HIDE_TAKEN(OF_STUDENT),
                MOVE_PHOTOS(OF_STUDENT),
                MOVE_SUBMISSIONS(OF_STUDENT),
        };
        static const char *const of_point[] = {
                HIDE_TAKEN(OF_POINT),
                MOVE_PHOTOS(OF_POINT),
                MOVE_SUBMISSIONS(OF_POINT),
        };

        return catalog_run_all(catalog, whose->student != 0 ? of_student : of_point,
                               ELEMENTSOF(of_student), VALUES(BELONGINGS(whose), INTEGER(point)));
}

int catalog_move_students(Catalog *catalog, const Belongings *whose, int64_t point)
{
        return catalog_run(catalog,
                           whose->student != 0 ? "UPDATE student SET point = ?3 WHERE id = ?1"
                                               : "UPDATE student SET point = ?3 WHERE point = ?2"
                                                 " AND batch IN (SELECT id FROM batch)",
                           VALUES(BELONGINGS(whose), INTEGER(point)));
}

typedef struct SharedList {
        SharedCallback callback;
        void *userdata;
} SharedList;

static int take_shared(const SqlRows *s, void *userdata)
{
        const SharedList *list = userdata;
        SharedStudent shared = {
                .from = sql_integer(s, 0),
                .into = sql_integer(s, 1),
                .both_photos = sql_integer(s, 2),
        };

        return list->callback(&shared, list->userdata);
}

int catalog_list_shared(Catalog *catalog, int64_t from, int64_t into, SharedCallback callback,
                        void *userdata)
{
        return catalog_each(catalog,
                            "SELECT f.id, i.id, f.photo != 0 AND i.photo != 0 FROM batch AS b"
                            " CROSS JOIN student AS f ON f.batch = b.id AND f.point = ?1"
                            " CROSS JOIN student AS i ON i.batch = b.id AND i.point = ?2"
                            "   AND i.id_number = f.id_number",
                            VALUES(INTEGER(from), INTEGER(into)), take_shared,
                            &(SharedList){callback, userdata});
}

/* ---- points ---- */

static int read_use(const SqlRows *s, void *ret)
{
        *(PointUse *)ret = (PointUse){
                .students = (uint64_t)sql_integer(s, 0),
                .listed = (uint64_t)sql_integer(s, 1),
                .photos = (uint64_t)sql_integer(s, 2),
                .files = (uint64_t)sql_integer(s, 3),
                .unfinished = (uint64_t)sql_integer(s, 4),
        };
        return 1;
}

#define AT_POINT "point = ?1 AND batch IN (SELECT id FROM batch)"

int catalog_point_use(Catalog *catalog, int64_t point, PointUse *ret)
{
        int r = catalog_one(
                catalog,
                "SELECT (SELECT count(*) FROM student WHERE " AT_POINT "),"
                " (SELECT count(*) FROM student WHERE " AT_POINT " AND on_roster = 1),"
                " (SELECT count(*) FROM photo WHERE " AT_POINT " AND current = 1),"
                " (SELECT count(*) FROM submission WHERE " AT_POINT " AND " FINISHED "),"
                " (SELECT count(*) FROM submission WHERE " AT_POINT " AND " UNFINISHED ")",
                VALUES(INTEGER(point)), read_use, ret);

        return r == 0 ? -EUCLEAN : MIN(r, 0);
}

int catalog_rename_point(Catalog *catalog, int64_t point, const char *name)
{
        int64_t renamed;

        /* Counted, so that it is known at once that another one has the name. */
        return catalog_run_counted(catalog,
                                   "UPDATE point SET name = ?2, name_key = ?3,"
                                   " version = version + 1 WHERE id = ?1",
                                   VALUES(INTEGER(point), TEXT(name), KEY(name)), &renamed);
}

int catalog_remove_point(Catalog *catalog, int64_t point)
{
        static const char *const steps[] = {
                "DELETE FROM student WHERE " AT_POINT,
                "DELETE FROM folder WHERE " AT_POINT,
                /* No folded name holds a slash, so the name is free for another point. */
                "UPDATE point SET removed = 1, name_key = name_key || '/' || id,"
                " version = version + 1 WHERE id = ?1 AND removed = 0",
        };

        return catalog_run_all(catalog, steps, ELEMENTSOF(steps), VALUES(INTEGER(point)));
}

/* ---- what was before ---- */

int catalog_add_former(Catalog *catalog, const FormerRow *row)
{
        return catalog_run(catalog,
                           "INSERT INTO former (event, student, batch, point, id_number, merged)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                           VALUES(INTEGER(row->event), INTEGER(row->student), INTEGER(row->batch),
                                  INTEGER(row->point), TEXT(row->id_number), INTEGER(row->merged)));
}

int catalog_add_former_point(Catalog *catalog, int64_t event, int64_t point)
{
        return catalog_run(
                catalog,
                "INSERT INTO former (event, student, batch, point, id_number, merged)"
                " SELECT ?2, id, batch, point, id_number, 0 FROM student WHERE " AT_POINT,
                VALUES(INTEGER(point), INTEGER(event)));
}

typedef struct FormerList {
        FormerCallback callback;
        void *userdata;
} FormerList;

static int take_former(const SqlRows *s, void *userdata)
{
        const FormerList *list = userdata;
        FormerRow row = {
                .event = sql_integer(s, 0),
                .student = sql_integer(s, 1),
                .batch = sql_integer(s, 2),
                .point = sql_integer(s, 3),
                .id_number = sql_text(s, 4),
                .merged = sql_integer(s, 5),
        };

        return row.id_number ? list->callback(&row, list->userdata) : -ENOMEM;
}

int catalog_list_former(Catalog *catalog, int64_t event, unsigned limit, FormerCallback callback,
                        void *userdata)
{
        return catalog_each(catalog,
                            "SELECT event, student, batch, point, id_number, merged FROM former"
                            " WHERE event = ?1 LIMIT ?2",
                            VALUES(INTEGER(event), INTEGER(limit)), take_former,
                            &(FormerList){callback, userdata});
}
