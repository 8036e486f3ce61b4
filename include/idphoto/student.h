/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/reviewstate.h>
#include <idphoto/stage.h>

/* Students: their state, their stage, and which student a number or a name means. */

typedef struct StudentRow {
        int64_t id;
        int64_t batch;
        int64_t point;
        char *id_number;
        ReviewState state;
        int64_t photo; /* current, 0: none */
        bool on_roster;
        unsigned files;      /* in rejected/ */
        bool shown;          /* counts, and is listed: on the roster, or with a photo or a rejected
                                file [W6] */
        unsigned rejections; /* by people, of all photos so far [R4] */
        Stage stage;
        int64_t stage_since; /* wall time, from the progress list; 0: none */
        char *name;          /* "" when no roster gives it, like the rest */
        char *student_no;
        char *class_name;
        char *major;
} StudentRow;

void student_row_done(StudentRow *row);
#define _cleanup_student_ _cleanup_(student_row_done)

int catalog_find_student(Catalog *catalog, Where where, const char *id_number, StudentRow *ret);
int catalog_get_student(Catalog *catalog, int64_t id, StudentRow *ret);
/* That of the submission, which need not have been read. */
int catalog_get_student_of(Catalog *catalog, int64_t submission, StudentRow *ret);
int catalog_add_student(Catalog *catalog, Where where, const char *id_number, int64_t now,
                        int64_t *ret_id);
/* Sets the state and the current photo. photo 0: none. */
int catalog_set_student(Catalog *catalog, int64_t id, ReviewState state, int64_t photo);

/* Adds one to the rejections by people [R4]. */
int catalog_count_rejection(Catalog *catalog, int64_t id);

typedef int (*StudentCallback)(const StudentRow *row, void *userdata);
/* Lists the students without an accepted photo, who are shown in missing/, by id. Who does not count
 * is left out. */
int catalog_list_missing(Catalog *catalog, Where where, int64_t after, StudentCallback callback,
                         void *userdata);
/* Lists all students of a point by id, those who do not count as well. point 0: of all points. */
int catalog_list_students(Catalog *catalog, Where where, int64_t after, StudentCallback callback,
                          void *userdata);

/* ---- stages: how far the centre and the register are ---- */

/* since: wall time of the stage according to the progress list. -ENOENT: there is no such
 * student. */
int catalog_set_student_stage(Catalog *catalog, int64_t id, Stage stage, int64_t since);
/* List the students of the whole batch with that ID number or student number, whom a progress list
 * may mean. The callback must not change students. */
int catalog_list_students_of_id(Catalog *catalog, int64_t batch, const char *id_number,
                                StudentCallback callback, void *userdata);
int catalog_list_students_of_no(Catalog *catalog, int64_t batch, const char *student_no,
                                StudentCallback callback, void *userdata);

/* The students of a point who reached the stage before the wall time `before` and are still at
 * it. */
typedef struct StageQuery {
        Where where;
        Stage stage;
        int64_t before;
} StageQuery;

/* Counts them. point 0: of all points. */
int catalog_count_stage(Catalog *catalog, const StageQuery *query, uint64_t *ret);
/* Lists at most `limit` of them at one point, those longest at the stage first. */
int catalog_list_stage(Catalog *catalog, const StageQuery *query, unsigned limit,
                       StudentCallback callback, void *userdata);

/* ---- look-ups: students on the rosters ---- */

/* Whether there is a roster for this point: 1, 0. */
int catalog_point_has_roster(Catalog *catalog, Where where);
/* Whether there is one for every point that has students: 1, 0. Without students 0. */
int catalog_batch_has_rosters(Catalog *catalog, int64_t batch);
int catalog_find_student_by_no(Catalog *catalog, Where where, const char *student_no,
                               StudentRow *ret);
/* What a roster writes of a student that the name of a file may hold. */
typedef enum StudentText {
        STUDENT_TEXT_ID_NUMBER,
        STUDENT_TEXT_STUDENT_NO,
        STUDENT_TEXT_NAME,
        _STUDENT_TEXT_MAX,
} StudentText;

/* Lists the students on the point's roster whose text has that key (match_key()). None for "". The
 * callback must not change students. */
int catalog_list_students_by_key(Catalog *catalog, Where where, StudentText text, const char *key,
                                 StudentCallback callback, void *userdata);
/* Finds the only number on the point's roster that one typing mistake turns into `number`
 * (id_number_near()). 0: there is none, or more than one. */
int catalog_nearest_number(Catalog *catalog, Where where, const char *number, char **ret);

/* Removes a student. -EPERM: there is a photo or a submission of theirs. */
int catalog_remove_student(Catalog *catalog, int64_t id);
/* Takes a student off the roster. The row stays for what was sent, but no more photos are taken for
 * the student, who counts only as long as there is a photo or a rejected file. */
int catalog_unlist_student(Catalog *catalog, int64_t id);
