/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/catalog.h>
#include <idphoto/event.h>
#include <idphoto/view.h>
#include <idphoto/workdays.h>

/* The day of a status, and the days that it counts to [R6]. */
typedef struct OverviewDays {
        Date today;
        Date deadline;            /* the batch's last day; {} for none */
        const Calendar *calendar; /* NULL: only weekends are free */
        unsigned check_days;      /* working days for the check on the register */
        unsigned paper_days;      /* working days that the paper photo takes */
} OverviewDays;

/* Makes STATUS.txt of a point from the catalog as it is now. point 0: of the whole batch, with
 * counts only and no file names [S4]. days NULL: no days are counted. The caller frees *ret. */
int overview_status_text(Catalog *catalog, int64_t batch, int64_t point, const OverviewDays *days,
                         Language language, char **ret, size_t *ret_size);

/* The counts that people are shown. point 0: all. */
int overview_counts(Catalog *catalog, int64_t batch, int64_t point, StatusCounts *ret);

/* The kind of an event in words: "accepted". kind must be valid. */
const char *event_kind_text(EventKind kind, Language language);
