/* SPDX-License-Identifier: MIT */
#include "delimited.h"

#include <string.h>

/* Longest quoted cell: beyond it somebody forgot a quote, and the rest of the file would vanish in
 * one cell. */
enum { QUOTED_BYTES_MAX = 64 * 1024 };

/* Reads the quoted cell whose opening quote is at *p, unquoting in place; the closing quote may be
 * followed by rubbish up to the delimiter, which is kept. False when it never closes. */
static bool take_quoted(char **p, char delimiter, char **ret)
{
        char *in = *p + 1, *out = *p;

        *ret = out;
        for (;;) {
                if (*in == '\0' || in - *p > QUOTED_BYTES_MAX)
                        return false;
                if (*in == '"') {
                        if (in[1] != '"')
                                break;
                        in++;
                }
                *out++ = *in++;
        }
        in++;
        while (*in && *in != delimiter && *in != '\n' && *in != '\r')
                *out++ = *in++;
        /* The end of the cell may be overwritten now: out is behind in. */
        *p = in;
        *out = '\0';
        return true;
}

static void cut(char *text)
{
        text[text_prefix(text, CELL_BYTES_KEPT)] = '\0';
}

int delimited_read(char *text, char delimiter, CellRowCallback callback, void *userdata,
                   size_t *ret_row)
{
        Cell cells[CELLS_MAX];
        size_t row = 1;
        char *p = text;

        while (*p) {
                size_t n = 0;
                bool more = true;
                int r;

                while (more) {
                        Cell cell = {0};
                        char *start = p;
                        char end;

                        if (*p == '"') {
                                if (!take_quoted(&p, delimiter, &start)) {
                                        *ret_row = row;
                                        return -EBADMSG;
                                }
                        } else {
                                while (*p && *p != delimiter && *p != '\n' && *p != '\r')
                                        p++;
                        }
                        cell.text = start;
                        end = *p;
                        more = end == delimiter;
                        if (end != '\0')
                                *p++ = '\0';
                        if (end == '\r' && *p == '\n')
                                p++;
                        cut(start);
                        if (n < CELLS_MAX)
                                cells[n++] = cell;
                }
                r = callback(row, cells, n, userdata);
                if (r != 0)
                        return r;
                row++;
        }
        return 0;
}
