/* SPDX-License-Identifier: MIT */
#include "worldfixture.h"

#include <idphoto/centre.h>
#include <intake/collector.h>

/* From the bytes to a verdict that is shown, and what a dead daemon leaves. */

static SubmissionRow row_of(int64_t id)
{
        SubmissionRow row = {};

        assert_int_equal(catalog_get_submission(fixture.catalog, id, &row), 1);
        return row;
}

static UploadState state_of(int64_t id)
{
        _cleanup_upload_ UploadRef ref = {world.uploads, upload_table_get(world.uploads, id)};

        return ref.upload ? (UploadState)ref.upload->state : UPLOAD_GONE;
}

/* ---- writing ---- */

static void test_a_refused_write_poisons_the_upload(void **state _unused_)
{
        int fd;
        int64_t id = world_begin(world_dir(), "a.jpg", "bytes", &fd);

        assert_int_equal(upload_flush(&world.intake, id, fd), 0);
        assert_int_equal(upload_write(&world.intake, id, fd, "x", 1, 1 << 20), -EFBIG);
        assert_int_equal(upload_flush(&world.intake, id, fd), -EFBIG);
        upload_release_write(&world.intake, id, fd, FIXTURE_UID);
        assert_int_equal(state_of(id), UPLOAD_RECEIVED);
}

static void test_staged_bytes_of_a_point_have_a_limit(void **state _unused_)
{
        _cleanup_free_ char *much = calloc(1, 700000);
        int fd, other;
        int64_t id = world_begin(world_dir(), "a.jpg", "a", &fd);
        int64_t second = world_begin(world_dir(), "b.jpg", "b", &other);

        assert_int_equal(upload_write(&world.intake, id, fd, much, 700000, 0), 0);
        assert_int_equal(upload_write(&world.intake, second, other, much, 700000, 0), -EDQUOT);
        world_end(id, fd);
        upload_release_write(&world.intake, second, other, FIXTURE_UID);
}

static void test_a_truncated_upload_is_as_long_as_it_was_made(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a.jpg", "many bytes");
        UploadAttributes a;
        Upload *u;

        assert_int_equal(upload_truncate(&world.intake, id, -EBADF, 4, FIXTURE_UID), 0);
        assert_int_equal(upload_find(world.uploads, id, UPLOAD_OWN, &u), 0);
        upload_attributes(u, &a);
        upload_unref(world.uploads, u);
        assert_int_equal(a.size, 4);
}

/* ---- opening again ---- */

static void test_a_quick_reopening_goes_on_with_the_same_upload(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a.jpg", "bytes"), before = world_generation(id);
        int fd;

        world_wait(100);
        assert_int_equal(upload_open_write(&world.intake, id, false, FIXTURE_UID, &fd), 0);
        assert_int_equal(upload_write(&world.intake, id, fd, "more", 4, 5), 0);
        world_end(id, fd);
        assert_int_equal(world_generation(id), before + 1);
        assert_int_equal(world_judge(id, before, FIXTURE_ID), -ESTALE);
        assert_int_equal(world_judge(id, before + 1, FIXTURE_ID), 0);
        assert_int_equal(state_of(id), UPLOAD_JUDGED);
}

static int count_versions(void)
{
        int n = 0;

        for (int64_t id = 1; id < 20; id++) {
                _cleanup_submission_ SubmissionRow row = {};

                n += catalog_get_submission(fixture.catalog, id, &row) > 0;
        }
        return n;
}

static void test_a_late_reopening_keeps_what_was_received(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), "a.jpg", "bytes");
        int fd, before = count_versions();

        world_wait(5000);
        assert_int_equal(upload_open_write(&world.intake, id, true, FIXTURE_UID, &fd), 0);
        world_end(id, fd);
        assert_int_equal(count_versions(), before + 1);
}

/* The kernel tells of the close in two steps, and close() returns after the first. */
static void test_a_late_release_does_not_make_a_reopening_quick(void **state _unused_)
{
        int fd, before = count_versions();
        int64_t id = world_begin(world_dir(), "a.jpg", "bytes", &fd);

        assert_int_equal(upload_flush(&world.intake, id, fd), 0);
        world_wait(5000);
        upload_release_write(&world.intake, id, fd, FIXTURE_UID);
        assert_int_equal(upload_open_write(&world.intake, id, true, FIXTURE_UID, &fd), 0);
        world_end(id, fd);
        assert_int_equal(count_versions(), before + 2);
}

static void test_one_user_has_so_many_open(void **state _unused_)
{
        int fds[8], fd;
        int64_t ids[8], id;
        Place place = {.point = world.point};
        Actor other = {.uid = 4711, .gid = FIXTURE_GID};

        for (int i = 0; i < 8; i++) {
                char name[16];

                (void)snprintf(name, sizeof(name), "%d.jpg", i);
                ids[i] = world_begin(world_dir(), name, "x", &fds[i]);
        }
        assert_int_equal(
                upload_create(
                        &world.intake,
                        &(NewUpload){.place = place, .name = "more.jpg", .actor = WORLD_ACTOR}, &id,
                        &fd),
                -EMFILE);
        assert_int_equal(
                upload_create(&world.intake,
                              &(NewUpload){.place = place, .name = "other.jpg", .actor = other},
                              &id, &fd),
                0);
        upload_release_write(&world.intake, id, fd, other.uid);
        for (int i = 0; i < 8; i++)
                world_end(ids[i], fds[i]);
}

static void test_who_has_a_deleted_file_open_goes_on(void **state _unused_)
{
        int fd;
        int64_t id = world_begin(world_dir(), "a.jpg", "bytes", &fd);
        UploadAttributes a;

        assert_int_equal(upload_unlink(&world.intake, id, FIXTURE_UID), 0);
        assert_means_nothing(world_dir(), "a.jpg");
        assert_true(upload_nameless(world.uploads, id, &a));
        assert_int_equal(upload_write(&world.intake, id, fd, "more", 4, 5), 0);
        upload_release_write(&world.intake, id, fd, FIXTURE_UID);
        assert_false(upload_nameless(world.uploads, id, &a));
}

/* ---- when something is due ---- */

static void test_a_verdict_is_shown_when_its_delay_is_over(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), FIXTURE_ID ".jpg", "bytes");

        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        assert_true(upload_due(&world.intake, id));
        world_forget_agenda();
        upload_show_now(&world.intake, id);
        assert_int_equal(fixture_state(id), SUBMISSION_ACCEPTED);
        assert_true(world_told(FIXTURE_POINT "/" FIXTURE_ID ".jpg",
                               FIXTURE_POINT "/" FIXTURE_ID ".jpg"));
        assert_false(upload_due(&world.intake, id));
}

static void test_who_hurries_has_what_is_judged_shown(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), FIXTURE_ID ".jpg", "bytes");

        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        upload_hurry(&world.intake, world.point + 1, INT64_MAX, false);
        assert_int_equal(fixture_state(id), SUBMISSION_PASSED);
        upload_hurry(&world.intake, world.point, id - 1, false);
        assert_int_equal(fixture_state(id), SUBMISSION_PASSED);
        upload_hurry(&world.intake, world.point, id, false);
        assert_int_equal(fixture_state(id), SUBMISSION_ACCEPTED);
}

static void test_a_verdict_for_a_former_name_is_not_shown(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), FIXTURE_ID ".jpg", "bytes");

        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        assert_int_equal(namespace_rename(&world.names,
                                          (DirectoryName){world_dir(), FIXTURE_ID ".jpg"},
                                          (DirectoryName){world_dir(), FIXTURE_ID_2 ".jpg"}, false,
                                          WORLD_ACTOR),
                         0);
        upload_show_now(&world.intake, id);
        assert_int_equal(fixture_state(id), SUBMISSION_RECEIVED);
        assert_means(world_dir(), FIXTURE_ID_2 ".jpg", NODE_UPLOAD);
        assert_means_nothing(world_dir(), FIXTURE_ID ".jpg");
}

static void test_a_fresh_upload_that_nobody_opens_goes(void **state _unused_)
{
        int64_t finished = world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID), fresh;
        Place place = {.point = world.point};
        UploadAttributes a = {.mode = 0640, .uid = FIXTURE_UID, .gid = FIXTURE_GID};
        _cleanup_submission_ SubmissionRow row = {};

        assert_int_equal(
                upload_make_fresh(&world.intake,
                                  &(FreshUpload){.origin = {.kind = NODE_ALIAS, .id = finished},
                                                 .place = place,
                                                 .name = "b.jpg",
                                                 .attributes = a,
                                                 .actor = FIXTURE_UID},
                                  &fresh),
                0);
        assert_false(upload_due(&world.intake, fresh));
        assert_int_equal(catalog_get_submission(fixture.catalog, fresh, &row), 1);
        submission_row_done(&row);
        row = (SubmissionRow){};
        world_wait(UPLOAD_FRESH_MSEC);
        (void)upload_due(&world.intake, fresh);
        assert_int_equal(catalog_get_submission(fixture.catalog, fresh, &row), 0);
}

/* ---- after a restart ---- */

/* The table forgets everything, as if the daemon had been killed. */
static void restart(void)
{
        upload_recover_stop(&world.intake);
        barriers_free(TAKE_PTR(world.barriers));
        agenda_free(TAKE_PTR(world.agenda));
        upload_table_free(TAKE_PTR(world.uploads));
        leases_free(TAKE_PTR(world.leases));
        assert_int_equal(world_open_live(), 0);
        world.tree.uploads = world.intake.uploads = world.names.uploads = world.uploads;
        world.intake.agenda = world.names.agenda = world.agenda;
        world.intake.leases = world.names.leases = world.leases;
        world.intake.barriers = world.barriers;
        assert_int_equal(upload_recover_start(&world.intake), 0);
        for (int i = 0; i < 5000 && !world.uploads->recovered; i++)
                (void)usleep(1000);
        assert_true(world.uploads->recovered);
}

static void test_what_was_received_is_gone_on_with(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), FIXTURE_ID ".jpg", "bytes");

        restart();
        assert_int_equal(state_of(id), UPLOAD_RECEIVED);
        assert_true(upload_any_pending(world.uploads, world.point, 0, id));
        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        upload_show_now(&world.intake, id);
        assert_means(world_dir(), FIXTURE_ID ".jpg", NODE_PHOTO);
}

static void test_a_recorded_verdict_is_shown_after_a_restart(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), FIXTURE_ID ".jpg", "bytes");

        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        restart();
        assert_int_equal(state_of(id), UPLOAD_JUDGED);
        assert_true(upload_due(&world.intake, id));
}

static void test_a_temporary_file_of_days_ago_goes(void **state _unused_)
{
        int64_t old = world_drop(world_dir(), ".a.jpg.Ab3dEf", "bytes"), young;
        _cleanup_submission_ SubmissionRow gone = {}, kept = {};

        fixture.now += INT64_C(49) * 3600 * NSEC_PER_SEC;
        young = world_drop(world_dir(), ".b.jpg.Ab3dEf", "bytes");
        restart();
        assert_int_equal(catalog_get_submission(fixture.catalog, old, &gone), 0);
        assert_int_equal(catalog_get_submission(fixture.catalog, young, &kept), 1);
}

static void test_files_that_no_row_names_are_removed(void **state _unused_)
{
        int fd = staging_create(fixture.store, 4711);

        assert_true(fd >= 0);
        (void)close(fd);
        restart();
        assert_int_equal(staging_open(fixture.store, 4711), -ENOENT);
}

/* ---- blobs that nobody names ---- */

static void test_a_noted_blob_goes_unless_a_row_names_it(void **state _unused_)
{
        Sha256 lost = fixture_blob("nobody's");
        int64_t id = world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        SubmissionRow row = row_of(id);
        Collector *collector;
        int fd;

        assert_int_equal(collector_new(&world.intake, LANGUAGE_EN, &collector), 0);
        collector_note(collector, &lost);
        collector_note(collector, &row.original);
        collector_free(collector);
        assert_false(fixture_lists(&lost));
        fd = blob_open(fixture.store, &row.original);
        assert_true(fd >= 0);
        (void)close(fd);
        submission_row_done(&row);
}

static void test_a_rendition_is_made_only_for_what_is_approved(void **state _unused_)
{
        _cleanup_student_ StudentRow student = {};

        (void)world_finished(world_dir(), FIXTURE_ID ".jpg", FIXTURE_ID);
        assert_int_equal(catalog_find_student(fixture.catalog, (Where){fixture.batch, world.point},
                                              FIXTURE_ID, &student),
                         1);
        /* No worker is asked. */
        assert_int_equal(centre_make(fixture.store, world.writer, NULL, NULL, student.photo), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_test(test_a_refused_write_poisons_the_upload),
                world_test(test_staged_bytes_of_a_point_have_a_limit),
                world_test(test_a_truncated_upload_is_as_long_as_it_was_made),
                world_test(test_a_quick_reopening_goes_on_with_the_same_upload),
                world_test(test_a_late_reopening_keeps_what_was_received),
                world_test(test_a_late_release_does_not_make_a_reopening_quick),
                world_test(test_one_user_has_so_many_open),
                world_test(test_who_has_a_deleted_file_open_goes_on),
                world_test(test_a_verdict_is_shown_when_its_delay_is_over),
                world_test(test_who_hurries_has_what_is_judged_shown),
                world_test(test_a_verdict_for_a_former_name_is_not_shown),
                world_test(test_a_fresh_upload_that_nobody_opens_goes),
                world_test(test_what_was_received_is_gone_on_with),
                world_test(test_a_recorded_verdict_is_shown_after_a_restart),
                world_test(test_a_temporary_file_of_days_ago_goes),
                world_test(test_files_that_no_row_names_are_removed),
                world_test(test_a_noted_blob_goes_unless_a_row_names_it),
                world_test(test_a_rendition_is_made_only_for_what_is_approved),
        };

        return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
