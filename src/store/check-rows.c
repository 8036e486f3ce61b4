/* SPDX-License-Identifier: MIT */
#include "check-internal.h"
#include "states.h"

#include <idphoto/catalog.h>

#include <inttypes.h>
#include <string.h>

static int report_damage(sqlite3_stmt *s, void *userdata)
{
        const char *text = (const char *)sqlite3_column_text(s, 0);

        if (text && strcmp(text, "ok") == 0)
                return 0;
        return checking_report(userdata, STORE_DATABASE, false, 0, 0, text);
}

static int report_reference(sqlite3_stmt *s, void *userdata)
{
        char what[128];

        (void)snprintf(what, sizeof(what), "%s %lld: %s", (const char *)sqlite3_column_text(s, 0),
                       (long long)sqlite3_column_int64(s, 1),
                       (const char *)sqlite3_column_text(s, 2));
        return checking_report(userdata, STORE_REFERENCE, false, 0, 0, what);
}

int check_database(Checking *checking)
{
        int r = catalog_each(checking->catalog, "PRAGMA integrity_check(100)", NO_VALUES,
                             report_damage, checking);

        if (r != 0)
                return r;
        return catalog_each(checking->catalog, "PRAGMA foreign_key_check", NO_VALUES,
                            report_reference, checking);
}

/* ---- counters ---- */

/* Counts in the way that the triggers count. */
#define RECOUNT \
        "SELECT batch, point, " TALLY_STUDENTS \
        " AS kind, state AS key, count(*) AS n FROM student WHERE shown" \
        " GROUP BY batch, point, state" \
        " UNION ALL SELECT batch, point, " TALLY_SUBMISSIONS \
        ", state, count(*) FROM submission WHERE temporary = 0" \
        " GROUP BY batch, point, state" \
        " UNION ALL SELECT s.batch, s.point, " TALLY_REASONS \
        ", f.code, count(*) FROM submission AS s" \
        " JOIN finding AS f ON f.submission = s.id WHERE s." REJECTED " AND f.level = 'reject'" \
        " GROUP BY s.batch, s.point, f.code"

#define FILES_OF_STUDENT \
        "SELECT count(*) FROM submission AS s WHERE s.student = student.id AND s.student != 0" \
        " AND s." REJECTED

#define STUDENT_WARNED \
        "EXISTS (SELECT 1 FROM photo AS p JOIN finding AS f ON f.submission = p.submission" \
        " WHERE p.id = student.photo AND f.level = 'warn')"

static int recount(Catalog *catalog)
{
        int r = catalog_begin(catalog, true);

        if (r < 0)
                return r;
        r = catalog_execute(catalog, "UPDATE student SET files = (" FILES_OF_STUDENT
                                     ") WHERE files != (" FILES_OF_STUDENT ");"
                                     "UPDATE student SET warned = NOT warned"
                                     " WHERE warned != " STUDENT_WARNED ";"
                                     "DELETE FROM tally;"
                                     "INSERT INTO tally (batch, point, kind, key, n) " RECOUNT ";"
                                     "UPDATE point SET version = version + 1;");
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

static int describe_count(sqlite3_stmt *s, void *userdata)
{
        Text *wrong = userdata;

        text_printf(wrong, "%s%s %s: %lld, not %lld", wrong->size > 0 ? "; " : "",
                    (const char *)sqlite3_column_text(s, 0),
                    (const char *)sqlite3_column_text(s, 1), (long long)sqlite3_column_int64(s, 3),
                    (long long)sqlite3_column_int64(s, 2));
        return 0;
}

int check_counts(Checking *checking)
{
        _cleanup_text_ Text wrong = {};
        int r;

        /* One statement is one snapshot: a daemon cannot count in between. */
        r = catalog_each(checking->catalog,
                         "SELECT CASE kind WHEN " TALLY_STUDENTS " THEN 'students'"
                         " WHEN " TALLY_SUBMISSIONS " THEN 'submissions'"
                         " WHEN " TALLY_REASONS " THEN 'reasons' WHEN -1 THEN 'files of student'"
                         " ELSE 'warnings of student' END,"
                         " key, sum(n), sum(real) FROM ("
                         "SELECT batch, point, kind, key, n, 0 AS real FROM tally UNION ALL"
                         " SELECT batch, point, kind, key, 0, n FROM (" RECOUNT ") UNION ALL"
                         " SELECT batch, point, -1, id, files, (" FILES_OF_STUDENT ") FROM student"
                         " UNION ALL SELECT batch, point, -2, id, warned, " STUDENT_WARNED
                         " FROM student)"
                         " GROUP BY batch, point, kind, key HAVING sum(n) != sum(real)",
                         NO_VALUES, describe_count, &wrong);
        if (r < 0 || wrong.error < 0)
                return MIN(r, wrong.error);
        if (wrong.size == 0)
                return 0;
        r = checking->check->repair ? recount(checking->catalog) : 0;
        if (r < 0)
                return r;
        return checking_report(checking, STORE_COUNTS, checking->check->repair, 0, 0, wrong.data);
}

/* ---- students ---- */

/* The row of the student decides. Where it names no photo of this student, the student has none. */
static int mend_student(Catalog *catalog, int64_t student)
{
        int r = catalog_begin(catalog, true);

        if (r < 0)
                return r;
        r = catalog_run(catalog,
                        "UPDATE student SET photo = 0, state = ?2 WHERE id = ?1 AND NOT EXISTS"
                        " (SELECT 1 FROM photo WHERE photo.id = student.photo AND"
                        " photo.student = student.id)",
                        VALUES(INTEGER(student), INTEGER(REVIEW_MISSING)));
        if (r >= 0)
                r = catalog_run(catalog,
                                "UPDATE photo SET current = 0 WHERE current = 1 AND"
                                " submission IN (SELECT id FROM submission WHERE student = ?1)"
                                " AND id != (SELECT photo FROM student WHERE id = ?1)",
                                VALUES(INTEGER(student)));
        if (r >= 0)
                r = catalog_run(catalog,
                                "UPDATE photo SET current = 1 WHERE id = (SELECT photo FROM"
                                " student WHERE id = ?1)",
                                VALUES(INTEGER(student)));
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

typedef struct IdList {
        int64_t *ids;
        size_t n;
        size_t room;
} IdList;

static void id_list_done(IdList *list)
{
        free(list->ids);
}

static int take_id(sqlite3_stmt *s, void *userdata)
{
        IdList *list = userdata;

        if (list->n == list->room) {
                int64_t *more = realloc(list->ids, (list->room + 64) * sizeof(*more));

                if (!more)
                        return -ENOMEM;
                list->ids = more;
                list->room += 64;
        }
        list->ids[list->n++] = sqlite3_column_int64(s, 0);
        return 0;
}

int check_students(Checking *checking)
{
        _cleanup_(id_list_done) IdList list = {};
        bool repair = checking->check->repair;
        int r = catalog_each(
                checking->catalog,
                "SELECT t.id FROM student AS t LEFT JOIN photo AS p ON p.id = t.photo"
                " WHERE (t.photo != 0 AND (p.id IS NULL OR p.student != t.id OR p.current != 1))"
                " OR (t.photo = 0 AND t.state IN (?1, ?2, ?3))"
                " UNION SELECT p.student FROM photo AS p LEFT JOIN student AS t"
                " ON t.id = p.student WHERE p.current = 1 AND (t.id IS NULL OR t.photo != p.id)",
                VALUES(INTEGER(REVIEW_PENDING), INTEGER(REVIEW_APPROVED), INTEGER(REVIEW_LOCKED)),
                take_id, &list);

        for (size_t i = 0; i < list.n && r == 0; i++) {
                r = repair ? mend_student(checking->catalog, list.ids[i]) : 0;
                if (r >= 0)
                        r = checking_report(checking, STORE_STUDENT, repair, 0, list.ids[i], NULL);
        }
        return r;
}
