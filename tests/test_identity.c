/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/identity.h>
#include <idphoto/rosterload.h>

/* Whose photo a name says it is, without and with a roster. */

static const Date today = {2026, 3, 1};

static void enrol(const char *number, const char *name, const char *student_no)
{
        RosterStudent student = {
                .id_number = number,
                .name = name,
                .student_no = student_no,
        };

        assert_int_equal(fixture_roster(student).added, 1);
}

/* The small roster of the tests below. */
static void enrol_all(void)
{
        enrol(FIXTURE_ID, "张三", "2023010001");
        enrol(FIXTURE_ID_2, "李四", "2023010002");
        enrol(FIXTURE_ID_3, "王五", "2023010003");
        enrol("219999199001010040", "王五", "2023010004");
        enrol("EA1234567", "John Smith", "2023010005");
}

typedef struct Case {
        const char *name;
        const char *folder;
        const char *number;
        ReasonCode reason;
        const char *suggestion;
} Case;

#define NONE _REASON_INVALID

static void check(const Case *c)
{
        Findings findings = {};
        Identity identity;
        int r = identity_resolve(fixture.catalog,
                                 &(IdentityQuery){.batch = fixture.batch,
                                                  .point = fixture.point,
                                                  .name = c->name,
                                                  .folder_name = c->folder,
                                                  .today = today},
                                 &findings, &identity);

        assert_int_equal(r, 0);
        if (strcmp(identity.number.text, c->number) != 0)
                fail_msg("'%s': '%s'", c->name, identity.number.text);
        if (findings.n != (c->reason < 0 ? 0 : 1))
                fail_msg("'%s': %zu findings", c->name, findings.n);
        if (c->reason >= 0) {
                if (findings.items[0].code != c->reason)
                        fail_msg("'%s': '%s'", c->name, reason_to_string(findings.items[0].code));
                assert_int_equal(findings.items[0].level,
                                 c->number[0] ? FINDING_WARN : FINDING_REJECT);
        }
        assert_string_equal(identity.suggestion.text, c->suggestion ? c->suggestion : "");
}

static void check_all(const Case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++)
                check(&cases[i]);
}

static void test_without_a_roster_a_valid_number_is_enough(void **state _unused_)
{
        static const Case cases[] = {
                {FIXTURE_ID ".jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"张三 " FIXTURE_ID ".jpg", "一班", FIXTURE_ID, NONE, NULL},
                {"IMG_2031.jpg", FIXTURE_ID " 张三", FIXTURE_ID, NONE, NULL},
                {FIXTURE_ID ".jpg", FIXTURE_ID_2, FIXTURE_ID, NONE, NULL},
                {"IMG_2031.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"张三.jpg", "一班", "", REASON_NAME_NO_NUMBER, NULL},
                {"2023010001.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"219999199001010017.jpg", NULL, "", REASON_NUMBER_CHECK_DIGIT, NULL},
                {"219999199001010017.jpg", FIXTURE_ID, "", REASON_NUMBER_CHECK_DIGIT, NULL},
                {"IMG_2031.jpg", "219999199001010017", "", REASON_NUMBER_CHECK_DIGIT, NULL},
                {FIXTURE_ID " " FIXTURE_ID_2 ".jpg", NULL, "", REASON_NAME_TWO_NUMBERS, NULL},
                {"219999900101001.jpg", NULL, "", REASON_NUMBER_LEGACY_UNKNOWN, NULL},
        };

        check_all(cases, ELEMENTSOF(cases));
}

static void test_with_a_roster_exactly_one_student_must_answer(void **state _unused_)
{
        static const Case cases[] = {
                {FIXTURE_ID ".jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"２１９９９９１９９００１０１００１６.jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"2023010002.jpg", NULL, FIXTURE_ID_2, NONE, NULL},
                {"张三.jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"李四.jpg", "一班", FIXTURE_ID_2, NONE, NULL},
                {"IMG_2031.jpg", "2023010003 王五", FIXTURE_ID_3, NONE, NULL},
                {"EA1234567.jpg", NULL, "EA1234567", NONE, NULL},
                {"王五.jpg", NULL, "", REASON_NAME_AMBIGUOUS, NULL},
                {"2023010001 2023010002.jpg", NULL, "", REASON_NAME_AMBIGUOUS, NULL},
                {"219999199001010059.jpg", NULL, "", REASON_NOT_ON_ROSTER, NULL},
                {"赵六.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"IMG_2031.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
        };

        enrol_all();
        check_all(cases, ELEMENTSOF(cases));
}

/* What stands inside a name is a number or a name only if the roster's own writing bears it out. */
static void test_what_only_adds_up_to_a_number_is_none(void **state _unused_)
{
        static const Case cases[] = {
                /* a date, and a counter behind another number, that are student numbers */
                {"2024-05-01 张三.jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"照片 2022-001 (5).jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"照片 2022-0015.jpg", NULL, FIXTURE_ID_3, NONE, NULL},
                /* the fifth copy, or the student */
                {"2022-001 (5).jpg", NULL, "", REASON_NAME_AMBIGUOUS, NULL},
                {"2022-0015 (5).jpg", NULL, FIXTURE_ID_3, NONE, NULL},
                {"20240501.jpg", NULL, FIXTURE_ID_2, NONE, NULL},
                {"20240501 张三.jpg", NULL, "", REASON_NAME_AMBIGUOUS, NULL},
                {"20240501 李四.jpg", NULL, FIXTURE_ID_2, NONE, NULL},
        };

        enrol(FIXTURE_ID, "张三", "7");
        enrol(FIXTURE_ID_2, "李四", "20240501");
        enrol(FIXTURE_ID_3, "王五", "2022-0015");
        check_all(cases, ELEMENTSOF(cases));
}

static void test_a_part_of_a_longer_name_is_nobodys(void **state _unused_)
{
        static const Case cases[] = {
                {"Maria Garcia-Lopez.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"Dr Maria Garcia.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"Maria Garcia.jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"01 maria_garcia 2024.jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"凌云志.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"凌云 照片.jpg", NULL, FIXTURE_ID_2, NONE, NULL},
        };

        enrol(FIXTURE_ID, "Maria Garcia", "");
        enrol(FIXTURE_ID_2, "凌云", "");
        check_all(cases, ELEMENTSOF(cases));
}

static void test_the_name_of_another_beside_a_number_warns(void **state _unused_)
{
        static const Case cases[] = {
                {FIXTURE_ID " 李四.jpg", NULL, FIXTURE_ID, REASON_NAME_OF_ANOTHER, NULL},
                {"李四" FIXTURE_ID ".jpg", NULL, FIXTURE_ID, REASON_NAME_OF_ANOTHER, NULL},
                {"身份证号" FIXTURE_ID "姓名李四.jpg", NULL, FIXTURE_ID, REASON_NAME_OF_ANOTHER,
                 NULL},
                {"王五_EA1234567.jpg", NULL, "EA1234567", REASON_NAME_OF_ANOTHER, NULL},
                /* their own name, one that two have, one of nobody on the roster */
                {FIXTURE_ID " 张三.jpg", NULL, FIXTURE_ID, NONE, NULL},
                {FIXTURE_ID_3 " 王五.jpg", NULL, FIXTURE_ID_3, NONE, NULL},
                {FIXTURE_ID " 照片.jpg", NULL, FIXTURE_ID, NONE, NULL},
                {FIXTURE_ID " 张三 李四.jpg", NULL, FIXTURE_ID, NONE, NULL},
        };

        enrol_all();
        check_all(cases, ELEMENTSOF(cases));
}

static void test_escapes_are_no_digits_of_a_number(void **state _unused_)
{
        static const Case cases[] = {
                {"%E5%BC%A0%E4%B8%89" FIXTURE_ID ".jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"#U5f20#U4e09" FIXTURE_ID ".jpg", NULL, FIXTURE_ID, NONE, NULL},
                {"\\u5f20\\u4e09" FIXTURE_ID ".jpg", NULL, FIXTURE_ID, NONE, NULL},
        };

        check_all(cases, ELEMENTSOF(cases));
        enrol_all();
        check_all(cases, ELEMENTSOF(cases));
}

static void test_one_wrong_digit_suggests_the_number_of_the_roster(void **state _unused_)
{
        static const Case cases[] = {
                {"219999199001010017.jpg", NULL, "", REASON_NUMBER_CHECK_DIGIT, FIXTURE_ID},
                {"219999199001019999.jpg", NULL, "", REASON_NUMBER_CHECK_DIGIT, NULL},
        };

        enrol(FIXTURE_ID, "张三", "");
        check_all(cases, ELEMENTSOF(cases));
}

static void test_a_number_on_the_roster_wins_over_the_checks(void **state _unused_)
{
        static const Case cases[] = {
                {"219999199001010017.jpg", NULL, "219999199001010017", NONE, NULL},
        };

        enrol("219999199001010017", "张三", "");
        check_all(cases, ELEMENTSOF(cases));
}

static void test_an_old_number_is_upgraded_when_the_roster_knows_it(void **state _unused_)
{
        IdNumber upgraded;
        Case c = {"219999900101001.jpg", NULL, upgraded.text, NONE, NULL};

        assert_int_equal(id_number_upgrade("219999900101001", &upgraded), 0);
        enrol(upgraded.text, "张三", "");
        check(&c);
}

static void test_nothing_is_told_of_another_points_roster(void **state _unused_)
{
        static const Case cases[] = {
                {FIXTURE_ID ".jpg", NULL, "", REASON_NOT_ON_ROSTER, NULL},
                {"219999199001010017.jpg", NULL, "", REASON_NUMBER_CHECK_DIGIT, NULL},
                {"张三.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
                {"2023010001.jpg", NULL, "", REASON_NAME_NO_NUMBER, NULL},
        };

        enrol_all();
        fixture.point = fixture_point("大连分校");
        enrol("219999199001010120", "孙七", "9");
        check_all(cases, ELEMENTSOF(cases));
}

static void test_a_student_known_by_a_drop_is_not_on_the_roster(void **state _unused_)
{
        static const Case before = {FIXTURE_ID ".jpg", NULL, FIXTURE_ID, NONE, NULL};
        static const Case after = {FIXTURE_ID ".jpg", NULL, "", REASON_NOT_ON_ROSTER, NULL};

        (void)fixture_student(FIXTURE_ID);
        check(&before);
        enrol(FIXTURE_ID_3, "王五", "");
        check(&after);
}

static void test_a_name_that_is_no_text_is_an_error(void **state _unused_)
{
        Findings findings = {};
        Identity identity = {.student = 4711};

        assert_int_equal(identity_resolve(fixture.catalog,
                                          &(IdentityQuery){.batch = fixture.batch,
                                                           .point = fixture.point,
                                                           .name = "\xff\xfe.jpg",
                                                           .today = today},
                                          &findings, &identity),
                         -EILSEQ);
        assert_int_equal(findings.n, 0);
        assert_int_equal(identity.student, 4711);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_without_a_roster_a_valid_number_is_enough),
                fixture_test(test_with_a_roster_exactly_one_student_must_answer),
                fixture_test(test_what_only_adds_up_to_a_number_is_none),
                fixture_test(test_a_part_of_a_longer_name_is_nobodys),
                fixture_test(test_the_name_of_another_beside_a_number_warns),
                fixture_test(test_escapes_are_no_digits_of_a_number),
                fixture_test(test_one_wrong_digit_suggests_the_number_of_the_roster),
                fixture_test(test_a_number_on_the_roster_wins_over_the_checks),
                fixture_test(test_an_old_number_is_upgraded_when_the_roster_knows_it),
                fixture_test(test_nothing_is_told_of_another_points_roster),
                fixture_test(test_a_student_known_by_a_drop_is_not_on_the_roster),
                fixture_test(test_a_name_that_is_no_text_is_an_error),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
