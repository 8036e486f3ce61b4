/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/standing.h>

/*
 * Tables of where everybody stands, for programs and spreadsheets, made from the catalog as it is
 * now. The caller frees *ret.
 */

/* status.csv of a point (0: of all points, for the office only [S4]): a row for each student, in
 * the columns of statuscsv.h. */
int standings_csv(Catalog *catalog, int64_t batch, int64_t point, Language language, char **ret,
                  size_t *ret_size);

/* One row of it. */
void standing_csv_append(Text *text, const StandingRow *row, Language language);

/*
 * status.csv of the whole batch, with counts and no names or numbers [S4]: a row for each point.
 *
 *   en  point,students,missing,rejected,pending,approved,final
 *   zh  教学点,学生,未交,驳回,待审,通过,终审
 *
 * Each student counts once: rejected are those of whom only rejected files came, missing those of
 * whom nothing came.
 */
int points_csv(Catalog *catalog, int64_t batch, Language language, char **ret, size_t *ret_size);
