/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/roster.h>

/*
 * A progress list of the collection centre or the register [R5], read from the same kinds of files
 * as a roster: a column with the status, and one with the ID number or the student number. Pure:
 * bytes in, rows out. What a status means is centrestatus.h's business, whose row it is the
 * catalog's; here only the cells are read.
 */

/* Strings belong to the list, are UTF-8 and never NULL; "" where the file says nothing. */
typedef struct ProgressRow {
        size_t row;             /* as a spreadsheet program counts, from 1 */
        const char *id_number;  /* normalised; "" also where it is damaged */
        RosterCode id_problem;  /* what is wrong with it; _ROSTER_CODE_INVALID */
        const char *student_no; /* "" also where a spreadsheet program has damaged it */
        const char *status;     /* as it stands there */
        const char *reason;     /* of a refusal, as it stands there */
        const char *date_text;  /* as it stands there */
        Date date;              /* {} where there is none that can be read */
} ProgressRow;

typedef struct ProgressList {
        ProgressRow *rows; /* in the file's order */
        size_t n_rows;
        /* Why the file cannot be used, or _ROSTER_CODE_INVALID; of a list without a usable heading
         * ROSTER_NO_HEADING. problem_row 0: the file as a whole. */
        RosterCode problem;
        size_t problem_row;
        bool other_sheet; /* another sheet of the workbook is a list too, and was not read */
        struct Arena *strings;
} ProgressList;

/* As roster_read(): 0 with *ret, however bad the file; -ENOMEM. data is not used afterwards. */
int progress_list_read(const void *data, size_t size, const char *filename, Date today,
                       ProgressList **ret);
void progress_list_free(ProgressList *list);
DEFINE_CLEANUP(ProgressList, progress_list_free)

/* What is wrong with such a file and what to do; of codes that only rosters have roster's text. */
const char *progress_list_problem_text(RosterCode code, Language language);
