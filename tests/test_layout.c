/* SPDX-License-Identifier: MIT */
#include <view/layout.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Calls back for each line, without its LF; fails unless the last line ends too. */
static void each_line(const char *text, void (*check)(const char *line))
{
        _cleanup_free_ char *copy = strdup(text);
        char *line = copy, *end;

        assert_non_null(copy);
        while ((end = strchr(line, '\n'))) {
                *end = '\0';
                check(line);
                line = end + 1;
        }
        assert_string_equal(line, "");
}

static void line_fits(const char *line)
{
        assert_true(utf8_valid(line));
        assert_true(text_columns(line) <= LAYOUT_WIDTH);
}

static void line_starts_well(const char *line)
{
        static const char *const closing[] = {"，", "。", "、", "）", "”", "："};

        line += strspn(line, " ");
        for (size_t i = 0; i < ELEMENTSOF(closing); i++)
                assert_false(text_starts_with(line, closing[i]));
}

static void line_ends_well(const char *line)
{
        assert_false(text_ends_with(line, "（"));
        assert_false(text_ends_with(line, "“"));
        assert_false(text_ends_with(line, " "));
}

static void test_words_are_wrapped_at_blanks(void **state _unused_)
{
        _cleanup_text_ Text text = {0};

        for (int i = 0; i < 40; i++)
                text_append(&text, "seven77 ");
        {
                _cleanup_text_ Text out = {0};

                layout_append_wrapped(&out, text.data, 0, 4);
                each_line(out.data, line_fits);
                each_line(out.data, line_ends_well);
                assert_non_null(strstr(out.data, "seven77\n    seven77"));
        }
}

static void test_chinese_is_wrapped_between_characters(void **state _unused_)
{
        _cleanup_text_ Text out = {0}, text = {0};

        for (int i = 0; i < 20; i++)
                text_append(&text, "照片不清晰，请重新拍摄（原图）。设为“文本”格式");
        layout_append_wrapped(&out, text.data, 2, 4);
        each_line(out.data, line_starts_well);
        each_line(out.data, line_ends_well);
}

static void test_wrapping_keeps_every_character(void **state _unused_)
{
        const char *s = "照片abc def（原图 x）。The end, 480×640 像素 and more "
                        "照片照片照片照片照片照片照片照片照片照片";
        _cleanup_text_ Text out = {0}, squeezed = {0}, expected = {0};

        layout_append_wrapped(&out, s, 0, 3);
        for (const char *p = out.data; *p; p++)
                if (*p != ' ' && *p != '\n')
                        text_append_data(&squeezed, p, 1);
        for (const char *p = s; *p; p++)
                if (*p != ' ')
                        text_append_data(&expected, p, 1);
        assert_string_equal(squeezed.data, expected.data);
}

static void test_long_word_is_not_broken(void **state _unused_)
{
        char word[201];
        _cleanup_text_ Text out = {0};

        memset(word, 'w', 200);
        word[200] = '\0';
        layout_append_wrapped(&out, word, 0, 2);
        assert_int_equal(out.size, 201);
}

static void test_controls_and_damage_are_shown_as_question_marks(void **state _unused_)
{
        _cleanup_text_ Text text = {0};

        layout_append_clean(&text, "a\x1b[31mb\nc\xff张\xe2\x80\xae?");
        assert_string_equal(text.data, "a?[31mb?c?张?");
        assert_int_equal(layout_clean_columns("a\x1b[31mb\nc\xff张\xe2\x80\xae?"),
                         text_columns(text.data));
}

static void test_counts_are_right_aligned(void **state _unused_)
{
        _cleanup_text_ Text text = {0};

        layout_append_count(&text, 42, 5);
        layout_append_count(&text, UINT64_MAX, 5);
        layout_append_right(&text, "学生", 6);
        assert_string_equal(text.data, "   4218446744073709551615  学生");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words_are_wrapped_at_blanks),
                cmocka_unit_test(test_chinese_is_wrapped_between_characters),
                cmocka_unit_test(test_wrapping_keeps_every_character),
                cmocka_unit_test(test_long_word_is_not_broken),
                cmocka_unit_test(test_controls_and_damage_are_shown_as_question_marks),
                cmocka_unit_test(test_counts_are_right_aligned),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
