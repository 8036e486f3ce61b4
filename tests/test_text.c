/* SPDX-License-Identifier: MIT */
#include <idphoto/text.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_well_formed_text_is_valid(void **state _unused_)
{
        static const char *const texts[] = {
                "",
                "plain",
                "沈阳分校",
                "\xf0\xa0\xae\xb7", /* U+20BB7, beyond the BMP */
                "\xf4\x8f\xbf\xbf", /* U+10FFFF */
                "e\xcc\x81",
                "\xee\x80\x80", /* private use */
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                assert_true(utf8_valid(texts[i]));
}

static void test_malformed_text_is_invalid(void **state _unused_)
{
        static const char *const texts[] = {
                "\xff",
                "\x80",
                "\xc3",                 /* cut */
                "a\xe6\xb2",            /* cut */
                "\xc0\xaf",             /* overlong slash */
                "\xe0\x80\xaf",         /* overlong slash */
                "\xf0\x80\x80\xaf",     /* overlong slash */
                "\xed\xa0\x80",         /* surrogate */
                "\xed\xbf\xbf",         /* surrogate */
                "\xf4\x90\x80\x80",     /* above U+10FFFF */
                "\xf8\x88\x80\x80\x80", /* five bytes */
                "\xc9\xf2\xd1\xf4",     /* GBK */
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (utf8_valid(texts[i]))
                        fail_msg("case %zu", i);
}

static void test_controls_are_found(void **state _unused_)
{
        static const char *const bad[] = {"a\n",          "\x1b[0m",      "\x7f",
                                          "\xc2\x85",     "\xe2\x80\xae", "\xe2\x81\xa6",
                                          "\xe2\x80\xa8", "\xff"};
        static const char *const good[] = {"", "a b", "沈阳", "\xc2\xa0", "\xe2\x80\x94"};

        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_true(text_has_control(bad[i]));
        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                assert_false(text_has_control(good[i]));
}

static void test_the_invisible_is_dropped(void **state _unused_)
{
        static const struct {
                const char *text, *visible;
        } cases[] = {
                {"", ""},
                {"a b", "a b"},
                {"\u202a张三.jpg\u202c", "张三.jpg"},
                {"\u2066\u2067\u2068a\u2069", "a"},
                {"a\u200b\u200e\u200f\ufeff\u00ad\u2060\u061cb", "ab"},
                {"\u202d\u202e", ""},
                {"\U0001F468\u200d\U0001F469", "\U0001F468\u200d\U0001F469"},
                {"\xff\u202a", "\xff"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = strdup(cases[i].text);

                assert_non_null(text);
                if (utf8_valid(text))
                        assert_int_equal(text_is_plain(text), strcmp(text, cases[i].visible) == 0);
                text_drop_invisible(text);
                assert_string_equal(text, cases[i].visible);
        }
        assert_false(text_is_plain("a\n"));
}

static void test_folding_makes_forms_alike(void **state _unused_)
{
        static const struct {
                const char *a, *b;
        } pairs[] = {
                {"re\xcc\x81sume\xcc\x81", "r\xc3\xa9sum\xc3\xa9"}, /* decomposed, composed */
                {"\xe3\x81\x8b\xe3\x82\x99", "\xe3\x81\x8c"},       /* kana with voicing mark */
                {"ＡＢＣ１２３．ｊｐｇ", "ABC123.jpg"},
                {"（１）", "(1)"},
                {"\xef\xbd\xb6", "\xe3\x82\xab"}, /* half width kana */
                {"\xe3\x80\x80", " "},            /* ideographic space */
                {"\xef\xa4\x80", "\xe8\xb1\x88"}, /* compatibility ideograph */
        };

        for (size_t i = 0; i < ELEMENTSOF(pairs); i++) {
                _cleanup_free_ char *a = NULL, *b = NULL;

                assert_int_equal(text_fold(pairs[i].a, &a), 0);
                assert_int_equal(text_fold(pairs[i].b, &b), 0);
                assert_string_equal(a, b);
        }
}

static void test_folding_keeps_case(void **state _unused_)
{
        _cleanup_free_ char *folded = NULL;

        assert_int_equal(text_fold("Abc", &folded), 0);
        assert_string_equal(folded, "Abc");
}

static void test_folding_refuses_malformed_text(void **state _unused_)
{
        char *folded = NULL;

        assert_int_equal(text_fold("a\xff", &folded), -EILSEQ);
        assert_int_equal(text_fold("\xed\xa0\x80", &folded), -EILSEQ);
        assert_null(folded);
}

static void test_wide_characters_take_two_columns(void **state _unused_)
{
        assert_int_equal(text_columns(""), 0);
        assert_int_equal(text_columns("abc"), 3);
        assert_int_equal(text_columns("沈阳"), 4);
        assert_int_equal(text_columns("ＡＢ"), 4);
        assert_int_equal(text_columns("e\xcc\x81"), 1);
        assert_int_equal(text_columns("\xf0\xa0\xae\xb7"), 2);
        assert_int_equal(text_columns("a\xff"), 2);
}

static void test_prefix_never_cuts_a_character(void **state _unused_)
{
        assert_int_equal(text_prefix("abc", 10), 3);
        assert_int_equal(text_prefix("abc", 3), 3);
        assert_int_equal(text_prefix("abc", 2), 2);
        assert_int_equal(text_prefix("沈阳", 6), 6);
        assert_int_equal(text_prefix("沈阳", 5), 3);
        assert_int_equal(text_prefix("沈阳", 2), 0);
        assert_int_equal(text_prefix("", 0), 0);
}

static void test_beginnings_and_ends_are_compared(void **state _unused_)
{
        assert_true(text_starts_with("abc", "ab"));
        assert_true(text_starts_with("abc", ""));
        assert_false(text_starts_with("ab", "abc"));
        assert_true(text_ends_with("a.jpg", ".jpg"));
        assert_false(text_ends_with("a.JPG", ".jpg"));
        assert_false(text_ends_with("g", "jpg"));
        assert_true(text_ends_with_nocase("a.JPG", ".jpg"));
        assert_false(text_ends_with_nocase("pg", ".jpg"));
}

static void test_text_grows_piece_by_piece(void **state _unused_)
{
        _cleanup_text_ Text text = {0};
        _cleanup_free_ char *result = NULL;
        size_t size = 0;

        for (int i = 0; i < 1000; i++)
                text_printf(&text, "%d,", i % 10);
        text_append(&text, "end");
        text_append_data(&text, "\0x", 2);
        assert_int_equal(text_take(&text, &result, &size), 0);
        assert_int_equal(size, 2005);
        assert_string_equal(result + 1996, "8,9,end");
        assert_int_equal(result[2004], 'x');
        assert_int_equal(result[2005], '\0');
}

static void test_nothing_appended_is_an_empty_string(void **state _unused_)
{
        _cleanup_text_ Text text = {0};
        _cleanup_free_ char *result = NULL;

        assert_int_equal(text_take(&text, &result, NULL), 0);
        assert_string_equal(result, "");
        /* The builder can be used again. */
        text_append(&text, "again");
        assert_string_equal(text.data, "again");
}

static void test_failure_sticks(void **state _unused_)
{
        _cleanup_text_ Text text = {0};
        char *result = NULL;

        text_append(&text, "a");
        text_append_data(&text, "b", SIZE_MAX - 1);
        assert_int_equal(text.error, -ENOMEM);
        text_append(&text, "c");
        assert_int_equal(text_take(&text, &result, NULL), -ENOMEM);
        assert_null(result);
}

static void test_padding_counts_columns(void **state _unused_)
{
        _cleanup_text_ Text text = {0};

        text_append_padded(&text, "沈阳", 6);
        text_append_padded(&text, "abcdef", 3);
        text_append_padded(&text, "", 2);
        assert_string_equal(text.data, "沈阳  abcdef  ");
}

static void test_languages_have_names(void **state _unused_)
{
        assert_int_equal(language_from_string("en"), LANGUAGE_EN);
        assert_int_equal(language_from_string("zh"), LANGUAGE_ZH);
        assert_int_equal(language_from_string("EN"), _LANGUAGE_INVALID);
        assert_int_equal(language_from_string(""), _LANGUAGE_INVALID);
        assert_string_equal(language_to_string(LANGUAGE_ZH), "zh");
        assert_null(language_to_string(_LANGUAGE_MAX));
        assert_null(language_to_string(_LANGUAGE_INVALID));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_well_formed_text_is_valid),
                cmocka_unit_test(test_malformed_text_is_invalid),
                cmocka_unit_test(test_controls_are_found),
                cmocka_unit_test(test_the_invisible_is_dropped),
                cmocka_unit_test(test_folding_makes_forms_alike),
                cmocka_unit_test(test_folding_keeps_case),
                cmocka_unit_test(test_folding_refuses_malformed_text),
                cmocka_unit_test(test_wide_characters_take_two_columns),
                cmocka_unit_test(test_prefix_never_cuts_a_character),
                cmocka_unit_test(test_beginnings_and_ends_are_compared),
                cmocka_unit_test(test_text_grows_piece_by_piece),
                cmocka_unit_test(test_nothing_appended_is_an_empty_string),
                cmocka_unit_test(test_failure_sticks),
                cmocka_unit_test(test_padding_counts_columns),
                cmocka_unit_test(test_languages_have_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
