/* SPDX-License-Identifier: MIT */
#include "builder.h"
#include "sheets.h"
#include "table.h"
#include "textcode.h"

typedef struct Reading {
        Builder builder;
        Sheets sheets;
        bool workbook;
} Reading;

static void reading_done(Reading *reading)
{
        sheets_done(&reading->sheets);
        builder_done(&reading->builder);
}

static bool is_heading(const Cell *cells, size_t n, unsigned *ret_known)
{
        Headings headings;
        bool found = headings_find(cells, n, &headings);

        *ret_known = headings.n_known;
        return found;
}

static int take_row(size_t row, const Cell *cells, size_t n, void *userdata)
{
        Reading *reading = userdata;

        return builder_row(row, cells, n, &reading->builder);
}

static int take_problem(void *userdata, RosterCode code, size_t row)
{
        Reading *reading = userdata;

        return builder_problem(&reading->builder, code, row, 0, "");
}

static int begin_sheet(void *userdata, const char *name, bool hidden, size_t n_sheets)
{
        Reading *reading = userdata;

        reading->workbook = true;
        return sheets_begin(&reading->sheets, name, hidden, n_sheets);
}

static int end_sheet(void *userdata, size_t hidden_row)
{
        Reading *reading = userdata;

        return sheets_end(&reading->sheets, hidden_row);
}

int roster_prepare(void)
{
        textcode_prepare();
        return 0;
}

int roster_read(const void *data, size_t size, const char *filename, Date today, Roster **ret)
{
        _cleanup_(reading_done) Reading reading = {.sheets.builder = &reading.builder};
        const TableReader reader = {
                .is_heading = is_heading,
                .row = take_row,
                .problem = take_problem,
                .begin_sheet = begin_sheet,
                .end_sheet = end_sheet,
                .userdata = &reading,
                .found = &reading.builder.have_headings,
                .date1904 = &reading.builder.date1904,
        };
        int r;

        r = builder_init(&reading.builder, today);
        if (r < 0)
                return r;
        r = table_read(data, size, filename, &reader);
        if (r == 0)
                r = reading.workbook ? sheets_finish(&reading.sheets)
                                     : builder_finish(&reading.builder);
        else /* where the point of each row stands is known at the end only */
                reading.builder.roster->n_rows = 0;
        if (r == -EFBIG)
                r = builder_problem(&reading.builder, ROSTER_TOO_LARGE, 0, 0, "");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(reading.builder.roster);
        return 0;
}
