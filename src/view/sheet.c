/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include "layout.h"
#include "sheetcheck.h"

#include <idphoto/clock.h>
#include <idphoto/io.h>
#include <idphoto/mutex.h>

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

/*
 * The library writes rows to a file of the folder and later from there to others, all of which it
 * unlinks as soon as they are open. It does not notice when one of them could not be written, and
 * then says that all is well. So what it made is read back before anybody sees it.
 *
 * It names its files by a counter of the whole program, and calls gmtime(). Both are guarded by one
 * lock, which is held while a workbook is begun and ended, never while rows are added.
 */

static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

enum {
        FILE_MAX = 1024 * 1024 * 1024,
        /* Characters of a cell, less the most that are written for one. */
        TEXT_MAX = 32767 - 8,
        LINE_HEIGHT = 15, /* points */
        LINES_MAX = 20,
        PAPER_A4 = 9,
        FORMAT_TEXT = 49, /* @: a text, whatever is typed over it */
        FORMAT_WHOLE = 1, /* 0 */
        /* 1980. A workbook says when it was made; the same cells are to give the same bytes. */
        MADE = 315532800,
        HEADING_COLOUR = 0xd9e2ec,
        MARKED_COLOUR = 0xfff2cc,
        LINE_COLOUR = 0xd0d0d0,
};

/* The library tells of some faults, but not what they are; of files it is the room. */
static int library_errno(lxw_error error)
{
        if (error == LXW_NO_ERROR)
                return 0;
        return error == LXW_ERROR_MEMORY_MALLOC_FAILED ? -ENOMEM : -ENOSPC;
}

static void note(Sheet *sheet, int error)
{
        if (sheet->error == 0)
                sheet->error = error;
}

/* ---- the workbook ---- */

static int close_book(Sheet *sheet)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&library_lock);

        return library_errno(workbook_close(TAKE_PTR(sheet->book)));
}

void sheet_done(Sheet *sheet)
{
        if (sheet->book) {
                /* Nothing else closes the library's files. */
                (void)close_book(sheet);
                sheet->fd = safe_close(sheet->fd);
        }
        text_done(&sheet->cell);
}

static lxw_format *format_new(lxw_workbook *book, SheetStyle style, uint8_t number,
                              enum lxw_format_alignments across)
{
        lxw_format *format = workbook_add_format(book);

        if (!format)
                return NULL;
        format_set_num_format_index(format, number);
        format_set_align(format, (uint8_t)across);
        format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
        format_set_text_wrap(format);
        format_set_bottom(format, LXW_BORDER_THIN);
        format_set_bottom_color(format, LINE_COLOUR);
        if (style == SHEET_HEADING)
                format_set_bold(format);
        if (style != SHEET_PLAIN)
                format_set_bg_color(format,
                                    style == SHEET_HEADING ? HEADING_COLOUR : MARKED_COLOUR);
        return format;
}

static int add_formats(Sheet *sheet)
{
        for (SheetStyle i = 0; i < _SHEET_STYLE_MAX; i++) {
                sheet->texts[i] = format_new(sheet->book, i, FORMAT_TEXT, LXW_ALIGN_LEFT);
                sheet->counts[i] = format_new(sheet->book, i, FORMAT_WHOLE, LXW_ALIGN_CENTER);
                if (!sheet->texts[i] || !sheet->counts[i])
                        return -ENOMEM;
        }
        return 0;
}

static void set_up_page(Sheet *sheet)
{
        worksheet_freeze_panes(sheet->page, 1, 0);
        worksheet_repeat_rows(sheet->page, 0, 0);
        worksheet_set_landscape(sheet->page);
        worksheet_set_paper(sheet->page, PAPER_A4);
        worksheet_fit_to_pages(sheet->page, 1, 0);
        worksheet_set_margins(sheet->page, 0.4, 0.4, 0.5, 0.5);
}

static int open_book(Sheet *sheet, const char *folder, const char *title)
{
        lxw_doc_properties properties = {.created = MADE};
        lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)folder};
        char proc[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
        _cleanup_close_ int fd = memfd_create("idphoto-workbook", MFD_CLOEXEC);
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&library_lock);

        if (fd < 0)
                return -errno;
        (void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
        sheet->book = workbook_new_opt(proc, &options);
        if (!sheet->book)
                return -ENOMEM;
        sheet->fd = TAKE_FD(fd);
        sheet->page = workbook_add_worksheet(sheet->book, title);
        /* Its first file could not be made. */
        if (!sheet->page)
                return -ENOSPC;
        return library_errno(workbook_set_properties(sheet->book, &properties));
}

static void begin(Sheet *sheet, const char *folder, const char *title)
{
        int r = open_book(sheet, folder, title);

        if (r >= 0)
                r = add_formats(sheet);
        if (r >= 0)
                set_up_page(sheet);
        note(sheet, r);
}

void sheet_begin(Sheet *sheet, const char *folder, const char *title, const SheetColumn *columns,
                 size_t n_columns)
{
        assert(n_columns > 0 && n_columns <= SHEET_COLUMNS_MAX);
        sheet->n_columns = n_columns;
        begin(sheet, folder, title);
        for (size_t i = 0; i < n_columns && sheet->error == 0; i++) {
                sheet->widths[i] = columns[i].width;
                note(sheet, library_errno(worksheet_set_column(sheet->page, (lxw_col_t)i,
                                                               (lxw_col_t)i, columns[i].width,
                                                               sheet->texts[SHEET_PLAIN])));
        }
        sheet_begin_row(sheet, SHEET_HEADING);
        for (size_t i = 0; i < n_columns; i++)
                sheet_add_text(sheet, columns[i].heading);
        sheet_end_row(sheet);
}

/* ---- rows ---- */

void sheet_begin_row(Sheet *sheet, SheetStyle style)
{
        sheet->style = style;
        sheet->column = 0;
        sheet->lines = 1;
        sheet->content.rows++;
}

static lxw_row_t row_of(const Sheet *sheet)
{
        return (lxw_row_t)(sheet->content.rows - 1);
}

/* Whether s begins with what readers of the format take for one character: _x0041_. */
static bool is_escape(const char *s)
{
        return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 &&
               s[6] == '_';
}

/* Appends the character c, which are the n bytes at s; returns how many characters it is there. */
static size_t append_character(Text *text, const char *s, size_t n, int32_t c)
{
        if (*s == '\n' || *s == '\t' || *s == '\r') {
                text_append(text, *s == '\n' ? "\n" : " ");
                return 1;
        }
        /* The last two are no characters of XML. */
        if (c == '?' || c == 0xfffe || c == 0xffff) {
                text_append(text, "?");
                return 1;
        }
        if (c == 0)
                return 0;
        if (is_escape(s))
                text_append(text, "_x005F");
        text_append_data(text, s, n);
        return is_escape(s) ? 7 : 1;
}

static void make_cell_text(Text *text, const char *s)
{
        size_t characters = 0;

        text->size = 0;
        text_append(text, "");
        while (*s && characters < TEXT_MAX) {
                int32_t c;
                size_t n = layout_next_clean(s, &c);

                characters += append_character(text, s, n, c);
                s += n;
        }
}

/* How many lines it takes. A line that is broken between words is not full. */
static size_t lines_of(const char *s, unsigned width)
{
        size_t full = MAX(width - width / 8, 1u), lines = 0;

        for (;;) {
                size_t size = strcspn(s, "\n");
                _cleanup_free_ char *line = strndup(s, size);

                lines += line ? MAX((text_columns(line) + full - 1) / full, (size_t)1) : 1;
                if (s[size] == '\0')
                        return lines;
                s += size + 1;
        }
}

/* Bytes that s takes in XML. */
static size_t escaped_size(const char *s)
{
        size_t size = 0;

        for (; *s; s++)
                size += *s == '&' ? strlen("&amp;") : *s == '<' || *s == '>' ? strlen("&lt;") : 1;
        return size;
}

static void add_blank(Sheet *sheet, lxw_col_t column)
{
        /* The column has the style of a plain one. */
        if (sheet->style == SHEET_PLAIN)
                return;
        sheet->content.cells++;
        note(sheet, library_errno(worksheet_write_blank(sheet->page, row_of(sheet), column,
                                                        sheet->texts[sheet->style])));
}

void sheet_add_text(Sheet *sheet, const char *s)
{
        lxw_col_t column = (lxw_col_t)sheet->column++;

        make_cell_text(&sheet->cell, s ? s : "");
        note(sheet, sheet->cell.error);
        if (sheet->error < 0)
                return;
        if (sheet->cell.size == 0) {
                add_blank(sheet, column);
                return;
        }
        sheet->lines = MAX(sheet->lines, lines_of(sheet->cell.data, sheet->widths[column]));
        sheet->content.cells++;
        sheet->content.text += escaped_size(sheet->cell.data);
        note(sheet,
             library_errno(worksheet_write_string(sheet->page, row_of(sheet), column,
                                                  sheet->cell.data, sheet->texts[sheet->style])));
}

void sheet_add_count(Sheet *sheet, uint64_t n)
{
        char digits[24];

        if (sheet->error < 0)
                return;
        sheet->content.cells++;
        sheet->content.text += (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, n);
        note(sheet, library_errno(worksheet_write_number(sheet->page, row_of(sheet),
                                                         (lxw_col_t)sheet->column++, (double)n,
                                                         sheet->counts[sheet->style])));
}

/* Not every program finds out by itself how high a row is. */
void sheet_end_row(Sheet *sheet)
{
        size_t lines = MIN(sheet->lines, (size_t)LINES_MAX);

        if (sheet->error < 0 || lines == 1)
                return;
        note(sheet, library_errno(worksheet_set_row(sheet->page, row_of(sheet),
                                                    (double)(lines * LINE_HEIGHT), NULL)));
}

/* ---- the end ---- */

static int end_page(Sheet *sheet)
{
        char range[32];
        lxw_row_t last = row_of(sheet);
        int r = library_errno(
                worksheet_autofilter(sheet->page, 0, 0, last, (lxw_col_t)(sheet->n_columns - 1)));

        if (r < 0)
                return r;
        (void)snprintf(range, sizeof(range), "A1:%c%" PRIu32, (char)('A' + sheet->n_columns - 1),
                       last + 1);
        /* Numbers written as texts are meant: no green corner on each of them. */
        return library_errno(
                worksheet_ignore_errors(sheet->page, LXW_IGNORE_NUMBER_STORED_AS_TEXT, range));
}

int sheet_finish(Sheet *sheet, char **ret, size_t *ret_size)
{
        _cleanup_free_ char *data = NULL;
        _cleanup_close_ int fd = -EBADF;
        size_t size;
        int r = sheet->error;

        if (r >= 0)
                r = end_page(sheet);
        if (r < 0)
                return r;
        fd = TAKE_FD(sheet->fd);
        r = close_book(sheet);
        if (r >= 0)
                r = read_whole_fd(fd, FILE_MAX, &data, &size);
        if (r >= 0)
                r = sheet_check(data, size, &sheet->content);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(data);
        *ret_size = size;
        return 0;
}
