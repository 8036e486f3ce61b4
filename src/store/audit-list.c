/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/audit.h>
#include <idphoto/event.h>

#include <string.h>

/* Reading the audit log. */

#define ENTRY_COLUMNS(number) \
        number ", e.wall, e.kind, e.point, p.name, e.submission, e.student, e.uid, e.actor, " \
               "e.detail, e.outside, e.person," \
               " CASE WHEN s.archive != 0 THEN (SELECT a.name FROM submission AS a WHERE a.id = s.archive)" \
               " || '/' ELSE '' END || s.name"
#define LINKED_COLUMNS ENTRY_COLUMNS("e.id")
/* Where entries are sealed, l is the seal. */
#define SEALED_COLUMNS \
        ENTRY_COLUMNS("CASE WHEN e.mac IS NULL AND e.chain IS NOT NULL THEN e.id" \
                      " ELSE coalesce(l.seq, 0) END")
#define SEALED_JOINS ENTRY_JOINS " LEFT JOIN seal AS l ON l.event = e.id"
/* The student of an entry: of what it tells, or of the file. */
#define WHOSE        "CASE WHEN e.student != 0 THEN e.student ELSE coalesce(s.student, 0) END"
#define ENTRY_JOINS \
        " LEFT JOIN point AS p ON p.id = e.point LEFT JOIN submission AS s ON s.id = e.submission"

static const char *column_string(const SqlRows *s, int column)
{
        const char *text = sql_text(s, column);

        return text ? text : "";
}

typedef struct AuditList {
        AuditCallback callback;
        void *userdata;
} AuditList;

static int take_entry(const SqlRows *s, void *userdata)
{
        const AuditList *list = userdata;
        AuditRow row = {
                .number = sql_integer(s, 0),
                .wall = sql_integer(s, 1),
                .kind_name = column_string(s, 2),
                .point = sql_integer(s, 3),
                .point_name = sql_text(s, 4),
                .submission = sql_integer(s, 5),
                .student = sql_integer(s, 6),
                .uid = (uid_t)sql_integer(s, 7),
                .actor = column_string(s, 8),
                .detail = column_string(s, 9),
                .outside = sql_integer(s, 10) != 0,
                .dropped_as = sql_text(s, 12),
        };

        row.has_person = sql_hash(s, 11, &row.person);
        row.kind = event_kind_from_string(row.kind_name);
        return list->callback(&row, list->userdata);
}

/* The id after which the newest `limit` entries begin. */
static int newest(Catalog *catalog, int64_t since, uint64_t limit, int64_t *ret)
{
        int r;

        *ret = 0;
        if (limit == 0 || limit > INT64_MAX)
                return 0;
        r = catalog_one(catalog,
                        "SELECT id FROM event WHERE wall >= ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2",
                        VALUES(INTEGER(since), INTEGER(limit)), read_integer, ret);
        return MIN(r, 0);
}

static int list_linked(Catalog *catalog, int64_t since, uint64_t limit, AuditList *list)
{
        int64_t after;
        int r = newest(catalog, since, limit, &after);

        if (r < 0)
                return r;
        return catalog_each(catalog,
                            "SELECT " LINKED_COLUMNS " FROM event AS e" ENTRY_JOINS
                            " WHERE e.id > ?1 AND e.wall >= ?2 ORDER BY e.id",
                            VALUES(INTEGER(after), INTEGER(since)), take_entry, list);
}

/* The newest of each kind: what waits for its seal, what has one, and what was linked before there were
 * seals. Each kind is read from its end, so that few cost little. */
#define NEWEST(part, place, table, condition) \
        "(SELECT " part " AS part, " place " AS place, e.id FROM " table " WHERE " condition \
        "e.wall >= ?1 ORDER BY " place " DESC LIMIT ?2)"

static int list_sealed(Catalog *catalog, int64_t since, uint64_t limit, AuditList *list)
{
        return catalog_each(
                catalog,
                "SELECT " SEALED_COLUMNS " FROM (SELECT * FROM (" NEWEST(
                        "2", "u.event", "unsealed AS u JOIN event AS e ON e.id = u.event",
                        "") " UNION ALL " NEWEST("1", "n.seq",
                                                 "seal AS n JOIN event AS e ON e.id = n.event",
                                                 "") " UNION ALL " NEWEST("0", "e.id", "event AS e",
                                                                          "e.mac IS NULL AND ") ") AS kinds ORDER BY part DESC, place DESC LIMIT ?2) AS o"
                                                                                                " JOIN event AS e ON e.id = o.id" SEALED_JOINS
                                                                                                " ORDER BY o.part, o.place",
                VALUES(INTEGER(since),
                       INTEGER(limit == 0 ? INT64_MAX : (int64_t)MIN(limit, (uint64_t)INT64_MAX))),
                take_entry, list);
}

static bool has_seals(Catalog *catalog)
{
        return sql_engine(catalog_sql(catalog)) == SQL_POSTGRES;
}

int catalog_audit_list(Catalog *catalog, int64_t since, uint64_t limit, AuditCallback callback,
                       void *userdata)
{
        AuditList list = {callback, userdata};

        return has_seals(catalog) ? list_sealed(catalog, since, limit, &list)
                                  : list_linked(catalog, since, limit, &list);
}

/* Entries from before the chain know only the student. Entries of a purged student, or of somebody from
 * whom only rejected files came, know only the person. Those from before a correction know the person by
 * another number, and that number may be somebody else's by now: so an entry of a student who is still
 * there is that student's alone. */
#define HISTORY(columns, joins) \
        "WITH mine (id) AS (SELECT t.id FROM batch AS b CROSS JOIN student AS t" \
        "   ON t.batch = b.id WHERE t.id_number = ?2)," \
        " own (id) AS (SELECT id FROM mine UNION" \
        "   SELECT f.merged FROM mine CROSS JOIN former AS f" \
        "   ON f.student = mine.id AND f.merged != 0)" \
        " SELECT " columns " FROM event AS e" joins \
        " WHERE e.id IN (SELECT id FROM event WHERE person = ?1 UNION" \
        " SELECT id FROM event WHERE student != 0 AND student IN (SELECT id FROM own) UNION" \
        " SELECT v.id FROM mine CROSS JOIN submission AS u ON u.student = mine.id" \
        "   AND u.student != 0 CROSS JOIN event AS v" \
        "   ON v.submission = u.id AND v.kind = 'received')" \
        " AND (" WHOSE " IN (SELECT id FROM own)" \
        " OR NOT EXISTS (SELECT 1 FROM student AS o WHERE o.id =" \
        "   " WHOSE "))" \
        " AND (?3 = 0 OR s.batch = ?3 OR" \
        " (SELECT batch FROM student WHERE id = e.student) = ?3) ORDER BY e.id"

int catalog_audit_history(Catalog *catalog, int64_t batch, const char *id_number,
                          AuditCallback callback, void *userdata)
{
        const uint8_t *key;
        Sha256 person = {};
        bool has_key;
        int r;

        r = audit_key(catalog, false, &key);
        if (r < 0 && r != -ENOENT && r != -EUCLEAN)
                return r;
        has_key = r >= 0;
        if (has_key) {
                r = audit_person(key, id_number, &person);
                if (r < 0)
                        return r;
        }
        return catalog_each(catalog,
                            has_seals(catalog) ? HISTORY(SEALED_COLUMNS, SEALED_JOINS)
                                               : HISTORY(LINKED_COLUMNS, ENTRY_JOINS),
                            VALUES(HASH(has_key ? &person : NULL), TEXT(id_number), INTEGER(batch)),
                            take_entry, &(AuditList){callback, userdata});
}

typedef struct PersonSearch {
        const char *number;
        char *id_number;
        int n;
} PersonSearch;

/* A number that is an ID number means that person, even when another person has it as student
 * number. */
static int take_person(const SqlRows *s, void *userdata)
{
        PersonSearch *search = userdata;
        int r;

        if (search->n++ > 0)
                return 1;
        r = sql_copy_text(s, 0, &search->id_number);
        if (r < 0)
                return r;
        return search->id_number && strcmp(search->id_number, search->number) == 0;
}

int catalog_find_person(Catalog *catalog, int64_t batch, const char *number, char **ret)
{
        PersonSearch search = {.number = number};
        int r = catalog_each(catalog,
                             "SELECT id_number FROM student WHERE (?1 = 0 OR batch = ?1)"
                             " AND (id_number = ?2 OR (student_no = ?2 AND ?2 != ''))"
                             " GROUP BY id_number"
                             " ORDER BY CASE WHEN id_number = ?2 THEN 0 ELSE 1 END, id_number"
                             " LIMIT 2",
                             VALUES(INTEGER(batch), TEXT(number)), take_person, &search);

        /* The number that the student had before it was corrected. */
        if (r >= 0 && search.n == 0)
                r = catalog_each(
                        catalog,
                        "SELECT DISTINCT t.id_number FROM former AS f CROSS JOIN student AS t"
                        " ON t.id = f.student WHERE f.id_number = ?2"
                        " AND (?1 = 0 OR t.batch = ?1) LIMIT 2",
                        VALUES(INTEGER(batch), TEXT(number)), take_person, &search);
        if (r >= 0 && search.n == 1) {
                *ret = search.id_number;
                return 1;
        }
        free(search.id_number);
        if (r < 0)
                return r;
        return search.n > 1 ? -ENOTUNIQ : 0;
}
