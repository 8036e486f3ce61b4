/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/reviewstate.h>

/*
 * status.csv [S2]: one row per student, in UTF-8 with a byte order mark, CRLF, RFC 4180 quotes, so
 * that spreadsheet programs open it rightly. Columns and their order are fixed:
 *
 *   en  point,id_number,name,student_no,state,reasons,warnings,sent_as,changed
 *   zh  教学点,身份证号,姓名,学号,状态,驳回原因,注意,提交文件名,更新时间
 *
 * Numbers of people stand as ="…", which no spreadsheet program takes for a quantity and the roster
 * reader understands; a text that a spreadsheet program would calculate (= + - @) gets an
 * apostrophe before it. Reasons are their titles, apart by blanks.
 */

typedef struct StatusCsvRow {
        const char *point;
        const char *id_number;
        const char *name; /* this and what follows: NULL or "" where unknown */
        const char *student_no;
        ReviewState state;
        const Findings *findings; /* of the photo that counts, or of the last rejected one */
        const char *sent_as;
        int64_t changed_nsec; /* wall time; 0 unknown */
} StatusCsvRow;

/* The mark and the heading row. */
void status_csv_append_head(Text *text, Language language);
void status_csv_append_row(Text *text, const StatusCsvRow *row, Language language);
/* The first four cells of a row, which other tables begin with as well, each with its comma. */
void status_csv_append_person(Text *text, const char *point, const char *id_number,
                              const char *name, const char *student_no);
/* The state as the table and other lists for people call it; "" out of range. */
const char *status_csv_state(ReviewState state, Language language);
/* A cell with a text, safe as above; nothing for NULL and "". */
void status_csv_append_text(Text *text, const char *s);
