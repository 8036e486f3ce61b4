/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "states.h"

#include <idphoto/matchkey.h>
#include <idphoto/rosterload.h>

#include <inttypes.h>

/*
 * Writes a whole list of students at once. Row by row, each row would be a statement that may fail,
 * and SQLite would copy its pages first for that case. So the list goes into a temporary table
 * without an index, and from there to its place in two statements. That was measured to be three
 * times as fast.
 */

/* So many new ones change what is the best way to find one. */
enum { MANY_STUDENTS = 1000 };

int catalog_roster_begin(Catalog *catalog)
{
        *catalog_roster_lines(catalog) = 0;
        return catalog_execute(catalog,
                               "CREATE TEMP TABLE IF NOT EXISTS roster_line ("
                               "  seq INTEGER PRIMARY KEY, point BIGINT NOT NULL,"
                               "  id_number TEXT NOT NULL, number_key TEXT NOT NULL,"
                               "  name TEXT NOT NULL, name_key TEXT NOT NULL,"
                               "  student_no TEXT NOT NULL, no_key TEXT NOT NULL,"
                               "  exam_no TEXT NOT NULL, sex TEXT NOT NULL, class TEXT NOT NULL,"
                               "  level TEXT NOT NULL, major TEXT NOT NULL);"
                               "DELETE FROM roster_line;");
}

int catalog_roster_add(Catalog *catalog, int64_t point, const RosterStudent *student)
{
        _cleanup_free_ char *number_key = NULL, *name_key = NULL, *no_key = NULL;
        int r = match_key_stored(student->id_number, &number_key);
        int64_t line;

        if (r >= 0)
                r = match_key(student->name, &name_key);
        if (r >= 0)
                r = match_key_stored(student->student_no, &no_key);
        if (r < 0)
                return r;
        line = ++*catalog_roster_lines(catalog);
        return catalog_run(catalog,
                           "INSERT INTO roster_line (seq, point, id_number, number_key, name,"
                           " name_key, student_no, no_key, exam_no, sex, class, level, major)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                           VALUES(INTEGER(line), INTEGER(point), TEXT(student->id_number),
                                  TEXT(number_key), TEXT(student->name), TEXT(name_key),
                                  TEXT(student->student_no), TEXT(no_key), TEXT(student->exam_no),
                                  TEXT(student->sex), TEXT(student->class_name),
                                  TEXT(student->level), TEXT(student->major)));
}

int catalog_roster_lock(Catalog *catalog, int64_t batch)
{
        char which[256];

        (void)snprintf(which, sizeof(which),
                       "SELECT point FROM roster_line UNION SELECT s.point FROM roster_line AS l"
                       " JOIN student AS s ON s.batch = %" PRId64 " AND s.id_number = l.id_number",
                       batch);
        return sql_lock_points(catalog_sql(catalog), which);
}

static int update_changed(Catalog *catalog, int64_t batch, uint64_t *ret)
{
        int64_t changed;
        int r = catalog_run_counted(
                catalog,
                "UPDATE student SET on_roster = 1, number_key = l.number_key, name = l.name,"
                " name_key = l.name_key, student_no = l.student_no, no_key = l.no_key, exam_no = l.exam_no, sex = l.sex, class = l.class,"
                " level = l.level, major = l.major"
                " FROM roster_line AS l WHERE student.batch = ?1 AND student.point = l.point"
                " AND student.id_number = l.id_number AND (student.on_roster = 0"
                "   OR student.name != l.name OR student.student_no != l.student_no"
                "   OR student.exam_no != l.exam_no OR student.sex != l.sex"
                "   OR student.class != l.class OR student.level != l.level"
                "   OR student.major != l.major)",
                VALUES(INTEGER(batch)), &changed);

        if (r >= 0)
                *ret = (uint64_t)changed;
        return r;
}

static int insert_new(Catalog *catalog, int64_t batch, int64_t now, uint64_t *ret)
{
        int64_t changed;
        int r = catalog_run_counted(
                catalog,
                "INSERT INTO student (batch, point, id_number, number_key, state, created,"
                " on_roster, name, name_key, student_no, no_key, exam_no, sex, class, level, major)"
                " SELECT ?1, l.point, l.id_number, l.number_key, " STUDENT_MISSING ", ?2, 1,"
                "   l.name, l.name_key, l.student_no, l.no_key, l.exam_no, l.sex, l.class, l.level,"
                "   l.major FROM roster_line AS l"
                " WHERE NOT EXISTS (SELECT 1 FROM student WHERE batch = ?1 AND point = l.point"
                "   AND id_number = l.id_number) ORDER BY l.seq",
                VALUES(INTEGER(batch), INTEGER(now)), &changed);

        if (r >= 0)
                *ret = (uint64_t)changed;
        return r;
}

int catalog_roster_apply(Catalog *catalog, int64_t batch, int64_t now, RosterApplied *ret)
{
        RosterApplied applied = {};
        int r;

        r = catalog_one(catalog, "SELECT coalesce(max(id), 0) FROM student", NO_VALUES,
                        read_integer, &applied.last_before);
        if (r >= 0)
                r = update_changed(catalog, batch, &applied.changed);
        if (r >= 0)
                r = insert_new(catalog, batch, now, &applied.added);
        if (r >= 0)
                r = catalog_execute(catalog, "DELETE FROM roster_line;");
        if (r >= 0 && applied.added >= MANY_STUDENTS)
                r = sql_added_many(catalog_sql(catalog));
        if (r < 0)
                return r;
        *ret = applied;
        return 0;
}

typedef struct MoveList {
        RosterMoveCallback callback;
        void *userdata;
} MoveList;

static int take_move(const SqlRows *s, void *userdata)
{
        const MoveList *list = userdata;
        RosterMove move = {
                .student = sql_integer(s, 0),
                .point = sql_integer(s, 1),
                .id_number = sql_text(s, 2),
                .other = sql_integer(s, 3),
                .other_point = sql_integer(s, 4),
        };

        return move.id_number ? list->callback(&move, list->userdata) : -ENOMEM;
}

int catalog_list_moves(Catalog *catalog, int64_t batch, int64_t after, RosterMoveCallback callback,
                       void *userdata)
{
        return catalog_each(
                catalog,
                "SELECT n.id, n.point, n.id_number, o.id, o.point FROM student AS n"
                " CROSS JOIN student AS o ON o.batch = n.batch AND o.id_number = n.id_number"
                "   AND o.id <= ?2 AND o.point != n.point"
                " WHERE n.batch = ?1 AND n.id > ?2",
                VALUES(INTEGER(batch), INTEGER(after)), take_move, &(MoveList){callback, userdata});
}
