/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/moment.h>
#include <idphoto/roster.h>

/*
 * A progress list of the collection centre or the register [R5]. It comes in the same kinds of
 * files as a roster, with a column for the status and one for the ID number or the student number.
 * Pure: bytes in, rows out. Only the cells are read here. centrestatus.h knows what a status means,
 * and the catalog knows whose row it is.
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
        Moment moment;          /* year 0 where there is none that can be read */
} ProgressRow;

typedef struct ProgressList {
        ProgressRow *rows; /* in the file's order */
        size_t n_rows;
        /* Why the file cannot be used, else _ROSTER_CODE_INVALID. ROSTER_NO_HEADING: the list has
         * no usable heading. ROSTER_OWN_…: it is a table that this program writes, whatever it may
         * have in common with a list. problem_row 0: the file as a whole. */
        RosterCode problem;
        size_t problem_row;
        bool other_sheet; /* another sheet of the workbook is a list too and was not read */
        struct Arena *strings;
} ProgressList;

/* As roster_read(): 0 with *ret, however bad the file; -ENOMEM. data is not used afterwards. */
int progress_list_read(const void *data, size_t size, const char *filename, Date today,
                       ProgressList **ret);
/* As roster_unreadable(). */
int progress_list_unreadable(RosterCode code, ProgressList **ret);
void progress_list_free(ProgressList *list);
DEFINE_CLEANUP(ProgressList, progress_list_free)

/* What is wrong with such a file and what to do. For codes that only rosters have, the roster's
 * text. */
const char *progress_list_problem_text(RosterCode code, Language language);
