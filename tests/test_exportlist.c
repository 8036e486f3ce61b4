/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/clock.h>
#include <idphoto/exportlist.h>
#include <idphoto/photorow.h>
#include <idphoto/review.h>
#include <idphoto/rosterload.h>

#include <stdlib.h>
#include <time.h>

/* What stands in the two lists of an export. Times are shown as in China, one zone for all. */

static int setup(void **state)
{
        if (setenv("TZ", "CST-8", 1) < 0)
                return -1;
        tzset();
        return fixture_open(state);
}

static void decide(int64_t photo, ReviewEvent event, ReasonCode reason)
{
        ReviewDecision decision = {
                .event = event, .reason = reason, .actor = 1000, .now = fixture_later()};

        assert_int_equal(review_decide(fixture.catalog, photo, &decision), 1);
}

static int64_t approved(const char *id_number, const char *name)
{
        int64_t photo = fixture_accepted(id_number, name);

        decide(photo, REVIEW_APPROVE, _REASON_INVALID);
        return photo;
}

static char *manifest(Language language, bool centre)
{
        size_t size;
        char *text = NULL;

        assert_int_equal(
                export_manifest(fixture.catalog, fixture.batch, language, centre, &text, &size), 0);
        assert_int_equal(strlen(text), size);
        return text;
}

static char *sums(bool centre)
{
        size_t size;
        char *text = NULL;

        assert_int_equal(
                export_sums(fixture.catalog, fixture.batch, LANGUAGE_EN, centre, &text, &size), 0);
        return text;
}

static size_t count(const char *haystack, const char *part)
{
        size_t n = 0;

        while ((haystack = strstr(haystack, part))) {
                haystack += strlen(part);
                n++;
        }
        return n;
}

static void assert_has(const char *text, const char *part)
{
        if (!strstr(text, part))
                fail_msg("'%s' is not in:\n%s", part, text);
}

static void test_an_empty_batch_has_a_heading_and_one_sum(void **state _unused_)
{
        _cleanup_free_ char *csv = manifest(LANGUAGE_EN, true), *text = sums(true);

        assert_string_equal(csv, "\xef\xbb\xbfpoint,id_number,name,student_no,file,bytes,sha256,"
                                 "approved,centre_file,centre_bytes,centre_sha256\r\n");
        assert_int_equal(count(text, "\n"), 1);
        assert_has(text, "  manifest.csv\n");
}

static void test_only_what_is_approved_or_locked_leaves(void **state _unused_)
{
        int64_t locked = approved(FIXTURE_ID_2, "b.jpg"),
                reopened = approved(FIXTURE_ID_3, "c.jpg");
        _cleanup_free_ char *csv = NULL;

        (void)fixture_accepted(FIXTURE_ID, "a.jpg");
        decide(locked, REVIEW_FINAL_PASS, _REASON_INVALID);
        decide(reopened, REVIEW_REOPEN, _REASON_INVALID);
        csv = manifest(LANGUAGE_EN, false);
        assert_int_equal(count(csv, "\r\n"), 2);
        assert_has(csv, FIXTURE_ID_2);
}

static void test_a_row_says_whose_photo_it_is_and_what_it_holds(void **state _unused_)
{
        const RosterStudent student = {
                .id_number = FIXTURE_ID, .name = "=张三", .student_no = "0001", .major = ""};
        Sha256 hash = fixture_hash("photo");
        _cleanup_free_ char *csv = NULL, *expected = NULL;
        char hex[SHA256_HEX_SIZE], when[WALL_TEXT_MAX];

        (void)approved(FIXTURE_ID, "a.jpg");
        (void)wall_to_text(fixture.now, when);
        (void)fixture_roster(student);
        csv = manifest(LANGUAGE_EN, true);
        assert_true(asprintf(&expected,
                             "\r\n\"" FIXTURE_POINT "\",\"=\"\"" FIXTURE_ID
                             "\"\"\",\"'=张三\",\"=\"\"0001\"\"\",\"platform/" FIXTURE_ID
                             ".jpg\",34567,%s,%s,,,\r\n",
                             sha256_to_hex(&hash, hex), when) > 0);
        assert_has(csv, expected);
}

static void test_two_students_of_one_number_have_files_of_their_own(void **state _unused_)
{
        _cleanup_free_ char *one = NULL, *both = NULL, *text = NULL;
        int64_t first = fixture_accepted(FIXTURE_ID, "a.jpg"), second;

        fixture.point = fixture_point("大连分校");
        second = fixture_accepted(FIXTURE_ID, "b.jpg");
        decide(second, REVIEW_APPROVE, _REASON_INVALID);
        /* The name stays when the other one follows. */
        one = manifest(LANGUAGE_EN, false);
        assert_has(one, "\"platform/" FIXTURE_ID " (2).jpg\"");
        assert_int_equal(count(one, "\r\n"), 2);
        decide(first, REVIEW_APPROVE, _REASON_INVALID);
        both = manifest(LANGUAGE_EN, false);
        text = sums(false);
        assert_int_equal(count(both, "\r\n"), 3);
        assert_has(both, "\"platform/" FIXTURE_ID ".jpg\"");
        assert_has(both, "\"platform/" FIXTURE_ID " (2).jpg\"");
        assert_has(text, "  platform/" FIXTURE_ID ".jpg\n");
        assert_has(text, "  platform/" FIXTURE_ID " (2).jpg\n");
}

static void test_a_rendition_is_listed_where_it_is_asked_for(void **state _unused_)
{
        int64_t photo = approved(FIXTURE_ID, "a.jpg");
        Sha256 hash = fixture_blob("centre");
        _cleanup_free_ char *without = NULL, *with = NULL, *text = NULL, *none = NULL;

        (void)approved(FIXTURE_ID_2, "b.jpg");
        assert_int_equal(catalog_set_photo_centre(fixture.catalog, photo, &hash, 123456), 0);
        without = manifest(LANGUAGE_EN, false);
        with = manifest(LANGUAGE_EN, true);
        text = sums(true);
        none = sums(false);
        assert_int_equal(count(without, "centre/"), 0);
        assert_int_equal(count(with, "\"centre/"), 1);
        assert_has(with, "\"centre/" FIXTURE_ID ".jpg\",123456,");
        assert_has(text, "  centre/" FIXTURE_ID ".jpg\n");
        assert_int_equal(count(none, "centre/"), 0);
        assert_int_equal(count(text, "\n"), 4);
}

static void test_a_store_may_speak_chinese(void **state _unused_)
{
        _cleanup_free_ char *csv = NULL;

        (void)approved(FIXTURE_ID, "a.jpg");
        csv = manifest(LANGUAGE_ZH, false);
        assert_has(csv, "教学点,身份证号,姓名,学号,文件,");
        assert_has(csv, "\"平台/" FIXTURE_ID ".jpg\"");
}

static void test_the_sum_of_the_manifest_is_its_sum(void **state _unused_)
{
        _cleanup_free_ char *csv = NULL, *text = NULL, *line = NULL;
        char hex[SHA256_HEX_SIZE];
        Sha256 hash;

        (void)approved(FIXTURE_ID, "a.jpg");
        csv = manifest(LANGUAGE_EN, true);
        text = sums(true);
        assert_int_equal(sha256_data(csv, strlen(csv), &hash), 0);
        assert_true(asprintf(&line, "%s  manifest.csv\n", sha256_to_hex(&hash, hex)) > 0);
        assert_has(text, line);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_an_empty_batch_has_a_heading_and_one_sum),
                fixture_test(test_only_what_is_approved_or_locked_leaves),
                fixture_test(test_a_row_says_whose_photo_it_is_and_what_it_holds),
                fixture_test(test_two_students_of_one_number_have_files_of_their_own),
                fixture_test(test_a_rendition_is_listed_where_it_is_asked_for),
                fixture_test(test_a_store_may_speak_chinese),
                fixture_test(test_the_sum_of_the_manifest_is_its_sum),
        };

        return cmocka_run_group_tests(tests, setup, fixture_close);
}
