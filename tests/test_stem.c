/* SPDX-License-Identifier: MIT */
#include <idphoto/stem.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_suffixes_of_pictures_are_taken_off(void **state _unused_)
{
        static const struct {
                const char *name, *stem;
        } cases[] = {
                {"张三.jpg", "张三"},     {"张三.JPG.jpg", "张三"},       {"张三.heic", "张三"},
                {"张三．ｊｐｇ", "张三"}, {"张三。jpg", "张三"},          {"张三,jpg", "张三"},
                {"张三.jpg_", "张三"},    {"张三.jpg ", "张三"},          {"张三 .jpg", "张三 "},
                {"张三.jpg.txt", "张三"}, {"买买提.艾力", "买买提.艾力"}, {".jpg", ".jpg"},
                {"jpg", "jpg"},           {"张三jpg", "张三jpg"},         {"", ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *stem = NULL;

                assert_int_equal(stem_fold(cases[i].name, &stem), 0);
                if (strcmp(stem, cases[i].stem) != 0)
                        fail_msg("'%s': '%s'", cases[i].name, stem);
        }
}

static void test_marks_of_copies_are_taken_off_one_by_one(void **state _unused_)
{
        static const struct {
                const char *stem, *rest;
                CopyMark mark;
        } cases[] = {
                {"张三(1)", "张三", COPY_MARK_NUMBER},
                {"张三 (12)", "张三", COPY_MARK_NUMBER},
                {"张三[2]", "张三", COPY_MARK_NUMBER},
                {"张三#2", "张三", COPY_MARK_NUMBER},
                {"张三_1", "张三", COPY_MARK_NUMBER},
                {"张三 - 2", "张三", COPY_MARK_NUMBER},
                {"张三 副本", "张三", COPY_MARK_WORD},
                {"张三-副本2", "张三", COPY_MARK_WORD},
                {"张三副本", "张三", COPY_MARK_WORD},
                {"张三 copy", "张三", COPY_MARK_WORD},
                {"zhang san - copy", "zhang san", COPY_MARK_WORD},
                {"张三 - 副本 (2)", "张三 - 副本", COPY_MARK_NUMBER},
                {"张三.jpg - 副本", "张三", COPY_MARK_WORD},
                /* no marks */
                {"张三", "张三", COPY_MARK_NONE},
                {"张三1", "张三1", COPY_MARK_NONE},
                {"2022-0015", "2022-0015", COPY_MARK_NONE},
                {"photocopy", "photocopy", COPY_MARK_NONE},
                {"(1)", "(1)", COPY_MARK_NONE},
                {"副本", "副本", COPY_MARK_NONE},
                {"", "", COPY_MARK_NONE},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *stem = strdup(cases[i].stem);
                CopyMark mark = stem_strip_copy_mark(stem);

                if (mark != cases[i].mark || strcmp(stem, cases[i].rest) != 0)
                        fail_msg("'%s': '%s', %d", cases[i].stem, stem, mark);
        }
}

static void test_marks_at_the_beginning_are_taken_off(void **state _unused_)
{
        static const struct {
                const char *stem, *rest;
        } cases[] = {
                {"复件 张三", "张三"},
                {"复件 (2) 张三", "张三"},
                {"副本张三", "张三"},
                {"copy of 张三", "张三"},
                {"copy (2) of 张三", "张三"},
                {"副本2022-8(1)", "2022-8(1)"},
                {"张三", "张三"},
                {"copy", "copy"},
                {"副本", "副本"},
                {"copyist", "copyist"},
                {"", ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *stem = strdup(cases[i].stem);
                bool stripped = stem_strip_leading_copy_mark(stem);

                if (strcmp(stem, cases[i].rest) != 0)
                        fail_msg("'%s': '%s'", cases[i].stem, stem);
                assert_int_equal(stripped, strcmp(cases[i].stem, cases[i].rest) != 0);
        }
}

static void test_separators_split(void **state _unused_)
{
        static const char *const expected[] = {"梁一", "a123456", "7", "o'brien", "买买提·艾力"};
        StemPart parts[8];
        size_t n = stem_split(" 梁一_a123456(7)、o'brien — 买买提·艾力.", parts, ELEMENTSOF(parts));

        assert_int_equal(n, ELEMENTSOF(expected));
        for (size_t i = 0; i < n; i++) {
                assert_int_equal(parts[i].size, strlen(expected[i]));
                assert_memory_equal(parts[i].start, expected[i], parts[i].size);
        }
        assert_int_equal(stem_split("a b c", parts, 2), 2);
        assert_int_equal(stem_split(" -_", parts, 2), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_suffixes_of_pictures_are_taken_off),
                cmocka_unit_test(test_marks_of_copies_are_taken_off_one_by_one),
                cmocka_unit_test(test_marks_at_the_beginning_are_taken_off),
                cmocka_unit_test(test_separators_split),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
