/* SPDX-License-Identifier: MIT */
#include <idphoto/progresslist.h>

#include "arena.h"
#include "cellword.h"
#include "headings.h"
#include "idcell.h"
#include "owntable.h"
#include "table.h"

#include <string.h>

typedef struct Reading {
        ProgressList *list;
        Date today;
        Headings headings;
        bool have_headings;
        bool date1904;
        size_t allocated;
} Reading;

static bool is_heading(const Cell *cells, size_t n, unsigned *ret_known)
{
        Headings headings;
        bool found = headings_find_progress(cells, n, &headings) || own_table_of(cells, n) >= 0;

        *ret_known = headings.n_known;
        return found;
}

static int take_problem(void *userdata, RosterCode code, size_t row)
{
        Reading *reading = userdata;

        if (roster_code_level(code) != ROSTER_ERROR)
                reading->list->other_sheet = code == ROSTER_OTHER_SHEET;
        else if (reading->list->problem < 0) {
                reading->list->problem = code;
                reading->list->problem_row = row;
        }
        return 0;
}

/* The cleaned text of a field; false when there is nothing in it. */
static bool take(const Reading *reading, Field field, const Cell *cells, size_t n,
                 char text[static CELL_BYTES_MAX + 1], bool *ret_number)
{
        int column = reading->headings.column[field];

        text[0] = '\0';
        *ret_number = false;
        if (column < 0 || (size_t)column >= n)
                return false;
        (void)snprintf(text, CELL_BYTES_MAX + 1, "%.*s",
                       (int)text_prefix(cells[column].text, CELL_BYTES_MAX), cells[column].text);
        *ret_number = cells[column].number;
        return cell_clean(text) > 0;
}

/* The same for a number that tells whose the row is: no word for nothing, and no error of a
 * spreadsheet program, is one. */
static bool take_number(const Reading *reading, Field field, const Cell *cells, size_t n,
                        char text[static CELL_BYTES_MAX + 1], bool *ret_number)
{
        int column = reading->headings.column[field];

        if (!take(reading, field, cells, n, text, ret_number))
                return false;
        if (cells[column].fault || cell_sense(text) != CELL_VALUE)
                text[0] = '\0';
        else if (cell_is_exponent(text) || cell_is_fraction(text))
                (void)cell_whole_number(text, CELL_BYTES_MAX + 1);
        return text[0] != '\0';
}

static int keep(Reading *reading, const char *text, const char **ret)
{
        *ret = arena_copy(reading->list->strings, text, strlen(text));
        return *ret ? 0 : -ENOMEM;
}

static int take_numbers(Reading *reading, const Cell *cells, size_t n, ProgressRow *row)
{
        char text[CELL_BYTES_MAX + 1];
        bool number;
        int r;

        row->id_problem = _ROSTER_CODE_INVALID;
        if (take_number(reading, FIELD_ID_NUMBER, cells, n, text, &number)) {
                row->id_problem = id_cell_normalise(text, sizeof(text), number, reading->today);
                /* What only warns is the number all the same. */
                if (row->id_problem >= 0 && roster_code_level(row->id_problem) == ROSTER_ERROR)
                        text[0] = '\0';
        }
        r = keep(reading, text, &row->id_number);
        if (r < 0)
                return r;
        if (take_number(reading, FIELD_STUDENT_NO, cells, n, text, &number) &&
            (cell_is_exponent(text) || (number && strlen(text) > 15)))
                text[0] = '\0';
        return keep(reading, text, &row->student_no);
}

/* Days since the workbook's first, the time of the day behind the point. */
static bool read_quantity(const char *text, bool date1904, Moment *ret)
{
        char day[CELL_BYTES_MAX + 1];
        const char *point = strchr(text, '.');
        int64_t nanodays = 0;
        size_t n = point ? (size_t)(point - text) : strlen(text);

        memcpy(day, text, n);
        day[n] = '\0';
        if (!cell_parse_date(day, true, date1904, &ret->date))
                return false;
        for (size_t i = 1; i <= 9; i++) {
                bool digit = point && *point && point[1] >= '0' && point[1] <= '9';

                nanodays = nanodays * 10 + (digit ? *++point - '0' : 0);
        }
        /* To the nearest second: what a spreadsheet program keeps is a little less. */
        ret->second = (int)MIN((nanodays * 86400 + NSEC_PER_SEC / 2) / NSEC_PER_SEC, 86399);
        return true;
}

static bool read_text(const char *text, Moment *ret)
{
        size_t n = moment_read(text, ret);

        /* A day of the week may follow. */
        return n > 0 && (text[n] == '\0' || text[n] == ' ' || text[n] == '(');
}

static int take_status(Reading *reading, const Cell *cells, size_t n, ProgressRow *row)
{
        char text[CELL_BYTES_MAX + 1];
        bool number;
        int r;

        (void)take(reading, FIELD_STATUS, cells, n, text, &number);
        r = keep(reading, text, &row->status);
        if (r < 0)
                return r;
        if (!take(reading, FIELD_REASON, cells, n, text, &number))
                (void)take(reading, FIELD_REMARK, cells, n, text, &number);
        r = keep(reading, text, &row->reason);
        if (r < 0)
                return r;
        if (take(reading, FIELD_DATE, cells, n, text, &number) &&
            !(number && read_quantity(text, reading->date1904, &row->moment)) &&
            !read_text(text, &row->moment))
                row->moment = (Moment){};
        return keep(reading, text, &row->date_text);
}

static int take_row(size_t number, const Cell *cells, size_t n, void *userdata)
{
        Reading *reading = userdata;
        ProgressList *list = reading->list;
        ProgressRow row = {.row = number};
        Headings again;
        int r;

        if (!reading->have_headings) {
                RosterCode own = own_table_of(cells, n);

                if (own >= 0) {
                        reading->have_headings = true;
                        r = take_problem(reading, own, 0);
                        return r < 0 ? r : 1;
                }
                reading->have_headings = headings_find_progress(cells, n, &reading->headings);
                return !reading->have_headings && number >= ROSTER_HEADING_ROWS;
        }
        r = take_numbers(reading, cells, n, &row);
        if (r >= 0)
                r = take_status(reading, cells, n, &row);
        if (r < 0)
                return r;
        if (!row.id_number[0] && !row.student_no[0] &&
            (row_is_footer(cells, n) || headings_find_progress(cells, n, &again) ||
             (!row.status[0] && row.id_problem < 0)))
                return 0;
        if (list->n_rows >= ROSTER_ROWS_MAX)
                return -EFBIG;
        if (list->n_rows == reading->allocated) {
                size_t allocated = MAX(reading->allocated * 2, (size_t)256);
                ProgressRow *rows = reallocarray(list->rows, allocated, sizeof(*rows));

                if (!rows)
                        return -ENOMEM;
                list->rows = rows;
                reading->allocated = allocated;
        }
        list->rows[list->n_rows++] = row;
        return 0;
}

int progress_list_read(const void *data, size_t size, const char *filename, Date today,
                       ProgressList **ret)
{
        _cleanup_(progress_list_freep) ProgressList *list = calloc(1, sizeof(*list));
        Reading reading = {.list = list, .today = today};
        const TableReader reader = {
                .is_heading = is_heading,
                .row = take_row,
                .problem = take_problem,
                .userdata = &reading,
                .found = &reading.have_headings,
                .date1904 = &reading.date1904,
        };
        int r;

        if (!list)
                return -ENOMEM;
        list->problem = _ROSTER_CODE_INVALID;
        r = arena_new(&list->strings);
        if (r >= 0)
                r = table_read(data, size, filename, &reader);
        if (r == -EFBIG)
                r = take_problem(&reading, ROSTER_TOO_LARGE, 0);
        if (r < 0)
                return r;
        if (!reading.have_headings)
                (void)take_problem(&reading, ROSTER_NO_HEADING, 0);
        else if (list->n_rows == 0)
                (void)take_problem(&reading, ROSTER_NO_ROWS, 0);
        *ret = TAKE_PTR(list);
        return 0;
}
