/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/reviewstate.h>

/*
 * status.csv [S2] has a row for each student. It is UTF-8 with a byte order mark, CRLF and the
 * quotes of RFC 4180, so that spreadsheet programs open it correctly. The columns and their order
 * are fixed:
 *
 *     en  point,id_number,name,student_no,state,reasons,warnings,sent_as,changed
 *     zh  教学点,身份证号,姓名,学号,状态,驳回原因,注意,提交文件名,更新时间
 *
 * ID numbers and student numbers are written as ="…". No spreadsheet program takes that for a
 * quantity, and the roster reader understands it. A text that a spreadsheet program would evaluate
 * (= + - @) gets an apostrophe before it. Reasons appear as their titles, separated by blanks.
 */

typedef struct StatusCsvRow {
        const char *point;
        const char *id_number;
        const char *name; /* NULL or "": unknown; the same for the other strings below */
        const char *student_no;
        ReviewState state;
        const Findings *findings; /* of the current photo, else of the last rejected one */
        const char *sent_as;
        int64_t changed_nsec; /* wall time; 0: unknown */
} StatusCsvRow;

/* Appends the byte order mark and the heading row. */
void status_csv_append_head(Text *text, Language language);
void status_csv_append_row(Text *text, const StatusCsvRow *row, Language language);
/* Appends the first four cells of a row, each with its comma. Other tables also begin with them. */
void status_csv_append_person(Text *text, const char *point, const char *id_number,
                              const char *name, const char *student_no);
/* Appends a cell with a text, made safe as above; nothing for NULL and "". */
void status_csv_append_text(Text *text, const char *s);
