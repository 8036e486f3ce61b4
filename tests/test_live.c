/* SPDX-License-Identifier: MIT */
#include "worldfixture.h"

#include <live/hand.h>
#include <live/openlist.h>
#include <live/parked.h>
#include <live/replacement.h>

/* The modules of `live` that have no test of their own: agenda, open list, replacements, hands, the
 * table of uploads, barriers. */

/* In place of src/live/parked.c: requests that no client sent. */
static bool interrupted_before;

bool parked_add(struct fuse_req *request _unused_,
                void (*interrupted)(struct fuse_req *, void *) _unused_, void *userdata _unused_)
{
        return !interrupted_before;
}

void parked_reply(struct fuse_req *request _unused_, int error _unused_)
{
        fail_msg("answered past the barrier's own answer");
}

/* ---- agenda ---- */

static void test_uploads_come_when_they_are_due_and_in_that_order(void **state _unused_)
{
        AgendaItem item;

        for (int64_t i = 100; i > 0; i--)
                agenda_schedule(world.agenda, i, i * 37 % 101);
        for (int64_t now = 0, seen = 0; now <= 100; now++) {
                while (agenda_take(world.agenda, now, &item)) {
                        assert_int_equal(item.upload * 37 % 101, now);
                        seen++;
                }
                assert_int_equal(seen, now);
        }
        assert_false(agenda_take(world.agenda, INT64_MAX, &item));
}

static void test_news_are_told_first_and_in_their_order(void **state _unused_)
{
        AgendaItem item;

        agenda_schedule(world.agenda, 1, 0);
        agenda_tell(world.agenda, strdup("a"), strdup("b"));
        agenda_tell_directory(world.agenda, strdup("c"));
        agenda_tell(world.agenda, strdup("half"), NULL);
        assert_true(agenda_take(world.agenda, 0, &item));
        assert_string_equal(item.from, "a");
        assert_string_equal(item.to, "b");
        free(item.from);
        free(item.to);
        assert_true(agenda_take(world.agenda, 0, &item));
        assert_string_equal(item.from, "c");
        assert_null(item.to);
        free(item.from);
        assert_true(agenda_take(world.agenda, 0, &item));
        assert_int_equal(item.upload, 1);
        assert_false(agenda_take(world.agenda, 0, &item));
}

static void *wake_up(void *userdata _unused_)
{
        agenda_wake(world.agenda);
        return NULL;
}

static void test_a_wait_ends_when_there_is_something(void **state _unused_)
{
        int64_t far = INT64_C(3600) * NSEC_PER_SEC;
        pthread_t thread;

        /* Each of these would take an hour. */
        agenda_wake(world.agenda);
        agenda_wait(world.agenda, 0, far);
        agenda_schedule(world.agenda, 1, 0);
        agenda_wait(world.agenda, 0, far);
        world_forget_agenda();
        assert_int_equal(pthread_create(&thread, NULL, wake_up, NULL), 0);
        agenda_wait(world.agenda, 0, far);
        assert_int_equal(pthread_join(thread, NULL), 0);
}

/* ---- what clients have open ---- */

static int forgotten;

static void forget(OpenLink *link _unused_)
{
        forgotten++;
}

static void test_only_what_is_still_open_is_forgotten(void **state _unused_)
{
        OpenLink links[3] = {};
        OpenList *list;

        forgotten = 0;
        assert_int_equal(openlist_new(&list), 0);
        for (int i = 0; i < 3; i++)
                openlist_add(list, &links[i], forget);
        openlist_remove(list, &links[1]);
        openlist_free(list);
        assert_int_equal(forgotten, 2);
}

/* ---- who deleted for a newcomer's sake ---- */

static void test_only_who_deleted_replaces_and_only_soon(void **state _unused_)
{
        Replacements *replacements = world.intake.replacements;
        Place place = {.point = 1}, elsewhere = {.point = 2};
        Actor self = {.uid = 1, .task = getpid()}, other = {.uid = 2, .task = 1};

        replacement_note(replacements, &place, "a.jpg", &self, 7);
        assert_int_equal(replacement_of(replacements, &elsewhere, "a.jpg", &self), 0);
        assert_int_equal(replacement_of(replacements, &place, "b.jpg", &self), 0);
        assert_int_equal(replacement_of(replacements, &place, "a.jpg", &other), 0);
        assert_int_equal(replacement_of(replacements, &place, "a.jpg", &self), 7);
        assert_int_equal(replacement_of(replacements, &place, "a.jpg", &self), 0);
        replacement_note(replacements, &place, "a.jpg", &self, 8);
        world_wait(60000);
        assert_int_equal(replacement_of(replacements, &place, "a.jpg", &self), 0);
}

/* ---- hands ---- */

typedef struct Job {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        bool go_on, begun, finished;
        pid_t tid;
} Job;

static void job_set(Job *job, bool *what)
{
        (void)pthread_mutex_lock(&job->lock);
        *what = true;
        (void)pthread_cond_broadcast(&job->changed);
        (void)pthread_mutex_unlock(&job->lock);
}

static void job_wait(Job *job, const bool *what)
{
        (void)pthread_mutex_lock(&job->lock);
        while (!*what)
                (void)pthread_cond_wait(&job->changed, &job->lock);
        (void)pthread_mutex_unlock(&job->lock);
}

static void work(void *userdata)
{
        Job *job = userdata;

        job->tid = gettid();
        job_set(job, &job->begun);
        job_wait(job, &job->go_on);
}

static void finished(void *userdata)
{
        Job *job = userdata;

        job_set(job, &job->finished);
}

static void test_a_hand_takes_one_work_at_a_time(void **state _unused_)
{
        Job job = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
        Hand *hand;

        assert_int_equal(hand_new(&hand), 0);
        assert_true(hand_post(hand, work, finished, &job));
        job_wait(&job, &job.begun);
        assert_int_equal(job.tid, hand_tid(hand));
        assert_false(hand_post(hand, work, finished, &job));
        job_set(&job, &job.go_on);
        job_wait(&job, &job.finished);
        assert_true(hand_stop(hand, 10000));
        assert_false(hand_post(hand, work, finished, &job));
        hand_free(hand);
}

static void test_nobody_waits_without_end_for_a_hand_that_hangs(void **state _unused_)
{
        /* It works with them for as long as it lives. */
        static Job job = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
        static Hand *hand;

        assert_int_equal(hand_new(&hand), 0);
        assert_true(hand_post(hand, work, finished, &job));
        job_wait(&job, &job.begun);
        assert_false(hand_stop(hand, 10));
        hand_free(hand);
        job_set(&job, &job.go_on);
        job_wait(&job, &job.finished);
}

/* ---- the table of uploads ---- */

static Upload *add(int64_t id, UploadState state, bool temporary)
{
        SubmissionRow row = {.id = id,
                             .point = world.point,
                             .name = (char *)"a.jpg",
                             .temporary = temporary,
                             .actor = FIXTURE_UID,
                             .generation = 3,
                             .size = 5};
        Upload *u;

        assert_int_equal(upload_table_add(world.uploads, &row, state, &u), 1);
        assert_int_equal(pthread_mutex_unlock(&u->turn), 0);
        return u;
}

static void test_an_upload_is_added_once(void **state _unused_)
{
        SubmissionRow row = {.id = 1000, .point = world.point, .name = (char *)"other"};
        Upload *u = add(1000, UPLOAD_RECEIVED, false), *same;

        assert_int_equal(upload_table_add(world.uploads, &row, UPLOAD_HELD, &same), 0);
        assert_ptr_equal(same, u);
        assert_int_equal(upload_max_id(world.uploads), 1000);
        upload_unref(world.uploads, same);
        upload_table_remove(world.uploads, u);
        assert_null(upload_table_get(world.uploads, 1000));
        /* Whoever holds it goes on seeing it. */
        assert_int_equal(upload_point(u), world.point);
        upload_unref(world.uploads, u);
}

static void test_what_is_pending(void **state _unused_)
{
        Upload *received = add(1000, UPLOAD_RECEIVED, false), *held = add(1001, UPLOAD_HELD, true);

        assert_true(upload_any_pending(world.uploads, world.point, 0, 1000));
        assert_true(upload_any_pending(world.uploads, 0, 0, 1000));
        assert_false(upload_any_pending(world.uploads, world.point, 0, 999));
        assert_false(upload_any_pending(world.uploads, world.point + 1, 0, 1001));
        upload_table_remove(world.uploads, received);
        assert_false(upload_any_pending(world.uploads, world.point, 0, 1001));
        upload_table_remove(world.uploads, held);
        upload_unref(world.uploads, received);
        upload_unref(world.uploads, held);
}

static void test_nothing_is_lent_while_an_upload_is_named(void **state _unused_)
{
        Upload *u = add(1000, UPLOAD_RECEIVED, false);

        assert_false(lease_begin(world.leases, world.point));
        upload_set_temporary(world.uploads, u, true);
        world_wait(2000);
        assert_true(lease_begin(world.leases, world.point));
        lease_sent(world.leases, world.point, LEASE_SECONDS);
        lease_end(world.leases, world.point, LEASE_SECONDS);
        upload_set_temporary(world.uploads, u, false);
        assert_false(lease_begin(world.leases, world.point));
        upload_table_remove(world.uploads, u);
        upload_unref(world.uploads, u);
        world_wait(2000);
        assert_true(lease_begin(world.leases, world.point));
}

static void test_charges_are_given_back(void **state _unused_)
{
        Upload *u = add(1000, UPLOAD_WRITING, false), *v = add(1001, UPLOAD_WRITING, false);

        assert_int_equal(upload_charge(world.uploads, u, 1 << 20, false), 0);
        assert_int_equal(upload_charge(world.uploads, v, 1, false), -EDQUOT);
        /* What lies there after a restart is counted whatever it is. */
        assert_int_equal(upload_charge(world.uploads, v, 1, true), 0);
        assert_int_equal(upload_charge(world.uploads, v, 2, false), -EDQUOT);
        upload_table_remove(world.uploads, u);
        assert_int_equal(upload_charge(world.uploads, v, 2, false), 0);
        upload_table_remove(world.uploads, v);
        upload_unref(world.uploads, u);
        upload_unref(world.uploads, v);
}

static void test_temporary_files_of_a_user_are_counted(void **state _unused_)
{
        Upload *uploads[8];

        for (int i = 0; i < 8; i++)
                uploads[i] = add(1000 + i, UPLOAD_HELD, true);
        assert_int_equal(upload_count_temporary(world.uploads, world.point, FIXTURE_UID), -EDQUOT);
        assert_int_equal(upload_count_temporary(world.uploads, world.point, 4711), 0);
        upload_set_temporary(world.uploads, uploads[0], false);
        assert_int_equal(upload_count_temporary(world.uploads, world.point, FIXTURE_UID), 0);
        for (int i = 0; i < 8; i++) {
                upload_table_remove(world.uploads, uploads[i]);
                upload_unref(world.uploads, uploads[i]);
        }
}

/* ---- barriers ---- */

typedef struct Answered {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        int n;
        int error;
} Answered;

static Answered answered = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void answer(struct fuse_req *request _unused_, int error, void *userdata _unused_)
{
        (void)pthread_mutex_lock(&answered.lock);
        answered.n++;
        answered.error = error;
        (void)pthread_cond_broadcast(&answered.changed);
        (void)pthread_mutex_unlock(&answered.lock);
}

static int answers(void)
{
        int n;

        (void)pthread_mutex_lock(&answered.lock);
        n = answered.n;
        (void)pthread_mutex_unlock(&answered.lock);
        return n;
}

static void wait_for_answer(int n)
{
        (void)pthread_mutex_lock(&answered.lock);
        while (answered.n < n)
                (void)pthread_cond_wait(&answered.changed, &answered.lock);
        (void)pthread_mutex_unlock(&answered.lock);
}

static bool park(int64_t bound_msec)
{
        _cleanup_scope_ BarrierScope scope = {};
        bool parked;

        answered.n = 0;
        answered.error = -1;
        parked = barrier_wait(
                world.barriers, (struct fuse_req *)&answered,
                &(BarrierOptions){.point = world.point, .bound_msec = bound_msec, .answer = answer},
                &scope);
        if (parked) {
                assert_int_equal(scope.n_points, 1);
                assert_int_equal(scope.points[0], world.point);
                assert_int_equal(scope.max_id, upload_max_id(world.uploads));
        }
        return parked;
}

static void test_a_barrier_with_nothing_to_wait_for(void **state _unused_)
{
        assert_true(park(-1));
        barriers_check(world.barriers);
        wait_for_answer(1);
        assert_int_equal(answered.error, 0);
}

static void test_a_barrier_waits_for_what_was_dropped_before(void **state _unused_)
{
        int64_t id = world_drop(world_dir(), FIXTURE_ID ".jpg", "bytes"), later;

        assert_true(park(-1));
        later = world_drop(world_dir(), "later.jpg", "bytes");
        assert_true(barrier_covers(world.barriers, world.point, id));
        assert_false(barrier_covers(world.barriers, world.point, later));
        assert_false(barrier_covers(world.barriers, world.point + 1, id));
        barriers_check(world.barriers);
        assert_int_equal(answers(), 0);
        assert_int_equal(world_judge(id, world_generation(id), FIXTURE_ID), 0);
        barriers_check(world.barriers);
        assert_int_equal(answers(), 0);
        upload_show_now(&world.intake, id);
        barriers_check(world.barriers);
        wait_for_answer(1);
        assert_int_equal(answered.error, 0);
        assert_false(barrier_covers(world.barriers, world.point, id));
}

static void test_a_bounded_barrier_is_answered_in_any_case(void **state _unused_)
{
        (void)world_drop(world_dir(), "a.jpg", "bytes");
        assert_true(park(0));
        wait_for_answer(1);
        assert_int_equal(answered.error, 0);
}

static void test_who_was_interrupted_is_answered_so(void **state _unused_)
{
        interrupted_before = true;
        assert_false(park(-1));
        interrupted_before = false;
        assert_int_equal(answers(), 1);
        assert_int_equal(answered.error, EINTR);
}

static void test_what_is_parked_at_the_end_is_answered(void **state _unused_)
{
        (void)world_drop(world_dir(), "a.jpg", "bytes");
        assert_true(park(-1));
        barriers_free(TAKE_PTR(world.barriers));
        assert_int_equal(answers(), 1);
        assert_int_equal(answered.error, EIO);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_test(test_uploads_come_when_they_are_due_and_in_that_order),
                world_test(test_news_are_told_first_and_in_their_order),
                world_test(test_a_wait_ends_when_there_is_something),
                world_test(test_only_what_is_still_open_is_forgotten),
                world_test(test_only_who_deleted_replaces_and_only_soon),
                world_test(test_a_hand_takes_one_work_at_a_time),
                world_test(test_nobody_waits_without_end_for_a_hand_that_hangs),
                world_test(test_an_upload_is_added_once),
                world_test(test_what_is_pending),
                world_test(test_nothing_is_lent_while_an_upload_is_named),
                world_test(test_charges_are_given_back),
                world_test(test_temporary_files_of_a_user_are_counted),
                world_test(test_a_barrier_with_nothing_to_wait_for),
                world_test(test_a_barrier_waits_for_what_was_dropped_before),
                world_test(test_a_bounded_barrier_is_answered_in_any_case),
                world_test(test_who_was_interrupted_is_answered_so),
                world_test(test_what_is_parked_at_the_end_is_answered),
        };

        return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
