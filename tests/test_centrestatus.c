/* SPDX-License-Identifier: MIT */
#include <idphoto/centrestatus.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *status, const char *reason, Stage stage, ReasonCode code)
{
        _cleanup_centre_status_ CentreStatus found = {};

        if (centre_status_parse(status, reason, &found) != 1)
                fail_msg("'%s' is not known", status);
        if (found.stage != stage || found.reason != code)
                fail_msg("'%s' (%s) is %s, %d", status, reason ? reason : "-",
                         stage_to_string(found.stage), found.reason);
}

static void test_the_notices_words_are_known(void **state _unused_)
{
        static const struct {
                const char *status;
                Stage stage;
        } words[] = {
                {"初审合格", STAGE_FIRST_PASSED},
                {"待支付", STAGE_TO_PAY},
                {"终审", STAGE_FINAL_REVIEW},
                {"待制作", STAGE_DONE},
                {"制作中", STAGE_DONE},
                {"已完成", STAGE_DONE},
                {"已发货", STAGE_SHIPPED},
                {"已收到纸质照片", STAGE_PAPER_RECEIVED},
                {"已收照片", STAGE_PAPER_RECEIVED},
                {"学信网已通过", STAGE_REGISTRY_VERIFIED},
                {"身份核验通过", STAGE_REGISTRY_VERIFIED},
        };

        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                expect(words[i].status, NULL, words[i].stage, _REASON_INVALID);
        expect("驳回", "闭眼", STAGE_REFUSED, REASON_CENTRE_REFUSED);
}

static void test_the_stages_own_names_and_titles_are_known(void **state _unused_)
{
        for (int stage = STAGE_NONE + 1; stage < _STAGE_MAX; stage++) {
                const char *words[] = {stage_to_string((Stage)stage),
                                       stage_title((Stage)stage, LANGUAGE_EN),
                                       stage_title((Stage)stage, LANGUAGE_ZH)};

                for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                        _cleanup_centre_status_ CentreStatus found = {};

                        if (centre_status_parse(words[i], NULL, &found) != 1 ||
                            found.stage != (Stage)stage)
                                fail_msg("'%s'", words[i]);
                }
        }
}

static void test_width_case_and_blanks_do_not_matter(void **state _unused_)
{
        expect(" 初审 合格\t", NULL, STAGE_FIRST_PASSED, _REASON_INVALID);
        expect("Ｄｏｎｅ", NULL, STAGE_DONE, _REASON_INVALID);
        expect("Final-Review", NULL, STAGE_FINAL_REVIEW, _REASON_INVALID);
}

static void test_a_failure_at_the_register_says_why(void **state _unused_)
{
        expect("图像质量不合格", NULL, STAGE_REGISTRY_FAILED, REASON_REGISTRY_QUALITY);
        expect("人像比对失败", NULL, STAGE_REGISTRY_FAILED, REASON_REGISTRY_FACE_MATCH);
        expect("人像比对未通过", NULL, STAGE_REGISTRY_FAILED, REASON_REGISTRY_FACE_MATCH);
        expect("身份核验未通过", NULL, STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY);
        expect("身份核验不确定", NULL, STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY);
        expect("身份核验异常", NULL, STAGE_REGISTRY_FAILED, REASON_REGISTRY_IDENTITY);
        expect("学信网未通过", "照片质量不合格", STAGE_REGISTRY_FAILED, REASON_REGISTRY_QUALITY);
        expect("学信网未通过", "人像比对失败", STAGE_REGISTRY_FAILED, REASON_REGISTRY_FACE_MATCH);
        expect("registry failed", "Identity unclear", STAGE_REGISTRY_FAILED,
               REASON_REGISTRY_IDENTITY);
}

static void test_a_failure_without_words_is_not_guessed_at(void **state _unused_)
{
        expect("学信网未通过", "", STAGE_REGISTRY_FAILED, REASON_OTHER);
        expect("学信网未通过", NULL, STAGE_REGISTRY_FAILED, REASON_OTHER);
        expect("学信网未通过", "见附件", STAGE_REGISTRY_FAILED, REASON_OTHER);
}

static void test_when_and_why_may_stand_behind(void **state _unused_)
{
        static const struct {
                const char *status;
                Stage stage;
                Moment moment;
                const char *words;
        } cases[] = {
                {"驳回（2026-05-03）", STAGE_REFUSED, {{2026, 5, 3}, 0}, ""},
                {"驳回：照片模糊", STAGE_REFUSED, {}, "照片模糊"},
                {"驳回:照片模糊", STAGE_REFUSED, {}, "照片模糊"},
                {"驳回 - 照片模糊", STAGE_REFUSED, {}, "照片模糊"},
                {"驳回，照片模糊，有反光。", STAGE_REFUSED, {}, "照片模糊，有反光"},
                {"驳回（照片模糊）", STAGE_REFUSED, {}, "照片模糊"},
                {"驳回：照片模糊（2026-05-03 14:30）",
                 STAGE_REFUSED,
                 {{2026, 5, 3}, 52200},
                 "照片模糊"},
                {"驳回（2026/5/3）照片模糊", STAGE_REFUSED, {{2026, 5, 3}, 0}, "照片模糊"},
                {"【驳回】照片模糊", STAGE_REFUSED, {}, "照片模糊"},
                {"驳回 照片模糊", STAGE_REFUSED, {}, "照片模糊"},
                {"驳回：", STAGE_REFUSED, {}, ""},
                {"已完成 2026-05-03", STAGE_DONE, {{2026, 5, 3}, 0}, ""},
                {"已完成2026年5月3日", STAGE_DONE, {{2026, 5, 3}, 0}, ""},
                {"已完成（２０２６－０５－０３）", STAGE_DONE, {{2026, 5, 3}, 0}, ""},
                {"已完成（5月3日）", STAGE_DONE, {}, "5月3日"},
                {"[已完成]", STAGE_DONE, {}, ""},
                {"终审通过（2026-05-02）", STAGE_DONE, {{2026, 5, 2}, 0}, ""},
                {"终审（通过）", STAGE_DONE, {}, ""},
                {"终审：通过 2026.5.2", STAGE_DONE, {{2026, 5, 2}, 0}, ""},
                {"待支付：67元", STAGE_TO_PAY, {}, "67元"},
                {"待审核（上次驳回）", STAGE_NONE, {}, "上次驳回"},
                {"Final review passed (2026-05-02)", STAGE_DONE, {{2026, 5, 2}, 0}, ""},
                {"rejected: blurred", STAGE_REFUSED, {}, "blurred"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_centre_status_ CentreStatus found = {};

                if (centre_status_parse(cases[i].status, NULL, &found) != 1)
                        fail_msg("'%s' is not known", cases[i].status);
                if (found.stage != cases[i].stage || strcmp(found.words, cases[i].words) != 0 ||
                    moment_compare(found.moment, cases[i].moment) != 0)
                        fail_msg("'%s': %s, '%s', %d-%d-%d", cases[i].status,
                                 stage_to_string(found.stage), found.words, found.moment.date.year,
                                 found.moment.date.month, found.moment.date.day);
        }
        expect("学信网未通过：人像比对失败", NULL, STAGE_REGISTRY_FAILED,
               REASON_REGISTRY_FACE_MATCH);
        expect("学信网：图像质量不合格（2026-05-02）", NULL, STAGE_REGISTRY_FAILED,
               REASON_REGISTRY_QUALITY);
        expect("学信网未通过（2026-05-02）", "照片质量不合格", STAGE_REGISTRY_FAILED,
               REASON_REGISTRY_QUALITY);
}

static void test_nothing_has_happened_yet(void **state _unused_)
{
        expect("", NULL, STAGE_NONE, _REASON_INVALID);
        expect("待审核", NULL, STAGE_NONE, _REASON_INVALID);
}

static void test_what_is_not_known_is_not_guessed(void **state _unused_)
{
        static const char *const words[] = {
                "完",
                "不合格",
                "初审合格?",
                "已完成(驳回)",
                "已完成：未通过",
                "初审合格，待支付",
                "终审（没有通过）",
                "已完成3",
                "已完成 李老师",
                "驳回2次",
                "驳回（已撤销）",
                "驳回：经核对有误，已通过",
                "：照片模糊",
                "（2026-05-03）",
                "done (not yet)",
                "ok",
                "0",
        };
        CentreStatus found;

        for (size_t i = 0; i < ELEMENTSOF(words); i++)
                assert_int_equal(centre_status_parse(words[i], NULL, &found), 0);
        assert_int_equal(centre_status_parse("\xff", NULL, &found), -EILSEQ);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_notices_words_are_known),
                cmocka_unit_test(test_the_stages_own_names_and_titles_are_known),
                cmocka_unit_test(test_width_case_and_blanks_do_not_matter),
                cmocka_unit_test(test_a_failure_at_the_register_says_why),
                cmocka_unit_test(test_a_failure_without_words_is_not_guessed_at),
                cmocka_unit_test(test_when_and_why_may_stand_behind),
                cmocka_unit_test(test_nothing_has_happened_yet),
                cmocka_unit_test(test_what_is_not_known_is_not_guessed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
