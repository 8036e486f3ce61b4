/* SPDX-License-Identifier: MIT */
#include "check-internal.h"

#include <idphoto/catalog.h>

#include <inttypes.h>
#include <string.h>

static const char *const fault_names[_STORE_FAULT_MAX] = {
        [STORE_DATABASE] = "database",
        [STORE_REFERENCE] = "reference",
        [STORE_ORIGINAL_MISSING] = "original-missing",
        [STORE_ORIGINAL_CHANGED] = "original-changed",
        [STORE_PHOTO_MISSING] = "photo-missing",
        [STORE_PHOTO_CHANGED] = "photo-changed",
        [STORE_ORPHAN] = "orphan",
        [STORE_STAGING] = "staging",
        [STORE_COUNTS] = "counts",
        [STORE_STUDENT] = "student",
};

const char *store_fault_to_string(StoreFault fault)
{
        return fault < _STORE_FAULT_MAX ? fault_names[fault] : NULL;
}

int checking_report(Checking *checking, StoreFault fault, bool repaired, int64_t submission,
                    int64_t student, const char *what)
{
        StoreProblem problem = {.fault = fault,
                                .repaired = repaired,
                                .submission = submission,
                                .student = student,
                                .what = what ? what : ""};

        return checking->check->problem(&problem, checking->check->userdata);
}

int check_database(Checking *checking)
{
        _cleanup_statement_ sqlite3_stmt *sound = NULL, *references = NULL;
        int r;

        r = catalog_query(checking->catalog, "PRAGMA integrity_check(100)", NULL, 0, &sound);
        if (r < 0)
                return r;
        while ((r = statement_step(sound)) > 0) {
                const char *text = (const char *)sqlite3_column_text(sound, 0);

                if (text && strcmp(text, "ok") == 0)
                        continue;
                r = checking_report(checking, STORE_DATABASE, false, 0, 0, text);
                if (r != 0)
                        return r;
        }
        if (r < 0)
                return r;
        r = catalog_query(checking->catalog, "PRAGMA foreign_key_check", NULL, 0, &references);
        if (r < 0)
                return r;
        while ((r = statement_step(references)) > 0) {
                char what[128];

                (void)snprintf(what, sizeof(what), "%s %lld: %s",
                               (const char *)sqlite3_column_text(references, 0),
                               (long long)sqlite3_column_int64(references, 1),
                               (const char *)sqlite3_column_text(references, 2));
                r = checking_report(checking, STORE_REFERENCE, false, 0, 0, what);
                if (r != 0)
                        return r;
        }
        return r;
}

/* ---- counters ---- */

/* As the triggers count. */
#define RECOUNT \
        "SELECT batch, point, 0 AS kind, state AS key, count(*) AS n FROM student" \
        " GROUP BY batch, point, state" \
        " UNION ALL SELECT batch, point, 1, state, count(*) FROM submission WHERE temporary = 0" \
        " GROUP BY batch, point, state" \
        " UNION ALL SELECT s.batch, s.point, 2, f.code, count(*) FROM submission AS s" \
        " JOIN finding AS f ON f.submission = s.id WHERE s.state = 5 AND f.level = 'reject'" \
        " GROUP BY s.batch, s.point, f.code"

static int recount(Catalog *catalog)
{
        int r = catalog_begin(catalog, true);

        if (r < 0)
                return r;
        r = catalog_execute(catalog, "DELETE FROM tally;"
                                     "INSERT INTO tally (batch, point, kind, key, n) " RECOUNT ";"
                                     "UPDATE point SET version = version + 1;");
        if (r < 0) {
                catalog_rollback(catalog);
                return r;
        }
        return catalog_commit(catalog);
}

int check_counts(Checking *checking)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        _cleanup_text_ Text wrong = {};
        int r;

        /* One statement is one snapshot: a daemon cannot count in between. */
        r = catalog_query(checking->catalog,
                          "SELECT kind, key, sum(n), sum(real) FROM ("
                          "SELECT batch, point, kind, key, n, 0 AS real FROM tally UNION ALL"
                          " SELECT batch, point, kind, key, 0, n FROM (" RECOUNT "))"
                          " GROUP BY batch, point, kind, key HAVING sum(n) != sum(real)",
                          NULL, 0, &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0)
                text_printf(&wrong, "%s%s %s: %lld, not %lld", wrong.size > 0 ? "; " : "",
                            sqlite3_column_int(s, 0) == 0   ? "students"
                            : sqlite3_column_int(s, 0) == 1 ? "submissions"
                                                            : "reasons",
                            (const char *)sqlite3_column_text(s, 1),
                            (long long)sqlite3_column_int64(s, 3),
                            (long long)sqlite3_column_int64(s, 2));
        if (r < 0 || wrong.error < 0)
                return MIN(r, wrong.error);
        if (wrong.size == 0)
                return 0;
        (void)sqlite3_reset(s);
        r = checking->check->repair ? recount(checking->catalog) : 0;
        if (r < 0)
                return r;
        return checking_report(checking, STORE_COUNTS, checking->check->repair, 0, 0, wrong.data);
}

/* ---- students ---- */

/* The student's word counts; where it names no photo of theirs, there is none. */
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

static int find_students(Catalog *catalog, int64_t **ret, size_t *ret_n)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        _cleanup_free_ int64_t *ids = NULL;
        size_t n = 0, room = 0;
        int r;

        r = catalog_query(
                catalog,
                "SELECT t.id FROM student AS t LEFT JOIN photo AS p ON p.id = t.photo"
                " WHERE (t.photo != 0 AND (p.id IS NULL OR p.student != t.id OR p.current != 1))"
                " OR (t.photo = 0 AND t.state IN (?1, ?2, ?3))"
                " UNION SELECT p.student FROM photo AS p LEFT JOIN student AS t"
                " ON t.id = p.student WHERE p.current = 1 AND (t.id IS NULL OR t.photo != p.id)",
                VALUES(INTEGER(REVIEW_PENDING), INTEGER(REVIEW_APPROVED), INTEGER(REVIEW_LOCKED)),
                &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                if (n == room) {
                        int64_t *more = realloc(ids, (room + 64) * sizeof(*ids));

                        if (!more)
                                return -ENOMEM;
                        ids = more;
                        room += 64;
                }
                ids[n++] = sqlite3_column_int64(s, 0);
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(ids);
        *ret_n = n;
        return 0;
}

int check_students(Checking *checking)
{
        _cleanup_free_ int64_t *ids = NULL;
        size_t n = 0;
        int r = find_students(checking->catalog, &ids, &n);

        for (size_t i = 0; i < n && r == 0; i++) {
                r = checking->check->repair ? mend_student(checking->catalog, ids[i]) : 0;
                if (r >= 0)
                        r = checking_report(checking, STORE_STUDENT, checking->check->repair, 0,
                                            ids[i], NULL);
        }
        return r;
}

int store_check(const Store *store, Catalog *catalog, const StoreCheck *check)
{
        Checking checking = {.store = store,
                             .catalog = catalog,
                             .check = check,
                             .daemon = store_daemon_running(store)};
        int r = check_database(&checking);

        if (r == 0)
                r = check_blobs(&checking);
        if (r == 0)
                r = check_staging(&checking);
        if (r == 0)
                r = check_students(&checking);
        /* Last: what was repaired before it is counted too. */
        if (r == 0)
                r = check_counts(&checking);
        if (checking.claimed)
                store_release(store);
        return r;
}
