/* SPDX-License-Identifier: MIT */
#include "fsfixture.h"

static const Node parent = {.kind = NODE_POINT, .id = 1};
static const Node other_parent = {.kind = NODE_POINT, .id = 2};

static void pass(int64_t seconds)
{
        fixture_monotonic += seconds * NSEC_PER_SEC;
}

static void add(const char *name, int64_t id)
{
        ghost_add(fixture_world.tree.ghosts, parent, name, (Node){.kind = NODE_UPLOAD, .id = id});
}

static bool find(Node in, const char *name)
{
        Node node;

        return ghost_find(fixture_world.tree.ghosts, in, name, &node);
}

static Node make_litter(const char *name)
{
        Node node;

        assert_int_equal(ghost_litter_create(fixture_world.tree.ghosts, parent, name,
                                             &(Litter){.mode = 0644,
                                                       .uid = 1,
                                                       .gid = 2,
                                                       .size = 3,
                                                       .mtime = 4 * NSEC_PER_SEC + 5},
                                             &node),
                         0);
        return node;
}

static void test_a_ghost_is_found_under_its_parent(void **state _unused_)
{
        Node node = {};

        add("a.jpg", 7);
        assert_true(ghost_find(fixture_world.tree.ghosts, parent, "a.jpg", &node));
        assert_int_equal(node.kind, NODE_UPLOAD);
        assert_int_equal(node.id, 7);
        assert_false(find(other_parent, "a.jpg"));
        assert_false(find(parent, "b.jpg"));
}

static void test_a_ghost_is_forgotten_after_some_seconds(void **state _unused_)
{
        add("a.jpg", 7);
        pass(4);
        assert_true(find(parent, "a.jpg"));
        pass(1);
        assert_false(find(parent, "a.jpg"));
}

static void test_a_look_does_not_prolong_it(void **state _unused_)
{
        add("a.jpg", 7);
        for (int i = 0; i < 4; i++) {
                pass(1);
                assert_true(find(parent, "a.jpg"));
        }
        pass(1);
        assert_false(find(parent, "a.jpg"));
}

static void test_a_name_added_again_means_the_new_node(void **state _unused_)
{
        Node node = {};

        add("a.jpg", 7);
        pass(4);
        add("a.jpg", 8);
        pass(4);
        assert_true(ghost_find(fixture_world.tree.ghosts, parent, "a.jpg", &node));
        assert_int_equal(node.id, 8);
        assert_true(ghost_remove(fixture_world.tree.ghosts, parent, "a.jpg"));
        assert_false(find(parent, "a.jpg"));
}

static void test_a_ghost_is_removed_once(void **state _unused_)
{
        add("a.jpg", 7);
        add("b.jpg", 8);
        assert_false(ghost_remove(fixture_world.tree.ghosts, other_parent, "a.jpg"));
        assert_true(ghost_remove(fixture_world.tree.ghosts, parent, "a.jpg"));
        assert_false(ghost_remove(fixture_world.tree.ghosts, parent, "a.jpg"));
        assert_true(find(parent, "b.jpg"));
}

static void test_the_oldest_give_way_when_there_are_too_many(void **state _unused_)
{
        char name[32];

        for (int i = 0; i < 2000; i++) {
                (void)snprintf(name, sizeof(name), "%d", i);
                add(name, i);
        }
        assert_false(find(parent, "0"));
        assert_true(find(parent, "1999"));
        assert_true(find(parent, "1500"));
}

static void test_litter_shows_what_was_written(void **state _unused_)
{
        Node node = make_litter("Thumbs.db"), found;
        struct stat st;

        assert_int_equal(node.kind, NODE_LITTER);
        assert_true(ghost_find(fixture_world.tree.ghosts, parent, "Thumbs.db", &found));
        assert_int_equal(found.id, node.id);
        assert_int_equal(ghost_litter_attributes(fixture_world.tree.ghosts, node, &st), 0);
        assert_int_equal(st.st_ino, node_to_ino(node));
        assert_int_equal(st.st_mode, S_IFREG | 0644);
        assert_int_equal(st.st_uid, 1);
        assert_int_equal(st.st_gid, 2);
        assert_int_equal(st.st_size, 3);
        assert_int_equal(st.st_mtim.tv_sec, 4);
        assert_int_equal(st.st_mtim.tv_nsec, 5);
        assert_int_equal(st.st_nlink, 1);
}

static void test_litter_takes_changes_one_by_one(void **state _unused_)
{
        Node node = make_litter("Thumbs.db");
        uint64_t size = 100;
        mode_t mode = 0600;
        int64_t mtime = -NSEC_PER_SEC / 2;
        struct stat st;

        ghost_litter_set(fixture_world.tree.ghosts, node, &size, NULL, NULL);
        assert_int_equal(ghost_litter_attributes(fixture_world.tree.ghosts, node, &st), 0);
        assert_int_equal(st.st_size, 100);
        assert_int_equal(st.st_mode, S_IFREG | 0644);
        ghost_litter_set(fixture_world.tree.ghosts, node, NULL, &mode, NULL);
        assert_int_equal(ghost_litter_attributes(fixture_world.tree.ghosts, node, &st), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0600);
        assert_int_equal(st.st_mtim.tv_sec, 4);
        ghost_litter_set(fixture_world.tree.ghosts, node, NULL, NULL, &mtime);
        assert_int_equal(ghost_litter_attributes(fixture_world.tree.ghosts, node, &st), 0);
        assert_int_equal(st.st_size, 100);
        /* Before the epoch: the nanoseconds count up all the same. */
        assert_int_equal(st.st_mtim.tv_sec, -1);
        assert_int_equal(st.st_mtim.tv_nsec, NSEC_PER_SEC / 2);
}

static void test_litter_lives_longer_but_not_for_ever(void **state _unused_)
{
        Node node = make_litter("Thumbs.db");
        struct stat st;

        pass(599);
        assert_true(find(parent, "Thumbs.db"));
        pass(1);
        assert_false(find(parent, "Thumbs.db"));
        assert_int_equal(ghost_litter_attributes(fixture_world.tree.ghosts, node, &st), -ENOENT);
}

static void test_litter_numbers_are_not_used_again(void **state _unused_)
{
        Node first = make_litter("Thumbs.db"), second;

        assert_true(ghost_remove(fixture_world.tree.ghosts, parent, "Thumbs.db"));
        second = make_litter("Thumbs.db");
        assert_int_not_equal(first.id, second.id);
}

static void test_changing_forgotten_litter_does_nothing(void **state _unused_)
{
        uint64_t size = 1;

        ghost_litter_set(fixture_world.tree.ghosts, (Node){.kind = NODE_LITTER, .id = 4711}, &size,
                         NULL, NULL);
        ghosts_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                fs_test(test_a_ghost_is_found_under_its_parent),
                fs_test(test_a_ghost_is_forgotten_after_some_seconds),
                fs_test(test_a_look_does_not_prolong_it),
                fs_test(test_a_name_added_again_means_the_new_node),
                fs_test(test_a_ghost_is_removed_once),
                fs_test(test_the_oldest_give_way_when_there_are_too_many),
                fs_test(test_litter_shows_what_was_written),
                fs_test(test_litter_takes_changes_one_by_one),
                fs_test(test_litter_lives_longer_but_not_for_ever),
                fs_test(test_litter_numbers_are_not_used_again),
                fs_test(test_changing_forgotten_litter_does_nothing),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
