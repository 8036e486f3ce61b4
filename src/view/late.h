/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/overview.h>

/* Reads from the catalog who is late, for STATUS.txt. */

#define DATE_TEXT_MAX 16

/* Writes the date as "2025-09-15" to buf. */
void late_date_text(Date date, char buf[static DATE_TEXT_MAX]);

typedef struct Late {
        StatusLate model;
        StatusStudent students[STATUS_NAMES_SHOWN]; /* own their strings */
} Late;

/* Collects the late students. point 0: counts those of all points and names none. The caller
 * releases *ret by late_done(), even after an error. */
int late_collect(Catalog *catalog, Where where, const OverviewDays *days, Late *ret);
void late_done(Late *late);
