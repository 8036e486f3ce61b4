/* SPDX-License-Identifier: MIT */
#include "catalog-internal.h"

#include <idphoto/event.h>
#include <idphoto/submission.h>

#include <string.h>

/* What happened. */

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
        [EVENT_CORRECTED] = "corrected",
        [EVENT_MOVED] = "moved",
        [EVENT_STUDENT_REMOVED] = "student-removed",
        [EVENT_POINT_RENAMED] = "point-renamed",
        [EVENT_POINT_MERGED] = "point-merged",
        [EVENT_POINT_REMOVED] = "point-removed",
        [EVENT_UNPACKED] = "unpacked",
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

typedef struct EventList {
        EventCallback callback;
        void *userdata;
        int64_t seq;    /* of the next row */
        bool elsewhere; /* the same */
} EventList;

static int take_event(const SqlRows *s, void *userdata)
{
        const EventList *list = userdata;
        const char *kind = sql_text(s, 2);
        _cleanup_free_ char *name = NULL;
        EventRow row = {
                .id = sql_integer(s, 0),
                .wall = sql_integer(s, 1),
                .kind = kind ? event_kind_from_string(kind) : _EVENT_INVALID,
                .point = sql_integer(s, 3),
                .submission = sql_integer(s, 4),
                .student = sql_integer(s, 5),
                .uid = (uid_t)sql_integer(s, 6),
                .seq = list->seq,
                .elsewhere = list->elsewhere,
        };
        int r;

        /* A newer version wrote it. */
        if (row.kind < 0)
                return 0;
        r = sql_copy_text(s, 7, &name);
        if (r < 0)
                return r;
        row.name = name;
        row.detail = sql_text(s, 8);
        return list->callback(&row, list->userdata);
}

#define EVENT_COLUMNS(name) \
        "e.id, e.wall, e.kind, e.point, e.submission, e.student, e.uid, " name ", e.detail"
enum { EVENT_N_COLUMNS = 9 };
#define TOLD_SELECT \
        "SELECT " EVENT_COLUMNS( \
                "s.name") " FROM event AS e" \
                          " LEFT JOIN submission AS s ON s.id = e.submission WHERE e.told = 1 "

int catalog_list_events(Catalog *catalog, int64_t point, unsigned limit, EventCallback callback,
                        void *userdata)
{
        return catalog_some(catalog,
                            point != 0 ? TOLD_SELECT "AND e.point = ?2 ORDER BY e.id DESC LIMIT ?1"
                                       : TOLD_SELECT "ORDER BY e.id DESC LIMIT ?1",
                            VALUES(INTEGER(limit), INTEGER(point)), take_event,
                            &(EventList){.callback = callback, .userdata = userdata});
}

int catalog_last_event(Catalog *catalog, int64_t *ret)
{
        int r = catalog_one(catalog, "SELECT coalesce(max(id), 0) FROM event", NO_VALUES,
                            read_integer, ret);

        return MIN(r, 0);
}

/* ---- news ---- */

static bool has_seals(Catalog *catalog)
{
        return sql_engine(catalog_sql(catalog)) == SQL_POSTGRES;
}

int catalog_last_news(Catalog *catalog, int64_t *ret)
{
        if (!has_seals(catalog))
                return catalog_last_event(catalog, ret);
        return MIN(catalog_one(catalog, "SELECT coalesce(max(seq), 0) FROM seal", NO_VALUES,
                               read_integer, ret),
                   0);
}

typedef struct NewsList {
        EventList list;
        int64_t *after;
} NewsList;

/* Of its own this gateway only learns the numbers, so that it need not pass by them again. */
static int take_news(const SqlRows *s, void *userdata)
{
        NewsList *news = userdata;

        *news->after = news->list.seq = sql_integer(s, EVENT_N_COLUMNS);
        news->list.elsewhere = sql_integer(s, EVENT_N_COLUMNS + 1) == 0;
        return sql_is_null(s, 0) ? 0 : take_event(s, &news->list);
}

int catalog_list_news(Catalog *catalog, int64_t *after, unsigned limit, EventCallback callback,
                      void *userdata)
{
        NewsList news = {.list = {.callback = callback, .userdata = userdata}, .after = after};

        if (!has_seals(catalog))
                return catalog_some(
                        catalog,
                        "SELECT " EVENT_COLUMNS(
                                "NULL") ", e.id, 1 FROM event AS e"
                                        " WHERE e.outside = 1 AND e.id > ?1 ORDER BY e.id LIMIT ?2",
                        VALUES(INTEGER(*after), INTEGER(limit)), take_news, &news);
        return catalog_some(
                catalog,
                "SELECT " EVENT_COLUMNS(
                        "NULL") ", n.seq, e.outside FROM (SELECT seq, event, origin FROM seal WHERE seq > ?1"
                                "   ORDER BY seq LIMIT ?2) AS n"
                                " LEFT JOIN event AS e ON e.id = n.event"
                                "   AND (n.origin != ?3 OR e.outside = 1) ORDER BY n.seq",
                VALUES(INTEGER(*after), INTEGER(limit),
                       INTEGER(store_gateway(catalog_store(catalog)))),
                take_news, &news);
}

/* Takes the newest of the last events, not of all: so a clock that was ahead once is forgotten at
 * some time, and the cost does not grow. */
int64_t catalog_now(Catalog *catalog, int64_t wall)
{
        int64_t newest = 0;
        int r = catalog_one(catalog,
                            "SELECT coalesce(max(seen.wall), 0) FROM (SELECT last.wall FROM"
                            "   (SELECT wall FROM event ORDER BY id DESC LIMIT 1000) AS last"
                            "   UNION ALL SELECT max(created) FROM batch) AS seen",
                            NO_VALUES, read_integer, &newest);

        return r > 0 ? MAX(wall, newest) : wall;
}
