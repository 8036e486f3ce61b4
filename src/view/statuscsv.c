/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <idphoto/clock.h>
#include <idphoto/statuscsv.h>

#include <string.h>

static const char *const headings[_LANGUAGE_MAX] = {
        [LANGUAGE_EN] = "point,id_number,name,student_no,state,reasons,warnings,sent_as,changed",
        [LANGUAGE_ZH] = "教学点,身份证号,姓名,学号,状态,驳回原因,注意,提交文件名,更新时间",
};

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

/* A number that names somebody. Anything else in such a column is a text. */
static void append_number(Text *text, const char *s)
{
        if (!s || *s == '\0' || strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(s)) {
                status_csv_append_text(text, s);
                return;
        }
        text_append(text, "\"=\"\"");
        text_append(text, s);
        text_append(text, "\"\"\"");
}

static void append_findings(Text *text, const Findings *findings, FindingLevel level,
                            Language language)
{
        _cleanup_text_ Text titles = {0};

        if (!findings)
                return;
        for (size_t i = 0; i < findings->n; i++) {
                if (findings->items[i].level != level)
                        continue;
                if (titles.size > 0)
                        text_append(&titles, " ");
                text_append(&titles, finding_title(&findings->items[i], language));
        }
        if (titles.error < 0)
                text->error = titles.error;
        status_csv_append_text(text, titles.data);
}

void status_csv_append_head(Text *text, Language language)
{
        text_append(text, "\xef\xbb\xbf");
        text_append(text, headings[language]);
        text_append(text, "\r\n");
}

void status_csv_append_person(Text *text, const char *point, const char *id_number,
                              const char *name, const char *student_no)
{
        status_csv_append_text(text, point);
        text_append(text, ",");
        append_number(text, id_number);
        text_append(text, ",");
        status_csv_append_text(text, name);
        text_append(text, ",");
        append_number(text, student_no);
        text_append(text, ",");
}

void status_csv_append_row(Text *text, const StatusCsvRow *row, Language language)
{
        char when[WALL_TEXT_MAX];

        status_csv_append_person(text, row->point, row->id_number, row->name, row->student_no);
        text_append(text, review_state_word(row->state, language));
        text_append(text, ",");
        append_findings(text, row->findings, FINDING_REJECT, language);
        text_append(text, ",");
        append_findings(text, row->findings, FINDING_WARN, language);
        text_append(text, ",");
        status_csv_append_text(text, row->sent_as);
        text_append(text, ",");
        if (row->changed_nsec != 0)
                text_append(text, wall_to_text(row->changed_nsec, when));
        text_append(text, "\r\n");
}
