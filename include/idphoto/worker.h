/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/photo.h>

/*
 * The process around the examination; listworker.h has that around the reading of lists. A Worker
 * is one child process (idphoto-worker) that can open no file and no socket and whose memory and
 * time are bounded [Z1]; it gets an open file, answers a verdict, and is started again when it
 * dies. Whatever the child does, the caller gets a verdict: a crash, a hang or a bomb costs that
 * one photo.
 */

typedef struct WorkerOptions {
        const char *program; /* path of idphoto-worker; NULL: worker_program_path() */
        PhotoRules rules;
        uint64_t memory_bytes; /* address space of the child; 0: what the rules allow for a photo
                                  and its file, and 128 MiB */
        /* Of a core, for one photo; 0: the default (60 s). Up to ten times as long may pass, because
         * clients' requests come first. */
        unsigned timeout_msec;
} WorkerOptions;

typedef struct Worker Worker;

/* Path of the worker program: $IDPHOTO_WORKER, else beside a program run from its build folder,
 * else libexec. The string is valid for the life of the process. */
const char *worker_program_path(void);

/* The child is started by the first examination. options is copied. 0, -ENOMEM. */
int worker_new(const WorkerOptions *options, Worker **ret);
/* Ends the child and waits for it. */
void worker_free(Worker *worker);
DEFINE_CLEANUP(Worker, worker_free)

/*
 * Says whose photos come next: a teaching point's number, say; 0 before the first call. A child
 * that has seen another owner's photos is replaced. So a photo that takes a child over sees only
 * photos of its own owner, and can carry away no others in the pictures that the child makes.
 */
void worker_serve_for(Worker *worker, int64_t owner);

/*
 * Examines the first size bytes behind input_fd (a regular file, open for reading; its file
 * position is not used; the fd stays the caller's, and the child can only read it). Blocks until
 * the verdict. One thread at a time per Worker; the thread that starts the child must live as long
 * as the photo takes. 0 with a verdict: findings and, unless one rejects, the JPEG (checked for its
 * size window and its first and last marker only). A child that crashes, hangs, runs out of memory
 * or answers nonsense costs a verdict with REASON_EXAMINER_CRASHED, _TIMEOUT or _MEMORY.
 *
 * A negative errno means no verdict, try again later: -EAGAIN when starting one failed so often
 * that no other may be tried this second, -ENOEXEC when the program is no worker of this version or
 * could not set up its sandbox, -ENOENT and the like when it could not be started, -EMFILE,
 * -ENOBUFS and the like when the machine is out of resources, -EIO when the photo cannot be read.
 * -EINVAL for an input_fd that is no regular file.
 */
int worker_examine(Worker *worker, int input_fd, uint64_t size, PhotoResult *ret);

/*
 * The collection centre's rendition of the photo behind input_fd [P8], as photo_render_centre()
 * makes it, in the child and under the same limits. 0 with *ret_jpeg, which the caller frees.
 *
 * Errors about this photo, which would come again: -ERANGE and -ENODATA as photo_render_centre(),
 * -EPROTO when the child crashed or answered nonsense, -ETIMEDOUT, -ENOMEM when it ran out of the
 * memory it may have. All others as worker_examine(): try again later.
 */
int worker_render_centre(Worker *worker, int input_fd, uint64_t size, uint8_t **ret_jpeg,
                         size_t *ret_size);

/* The same two for a caller that may wait. On -EAGAIN they sleep and try again, for ten seconds at
 * most. */
int worker_examine_patiently(Worker *worker, int input_fd, uint64_t size, PhotoResult *ret);
int worker_render_centre_patiently(Worker *worker, int input_fd, uint64_t size, uint8_t **ret_jpeg,
                                   size_t *ret_size);

/* ---- a pool: n Workers, and threads that use them ---- */

typedef struct WorkerPool WorkerPool;

/* Runs on a pool thread with a Worker of its own until it gives that back (as `discard`: on the
 * freeing thread, with NULL); owns userdata from then on. */
typedef void (*WorkerTask)(Worker *worker, void *userdata);

/* Whose task it is. Points share the Workers by the time that they use them, and so do the users of
 * a point; see src/worker/fairqueue.h. */
typedef struct WorkerKey {
        int64_t point; /* below 0: what is no point's */
        uid_t uid;
        unsigned
                at_once; /* most tasks of the point that run at a time, 0: no limit but its share */
} WorkerKey;

/* n_workers 0: one for each core that this process may use. 0, -ENOMEM, -EAGAIN. */
int worker_pool_new(const WorkerOptions *options, unsigned n_workers, WorkerPool **ret);
/* Called inside a task: its Worker may begin another task. The rest of this task should wait for
 * the disk rather than use a core. */
void worker_pool_give_back(WorkerPool *pool);
/* Lets running tasks finish, calls `discard` (may be NULL) for queued ones, joins the threads. */
void worker_pool_free(WorkerPool *pool);
DEFINE_CLEANUP(WorkerPool, worker_pool_free)
/* Queues a task; those of one key run first in, first out. key NULL: there is only one. Any thread;
 * never blocks. 0, -ENOMEM, -ESHUTDOWN after free began. */
int worker_pool_submit(WorkerPool *pool, const WorkerKey *key, WorkerTask task, WorkerTask discard,
                       void *userdata);
/* How many tasks wait for one. */
size_t worker_pool_queued(WorkerPool *pool);
/* How many tasks have a Worker at once. */
unsigned worker_pool_workers(const WorkerPool *pool);
