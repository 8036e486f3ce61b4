/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/point.h>

#define BATCH "202702"

static int note_batch(const BatchRow *row, void *userdata)
{
        Text *text = userdata;

        text_printf(text, "%s%s ", row->name, row->closed ? "*" : "");
        return text->error;
}

static void expect_batches(const char *want)
{
        _cleanup_text_ Text text = {};

        assert_int_equal(catalog_list_batches(fixture.catalog, note_batch, &text), 0);
        assert_string_equal(text.data, want);
}

static void test_a_new_batch_is_open(void **state _unused_)
{
        int64_t id;

        assert_int_equal(catalog_add_batch(fixture.catalog, BATCH, 1, &id), 0);
        assert_int_equal(catalog_batch_closed(fixture.catalog, id), 0);
}

static void test_batches_are_listed_in_the_order_of_their_making(void **state _unused_)
{
        int64_t id;

        assert_int_equal(catalog_add_batch(fixture.catalog, BATCH, 1, &id), 0);
        expect_batches("202601 " BATCH " ");
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, id, true), 0);
        expect_batches("202601 " BATCH "* ");
}

static void test_a_name_is_taken_once(void **state _unused_)
{
        int64_t id;

        assert_int_equal(catalog_add_batch(fixture.catalog, BATCH, 1, &id), 0);
        assert_int_equal(catalog_add_batch(fixture.catalog, BATCH, 1, &id), -EEXIST);
}

static void test_a_closed_batch_opens_again(void **state _unused_)
{
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(catalog_batch_closed(fixture.catalog, fixture.batch), 1);
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, false), 0);
        assert_int_equal(catalog_batch_closed(fixture.catalog, fixture.batch), 0);
}

static void test_closing_changes_every_status_file(void **state _unused_)
{
        _cleanup_point_ PointRow before = {}, after = {};

        assert_int_equal(catalog_get_point(fixture.catalog, fixture.point, &before), 1);
        assert_int_equal(catalog_set_batch_closed(fixture.catalog, fixture.batch, true), 0);
        assert_int_equal(catalog_get_point(fixture.catalog, fixture.point, &after), 1);
        assert_true(after.version > before.version);
}

static void test_an_unknown_batch_is_not_closed(void **state _unused_)
{
        assert_int_equal(catalog_batch_closed(fixture.catalog, 4711), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fixture_test(test_a_new_batch_is_open),
                fixture_test(test_batches_are_listed_in_the_order_of_their_making),
                fixture_test(test_a_name_is_taken_once),
                fixture_test(test_a_closed_batch_opens_again),
                fixture_test(test_closing_changes_every_status_file),
                fixture_test(test_an_unknown_batch_is_not_closed),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
