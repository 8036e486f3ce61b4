/* SPDX-License-Identifier: MIT */
#pragma once

#include "builder.h"

/*
 * Which sheets of a workbook are lists of students, and which only explain or show how to fill in
 * the others. What is neither makes the workbook an error as a whole, so that nobody is left out
 * unnoticed [W7].
 */

typedef struct SheetRecord SheetRecord;

typedef struct Sheets {
        Builder *builder;
        SheetRecord *records; /* of the sheets that are done */
        size_t n;
        size_t allocated;
        size_t n_lists; /* of these */
        /* The sheet that is being read. */
        const char *name;
        size_t first_row, first_problem, errors_before, warnings_before;
} Sheets;

void sheets_done(Sheets *sheets);
#define _cleanup_sheets_ _cleanup_(sheets_done)

/* The next sheet; n_sheets is how many the workbook has. 1: it is to be passed over. 0: its rows go
 * to builder_row(), and then sheets_end() follows. -ENOMEM. */
int sheets_begin(Sheets *sheets, const char *name, bool hidden, size_t n_sheets);
/* hidden_row: the first that is hidden, 0 for none. */
int sheets_end(Sheets *sheets, size_t hidden_row);
/* Says what the sheets are, once all were read. 0 or -ENOMEM. */
int sheets_finish(Sheets *sheets);
