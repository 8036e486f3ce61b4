/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/event.h>
#include <idphoto/exportrow.h>

/*
 * What leaves for the platform and the collection centre. In the order of the ID numbers, which is
 * that of an index, so that the same photos make the same list wherever they were dropped.
 */

/* When a student was approved last; one whom a progress list locked without it, when that was. */
#define LAST_EVENT(kind) \
        "(SELECT e.wall FROM event AS e WHERE e.student = st.id AND e.student != 0" \
        " AND e.kind = " kind " ORDER BY e.id DESC LIMIT 1)"

#define EXPORT_SELECT \
        "SELECT st.id, pt.name, st.id_number, st.name, st.student_no, p.id, p.submission, p.blob," \
        " p.size, p.mtime, p.centre, p.centre_size," \
        " (SELECT count(*) FROM student AS o WHERE o.batch = st.batch" \
        "   AND o.id_number = st.id_number AND o.id < st.id)," \
        " ifnull(" LAST_EVENT("?4") ", ifnull(" LAST_EVENT( \
                "?5") ", 0))" \
                      " FROM student AS st CROSS JOIN photo AS p ON p.id = st.photo" \
                      " CROSS JOIN point AS pt ON pt.id = st.point" \
                      " WHERE st.batch = ?1 AND st.photo != 0 AND st.state IN (?2, ?3)" \
                      " ORDER BY st.id_number, st.id"

static int read_export(sqlite3_stmt *s, ExportRow *ret)
{
        const struct {
                int column;
                const char **to;
        } texts[] = {
                {1, &ret->point}, {2, &ret->id_number}, {3, &ret->name}, {4, &ret->student_no}};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                *texts[i].to = (const char *)sqlite3_column_text(s, texts[i].column);
                if (!*texts[i].to)
                        return -ENOMEM;
        }
        ret->student = sqlite3_column_int64(s, 0);
        ret->photo = sqlite3_column_int64(s, 5);
        ret->submission = sqlite3_column_int64(s, 6);
        if (!column_hash(s, 7, &ret->blob))
                return -EUCLEAN;
        ret->size = (uint64_t)sqlite3_column_int64(s, 8);
        ret->mtime = sqlite3_column_int64(s, 9);
        ret->has_centre = column_hash(s, 10, &ret->centre);
        ret->centre_size = (uint64_t)sqlite3_column_int64(s, 11);
        ret->rank = (unsigned)sqlite3_column_int64(s, 12);
        ret->approved = sqlite3_column_int64(s, 13);
        return 0;
}

int catalog_list_exports(Catalog *catalog, int64_t batch, ExportCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(catalog, EXPORT_SELECT,
                              VALUES(INTEGER(batch), INTEGER(REVIEW_APPROVED),
                                     INTEGER(REVIEW_LOCKED),
                                     TEXT(event_kind_to_string(EVENT_APPROVED)),
                                     TEXT(event_kind_to_string(EVENT_LOCKED))),
                              &s);

        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                ExportRow row = {};

                r = read_export(s, &row);
                if (r >= 0)
                        r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int catalog_number_rank(Catalog *catalog, int64_t student, unsigned *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(catalog,
                              "SELECT count(*) FROM student AS a JOIN student AS b"
                              " ON b.batch = a.batch AND b.id_number = a.id_number AND b.id < a.id"
                              " WHERE a.id = ?1",
                              VALUES(INTEGER(student)), &s);

        if (r >= 0)
                r = statement_step(s);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = (unsigned)sqlite3_column_int(s, 0);
        return 0;
}
