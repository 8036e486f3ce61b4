/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/* What happened: the audit log's entries. */

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
        EVENT_APPROVED, /* by the office, as the next three */
        EVENT_DECIDED,  /* rejected; detail: the reason's name */
        EVENT_REOPENED,
        EVENT_NOTED,  /* the reviewer's words were changed */
        EVENT_STAGE,  /* of a progress list; detail: the stage's name */
        EVENT_LOCKED, /* the final review passed */
        EVENT_PROGRESS_IMPORTED,
        EVENT_EXPORTED, /* detail: how many */
        EVENT_RECEIVED, /* a submission, before its verdict */
        EVENT_PURGED,   /* detail: how many files */
        EVENT_BACKED_UP,
        EVENT_RESTORED,
        EVENT_POINT_CHANGED, /* owner, group or mode of its directory */
        EVENT_CORRECTED, /* a student's number; detail: how the former one is marked in the log */
        EVENT_MOVED,     /* a student came to this point; detail: the name of the other one */
        EVENT_STUDENT_REMOVED,
        EVENT_POINT_RENAMED, /* detail: its former name */
        EVENT_POINT_MERGED,  /* another point became part of this one; detail: its name */
        EVENT_POINT_REMOVED,
        _EVENT_MAX,
        _EVENT_INVALID = -EINVAL,
} EventKind;

const char *event_kind_to_string(EventKind kind);
EventKind event_kind_from_string(const char *s); /* _EVENT_INVALID: none of them */
/* Whether a status shows it: events that concern the teaching points, not the store's own work. */
bool event_kind_is_told(EventKind kind);

typedef struct EventRow {
        int64_t id;
        int64_t wall;
        EventKind kind;
        int64_t point;
        int64_t submission;
        int64_t student;
        uid_t uid;
        const char *detail; /* never a name or an ID number; NULL: none */
        /* Whom it concerns when there is no student yet; stored only as a keyed hash. NULL: the
         * student, else the person that the submission was received for. */
        const char *id_number;
        char *name; /* the dropped file's, from its submission; NULL: none. Not stored. */
} EventRow;

/* The time by which dates are judged: that of the clock, or the newest that the store has seen when
 * the clock is behind it, as on a machine with an empty battery. */
int64_t catalog_now(Catalog *catalog, int64_t wall);

/* Appends to the audit log (audit.h); the caller has to do nothing else for it. row->id is ignored.
 * A submission is received only once: a second EVENT_RECEIVED of it is left out. */
int catalog_add_event(Catalog *catalog, const EventRow *row);
typedef int (*EventCallback)(const EventRow *row, void *userdata);
/* Id of the newest event, 0: none. */
int catalog_last_event(Catalog *catalog, int64_t *ret);
/* Lists the events after `after` that commands made beside the daemon, in their order, at most
 * `limit`. */
int catalog_list_outside_events(Catalog *catalog, int64_t after, unsigned limit,
                                EventCallback callback, void *userdata);
/* Lists what a status shows (event_kind_is_told()), newest first, at most `limit`. point 0: all. */
int catalog_list_events(Catalog *catalog, int64_t point, unsigned limit, EventCallback callback,
                        void *userdata);
