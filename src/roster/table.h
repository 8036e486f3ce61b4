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
