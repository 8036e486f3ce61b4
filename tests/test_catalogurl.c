/* SPDX-License-Identifier: MIT */
#include <idphoto/catalogurl.h>

#include <idphoto/util.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
        const char *url;
        int result;
} cases[] = {
        {"postgresql://idphoto@/photos", 0},
        {"postgres:///photos", 0},
        {"postgresql://", 0},
        {"postgresql://idphoto@localhost:5432/photos", 0},
        {"postgresql://idphoto@127.0.0.1/photos", 0},
        {"postgresql://[::1]:5433/photos", 0},
        {"postgresql://%2Frun%2Fpostgresql/photos", 0},
        {"postgresql://idphoto@/photos?host=/run/postgresql", 0},
        {"postgresql://idphoto@db1,db2/photos?sslmode=verify-full&passfile=/etc/idphoto.pass", 0},
        {"postgresql://idphoto@db1,db2/photos?sslmode=verify%2Dfull", 0},
        {"", -EDESTADDRREQ},
        {"/var/lib/photos", -EDESTADDRREQ},
        {"mysql://idphoto@localhost/photos", -EDESTADDRREQ},
        {"host=localhost dbname=photos", -EDESTADDRREQ},
        {"postgresql:///photos?service=photos", -EDESTADDRREQ},
        {"postgresql://idphoto:secret@localhost/photos", -EKEYREJECTED},
        {"postgresql://idphoto:@localhost/photos", -EKEYREJECTED},
        {"postgresql://localhost/photos?password=secret", -EKEYREJECTED},
        {"postgresql://localhost/photos?pass%77ord=secret", -EKEYREJECTED},
        {"postgresql://db1/photos?sslmode=verify-full&sslpassword=secret", -EKEYREJECTED},
        {"postgresql://db1/photos", -ENOKEY},
        {"postgresql://db1/photos?sslmode=require", -ENOKEY},
        {"postgresql://localhost,db2/photos", -ENOKEY},
        {"postgresql://localhost.example.edu/photos", -ENOKEY},
        {"postgresql://127.0.0.1.example.edu/photos", -ENOKEY},
        {"postgresql:///photos?host=db1", -ENOKEY},
        {"postgresql://localhost/photos?hostaddr=192.0.2.1", -ENOKEY},
        {"postgresql://10.0.0.1:5432/photos", -ENOKEY},
        {"postgresql://db1/photos?sslmode=verify-full&sslmode=disable", -ENOKEY},
        {"postgresql://localhost/photos?%", 0},
};

static void test_a_url_is_used_that_tells_and_risks_nothing(void **state _unused_)
{
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                int r = catalog_url_check(cases[i].url);

                if (r != cases[i].result)
                        fail_msg("'%s': %d, not %d", cases[i].url, r, cases[i].result);
        }
}

static void test_every_error_has_a_sentence_that_names_no_secret(void **state _unused_)
{
        static const int errors[] = {-EDESTADDRREQ, -EKEYREJECTED, -ENOKEY, -ECONNREFUSED,
                                     -EPROTONOSUPPORT};

        for (size_t i = 0; i < ELEMENTSOF(errors); i++)
                for (int l = 0; l < _LANGUAGE_MAX; l++) {
                        const char *text = catalog_error(errors[i], (Language)l);

                        assert_true(strlen(text) > 20);
                        assert_null(strchr(text, '%'));
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_url_is_used_that_tells_and_risks_nothing),
                cmocka_unit_test(test_every_error_has_a_sentence_that_names_no_secret),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
