/* SPDX-License-Identifier: MIT */
#include <idphoto/matchkey.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef int (*Function)(const char *text, char **ret);

typedef struct Case {
        const char *text, *result;
} Case;

static void check(Function function, const Case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                _cleanup_free_ char *result = NULL;

                assert_int_equal(function(cases[i].text, &result), 0);
                if (strcmp(result, cases[i].result) != 0)
                        fail_msg("'%s': '%s', not '%s'", cases[i].text, result, cases[i].result);
        }
}

static void test_escapes_are_decoded(void **state _unused_)
{
        static const Case cases[] = {
                {"%E5%BC%A0%e4%b8%89_1.jpg", "张三_1.jpg"},
                {"#U5f20#U4e09219999", "张三219999"},
                {"\\u5f20\\u4E09", "张三"},
                {"#L020bb7#Ud842#Udfb7", "𠮷𠮷"},
                {"\\ud842\\udfb7", "𠮷"},
                /* no escapes, or none of text */
                {"100%.jpg", "100%.jpg"},
                {"%E5%BC.jpg", "%E5%BC.jpg"},
                {"%00%1b", "%00%1b"},
                {"#U000a", "#U000a"},
                {"#Ud842", "#Ud842"},
                {"#Udfb7#Ud842", "#Udfb7#Ud842"},
                {"#U5f2", "#U5f2"},
                {"\\u", "\\u"},
                {"%", "%"},
                {"", ""},
        };
        char *none = NULL;

        check(name_decode, cases, ELEMENTSOF(cases));
        assert_int_equal(name_decode("\xff", &none), -EILSEQ);
}

static void test_what_is_written_in_many_ways_has_one_key(void **state _unused_)
{
        static const Case cases[] = {
                {"张三", "张三"},
                {" 张　三\xc2\xa0", "张三"},
                {"张\xe2\x80\x8b三\xe2\x80\xae", "张三"},
                {"买买提·艾力", "买买提艾力"},
                {"买买提•艾力", "买买提艾力"},
                {"买买提.艾力", "买买提艾力"},
                {"O’Brien-Sean", "obriensean"},
                {"Ｌｉ　Ｌｅｉ", "lilei"},
                {"Jose\xcc\x81", "josé"},
                {"葛󠄀城", "葛城"},
                {"李○明", "李〇明"},
                {"李◯明", "李〇明"},
                {"M01234567(01)", "m0123456701"},
                {"Ｍ０１２３４５６７（０１）", "m0123456701"},
                {"21999919900101018Ⅹ", "21999919900101018x"},
                {"21999919900101018Х", "21999919900101018x"},
                {"21999919900101018×", "21999919900101018x"},
                {"ab-12/20", "ab1220"},
                {"李??", "李??"},
                {"李？？", "李??"},
                {"李\xef\xbf\xbd", "李\xef\xbf\xbd"},
                {"张三②", "张三#2"},
                {"张三²", "张三#2"},
                {"张三⑫", "张三#12"},
                {"\xee\x80\x80一", "\xee\x80\x80一"}, /* private use */
                {" - ", ""},
                {"", ""},
        };

        check(match_key, cases, ELEMENTSOF(cases));
}

static void test_numbers_that_are_their_own_key_need_none(void **state _unused_)
{
        static const Case cases[] = {
                {"219999199001010016", ""},
                {"21999919900101018X", ""},
                {"S0001", ""},
                {"s0001", "s0001"},
                {"2022-0015", "20220015"},
                {"函20220005", ""},
                {"", ""},
                {"M01234567(01)", "m0123456701"},
        };

        check(match_key_stored, cases, ELEMENTSOF(cases));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_escapes_are_decoded),
                cmocka_unit_test(test_what_is_written_in_many_ways_has_one_key),
                cmocka_unit_test(test_numbers_that_are_their_own_key_need_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
