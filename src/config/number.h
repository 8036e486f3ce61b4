/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/* Numbers as operators write them: digits with at most one point between them, in any locale. */

static inline bool char_is_blank(char c)
{
        return c == ' ' || c == '\t';
}

static inline bool char_is_digit(char c)
{
        return c >= '0' && c <= '9';
}

void number_skip_blanks(const char **p);

/* Reads a number and leaves *p behind it. 0; -EINVAL when none stands there or it has more digits
 * than a double keeps. */
int number_parse(const char **p, double *ret);

/* Appends the shortest number that number_parse() reads as the same. Never with an exponent, which
 * operators need not know. */
void number_append(Text *text, double value);

/* The same for a value that is kept divided: what is read gives value after the division. */
void number_append_scaled(Text *text, double value, double divisor);
