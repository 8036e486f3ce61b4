/* SPDX-License-Identifier: MIT */
#include "owntable.h"

#include <string.h>

enum { MARKS_MAX = 4 };

/* Folded as a heading, and without underscores. */
static const struct {
        RosterCode code;
        const char *marks[MARKS_MAX]; /* all of them are there */
} tables[] = {
        {ROSTER_OWN_STATUS, {"STATE", "SENTAS"}},
        {ROSTER_OWN_STATUS, {"状态", "提交文件名"}},
        {ROSTER_OWN_COUNTS, {"POINT", "MISSING", "PENDING", "APPROVED"}},
        {ROSTER_OWN_COUNTS, {"教学点", "未交", "待审", "通过"}},
        {ROSTER_OWN_MANIFEST, {"FILE", "BYTES", "SHA256"}},
        {ROSTER_OWN_MANIFEST, {"文件", "字节数", "SHA256"}},
        {ROSTER_OWN_AUDIT, {"ENTRY", "KIND", "PERSON", "DETAIL"}},
};

static void fold(const char *text, char heading[static CELL_BYTES_MAX + 1])
{
        size_t n = text_prefix(text, CELL_BYTES_MAX), out = 0;

        memcpy(heading, text, n);
        heading[n] = '\0';
        cell_fold_heading(heading);
        for (const char *p = heading; *p; p++)
                if (*p != '_')
                        heading[out++] = *p;
        heading[out] = '\0';
}

RosterCode own_table_of(const Cell *cells, size_t n)
{
        unsigned seen[ELEMENTSOF(tables)] = {}; /* a bit for each mark */

        for (size_t i = 0; i < n; i++) {
                char heading[CELL_BYTES_MAX + 1];

                fold(cells[i].text, heading);
                for (size_t t = 0; t < ELEMENTSOF(tables); t++)
                        for (size_t m = 0; m < MARKS_MAX && tables[t].marks[m]; m++)
                                if (strcmp(tables[t].marks[m], heading) == 0)
                                        seen[t] |= 1u << m;
        }
        for (size_t t = 0; t < ELEMENTSOF(tables); t++) {
                size_t n_marks = 0;

                while (n_marks < MARKS_MAX && tables[t].marks[n_marks])
                        n_marks++;
                if (seen[t] == (1u << n_marks) - 1)
                        return tables[t].code;
        }
        return _ROSTER_CODE_INVALID;
}
