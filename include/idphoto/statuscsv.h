/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/reviewstate.h>

/*
 * status.csv [S2]: one row for each student, in UTF-8 with a byte order mark, with CRLF and the
 * quotes of RFC 4180, so that spreadsheet programs open it correctly. Columns and their order are
 * fixed:
 *
 *     en  point,id_number,name,student_no,state,reasons,warnings,sent_as,changed
 *     zh  教学点,身份证号,姓名,学号,状态,驳回原因,注意,提交文件名,更新时间
 *
 * Numbers of people stand as ="…". No spreadsheet program takes that for a quantity, and the roster
 * reader understands it. A text that a spreadsheet program would calculate (= + - @) gets an
 * apostrophe before it. Reasons are given by their titles, separated by blanks.
 */

typedef struct StatusCsvRow {
        const char *point;
        const char *id_number;
        const char *name; /* this and the following: NULL or "" where unknown */
        const char *student_no;
        ReviewState state;
        const Findings *findings; /* of the photo that counts, or of the last rejected one */
        const char *sent_as;
        int64_t changed_nsec; /* wall time; 0 unknown */
} StatusCsvRow;

/* Appends the byte order mark and the heading row. */
void status_csv_append_head(Text *text, Language language);
void status_csv_append_row(Text *text, const StatusCsvRow *row, Language language);
/* Appends the first four cells of a row, each with its comma. Other tables begin with them as
 * well. */
void status_csv_append_person(Text *text, const char *point, const char *id_number,
                              const char *name, const char *student_no);
/* What the table and other lists for people call the state; "" out of range. */
const char *status_csv_state(ReviewState state, Language language);
/* Appends a cell with a text, safe as above; nothing for NULL and "". */
void status_csv_append_text(Text *text, const char *s);
