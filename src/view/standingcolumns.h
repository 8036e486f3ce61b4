/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/standingcsv.h>

/* The columns of the tables of standingcsv.h, and what stands in their cells. */

typedef enum ColumnKind {
        COLUMN_TEXT,
        COLUMN_NUMBER, /* names somebody; it is no quantity */
        COLUMN_WORD,   /* one of our own, which needs no quotes */
        COLUMN_COUNT,
} ColumnKind;

typedef struct StandingColumn {
        unsigned tables; /* bit n: it is one of StandingTable n */
        ColumnKind kind;
        unsigned width;                     /* in a workbook, in digits */
        const char *name[_LANGUAGE_MAX];    /* its heading in CSV */
        const char *heading[_LANGUAGE_MAX]; /* its heading in a workbook */
        /* Appends the cell's text; nothing when it is empty. */
        void (*append)(Text *text, const StandingRow *row, Language language);
} StandingColumn;

/* The table's n-th column from 0; NULL after the last. */
const StandingColumn *standing_column(StandingTable table, size_t n);

/* Calls back for the rows of the table in its order. */
int standings_each(Catalog *catalog, StandingTable table, Where where, StandingCallback callback,
                   void *userdata);

/* status.xlsx; arguments as of standings_table(). */
int standings_xlsx(Catalog *catalog, StandingTable table, Where where, Language language,
                   char **ret, size_t *ret_size);
