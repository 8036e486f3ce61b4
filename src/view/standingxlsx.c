/* SPDX-License-Identifier: MIT */
#include "sheet.h"
#include "standingcolumns.h"

#include <idphoto/message.h>

#include <stdlib.h>

typedef struct Workbook {
        Sheet sheet;
        Text cell;
        StandingTable table;
        Language language;
} Workbook;

static void workbook_done(Workbook *book)
{
        sheet_done(&book->sheet);
        text_done(&book->cell);
}

static void begin(Workbook *book)
{
        SheetColumn columns[SHEET_COLUMNS_MAX];
        const StandingColumn *column;
        size_t n = 0;

        while (n < SHEET_COLUMNS_MAX && (column = standing_column(book->table, n)))
                columns[n++] = (SheetColumn){column->heading[book->language], column->width};
        sheet_begin(&book->sheet, columns, n);
}

static int add_student(const StandingRow *row, void *userdata)
{
        Workbook *book = userdata;
        const StandingColumn *column;

        sheet_begin_row(&book->sheet, standing_warned(row) ? SHEET_MARKED : SHEET_PLAIN);
        for (size_t i = 0; (column = standing_column(book->table, i)); i++) {
                book->cell.size = 0;
                column->append(&book->cell, row, book->language);
                if (book->cell.size == 0)
                        sheet_add_text(&book->sheet, NULL);
                else if (column->kind == COLUMN_COUNT)
                        sheet_add_count(&book->sheet, strtoull(book->cell.data, NULL, 10));
                else
                        sheet_add_text(&book->sheet, book->cell.data);
        }
        sheet_end_row(&book->sheet);
        return book->cell.error;
}

int standings_xlsx(Catalog *catalog, StandingTable table, Where where, Language language,
                   char **ret, size_t *ret_size)
{
        _cleanup_(workbook_done) Workbook book = {.table = table, .language = language};
        int r;

        begin(&book);
        r = standings_each(catalog, table, where, add_student, &book);
        return r < 0 ? r : sheet_finish(&book.sheet, MESSAGE(SHEET_TITLE, language), ret, ret_size);
}
