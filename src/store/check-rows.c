/* SPDX-License-Identifier: MIT */
#include "check-internal.h"
#include "states.h"

#include <idphoto/catalog.h>

#include <inttypes.h>
#include <string.h>

static int report_fault(SqlFault fault, const char *what, void *userdata)
{
        return checking_report(userdata,
                               fault == SQL_FAULT_DAMAGE ? STORE_DATABASE : STORE_REFERENCE, false,
                               0, 0, what);
}

int check_database(Checking *checking)
{
        return sql_check(catalog_sql(checking->catalog), report_fault, checking);
}

/* ---- counters ---- */

/* A counter's key is a state's number or a reason's name. What is compared are texts. */
#define KEY_OF(column) "CAST(" column " AS TEXT)"

/* Count in the way that the triggers count. */
#define STUDENTS(key) \
        "SELECT batch, point, " TALLY_STUDENTS " AS kind, " key " AS key, count(*) AS found" \
        " FROM student WHERE shown = 1 GROUP BY batch, point, state"
#define SUBMISSIONS(key) \
        "SELECT batch, point, " TALLY_SUBMISSIONS " AS kind, " key " AS key, count(*) AS found" \
        " FROM submission WHERE temporary = 0 GROUP BY batch, point, state"
#define REASONS \
        "SELECT s.batch, s.point, " TALLY_REASONS " AS kind, f.code AS key, count(*) AS found" \
        " FROM submission AS s" \
        " JOIN finding AS f ON f.submission = s.id WHERE s." REJECTED " AND f.level = 'reject'" \
        " GROUP BY s.batch, s.point, f.code"

#define FILES_OF_STUDENT \
        "SELECT count(*) FROM submission AS s WHERE s.student = student.id AND s.student != 0" \
        " AND s." REJECTED

#define STUDENT_WARNED \
        "CASE WHEN EXISTS (SELECT 1 FROM photo AS p JOIN finding AS f" \
        " ON f.submission = p.submission WHERE p.id = student.photo AND f.level = 'warn')" \
        " THEN 1 ELSE 0 END"

/* clang-format takes a macro beside a string for an operand. */
/* clang-format off */
#define COUNT_AGAIN(what) "INSERT INTO tally (batch, point, kind, key, n) " what ";"
#define RECOUNT \
        "UPDATE student SET files = (" FILES_OF_STUDENT ") WHERE files != (" FILES_OF_STUDENT ");" \
        "UPDATE student SET warned = 1 - warned WHERE warned != " STUDENT_WARNED ";" \
        "DELETE FROM tally;" \
        COUNT_AGAIN(STUDENTS("state")) COUNT_AGAIN(SUBMISSIONS("state")) COUNT_AGAIN(REASONS) \
        "UPDATE point SET version = version + 1;"
#define FOUND(what) " SELECT batch, point, kind, key, 0, found FROM (" what ") AS again"
#define DIFFERENCES \
        "SELECT CASE kind WHEN " TALLY_STUDENTS " THEN 'students'" \
        " WHEN " TALLY_SUBMISSIONS " THEN 'submissions'" \
        " WHEN " TALLY_REASONS " THEN 'reasons' WHEN -1 THEN 'files of student'" \
        " ELSE 'warnings of student' END, key, sum(n), sum(found) FROM (" \
        "SELECT batch, point, kind, " KEY_OF("key") " AS key, n, 0 AS found FROM tally" \
        " UNION ALL" FOUND(STUDENTS(KEY_OF("state"))) \
        " UNION ALL" FOUND(SUBMISSIONS(KEY_OF("state"))) \
        " UNION ALL" FOUND(REASONS) \
        " UNION ALL SELECT batch, point, -1, " KEY_OF("id") ", files, (" FILES_OF_STUDENT ")" \
        "   FROM student" \
        " UNION ALL SELECT batch, point, -2, " KEY_OF("id") ", warned, " STUDENT_WARNED \
        "   FROM student) AS compared" \
        " GROUP BY batch, point, kind, key HAVING sum(n) != sum(found)"
/* clang-format on */

static int recount(Catalog *catalog)
{
        int r = catalog_begin(catalog, true);

        if (r < 0)
                return r;
        r = catalog_execute(catalog, RECOUNT);
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

static int describe_count(const SqlRows *s, void *userdata)
{
        Text *wrong = userdata;

        text_printf(wrong, "%s%s %s: %lld, not %lld", wrong->size > 0 ? "; " : "", sql_text(s, 0),
                    sql_text(s, 1), (long long)sql_integer(s, 3), (long long)sql_integer(s, 2));
        return 0;
}

int check_counts(Checking *checking)
{
        _cleanup_text_ Text wrong = {};
        int r;

        /* One statement is one snapshot: a daemon cannot count in between. */
        r = catalog_each(checking->catalog, DIFFERENCES, NO_VALUES, describe_count, &wrong);
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

static int take_id(const SqlRows *s, void *userdata)
{
        IdList *list = userdata;

        if (list->n == list->room) {
                int64_t *more = realloc(list->ids, (list->room + 64) * sizeof(*more));

                if (!more)
                        return -ENOMEM;
                list->ids = more;
                list->room += 64;
        }
        list->ids[list->n++] = sql_integer(s, 0);
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
