/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/roster.h>
#include <idphoto/text.h>

/* What an ID number has gone through on its way into a table. */

/*
 * Normalises the cleaned text of an ID cell in place (size bytes of room, at least
 * ID_NUMBER_SIZE). number: the cell was a quantity. Returns the problem, or _ROSTER_CODE_INVALID
 * when there is none; of those that only warn the number is usable.
 */
RosterCode id_cell_normalise(char *text, size_t size, bool number, Date today);

/* Appends what is to be shown of a cell with an ID number and something beside it: its text, with
 * the numbers in it masked. 0 or -ENOMEM. */
int id_cell_show(const char *cell, Text *ret);

/* Whether text is a quantity with an exponent: "2.19999E+17". */
bool cell_is_exponent(const char *text);

/* Whether text is digits, a point and zeros: "20220001.0". */
bool cell_is_fraction(const char *text);

/* A date as offices write it: 19900101, 1990-1-1, 1990/01/01, 1990.1.1, 1990年1月1日, or, where the
 * cell is a quantity, the days of a spreadsheet. */
bool cell_parse_date(const char *text, bool number, bool date1904, Date *ret);
