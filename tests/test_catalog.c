/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>

#include <fcntl.h>
#include <sys/stat.h>

/* Transactions, settings and batches. */

static void set(Catalog *catalog, const char *key, const char *value)
{
        assert_int_equal(catalog_set_setting(catalog, key, value), 0);
}

static void assert_setting(Catalog *catalog, const char *key, const char *value)
{
        _cleanup_free_ char *found = NULL;
        int r = catalog_get_setting(catalog, key, &found);

        if (!value) {
                assert_int_equal(r, 0);
                return;
        }
        assert_int_equal(r, 1);
        assert_string_equal(found, value);
}

static void open_second(Catalog **ret)
{
        assert_int_equal(catalog_open(fixture.store, ret), 0);
}

static void test_a_commit_is_seen_by_another_connection(void **state _unused_)
{
        _cleanup_(catalog_freep) Catalog *other = NULL;

        open_second(&other);
        for (int durable = 0; durable < 2; durable++) {
                const char *value = durable ? "durable" : "quick";

                assert_int_equal(catalog_begin(fixture.catalog, durable), 0);
                assert_true(catalog_in_transaction(fixture.catalog));
                set(fixture.catalog, "committed", value);
                assert_int_equal(catalog_commit(fixture.catalog), 0);
                assert_false(catalog_in_transaction(fixture.catalog));
                assert_setting(other, "committed", value);
        }
}

static void test_a_rollback_leaves_nothing(void **state _unused_)
{
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        set(fixture.catalog, "rolled back", "x");
        catalog_rollback(fixture.catalog);
        assert_false(catalog_in_transaction(fixture.catalog));
        assert_setting(fixture.catalog, "rolled back", NULL);
}

static void test_a_rollback_without_a_transaction_does_nothing(void **state _unused_)
{
        catalog_rollback(fixture.catalog);
        assert_false(catalog_in_transaction(fixture.catalog));
}

static void test_a_reader_sees_nothing_of_an_open_transaction(void **state _unused_)
{
        _cleanup_(catalog_freep) Catalog *other = NULL;

        open_second(&other);
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        set(fixture.catalog, "half", "x");
        assert_setting(other, "half", NULL);
        assert_setting(fixture.catalog, "half", "x");
        catalog_rollback(fixture.catalog);
}

static void test_a_connection_that_dies_leaves_nothing(void **state _unused_)
{
        Catalog *other;

        open_second(&other);
        assert_int_equal(catalog_begin(other, true), 0);
        set(other, "died", "x");
        catalog_free(other);
        assert_setting(fixture.catalog, "died", NULL);
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        catalog_rollback(fixture.catalog);
}

static void test_a_savepoint_is_undone_alone(void **state _unused_)
{
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        set(fixture.catalog, "before", "x");
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        set(fixture.catalog, "inside", "x");
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        set(fixture.catalog, "after", "x");
        assert_true(catalog_in_transaction(fixture.catalog));
        assert_int_equal(catalog_commit(fixture.catalog), 0);
        assert_setting(fixture.catalog, "before", "x");
        assert_setting(fixture.catalog, "inside", NULL);
        assert_setting(fixture.catalog, "after", "x");
}

static void test_a_released_savepoint_stays_with_its_transaction(void **state _unused_)
{
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        set(fixture.catalog, "released", "x");
        assert_int_equal(catalog_savepoint_release(fixture.catalog), 0);
        assert_setting(fixture.catalog, "released", "x");
        catalog_rollback(fixture.catalog);
        assert_setting(fixture.catalog, "released", NULL);
}

static void test_savepoints_nest(void **state _unused_)
{
        assert_int_equal(catalog_begin(fixture.catalog, false), 0);
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        set(fixture.catalog, "outer", "x");
        assert_int_equal(catalog_savepoint(fixture.catalog), 0);
        set(fixture.catalog, "inner", "x");
        assert_int_equal(catalog_savepoint_rollback(fixture.catalog), 0);
        assert_int_equal(catalog_savepoint_release(fixture.catalog), 0);
        assert_setting(fixture.catalog, "outer", "x");
        assert_setting(fixture.catalog, "inner", NULL);
        catalog_rollback(fixture.catalog);
}

static void commit_setting(Catalog *catalog, const char *key, const char *value)
{
        assert_int_equal(catalog_begin(catalog, false), 0);
        set(catalog, key, value);
        assert_int_equal(catalog_commit(catalog), 0);
}

static void test_the_data_version_tells_of_other_connections_only(void **state _unused_)
{
        _cleanup_(catalog_freep) Catalog *other = NULL;
        int64_t before, after;

        open_second(&other);
        assert_int_equal(catalog_data_version(fixture.catalog, &before), 0);
        commit_setting(fixture.catalog, "own", "x");
        assert_int_equal(catalog_data_version(fixture.catalog, &after), 0);
        assert_int_equal(before, after);
        commit_setting(other, "others", "x");
        assert_int_equal(catalog_data_version(fixture.catalog, &after), 0);
        assert_int_not_equal(before, after);
}

static void test_a_setting_is_replaced(void **state _unused_)
{
        assert_setting(fixture.catalog, "none", NULL);
        set(fixture.catalog, "one", "first");
        set(fixture.catalog, "one", "第二");
        assert_setting(fixture.catalog, "one", "第二");
}

static void test_a_batch_is_found_by_name_and_id(void **state _unused_)
{
        _cleanup_free_ char *name = NULL, *none = NULL;
        int64_t id, found;

        assert_int_equal(catalog_add_batch(fixture.catalog, "202607", 1, &id), 0);
        assert_int_equal(catalog_find_batch(fixture.catalog, "202607", &found), 1);
        assert_int_equal(found, id);
        assert_int_equal(catalog_batch_name(fixture.catalog, id, &name), 1);
        assert_string_equal(name, "202607");
        assert_int_equal(catalog_find_batch(fixture.catalog, "209901", &found), 0);
        assert_int_equal(catalog_batch_name(fixture.catalog, 4711, &none), 0);
        assert_null(none);
}

static void test_a_name_cannot_become_a_statement(void **state _unused_)
{
        const char *evil = "x'); DROP TABLE setting; --";

        set(fixture.catalog, evil, evil);
        assert_setting(fixture.catalog, evil, evil);
}

static void test_free_accepts_null(void **state _unused_)
{
        catalog_free(NULL);
}

/* ---- the log ---- */

/* The log is there again, but only its beginning. */
static void bring_back(const char *from, const char *to, unsigned percent)
{
        _cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC), out = -EBADF;
        char buffer[4096];
        off_t left;
        struct stat st;

        out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(in >= 0 && out >= 0);
        assert_int_equal(fstat(in, &st), 0);
        for (left = st.st_size * percent / 100; left > 0;) {
                ssize_t n = read(in, buffer, (size_t)MIN(left, (off_t)sizeof(buffer)));

                assert_true(n > 0);
                assert_int_equal(write_full(out, buffer, (size_t)n), 0);
                left -= n;
        }
}

/* A power cut may bring back what was removed or cut off, when other files have parts of it. */
static void test_a_log_that_comes_back_in_part_is_void(void **state _unused_)
{
        char log[PATH_MAX + 32], kept[PATH_MAX + 32];

        fixture_needs_sqlite();
        (void)snprintf(log, sizeof(log), "%s/catalog.db-wal", fixture.path);
        (void)snprintf(kept, sizeof(kept), "%s/kept", fixture.directory);
        for (unsigned percent = 5; percent <= 100; percent += 19) {
                char value[16];

                for (int i = 0; i < 200; i++) {
                        (void)snprintf(value, sizeof(value), "%u-%d", percent, i);
                        commit_setting(fixture.catalog, "last", value);
                        commit_setting(fixture.catalog, value, value);
                }
                (void)unlink(kept);
                assert_int_equal(link(log, kept), 0);
                catalog_free(TAKE_PTR(fixture.catalog));
                assert_int_equal(access(log, F_OK), -1);
                bring_back(kept, log, percent);
                assert_int_equal(catalog_open(fixture.store, &fixture.catalog), 0);
                assert_setting(fixture.catalog, "last", value);
                assert_setting(fixture.catalog, value, value);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_commit_is_seen_by_another_connection),
                cmocka_unit_test(test_a_rollback_leaves_nothing),
                cmocka_unit_test(test_a_rollback_without_a_transaction_does_nothing),
                cmocka_unit_test(test_a_reader_sees_nothing_of_an_open_transaction),
                cmocka_unit_test(test_a_connection_that_dies_leaves_nothing),
                cmocka_unit_test(test_a_savepoint_is_undone_alone),
                cmocka_unit_test(test_a_released_savepoint_stays_with_its_transaction),
                cmocka_unit_test(test_savepoints_nest),
                cmocka_unit_test(test_the_data_version_tells_of_other_connections_only),
                cmocka_unit_test(test_a_log_that_comes_back_in_part_is_void),
                cmocka_unit_test(test_a_setting_is_replaced),
                cmocka_unit_test(test_a_batch_is_found_by_name_and_id),
                cmocka_unit_test(test_a_name_cannot_become_a_statement),
                cmocka_unit_test(test_free_accepts_null),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
