/* SPDX-License-Identifier: MIT */
#include <roster/arena.h>
#include <roster/delimited.h>
#include <roster/index.h>
#include <roster/textcode.h>
#include <roster/xml.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- rows as one string: cells apart by '|', rows by '/' ---- */

static int note_row(size_t row, const Cell *cells, size_t n, void *userdata)
{
        Text *text = userdata;

        text_printf(text, "%zu:", row);
        for (size_t i = 0; i < n; i++)
                text_printf(text, "%s%s", i > 0 ? "|" : "", cells[i].text);
        text_append(text, "/");
        return 0;
}

static void test_text_tables_are_split(void **state _unused_)
{
        static const struct {
                const char *in, *out;
        } cases[] = {
                {"", ""},
                {"a", "1:a/"},
                {"a,b\n", "1:a|b/"},
                {"a,b\nc\n", "1:a|b/2:c/"},
                {"a,\n,b", "1:a|/2:|b/"},
                {"\n\na", "1:/2:/3:a/"},
                {"a\r\nb\rc", "1:a/2:b/3:c/"},
                {"\"a,b\"", "1:a,b/"},
                {"\"a\"\"b\"", "1:a\"b/"},
                {"\"\",x", "1:|x/"},
                {"\"a\nb\",c\nd", "1:a\nb|c/2:d/"},
                {"\"a\" ,b", "1:a |b/"},
                {"a\"b,c", "1:a\"b|c/"},
                {"\"a\"\r\n\"b\"\r\n", "1:a/2:b/"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = strdup(cases[i].in);
                _cleanup_text_ Text out = {0};
                size_t row;

                assert_non_null(text);
                assert_int_equal(delimited_read(text, ',', note_row, &out, &row), 0);
                assert_string_equal(out.data ? out.data : "", cases[i].out);
        }
}

static void test_open_quotes_end_the_reading(void **state _unused_)
{
        char at_end[] = "a\nb,\"c";
        _cleanup_free_ char *endless = malloc(200000);
        _cleanup_text_ Text out = {0};
        size_t row = 0;

        assert_int_equal(delimited_read(at_end, ',', note_row, &out, &row), -EBADMSG);
        assert_int_equal(row, 2);
        assert_non_null(endless);
        memset(endless, 'x', 200000);
        endless[0] = '"';
        memcpy(endless + 199990, "\"", 2); /* closes, but too late */
        assert_int_equal(delimited_read(endless, ',', note_row, &out, &row), -EBADMSG);
        assert_int_equal(row, 1);
}

static int stop_at_two(size_t row, const Cell *cells _unused_, size_t n _unused_,
                       void *userdata _unused_)
{
        return row == 2 ? -ECANCELED : 0;
}

static void test_callback_ends_the_reading(void **state _unused_)
{
        char text[] = "a\nb\nc\n";
        size_t row;

        assert_int_equal(delimited_read(text, ',', stop_at_two, NULL, &row), -ECANCELED);
}

static int count_cells(size_t row _unused_, const Cell *cells _unused_, size_t n, void *userdata)
{
        *(size_t *)userdata = n;
        return 0;
}

static void test_columns_beyond_the_limit_are_ignored(void **state _unused_)
{
        char text[CELLS_MAX + 100];
        size_t n = 0, row;

        memset(text, ',', sizeof(text) - 1);
        text[sizeof(text) - 1] = '\0';
        assert_int_equal(delimited_read(text, ',', count_cells, &n, &row), 0);
        assert_int_equal(n, CELLS_MAX);
}

static int check_cut(size_t row _unused_, const Cell *cells, size_t n, void *userdata _unused_)
{
        assert_int_equal(n, 2);
        assert_true(strlen(cells[0].text) > CELL_BYTES_MAX);
        assert_true(strlen(cells[0].text) <= CELL_BYTES_KEPT);
        assert_true(utf8_valid(cells[0].text));
        assert_string_equal(cells[1].text, "next");
        return 0;
}

static void test_long_cells_are_cut_between_characters(void **state _unused_)
{
        _cleanup_text_ Text text = {0};
        size_t row;

        for (int i = 0; i < 1000; i++)
                text_append(&text, "张");
        text_append(&text, ",next\n");
        assert_int_equal(delimited_read(text.data, ',', check_cut, NULL, &row), 0);
}

/* ---- encodings ---- */

static void expect_decoded(const char *data, size_t size, const char *want)
{
        _cleanup_free_ char *text = NULL;
        size_t text_size = 0, line;

        assert_int_equal(textcode_decode(data, size, &text, &text_size, &line), 0);
        assert_int_equal(text_size, strlen(want));
        assert_string_equal(text, want);
}

static void test_encodings_are_recognised(void **state _unused_)
{
        expect_decoded("", 0, "");
        expect_decoded(NULL, 0, "");
        expect_decoded("abc", 3, "abc");
        expect_decoded("\xef\xbb\xbf"
                       "abc",
                       6, "abc");
        expect_decoded("张,a", 5, "张,a");
        expect_decoded("\xd5\xc5,a", 4, "张,a");     /* GBK */
        expect_decoded("\x95\x32\x82\x36", 4, "𠀀"); /* four bytes of GB18030 */
        expect_decoded("\xff\xfe\x20\x5f,\0", 6, "张,");
        expect_decoded("\xfe\xff\x5f\x20\0,", 6, "张,");
        expect_decoded("\x20\x5f,\0a\0", 6, "张,a");        /* no mark */
        expect_decoded("\xff\xfe,\0x", 5, ",");             /* half a character at the end */
        expect_decoded("\xff\xfe\x3d\xd8\x00\xde", 6, "😀"); /* a pair of surrogates */
}

static void test_what_is_no_text_is_refused(void **state _unused_)
{
        static const struct {
                const char *data;
                size_t size;
                int error;
        } cases[] = {
                {"ab\0cd", 5, -EBADMSG},
                {"\xff\xfe\0\0", 4, -EBADMSG},
                {"\xff\xfe\x00\xd8"
                 "a\0",
                 6, -EILSEQ}, /* half a pair */
                {"\xef\xbb\xbf\xff", 4, -EILSEQ},
                {"\xef\xbb\xbf"
                 "a\0",
                 5, -EBADMSG},
                {"a\xff\xff", 3, -EILSEQ},
                {"a\n\xd5", 3, -EILSEQ}, /* half a character of GBK */
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char *text = NULL;
                size_t size, line = 0;

                assert_int_equal(textcode_decode(cases[i].data, cases[i].size, &text, &size, &line),
                                 cases[i].error);
                assert_null(text);
                assert_true(cases[i].error != -EILSEQ || line >= 1);
        }
}

/* ---- XML ---- */

static int xml_start(void *userdata, const char *name, const char *const *attributes)
{
        const char *id = xml_attribute(attributes, "r:id");

        text_printf(userdata, "<%s%s%s", name, id ? "=" : "", id ? id : "");
        return strcmp(name, "stop") == 0 ? 7 : 0;
}

static int xml_end(void *userdata, const char *name)
{
        text_printf(userdata, ">%s", name);
        return 0;
}

static int xml_text(void *userdata, const char *s, size_t n)
{
        text_append_data(userdata, s, n);
        return 0;
}

static int feed(const char *document, Text *out)
{
        static const XmlHandler handler = {xml_start, xml_end, xml_text};
        _cleanup_(xml_reader_freep) XmlReader *reader = NULL;
        int r = 0;

        assert_int_equal(xml_reader_new(&handler, out, &reader), 0);
        /* A byte at a time, as pieces may end anywhere. */
        for (const char *p = document; r == 0 && *p; p++)
                r = xml_reader_feed(reader, p, 1, false);
        return r != 0 ? r : xml_reader_feed(reader, "", 0, true);
}

static void test_xml_is_read_without_prefixes(void **state _unused_)
{
        _cleanup_text_ Text out = {0};

        assert_int_equal(feed("<x:a><b r:id=\"7\" id=\"8\">t&lt;&#x5F20;</b></x:a>", &out), 0);
        assert_string_equal(out.data, "<a<b=7t<张>b>a");
}

static void test_xml_handler_ends_the_reading(void **state _unused_)
{
        _cleanup_text_ Text out = {0};

        assert_int_equal(feed("<a><stop/><b/></a>", &out), 7);
        assert_null(strstr(out.data, "<b"));
}

static void test_hostile_xml_is_refused(void **state _unused_)
{
        static const char *const documents[] = {
                "",
                "<a>",
                "<a></b>",
                "<a>&unknown;</a>",
                "<!DOCTYPE a><a/>",
                "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                "<a/><b/>",
                "\x01",
        };

        for (size_t i = 0; i < ELEMENTSOF(documents); i++) {
                _cleanup_text_ Text out = {0};

                assert_int_equal(feed(documents[i], &out), -EBADMSG);
        }
}

/* ---- memory ---- */

static void test_arena_keeps_strings_apart(void **state _unused_)
{
        _cleanup_(arena_freep) Arena *arena = NULL;
        char *texts[1000], want[200];

        assert_int_equal(arena_new(&arena), 0);
        for (int i = 0; i < 1000; i++) {
                (void)snprintf(want, sizeof(want), "%0*d", i % 150 + 1, i);
                texts[i] = arena_copy(arena, want, strlen(want));
                assert_non_null(texts[i]);
        }
        for (int i = 0; i < 1000; i++) {
                (void)snprintf(want, sizeof(want), "%0*d", i % 150 + 1, i);
                assert_string_equal(texts[i], want);
        }
}

static void test_arena_takes_large_and_empty_strings(void **state _unused_)
{
        _cleanup_(arena_freep) Arena *arena = NULL;
        _cleanup_free_ char *large = calloc(1, 1000000);

        assert_non_null(large);
        assert_int_equal(arena_new(&arena), 0);
        memset(large, 'l', 999999);
        assert_string_equal(arena_copy(arena, NULL, 0), "");
        assert_string_equal(arena_copy(arena, large, 999999), large);
        assert_string_equal(arena_copy(arena, "abcdef", 3), "abc");
}

static void test_arena_can_start_over(void **state _unused_)
{
        _cleanup_(arena_freep) Arena *arena = NULL;

        assert_int_equal(arena_new(&arena), 0);
        arena_reset(arena);
        for (int round = 0; round < 1000; round++) {
                assert_string_equal(arena_copy(arena, "abc", 3), "abc");
                arena_reset(arena);
        }
}

static void test_index_remembers_the_first(void **state _unused_)
{
        enum { N = 5000 };
        _cleanup_(index_freep) Index *index = NULL;
        static char keys[N][16];
        size_t value;

        assert_int_equal(index_new(&index), 0);
        assert_false(index_find(index, "0", &value));
        for (size_t i = 0; i < N; i++) {
                (void)snprintf(keys[i], sizeof(keys[i]), "%zu", i);
                assert_int_equal(index_add(index, keys[i], i), 0);
        }
        assert_int_equal(index_add(index, "17", 99), 0);
        for (size_t i = 0; i < N; i++) {
                assert_true(index_find(index, keys[i], &value));
                assert_int_equal(value, i);
        }
        assert_false(index_find(index, "5000", &value));
        assert_false(index_find(index, "", &value));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text_tables_are_split),
                cmocka_unit_test(test_open_quotes_end_the_reading),
                cmocka_unit_test(test_callback_ends_the_reading),
                cmocka_unit_test(test_columns_beyond_the_limit_are_ignored),
                cmocka_unit_test(test_long_cells_are_cut_between_characters),
                cmocka_unit_test(test_encodings_are_recognised),
                cmocka_unit_test(test_what_is_no_text_is_refused),
                cmocka_unit_test(test_xml_is_read_without_prefixes),
                cmocka_unit_test(test_xml_handler_ends_the_reading),
                cmocka_unit_test(test_hostile_xml_is_refused),
                cmocka_unit_test(test_arena_keeps_strings_apart),
                cmocka_unit_test(test_arena_takes_large_and_empty_strings),
                cmocka_unit_test(test_arena_can_start_over),
                cmocka_unit_test(test_index_remembers_the_first),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
