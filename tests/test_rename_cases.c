/* SPDX-License-Identifier: MIT */
#include "worldfixture.h"

#include <names/folder.h>

static int move(Node from, const char *name, Node to, const char *new_name)
{
        return namespace_rename(&world.names, (DirectoryName){from, name},
                                (DirectoryName){to, new_name}, false, WORLD_ACTOR);
}

static int rename_in_point(const char *name, const char *new_name)
{
        return move(world_dir(), name, world_dir(), new_name);
}

static Node make_folder(const char *name)
{
        Entry entry;

        assert_int_equal(folder_make(&world.names, world_dir(), name, 0770, WORLD_ACTOR, &entry),
                         0);
        return entry.node;
}

/* ---- uploads ---- */

static void test_an_upload_moves_and_its_generation_with_it(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a.jpg", "bytes");
        int64_t before = world_generation(id);

        assert_int_equal(rename_in_point("a.jpg", "b.jpg"), 0);
        assert_means_nothing(world_dir(), "a.jpg");
        assert_int_equal(world_find(world_dir(), "b.jpg").id, id);
        assert_int_equal(world_generation(id), before + 1);
        assert_int_equal(world_judge(id, before, FIXTURE_ID), -ESTALE);
}

static void test_a_temporary_name_is_judged_once_it_is_a_normal_one(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), ".a.jpg.Ab3dEf", "bytes");

        assert_int_equal(world_state(id), SUBMISSION_OPEN);
        assert_int_equal(rename_in_point(".a.jpg.Ab3dEf", FIXTURE_ID ".jpg"), 0);
        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        upload_show_now(&world.intake, id);
        assert_means(world_dir(), FIXTURE_ID ".jpg", NODE_PHOTO);
}

static void test_what_stood_at_the_name_gives_way_and_is_kept(void **state _unused_)
{
        int64_t first = world_drop(world_dir(), "a.jpg", "first");
        int64_t second = world_drop(world_dir(), "b.jpg", "second");

        assert_int_equal(rename_in_point("b.jpg", "a.jpg"), 0);
        assert_int_equal(world_find(world_dir(), "a.jpg").id, second);
        assert_int_equal(world_state(first), SUBMISSION_SUPERSEDED);
}

static void test_no_replace_refuses_what_exists(void **state _unused_)
{
        (void)world_drop(world_dir(), "a.jpg", "first");
        (void)world_drop(world_dir(), "b.jpg", "second");
        assert_int_equal(namespace_rename(&world.names, (DirectoryName){world_dir(), "b.jpg"},
                                          (DirectoryName){world_dir(), "a.jpg"}, true, WORLD_ACTOR),
                         -EEXIST);
        assert_means(world_dir(), "b.jpg", NODE_UPLOAD);
}

static void test_an_upload_that_becomes_litter_is_nobodys(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), ".Thumbs.db.Ab3dEf", "bytes");
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(rename_in_point(".Thumbs.db.Ab3dEf", "Thumbs.db"), 0);
        assert_means(world_dir(), "Thumbs.db", NODE_LITTER);
        assert_int_equal(catalog_get_submission(fixture.catalog, id, &row), 0);
}

/* ---- what is finished ---- */

static void test_a_rejected_file_is_mended_by_a_right_name(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), "IMG_1.jpg", NULL);
        Node mended;

        assert_int_equal(world_state(id), SUBMISSION_REJECTED);
        assert_int_equal(
                move(world_rejected_dir(), "IMG_1.jpg", world_rejected_dir(), FIXTURE_ID ".jpg"),
                0);
        assert_int_equal(world_state(id), SUBMISSION_SUPERSEDED);
        mended = world_find(world_rejected_dir(), FIXTURE_ID ".jpg");
        assert_int_equal(mended.kind, NODE_UPLOAD);
        assert_int_equal(world_state(mended.id), SUBMISSION_RECEIVED);
}

static void test_a_photo_renamed_to_another_student_is_withdrawn(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);

        assert_int_equal(rename_in_point(FIXTURE_ID ".jpg", FIXTURE_ID_2 ".jpg"), 0);
        assert_int_equal(fixture_student_state(FIXTURE_ID), REVIEW_MISSING);
        assert_true(world_state(id) == SUBMISSION_SUPERSEDED ||
                    world_state(id) == SUBMISSION_WITHDRAWN);
        assert_means(world_dir(), FIXTURE_ID_2 ".jpg", NODE_UPLOAD);
}

static void test_an_alias_keeps_its_photo_under_a_name_for_the_same_student(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), "a " FIXTURE_ID ".jpg", FIXTURE_ID);

        assert_int_equal(rename_in_point("a " FIXTURE_ID ".jpg", "b " FIXTURE_ID ".jpg"), 0);
        assert_int_equal(world_state(id), SUBMISSION_ACCEPTED);
        assert_int_equal(world_find(world_dir(), "b " FIXTURE_ID ".jpg").id, id);
}

static void test_an_editor_sets_a_photo_aside_and_back(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);

        assert_int_equal(rename_in_point(FIXTURE_ID ".jpg", FIXTURE_ID ".jpg~"), 0);
        assert_int_equal(world_state(id), SUBMISSION_ACCEPTED);
        assert_means(world_dir(), FIXTURE_ID ".jpg~", NODE_PHOTO);
        assert_int_equal(rename_in_point(FIXTURE_ID ".jpg~", FIXTURE_ID ".jpg"), 0);
        assert_means_nothing(world_dir(), FIXTURE_ID ".jpg~");
        assert_int_equal(world_state(id), SUBMISSION_ACCEPTED);
}

/* ---- what is refused ---- */

static void test_fixed_names_stay(void **state _unused_)
{
        (void)world_drop(world_dir(), "a.jpg", "bytes");
        assert_int_equal(rename_in_point("STATUS.txt", "b.txt"), -EACCES);
        assert_int_equal(rename_in_point("a.jpg", "STATUS.txt"), -EACCES);
        assert_means(world_dir(), "a.jpg", NODE_UPLOAD);
}

static void test_another_point_is_another_device(void **state _unused_)
{
        int64_t other;

        WORLD_ROWS
        {
                other = fixture_point("大连分校");
        }
        (void)world_drop(world_dir(), "a.jpg", "bytes");
        assert_int_equal(
                move(world_dir(), "a.jpg", (Node){.kind = NODE_POINT, .id = other}, "a.jpg"),
                -EXDEV);
        assert_means(world_dir(), "a.jpg", NODE_UPLOAD);
}

static void test_nothing_is_renamed_in_a_closed_batch(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a.jpg", "bytes");

        WORLD_ROWS
        {
                assert_true(catalog_set_batch_closed(fixture.catalog, fixture.batch, true) >= 0);
        }
        assert_int_equal(rename_in_point("a.jpg", "b.jpg"), -EROFS);
        assert_int_equal(world_find(world_dir(), "a.jpg").id, id);
}

static void test_a_name_that_is_nowhere(void **state _unused_)
{
        assert_int_equal(rename_in_point("a.jpg", "b.jpg"), -ENOENT);
}

/* ---- folders ---- */

static void test_a_folder_takes_its_uploads_to_its_new_name(void **state _unused_)
{
        Node folder = make_folder("一班");
        int64_t id = world_drop(folder, "a.jpg", "bytes"), before = world_generation(id);

        assert_int_equal(rename_in_point("一班", "二班"), 0);
        assert_int_equal(world_find(world_dir(), "二班").id, folder.id);
        assert_int_equal(world_generation(id), before + 1);
        assert_int_equal(world_judge(id, before, FIXTURE_ID), -ESTALE);
}

static void test_a_folder_does_not_go_into_itself(void **state _unused_)
{
        Node folder = make_folder("一班");

        assert_int_equal(move(world_dir(), "一班", folder, "x"), -EINVAL);
        assert_int_equal(move(world_dir(), "一班", world_rejected_dir(), "x"), -EACCES);
}

static void test_a_link_names_what_was_written_under_a_temporary_name(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), ".a.jpg.Ab3dEf", "bytes");
        Node node = {.kind = NODE_UPLOAD, .id = id};
        Entry entry;

        assert_int_equal(namespace_link(&world.names, node, world_dir(), "a.jpg", &entry), 0);
        assert_int_equal(entry.node.id, id);
        /* The old name resolves until the client unlinks it. */
        assert_int_equal(world_find(world_dir(), ".a.jpg.Ab3dEf").id, id);
        assert_int_equal(namespace_link(&world.names, node, world_dir(), "b.jpg", &entry), -EPERM);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_test(test_an_upload_moves_and_its_generation_with_it),
                world_test(test_a_temporary_name_is_judged_once_it_is_a_normal_one),
                world_test(test_what_stood_at_the_name_gives_way_and_is_kept),
                world_test(test_no_replace_refuses_what_exists),
                world_test(test_an_upload_that_becomes_litter_is_nobodys),
                world_test(test_a_rejected_file_is_mended_by_a_right_name),
                world_test(test_a_photo_renamed_to_another_student_is_withdrawn),
                world_test(test_an_alias_keeps_its_photo_under_a_name_for_the_same_student),
                world_test(test_an_editor_sets_a_photo_aside_and_back),
                world_test(test_fixed_names_stay),
                world_test(test_another_point_is_another_device),
                world_test(test_nothing_is_renamed_in_a_closed_batch),
                world_test(test_a_name_that_is_nowhere),
                world_test(test_a_folder_takes_its_uploads_to_its_new_name),
                world_test(test_a_folder_does_not_go_into_itself),
                world_test(test_a_link_names_what_was_written_under_a_temporary_name),
        };

        return cmocka_run_group_tests_name("rename_cases", tests, NULL, NULL);
}
