/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "collect.h"

#include <idphoto/photorow.h>
#include <idphoto/student.h>

/* Students and their finished photos. */

void student_row_done(StudentRow *row)
{
        free(row->id_number);
        free(row->name);
        free(row->student_no);
        free(row->class_name);
        free(row->major);
        *row = (StudentRow){};
}

int catalog_read_student(sqlite3_stmt *s, StudentRow *ret)
{
        _cleanup_student_ StudentRow row = {
                .id = sqlite3_column_int64(s, 0),
                .batch = sqlite3_column_int64(s, 1),
                .point = sqlite3_column_int64(s, 2),
                .state = (ReviewState)sqlite3_column_int(s, 4),
                .photo = sqlite3_column_int64(s, 5),
                .on_roster = sqlite3_column_int(s, 6),
                .rejections = (unsigned)sqlite3_column_int(s, 11),
                .stage_since = sqlite3_column_int64(s, 13),
        };
        const char *stage = (const char *)sqlite3_column_text(s, 12);
        int r;

        /* A newer version's stage is none that this one knows. */
        row.stage = MAX(stage ? stage_from_string(stage) : STAGE_NONE, STAGE_NONE);
        r = column_text(s, 3, &row.id_number);
        if (r >= 0)
                r = column_text(s, 7, &row.name);
        if (r >= 0)
                r = column_text(s, 8, &row.student_no);
        if (r >= 0)
                r = column_text(s, 9, &row.class_name);
        if (r >= 0)
                r = column_text(s, 10, &row.major);
        if (r < 0)
                return r;
        *ret = row;
        row = (StudentRow){};
        return 1;
}

int catalog_list_student_rows(sqlite3_stmt *s, StudentCallback callback, void *userdata)
{
        int r;

        while ((r = statement_step(s)) > 0) {
                _cleanup_student_ StudentRow row = {};

                r = catalog_read_student(s, &row);
                if (r >= 0)
                        r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int catalog_find_student(Catalog *catalog, Where where, const char *id_number, StudentRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          "SELECT " CATALOG_STUDENT_COLUMNS " FROM student"
                          " WHERE batch = ?1 AND point = ?2 AND id_number = ?3",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(id_number)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? catalog_read_student(s, ret) : r;
}

int catalog_get_student(Catalog *catalog, int64_t id, StudentRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog, "SELECT " CATALOG_STUDENT_COLUMNS " FROM student WHERE id = ?1",
                          VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? catalog_read_student(s, ret) : r;
}

int catalog_add_student(Catalog *catalog, Where where, const char *id_number, int64_t now,
                        int64_t *ret_id)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                "INSERT INTO student (batch, point, id_number, state, created) VALUES "
                "(?1, ?2, ?3, 0, ?4)",
                VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(id_number), INTEGER(now)),
                &s);
        if (r < 0)
                return r;
        r = statement_run(s);
        if (r < 0)
                return r;
        *ret_id = catalog_last_id(catalog);
        return 0;
}

int catalog_set_student(Catalog *catalog, int64_t id, ReviewState state, int64_t photo)
{
        _cleanup_statement_ sqlite3_stmt *old = NULL, *student = NULL, *current = NULL;
        int r;

        r = catalog_query(
                catalog,
                "UPDATE photo SET current = 0 WHERE id = (SELECT photo FROM student WHERE id = ?1)",
                VALUES(INTEGER(id)), &old);
        if (r < 0)
                return r;
        r = statement_run(old);
        if (r < 0)
                return r;
        r = catalog_query(catalog, "UPDATE student SET state = ?2, photo = ?3 WHERE id = ?1",
                          VALUES(INTEGER(id), INTEGER(state), INTEGER(photo)), &student);
        if (r < 0)
                return r;
        r = statement_run(student);
        if (r < 0 || photo == 0)
                return r;
        r = catalog_query(catalog, "UPDATE photo SET current = 1, student = ?2 WHERE id = ?1",
                          VALUES(INTEGER(photo), INTEGER(id)), &current);
        if (r < 0)
                return r;
        return statement_run(current);
}

/* ---- photos ---- */

void photo_row_done(PhotoRow *row)
{
        free(row->id_number);
        free(row->note);
        *row = (PhotoRow){};
}

#define PHOTO_SELECT \
        "SELECT p.id, p.point, p.student, p.submission, s.id_number, p.blob, p.size, p.mtime, " \
        "p.quality, ifnull(s.state, 0), p.created, p.phash, p.fingerprint, p.reason, p.note, " \
        "p.centre, p.centre_size, p.head_top, p.eye_line, p.face_width, p.face_centre, " \
        "p.head_tilt, p.changed FROM photo AS p "

static int read_photo(sqlite3_stmt *s, PhotoRow *ret)
{
        const char *reason = (const char *)sqlite3_column_text(s, 13);
        _cleanup_photo_ PhotoRow row = {
                .id = sqlite3_column_int64(s, 0),
                .point = sqlite3_column_int64(s, 1),
                .student = sqlite3_column_int64(s, 2),
                .submission = sqlite3_column_int64(s, 3),
                .size = (uint64_t)sqlite3_column_int64(s, 6),
                .mtime = sqlite3_column_int64(s, 7),
                .quality = (uint32_t)sqlite3_column_int(s, 8),
                .state = (ReviewState)sqlite3_column_int(s, 9),
                .created = sqlite3_column_int64(s, 10),
                .phash = (uint64_t)sqlite3_column_int64(s, 11),
                .centre_size = (uint64_t)sqlite3_column_int64(s, 16),
                .geometry = {.head_top = column_real(s, 17),
                             .eye_line = column_real(s, 18),
                             .face_width = column_real(s, 19),
                             .face_centre = column_real(s, 20),
                             .head_tilt = column_real(s, 21)},
                .changed = sqlite3_column_int64(s, 22),
        };
        int r;

        if (!column_hash(s, 5, &row.blob))
                return -EUCLEAN;
        if (!column_fingerprint(s, 12, &row.fingerprint))
                row.phash = 0;
        row.reason = reason && *reason ? reason_from_string(reason) : _REASON_INVALID;
        row.has_centre = column_hash(s, 15, &row.centre);
        r = column_text(s, 4, &row.id_number);
        if (r >= 0)
                r = column_text(s, 14, &row.note);
        if (r < 0)
                return r;
        *ret = row;
        row = (PhotoRow){};
        return 1;
}

int catalog_add_photo(Catalog *catalog, const PhotoRow *row, int64_t *ret_id)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL, *link = NULL;
        int64_t id;
        int r = catalog_need_blob(catalog, &row->blob);

        if (r < 0)
                return r;
        r = catalog_query(
                catalog,
                "INSERT INTO photo (batch, point, student, submission, blob, size, mtime, quality,"
                " created, phash, head_top, eye_line, face_width, face_centre, head_tilt,"
                " fingerprint)"
                " SELECT batch, point, ?2, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14"
                " FROM submission WHERE id = ?1",
                VALUES(INTEGER(row->submission), INTEGER(row->student), HASH(&row->blob),
                       INTEGER(row->size), INTEGER(row->mtime), INTEGER(row->quality),
                       INTEGER(row->created), INTEGER(row->phash), REAL(row->geometry.head_top),
                       REAL(row->geometry.eye_line), REAL(row->geometry.face_width),
                       REAL(row->geometry.face_centre), REAL(row->geometry.head_tilt)),
                &s);
        if (r < 0)
                return r;
        if (row->phash != 0)
                bind_fingerprint(s, 14, &row->fingerprint);
        r = statement_run(s);
        if (r < 0)
                return r;
        if (catalog_changes(catalog) == 0)
                return -ENOENT;
        id = catalog_last_id(catalog);
        r = catalog_add_phash(catalog, id, row->phash);
        if (r < 0)
                return r;
        r = catalog_query(catalog, "UPDATE submission SET photo = ?2 WHERE id = ?1",
                          VALUES(INTEGER(row->submission), INTEGER(id)), &link);
        if (r < 0)
                return r;
        r = statement_run(link);
        if (r < 0)
                return r;
        *ret_id = id;
        return 0;
}

int catalog_get_photo(Catalog *catalog, int64_t id, PhotoRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          PHOTO_SELECT "LEFT JOIN student AS s ON s.id = p.student WHERE p.id = ?1",
                          VALUES(INTEGER(id)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_photo(s, ret) : r;
}

int catalog_set_photo_student(Catalog *catalog, int64_t id, int64_t student)
{
        return catalog_run(catalog, "UPDATE photo SET student = ?2 WHERE id = ?1",
                           VALUES(INTEGER(id), INTEGER(student)));
}

int catalog_set_photo_decision(Catalog *catalog, int64_t id, ReasonCode reason, const char *note)
{
        return catalog_run(
                catalog, "UPDATE photo SET reason = ?2, note = ifnull(?3, note) WHERE id = ?1",
                VALUES(INTEGER(id), TEXT(reason >= 0 ? reason_to_string(reason) : ""), TEXT(note)));
}

int catalog_set_photo_centre(Catalog *catalog, int64_t id, const Sha256 *blob, uint64_t size)
{
        int r = blob ? catalog_need_blob(catalog, blob) : 0;

        if (r < 0)
                return r;
        return catalog_run(catalog, "UPDATE photo SET centre = ?2, centre_size = ?3 WHERE id = ?1",
                           VALUES(INTEGER(id), HASH(blob), INTEGER(size)));
}

int catalog_find_photo(Catalog *catalog, Where where, const char *id_number, PhotoRow *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          PHOTO_SELECT "JOIN student AS s ON s.photo = p.id"
                                       " WHERE s.batch = ?1 AND s.point = ?2 AND s.id_number = ?3",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), TEXT(id_number)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        return r > 0 ? read_photo(s, ret) : r;
}

int catalog_count_rejection(Catalog *catalog, int64_t id)
{
        return catalog_run(catalog, "UPDATE student SET rejections = rejections + 1 WHERE id = ?1",
                           VALUES(INTEGER(id)));
}

int catalog_find_decision(Catalog *catalog, int64_t student, const Sha256 *original,
                          ReasonCode *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        const char *name;
        int r;

        r = catalog_query(
                catalog,
                "SELECT p.reason FROM submission AS s JOIN photo AS p ON p.id = s.photo"
                " WHERE s.student = ?1 AND s.student != 0 AND s.state = 5 AND s.original = ?2"
                " AND p.reason != ''",
                VALUES(INTEGER(student), HASH(original)), &s);
        if (r < 0)
                return r;
        r = statement_step(s);
        if (r <= 0)
                return r;
        name = (const char *)sqlite3_column_text(s, 0);
        *ret = name ? reason_from_string(name) : _REASON_INVALID;
        return *ret >= 0;
}

static int list_photo_rows(sqlite3_stmt *s, PhotoCallback callback, void *userdata)
{
        int r;

        while ((r = statement_step(s)) > 0) {
                _cleanup_photo_ PhotoRow row = {};

                r = read_photo(s, &row);
                if (r >= 0)
                        r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int catalog_list_photos_in_state(Catalog *catalog, Where where, ReviewState state, int64_t after,
                                 PhotoCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(
                catalog,
                PHOTO_SELECT "JOIN student AS s ON s.id = p.student"
                             " WHERE p.batch = ?1 AND p.point = ?2 AND p.current = 1 AND p.id > ?4"
                             " AND s.state = ?3 ORDER BY p.id",
                VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(state), INTEGER(after)),
                &s);

        return r < 0 ? r : list_photo_rows(s, callback, userdata);
}

int catalog_list_photos_settled(Catalog *catalog, Where where, int64_t after,
                                PhotoCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(catalog,
                              where.point != 0 ? PHOTO_SELECT
                                      "JOIN student AS s ON s.id = p.student"
                                      " WHERE p.batch = ?1 AND p.point = ?5 AND p.current = 1"
                                      " AND p.id > ?2 AND s.state IN (?3, ?4) ORDER BY p.id"
                                               : PHOTO_SELECT
                                      "JOIN student AS s ON s.id = p.student"
                                      " WHERE p.batch = ?1 AND ?5 = 0 AND p.current = 1"
                                      " AND p.id > ?2 AND s.state IN (?3, ?4) ORDER BY p.id",
                              VALUES(INTEGER(where.batch), INTEGER(after), INTEGER(REVIEW_APPROVED),
                                     INTEGER(REVIEW_LOCKED), INTEGER(where.point)),
                              &s);

        return r < 0 ? r : list_photo_rows(s, callback, userdata);
}

int catalog_list_photos_decided(Catalog *catalog, int64_t batch, ReasonCode reason, int64_t after,
                                PhotoCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(
                catalog,
                PHOTO_SELECT
                "JOIN student AS s ON s.id = p.student"
                " WHERE p.batch = ?1 AND p.reason = ?2 AND p.reason != '' AND p.id > ?3"
                " ORDER BY p.id",
                VALUES(INTEGER(batch), TEXT(reason_to_string(reason)), INTEGER(after)), &s);

        return r < 0 ? r : list_photo_rows(s, callback, userdata);
}

int catalog_list_photos_without_centre(Catalog *catalog, int64_t batch, PhotoCallback callback,
                                       void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(
                catalog,
                PHOTO_SELECT "JOIN student AS s ON s.id = p.student"
                             " WHERE p.batch = ?1 AND p.current = 1 AND p.centre IS NULL"
                             " AND s.state IN (?2, ?3) ORDER BY p.id",
                VALUES(INTEGER(batch), INTEGER(REVIEW_APPROVED), INTEGER(REVIEW_LOCKED)), &s);

        return r < 0 ? r : list_photo_rows(s, callback, userdata);
}

int catalog_list_photos_of_number(Catalog *catalog, int64_t batch, const char *id_number,
                                  PhotoCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(
                catalog,
                PHOTO_SELECT
                "JOIN student AS s ON s.id = p.student"
                " WHERE p.id IN (SELECT photo FROM student WHERE batch = ?1 AND id_number = ?2"
                "   UNION ALL SELECT u.photo FROM student AS t JOIN submission AS u"
                "     ON u.student = t.id AND u.student != 0 AND u.state = 5"
                "   WHERE t.batch = ?1 AND t.id_number = ?2 AND t.photo = 0)"
                " AND (p.current = 1 OR p.reason != '')",
                VALUES(INTEGER(batch), TEXT(id_number)), &s);

        return r < 0 ? r : list_photo_rows(s, callback, userdata);
}

int catalog_list_photos(Catalog *catalog, Where where, int64_t after, PhotoCallback callback,
                        void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(catalog,
                          PHOTO_SELECT
                          "JOIN student AS s ON s.id = p.student"
                          " WHERE p.batch = ?1 AND p.point = ?2 AND p.current = 1 AND p.id > ?3"
                          " ORDER BY p.id",
                          VALUES(INTEGER(where.batch), INTEGER(where.point), INTEGER(after)), &s);
        return r < 0 ? r : list_photo_rows(s, callback, userdata);
}
