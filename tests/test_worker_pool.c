/* SPDX-License-Identifier: MIT */
#include <idphoto/worker.h>

#include <idphoto/io.h>

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

static char hostile_path[4096];

/* What the tasks of a test share. */
typedef struct Tally {
        atomic_uint run;
        atomic_uint discarded;
        atomic_uint accepted;
        atomic_uint rejected;
        atomic_uint failed;
        pthread_mutex_t lock;
        pthread_cond_t opened;
        bool open;         /* protected by lock: the gate at which tasks wait */
        unsigned at_gate;  /* protected by lock */
        unsigned order[8]; /* of numbered tasks; one thread */
} Tally;

typedef struct Photo {
        Tally *tally;
        const char *text;
} Photo;

typedef struct Numbered {
        Tally *tally;
        unsigned number;
} Numbered;

static void tally_init(Tally *tally)
{
        *tally = (Tally){};
        pthread_mutex_init(&tally->lock, NULL);
        pthread_cond_init(&tally->opened, NULL);
}

static void make_pool(unsigned n_threads, WorkerPool **ret)
{
        WorkerOptions options = {.program = hostile_path};

        photo_rules_default(&options.rules);
        assert_int_equal(worker_pool_new(&options, n_threads, ret), 0);
}

static void run_photo(Worker *worker, void *userdata)
{
        Photo *photo = userdata;
        int fd = memfd_create("photo", MFD_CLOEXEC);
        PhotoResult result = {};

        if (fd < 0 || write_full(fd, photo->text, strlen(photo->text)) < 0 ||
            worker_examine(worker, fd, strlen(photo->text), &result) < 0)
                photo->tally->failed++;
        else if (findings_reject(&result.findings))
                photo->tally->rejected++;
        else
                photo->tally->accepted++;
        photo_result_done(&result);
        (void)safe_close(fd);
}

static void run_at_gate(Worker *worker _unused_, void *userdata)
{
        Tally *tally = userdata;

        pthread_mutex_lock(&tally->lock);
        tally->at_gate++;
        pthread_cond_broadcast(&tally->opened);
        while (!tally->open)
                pthread_cond_wait(&tally->opened, &tally->lock);
        pthread_mutex_unlock(&tally->lock);
        tally->run++;
}

static void discard_counted(Worker *worker, void *userdata)
{
        Tally *tally = userdata;

        assert_null(worker);
        tally->discarded++;
}

static void run_numbered(Worker *worker _unused_, void *userdata)
{
        Numbered *numbered = userdata;

        numbered->tally->order[numbered->tally->run++] = numbered->number;
}

static void wait_at_gate(Tally *tally, unsigned n)
{
        pthread_mutex_lock(&tally->lock);
        while (tally->at_gate < n)
                pthread_cond_wait(&tally->opened, &tally->lock);
        pthread_mutex_unlock(&tally->lock);
}

static void open_gate(Tally *tally)
{
        pthread_mutex_lock(&tally->lock);
        tally->open = true;
        pthread_cond_broadcast(&tally->opened);
        pthread_mutex_unlock(&tally->lock);
}

static void test_every_photo_of_a_mixed_lot_gets_its_verdict(void **state _unused_)
{
        static const char *const lot[] = {"good", "bad", "crash", "good", "lie-code", "bad"};
        enum { ROUNDS = 10 };
        Photo photos[ELEMENTSOF(lot)];
        WorkerPool *pool = NULL;
        Tally tally;
        Tally *waiter = &tally;

        tally_init(&tally);
        make_pool(3, &pool);
        for (size_t i = 0; i < ELEMENTSOF(lot); i++)
                photos[i] = (Photo){.tally = waiter, .text = lot[i]};
        for (int round = 0; round < ROUNDS; round++)
                for (size_t i = 0; i < ELEMENTSOF(lot); i++)
                        assert_int_equal(
                                worker_pool_submit(pool, NULL, run_photo, NULL, &photos[i]), 0);
        /* First in, first out: when every thread stands at the gate, all photos are taken. */
        for (unsigned i = 0; i < worker_pool_workers(pool); i++)
                assert_int_equal(worker_pool_submit(pool, NULL, run_at_gate, NULL, waiter), 0);
        wait_at_gate(waiter, worker_pool_workers(pool));
        open_gate(waiter);
        worker_pool_free(pool);
        assert_int_equal(tally.failed, 0);
        assert_int_equal(tally.accepted, 2 * ROUNDS);
        assert_int_equal(tally.rejected, 4 * ROUNDS);
}

static void test_tasks_run_in_the_order_they_came(void **state _unused_)
{
        Numbered tasks[8];
        WorkerPool *pool = NULL;
        Tally tally;

        tally_init(&tally);
        make_pool(1, &pool);
        for (unsigned i = 0; i < ELEMENTSOF(tasks); i++) {
                tasks[i] = (Numbered){.tally = &tally, .number = i};
                assert_int_equal(worker_pool_submit(pool, NULL, run_numbered, NULL, &tasks[i]), 0);
        }
        assert_int_equal(worker_pool_submit(pool, NULL, run_at_gate, NULL, &tally), 0);
        wait_at_gate(&tally, 1);
        open_gate(&tally);
        worker_pool_free(pool);
        for (unsigned i = 0; i < ELEMENTSOF(tasks); i++)
                assert_int_equal(tally.order[i], i);
}

static void *free_pool(void *userdata)
{
        worker_pool_free(userdata);
        return NULL;
}

static void test_freeing_discards_what_waits_and_finishes_what_runs(void **state _unused_)
{
        WorkerPool *pool = NULL;
        pthread_t freeing;
        Tally tally;

        tally_init(&tally);
        make_pool(2, &pool);
        for (int i = 0; i < 2; i++)
                assert_int_equal(
                        worker_pool_submit(pool, NULL, run_at_gate, discard_counted, &tally), 0);
        wait_at_gate(&tally, 2);
        for (int i = 0; i < 5; i++)
                assert_int_equal(
                        worker_pool_submit(pool, NULL, run_at_gate, discard_counted, &tally), 0);
        assert_int_equal(pthread_create(&freeing, NULL, free_pool, pool), 0);
        while (atomic_load(&tally.discarded) < 5)
                (void)sched_yield();
        open_gate(&tally);
        assert_int_equal(pthread_join(freeing, NULL), 0);
        assert_int_equal(tally.run, 2);
        assert_int_equal(tally.discarded, 5);
}

static void submit_again(Worker *worker _unused_, void *userdata)
{
        void **both = userdata;
        Tally *tally = both[1];

        run_at_gate(NULL, tally);
        if (worker_pool_submit(both[0], NULL, run_at_gate, NULL, tally) == -ESHUTDOWN)
                tally->failed++;
}

static void test_an_ending_pool_takes_no_task(void **state _unused_)
{
        WorkerPool *pool = NULL;
        pthread_t freeing;
        Tally tally;
        void *both[2];

        tally_init(&tally);
        make_pool(1, &pool);
        both[0] = pool;
        both[1] = &tally;
        assert_int_equal(worker_pool_submit(pool, NULL, submit_again, NULL, both), 0);
        wait_at_gate(&tally, 1);
        assert_int_equal(worker_pool_submit(pool, NULL, run_at_gate, discard_counted, &tally), 0);
        assert_int_equal(pthread_create(&freeing, NULL, free_pool, pool), 0);
        while (atomic_load(&tally.discarded) < 1)
                (void)sched_yield();
        open_gate(&tally);
        assert_int_equal(pthread_join(freeing, NULL), 0);
        assert_int_equal(tally.failed, 1);
}

typedef struct Relay {
        WorkerPool *pool;
        Tally *tally;
} Relay;

static void run_without_worker(Worker *worker _unused_, void *userdata)
{
        Relay *relay = userdata;

        worker_pool_give_back(relay->pool);
        run_at_gate(NULL, relay->tally);
}

static void test_a_worker_given_back_begins_with_the_next_task(void **state _unused_)
{
        Photo photo = {.text = "good"};
        WorkerPool *pool = NULL;
        Tally tally;
        Relay relay = {.tally = &tally};

        tally_init(&tally);
        photo.tally = &tally;
        make_pool(1, &pool);
        relay.pool = pool;
        assert_int_equal(worker_pool_submit(pool, NULL, run_without_worker, NULL, &relay), 0);
        assert_int_equal(worker_pool_submit(pool, NULL, run_without_worker, NULL, &relay), 0);
        /* Both stand there at once, and the only Worker is free. */
        wait_at_gate(&tally, 2);
        assert_int_equal(worker_pool_submit(pool, NULL, run_photo, NULL, &photo), 0);
        while (atomic_load(&tally.accepted) < 1)
                (void)sched_yield();
        open_gate(&tally);
        worker_pool_free(pool);
        assert_int_equal(tally.run, 2);
        assert_int_equal(tally.failed, 0);
}

static void test_another_point_s_task_goes_before_those_that_wait(void **state _unused_)
{
        enum { P = 1, Q = 2 };
        Numbered tasks[8];
        WorkerPool *pool = NULL;
        Tally gate, tally;

        tally_init(&gate);
        tally_init(&tally);
        make_pool(1, &pool);
        assert_int_equal(
                worker_pool_submit(pool, &(WorkerKey){.point = P}, run_at_gate, NULL, &gate), 0);
        wait_at_gate(&gate, 1);
        /* The last of eight is another point's. */
        for (unsigned i = 0; i < ELEMENTSOF(tasks); i++) {
                const WorkerKey key = {.point = i + 1 < ELEMENTSOF(tasks) ? P : Q};

                tasks[i] = (Numbered){.tally = &tally, .number = i};
                assert_int_equal(worker_pool_submit(pool, &key, run_numbered, NULL, &tasks[i]), 0);
        }
        open_gate(&gate);
        while (atomic_load(&tally.run) < ELEMENTSOF(tasks))
                (void)sched_yield();
        worker_pool_free(pool);
        assert_int_equal(tally.order[0], 7);
        assert_int_equal(tally.order[1], 0);
}

static void test_a_pool_has_a_worker_for_each_core_unless_told(void **state _unused_)
{
        WorkerPool *pool = NULL;

        make_pool(0, &pool);
        assert_true(worker_pool_workers(pool) >= 1);
        worker_pool_free(pool);
        make_pool(5, &pool);
        assert_int_equal(worker_pool_workers(pool), 5);
        worker_pool_free(pool);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_photo_of_a_mixed_lot_gets_its_verdict),
                cmocka_unit_test(test_tasks_run_in_the_order_they_came),
                cmocka_unit_test(test_freeing_discards_what_waits_and_finishes_what_runs),
                cmocka_unit_test(test_an_ending_pool_takes_no_task),
                cmocka_unit_test(test_a_worker_given_back_begins_with_the_next_task),
                cmocka_unit_test(test_another_point_s_task_goes_before_those_that_wait),
                cmocka_unit_test(test_a_pool_has_a_worker_for_each_core_unless_told),
        };
        const char *build = getenv("IDPHOTO_BUILD_ROOT");

        if (!build) {
                print_message("IDPHOTO_BUILD_ROOT is not set: run by 'meson test'\n");
                return 77;
        }
        (void)snprintf(hostile_path, sizeof(hostile_path), "%s/tests/worker-hostile", build);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
