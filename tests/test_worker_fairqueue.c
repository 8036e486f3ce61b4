/* SPDX-License-Identifier: MIT */
#include <worker/fairqueue.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Tasks that take no real time: a test says how long each had its Worker. */

enum { P = 1, Q = 2, R = 3, ANNA = 10, BERT = 11, TASKS_MAX = 1024 };

typedef struct Fake {
        FairItem item; /* first */
        int64_t point;
        uid_t uid;
        unsigned number;
        int64_t msec;
        int64_t ends;
        bool running;
} Fake;

typedef struct World {
        FairQueue *queue;
        unsigned n_workers, n_free;
        int64_t now;
        Fake tasks[TASKS_MAX];
        unsigned n;
        int64_t had[4]; /* milliseconds of Workers, by point */
        unsigned order[TASKS_MAX], n_done;
} World;

static World world;

static int open_world(void **state _unused_)
{
        world = (World){.n_workers = 2, .n_free = 2};
        return fair_queue_new(&world.queue);
}

static int close_world(void **state _unused_)
{
        while (fair_queue_drain(world.queue))
                ;
        for (unsigned i = 0; i < world.n; i++)
                if (world.tasks[i].running) {
                        fair_queue_gave_back(world.queue, &world.tasks[i].item, 0, world.now);
                        fair_queue_done(world.queue, &world.tasks[i].item);
                }
        fair_queue_free(TAKE_PTR(world.queue));
        return 0;
}

static void submit_as(const WorkerKey *key, int64_t msec)
{
        Fake *f = &world.tasks[world.n];

        *f = (Fake){.point = key->point, .uid = key->uid, .number = world.n++, .msec = msec};
        assert_int_equal(fair_queue_push(world.queue, key, &f->item), 0);
}

static void submit(int64_t point, uid_t uid, unsigned n, int64_t msec)
{
        while (n-- > 0)
                submit_as(&(WorkerKey){.point = point, .uid = uid}, msec);
}

static void begin_what_may(void)
{
        Fake *f;

        while (world.n_free > 0 && (f = (Fake *)fair_queue_pop(world.queue, world.n_free,
                                                               world.n_workers, world.now))) {
                world.n_free--;
                f->running = true;
                f->ends = world.now + f->msec * NSEC_PER_MSEC;
        }
}

/* The one that ends next, or NULL. */
static Fake *end_next(void)
{
        Fake *next = NULL;

        begin_what_may();
        for (unsigned i = 0; i < world.n; i++)
                if (world.tasks[i].running && (!next || world.tasks[i].ends < next->ends))
                        next = &world.tasks[i];
        if (!next)
                return NULL;
        world.now = next->ends;
        next->running = false;
        world.n_free++;
        world.had[next->point] += next->msec;
        world.order[world.n_done++] = next->number;
        fair_queue_gave_back(world.queue, &next->item, next->msec * NSEC_PER_MSEC, world.now);
        fair_queue_done(world.queue, &next->item);
        return next;
}

/* Seconds until the task with that number is done. */
static double seconds_until(unsigned number)
{
        int64_t began = world.now;
        Fake *f;

        while ((f = end_next()))
                if (f->number == number)
                        return (double)(world.now - began) / NSEC_PER_SEC;
        fail_msg("it never ran");
        return 0;
}

static unsigned n_running(int64_t point)
{
        unsigned n = 0;

        begin_what_may();
        for (unsigned i = 0; i < world.n; i++)
                n += world.tasks[i].running && world.tasks[i].point == point;
        return n;
}

static void test_one_user_s_tasks_run_in_the_order_they_came(void **state _unused_)
{
        submit(P, ANNA, 20, 10);
        while (end_next())
                ;
        for (unsigned i = 0; i < 20; i++)
                assert_int_equal(world.order[i], i);
}

static void test_a_point_alone_has_all_workers(void **state _unused_)
{
        submit(P, ANNA, 100, 150);
        assert_int_equal(n_running(P), 2);
        assert_true(seconds_until(99) < 8);
}

static void test_another_point_has_the_next_free_worker(void **state _unused_)
{
        submit(P, ANNA, 500, 200);
        for (unsigned i = 0; i < 50; i++)
                (void)end_next();
        submit(Q, BERT, 1, 200);
        assert_true(seconds_until(500) <= 0.4);
}

static void test_long_photos_leave_room_for_others(void **state _unused_)
{
        submit(P, ANNA, 8, 10000);
        (void)end_next();
        /* The other of the first two is done as well; now it is known what they take. */
        (void)end_next();
        assert_int_equal(n_running(P), 1);
        submit(Q, BERT, 1, 100);
        assert_true(seconds_until(8) <= 0.1);
        submit(Q, BERT, 1, 100);
        assert_true(seconds_until(9) <= 0.1);
}

static void test_before_that_is_known_others_wait_for_one_photo(void **state _unused_)
{
        submit(P, ANNA, 8, 10000);
        begin_what_may();
        submit(Q, BERT, 1, 100);
        assert_true(seconds_until(8) <= 10.1);
}

static void test_quick_ones_between_do_not_hide_the_long_ones(void **state _unused_)
{
        for (unsigned i = 0; i < 40; i++) {
                submit(P, ANNA, 1, 10000);
                submit(P, ANNA, 5, 1);
        }
        for (unsigned i = 0; i < 100; i++)
                (void)end_next();
        assert_int_equal(n_running(P), 1);
}

static void test_a_single_worker_runs_long_ones_too(void **state _unused_)
{
        world.n_workers = world.n_free = 1;
        submit(P, ANNA, 3, 10000);
        assert_true(seconds_until(2) <= 30);
}

static void test_points_share_by_time_not_by_number(void **state _unused_)
{
        submit(P, ANNA, 50, 2000);
        submit(Q, BERT, 500, 100);
        while (world.had[P] + world.had[Q] < 40000)
                (void)end_next();
        assert_in_range(world.had[Q], 15000, 25000);
}

static void test_who_was_away_gets_a_share_and_no_more(void **state _unused_)
{
        submit(Q, BERT, 1, 100);
        submit(P, ANNA, 500, 100);
        while (world.had[P] < 30000)
                (void)end_next();
        /* Q has used next to nothing so far; that is no credit of 30 s. */
        submit(Q, BERT, 300, 100);
        world.had[P] = world.had[Q] = 0;
        while (world.had[P] + world.had[Q] < 10000)
                (void)end_next();
        assert_in_range(world.had[Q], 4500, 5500);
}

static void test_users_of_a_point_share_what_it_has(void **state _unused_)
{
        submit(P, ANNA, 300, 100);
        for (unsigned i = 0; i < 20; i++)
                (void)end_next();
        submit(P, BERT, 1, 100);
        assert_true(seconds_until(300) <= 0.2);
}

static void test_many_users_of_one_point_are_one_point(void **state _unused_)
{
        for (uid_t uid = 100; uid < 120; uid++)
                submit(P, uid, 20, 100);
        submit(Q, BERT, 100, 100);
        while (world.had[P] + world.had[Q] < 10000)
                (void)end_next();
        assert_in_range(world.had[Q], 4500, 5500);
}

static void test_what_may_run_once_at_a_time_does(void **state _unused_)
{
        const WorkerKey key = {.point = R, .at_once = 1};

        for (unsigned i = 0; i < 3; i++)
                submit_as(&key, 50);
        assert_int_equal(n_running(R), 1);
        submit(P, ANNA, 1, 10);
        assert_int_equal(n_running(P), 1);
        assert_true(seconds_until(2) <= 0.15);
}

static void test_points_that_are_done_are_forgotten_in_the_end(void **state _unused_)
{
        for (int64_t point = 0; point < 5000; point++) {
                FairItem item;

                assert_int_equal(fair_queue_push(world.queue, &(WorkerKey){.point = point}, &item),
                                 0);
                assert_ptr_equal(fair_queue_pop(world.queue, 2, 2, 0), &item);
                fair_queue_gave_back(world.queue, &item, 1, 1);
                fair_queue_done(world.queue, &item);
        }
}

#define test(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
        const struct CMUnitTest tests[] = {
                test(test_one_user_s_tasks_run_in_the_order_they_came),
                test(test_a_point_alone_has_all_workers),
                test(test_another_point_has_the_next_free_worker),
                test(test_long_photos_leave_room_for_others),
                test(test_before_that_is_known_others_wait_for_one_photo),
                test(test_quick_ones_between_do_not_hide_the_long_ones),
                test(test_a_single_worker_runs_long_ones_too),
                test(test_points_share_by_time_not_by_number),
                test(test_who_was_away_gets_a_share_and_no_more),
                test(test_users_of_a_point_share_what_it_has),
                test(test_many_users_of_one_point_are_one_point),
                test(test_what_may_run_once_at_a_time_does),
                test(test_points_that_are_done_are_forgotten_in_the_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
