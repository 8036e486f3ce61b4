/* SPDX-License-Identifier: MIT */
#include "worker/sandbox.h"
#include "worker/warmup.h"

#include <iconv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#define KEEP_FD      3
#define MEMORY_BYTES (256u << 20)

static int run_in_sandbox(WorkerDuty duty, void (*inside)(void))
{
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                worker_warm_up(duty);
                if (sandbox_detach(KEEP_FD) < 0 || sandbox_close(KEEP_FD, MEMORY_BYTES, 0) < 0)
                        _exit(101);
                inside();
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return status;
}

static void inside_time(void)
{
        struct tm tm = {.tm_year = 125, .tm_mon = 8, .tm_mday = 1, .tm_isdst = -1};
        time_t t = mktime(&tm);

        for (int i = 0; i < 3; i++)
                if (t == (time_t)-1 || !localtime(&t) || !localtime_r(&t, &tm))
                        _exit(1);
}

static void test_local_time_works_without_its_file(void **state _unused_)
{
        assert_int_equal(run_in_sandbox(WORKER_PHOTOS, inside_time), 0);
        assert_int_equal(run_in_sandbox(WORKER_LISTS, inside_time), 0);
}

static void test_a_time_zone_of_the_environment_works_too(void **state _unused_)
{
        assert_int_equal(setenv("TZ", "Asia/Shanghai", 1), 0);
        assert_int_equal(run_in_sandbox(WORKER_PHOTOS, inside_time), 0);
        assert_int_equal(run_in_sandbox(WORKER_LISTS, inside_time), 0);
        assert_int_equal(unsetenv("TZ"), 0);
}

static void inside_charsets(void)
{
        static const char *const names[] = {"ISO8859-1", "SJIS",  "UTF-8",
                                            "BIG-5",     "CP437", "ISO8859-15"};

        for (int round = 0; round < 2; round++)
                for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                        iconv_t converter = iconv_open("UTF-8", names[i]);

                        if (converter != (iconv_t)-1)
                                (void)iconv_close(converter);
                }
}

static void test_the_code_reader_s_converters_open_no_file(void **state _unused_)
{
        assert_int_equal(run_in_sandbox(WORKER_PHOTOS, inside_charsets), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_local_time_works_without_its_file),
                cmocka_unit_test(test_a_time_zone_of_the_environment_works_too),
                cmocka_unit_test(test_the_code_reader_s_converters_open_no_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
