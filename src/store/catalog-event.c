/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/event.h>
#include <idphoto/standing.h>
#include <idphoto/submission.h>

#include <string.h>

/* What happened, and how many stand where. */

static const char *const event_names[_EVENT_MAX] = {
        [EVENT_ACCEPTED] = "accepted",
        [EVENT_REJECTED] = "rejected",
        [EVENT_REPLACED] = "replaced",
        [EVENT_UNCHANGED] = "unchanged",
        [EVENT_WITHDRAWN] = "withdrawn",
        [EVENT_DISMISSED] = "dismissed",
        [EVENT_POINT_ADDED] = "point-added",
        [EVENT_ROSTER_IMPORTED] = "roster-imported",
        [EVENT_BATCH_CLOSED] = "batch-closed",
        [EVENT_BATCH_REOPENED] = "batch-reopened",
        [EVENT_APPROVED] = "approved",
        [EVENT_DECIDED] = "decided",
        [EVENT_REOPENED] = "reopened",
        [EVENT_NOTED] = "noted",
        [EVENT_STAGE] = "stage",
        [EVENT_LOCKED] = "locked",
        [EVENT_PROGRESS_IMPORTED] = "progress-imported",
        [EVENT_EXPORTED] = "exported",
        [EVENT_RECEIVED] = "received",
        [EVENT_PURGED] = "purged",
        [EVENT_BACKED_UP] = "backed-up",
        [EVENT_RESTORED] = "restored",
        [EVENT_POINT_CHANGED] = "point-changed",
};

const char *event_kind_to_string(EventKind kind)
{
        return kind >= 0 && kind < _EVENT_MAX ? event_names[kind] : NULL;
}

EventKind event_kind_from_string(const char *s)
{
        for (int i = 0; i < _EVENT_MAX; i++)
                if (strcmp(event_names[i], s) == 0)
                        return (EventKind)i;
        return _EVENT_INVALID;
}

bool event_kind_is_told(EventKind kind)
{
        switch (kind) {
        case EVENT_NOTED:
        case EVENT_STAGE:
        case EVENT_EXPORTED:
        case EVENT_RECEIVED:
        case EVENT_PURGED:
        case EVENT_BACKED_UP:
                return false;
        default:
                return true;
        }
}

static int list_event_rows(sqlite3_stmt *s, EventCallback callback, void *userdata)
{
        int r;

        while ((r = statement_step(s)) > 0) {
                const char *kind = (const char *)sqlite3_column_text(s, 2);
                _cleanup_free_ char *name = NULL;
                EventRow row = {
                        .id = sqlite3_column_int64(s, 0),
                        .wall = sqlite3_column_int64(s, 1),
                        .kind = kind ? event_kind_from_string(kind) : _EVENT_INVALID,
                        .point = sqlite3_column_int64(s, 3),
                        .submission = sqlite3_column_int64(s, 4),
                        .student = sqlite3_column_int64(s, 5),
                        .uid = (uid_t)sqlite3_column_int64(s, 6),
                };

                if (row.kind < 0)
                        continue;
                r = column_text(s, 7, &name);
                if (r < 0)
                        return r;
                row.name = name;
                row.detail = (const char *)sqlite3_column_text(s, 8);
                r = callback(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int catalog_list_events(Catalog *catalog, int64_t point, unsigned limit, EventCallback callback,
                        void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                point != 0 ? "SELECT e.id, e.wall, e.kind, e.point, e.submission, e.student, "
                             "e.uid, s.name, e.detail"
                             " FROM event AS e LEFT JOIN submission AS s ON s.id = e.submission"
                             " WHERE e.point = ?1 AND e.told = 1 ORDER BY e.id DESC LIMIT ?2"
                           : "SELECT e.id, e.wall, e.kind, e.point, e.submission, e.student, "
                             "e.uid, s.name, e.detail"
                             " FROM event AS e LEFT JOIN submission AS s ON s.id = e.submission"
                             " WHERE ?1 = 0 AND e.told = 1 ORDER BY e.id DESC LIMIT ?2",
                VALUES(INTEGER(point), INTEGER(limit)), &s);
        if (r < 0)
                return r;
        return list_event_rows(s, callback, userdata);
}

int catalog_last_event(Catalog *catalog, int64_t *ret)
{
        return catalog_query_integer(catalog, "SELECT ifnull(max(id), 0) FROM event", ret);
}

int catalog_list_outside_events(Catalog *catalog, int64_t after, unsigned limit,
                                EventCallback callback, void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(
                catalog,
                "SELECT e.id, e.wall, e.kind, e.point, e.submission, e.student, e.uid,"
                " NULL, e.detail FROM event AS e"
                " WHERE e.outside = 1 AND e.id > ?1 ORDER BY e.id LIMIT ?2",
                VALUES(INTEGER(after), INTEGER(limit)), &s);

        return r < 0 ? r : list_event_rows(s, callback, userdata);
}

int catalog_counts(Catalog *catalog, Where where, PointCounts *ret)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        PointCounts counts = {};
        int r;

        r = catalog_query(catalog,
                          where.point != 0
                                  ? "SELECT kind, key, n FROM tally WHERE batch = ?1 AND "
                                    "point = ?2 AND kind < 2"
                                  : "SELECT kind, key, sum(n) FROM tally WHERE batch = ?1 AND "
                                    "?2 = 0 AND kind < 2"
                                    " GROUP BY kind, key",
                          VALUES(INTEGER(where.batch), INTEGER(where.point)), &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                int kind = sqlite3_column_int(s, 0), key = sqlite3_column_int(s, 1);
                int64_t n = sqlite3_column_int64(s, 2);

                if (n <= 0 || key < 0)
                        continue;
                if (kind == 0 && key < _REVIEW_STATE_MAX)
                        counts.students[key] = (uint64_t)n;
                else if (kind == 1 && key < _SUBMISSION_STATE_MAX)
                        counts.submissions[key] = (uint64_t)n;
        }
        if (r < 0)
                return r;
        *ret = counts;
        return 0;
}

int catalog_list_reason_counts(Catalog *catalog, Where where, ReasonCountCallback callback,
                               void *userdata)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r;

        r = catalog_query(
                catalog,
                where.point != 0
                        ? "SELECT key, n FROM tally WHERE batch = ?1 AND point = ?2 AND kind = 2 "
                          "AND n > 0"
                          " ORDER BY n DESC, key"
                        : "SELECT key, sum(n) FROM tally WHERE batch = ?1 AND ?2 = 0 AND kind = 2"
                          " GROUP BY key HAVING sum(n) > 0 ORDER BY 2 DESC, key",
                VALUES(INTEGER(where.batch), INTEGER(where.point)), &s);
        if (r < 0)
                return r;
        while ((r = statement_step(s)) > 0) {
                const char *name = (const char *)sqlite3_column_text(s, 0);
                ReasonCode code = name ? reason_from_string(name) : _REASON_INVALID;

                if (code < 0)
                        continue;
                r = callback(code, (uint64_t)sqlite3_column_int64(s, 1), userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

/* The newest of the last events rather than of all: a clock that was ahead once is forgotten in the
 * end, and what it costs does not grow. */
int64_t catalog_now(Catalog *catalog, int64_t wall)
{
        _cleanup_statement_ sqlite3_stmt *s = NULL;
        int r = catalog_query(catalog,
                              "SELECT max(coalesce((SELECT max(wall) FROM (SELECT wall FROM event"
                              " ORDER BY id DESC LIMIT 1000)), 0),"
                              " coalesce((SELECT max(created) FROM batch), 0))",
                              NULL, 0, &s);

        if (r < 0 || statement_step(s) <= 0)
                return wall;
        return MAX(wall, sqlite3_column_int64(s, 0));
}
