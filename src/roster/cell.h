/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* One cell of a table as its reader found it, and what can be made of it. */

enum {
        CELL_BYTES_MAX = 1024, /* no field may be as long */
        /* What is kept of a cell. So a text that is longer than CELL_BYTES_MAX may have been cut
         * off, and a shorter one is whole. */
        CELL_BYTES_KEPT = CELL_BYTES_MAX + 8,
        CELLS_MAX = 256, /* in a row; further columns are ignored */
};

typedef struct Cell {
        const char *text; /* UTF-8, NUL-terminated */
        bool number;      /* stored as a quantity, so digits beyond the 15th are lost */
        bool date;        /* a quantity that is shown as a date or a time */
        bool fault;       /* stored as an error or as a truth value, so there is no text */
} Cell;

/* Receives one row after another; 0 to go on, 1 to stop, negative errno to fail. The cells live
 * until it returns. */
typedef int (*CellRowCallback)(size_t row, const Cell *cells, size_t n, void *userdata);

/* The first character of p, and how many bytes it takes: at least 1, and U+FFFD for a byte that is
 * no UTF-8. 1 and 0 at the end. */
size_t cell_decode(const char *p, int32_t *ret);
/* The half width of a character, which is what NFKC makes of the forms that occur in tables. */
int32_t cell_fold_width(int32_t c);
bool cell_is_hyphen(int32_t c);

/* Takes off, in place, what programs put around a value: blanks of all widths at both ends,
 * invisible characters anywhere, the guards '… and ="…" that keep numbers from being calculated
 * with. Line breaks become blanks. Returns its length. */
size_t cell_clean(char *text);

/* A number written by people: full width and look-alikes folded, blanks, hyphens and brackets
 * dropped, letters in upper case. In place; never grows. */
void cell_fold_number(char *text);

/* The same with blanks, hyphens and brackets kept. */
void cell_fold_letters(char *text);

/* The name of a column as the alias table writes it: folded, in simplified characters, without
 * blanks, marks and what stands in brackets, letters in upper case. In place; never grows. */
void cell_fold_heading(char *text);

/* A quantity as XLSX stores it ("2.0230112E+7") as the plain digits that it means, in place. False,
 * and text as it was, when it is not a whole number of at most 15 digits. */
bool cell_plain_digits(char *text, size_t size);

/* The same for a text, where a program wrote a whole number as a fraction ("20220001.0") or with an
 * exponent ("2.0220001E+7"). False, too, when not all of its digits are written out. */
bool cell_whole_number(char *text, size_t size);
