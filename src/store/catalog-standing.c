/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

/*
 * Where every student stands, with the findings that explain it: one statement, however many
 * students. Each row of it is a finding (or a student without any); rows of one student follow each
 * other, as both the students and the findings come out of their index in order.
 */

enum {
        COLUMN_STUDENT,
        COLUMN_POINT,
        COLUMN_POINT_NAME,
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
        COLUMN_FINDING, /* and those that follow, as catalog_read_finding() wants them */
};

/* The submission that counts: that of the photo, else the last one that stands in rejected/. */
#define STANDING_SELECT \
        "SELECT st.id, st.point, p.name, st.id_number, st.state, st.on_roster, st.name," \
        " st.student_no, st.class, st.major, ifnull(sub.id, 0), sub.name, ifnull(sub.applied, 0)," \
        " f.code, f.level, f.measured, f.measured2, f.min, f.max, f.detail" \
        " FROM student AS st" \
        " CROSS JOIN point AS p ON p.id = st.point" \
        " LEFT JOIN submission AS sub ON sub.id = iif(st.photo != 0," \
        "   (SELECT submission FROM photo WHERE id = st.photo)," \
        "   (SELECT max(id) FROM submission WHERE student = st.id AND student != 0 AND state = 5))" \
        " LEFT JOIN finding AS f ON f.submission = sub.id "

/* Text that belongs to the statement, until its next step. NULL only when memory ran out, or for a
 * column that is NULL. */
static const char *peek_text(sqlite3_stmt *s, int column)
{
        return (const char *)sqlite3_column_text(s, column);
}

typedef struct Strings {
        char *point, *id_number, *name, *student_no, *class_name, *major, *sent_as;
} Strings;

static void strings_done(Strings *strings)
{
        free(strings->point);
        free(strings->id_number);
        free(strings->name);
        free(strings->student_no);
        free(strings->class_name);
        free(strings->major);
        free(strings->sent_as);
        *strings = (Strings){};
}

/* Copies: a student is told of when the first row of the next one has been read. */
static int read_standing(sqlite3_stmt *s, Strings *strings, StandingRow *ret)
{
        int r;

        strings_done(strings);
        r = column_text(s, COLUMN_POINT_NAME, &strings->point);
        if (r >= 0)
                r = column_text(s, COLUMN_ID_NUMBER, &strings->id_number);
        if (r >= 0)
                r = column_text(s, COLUMN_NAME, &strings->name);
        if (r >= 0)
                r = column_text(s, COLUMN_STUDENT_NO, &strings->student_no);
        if (r >= 0)
                r = column_text(s, COLUMN_CLASS, &strings->class_name);
        if (r >= 0)
                r = column_text(s, COLUMN_MAJOR, &strings->major);
        if (r >= 0)
                r = column_text(s, COLUMN_SENT_AS, &strings->sent_as);
        if (r < 0)
                return r;
        ret->student = sqlite3_column_int64(s, COLUMN_STUDENT);
        ret->point_id = sqlite3_column_int64(s, COLUMN_POINT);
        ret->submission = sqlite3_column_int64(s, COLUMN_SUBMISSION);
        ret->state = (StudentState)sqlite3_column_int(s, COLUMN_STATE);
        ret->on_roster = sqlite3_column_int(s, COLUMN_ON_ROSTER);
        ret->applied = sqlite3_column_int64(s, COLUMN_APPLIED);
        ret->point = strings->point;
        ret->id_number = strings->id_number;
        ret->name = strings->name;
        ret->student_no = strings->student_no;
        ret->class_name = strings->class_name;
        ret->major = strings->major;
        ret->sent_as = strings->sent_as;
        /* A value of a newer version. */
        if (ret->state < 0 || ret->state >= _STUDENT_STATE_MAX)
                return -EUCLEAN;
        return 0;
}

static int list_rows(sqlite3_stmt *s, StandingCallback callback, void *userdata)
{
        _cleanup_(strings_done) Strings strings = {};
        Findings findings;
        StandingRow row = {.findings = &findings};
        int r, told;

        findings.n = 0;
        while ((r = statement_step(s)) > 0) {
                if (sqlite3_column_int64(s, COLUMN_STUDENT) != row.student) {
                        told = row.student != 0 ? callback(&row, userdata) : 0;
                        if (told != 0)
                                return told;
                        findings.n = 0;
                        r = read_standing(s, &strings, &row);
                        if (r < 0)
                                return r;
                }
                if (peek_text(s, COLUMN_FINDING) && findings.n < FINDINGS_MAX &&
                    catalog_read_finding(s, COLUMN_FINDING, &findings.items[findings.n]))
                        findings.n++;
        }
        if (r < 0 || row.student == 0)
                return r;
        return callback(&row, userdata);
}

int catalog_list_standings(Catalog *catalog, int64_t batch, int64_t point,
                           StandingCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_prepare(catalog,
                            point != 0 ? STANDING_SELECT "WHERE st.batch = ?1 AND st.point = ?2"
                                                         " ORDER BY st.id"
                                       : STANDING_SELECT "WHERE st.batch = ?1 AND ?2 = 0"
                                                         " ORDER BY st.point, st.id",
                            &s);
        if (r < 0)
                return r;
        bind_integer(s, 1, batch);
        bind_integer(s, 2, point);
        return list_rows(s, callback, userdata);
}
