/* SPDX-License-Identifier: MIT */
#include <idphoto/suggest.h>

#include <string.h>

/* Damerau-Levenshtein in the form that edits no part twice. Three rows of the table are enough: a
 * swap looks two rows back. */
size_t edit_distance(const char *a, const char *b)
{
        size_t rows[3][SUGGEST_LENGTH_MAX + 1];
        size_t n = strlen(a), m = strlen(b);
        size_t *before = rows[0], *last = rows[1], *row = rows[2];

        if (n > SUGGEST_LENGTH_MAX || m > SUGGEST_LENGTH_MAX)
                return SUGGEST_LENGTH_MAX + 1;
        for (size_t j = 0; j <= m; j++)
                last[j] = j;
        for (size_t i = 1; i <= n; i++) {
                size_t *oldest = before;

                row[0] = i;
                for (size_t j = 1; j <= m; j++) {
                        size_t exchanged = last[j - 1] + (a[i - 1] != b[j - 1]);

                        row[j] = MIN(MIN(last[j], row[j - 1]) + 1, exchanged);
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                row[j] = MIN(row[j], before[j - 2] + 1);
                }
                before = last;
                last = row;
                row = oldest;
        }
        return last[m];
}

/* One edit for each three characters begun, so that "stat" finds "status" and "x" finds nothing of
 * three letters. */
bool suggest_near(const char *typed, const char *candidate, size_t *ret_distance)
{
        size_t distance = edit_distance(typed, candidate);

        if (distance > (strlen(typed) + 2) / 3 || distance >= strlen(candidate))
                return false;
        *ret_distance = distance;
        return true;
}
