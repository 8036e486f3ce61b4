/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/page.h>
#include <idphoto/photorow.h>
#include <idphoto/rosterload.h>
#include <idphoto/student.h>
#include <idphoto/submission.h>

#include <math.h>

#include "view/html.h"

static char *page_text(Language language)
{
        PageOptions options = {.language = language, .names = language};
        char *text;
        size_t size;

        assert_int_equal(page_of_point(fixture.catalog, fixture.batch, fixture.point, &options,
                                       &text, &size),
                         0);
        assert_int_equal(strlen(text), size);
        return text;
}

static char *batch_text(void)
{
        PageOptions options = {.language = LANGUAGE_ZH, .names = LANGUAGE_ZH};
        char *text;
        size_t size;

        assert_int_equal(page_of_batch(fixture.catalog, fixture.batch, &options, &text, &size), 0);
        assert_int_equal(strlen(text), size);
        return text;
}

static void expect(const char *text, const char *part)
{
        if (!strstr(text, part))
                fail_msg("the page has no '%s'", part);
}

static void expect_not(const char *text, const char *part)
{
        if (strstr(text, part))
                fail_msg("the page has '%s'", part);
}

static void put_on_roster(const char *number, const char *name, const char *class_name)
{
        RosterStudent student = {
                .id_number = number,
                .name = name,
                .student_no = "S2024001",
                .class_name = class_name,
        };

        (void)fixture_roster(student);
}

/* ---- escaping ---- */

static void test_markup_becomes_a_text(void **state _unused_)
{
        static const struct {
                const char *in;
                const char *out;
        } cases[] = {
                {"张三", "张三"},
                {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
                {"a\" onload='x", "a&quot; onload=&#39;x"},
                {"&amp;", "&amp;amp;"},
                {"a\nb\x7f", "a?b?"},
                {"\xe2\x80\xae"
                 "abc",
                 "abc"},
                {"\xff<", "?&lt;"},
                {"", ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_text_ Text text = {};

                text_append(&text, "");
                html_append(&text, cases[i].in);
                assert_string_equal(text.data ? text.data : "", cases[i].out);
        }
}

static void test_a_name_is_one_segment_of_an_address(void **state _unused_)
{
        static const struct {
                const char *in;
                const char *out;
        } cases[] = {
                {"IMG_2031.jpg", "IMG_2031.jpg"},
                {"javascript:alert(1)", "javascript%3Aalert%281%29"},
                {"a b#c?d%e", "a%20b%23c%3Fd%25e"},
                {"../\"><b>", "..%2F%22%3E%3Cb%3E"},
                {"张", "%E5%BC%A0"},
                {"..", ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_text_ Text text = {};

                html_append_segment(&text, cases[i].in);
                assert_string_equal(text.data ? text.data : "", cases[i].out);
        }
}

static void test_base64_of_every_length(void **state _unused_)
{
        static const char *const cases[][2] = {
                {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_text_ Text text = {};

                html_append_base64(&text, cases[i][0], strlen(cases[i][0]));
                assert_string_equal(text.data ? text.data : "", cases[i][1]);
        }
}

/* ---- the page of a point ---- */

static void test_a_hostile_name_stays_a_text(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;

        put_on_roster(FIXTURE_ID, "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>");
        text = page_text(LANGUAGE_EN);
        expect(text, "&lt;script&gt;alert(1)&lt;/script&gt;");
        expect_not(text, "<script>alert");
        expect_not(text, "<img src=x");
}

static void test_a_photo_is_a_picture_with_guide_lines(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        put_on_roster(FIXTURE_ID, "张三", "一班");
        text = page_text(LANGUAGE_EN);
        expect(text, "src=\"" FIXTURE_ID ".jpg\"");
        expect(text, "loading=\"lazy\"");
        expect(text, "<use href=\"#guide\"/>");
        expect(text, "data-state=\"pending\"");
        expect(text, "张三");
        expect(text, "S2024001 · 一班");
        expect(text, "Batch 202601 · 1 student");
}

static void test_a_rejected_file_is_linked_with_its_reason(void **state _unused_)
{
        _cleanup_free_ char *en = NULL, *zh = NULL;
        int64_t student = fixture_listed_student(FIXTURE_ID);
        int64_t file = fixture_rejected("x y#1.jpg", REASON_BLUR);
        Findings findings = {};

        findings_add_value(&findings, REASON_TOO_SMALL, FINDING_REJECT, 358, 480, NAN)->measured2 =
                441;
        assert_int_equal(catalog_set_findings(fixture.catalog, file, &findings), 0);
        assert_int_equal(catalog_set_submission_student(fixture.catalog, file, student), 0);
        assert_int_equal(catalog_set_student(fixture.catalog, student, REVIEW_REJECTED, 0), 0);
        en = page_text(LANGUAGE_EN);
        expect(en, "href=\"rejected/x%20y%231.jpg\"");
        expect(en, "data-why=\"too-small\"");
        expect(en, "measured 358 x 441 pixels");
        expect(en, "<dt id=\"why-too-small\">");
        expect(en, "<img class=\"original\" loading=\"lazy\" decoding=\"async\" alt=\"\" "
                   "src=\"rejected/x%20y%231.jpg\">");
        zh = page_text(LANGUAGE_ZH);
        expect(zh, "href=\"%E9%A9%B3%E5%9B%9E/x%20y%231.jpg\"");
        expect(zh, "实测 358");
        expect(zh, "lang=\"zh-CN\"");
}

static void test_what_no_browser_shows_is_no_picture(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;

        (void)fixture_rejected("notes.jpg", REASON_FORMAT_TEXT);
        text = page_text(LANGUAGE_EN);
        expect(text, "href=\"rejected/notes.jpg\"");
        expect_not(text, "<img");
}

static void test_files_are_counted_apart_from_students(void **state _unused_)
{
        _cleanup_free_ char *en = NULL, *zh = NULL;

        (void)fixture_listed_student(FIXTURE_ID);
        (void)fixture_accepted(FIXTURE_ID_2, "a.jpg");
        (void)fixture_rejected("IMG_1.jpg", REASON_BLUR);
        (void)fixture_rejected("IMG_2.jpg", REASON_BLUR);
        en = page_text(LANGUAGE_EN);
        expect(en, "All <b>2</b>");
        expect(en, "Unmatched <b>2</b>");
        expect(en, "<section class=\"strays\">\n<h2>Unmatched</h2>");
        zh = page_text(LANGUAGE_ZH);
        expect(zh, "<h2>未对应学生</h2>");
}

static void test_a_rejected_file_of_nobody_has_a_card(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;

        (void)fixture_rejected("<b>.jpg", REASON_NAME_NO_NUMBER);
        text = page_text(LANGUAGE_EN);
        expect(text, "data-state=\"stray\"");
        expect(text, "href=\"rejected/%3Cb%3E.jpg\"");
        expect(text, ">&lt;b&gt;.jpg</a></h2>");
}

static void test_a_reviewer_s_words_are_shown(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        int64_t photo = fixture_accepted(FIXTURE_ID, "a.jpg");

        assert_int_equal(catalog_set_photo_decision(fixture.catalog, photo, REASON_HAIR,
                                                    "above <both> brows"),
                         0);
        text = page_text(LANGUAGE_EN);
        expect(text, "data-why=\"hair ");
        expect(text, "<blockquote>above &lt;both&gt; brows</blockquote>");
}

static void test_the_page_forbids_itself_everything_else(void **state _unused_)
{
        _cleanup_free_ char *text = page_text(LANGUAGE_EN);

        expect(text, "default-src 'none'; img-src 'self' file: data:; style-src 'sha256-");
        expect(text, "script-src 'sha256-");
        expect_not(text, "http://");
        expect_not(text, "https://");
        expect_not(text, " style=");
        expect_not(text, "unsafe");
}

static void test_the_same_catalog_makes_the_same_page(void **state _unused_)
{
        _cleanup_free_ char *once = NULL, *twice = NULL;

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        once = page_text(LANGUAGE_ZH);
        twice = page_text(LANGUAGE_ZH);
        assert_string_equal(once, twice);
}

static int put_picture(const Sha256 *blob _unused_, Text *text, void *userdata)
{
        text_append(text, userdata);
        return 0;
}

static void test_embedded_pictures_need_no_files(void **state _unused_)
{
        PageOptions options = {.picture = put_picture, .userdata = (void *)"data:image/jpeg;,x"};
        _cleanup_free_ char *text = NULL;
        size_t size;

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        (void)fixture_rejected("b.jpg", REASON_BLUR);
        assert_int_equal(page_of_point(fixture.catalog, fixture.batch, fixture.point, &options,
                                       &text, &size),
                         0);
        expect(text, "src=\"data:image/jpeg;,x\"");
        expect_not(text, FIXTURE_ID ".jpg");
        expect_not(text, "rejected/");
}

static void test_a_point_too_large_for_a_page_is_counted_whole(void **state _unused_)
{
        PageOptions options = {.max_cards = 1};
        _cleanup_free_ char *text = NULL;
        size_t size;

        (void)fixture_listed_student(FIXTURE_ID);
        (void)fixture_listed_student(FIXTURE_ID_2);
        (void)fixture_accepted(FIXTURE_ID_3, "a.jpg");
        assert_int_equal(page_of_point(fixture.catalog, fixture.batch, fixture.point, &options,
                                       &text, &size),
                         0);
        expect(text, "the first 1 of 3 students");
        expect(text, FIXTURE_ID);
        expect_not(text, FIXTURE_ID_2);
        expect(text, "missing <b>2</b>");
        expect(text, "pending <b>1</b>");
}

static void test_there_is_no_page_of_no_point(void **state _unused_)
{
        PageOptions options = {};
        char *text;
        size_t size;

        assert_int_equal(
                page_of_point(fixture.catalog, fixture.batch, 4711, &options, &text, &size),
                -ENOENT);
}

/* ---- the page of the batch ---- */

static void test_the_batch_s_page_counts_and_names_nobody(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;

        (void)fixture_accepted(FIXTURE_ID_2, "a.jpg");
        text = batch_text();
        /* Without a roster nobody knows how many there should be. */
        expect_not(text, "<svg class=\"bar\"");
        free(TAKE_PTR(text));
        put_on_roster(FIXTURE_ID, "张三", "一班");
        (void)fixture_rejected("李四.jpg", REASON_BLUR);
        (void)fixture_point("a&b #1");
        text = batch_text();
        expect(text, FIXTURE_POINT);
        expect(text, "href=\"%E6%B2%88%E9%98%B3%E5%88%86%E6%A0%A1/%E6%80%BB%E8%A7%88.html\"");
        expect(text, "a&amp;b #1");
        expect(text, "href=\"a%26b%20%231/");
        expect(text, "<td class=\"pending\">1</td>");
        expect(text, "<svg class=\"bar\"");
        expect_not(text, FIXTURE_ID);
        expect_not(text, FIXTURE_ID_2);
        expect_not(text, "张三");
        expect_not(text, "李四");
        expect_not(text, "S2024001");
        expect(text, "script-src 'none'");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_markup_becomes_a_text),
                fixture_test(test_a_name_is_one_segment_of_an_address),
                fixture_test(test_base64_of_every_length),
                fixture_test(test_a_hostile_name_stays_a_text),
                fixture_test(test_a_photo_is_a_picture_with_guide_lines),
                fixture_test(test_a_rejected_file_is_linked_with_its_reason),
                fixture_test(test_what_no_browser_shows_is_no_picture),
                fixture_test(test_files_are_counted_apart_from_students),
                fixture_test(test_a_rejected_file_of_nobody_has_a_card),
                fixture_test(test_a_reviewer_s_words_are_shown),
                fixture_test(test_the_page_forbids_itself_everything_else),
                fixture_test(test_the_same_catalog_makes_the_same_page),
                fixture_test(test_embedded_pictures_need_no_files),
                fixture_test(test_a_point_too_large_for_a_page_is_counted_whole),
                fixture_test(test_there_is_no_page_of_no_point),
                fixture_test(test_the_batch_s_page_counts_and_names_nobody),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
