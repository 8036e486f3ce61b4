/* SPDX-License-Identifier: MIT */
#include <idphoto/log.h>
#include <idphoto/mutex.h>
#include <idphoto/writer.h>

/*
 * Grouping: tasks that were queued while the last transaction was being written go into the next
 * one together. With one client that is one task in a transaction; with fifty it is fifty, which
 * share the cost of the commit. In WAL mode a commit without a sync costs some tens of
 * microseconds, so no artificial wait is needed to form a group.
 */

enum {
        GROUP_MAX = 256,
        IDLE_READERS_MAX = 16,
};

typedef struct Task {
        WriterTask task;
        void *userdata;
        WriterFlags flags;
        int result;
        bool done; /* protected by Writer.lock */
        struct Task *next;
} Task;

struct Writer {
        const Store *store;
        Catalog *catalog; /* used by the thread only, as is the next */
        CatalogLook *look;
        pthread_t thread;
        pthread_mutex_t lock; /* innermost: no other lock is taken under it */
        pthread_cond_t queued;
        pthread_cond_t finished;
        Task *first, **last;                /* protected by lock */
        bool stopping;                      /* protected by lock */
        Catalog *readers[IDLE_READERS_MAX]; /* idle connections, protected by lock */
        size_t n_readers;
};

static int begin_group(Catalog *catalog, Task *const *tasks, size_t n)
{
        bool durable = false;
        int r;

        for (size_t i = 0; i < n; i++)
                durable = durable || (tasks[i]->flags & WRITER_DURABLE);
        r = catalog_begin(catalog, durable);
        if (r >= 0 && durable) {
                r = catalog_count_sync(catalog);
                if (r < 0)
                        catalog_rollback(catalog);
        }
        return r;
}

/* A task that is alone needs no savepoint: its failure is that of the transaction. */
static int run_task(Writer *writer, Task *task, bool alone)
{
        Catalog *catalog = writer->catalog;
        int r = alone ? 0 : catalog_savepoint(catalog);

        if (r < 0)
                return r;
        task->result = task->task(catalog, task->userdata);
        if (writer->look)
                catalog_look_forget(writer->look);
        if (!catalog_in_transaction(catalog))
                return task->result < 0 ? task->result : -EIO;
        if (alone)
                return task->result < 0 ? task->result : 0;
        if (task->result >= 0) {
                /* What it has sent may fail only now. */
                r = catalog_savepoint_release(catalog);
                if (r >= 0 || !catalog_in_transaction(catalog))
                        return r;
                task->result = r;
        }
        return catalog_savepoint_rollback(catalog);
}

/* Runs the group in one transaction and stores each task's result in it. An I/O error may end the
 * transaction early. Then all tasks of the group have failed, because nothing of them remains, and
 * so has the group. */
static int run_once(Writer *writer, Task **tasks, size_t n)
{
        Catalog *catalog = writer->catalog;
        int r = begin_group(catalog, tasks, n);

        if (r < 0) {
                for (size_t i = 0; i < n; i++)
                        tasks[i]->result = r;
                return r;
        }
        for (size_t i = 0; i < n; i++) {
                r = run_task(writer, tasks[i], n == 1);
                if (r < 0) {
                        /* The transaction is gone, with everything that the earlier tasks did in
                         * it. */
                        catalog_rollback(catalog);
                        for (size_t k = 0; k < n; k++)
                                if (k >= i || tasks[k]->result >= 0)
                                        tasks[k]->result = r;
                        return r;
                }
        }
        r = catalog_commit(catalog);
        if (r < 0)
                for (size_t i = 0; i < n; i++)
                        if (tasks[i]->result >= 0)
                                tasks[i]->result = r;
        return r;
}

static void run_group(Writer *writer, Task **tasks, size_t n)
{
        unsigned tries = 0;

        while (run_once(writer, tasks, n) < 0 && catalog_run_again(writer->catalog, ++tries))
                ;
}

/* Waits for tasks and takes them, at most GROUP_MAX. 0: there are none, and the writer is
 * ending. */
static size_t take_group(Writer *writer, Task **group)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);
        size_t n = 0;

        while (!writer->first && !writer->stopping)
                (void)pthread_cond_wait(&writer->queued, locked);
        while (writer->first && n < GROUP_MAX) {
                group[n++] = writer->first;
                writer->first = writer->first->next;
        }
        if (!writer->first)
                writer->last = &writer->first;
        return n;
}

static void finish_group(Writer *writer, Task **group, size_t n)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        for (size_t i = 0; i < n; i++)
                group[i]->done = true;
        (void)pthread_cond_broadcast(&writer->finished);
}

/* Those who came while others waited in vain have waited as well, and do not begin anew. */
static void fail_queued(Writer *writer)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        for (; writer->first; writer->first = writer->first->next) {
                writer->first->result = -EIO;
                writer->first->done = true;
        }
        writer->last = &writer->first;
        (void)pthread_cond_broadcast(&writer->finished);
}

static void *writer_thread(void *userdata)
{
        Writer *writer = userdata;
        Task *group[GROUP_MAX];
        size_t n;

        while ((n = take_group(writer, group)) > 0) {
                run_group(writer, group, n);
                finish_group(writer, group, n);
                if (catalog_is_away(writer->catalog))
                        fail_queued(writer);
        }
        return NULL;
}

/* When the disk refuses a write once, SQLite opens its shared memory for reading only, and keeps it
 * so until the last connection closes. No daemon is better than one that cannot write. */
static int try_to_write(Catalog *catalog)
{
        int r = catalog_begin(catalog, false);

        if (r < 0)
                return r;
        r = catalog_count_sync(catalog);
        catalog_rollback(catalog);
        return r;
}

int writer_new(const Store *store, Writer **ret)
{
        Writer *writer = calloc(1, sizeof(*writer));
        int r;

        if (!writer)
                return -ENOMEM;
        writer->store = store;
        writer->last = &writer->first;
        (void)pthread_mutex_init(&writer->lock, NULL);
        (void)pthread_cond_init(&writer->queued, NULL);
        (void)pthread_cond_init(&writer->finished, NULL);
        r = catalog_open(store, &writer->catalog);
        if (r >= 0)
                r = catalog_take_lane(writer->catalog);
        if (r >= 0)
                r = try_to_write(writer->catalog);
        if (r >= 0) {
                writer->look = catalog_look_new(writer->catalog);
                catalog_use_look(writer->catalog, writer->look);
        }
        if (r >= 0)
                r = -pthread_create(&writer->thread, NULL, writer_thread, writer);
        if (r < 0) {
                catalog_free(writer->catalog);
                catalog_look_free(writer->look);
                free(writer);
                return r;
        }
        *ret = writer;
        return 0;
}

static void stop(Writer *writer)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        writer->stopping = true;
        (void)pthread_cond_signal(&writer->queued);
}

void writer_free(Writer *writer)
{
        if (!writer)
                return;
        stop(writer);
        (void)pthread_join(writer->thread, NULL);
        for (size_t i = 0; i < writer->n_readers; i++)
                catalog_free(writer->readers[i]);
        catalog_free(writer->catalog);
        catalog_look_free(writer->look);
        (void)pthread_cond_destroy(&writer->finished);
        (void)pthread_cond_destroy(&writer->queued);
        (void)pthread_mutex_destroy(&writer->lock);
        free(writer);
}

/* ---- looks ---- */

/* Of this thread; NULL: there is none. */
static _Thread_local CatalogLook *current;

Look look_begin(const Writer *writer)
{
        if (current)
                return (Look){};
        current = catalog_look_new(writer->catalog);
        return (Look){.begun = current != NULL};
}

void look_again(void)
{
        if (current)
                catalog_look_forget(current);
}

void look_end(const Look *look)
{
        if (look->begun)
                catalog_look_free(TAKE_PTR(current));
}

/* ---- its callers' side ---- */

static int queue_and_wait(Writer *writer, Task *entry)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        *writer->last = entry;
        writer->last = &entry->next;
        (void)pthread_cond_signal(&writer->queued);
        while (!entry->done)
                (void)pthread_cond_wait(&writer->finished, locked);
        return entry->result;
}

int writer_run(Writer *writer, WriterTask task, void *userdata, WriterFlags flags)
{
        Task entry = {.task = task, .userdata = userdata, .flags = flags};
        int r = queue_and_wait(writer, &entry);

        look_again();
        return r;
}

static int nothing(Catalog *catalog _unused_, void *userdata _unused_)
{
        return 0;
}

int writer_sync(Writer *writer)
{
        /* A durable commit syncs the log with all that was committed before. */
        return writer_run(writer, nothing, NULL, WRITER_DURABLE);
}

static Catalog *take_idle_reader(Writer *writer)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        return writer->n_readers > 0 ? writer->readers[--writer->n_readers] : NULL;
}

int writer_acquire_reader(Writer *writer, Catalog **ret)
{
        Catalog *catalog = take_idle_reader(writer);

        int r = 0;

        if (!catalog)
                r = catalog_open_reader(writer->store, &catalog);
        if (r < 0)
                return r;
        catalog_use_look(catalog, current);
        *ret = catalog;
        return 0;
}

void writer_release_reader(Writer *writer, Catalog *catalog)
{
        _cleanup_unlock_ pthread_mutex_t *locked = NULL;

        if (!catalog)
                return;
        catalog_use_look(catalog, NULL);
        locked = mutex_lock(&writer->lock);
        if (writer->n_readers < IDLE_READERS_MAX) {
                writer->readers[writer->n_readers++] = catalog;
                return;
        }
        mutex_unlock(&locked);
        catalog_free(catalog);
}
