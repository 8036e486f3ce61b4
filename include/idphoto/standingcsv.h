/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/standing.h>

/*
 * Tables of the standing of students, for programs and spreadsheets, made from the catalog as it is
 * now. Functions return 0 with *ret, which the caller frees, or a negative errno.
 */

/* Makes status.csv of a point: a row for each student, in the columns of statuscsv.h. point 0: of
 * all points, for the office only [S4]. */
int standings_csv(Catalog *catalog, int64_t batch, int64_t point, Language language, char **ret,
                  size_t *ret_size);

/* Appends one row of that table. */
void standing_csv_append(Text *text, const StandingRow *row, Language language);

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
