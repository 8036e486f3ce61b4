/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * Cells of CSV tables for spreadsheet programs and people. Control characters become '?' and line
 * ends blanks; what is no UTF-8 becomes '?', too.
 */

/* Appends a cell with a text; nothing for NULL and "". A text that a spreadsheet program would
 * evaluate (= + - @) gets an apostrophe before it. */
void status_csv_append_text(Text *text, const char *s);
/* Appends a cell with a number that names somebody, as ="…", so that no spreadsheet program takes
 * it for a quantity. Anything else is appended as a text. */
void status_csv_append_number(Text *text, const char *s);
/* Appends point, ID number, name and student number, each with its comma. */
void status_csv_append_person(Text *text, const char *point, const char *id_number,
                              const char *name, const char *student_no);
/* Appends a cell with a text for programs, as it is; nothing for NULL and "". */
void status_csv_append_plain(Text *text, const char *s);
