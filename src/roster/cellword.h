/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* Words in cells that are no values: what people and programs write where they have none. */

typedef enum CellSense {
        CELL_VALUE,
        CELL_NOTHING, /* empty, or a word for it: "无", "-", "NULL", "nan" */
        CELL_FAULT,   /* an error of a spreadsheet program: "#N/A", "#REF!", "####" */
} CellSense;

/* text is cleaned (cell_clean()). Full width and brackets around the word make no difference. */
CellSense cell_sense(const char *text);

/* Whether the cleaned text marks its row as an example of how to fill in the table. */
bool cell_is_example(const char *text);
/* Whether a sheet of that name explains or shows how to fill in the others. */
bool sheet_name_is_example(const char *name);
/* Whether a sheet is called after what it is ("Sheet1", "学生名册"), and not after a teaching
 * point. */
bool sheet_name_is_general(const char *name);
