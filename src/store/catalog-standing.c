/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "states.h"

#include <idphoto/point.h>
#include <idphoto/standing.h>

#include <string.h>

/*
 * Where every student stands, with the findings that explain it, in one statement for any number of
 * students. Each of its rows is a finding, or a student without any. The rows of a student follow
 * each other, because both students and findings come from their index in order.
 */

enum {
        COLUMN_STUDENT,
        COLUMN_POINT,
        COLUMN_ID_NUMBER,
        COLUMN_STATE,
        COLUMN_ON_ROSTER,
        COLUMN_NAME,
        COLUMN_STUDENT_NO,
        COLUMN_CLASS,
        COLUMN_MAJOR,
        COLUMN_SUBMISSION,
        COLUMN_SENT_AS,
        COLUMN_APPLIED,
        COLUMN_SHOWN_NAME,
        COLUMN_REJECTIONS,
        COLUMN_STAGE,
        COLUMN_CURRENT,
        COLUMN_BLOB,
        COLUMN_REASON,
        COLUMN_NOTE,
        COLUMN_GEOMETRY,
        COLUMN_FINDING =
                COLUMN_GEOMETRY + 5, /* and the following, in the order of catalog_read_finding() */
};

/* The submission that counts: that of the photo, else the last one in rejected/. The photo is that
 * of the student, or the one that was made of this file before a person rejected it. */
#define STANDING_SELECT_FROM(students) \
        "SELECT st.id, st.point, st.id_number, st.state, st.on_roster, st.name," \
        " st.student_no, st.class, st.major, coalesce(sub.id, 0), sub.name, coalesce(sub.applied, 0)," \
        " sub.shown_name, st.rejections, st.stage, st.photo != 0, ph.blob, ph.reason, ph.note," \
        " ph.head_top, ph.eye_line, ph.face_width, ph.face_centre, ph.head_tilt," \
        " f.code, f.level, f.measured, f.measured2, f.min, f.max, f.detail" \
        " FROM " students " LEFT JOIN submission AS sub ON sub.id = CASE WHEN" \
        "   st.photo != 0 THEN (SELECT submission FROM photo WHERE id = st.photo) ELSE" \
        "   (SELECT max(id) FROM submission WHERE student = st.id AND student != 0 AND " REJECTED \
        ") END" \
        " LEFT JOIN photo AS ph" \
        "   ON ph.id = CASE WHEN st.photo != 0 THEN st.photo ELSE sub.photo END" \
        " LEFT JOIN finding AS f ON f.submission = sub.id " \
        " AND (f.level != 'fixed' OR f.code = 'framed') "
#define STANDING_SELECT STANDING_SELECT_FROM("student AS st")

/* Text that belongs to the statement, until its next step. NULL: the column is NULL, or memory ran
 * out. */
static const char *peek_text(const SqlRows *s, int column)
{
        return sql_text(s, column);
}

/* Copies the strings, because a student is reported only after the first row of the next one was
 * read. All copies share one buffer, which is used again. */
static int read_strings(const SqlRows *s, Text *buffer, StandingRow *ret)
{
        const struct {
                int column;
                const char **to;
        } strings[] = {
                {COLUMN_ID_NUMBER, &ret->id_number},   {COLUMN_NAME, &ret->name},
                {COLUMN_STUDENT_NO, &ret->student_no}, {COLUMN_CLASS, &ret->class_name},
                {COLUMN_MAJOR, &ret->major},           {COLUMN_SENT_AS, &ret->sent_as},
                {COLUMN_SHOWN_NAME, &ret->shown_name}, {COLUMN_NOTE, &ret->note},
        };
        size_t at[ELEMENTSOF(strings)];

        buffer->size = 0;
        for (size_t i = 0; i < ELEMENTSOF(strings); i++) {
                const char *text = peek_text(s, strings[i].column);

                at[i] = SIZE_MAX;
                if (!text && !sql_is_null(s, strings[i].column))
                        return -ENOMEM;
                if (!text)
                        continue;
                at[i] = buffer->size;
                text_append_data(buffer, text, strlen(text) + 1);
        }
        if (buffer->error < 0)
                return buffer->error;
        for (size_t i = 0; i < ELEMENTSOF(strings); i++)
                *strings[i].to = at[i] == SIZE_MAX ? NULL : buffer->data + at[i];
        return 0;
}

static void read_photo(const SqlRows *s, StandingRow *ret)
{
        const char *reason = peek_text(s, COLUMN_REASON);

        ret->has_photo = sql_integer(s, COLUMN_CURRENT);
        ret->has_blob = sql_hash(s, COLUMN_BLOB, &ret->blob);
        ret->reason = reason && *reason ? reason_from_string(reason) : _REASON_INVALID;
        ret->geometry = (PhotoGeometry){
                .head_top = sql_real(s, COLUMN_GEOMETRY),
                .eye_line = sql_real(s, COLUMN_GEOMETRY + 1),
                .face_width = sql_real(s, COLUMN_GEOMETRY + 2),
                .face_centre = sql_real(s, COLUMN_GEOMETRY + 3),
                .head_tilt = sql_real(s, COLUMN_GEOMETRY + 4),
        };
}

static int read_standing(const SqlRows *s, Text *buffer, StandingRow *ret)
{
        const char *stage = peek_text(s, COLUMN_STAGE);
        int r = read_strings(s, buffer, ret);

        if (r < 0)
                return r;
        /* A stage that a newer version wrote counts as none. */
        ret->stage = stage ? stage_from_string(stage) : STAGE_NONE;
        if (ret->stage < 0)
                ret->stage = STAGE_NONE;
        ret->rejections = (unsigned)sql_integer(s, COLUMN_REJECTIONS);
        read_photo(s, ret);
        ret->student = sql_integer(s, COLUMN_STUDENT);
        ret->point_id = sql_integer(s, COLUMN_POINT);
        ret->submission = sql_integer(s, COLUMN_SUBMISSION);
        ret->state = (ReviewState)sql_integer(s, COLUMN_STATE);
        ret->on_roster = sql_integer(s, COLUMN_ON_ROSTER);
        ret->applied = sql_integer(s, COLUMN_APPLIED);
        /* A value of a newer version. */
        if (ret->state < 0 || ret->state >= _REVIEW_STATE_MAX)
                return -EUCLEAN;
        return 0;
}

/* Students come by point: the name is looked up once for each. */
static int read_point(Catalog *catalog, PointRow *point, StandingRow *row)
{
        int r;

        if (point->id != row->point_id) {
                point_row_done(point);
                r = catalog_get_point(catalog, row->point_id, point);
                if (r <= 0)
                        return r < 0 ? r : -EUCLEAN;
        }
        row->point = point->name;
        return 0;
}

typedef struct StandingList {
        Catalog *catalog;
        StandingCallback callback;
        void *userdata;
        Text buffer;
        PointRow point;
        Findings findings;
        Finding framed;
        StandingRow row; /* the student whose findings are being read; student 0: none yet */
} StandingList;

static int tell(StandingList *list)
{
        return list->row.student != 0 ? list->callback(&list->row, list->userdata) : 0;
}

static int take_row(const SqlRows *s, void *userdata)
{
        StandingList *list = userdata;
        Findings *findings = &list->findings;
        Finding finding;
        int r;

        if (sql_integer(s, COLUMN_STUDENT) != list->row.student) {
                r = tell(list);
                if (r != 0)
                        return r;
                findings->n = 0;
                list->row.framed = NULL;
                r = read_standing(s, &list->buffer, &list->row);
                if (r >= 0)
                        r = read_point(list->catalog, &list->point, &list->row);
                if (r < 0)
                        return r;
        }
        if (!peek_text(s, COLUMN_FINDING) || !catalog_read_finding(s, COLUMN_FINDING, &finding))
                return 0;
        if (finding.code == REASON_FRAMED) {
                list->framed = finding;
                list->row.framed = &list->framed;
        } else if (findings->n < FINDINGS_MAX)
                findings->items[findings->n++] = finding;
        return 0;
}

static int list_rows(Catalog *catalog, const char *sql, const Value *values, size_t n,
                     StandingCallback callback, void *userdata)
{
        StandingList list = {.catalog = catalog, .callback = callback, .userdata = userdata};
        int r;

        list.row.findings = &list.findings;
        r = catalog_each(catalog, sql, values, n, take_row, &list);
        if (r == 0)
                r = tell(&list);
        text_done(&list.buffer);
        point_row_done(&list.point);
        return r;
}

#define OF_POINT STANDING_SELECT "WHERE st.batch = ?1 AND st.point = ?2 AND st.shown = 1"
#define OF_BATCH STANDING_SELECT "WHERE st.batch = ?1 AND st.shown = 1"

int catalog_list_standings(Catalog *catalog, Where where, StandingCallback callback, void *userdata)
{
        return list_rows(catalog,
                         where.point != 0 ? OF_POINT " ORDER BY st.id"
                                          : OF_BATCH " ORDER BY st.point, st.id",
                         VALUES(POINT(where)), callback, userdata);
}

#define WAITING " AND st.state = " STUDENT_PENDING " AND st.warned = "
/* The index of those who wait begins with the point. */
#define OF_POINTS \
        STANDING_SELECT_FROM("point CROSS JOIN student AS st ON st.point = point.id") \
        "WHERE st.batch = ?1 AND st.shown = 1"

int catalog_list_waiting(Catalog *catalog, Where where, bool warned, StandingCallback callback,
                         void *userdata)
{
        static const char *const of_point[] = {OF_POINT WAITING "0 ORDER BY st.id",
                                               OF_POINT WAITING "1 ORDER BY st.id"};
        static const char *const of_batch[] = {OF_POINTS WAITING "0 ORDER BY point.id, st.id",
                                               OF_POINTS WAITING "1 ORDER BY point.id, st.id"};

        return list_rows(catalog, (where.point != 0 ? of_point : of_batch)[warned],
                         VALUES(POINT(where)), callback, userdata);
}

int catalog_read_standing(Catalog *catalog, int64_t student, StandingCallback callback,
                          void *userdata)
{
        return list_rows(catalog, STANDING_SELECT "WHERE st.id = ?1 AND st.shown = 1",
                         VALUES(INTEGER(student)), callback, userdata);
}
