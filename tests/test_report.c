/* SPDX-License-Identifier: MIT */
#include <idphoto/view.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char *render(const char *name, const Findings *findings, Language language, bool colour)
{
        char *text = NULL;
        size_t size;

        assert_int_equal(view_report(name, findings, language, colour, &text, &size), 0);
        assert_int_equal(strlen(text), size);
        return text;
}

static size_t count_lines(const char *text)
{
        size_t n = 0;

        for (; *text; text++)
                n += *text == '\n';
        return n;
}

static void test_clean_photo_is_one_line(void **state _unused_)
{
        Findings findings = {0};
        _cleanup_free_ char *en = render("a.jpg", &findings, LANGUAGE_EN, false);
        _cleanup_free_ char *zh = render("a.jpg", &findings, LANGUAGE_ZH, false);

        assert_string_equal(en, "a.jpg: accepted\n");
        assert_string_equal(zh, "a.jpg：合格\n");
}

static void test_each_finding_is_a_line_the_gravest_first(void **state _unused_)
{
        Findings findings = {0};
        _cleanup_free_ char *text = NULL;
        const char *reject, *warn, *fixed;

        (void)findings_add(&findings, REASON_DENSITY_SET, FINDING_FIXED);
        (void)findings_add_value(&findings, REASON_BLUR, FINDING_WARN, 25, 30, NAN);
        (void)findings_add_value(&findings, REASON_EYE_LINE, FINDING_REJECT, 330, 200, 300);
        text = render("a.jpg", &findings, LANGUAGE_EN, false);
        assert_true(text_starts_with(text, "a.jpg: rejected\n"));
        assert_int_equal(count_lines(text), 4);
        reject = strstr(text, "\n  reject  The eyes");
        warn = strstr(text,
                      "\n  warn    The photo is not sharp. (measured 25, allowed at least 30)\n");
        fixed = strstr(text, "\n  fixed   Resolution set to 300 dpi.\n");
        assert_true(reject && warn && fixed && reject < warn && warn < fixed);
        assert_non_null(strstr(text, "(measured 330 pixels, allowed 200 to 300)"));
}

static void test_what_was_not_checked_is_a_note(void **state _unused_)
{
        Findings findings = {0};
        _cleanup_free_ char *text = NULL;

        (void)findings_add(&findings, REASON_FACE_NOT_CHECKED, FINDING_FIXED);
        text = render("a.jpg", &findings, LANGUAGE_EN, false);
        assert_non_null(strstr(text, "\n  note    Face and eyes were not checked"));
}

static void test_warnings_are_counted(void **state _unused_)
{
        Findings findings = {0};
        _cleanup_free_ char *one = NULL, *two = NULL;

        (void)findings_add(&findings, REASON_BLUR, FINDING_WARN);
        one = render("a.jpg", &findings, LANGUAGE_EN, false);
        (void)findings_add(&findings, REASON_NOISE, FINDING_WARN);
        two = render("a.jpg", &findings, LANGUAGE_EN, false);
        assert_non_null(strstr(one, "accepted, with 1 warning\n"));
        assert_non_null(strstr(two, "accepted, with 2 warnings\n"));
}

static void test_colour_only_when_asked(void **state _unused_)
{
        Findings findings = {0};
        _cleanup_free_ char *plain = NULL, *coloured = NULL;

        (void)findings_add(&findings, REASON_BLUR, FINDING_REJECT);
        plain = render("a.jpg", &findings, LANGUAGE_ZH, false);
        coloured = render("a.jpg", &findings, LANGUAGE_ZH, true);
        assert_null(strchr(plain, '\x1b'));
        assert_non_null(strstr(coloured, "\x1b[31m不合格\x1b[0m"));
}

static void test_name_cannot_reach_the_terminal(void **state _unused_)
{
        Findings findings = {0};
        _cleanup_free_ char *text = render("\x1b]0;x\a\n.jpg", &findings, LANGUAGE_EN, false);

        assert_string_equal(text, "?]0;x??.jpg: accepted\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_clean_photo_is_one_line),
                cmocka_unit_test(test_each_finding_is_a_line_the_gravest_first),
                cmocka_unit_test(test_what_was_not_checked_is_a_note),
                cmocka_unit_test(test_warnings_are_counted),
                cmocka_unit_test(test_colour_only_when_asked),
                cmocka_unit_test(test_name_cannot_reach_the_terminal),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
