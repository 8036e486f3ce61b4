/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "collect.h"

#include <idphoto/point.h>
#include <idphoto/submission.h>

#include <math.h>
#include <string.h>

/* Submissions and their findings. The numbers of the states stand in partial indexes and triggers
 * of the schema. */

_Static_assert(SUBMISSION_ACCEPTED == 4 && SUBMISSION_REJECTED == 5,
               "the schema's indexes name these numbers");

static const char *const state_names[_SUBMISSION_STATE_MAX] = {
        [SUBMISSION_OPEN] = "open",
        [SUBMISSION_RECEIVED] = "received",
        [SUBMISSION_PASSED] = "passed",
        [SUBMISSION_FAILED] = "failed",
        [SUBMISSION_ACCEPTED] = "accepted",
        [SUBMISSION_REJECTED] = "rejected",
        [SUBMISSION_SUPERSEDED] = "superseded",
        [SUBMISSION_DISMISSED] = "dismissed",
        [SUBMISSION_WITHDRAWN] = "withdrawn",
        [SUBMISSION_UNCHANGED] = "unchanged",
};

const char *submission_state_to_string(SubmissionState state)
{
        return state >= 0 && state < _SUBMISSION_STATE_MAX ? state_names[state] : NULL;
}

void submission_row_done(SubmissionRow *row)
{
        free(row->name);
        free(row->shown_name);
        free(row->suggestion);
        *row = (SubmissionRow){};
}

#define SUBMISSION_COLUMNS \
        "id, batch, point, folder, name, shown_name, temporary, state, size, mtime, mode, uid, " \
        "gid, created, received, applied, original, student, photo, actor, suggestion, generation, " \
        "replaces, changed"

static int read_submission(sqlite3_stmt *s, SubmissionRow *ret)
{
        _cleanup_submission_ SubmissionRow row = {
                .id = sqlite3_column_int64(s, 0),
                .batch = sqlite3_column_int64(s, 1),
                .point = sqlite3_column_int64(s, 2),
                .folder = sqlite3_column_int64(s, 3),
                .temporary = sqlite3_column_int(s, 6),
                .state = (SubmissionState)sqlite3_column_int(s, 7),
                .size = (uint64_t)sqlite3_column_int64(s, 8),
                .mtime = sqlite3_column_int64(s, 9),
                .mode = (mode_t)sqlite3_column_int64(s, 10),
                .uid = (uid_t)sqlite3_column_int64(s, 11),
                .gid = (gid_t)sqlite3_column_int64(s, 12),
                .created = sqlite3_column_int64(s, 13),
                .received = sqlite3_column_int64(s, 14),
                .applied = sqlite3_column_int64(s, 15),
                .student = sqlite3_column_int64(s, 17),
                .photo = sqlite3_column_int64(s, 18),
                .actor = (uid_t)sqlite3_column_int64(s, 19),
                .generation = sqlite3_column_int64(s, 21),
                .replaces = sqlite3_column_int64(s, 22),
                .changed = sqlite3_column_int64(s, 23),
        };
        int r;

        row.has_original = column_hash(s, 16, &row.original);
        r = column_text(s, 4, &row.name);
        if (r < 0)
                return r;
        r = column_text(s, 5, &row.shown_name);
        if (r < 0)
                return r;
        r = column_text(s, 20, &row.suggestion);
        if (r < 0)
                return r;
        *ret = row;
        row = (SubmissionRow){};
        return 1;
}

int catalog_add_submission(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = text_fold(row->name, &key);
        if (r < 0)
                return r;
        r = catalog_query(
                catalog,
                "INSERT INTO submission (batch, point, folder, name, name_key, "
                "temporary, state, mtime, mode,"
                " uid, gid, created, size, actor, replaces)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                VALUES(INTEGER(row->batch), INTEGER(row->point), INTEGER(row->folder),
                       TEXT(row->name), TEXT(key), INTEGER(row->temporary), INTEGER(row->mtime),
                       INTEGER(row->mode), INTEGER(row->uid), INTEGER(row->gid),
                       INTEGER(row->created), INTEGER(row->size), INTEGER(row->actor),
                       INTEGER(row->replaces)),
                &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        if (r < 0)
                return r;
        *ret_id = catalog_last_id(catalog);
        return 0;
}

int catalog_add_version(Catalog *catalog, int64_t id, const Sha256 *original, uint64_t size,
                        int64_t now, int64_t *ret_id)
{
        int r = catalog_need_blob(catalog, original);

        if (r < 0)
                return r;
        r = catalog_run(
                catalog,
                "INSERT INTO submission (batch, point, folder, name, name_key, temporary, alias,"
                " state, size, mtime, mode, uid, gid, actor, created, received, applied, original)"
                " SELECT batch, point, folder, name, name_key, 0, 0, 6, ?3, mtime, mode, uid, gid,"
                " actor, created, ?4, ?4, ?2 FROM submission WHERE id = ?1",
                VALUES(INTEGER(id), HASH(original), INTEGER(size), INTEGER(now)));

        if (r < 0)
                return r;
        *ret_id = catalog_last_id(catalog);
        return 0;
}

int catalog_get_submission(Catalog *catalog, int64_t id, SubmissionRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT " SUBMISSION_COLUMNS " FROM submission WHERE id = ?1",
                          VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_submission(s, ret) : r;
}

static int find_by_name(Catalog *catalog, const char *sql, Where where, const char *name,
                        SubmissionRow *ret)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r == -EILSEQ ? 0 : r;
        r = catalog_query(catalog, sql,
                          VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(where.folder),
                                 TEXT(key)),
                          &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_submission(s, ret) : r;
}

int catalog_find_upload(Catalog *catalog, Where where, const char *name, SubmissionRow *ret)
{
        return find_by_name(
                catalog,
                "SELECT " SUBMISSION_COLUMNS " FROM submission"
                " WHERE batch = ?1 AND point = ?2 AND folder = ?3 AND name_key = ?4 AND state < 4"
                " ORDER BY id DESC LIMIT 1",
                where, name, ret);
}

int catalog_find_alias(Catalog *catalog, Where where, const char *name, SubmissionRow *ret)
{
        return find_by_name(
                catalog,
                "SELECT " SUBMISSION_COLUMNS " FROM submission"
                " WHERE batch = ?1 AND point = ?2 AND folder = ?3 AND name_key = ?4 AND state >= 4"
                " AND alias = 1 ORDER BY id DESC LIMIT 1",
                where, name, ret);
}

int catalog_find_rejected(Catalog *catalog, Where where, const char *shown_name, SubmissionRow *ret)
{
        return find_by_name(catalog,
                            "SELECT " SUBMISSION_COLUMNS " FROM submission"
                            " WHERE batch = ?1 AND point = ?2 AND ?3 = 0 AND shown_key = ?4 AND "
                            "state = 5 LIMIT 1",
                            (Where){where.batch, where.point}, shown_name, ret);
}

int catalog_find_rejected_drop(Catalog *catalog, Where where, const char *name, SubmissionRow *ret)
{
        return find_by_name(
                catalog,
                "SELECT " SUBMISSION_COLUMNS " FROM submission"
                " WHERE batch = ?1 AND point = ?2 AND folder = ?3 AND name_key = ?4 AND state = 5"
                " ORDER BY id DESC LIMIT 1",
                where, name, ret);
}

static int list_submissions(sqlite3_stmt *s, SubmissionCallback callback, void *userdata)
{
        int r;

        while ((r = statement_step(s)) > 0) {
                _cleanup_submission_ SubmissionRow row = {};

                r = read_submission(s, &row);
                if (r >= 0)
                        r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

#define UPLOADS_SELECT(temporary) \
        "SELECT " SUBMISSION_COLUMNS " FROM submission" \
        " WHERE batch = ?1 AND point = ?2 AND folder = ?3 AND id > ?4 AND state < 4" \
        " AND temporary = " temporary " ORDER BY id"

int catalog_list_uploads(Catalog *catalog, Where where, int64_t after, SubmissionCallback callback,
                         void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, UPLOADS_SELECT("0"),
                          VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(where.folder),
                                 INTEGER(after)),
                          &s);
        return r < 0 ? r : list_submissions(s, callback, userdata);
}

int catalog_list_temporary_uploads(Catalog *catalog, Where where, int64_t after,
                                   SubmissionCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, UPLOADS_SELECT("1"),
                          VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(where.folder),
                                 INTEGER(after)),
                          &s);
        return r < 0 ? r : list_submissions(s, callback, userdata);
}

int catalog_list_rejected(Catalog *catalog, Where where, int64_t after, SubmissionCallback callback,
                          void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          "SELECT " SUBMISSION_COLUMNS " FROM submission"
                          " WHERE batch = ?1 AND point = ?2 AND state = 5 AND id > ?3 ORDER BY id",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(after)), &s);
        if (r < 0)
                return r;
        return list_submissions(s, callback, userdata);
}

/* Two listings in the order of their index, merged: a sort would read all names for each piece. */
#define ALIASES_SELECT(folder) \
        "SELECT " SUBMISSION_COLUMNS " FROM submission AS a" \
        " WHERE batch = ?1 AND point = ?2 AND folder = " folder " AND id > ?5" \
        " AND state >= 4 AND alias = 1" \
        " AND NOT EXISTS (SELECT 1 FROM submission AS b WHERE b.batch = ?1 AND b.point = ?2" \
        "   AND b.folder IN (?3, ?4) AND b.name_key = a.name_key AND b.id > a.id" \
        "   AND b.state >= 4 AND b.alias = 1)"

int catalog_list_aliases(Catalog *catalog, Where where, int64_t after, SubmissionCallback callback,
                         void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                ALIASES_SELECT("?3") " UNION ALL " ALIASES_SELECT("?4") " AND ?4 != ?3 ORDER BY id",
                VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(where.folder),
                       INTEGER(where.folder == FOLDER_SUBMITTED ? FOLDER_POINT : where.folder),
                       INTEGER(after)),
                &s);
        if (r < 0)
                return r;
        return list_submissions(s, callback, userdata);
}

int catalog_max_submission(Catalog *catalog, int64_t *ret)
{
        return catalog_query_integer(
                catalog,
                "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'submission'), 0)",
                ret);
}

int catalog_list_by_state(Catalog *catalog, SubmissionState state, int64_t after,
                          SubmissionCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          "SELECT " SUBMISSION_COLUMNS " FROM submission"
                          " WHERE state = ?1 AND state < 4 AND id > ?2 ORDER BY id",
                          VALUES(INTEGER(state), INTEGER(after)), &s);
        if (r < 0)
                return r;
        return list_submissions(s, callback, userdata);
}

int catalog_set_submission_name(Catalog *catalog, int64_t id, int64_t folder, const char *name,
                                bool temporary)
{
        _cleanup_free_ char *key = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r;
        return catalog_run(
                catalog,
                "UPDATE submission SET folder = ?2, name = ?3, name_key = ?4, "
                "temporary = ?5, replaces = 0 WHERE id = ?1",
                VALUES(INTEGER(id), INTEGER(folder), TEXT(name), TEXT(key), INTEGER(temporary)));
}

/* The unfinished submissions in folder ?1 and below. */
#define FOLDER_UPLOADS \
        " WHERE state < 4 AND folder IN (WITH RECURSIVE below (batch, point, id) AS" \
        "  (SELECT batch, point, id FROM folder WHERE id = ?1" \
        "   UNION SELECT f.batch, f.point, f.id FROM below JOIN folder AS f" \
        "    ON f.batch = below.batch AND f.point = below.point AND f.parent = below.id)" \
        "  SELECT id FROM below)" \
        " AND (batch, point) = (SELECT batch, point FROM folder WHERE id = ?1)"

static int run_each(Catalog *catalog, const char *const *statements, size_t n, const Value *values,
                    size_t n_values)
{
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++)
                r = catalog_run(catalog, statements[i], values, n_values);
        return r;
}

int catalog_advance_submission(Catalog *catalog, int64_t id, SubmissionState state)
{
        static const char *const drop_verdict[] = {
                "DELETE FROM finding WHERE submission = ?1",
                "DELETE FROM photo WHERE submission = ?1 AND current = 0",
        };
        int r = run_each(catalog, drop_verdict, ELEMENTSOF(drop_verdict), VALUES(INTEGER(id)));

        if (r < 0)
                return r;
        return catalog_run(catalog,
                           "UPDATE submission SET generation = generation + 1, state = ?2,"
                           " student = 0, photo = 0, suggestion = '' WHERE id = ?1 AND state < 4",
                           VALUES(INTEGER(id), INTEGER(state)));
}

int catalog_advance_folder(Catalog *catalog, int64_t folder)
{
        static const char *const statements[] = {
                "DELETE FROM finding WHERE submission IN (SELECT id FROM submission" FOLDER_UPLOADS
                ")",
                "DELETE FROM photo WHERE current = 0 AND submission IN (SELECT id FROM"
                " submission" FOLDER_UPLOADS ")",
                "UPDATE submission SET generation = generation + 1, student = 0, photo = 0,"
                " suggestion = '', state = min(state, 1)" FOLDER_UPLOADS,
        };

        return run_each(catalog, statements, ELEMENTSOF(statements), VALUES(INTEGER(folder)));
}

int catalog_list_folder_uploads(Catalog *catalog, int64_t folder,
                                int (*callback)(int64_t id, void *userdata), void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(catalog, "SELECT id FROM submission" FOLDER_UPLOADS,
                              VALUES(INTEGER(folder)), &s);

        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                r = callback(sqlite3_column_int64(s, 0), userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int catalog_set_submission_attributes(Catalog *catalog, int64_t id, mode_t mode, uid_t uid,
                                      gid_t gid, int64_t mtime)
{
        _cleanup_statement_ sqlite3_stmt *submission = NULL, *photo = NULL;
        int r;

        r = catalog_query(
                catalog,
                "UPDATE submission SET mode = ?2, uid = ?3, gid = ?4, mtime = ?5 WHERE id = ?1",
                VALUES(INTEGER(id), INTEGER(mode), INTEGER(uid), INTEGER(gid), INTEGER(mtime)),
                &submission);
        if (r < 0)
                return r;
        r = statement_run(submission);
        if (r < 0)
                return r;
        r = catalog_query(catalog,
                          "UPDATE photo SET mtime = ?2 WHERE id = (SELECT photo FROM submission "
                          "WHERE id = ?1)",
                          VALUES(INTEGER(id), INTEGER(mtime)), &photo);
        if (r < 0)
                return r;
        return statement_run(photo);
}

int catalog_set_submission_state(Catalog *catalog, int64_t id, SubmissionState state)
{
        return catalog_run(catalog, "UPDATE submission SET state = ?2 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(state)));
}

int catalog_set_submission_received(Catalog *catalog, int64_t id, uint64_t size, int64_t mtime,
                                    int64_t now)
{
        return catalog_run(catalog,
                           "UPDATE submission SET state = 1, size = ?2, mtime = ?3, received = ?4 "
                           "WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(size), INTEGER(mtime), INTEGER(now)));
}

int catalog_set_submission_original(Catalog *catalog, int64_t id, const Sha256 *original,
                                    uint64_t size)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = original ? catalog_need_blob(catalog, original) : 0;
        if (r < 0)
                return r;
        r = catalog_query(catalog, "UPDATE submission SET original = ?2, size = ?3 WHERE id = ?1",
                          VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        if (original)
                bind_hash(s, 2, original);
        bind_integer(s, 3, (int64_t)size);
        return statement_run(s);
}

int catalog_set_submission_student(Catalog *catalog, int64_t id, int64_t student)
{
        return catalog_run(catalog, "UPDATE submission SET student = ?2 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(student)));
}

int catalog_set_submission_suggestion(Catalog *catalog, int64_t id, const char *number)
{
        return catalog_run(catalog, "UPDATE submission SET suggestion = ?2 WHERE id = ?1",
                           VALUES(INTEGER(id), TEXT(number)));
}

int catalog_set_submission_applied(Catalog *catalog, int64_t id, SubmissionState state,
                                   const char *shown_name, int64_t now)
{
        _cleanup_free_ char *key = NULL;
        int r;

        if (shown_name) {
                r = text_fold(shown_name, &key);
                if (r < 0)
                        return r;
        }
        return catalog_run(
                catalog,
                "UPDATE submission SET state = ?2, shown_name = ?3, shown_key = ?4, applied = ?5"
                " WHERE id = ?1",
                VALUES(INTEGER(id), INTEGER(state), TEXT(shown_name), TEXT(key), INTEGER(now)));
}

int catalog_hide_alias(Catalog *catalog, int64_t id)
{
        /* Every earlier submission of the name too, or deleting one would show the one before it.
         */
        return catalog_run(
                catalog,
                "UPDATE submission SET alias = 0 WHERE (batch, point, folder, name_key) ="
                " (SELECT batch, point, folder, name_key FROM submission WHERE id = ?1)"
                " AND id <= ?1 AND alias = 1 AND state >= 4",
                VALUES(INTEGER(id)));
}

int catalog_hide_name(Catalog *catalog, Where where, const char *name)
{
        _cleanup_free_ char *key = NULL;
        int r = text_fold(name, &key);

        if (r < 0)
                return r;
        return catalog_run(
                catalog,
                "UPDATE submission SET alias = 0 WHERE batch = ?1 AND point = ?2 AND folder = ?3"
                " AND name_key = ?4 AND alias = 1 AND state >= 4",
                VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(where.folder),
                       TEXT(key)));
}

int catalog_remove_submission(Catalog *catalog, int64_t id)
{
        _cleanup_statement_ sqlite3_stmt *photos = NULL;
        int r;

        /* Judged before it got a temporary name: the photo that was never shown goes with it. */
        r = catalog_query(catalog, "DELETE FROM photo WHERE submission = ?1 AND current = 0",
                          VALUES(INTEGER(id)), &photos);
        if (r < 0)
                return r;
        r = statement_run(photos);
        if (r < 0)
                return r;
        return catalog_run(catalog, "DELETE FROM submission WHERE id = ?1", VALUES(INTEGER(id)));
}

int catalog_supersede_rejected(Catalog *catalog, Where where, const char *name, int64_t student,
                               int64_t except)
{
        _cleanup_free_ char *key = NULL;
        _cleanup_statement_ sqlite3_stmt *by_name = NULL, *by_shown = NULL, *by_student = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r;
        r = catalog_query(
                catalog,
                "UPDATE submission SET state = 6 WHERE batch = ?1 AND point = ?2 AND folder = ?3"
                " AND name_key = ?4 AND state = 5 AND id != ?5",
                VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(where.folder), TEXT(key),
                       INTEGER(except)),
                &by_name);
        if (r < 0)
                return r;
        r = statement_run(by_name);
        if (r < 0)
                return r;
        /* What is dropped into rejected/ goes by the names that are shown there. */
        if (where.folder == FOLDER_REJECTED) {
                r = catalog_query(catalog,
                                  "UPDATE submission SET state = 6 WHERE batch = ?1 AND point = ?2"
                                  " AND shown_key = ?3 AND state = 5 AND id != ?4",
                                  VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(key),
                                         INTEGER(except)),
                                  &by_shown);
                if (r < 0)
                        return r;
                r = statement_run(by_shown);
                if (r < 0)
                        return r;
        }
        if (student == 0)
                return 0;
        r = catalog_query(
                catalog,
                "UPDATE submission SET state = 6 WHERE student = ?1 AND student != 0 AND state = 5 AND "
                "id != ?2",
                VALUES(INTEGER(student), INTEGER(except)), &by_student);
        if (r < 0)
                return r;
        return statement_run(by_student);
}

/*
 * In rejected/ each file stands beside NAME.txt, its reason. So NAME is free only when no file
 * shown there is called NAME or NAME.txt, and, where NAME itself ends in .txt, when it is nobody's
 * reason file.
 */
int catalog_rejected_name_free(Catalog *catalog, Where where, const char *name)
{
        _cleanup_free_ char *key = NULL, *reason = NULL, *owner = NULL;
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = text_fold(name, &key);
        if (r < 0)
                return r;
        if (asprintf(&reason, "%s.txt", key) < 0)
                return -ENOMEM;
        owner = strdup(key);
        if (!owner)
                return -ENOMEM;
        if (text_ends_with(owner, ".txt"))
                owner[strlen(owner) - 4] = '\0';
        r = catalog_query(catalog,
                          "SELECT 1 FROM submission WHERE batch = ?1 AND point = ?2 AND state = 5"
                          " AND shown_key IN (?3, ?4, ?5) LIMIT 1",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(key),
                                 TEXT(reason), TEXT(owner)),
                          &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r < 0 ? r : r == 0;
}

/* ---- findings ---- */

int catalog_set_findings(Catalog *catalog, int64_t submission, const Findings *findings)
{
        _cleanup_statement_ sqlite3_stmt *clear = NULL;
        int r;

        r = catalog_query(catalog, "DELETE FROM finding WHERE submission = ?1",
                          VALUES(INTEGER(submission)), &clear);
        if (r < 0)
                return r;
        r = statement_run(clear);
        if (r < 0)
                return r;
        for (size_t i = 0; i < findings->n; i++) {
                const Finding *f = &findings->items[i];
                _cleanup_statement_ sqlite3_stmt *s = NULL;

                r = catalog_query(
                        catalog,
                        "INSERT INTO finding (submission, seq, code, level, measured, "
                        "measured2, min, max,"
                        " detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                        VALUES(INTEGER(submission), INTEGER(i), TEXT(reason_to_string(f->code)),
                               TEXT(finding_level_to_string(f->level)), REAL(f->measured),
                               REAL(f->measured2), REAL(f->min), REAL(f->max), TEXT(f->detail)),
                        &s);
                if (r < 0)
                        return r;
                r = statement_run(s);
                if (r < 0)
                        return r;
        }
        return 0;
}

bool catalog_read_finding(sqlite3_stmt *s, int column, Finding *ret)
{
        const char *code = (const char *)sqlite3_column_text(s, column);
        const char *level = (const char *)sqlite3_column_text(s, column + 1);
        const char *detail = (const char *)sqlite3_column_text(s, column + 6);

        *ret = (Finding){
                .code = code ? reason_from_string(code) : _REASON_INVALID,
                .level = level ? finding_level_from_string(level) : _FINDING_LEVEL_INVALID,
                .measured = column_real(s, column + 2),
                .measured2 = column_real(s, column + 3),
                .min = column_real(s, column + 4),
                .max = column_real(s, column + 5),
        };
        if (detail)
                (void)snprintf(ret->detail, sizeof(ret->detail), "%s", detail);
        return ret->code >= 0 && ret->level >= 0;
}

int catalog_get_findings(Catalog *catalog, int64_t submission, Findings *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        Findings findings = {};
        int r;

        r = catalog_query(catalog,
                          "SELECT code, level, measured, measured2, min, max, detail FROM finding"
                          " WHERE submission = ?1 ORDER BY seq",
                          VALUES(INTEGER(submission)), &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0 && findings.n < FINDINGS_MAX)
                if (catalog_read_finding(s, 0, &findings.items[findings.n]))
                        findings.n++;
        if (r < 0)
                return r;
        *ret = findings;
        return 0;
}
