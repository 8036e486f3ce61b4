/* SPDX-License-Identifier: MIT */
#include <idphoto/archivekind.h>
#include <idphoto/numberedname.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_the_suffix_of_an_archive_is_known(void **state _unused_)
{
        static const struct {
                const char *name;
                const char *stem;
        } cases[] = {
                {"照片.zip", "照片"},
                {"照片.RAR", "照片"},
                {"a.tar.gz", "a"},
                {"a.b.7z", "a.b"},
                {"a.tgz", "a"},
                {"a.tar", "a"},
                {"a.zip.part", "a.zip.part"},
                {"photo.jpg", "photo.jpg"},
                {".zip", ".zip"},
                {"", ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_int_equal(archive_stem(cases[i].name), strlen(cases[i].stem));
}

static void test_the_first_bytes_tell(void **state _unused_)
{
        char tar[ARCHIVE_KIND_BYTES] = {};

        assert_string_equal(archive_kind("PK\x03\x04", 4), "ZIP");
        assert_string_equal(archive_kind("Rar!\x1a\x07\x01", 7), "RAR");
        assert_null(archive_kind("PK\x03", 3));
        assert_null(archive_kind("\xff\xd8\xff\xe0", 4));
        assert_null(archive_kind("", 0));
        memcpy(tar + 257, "ustar", 5);
        assert_string_equal(archive_kind(tar, sizeof(tar)), "tar");
        assert_null(archive_kind(tar, 260));
}

static void assert_numbered(const char *name, int number, const char *expected)
{
        _cleanup_free_ char *numbered = NULL;

        assert_int_equal(numbered_name(name, number, &numbered), 0);
        assert_string_equal(numbered, expected);
}

static void test_a_number_stands_before_the_suffix(void **state _unused_)
{
        _cleanup_free_ char *numbered = NULL;
        char name[256];

        assert_numbered("a.jpg", 1, "a.jpg");
        assert_numbered("a.jpg", 2, "a (2).jpg");
        assert_numbered("照片", 12, "照片 (12)");
        assert_numbered(".hidden", 2, ".hidden (2)");
        /* A letter is not cut in two, and there is room for the largest number. */
        for (size_t i = 0; i < 85; i++)
                memcpy(name + 3 * i, "长", 3);
        name[255] = '\0';
        assert_int_equal(numbered_name(name, NUMBERED_NAME_MAX, &numbered), 0);
        assert_int_equal(strlen(numbered), 246 + strlen(" (9999)"));
        assert_string_equal(numbered + 246, " (9999)");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_suffix_of_an_archive_is_known),
                cmocka_unit_test(test_the_first_bytes_tell),
                cmocka_unit_test(test_a_number_stands_before_the_suffix),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
