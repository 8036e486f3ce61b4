/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/* Writing rosters: what they say of students. */

/* What a roster says of a student. */
typedef struct RosterStudent {
        const char *id_number;
        const char *name;
        const char *student_no;
        const char *exam_no;
        const char *sex;
        const char *class_name;
        const char *level;
        const char *major;
} RosterStudent;

/*
 * Loads a whole list, fast: begin, add each student, lock, apply. Students that the point does not
 * know are added, those that it knows are updated. A student must be added once for each point; the
 * caller leaves out what repeats. No row changes before apply.
 */
int catalog_roster_begin(Catalog *catalog);
int catalog_roster_add(Catalog *catalog, int64_t point, const RosterStudent *student);
/* From here on nobody else changes a point of the list, or one at which somebody of the list is
 * known. Not needed by who has the whole catalog. */
int catalog_roster_lock(Catalog *catalog, int64_t batch);

typedef struct RosterApplied {
        uint64_t added;
        uint64_t changed;
        int64_t last_before; /* students of a greater id were added */
} RosterApplied;

int catalog_roster_apply(Catalog *catalog, int64_t batch, int64_t now, RosterApplied *ret);

/* A student who was added (with an id above `after`) and was known at another point before. The
 * string is valid until the callback returns. */
typedef struct RosterMove {
        int64_t student;
        int64_t point;
        const char *id_number;
        int64_t other; /* the student at the other point */
        int64_t other_point;
} RosterMove;

typedef int (*RosterMoveCallback)(const RosterMove *move, void *userdata);
int catalog_list_moves(Catalog *catalog, int64_t batch, int64_t after, RosterMoveCallback callback,
                       void *userdata);
