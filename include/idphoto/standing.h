/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/finding.h>
#include <idphoto/hash.h>
#include <idphoto/photo.h>
#include <idphoto/reviewstate.h>
#include <idphoto/stage.h>
#include <idphoto/submission.h>

/* Where students stand, one by one and counted. */

/* Where a student stands, and what explains it. Strings live until the callback returns. */
typedef struct StandingRow {
        int64_t student;
        int64_t point_id;
        const char *point; /* its name */
        const char *id_number;
        ReviewState state;
        bool on_roster;
        const char *name; /* "" when no roster tells, like the rest */
        const char *student_no;
        const char *class_name;
        const char *major;
        int64_t submission;     /* of the photo, else the last one in rejected/; 0: none */
        const char *sent_as;    /* its name as dropped, NULL: none */
        const char *shown_name; /* its name in rejected/, NULL: it is not there */
        int64_t applied;        /* when its verdict was shown; 0: none */
        unsigned rejections;    /* by people, of all photos so far [R4] */
        Stage stage;
        bool has_photo;           /* a photo stands in the point under the student's number */
        bool has_blob;            /* a finished photo was made from that submission; else the
                                     following are unset, but for reason */
        Sha256 blob;              /* its bytes */
        PhotoGeometry geometry;   /* NAN where not measured */
        ReasonCode reason;        /* why a person rejected it, as long as that stands;
                                     _REASON_INVALID */
        const char *note;         /* the reviewer's own words, NULL or "": none */
        const Findings *findings; /* of that submission, without those of level FIXED; never NULL */
} StandingRow;

typedef int (*StandingCallback)(const StandingRow *row, void *userdata);
/* Lists all students of a point by id. point 0: of all points, by point and id. It is one statement
 * throughout, so the callback must not list standings itself. */
int catalog_list_standings(Catalog *catalog, Where where, StandingCallback callback,
                           void *userdata);

/* ---- counts ---- */

typedef struct PointCounts {
        uint64_t students[_REVIEW_STATE_MAX];
        uint64_t submissions[_SUBMISSION_STATE_MAX];
} PointCounts;

/* Reads counters; nothing is counted. point 0: all points. */
int catalog_counts(Catalog *catalog, Where where, PointCounts *ret);
typedef int (*ReasonCountCallback)(ReasonCode code, uint64_t count, void *userdata);
int catalog_list_reason_counts(Catalog *catalog, Where where, ReasonCountCallback callback,
                               void *userdata);
