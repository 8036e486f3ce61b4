/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <inttypes.h>
#include <string.h>
#include <utf8proc.h>

void table_done(Table *table)
{
        text_done(&table->cells);
}

/* Appends s with everything that could move the cursor, or is no UTF-8, as '?', and without what
 * could turn it about. */
static void append_clean(Text *text, const char *s)
{
        while (*s) {
                utf8proc_int32_t c;
                utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &c);
                char character[8] = "";

                if (n > 0)
                        memcpy(character, s, (size_t)n);
                if (n <= 0 || (text_has_control(character) && !text_is_invisible(c)))
                        text_append(text, "?");
                else if (!text_is_invisible(c))
                        text_append(text, character);
                s += n > 0 ? n : 1;
        }
}

void table_add(Table *table, const char *cell)
{
        size_t column = table->n_cells % table->n_columns, start = table->cells.size;

        append_clean(&table->cells, cell ? cell : "");
        text_append_data(&table->cells, "", 1);
        if (table->cells.error < 0)
                return;
        table->widths[column] = MAX(table->widths[column], text_columns(table->cells.data + start));
        table->n_cells++;
}

void table_add_number(Table *table, uint64_t n)
{
        char text[24];

        (void)snprintf(text, sizeof(text), "%" PRIu64, n);
        table_add(table, text);
}

static void append_cell(const Table *table, Text *line, size_t column, const char *cell)
{
        size_t width = text_columns(cell), room = table->widths[column];
        bool last = column + 1 == table->n_columns, right = table->numeric & 1u << column;

        if (column > 0)
                text_append(line, "  ");
        if (right)
                text_printf(line, "%*s%s", (int)(room - MIN(width, room)), "", cell);
        else if (last)
                text_append(line, cell);
        else
                text_append_padded(line, cell, room);
}

static int print_row(const Table *table, Text *line, const char *const *cells)
{
        line->size = 0;
        for (size_t i = 0; i < table->n_columns; i++)
                append_cell(table, line, i, cells[i]);
        /* Empty cells at the end are nobody's blanks. */
        while (line->error == 0 && line->size > 0 && line->data[line->size - 1] == ' ')
                line->size--;
        text_append(line, "\n");
        if (line->error < 0)
                return line->error;
        (void)fwrite(line->data, 1, line->size, stdout);
        return 0;
}

int table_print(Table *table)
{
        _cleanup_text_ Text line = {};
        const char *cells[TABLE_COLUMNS_MAX], *p = table->cells.data;
        int r;

        if (table->cells.error < 0)
                return table->cells.error;
        for (size_t i = 0; i < table->n_columns; i++)
                table->widths[i] = MAX(table->widths[i], text_columns(table->headings[i]));
        r = print_row(table, &line, table->headings);
        for (size_t row = 0; row < table->n_cells / table->n_columns && r >= 0; row++) {
                for (size_t i = 0; i < table->n_columns; i++) {
                        cells[i] = p;
                        p += strlen(p) + 1;
                }
                r = print_row(table, &line, cells);
        }
        return r;
}
