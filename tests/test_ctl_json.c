/* SPDX-License-Identifier: MIT */
#include "ctl/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_a_tree_gets_its_commas_and_colons(void **state _unused_)
{
        _cleanup_json_ JsonWriter json = {};

        json_open(&json, '[');
        json_open(&json, '{');
        json_key(&json, "a");
        json_integer(&json, -5);
        json_key(&json, "b");
        json_open(&json, '[');
        json_close(&json, ']');
        json_key(&json, "c");
        json_bool(&json, true);
        json_close(&json, '}');
        json_null(&json);
        json_open(&json, '{');
        json_close(&json, '}');
        json_close(&json, ']');
        assert_int_equal(json.text.error, 0);
        assert_string_equal(json.text.data, "[{\"a\": -5, \"b\": [], \"c\": true}, null, {}]");
}

static void test_strings_are_escaped_and_always_utf8(void **state _unused_)
{
        static const struct {
                const char *value;
                const char *json;
        } cases[] = {
                {"", "\"\""},
                {"plain", "\"plain\""},
                {"沈阳", "\"沈阳\""},
                {"a\"b\\c", "\"a\\\"b\\\\c\""},
                {"line\nnext\ttab", "\"line\\nnext\\ttab\""},
                {"\033[31m\x7f", "\"\\u001b[31m\\u007f\""},
                {"\xc2\x9b[2J", "\"\\u009b[2J\""},
                {"a\xe2\x80\xa8z\xe2\x80\xae", "\"a\\u2028z\\u202e\""},
                {"\xff", "\"\xef\xbf\xbd\""},
                {"a\xe6\xb2z", "\"a\xef\xbf\xbd\xef\xbf\xbdz\""},
                {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
                {NULL, "null"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_json_ JsonWriter json = {};

                json_string(&json, cases[i].value);
                assert_string_equal(json.text.data, cases[i].json);
        }
}

static void test_numbers_read_back_as_themselves(void **state _unused_)
{
        static const struct {
                double value;
                const char *json;
        } cases[] = {
                {0, "0"},
                {480, "480"},
                {0.1, "0.1"},
                {-2.5, "-2.5"},
                {1.0 / 3, "0.33333333333333331"},
                {NAN, "null"},
                {INFINITY, "null"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_json_ JsonWriter json = {};

                json_number(&json, cases[i].value);
                assert_string_equal(json.text.data, cases[i].json);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_tree_gets_its_commas_and_colons),
                cmocka_unit_test(test_strings_are_escaped_and_always_utf8),
                cmocka_unit_test(test_numbers_read_back_as_themselves),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
