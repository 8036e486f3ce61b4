/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <store/catalog-internal.h>

/* What a connection does when it ends in the middle, as only one to a server can. */

static Sql *sql;

static int open_sql(void **state)
{
        int r = fixture_open(state);

        sql = r < 0 ? NULL : catalog_sql(fixture.catalog);
        return r;
}

/* The server tells only the connection itself which of its processes serves it. */
static void end_connection(void)
{
        char command[2 * PATH_MAX];
        int64_t process = 0;

        assert_int_equal(sql_integers(sql, "SELECT pg_backend_pid()", &process, 1), 0);
        (void)snprintf(command, sizeof(command),
                       "psql --quiet --no-psqlrc --output=/dev/null '%s' --command"
                       " 'SELECT pg_terminate_backend(%lld, 10000)'",
                       getenv("IDPHOTO_TEST_CATALOG"), (long long)process);
        assert_int_equal(system(command), 0);
}

static int has_setting(const char *key)
{
        _cleanup_free_ char *value = NULL;

        return catalog_get_setting(fixture.catalog, key, &value);
}

static void test_a_question_is_asked_on_another_connection(void **state _unused_)
{
        fixture_needs_server();
        end_connection();
        assert_int_equal(has_setting("batch"), 1);
}

static void test_rows_that_are_lost_are_not_taken_for_none(void **state _unused_)
{
        static const char many[] = "SELECT n.n FROM generate_series(1, 3000) AS n (n)";
        _cleanup_rows_ SqlRows *rows = NULL;
        int64_t n = 0;
        int r;

        fixture_needs_server();
        assert_int_equal(sql_ask(sql, SQL_MANY, many, NO_VALUES, &rows), 0);
        assert_int_equal(sql_next(rows), 1);
        end_connection();
        /* Another question on the connection, such as callbacks ask, makes a new one. */
        assert_int_equal(has_setting("batch"), 1);
        while ((r = sql_next(rows)) > 0)
                n++;
        assert_int_equal(r, -EIO);
        assert_true(n < 2999);
}

static void test_a_transaction_runs_again_as_a_whole(void **state _unused_)
{
        fixture_needs_server();
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_set_setting(fixture.catalog, "first", "x"), 0);
        end_connection();
        /* Nothing of it goes to the new connection. */
        (void)catalog_set_setting(fixture.catalog, "second", "x");
        assert_int_equal(sql_settle(sql), -EIO);
        assert_false(catalog_in_transaction(fixture.catalog));
        assert_int_equal(catalog_commit(fixture.catalog), -EIO);
        assert_true(catalog_run_again(fixture.catalog, 1));
        assert_int_equal(has_setting("first"), 0);
        assert_int_equal(has_setting("second"), 0);

        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_set_setting(fixture.catalog, "first", "x"), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_int_equal(has_setting("first"), 1);
}

static void test_what_only_fails_is_not_run_again(void **state _unused_)
{
        int64_t id;

        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_add_batch(fixture.catalog, "202601", 0, &id), -EEXIST);
        catalog_rollback(fixture.catalog);
        assert_false(catalog_run_again(fixture.catalog, 1));
}

static void test_a_number_tells_of_the_changes_of_others_only(void **state _unused_)
{
        _cleanup_(catalog_freep) Catalog *other = NULL;
        int64_t before, after;

        assert_int_equal(catalog_open(fixture.store, &other), 0);
        assert_int_equal(catalog_data_version(fixture.catalog, &before), 0);
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_set_setting(fixture.catalog, "own", "x"), 0);
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_int_equal(catalog_data_version(fixture.catalog, &after), 0);
        assert_int_equal(after, before);
        assert_int_equal(catalog_begin(other, false), 0);
        assert_int_equal(catalog_set_setting(other, "other", "x"), 0);
        assert_int_equal(catalog_commit(other), 0);
        assert_int_equal(catalog_data_version(fixture.catalog, &after), 0);
        assert_int_not_equal(after, before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_question_is_asked_on_another_connection),
                cmocka_unit_test(test_rows_that_are_lost_are_not_taken_for_none),
                cmocka_unit_test(test_a_transaction_runs_again_as_a_whole),
                cmocka_unit_test(test_what_only_fails_is_not_run_again),
                cmocka_unit_test(test_a_number_tells_of_the_changes_of_others_only),
        };

        return cmocka_run_group_tests(tests, open_sql, fixture_close);
}
