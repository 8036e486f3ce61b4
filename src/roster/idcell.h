/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/roster.h>

/* What an ID number has gone through on its way into a table. */

/*
 * Normalises the cleaned text of an ID cell in place (size bytes of room, at least
 * ID_NUMBER_SIZE). number: the cell was a quantity. Returns the problem, or _ROSTER_CODE_INVALID
 * when there is none; of those that only warn the number is usable.
 */
RosterCode id_cell_normalise(char *text, size_t size, bool number, Date today);

/* Whether text is a quantity with an exponent: "2.19999E+17". */
bool cell_is_exponent(const char *text);

/* A date as offices write it: 19900101, 1990-1-1, 1990/01/01, 1990.1.1, 1990年1月1日, or, where the
 * cell is a quantity, the days of a spreadsheet. */
bool cell_parse_date(const char *text, bool number, bool date1904, Date *ret);
