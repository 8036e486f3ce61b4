/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/*
 * Time is an argument, so that tests can set it. Wall time counts nanoseconds since the epoch, UTC.
 * Monotonic time counts nanoseconds since an arbitrary start and measures delays and timeouts.
 */
typedef struct Clock {
        int64_t (*wall_nsec)(void *userdata);
        int64_t (*monotonic_nsec)(void *userdata);
        void *userdata;
} Clock;

/* The system's clocks. Never NULL, valid for the life of the process, safe from any thread. */
const Clock *clock_system(void);

int64_t clock_wall_nsec(const Clock *clock);
int64_t clock_monotonic_nsec(const Clock *clock);

/* Converts to the type of the system calls. tv_nsec is 0..999999999 before the epoch too. */
struct timespec timespec_from_nsec(int64_t nsec);
/* Converts back. A time before 1677 or after 2262 becomes the first or the last moment that
 * fits. */
int64_t timespec_to_nsec(struct timespec ts);

/* A calendar date, proleptic Gregorian. A date that comes from a clock is in local time. */
typedef struct Date {
        int year;
        int month; /* 1..12 */
        int day;   /* 1..31 */
} Date;

/* The local calendar date at `wall_nsec`. */
Date date_from_wall(int64_t wall_nsec);
/* When the date begins in local time, as far as a time can tell (timespec_to_nsec()). The date must
 * be valid. */
int64_t date_to_wall(Date date);

/* Whether the date exists: month and day in range, leap years included, year 1..9999. */
bool date_valid(Date date);

/* Negative, 0 or positive when a is before, the same as, or after b. */
int date_compare(Date a, Date b);

/* Days since 1970-01-01 (negative before). The date must be valid. */
int64_t date_to_days(Date date);
Date date_from_days(int64_t days);

#define WALL_TEXT_MAX 32

/* "2025-09-01 14:03" in local time, written to `buf`; returns buf. */
const char *wall_to_text(int64_t wall_nsec, char buf[static WALL_TEXT_MAX]);
