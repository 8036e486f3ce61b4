/* SPDX-License-Identifier: MIT */
#include "fairqueue.h"

#include <idphoto/clock.h>
#include <idphoto/mutex.h>

#include <assert.h>
#include <sched.h>
#include <signal.h>

#define WORKERS_MAX 256u

typedef struct Task {
        FairItem item; /* first: the queue hands it back */
        WorkerTask run;
        WorkerTask discard;
        void *userdata;
} Task;

/* Writing down what was found waits for the disk several times; meanwhile other threads keep the
 * Workers busy. */
#define THREADS_BESIDE(n_workers) ((n_workers) + 2u)

typedef struct PoolThread {
        WorkerPool *pool;
        pthread_t thread;
        bool started;
} PoolThread;

struct WorkerPool {
        pthread_mutex_t lock;
        /* a task was queued, a Worker given back, or the pool is ending */
        pthread_cond_t changed;
        FairQueue *queue; /* protected by lock */
        size_t n_queued;  /* protected by lock */
        bool ending;      /* protected by lock */
        Worker **idle;    /* protected by lock, as the next; the last one given back first */
        unsigned n_idle;
        unsigned n_workers;
        unsigned n_threads;
        PoolThread threads[];
};

/* The task that runs on this thread, its Worker, and since when it has that. */
static _Thread_local Task *running;
static _Thread_local Worker *held;
static _Thread_local int64_t held_since;

static int64_t now_nsec(void)
{
        return clock_monotonic_nsec(clock_system());
}

/* Takes the task whose turn it is, and a Worker for it; NULL when the pool is ending. Blocks. */
static Task *wait_for_task(WorkerPool *pool)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pool->lock);
        FairItem *item = NULL;

        while (!pool->ending) {
                if (pool->n_idle > 0)
                        item = fair_queue_pop(pool->queue, pool->n_idle, pool->n_workers,
                                              now_nsec());
                if (item)
                        break;
                pthread_cond_wait(&pool->changed, locked);
        }
        if (item) {
                pool->n_queued--;
                held = pool->idle[--pool->n_idle];
                held_since = now_nsec();
        }
        return (Task *)item;
}

void worker_pool_give_back(WorkerPool *pool)
{
        _cleanup_unlock_ pthread_mutex_t *locked = NULL;
        int64_t now = now_nsec();

        if (!held)
                return;
        locked = mutex_lock(&pool->lock);
        fair_queue_gave_back(pool->queue, &running->item, now - held_since, now);
        pool->idle[pool->n_idle++] = TAKE_PTR(held);
        pthread_cond_signal(&pool->changed);
}

/* Of a task that is over: a point that may have so many at once may have its next one now. */
static void leave(WorkerPool *pool, Task *task)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pool->lock);

        fair_queue_done(pool->queue, &task->item);
        pthread_cond_signal(&pool->changed);
        free(task);
}

static void *run_thread(void *userdata)
{
        PoolThread *thread = userdata;

        for (;;) {
                Task *task = wait_for_task(thread->pool);

                if (!task)
                        return NULL;
                running = task;
                task->run(held, task->userdata);
                worker_pool_give_back(thread->pool);
                running = NULL;
                leave(thread->pool, task);
        }
}

size_t worker_pool_queued(WorkerPool *pool)
{
        size_t n;
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pool->lock);

        n = pool->n_queued;
        return n;
}

unsigned worker_pool_workers(const WorkerPool *pool)
{
        return pool->n_workers;
}

static unsigned count_cores(void)
{
        cpu_set_t set;
        long online;

        if (sched_getaffinity(0, sizeof(set), &set) == 0)
                return CLAMP((unsigned)CPU_COUNT(&set), 1u, WORKERS_MAX);
        /* More processors than the set has room for. */
        online = sysconf(_SC_NPROCESSORS_ONLN);
        return online > 0 ? (unsigned)MIN(online, (long)WORKERS_MAX) : 1u;
}

/* Signals are for the program's own threads. */
static int start_threads(WorkerPool *pool)
{
        sigset_t all, before;
        int e = 0;

        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        for (unsigned i = 0; i < pool->n_threads && e == 0; i++) {
                PoolThread *thread = &pool->threads[i];

                e = pthread_create(&thread->thread, NULL, run_thread, thread);
                thread->started = e == 0;
        }
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        return -e;
}

int worker_pool_new(const WorkerOptions *options, unsigned n_workers, WorkerPool **ret)
{
        _cleanup_(worker_pool_freep) WorkerPool *pool = NULL;
        unsigned n_threads;
        int r;

        n_workers = n_workers ? MIN(n_workers, WORKERS_MAX) : count_cores();
        n_threads = n_workers + THREADS_BESIDE(n_workers);
        pool = calloc(1, sizeof(*pool) + n_threads * sizeof(pool->threads[0]));
        if (!pool)
                return -ENOMEM;
        pthread_mutex_init(&pool->lock, NULL);
        pthread_cond_init(&pool->changed, NULL);
        r = fair_queue_new(&pool->queue);
        if (r < 0)
                return r;
        pool->idle = calloc(n_workers, sizeof(Worker *));
        if (!pool->idle)
                return -ENOMEM;
        pool->n_workers = n_workers;
        for (; pool->n_idle < n_workers; pool->n_idle++) {
                r = worker_new(options, &pool->idle[pool->n_idle]);
                if (r < 0)
                        return r;
        }
        pool->n_threads = n_threads;
        for (unsigned i = 0; i < n_threads; i++)
                pool->threads[i].pool = pool;
        r = start_threads(pool);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(pool);
        return 0;
}

static Task *drain(WorkerPool *pool)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pool->lock);

        return (Task *)fair_queue_drain(pool->queue);
}

/* A task may submit others, in vain, while it is discarded. */
static void discard_tasks(WorkerPool *pool)
{
        Task *task;

        while ((task = drain(pool))) {
                if (task->discard)
                        task->discard(NULL, task->userdata);
                free(task);
        }
}

static void end(WorkerPool *pool)
{
        _cleanup_unlock_ pthread_mutex_t *locked = mutex_lock(&pool->lock);

        assert(!pool->ending);
        pool->ending = true;
        pthread_cond_broadcast(&pool->changed);
}

void worker_pool_free(WorkerPool *pool)
{
        if (!pool)
                return;
        end(pool);
        if (pool->queue)
                discard_tasks(pool);
        for (unsigned i = 0; i < pool->n_threads; i++)
                if (pool->threads[i].started)
                        pthread_join(pool->threads[i].thread, NULL);
        /* All have been given back. */
        for (unsigned i = 0; i < pool->n_idle; i++)
                worker_free(pool->idle[i]);
        free(pool->idle);
        fair_queue_free(pool->queue);
        pthread_cond_destroy(&pool->changed);
        pthread_mutex_destroy(&pool->lock);
        free(pool);
}

int worker_pool_submit(WorkerPool *pool, const WorkerKey *key, WorkerTask task, WorkerTask discard,
                       void *userdata)
{
        static const WorkerKey nobody = {};
        _cleanup_unlock_ pthread_mutex_t *locked = NULL;
        _cleanup_free_ Task *entry = malloc(sizeof(*entry));
        int r;

        if (!entry)
                return -ENOMEM;
        *entry = (Task){.run = task, .discard = discard, .userdata = userdata};
        locked = mutex_lock(&pool->lock);
        if (pool->ending)
                return -ESHUTDOWN;
        r = fair_queue_push(pool->queue, key ? key : &nobody, &entry->item);
        if (r < 0)
                return r;
        (void)TAKE_PTR(entry);
        pool->n_queued++;
        pthread_cond_signal(&pool->changed);
        return r;
}
