/* SPDX-License-Identifier: MIT */
#pragma once

#include "arena.h"
#include "headings.h"
#include "index.h"

#include <idphoto/roster.h>

/* From rows of cells to students and problems. */

typedef struct Builder {
        Roster *roster; /* being built, the builder's until taken */
        Date today;
        bool date1904;
        bool have_headings;
        Headings headings;
        size_t heading_row;
        /* The row that looked most like a heading, to say what it lacks. */
        Headings nearest;
        size_t nearest_row;
        size_t allocated_rows;
        size_t allocated_problems;
        Index *ids;
        Index *student_nos;
} Builder;

int builder_init(Builder *builder, Date today);
void builder_done(Builder *builder);

/* A CellRowCallback with the Builder as userdata. Stops (1) when no heading came in time; -EFBIG
 * beyond ROSTER_ROWS_MAX; -ENOMEM. */
int builder_row(size_t row, const Cell *cells, size_t n, void *userdata);

int builder_problem(Builder *builder, RosterCode code, size_t row, unsigned column,
                    const char *value);

/* Says what is missing in the file as a whole, once all rows were given. */
int builder_finish(Builder *builder);
