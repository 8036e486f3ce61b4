/* SPDX-License-Identifier: MIT */
#include "catalog-photo.h"
#include "collect.h"
#include "states.h"

#include <idphoto/photorow.h>

/* Finished photos. */

void photo_row_done(PhotoRow *row)
{
        free(row->id_number);
        free(row->note);
        *row = (PhotoRow){};
}

#define PHOTO_SELECT \
        "SELECT p.id, p.point, p.student, p.submission, s.id_number, p.blob, p.size, p.mtime, " \
        "p.quality, coalesce(s.state, 0), p.created, p.phash, p.fingerprint, p.reason, p.note, " \
        "p.centre, p.centre_size, p.head_top, p.eye_line, p.face_width, p.face_centre, " \
        "p.head_tilt, p.changed FROM photo AS p "

static int read_photo(const SqlRows *s, void *ret)
{
        const char *reason = sql_text(s, 13);
        _cleanup_photo_ PhotoRow row = {
                .id = sql_integer(s, 0),
                .point = sql_integer(s, 1),
                .student = sql_integer(s, 2),
                .submission = sql_integer(s, 3),
                .size = (uint64_t)sql_integer(s, 6),
                .mtime = sql_integer(s, 7),
                .quality = (uint32_t)sql_integer(s, 8),
                .state = (ReviewState)sql_integer(s, 9),
                .created = sql_integer(s, 10),
                .phash = (uint64_t)sql_integer(s, 11),
                .centre_size = (uint64_t)sql_integer(s, 16),
                .geometry = {.head_top = sql_real(s, 17),
                             .eye_line = sql_real(s, 18),
                             .face_width = sql_real(s, 19),
                             .face_centre = sql_real(s, 20),
                             .head_tilt = sql_real(s, 21)},
                .changed = sql_integer(s, 22),
        };
        int r;

        if (!sql_hash(s, 5, &row.blob))
                return -EUCLEAN;
        if (!sql_fingerprint(s, 12, &row.fingerprint))
                row.phash = 0;
        row.reason = reason && *reason ? reason_from_string(reason) : _REASON_INVALID;
        row.has_centre = sql_hash(s, 15, &row.centre);
        r = sql_copy_text(s, 4, &row.id_number);
        if (r >= 0)
                r = sql_copy_text(s, 14, &row.note);
        if (r < 0)
                return r;
        *(PhotoRow *)ret = row;
        row = (PhotoRow){};
        return 1;
}

int catalog_put_photo(Catalog *catalog, const PhotoRow *row)
{
        int r = catalog_need_blob(catalog, &row->blob);

        if (r >= 0)
                r = catalog_run(
                        catalog,
                        "INSERT INTO photo (batch, point, student, submission, blob, size, mtime,"
                        " quality, created, phash, head_top, eye_line, face_width, face_centre,"
                        " head_tilt, fingerprint)"
                        " SELECT batch, point, ?2, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                        " ?13, ?14 FROM submission WHERE id = ?1",
                        VALUES(INTEGER(row->submission), INTEGER(row->student), HASH(&row->blob),
                               INTEGER(row->size), INTEGER(row->mtime), INTEGER(row->quality),
                               INTEGER(row->created), INTEGER(row->phash),
                               REAL(row->geometry.head_top), REAL(row->geometry.eye_line),
                               REAL(row->geometry.face_width), REAL(row->geometry.face_centre),
                               REAL(row->geometry.head_tilt),
                               FINGERPRINT(row->phash != 0 ? &row->fingerprint : NULL)));
        return r < 0 ? r : catalog_add_phash(catalog, row->submission, row->phash);
}

int catalog_add_photo(Catalog *catalog, const PhotoRow *row, int64_t *ret_id)
{
        int r = catalog_put_photo(catalog, row);

        if (r >= 0)
                r = catalog_run(catalog,
                                "UPDATE submission SET photo ="
                                " (SELECT max(id) FROM photo WHERE submission = ?1) WHERE id = ?1",
                                VALUES(INTEGER(row->submission)));
        if (r >= 0)
                r = catalog_one(catalog, "SELECT photo FROM submission WHERE id = ?1",
                                VALUES(INTEGER(row->submission)), read_integer, ret_id);
        return r == 0 ? -ENOENT : MIN(r, 0);
}

int catalog_get_photo(Catalog *catalog, int64_t id, PhotoRow *ret)
{
        return catalog_one(
                catalog, PHOTO_SELECT "LEFT JOIN student AS s ON s.id = p.student WHERE p.id = ?1",
                VALUES(INTEGER(id)), read_photo, ret);
}

int catalog_set_photo_decision(Catalog *catalog, int64_t id, ReasonCode reason, const char *note)
{
        return catalog_run(
                catalog, "UPDATE photo SET reason = ?2, note = coalesce(?3, note) WHERE id = ?1",
                VALUES(INTEGER(id), TEXT(reason >= 0 ? reason_to_string(reason) : ""), TEXT(note)));
}

int catalog_set_photo_centre(Catalog *catalog, int64_t id, const Sha256 *blob, uint64_t size)
{
        int r = blob ? catalog_need_blob(catalog, blob) : 0;

        if (r < 0)
                return r;
        return catalog_run(catalog,
                           "UPDATE photo SET centre = ?2, centre_size = ?3"
                           " WHERE id = ?1 AND (centre IS NULL OR centre <> ?2)",
                           VALUES(INTEGER(id), HASH(blob), INTEGER(size)));
}

int catalog_find_photo(Catalog *catalog, Where where, const char *id_number, PhotoRow *ret)
{
        return catalog_one(catalog,
                           PHOTO_SELECT "JOIN student AS s ON s.photo = p.id"
                                        " WHERE s.batch = ?1 AND s.point = ?2 AND s.id_number = ?3",
                           VALUES(POINT(where), TEXT(id_number)), read_photo, ret);
}

int catalog_photo_has_original(Catalog *catalog, int64_t photo, const Sha256 *original)
{
        return catalog_one(catalog,
                           "SELECT 1 FROM photo AS p JOIN submission AS s ON s.id = p.submission"
                           " WHERE p.id = ?1 AND s.original = ?2",
                           VALUES(INTEGER(photo), HASH(original)), read_nothing, NULL);
}

static int read_reason(const SqlRows *s, void *ret)
{
        const char *name = sql_text(s, 0);
        ReasonCode reason = name ? reason_from_string(name) : _REASON_INVALID;

        *(ReasonCode *)ret = reason;
        return reason >= 0;
}

int catalog_find_decision(Catalog *catalog, int64_t student, const Sha256 *original,
                          ReasonCode *ret)
{
        return catalog_one(catalog,
                           "SELECT p.reason FROM submission AS s JOIN photo AS p ON p.id = s.photo"
                           " WHERE s.student = ?1 AND s.student != 0 AND s." REJECTED
                           " AND s.original = ?2 AND p.reason != ''",
                           VALUES(INTEGER(student), HASH(original)), read_reason, ret);
}

/* ---- lists ---- */

typedef struct PhotoList {
        PhotoCallback callback;
        void *userdata;
} PhotoList;

static int take_photo(const SqlRows *s, void *userdata)
{
        const PhotoList *list = userdata;
        _cleanup_photo_ PhotoRow row = {};
        int r = read_photo(s, &row);

        return r < 0 ? r : list->callback(&row, list->userdata);
}

#define PHOTOS_WHERE PHOTO_SELECT "JOIN student AS s ON s.id = p.student WHERE "
#define OF_POINT     "p.batch = ?1 AND p.point = ?2 AND p.current = 1 AND p.id > ?3"
#define OF_BATCH     "p.batch = ?1 AND p.current = 1"

int catalog_list_photos(Catalog *catalog, Where where, int64_t after, PhotoCallback callback,
                        void *userdata)
{
        return catalog_each(catalog, PHOTOS_WHERE OF_POINT " ORDER BY p.id",
                            VALUES(POINT(where), INTEGER(after)), take_photo,
                            &(PhotoList){callback, userdata});
}

int catalog_list_photos_in_state(Catalog *catalog, Where where, ReviewState state, int64_t after,
                                 PhotoCallback callback, void *userdata)
{
        return catalog_each(catalog, PHOTOS_WHERE OF_POINT " AND s.state = ?4 ORDER BY p.id",
                            VALUES(POINT(where), INTEGER(after), INTEGER(state)), take_photo,
                            &(PhotoList){callback, userdata});
}

int catalog_list_photos_settled(Catalog *catalog, Where where, int64_t after,
                                PhotoCallback callback, void *userdata)
{
        return catalog_each(
                catalog,
                where.point != 0 ? PHOTOS_WHERE OF_POINT " AND s." SETTLED " ORDER BY p.id"
                                 : PHOTOS_WHERE OF_BATCH " AND p.id > ?3 AND s." SETTLED
                                                         " ORDER BY p.id",
                VALUES(POINT(where), INTEGER(after)), take_photo, &(PhotoList){callback, userdata});
}

int catalog_list_photos_decided(Catalog *catalog, int64_t batch, ReasonCode reason, int64_t after,
                                PhotoCallback callback, void *userdata)
{
        return catalog_each(catalog,
                            PHOTOS_WHERE
                            "p.batch = ?1 AND p.reason = ?2 AND p.reason != '' AND p.id > ?3"
                            " ORDER BY p.id",
                            VALUES(INTEGER(batch), TEXT(reason_to_string(reason)), INTEGER(after)),
                            take_photo, &(PhotoList){callback, userdata});
}

int catalog_list_photos_without_centre(Catalog *catalog, int64_t batch, PhotoCallback callback,
                                       void *userdata)
{
        return catalog_each(catalog,
                            PHOTOS_WHERE OF_BATCH " AND p.centre IS NULL AND s." SETTLED
                                                  " ORDER BY p.id",
                            VALUES(INTEGER(batch)), take_photo, &(PhotoList){callback, userdata});
}

int catalog_list_photos_of_number(Catalog *catalog, int64_t batch, const char *id_number,
                                  PhotoCallback callback, void *userdata)
{
        return catalog_each(catalog,
                            PHOTOS_WHERE
                            "p.id IN (SELECT photo FROM student WHERE batch = ?1 AND id_number = ?2"
                            "   UNION ALL SELECT u.photo FROM student AS t JOIN submission AS u"
                            "     ON u.student = t.id AND u.student != 0 AND u." REJECTED
                            "   WHERE t.batch = ?1 AND t.id_number = ?2 AND t.photo = 0)"
                            " AND (p.current = 1 OR p.reason != '')",
                            VALUES(INTEGER(batch), TEXT(id_number)), take_photo,
                            &(PhotoList){callback, userdata});
}
