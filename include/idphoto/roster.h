/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/idnumber.h>

/*
 * The list of students that a university hands out, read from whatever an office has: CSV or TSV in
 * UTF-8, GB18030 or UTF-16, or an XLSX workbook. Pure: bytes in, rows and problems out. The bytes
 * are hostile: every quantity has a limit, which is checked before memory is allocated.
 *
 * The heading row is found in the first ROSTER_HEADING_ROWS rows by the names of its columns
 * (src/roster/headings.h). Titles above and totals below the rows are skipped, and so are rows that
 * are marked as examples. A row that cannot be a student's as it stands is a problem. A roster with
 * errors must not be imported at all, because nobody would notice later which half is missing [W7].
 *
 * Of a workbook every visible sheet that is a list is read. Sheets that are hidden, that have no
 * heading or no student, or that show how to fill in the others, are passed over with a warning.
 * Hidden rows and columns of a visible sheet are read, because a filter hides students who belong
 * to the list; the rows with a warning.
 */

enum {
        ROSTER_HEADING_ROWS = 20,
        ROSTER_BYTES_MAX = 256 * 1024 * 1024,
        ROSTER_ROWS_MAX = 2 * 1000 * 1000,
        ROSTER_FIELD_BYTES_MAX = 255, /* of a text in a row */
        ROSTER_PROBLEMS_KEPT = 1000,
};

typedef enum RosterLevel {
        ROSTER_WARNING, /* may be imported; somebody should look at it */
        ROSTER_ERROR,   /* nothing may be imported */
} RosterLevel;

/* X(SYMBOL, "name", level). Texts stand in src/roster/problem.c. */
#define ROSTER_PROBLEMS(X) \
        /* the file */ \
        X(TOO_LARGE, "too-large", ROSTER_ERROR) \
        X(NOT_A_TABLE, "not-a-table", ROSTER_ERROR) \
        X(OLD_EXCEL, "old-excel", ROSTER_ERROR) \
        X(HTML_TABLE, "html-table", ROSTER_ERROR) \
        X(DAMAGED_FILE, "damaged-file", ROSTER_ERROR) \
        X(BAD_CHARACTER, "bad-character", ROSTER_ERROR) \
        X(OPEN_QUOTE, "open-quote", ROSTER_ERROR) \
        X(READER_CRASHED, "reader-crashed", ROSTER_ERROR) \
        X(READER_TIMEOUT, "reader-timeout", ROSTER_ERROR) \
        X(READER_MEMORY, "reader-memory", ROSTER_ERROR) \
        X(NO_HEADING, "no-heading", ROSTER_ERROR) \
        X(NO_ID_COLUMN, "no-id-column", ROSTER_ERROR) \
        X(NO_NAME_COLUMN, "no-name-column", ROSTER_ERROR) \
        X(NO_POINT_COLUMN, "no-point-column", ROSTER_WARNING) \
        X(NO_ROWS, "no-rows", ROSTER_ERROR) \
        /* the file is a table that this program writes */ \
        X(OWN_STATUS, "own-status", ROSTER_ERROR) \
        X(OWN_COUNTS, "own-counts", ROSTER_ERROR) \
        X(OWN_MANIFEST, "own-manifest", ROSTER_ERROR) \
        X(OWN_AUDIT, "own-audit", ROSTER_ERROR) \
        /* the sheets of a workbook */ \
        X(OTHER_SHEET, "other-sheet", ROSTER_WARNING) \
        X(NO_LIST, "no-list", ROSTER_ERROR) \
        X(SHEET_HIDDEN, "sheet-hidden", ROSTER_WARNING) \
        X(SHEET_NO_LIST, "sheet-no-list", ROSTER_WARNING) \
        X(SHEET_EXAMPLE, "sheet-example", ROSTER_WARNING) \
        X(SHEET_UNCLEAR, "sheet-unclear", ROSTER_ERROR) \
        X(SHEET_IS_POINT, "sheet-is-point", ROSTER_WARNING) \
        X(SHEET_NO_POINT, "sheet-no-point", ROSTER_ERROR) \
        X(ROWS_HIDDEN, "rows-hidden", ROSTER_WARNING) \
        /* the ID number */ \
        X(ID_MISSING, "id-missing", ROSTER_ERROR) \
        X(ID_EXPONENT, "id-exponent", ROSTER_ERROR) \
        X(ID_ZEROS, "id-zeros", ROSTER_ERROR) \
        X(ID_NUMBER_CELL, "id-number-cell", ROSTER_ERROR) \
        X(ID_LENGTH, "id-length", ROSTER_ERROR) \
        X(ID_WITH_MORE, "id-with-more", ROSTER_ERROR) \
        X(ID_UNUSABLE, "id-unusable", ROSTER_ERROR) \
        X(ID_LEGACY, "id-legacy", ROSTER_WARNING) \
        X(ID_CHECK_DIGIT, "id-check-digit", ROSTER_WARNING) \
        X(ID_DATE, "id-date", ROSTER_WARNING) \
        X(ID_FUTURE, "id-future", ROSTER_WARNING) \
        X(ID_REGION, "id-region", ROSTER_WARNING) \
        X(ID_OTHER_DOCUMENT, "id-other-document", ROSTER_WARNING) \
        X(ID_TWICE, "id-twice", ROSTER_ERROR) \
        X(ID_TWO_STUDENT_NUMBERS, "id-two-student-numbers", ROSTER_WARNING) \
        X(ID_TWO_POINTS, "id-two-points", ROSTER_WARNING) \
        /* the rest of the row */ \
        X(EXAMPLE_ROW, "example-row", ROSTER_WARNING) \
        X(CELL_FAULT, "cell-fault", ROSTER_ERROR) \
        X(STUDENT_NUMBER_DAMAGED, "student-number-damaged", ROSTER_ERROR) \
        X(STUDENT_NUMBER_TWICE, "student-number-twice", ROSTER_ERROR) \
        X(NAME_MISSING, "name-missing", ROSTER_ERROR) \
        X(POINT_MISSING, "point-missing", ROSTER_ERROR) \
        X(POINT_NAME, "point-name", ROSTER_ERROR) \
        X(CELL_TOO_LONG, "cell-too-long", ROSTER_ERROR) \
        X(SEX_MISMATCH, "sex-mismatch", ROSTER_WARNING) \
        X(BIRTH_MISMATCH, "birth-mismatch", ROSTER_WARNING)

typedef enum RosterCode {
#define X(symbol, name, level) ROSTER_##symbol,
        ROSTER_PROBLEMS(X)
#undef X
                _ROSTER_CODE_MAX,
        _ROSTER_CODE_INVALID = -EINVAL,
} RosterCode;

const char *roster_code_to_string(RosterCode code); /* kebab-case, NULL out of range */
RosterLevel roster_code_level(RosterCode code);
/* What is wrong and what to do, one or two sentences; "" out of range. */
const char *roster_code_text(RosterCode code, Language language);

/* Strings belong to the Roster, are UTF-8 and never NULL; "" where the file says nothing. */
typedef struct RosterRow {
        size_t row;            /* as a spreadsheet program counts, from 1 */
        const char *id_number; /* normalised; 15 digits are upgraded to 18 */
        const char *name;
        const char *student_no;
        const char *exam_no;
        const char *point; /* see has_point_column and has_sheet_points */
        const char *sheet; /* the row's; "" when the file has no more than one */
        const char *sex;
        const char *class_name;
        const char *level;
        const char *major;
} RosterRow;

typedef struct RosterProblem {
        RosterCode code;
        size_t row;              /* 0: the file as a whole */
        unsigned column;         /* from 1; 0: the row as a whole */
        size_t other_row;        /* the earlier row, when something stands twice; else 0 */
        const char *sheet;       /* "" when the file has no more than one, or as a whole */
        const char *other_sheet; /* of other_row */
        const char *value;       /* the cell as read, or the row's cells where no heading was found;
                              shortened. It may be an ID number, so it is for the office only and
                              never logged */
} RosterProblem;

typedef struct Roster {
        /* In the file's order, without those with errors; none of a file that cannot be read to its
         * end. */
        RosterRow *rows;
        size_t n_rows;
        RosterProblem *problems; /* in the file's order, the first ROSTER_PROBLEMS_KEPT */
        size_t n_problems;
        size_t n_errors; /* all, also those not kept */
        size_t n_warnings;
        /* A column tells the point of each row, or, in some sheets that have none, the sheet. */
        bool has_point_column;
        /* No sheet has such a column, and the point of each row is the name of its sheet. Whoever
         * imports may name another. With neither of the two, points are "". */
        bool has_sheet_points;
        struct Arena *strings;
} Roster;

/*
 * Reads a roster. filename (may be NULL) is only a hint; the content decides. Returns 0 with rows
 * and problems in *ret, however bad the file, or -ENOMEM. The roster may be imported when n_errors
 * is 0. data is not used after the call.
 */
int roster_read(const void *data, size_t size, const char *filename, Date today, Roster **ret);
/* Loads what the readers of this header and of progresslist.h need of the system, for a process
 * that may open nothing afterwards. 0. */
int roster_prepare(void);
/* A roster of which nothing is known but that one problem. 0 or -ENOMEM. */
int roster_unreadable(RosterCode code, Roster **ret);
void roster_free(Roster *roster);
DEFINE_CLEANUP(Roster, roster_free)

#define ROSTER_COLUMN_SIZE 8

/* The name of a column in spreadsheet programs: "A" for 1, "AA" for 27; "" for 0. Returns buf. */
const char *roster_column_name(unsigned column, char buf[static ROSTER_COLUMN_SIZE]);
