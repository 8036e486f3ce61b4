/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * A table for people with columns as wide as their content; Chinese characters take two terminal
 * cells. Cells are made safe for a terminal. Start from `{.headings = …, .n_columns = …}`.
 * table_print() reports an earlier failed allocation.
 */

#define TABLE_COLUMNS_MAX 12

typedef struct Table {
        const char *const *headings;
        size_t n_columns;
        unsigned numeric; /* bit n: column n is right-aligned */
        Text cells;       /* each cell with its NUL */
        size_t n_cells;
        size_t widths[TABLE_COLUMNS_MAX];
} Table;

void table_done(Table *table);
#define _cleanup_table_ _cleanup_(table_done)

/* Add the next cell. A row has n_columns cells. */
void table_add(Table *table, const char *cell); /* NULL: empty */
void table_add_number(Table *table, uint64_t n);
/* Prints the table to stdout. 0 or -ENOMEM. */
int table_print(Table *table);
