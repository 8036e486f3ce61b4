/* SPDX-License-Identifier: MIT */
#include "table.h"

#include "delimited.h"
#include "textcode.h"
#include "workbook.h"

#include <string.h>

/* What is wrong with the file was told, so nothing more is to be said about it. */
static int tell(const TableReader *reader, RosterCode code, size_t row)
{
        int r = reader->problem(reader->userdata, code, row);

        return r < 0 ? r : 1;
}

/* ---- text tables ---- */

/* Part of a text that is enough for the heading rows. */
enum { HEAD_BYTES = 64 * 1024 };

typedef struct Probe {
        const TableReader *reader;
        bool found;
        unsigned n_known; /* of the best row */
} Probe;

static int probe_row(size_t row, const Cell *cells, size_t n, void *userdata)
{
        Probe *probe = userdata;
        unsigned n_known;

        if (row > ROSTER_HEADING_ROWS)
                return 1;
        probe->found = probe->reader->is_heading(cells, n, &n_known);
        probe->n_known = MAX(probe->n_known, n_known);
        return probe->found;
}

/* Tries one delimiter on the beginning of the text. */
static int probe_delimiter(const TableReader *reader, const char *head, char delimiter, Probe *ret)
{
        _cleanup_free_ char *copy = strdup(head);
        size_t row;
        int r;

        *ret = (Probe){.reader = reader};
        if (!copy)
                return -ENOMEM;
        r = delimited_read(copy, delimiter, probe_row, ret, &row);
        return r == -ENOMEM ? r : 0;
}

/* The delimiter is the one that makes a heading row appear; counting commas would be fooled by
 * titles and notes. *ret_found says whether it did. */
static int find_delimiter(const TableReader *reader, const char *head, const char *filename,
                          char *ret, bool *ret_found)
{
        const char candidates[] = {',', '\t', ';', '|'};
        bool tabs = filename && text_ends_with_nocase(filename, ".tsv");
        char best = tabs ? '\t' : ',';
        unsigned best_known = 0;
        Probe probe = {};

        for (size_t i = 0; i < sizeof(candidates) && !probe.found; i++) {
                int r = probe_delimiter(reader, head, candidates[i], &probe);

                if (r < 0)
                        return r;
                if (probe.found || probe.n_known > best_known) {
                        best = candidates[i];
                        best_known = probe.n_known;
                }
        }
        *ret = best;
        *ret_found = probe.found;
        return 0;
}

/* Makes commas and semicolons of full width, where they stand outside quotes, those of half width.
 * In place; the text becomes shorter. */
static void narrow_delimiters(char *text)
{
        static const char comma[] = "，", semicolon[] = "；";
        bool quoted = false;
        char *out = text;

        for (const char *p = text; *p;) {
                quoted = quoted != (*p == '"');
                if (!quoted && text_starts_with(p, comma)) {
                        *out++ = ',';
                        p += strlen(comma);
                } else if (!quoted && text_starts_with(p, semicolon)) {
                        *out++ = ';';
                        p += strlen(semicolon);
                } else
                        *out++ = *p++;
        }
        *out = '\0';
}

/* Finds the delimiter; where it was typed by an input method, text is changed to suit. */
static int settle_delimiter(const TableReader *reader, char *text, const char *filename, char *ret)
{
        _cleanup_free_ char *head = strndup(text, HEAD_BYTES);
        char narrow;
        bool found;
        int r;

        if (!head)
                return -ENOMEM;
        r = find_delimiter(reader, head, filename, ret, &found);
        if (r < 0 || found)
                return r;
        narrow_delimiters(head);
        r = find_delimiter(reader, head, filename, &narrow, &found);
        if (r < 0 || !found)
                return r;
        narrow_delimiters(text);
        *ret = narrow;
        return 0;
}

static int read_text(const TableReader *reader, const void *data, size_t size, const char *filename)
{
        _cleanup_free_ char *text = NULL;
        size_t text_size, row = 0;
        char delimiter;
        int r;

        r = textcode_decode(data, size, &text, &text_size, &row);
        if (r == -EILSEQ)
                return tell(reader, ROSTER_BAD_CHARACTER, row);
        if (r == -EBADMSG)
                return tell(reader, ROSTER_NOT_A_TABLE, 0);
        if (r < 0)
                return r;
        if (text[strspn(text, " \t\r\n")] == '<')
                return tell(reader, ROSTER_HTML_TABLE, 0);
        r = settle_delimiter(reader, text, filename, &delimiter);
        if (r < 0)
                return r;
        r = delimited_read(text, delimiter, reader->row, reader->userdata, &row);
        if (r == -EBADMSG)
                return tell(reader, ROSTER_OPEN_QUOTE, row);
        return MIN(r, 0);
}

/* ---- workbooks ---- */

static int read_every_sheet(const TableReader *reader, const Workbook *workbook)
{
        for (size_t i = 0; i < workbook->n_sheets; i++) {
                const WorkbookSheet *sheet = &workbook->sheets[i];
                size_t hidden_row;
                int r = reader->begin_sheet(reader->userdata, sheet->name, sheet->hidden,
                                            workbook->n_sheets);

                if (r > 0)
                        continue;
                if (r == 0)
                        r = workbook_read_sheet(workbook, i, reader->row, reader->userdata,
                                                &hidden_row);
                if (r >= 0)
                        r = reader->end_sheet(reader->userdata, hidden_row);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int read_first_sheet(const TableReader *reader, const Workbook *workbook)
{
        for (size_t i = 0; i < workbook->n_sheets; i++) {
                size_t hidden_row;
                int r;

                if (workbook->sheets[i].hidden)
                        continue;
                if (!*reader->found) {
                        r = workbook_read_sheet(workbook, i, reader->row, reader->userdata,
                                                &hidden_row);
                } else {
                        Probe probe = {.reader = reader};

                        r = workbook_read_sheet(workbook, i, probe_row, &probe, &hidden_row);
                        if (probe.found)
                                return reader->problem(reader->userdata, ROSTER_OTHER_SHEET, 0);
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

static int read_workbook(const TableReader *reader, const void *data, size_t size)
{
        Workbook workbook;
        int r;

        r = workbook_open(data, size, &workbook);
        if (r == 0) {
                *reader->date1904 = workbook.date1904;
                r = reader->begin_sheet ? read_every_sheet(reader, &workbook)
                                        : read_first_sheet(reader, &workbook);
        }
        workbook_done(&workbook);
        if (r == -ENOENT)
                return tell(reader, ROSTER_NOT_A_TABLE, 0);
        if (r == -EBADMSG)
                return tell(reader, ROSTER_DAMAGED_FILE, 0);
        return MIN(r, 0);
}

/* ---- the whole ---- */

static bool starts_with(const void *data, size_t size, const char *magic, size_t n)
{
        return size >= n && memcmp(data, magic, n) == 0;
}

int table_read(const void *data, size_t size, const char *filename, const TableReader *reader)
{
        if (size > ROSTER_BYTES_MAX)
                return -EFBIG;
        if (starts_with(data, size, "PK\x03\x04", 4))
                return read_workbook(reader, data, size);
        if (starts_with(data, size, "\xd0\xcf\x11\xe0", 4))
                return tell(reader, ROSTER_OLD_EXCEL, 0);
        if (starts_with(data, size, "%PDF", 4))
                return tell(reader, ROSTER_NOT_A_TABLE, 0);
        return read_text(reader, data, size, filename);
}
