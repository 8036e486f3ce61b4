/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/event.h>
#include <idphoto/view.h>
#include <idphoto/workdays.h>

/* The dates that a status file uses [R6]. */
typedef struct OverviewDays {
        Date today;
        Date deadline;            /* the batch's last day; {} for none */
        const Calendar *calendar; /* NULL: only weekends are free */
        unsigned check_days;      /* working days for the check on the register */
        unsigned paper_days;      /* working days that the paper photo takes */
} OverviewDays;

/* Makes STATUS.txt of a point from the catalog as it is now. point 0: of the whole batch, with
 * counts only and without file names [S4]. days NULL: counts no days. The caller frees *ret. 0 or a
 * negative errno. */
int overview_status_text(Catalog *catalog, int64_t batch, int64_t point, const OverviewDays *days,
                         Language language, char **ret, size_t *ret_size);

/* Looks ahead for what that will read (catalog.h). */
void overview_expect(Catalog *catalog, int64_t batch, int64_t point, const OverviewDays *days);

/* Makes OFFICE/STATUS.txt: of the whole batch, with the names of who is late and of the photos that
 * wait for review with warnings [R8]. Else like overview_status_text(). */
int overview_office_text(Catalog *catalog, int64_t batch, const OverviewDays *days,
                         Language language, char **ret, size_t *ret_size);

/* Reads the counts that status files show. point 0: of all points. */
int overview_counts(Catalog *catalog, int64_t batch, int64_t point, StatusCounts *ret);

/* The kind of an event as a word for people: "accepted". kind must be valid. */
const char *event_kind_text(EventKind kind, Language language);
