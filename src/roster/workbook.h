/* SPDX-License-Identifier: MIT */
#pragma once

#include "arena.h"
#include "cell.h"

/*
 * Sheets of an XLSX workbook (ECMA-376). Only cell values are read: no formats, formulas, macros or
 * links. Strings that cells share are held in memory, the sheets are streamed.
 */

enum {
        WORKBOOK_SHEETS_MAX = 64,
        WORKBOOK_STRINGS_MAX = 8 * 1000 * 1000,
        WORKBOOK_STRING_BYTES_MAX = 256 * 1024 * 1024,
};

typedef struct Workbook {
        const void *data;
        size_t size;
        char *sheets[WORKBOOK_SHEETS_MAX]; /* part names, in the workbook's order */
        size_t n_sheets;
        bool date1904;  /* days are counted from 1904 */
        char **strings; /* shared, NULL-free */
        size_t n_strings;
        Arena *arena;
} Workbook;

/* Reads what lies around the sheets. data must live as long as the workbook. 0, -ENOENT (no
 * workbook), -EBADMSG (damaged), -EFBIG, -ENOMEM; ret is to be released in every case. */
int workbook_open(const void *data, size_t size, Workbook *ret);
void workbook_done(Workbook *workbook);

/* Rows of a sheet, empty ones left out. 0; what the callback returned when not 0; -EBADMSG, -EFBIG,
 * -ENOMEM. */
int workbook_read_sheet(const Workbook *workbook, size_t sheet, CellRowCallback callback,
                        void *userdata);
