/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <idphoto/statuscsv.h>

#include <string.h>

/* Appends s inside quotes that are open already. */
static void append_quoted(Text *text, const char *s)
{
        while (*s) {
                int32_t c;
                size_t n = layout_next_clean(s, &c);

                if (*s == '"')
                        text_append(text, "\"\"");
                /* A line end is allowed in quotes, but not every reader knows. */
                else if (*s == '\r' || *s == '\n')
                        text_append(text, " ");
                else if (c == 0)
                        ;
                else if (c == '?' && *s != '\t')
                        text_append(text, "?");
                else
                        text_append_data(text, s, n);
                s += n;
        }
}

void status_csv_append_plain(Text *text, const char *s)
{
        if (!s || *s == '\0')
                return;
        text_append(text, "\"");
        append_quoted(text, s);
        text_append(text, "\"");
}

void status_csv_append_text(Text *text, const char *s)
{
        if (!s || *s == '\0')
                return;
        text_append(text, "\"");
        if (strchr("=+-@\t", *s))
                text_append(text, "'");
        append_quoted(text, s);
        text_append(text, "\"");
}

void status_csv_append_number(Text *text, const char *s)
{
        if (!s || *s == '\0' || strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(s)) {
                status_csv_append_text(text, s);
                return;
        }
        text_append(text, "\"=\"\"");
        text_append(text, s);
        text_append(text, "\"\"\"");
}

void status_csv_append_person(Text *text, const char *point, const char *id_number,
                              const char *name, const char *student_no)
{
        status_csv_append_text(text, point);
        text_append(text, ",");
        status_csv_append_number(text, id_number);
        text_append(text, ",");
        status_csv_append_text(text, name);
        text_append(text, ",");
        status_csv_append_number(text, student_no);
        text_append(text, ",");
}
