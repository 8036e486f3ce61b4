/* SPDX-License-Identifier: MIT */
#include "sheet.h"
#include "standingcolumns.h"

#include <idphoto/message.h>
#include <idphoto/store.h>

#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>

#define SHARED_MEMORY "/dev/shm"

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

static void begin(Workbook *book, const char *folder)
{
        SheetColumn columns[SHEET_COLUMNS_MAX];
        const StandingColumn *column;
        size_t n = 0;

        while (n < SHEET_COLUMNS_MAX && (column = standing_column(book->table, n)))
                columns[n++] = (SheetColumn){column->heading[book->language], column->width};
        sheet_begin(&book->sheet, folder, MESSAGE(SHEET_TITLE, book->language), columns, n);
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

static int make(Catalog *catalog, StandingTable table, Where where, Language language,
                const char *folder, char **ret, size_t *ret_size)
{
        _cleanup_(workbook_done) Workbook book = {.table = table, .language = language};
        int r;

        begin(&book, folder);
        r = standings_each(catalog, table, where, add_student, &book);
        return r < 0 ? r : sheet_finish(&book.sheet, ret, ret_size);
}

static bool is_memory(const char *folder)
{
        struct statfs st;

        return statfs(folder, &st) == 0 && st.f_type == TMPFS_MAGIC &&
               access(folder, W_OK | X_OK) == 0;
}

/* In memory where there is room for it: containers often have little. */
int standings_xlsx(Catalog *catalog, StandingTable table, Where where, Language language,
                   char **ret, size_t *ret_size)
{
        int r = -ENOSPC;

        if (is_memory(SHARED_MEMORY))
                r = make(catalog, table, where, language, SHARED_MEMORY, ret, ret_size);
        if (r != -ENOSPC)
                return r;
        return make(catalog, table, where, language, store_path(catalog_store(catalog)), ret,
                    ret_size);
}
