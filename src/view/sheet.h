/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

#include <xlsxwriter.h>

/*
 * Writes a workbook (XLSX) of one sheet: a heading that stays in view and can filter, then rows of
 * texts and counts. A text is a text whatever it looks like: no program calculates it, rounds it or
 * takes it for a date. The same cells give the same bytes. Rows lie in files without a name until
 * the end, not in memory. Sheets of several threads may be written at once.
 */

/* Columns of a sheet. */
#define SHEET_COLUMNS_MAX 26

typedef struct SheetColumn {
        const char *heading;
        unsigned width; /* in digits */
} SheetColumn;

typedef enum SheetStyle {
        SHEET_PLAIN,
        SHEET_HEADING,
        SHEET_MARKED, /* with a colour behind it */
        _SHEET_STYLE_MAX,
} SheetStyle;

/* What a sheet holds, as it stands in the file. */
typedef struct SheetContent {
        uint64_t rows;
        uint64_t cells;
        uint64_t text; /* bytes of all texts and counts, escaped as XML wants it */
} SheetContent;

/* Initialise with {}. */
typedef struct Sheet {
        lxw_workbook *book;
        lxw_worksheet *page;
        lxw_format *texts[_SHEET_STYLE_MAX];
        lxw_format *counts[_SHEET_STYLE_MAX];
        int fd;    /* the workbook's; valid while there is a book */
        Text cell; /* under construction */
        unsigned widths[SHEET_COLUMNS_MAX];
        size_t n_columns;
        size_t column; /* the next cell's, in its row */
        size_t lines;  /* of the row's highest cell */
        SheetStyle style;
        SheetContent content; /* its rows are those begun */
        int error;
} Sheet;

void sheet_done(Sheet *sheet);
#define _cleanup_sheet_ _cleanup_(sheet_done)

/*
 * folder: where the rows lie until the end. title: of the sheet, at most 31 characters. There are
 * 1 to SHEET_COLUMNS_MAX columns. A fault is told by sheet_finish().
 */
void sheet_begin(Sheet *sheet, const char *folder, const char *title, const SheetColumn *columns,
                 size_t n_columns);
/* A row has at most n_columns cells. */
void sheet_begin_row(Sheet *sheet, SheetStyle style);
/* s: with LF between lines. NULL and "": an empty cell. */
void sheet_add_text(Sheet *sheet, const char *s);
void sheet_add_count(Sheet *sheet, uint64_t n);
void sheet_end_row(Sheet *sheet);
/* The caller frees *ret. 0; -ENOSPC: the folder had no room for the rows; another negative errno. */
int sheet_finish(Sheet *sheet, char **ret, size_t *ret_size);
