/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include "html.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* ECMA-376, with texts in their cells instead of a table of their own: a table would have to be
 * held until the end. */

#define XML       "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN      "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define DOCUMENT  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE   "http://schemas.openxmlformats.org/package/2006/relationships"
#define TYPES     "http://schemas.openxmlformats.org/package/2006/content-types"
#define OF_SHEETS "application/vnd.openxmlformats-officedocument.spreadsheetml."

enum {
        FEED = 64 * 1024, /* of XML before it is compressed */
        TEXT_MAX = 32767, /* characters of a cell */
        LINE_HEIGHT = 15, /* points */
        LINES_MAX = 20,
};

static const char content_types[] =
        XML "<Types xmlns=\"" TYPES "\">"
            "<Default Extension=\"rels\" "
            "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" OF_SHEETS "sheet.main+xml\"/>"
            "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" OF_SHEETS
            "worksheet+xml\"/>"
            "<Override PartName=\"/xl/styles.xml\" ContentType=\"" OF_SHEETS "styles+xml\"/>"
            "</Types>";

static const char package_relations[] =
        XML "<Relationships xmlns=\"" PACKAGE "\"><Relationship Id=\"rId1\" Type=\"" DOCUMENT
            "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";

static const char book_relations[] =
        XML "<Relationships xmlns=\"" PACKAGE "\">"
            "<Relationship Id=\"rId1\" Type=\"" DOCUMENT
            "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
            "<Relationship Id=\"rId2\" Type=\"" DOCUMENT "/styles\" Target=\"styles.xml\"/>"
            "</Relationships>";

#define FORMAT(number, font, fill, across) \
        "<xf numFmtId=\"" #number "\" fontId=\"" #font "\" fillId=\"" #fill "\" borderId=\"1\" " \
        "xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\" " \
        "applyAlignment=\"1\"><alignment vertical=\"top\" horizontal=\"" across \
        "\" wrapText=\"1\"/></xf>"
/* 49: a text, whatever is typed over it. 1: a whole number. */
#define PLAIN_TEXT    FORMAT(49, 0, 0, "left")
#define HEADING_TEXT  FORMAT(49, 1, 2, "left")
#define MARKED_TEXT   FORMAT(49, 0, 3, "left")
#define PLAIN_COUNT   FORMAT(1, 0, 0, "center")
#define HEADING_COUNT FORMAT(1, 1, 2, "center")
#define MARKED_COUNT  FORMAT(1, 0, 3, "center")

/* The formats of cells in the order of SheetStyle, of texts and then of counts. */
static const char styles[] = XML
        "<styleSheet xmlns=\"" MAIN "\">"
        "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
        "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
        "<fills count=\"4\"><fill><patternFill patternType=\"none\"/></fill>"
        "<fill><patternFill patternType=\"gray125\"/></fill>"
        "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFD9E2EC\"/></patternFill></fill>"
        "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFFF2CC\"/></patternFill></fill>"
        "</fills>"
        "<borders count=\"2\"><border/><border><left/><right/><top/>"
        "<bottom style=\"thin\"><color rgb=\"FFD0D0D0\"/></bottom></border></borders>"
        "<cellStyleXfs count=\"1\"><xf/></cellStyleXfs>"
        "<cellXfs count=\"6\">" PLAIN_TEXT HEADING_TEXT MARKED_TEXT PLAIN_COUNT HEADING_COUNT
                MARKED_COUNT "</cellXfs><cellStyles count=\"1\">"
        "<cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

/* ---- the sheet ---- */

void sheet_done(Sheet *sheet)
{
        zip_part_done(&sheet->part);
        text_done(&sheet->rows);
        text_done(&sheet->cells);
}

static char column_letter(size_t n)
{
        return (char)('A' + n);
}

static void feed(Sheet *sheet)
{
        if (sheet->rows.error < 0)
                return;
        zip_part_append(&sheet->part, sheet->rows.data, sheet->rows.size);
        sheet->rows.size = 0;
}

void sheet_begin(Sheet *sheet, const SheetColumn *columns, size_t n_columns)
{
        assert(n_columns > 0 && n_columns <= SHEET_COLUMNS_MAX);
        sheet->n_columns = n_columns;
        text_append(
                &sheet->rows, XML
                "<worksheet xmlns=\"" MAIN "\">"
                "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>"
                "<sheetViews><sheetView workbookViewId=\"0\" tabSelected=\"1\">"
                "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" "
                "state=\"frozen\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>");
        for (size_t i = 0; i < n_columns; i++) {
                sheet->widths[i] = columns[i].width;
                text_printf(&sheet->rows,
                            "<col min=\"%zu\" max=\"%zu\" width=\"%u\" style=\"%d\" "
                            "customWidth=\"1\"/>",
                            i + 1, i + 1, columns[i].width, SHEET_PLAIN);
        }
        text_append(&sheet->rows, "</cols><sheetData>");
        sheet_begin_row(sheet, SHEET_HEADING);
        for (size_t i = 0; i < n_columns; i++)
                sheet_add_text(sheet, columns[i].heading);
        sheet_end_row(sheet);
}

void sheet_begin_row(Sheet *sheet, SheetStyle style)
{
        sheet->style = style;
        sheet->column = 0;
        sheet->n_rows++;
        sheet->lines = 1;
        sheet->cells.size = 0;
}

static void begin_cell(Sheet *sheet, int style)
{
        text_printf(&sheet->cells, "<c r=\"%c%zu\" s=\"%d\"", column_letter(sheet->column++),
                    sheet->n_rows, style);
}

/* Whether s begins with what readers of the format take for one character: _x0041_. */
static bool is_escape(const char *s)
{
        return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 &&
               s[6] == '_';
}

/* A line without its end. *budget: characters that the cell may still have. */
static void append_line(Text *text, const char *s, size_t size, size_t *budget)
{
        _cleanup_text_ Text escaped = {};

        for (const char *p = s; p<s + size && * budget> 0; (*budget)--) {
                size_t bytes;
                int32_t c = text_next(p, &bytes);

                if (is_escape(p))
                        text_append(&escaped, "_x005F");
                if (c == '\r' || c == '\t')
                        text_append(&escaped, " ");
                /* No characters of XML. */
                else if (c == 0xfffe || c == 0xffff)
                        text_append(&escaped, "?");
                else
                        text_append_data(&escaped, p, bytes);
                p += bytes;
        }
        if (escaped.error < 0)
                text->error = escaped.error;
        else
                html_append(text, escaped.data);
}

/* How many lines it takes. A line that is broken between words is not full. */
static size_t lines_of(const char *s, size_t size, unsigned width)
{
        _cleanup_free_ char *line = strndup(s, size);
        size_t full = MAX(width - width / 8, 1u);

        return line ? MAX((text_columns(line) + full - 1) / full, (size_t)1) : 1;
}

static void append_cell_text(Sheet *sheet, const char *s)
{
        size_t budget = TEXT_MAX, lines = 0;

        for (;;) {
                size_t size = strcspn(s, "\n");

                append_line(&sheet->cells, s, size, &budget);
                lines += lines_of(s, size, sheet->widths[sheet->column - 1]);
                s += size;
                if (*s++ == '\0')
                        break;
                text_append(&sheet->cells, "\n");
        }
        sheet->lines = MAX(sheet->lines, lines);
}

void sheet_add_text(Sheet *sheet, const char *s)
{
        bool empty = !s || *s == '\0';

        /* The column has the style of a plain one. */
        if (empty && sheet->style == SHEET_PLAIN) {
                sheet->column++;
                return;
        }
        begin_cell(sheet, sheet->style);
        if (empty) {
                text_append(&sheet->cells, "/>");
                return;
        }
        text_append(&sheet->cells, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        append_cell_text(sheet, s);
        text_append(&sheet->cells, "</t></is></c>");
}

void sheet_add_count(Sheet *sheet, uint64_t n)
{
        begin_cell(sheet, sheet->style + _SHEET_STYLE_MAX);
        text_printf(&sheet->cells, "><v>%" PRIu64 "</v></c>", n);
}

/* Not every program finds out by itself how high a row is. */
void sheet_end_row(Sheet *sheet)
{
        text_printf(&sheet->rows, "<row r=\"%zu\"", sheet->n_rows);
        if (sheet->lines > 1)
                text_printf(&sheet->rows, " ht=\"%zu\" customHeight=\"1\"",
                            MIN(sheet->lines, (size_t)LINES_MAX) * LINE_HEIGHT);
        text_append(&sheet->rows, ">");
        text_append_data(&sheet->rows, sheet->cells.data, sheet->cells.size);
        text_append(&sheet->rows, "</row>");
        if (sheet->cells.error < 0)
                sheet->rows.error = sheet->cells.error;
        if (sheet->rows.size >= FEED)
                feed(sheet);
}

/* ---- the workbook ---- */

static void end_sheet(Sheet *sheet)
{
        char last = column_letter(sheet->n_columns - 1);

        /* Numbers written as texts are meant: no green corner on each of them. */
        text_printf(&sheet->rows,
                    "</sheetData><autoFilter ref=\"A1:%c%zu\"/>"
                    "<pageMargins left=\"0.4\" right=\"0.4\" top=\"0.5\" bottom=\"0.5\" "
                    "header=\"0.3\" footer=\"0.3\"/>"
                    "<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/>"
                    "<ignoredErrors><ignoredError sqref=\"A1:%c%zu\" numberStoredAsText=\"1\"/>"
                    "</ignoredErrors></worksheet>",
                    last, sheet->n_rows, last, sheet->n_rows);
        feed(sheet);
}

static void append_book(Text *text, const Sheet *sheet, const char *title)
{

        text_append(text, XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" DOCUMENT
                              "\"><bookViews><workbookView/></bookViews><sheets><sheet name=\"");
        html_append(text, title);
        text_append(text, "\" sheetId=\"1\" r:id=\"rId1\"/></sheets><definedNames>"
                          "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"0\" "
                          "hidden=\"1\">'");
        html_append(text, title);
        text_printf(text, "'!$A$1:$%c$%zu</definedName>", column_letter(sheet->n_columns - 1),
                    sheet->n_rows);
        text_append(text, "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"0\">'");
        html_append(text, title);
        text_append(text, "'!$1:$1</definedName></definedNames></workbook>");
}

static int add_parts(ZipWriter *zip, Sheet *sheet, const char *title)
{
        _cleanup_text_ Text book = {};
        const struct {
                const char *path, *text;
        } parts[] = {
                {"[Content_Types].xml", content_types},
                {"_rels/.rels", package_relations},
                {"xl/_rels/workbook.xml.rels", book_relations},
                {"xl/styles.xml", styles},
        };
        int r = 0;

        append_book(&book, sheet, title);
        if (book.error < 0)
                return book.error;
        for (size_t i = 0; i < ELEMENTSOF(parts) && r >= 0; i++)
                r = zip_writer_add(zip, parts[i].path, parts[i].text, strlen(parts[i].text), 0);
        if (r >= 0)
                r = zip_writer_add(zip, "xl/workbook.xml", book.data, book.size, 0);
        if (r >= 0)
                r = zip_writer_add_part(zip, "xl/worksheets/sheet1.xml", &sheet->part, 0);
        return r < 0 ? r : zip_writer_finish(zip);
}

int sheet_finish(Sheet *sheet, const char *title, char **ret, size_t *ret_size)
{
        _cleanup_text_ Text file = {};
        _cleanup_zip_ ZipWriter zip = {.text = &file};
        int r;

        end_sheet(sheet);
        if (sheet->rows.error < 0)
                return sheet->rows.error;
        r = add_parts(&zip, sheet, title);
        return r < 0 ? r : text_take(&file, ret, ret_size);
}
