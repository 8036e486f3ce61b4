/* SPDX-License-Identifier: MIT */
#pragma once

#include "cell.h"

/* Which column holds what, by the names that offices give columns. */

typedef enum Field {
        FIELD_ID_NUMBER,
        FIELD_ID_TYPE,
        FIELD_STUDENT_NO,
        FIELD_EXAM_NO,
        FIELD_NAME,
        FIELD_SEX,
        FIELD_BIRTH,
        FIELD_LEVEL,
        FIELD_FORM,
        FIELD_MAJOR,
        FIELD_POINT,
        FIELD_CLASS,
        FIELD_BATCH,
        FIELD_REMARK,
        /* of progress lists only */
        FIELD_STATUS,
        FIELD_REASON,
        FIELD_DATE,
        _FIELD_MAX,
} Field;

typedef struct Headings {
        int column[_FIELD_MAX]; /* from 0; -1 none */
        unsigned n_known;
} Headings;

/* Looks at a row. True when it is a heading: an ID number and a name or a student number are among
 * its columns. *ret is written in any case, for telling what is missing. */
bool headings_find(const Cell *cells, size_t n, Headings *ret);
/* The same for a progress list: a status is among its columns, and a number that tells whose. */
bool headings_find_progress(const Cell *cells, size_t n, Headings *ret);

/* "合计", "制表人：…", or nothing at all: what stands below a list. */
bool row_is_footer(const Cell *cells, size_t n);

/* Whether a cell says that the row is an example of how to fill in the list. */
bool row_is_example(const Cell *cells, size_t n);
