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
        StatusStudent students[STATUS_OFFICE_NAMES_SHOWN]; /* own their strings */
        Catalog *catalog;
        Where where;
        int64_t before;    /* who began before it is unchecked */
        const char *point; /* whose students are being named; NULL: the text is the point's own */
} Late;

/* Collects the late students. point 0: those of all points. named: tells who the first of them are.
 * The caller releases *ret by late_done(), even after an error. */
int late_collect(Catalog *catalog, Where where, const OverviewDays *days, bool named, Late *ret);
void late_done(Late *late);
