/* SPDX-License-Identifier: MIT */
#include "worldfixture.h"

#include <names/folder.h>
#include <names/redrop.h>
#include <names/setattr.h>

/* Deleting, announcing, writing again, folders and attributes: what clients and the announcer do to
 * names besides renaming. */

static int unlink_in(Node parent, const char *name)
{
        return namespace_unlink(&world.names, parent, name, WORLD_ACTOR);
}

/* ---- which names may be made ---- */

static void test_what_a_name_is_taken_for(void **state _unused_)
{
        Names *names = &world.names;
        char longest[300];

        memset(longest, 'a', sizeof(longest));
        longest[sizeof(longest) - 1] = '\0';
        assert_int_equal(namespace_check(names, world_dir(), "a.jpg", false), NAME_NORMAL);
        assert_int_equal(namespace_check(names, world_dir(), ".a.jpg.Ab3dEf", false),
                         NAME_TEMPORARY);
        assert_int_equal(namespace_check(names, world_dir(), "Thumbs.db", false), NAME_LITTER);
        assert_int_equal(namespace_check(names, world_dir(), longest, false), -ENAMETOOLONG);
        assert_int_equal(namespace_check(names, world_dir(), "STATUS.txt", false), -EACCES);
        assert_int_equal(namespace_check(names, (Node){.kind = NODE_ROOT}, "a.jpg", false),
                         -EACCES);
        assert_int_equal(namespace_check(names, (Node){.kind = NODE_MISSING_DIR, .id = world.point},
                                         "a.jpg", false),
                         -EACCES);
        assert_int_equal(namespace_check(names, world_dir(), ".Trash-1000", true), -EACCES);
}

/* ---- unlink ---- */

static void test_a_deleted_upload_is_kept_when_it_was_received(void **state _unused_)
{
        int64_t received = world_drop(world_dir(), "a.jpg", "bytes");
        int64_t temporary = world_drop(world_dir(), ".b.jpg.Ab3dEf", "bytes");
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(unlink_in(world_dir(), "a.jpg"), 0);
        assert_int_equal(world_state(received), SUBMISSION_WITHDRAWN);
        assert_int_equal(unlink_in(world_dir(), ".b.jpg.Ab3dEf"), 0);
        assert_int_equal(catalog_get_submission(fixture.catalog, temporary, &row), 0);
}

static void test_a_deleted_photo_is_withdrawn_and_its_successor_known(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID), second;
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(unlink_in(world_dir(), FIXTURE_ID ".jpg"), 0);
        assert_int_equal(world_state(id), SUBMISSION_WITHDRAWN);
        assert_means_nothing(world_dir(), FIXTURE_ID ".jpg");
        /* The same process drops another in its place. */
        second = world_drop(world_dir(), FIXTURE_ID ".jpg", "newer");
        assert_int_equal(catalog_get_submission(fixture.catalog, second, &row), 1);
        assert_int_equal(row.replaces, id);
        assert_int_equal(world_record(second, world_generation(second),
                                      (WorldVerdict){.number = FIXTURE_ID}),
                         0);
        upload_show_now(&world.intake, second);
        assert_int_equal(world_state(second), SUBMISSION_REJECTED);
        assert_int_equal(world_state(id), SUBMISSION_ACCEPTED);
}

static void test_photo_and_reason_go_together(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), "IMG_1.jpg", NULL);

        assert_int_equal(unlink_in(world_rejected_dir(), "IMG_1.jpg - no ID number.txt"), 0);
        assert_int_equal(world_state(id), SUBMISSION_DISMISSED);
        /* Whoever deletes both meets no error. */
        assert_int_equal(unlink_in(world_rejected_dir(), "IMG_1.jpg"), 0);
        assert_int_equal(unlink_in(world_rejected_dir(), "IMG_1.jpg"), -ENOENT);
}

static void test_an_approved_photo_cannot_be_deleted(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        _cleanup_student_ StudentRow student = {};

        assert_int_equal(catalog_find_student(fixture.catalog, (Where){fixture.batch, world.point},
                                              FIXTURE_ID, &student),
                         1);
        WORLD_ROWS
        {
                assert_int_equal(catalog_set_student(fixture.catalog, student.id, REVIEW_APPROVED,
                                                     student.photo),
                                 0);
        }
        assert_int_equal(unlink_in(world_dir(), FIXTURE_ID ".jpg"), -EPERM);
        assert_int_equal(world_state(id), SUBMISSION_ACCEPTED);
}

static void test_fixed_entries_are_not_deleted(void **state _unused_)
{
        assert_int_equal(unlink_in(world_dir(), "STATUS.txt"), -EPERM);
        assert_int_equal(unlink_in(world_dir(), "rejected"), -EPERM);
        assert_int_equal(unlink_in((Node){.kind = NODE_ROOT}, FIXTURE_POINT), -EPERM);
}

/* ---- the announcer's rename ---- */

static void test_the_announced_rename_commits_the_verdict(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a " FIXTURE_ID ".jpg", "bytes");

        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        assert_int_equal(namespace_announce(&world.names, id, world_dir(), "a " FIXTURE_ID ".jpg",
                                            world_dir(), FIXTURE_ID ".jpg"),
                         0);
        assert_int_equal(world_state(id), SUBMISSION_ACCEPTED);
        assert_means(world_dir(), FIXTURE_ID ".jpg", NODE_PHOTO);
        assert_means(world_dir(), "a " FIXTURE_ID ".jpg", NODE_ALIAS);
}

static void test_an_announcement_to_the_wrong_place_tells_the_right_one(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a.jpg", "bytes");

        assert_int_equal(world_judge(id, world_generation(id), NULL), 0);
        world_forget_agenda();
        assert_int_equal(namespace_announce(&world.names, id, world_dir(), "a.jpg", world_dir(),
                                            FIXTURE_ID ".jpg"),
                         -EAGAIN);
        assert_int_equal(world_state(id), SUBMISSION_REJECTED);
        assert_true(world_told(FIXTURE_POINT "/a.jpg", FIXTURE_POINT "/rejected/a.jpg"));
}

static void test_what_was_committed_meanwhile_is_only_seen(void **state _unused_)
{
        int64_t id = world_finished(world_dir(), "IMG_1.jpg", NULL);

        assert_int_equal(namespace_announce(&world.names, id, world_dir(), "IMG_1.jpg",
                                            world_rejected_dir(), "IMG_1.jpg"),
                         0);
}

/* ---- writing to what is finished ---- */

static void test_writing_to_a_photo_begins_an_upload_with_its_bytes(void **state _unused_)
{
        int64_t finished = world_finished(world_dir(), "a " FIXTURE_ID ".jpg", FIXTURE_ID), fresh;
        Node alias = {.kind = NODE_ALIAS, .id = finished};
        _cleanup_close_ int fd = -EBADF;
        char bytes[64] = "";

        assert_int_equal(redrop_begin(&world.names, alias, false, FIXTURE_UID, &fresh), 1);
        assert_int_equal(world_find(world_dir(), "a " FIXTURE_ID ".jpg").id, fresh);
        assert_int_equal(upload_open_read(&world.intake, fresh, &fd), 0);
        assert_true(read(fd, bytes, sizeof(bytes) - 1) > 0);
        assert_string_equal(bytes, "a " FIXTURE_ID ".jpg");
        /* Asked for by its node again it is the same one. */
        assert_int_equal(redrop_begin(&world.names, alias, false, FIXTURE_UID, &fresh), 0);
        upload_release_read(&world.intake, fresh, TAKE_FD(fd));
}

static void test_a_fresh_upload_that_is_closed_unwritten_never_was_one(void **state _unused_)
{
        int64_t finished = world_finished(world_dir(), "a " FIXTURE_ID ".jpg", FIXTURE_ID), fresh;
        Node alias = {.kind = NODE_ALIAS, .id = finished}, origin;
        int fd;

        assert_int_equal(redrop_begin(&world.names, alias, false, FIXTURE_UID, &fresh), 1);
        assert_int_equal(upload_open_write(&world.intake, fresh, false, FIXTURE_UID, &fd), 0);
        upload_release_write(&world.intake, fresh, fd, FIXTURE_UID);
        assert_means(world_dir(), "a " FIXTURE_ID ".jpg", NODE_ALIAS);
        assert_int_equal(world_state(finished), SUBMISSION_ACCEPTED);
        assert_true(upload_origin(world.uploads, fresh, &origin));
        assert_int_equal(origin.id, finished);
}

/* ---- folders ---- */

static void test_a_folder_is_its_makers_and_the_points_groups(void **state _unused_)
{
        Actor maker = {.uid = 2001, .gid = 2002};
        _cleanup_folder_ FolderRow row = {};
        Entry entry;

        assert_int_equal(folder_make(&world.names, world_dir(), "一班", 0755, maker, &entry), 0);
        assert_int_equal(catalog_get_folder(fixture.catalog, entry.node.id, &row), 1);
        assert_int_equal(row.uid, 2001);
        assert_int_equal(row.gid, FIXTURE_GID);
        assert_int_equal(row.mode, 02770);
        assert_int_equal(folder_make(&world.names, world_dir(), "一班", 0755, maker, &entry),
                         -EEXIST);
        assert_int_equal(folder_make(&world.names, world_rejected_dir(), "x", 0755, maker, &entry),
                         -EACCES);
}

static void test_a_folder_with_photos_in_it_stays(void **state _unused_)
{
        Entry entry;

        assert_int_equal(folder_make(&world.names, world_dir(), "一班", 0770, WORLD_ACTOR, &entry),
                         0);
        (void)world_drop(entry.node, "a.jpg", "bytes");
        assert_int_equal(folder_remove(&world.names, world_dir(), "一班", WORLD_ACTOR), -ENOTEMPTY);
        assert_int_equal(unlink_in(entry.node, "a.jpg"), 0);
        assert_int_equal(folder_remove(&world.names, world_dir(), "一班", WORLD_ACTOR), 0);
        assert_means_nothing(world_dir(), "一班");
}

static void test_an_emptied_folder_comes_back_under_its_name(void **state _unused_)
{
        Entry entry, again;

        assert_int_equal(folder_make(&world.names, world_dir(), "一班", 0770, WORLD_ACTOR, &entry),
                         0);
        assert_int_equal(folder_clear(&world.names, world_dir(), "一班"), 0);
        assert_int_equal(folder_make(&world.names, world_dir(), "一班", 0770, WORLD_ACTOR, &again),
                         0);
        assert_int_equal(again.node.id, entry.node.id);
        assert_true(again.generation != entry.generation);
}

/* ---- attributes ---- */

static void test_a_set_time_stays_an_uploads(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a.jpg", "bytes"), mtime = 1000 * NSEC_PER_SEC;
        MetadataChange set = {.mtime = &mtime, .actor = FIXTURE_UID};
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(setattr_apply(&world.names, (Node){.kind = NODE_UPLOAD, .id = id}, &set),
                         0);
        assert_int_equal(catalog_get_submission(fixture.catalog, id, &row), 1);
        assert_int_equal(row.mtime, mtime);
}

static void test_what_the_store_makes_is_as_it_is(void **state _unused_)
{
        mode_t mode = 0777;
        MetadataChange set = {.mode = &mode, .actor = 0};
        Node status = world_find(world_dir(), "STATUS.txt");

        assert_int_equal(setattr_apply(&world.names, status, &set), -EPERM);
        mode = 0440;
        assert_int_equal(setattr_apply(&world.names, status, &set), 0);
}

static void test_a_points_directory_takes_owner_and_mode(void **state _unused_)
{
        uid_t uid = 4711;
        mode_t mode = 02750;
        MetadataChange set = {.uid = &uid, .mode = &mode, .actor = 0};
        _cleanup_point_ PointRow row = {};

        assert_int_equal(setattr_apply(&world.names, world_dir(), &set), 0);
        assert_int_equal(catalog_get_point(fixture.catalog, world.point, &row), 1);
        assert_int_equal(row.uid, 4711);
        assert_int_equal(row.mode, 02750);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_test(test_what_a_name_is_taken_for),
                world_test(test_a_deleted_upload_is_kept_when_it_was_received),
                world_test(test_a_deleted_photo_is_withdrawn_and_its_successor_known),
                world_test(test_photo_and_reason_go_together),
                world_test(test_an_approved_photo_cannot_be_deleted),
                world_test(test_fixed_entries_are_not_deleted),
                world_test(test_the_announced_rename_commits_the_verdict),
                world_test(test_an_announcement_to_the_wrong_place_tells_the_right_one),
                world_test(test_what_was_committed_meanwhile_is_only_seen),
                world_test(test_writing_to_a_photo_begins_an_upload_with_its_bytes),
                world_test(test_a_fresh_upload_that_is_closed_unwritten_never_was_one),
                world_test(test_a_folder_is_its_makers_and_the_points_groups),
                world_test(test_a_folder_with_photos_in_it_stays),
                world_test(test_an_emptied_folder_comes_back_under_its_name),
                world_test(test_a_set_time_stays_an_uploads),
                world_test(test_what_the_store_makes_is_as_it_is),
                world_test(test_a_points_directory_takes_owner_and_mode),
        };

        return cmocka_run_group_tests_name("namespace", tests, NULL, NULL);
}
