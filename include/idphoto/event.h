/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/* Events: the entries of the audit log. */

typedef enum EventKind {
        EVENT_ACCEPTED,
        EVENT_REJECTED,
        EVENT_REPLACED,
        EVENT_UNCHANGED,
        EVENT_WITHDRAWN,
        EVENT_DISMISSED,
        EVENT_POINT_ADDED,
        EVENT_ROSTER_IMPORTED,
        EVENT_BATCH_CLOSED,
        EVENT_BATCH_REOPENED,
        EVENT_APPROVED, /* by the office, like the next three */
        EVENT_DECIDED,  /* rejected; detail: the reason's name */
        EVENT_REOPENED,
        EVENT_NOTED,  /* the reviewer's note was changed */
        EVENT_STAGE,  /* set by a progress list; detail: the stage's name */
        EVENT_LOCKED, /* the final review passed */
        EVENT_PROGRESS_IMPORTED,
        EVENT_EXPORTED, /* detail: the number of photos */
        EVENT_RECEIVED, /* a submission arrived; its verdict follows */
        EVENT_PURGED,   /* detail: the number of files */
        EVENT_BACKED_UP,
        EVENT_RESTORED,
        EVENT_POINT_CHANGED, /* owner, group or mode of its directory */
        EVENT_CORRECTED, /* a student's number; detail: how the former one is marked in the log */
        EVENT_MOVED,     /* a student came to this point; detail: the name of the other one */
        EVENT_STUDENT_REMOVED,
        EVENT_POINT_RENAMED, /* detail: its former name */
        EVENT_POINT_MERGED,  /* another point became part of this one; detail: its name */
        EVENT_POINT_REMOVED,
        EVENT_UNPACKED, /* an archive; detail: the number of files in it */
        _EVENT_MAX,
        _EVENT_INVALID = -EINVAL,
} EventKind;

const char *event_kind_to_string(EventKind kind);
EventKind event_kind_from_string(const char *s); /* _EVENT_INVALID: no such kind */
/* Whether a status file shows the event. It shows what concerns teaching points, not the store's
 * internal work. */
bool event_kind_is_told(EventKind kind);

typedef struct EventRow {
        int64_t id;
        int64_t seq; /* of catalog_list_news(): its place among all news */
        int64_t wall;
        EventKind kind;
        int64_t point;
        int64_t submission;
        int64_t student;
        uid_t uid;
        const char *detail; /* never a name or an ID number; NULL: none */
        /* The person concerned when there is no student yet; stored only as a keyed hash. NULL: the
         * student, else the person for whom the submission was received. */
        const char *id_number;
        bool elsewhere; /* of catalog_list_news(): done at another gateway, by no command */
        char *name;     /* dropped name of the submission, not stored here; NULL: none */
} EventRow;

/* Returns the time by which dates are judged: `wall`, or the newest time in the store if that is
 * later. The clock of a machine with an empty battery may be behind. */
int64_t catalog_now(Catalog *catalog, int64_t wall);

/* Appends an entry to the audit log (audit.h) and extends its hash chain, or leaves that to
 * catalog_seal(). Ignores row->id. Drops a second EVENT_RECEIVED of a submission. */
int catalog_add_event(Catalog *catalog, const EventRow *row);
/* What an event of that submission will read: see catalog_look_ahead(). */
void catalog_expect_event(Catalog *catalog, int64_t submission);
typedef int (*EventCallback)(const EventRow *row, void *userdata);
/* Reads the id of the newest event; 0: there is none. In a transaction that writes alone it is that of
 * the one just added. */
int catalog_last_event(Catalog *catalog, int64_t *ret);
/*
 * News are what this daemon has not done itself: what commands did and, where several gateways are on
 * one store, the others. Each has a number `seq`, and whoever asks for what comes after the last one that
 * it knows misses none, however many write meanwhile: see catalog_seal().
 */
/* Reads the number of the newest; 0: there is none. */
int catalog_last_news(Catalog *catalog, int64_t *ret);
/* Lists the news after *after, oldest first, and sets *after to the last one that it has looked at, which
 * may be the daemon's own. Looks at `limit` at most: if *after stays, there are no more. */
int catalog_list_news(Catalog *catalog, int64_t *after, unsigned limit, EventCallback callback,
                      void *userdata);
/* Lists at most `limit` events that a status file shows (event_kind_is_told()), newest first. point
 * 0: of all points. */
int catalog_list_events(Catalog *catalog, int64_t point, unsigned limit, EventCallback callback,
                        void *userdata);
