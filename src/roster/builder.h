/* SPDX-License-Identifier: MIT */
#pragma once

#include "arena.h"
#include "headings.h"
#include "index.h"

#include <idphoto/roster.h>

/* From rows of cells to students and problems. */

/* Bytes of the cells that are shown where a heading was looked for. */
enum { ROSTER_HEADINGS_SHOWN = 240 };

/* Of the sheet that is being read, or of a text file as a whole. */
typedef struct SheetCounts {
        size_t cells;    /* that are not empty */
        size_t students; /* rows, whether good or not */
        size_t bad;      /* of these, with an error */
        size_t spoilt;   /* of these, with an error that only real data have */
        size_t examples; /* rows that are marked as such; they are no students */
} SheetCounts;

typedef struct Builder {
        Roster *roster; /* being built, the builder's until taken */
        Date today;
        bool date1904;
        const char *sheet; /* name of the sheet being read, where there are several; else "" */
        const char *sheet_point; /* for rows of a sheet that has no column for it; else NULL */
        SheetCounts counts;
        bool have_headings;
        Headings headings;
        size_t heading_row;
        /* The row that looked most like a heading, to say what it lacks. */
        Headings nearest;
        size_t nearest_row;
        size_t nearest_cells;
        char nearest_text[ROSTER_HEADINGS_SHOWN + 1];
        size_t allocated_rows;
        size_t allocated_problems;
        Index *ids;
        Index *student_nos;
} Builder;

int builder_init(Builder *builder, Date today);
void builder_done(Builder *builder);

/* Begins a sheet: what was found out of headings is forgotten, rows and problems are kept. */
void builder_begin_sheet(Builder *builder, const char *name);

/* A CellRowCallback with the Builder as userdata. Stops (1) when no heading came in time; -EFBIG
 * beyond ROSTER_ROWS_MAX; -ENOMEM. */
int builder_row(size_t row, const Cell *cells, size_t n, void *userdata);

/* In the sheet that is being read. */
int builder_problem(Builder *builder, RosterCode code, size_t row, unsigned column,
                    const char *value);

/* Whether a folder may be called so, and with it a teaching point. */
bool roster_point_possible(const char *name);

/* Takes back the rows beyond the first n_rows. 0 or -ENOMEM. */
int builder_cut_rows(Builder *builder, size_t n_rows);
/* Takes back a range of problems; n_errors and n_warnings are all that were counted in it. */
void builder_cut_problems(Builder *builder, size_t first, size_t end, size_t n_errors,
                          size_t n_warnings);

/* What is wrong with a heading that was not found, and the row that is to be shown for it. */
RosterCode builder_missing_heading(const Builder *builder);

/* Says what is missing in a file without sheets, once all rows were given. */
int builder_finish(Builder *builder);
