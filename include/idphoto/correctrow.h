/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>

/*
 * Rows that come to another number, another student or another point [W6]. What hangs on a row
 * follows by its id: photos, submissions, findings, decisions, fingerprints and the entries of the
 * audit log. Nothing here asks whether it makes sense; see correction.h.
 */

typedef struct NumberChange {
        int64_t student;
        const char *id_number;
} NumberChange;

/* Gives students other numbers, all at once, so that two may exchange theirs. -EEXIST: somebody
 * else at the point has one of them. */
int catalog_correct_numbers(Catalog *catalog, const NumberChange *changes, size_t n);

typedef struct StudentMerge {
        int64_t keep;
        int64_t gone;         /* its row is removed */
        bool listing_of_gone; /* what the roster says of it counts, if it is on one */
} StudentMerge;

/* Two rows of one person become one. The one that goes must have no photo. What was sent for it
 * becomes the other's, wherever it stands. */
int catalog_merge_students(Catalog *catalog, const StudentMerge *merge);

/* How many students of that point's roster have that (folded) name in that class. */
int catalog_count_namesakes(Catalog *catalog, Where where, const char *name, const char *class_name,
                            uint64_t *ret);

/* Whether something is on its way to its verdict for the student: 1, 0. */
int catalog_student_busy(Catalog *catalog, int64_t student);

/* ---- from point to point ---- */

/* Whose: the submissions of one student, or those of a whole point when student is 0. */
typedef struct Belongings {
        int64_t student;
        int64_t point; /* where they are */
} Belongings;

typedef int (*IdCallback)(int64_t id, void *userdata);
/* Lists the submissions in rejected/. */
int catalog_list_rejected_of(Catalog *catalog, const Belongings *whose, IdCallback callback,
                             void *userdata);
/* Moves a submission in rejected/ to another point, where it is shown under that name. */
int catalog_move_rejected(Catalog *catalog, int64_t submission, int64_t point,
                          const char *shown_name);
/* Moves all finished submissions and their photos. What was dropped into a folder lies in the
 * point itself from then on. A dropped name that means something else there is not kept. */
int catalog_move_belongings(Catalog *catalog, const Belongings *whose, int64_t point);
/* Moves the row of the student, or of all students of a point. -EEXIST: one is there already. */
int catalog_move_students(Catalog *catalog, const Belongings *whose, int64_t point);

/* Students that stand at both points under one number. */
typedef struct SharedStudent {
        int64_t from;
        int64_t into;
        bool both_photos;
} SharedStudent;

typedef int (*SharedCallback)(const SharedStudent *shared, void *userdata);
int catalog_list_shared(Catalog *catalog, int64_t from, int64_t into, SharedCallback callback,
                        void *userdata);

/* ---- points ---- */

/* What is at a point, in all batches. */
typedef struct PointUse {
        uint64_t students; /* rows, also of those who do not count */
        uint64_t listed;   /* on a roster */
        uint64_t photos;
        uint64_t files;      /* finished submissions, withdrawn and superseded ones as well */
        uint64_t unfinished; /* uploads, a client's temporary files as well */
} PointUse;

int catalog_point_use(Catalog *catalog, int64_t point, PointUse *ret);
/* -EEXIST: another point has that (folded) name. */
int catalog_rename_point(Catalog *catalog, int64_t point, const char *name);
/* Removes a point and what it has of students and folders. Its row stays for what refers to it. The
 * point must have no submissions. */
int catalog_remove_point(Catalog *catalog, int64_t point);

/* ---- what was before ---- */

/* A student as it was before an event. */
typedef struct FormerRow {
        int64_t event;
        int64_t student;
        int64_t batch;
        int64_t point;
        const char *id_number; /* valid until a callback returns */
        int64_t merged; /* another row of the same person that became this student's; 0: none */
} FormerRow;

int catalog_add_former(Catalog *catalog, const FormerRow *row);
/* The same for all students of a point. */
int catalog_add_former_point(Catalog *catalog, int64_t event, int64_t point);
typedef int (*FormerCallback)(const FormerRow *row, void *userdata);
int catalog_list_former(Catalog *catalog, int64_t event, unsigned limit, FormerCallback callback,
                        void *userdata);
