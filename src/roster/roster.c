/* SPDX-License-Identifier: MIT */
#include "builder.h"
#include "delimited.h"
#include "textcode.h"
#include "workbook.h"

#include <string.h>

/* ---- text tables ---- */

/* Part of a text that is enough for the heading rows. */
enum { HEAD_BYTES = 64 * 1024 };

typedef struct Probe {
        bool found;
        unsigned n_known; /* of the best row */
} Probe;

static int probe_row(size_t row, const Cell *cells, size_t n, void *userdata)
{
        Probe *probe = userdata;
        Headings headings;

        if (row > ROSTER_HEADING_ROWS)
                return 1;
        probe->found = headings_find(cells, n, &headings);
        probe->n_known = MAX(probe->n_known, headings.n_known);
        return probe->found;
}

/* The delimiter is the one that makes a heading row appear; counting commas would be fooled by
 * titles and notes. */
static int find_delimiter(const char *text, size_t size, const char *filename, char *ret)
{
        const char candidates[] = {',', '\t', ';', '|'};
        bool tabs = filename && text_ends_with_nocase(filename, ".tsv");
        char best = tabs ? '\t' : ',';
        unsigned best_known = 0;

        for (size_t i = 0; i < sizeof(candidates); i++) {
                _cleanup_free_ char *head = strndup(text, MIN(size, (size_t)HEAD_BYTES));
                Probe probe = {0};
                size_t row;
                int r;

                if (!head)
                        return -ENOMEM;
                r = delimited_read(head, candidates[i], probe_row, &probe, &row);
                if (r == -ENOMEM)
                        return r;
                if (probe.found) {
                        best = candidates[i];
                        break;
                }
                if (probe.n_known > best_known) {
                        best = candidates[i];
                        best_known = probe.n_known;
                }
        }
        *ret = best;
        return 0;
}

static int read_text(Builder *builder, const void *data, size_t size, const char *filename)
{
        _cleanup_free_ char *text = NULL;
        size_t text_size, row = 0;
        char delimiter;
        int r;

        r = textcode_decode(data, size, &text, &text_size, &row);
        if (r == -EILSEQ)
                return builder_problem(builder, ROSTER_BAD_CHARACTER, row, 0, "");
        if (r == -EBADMSG)
                return builder_problem(builder, ROSTER_NOT_A_TABLE, 0, 0, "");
        if (r < 0)
                return r;
        if (text[strspn(text, " \t\r\n")] == '<')
                return builder_problem(builder, ROSTER_HTML_TABLE, 0, 0, "");
        r = find_delimiter(text, text_size, filename, &delimiter);
        if (r < 0)
                return r;
        r = delimited_read(text, delimiter, builder_row, builder, &row);
        if (r == -EBADMSG)
                return builder_problem(builder, ROSTER_OPEN_QUOTE, row, 0, "");
        return r < 0 ? r : builder_finish(builder);
}

/* ---- workbooks ---- */

static int read_sheets(Builder *builder, const Workbook *workbook)
{
        builder->date1904 = workbook->date1904;
        for (size_t i = 0; i < workbook->n_sheets; i++) {
                int r;

                if (!builder->have_headings) {
                        r = workbook_read_sheet(workbook, i, builder_row, builder);
                } else {
                        Probe probe = {0};

                        r = workbook_read_sheet(workbook, i, probe_row, &probe);
                        if (probe.found)
                                return builder_problem(builder, ROSTER_OTHER_SHEET, 0, 0, "");
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

static int read_workbook(Builder *builder, const void *data, size_t size)
{
        Workbook workbook;
        int r;

        r = workbook_open(data, size, &workbook);
        if (r == 0)
                r = read_sheets(builder, &workbook);
        workbook_done(&workbook);
        if (r == -ENOENT)
                return builder_problem(builder, ROSTER_NOT_A_TABLE, 0, 0, "");
        if (r == -EBADMSG)
                return builder_problem(builder, ROSTER_DAMAGED_FILE, 0, 0, "");
        return r < 0 ? r : builder_finish(builder);
}

/* ---- the whole ---- */

static bool starts_with(const void *data, size_t size, const char *magic, size_t n)
{
        return size >= n && memcmp(data, magic, n) == 0;
}

static int read_any(Builder *builder, const void *data, size_t size, const char *filename)
{
        if (size > ROSTER_BYTES_MAX)
                return -EFBIG;
        if (starts_with(data, size, "PK\x03\x04", 4))
                return read_workbook(builder, data, size);
        if (starts_with(data, size, "\xd0\xcf\x11\xe0", 4))
                return builder_problem(builder, ROSTER_OLD_EXCEL, 0, 0, "");
        if (starts_with(data, size, "%PDF", 4))
                return builder_problem(builder, ROSTER_NOT_A_TABLE, 0, 0, "");
        return read_text(builder, data, size, filename);
}

int roster_read(const void *data, size_t size, const char *filename, Date today, Roster **ret)
{
        _cleanup_(builder_done) Builder builder;
        int r;

        r = builder_init(&builder, today);
        if (r < 0)
                return r;
        r = read_any(&builder, data, size, filename);
        if (r == -EFBIG)
                r = builder_problem(&builder, ROSTER_TOO_LARGE, 0, 0, "");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(builder.roster);
        return 0;
}

void roster_free(Roster *roster)
{
        if (!roster)
                return;
        free(roster->rows);
        free(roster->problems);
        arena_free(roster->strings);
        free(roster);
}
