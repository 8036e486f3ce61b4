/* SPDX-License-Identifier: MIT */
#include <idphoto/roster.h>

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

static void test_first_sheet_with_a_heading_is_read(void **state _unused_)
{
        const Part parts[] = {
                {"xl/workbook.xml", SHEETS("<sheet name=\"说明\" sheetId=\"1\" r:id=\"r1\"/>"
                                           "<sheet name=\"名册\" sheetId=\"2\" r:id=\"r2\"/>")},
                /* Absolute targets, in another order. */
                {"xl/_rels/workbook.xml.rels",
                 RELS("<Relationship Id=\"r2\" Target=\"/xl/worksheets/two.xml\"/>"
                      "<Relationship Id=\"r1\" Target=\"worksheets/one.xml\"/>")},
                {"xl/worksheets/two.xml", SHEET(HEADINGS "<row>" S(A) S("张三") S("P") "</row>")},
                {"xl/worksheets/one.xml", SHEET("<row>" S("请填写第二页") "</row>")},
        };
        _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

        expect_clean(roster, 1);
}

static void test_second_roster_in_a_workbook_is_told(void **state _unused_)
{
        const Part parts[] = {
                {"xl/workbook.xml", SHEETS("<sheet name=\"1\" sheetId=\"1\" r:id=\"r1\"/>"
                                           "<sheet name=\"2\" sheetId=\"2\" r:id=\"r2\"/>")},
                {"xl/_rels/workbook.xml.rels",
                 RELS("<Relationship Id=\"r1\" Target=\"worksheets/1.xml\"/>"
                      "<Relationship Id=\"r2\" Target=\"worksheets/2.xml\"/>")},
                {"xl/worksheets/1.xml", SHEET(HEADINGS "<row>" S(A) S("张三") S("P") "</row>")},
                {"xl/worksheets/2.xml", SHEET(HEADINGS "<row>" S(B) S("李四") S("P") "</row>")},
        };
        _cleanup_(roster_freep) Roster *roster = read_parts(parts, ELEMENTSOF(parts));

        expect_only(roster, ROSTER_OTHER_SHEET);
        assert_int_equal(roster->n_rows, 1);
        assert_string_equal(roster->rows[0].id_number, A);
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
                cmocka_unit_test(test_first_sheet_with_a_heading_is_read),
                cmocka_unit_test(test_second_roster_in_a_workbook_is_told),
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
