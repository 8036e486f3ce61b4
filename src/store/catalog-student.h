/* SPDX-License-Identifier: MIT */
#pragma once

#include "catalog-internal.h"

#include <idphoto/student.h>

/* Reads rows of the table student, for the files that find and list students. */

#define STUDENT_SELECT \
        "SELECT id, batch, point, id_number, state, photo, on_roster, name, student_no, class, " \
        "major, rejections, stage, stage_since, shown, files FROM student"

int catalog_read_student(const SqlRows *row, void *ret); /* StudentRow */

typedef struct StudentList {
        StudentCallback callback;
        void *userdata;
} StudentList;

int catalog_take_student(const SqlRows *row, void *userdata); /* StudentList */
