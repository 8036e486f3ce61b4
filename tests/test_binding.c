/* SPDX-License-Identifier: MIT */
#include "fsfixture.h"

static const Node alias = {.kind = NODE_ALIAS, .id = 3};
static const Node photo = {.kind = NODE_PHOTO, .id = 3};

static int64_t found(Node node)
{
        int64_t upload = 0;

        return binding_find(fixture_world.bindings, node, &upload) ? upload : 0;
}

static void test_a_bound_node_leads_to_its_upload(void **state _unused_)
{
        assert_int_equal(binding_add(fixture_world.bindings, alias, 7), 0);
        assert_int_equal(found(alias), 7);
        binding_remove(fixture_world.bindings, alias, 7);
        assert_int_equal(found(alias), 0);
}

static void test_another_kind_with_the_same_id_is_another_node(void **state _unused_)
{
        assert_int_equal(binding_add(fixture_world.bindings, alias, 7), 0);
        assert_int_equal(found(photo), 0);
        binding_remove(fixture_world.bindings, photo, 7);
        assert_int_equal(found(alias), 7);
}

static void test_it_lasts_until_the_last_handle_is_gone(void **state _unused_)
{
        assert_int_equal(binding_add(fixture_world.bindings, alias, 7), 0);
        assert_int_equal(binding_add(fixture_world.bindings, alias, 7), 0);
        binding_remove(fixture_world.bindings, alias, 7);
        assert_int_equal(found(alias), 7);
        binding_remove(fixture_world.bindings, alias, 7);
        assert_int_equal(found(alias), 0);
}

static void test_the_newest_of_several_uploads_is_shown(void **state _unused_)
{
        assert_int_equal(binding_add(fixture_world.bindings, alias, 7), 0);
        assert_int_equal(binding_add(fixture_world.bindings, alias, 8), 0);
        assert_int_equal(found(alias), 8);
        binding_remove(fixture_world.bindings, alias, 8);
        assert_int_equal(found(alias), 7);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fs_test(test_a_bound_node_leads_to_its_upload),
                fs_test(test_another_kind_with_the_same_id_is_another_node),
                fs_test(test_it_lasts_until_the_last_handle_is_gone),
                fs_test(test_the_newest_of_several_uploads_is_shown),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
