/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/standing.h>

/*
 * Tables of the standing of students, for programs and spreadsheets, made from the catalog as it is
 * now. Functions return 0 with *ret, which the caller frees, or a negative errno. The columns of
 * each table and their order are fixed; idphotofs-status(7) explains them.
 *
 * status.csv [S2] is UTF-8 with a byte order mark, CRLF and the quotes of RFC 4180, so that
 * spreadsheet programs open it correctly. ID numbers and student numbers are written as ="…". No
 * spreadsheet program takes that for a quantity, and the roster reader understands it. A text that
 * a spreadsheet program would evaluate (= + - @) gets an apostrophe before it.
 *
 * The list for programs is without all this: no mark, and each cell is its value.
 *
 * status.xlsx [S6] has texts in its cells, which need no such care. Who has warnings has a colour.
 */

typedef enum StandingTable {
        STANDING_TABLE_CSV,        /* status.csv of a point */
        STANDING_TABLE_LIST,       /* for programs */
        STANDING_TABLE_XLSX,       /* status.xlsx of a point */
        STANDING_TABLE_OFFICE_CSV, /* the same for reviewers: of all points, with what was measured,
                                       decisions, notes and rejections, the warned first */
        STANDING_TABLE_OFFICE_XLSX,
        _STANDING_TABLE_MAX,
        _STANDING_TABLE_INVALID = -EINVAL,
} StandingTable;

/* Makes such a table of a point. point 0: of all points, for the office only [S4]. Of a workbook:
 * -ENOSPC: there is no room for it while it is made; -EOPNOTSUPP: built without it (HAVE_XLSX). */
int standings_table(Catalog *catalog, StandingTable table, Where where, Language language,
                    char **ret, size_t *ret_size);

/* Append the heading and a row of a table in CSV. */
void standing_csv_append_head(Text *text, StandingTable table, Language language);
void standing_csv_append(Text *text, StandingTable table, const StandingRow *row,
                         Language language);

/* Whether the photo that counts has warnings. */
bool standing_warned(const StandingRow *row);

/*
 * Makes status.csv of the whole batch: a row for each point, with counts and without names or
 * numbers of people [S4].
 *
 *     en  point,students,missing,rejected,pending,approved,final
 *     zh  教学点,学生,未交,驳回,待审,通过,终审通过
 *
 * Each student counts once: as rejected when all dropped files were rejected, as missing when none
 * was dropped.
 */
int points_csv(Catalog *catalog, int64_t batch, Language language, char **ret, size_t *ret_size);
