/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>
#include <idphoto/util.h>

/*
 * Working days [R6]: Monday to Friday, minus the holidays and plus the make-up days (调休) that a
 * calendar file names. The State Council publishes both for one year at a time, so a calendar
 * covers only some years. For other years the answer is a guess, and STATUS.txt says so.
 */

typedef struct Calendar Calendar;

/*
 * Parses the text of a calendar file. A line is `2025-10-01 holiday`, `2025-09-28 workday` or a
 * span, `2025-10-01..2025-10-08 holiday`, and ends in LF or CRLF. Ignores blank lines, text after a
 * `#`, extra blanks and a byte order mark. A day may be given twice with the same meaning.
 * *ret_line (may be NULL) is the line of the first mistake, from 1. 0; -EINVAL: a line of another
 * form, a date that does not exist, a day given as both, or a span that ends before it starts or
 * has more than 366 days; -E2BIG: more than 20,000 days; -ENOMEM.
 */
int calendar_parse(const char *text, size_t size, Calendar **ret, size_t *ret_line);
void calendar_free(Calendar *calendar);
DEFINE_CLEANUP(Calendar, calendar_free)

/* The first year, from that of `from` to that of `to`, for which the calendar names no day, so that
 * working days are guesses. 0: there is none. calendar NULL names no day. */
int calendar_first_gap(const Calendar *calendar, Date from, Date to);

/* In the functions below calendar may be NULL: then only weekends are free. Dates must be valid. */

/* Finds the n-th working day after `date` (n > 0) or before it (n < 0), without counting `date`
 * itself. n = 0 gives `date`. 0; -ERANGE: outside the years 1 to 9999. */
int workdays_add(Date date, int n, const Calendar *calendar, Date *ret);

/* Number of working days after `from`, up to and including `to`; negative when `to` is earlier. */
int workdays_between(Date from, Date to, const Calendar *calendar);

/* Finds the last day whose n-th working day (n > 0) is `end` or earlier: a task of n working days
 * that starts then ends just in time. 0 or -ERANGE. */
int workdays_latest_start(Date end, int n, const Calendar *calendar, Date *ret);
