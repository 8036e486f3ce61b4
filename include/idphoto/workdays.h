/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>
#include <idphoto/util.h>

/*
 * Working days [R6]: Monday to Friday, less the holidays and plus the make-up days (调休) that a
 * calendar file names. The State Council publishes both for one year at a time, so a calendar also
 * knows the years that it covers; outside them the answer is a guess, and STATUS.txt tells it as
 * such.
 */

typedef struct Calendar Calendar;

/*
 * Reads the text of a calendar file: lines of `2025-10-01 holiday`, `2025-09-28 workday`, or a span
 * `2025-10-01..2025-10-08 holiday`. Blank lines and what follows a `#` are skipped, blanks do not
 * matter, LF and CRLF end lines, a byte order mark is skipped. The same day twice in the same sense
 * is once. *ret_line (may be NULL) receives the line of the first mistake, from 1. Returns 0,
 * -EINVAL (a line that says nothing of the kind, a date that does not exist, a day said to be both,
 * a span that ends before it starts or takes more than 366 days), -E2BIG (more than 20,000 days) or
 * -ENOMEM.
 */
int calendar_parse(const char *text, size_t size, Calendar **ret, size_t *ret_line);
void calendar_free(Calendar *calendar);
DEFINE_CLEANUP(Calendar, calendar_free)

/* The first year from that of `from` to that of `to` of which the calendar names no day, so that
 * working days in it are guessed; 0: there is none. calendar may be NULL: then it names no day. */
int calendar_first_gap(const Calendar *calendar, Date from, Date to);

/* calendar may be NULL in all of these: then there are only weekends. The date must be valid. */
/* The n-th working day after `date` (n > 0) or before it (n < 0), not counting `date` itself; n = 0
 * is `date`. 0 or -ERANGE beyond year 1 to 9999. */
int workdays_add(Date date, int n, const Calendar *calendar, Date *ret);

/* Number of working days after `from` up to and with `to`; negative when `to` lies before. */
int workdays_between(Date from, Date to, const Calendar *calendar);

/* The last day whose n-th working day (n > 0) is `end` or a day before: who began then is just in
 * time at `end`. 0 or -ERANGE. */
int workdays_latest_start(Date end, int n, const Calendar *calendar, Date *ret);
