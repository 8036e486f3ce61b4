/* SPDX-License-Identifier: MIT */
#include "storefixture.h"

#include <idphoto/batch.h>
#include <idphoto/point.h>
#include <idphoto/writer.h>

#include <pthread.h>
#include <semaphore.h>

typedef struct Setting {
        char key[64];
        int result;
        sem_t *entered; /* posted inside the task, then `go` is waited for */
        sem_t *go;
        bool transaction_was_open;
} Setting;

/* Writes the key down and returns `result`, whatever it is. */
static int put_setting(Catalog *catalog, void *userdata)
{
        Setting *setting = userdata;
        int r = catalog_set_setting(catalog, setting->key, "x");

        if (r < 0)
                return r;
        setting->transaction_was_open = catalog_in_transaction(catalog);
        if (setting->entered) {
                (void)sem_post(setting->entered);
                (void)sem_wait(setting->go);
        }
        return setting->result;
}

static bool is_there(Writer *writer, const char *key)
{
        _cleanup_free_ char *value = NULL;
        Catalog *reader;
        int r;

        assert_int_equal(writer_acquire_reader(writer, &reader), 0);
        r = catalog_get_setting(reader, key, &value);
        writer_release_reader(writer, reader);
        assert_true(r >= 0);
        return r > 0;
}

static void make_writer(Writer **ret)
{
        assert_int_equal(writer_new(fixture.store, ret), 0);
}

static void test_a_task_is_committed_when_run_returns(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        _cleanup_free_ char *value = NULL;
        Setting setting = {.key = "quick"}, durable = {.key = "durable"};

        make_writer(&writer);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0), 0);
        assert_true(setting.transaction_was_open);
        assert_int_equal(catalog_get_setting(fixture.catalog, "quick", &value), 1);
        assert_int_equal(
                writer_run(writer, WRITER_EVERYTHING, put_setting, &durable, WRITER_DURABLE), 0);
        assert_true(is_there(writer, "durable"));
}

static void test_what_the_task_returns_comes_back(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Setting setting = {.key = "answer", .result = 42};

        make_writer(&writer);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0), 42);
        assert_true(is_there(writer, "answer"));
}

static void test_a_failing_task_leaves_nothing(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Setting setting = {.key = "failed", .result = -EPERM};

        make_writer(&writer);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0), -EPERM);
        assert_false(is_there(writer, "failed"));
}

static int fail_on_a_constraint(Catalog *catalog, void *userdata _unused_)
{
        int64_t id;

        return catalog_add_batch(catalog, "202601", 0, &id);
}

static void test_the_errno_of_a_statement_comes_back(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;

        make_writer(&writer);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, fail_on_a_constraint, NULL, 0),
                         -EEXIST);
}

static int end_the_transaction(Catalog *catalog, void *userdata _unused_)
{
        catalog_rollback(catalog);
        return 0;
}

static void test_a_lost_transaction_is_an_error_and_the_writer_lives_on(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Setting setting = {.key = "afterwards"};

        make_writer(&writer);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, end_the_transaction, NULL, 0), -EIO);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0), 0);
        assert_true(is_there(writer, "afterwards"));
}

/* ---- groups ---- */

typedef struct Caller {
        Writer *writer;
        Setting setting;
        WriterTask task;
        WriterFlags flags;
        pthread_t thread;
        int r;
} Caller;

static void *call(void *userdata)
{
        Caller *caller = userdata;

        caller->r = writer_run(caller->writer, WRITER_EVERYTHING, caller->task, &caller->setting,
                               caller->flags);
        return NULL;
}

static void start(Caller *caller)
{
        if (!caller->task)
                caller->task = put_setting;
        assert_int_equal(pthread_create(&caller->thread, NULL, call, caller), 0);
}

static void join(Caller *caller)
{
        assert_int_equal(pthread_join(caller->thread, NULL), 0);
}

static void test_many_threads_change_each_its_own(void **state _unused_)
{
        enum { THREADS = 64 };
        _cleanup_(writer_freep) Writer *writer = NULL;
        Caller callers[THREADS];

        make_writer(&writer);
        for (int i = 0; i < THREADS; i++) {
                callers[i] = (Caller){.writer = writer, .flags = i % 8 == 0 ? WRITER_DURABLE : 0};
                callers[i].setting.result = i % 3 == 0 ? -(i + 1) : i;
                (void)snprintf(callers[i].setting.key, sizeof(callers[i].setting.key), "many %d",
                               i);
                start(&callers[i]);
        }
        for (int i = 0; i < THREADS; i++) {
                join(&callers[i]);
                assert_int_equal(callers[i].r, callers[i].setting.result);
                assert_int_equal(is_there(writer, callers[i].setting.key), i % 3 != 0);
        }
}

/* Holds the writer inside a task, so that what is started meanwhile makes one group. How many have
 * queued up cannot be seen from outside; a thread that comes late makes another group, and the
 * result is the same. */
typedef struct Gate {
        sem_t entered;
        sem_t go;
        Caller caller;
} Gate;

static void gate_close(Gate *gate, Writer *writer)
{
        assert_int_equal(sem_init(&gate->entered, 0, 0), 0);
        assert_int_equal(sem_init(&gate->go, 0, 0), 0);
        gate->caller = (Caller){
                .writer = writer,
                .setting = {.key = "gate", .entered = &gate->entered, .go = &gate->go},
        };
        start(&gate->caller);
        assert_int_equal(sem_wait(&gate->entered), 0);
}

static void gate_open(Gate *gate)
{
        (void)sem_post(&gate->go);
        join(&gate->caller);
        assert_int_equal(gate->caller.r, 0);
        (void)sem_destroy(&gate->entered);
        (void)sem_destroy(&gate->go);
}

static void test_a_failing_task_undoes_only_itself(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Caller callers[8];
        Gate gate;

        make_writer(&writer);
        gate_close(&gate, writer);
        for (size_t i = 0; i < ELEMENTSOF(callers); i++) {
                callers[i] = (Caller){.writer = writer};
                callers[i].setting.result = i % 2 ? -EPERM : 0;
                (void)snprintf(callers[i].setting.key, sizeof(callers[i].setting.key), "group %zu",
                               i);
                start(&callers[i]);
        }
        gate_open(&gate);
        for (size_t i = 0; i < ELEMENTSOF(callers); i++) {
                join(&callers[i]);
                assert_int_equal(callers[i].r, i % 2 ? -EPERM : 0);
                assert_int_equal(is_there(writer, callers[i].setting.key), i % 2 == 0);
        }
}

static void test_nobody_is_told_of_success_when_the_transaction_is_lost(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Caller callers[8];
        Gate gate;

        make_writer(&writer);
        gate_close(&gate, writer);
        for (size_t i = 0; i < ELEMENTSOF(callers); i++) {
                callers[i] = (Caller){.writer = writer};
                if (i == ELEMENTSOF(callers) / 2)
                        callers[i].task = end_the_transaction;
                (void)snprintf(callers[i].setting.key, sizeof(callers[i].setting.key), "lost %zu",
                               i);
                start(&callers[i]);
        }
        gate_open(&gate);
        for (size_t i = 0; i < ELEMENTSOF(callers); i++) {
                join(&callers[i]);
                assert_int_equal(is_there(writer, callers[i].setting.key), callers[i].r == 0);
                if (callers[i].task == end_the_transaction)
                        assert_int_equal(callers[i].r, -EIO);
        }
}

static void test_free_finishes_what_is_queued(void **state _unused_)
{
        Writer *writer;
        Caller caller = {.setting = {.key = "queued"}};
        _cleanup_free_ char *value = NULL;
        Gate gate;

        make_writer(&writer);
        caller.writer = writer;
        gate_close(&gate, writer);
        start(&caller);
        gate_open(&gate);
        join(&caller);
        writer_free(writer);
        assert_int_equal(caller.r, 0);
        assert_int_equal(catalog_get_setting(fixture.catalog, "queued", &value), 1);
}

/* ---- readers ---- */

static void test_reading_goes_on_while_a_task_writes(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Gate gate;

        make_writer(&writer);
        assert_int_equal(catalog_set_setting(fixture.catalog, "steady", "x"), 0);
        gate_close(&gate, writer);
        assert_true(is_there(writer, "steady"));
        gate_open(&gate);
        assert_true(is_there(writer, "gate"));
}

static void test_every_reader_in_use_is_a_connection_of_its_own(void **state _unused_)
{
        enum { READERS = 20 };
        _cleanup_(writer_freep) Writer *writer = NULL;
        Catalog *readers[READERS];

        make_writer(&writer);
        for (int i = 0; i < READERS; i++) {
                assert_int_equal(writer_acquire_reader(writer, &readers[i]), 0);
                for (int k = 0; k < i; k++)
                        assert_ptr_not_equal(readers[i], readers[k]);
        }
        for (int i = 0; i < READERS; i++)
                writer_release_reader(writer, readers[i]);
}

static void test_a_reader_cannot_write(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Setting setting = {.key = "written by the writer"};
        Catalog *reader;
        int64_t point;

        make_writer(&writer);
        assert_int_equal(writer_acquire_reader(writer, &reader), 0);
        assert_int_equal(catalog_set_setting(reader, "written by a reader", "x"), -EROFS);
        assert_int_equal(catalog_add_point(reader,
                                           &(PointRow){.name = (char *)"大连分校",
                                                       .uid = 1,
                                                       .gid = 1,
                                                       .mode = 02770,
                                                       .created = 1},
                                           &point),
                         -EROFS);
        writer_release_reader(writer, reader);
        assert_false(is_there(writer, "written by a reader"));
        /* And it stands in nobody's way. */
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0), 0);
        assert_true(is_there(writer, setting.key));
}

static void test_a_reader_given_back_is_used_again_and_sees_the_newest(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Setting setting = {.key = "newest"};
        Catalog *first, *second;

        make_writer(&writer);
        assert_int_equal(writer_acquire_reader(writer, &first), 0);
        writer_release_reader(writer, first);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0), 0);
        assert_int_equal(writer_acquire_reader(writer, &second), 0);
        assert_ptr_equal(first, second);
        writer_release_reader(writer, second);
        assert_true(is_there(writer, "newest"));
}

static void test_giving_back_nothing_is_fine(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;

        make_writer(&writer);
        writer_release_reader(writer, NULL);
        writer_free(NULL);
}

static void *read_and_write(void *userdata)
{
        Writer *writer = userdata;

        for (int i = 0; i < 20; i++) {
                Setting setting = {};
                Catalog *reader;
                char *value = NULL;
                int64_t r;

                (void)snprintf(setting.key, sizeof(setting.key), "mixed %d", i);
                r = writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0);
                if (r >= 0)
                        r = writer_acquire_reader(writer, &reader);
                if (r < 0)
                        return (void *)(intptr_t)r;
                r = catalog_get_setting(reader, setting.key, &value);
                free(value);
                writer_release_reader(writer, reader);
                if (r != 1)
                        return (void *)(intptr_t)-ENOENT;
        }
        return NULL;
}

static void test_threads_read_their_own_writes(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        pthread_t threads[8];

        make_writer(&writer);
        for (size_t i = 0; i < ELEMENTSOF(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, read_and_write, writer), 0);
        for (size_t i = 0; i < ELEMENTSOF(threads); i++) {
                void *result;

                assert_int_equal(pthread_join(threads[i], &result), 0);
                assert_int_equal((intptr_t)result, 0);
        }
}

/* ---- looks ---- */

static void test_a_look_sees_what_its_own_thread_changes(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        Setting setting = {.key = "seen late"};

        make_writer(&writer);
        {
                _cleanup_look_ Look look = look_begin(writer);

                assert_false(is_there(writer, setting.key));
                assert_int_equal(writer_run(writer, WRITER_EVERYTHING, put_setting, &setting, 0),
                                 0);
                assert_true(is_there(writer, setting.key));
        }
}

static void test_a_look_begun_again_sees_what_others_changed(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        _cleanup_look_ Look look = {};

        make_writer(&writer);
        look = look_begin(writer);
        {
                /* A part of the one around it. */
                _cleanup_look_ Look inner = look_begin(writer);

                assert_false(is_there(writer, "by others"));
        }
        assert_int_equal(catalog_set_setting(fixture.catalog, "by others", "x"), 0);
        look_again();
        assert_true(is_there(writer, "by others"));
}

static void test_what_is_looked_ahead_for_is_only_noted(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        _cleanup_look_ Look look = {};
        _cleanup_reader_ Reader reader = {};
        char *value = NULL;

        assert_int_equal(catalog_set_setting(fixture.catalog, "ahead", "1"), 0);
        assert_int_equal(catalog_set_setting(fixture.catalog, "ahead too", "2"), 0);
        make_writer(&writer);
        look = look_begin(writer);
        assert_int_equal(reader_acquire(writer, &reader), 0);
        if (catalog_look_ahead(reader.catalog)) {
                assert_int_equal(catalog_get_setting(reader.catalog, "ahead", &value), 0);
                /* Within another one. */
                assert_true(catalog_look_ahead(reader.catalog));
                assert_int_equal(catalog_get_setting(reader.catalog, "ahead too", &value), 0);
                catalog_look(reader.catalog);
                assert_int_equal(catalog_get_setting(reader.catalog, "nowhere", &value), 0);
                catalog_look(reader.catalog);
        }
        for (int i = 0; i < 2; i++) {
                assert_int_equal(catalog_get_setting(reader.catalog, "ahead", &value), 1);
                assert_string_equal(value, "1");
                free(value);
                assert_int_equal(catalog_get_setting(reader.catalog, "ahead too", &value), 1);
                assert_string_equal(value, "2");
                free(value);
                assert_int_equal(catalog_get_setting(reader.catalog, "nowhere", &value), 0);
        }
}

/* Looks ahead for a setting, changes it, and changes it once more by what it reads then. */
static int change_twice(Catalog *catalog, void *userdata)
{
        _cleanup_free_ char *before = NULL, *after = NULL;
        char *noted;
        int r;

        if (catalog_look_ahead(catalog)) {
                (void)catalog_get_setting(catalog, "twice", &noted);
                (void)catalog_get_setting(catalog, "twice not used", &noted);
                catalog_look(catalog);
        }
        r = catalog_get_setting(catalog, "twice", &before);
        if (r > 0)
                r = catalog_set_setting(catalog, "twice", "2");
        if (r >= 0)
                r = catalog_get_setting(catalog, "twice", &after);
        *(bool *)userdata = before && after && strcmp(before, "1") == 0 && strcmp(after, "2") == 0;
        return MIN(r, 0);
}

static void test_a_task_reads_what_it_wrote_though_it_looked_ahead(void **state _unused_)
{
        _cleanup_(writer_freep) Writer *writer = NULL;
        bool right = false;

        assert_int_equal(catalog_set_setting(fixture.catalog, "twice", "1"), 0);
        make_writer(&writer);
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, change_twice, &right, 0), 0);
        assert_true(right);
        /* Nothing of it is left for the next task. */
        assert_int_equal(catalog_set_setting(fixture.catalog, "twice", "1"), 0);
        right = false;
        assert_int_equal(writer_run(writer, WRITER_EVERYTHING, change_twice, &right, 0), 0);
        assert_true(right);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_task_is_committed_when_run_returns),
                cmocka_unit_test(test_what_the_task_returns_comes_back),
                cmocka_unit_test(test_a_failing_task_leaves_nothing),
                cmocka_unit_test(test_the_errno_of_a_statement_comes_back),
                cmocka_unit_test(test_a_lost_transaction_is_an_error_and_the_writer_lives_on),
                cmocka_unit_test(test_many_threads_change_each_its_own),
                cmocka_unit_test(test_a_failing_task_undoes_only_itself),
                cmocka_unit_test(test_nobody_is_told_of_success_when_the_transaction_is_lost),
                cmocka_unit_test(test_free_finishes_what_is_queued),
                cmocka_unit_test(test_reading_goes_on_while_a_task_writes),
                cmocka_unit_test(test_every_reader_in_use_is_a_connection_of_its_own),
                cmocka_unit_test(test_a_reader_cannot_write),
                cmocka_unit_test(test_a_reader_given_back_is_used_again_and_sees_the_newest),
                cmocka_unit_test(test_giving_back_nothing_is_fine),
                cmocka_unit_test(test_threads_read_their_own_writes),
                cmocka_unit_test(test_a_look_sees_what_its_own_thread_changes),
                cmocka_unit_test(test_a_look_begun_again_sees_what_others_changed),
                cmocka_unit_test(test_what_is_looked_ahead_for_is_only_noted),
                cmocka_unit_test(test_a_task_reads_what_it_wrote_though_it_looked_ahead),
        };

        return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
