/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/photorow.h>
#include <idphoto/standingcsv.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>
#include <roster/package.h>
#include <roster/xml.h>
#include <view/sheet.h>

/* Workbooks are read back by the reader of rosters: each cell as REF|KIND|STYLE|TEXT and LF. */

typedef struct Workbook {
        Text cells;
        Text attributes; /* of all other elements */
        bool in_value;
} Workbook;

static void workbook_done(Workbook *book)
{
        text_done(&book->cells);
        text_done(&book->attributes);
}
#define _cleanup_workbook_ _cleanup_(workbook_done)

static int start(void *userdata, const char *name, const char *const *attributes)
{
        Workbook *book = userdata;
        const char *kind = xml_attribute(attributes, "t");

        if (strcmp(name, "c") == 0)
                text_printf(&book->cells, "%s%s|%s|%s|", book->cells.size > 0 ? "\n" : "",
                            xml_attribute(attributes, "r"), kind ? kind : "n",
                            xml_attribute(attributes, "s"));
        else
                for (size_t i = 0; attributes[i]; i += 2)
                        text_printf(&book->attributes, "%s %s=%s\n", name, attributes[i],
                                    attributes[i + 1]);
        book->in_value = strcmp(name, "t") == 0 || strcmp(name, "v") == 0;
        return 0;
}

static int end(void *userdata, const char *name _unused_)
{
        ((Workbook *)userdata)->in_value = false;
        return 0;
}

static int text(void *userdata, const char *s, size_t n)
{
        Workbook *book = userdata;

        if (book->in_value)
                text_append_data(&book->cells, s, n);
        return 0;
}

static void read_back(const char *data, size_t size, Workbook *book)
{
        const XmlHandler handler = {start, end, text};
        static const char *const parts[] = {
                "[Content_Types].xml", "_rels/.rels",   "xl/_rels/workbook.xml.rels",
                "xl/workbook.xml",     "xl/styles.xml", "xl/worksheets/sheet1.xml"};

        for (size_t i = 0; i < ELEMENTSOF(parts); i++)
                assert_int_equal(package_read_part(data, size, parts[i], &handler, book), 0);
}

static void expect_cell(const Workbook *book, const char *cell)
{
        char line[512];

        (void)snprintf(line, sizeof(line), "%s\n", cell);
        if (!strstr(book->cells.data, line) && !text_ends_with(book->cells.data, cell))
                fail_msg("no cell '%s' in\n%s", cell, book->cells.data);
}

static void make_table(StandingTable table, Language language, Workbook *book)
{
        _cleanup_free_ char *data = NULL;
        size_t size;

        assert_int_equal(standings_table(fixture.catalog, table,
                                         (Where){fixture.batch, fixture.point}, language, &data,
                                         &size),
                         0);
        read_back(data, size, book);
}

static int64_t warned(const char *id_number, const char *name)
{
        int64_t photo = fixture_accepted(id_number, name);
        _cleanup_photo_ PhotoRow row = {};
        Findings findings = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        (void)findings_add_value(&findings, REASON_NOISE, FINDING_WARN, 7.5, NAN, 6);
        (void)findings_add(&findings, REASON_BLUR, FINDING_WARN);
        assert_int_equal(catalog_set_findings(fixture.catalog, row.submission, &findings), 0);
        return photo;
}

static void test_a_point_has_a_row_for_each_student(void **state _unused_)
{
        _cleanup_workbook_ Workbook book = {};
        char cell[256];

        (void)fixture_listed_student(FIXTURE_ID);
        (void)warned(FIXTURE_ID_2, "=1+1.jpg");
        make_table(STANDING_TABLE_XLSX, LANGUAGE_EN, &book);
        expect_cell(&book, "A1|inlineStr|1|Teaching point");
        expect_cell(&book, "B2|inlineStr|0|" FIXTURE_ID);
        expect_cell(&book, "F2|inlineStr|0|missing");
        /* All of the row has the colour. */
        expect_cell(&book, "B3|inlineStr|2|" FIXTURE_ID_2);
        expect_cell(&book, "C3|n|2|");
        expect_cell(&book, "H3|n|5|2");
        (void)snprintf(
                cell, sizeof(cell), "I3|inlineStr|2|%s (measured 7.5, allowed at most 6)\n%s",
                reason_title(REASON_NOISE, LANGUAGE_EN), reason_title(REASON_BLUR, LANGUAGE_EN));
        expect_cell(&book, cell);
        expect_cell(&book, "J3|inlineStr|2|=1+1.jpg");
        assert_null(strstr(book.cells.data, "4|"));
}

static void test_the_heading_stays_and_filters(void **state _unused_)
{
        _cleanup_workbook_ Workbook book = {};

        (void)fixture_listed_student(FIXTURE_ID);
        make_table(STANDING_TABLE_XLSX, LANGUAGE_ZH, &book);
        expect_cell(&book, "B1|inlineStr|1|身份证号");
        assert_non_null(strstr(book.attributes.data, "pane state=frozen\n"));
        assert_non_null(strstr(book.attributes.data, "pane ySplit=1\n"));
        assert_non_null(strstr(book.attributes.data, "autoFilter ref=A1:K2\n"));
        assert_non_null(strstr(book.attributes.data, "sheet name=状态\n"));
}

static void test_the_office_reads_decisions_and_the_warned_first(void **state _unused_)
{
        _cleanup_workbook_ Workbook book = {};
        char cell[256];
        int64_t photo;

        (void)fixture_listed_student(FIXTURE_ID);
        photo = warned(FIXTURE_ID_2, "b.jpg");
        assert_int_equal(catalog_set_photo_decision(fixture.catalog, photo, REASON_HAIR, "a\nb"),
                         0);
        make_table(STANDING_TABLE_OFFICE_XLSX, LANGUAGE_ZH, &book);
        expect_cell(&book, "B2|inlineStr|2|" FIXTURE_ID_2);
        expect_cell(&book, "B3|inlineStr|0|" FIXTURE_ID);
        (void)snprintf(cell, sizeof(cell), "K2|inlineStr|2|%s",
                       reason_title(REASON_HAIR, LANGUAGE_ZH));
        expect_cell(&book, cell);
        expect_cell(&book, "L2|inlineStr|2|a\nb");
}

static void test_the_same_rows_give_the_same_bytes(void **state _unused_)
{
        _cleanup_free_ char *a = NULL, *b = NULL;
        size_t a_size, b_size;
        const Where where = {fixture.batch, fixture.point};

        (void)warned(FIXTURE_ID, "a.jpg");
        assert_int_equal(standings_table(fixture.catalog, STANDING_TABLE_XLSX, where, LANGUAGE_EN,
                                         &a, &a_size),
                         0);
        assert_int_equal(standings_table(fixture.catalog, STANDING_TABLE_XLSX, where, LANGUAGE_EN,
                                         &b, &b_size),
                         0);
        assert_int_equal(a_size, b_size);
        assert_memory_equal(a, b, a_size);
}

static void test_any_text_is_that_text_in_its_cell(void **state _unused_)
{
        static const char *const texts[][2] = {
                {"<&>\"'", "<&>\"'"},
                {"  a ", "  a "},
                {"0012", "0012"},
                {"1E5", "1E5"},
                {"_x0041_", "_x005F_x0041_"},
                {"_x004_", "_x004_"},
                {"\x1b[2J", "?[2J"},
                {"a\tb\nc", "a b\nc"},
                {"\xef\xbf\xbf\xef\xbf\xbe", "??"},
                {"\xff", "?"},
        };
        static const SheetColumn columns[] = {{"heading", 10}};
        _cleanup_sheet_ Sheet sheet = {};
        _cleanup_workbook_ Workbook book = {};
        _cleanup_free_ char *data = NULL;
        size_t size;

        sheet_begin(&sheet, columns, 1);
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                sheet_begin_row(&sheet, SHEET_PLAIN);
                sheet_add_text(&sheet, texts[i][0]);
                sheet_end_row(&sheet);
        }
        assert_int_equal(sheet_finish(&sheet, "a", &data, &size), 0);
        read_back(data, size, &book);
        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                char cell[64];

                (void)snprintf(cell, sizeof(cell), "A%zu|inlineStr|0|%s", i + 2, texts[i][1]);
                expect_cell(&book, cell);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_point_has_a_row_for_each_student),
                fixture_test(test_the_heading_stays_and_filters),
                fixture_test(test_the_office_reads_decisions_and_the_warned_first),
                fixture_test(test_the_same_rows_give_the_same_bytes),
                fixture_test(test_any_text_is_that_text_in_its_cell),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
