/* SPDX-License-Identifier: MIT */
#pragma once

#include "arena.h"
#include "cell.h"
#include "styles.h"

/*
 * Sheets of an XLSX workbook (ECMA-376). Only cell values are read, and which of them are dates: no
 * formulas, macros or links. Strings that cells share are held in memory, the sheets are streamed.
 */

enum {
        WORKBOOK_SHEETS_MAX = 1024,
        /* One character of a text may take seven bytes, so that what is cut off at this length is
         * longer than CELL_BYTES_MAX when it is decoded. */
        WORKBOOK_RAW_BYTES_MAX = 8 * CELL_BYTES_KEPT,
        WORKBOOK_STRINGS_MAX = 8 * 1000 * 1000,
        WORKBOOK_STRING_BYTES_MAX = 256 * 1024 * 1024,
};

/* Strings belong to the workbook. */
typedef struct WorkbookSheet {
        const char *name; /* as it stands on its tab */
        const char *part;
        bool hidden; /* or very hidden: by a program, so that no menu shows it */
} WorkbookSheet;

typedef struct Workbook {
        const void *data;
        size_t size;
        WorkbookSheet *sheets; /* in the workbook's order; sheets that are charts are left out */
        size_t n_sheets;
        bool date1904;  /* days are counted from 1904 */
        char **strings; /* shared, NULL-free */
        size_t n_strings;
        Styles styles;
        Arena *arena;
} Workbook;

/* Reads what lies around the sheets. data must live as long as the workbook. 0, -ENOENT (no
 * workbook), -EBADMSG (damaged), -EFBIG, -ENOMEM; ret is to be released in every case. */
int workbook_open(const void *data, size_t size, Workbook *ret);
void workbook_done(Workbook *workbook);

/* Rows of a sheet, hidden ones, too, and empty ones left out. *ret_hidden is the first row that is
 * hidden and not empty, 0 for none; written in any case. 0; what the callback returned when not 0;
 * -EBADMSG, -EFBIG, -ENOMEM. */
int workbook_read_sheet(const Workbook *workbook, size_t sheet, CellRowCallback callback,
                        void *userdata, size_t *ret_hidden);

/* Decodes, in place, the characters that XLSX writes as "_x000D_", because XML has no place for
 * them or for what looks like it (ECMA-376 part 1, §22.9.2.19). Returns the length; never grows. */
size_t workbook_unescape(char *text);
