/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * A table for people, its columns as wide as what stands in them: Chinese characters take two
 * terminal cells. What cells hold is shown safely on a terminal. Start from
 * `{.headings = …, .n_columns = …}`; failed allocations stick until table_print().
 */

#define TABLE_COLUMNS_MAX 12

typedef struct Table {
        const char *const *headings;
        size_t n_columns;
        unsigned numeric; /* bit n: column n is aligned at the right */
        Text cells;       /* each with its NUL */
        size_t n_cells;
        size_t widths[TABLE_COLUMNS_MAX];
} Table;

void table_done(Table *table);
#define _cleanup_table_ _cleanup_(table_done)

/* The next cell; a row is full after n_columns of them. */
void table_add(Table *table, const char *cell); /* NULL: empty */
void table_add_number(Table *table, uint64_t n);
/* Everything to stdout; 0 or -ENOMEM. */
int table_print(Table *table);
