/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/overview.h>

/* Who is late, read from the catalog for STATUS.txt. */

#define DATE_TEXT_MAX 16

/* "2025-09-15" */
void late_date_text(Date date, char buf[static DATE_TEXT_MAX]);

typedef struct Late {
        StatusLate model;
        StatusStudent students[STATUS_NAMES_SHOWN]; /* own their strings */
} Late;

/* point 0: counts of all points, and no students. Late is to be released in every case. */
int late_collect(Catalog *catalog, Where where, const OverviewDays *days, Late *ret);
void late_done(Late *late);
