/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/clock.h>

#include <stddef.h>

/* A day, and a time of day where one is told, as offices write them in lists. */
typedef struct Moment {
        Date date;  /* year 0: none */
        int second; /* of the day; 0 where no time is told */
} Moment;

/*
 * Reads the moment with which the text begins: 2025-09-10, 2025/9/10, 2025.9.10, 2025年9月10日 or
 * 20250910, and behind it perhaps 14:30, 14:30:05, 14时30分, 下午2:30 or 2:30 PM. Width does not
 * matter. An offset from UTC is skipped: all rows of a list have the same. Returns the number of
 * bytes with *ret, 0 when the text begins with no date that exists. text must be valid UTF-8.
 */
size_t moment_read(const char *text, Moment *ret);

/* The same for the first moment anywhere in the text, which begins at *ret_at. */
size_t moment_find(const char *text, size_t *ret_at, Moment *ret);

/* Negative, 0 or positive when a is before, the same as, or after b. Both must have a date. */
int moment_compare(Moment a, Moment b);
