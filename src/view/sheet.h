/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/zipwriter.h>

/*
 * Writes a workbook (XLSX) of one sheet: a heading that stays in view and can filter, then rows of
 * texts and counts. A text is a text whatever it looks like: no program calculates it, rounds it or
 * takes it for a date. The same cells give the same bytes. Of the rows only their compressed bytes
 * are held.
 */

/* Columns of a sheet, each with one letter. */
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

/* Initialise with {}. */
typedef struct Sheet {
        ZipPart part;
        Text rows;  /* not compressed yet */
        Text cells; /* of the row under construction */
        unsigned widths[SHEET_COLUMNS_MAX];
        size_t n_columns;
        size_t column; /* the next cell's, in its row */
        size_t n_rows; /* the heading's too */
        size_t lines;  /* of the row's highest cell */
        SheetStyle style;
} Sheet;

void sheet_done(Sheet *sheet);
#define _cleanup_sheet_ _cleanup_(sheet_done)

/* A failed allocation is told by sheet_finish(). There are 1 to SHEET_COLUMNS_MAX columns. */
void sheet_begin(Sheet *sheet, const SheetColumn *columns, size_t n_columns);
/* A row has at most n_columns cells. */
void sheet_begin_row(Sheet *sheet, SheetStyle style);
/* s: with LF between lines. NULL and "": an empty cell. */
void sheet_add_text(Sheet *sheet, const char *s);
void sheet_add_count(Sheet *sheet, uint64_t n);
void sheet_end_row(Sheet *sheet);
/* title: of the sheet, at most 31 characters. The caller frees *ret. 0 or a negative errno. */
int sheet_finish(Sheet *sheet, const char *title, char **ret, size_t *ret_size);
