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
        LANES_MAX = 4,
};

typedef struct Task {
        WriterTask task;
        void *userdata;
        int64_t point;
        WriterFlags flags;
        int result;
        bool done; /* protected by Writer.lock */
        struct Task *next;
} Task;

/* A thread that writes. */
typedef struct WriterLane {
        Writer *writer;
        Catalog *catalog; /* used by the thread only, as is the next */
        CatalogLook *look;
        pthread_t thread;
        pthread_cond_t queued;
        Task *first, **last; /* protected by the writer's lock */
} WriterLane;

struct Writer {
        const Store *store;
        pthread_mutex_t lock; /* innermost: no other lock is taken under it */
        pthread_cond_t finished;
        WriterLane lanes[LANES_MAX];
        size_t n_lanes;
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
        r = catalog_begin_at(catalog, durable, tasks[0]->point);
        if (r >= 0 && durable) {
                r = catalog_count_sync(catalog);
                if (r < 0)
                        catalog_rollback(catalog);
        }
        return r;
}

/* A task that is alone needs no savepoint: its failure is that of the transaction. */
static int run_task(WriterLane *lane, Task *task, bool alone)
{
        Catalog *catalog = lane->catalog;
        int r = alone ? 0 : catalog_savepoint(catalog);

        if (r < 0)
                return r;
        task->result = task->task(catalog, task->userdata);
        if (lane->look)
                catalog_look_forget(lane->look);
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
static int run_once(WriterLane *lane, Task **tasks, size_t n)
{
        Catalog *catalog = lane->catalog;
        int r = begin_group(catalog, tasks, n);

        if (r < 0) {
                for (size_t i = 0; i < n; i++)
                        tasks[i]->result = r;
                return r;
        }
        for (size_t i = 0; i < n; i++) {
                r = run_task(lane, tasks[i], n == 1);
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

static void run_group(WriterLane *lane, Task **tasks, size_t n)
{
        unsigned tries = 0;

        while (run_once(lane, tasks, n) < 0 && catalog_run_again(lane->catalog, ++tries))
                ;
}

/* Waits for tasks and takes them, at most GROUP_MAX; where there are several lanes, such of one point.
 * 0: there are none, and the writer is ending. */
static size_t take_group(WriterLane *lane, Task **group)
{
        Writer *writer = lane->writer;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);
        int64_t point = 0;
        size_t n = 0;

        while (!lane->first && !writer->stopping)
                (void)pthread_cond_wait(&lane->queued, locked);
        if (lane->first)
                point = lane->first->point;
        while (lane->first && n < GROUP_MAX &&
               (writer->n_lanes == 1 || lane->first->point == point)) {
                group[n++] = lane->first;
                lane->first = lane->first->next;
        }
        if (!lane->first)
                lane->last = &lane->first;
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
static void fail_queued(WriterLane *lane)
{
        Writer *writer = lane->writer;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        for (; lane->first; lane->first = lane->first->next) {
                lane->first->result = -EIO;
                lane->first->done = true;
        }
        lane->last = &lane->first;
        (void)pthread_cond_broadcast(&writer->finished);
}

static void *writer_thread(void *userdata)
{
        WriterLane *lane = userdata;
        Task *group[GROUP_MAX];
        size_t n;

        while ((n = take_group(lane, group)) > 0) {
                run_group(lane, group, n);
                finish_group(lane->writer, group, n);
                if (catalog_is_away(lane->catalog))
                        fail_queued(lane);
        }
        return NULL;
}

/* When the disk refuses a write once, SQLite opens its shared memory for reading only, and keeps it
 * so until the last connection closes. No daemon is better than one that cannot write. */
static int try_to_write(Catalog *catalog)
{
        int r = catalog_begin_at(catalog, false, WRITER_NOTHING);

        if (r < 0)
                return r;
        r = catalog_count_sync(catalog);
        catalog_rollback(catalog);
        return r;
}

static void close_lane(WriterLane *lane)
{
        catalog_free(lane->catalog);
        catalog_look_free(lane->look);
        (void)pthread_cond_destroy(&lane->queued);
}

static int open_lane(Writer *writer)
{
        WriterLane *lane = &writer->lanes[writer->n_lanes];
        int r;

        *lane = (WriterLane){.writer = writer};
        lane->last = &lane->first;
        (void)pthread_cond_init(&lane->queued, NULL);
        r = catalog_open(writer->store, &lane->catalog);
        if (r >= 0 && store_gateway(writer->store) != 0)
                r = catalog_take_lane(lane->catalog);
        /* A server that takes no changes now is waited for, by each task. */
        if (r >= 0 && !store_is_attached(writer->store))
                r = try_to_write(lane->catalog);
        if (r >= 0) {
                lane->look = catalog_look_new(lane->catalog);
                catalog_use_look(lane->catalog, lane->look);
                r = -pthread_create(&lane->thread, NULL, writer_thread, lane);
        }
        if (r < 0)
                close_lane(lane);
        else
                writer->n_lanes++;
        return r;
}

int writer_new(const Store *store, Writer **ret)
{
        _cleanup_(writer_freep) Writer *writer = calloc(1, sizeof(*writer));
        size_t n = store_is_attached(store) ? LANES_MAX : 1;
        int r = 0;

        if (!writer)
                return -ENOMEM;
        writer->store = store;
        (void)pthread_mutex_init(&writer->lock, NULL);
        (void)pthread_cond_init(&writer->finished, NULL);
        while (r >= 0 && writer->n_lanes < n)
                r = open_lane(writer);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(writer);
        return 0;
}

static void stop(Writer *writer)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        writer->stopping = true;
        for (size_t i = 0; i < writer->n_lanes; i++)
                (void)pthread_cond_signal(&writer->lanes[i].queued);
}

void writer_free(Writer *writer)
{
        if (!writer)
                return;
        stop(writer);
        for (size_t i = 0; i < writer->n_lanes; i++)
                (void)pthread_join(writer->lanes[i].thread, NULL);
        for (size_t i = 0; i < writer->n_readers; i++)
                catalog_free(writer->readers[i]);
        for (size_t i = 0; i < writer->n_lanes; i++)
                close_lane(&writer->lanes[i]);
        (void)pthread_cond_destroy(&writer->finished);
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
        current = catalog_look_new(writer->lanes[0].catalog);
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
        size_t n = entry->point > 0 ? (uint64_t)entry->point % writer->n_lanes : 0;
        WriterLane *lane = &writer->lanes[n];
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&writer->lock);

        *lane->last = entry;
        lane->last = &entry->next;
        (void)pthread_cond_signal(&lane->queued);
        while (!entry->done)
                (void)pthread_cond_wait(&writer->finished, locked);
        return entry->result;
}

int writer_run(Writer *writer, int64_t point, WriterTask task, void *userdata, WriterFlags flags)
{
        Task entry = {.task = task, .userdata = userdata, .point = point, .flags = flags};
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
        return writer_run(writer, WRITER_NOTHING, nothing, NULL, WRITER_DURABLE);
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
