/* SPDX-License-Identifier: MIT */
#include "sheets.h"

#include "cellword.h"

#include <string.h>

/* Students that a sheet may hold and be an example all the same. */
enum { EXAMPLE_ROWS_MAX = 3 };

typedef enum SheetKind {
        SHEET_HIDDEN,
        SHEET_NO_LIST,
        SHEET_EXAMPLE,  /* its rows are taken back */
        SHEET_DOUBTFUL, /* an example if another sheet is a list, else a list with errors */
        SHEET_BAD,      /* told already */
        SHEET_LIST,
} SheetKind;

struct SheetRecord {
        const char *name;
        SheetKind kind;
        /* What to say when no sheet is a list. */
        RosterCode alone;
        size_t row;
        const char *value;
        /* Of a list: whether a column tells the point, or the sheet can. */
        bool has_column;
        bool is_point;
        /* Of a doubtful sheet: its problems. */
        size_t first_problem, end_problem, n_errors, n_warnings;
};

void sheets_done(Sheets *sheets)
{
        free(sheets->records);
        *sheets = (Sheets){};
}

static int add_record(Sheets *sheets, SheetRecord record)
{
        if (sheets->n == sheets->allocated) {
                size_t allocated = MAX(2 * sheets->allocated, (size_t)16);
                SheetRecord *records = reallocarray(sheets->records, allocated, sizeof(*records));

                if (!records)
                        return -ENOMEM;
                sheets->records = records;
                sheets->allocated = allocated;
        }
        record.name = sheets->name;
        if (!record.value)
                record.value = "";
        sheets->records[sheets->n++] = record;
        sheets->n_lists += record.kind == SHEET_LIST;
        return 0;
}

int sheets_begin(Sheets *sheets, const char *name, bool hidden, size_t n_sheets)
{
        Builder *builder = sheets->builder;
        const Roster *roster = builder->roster;

        /* The workbook goes before the roster does. */
        sheets->name = arena_copy(roster->strings, name, strlen(name));
        if (!sheets->name)
                return -ENOMEM;
        if (hidden) {
                int r = add_record(sheets, (SheetRecord){.kind = SHEET_HIDDEN});

                return r < 0 ? r : 1;
        }
        builder_begin_sheet(builder, n_sheets > 1 ? sheets->name : "");
        if (roster_point_possible(name) && !sheet_name_is_general(name))
                builder->sheet_point = sheets->name;
        sheets->first_row = roster->n_rows;
        sheets->first_problem = roster->n_problems;
        sheets->errors_before = roster->n_errors;
        sheets->warnings_before = roster->n_warnings;
        return 0;
}

/* Takes back what the sheet that is being read has added. */
static int take_back(Sheets *sheets)
{
        const Roster *roster = sheets->builder->roster;

        builder_cut_problems(sheets->builder, sheets->first_problem, roster->n_problems,
                             roster->n_errors - sheets->errors_before,
                             roster->n_warnings - sheets->warnings_before);
        return builder_cut_rows(sheets->builder, sheets->first_row);
}

/* Whether a sheet without a heading row has one that names students, and only lacks a column. */
static bool is_half_a_list(const Builder *builder)
{
        const int *column = builder->nearest.column;

        return builder->nearest.n_known >= 2 &&
               (column[FIELD_ID_NUMBER] >= 0 ||
                (column[FIELD_NAME] >= 0 && column[FIELD_STUDENT_NO] >= 0));
}

static int end_without_heading(Sheets *sheets)
{
        Builder *builder = sheets->builder;
        RosterCode code = builder_missing_heading(builder);
        SheetRecord record = {
                .kind = SHEET_NO_LIST,
                .alone = code,
                .row = builder->nearest_row,
        };

        /* Empty sheets are in many workbooks. */
        if (builder->counts.cells == 0)
                return 0;
        if (is_half_a_list(builder) && !sheet_name_is_example(sheets->name)) {
                int r = builder_problem(builder, code, builder->nearest_row, 0,
                                        builder->nearest_text);

                record.kind = SHEET_BAD;
                return r < 0 ? r : add_record(sheets, record);
        }
        record.value = arena_copy(builder->roster->strings, builder->nearest_text,
                                  strlen(builder->nearest_text));
        return record.value ? add_record(sheets, record) : -ENOMEM;
}

static int end_of_example(Sheets *sheets)
{
        Builder *builder = sheets->builder;
        int r;

        if (builder->counts.students > EXAMPLE_ROWS_MAX) {
                r = builder_cut_rows(builder, sheets->first_row);
                if (r == 0)
                        r = builder_problem(builder, ROSTER_SHEET_UNCLEAR, builder->heading_row, 0,
                                            "");
                return r < 0 ? r : add_record(sheets, (SheetRecord){.kind = SHEET_BAD});
        }
        r = take_back(sheets);
        return r < 0 ? r
                     : add_record(sheets,
                                  (SheetRecord){.kind = SHEET_EXAMPLE, .alone = ROSTER_NO_LIST});
}

static int end_of_list(Sheets *sheets, size_t hidden_row)
{
        Builder *builder = sheets->builder;
        SheetRecord record = {
                .kind = SHEET_LIST,
                .row = builder->heading_row,
                .has_column = builder->headings.column[FIELD_POINT] >= 0,
                .is_point = builder->sheet_point,
        };
        int r = hidden_row > 0 ? builder_problem(builder, ROSTER_ROWS_HIDDEN, hidden_row, 0, "")
                               : 0;

        return r < 0 ? r : add_record(sheets, record);
}

int sheets_end(Sheets *sheets, size_t hidden_row)
{
        Builder *builder = sheets->builder;
        const Roster *roster = builder->roster;
        const SheetCounts *counts = &builder->counts;

        if (!builder->have_headings)
                return end_without_heading(sheets);
        if (counts->students == 0 && counts->examples > 0)
                return end_of_example(sheets);
        if (counts->students == 0) {
                int r = take_back(sheets);

                return r < 0 ? r
                             : add_record(sheets, (SheetRecord){.kind = SHEET_NO_LIST,
                                                                .alone = ROSTER_NO_ROWS,
                                                                .row = builder->heading_row});
        }
        if (sheet_name_is_example(sheets->name))
                return end_of_example(sheets);
        /* Rows that say "name" and "18 digits". What a spreadsheet program has spoilt was real. */
        if (counts->bad == counts->students && counts->spoilt == 0 &&
            counts->students <= EXAMPLE_ROWS_MAX)
                return add_record(
                        sheets, (SheetRecord){
                                        .kind = SHEET_DOUBTFUL,
                                        .first_problem = sheets->first_problem,
                                        .end_problem = roster->n_problems,
                                        .n_errors = roster->n_errors - sheets->errors_before,
                                        .n_warnings = roster->n_warnings - sheets->warnings_before,
                                });
        return end_of_list(sheets, hidden_row);
}

/* ---- what the workbook is ---- */

static int tell(Sheets *sheets, const SheetRecord *record, RosterCode code)
{
        Builder *builder = sheets->builder;
        /* A sheet as a whole needs its name, though there may be no other. */
        bool whole = code == ROSTER_SHEET_HIDDEN || code == ROSTER_SHEET_NO_LIST ||
                     code == ROSTER_SHEET_EXAMPLE;

        if (whole)
                builder->sheet = record->name;
        else
                builder->sheet = sheets->n > 1 ? record->name : "";
        return builder_problem(builder, code, whole ? 0 : record->row, 0, record->value);
}

/* From the last to the first, so that the places of the others stay what they are. */
static void drop_doubtful(Sheets *sheets)
{
        for (size_t i = sheets->n; i-- > 0;) {
                SheetRecord *record = &sheets->records[i];

                if (record->kind != SHEET_DOUBTFUL)
                        continue;
                builder_cut_problems(sheets->builder, record->first_problem, record->end_problem,
                                     record->n_errors, record->n_warnings);
                record->kind = SHEET_EXAMPLE;
        }
}

static int tell_passed_over(Sheets *sheets)
{
        int r = 0;

        for (size_t i = 0; i < sheets->n && r == 0; i++) {
                const SheetRecord *record = &sheets->records[i];

                if (record->kind == SHEET_HIDDEN)
                        r = tell(sheets, record, ROSTER_SHEET_HIDDEN);
                else if (record->kind == SHEET_EXAMPLE)
                        r = tell(sheets, record, ROSTER_SHEET_EXAMPLE);
                else if (record->kind == SHEET_NO_LIST && sheets->n_lists > 0)
                        r = tell(sheets, record, ROSTER_SHEET_NO_LIST);
                else if (record->kind == SHEET_NO_LIST)
                        r = tell(sheets, record, record->alone);
        }
        return r;
}

/* Where the point of each row stands. */
static int settle_points(Sheets *sheets)
{
        Roster *roster = sheets->builder->roster;
        bool columns = false, general = false;
        int r = 0;

        for (size_t i = 0; i < sheets->n; i++) {
                const SheetRecord *record = &sheets->records[i];

                if (record->kind != SHEET_LIST)
                        continue;
                columns = columns || record->has_column;
                general = general || (!record->has_column && !record->is_point);
        }
        roster->has_point_column = columns;
        roster->has_sheet_points = !columns && !general;
        for (size_t i = 0; i < roster->n_rows && !columns && general; i++)
                roster->rows[i].point = "";
        for (size_t i = 0; i < sheets->n && r == 0; i++) {
                SheetRecord *record = &sheets->records[i];

                if (record->kind != SHEET_LIST || record->has_column)
                        continue;
                record->value = record->name;
                if (!columns && general)
                        r = tell(sheets, record, ROSTER_NO_POINT_COLUMN);
                else
                        r = tell(sheets, record,
                                 record->is_point ? ROSTER_SHEET_IS_POINT : ROSTER_SHEET_NO_POINT);
        }
        return r;
}

int sheets_finish(Sheets *sheets)
{
        Builder *builder = sheets->builder;
        int r;

        if (sheets->n_lists > 0)
                drop_doubtful(sheets);
        r = tell_passed_over(sheets);
        if (r == 0 && sheets->n_lists > 0)
                r = settle_points(sheets);
        builder->sheet = "";
        if (r == 0 && builder->roster->n_errors == 0 && sheets->n_lists == 0)
                r = builder_problem(builder, ROSTER_NO_LIST, 0, 0, "");
        return r;
}
