/* SPDX-License-Identifier: MIT */
#include <idphoto/clientname.h>
#include <idphoto/fixedname.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_names_are_those_of_the_tree(void **state _unused_)
{
        assert_string_equal(fixed_name(FIXED_STATUS_TXT, LANGUAGE_EN), "STATUS.txt");
        assert_string_equal(fixed_name(FIXED_STATUS_TXT, LANGUAGE_ZH), "状态.txt");
        assert_string_equal(fixed_name(FIXED_REJECTED, LANGUAGE_EN), "rejected");
        assert_string_equal(fixed_name(FIXED_REJECTED, LANGUAGE_ZH), "驳回");
        assert_string_equal(fixed_name(FIXED_MISSING, LANGUAGE_ZH), "未交");
        assert_string_equal(fixed_name(FIXED_SUBMITTED, LANGUAGE_ZH), "原件");
        assert_string_equal(fixed_name(FIXED_OFFICE, LANGUAGE_ZH), "校本部");
        assert_string_equal(fixed_name(FIXED_IMPORT, LANGUAGE_ZH), "导入");
}

static void test_names_differ_and_are_normal(void **state _unused_)
{
        for (int l = 0; l < _LANGUAGE_MAX; l++)
                for (int i = 0; i < _FIXED_MAX; i++) {
                        const char *name = fixed_name((FixedName)i, (Language)l);

                        assert_int_equal(name_class_of_file(name), NAME_NORMAL);
                        for (int j = 0; j < i; j++)
                                assert_string_not_equal(name,
                                                        fixed_name((FixedName)j, (Language)l));
                }
}

static void test_unknown_names_are_null(void **state _unused_)
{
        assert_null(fixed_name(_FIXED_MAX, LANGUAGE_EN));
        assert_null(fixed_name(_FIXED_INVALID, LANGUAGE_EN));
        assert_null(fixed_name(FIXED_OFFICE, _LANGUAGE_MAX));
}

static void test_points_are_called_like_folders_of_photos(void **state _unused_)
{
        static const char *const good[] = {"沈阳分校", "Office 2", "分校A", "status"};
        static const char *const bad[] = {
                "",     "OFFICE",     "office",     "校本部",    "ＯＦＦＩＣＥ", ".point",  "a/b",
                "a\nb", "STATUS.txt", "status.TXT", "总览.html", "\xff",         ".Trash-0"};
        char long_name[300];

        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                assert_true(point_name_valid(good[i]));
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_false(point_name_valid(bad[i]));
        memset(long_name, 'x', sizeof(long_name));
        long_name[256] = '\0';
        assert_false(point_name_valid(long_name));
        long_name[255] = '\0';
        assert_true(point_name_valid(long_name));
}

static void test_points_are_called_as_windows_can_write(void **state _unused_)
{
        static const char *const good[] = {"沈阳（分校）", "分校：一", "问？", "COM10",
                                           "COM0",         "CONSOLE",  "NULL", "a.b",
                                           "分校 CON",     "[甲]#1"};
        static const char *const bad[] = {
                "a\"b",   "a*b",   "a:b",      "a<b",    "a>b",     "a?b",  "a\\b",
                "a|b",    "分校.", "分校 ",    "a. ",    "CON",     "con",  "Prn",
                "aux",    "NUL",   "nul.分校", "CON .b", "COM1",    "com9", "LPT1",
                "lpt5.x", "COM¹",  "LPT³",     "CONIN$", "conout$", " .",   "?"};

        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                if (!point_name_valid(good[i]))
                        fail_msg("'%s' is a name", good[i]);
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                if (point_name_valid(bad[i]))
                        fail_msg("'%s' is no name", bad[i]);
}

static void test_a_note_is_called_after_its_file(void **state _unused_)
{
        _cleanup_free_ char *photo = NULL, *note = NULL, *noted = NULL, *none = NULL;

        assert_int_equal(name_of_photo("219999199001010016", &photo), 0);
        assert_string_equal(photo, "219999199001010016.jpg");
        assert_int_equal(name_of_note(photo, &note), 0);
        assert_string_equal(note, "219999199001010016.jpg.txt");
        assert_int_equal(name_of_noted(note, &noted), 1);
        assert_string_equal(noted, photo);
        assert_int_equal(name_of_noted(photo, &none), 0);
        assert_null(none);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_are_those_of_the_tree),
                cmocka_unit_test(test_names_differ_and_are_normal),
                cmocka_unit_test(test_unknown_names_are_null),
                cmocka_unit_test(test_points_are_called_like_folders_of_photos),
                cmocka_unit_test(test_points_are_called_as_windows_can_write),
                cmocka_unit_test(test_a_note_is_called_after_its_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
