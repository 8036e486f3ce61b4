/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/finding.h>
#include <idphoto/hash.h>
#include <idphoto/photo.h>
#include <idphoto/reviewstate.h>
#include <idphoto/stage.h>
#include <idphoto/submission.h>

/* The standing of students: how far each one is, and counts of all. */

/* The standing of a student, and what explains it. Strings live until the callback returns. */
typedef struct StandingRow {
        int64_t student;
        int64_t point_id;
        const char *point; /* its name */
        const char *id_number;
        ReviewState state;
        bool on_roster;
        const char *name; /* "" when no roster gives it, like the next three */
        const char *student_no;
        const char *class_name;
        const char *major;
        int64_t submission;     /* of the photo, else the last one in rejected/; 0: none */
        const char *sent_as;    /* dropped name of the submission; NULL: none */
        const char *shown_name; /* its name in rejected/; NULL: it is not there */
        int64_t applied;        /* wall time when its verdict was shown; 0: none */
        unsigned rejections;    /* by people, of all photos so far [R4] */
        Stage stage;
        bool has_photo;           /* the point's directory shows the student's photo */
        bool has_blob;            /* the submission gave a finished photo; else blob, geometry and
                                     note are unset */
        Sha256 blob;              /* of the finished photo */
        PhotoGeometry geometry;   /* NAN where not measured */
        ReasonCode reason;        /* why a person rejected it, while that is valid; else
                                     _REASON_INVALID */
        const char *note;         /* the reviewer's note; NULL or "": none */
        const Finding *framed;    /* which part of the file the photo is [P10]; NULL: all of it */
        const Findings *findings; /* of the submission, without those of level FIXED; never NULL */
} StandingRow;

typedef int (*StandingCallback)(const StandingRow *row, void *userdata);
/* Lists all students of a point by id. point 0: of all points, by point and id. The listing is one
 * statement, so the callback must not call this function. */
int catalog_list_standings(Catalog *catalog, Where where, StandingCallback callback,
                           void *userdata);

/* The same of those whose photo waits for the office: of the warned, or of the others. */
int catalog_list_waiting(Catalog *catalog, Where where, bool warned, StandingCallback callback,
                         void *userdata);
/* Calls back once for that student, not at all when there is no such student, or none who counts.
 * Returns what the callback returned. */
int catalog_read_standing(Catalog *catalog, int64_t student, StandingCallback callback,
                          void *userdata);

/* ---- counts ---- */

typedef struct PointCounts {
        uint64_t students[_REVIEW_STATE_MAX];
        uint64_t submissions[_SUBMISSION_STATE_MAX];
} PointCounts;

/* Reads stored counters instead of counting rows. point 0: of all points. */
int catalog_counts(Catalog *catalog, Where where, PointCounts *ret);
typedef int (*WarnedCallback)(int64_t point, uint64_t count, void *userdata);
/* Counts the photos that wait for the office with a warning, by point and in the order of the
 * points' ids. A point without one is left out. */
int catalog_list_warned_counts(Catalog *catalog, int64_t batch, WarnedCallback callback,
                               void *userdata);
typedef int (*ReasonCountCallback)(ReasonCode code, uint64_t count, void *userdata);
int catalog_list_reason_counts(Catalog *catalog, Where where, ReasonCountCallback callback,
                               void *userdata);
