/* SPDX-License-Identifier: MIT */
#include <idphoto/config.h>
#include <idphoto/view.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char *render(const ReasonFileModel *model, Language language)
{
        char *text = NULL;
        size_t size;

        assert_int_equal(view_reason_file(model, language, &text, &size), 0);
        assert_int_equal(strlen(text), size);
        assert_true(utf8_valid(text));
        assert_true(text_ends_with(text, "\r\n"));
        for (const char *p = text; (p = strchr(p, '\n')); p++)
                assert_true(p > text && p[-1] == '\r');
        return text;
}

static void add_picture_findings(Findings *findings)
{
        Finding *small;

        (void)findings_add(findings, REASON_RESIZED, FINDING_FIXED);
        (void)findings_add_value(findings, REASON_NOISE, FINDING_WARN, 1.7, NAN, 1.5);
        small = findings_add_value(findings, REASON_TOO_SMALL, FINDING_REJECT, 358, 480, NAN);
        small->measured2 = 441;
        (void)findings_add_value(findings, REASON_EYE_LINE, FINDING_REJECT, 330, 200, 300);
}

static const char *find(const char *text, const char *what)
{
        const char *found = strstr(text, what);

        if (!found)
                fail_msg("no '%s' in:\n%s", what, text);
        return found;
}

/* Text without line breaks and blanks, as wrapping may put them anywhere. */
static char *squeeze(const char *text)
{
        char *copy = calloc(1, strlen(text) + 1), *out = copy;

        assert_non_null(copy);
        for (; *text; text++)
                if (!strchr("\r\n ", *text))
                        *out++ = *text;
        return copy;
}

static void expect_squeezed(const char *text, const char *what)
{
        _cleanup_free_ char *a = squeeze(text), *b = squeeze(what);

        (void)find(a, b);
}

static void test_file_and_its_arrival_stand_first(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {
                .name = "IMG_2031.jpg", .size_bytes = 204527, .findings = &findings};
        _cleanup_free_ char *en = NULL, *zh = NULL;

        add_picture_findings(&findings);
        en = render(&model, LANGUAGE_EN);
        zh = render(&model, LANGUAGE_ZH);
        assert_true(text_starts_with(en, "Rejected: IMG_2031.jpg\r\n"));
        assert_true(text_starts_with(zh, "已驳回：IMG_2031.jpg\r\n"));
        (void)find(en, ", 200 KB\r\n");
        (void)find(zh, "，大小 200 KB\r\n");
}

static void test_every_reject_has_title_values_and_advice(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "a.jpg", .findings = &findings};

        add_picture_findings(&findings);
        for (int l = 0; l < _LANGUAGE_MAX; l++) {
                _cleanup_free_ char *text = render(&model, (Language)l);

                for (size_t i = 0; i < findings.n; i++) {
                        const Finding *finding = &findings.items[i];
                        _cleanup_text_ Text values = {0};

                        expect_squeezed(text, finding_title(finding, (Language)l));
                        expect_squeezed(text, finding_advice(finding, (Language)l));
                        if (finding->level == FINDING_FIXED)
                                continue;
                        finding_append_values(&values, finding, (Language)l);
                        expect_squeezed(text, values.data);
                }
        }
}

static void test_rejects_come_before_warnings_before_fixes(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "a.jpg", .findings = &findings};
        _cleanup_free_ char *text = NULL;
        const char *small, *eyes, *noise, *again, *resized;

        add_picture_findings(&findings);
        text = render(&model, LANGUAGE_EN);
        small = find(text, "1. The photo has too few pixels.");
        eyes = find(text, "2. The eyes are too low in the picture.");
        noise = find(text, "- The photo is grainy.");
        again = find(text, "HOW TO SEND IT AGAIN");
        resized = find(text, "Reduced to 480 x 640 pixels.");
        assert_true(small < eyes && eyes < noise && noise < again && again < resized);
}

static void test_detail_is_shown_cleaned(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "a.jpg", .findings = &findings};
        Finding *finding = findings_add(&findings, REASON_BACKDROP_COLOUR, FINDING_REJECT);
        _cleanup_free_ char *text = NULL;

        (void)snprintf(finding->detail, sizeof(finding->detail), "RGB 1,2,3\x1b[31m,x");
        text = render(&model, LANGUAGE_EN);
        (void)find(text, "RGB 1,2,3?[31m,x");
        assert_null(strchr(text, '\x1b'));
}

static void test_wrong_name_only_asks_for_a_rename(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "IMG_2031.jpg", .findings = &findings};
        _cleanup_free_ char *text = NULL;

        (void)findings_add(&findings, REASON_NUMBER_CHECK_DIGIT, FINDING_REJECT);
        text = render(&model, LANGUAGE_EN);
        expect_squeezed(text, "Rename the rejected file right here");
        assert_null(strstr(text, "better photo"));
}

static void test_bad_picture_asks_for_a_photo(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "IMG_2031.jpg", .findings = &findings};
        _cleanup_free_ char *text = NULL;

        (void)findings_add(&findings, REASON_NUMBER_CHECK_DIGIT, FINDING_REJECT);
        (void)findings_add(&findings, REASON_TRUNCATED, FINDING_REJECT);
        text = render(&model, LANGUAGE_EN);
        expect_squeezed(text, "Put a better photo");
        assert_null(strstr(text, "Rename the rejected file right here"));
}

static void test_final_states_ask_for_nothing(void **state _unused_)
{
        static const ReasonCode codes[] = {REASON_ALREADY_APPROVED, REASON_LOCKED,
                                           REASON_BATCH_CLOSED};

        for (size_t i = 0; i < ELEMENTSOF(codes); i++) {
                Findings findings = {0};
                ReasonFileModel model = {.name = "a.jpg", .findings = &findings};
                _cleanup_free_ char *text = NULL;

                (void)findings_add(&findings, codes[i], FINDING_REJECT);
                text = render(&model, LANGUAGE_EN);
                assert_null(strstr(text, "HOW TO SEND IT AGAIN"));
        }
}

static void test_nearest_number_is_suggested(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "219999199001010017.jpg",
                                 .findings = &findings,
                                 .suggestion = "219999199001010016"};
        _cleanup_free_ char *en = NULL, *zh = NULL;

        (void)findings_add(&findings, REASON_NUMBER_CHECK_DIGIT, FINDING_REJECT);
        en = render(&model, LANGUAGE_EN);
        zh = render(&model, LANGUAGE_ZH);
        expect_squeezed(en, "rename the file to 219999199001010016.jpg");
        expect_squeezed(zh, "请把文件改名为 219999199001010016.jpg");
}

static void test_the_other_photo_is_named_where_it_may_be(void **state _unused_)
{
        Findings findings = {};
        ReasonFileModel model = {.name = "a.jpg", .findings = &findings};
        Finding *finding = findings_add(&findings, REASON_SAME_PICTURE, FINDING_REJECT);
        _cleanup_free_ char *named = NULL, *silent = NULL;

        (void)snprintf(finding->detail, sizeof(finding->detail), "4711");
        silent = render(&model, LANGUAGE_EN);
        model.same_as = "219999199001010016.jpg (张三)";
        named = render(&model, LANGUAGE_EN);
        (void)find(named, "It is the photo of 219999199001010016.jpg (张三).");
        assert_null(strstr(silent, "It is the photo"));
        /* The number of a row is for the program only. */
        assert_null(strstr(silent, "4711"));
        assert_null(strstr(named, "4711"));
}

static void test_no_suggestion_no_number(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "a.jpg", .findings = &findings};
        _cleanup_free_ char *text = NULL;

        (void)findings_add(&findings, REASON_NOT_ON_ROSTER, FINDING_REJECT);
        text = render(&model, LANGUAGE_EN);
        assert_null(strstr(text, "(null)"));
        assert_null(strstr(text, "differs in one digit"));
}

static void test_lines_are_not_too_long(void **state _unused_)
{
        for (int l = 0; l < _LANGUAGE_MAX; l++)
                for (int code = 0; code < _REASON_MAX; code++) {
                        Findings findings = {0};
                        ReasonFileModel model = {.name = "IMG_2031.jpg",
                                                 .findings = &findings,
                                                 .suggestion = "219999199001010016"};
                        _cleanup_free_ char *text = NULL;

                        (void)findings_add_value(&findings, (ReasonCode)code, FINDING_REJECT, 358,
                                                 480, 640);
                        text = render(&model, (Language)l);
                        for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n"))
                                if (text_columns(line) > 80)
                                        fail_msg("%s", line);
                }
}

static void test_full_verdict_is_rendered(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "a.jpg", .findings = &findings};
        _cleanup_free_ char *text = NULL;

        for (int i = 0; i < FINDINGS_MAX; i++)
                (void)findings_add_value(&findings, (ReasonCode)i, FINDING_REJECT, i, i, i);
        text = render(&model, LANGUAGE_ZH);
        (void)find(text, "48. ");
}

static void test_name_cannot_forge_lines(void **state _unused_)
{
        Findings findings = {0};
        ReasonFileModel model = {.name = "a\nAccepted: b.jpg\xff", .findings = &findings};
        _cleanup_free_ char *text = NULL;

        (void)findings_add(&findings, REASON_BLUR, FINDING_REJECT);
        text = render(&model, LANGUAGE_EN);
        (void)find(text, "a?Accepted: b.jpg?\r\n");
}

static char *render_decided(unsigned rejections, const char *note, const ConfigCentre *centre,
                            Language language)
{
        Findings findings = {};
        const ReasonFileModel model = {.name = "a.jpg",
                                       .findings = &findings,
                                       .rejections = rejections,
                                       .note = note,
                                       .centre = centre};

        (void)findings_add(&findings, REASON_HAIR, FINDING_REJECT);
        return render(&model, language);
}

static void test_rejections_by_people_are_counted(void **state _unused_)
{
        const ConfigCentre centre = {.address = "浑南2路1号", .telephone = "024-0000000"};

        for (int language = 0; language < _LANGUAGE_MAX; language++)
                for (unsigned n = 1; n <= 5; n++) {
                        _cleanup_free_ char *wrapped =
                                render_decided(n, NULL, &centre, (Language)language);
                        _cleanup_free_ char *text = squeeze(wrapped);
                        bool zh = language == LANGUAGE_ZH;

                        (void)find(text, zh ? "驳回次数" : "REJECTIONSSOFAR");
                        assert_int_equal(strstr(text, zh ? "格外注意" : "specialcare") != NULL,
                                         n == 3);
                        assert_int_equal(strstr(text, "024-0000000") != NULL, n > 3);
                        assert_int_equal(strstr(text, centre.address) != NULL, n > 3);
                        /* What the configuration does not say is left out. */
                        assert_null(strstr(text, zh ? "费用" : "Fee"));
                }
}

static void test_the_reviewers_words_are_quoted(void **state _unused_)
{
        _cleanup_free_ char *text = render_decided(1, "头发\r\n\n遮眉\x1b[2J", NULL, LANGUAGE_EN);

        (void)find(text, "  > 头发\r\n  > 遮眉?[2J\r\n");
}

static void test_a_rejection_by_the_checks_tells_no_decision(void **state _unused_)
{
        Findings findings = {};
        const ReasonFileModel model = {
                .name = "a.jpg", .findings = &findings, .rejections = 4, .note = "头发"};
        _cleanup_free_ char *text = NULL;

        (void)findings_add(&findings, REASON_BLUR, FINDING_REJECT);
        text = render(&model, LANGUAGE_EN);
        assert_null(strstr(text, "REJECTIONS SO FAR"));
        assert_null(strstr(text, "头发"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_file_and_its_arrival_stand_first),
                cmocka_unit_test(test_every_reject_has_title_values_and_advice),
                cmocka_unit_test(test_rejects_come_before_warnings_before_fixes),
                cmocka_unit_test(test_detail_is_shown_cleaned),
                cmocka_unit_test(test_wrong_name_only_asks_for_a_rename),
                cmocka_unit_test(test_bad_picture_asks_for_a_photo),
                cmocka_unit_test(test_final_states_ask_for_nothing),
                cmocka_unit_test(test_nearest_number_is_suggested),
                cmocka_unit_test(test_the_other_photo_is_named_where_it_may_be),
                cmocka_unit_test(test_no_suggestion_no_number),
                cmocka_unit_test(test_lines_are_not_too_long),
                cmocka_unit_test(test_full_verdict_is_rendered),
                cmocka_unit_test(test_name_cannot_forge_lines),
                cmocka_unit_test(test_rejections_by_people_are_counted),
                cmocka_unit_test(test_the_reviewers_words_are_quoted),
                cmocka_unit_test(test_a_rejection_by_the_checks_tells_no_decision),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
