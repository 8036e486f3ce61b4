/* SPDX-License-Identifier: MIT */
#include "rosterfixture.h"

#include <roster/styles.h>

#include <idphoto/roster.h>
#include <idphoto/text.h>

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define A "219999199001010016"
#define B "219999199001010024"

static const Date today = {2025, 9, 1};

#define HEAD      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
#define MAIN_NS   "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define REL_NS    "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define SHEETS(s) HEAD "<workbook " MAIN_NS " " REL_NS "><sheets>" s "</sheets></workbook>"
#define ONE_SHEET SHEETS("<sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/>")
#define RELS(s)   HEAD "<Relationships>" s "</Relationships>"
#define ONE_RELATION \
        RELS("<Relationship Id=\"rId9\" Target=\"styles.xml\"/>" \
             "<Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/>")
#define SHEET(rows) HEAD "<worksheet " MAIN_NS "><sheetData>" rows "</sheetData></worksheet>"
#define S(text)     "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define HEADINGS \
        "<row r=\"1\">" S("身份证号") S("姓名") S("教学点") S("学号") S("出生日期") "</row>"

typedef struct Part {
        const char *name;
        const char *text;
} Part;

typedef struct Zip {
        char *data;
        size_t size;
} Zip;

static void zip_done(Zip *zip)
{
        free(zip->data);
}

static Zip make_zip(const Part *parts, size_t n)
{
        enum { ROOM = 4 * 1024 * 1024 };
        Zip zip = {.data = malloc(ROOM)};
        struct archive *archive = archive_write_new();

        assert_non_null(zip.data);
        assert_non_null(archive);
        assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
        assert_int_equal(archive_write_open_memory(archive, zip.data, ROOM, &zip.size), ARCHIVE_OK);
        for (size_t i = 0; i < n; i++) {
                struct archive_entry *entry = archive_entry_new();

                archive_entry_set_pathname(entry, parts[i].name);
                archive_entry_set_filetype(entry, AE_IFREG);
                archive_entry_set_perm(entry, 0644);
                archive_entry_set_size(entry, (la_int64_t)strlen(parts[i].text));
                assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
                assert_int_equal(archive_write_data(archive, parts[i].text, strlen(parts[i].text)),
                                 strlen(parts[i].text));
                archive_entry_free(entry);
        }
        assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
        (void)archive_write_free(archive);
        return zip;
}

static Roster *read_parts(const Part *parts, size_t n)
{
        _cleanup_(zip_done) Zip zip = make_zip(parts, n);
        Roster *roster = NULL;

        assert_int_equal(roster_read(zip.data, zip.size, "名册.xlsx", today, &roster), 0);
        expect_handed_over(roster);
        return roster;
}

/* A workbook of one sheet with these rows and shared strings. */
static Roster *read_book(const char *sheet, const char *strings)
{
        Part parts[4] = {
                {"xl/worksheets/sheet1.xml", sheet},
                {"xl/workbook.xml", ONE_SHEET},
                {"xl/_rels/workbook.xml.rels", ONE_RELATION},
                {"xl/sharedStrings.xml", strings},
        };

        return read_parts(parts, strings ? 4 : 3);
}

static void expect_clean(const Roster *roster, size_t n_rows)
{
        for (size_t i = 0; i < roster->n_problems; i++)
                fail_msg("row %zu column %u: %s '%s'", roster->problems[i].row,
                         roster->problems[i].column,
                         roster_code_to_string(roster->problems[i].code),
                         roster->problems[i].value);
        assert_int_equal(roster->n_rows, n_rows);
}

static void expect_only(const Roster *roster, RosterCode code)
{
        assert_int_equal(roster->n_problems, 1);
        if (roster->problems[0].code != code)
                fail_msg("%s", roster_code_to_string(roster->problems[0].code));
}

static void test_shared_strings_are_looked_up(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_book(
                SHEET("<row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c><c r=\"C3\" t=\"s\"><v>1</v></c>"
                      "<c r=\"E3\" t=\"s\"><v>2</v></c></row>"
                      "<row r=\"5\"><c r=\"B5\" t=\"s\"><v>3</v></c><c r=\"C5\" t=\"s\"><v>4</v></c>"
                      "<c r=\"E5\" t=\"s\"><v>5</v></c></row>"),
                HEAD "<sst " MAIN_NS "><si><t>身份证号</t></si><si><t>姓名</t></si>"
                     "<si><t>教学点</t></si><si><t>" A "</t></si>"
                     /* rich text, and the reading aid that does not belong to it */
                     "<si><r><t>张</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">三 </t></r>"
                     "<rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></si>"
                     "<si><t>A &amp; B</t></si></sst>");

        expect_clean(roster, 1);
        assert_int_equal(roster->rows[0].row, 5);
        assert_string_equal(roster->rows[0].id_number, A);
        assert_string_equal(roster->rows[0].name, "张三");
        assert_string_equal(roster->rows[0].point, "A & B");
}

static void test_cells_may_lack_references(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_book(SHEET(HEADINGS "<row>" S(A) S("张三") S("P")
                                        S("1") "</row>"
                                               "<row>" S(B) S("李四") S("P") S("2") "</row>"),
                          NULL);

        expect_clean(roster, 2);
        assert_int_equal(roster->rows[1].row, 3);
        assert_string_equal(roster->rows[1].student_no, "2");
}

static void test_formula_results_are_read(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_book(SHEET(HEADINGS "<row><c t=\"str\"><f>CONCAT(X1)</f><v>" A
                                         "</v></c>" S("张三") S("P") "</row>"),
                          NULL);

        expect_clean(roster, 1);
}

static void test_prefixed_elements_are_read(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_book(HEAD "<x:worksheet xmlns:x=\"u\"><x:sheetData>"
                               "<x:row><x:c t=\"inlineStr\"><x:is><x:t>身份证号</x:t></x:is></x:c>"
                               "<x:c t=\"inlineStr\"><x:is><x:t>姓名</x:t></x:is></x:c></x:row>"
                               "<x:row><x:c t=\"inlineStr\"><x:is><x:t>" A "</x:t></x:is></x:c>"
                               "<x:c t=\"inlineStr\"><x:is><x:t>张三</x:t></x:is></x:c></x:row>"
                               "</x:sheetData></x:worksheet>",
                          NULL);

        expect_only(roster, ROSTER_NO_POINT_COLUMN);
        assert_int_equal(roster->n_rows, 1);
}

static void test_number_cells_spoil_the_id(void **state _unused_)
{
        static const struct {
                const char *value;
                RosterCode code;
        } cases[] = {
                {"2.19999199001010E+17", ROSTER_ID_NUMBER_CELL},
                {"219999199001010000", ROSTER_ID_NUMBER_CELL},
                {"219999199001010016", ROSTER_ID_NUMBER_CELL},
                {"0.5", ROSTER_ID_NUMBER_CELL},
                {"219999900101001", ROSTER_ID_LEGACY}, /* 15 digits survive */
                {"2.19999900101001E+14", ROSTER_ID_LEGACY},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char sheet[2048];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(sheet, sizeof(sheet),
                               SHEET(HEADINGS "<row r=\"2\"><c r=\"A2\"><v>%s</v></c>" S("张三")
                                             S("P") "</row>"),
                               cases[i].value);
                roster = read_book(sheet, NULL);
                expect_only(roster, cases[i].code);
                assert_int_equal(roster->problems[0].row, 2);
                assert_int_equal(roster->problems[0].column, 1);
        }
}

static void test_number_cells_are_fine_for_student_numbers(void **state _unused_)
{
        static const struct {
                const char *value, *text;
        } cases[] = {{"20230001", "20230001"},
                     {"2.0230001E7", "20230001"},
                     {"2.0230001E+10", "20230001000"},
                     {"123456789012345", "123456789012345"}};

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char sheet[2048];
                _cleanup_(roster_freep) Roster *roster = NULL;

                (void)snprintf(sheet, sizeof(sheet),
                               SHEET(HEADINGS "<row>" S(A) S("张三")
                                             S("P") "<c t=\"n\"><v>%s</v></c></row>"),
                               cases[i].value);
                roster = read_book(sheet, NULL);
                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].student_no, cases[i].text);
        }
}

static void test_long_number_cells_spoil_student_numbers(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_book(SHEET(HEADINGS "<row>" S(A) S("张三")
                                        S("P") "<c><v>2.0230001000112E+16</v></c></row>"),
                          NULL);

        expect_only(roster, ROSTER_STUDENT_NUMBER_DAMAGED);
        assert_int_equal(roster->problems[0].column, 4);
}

static void test_dates_are_day_counts(void **state _unused_)
{
        /* 32874 is 1990-01-01 */
        _cleanup_(roster_freep) Roster *good = read_book(
                SHEET(HEADINGS "<row>" S(A) S("张三") S("P") S("") "<c><v>32874</v></c></row>"),
                NULL);
        _cleanup_(roster_freep) Roster *bad = read_book(
                SHEET(HEADINGS "<row>" S(A) S("张三") S("P") S("") "<c><v>32875</v></c></row>"),
                NULL);

        expect_clean(good, 1);
        expect_only(bad, ROSTER_BIRTH_MISMATCH);
}

static void test_dates_of_1904_are_known(void **state _unused_)
{
        const Part parts[] = {
                {"xl/workbook.xml",
                 HEAD "<workbook " MAIN_NS " " REL_NS "><workbookPr date1904=\"1\"/><sheets>"
                      "<sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
                {"xl/_rels/workbook.xml.rels", ONE_RELATION},
                {"xl/worksheets/sheet1.xml",
                 SHEET(HEADINGS "<row>" S(A) S("张三") S("P") S("") "<c><v>31412</v></c></row>")},
        };
        _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

        expect_clean(roster, 1);
}

/* ---- which sheets are read [W7] ---- */

enum { SHEETS_MAX = 4 };

typedef struct TestSheet {
        const char *name;
        const char *state; /* attribute, or "" */
        const char *rows;
} TestSheet;

static Roster *read_sheets(const TestSheet *sheets, size_t n)
{
        _cleanup_text_ Text list = {}, relations = {};
        Text bodies[SHEETS_MAX] = {};
        char names[SHEETS_MAX][32];
        Part parts[SHEETS_MAX + 2];
        Roster *roster;

        assert_true(n <= SHEETS_MAX);
        for (size_t i = 0; i < n; i++) {
                text_printf(&list, "<sheet name=\"%s\" sheetId=\"%zu\" %s r:id=\"r%zu\"/>",
                            sheets[i].name, i + 1, sheets[i].state, i);
                text_printf(&relations,
                            "<Relationship Id=\"r%zu\" Target=\"worksheets/s%zu.xml\"/>", i, i);
                text_printf(&bodies[i], SHEET("%s"), sheets[i].rows);
                (void)snprintf(names[i], sizeof(names[i]), "xl/worksheets/s%zu.xml", i);
                parts[i] = (Part){names[i], bodies[i].data};
        }
        {
                _cleanup_text_ Text book = {}, rels = {};

                text_printf(&book, SHEETS("%s"), list.data);
                text_printf(&rels, RELS("%s"), relations.data);
                parts[n] = (Part){"xl/workbook.xml", book.data};
                parts[n + 1] = (Part){"xl/_rels/workbook.xml.rels", rels.data};
                roster = read_parts(parts, n + 2);
        }
        for (size_t i = 0; i < n; i++)
                text_done(&bodies[i]);
        return roster;
}

static const RosterProblem *find_problem(const Roster *roster, RosterCode code)
{
        for (size_t i = 0; i < roster->n_problems; i++)
                if (roster->problems[i].code == code)
                        return &roster->problems[i];
        return NULL;
}

static void expect_told(const Roster *roster, RosterCode code, const char *sheet)
{
        const RosterProblem *problem = find_problem(roster, code);

        if (!problem)
                fail_msg("%s is not among %zu problems, the first %s", roster_code_to_string(code),
                         roster->n_problems,
                         roster->n_problems > 0 ? roster_code_to_string(roster->problems[0].code)
                                                : "-");
        assert_string_equal(problem->sheet, sheet);
}

#define ROW(id, name, point) "<row>" S(id) S(name) S(point) "</row>"
#define NO_POINT_HEADINGS    "<row>" S("身份证号") S("姓名") S("学号") "</row>"

static void test_sheets_may_be_anywhere(void **state _unused_)
{
        const Part parts[] = {
                {"xl/workbook.xml", SHEETS("<sheet name=\"说明\" sheetId=\"1\" r:id=\"r1\"/>"
                                           "<sheet name=\"名册\" sheetId=\"2\" r:id=\"r2\"/>")},
                /* Absolute targets, in another order. */
                {"xl/_rels/workbook.xml.rels",
                 RELS("<Relationship Id=\"r2\" Target=\"/xl/worksheets/two.xml\"/>"
                      "<Relationship Id=\"r1\" Target=\"worksheets/one.xml\"/>")},
                {"xl/worksheets/two.xml", SHEET(HEADINGS ROW(A, "张三", "P"))},
                {"xl/worksheets/one.xml", SHEET("<row>" S("请填写第二页") "</row>")},
        };
        _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

        expect_only(roster, ROSTER_SHEET_NO_LIST);
        expect_told(roster, ROSTER_SHEET_NO_LIST, "说明");
        assert_int_equal(roster->n_rows, 1);
}

static void test_every_visible_list_is_read(void **state _unused_)
{
        const TestSheet sheets[] = {
                {"一", "", HEADINGS ROW(A, "张三", "P")},
                {"二", "state=\"visible\"", HEADINGS ROW(B, "李四", "Q")},
                {"三", "", ""},
        };
        _cleanup_(roster_freep) Roster *roster = read_sheets(sheets, ELEMENTSOF(sheets));

        expect_clean(roster, 2);
        assert_true(roster->has_point_column);
        assert_string_equal(roster->rows[0].sheet, "一");
        assert_string_equal(roster->rows[1].sheet, "二");
        assert_string_equal(roster->rows[1].point, "Q");
}

static void test_hidden_sheets_are_not_read(void **state _unused_)
{
        static const char *const states[] = {"state=\"hidden\"", "state=\"veryHidden\""};

        for (size_t i = 0; i < ELEMENTSOF(states); i++) {
                const TestSheet sheets[] = {
                        {"旧", states[i], HEADINGS ROW(A, "张三", "P")},
                        {"新", "", HEADINGS ROW(B, "李四", "P")},
                };
                _cleanup_(roster_freep) Roster *both = read_sheets(sheets, 2);
                _cleanup_(roster_freep) Roster *alone = read_sheets(sheets, 1);

                expect_only(both, ROSTER_SHEET_HIDDEN);
                expect_told(both, ROSTER_SHEET_HIDDEN, "旧");
                assert_int_equal(both->n_rows, 1);
                assert_string_equal(both->rows[0].id_number, B);
                expect_told(alone, ROSTER_NO_LIST, "");
                assert_int_equal(alone->n_errors, 1);
        }
}

static void test_the_sheet_names_the_point_where_no_column_does(void **state _unused_)
{
        const TestSheet sheets[] = {
                {"沈阳", "", NO_POINT_HEADINGS ROW(A, "张三", "1")},
                {"大连", "", NO_POINT_HEADINGS ROW(B, "李四", "2")},
                {"鞍山", "", HEADINGS ROW("219999199001010032", "王五", "鞍山分校")},
        };
        _cleanup_(roster_freep) Roster *names = read_sheets(sheets, 2);
        _cleanup_(roster_freep) Roster *mixed = read_sheets(sheets, 3);
        _cleanup_(roster_freep) Roster *one = read_sheets(sheets, 1);

        assert_int_equal(names->n_errors, 0);
        assert_int_equal(names->n_warnings, 2);
        expect_told(names, ROSTER_SHEET_IS_POINT, "沈阳");
        assert_true(names->has_sheet_points && !names->has_point_column);
        assert_string_equal(names->rows[0].point, "沈阳");
        assert_string_equal(names->rows[1].point, "大连");
        assert_int_equal(mixed->n_errors, 0);
        assert_true(mixed->has_point_column);
        assert_string_equal(mixed->rows[0].point, "沈阳");
        assert_string_equal(mixed->rows[2].point, "鞍山分校");
        expect_told(one, ROSTER_SHEET_IS_POINT, "");
        assert_string_equal(one->rows[0].point, "沈阳");
}

static void test_a_general_name_is_no_point(void **state _unused_)
{
        static const char *const names[] = {"Sheet1",   "Sheet1 (2)", "工作表2", "名册",
                                            "学生名单", "2026批次",   "3",       "SheetJS"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                const TestSheet sheets[] = {
                        {names[i], "", NO_POINT_HEADINGS ROW(A, "张三", "1")},
                        {"沈阳", "", HEADINGS ROW(B, "李四", "P")},
                };
                _cleanup_(roster_freep) Roster *alone = read_sheets(sheets, 1);
                _cleanup_(roster_freep) Roster *beside = read_sheets(sheets, 2);

                expect_only(alone, ROSTER_NO_POINT_COLUMN);
                assert_false(alone->has_sheet_points);
                assert_string_equal(alone->rows[0].point, "");
                expect_told(beside, ROSTER_SHEET_NO_POINT, names[i]);
                assert_int_equal(beside->n_errors, 1);
        }
}

static void test_examples_are_passed_over(void **state _unused_)
{
        static const TestSheet examples[] = {
                /* by its name */
                {"填写示例", "", HEADINGS ROW(A, "张三", "P")},
                {"Instructions", "", HEADINGS ROW(A, "Zhang San", "P")},
                /* by its words */
                {"Sheet1", "", HEADINGS "<row>" S(A) S("张三") S("P") S("示例") "</row>"},
                {"Sheet1", "", "<row>" S("填写说明") "</row>" HEADINGS ROW(A, "例：张三", "P")},
                /* by having no student */
                {"Sheet1", "", HEADINGS ROW("18位身份证号", "学生姓名全称", "教学点全称")},
                {"Sheet1", "", HEADINGS ROW("21XXXXXXXXXXXXXXXX", "张三", "P")},
                {"Sheet1", "", HEADINGS},
        };

        for (size_t i = 0; i < ELEMENTSOF(examples); i++) {
                const TestSheet sheets[] = {examples[i],
                                            {"学生", "", HEADINGS ROW(A, "李四", "P")}};
                const TestSheet turned[] = {sheets[1], sheets[0]};
                _cleanup_(roster_freep) Roster *first = read_sheets(sheets, 2);
                _cleanup_(roster_freep) Roster *last = read_sheets(turned, 2);
                _cleanup_(roster_freep) Roster *alone = read_sheets(sheets, 1);

                assert_int_equal(first->n_problems, 1);
                assert_string_equal(first->problems[0].sheet, examples[i].name);
                assert_int_equal(first->n_rows, 1);
                assert_string_equal(first->rows[0].name, "李四");
                assert_int_equal(first->n_errors, 0);
                assert_int_equal(first->n_warnings, 1);
                assert_int_equal(last->n_errors, 0);
                assert_int_equal(last->n_warnings, 1);
                assert_int_equal(last->n_rows, 1);
                /* Nothing else is there, so nothing can be taken. */
                assert_true(alone->n_errors > 0);
        }
}

static void test_half_a_list_refuses_the_whole(void **state _unused_)
{
        static const struct {
                TestSheet sheet;
                RosterCode code;
        } halves[] = {
                {{"二", "", HEADINGS ROW("2.19999E+17", "李四", "P")}, ROSTER_ID_EXPONENT},
                {{"二", "", HEADINGS ROW(B, "李四", "P") ROW("", "王五", "P")}, ROSTER_ID_MISSING},
                {{"二", "", HEADINGS "<row><c t=\"e\"><v>#N/A</v></c>" S("李四") S("P") "</row>"},
                 ROSTER_CELL_FAULT},
                {{"二", "", "<row>" S("姓名") S("学号") S("教学点") "</row>" ROW("李四", "1", "P")},
                 ROSTER_NO_ID_COLUMN},
                {{"二", "", HEADINGS ROW(A, "张三", "P")}, ROSTER_ID_TWICE},
                {{"示例", "",
                  HEADINGS ROW(B, "李四", "P") ROW("219999199001010032", "王五", "P")
                          ROW("219999199001010040", "赵六", "P")
                                  ROW("219999199001010059", "孙七", "P")},
                 ROSTER_SHEET_UNCLEAR},
        };

        for (size_t i = 0; i < ELEMENTSOF(halves); i++) {
                const TestSheet sheets[] = {{"一", "", HEADINGS ROW(A, "张三", "P")},
                                            halves[i].sheet};
                _cleanup_(roster_freep) Roster *roster = read_sheets(sheets, 2);

                expect_told(roster, halves[i].code, halves[i].sheet.name);
                assert_int_equal(roster->n_errors, 1);
        }
}

static void test_who_stands_on_two_sheets_is_told_of_with_both(void **state _unused_)
{
        const TestSheet sheets[] = {{"一", "", HEADINGS ROW(A, "张三", "P")},
                                    {"二", "", HEADINGS ROW(A, "张三", "P")}};
        _cleanup_(roster_freep) Roster *roster = read_sheets(sheets, 2);

        expect_only(roster, ROSTER_ID_TWICE);
        assert_string_equal(roster->problems[0].sheet, "二");
        assert_string_equal(roster->problems[0].other_sheet, "一");
        assert_int_equal(roster->problems[0].other_row, 2);
}

static void test_rows_taken_back_are_no_rivals(void **state _unused_)
{
        const TestSheet sheets[] = {
                {"学生", "", HEADINGS ROW(B, "李四", "P")},
                {"示例", "", HEADINGS "<row>" S(A) S("例") S("P") S("7") "</row>"},
                {"其他", "", HEADINGS "<row>" S(A) S("张三") S("P") S("7") "</row>"},
        };
        _cleanup_(roster_freep) Roster *roster = read_sheets(sheets, ELEMENTSOF(sheets));

        expect_only(roster, ROSTER_SHEET_EXAMPLE);
        assert_int_equal(roster->n_rows, 2);
        assert_string_equal(roster->rows[1].name, "张三");
}

static void test_hidden_rows_are_read_and_told(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster =
                read_book(SHEET(HEADINGS ROW(A, "张三", "P") "<row r=\"3\" hidden=\"1\">" S(B)
                                        S("李四") S("P") "</row>"
                                                         "<row r=\"9\" hidden=\"true\"/>"),
                          NULL);

        expect_only(roster, ROSTER_ROWS_HIDDEN);
        assert_int_equal(roster->problems[0].row, 3);
        assert_int_equal(roster->n_rows, 2);
}

/* ---- parts are found by their relationships ---- */

#define DOC_TYPE(word)    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/" word
#define STRICT_TYPE(word) "http://purl.oclc.org/ooxml/officeDocument/relationships/" word
#define RELATION(id, type, target) \
        "<Relationship Id=\"" id "\" Type=\"" type "\" Target=\"" target "\"/>"

static void test_parts_may_have_any_name(void **state _unused_)
{
        static const struct {
                const char *root, *book, *book_rels, *rels, *sheet, *strings;
        } books[] = {
                {RELS(RELATION("a", DOC_TYPE("officeDocument"), "xl/workbook22.xml")),
                 "xl/workbook22.xml", "xl/_rels/workbook22.xml.rels",
                 RELS(RELATION("rId1", DOC_TYPE("worksheet"), "../xl/./sheets/../w/one.xml")
                              RELATION("s", DOC_TYPE("sharedStrings"), "/words/all.xml")),
                 "xl/w/one.xml", "words/all.xml"},
                {RELS(RELATION("x", STRICT_TYPE("extended-properties"), "docProps/app.xml")
                              RELATION("a", STRICT_TYPE("officeDocument"), "/book.xml")),
                 "book.xml", "_rels/book.xml.rels",
                 RELS(RELATION("rId1", STRICT_TYPE("worksheet"), "My%20Sheet.xml")
                              RELATION("s", STRICT_TYPE("sharedStrings"), "s.xml")),
                 "My Sheet.xml", "s.xml"},
                {RELS(RELATION("a", DOC_TYPE("officeDocument"), "deep/er/Book.XML")),
                 "deep/er/book.xml", "deep\\er\\_rels\\book.xml.rels",
                 RELS(RELATION("rId1", DOC_TYPE("worksheet"), "..\\..\\sheet.bin")
                              RELATION("s", DOC_TYPE("sharedStrings"), "../strings")),
                 "/sheet.bin", "deep/strings"},
        };

        for (size_t i = 0; i < ELEMENTSOF(books); i++) {
                const Part parts[] = {
                        {"_rels/.rels", books[i].root},
                        {books[i].book, ONE_SHEET},
                        {books[i].book_rels, books[i].rels},
                        {books[i].sheet,
                         SHEET(HEADINGS "<row><c t=\"s\"><v>0</v></c>" S("张三") S("P") "</row>")},
                        {books[i].strings, HEAD "<sst " MAIN_NS "><si><t>" A "</t></si></sst>"},
                };
                _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

                expect_clean(roster, 1);
                assert_string_equal(roster->rows[0].id_number, A);
        }
}

static void test_what_is_no_worksheet_is_no_sheet(void **state _unused_)
{
        const Part parts[] = {
                {"xl/workbook.xml", SHEETS("<sheet name=\"图\" sheetId=\"1\" r:id=\"c\"/>"
                                           "<sheet name=\"外\" sheetId=\"2\" r:id=\"e\"/>"
                                           "<sheet name=\"表\" sheetId=\"3\" r:id=\"s\"/>")},
                {"xl/_rels/workbook.xml.rels",
                 RELS(RELATION("c", DOC_TYPE("chartsheet"), "chart.xml")
                              RELATION("s", DOC_TYPE("worksheet"),
                                       "s.xml") "<Relationship Id=\"e\" TargetMode=\"External\" "
                                                "Target=\"file:///etc/passwd\"/>")},
                {"xl/chart.xml", "<chartsheet/>"},
                {"xl/s.xml", SHEET(HEADINGS ROW(A, "张三", "P"))},
        };
        _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

        expect_clean(roster, 1);
}

/* ---- what stands in cells ---- */

static void test_escaped_characters_are_decoded(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_book(
                SHEET(HEADINGS "<row>" S(A "_x000D_") S("_x6C88_ _x005F_x6C88_") S(
                        "P_x000d_\n") "</row>"
                                      "<row><c t=\"str\"><v>" B
                                      "_x0009_</v></c><c t=\"s\"><v>0</v></c>" S(
                                              "P") "<c t=\"s\"><v>1</v></c></row>"
                                                   "<row>" S("219999199001010032")
                                                           S("_xD842__xDFB7_ _xE000_ _x12_ _X0041_")
                                                                   S("P") "</row>"),
                HEAD "<sst " MAIN_NS "><si><r><t>_x5F20_</t></r><r><t>_x4E09_</t></r></si>"
                     /* half an escape in each of two runs is none */
                     "<si><r><t>_x00</t></r><r><t>41_</t></r></si></sst>");

        expect_clean(roster, 3);
        assert_string_equal(roster->rows[0].id_number, A);
        assert_string_equal(roster->rows[0].name, "沈 _x6C88_");
        assert_string_equal(roster->rows[0].point, "P");
        assert_string_equal(roster->rows[1].id_number, B);
        assert_string_equal(roster->rows[1].name, "张三");
        assert_string_equal(roster->rows[1].student_no, "_x0041_");
        assert_string_equal(roster->rows[2].name, "𠮷 \xee\x80\x80 _x12_ _X0041_");
}

static void test_long_escaped_names_are_not_cut_off(void **state _unused_)
{
        _cleanup_text_ Text sheet = {};
        _cleanup_(roster_freep) Roster *roster = NULL;

        text_append(&sheet, HEAD "<worksheet><sheetData>" HEADINGS
                                 "<row>" S(A) "<c t=\"inlineStr\"><is><t>");
        for (int i = 0; i < 2000; i++)
                text_append(&sheet, "_x0041_");
        text_append(&sheet, "</t></is></c>" S("P") "</row></sheetData></worksheet>");
        roster = read_book(sheet.data, NULL);
        expect_only(roster, ROSTER_CELL_TOO_LONG);
}

static void test_errors_are_no_values(void **state _unused_)
{
        static const char *const faults[] = {
                "<c t=\"e\"><f>A1</f><v>#N/A</v></c>",
                "<c t=\"e\"><v>#REF!</v></c>",
                "<c t=\"e\"><v>whatever</v></c>",
                "<c t=\"b\"><v>1</v></c>",
                "<c t=\"b\"><v>0</v></c>",
                "<c t=\"str\"><v>#VALUE!</v></c>",
                S("#DIV/0!"),
        };

        for (size_t i = 0; i < ELEMENTSOF(faults); i++)
                for (unsigned column = 1; column <= 4; column++) {
                        _cleanup_text_ Text sheet = {};
                        _cleanup_(roster_freep) Roster *roster = NULL;

                        text_printf(&sheet, SHEET(HEADINGS "<row>%s%s%s%s</row>"),
                                    column == 1 ? faults[i] : S(A),
                                    column == 2 ? faults[i] : S("张三"),
                                    column == 3 ? faults[i] : S("P"),
                                    column == 4 ? faults[i] : S("S1"));
                        roster = read_book(sheet.data, NULL);
                        expect_only(roster, ROSTER_CELL_FAULT);
                        assert_int_equal(roster->problems[0].row, 2);
                        assert_int_equal(roster->problems[0].column, column);
                }
}

static void test_numbers_that_became_dates_are_told(void **state _unused_)
{
        static const struct {
                const char *cell;
                bool date;
        } cases[] = {
                {"<c s=\"1\"><v>44563</v></c>", true},
                {"<c s=\"2\"><v>44563</v></c>", true},
                {"<c s=\"3\"><v>0.5</v></c>", true},
                {"<c t=\"d\"><v>2022-01-02</v></c>", true},
                {"<c s=\"0\"><v>44563</v></c>", false},
                {"<c s=\"4\"><v>44563</v></c>", false},
                {"<c s=\"5\"><v>44563</v></c>", false},
                {"<c s=\"9\"><v>44563</v></c>", false},
                {"<c s=\"1\" t=\"str\"><v>44563</v></c>", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_text_ Text sheet = {};
                _cleanup_(roster_freep) Roster *roster = NULL;

                text_printf(&sheet,
                            SHEET(HEADINGS "<row>" S(A) S("张三")
                                          S("P") "%s<c s=\"2\"><v>32874</v></c></row>"),
                            cases[i].cell);
                {
                        const Part parts[] = {
                                {"xl/worksheets/sheet1.xml", sheet.data},
                                {"xl/workbook.xml", ONE_SHEET},
                                {"xl/_rels/workbook.xml.rels",
                                 RELS(RELATION("rId1", DOC_TYPE("worksheet"),
                                               "worksheets/sheet1.xml")
                                              RELATION("f", DOC_TYPE("styles"), "looks.xml"))},
                                {"xl/looks.xml", HEAD
                                 "<styleSheet " MAIN_NS "><numFmts>"
                                 "<numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd;@\"/>"
                                 "<numFmt numFmtId=\"165\" formatCode=\"[Magenta]0&quot;days&quot;\"/>"
                                 "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                                 "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
                                 "<xf numFmtId=\"164\"/><xf numFmtId=\"45\"/>"
                                 "<xf numFmtId=\"165\"/><xf numFmtId=\"49\"/></cellXfs>"
                                 "</styleSheet>"},
                        };

                        roster = read_parts(parts, ELEMENTSOF(parts));
                }
                if (!cases[i].date) {
                        expect_clean(roster, 1);
                        assert_string_equal(roster->rows[0].student_no, "44563");
                        continue;
                }
                expect_only(roster, ROSTER_CELL_FAULT);
                assert_int_equal(roster->problems[0].column, 4);
        }
}

static void test_formats_of_dates_are_known(void **state _unused_)
{
        static const char *const dates[] = {
                "yyyy/m/d", "[$-804]e\"年\"m\"月\"d\"日\"", "h:mm", "[hh]:mm:ss", "[s]", "d-mmm",
                "\\x yyyy"};
        static const char *const others[] = {"General", "0.00E+00", "@",  "\"d\"0", "\\d0",
                                             "[Red]0",  "#,##0_d",  "[h", "\"d",    "",
                                             "0;d",     "*d0",      "\\"};

        for (size_t i = 0; i < ELEMENTSOF(dates); i++)
                assert_true(format_is_date(dates[i]));
        for (size_t i = 0; i < ELEMENTSOF(others); i++)
                assert_false(format_is_date(others[i]));
}

static void test_other_zips_are_no_tables(void **state _unused_)
{
        const Part parts[] = {{"word/document.xml", "<document/>"}};
        _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

        expect_only(roster, ROSTER_NOT_A_TABLE);
}

static void test_damaged_sheets_are_told(void **state _unused_)
{
        static const char *const sheets[] = {
                "",
                "<worksheet><sheetData><row>",
                SHEET("<row></c></row>"),
                SHEET("<row><c t=\"s\"><v>0</v></c></row>"), /* no such shared string */
                "\xff\xfe",
        };

        for (size_t i = 0; i < ELEMENTSOF(sheets); i++) {
                _cleanup_(roster_freep) Roster *roster = read_book(sheets[i], NULL);

                expect_only(roster, ROSTER_DAMAGED_FILE);
        }
}

static void test_missing_sheet_is_damage(void **state _unused_)
{
        const Part parts[] = {
                {"xl/workbook.xml", ONE_SHEET},
                {"xl/_rels/workbook.xml.rels", ONE_RELATION},
        };
        _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

        expect_only(roster, ROSTER_DAMAGED_FILE);
}

static void test_entities_are_refused(void **state _unused_)
{
        static const char *const documents[] = {
                "<!DOCTYPE w [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
                "<worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>",
                "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                "<worksheet><sheetData><row><c t=\"str\"><v>&x;</v></c></row></sheetData></worksheet>",
                "<!DOCTYPE w SYSTEM \"http://localhost/x.dtd\"><worksheet/>",
        };

        for (size_t i = 0; i < ELEMENTSOF(documents); i++) {
                _cleanup_(roster_freep) Roster *roster = read_book(documents[i], NULL);

                expect_only(roster, ROSTER_DAMAGED_FILE);
        }
}

static void test_deep_nesting_is_refused(void **state _unused_)
{
        _cleanup_text_ Text text = {0};
        _cleanup_(roster_freep) Roster *roster = NULL;

        for (int i = 0; i < 100000; i++)
                text_append(&text, "<a>");
        roster = read_book(text.data, NULL);
        expect_only(roster, ROSTER_DAMAGED_FILE);
}

static void test_bombs_are_refused(void **state _unused_)
{
        enum { BLANKS = 40 * 1024 * 1024 };
        _cleanup_free_ char *sheet = malloc(BLANKS + 256);
        _cleanup_(roster_freep) Roster *roster = NULL;

        assert_non_null(sheet);
        memset(sheet, ' ', BLANKS);
        memcpy(sheet, "<worksheet>", 11);
        strcpy(sheet + BLANKS, "</worksheet>");
        roster = read_book(sheet, NULL);
        expect_only(roster, ROSTER_TOO_LARGE);
}

static void test_far_away_cells_cost_nothing(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_book(
                SHEET(HEADINGS "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>" A "</v></c>" S("张三") S(
                        "P") "<c r=\"XFD2\"><v>1</v></c><c r=\"ZZZZZZZ2\"><v>1</v></c></row>"),
                NULL);

        expect_clean(roster, 1);
}

static void test_absurd_row_numbers_are_refused(void **state _unused_)
{
        _cleanup_(roster_freep) Roster *roster = read_book(
                SHEET(HEADINGS "<row r=\"99999999999999999999\">" S(A) S("张三") S("P") "</row>"),
                NULL);

        expect_only(roster, ROSTER_TOO_LARGE);
}

static void test_cut_and_changed_workbooks_never_crash(void **state _unused_)
{
        const Part parts[] = {
                {"xl/workbook.xml", ONE_SHEET},
                {"xl/_rels/workbook.xml.rels", ONE_RELATION},
                {"xl/worksheets/sheet1.xml",
                 SHEET(HEADINGS "<row>" S(A) S("张三") S("P") "</row>")},
        };
        _cleanup_(zip_done) Zip zip = make_zip(parts, ELEMENTSOF(parts));

        for (size_t i = 0; i < zip.size; i += 3) {
                _cleanup_free_ char *copy = malloc(zip.size);
                _cleanup_(roster_freep) Roster *cut = NULL, *changed = NULL;

                assert_non_null(copy);
                memcpy(copy, zip.data, i);
                assert_int_equal(roster_read(copy, i, NULL, today, &cut), 0);
                memcpy(copy, zip.data, zip.size);
                copy[i] = (char)~copy[i];
                assert_int_equal(roster_read(copy, zip.size, NULL, today, &changed), 0);
                assert_true(cut->n_rows <= 1 && changed->n_rows <= 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_shared_strings_are_looked_up),
                cmocka_unit_test(test_cells_may_lack_references),
                cmocka_unit_test(test_formula_results_are_read),
                cmocka_unit_test(test_prefixed_elements_are_read),
                cmocka_unit_test(test_number_cells_spoil_the_id),
                cmocka_unit_test(test_number_cells_are_fine_for_student_numbers),
                cmocka_unit_test(test_long_number_cells_spoil_student_numbers),
                cmocka_unit_test(test_dates_are_day_counts),
                cmocka_unit_test(test_dates_of_1904_are_known),
                cmocka_unit_test(test_sheets_may_be_anywhere),
                cmocka_unit_test(test_every_visible_list_is_read),
                cmocka_unit_test(test_hidden_sheets_are_not_read),
                cmocka_unit_test(test_the_sheet_names_the_point_where_no_column_does),
                cmocka_unit_test(test_a_general_name_is_no_point),
                cmocka_unit_test(test_examples_are_passed_over),
                cmocka_unit_test(test_half_a_list_refuses_the_whole),
                cmocka_unit_test(test_who_stands_on_two_sheets_is_told_of_with_both),
                cmocka_unit_test(test_rows_taken_back_are_no_rivals),
                cmocka_unit_test(test_hidden_rows_are_read_and_told),
                cmocka_unit_test(test_parts_may_have_any_name),
                cmocka_unit_test(test_what_is_no_worksheet_is_no_sheet),
                cmocka_unit_test(test_escaped_characters_are_decoded),
                cmocka_unit_test(test_long_escaped_names_are_not_cut_off),
                cmocka_unit_test(test_errors_are_no_values),
                cmocka_unit_test(test_numbers_that_became_dates_are_told),
                cmocka_unit_test(test_formats_of_dates_are_known),
                cmocka_unit_test(test_other_zips_are_no_tables),
                cmocka_unit_test(test_damaged_sheets_are_told),
                cmocka_unit_test(test_missing_sheet_is_damage),
                cmocka_unit_test(test_entities_are_refused),
                cmocka_unit_test(test_deep_nesting_is_refused),
                cmocka_unit_test(test_bombs_are_refused),
                cmocka_unit_test(test_far_away_cells_cost_nothing),
                cmocka_unit_test(test_absurd_row_numbers_are_refused),
                cmocka_unit_test(test_cut_and_changed_workbooks_never_crash),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
