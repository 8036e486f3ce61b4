/* SPDX-License-Identifier: MIT */
#include <live/node.h>

#include <idphoto/util.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const int64_t ids[] = {1, 2, 255, 256, 1000000, INT64_C(1) << 40, (INT64_C(1) << 56) - 1};

static void test_the_root_is_number_one(void **state _unused_)
{
        Node node = {.kind = _NODE_KIND_MAX, .id = 7};

        assert_int_equal(node_to_ino((Node){.kind = NODE_ROOT}), 1);
        assert_true(node_from_ino(1, &node));
        assert_int_equal(node.kind, NODE_ROOT);
        assert_int_equal(node.id, 0);
}

static void test_every_kind_and_id_comes_back(void **state _unused_)
{
        for (int kind = NODE_ROOT + 1; kind < _NODE_KIND_MAX; kind++)
                for (size_t i = 0; i < ELEMENTSOF(ids); i++) {
                        Node node = {.kind = (NodeKind)kind, .id = ids[i]}, back;

                        if (node_is_snapshot(node))
                                continue;
                        assert_true(node_from_ino(node_to_ino(node), &back));
                        assert_int_equal(back.kind, node.kind);
                        assert_int_equal(back.id, node.id);
                        assert_int_equal(back.version, 0);
                }
}

static void test_a_status_comes_back_with_its_point_and_version(void **state _unused_)
{
        static const int64_t points[] = {0, 1, 100, (1 << 24) - 1};
        static const uint32_t versions[] = {0, 1, 0x80000000, UINT32_MAX};
        size_t snapshots = 0;

        for (int kind = NODE_ROOT; kind < _NODE_KIND_MAX; kind++) {
                if (!node_is_snapshot((Node){.kind = (NodeKind)kind}))
                        continue;
                snapshots++;
                for (size_t i = 0; i < ELEMENTSOF(points); i++)
                        for (size_t k = 0; k < ELEMENTSOF(versions); k++) {
                                Node node = {(NodeKind)kind, points[i], versions[k]}, back;

                                assert_true(node_from_ino(node_to_ino(node), &back));
                                assert_int_equal(back.kind, kind);
                                assert_int_equal(back.id, points[i]);
                                assert_int_equal(back.version, versions[k]);
                        }
        }
        assert_true(snapshots >= 2);
}

static void test_no_two_nodes_share_a_number(void **state _unused_)
{
        enum { N = _NODE_KIND_MAX * ELEMENTSOF(ids) };
        uint64_t seen[N];
        size_t n = 0;

        for (int kind = NODE_ROOT + 1; kind < _NODE_KIND_MAX; kind++)
                for (size_t i = 0; i < ELEMENTSOF(ids); i++) {
                        Node node = {.kind = (NodeKind)kind, .id = ids[i]};

                        if (node_is_snapshot(node))
                                node = (Node){node.kind, .id = 1, .version = (uint32_t)i};
                        seen[n] = node_to_ino(node);
                        assert_int_not_equal(seen[n], 1);
                        for (size_t k = 0; k < n; k++)
                                assert_int_not_equal(seen[n], seen[k]);
                        n++;
                }
}

static void test_a_new_version_of_a_status_is_a_new_number(void **state _unused_)
{
        Node node = {.kind = NODE_STATUS, .id = 3, .version = 7}, newer = node, other = node;

        newer.version++;
        other.id++;
        assert_int_not_equal(node_to_ino(node), node_to_ino(newer));
        assert_int_not_equal(node_to_ino(node), node_to_ino(other));
}

static void test_numbers_that_no_node_has_are_refused(void **state _unused_)
{
        static const uint64_t numbers[] = {
                0, 2, (UINT64_C(1) << 56) - 1, (uint64_t)_NODE_KIND_MAX << 56 | 1, UINT64_MAX,
        };

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                Node node = {.kind = NODE_PHOTO, .id = 4711};

                assert_false(node_from_ino(numbers[i], &node));
                assert_int_equal(node.id, 4711);
        }
}

static void test_directories_are_told_from_files(void **state _unused_)
{
        static const NodeKind files[] = {NODE_STATUS, NODE_STATUS_CSV, NODE_UPLOAD,   NODE_ALIAS,
                                         NODE_PHOTO,  NODE_MISSING,    NODE_REJECTED, NODE_REASON,
                                         NODE_LITTER, NODE_INDEX_HTML};
        static const NodeKind directories[] = {NODE_ROOT,          NODE_POINT,
                                               NODE_REJECTED_DIR,  NODE_MISSING_DIR,
                                               NODE_SUBMITTED_DIR, NODE_FOLDER};

        for (size_t i = 0; i < ELEMENTSOF(files); i++)
                assert_false(node_is_directory((Node){.kind = files[i], .id = 1}));
        for (size_t i = 0; i < ELEMENTSOF(directories); i++)
                assert_true(node_is_directory((Node){.kind = directories[i], .id = 1}));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_root_is_number_one),
                cmocka_unit_test(test_every_kind_and_id_comes_back),
                cmocka_unit_test(test_a_status_comes_back_with_its_point_and_version),
                cmocka_unit_test(test_no_two_nodes_share_a_number),
                cmocka_unit_test(test_a_new_version_of_a_status_is_a_new_number),
                cmocka_unit_test(test_numbers_that_no_node_has_are_refused),
                cmocka_unit_test(test_directories_are_told_from_files),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
