/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/standing.h>

/*
 * Tables that show where students stand, for programs and spreadsheets, made from the catalog as it
 * is now. The caller frees *ret.
 */

/* status.csv of a point: a row for each student, in the columns of statuscsv.h. point 0: of all
 * points, for the office only [S4]. */
int standings_csv(Catalog *catalog, int64_t batch, int64_t point, Language language, char **ret,
                  size_t *ret_size);

/* Appends one row of it. */
void standing_csv_append(Text *text, const StandingRow *row, Language language);

/*
 * status.csv of the whole batch: a row for each point, with counts and without names or numbers
 * [S4].
 *
 *     en  point,students,missing,rejected,pending,approved,final
 *     zh  教学点,学生,未交,驳回,待审,通过,终审
 *
 * Each student counts once: as rejected when only rejected files came, as missing when nothing
 * came.
 */
int points_csv(Catalog *catalog, int64_t batch, Language language, char **ret, size_t *ret_size);
