/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* One cell of a table as its reader found it, and what can be made of it. */

enum {
        CELL_BYTES_MAX = 1024, /* what is kept of a cell; no field may be as long */
        CELLS_MAX = 256,       /* in a row; further columns are ignored */
};

typedef struct Cell {
        const char *text; /* UTF-8, NUL-terminated */
        bool number;      /* stored as a quantity, so digits beyond the 15th are lost */
} Cell;

/* Receives one row after another; 0 to go on, 1 to stop, negative errno to fail. The cells live
 * until it returns. */
typedef int (*CellRowCallback)(size_t row, const Cell *cells, size_t n, void *userdata);

/* Takes off, in place, what programs put around a value: blanks of all widths at both ends,
 * invisible characters anywhere, the guards '… and ="…" that keep numbers from being calculated
 * with. Line breaks become blanks. Returns its length. */
size_t cell_clean(char *text);

/* A number written by people: full width and look-alikes folded, blanks, hyphens and brackets
 * dropped, letters in upper case. In place; never grows. */
void cell_fold_number(char *text);

/* The name of a column as the alias table writes it: folded, without blanks, marks and what stands
 * in brackets, letters in upper case. In place; never grows. */
void cell_fold_heading(char *text);

/* A quantity as XLSX stores it ("2.0230112E+7") as the plain digits that it means, in place. False,
 * and text as it was, when it is not a whole number of at most 15 digits. */
bool cell_plain_digits(char *text, size_t size);
