/* SPDX-License-Identifier: MIT */
#include "worker/models.h"

#include <idphoto/io.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define DEBIAN_FOLDER "/usr/share/opencv4/haarcascades"

static char folder[] = "/tmp/idphoto-models-XXXXXX";

static void write_file(const char *name, const char *content, size_t size)
{
        _cleanup_close_ int dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_close_ int fd =
                openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(write_full(fd, content, size), 0);
}

static int use_empty_folder(void **state _unused_)
{
        (void)snprintf(folder, sizeof(folder), "/tmp/idphoto-models-XXXXXX");
        if (!mkdtemp(folder))
                return -1;
        return setenv("IDPHOTO_CASCADES", folder, 1);
}

static int remove_folder(void **state _unused_)
{
        _cleanup_close_ int dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        (void)unlinkat(dirfd, "haarcascade_frontalface_alt2.xml", 0);
        (void)unlinkat(dirfd, "haarcascade_eye.xml", 0);
        (void)rmdir(folder);
        return unsetenv("IDPHOTO_CASCADES");
}

static void test_without_files_there_are_no_models_and_no_error(void **state _unused_)
{
        PhotoModels *models = (PhotoModels *)folder;

        assert_int_equal(worker_models_load(&models), 0);
        assert_null(models);
        assert_int_equal(setenv("IDPHOTO_CASCADES", "/nonexistent", 1), 0);
        models = (PhotoModels *)folder;
        assert_int_equal(worker_models_load(&models), 0);
        assert_null(models);
}

static void test_a_malformed_file_is_as_good_as_none(void **state _unused_)
{
        static const char *const contents[] = {"", "no XML", "<opencv_storage>",
                                               "<?xml version=\"1.0\"?><opencv_storage/>"};

        for (size_t i = 0; i < ELEMENTSOF(contents); i++) {
                PhotoModels *models = (PhotoModels *)folder;

                write_file("haarcascade_frontalface_alt2.xml", contents[i], strlen(contents[i]));
                assert_int_equal(worker_models_load(&models), 0);
                assert_null(models);
        }
}

static void test_a_file_beyond_the_limit_is_not_read(void **state _unused_)
{
        char path[128];
        PhotoModels *models = (PhotoModels *)folder;

        write_file("haarcascade_frontalface_alt2.xml", "", 0);
        (void)snprintf(path, sizeof(path), "%s/haarcascade_frontalface_alt2.xml", folder);
        assert_int_equal(truncate(path, (off_t)1 << 40), 0);
        assert_int_equal(worker_models_load(&models), 0);
        assert_null(models);
}

static void test_the_system_s_files_are_found(void **state _unused_)
{
        _cleanup_(photo_models_freep) PhotoModels *models = NULL;

        if (access(DEBIAN_FOLDER "/haarcascade_frontalface_alt2.xml", R_OK) < 0) {
                print_message("[ SKIP ] opencv-data is not installed\n");
                skip();
        }
        assert_int_equal(unsetenv("IDPHOTO_CASCADES"), 0);
        assert_int_equal(worker_models_load(&models), 0);
        assert_non_null(models);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, use_empty_folder, remove_folder)
        const struct CMUnitTest tests[] = {
                TEST(test_without_files_there_are_no_models_and_no_error),
                TEST(test_a_malformed_file_is_as_good_as_none),
                TEST(test_a_file_beyond_the_limit_is_not_read),
                TEST(test_the_system_s_files_are_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
