/* SPDX-License-Identifier: MIT */
#include <ctl/table.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const headings[] = {"NAME", "n", "REMARK"};

/* What a table prints. */
static char *print(Table *table)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size), *old = stdout;
        int r;

        assert_non_null(stream);
        stdout = stream;
        r = table_print(table);
        stdout = old;
        (void)fclose(stream);
        assert_int_equal(r, 0);
        return text;
}

static Table some_table(void)
{
        return (Table){.headings = headings, .n_columns = 3, .numeric = 1u << 1};
}

static void expect(Table *table, const char *want)
{
        _cleanup_free_ char *text = print(table);

        assert_string_equal(text, want);
}

static void test_an_empty_table_is_its_headings(void **state _unused_)
{
        _cleanup_table_ Table table = some_table();

        expect(&table, "NAME  n  REMARK\n");
}

static void test_columns_are_as_wide_as_their_widest_cell(void **state _unused_)
{
        _cleanup_table_ Table table = some_table();

        table_add(&table, "沈阳分校");
        table_add_number(&table, 1200);
        table_add(&table, "x");
        table_add(&table, "A");
        table_add_number(&table, 7);
        table_add(&table, "yy");
        expect(&table, "NAME         n  REMARK\n"
                       "沈阳分校  1200  x\n"
                       "A            7  yy\n");
}

static void test_no_blanks_stand_at_the_end_of_a_line(void **state _unused_)
{
        _cleanup_table_ Table table = some_table();

        table_add(&table, "A");
        table_add(&table, "");
        table_add(&table, NULL);
        expect(&table, "NAME  n  REMARK\nA\n");
}

static void test_cells_cannot_move_the_cursor(void **state _unused_)
{
        _cleanup_table_ Table table = some_table();

        table_add(&table, "a\033[2Jb");
        table_add_number(&table, 1);
        table_add(&table, "x\ny\xff\xe2\x80\xae");
        expect(&table, "NAME    n  REMARK\na?[2Jb  1  x?y?\n");
}

static void test_an_unfinished_row_is_not_printed(void **state _unused_)
{
        _cleanup_table_ Table table = some_table();

        table_add(&table, "A");
        expect(&table, "NAME  n  REMARK\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_an_empty_table_is_its_headings),
                cmocka_unit_test(test_columns_are_as_wide_as_their_widest_cell),
                cmocka_unit_test(test_no_blanks_stand_at_the_end_of_a_line),
                cmocka_unit_test(test_cells_cannot_move_the_cursor),
                cmocka_unit_test(test_an_unfinished_row_is_not_printed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
