/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"
#include "states.h"

#include <idphoto/event.h>
#include <idphoto/exportrow.h>

/*
 * Photos for the platform and the collection centre. They come in the order of ID numbers, which is
 * that of an index, so the same photos make the same list wherever they were dropped.
 */

/* When a student was last approved or, when a progress list locked the photo without an approval,
 * when that was. */
#define LAST_EVENT(kind) \
        "(SELECT e.wall FROM event AS e WHERE e.student = st.id AND e.student != 0" \
        " AND e.kind = " kind " ORDER BY e.id DESC LIMIT 1)"

#define RANK \
        "(SELECT count(*) FROM student AS o WHERE o.batch = st.batch" \
        " AND o.id_number = st.id_number AND o.id < st.id AND o.shown = 1)"

/* clang-format takes a macro beside a string for an operand. */
/* clang-format off */
#define EXPORT_SELECT(rank, which) \
        "SELECT st.id, pt.name, st.id_number, st.name, st.student_no, p.id, p.submission, p.blob," \
        " p.size, p.mtime, p.centre, p.centre_size, " rank "," \
        " coalesce(" LAST_EVENT("?2") ", coalesce(" LAST_EVENT("?3") ", 0))" \
        " FROM student AS st CROSS JOIN photo AS p ON p.id = st.photo" \
        " CROSS JOIN point AS pt ON pt.id = st.point" \
        " WHERE st.batch = ?1 AND " which " AND st.photo != 0 AND st." SETTLED \
        " ORDER BY st.id_number, st.id"
/* clang-format on */

static int read_export(const SqlRows *s, ExportRow *ret)
{
        const struct {
                int column;
                const char **to;
        } texts[] = {
                {1, &ret->point}, {2, &ret->id_number}, {3, &ret->name}, {4, &ret->student_no}};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                *texts[i].to = sql_text(s, texts[i].column);
                if (!*texts[i].to)
                        return -ENOMEM;
        }
        ret->student = sql_integer(s, 0);
        ret->photo = sql_integer(s, 5);
        ret->submission = sql_integer(s, 6);
        if (!sql_hash(s, 7, &ret->blob))
                return -EUCLEAN;
        ret->size = (uint64_t)sql_integer(s, 8);
        ret->mtime = sql_integer(s, 9);
        ret->has_centre = sql_hash(s, 10, &ret->centre);
        ret->centre_size = (uint64_t)sql_integer(s, 11);
        ret->rank = (unsigned)sql_integer(s, 12);
        ret->approved = sql_integer(s, 13);
        return 0;
}

typedef struct ExportList {
        ExportCallback callback;
        void *userdata;
} ExportList;

static int take_export(const SqlRows *s, void *userdata)
{
        const ExportList *list = userdata;
        ExportRow row = {};
        int r = read_export(s, &row);

        return r < 0 ? r : list->callback(&row, list->userdata);
}

int catalog_list_exports(Catalog *catalog, Where where, ExportCallback callback, void *userdata)
{
        return catalog_each(catalog,
                            where.point != 0 ? EXPORT_SELECT("0", "st.point = ?4")
                                             : EXPORT_SELECT(RANK, "?4 = 0"),
                            VALUES(INTEGER(where.batch), TEXT(event_kind_to_string(EVENT_APPROVED)),
                                   TEXT(event_kind_to_string(EVENT_LOCKED)), INTEGER(where.point)),
                            take_export, &(ExportList){callback, userdata});
}

static int read_rank(const SqlRows *s, void *ret)
{
        *(unsigned *)ret = (unsigned)sql_integer(s, 0);
        return 1;
}

int catalog_number_rank(Catalog *catalog, int64_t student, unsigned *ret)
{
        int r = catalog_one(catalog,
                            "SELECT count(*) FROM student AS a JOIN student AS b"
                            " ON b.batch = a.batch AND b.id_number = a.id_number AND b.id < a.id"
                            " AND b.shown = 1"
                            " WHERE a.id = ?1",
                            VALUES(INTEGER(student)), read_rank, ret);

        return MIN(r, 0);
}
