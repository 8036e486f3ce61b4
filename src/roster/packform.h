/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/listpack.h>

#include <assert.h>

/*
 * How a packed list is laid out: a list is its head, its rows and, of a roster, its problems. A
 * number has eight bytes in the order of this machine; a text has its length in two and is not
 * terminated; a code is its number and one, or 0 for _ROSTER_CODE_INVALID.
 *
 *     roster            magic, n_rows, n_problems, n_errors, n_warnings, has_point_column,
 *                       has_sheet_points
 *       row             row, the texts of roster_row_texts
 *       problem         code, row, column, other_row, sheet, other_sheet, value
 *     progress list     magic, n_rows, problem, problem_row, other_sheet
 *       row             row, id_problem, year, month, day, second, the texts of
 *                       progress_row_texts
 */

#define PACKED_ROSTER_MAGIC   UINT64_C(0x524554534f524449) /* "IDROSTER" */
#define PACKED_PROGRESS_MAGIC UINT64_C(0x5352474f52504449) /* "IDPROGRS" */

typedef uint16_t PackedLength;

/* Bytes that a row or a problem takes at least: its numbers, and its texts when all are empty. */
#define PACKED_SIZE_MIN(numbers, texts) \
        ((numbers) * sizeof(uint64_t) + (texts) * sizeof(PackedLength))

/* Where the texts of a row stand. */
static const size_t roster_row_texts[] = {
        offsetof(RosterRow, id_number),  offsetof(RosterRow, name),
        offsetof(RosterRow, student_no), offsetof(RosterRow, exam_no),
        offsetof(RosterRow, point),      offsetof(RosterRow, sex),
        offsetof(RosterRow, class_name), offsetof(RosterRow, level),
        offsetof(RosterRow, major),      offsetof(RosterRow, sheet),
};

static const size_t progress_row_texts[] = {
        offsetof(ProgressRow, id_number), offsetof(ProgressRow, student_no),
        offsetof(ProgressRow, status),    offsetof(ProgressRow, reason),
        offsetof(ProgressRow, date_text),
};

/* Whoever adds a member that makes a list larger learns here that it has to be packed. */
#define SAME_SIZE_AS_EVER(type, bytes) \
        static_assert(sizeof(void *) != 8 || sizeof(type) == (bytes), #type " has a new member")

SAME_SIZE_AS_EVER(RosterRow, 88);
SAME_SIZE_AS_EVER(RosterProblem, 56);
SAME_SIZE_AS_EVER(Roster, 64);
SAME_SIZE_AS_EVER(ProgressRow, 72);
SAME_SIZE_AS_EVER(ProgressList, 48);
