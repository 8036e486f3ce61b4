/* SPDX-License-Identifier: MIT */
#pragma once

#include "cell.h"

#include <idphoto/roster.h>

/*
 * The rows of a table file, whatever it is: CSV or TSV in any of the encodings, or a workbook. What
 * the columns mean is the reader's business; it tells a heading row when it sees one, by which the
 * delimiter and the sheet are found.
 */

typedef struct TableReader {
        /* Whether the row is a heading; *ret_known receives how many of its columns are known. */
        bool (*is_heading)(const Cell *cells, size_t n, unsigned *ret_known);
        CellRowCallback row;
        /* The file as a whole, or a row of it (0: none), cannot be read so. */
        int (*problem)(void *userdata, RosterCode code, size_t row);
        /*
         * Of a workbook, around the rows of each sheet, so that all are read; 1 from begin_sheet
         * passes a sheet over. NULL: only the first visible sheet with a heading is read, and
         * another one is a problem. hidden_row is the first row that is hidden, 0 for none.
         */
        int (*begin_sheet)(void *userdata, const char *name, bool hidden, size_t n_sheets);
        int (*end_sheet)(void *userdata, size_t hidden_row);
        void *userdata;
        const bool *found; /* set by `row` once it has met the heading */
        bool *date1904;    /* receives how a workbook counts days */
} TableReader;

/*
 * Gives the rows of the file to the reader. 0 when it was read through, 1 when a problem of the
 * file was told instead; what `row` or `problem` returned when that was negative; -EFBIG beyond the
 * limits, -ENOMEM. filename may be NULL.
 */
int table_read(const void *data, size_t size, const char *filename, const TableReader *reader);
