/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/gravity.h>
#include <idphoto/photorow.h>
#include <idphoto/reviewpage.h>
#include <idphoto/standing.h>

#include <math.h>

/* The pages to review by: what waits, in which order, and with which links [R8]. */

typedef enum Which { POINT_PAGE, POINTS_PAGE, BATCH_PAGE } Which;

static char *page(Which which, Language language, size_t max_cards)
{
        const PageOptions options = {
                .language = language, .names = language, .max_cards = max_cards};
        Catalog *c = fixture.catalog;
        char *text;
        size_t size;
        int r = which == POINT_PAGE ? review_page_of_point(c, fixture.batch, fixture.point,
                                                           &options, &text, &size)
                : which == POINTS_PAGE
                        ? review_page_of_points(c, fixture.batch, &options, &text, &size)
                        : review_page_of_batch(c, fixture.batch, &options, &text, &size);

        assert_int_equal(r, 0);
        assert_int_equal(strlen(text), size);
        assert_true(utf8_valid(text));
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

/* Each part behind the one before. */
static void expect_order(const char *text, const char *const *parts, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                text = strstr(text, parts[i]);
                if (!text)
                        fail_msg("'%s' is not where it should be", parts[i]);
        }
}

#define IN_ORDER(text, ...) \
        expect_order(text, (const char *const[]){__VA_ARGS__}, \
                     ELEMENTSOF(((const char *const[]){__VA_ARGS__})))

/* A pending photo with these warnings. */
static int64_t waiting(const char *id_number, const Findings *findings)
{
        int64_t photo = fixture_accepted(id_number, id_number);
        _cleanup_photo_ PhotoRow row = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, photo, &row), 1);
        assert_int_equal(catalog_set_findings(fixture.catalog, row.submission, findings), 0);
        return photo;
}

static int64_t tilted(const char *id_number, double degrees)
{
        Findings findings = {};

        findings_add_value(&findings, REASON_HEAD_TILT, FINDING_WARN, degrees, NAN, 6);
        return waiting(id_number, &findings);
}

static int64_t clear(const char *id_number)
{
        return waiting(id_number, &(Findings){});
}

/* ---- order ---- */

static void test_the_gravest_come_first(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        Findings two = {};

        (void)clear("219999199001010059");
        (void)tilted(FIXTURE_ID, 7);
        (void)tilted(FIXTURE_ID_2, 11);
        findings_add_value(&two, REASON_HEAD_TILT, FINDING_WARN, 6.5, NAN, 6);
        findings_add_value(&two, REASON_EYE_LINE, FINDING_WARN, 190, 200, 300);
        (void)waiting(FIXTURE_ID_3, &two);
        text = page(POINT_PAGE, LANGUAGE_EN, 0);
        IN_ORDER(text, "4 photos wait for review", "3 with warnings",
                 "<p class=\"number\">" FIXTURE_ID_3, "measured 190",
                 "<p class=\"number\">" FIXTURE_ID_2, "measured 11 degrees",
                 "<p class=\"number\">" FIXTURE_ID "<", "<p class=\"number\">219999199001010059");
        IN_ORDER(text, "2 warnings", "The head is tilted.", "allowed at most 6");
}

static void test_what_cannot_be_measured_is_grave_in_part(void **state _unused_)
{
        Findings findings = {};
        StandingRow row = {.student = 1, .findings = &findings};
        Gravity unmeasured, slightly, far;

        findings_add(&findings, REASON_SEVERAL_FACES, FINDING_WARN);
        unmeasured = gravity_of(&row);
        findings.n = 0;
        findings_add_value(&findings, REASON_HEAD_TILT, FINDING_WARN, 6.6, NAN, 6);
        slightly = gravity_of(&row);
        findings.n = 0;
        findings_add_value(&findings, REASON_BLUR, FINDING_WARN, 3, 30, NAN);
        far = gravity_of(&row);
        assert_true(gravity_compare(&far, &unmeasured) < 0);
        assert_true(gravity_compare(&unmeasured, &slightly) < 0);
        /* What was only put right speaks against nobody. */
        findings.items[0].level = FINDING_FIXED;
        assert_int_equal(gravity_of(&row).warnings, 0);
}

static void test_a_page_that_is_full_keeps_the_gravest(void **state _unused_)
{
        enum { MOST = 3, ALL = 40 };
        _cleanup_free_ char *text = NULL;
        char number[ALL][32];

        /* Grave and slight ones in turn, so that each cut leaves out some of both. */
        for (int i = 0; i < ALL; i++) {
                (void)snprintf(number[i], sizeof(number[i]), "21999919900101%04d", i);
                (void)tilted(number[i], 6.1 + (i * 7) % ALL * 0.1);
        }
        text = page(POINT_PAGE, LANGUAGE_EN, MOST);
        expect(text, "40 photos wait for review · 40 with warnings");
        expect(text, "the first 3 of 40");
        /* i * 7 % 40 is 39, 38 and 37 for these. */
        IN_ORDER(text, number[17], number[34], number[11], "</ul>");
        expect_not(text, number[28]);
}

/* ---- what is on it ---- */

static void test_only_what_waits_is_on_the_page(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        int64_t approved = clear(FIXTURE_ID);
        _cleanup_photo_ PhotoRow row = {};

        assert_int_equal(catalog_get_photo(fixture.catalog, approved, &row), 1);
        assert_int_equal(
                catalog_set_student(fixture.catalog, row.student, REVIEW_APPROVED, approved), 0);
        (void)fixture_listed_student(FIXTURE_ID_2);
        (void)fixture_rejected("IMG_1.jpg", REASON_BLUR);
        text = page(POINT_PAGE, LANGUAGE_EN, 0);
        expect(text, "0 photos wait for review");
        expect(text, "No photo waits for review.");
        expect_not(text, FIXTURE_ID);
        expect_not(text, FIXTURE_ID_2);
        expect_not(text, "IMG_1");
}

static void test_photos_are_linked_from_where_the_page_lies(void **state _unused_)
{
        _cleanup_free_ char *point = NULL, *batch = NULL, *points = NULL, *zh = NULL;

        (void)tilted(FIXTURE_ID, 9);
        point = page(POINT_PAGE, LANGUAGE_EN, 0);
        expect(point, "src=\"" FIXTURE_ID ".jpg\"");
        expect(point, "<use href=\"#guide\"/>");
        expect(point, "data-point=\"" FIXTURE_POINT "\"");
        batch = page(BATCH_PAGE, LANGUAGE_EN, 0);
        expect(batch, "src=\"pending/%E6%B2%88%E9%98%B3%E5%88%86%E6%A0%A1/" FIXTURE_ID ".jpg\"");
        expect(batch, "<p class=\"point\">" FIXTURE_POINT "</p>");
        expect(batch, "href=\"pending/%E6%B2%88%E9%98%B3%E5%88%86%E6%A0%A1/index.html\"");
        points = page(POINTS_PAGE, LANGUAGE_EN, 0);
        expect(points, "href=\"%E6%B2%88%E9%98%B3%E5%88%86%E6%A0%A1/index.html\"");
        zh = page(BATCH_PAGE, LANGUAGE_ZH, 0);
        expect(zh, "src=\"%E5%BE%85%E5%AE%A1/");
        expect(zh, "1 张照片待审");
}

static void test_the_table_tells_what_waits_and_names_nobody(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;

        (void)tilted(FIXTURE_ID, 9);
        (void)clear(FIXTURE_ID_2);
        (void)fixture_point("大连");
        text = page(POINTS_PAGE, LANGUAGE_EN, 0);
        IN_ORDER(text, FIXTURE_POINT, "<td class=\"pending\">2</td><td class=\"warned\">1</td>");
        expect(text, "Teaching points where nothing waits: 1.");
        expect_not(text, "大连");
        expect_not(text, FIXTURE_ID);
        expect(text, "script-src 'none'");
}

static void test_the_office_counts_every_point(void **state _unused_)
{
        _cleanup_free_ char *text = NULL;
        int64_t first = fixture.point;

        (void)tilted(FIXTURE_ID, 9);
        fixture.point = fixture_point("大连");
        (void)clear(FIXTURE_ID_2);
        (void)tilted(FIXTURE_ID_3, 8);
        text = page(BATCH_PAGE, LANGUAGE_EN, 0);
        fixture.point = first;
        IN_ORDER(text, ">" FIXTURE_POINT "</a>", "<td class=\"warned\">1</td>", ">大连</a>",
                 "<td class=\"pending\">2</td>", "<td class=\"warned\">1</td>",
                 "<td class=\"pending\">3</td>", "<td class=\"warned\">2</td>");
        IN_ORDER(text, "<ul class=\"cards review\">", FIXTURE_ID, FIXTURE_ID_3, FIXTURE_ID_2);
}

static void test_names_stay_texts_and_nothing_else_may_run(void **state _unused_)
{
        RosterStudent student = {.id_number = FIXTURE_ID, .name = "<script>alert(1)</script>"};
        _cleanup_free_ char *text = NULL;

        (void)clear(FIXTURE_ID);
        (void)fixture_roster(student);
        text = page(POINT_PAGE, LANGUAGE_EN, 0);
        expect(text, "&lt;script&gt;alert(1)&lt;/script&gt;");
        expect_not(text, "<script>alert");
        expect_not(text, " style=");
        expect_not(text, "unsafe");
        expect_not(text, "https://");
}

static void test_every_decision_can_be_chosen(void **state _unused_)
{
        _cleanup_free_ char *en = page(POINT_PAGE, LANGUAGE_EN, 0),
                            *zh = page(POINT_PAGE, LANGUAGE_ZH, 0);
        ReasonCode reason;

        for (size_t i = 0; (reason = reason_decision(i)) >= 0; i++) {
                char option[128];

                (void)snprintf(option, sizeof(option), "<option value=\"%s\" data-folder=\"%s\">",
                               reason_to_string(reason), reason_folder(reason, LANGUAGE_EN));
                expect(en, option);
                (void)snprintf(option, sizeof(option), "<option value=\"%s\" data-folder=\"%s\">",
                               reason_to_string(reason), reason_folder(reason, LANGUAGE_ZH));
                expect(zh, option);
        }
}

static void test_there_is_no_page_of_no_point(void **state _unused_)
{
        PageOptions options = {};
        char *text;
        size_t size;

        assert_int_equal(
                review_page_of_point(fixture.catalog, fixture.batch, 4711, &options, &text, &size),
                -ENOENT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_the_gravest_come_first),
                fixture_test(test_what_cannot_be_measured_is_grave_in_part),
                fixture_test(test_a_page_that_is_full_keeps_the_gravest),
                fixture_test(test_only_what_waits_is_on_the_page),
                fixture_test(test_photos_are_linked_from_where_the_page_lies),
                fixture_test(test_the_table_tells_what_waits_and_names_nobody),
                fixture_test(test_the_office_counts_every_point),
                fixture_test(test_names_stay_texts_and_nothing_else_may_run),
                fixture_test(test_every_decision_can_be_chosen),
                fixture_test(test_there_is_no_page_of_no_point),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
