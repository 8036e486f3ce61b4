/* SPDX-License-Identifier: MIT */
#include "catalog-submission.h"
#include "collect.h"

/* Submissions, most of all the unfinished ones. */

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
        [SUBMISSION_UNPACKED] = "unpacked",
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

static int read_submission(const SqlRows *s, void *ret)
{
        _cleanup_submission_ SubmissionRow row = {
                .id = sql_integer(s, 0),
                .batch = sql_integer(s, 1),
                .point = sql_integer(s, 2),
                .folder = sql_integer(s, 3),
                .temporary = sql_integer(s, 6),
                .state = (SubmissionState)sql_integer(s, 7),
                .size = (uint64_t)sql_integer(s, 8),
                .mtime = sql_integer(s, 9),
                .mode = (mode_t)sql_integer(s, 10),
                .uid = (uid_t)sql_integer(s, 11),
                .gid = (gid_t)sql_integer(s, 12),
                .created = sql_integer(s, 13),
                .received = sql_integer(s, 14),
                .applied = sql_integer(s, 15),
                .student = sql_integer(s, 17),
                .photo = sql_integer(s, 18),
                .actor = (uid_t)sql_integer(s, 19),
                .generation = sql_integer(s, 21),
                .replaces = sql_integer(s, 22),
                .changed = sql_integer(s, 23),
                .archive = sql_integer(s, 24),
                .owner = sql_integer(s, 25),
        };
        int r;

        row.has_original = sql_hash(s, 16, &row.original);
        r = sql_copy_text(s, 4, &row.name);
        if (r >= 0)
                r = sql_copy_text(s, 5, &row.shown_name);
        if (r >= 0)
                r = sql_copy_text(s, 20, &row.suggestion);
        if (r < 0)
                return r;
        *(SubmissionRow *)ret = row;
        row = (SubmissionRow){};
        return 1;
}

int catalog_take_submission(const SqlRows *s, void *userdata)
{
        const SubmissionList *list = userdata;
        _cleanup_submission_ SubmissionRow row = {};
        int r = read_submission(s, &row);

        return r < 0 ? r : list->callback(&row, list->userdata);
}

int catalog_submission_by_name(Catalog *catalog, const char *sql, Where where, const char *name,
                               SubmissionRow *ret)
{
        int r = catalog_one(catalog, sql, VALUES(WHERE(where), KEY(name)), read_submission, ret);

        return r == -EILSEQ ? 0 : r;
}

int catalog_add_submission(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id)
{
        return catalog_insert(
                catalog,
                "INSERT INTO submission (batch, point, folder, name, name_key, temporary, state,"
                " mtime, mode, uid, gid, created, size, actor, replaces, owner) SELECT ?1, id, ?3,"
                " ?4, ?5, ?6, " STATE_OPEN ", ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15 FROM point"
                " WHERE id = ?2 AND removed = 0 RETURNING id",
                VALUES(INTEGER(row->batch), INTEGER(row->point), INTEGER(row->folder),
                       TEXT(row->name), KEY(row->name), INTEGER(row->temporary),
                       INTEGER(row->mtime), INTEGER(row->mode), INTEGER(row->uid),
                       INTEGER(row->gid), INTEGER(row->created), INTEGER(row->size),
                       INTEGER(row->actor), INTEGER(row->replaces),
                       INTEGER(store_gateway(catalog_store(catalog)))),
                ret_id);
}

int catalog_add_version(Catalog *catalog, int64_t id, const Sha256 *original, uint64_t size,
                        int64_t now, int64_t *ret_id)
{
        int r = catalog_need_blob(catalog, original);

        if (r < 0)
                return r;
        return catalog_insert(
                catalog,
                "INSERT INTO submission (batch, point, folder, name, name_key, temporary, alias,"
                " state, size, mtime, mode, uid, gid, actor, created, received, applied, original)"
                " SELECT batch, point, folder, name, name_key, 0, 0, " STATE_SUPERSEDED ", ?3,"
                " mtime, mode, uid, gid, actor, created, ?4, ?4, ?2 FROM submission WHERE id = ?1"
                " RETURNING id",
                VALUES(INTEGER(id), HASH(original), INTEGER(size), INTEGER(now)), ret_id);
}

int catalog_add_received(Catalog *catalog, const SubmissionRow *row, int64_t *ret_id)
{
        int r = catalog_need_blob(catalog, &row->original);

        if (r < 0)
                return r;
        return catalog_insert(
                catalog,
                "INSERT INTO submission (batch, point, folder, name, name_key, temporary, state,"
                " mtime, mode, uid, gid, actor, created, received, size, original, archive, owner)"
                " VALUES (?1, ?2, ?3, ?4, ?5, 0, " STATE_RECEIVED
                ", ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14, ?15) RETURNING id",
                VALUES(INTEGER(row->batch), INTEGER(row->point), INTEGER(row->folder),
                       TEXT(row->name), KEY(row->name), INTEGER(row->mtime), INTEGER(row->mode),
                       INTEGER(row->uid), INTEGER(row->gid), INTEGER(row->actor),
                       INTEGER(row->created), INTEGER(row->size), HASH(&row->original),
                       INTEGER(row->archive), INTEGER(store_gateway(catalog_store(catalog)))),
                ret_id);
}

int catalog_get_submission(Catalog *catalog, int64_t id, SubmissionRow *ret)
{
        return catalog_one(catalog, "SELECT " SUBMISSION_COLUMNS " FROM submission WHERE id = ?1",
                           VALUES(INTEGER(id)), read_submission, ret);
}

int catalog_max_submission(Catalog *catalog, int64_t *ret)
{
        return catalog_query_integer(
                catalog,
                "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'submission'), 0)",
                ret);
}

/* ---- unfinished ones ---- */

int catalog_find_upload(Catalog *catalog, Where where, const char *name, SubmissionRow *ret)
{
        return catalog_submission_by_name(
                catalog,
                "SELECT " SUBMISSION_COLUMNS " FROM submission WHERE batch = ?1 AND point = ?2"
                " AND folder = ?3 AND name_key = ?4 AND " BY_NAME UNFINISHED
                " ORDER BY id DESC LIMIT 1",
                where, name, ret);
}

#define UPLOADS_SELECT(temporary) \
        "SELECT " SUBMISSION_COLUMNS " FROM submission WHERE batch = ?1 AND point = ?2" \
        " AND folder = ?3 AND id > ?4 AND " UNFINISHED " AND temporary = " temporary \
        " ORDER BY id"

int catalog_list_uploads(Catalog *catalog, Where where, int64_t after, SubmissionCallback callback,
                         void *userdata)
{
        return catalog_each(catalog, UPLOADS_SELECT("0"), VALUES(WHERE(where), INTEGER(after)),
                            catalog_take_submission, &(SubmissionList){callback, userdata});
}

int catalog_list_temporary_uploads(Catalog *catalog, Where where, int64_t after,
                                   SubmissionCallback callback, void *userdata)
{
        return catalog_each(catalog, UPLOADS_SELECT("1"), VALUES(WHERE(where), INTEGER(after)),
                            catalog_take_submission, &(SubmissionList){callback, userdata});
}

int catalog_list_by_state(Catalog *catalog, SubmissionState state, int64_t after,
                          SubmissionCallback callback, void *userdata)
{
        return catalog_each(catalog,
                            "SELECT " SUBMISSION_COLUMNS " FROM submission"
                            " WHERE state = ?1 AND " UNFINISHED " AND id > ?2 AND owner = ?3"
                            " ORDER BY id",
                            VALUES(INTEGER(state), INTEGER(after),
                                   INTEGER(store_gateway(catalog_store(catalog)))),
                            catalog_take_submission, &(SubmissionList){callback, userdata});
}

/* Those in folder ?1 and below. */
#define FOLDER_UPLOADS \
        " WHERE " UNFINISHED " AND folder IN (WITH RECURSIVE below (batch, point, id) AS" \
        "  (SELECT batch, point, id FROM folder WHERE id = ?1" \
        "   UNION SELECT f.batch, f.point, f.id FROM below JOIN folder AS f" \
        "    ON f.batch = below.batch AND f.point = below.point AND f.parent = below.id)" \
        "  SELECT id FROM below)" \
        " AND (batch, point) = (SELECT batch, point FROM folder WHERE id = ?1)"

int catalog_advance_submission(Catalog *catalog, int64_t id, SubmissionState state)
{
        static const char *const steps[] = {
                "DELETE FROM finding WHERE submission = ?1",
                "DELETE FROM photo WHERE submission = ?1 AND current = 0",
                "UPDATE submission SET generation = generation + 1, state = ?2, student = 0,"
                " photo = 0, suggestion = '' WHERE id = ?1 AND " UNFINISHED,
        };

        return catalog_run_all(catalog, steps, ELEMENTSOF(steps),
                               VALUES(INTEGER(id), INTEGER(state)));
}

int catalog_advance_folder(Catalog *catalog, int64_t folder)
{
        static const char *const steps[] = {
                "DELETE FROM finding WHERE submission IN"
                " (SELECT id FROM submission" FOLDER_UPLOADS ")",
                "DELETE FROM photo WHERE current = 0 AND submission IN"
                " (SELECT id FROM submission" FOLDER_UPLOADS ")",
                "UPDATE submission SET generation = generation + 1, student = 0, photo = 0,"
                " suggestion = '',"
                " state = CASE WHEN state > " STATE_RECEIVED " THEN " STATE_RECEIVED
                " ELSE state END" FOLDER_UPLOADS,
        };

        return catalog_run_all(catalog, steps, ELEMENTSOF(steps), VALUES(INTEGER(folder)));
}

typedef struct IdList {
        int (*callback)(int64_t id, void *userdata);
        void *userdata;
} IdList;

static int take_id(const SqlRows *s, void *userdata)
{
        const IdList *list = userdata;

        return list->callback(sql_integer(s, 0), list->userdata);
}

int catalog_list_folder_uploads(Catalog *catalog, int64_t folder,
                                int (*callback)(int64_t id, void *userdata), void *userdata)
{
        return catalog_each(catalog, "SELECT id FROM submission" FOLDER_UPLOADS,
                            VALUES(INTEGER(folder)), take_id, &(IdList){callback, userdata});
}

int catalog_remove_submission(Catalog *catalog, int64_t id)
{
        static const char *const steps[] = {
                /* It was judged before it got a temporary name: remove the photo that was never
                 * shown. */
                "DELETE FROM photo WHERE submission = ?1 AND current = 0",
                "DELETE FROM submission WHERE id = ?1",
        };

        return catalog_run_all(catalog, steps, ELEMENTSOF(steps), VALUES(INTEGER(id)));
}

/* ---- what becomes of one ---- */

int catalog_set_submission_name(Catalog *catalog, int64_t id, int64_t folder, const char *name,
                                bool temporary)
{
        return catalog_run(
                catalog,
                "UPDATE submission SET folder = ?2, name = ?3, name_key = ?4, "
                "temporary = ?5, replaces = 0 WHERE id = ?1",
                VALUES(INTEGER(id), INTEGER(folder), TEXT(name), KEY(name), INTEGER(temporary)));
}

int catalog_set_submission_attributes(Catalog *catalog, int64_t id, mode_t mode, uid_t uid,
                                      gid_t gid, int64_t mtime)
{
        static const char *const steps[] = {
                "UPDATE submission SET mode = ?2, uid = ?3, gid = ?4, mtime = ?5 WHERE id = ?1",
                "UPDATE photo SET mtime = ?5 WHERE id ="
                " (SELECT photo FROM submission WHERE id = ?1)",
        };

        return catalog_run_all(
                catalog, steps, ELEMENTSOF(steps),
                VALUES(INTEGER(id), INTEGER(mode), INTEGER(uid), INTEGER(gid), INTEGER(mtime)));
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
                           "UPDATE submission SET state = " STATE_RECEIVED
                           ", size = ?2, mtime = ?3, received = ?4 "
                           "WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(size), INTEGER(mtime), INTEGER(now)));
}

int catalog_set_submission_original(Catalog *catalog, int64_t id, const Sha256 *original,
                                    uint64_t size)
{
        int r = original ? catalog_need_blob(catalog, original) : 0;

        if (r < 0)
                return r;
        return catalog_run(catalog, "UPDATE submission SET original = ?2, size = ?3 WHERE id = ?1",
                           VALUES(INTEGER(id), HASH(original), INTEGER(size)));
}

int catalog_set_submission_student(Catalog *catalog, int64_t id, int64_t student)
{
        return catalog_run(catalog, "UPDATE submission SET student = ?2 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(student)));
}

int catalog_set_submission_verdict(Catalog *catalog, const SubmissionRow *row, bool photo)
{
        int r = catalog_need_blob(catalog, &row->original);

        if (r < 0)
                return r;
        return catalog_run(
                catalog,
                "UPDATE submission SET state = ?2, size = ?3, mtime = ?4, received = ?5,"
                " original = ?6, student = ?7, suggestion = ?8, photo = CASE WHEN ?9 != 0"
                "   THEN (SELECT max(id) FROM photo WHERE submission = ?1) ELSE photo END"
                " WHERE id = ?1",
                VALUES(INTEGER(row->id), INTEGER(row->state), INTEGER(row->size),
                       INTEGER(row->mtime), INTEGER(row->received), HASH(&row->original),
                       INTEGER(row->student), TEXT(row->suggestion), INTEGER(photo)));
}

int catalog_set_submission_applied(Catalog *catalog, int64_t id, SubmissionState state,
                                   const char *shown_name, int64_t now)
{
        return catalog_run(
                catalog,
                "UPDATE submission SET state = ?2, shown_name = ?3, shown_key = ?4, applied = ?5"
                " WHERE id = ?1",
                VALUES(INTEGER(id), INTEGER(state), TEXT(shown_name), KEY(shown_name),
                       INTEGER(now)));
}
